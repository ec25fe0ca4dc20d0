package main

import (
	"bufio"
	"context"
	"errors"
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

// Before sound goes, the desktop asks for a look, once, in words that tell
// nothing, and only within what the client allows.
func TestDesktopAsksBeforeSoundGoes(t *testing.T) {
	newTestHome(t, t.TempDir())
	startBus(t)
	fake, _ := serveNotices(t)
	a := newApp(strings.NewReader(""), io.Discard, io.Discard)
	defer a.Close()
	if err := errors.Join(a.configure(nil), a.open(t.Context())); err != nil {
		t.Fatal(err)
	}
	id, err := seed(t.Context(), "testdata/hour.json", "First hour", "Dr. Weber") // nothing of it is planned
	if err != nil {
		t.Fatal(err)
	}
	s, err := a.store.FindSession(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	y, m, d := s.Date.Time().Date()
	now := &movedClock{now: time.Date(y, m, d, 10, 0, 0, 0, time.Local)}
	book := days.New(days.Config{Entries: a.store, Past: sessionsPast{a.store}, Now: now.Now})
	r := &reminder{book: book, ready: func() bool { return true }, log: slog.New(slog.DiscardHandler)}
	defer r.close()
	ctx := t.Context()
	change := func(f func(*days.Reminders)) {
		t.Helper()
		x, err := book.Reminders(ctx)
		f(&x)
		if _, serr := book.SaveReminders(ctx, x); err != nil || serr != nil {
			t.Fatal(err, serr)
		}
	}
	keep := func(n int) {
		t.Helper()
		x, err := book.Retention(ctx)
		x.Sound = n
		if _, serr := book.SaveRetention(ctx, x); err != nil || serr != nil {
			t.Fatal(err, serr)
		}
	}
	shows := func(what, want string) {
		t.Helper()
		r.look(ctx)
		select {
		case n := <-fake.shown:
			if n[0] != want || n[1] != "" {
				t.Errorf("%s: it says %q", what, n)
			}
		default:
			if want != "" {
				t.Errorf("%s: it says nothing", what)
			}
		}
	}
	keep(30)
	now.move(22 * 24 * time.Hour)
	shows("eight days before", "")
	now.move(24 * time.Hour)
	change(func(x *days.Reminders) { x.Off = true })
	shows("while reminders are off", "")
	change(func(x *days.Reminders) {
		x.Off, x.Cap, x.Shown = false, 1, []days.Showing{{At: now.Now().Add(-time.Hour), Plan: "01234567"}}
	})
	shows("on a day that had its reminder", "")
	now.move(24 * time.Hour)
	shows("the day after", "Something to look at this week")
	now.move(24 * time.Hour)
	shows("once more", "")
	if x, err := book.Retention(ctx); err != nil || len(x.Told) != 0 {
		t.Errorf("a notice is no telling: %v, %v", x.Told, err)
	}
	if due, err := book.Due(ctx); err != nil || len(due) != 0 {
		t.Errorf("it would go: %v, %v", due, err)
	}
	keep(40)
	change(func(x *days.Reminders) { x.Words = true })
	now.move(8 * 24 * time.Hour)
	shows("with another length, in words", "The sound of a session goes soon, as you chose")
}
