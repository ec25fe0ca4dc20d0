package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/afterword/afterword/capture"
	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/store"
	"github.com/afterword/afterword/models/vault"
)

// clock is what the program takes for now; tests move it.
var clock = time.Now

// app is what every command gets: where to read and write, the settings, and,
// once opened, the vault, the store and the spool.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer

	json, quiet, plain, noInput, yes bool
	configFile, colour               string

	home    home
	set     settings
	origins map[string]string
	log     *slog.Logger
	closers []io.Closer // closed in reverse

	given string        // a passphrase that is known already
	lines *bufio.Reader // of stdin, once something was asked

	vault *vault.Vault
	store *store.Store
	spool *capture.Spool

	finding sync.Mutex // items of one session at a time are found and stored

	detect struct {
		once    sync.Once
		network *capture.Network // nil where it is not here
	}
}

func newApp(stdin io.Reader, stdout, stderr io.Writer) *app {
	return &app{stdin: stdin, stdout: stdout, stderr: stderr, log: slog.New(slog.DiscardHandler)}
}

// configure runs before every command: settings only, nothing is opened.
func (a *app) configure(*cobra.Command) (err error) {
	a.home = findHome()
	a.set, a.origins, err = loadSettings(a.home, a.configFile)
	return err
}

func (a *app) settingsFile() string {
	if a.configFile != "" {
		return a.configFile
	}
	return a.home.ConfigFile()
}

// open makes the home ready and opens vault and store. With a passphrase in
// place it is asked for now.
func (a *app) open(ctx context.Context) error {
	if err := a.openLocked(ctx); err != nil {
		return err
	}
	return a.unlock(ctx)
}

// openLocked is open without asking for a passphrase: enough for what needs
// no text.
func (a *app) openLocked(ctx context.Context) error {
	if a.store != nil {
		return nil
	}
	if err := a.home.make(); err != nil {
		return err
	}
	a.openLog()
	v, err := vault.Open(ctx, vault.Config{
		Dir: a.home.Keys(), Passphrase: a.passphrase, Keyring: a.set.Keyring, Existing: exists(a.home.Database()),
	})
	if err != nil {
		return fmt.Errorf("open vault: %w", err)
	}
	a.vault = v
	a.closers = append(a.closers, closer(v.Close))
	st, err := store.Open(ctx, store.Config{Path: a.home.Database(), Ring: v.Ring(), Now: clock, Log: a.log})
	if err != nil {
		return fmt.Errorf("open store: %w", err)
	}
	a.store = st
	a.closers = append(a.closers, st)
	a.spool = capture.OpenSpool(a.home.Spool())
	return nil
}

// unlock opens the vault: by the running service if it holds the key, else by
// key file, keyring or passphrase.
func (a *app) unlock(ctx context.Context) error {
	if !a.vault.Locked() {
		return nil
	}
	if a.adopt(ctx) {
		return nil
	}
	if err := a.vault.Unlock(ctx); err != nil {
		return fmt.Errorf("unlock store: %w", err)
	}
	return nil
}

// adopt opens the vault with the key that the running service holds, if it
// does. Nobody is asked.
func (a *app) adopt(ctx context.Context) bool {
	if a.vault.Kind() != vault.Passphrase {
		return false
	}
	secret, err := askControl(ctx, a.home.Control(), controlRequest{Verb: "key"})
	return err == nil && a.vault.Adopt(secret.Key) == nil
}

// Close closes all that was opened, last first.
func (a *app) Close() error {
	var errs []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		errs = append(errs, a.closers[i].Close())
	}
	a.closers = nil
	return errors.Join(errs...)
}

type closer func()

func (c closer) Close() error { c(); return nil }

// openLog sends the log to a file. It holds ids, states and times; never what
// was said, a title, or the name of a file.
func (a *app) openLog() {
	f, err := os.OpenFile(a.home.LogFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return // a log that cannot be written must not stop a session
	}
	if fi, err := f.Stat(); err == nil && fi.Size() > 4<<20 {
		_ = os.Rename(a.home.LogFile(), a.home.LogFile()+".1")
	}
	a.closers = append(a.closers, f)
	a.log = slog.New(slog.NewJSONHandler(f, nil)).With("pid", os.Getpid())
}

// passphrase comes from the file that AFTERWORD_PASSPHRASE_FILE names, or
// from a prompt. It is never a flag: those are visible to every process. On
// the first run nobody is asked: `passwd` sets one later.
func (a *app) passphrase(ctx context.Context) (string, error) {
	if a.given != "" {
		return a.given, nil
	}
	p, ok, err := passphraseFile()
	if ok || err != nil || a.vault == nil {
		return p, err
	}
	return a.askSecret(ctx, "Passphrase: ")
}

func passphraseFile() (string, bool, error) { return passphraseFrom("AFTERWORD_PASSPHRASE_FILE") }

// passphraseFrom reads the file that a variable names; ok is false if it
// names none.
func passphraseFrom(variable string) (p string, ok bool, err error) {
	file := os.Getenv(variable)
	if file == "" {
		return "", false, nil
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return "", true, models.Errorf(models.Locked, "read passphrase file: %w", err)
	}
	p = strings.TrimRight(string(b), "\r\n")
	if p == "" {
		return "", true, models.Errorf(models.Locked, "read passphrase file: it is empty")
	}
	return p, true, nil
}

// canAsk tells whether there is somebody to be asked for a secret.
func (a *app) canAsk() bool {
	in, ok := a.stdin.(*os.File)
	return !a.noInput && ok && term.IsTerminal(int(in.Fd()))
}

// askSecret reads a line from the terminal without showing it.
func (a *app) askSecret(ctx context.Context, prompt string) (string, error) {
	in, _ := a.stdin.(*os.File)
	if !a.canAsk() {
		return "", models.WithHint(models.Errorf(models.Locked, "the store is protected by a passphrase and nobody can be asked for it"),
			"run it in a terminal, or put the passphrase in a file and name it in AFTERWORD_PASSPHRASE_FILE")
	}
	fmt.Fprint(a.stderr, prompt)
	defer fmt.Fprintln(a.stderr)
	state, err := term.GetState(int(in.Fd()))
	if err != nil {
		return "", fmt.Errorf("read terminal: %w", err)
	}
	type answer struct {
		text []byte
		err  error
	}
	got := make(chan answer, 1)
	go func() { b, err := term.ReadPassword(int(in.Fd())); got <- answer{b, err} }()
	select {
	case r := <-got:
		return string(r.text), r.err
	case <-ctx.Done():
		_ = term.Restore(int(in.Fd()), state)
		return "", context.Cause(ctx)
	}
}

// confirm asks a question that has yes and no for answers. Without a terminal
// the answer is no, unless --yes was given.
func (a *app) confirm(question string) bool {
	return a.yes || a.askYes(question)
}

// askYes is confirm for what --yes must not answer.
func (a *app) askYes(question string) bool {
	in, ok := a.stdin.(*os.File)
	if a.noInput || a.json || !ok || !term.IsTerminal(int(in.Fd())) {
		return false
	}
	fmt.Fprintf(a.stderr, "%s [y/N] ", question)
	line, _ := bufio.NewReader(in).ReadString('\n')
	line = strings.ToLower(strings.TrimSpace(line))
	return line == "y" || line == "yes"
}

func (a *app) printJSON(v any) error {
	e := json.NewEncoder(a.stdout)
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// note tells a person on stderr how things go; --quiet and --json keep it back.
func (a *app) note(format string, args ...any) {
	if !a.quiet && !a.json {
		fmt.Fprintf(a.stderr, format+"\n", args...)
	}
}

// warn is a note that --quiet does not keep back.
func (a *app) warn(format string, args ...any) {
	if !a.json {
		fmt.Fprintf(a.stderr, "afterword: "+format+"\n", args...)
	}
}

func (a *app) jsonFlag(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&a.json, "json", false, "print JSON for programs")
}

// modelFlags adds the flags that choose how speech is recognised.
func (a *app) modelFlags(cmd *cobra.Command) {
	cmd.Flags().Var(override{a, "model"}, "model", "speech model (default base)")
	cmd.Flags().Var(override{a, "language"}, "language", "spoken language such as en; empty listens for it")
}

// override is a flag that lays itself over a setting after configure has read
// the other sources.
type override struct {
	a   *app
	key string
}

func (o override) String() string { return "" }
func (o override) Type() string   { return "NAME" }
func (o override) Set(v string) error {
	// Flags are parsed before configure runs, so the value goes through the
	// environment layer of the same setting, which only a flag can top.
	for _, t := range settingTable {
		if t.key == o.key {
			return os.Setenv(t.env, v)
		}
	}
	return nil
}

// terminal reports whether w is one on which a moving line makes sense.
func (a *app) terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && !a.plain && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd()))
}

// self is the path of this program, for the child processes that are it too.
func self() (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find this program: %w", err)
	}
	if real, err := filepath.EvalSymlinks(exe); err == nil {
		exe = real
	}
	return exe, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
