//go:build unix && cgo

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/afterword/afterword/capture"
	"github.com/afterword/afterword/capture/mic/vmic"
	"github.com/afterword/afterword/models"
)

// These tests record a numbered signal from a virtual microphone of a real
// sound server, and count afterwards which samples there are.

// room starts a sound server, plays the numbered signal into it, and points the
// program at it and at an empty home. No speech model is needed: the recording
// does not wait for one.
func newRoom(t *testing.T) *vmic.Server {
	t.Helper()
	s := newQuietRoom(t)
	newTestHome(t, t.TempDir())
	play(t, s, "vmic", &vmic.Numbered{})
	return s
}

// newQuietRoom starts a sound server with a virtual microphone and points the
// program at it.
func newQuietRoom(t *testing.T) *vmic.Server {
	t.Helper()
	if !vmic.Available() {
		t.Skip("pulseaudio is not installed")
	}
	dir, err := os.MkdirTemp("", "pa")
	if err != nil {
		t.Fatal(err)
	}
	s, err := vmic.Start(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Kill()
		os.RemoveAll(dir)
		for _, name := range []string{findHome().LogFile(), findHome().CrashFile()} {
			if b, err := os.ReadFile(name); err == nil && t.Failed() {
				t.Logf("%s:\n%s", filepath.Base(name), b)
			}
		}
	})
	for _, kv := range s.Env() {
		if k, v, _ := strings.Cut(kv, "="); k == "PULSE_SERVER" {
			t.Setenv(k, v)
		}
	}
	return s
}

func play(t *testing.T, s *vmic.Server, name string, sound io.Reader) *vmic.Player {
	t.Helper()
	p, err := s.Play(name, sound)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return p
}

// recordNow starts `record` in a process of its own and waits until sound is
// durable.
func recordNow(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := start(t, append([]string{"record", "--consent", "yes", "--stereo", "--title", "Numbers"}, args...)...)
	endRecorder(t)
	awaitStatus(t, "it records", func(s capture.Status) bool { return s.Captured > 0 })
	return cmd
}

func askHome(req captureRequest) (captureReply, error) {
	a := newApp(strings.NewReader(""), io.Discard, io.Discard)
	a.home = findHome()
	return a.askCapture(req)
}

func awaitStatus(t *testing.T, what string, ok func(capture.Status) bool) captureReply {
	t.Helper()
	var rep captureReply
	var err error
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if rep, err = askHome(captureRequest{Verb: "status"}); err == nil && ok(rep.Status) {
			return rep
		}
	}
	t.Fatalf("%s: waited in vain; last %+v, %v", what, rep.Status, err)
	return rep
}

// awaitMore waits until so much more was captured.
func awaitMore(t *testing.T, d time.Duration) {
	t.Helper()
	var from time.Duration = -1
	awaitStatus(t, "it goes on", func(s capture.Status) bool {
		if from < 0 {
			from = s.Captured
		}
		return s.State == "recording" && s.Captured >= from+d
	})
}

// heardNumbers is what an oracle says about a finished recording.
type heardNumbers struct {
	story   capture.Story
	runs    []vmic.Run // those of at least 5 ms
	missing int64      // numbers between the first and the last that are not there
	told    int64      // frames that the gaps tell of
	doubled int64
	losses  []loss // between two runs
}

// loss is what one gap tells of, and what the numbers say.
type loss struct{ told, missing int64 }

// judge reads a session back from the spool and counts.
func judge(t *testing.T, id models.SessionID) heardNumbers {
	t.Helper()
	ctx := t.Context()
	a := newApp(strings.NewReader(""), io.Discard, io.Discard)
	defer a.Close()
	a.home = findHome()
	a.set = defaultSettings(a.home)
	if err := a.open(ctx); err != nil {
		t.Fatal(err)
	}
	ring, err := a.sessionRing(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	var out heardNumbers
	if out.story, err = a.spool.Story(id, ring); err != nil {
		t.Fatal(err)
	}
	pcm, rate, channels, err := a.spool.ReadSamples(id, ring, 0, out.story.Samples)
	if pcm == nil || rate != vmic.Rate || channels != 2 {
		t.Fatalf("read %d samples, %d Hz, %d channels: %v", len(pcm), rate, channels, err)
	}
	for _, r := range vmic.Runs(pcm) {
		if r.Frames < vmic.Rate/200 {
			continue
		}
		n := len(out.runs)
		if n == 0 {
			out.runs = append(out.runs, r)
			continue
		}
		last := &out.runs[n-1]
		switch lost := r.First - last.First - last.Frames; {
		case lost == 0: // the player was late: silence was played, and recorded
			last.Frames += r.Frames
			continue
		case lost > 0:
			out.missing += lost
			out.losses = append(out.losses, loss{told: gapBetween(out.story, last.At+last.Frames, r.At), missing: lost})
		default:
			out.doubled -= lost
		}
		out.runs = append(out.runs, r)
	}
	for _, g := range out.story.Gaps {
		out.told += int64(g.Len()) * vmic.Rate / int64(time.Second)
	}
	c, err := a.store.Coverage(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	var sum time.Duration
	for _, f := range fates {
		sum += c.Total(f)
	}
	if sum != c.Duration || c.Duration != out.story.Length {
		t.Errorf("coverage adds up to %v, the session is %v long, the journal says %v", sum, c.Duration, out.story.Length)
	}
	if gaps := c.Total(models.FateGap); gaps.Milliseconds() < out.told*1000/vmic.Rate-5 {
		t.Errorf("coverage has gaps of %v, the journal of %d ms", gaps, out.told*1000/vmic.Rate)
	}
	return out
}

// gapBetween is how much of what lies between two frames the gaps tell of. A
// gap is told in whole milliseconds.
func gapBetween(story capture.Story, from, to int64) (told int64) {
	const slack = vmic.Rate / 200
	for _, g := range story.Gaps {
		start, end := int64(g.Start)*vmic.Rate/int64(time.Second), int64(g.End)*vmic.Rate/int64(time.Second)
		if start >= from-slack && end <= to+slack {
			told += end - start
		}
	}
	return told
}

func (h heardNumbers) reasons() string {
	var out []string
	for _, g := range h.story.Gaps {
		if g.Len() > 0 {
			out = append(out, g.Reason)
		}
	}
	return strings.Join(out, ", ")
}

// interrupt ends `record` as Ctrl-C does. Without a speech model it cannot
// write the session down: it says so, and that the recording is safe.
func interrupt(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	_ = cmd.Process.Signal(os.Interrupt)
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case <-done:
	case <-time.After(60 * time.Second):
		t.Fatal("record does not end")
	}
}

func TestRecordKeepsEverySample(t *testing.T) {
	newRoom(t)
	cmd := recordNow(t)
	awaitMore(t, 4*time.Second)
	if code, out, _ := afterword(t, "status", "--json"); code != 0 || !strings.Contains(out, `"state":"recording"`) {
		t.Errorf("status: exit %d, %s", code, out)
	}
	if code, _, errs := afterword(t, "record", "--consent", "yes"); code != exitBusy || !strings.Contains(errs, "already") {
		t.Errorf("a second record: exit %d, %s", code, errs)
	}
	must(t, "mark", "a", "secret", "thought")
	must(t, "pause")
	var since time.Duration
	awaitStatus(t, "paused for a second", func(s capture.Status) bool {
		if since == 0 {
			since = s.Elapsed
		}
		return s.State == "paused" && s.Elapsed > since+time.Second
	})
	must(t, "resume")
	awaitMore(t, 2*time.Second)
	rep, _ := askHome(captureRequest{Verb: "status"})
	if code, _, errs := afterword(t, "forget", string(rep.Session), "--yes"); code != exitBusy {
		t.Errorf("forget while recording: exit %d, %s", code, errs)
	}
	interrupt(t, cmd)
	h := judge(t, rep.Session)
	if h.reasons() != models.GapPaused || len(h.runs) != 2 {
		t.Errorf("gaps %q, %d runs", h.reasons(), len(h.runs))
	}
	// Across the pause the clock of the session and the numbers agree.
	if off := h.missing - h.told; off < -vmic.Rate/5 || off > vmic.Rate/5 {
		t.Errorf("%d samples are missing, the gap tells of %d", h.missing, h.told)
	}
	for _, r := range h.runs {
		t.Logf("run at %d: %d frames", r.At, r.Frames)
	}
	noClear(t, os.Getenv("AFTERWORD_HOME"), []string{"secret thought"})
}

func TestRecordSurvivesTheSoundSystem(t *testing.T) {
	s := newRoom(t)
	if err := s.Plug("second"); err != nil {
		t.Fatal(err)
	}
	play(t, s, "second", &vmic.Numbered{})
	cmd := recordNow(t, "--device", "vmic.monitor")
	first := awaitStatus(t, "it records", func(s capture.Status) bool { return s.Captured > time.Second })
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(s.Default("second"))
	check(s.Unplug("vmic"))
	awaitStatus(t, "it falls back", func(s capture.Status) bool {
		return s.State == "recording" && s.Device != first.Status.Device && s.Gaps >= 1
	})
	awaitMore(t, time.Second)
	check(s.Plug("vmic"))
	play(t, s, "vmic", &vmic.Numbered{})
	awaitStatus(t, "it returns", func(st capture.Status) bool { return st.Device == first.Status.Device && st.Gaps >= 2 })
	awaitMore(t, time.Second)
	s.Kill()
	awaitStatus(t, "it warns", func(st capture.Status) bool { return st.State == "waiting" && len(st.Warnings) > 0 })
	check(s.Run())
	play(t, s, "vmic", &vmic.Numbered{})
	awaitMore(t, time.Second)
	interrupt(t, cmd)
	h := judge(t, first.Session)
	if n := len(h.story.Gaps); n < 3 || !strings.HasPrefix(h.reasons(), models.GapUnplugged) || !strings.Contains(h.reasons(), models.GapSwitched) {
		t.Errorf("%d gaps: %s", n, h.reasons())
	}
	if h.story.Why != "stopped by you" {
		t.Errorf("ended because %q", h.story.Why)
	}
}

func TestRecordStoppedProcessIsReplaced(t *testing.T) {
	newRoom(t)
	cmd := recordNow(t)
	rep := awaitStatus(t, "it records", func(s capture.Status) bool { return s.Captured > time.Second })
	_ = syscall.Kill(rep.PID, syscall.SIGSTOP)
	began := time.Now()
	next := awaitStatus(t, "it is replaced", func(s capture.Status) bool { return s.Gaps >= 1 && s.State == "recording" })
	t.Logf("replaced after %v", time.Since(began))
	if next.PID == rep.PID {
		t.Error("the process that was stopped goes on")
	}
	awaitMore(t, time.Second)
	interrupt(t, cmd)
	h := judge(t, rep.Session)
	if h.reasons() != models.GapKilled {
		t.Errorf("gaps %q", h.reasons())
	}
	if off := h.missing - h.told; off < -vmic.Rate/5 || off > vmic.Rate/5 {
		t.Errorf("%d samples are missing, the gap tells of %d", h.missing, h.told)
	}
}

func TestRecordOnAFullDisk(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("a small disk needs root")
	}
	newRoom(t)
	home := os.Getenv("AFTERWORD_HOME")
	spool := filepath.Join(home, "spool")
	if err := os.MkdirAll(spool, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", spool, "tmpfs", 0, "size=64m,mode=700"); err != nil {
		t.Skip("no tmpfs may be mounted here: ", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(spool, syscall.MNT_DETACH) })
	cmd := recordNow(t)
	filler := filepath.Join(spool, "filler")
	f, err := os.Create(filler)
	if err != nil {
		t.Fatal(err)
	}
	block := make([]byte, 4096)
	for err == nil {
		_, err = f.Write(block)
	}
	f.Close()
	rep := awaitStatus(t, "it warns", func(s capture.Status) bool {
		return len(s.Warnings) > 0 && strings.Contains(s.Warnings[0], "takes nothing")
	})
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	awaitStatus(t, "it heals", func(s capture.Status) bool { return len(s.Warnings) == 0 })
	awaitMore(t, time.Second)
	interrupt(t, cmd)
	h := judge(t, rep.Session)
	if h.missing != 0 || len(h.runs) != 1 || h.story.Ended != true {
		t.Errorf("%d samples are missing in %d runs; gaps: %s", h.missing, len(h.runs), h.reasons())
	}
}

func TestStrikeWhileRecording(t *testing.T) {
	newRoom(t)
	cmd := recordNow(t)
	awaitMore(t, 4*time.Second)
	must(t, "strike", "--last", "2s")
	awaitMore(t, time.Second)
	rep, _ := askHome(captureRequest{Verb: "status"})
	interrupt(t, cmd)
	h := judge(t, rep.Session)
	if len(h.runs) != 2 || h.missing < 2*vmic.Rate-10 || h.missing > 2*vmic.Rate+10 {
		t.Errorf("%d runs, %d samples are gone", len(h.runs), h.missing)
	}
	var c struct{ Totals map[string]float64 }
	if err := json.Unmarshal([]byte(must(t, "coverage", string(rep.Session), "--json")), &c); err != nil || fmt.Sprintf("%.3f", c.Totals["struck"]) != "2.000" {
		t.Errorf("coverage %v, %v", c.Totals, err)
	}
	out := must(t, "strike", "--session", string(rep.Session), "--from", "0:00", "--to", "0:01", "--yes")
	if !strings.Contains(out, "Struck: 0:00–0:01") {
		t.Error(out)
	}
}

func FuzzParseClock(f *testing.F) {
	for _, s := range []string{"12:30", "90s", "1:02:03", "2m", "-1", "1:99", "NaN"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := parseClock(s); err == nil && (d < 0 || d > 1e6*time.Hour) {
			t.Fatalf("%q is %v", s, d)
		}
	})
}
