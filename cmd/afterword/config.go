package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/spf13/cobra"

	"github.com/afterword/afterword/extract/llm"
	"github.com/afterword/afterword/models"
)

// settings are what a person may choose. They are read once, here, and handed
// down; nothing below reads the environment for them.
type settings struct {
	Model    string `toml:"model"`
	Language string `toml:"language"`
	States   int    `toml:"states"`
	// Vocabulary is names and words that may come up, the likeliest first.
	Vocabulary []string         `toml:"vocabulary"`
	Keyring    bool             `toml:"keyring"`
	Mic        string           `toml:"microphone"`
	NATS       natsSettings     `toml:"nats"`
	Workers    workerSettings   `toml:"workers"`
	Homework   homeworkSettings `toml:"homework"`
	Extract    extractSettings  `toml:"extract"`
}

// extractSettings say what reads a session beside the rules, which always do.
type extractSettings struct {
	Engine string `toml:"engine"`
	URL    string `toml:"url"`
	Model  string `toml:"model"`
	Remote string `toml:"remote"`
}

// The engines that extract.engine can name.
const (
	engineRules = "rules"
	engineLLM   = "llm"
)

// homeworkSettings say how the client calls what was agreed to be done.
type homeworkSettings struct {
	Word string `toml:"word"`
}

type natsSettings struct {
	URL   string `toml:"url"`
	Creds string `toml:"creds"`
}

type workerSettings struct {
	Recipients []string `toml:"recipients"`
	Local      bool     `toml:"local"`
}

func defaultSettings(h home) settings {
	return settings{
		Model: "base", States: 2,
		// With everything under one folder, keys in the system's keyring
		// would be left behind when that folder is moved or deleted.
		Keyring:  !h.Moved,
		Workers:  workerSettings{Local: true},
		Homework: homeworkSettings{Word: "homework"},
		Extract:  extractSettings{Engine: engineRules},
	}
}

// setting describes one of them for the overlay, `config` and the manual.
type setting struct {
	key, env, help string
	field          func(*settings) any // *string, *int, *bool or *[]string
}

var settingTable = []setting{
	{"model", "AFTERWORD_MODEL", "speech model: base, tiny.en, … ('afterword models' lists them)", func(s *settings) any { return &s.Model }},
	{"language", "AFTERWORD_LANGUAGE", "spoken language such as en; empty listens for it", func(s *settings) any { return &s.Language }},
	{"states", "AFTERWORD_STATES", "chunks transcribed at the same time, one processor core each", func(s *settings) any { return &s.States }},
	{"vocabulary", "AFTERWORD_VOCABULARY", "names, medicines and places that may come up, the likeliest first; the file is not sealed, the list in the page's settings is", func(s *settings) any { return &s.Vocabulary }},
	{"keyring", "AFTERWORD_KEYRING", "may keep the key in the system's keyring", func(s *settings) any { return &s.Keyring }},
	{"microphone", "AFTERWORD_MICROPHONE", "microphone to record with, as 'afterword devices' names it; empty takes the system's own", func(s *settings) any { return &s.Mic }},
	{"nats.url", "AFTERWORD_NATS_URL", "an existing NATS server with JetStream; empty uses the one inside", func(s *settings) any { return &s.NATS.URL }},
	{"nats.creds", "AFTERWORD_NATS_CREDS", "credentials file for that server", func(s *settings) any { return &s.NATS.Creds }},
	{"workers.recipients", "AFTERWORD_WORKERS_RECIPIENTS", "public keys of other computers that may transcribe ('afterword worker --identity' prints them)", func(s *settings) any { return &s.Workers.Recipients }},
	{"homework.word", "AFTERWORD_HOMEWORK_WORD", "your word for what was agreed: homework, practice, home action, …", func(s *settings) any { return &s.Homework.Word }},
	{"extract.engine", "AFTERWORD_EXTRACT_ENGINE", "what finds items: rules, or llm for the rules and a language model of yours", func(s *settings) any { return &s.Extract.Engine }},
	{"extract.url", "AFTERWORD_EXTRACT_URL", "where that model answers, as OpenAI's API does: http://127.0.0.1:8080/v1", func(s *settings) any { return &s.Extract.URL }},
	{"extract.model", "AFTERWORD_EXTRACT_MODEL", "its name there; empty takes the first that is there", func(s *settings) any { return &s.Extract.Model }},
	{"extract.remote", "AFTERWORD_EXTRACT_REMOTE", "the host of a model that is not on this computer, by which you allow that your words are sent there", func(s *settings) any { return &s.Extract.Remote }},
	{"workers.local", "AFTERWORD_WORKERS_LOCAL", "transcribe on this computer", func(s *settings) any { return &s.Workers.Local }},
}

// loadSettings lays defaults, file and environment over one another. origins
// says for each key which one it came from.
func loadSettings(h home, file string) (s settings, origins map[string]string, err error) {
	s = defaultSettings(h)
	origins = map[string]string{}
	for _, t := range settingTable {
		origins[t.key] = "default"
	}
	explicit := file != ""
	if !explicit {
		file = h.ConfigFile()
	}
	text, err := os.ReadFile(file)
	switch {
	case errors.Is(err, os.ErrNotExist) && !explicit:
	case err != nil:
		return s, nil, models.Errorf(models.Invalid, "read settings: %w", err)
	default:
		if err := decodeSettings(text, file, &s, origins); err != nil {
			return s, nil, err
		}
	}
	if err := s.fromEnvironment(origins); err != nil {
		return s, nil, err
	}
	return s, origins, s.check()
}

// fromEnvironment lays the variables over what s holds, but for settings named in
// but.
func (s *settings) fromEnvironment(origins map[string]string, but ...string) error {
	for _, t := range settingTable {
		v, ok := os.LookupEnv(t.env)
		if !ok || v == "" || slices.Contains(but, t.key) {
			continue
		}
		if err := assign(t.field(s), v); err != nil {
			return models.Errorf(models.Invalid, "read %s: %w", t.env, err)
		}
		origins[t.key] = t.env
	}
	return nil
}

func decodeSettings(text []byte, file string, s *settings, origins map[string]string) error {
	d := toml.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(s); err != nil {
		var strict *toml.StrictMissingError
		var at *toml.DecodeError
		switch {
		case errors.As(err, &strict) && len(strict.Errors) > 0:
			row, col := strict.Errors[0].Position()
			err = fmt.Errorf("%s:%d:%d: there is no setting %q", file, row, col, strings.Join(strict.Errors[0].Key(), "."))
		case errors.As(err, &at):
			row, col := at.Position()
			err = fmt.Errorf("%s:%d:%d: %w", file, row, col, err)
		}
		return models.WithHint(models.Errorf(models.Invalid, "read settings: %w", err), "'afterword config' lists every setting")
	}
	var present map[string]any
	if err := toml.Unmarshal(text, &present); err != nil {
		return models.Errorf(models.Invalid, "read settings: %w", err)
	}
	for _, t := range settingTable {
		var v any = present
		for part := range strings.SplitSeq(t.key, ".") {
			m, _ := v.(map[string]any)
			v = m[part]
		}
		if v != nil {
			origins[t.key] = file
		}
	}
	return nil
}

func assign(field any, v string) (err error) {
	switch p := field.(type) {
	case *string:
		*p = v
	case *int:
		*p, err = strconv.Atoi(v)
	case *bool:
		*p, err = strconv.ParseBool(v)
	case *[]string:
		*p = strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' })
	}
	if err != nil {
		return fmt.Errorf("%q is not understood", v)
	}
	return nil
}

func (s settings) check() error {
	if s.States < 1 || s.States > 64 {
		return models.Errorf(models.Invalid, "read settings: states is %d; it can be 1 to 64", s.States)
	}
	switch s.Extract.Engine {
	case engineRules:
	case engineLLM:
		if _, err := llm.ParseAddress(s.Extract.URL); err != nil {
			return models.WithHint(models.Errorf(models.Invalid, "read settings: extract.url: %w", err), "%s", models.HintOf(err))
		}
	default:
		return models.Errorf(models.Invalid, "read settings: extract.engine is rules or llm, not %q", oneLine(s.Extract.Engine))
	}
	if w := strings.TrimSpace(s.Homework.Word); w == "" || len([]rune(w)) > 30 || oneLine(w) != s.Homework.Word {
		return models.Errorf(models.Invalid, "read settings: homework.word is a short word, not %q", s.Homework.Word)
	}
	return nil
}

func newConfig(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Show every setting, its value and where that came from",
		Long: `Show every setting, its value and where that came from.

Settings are taken from flags, then AFTERWORD_* variables, then the file, then
the defaults. The file is TOML; a key with a dot lies in a table: nats.url is
written as [nats] and then url = "…".`,
		Example: "  afterword config\n  afterword config set language en\n  AFTERWORD_MODEL=tiny.en afterword config --json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return a.showConfig()
		},
	}
	a.jsonFlag(cmd)
	cmd.AddCommand(newConfigSet(a))
	return cmd
}

func (a *app) showConfig() error {
	type row struct {
		Key    string `json:"key"`
		Value  any    `json:"value"`
		Origin string `json:"origin"`
		Env    string `json:"env"`
		Help   string `json:"help"`
	}
	rows := []row{}
	for _, t := range settingTable {
		rows = append(rows, row{t.key, value(t.field(&a.set)), a.origins[t.key], t.env, t.help})
	}
	if a.json {
		return a.printJSON(map[string]any{"schema_version": schemaVersion, "file": a.settingsFile(), "home": a.home.Data, "settings": rows})
	}
	fmt.Fprintf(a.stdout, "File: %s\nData: %s\n\n", a.settingsFile(), a.home.Data)
	for _, r := range rows {
		fmt.Fprintf(a.stdout, "%s = %s\n    %s. From: %s. Variable: %s\n", r.Key, tomlValue(r.Value), r.Help, r.Origin, r.Env)
	}
	return nil
}

func value(field any) any {
	switch p := field.(type) {
	case *string:
		return *p
	case *int:
		return *p
	case *bool:
		return *p
	case *[]string:
		return append([]string{}, *p...)
	}
	return nil
}

func tomlValue(v any) string {
	switch v := v.(type) {
	case string:
		return strconv.Quote(v)
	case []string:
		quoted := make([]string, len(v))
		for i, s := range v {
			quoted[i] = strconv.Quote(s)
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	}
	return fmt.Sprint(v)
}
