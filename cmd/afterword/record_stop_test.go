//go:build unix && cgo

package main

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/afterword/afterword/capture"
)

// TestRecordStopToTranscript measures how long it takes from 'stop' to the end
// of `record`, when the transcript is complete and the items are found. Speed is
// not asserted here: 'go run ./cmd/build bench recording' prints it. It runs on
// request only: a minute of speech is played, and base must be there.
func TestRecordStopToTranscript(t *testing.T) {
	long, err := strconv.Atoi(os.Getenv("AFTERWORD_TEST_STOP_SECONDS"))
	if err != nil || long <= 0 {
		t.Skip("set AFTERWORD_TEST_STOP_SECONDS to a length in seconds; it measures")
	}
	newSpeakingRoom(t)
	t.Setenv("AFTERWORD_MODEL", "base")
	exe, err := self()
	if err != nil {
		t.Fatal(err)
	}
	if bin := os.Getenv("AFTERWORD_TEST_BINARY"); bin != "" {
		exe = bin
	}
	cmd := exec.Command(exe, "record", "--consent", "yes", "--quiet")
	cmd.Stdout, cmd.Stderr = io.Discard, os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	rep := awaitStatus(t, "it records", func(s capture.Status) bool { return s.Captured > 0 })
	for end := time.Duration(long) * time.Second; rep.Status.Captured < end; {
		// awaitStatus is not patient enough for all of it.
		rep = awaitStatus(t, "it goes on", func(s capture.Status) bool {
			return s.Captured >= min(end, rep.Status.Captured+10*time.Second)
		})
	}
	var st struct{ Waiting, Done int }
	if err := json.Unmarshal([]byte(must(t, "status", "--json")), &st); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if _, err := askHome(captureRequest{Verb: "stop"}); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	took := time.Since(began)
	written(t, rep.Session, rep.Status.Durable)
	t.Logf("transcript complete %.1f s after 'stop' (base, %d s of speech; %d chunks were written down by then, %d waited; %d words)",
		took.Seconds(), long, st.Done, st.Waiting, len(words(transcriptOf(t, string(rep.Session)))))
}
