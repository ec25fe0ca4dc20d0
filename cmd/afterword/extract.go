package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/extract"
	"github.com/afterword/afterword/extract/llm"
	"github.com/afterword/afterword/models"
)

// maxTranscript bounds a transcript file, in bytes: a hundred hours of talk.
const maxTranscript = 256 << 20

func newExtract(a *app) *cobra.Command {
	var again string
	cmd := &cobra.Command{
		Use:   "extract FILE…",
		Short: "Find themes, emotions and actions in transcript files; keep nothing",
		Long: `Find themes, emotions and actions in transcript files; keep nothing.

A file is a transcript as 'afterword transcript --format json' prints it; - is
standard input. With --json one object is printed for each file, in order.

With --engine llm a language model of yours reads along: one that answers at
extract.url, on this computer unless you allow another one by name. What it
finds counts only where its words stand in the transcript; what does not is left
out, and how many that were is said. --again finds the items of a session that
is kept; what you decided stays.`,
		Example: "  afterword extract session.json\n  afterword transcript last --format json | afterword extract --json -\n  afterword extract --again last",
		Args: func(cmd *cobra.Command, args []string) error {
			if again != "" {
				return cobra.NoArgs(cmd, args)
			}
			return cobra.MinimumNArgs(1)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, files []string) error {
			if again != "" {
				return a.findKept(cmd.Context(), again)
			}
			return a.extractFiles(cmd.Context(), files)
		},
	}
	cmd.Flags().Var(override{a, "extract.engine"}, "engine", "rules, or llm for a language model beside them")
	cmd.Flags().StringVar(&again, "again", "", "find the items of that `SESSION` anew")
	_ = cmd.RegisterFlagCompletionFunc("engine", cobra.FixedCompletions([]string{engineRules, engineLLM}, cobra.ShellCompDirectiveNoFileComp))
	a.jsonFlag(cmd)
	return cmd
}

// extractFiles works on all cores and prints in order.
func (a *app) extractFiles(ctx context.Context, files []string) error {
	type result struct {
		items models.Items
		err   error
	}
	results := make([]chan result, len(files))
	many := runtime.GOMAXPROCS(0)
	reader, err := a.reader(true)
	if err != nil {
		return err
	}
	if reader != nil {
		many = 1 // the model is busy with one
	}
	slots := make(chan struct{}, many)
	var running sync.WaitGroup
	defer running.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for i := range files {
		results[i] = make(chan result, 1)
	}
	go func() {
		for i, f := range files {
			slots <- struct{}{}
			running.Go(func() {
				items, err := a.extractFile(ctx, f, reader)
				results[i] <- result{items, err}
				<-slots
			})
		}
	}()
	for i, f := range files {
		r := <-results[i]
		if r.err != nil {
			return fmt.Errorf("%s: %w", shown(f), r.err)
		}
		if a.json {
			if err := a.printJSON(r.items); err != nil {
				return err
			}
			continue
		}
		if len(files) > 1 {
			fmt.Fprintf(a.stdout, "%s\n\n", f)
		}
		a.printItems(r.items)
	}
	return nil
}

// findKept finds the items of a session that is kept anew, by the rules and, where
// one is set up, by a language model.
func (a *app) findKept(ctx context.Context, name string) error {
	s, err := a.openSession(ctx, []string{name})
	if err != nil {
		return err
	}
	reader, err := a.reader(true)
	if err != nil {
		return err
	}
	if err := a.store.ExtractAgain(ctx, s.ID); err != nil {
		return err
	}
	if err := a.extractSession(ctx, s.ID); err != nil {
		return err
	}
	if reader != nil {
		if err := a.readWith(ctx, reader, s); err != nil {
			return err
		}
	}
	return a.showSession(ctx, []string{string(s.ID)})
}

// extractFile finds the items of a file; reader is nil for the rules alone.
func (a *app) extractFile(ctx context.Context, path string, reader *llm.Reader) (models.Items, error) {
	b, err := a.readInput(path)
	if err != nil {
		return models.Items{}, err
	}
	var t models.Transcript
	if err := json.Unmarshal(b, &t); err != nil {
		return models.Items{}, transcriptError(b, err)
	}
	t = t.Heard()
	items, err := extract.New(extract.Config{}).Extract(ctx, t)
	if err != nil || reader == nil {
		return items, err
	}
	return a.readFile(ctx, reader, path, t, items)
}

// readFile adds what a language model finds to the items of a file. Where it
// does not answer, they stand as they are.
func (a *app) readFile(ctx context.Context, r *llm.Reader, path string, t models.Transcript, items models.Items) (models.Items, error) {
	bar := a.newProgress(filepath.Base(oneLine(path)))
	defer bar.Close()
	found, err := r.Read(ctx, t, bar.reading)
	if ctx.Err() != nil {
		return items, context.Cause(ctx)
	}
	bar.Close()
	now := models.Reading{State: models.ReadingDone, Name: r.Name(), Parts: found.Parts, Read: found.Read, Unproved: found.Unproved, Outside: found.Outside}
	items.List, now.Added = llm.Merge(t, items.List, found.Items)
	if err != nil {
		now.State = models.ReadingPart
		a.warn("%s; what the rules found is all here", err)
	}
	if now.Read > 0 {
		a.note("%s", readingLine(now, ""))
	}
	return items, nil
}

func (a *app) readInput(path string) ([]byte, error) {
	r := a.stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, fileError(err, path)
		}
		defer f.Close()
		r = f
	}
	b, err := io.ReadAll(io.LimitReader(r, maxTranscript+1))
	if err != nil {
		return nil, fileError(err, path)
	}
	if len(b) > maxTranscript {
		return nil, models.Errorf(models.Invalid, "read transcript: it is larger than %d MB", maxTranscript>>20)
	}
	return b, nil
}

// transcriptError says where in a file its fault is, if the decoder knows.
func transcriptError(b []byte, err error) error {
	kind, syntax := (*json.UnmarshalTypeError)(nil), (*json.SyntaxError)(nil)
	switch {
	case errors.As(err, &kind):
		// Its place is counted from the first thing in the file.
		at := kind.Offset + int64(len(b)-len(bytes.TrimLeft(b, " \t\r\n")))
		return models.Errorf(models.Invalid, "read transcript: %s", place(b, at, fmt.Sprintf("%q cannot be a %s", kind.Field, kind.Value)))
	case errors.As(err, &syntax):
		return models.Errorf(models.Invalid, "read transcript: %s", place(b, syntax.Offset, syntax.Error()))
	case models.CodeOf(err) == models.Invalid:
		return err
	}
	return models.Errorf(models.Invalid, "read transcript: %w", err)
}

// place says line and column of a byte, and what is wrong there.
func place(b []byte, at int64, what string) string {
	line, col := 1, 1
	for _, c := range b[:min(int(at), len(b))] {
		col++
		if c == '\n' {
			line, col = line+1, 1
		}
	}
	return fmt.Sprintf("line %d, column %d: %s", line, col, what)
}
