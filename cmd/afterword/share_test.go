package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/afterword/afterword/models/vault"
)

// What was shared opens with its passphrase, says what was chosen, and names
// nobody.
func TestShareOpensAndNamesNobody(t *testing.T) {
	home := newTestHome(t, "")
	talk, pass, out := filepath.Join(home, "talk.json"), filepath.Join(home, "pass"), filepath.Join(home, "share.age")
	text := `{"id": "s", "title": "", "date": "2026-03-05", "segments": [
		{"seq": 0, "speaker": "client", "text": "I will call Rosalind on Sunday and tell her about it."}]}`
	for file, content := range map[string]string{talk: text, pass: "a passphrase\n"} {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("AFTERWORD_SHARE_PASSPHRASE_FILE", pass)
	if _, err := seed(t.Context(), talk, "", ""); err != nil {
		t.Fatal(err)
	}
	var id string
	for w := range strings.FieldsSeq(must(t, "items", "--kind", "action")) {
		if len(w) == 8 && strings.Trim(w, "0123456789abcdef") == "" {
			id = w
		}
	}
	must(t, "accept", id)
	must(t, "share", "-o", out, "--yes")
	f, err := os.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	plain, err := vault.Decrypt(f, "a passphrase")
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(plain)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), "call Person A on Sunday") || strings.Contains(string(page), "Rosalind") {
		t.Errorf("it says:\n%s", page)
	}
	if strings.Contains(string(page), id) {
		t.Error("it holds an ID of the client's store")
	}
}
