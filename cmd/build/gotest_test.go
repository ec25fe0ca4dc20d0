package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEventsAreCounted(t *testing.T) {
	const pkg = `"Package":"github.com/afterword/afterword/queue"`
	events := strings.Join([]string{
		`{"Action":"run",` + pkg + `,"Test":"TestA"}`,
		`{"Action":"output",` + pkg + `,"Test":"TestA","Output":"all is well\n"}`,
		`{"Action":"pass",` + pkg + `,"Test":"TestA"}`,
		`{"Action":"output",` + pkg + `,"Test":"TestB","Output":"    b_test.go:12: got 1, want 2\n"}`,
		`{"Action":"fail",` + pkg + `,"Test":"TestB"}`,
		`{"Action":"output",` + pkg + `,"Test":"TestC","Output":"    c_test.go:9: needs ffmpeg: not here\n"}`,
		`{"Action":"skip",` + pkg + `,"Test":"TestC"}`,
		`{"Action":"fail",` + pkg + `}`,
		`{"Action":"build-output","ImportPath":"x","Output":"x.go:1: undefined: y\n"}`,
		`no JSON at all`,
	}, "\n")
	var out bytes.Buffer
	got := readEvents(strings.NewReader(events), &out)
	if got.passed != 1 || got.failed != 1 || len(got.skipped) != 1 {
		t.Errorf("got %+v", got)
	}
	if got.skipped[0] != "queue TestC: needs ffmpeg: not here" {
		t.Errorf("skipped %q", got.skipped[0])
	}
	for _, want := range []string{"got 1, want 2", "undefined: y", "no JSON"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not show %q", want)
		}
	}
	if strings.Contains(out.String(), "all is well") {
		t.Error("it shows what a passed test said")
	}
}

func FuzzReadEvents(f *testing.F) {
	f.Add([]byte(`{"Action":"skip","Test":"T"}` + "\n" + `{"Action":"fail"}`))
	f.Fuzz(func(t *testing.T, b []byte) { readEvents(bytes.NewReader(b), &bytes.Buffer{}) })
}

func TestBuildStepsAreUnderstood(t *testing.T) {
	for line, want := range map[string]string{
		"[ 12%] Building C object ggml.c.o":  "12",
		"[100%] Built target whisper":        "100",
		"[3/33] Building CXX object x.cpp.o": "3",
		"make: *** [x] Error 1":              "",
	} {
		m := step.FindStringSubmatch(line)
		if got := append(m, "", "")[min(1, len(m))]; got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
}

func TestAFailedCheckIsShownAndDoesNotStopTheOthers(t *testing.T) {
	s, _ := testShop(t)
	var out bytes.Buffer
	s.out = &out
	says := func(text string, err error) func(context.Context, io.Writer) (tally, error) {
		return func(_ context.Context, w io.Writer) (tally, error) {
			io.WriteString(w, text+"\n")
			return tally{}, err
		}
	}
	got := s.runChecks(t.Context(), []check{
		{"quiet", says("nobody wants to know", nil)},
		{"loud", says("x.go is wrong", errors.New("exit status 1"))},
		{"last", says("", nil)},
	})
	if got.passed != 2 || got.failed != 1 {
		t.Errorf("got %+v", got)
	}
	for _, want := range []string{"ok  \tquiet", "x.go is wrong", "--- FAIL: loud", "ok  \tlast"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not show %q:\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "nobody wants") {
		t.Error("it shows what a passed check said")
	}
}

func TestGoTestIsRunAndCounted(t *testing.T) {
	s, _ := testShop(t)
	s.root = t.TempDir()
	for name, text := range map[string]string{
		"go.mod":    "module x\n\ngo 1.26\n",
		"x_test.go": "package x\n\nimport \"testing\"\n\nfunc TestGood(t *testing.T) {}\n\nfunc TestBad(t *testing.T) { t.Error(\"two is not three\") }\n",
	} {
		if err := os.WriteFile(filepath.Join(s.root, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	got, err := s.tests([]string{"CGO_ENABLED=0", "GOFLAGS="}, "-vet=off", "./...")(t.Context(), &out)
	if err == nil || got.passed != 1 || got.failed != 1 || !strings.Contains(out.String(), "two is not three") {
		t.Errorf("got %+v, %v: %s", got, err, out.String())
	}
	// Parted in two that run at once, nothing of either is lost.
	part := func(name string) func(context.Context, io.Writer) (tally, error) {
		return s.tests([]string{"CGO_ENABLED=0", "GOFLAGS="}, "-vet=off", "-run", name, "./...")
	}
	for _, order := range [][2]string{{"Good", "Bad"}, {"Bad", "Good"}} {
		out.Reset()
		got, err = sideBySide(part(order[0]), part(order[1]))(t.Context(), &out)
		if err == nil || got.passed != 1 || got.failed != 1 || !strings.Contains(out.String(), "two is not three") {
			t.Errorf("side by side %v: got %+v, %v: %s", order, got, err, out.String())
		}
	}
}
