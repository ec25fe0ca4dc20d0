package main

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// startBus runs a session bus of the test's own. The test is skipped where
// there is no dbus-daemon.
func startBus(t *testing.T) *exec.Cmd {
	t.Helper()
	if _, err := exec.LookPath("dbus-daemon"); err != nil {
		t.Skip("dbus-daemon is not installed")
	}
	dir, err := os.MkdirTemp("", "bus")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	cmd := exec.Command("dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1", "--address=unix:path="+filepath.Join(dir, "bus"))
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	said := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(out).ReadString('\n')
		said <- strings.TrimSpace(line)
	}()
	select {
	case address := <-said:
		if address == "" {
			t.Fatal("dbus-daemon ended at once")
		}
		t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	case <-time.After(patience):
		t.Fatal("dbus-daemon says no address")
	}
	return cmd
}

// notices is a notification service that shows nothing and remembers all.
type notices struct {
	shown chan []any // title, text, choices
	count uint32
}

func (n *notices) Notify(_ string, _ uint32, _, title, text string, choices []string, hints map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	n.count++
	n.shown <- []any{title, text, choices, hints["urgency"].Value()}
	return n.count, nil
}

func serveNotices(t *testing.T) (*notices, *dbus.Conn) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience) // of the connection, that is of every wait for it
	t.Cleanup(cancel)
	conn, err := dbus.Connect(os.Getenv("DBUS_SESSION_BUS_ADDRESS"), dbus.WithContext(ctx))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	n := &notices{shown: make(chan []any, 100)}
	if err := conn.Export(n, "/org/freedesktop/Notifications", "org.freedesktop.Notifications"); err != nil {
		t.Fatal(err)
	}
	if got, err := conn.RequestName("org.freedesktop.Notifications", dbus.NameFlagDoNotQueue); err != nil || got != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("%v, %v", got, err)
	}
	return n, conn
}

// movedClock is a clock that a test moves.
type movedClock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *movedClock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }
func (c *movedClock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func TestRemindersOnTheDesktop(t *testing.T) {
	newTestHome(t, t.TempDir())
	bus := startBus(t)
	fake, conn := serveNotices(t)
	hour := filepath.Join(t.TempDir(), "hour.json")
	const secret = "write down my worries"
	if err := os.WriteFile(hour, []byte(`{"id": "", "title": "", "date": "2026-03-05", "segments": [
		{"seq": 0, "speaker": "therapist", "text": "Please write down your worries every evening until we meet again."},
		{"seq": 1, "speaker": "client", "text": "Yes, I will write down my worries every evening."}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	id, err := seed(t.Context(), hour, "First hour", "Dr. Weber")
	if err != nil {
		t.Fatal(err)
	}
	a := newApp(strings.NewReader(""), io.Discard, io.Discard)
	defer a.Close()
	if err := a.configure(nil); err != nil {
		t.Fatal(err)
	}
	if err := a.open(t.Context()); err != nil {
		t.Fatal(err)
	}
	items, err := a.itemsOf(t.Context(), models.Session{ID: id})
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range items.List {
		if it.Kind == models.KindAction {
			must(t, "accept", string(it.ID))
		}
	}

	y, m, d := clock().Date()
	now := &movedClock{now: time.Date(y, m, d+1, 10, 0, 0, 0, time.Local)}
	opened := make(chan bool, 10)
	r := &reminder{
		book:  days.New(days.Config{Entries: a.store, Past: sessionsPast{a.store}, Now: now.Now}),
		every: 20 * time.Millisecond, ready: func() bool { return true }, open: func() { opened <- true }, log: slog.New(slog.DiscardHandler),
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan bool)
	go func() { defer close(ended); r.run(ctx) }()
	next := func() []any {
		t.Helper()
		select {
		case n := <-fake.shown:
			return n
		case <-time.After(patience):
			t.Fatal("no reminder comes")
		}
		return nil
	}
	answer := func(id uint32, key string) {
		t.Helper()
		if err := conn.Emit("/org/freedesktop/Notifications", "org.freedesktop.Notifications.ActionInvoked", id, key); err != nil {
			t.Fatal(err)
		}
	}
	settings := func(ok func(days.Reminders) bool) {
		t.Helper()
		waitFor(t, patience, func() bool { r, err := r.book.Reminders(t.Context()); return err == nil && ok(r) })
	}

	n := next()
	if n[0] != "A small thing you planned" || n[1] != "" || strings.Contains(strings.ToLower(n[0].(string)), secret) || n[3] != byte(0) {
		t.Errorf("the notice is %q", n)
	}
	settings(func(s days.Reminders) bool { return len(s.Shown) == 1 })
	answer(99, "week") // of another program's notice
	answer(1, "open")
	select {
	case <-opened:
	case <-time.After(patience):
		t.Fatal("the page is not opened")
	}
	answer(1, "later")
	settings(func(s days.Reminders) bool { return s.Until.After(now.Now()) && s.Pause == "" })

	now.move(24 * time.Hour) // the same plan once a day, no more
	next()
	settings(func(s days.Reminders) bool { return len(s.Shown) == 1 })
	now.move(3 * time.Hour)
	answer(2, "week")
	settings(func(s days.Reminders) bool { return s.Pause > models.DateOf(now.Now()) })
	select {
	case n := <-fake.shown:
		t.Errorf("one more on the same day: %v", n)
	default:
	}

	// The bus goes away, and nothing hangs.
	_ = bus.Process.Kill()
	now.move(7 * 24 * time.Hour)
	cancel()
	select {
	case <-ended:
	case <-time.After(patience):
		t.Fatal("the reminder hangs on a bus that is gone")
	}
}
