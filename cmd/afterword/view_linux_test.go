package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminalPair opens a terminal of the size 80 by 24 and its other end.
func terminalPair(t *testing.T) (master, tty *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("needs a terminal: %v", err)
	}
	t.Cleanup(func() { master.Close() })
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("needs a terminal: %v", err)
	}
	t.Cleanup(func() { tty.Close() })
	if err := unix.IoctlSetWinsize(int(tty.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 80}); err != nil {
		t.Fatal(err)
	}
	return master, tty
}

// screenText gathers what a program writes to its terminal.
type screenText struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (s *screenText) gather(master *os.File) {
	b := make([]byte, 4096)
	for {
		n, err := master.Read(b)
		s.mu.Lock()
		s.buf.Write(b[:n])
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (s *screenText) await(t *testing.T, want string) string {
	t.Helper()
	for range 600 {
		s.mu.Lock()
		all := s.buf.String()
		s.mu.Unlock()
		if strings.Contains(all, want) {
			return all
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("%q never came; there is %q", want, s.buf.String())
	return ""
}

// TestViewLeavesTheTerminalAsItWas runs the view on a real terminal.
func TestViewLeavesTheTerminalAsItWas(t *testing.T) {
	exe, err := self()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		end  func(t *testing.T, c *exec.Cmd, master *os.File, screen *screenText)
		says string
	}{
		{"left by q", func(t *testing.T, _ *exec.Cmd, master *os.File, screen *screenText) {
			fmt.Fprint(master, "q")
			screen.await(t, "Leave this view?")
			fmt.Fprint(master, "y")
		}, "the view ended with 1 <nil> after []"},
		{"stopped by Ctrl-C twice", func(t *testing.T, _ *exec.Cmd, master *os.File, screen *screenText) {
			fmt.Fprint(master, "\x03")
			screen.await(t, "Stop the recording")
			fmt.Fprint(master, "\x03")
		}, "the view ended with 2 <nil> after [stop]"},
		{"ended by a signal", func(_ *testing.T, c *exec.Cmd, _ *os.File, _ *screenText) {
			_ = c.Process.Signal(syscall.SIGTERM)
		}, "the view ended with 0 stopped by terminated"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			master, tty := terminalPair(t)
			before, err := unix.IoctlGetTermios(int(tty.Fd()), unix.TCGETS)
			if err != nil {
				t.Fatal(err)
			}
			c := exec.Command(exe, "view-script")
			c.Stdin, c.Stdout, c.Stderr = tty, tty, tty
			c.Env = append(os.Environ(), "TERM=xterm-256color", "LC_ALL=C.UTF-8")
			c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
			if err := c.Start(); err != nil {
				t.Fatal(err)
			}
			screen := &screenText{}
			go screen.gather(master)
			screen.await(t, "Recording")
			tt.end(t, c, master, screen)
			all := screen.await(t, tt.says)
			if err := c.Wait(); err != nil {
				t.Error(err)
			}
			after, err := unix.IoctlGetTermios(int(tty.Fd()), unix.TCGETS)
			if err != nil {
				t.Fatal(err)
			}
			if *before != *after {
				t.Error("the terminal is in another mode")
			}
			tail := all[strings.LastIndex(all, tt.says):]
			if !strings.Contains(all, "\x1b[?1049l") || strings.Contains(tail, "\x1b") {
				t.Errorf("the screen was not given back: %q", all[max(0, len(all)-300):])
			}
		})
	}
}
