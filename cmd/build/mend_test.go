package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/afterword/afterword/models"
)

func TestMend(t *testing.T) {
	place := func(text string) string {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, "src"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "src", "whisper.cpp"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	read := func(dir string) string {
		b, err := os.ReadFile(filepath.Join(dir, "src", "whisper.cpp"))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	var whole strings.Builder
	whole.WriteString("if (wctx.params.flash_attn) first\n") // before the encoder: stays
	for _, m := range mends {
		whole.WriteString(m.after + "\n" + m.was + "\n")
	}

	dir := place(whole.String())
	if err := mend(dir); err != nil {
		t.Fatal(err)
	}
	got := read(dir)
	for _, m := range mends {
		if !strings.Contains(got, m.is) {
			t.Errorf("%q was not put in", m.is)
		}
	}
	if !strings.HasPrefix(got, "if (wctx.params.flash_attn) first\n") {
		t.Error("a place before the encoder was changed")
	}

	other := place("another version\n")
	if err := mend(other); models.CodeOf(err) != models.Unusable || read(other) != "another version\n" {
		t.Errorf("another version: error %v, text %q", err, read(other))
	}
}
