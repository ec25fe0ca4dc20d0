//go:build unix

package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A service whose speech model is missing stays: what comes in is safe, the
// reason is told, and the words are there once the model is.
func TestServeWaitsForItsModel(t *testing.T) {
	dir := needEngine(t)
	file := excerpt(t)
	newTestHome(t, dir)
	t.Setenv("AFTERWORD_CACHE", t.TempDir())
	t.Setenv("AFTERWORD_WEIGHTS", "")
	server := start(t, "serve")
	t.Cleanup(func() { _ = server.Process.Signal(os.Interrupt); _ = server.Wait() })
	waitFor(t, 20*time.Second, func() bool {
		_, out, _ := afterword(t, "doctor")
		return strings.Contains(out, "writes nothing down")
	})
	code, _, said := afterword(t, "import", file)
	if code != exitSetup || !strings.Contains(said, "it is safe, and waits") || !strings.Contains(said, "afterword models get tiny.en") {
		t.Fatalf("import without a model: exit %d, %s", code, said)
	}
	copyFile(t, filepath.Join(dir, "ggml-tiny.en.bin"), filepath.Join(os.Getenv("AFTERWORD_HOME"), "weights", "ggml-tiny.en.bin"))
	waitFor(t, 60*time.Second, func() bool {
		_, out, _ := afterword(t, "sessions", "--json")
		return strings.Contains(out, `"state":"ready"`)
	})
	if n := len(words(transcriptOf(t, "last"))); n < 30 {
		t.Errorf("only %d words", n)
	}
	if _, out, _ := afterword(t, "doctor"); strings.Contains(out, "writes nothing down") {
		t.Errorf("the model is there, and doctor says:\n%s", out)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	src, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		t.Fatal(err)
	}
	dst, err := os.Create(to)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(dst, src)
	if cerr := dst.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		t.Fatal(err)
	}
}
