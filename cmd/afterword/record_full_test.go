//go:build unix && cgo

package main

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/afterword/afterword/capture"
	"github.com/afterword/afterword/capture/mic/vmic"
)

// wish is a number from the environment, for longer runs by hand.
func wish(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil && n > 0 {
		return n
	}
	return otherwise
}

// atFullSpeed leaves a test out under the race detector, which makes a recorder
// so slow to start that what is measured is the detector. 'go run ./cmd/build
// bench recording' runs these without it.
func atFullSpeed(t *testing.T) {
	t.Helper()
	if raceDetector {
		t.Skip("holds the recorder to the clock; run go test without -race")
	}
}

// TestRecordKills kills the recorder, the process that follows it, and both,
// at random moments. The numbers tell what is missing.
func TestRecordKills(t *testing.T) {
	atFullSpeed(t)
	newRoom(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 3))
	wanted, session := wish("AFTERWORD_TEST_KILLS", 40), 0
	// A callback may come late in the one process and not in the other; and a
	// player that the machine keeps waiting makes the numbers go on too slowly.
	const short, long = vmic.Rate * 50 / 1000, vmic.Rate * 200 / 1000
	var worst, sum, wrong int64
	recorders := 0
	for left := wanted; left > 0; session++ {
		cmd := recordNow(t)
		id := awaitStatus(t, "it records", func(capture.Status) bool { return true }).Session
		daemon, killed := false, 0
		for range min(left, 8) {
			awaitMore(t, time.Duration(100+rnd.IntN(500))*time.Millisecond)
			left--
			if rnd.IntN(4) > 0 || daemon {
				rep := awaitStatus(t, "it records", func(s capture.Status) bool { return s.State == "recording" })
				_ = syscall.Kill(rep.PID, syscall.SIGKILL)
				killed++
				if daemon {
					break // both are gone: this recording ends here
				}
				awaitStatus(t, "it is replaced", func(s capture.Status) bool { return s.State == "recording" && s.Gaps >= killed })
				continue
			}
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			daemon = true
		}
		var out, errs bytes.Buffer
		code := run(context.Background(), []string{"stop"}, strings.NewReader(""), &out, &errs)
		if code == exitNotServed { // both were killed
			a := newApp(strings.NewReader(""), io.Discard, io.Discard)
			a.home = findHome()
			a.set = defaultSettings(a.home)
			if err := a.open(t.Context()); err != nil {
				t.Fatal(err)
			}
			a.finishRecordings(t.Context(), nil)
			a.Close()
		}
		if !daemon {
			interrupt(t, cmd)
		}
		h := judge(t, id)
		gone := 0
		for _, g := range h.story.Gaps {
			if g.Len() > 0 {
				gone++
			}
		}
		inside := killed
		if daemon && code == exitNotServed {
			inside-- // the last one ended it
		}
		if gone != inside {
			t.Errorf("%d gaps for %d kills of the recorder: %s", gone, inside, h.reasons())
		}
		var off int64
		for _, l := range h.losses {
			off += l.told - l.missing
			wrong = max(wrong, l.told-l.missing, l.missing-l.told)
			if l.missing > vmic.Rate {
				t.Errorf("a kill cost %d samples", l.missing)
			}
			worst, sum, recorders = max(worst, l.missing), sum+l.missing, recorders+1
			if l.missing-l.told > short || l.told-l.missing > long {
				t.Errorf("%d samples are missing, their gap tells of %d", l.missing, l.told)
			}
		}
		if off < -short || off > long { // what one gap is told too long, another is not told too short
			t.Errorf("the gaps of a session are told wrong by %d samples", off)
		}
		if len(h.runs) > inside+1 || h.doubled > 0 { // two kills may leave nothing between them
			t.Errorf("%d runs for %d kills, %d samples twice", len(h.runs), inside, h.doubled)
		}
	}
	ms := func(frames int64) float64 { return 1000 * float64(frames) / vmic.Rate }
	t.Logf("%d kills in %d sessions; lost per kill of the recorder: %.0f ms on average, %.0f ms at most; told wrong by %.1f ms at most",
		wanted, session, ms(sum)/float64(max(1, recorders)), ms(worst), ms(wrong))
}

// TestRecordUnderLoad records while as many processes as there are processors
// do nothing but turn.
func TestRecordUnderLoad(t *testing.T) {
	atFullSpeed(t)
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
	if h.missing > 0 || h.doubled > 0 || h.told > 0 {
		t.Errorf("%d samples are missing, %d are there twice; gaps: %s", h.missing, h.doubled, h.reasons())
	}
}

// TestRecordSleeps stops the recorder and what follows it for ten seconds, as
// a computer does that is closed and opened.
func TestRecordSleeps(t *testing.T) {
	atFullSpeed(t)
	newRoom(t)
	cmd := recordNow(t)
	awaitMore(t, 2*time.Second)
	rep := awaitStatus(t, "it records", func(s capture.Status) bool { return s.State == "recording" })
	for _, pid := range []int{cmd.Process.Pid, rep.PID} {
		_ = syscall.Kill(pid, syscall.SIGSTOP)
	}
	time.Sleep(10 * time.Second) // the sleep itself
	for _, pid := range []int{rep.PID, cmd.Process.Pid} {
		_ = syscall.Kill(pid, syscall.SIGCONT)
	}
	awaitMore(t, 3*time.Second)
	interrupt(t, cmd)
	h := judge(t, rep.Session)
	t.Logf("%d samples are missing, the gaps tell of %d: %s", h.missing, h.told, h.reasons())
	if h.missing < 8*vmic.Rate || h.doubled > 0 || h.told < h.missing-vmic.Rate/20 || h.told > h.missing+vmic.Rate/5 {
		t.Errorf("%d samples are missing, %d twice, the gaps tell of %d", h.missing, h.doubled, h.told)
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
