//go:build cgo

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/afterword/afterword/capture"
	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// nothingLeft holds that no sound is kept, and that no list shows any session.
func nothingLeft(t *testing.T) {
	t.Helper()
	if left, _ := os.ReadDir(filepath.Join(os.Getenv("AFTERWORD_HOME"), "spool")); len(left) > 0 {
		t.Errorf("sound is still there: %v", left)
	}
	if out := must(t, "sessions", "--json"); !strings.Contains(out, `"sessions":[]`) {
		t.Errorf("sessions: %s", out)
	}
}

func journalPages(t *testing.T) (pages []days.Page) {
	t.Helper()
	var list struct{ Pages []days.Page }
	if err := json.Unmarshal([]byte(must(t, "journal", "--json")), &list); err != nil {
		t.Fatal(err)
	}
	return list.Pages
}

// A page of the journal is said in a terminal: Enter begins, Enter ends, Enter
// keeps the words.
func TestSayInTheTerminal(t *testing.T) {
	newSpeakingRoom(t)
	exe, err := self()
	if err != nil {
		t.Fatal(err)
	}
	master, tty := terminalPair(t)
	cmd := exec.Command(exe, "journal", "add", "--voice")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "LC_ALL=C.UTF-8")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	tty.Close()
	screen := &screenText{}
	go screen.gather(master)
	press := func() {
		if _, err := master.WriteString("\n"); err != nil {
			t.Fatal(err)
		}
	}
	screen.await(t, "Enter begins")
	press()
	screen.await(t, "Speak. Enter ends it.")
	awaitStatus(t, "it listens", func(s capture.Status) bool { return s.Captured > 4*time.Second })
	// It is no session, and there is no second recorder beside it.
	if out := must(t, "sessions", "--json"); !strings.Contains(out, `"sessions":[]`) {
		t.Errorf("while it is said: %s", out)
	}
	if code, _, errs := afterword(t, "journal", "add", "--voice"); code != exitBusy || !strings.Contains(errs, "being recorded already") {
		t.Errorf("a second one: exit %d, %s", code, errs)
	}
	press()
	screen.await(t, "Enter keeps this")
	nothingLeft(t)
	if len(journalPages(t)) != 0 {
		t.Error("it was kept unasked")
	}
	press()
	screen.await(t, "Kept, as")
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	pages := journalPages(t)
	if len(pages) != 1 {
		t.Fatalf("%d pages", len(pages))
	}
	said := words(scripted(t))
	heard := words(models.Transcript{Segments: []models.Segment{{Text: pages[0].Text}}})
	if n := inOrder(heard, said); len(heard) < 4 || n < len(heard)*7/10 {
		t.Errorf("%d of %d words are those that were spoken: %q", n, len(heard), pages[0].Text)
	}
}
