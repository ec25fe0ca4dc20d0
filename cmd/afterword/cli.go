package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/models"
)

// Exit codes. 10 and up say what kind of failure it was.
const (
	exitOK        = 0
	exitFailure   = 1
	exitUsage     = 2
	exitPartial   = 3
	exitSetup     = 4
	exitNotServed = 5
	exitConflict  = 10
	exitNotFound  = 11
	exitUnusable  = 12
	exitBusy      = 13
	exitDiskFull  = 14
	exitTooNew    = 15
)

var exitCodes = map[models.Code]int{
	models.Invalid: exitUsage, models.Partial: exitPartial, models.Locked: exitSetup, models.NoModel: exitSetup,
	models.NotServed: exitNotServed, models.Conflict: exitConflict, models.NotFound: exitNotFound, models.Unusable: exitUnusable,
	models.Busy: exitBusy, models.DiskFull: exitDiskFull, models.TooNew: exitTooNew, models.Stale: exitConflict,
}

const exitCodesHelp = `  0  it worked
  1  it failed
  2  the command line or the input was not understood
  3  part of it worked; what did not is named
  4  something must be set up first: the passphrase or a speech model
  5  the background service is not running
 10  it exists already, or changed meanwhile
 11  there is no such session or item
 12  the file or the device cannot be used
 13  another afterword is at work
 14  the disk is full
 15  the data was written by a newer version
130  stopped by Ctrl-C (what was done is kept)
143  stopped by the system (what was done is kept)`

// execute runs one command line. It is the one place where an error becomes a
// sentence and an exit code.
func execute(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	a := newApp(stdin, stdout, stderr)
	defer func() { a.Close() }()
	root := newRoot(a)
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return exitOK
	}
	if s := (stopped{}); errors.As(context.Cause(ctx), &s) && (errors.Is(err, context.Canceled) || errors.As(err, &s)) {
		return s.code()
	}
	if c := (childExit{}); errors.As(err, &c) {
		return c.code
	}
	usage := errors.As(err, new(usageError)) || isCobraUsage(err)
	if usage {
		err = models.WithHint(err, "'%s --help' shows how it is used, with examples", cmd.CommandPath())
	}
	a.sayError(err, usage)
	if usage {
		return exitUsage
	}
	if c, ok := exitCodes[models.CodeOf(err)]; ok {
		return c
	}
	return exitFailure
}

// sayError tells a person, or with --json a program, what happened and what
// to do next.
func (a *app) sayError(err error, usage bool) {
	hint := models.HintOf(err)
	code := models.CodeOf(err)
	if usage {
		code = models.Invalid
	}
	if a.json {
		_ = json.NewEncoder(a.stderr).Encode(map[string]any{"schema_version": schemaVersion, "error": oneLine(err.Error()), "code": code, "hint": hint})
		return
	}
	fmt.Fprintf(a.stderr, "afterword: %s\n", oneLine(err.Error()))
	if hint != "" {
		fmt.Fprintf(a.stderr, "afterword: hint: %s\n", hint)
	}
}

// schemaVersion is raised when the meaning of a --json field changes.
const schemaVersion = 1

// oneLine keeps control characters of file names out of the terminal.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || (r >= 0x80 && r < 0xa0) || (r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069) {
			return ' '
		}
		return r
	}, s)
}

type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// childExit carries the exit code of a helper process that has already said
// what happened.
type childExit struct{ code int }

func (c childExit) Error() string { return fmt.Sprintf("exit %d", c.code) }

// isCobraUsage recognises cobra's own complaints, which have no type.
func isCobraUsage(err error) bool {
	for _, p := range []string{"unknown command", "unknown flag", "unknown shorthand", "accepts ", "requires ", "flag needs", "invalid argument", "required flag", "if any flags in the group"} {
		if strings.HasPrefix(err.Error(), p) {
			return true
		}
	}
	return false
}

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "afterword",
		Short: "Keep what mattered in your therapy sessions, on your own computer",
		Long: `Afterword writes down a therapy session and keeps what mattered: themes,
emotions, and what was agreed, each with the very words behind it.
Everything stays on this computer.`,
		Example: `  afterword record                   record a session, and write it down
  afterword import session.m4a       write down a recording
  afterword show last                what mattered in it
  afterword transcript last          every word
  afterword accept 3f9c              keep an item`,
		SilenceUsage: true, SilenceErrors: true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: false},
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return a.configure(cmd) },
	}
	f := root.PersistentFlags()
	f.BoolVar(&a.quiet, "quiet", false, "say only what was asked for, and errors")
	f.BoolVar(&a.plain, "plain", false, "one plain line for each event; no moving progress")
	f.BoolVar(&a.noInput, "no-input", false, "never ask; fail where an answer would be needed")
	f.BoolVarP(&a.yes, "yes", "y", false, "answer yes to questions")
	f.StringVar(&a.configFile, "config", "", "read settings from `FILE`")
	f.StringVar(&a.colour, "color", "auto", "colour: `auto`, always or never")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddGroup(
		&cobra.Group{ID: "in", Title: "Record and write down a session:"}, &cobra.Group{ID: "read", Title: "Read and decide:"},
		&cobra.Group{ID: "keep", Title: "Keep it safe:"}, &cobra.Group{ID: "run", Title: "The program:"})
	add := func(group string, cmds ...*cobra.Command) {
		for _, c := range cmds {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add("in", newRecord(a), newPause(a), newResume(a), newStop(a), newStatus(a), newMark(a), newDevices(a), newImport(a), newTranscribe(a), newExtract(a))
	add("read", newReview(a), newSessions(a), newShow(a), newTranscript(a), newItems(a), newAccept(a), newReject(a), newEdit(a), newDone(a), newUndo(a), newPlay(a), newReport(a), newCoverage(a), newSpeakers(a), newEnrol(a))
	a.addDays(root, add)
	add("keep", newUnlock(a), newLock(a), newPasswd(a), newStrike(a), newForget(a), newConsent(a), newBackup(a), newRestore(a))
	add("run", newServe(a), newService(a), newToken(a), newWorker(a), newModels(a), newDoctor(a), newVerify(a), newConfig(a), newMan(a), newVersion(a))
	root.AddCommand(newDecode(a), newCapture(a), newTryWeights(a), newCaptions(a), newVoices(a), newListen(a), &cobra.Command{Use: "exit-codes", Short: "What the exit codes mean", Long: "Exit codes\n\n" + exitCodesHelp})
	root.SetHelpCommandGroupID("run")
	root.SetCompletionCommandGroupID("run")
	return root
}
