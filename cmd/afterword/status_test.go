package main

import (
	"io"
	"strings"
	"testing"

	"github.com/afterword/afterword/capture"
	"github.com/afterword/afterword/models"
)

// The sound of an answer is destroyed as soon as its words are taken down. Who
// did not see its recorder end must not wait for another one.
func TestStatusOfWhatWasDestroyed(t *testing.T) {
	a := newApp(strings.NewReader(""), io.Discard, io.Discard)
	dir := t.TempDir()
	a.home = home{Data: dir, State: dir, Runtime: dir}
	a.spool = capture.OpenSpool(a.home.Spool())
	r := &statusReader{a: a, last: recordingStatus{Session: "0123456789ab", State: "recording"}}
	for range 2 {
		if st, err := r.read(t.Context()); models.CodeOf(err) != models.NotServed {
			t.Errorf("state %q, %v", st.State, err)
		}
	}
}
