package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/models"
)

func newConfigSet(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "set KEY VALUE", Short: "Change a setting in the file", Args: cobra.ExactArgs(2),
		Long:    "Change a setting in the file; what else stands in it stays as it is. A service that\nruns takes it from its next start on.",
		Example: "  afterword config set language en\n  afterword config set homework.word practice",
		RunE: func(_ *cobra.Command, args []string) error {
			if err := a.setSetting(args[0], args[1]); err != nil {
				return err
			}
			a.note("Written to %s.", shown(a.settingsFile()))
			if t, _ := findSetting(args[0]); os.Getenv(t.env) != "" {
				a.note("%s is set, and comes before the file.", t.env)
			}
			return nil
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var keys []string
			if len(args) == 0 {
				for _, t := range settingTable {
					keys = append(keys, t.key+"\t"+t.help)
				}
			}
			return keys, cobra.ShellCompDirectiveNoFileComp
		},
	}
}

func findSetting(key string) (setting, bool) {
	for _, t := range settingTable {
		if t.key == key {
			return t, true
		}
	}
	return setting{}, false
}

// setSetting changes one value in the file, and nothing else in it.
func (a *app) setSetting(key, v string) error {
	t, ok := findSetting(key)
	if !ok {
		return models.WithHint(models.Errorf(models.Invalid, "change settings: there is no setting %q", key), "'afterword config' lists every setting")
	}
	file := a.settingsFile()
	old, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		return models.Errorf(models.Invalid, "read settings: %w", err)
	}
	want := defaultSettings(a.home)
	if err := decodeSettings(old, file, &want, map[string]string{}); err != nil {
		return err
	}
	if err := assign(t.field(&want), v); err != nil {
		return models.Errorf(models.Invalid, "change %s: %w", key, err)
	}
	run := want // as the program will be run, with the new value
	if err := errors.Join(run.fromEnvironment(map[string]string{}, key), run.check()); err != nil {
		return err
	}
	text := withSetting(string(old), key, tomlValue(value(t.field(&want))))
	got := defaultSettings(a.home)
	if err := decodeSettings([]byte(text), file, &got, map[string]string{}); err != nil || !reflect.DeepEqual(got, want) {
		return models.WithHint(models.Errorf(models.Unusable, "change %s: the file is written in a way that only its writer can change", key), "change it in %s by hand", shown(file))
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	return a.writeOut(file, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

var tableHead = regexp.MustCompile(`^\s*\[\s*([A-Za-z0-9_.-]+)\s*\]\s*(#.*)?$`)

// withSetting puts a line into TOML, in the place of one that sets the same.
// Where that is written in another way, the text says it twice or wrongly:
// whoever calls this reads the result.
func withSetting(text, key, v string) string {
	table, name := "", key
	if i := strings.LastIndexByte(key, '.'); i >= 0 {
		table, name = key[:i], key[i+1:]
	}
	set := name + " = " + v
	lines := strings.SplitAfter(text, "\n")
	here, at := "", -1 // where a new line goes
	if table == "" {
		at = 0
	}
	for i, l := range lines {
		if m := tableHead.FindStringSubmatch(strings.TrimRight(l, "\r\n")); m != nil {
			if here = m[1]; here == table {
				at = i + 1
			}
			continue
		}
		if k, _, ok := strings.Cut(l, "="); ok && here == table && strings.TrimSpace(k) == name {
			lines[i] = set + "\n"
			return strings.Join(lines, "")
		}
	}
	if at < 0 {
		if text != "" && !strings.HasSuffix(text, "\n") {
			text += "\n"
		}
		return text + "\n[" + table + "]\n" + set + "\n"
	}
	if at > 0 && !strings.HasSuffix(lines[at-1], "\n") {
		lines[at-1] += "\n"
	}
	return strings.Join(lines[:at], "") + set + "\n" + strings.Join(lines[at:], "")
}
