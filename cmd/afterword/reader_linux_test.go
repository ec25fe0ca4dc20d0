package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRemoteIsAsked: a person at a terminal is asked by the host's name; only a
// yes that they type is one, and it is kept.
func TestRemoteIsAsked(t *testing.T) {
	home := newTestHome(t, t.TempDir())
	t.Setenv("AFTERWORD_EXTRACT_ENGINE", "llm")
	t.Setenv("AFTERWORD_EXTRACT_URL", "https://models.invalid/v1")
	for _, tt := range []struct {
		typed string
		ok    bool
	}{{"\n", false}, {"n\n", false}, {"yes\n", true}} {
		master, tty := terminalPair(t)
		var said bytes.Buffer
		a := newApp(tty, &bytes.Buffer{}, &said)
		a.yes = true // --yes answers other questions
		if err := a.configure(nil); err != nil {
			t.Fatal(err)
		}
		if _, err := master.WriteString(tt.typed); err != nil {
			t.Fatal(err)
		}
		_, err := a.reader(true)
		if (err == nil) != tt.ok || !strings.Contains(said.String(), "sends your words to models.invalid") {
			t.Errorf("typed %q: %v\n%s", tt.typed, err, said.String())
		}
		tty.Close()
		master.Close()
	}
	if b, err := os.ReadFile(filepath.Join(home, "config.toml")); err != nil || !strings.Contains(string(b), `remote = "models.invalid"`) {
		t.Errorf("%q, %v", b, err)
	}
}
