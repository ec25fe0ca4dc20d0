package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/weights"
)

// shop is where the set-up works: the checkout, the cache and the two ways to
// speak.
type shop struct {
	root  string // the module's folder
	cache string
	out   io.Writer // results
	say   *progress // all else
}

// module is the path in go.mod by which the checkout is known.
const module = "github.com/afterword/afterword"

func openShop(out, errs io.Writer) (*shop, error) {
	root, err := findRoot()
	if err != nil {
		return nil, err
	}
	cache, err := weights.CacheRoot()
	if err != nil {
		return nil, models.WithHint(err, "set AFTERWORD_CACHE to a folder that you may write")
	}
	if err := os.MkdirAll(cache, 0o700); err != nil {
		return nil, models.WithHint(fmt.Errorf("make the cache: %w", err), "set AFTERWORD_CACHE to a folder that you may write")
	}
	return &shop{root: root, cache: cache, out: out, say: newProgress(errs)}, nil
}

// findRoot is the folder of our go.mod: from the working directory upwards, as
// the go command sees it, else where this file was compiled.
func findRoot() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err == nil {
		if mod := strings.TrimSpace(string(out)); isOurs(mod) {
			return filepath.Dir(mod), nil
		}
	}
	if _, file, _, ok := runtime.Caller(0); ok {
		if root := filepath.Join(filepath.Dir(file), "..", ".."); isOurs(filepath.Join(root, "go.mod")) {
			return filepath.Clean(root), nil
		}
	}
	return "", models.Errorf(models.Invalid, "find the source of Afterword: run this inside its checkout")
}

func isOurs(mod string) bool {
	b, err := os.ReadFile(mod)
	return err == nil && bytes.HasPrefix(bytes.TrimSpace(b), []byte("module "+module+"\n"))
}

// path is a place in the cache.
func (s *shop) path(parts ...string) string {
	return filepath.Join(append([]string{s.cache}, parts...)...)
}

// lock takes the cache's lock of that name, saying so when it has to wait.
func (s *shop) lock(ctx context.Context, name string) (unlock func(), err error) {
	return weights.Lock(ctx, s.path("locks", name), func(pid string) {
		if pid != "" {
			pid = " (process " + pid + ")"
		}
		s.say.line("another set-up%s is at the %s; waiting for it", pid, name)
	})
}

// once makes the folder dir of the cache by fill, which gets an empty folder
// beside it; the rename at the end is what makes it exist. Does nothing when
// dir is there. Two set-ups at once: the second waits, then finds it.
func (s *shop) once(ctx context.Context, lock, dir string, fill func(tmp string) error) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	unlock, err := s.lock(ctx, lock)
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	// The lock is ours, so whatever stands under this name was left by a set-up
	// that died.
	tmp := dir + ".part"
	if err := os.RemoveAll(tmp); err != nil {
		return fmt.Errorf("clear away an unfinished set-up: %w", err)
	}
	if err := os.MkdirAll(tmp, 0o700); err != nil {
		return fmt.Errorf("make a folder in the cache: %w", err)
	}
	if err := fill(tmp); err != nil {
		os.RemoveAll(tmp)
		return err
	}
	if err := os.Rename(tmp, dir); err != nil {
		return fmt.Errorf("keep what was made: %w", err)
	}
	return nil
}

// command is a child that ends with ctx: interrupted first, killed 5 s later.
func command(ctx context.Context, dir, name string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, name, args...)
	c.Dir = dir
	c.Cancel = func() error { return interrupt(c.Process) }
	c.WaitDelay = 5 * time.Second
	return c
}

// quiet runs c and returns its stdout. Only if it fails, what it said is in
// the error.
func quiet(c *exec.Cmd) (string, error) {
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	if err := c.Run(); err != nil {
		said := lastLines(errs.String()+out.String(), 25)
		return "", fmt.Errorf("run %s: %w\n%s", filepath.Base(c.Path), err, said)
	}
	return out.String(), nil
}

// lastLines are the last n lines of text, indented.
func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if len(lines) > n {
		lines = lines[len(lines)-n:]
	}
	return "    " + strings.Join(lines, "\n    ")
}
