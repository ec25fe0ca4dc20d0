package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// benchExtract scores the extractor on every set that is at hand. The scorer
// and the sets live with the tests of extract; gold sessions, the AMI corpus and
// PriMock57 are looked for beside the checkout, or where the environment says.
func benchExtract(ctx context.Context, s *shop) error {
	env := append(os.Environ(), "CGO_ENABLED=0", "AFTERWORD_BENCH_EXTRACT=1")
	for _, x := range []struct{ name, beside, has, what string }{
		{"AFTERWORD_BENCH_GOLD", "gold", "sessions", "gold sessions"},
		{"AFTERWORD_BENCH_AMI", "data/ami-actions", "train.jsonl.gz", "the AMI corpus"},
		{"AFTERWORD_BENCH_PRIMOCK", "data/primock57", "transcripts", "PriMock57"},
	} {
		dir := os.Getenv(x.name)
		if dir == "" {
			dir = filepath.Join(s.root, "..", "shared", filepath.FromSlash(x.beside))
		}
		if _, err := os.Stat(filepath.Join(dir, x.has)); err != nil {
			fmt.Fprintf(s.say.w, "left out: %s; %s names their folder\n", x.what, x.name)
			continue
		}
		dir, err := filepath.Abs(dir)
		if err != nil {
			return err
		}
		env = append(env, x.name+"="+dir)
	}
	c := command(ctx, s.root, "go", "test", "./extract", "-count=1", "-v", "-timeout=30m", "-run", "^TestBenchExtract$")
	c.Env = env
	c.Stderr = s.say.w
	pipe, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	table, rest := false, strings.Builder{}
	for in := bufio.NewScanner(pipe); in.Scan(); {
		line := in.Text()
		switch {
		case strings.HasPrefix(line, "|"):
			table = true
			fmt.Fprintln(s.out, line)
		case line == "" && table:
			fmt.Fprintln(s.out)
		default:
			rest.WriteString(line + "\n")
		}
	}
	if err := c.Wait(); err != nil {
		return fmt.Errorf("score the extractor: %w\n%s", err, rest.String())
	}
	return nil
}
