//go:build cgo

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// workerNice tells how nice each thread of the workers of a process is: several
// numbers if they differ.
func workerNice(t *testing.T, parent int) []int {
	t.Helper()
	var all []int
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range lines {
		dir := filepath.Dir(file)
		b, _ := os.ReadFile(file)
		stat, _ := os.ReadFile(filepath.Join(dir, "stat"))
		if f := statFields(stat); !bytes.Contains(b, []byte("\x00worker\x00--local\x00")) || len(f) < 2 || f[1] != strconv.Itoa(parent) {
			continue
		}
		threads, _ := filepath.Glob(filepath.Join(dir, "task", "*", "stat"))
		for _, th := range threads {
			one, _ := os.ReadFile(th)
			f := statFields(one)
			if len(f) < 17 {
				continue // it has just ended
			}
			n, err := strconv.Atoi(f[16])
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, n)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// statFields are those of proc(5), stat, from the third on: state, parent, …;
// the 17th of them is how nice it is.
func statFields(stat []byte) []string {
	return strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
}

// TestWorkerIsNiceOnlyWhileRecording: on Linux nobody but root can take niceness
// back, so the process itself is replaced.
func TestWorkerIsNiceOnlyWhileRecording(t *testing.T) {
	newSpeakingRoom(t)
	raw, err := unix.Getpriority(unix.PRIO_PROCESS, 0)
	if err != nil {
		t.Fatal(err)
	}
	own := 20 - raw
	nice := min(19, own+10)
	if nice == own {
		t.Skip("these tests run as nice as can be")
	}
	file, err := makeExcerpt(t.TempDir(), 8*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	served(t)
	service, err := askControl(t.Context(), findHome().Control(), controlRequest{Verb: "status"})
	if err != nil {
		t.Fatal(err)
	}
	await := func(what string, want ...int) {
		t.Helper()
		var got []int
		for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			if got = workerNice(t, service.Status.PID); slices.Equal(got, want) {
				return
			}
		}
		t.Fatalf("%s: %v, want %v", what, got, want)
	}
	must(t, "import", file)
	await("before", own)
	cmd, rep := recordSpeech(t, 4*time.Second)
	await("while it records", nice)
	must(t, "stop")
	concludes(t, cmd, rep.Session, "transcribed")
	written(t, rep.Session, rep.Status.Durable)
	must(t, "import", "--again", file) // so that there is something to do
	await("afterwards", own)
}
