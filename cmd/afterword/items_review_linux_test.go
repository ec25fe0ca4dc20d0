package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// On a real terminal: keep, reword, leave.
func TestItemReviewOnATerminal(t *testing.T) {
	id := seedReview(t)
	exe, err := self()
	if err != nil {
		t.Fatal(err)
	}
	master, tty := terminalPair(t)
	c := exec.Command(exe, "items", string(id), "-i")
	c.Stdin, c.Stdout, c.Stderr = tty, tty, tty
	c.Env = append(os.Environ(), "TERM=xterm-256color", "LC_ALL=C.UTF-8")
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	screen := &screenText{}
	go screen.gather(master)
	screen.await(t, "put away")
	fmt.Fprint(master, "a")
	screen.await(t, "Kept.")
	fmt.Fprint(master, "e\x15Just walk\r")
	screen.await(t, "In your words now.")
	fmt.Fprint(master, "q")
	if err := c.Wait(); err != nil {
		t.Fatal(err)
	}
	screen.await(t, "There is no hurry.")
	if out := must(t, "items", string(id)); strings.Count(out, "✓") != 2 || !strings.Contains(out, "Just walk") {
		t.Error(out)
	}
	if code, _, said := afterword(t, "items", string(id), "-i"); code != exitUsage || !strings.Contains(said, "needs a terminal") {
		t.Errorf("without a terminal: %d %s", code, said)
	}
}
