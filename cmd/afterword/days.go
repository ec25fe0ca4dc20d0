package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/store"
)

// addDays adds the commands for the days between sessions.
func (a *app) addDays(root *cobra.Command, add func(string, ...*cobra.Command)) {
	root.AddGroup(&cobra.Group{ID: "days", Title: "Between sessions:"})
	add("days", newReflect(a), newHomework(a), newMood(a), newJournal(a), newGoals(a), newPrep(a), newTrends(a), newRecall(a), newSearch(a), newCalendar(a), newRemind(a), newContacts(a), newRetention(a), newExport(a), newShare(a))
}

// book opens store and vault, and the days between sessions in them.
func (a *app) book(ctx context.Context) (*days.Book, error) {
	if err := a.open(ctx); err != nil {
		return nil, err
	}
	return a.pages(), nil
}

// pages is the book in a store that is open.
func (a *app) pages() *days.Book {
	return days.New(days.Config{Entries: a.store, Past: sessionsPast{a.store}, Now: clock, Destroy: a.destroyAnswer})
}

// sessionsPast is the store as the days look back on it.
type sessionsPast struct{ *store.Store }

func (p sessionsPast) Items(ctx context.Context, since models.Date, kinds ...models.Kind) ([]models.Item, error) {
	return p.Gist(ctx, store.GistFilter{Since: since, Kinds: kinds})
}

// asks reports whether somebody is there to answer.
func (a *app) asks() bool {
	in, ok := a.stdin.(*os.File)
	return ok && !a.noInput && !a.json && term.IsTerminal(int(in.Fd()))
}

// cutLine is the longest line, in bytes, that a terminal passes on: what is
// typed or pasted beyond it never reaches a program.
const cutLine = 4095

// ask puts a question on stderr and reads a line. io.EOF at Ctrl-D.
func (a *app) ask(ctx context.Context, prompt string) (string, error) {
	fmt.Fprint(a.stderr, prompt)
	line, err := a.readLine(ctx)
	if errors.Is(err, io.EOF) {
		fmt.Fprintln(a.stderr)
	}
	return strings.TrimSpace(line), err
}

// readLine reads a line from stdin; when ctx ends first, its cause.
func (a *app) readLine(ctx context.Context) (string, error) {
	if a.lines == nil {
		a.lines = bufio.NewReader(a.stdin)
	}
	type answer struct {
		line string
		err  error
	}
	got := make(chan answer, 1)
	go func() { l, err := a.lines.ReadString('\n'); got <- answer{l, err} }()
	select {
	case <-ctx.Done():
		return "", context.Cause(ctx)
	case r := <-got:
		if r.line != "" && errors.Is(r.err, io.EOF) {
			r.err = nil
		}
		if len(r.line) > cutLine && a.asks() {
			a.warn("that line was as long as a terminal passes on; what came after its first %d characters is lost. Send long text through '-' or --file.", cutLine)
		}
		return strings.TrimRight(r.line, "\r\n"), r.err
	}
}

// askText reads lines up to Ctrl-D, or a line with nothing but a full stop.
func (a *app) askText(ctx context.Context, prompt string) (string, error) {
	fmt.Fprintln(a.stderr, prompt)
	var b strings.Builder
	for {
		line, err := a.readLine(ctx)
		if errors.Is(err, io.EOF) || err == nil && line == "." {
			return b.String(), nil
		}
		if err != nil {
			return b.String(), err
		}
		b.WriteString(line + "\n")
	}
}

// maxText bounds what is read from a file or a pipe, in bytes.
const maxText = 4 << 20

// textOf is what the arguments say: their words; or with - what stands on
// stdin; or, with a file named, what is in it.
func (a *app) textOf(args []string, file string) (string, error) {
	in := a.stdin
	switch {
	case file != "" && file != "-":
		f, err := os.Open(file)
		if err != nil {
			return "", fileError(err, file)
		}
		defer f.Close()
		in = f
	case file == "-" || len(args) == 1 && args[0] == "-":
	default:
		return strings.Join(args, " "), nil
	}
	b, err := io.ReadAll(io.LimitReader(in, maxText+1))
	if err != nil {
		return "", fmt.Errorf("read text: %w", err)
	}
	if len(b) > maxText {
		return "", models.Errorf(models.Invalid, "read text: it has more than %d million characters", maxText>>20)
	}
	return strings.ToValidUTF8(string(b), "\uFFFD"), nil
}

// printText writes text of several lines for people.
func (a *app) printText(text, indent string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			fmt.Fprintln(a.stdout)
			continue
		}
		fmt.Fprintln(a.stdout, wrap(oneLine(line), 76, indent))
	}
}

// printKept prints what a command stored: as JSON under a name, or a sentence.
func (a *app) printKept(name string, v any, sentence string, args ...any) error {
	if a.json {
		return a.printJSON(map[string]any{"schema_version": schemaVersion, name: v})
	}
	fmt.Fprintf(a.stdout, sentence+"\n", args...)
	return nil
}

// dayFlag reads a day such as 2026-03-12, today or yesterday.
func dayFlag(b *days.Book, s string) (models.Date, error) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "":
		return "", nil
	case "today":
		return b.Today(), nil
	case "yesterday":
		return models.DateOf(clock().AddDate(0, 0, -1)), nil
	case "tomorrow":
		return models.DateOf(clock().AddDate(0, 0, 1)), nil
	}
	d, err := models.ParseDate(s)
	if err != nil {
		return "", usageError{err}
	}
	return d, nil
}
