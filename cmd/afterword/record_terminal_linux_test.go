//go:build cgo

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/afterword/afterword/capture"
)

// TestRecordOutlivesItsTerminal: the window is closed while `record` shows its
// view there and nobody else follows the recording.
func TestRecordOutlivesItsTerminal(t *testing.T) {
	newRoom(t)
	exe, err := self()
	if err != nil {
		t.Fatal(err)
	}
	master, tty := terminalPair(t)
	cmd := exec.Command(exe, "record", "--consent", "yes", "--stereo")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "LC_ALL=C.UTF-8")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	endRecorder(t)
	tty.Close()
	screen := &screenText{}
	read := make(chan struct{})
	go func() { defer close(read); screen.gather(master) }()
	screen.await(t, "Recording")
	rep := awaitStatus(t, "it records", func(s capture.Status) bool { return s.Captured > time.Second })
	_ = master.SetReadDeadline(time.Now())
	<-read
	if err := master.Close(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, time.Minute, func() bool {
		b, err := os.ReadFile(filepath.Join(os.Getenv("AFTERWORD_HOME"), "state", "afterword.log"))
		return err == nil && strings.Contains(string(b), "the terminal is gone")
	})
	began, before := time.Now(), processorTime(t, cmd.Process.Pid)
	awaitMore(t, 3*time.Second)
	// What turns for nothing uses all that it gets; following uses little.
	if used, most := processorTime(t, cmd.Process.Pid)-before, time.Since(began)/2; used > most && !raceDetector {
		t.Errorf("without its terminal it uses %v of processor time where %v would be much", used, most)
	}
	// It still follows: a recorder that is killed comes back.
	_ = syscall.Kill(rep.PID, syscall.SIGKILL)
	awaitStatus(t, "the recorder is started again", func(s capture.Status) bool { return s.State == "recording" && s.Gaps == 1 })
	awaitMore(t, time.Second)
	must(t, "stop")
	_ = cmd.Wait() // without a speech model it cannot write the session down
	if h := judge(t, rep.Session); len(h.runs) != 2 || !h.story.Ended {
		t.Errorf("%d runs, %+v", len(h.runs), h.story)
	}
}

// processorTime of a process so far, as proc(5), stat, has it, in ticks of 10 ms.
func processorTime(t *testing.T, pid int) time.Duration {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	f := statFields(b)
	if err != nil || len(f) < 13 {
		t.Fatalf("process %d is gone: %v", pid, err)
	}
	var ticks int64
	for _, v := range f[11:13] {
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}
