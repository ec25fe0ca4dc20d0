package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/adrg/xdg"

	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/weights"
)

// home is where things lie. AFTERWORD_HOME puts everything under one folder;
// otherwise the XDG folders are used. Folders are 0700, files 0600.
type home struct {
	Moved   bool // by AFTERWORD_HOME
	Config  string
	Data    string
	State   string
	Runtime string
}

func findHome() home {
	if dir := os.Getenv("AFTERWORD_HOME"); dir != "" {
		if abs, err := filepath.Abs(dir); err == nil {
			dir = abs
		}
		return home{Moved: true, Config: dir, Data: dir, State: filepath.Join(dir, "state"), Runtime: filepath.Join(dir, "run")}
	}
	xdg.Reload()
	runtime := xdg.RuntimeDir
	if runtime == "" {
		runtime = xdg.StateHome
	}
	return home{
		Config: filepath.Join(xdg.ConfigHome, "afterword"), Data: filepath.Join(xdg.DataHome, "afterword"),
		State: filepath.Join(xdg.StateHome, "afterword"), Runtime: filepath.Join(runtime, "afterword"),
	}
}

func (h home) ConfigFile() string { return filepath.Join(h.Config, "config.toml") }
func (h home) Database() string   { return filepath.Join(h.Data, "afterword.db") }
func (h home) Spool() string      { return filepath.Join(h.Data, "spool") }
func (h home) Keys() string       { return filepath.Join(h.Data, "keys") }
func (h home) Queue() string      { return filepath.Join(h.Data, "queue") }
func (h home) Weights() string    { return filepath.Join(h.Data, "weights") }
func (h home) LogFile() string    { return filepath.Join(h.State, "afterword.log") }
func (h home) CrashFile() string  { return filepath.Join(h.State, "capture.crash") }
func (h home) Socket() string     { return filepath.Join(h.Runtime, "queue.sock") }
func (h home) Control() string    { return filepath.Join(h.Runtime, "control.sock") }
func (h home) lockFile() string   { return filepath.Join(h.Data, "lock") }

// WeightFolders lists where speech weights are looked for, first to last.
func (h home) WeightFolders() []string {
	var dirs []string
	if w := os.Getenv("AFTERWORD_WEIGHTS"); w != "" {
		dirs = append(dirs, filepath.SplitList(w)...)
	}
	dirs = append(dirs, h.Weights())
	if cache, err := weights.CacheDir(); err == nil {
		dirs = append(dirs, cache)
	}
	return dirs
}

// make creates the folders. It also closes folders that have become readable
// to others, since everything under them is secret.
func (h home) make() error {
	for _, dir := range []string{h.Config, h.Data, h.State, h.Runtime, h.Spool(), h.Keys()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return models.WithHint(fmt.Errorf("make folder: %w", err), "set AFTERWORD_HOME to a folder that you may write to")
		}
		if fi, err := os.Stat(dir); err == nil && fi.Mode().Perm()&0o077 != 0 {
			if err := os.Chmod(dir, 0o700); err != nil {
				return fmt.Errorf("close folder to others: %w", err)
			}
		}
	}
	return nil
}

// ownerLock is held by the process that owns the pipeline of a home. The
// system releases it when that process dies, however it dies.
type ownerLock struct{ f *os.File }

// lockOwner takes the lock, or says with a Busy error which process has it.
func (h home) lockOwner() (*ownerLock, error) {
	f, err := os.OpenFile(h.lockFile(), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	if err := lockExclusive(f); err != nil {
		defer f.Close()
		if !errors.Is(err, errLockHeld) {
			return nil, fmt.Errorf("lock home: %w", err)
		}
		pid, _ := os.ReadFile(h.lockFile())
		return nil, models.Errorf(models.Busy, "another afterword is at work here (process %s)", orUnknown(strings.TrimSpace(string(pid))))
	}
	if err := f.Truncate(0); err == nil {
		_, _ = f.WriteAt([]byte(strconv.Itoa(os.Getpid())), 0)
	}
	return &ownerLock{f}, nil
}

func (l *ownerLock) Close() error {
	_ = l.f.Truncate(0)
	return l.f.Close()
}

func orUnknown(s string) string {
	if s == "" {
		return "unknown"
	}
	return s
}
