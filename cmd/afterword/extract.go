package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/extract"
	"github.com/afterword/afterword/models"
)

// maxTranscript bounds a transcript file, in bytes: a hundred hours of talk.
const maxTranscript = 256 << 20

func newExtract(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "extract FILE…",
		Short: "Find themes, emotions and actions in transcript files; keep nothing",
		Long: `Find themes, emotions and actions in transcript files; keep nothing.

A file is a transcript as 'afterword transcript --format json' prints it; - is
standard input. With --json one object is printed for each file, in order.`,
		Example: "  afterword extract session.json\n  afterword transcript last --format json | afterword extract --json -",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			return a.extractFiles(cmd.Context(), files)
		},
	}
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
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
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
				items, err := a.extractFile(ctx, f)
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

func (a *app) extractFile(ctx context.Context, path string) (models.Items, error) {
	b, err := a.readInput(path)
	if err != nil {
		return models.Items{}, err
	}
	var t models.Transcript
	if err := json.Unmarshal(b, &t); err != nil {
		if models.CodeOf(err) == models.Invalid {
			return models.Items{}, err
		}
		return models.Items{}, models.Errorf(models.Invalid, "read transcript: %s", whereInJSON(b, err))
	}
	return extract.New(extract.Config{}).Extract(ctx, t.Heard())
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

// whereInJSON adds line and column to what the decoder says.
func whereInJSON(b []byte, err error) string {
	var at int64
	switch e := err.(type) {
	case *json.SyntaxError:
		at = e.Offset
	case *json.UnmarshalTypeError:
		at = e.Offset
	default:
		return err.Error()
	}
	line, col := 1, 1
	for _, c := range b[:min(int(at), len(b))] {
		col++
		if c == '\n' {
			line, col = line+1, 1
		}
	}
	return fmt.Sprintf("line %d, column %d: %v", line, col, err)
}
