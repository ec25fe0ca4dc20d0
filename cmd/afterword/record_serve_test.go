//go:build unix && cgo

package main

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/afterword/afterword/capture"
	"github.com/afterword/afterword/capture/audio"
	"github.com/afterword/afterword/capture/mic/vmic"
	"github.com/afterword/afterword/models"
)

// These tests record speech from a virtual microphone, with a service that
// takes it up, and read afterwards what was written down.

// newSpeakingRoom starts a sound server in which the sample session is spoken,
// and points the program at it and at an empty home with a speech model.
func newSpeakingRoom(t *testing.T) {
	t.Helper()
	newTestHome(t, needEngine(t))
	s := newQuietRoom(t)
	voice, err := newSpeech()
	if err != nil {
		t.Fatal(err)
	}
	play(t, s, "vmic", voice)
	endRecorder(t)
}

// endRecorder ends a recorder that outlives a failed test, by its own pid. What
// it was about stands in the file of its crash then.
func endRecorder(t *testing.T) {
	t.Cleanup(func() {
		rep, err := askHome(captureRequest{Verb: "status"})
		if err != nil || rep.PID <= 1 {
			return
		}
		if t.Failed() {
			t.Logf("the recorder: %+v", rep.Status)
			_ = syscall.Kill(rep.PID, syscall.SIGQUIT)
			time.Sleep(500 * time.Millisecond)
		}
		_ = syscall.Kill(rep.PID, syscall.SIGKILL)
	})
}

// speech is the beginning of the sample session again and again, as a virtual
// microphone takes it: interleaved stereo at vmic.Rate, 16 bits. After 40 s
// there is a long silence in it.
type speech struct {
	pcm []byte
	at  int
}

func newSpeech() (*speech, error) {
	src, err := audio.Open(samplePath)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	i := src.Info()
	rs := audio.NewResampler(i.Rate, vmic.Rate, i.Channels)
	buf := make([]float32, 4096*i.Channels)
	s := &speech{}
	for len(s.pcm) < 40*4*vmic.Rate {
		n, err := src.Read(buf)
		if err != nil {
			return nil, err
		}
		pcm := rs.Write(nil, buf[:n])
		for k := 0; k < len(pcm); k += i.Channels {
			v := uint16(int16(math.Round(float64(max(-1, min(1, pcm[k]))) * 32767)))
			s.pcm = append(s.pcm, byte(v), byte(v>>8), byte(v), byte(v>>8))
		}
	}
	return s, nil
}

func (s *speech) Read(b []byte) (int, error) {
	n := copy(b, s.pcm[s.at:])
	s.at = (s.at + n) % len(s.pcm)
	return n, nil
}

// recordSpeech starts `record` in a process of its own and waits until so much
// is durable.
func recordSpeech(t *testing.T, d time.Duration, args ...string) (*exec.Cmd, captureReply) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, append([]string{"record", "--consent", "yes"}, args...)...)
	cmd.Stdout, cmd.Stderr = &bytes.Buffer{}, &bytes.Buffer{}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd, awaitStatus(t, "it records", func(s capture.Status) bool { return s.Captured >= d })
}

// concludes waits for a `record` that was stopped; it says that the session is
// safe, and what came of it.
func concludes(t *testing.T, cmd *exec.Cmd, id models.SessionID, says string) {
	t.Helper()
	err := cmd.Wait()
	out, errs := cmd.Stdout.(*bytes.Buffer).String(), cmd.Stderr.(*bytes.Buffer).String()
	if err != nil || strings.TrimSpace(out) != string(id) || !strings.Contains(errs, says) {
		t.Errorf("record ends with %v and %q; it does not say %q:\n%s", err, out, says, errs)
	}
}

// kill ends a process as a crash would.
func kill(cmd *exec.Cmd) {
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}

// served runs `serve` until the test ends, and returns how to end it sooner.
func served(t *testing.T) (end func()) {
	t.Helper()
	cmd := start(t, "serve", "--listen", "127.0.0.1:0")
	ended := false
	end = func() {
		if ended {
			return
		}
		ended = true
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			t.Errorf("serve ends with %v", err)
		}
	}
	t.Cleanup(end)
	waitFor(t, 60*time.Second, func() bool {
		_, err := askControl(t.Context(), findHome().Control(), controlRequest{Verb: "status"})
		return err == nil
	})
	return end
}

// awaitFollower waits until somebody follows the recording. A recorder that is
// killed before that is not brought back: the recording is finished.
func awaitFollower(t *testing.T) {
	t.Helper()
	a := newApp(strings.NewReader(""), io.Discard, io.Discard)
	a.home = findHome()
	waitFor(t, 60*time.Second, func() bool {
		lock, err := a.lockFollow()
		if err == nil {
			lock.Close()
		}
		return models.CodeOf(err) == models.Busy
	})
}

// written waits until a session is written down and checks that it is: words in
// it, every second accounted for, no less sound than was durable.
func written(t *testing.T, id models.SessionID, atLeast time.Duration) coverageReport {
	t.Helper()
	waitFor(t, 4*time.Minute, func() bool {
		code, out, _ := afterword(t, "show", string(id), "--json")
		return code == 0 && strings.Contains(out, `"state":"ready"`)
	})
	if n := len(words(transcriptOf(t, string(id)))); n < 3 {
		t.Errorf("only %d words of session %s", n, id)
	}
	c := parseCoverage(must(t, "coverage", string(id), "--json"))
	var sum float64
	for _, v := range c.Totals {
		sum += v
	}
	if math.Abs(sum-c.Duration) > 0.002 || c.Duration < atLeast.Seconds() {
		t.Errorf("session %s: totals add up to %.3f of %.3f s; %v were durable", id, sum, c.Duration, atLeast)
	}
	return c
}

// TestServeUnderAPassphrase: it starts at login, when nobody can be asked.
func TestServeUnderAPassphrase(t *testing.T) {
	newSpeakingRoom(t)
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("correct horse battery staple\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AFTERWORD_PASSPHRASE_FILE", secret)
	must(t, "sessions") // makes the home
	t.Setenv("AFTERWORD_PASSPHRASE_FILE", "")

	cmd, killed := recordSpeech(t, 8*time.Second)
	_ = syscall.Kill(killed.PID, syscall.SIGKILL)
	kill(cmd)
	end := served(t)
	if code, out, errs := afterword(t, "status"); code != exitNotServed || !strings.Contains(errs, "locked") {
		t.Errorf("status of a locked service: exit %d\n%s%s", code, out, errs)
	}
	if out := must(t, "doctor"); !strings.Contains(out, "locked") {
		t.Error("doctor does not say that the service is locked")
	}
	pageAsks(t, strings.TrimSpace(must(t, "review", "--no-browser")))

	// A recording does not need the passphrase.
	cmd, ended := recordSpeech(t, 5*time.Second)
	if out := must(t, "status"); !strings.Contains(out, "unlock") {
		t.Errorf("status while it records: %s", out)
	}
	must(t, "stop")
	concludes(t, cmd, ended.Session, "'afterword unlock'")
	// Another one is on when the passphrase comes.
	cmd, going := recordSpeech(t, 4*time.Second)
	if _, out, _ := afterword(t, "status", "--json"); !strings.Contains(out, `"service_locked":true`) {
		t.Errorf("status while it records: %s", out)
	}
	t.Setenv("AFTERWORD_PASSPHRASE_FILE", secret)
	must(t, "unlock")
	t.Setenv("AFTERWORD_PASSPHRASE_FILE", "")
	if _, out, _ := afterword(t, "status", "--json"); !strings.Contains(out, `"service_locked":false`) {
		t.Errorf("status after the unlock: %s", out)
	}
	awaitMore(t, 2*time.Second)
	must(t, "stop")
	concludes(t, cmd, going.Session, "transcribed")
	for _, r := range []captureReply{killed, ended, going} {
		written(t, r.Session, r.Status.Durable)
	}
	end()
}

// pageAsks goes through the link as a browser does and finds the unlock page.
func pageAsks(t *testing.T, link string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := http.Client{Jar: jar, Timeout: time.Minute}
	base, _, _ := strings.Cut(link, "/enter")
	for _, at := range []string{link, base + "/"} {
		resp, err := c.Get(at)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if at != link && (resp.StatusCode != http.StatusLocked || !strings.Contains(string(b), `name="passphrase"`)) {
			t.Errorf("the page of a locked service: %s\n%s", resp.Status, b)
		}
	}
}

// TestServeTakesUpARecording whose `record` was killed, and brings back its
// recorder when that is killed, too.
func TestServeTakesUpARecording(t *testing.T) {
	newSpeakingRoom(t)
	cmd, first := recordSpeech(t, 5*time.Second)
	kill(cmd)
	end := served(t)
	awaitFollower(t)
	_ = syscall.Kill(first.PID, syscall.SIGKILL)
	next := awaitStatus(t, "the service starts the recorder again", func(s capture.Status) bool {
		return s.State == "recording" && s.Gaps == 1 && s.Captured > 8*time.Second
	})
	if next.Session != first.Session || next.PID == first.PID {
		t.Errorf("session %s goes on as %s, process %d as %d", first.Session, next.Session, first.PID, next.PID)
	}
	must(t, "stop")
	c := written(t, first.Session, next.Status.Durable)
	if c.Totals["gap"] <= 0 {
		t.Errorf("no gap: %+v", c)
	}
	// One that the service follows from the start needs no 'record' at all.
	cmd, last := recordSpeech(t, 8*time.Second)
	kill(cmd)
	awaitFollower(t)
	_ = syscall.Kill(last.PID, syscall.SIGKILL)
	again := awaitStatus(t, "it goes on", func(s capture.Status) bool { return s.State == "recording" && s.Gaps == 1 })
	if again.Session != last.Session {
		t.Errorf("session %s goes on as %s", last.Session, again.Session)
	}
	// It goes on without the service that started its recorder, too.
	end()
	awaitMore(t, time.Second)
	served(t)
	awaitFollower(t)
	if rep, err := askHome(captureRequest{Verb: "status"}); err != nil || rep.PID != again.PID {
		t.Errorf("recorder %d instead of %d (%v)", rep.PID, again.PID, err)
	}
	must(t, "stop")
	written(t, last.Session, last.Status.Durable)
}

// TestRecordLater: nothing is transcribed until the end, then everything.
func TestRecordLater(t *testing.T) {
	newSpeakingRoom(t)
	// A chunk is cut once 32 s were heard, if nothing holds it back.
	cmd, rep := recordSpeech(t, 36*time.Second, "--later")
	var st struct {
		Later         bool
		Waiting, Done int
	}
	if err := json.Unmarshal([]byte(must(t, "status", "--json")), &st); err != nil || !st.Later || st.Waiting+st.Done != 0 {
		t.Errorf("while it records: %+v, %v", st, err)
	}
	if out := must(t, "status"); !strings.Contains(out, "written down after the end") {
		t.Error(out)
	}
	must(t, "stop")
	concludes(t, cmd, rep.Session, "transcribed")
	c := written(t, rep.Session, rep.Status.Durable)
	if c.Totals["failed"] > 0 || c.Totals["gap"] > 0 {
		t.Errorf("%+v", c)
	}
	// What was played is what is written down.
	said, heard := words(scripted(t)), words(transcriptOf(t, string(rep.Session)))
	said = append(said, said...) // it is played over and over
	if n := inOrder(heard, said); len(heard) < 50 || n < len(heard)*8/10 {
		t.Errorf("%d of %d words are those that were spoken: %s", n, len(heard), strings.Join(heard, " "))
	}
}

// inOrder is how many words two texts have in common, in the same order.
func inOrder(a, b []string) int {
	row := make([]int, len(b)+1)
	for _, w := range a {
		left := 0 // of the row before
		for j, v := range b {
			up := row[j+1]
			if row[j+1] = max(up, row[j]); w == v {
				row[j+1] = max(row[j+1], left+1)
			}
			left = up
		}
	}
	return row[len(b)]
}

// TestConsentWithdrawn: nothing more is recorded, and what was can be forgotten.
func TestConsentWithdrawn(t *testing.T) {
	newRoom(t)
	cmd := recordNow(t, "--with", "Dr. Osei")
	rep := awaitStatus(t, "it records", func(s capture.Status) bool { return s.Captured > time.Second })
	if code, _, errs := afterword(t, "consent", "withdraw", "--yes"); code != exitBusy || !strings.Contains(errs, "stop") {
		t.Errorf("withdrawn while it records: exit %d\n%s", code, errs)
	}
	interrupt(t, cmd)
	if out := must(t, "consent"); !strings.Contains(out, "withdrawn") || !strings.Contains(out, "with Dr. Osei") {
		t.Errorf("after that it still holds: %s", out)
	}
	if code, _, errs := afterword(t, "record", "--with", "Dr. Osei"); code != exitUsage || !strings.Contains(errs, "--consent yes") {
		t.Errorf("a recording without consent: exit %d\n%s", code, errs)
	}
	// Nobody who could say yes was asked: the session stays, and it is said how it goes.
	if code, out, errs := afterword(t, "consent", "withdraw", "1"); code != 0 || !strings.Contains(errs, "afterword forget "+string(rep.Session)) {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	must(t, "show", string(rep.Session))
	if out := must(t, "consent", "withdraw", "1", "--yes"); !strings.Contains(out, string(rep.Session)+" is gone") {
		t.Error(out)
	}
	if code, _, _ := afterword(t, "show", string(rep.Session)); code != exitNotFound {
		t.Errorf("the session is still there: exit %d", code)
	}
	if left, _ := filepath.Glob(filepath.Join(os.Getenv("AFTERWORD_HOME"), "spool", string(rep.Session)+"*")); len(left) > 0 {
		t.Errorf("its sound is still there: %v", left)
	}
	// Agreed to anew, it records under a new consent.
	cmd = recordNow(t, "--with", "Dr. Osei")
	interrupt(t, cmd)
	var list struct {
		Consents []struct {
			Number    int64
			Withdrawn *time.Time
			Sessions  []models.SessionID
		}
	}
	if err := json.Unmarshal([]byte(must(t, "consent", "--json")), &list); err != nil || len(list.Consents) != 2 {
		t.Fatalf("%+v, %v", list, err)
	}
	if n, o := list.Consents[0], list.Consents[1]; n.Number != 2 || n.Withdrawn != nil || len(n.Sessions) != 1 || o.Withdrawn == nil || len(o.Sessions) != 0 {
		t.Errorf("%+v", list)
	}
}
