package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/models"
)

// serviceKind is one way in which a system starts programs of its users.
type serviceKind struct {
	name string // for people and --json
	tool string // the program that talks to it
	// file is where the definition lies, text what is in it.
	file func() (string, error)
	text func(serviceSpec) (string, error)
	// reach tells why it cannot be talked to, start registers and starts a
	// definition, stop undoes both, ask tells how things are, gone clears up
	// behind a definition that is no more.
	reach func(ctx context.Context) error
	start func(ctx context.Context, file string) error
	stop  func(ctx context.Context, file string) error
	ask   func(ctx context.Context) (enabled, running bool)
	gone  func(ctx context.Context, file string)
	later string // what the person can do where it cannot be reached now
}

// serviceSpec is what a definition is made of.
type serviceSpec struct {
	Exe  string
	Env  []string // NAME=value
	Home home
}

// serviceEnv are the variables that a service is to see as its installer did:
// where things lie, and nothing that is secret.
var serviceEnv = []string{
	"AFTERWORD_HOME", "AFTERWORD_WEIGHTS", "AFTERWORD_CACHE", "AFTERWORD_PASSPHRASE_FILE",
	"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME",
}

func newService(a *app) *cobra.Command {
	var dry bool
	cmd := &cobra.Command{
		Use:   "service",
		Short: "Let 'serve' start at login: install, remove, status",
		Long: `Let 'afterword serve' start when you log in, and again should it fail.

On Linux this is a systemd user unit, on macOS a launchd agent. It runs as you,
opens no network port, and may write to Afterword's own folders only.`,
		Example: "  afterword service install\n  afterword service install --dry-run\n  afterword service status\n  afterword service remove",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	install := &cobra.Command{
		Use: "install", Short: "Start 'serve' now and at each login", Args: cobra.NoArgs,
		Long: `Start 'afterword serve' now and at each login.

Doing it again changes nothing, unless the program or AFTERWORD_HOME moved.`,
		Example: "  afterword service install\n  AFTERWORD_HOME=~/private/afterword afterword service install\n  afterword service install --dry-run",
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.installService(cmd.Context(), dry) },
	}
	install.Flags().BoolVar(&dry, "dry-run", false, "print what would be written, and do nothing")
	remove := &cobra.Command{
		Use: "remove", Short: "Stop it, and start it no more", Args: cobra.NoArgs,
		Long:    "Stop 'afterword serve' and start it no more at login. Sessions and settings stay.",
		Example: "  afterword service remove",
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.removeService(cmd.Context()) },
	}
	status := &cobra.Command{
		Use: "status", Short: "Tell whether it is installed, starts at login, and runs", Args: cobra.NoArgs,
		Example: "  afterword service status\n  afterword service status --json",
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.serviceStatus(cmd.Context()) },
	}
	a.jsonFlag(status)
	cmd.AddCommand(install, remove, status)
	return cmd
}

// serviceHere is the kind of this system.
func serviceHere() (serviceKind, error) {
	switch runtime.GOOS {
	case "linux":
		return systemd, nil
	case "darwin":
		return launchd, nil
	}
	return serviceKind{}, models.WithHint(models.Errorf(models.Unusable, "a service can be installed on Linux (systemd) and macOS (launchd) only"),
		"let the system start 'afterword serve' when you log in")
}

// serviceSpec is the service of this program in this home.
func (a *app) serviceSpec() (serviceSpec, error) {
	exe, err := self()
	if err != nil {
		return serviceSpec{}, err
	}
	s := serviceSpec{Exe: exe, Home: a.home}
	for _, name := range serviceEnv {
		v := os.Getenv(name)
		if v == "" {
			continue
		}
		var paths []string
		for _, p := range filepath.SplitList(v) {
			abs, err := filepath.Abs(p)
			if err != nil {
				return serviceSpec{}, fmt.Errorf("read %s: %w", name, err)
			}
			paths = append(paths, abs)
		}
		s.Env = append(s.Env, name+"="+strings.Join(paths, string(filepath.ListSeparator)))
	}
	for _, v := range append([]string{s.Exe}, s.Env...) {
		if oneLine(v) != v || strings.ContainsAny(v, `"'\$`+"`") {
			return serviceSpec{}, models.WithHint(models.Errorf(models.Invalid, "install service: %q has signs that a service definition does not take", v),
				"move it to a path without quotes, backslashes, dollar signs and control characters")
		}
	}
	return s, nil
}

func (a *app) installService(ctx context.Context, dry bool) error {
	k, err := serviceHere()
	if err != nil {
		return err
	}
	spec, err := a.serviceSpec()
	if err != nil {
		return err
	}
	text, err := k.text(spec)
	if err != nil {
		return err
	}
	file, err := k.file()
	if err != nil {
		return err
	}
	if dry {
		a.note("This would be written to %s:", file)
		_, err := fmt.Fprint(a.stdout, text)
		return err
	}
	if _, err := exec.LookPath(k.tool); err != nil {
		return models.WithHint(models.Errorf(models.Unusable, "install service: there is no %s here", k.name),
			"let the system start 'afterword serve' when you log in, in its own way; nothing was changed")
	}
	if strings.HasPrefix(spec.Exe, filepath.Clean(os.TempDir())+string(filepath.Separator)) {
		a.warn("this program lies in a folder for temporary files (%s); the service will not find it once that is emptied", spec.Exe)
	}
	if err := a.home.make(); err != nil { // the unit names these folders
		return err
	}
	changed, err := writeDefinition(file, text)
	if err != nil {
		return err
	}
	return a.startService(ctx, k, file, changed)
}

func (a *app) startService(ctx context.Context, k serviceKind, file string, changed bool) error {
	if err := k.reach(ctx); err != nil {
		return models.WithHint(models.Errorf(models.Partial, "%s is written, but %s does not run here for you: %w", file, k.name, err), "%s", k.later)
	}
	_, ran := k.ask(ctx)
	if err := k.start(ctx, file); err != nil {
		return models.WithHint(fmt.Errorf("start service: %w", err), "'afterword service status' tells how it is")
	}
	switch {
	case changed && ran:
		a.note("Installed anew. What runs now goes on as it is; the change counts from its next start.")
	case changed:
		a.note("Installed. It runs, and starts when you log in. 'afterword service remove' undoes this.")
	default:
		a.note("It was installed already.")
	}
	return nil
}

// writeDefinition writes a file that others may read, since the service manager
// does, unless it says that already.
func writeDefinition(file, text string) (changed bool, err error) {
	old, err := os.ReadFile(file)
	if err == nil && bytes.Equal(old, []byte(text)) {
		return false, nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return false, fmt.Errorf("read service definition: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return false, fmt.Errorf("write service definition: %w", err)
	}
	tmp := file + ".part"
	defer os.Remove(tmp)
	if err := os.WriteFile(tmp, []byte(text), 0o644); err != nil {
		return false, fmt.Errorf("write service definition: %w", err)
	}
	if err := os.Rename(tmp, file); err != nil {
		return false, fmt.Errorf("write service definition: %w", err)
	}
	return true, nil
}

func (a *app) removeService(ctx context.Context) error {
	k, err := serviceHere()
	if err != nil {
		return err
	}
	file, err := k.file()
	if err != nil {
		return err
	}
	if !exists(file) {
		a.note("It is not installed.")
		return nil
	}
	if k.reach(ctx) == nil {
		if err := k.stop(ctx, file); err != nil {
			return models.WithHint(fmt.Errorf("stop service: %w", err), "it is still installed; try again")
		}
	}
	if err := os.Remove(file); err != nil {
		return fmt.Errorf("remove service definition: %w", err)
	}
	k.gone(ctx, file)
	a.note("Removed. Sessions and settings are as they were.")
	return nil
}

// serviceState is what `service status` tells.
type serviceState struct {
	Schema    int    `json:"schema_version"`
	Kind      string `json:"kind"` // systemd or launchd
	File      string `json:"file"`
	Reachable bool   `json:"reachable"` // the service manager runs for this person
	Installed bool   `json:"installed"`
	Current   bool   `json:"current"` // as install would write it now
	Enabled   bool   `json:"enabled"` // starts at login
	Running   bool   `json:"running"` // started by the service manager
	Serving   bool   `json:"serving"` // some 'serve' answers, however it was started
	PID       int    `json:"pid,omitempty"`
}

func (a *app) serviceStatus(ctx context.Context) error {
	k, err := serviceHere()
	if err != nil {
		return err
	}
	st := serviceState{Schema: schemaVersion, Kind: k.name}
	if st.File, err = k.file(); err != nil {
		return err
	}
	if b, err := os.ReadFile(st.File); err == nil {
		st.Installed = true
		if spec, err := a.serviceSpec(); err == nil {
			text, err := k.text(spec)
			st.Current = err == nil && string(b) == text
		}
	}
	if st.Reachable = k.reach(ctx) == nil; st.Reachable {
		st.Enabled, st.Running = k.ask(ctx)
	}
	if rep, err := askControl(ctx, a.home.Control(), controlRequest{Verb: "status"}); err == nil && rep.Status != nil {
		st.Serving, st.PID = true, rep.Status.PID
	}
	if a.json {
		return a.printJSON(st)
	}
	for _, s := range st.sentences(k) {
		fmt.Fprintln(a.stdout, s)
	}
	return nil
}

// sentences say it in words.
func (st serviceState) sentences(k serviceKind) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	switch {
	case !st.Installed:
		add("Not installed. 'afterword service install' does it.")
	case !st.Current:
		add("Installed for another place of the program or of its home. 'afterword service install' brings it up to date.")
	default:
		add("Installed: %s", st.File)
	}
	if st.Installed {
		switch {
		case !st.Reachable:
			add("%s does not run here for you, so it is not started. %s", k.name, k.later)
		case st.Enabled:
			add("It starts when you log in.")
		default:
			add("It does not start when you log in. 'afterword service install' changes that.")
		}
	}
	switch {
	case st.Running && st.Serving:
		add("It runs: process %d.", st.PID)
	case st.Running:
		add("It was started and does not answer yet. Should that last, 'afterword doctor' may tell why.")
	case st.Serving:
		add("A 'serve' runs that was started otherwise: process %d.", st.PID)
	default:
		add("It does not run.")
	}
	return out
}

// tell runs a program of the system and returns what it said; an error holds
// what it said on stderr.
func tell(ctx context.Context, name string, args ...string) (string, error) {
	c := exec.CommandContext(ctx, name, args...)
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		if said := oneLine(strings.TrimSpace(errs.String())); said != "" {
			return out.String(), fmt.Errorf("%s: %s", name, said)
		}
		return out.String(), fmt.Errorf("%s: %w", name, err)
	}
	return out.String(), nil
}
