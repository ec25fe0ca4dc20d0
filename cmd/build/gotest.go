package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// event is a line of `go test -json`.
type event struct {
	Action, Package, Test, Output, ImportPath string

	Elapsed float64 // seconds
}

// tests runs go test, counts, and writes what the failed ones said.
func (s *shop) tests(env []string, args ...string) func(context.Context, io.Writer) (tally, error) {
	return func(ctx context.Context, out io.Writer) (tally, error) {
		c := command(ctx, s.root, "go", append([]string{"test", "-json"}, args...)...)
		c.Env = append(os.Environ(), env...)
		var errs bytes.Buffer // of its own: out is written to meanwhile
		c.Stderr = &errs
		pipe, err := c.StdoutPipe()
		if err != nil {
			return tally{}, err
		}
		if err := c.Start(); err != nil {
			return tally{}, err
		}
		got := readEvents(pipe, out)
		err = c.Wait()
		out.Write(errs.Bytes())
		if err != nil {
			return got, err
		}
		if got.failed > 0 { // go test says so itself; do not depend on it
			return got, fmt.Errorf("%d tests failed", got.failed)
		}
		return got, nil
	}
}

// readEvents counts tests, keeps what each said, and writes to out what the
// failed ones, the packages that did not build and the packages that died said.
func readEvents(r io.Reader, out io.Writer) tally {
	var t tally
	said := map[string]*strings.Builder{}
	in := bufio.NewReader(r)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) != nil {
				out.Write(line)
			} else {
				t.count(e, said, out)
			}
		}
		if err != nil {
			return t
		}
	}
}

func (t *tally) count(e event, said map[string]*strings.Builder, out io.Writer) {
	id := e.Package + " " + e.Test
	switch e.Action {
	case "output":
		if said[id] == nil {
			said[id] = &strings.Builder{}
		}
		if said[id].Len() < 64<<10 {
			said[id].WriteString(e.Output)
		}
		return
	case "build-output":
		io.WriteString(out, e.Output)
		return
	case "pass":
		if e.Test != "" {
			t.passed++
			t.took = append(t.took, timed{e.Test, e.Elapsed})
		}
	case "skip":
		if e.Test != "" {
			t.skipped = append(t.skipped, strings.TrimPrefix(e.Package, module+"/")+" "+e.Test+reason(said[id]))
		}
	case "fail":
		// A test that fails in a subtest fails with it, and so does its package:
		// all are told, and counted where there is a name to tell.
		if e.Test != "" || said[id] != nil && strings.Contains(said[id].String(), "panic") {
			t.failed++
		}
		if said[id] != nil {
			io.WriteString(out, said[id].String())
		}
	default:
		return
	}
	delete(said, id)
}

// reason is why a test was skipped: the line before "--- SKIP", without its
// place.
func reason(said *strings.Builder) string {
	if said == nil {
		return ""
	}
	for line := range strings.SplitSeq(said.String(), "\n") {
		if place, why, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && strings.Contains(place, ".go:") {
			return ": " + why
		}
	}
	return ""
}
