package queue

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/afterword/afterword/models"
)

func TestAJobGoesRoundAndIsGoneAfterItsCommit(t *testing.T) {
	dir := t.TempDir()
	s := mustStart(t, dir)
	hub := mustConnect(t, s, "", "hub")
	b := newBook()
	serve(t, hub, b)
	publish(t, hub, 3)

	var mu sync.Mutex
	got := map[int]Job{}
	worker := mustConnect(t, nil, s.URL(), "worker")
	startWork(t, worker, 2, func(ctx context.Context, j Job) (Result, error) {
		mu.Lock()
		got[j.Seq] = j
		mu.Unlock()
		return echo(ctx, j)
	})
	b.waitDone(t, 3)
	waitEmpty(t, hub)
	mu.Lock()
	defer mu.Unlock()
	for i := range 3 {
		want := job(i)
		if g := got[i]; g.Session != want.Session || g.Seq != want.Seq || g.Span != want.Span || g.Digest != want.Digest || !bytes.Equal(g.Payload, want.Payload) {
			t.Errorf("job %d arrived as %+v", i, g)
		}
		r := b.results[i]
		if string(r.Payload) != "text of sealed-"+fmt.Sprint(i) || r.Digest != want.Digest || r.Worker != "worker" || r.Elapsed <= 0 || b.commits[i] != 1 {
			t.Errorf("result %d is %+v, committed %d times", i, r, b.commits[i])
		}
	}
}

func TestPublishTwiceIsOnceAlsoAfterARestart(t *testing.T) {
	dir := t.TempDir()
	s := mustStart(t, dir)
	q := mustConnect(t, s, "", "hub")
	publish(t, q, 4)
	publish(t, q, 4)
	q.Close()
	_ = s.Close()
	s = mustStart(t, dir)
	q = mustConnect(t, s, "", "hub")
	publish(t, q, 5)
	st, err := q.Stats(ctxFor(t))
	if err != nil || st.Waiting != 5 || st.InHand != 0 || st.Bytes == 0 {
		t.Fatalf("5 chunks make %+v, %v", st, err)
	}
	has, err := q.Has(ctxFor(t), session)
	if err != nil || len(has) != 5 || !has[4] || has[5] {
		t.Errorf("the queue has %v, %v", has, err)
	}
}

func TestAChunkThatWasSetAsideCanBePublishedAgainAtOnce(t *testing.T) {
	s := mustStart(t, t.TempDir())
	q := mustConnect(t, s, "", "hub")
	b := newBook()
	serve(t, q, b)
	publish(t, q, 1)
	startWork(t, q, 1, echo)
	b.waitDone(t, 1)
	waitEmpty(t, q)
	b.change(func() { clear(b.results); clear(b.attempts) })
	publish(t, q, 1)
	b.waitDone(t, 1)
}

func TestWhatDoesNotFitIsRefused(t *testing.T) {
	s := mustStart(t, t.TempDir())
	q := mustConnect(t, s, "", "hub")
	long := job(1)
	long.Payload = make([]byte, MaxPayload)
	tests := []struct {
		name string
		job  Job
	}{
		{"no session", Job{Seq: 1, Payload: []byte("x")}},
		{"a session that would be two tokens", Job{Session: "a.b", Payload: []byte("x")}},
		{"a session that is a wildcard", Job{Session: ">", Payload: []byte("x")}},
		{"a negative number", Job{Session: session, Seq: -1, Payload: []byte("x")}},
		{"no payload", Job{Session: session}},
		{"more than a message carries", long},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := q.Publish(ctxFor(t), tt.job); models.CodeOf(err) != models.Invalid {
				t.Errorf("published: %v", err)
			}
		})
	}
	long.Payload = long.Payload[:MaxPayload-room]
	if err := q.Publish(ctxFor(t), long); err != nil {
		t.Errorf("the longest payload is refused: %v", err)
	}
}

func TestFilesAreTheUsersOnly(t *testing.T) {
	dir := t.TempDir()
	s := mustStart(t, dir)
	publish(t, mustConnect(t, s, "", "hub"), 2)
	info, err := os.Stat(filepath.Join(dir, "hub.sock"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket has mode %v, %v", info.Mode(), err)
	}
	err = filepath.WalkDir(filepath.Join(dir, "queue"), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // the server removes files of its own
		}
		if info, err := d.Info(); err == nil && info.Mode().Perm()&0o077 != 0 {
			// Files inside a 0700 folder may be wider; folders may not.
			if d.IsDir() {
				t.Errorf("%s has mode %v", path, info.Mode())
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestTheHubGoesAndClosedFiresWithinASecond(t *testing.T) {
	dir := t.TempDir()
	s := mustStart(t, dir)
	q := mustConnect(t, nil, s.URL(), "second")
	publish(t, q, 1)
	done := make(chan error, 1)
	go func() { done <- q.Work(context.Background(), 2, echo) }()
	start := time.Now()
	_ = s.Close()
	select {
	case <-q.Closed():
	case <-time.After(5 * time.Second):
		t.Fatal("Closed does not fire")
	}
	if d := time.Since(start); d > 1500*time.Millisecond {
		t.Errorf("Closed fired after %v", d)
	}
	if err := <-done; models.CodeOf(err) != models.NotServed {
		t.Errorf("Work returned %v", err)
	}
	if _, err := os.Lstat(filepath.Join(dir, "hub.sock")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the socket is left: %v", err)
	}
	if _, err := Connect(ctxFor(t), Config{URL: s.URL()}); models.CodeOf(err) != models.NotServed || models.HintOf(err) == "" {
		t.Errorf("connecting to no hub: %v", err)
	}
}

func TestEventsReachWhoeverListens(t *testing.T) {
	s := mustStart(t, t.TempDir())
	hub := mustConnect(t, s, "", "hub")
	other := mustConnect(t, nil, s.URL(), "other")
	ctx, cancel := context.WithCancel(ctxFor(t))
	defer cancel()
	all, err := other.Events(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	one, err := other.Events(ctx, session)
	if err != nil {
		t.Fatal(err)
	}
	hub.Announce(Event{"0000aa", 1, "done"})
	hub.Announce(Event{session, 2, "done"})
	if e := <-all; e != (Event{"0000aa", 1, "done"}) {
		t.Errorf("heard %+v", e)
	}
	if e := <-all; e != (Event{session, 2, "done"}) {
		t.Errorf("heard %+v", e)
	}
	if e := <-one; e != (Event{session, 2, "done"}) {
		t.Errorf("heard %+v", e)
	}
	cancel()
	for range one {
	}
	if _, err := other.Events(ctx, "a.>"); models.CodeOf(err) != models.Invalid {
		t.Errorf("listened to a wildcard: %v", err)
	}
}

func TestForgetLeavesNoByteOfASession(t *testing.T) {
	dir := t.TempDir()
	s := mustStart(t, dir)
	q := mustConnect(t, s, "", "hub")
	b := newBook()
	stopLedger := serve(t, q, b)
	defer stopLedger()
	other := models.SessionID("0000000000aa")
	for i := range 6 {
		for _, id := range []models.SessionID{session, other} {
			j := job(i)
			j.Session, j.Payload = id, bytes.Repeat([]byte(id), 1000)
			if err := q.Publish(ctxFor(t), j); err != nil {
				t.Fatal(err)
			}
		}
	}
	// Some of it was worked on before, and some that is not of this session.
	done := make(chan struct{}, 4)
	hold := make(chan struct{})
	stop := startWork(t, q, 1, func(ctx context.Context, j Job) (Result, error) {
		select {
		case done <- struct{}{}:
			return echo(ctx, j)
		default:
			<-hold
			return Result{}, errors.New("not now")
		}
	})
	b.wait(t, "some results", func() bool { return len(b.results) >= 2 })
	close(hold)
	stop()
	if err := q.Forget(ctxFor(t), session); err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		id   models.SessionID
		left bool
	}{{session, false}, {other, true}} {
		if left, err := holdsBytes(filepath.Join(dir, "queue"), []byte(want.id)); err != nil || left != want.left {
			t.Errorf("bytes of %s left: %v, %v", want.id, left, err)
		}
	}
	st, err := q.Stats(ctxFor(t))
	if err != nil || st.Waiting+st.InHand == 0 || st.Waiting+st.InHand > 6 {
		t.Errorf("the other session has %+v, %v", st, err)
	}
}

func TestASecondHubOnTheSameSocketIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := mustStart(t, dir)
	_, err := StartServer(ctxFor(t), ServerConfig{Dir: filepath.Join(dir, "queue2"), Socket: strings.TrimPrefix(s.URL(), "unix://")})
	if models.CodeOf(err) != models.Busy {
		t.Errorf("started: %v", err)
	}
	publish(t, mustConnect(t, nil, s.URL(), "other"), 1)
}

func TestSocketPlaces(t *testing.T) {
	long := filepath.Join(t.TempDir(), strings.Repeat("long/", 30))
	if err := os.MkdirAll(long, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	stale := filepath.Join(t.TempDir(), "hub.sock")
	l, err := bind(stale)
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	file := filepath.Join(t.TempDir(), "hub.sock")
	if err := os.WriteFile(file, []byte("a letter"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, path string
		want       models.Code
	}{
		{"a folder that is not there", filepath.Join(t.TempDir(), "run", "hub.sock"), ""},
		{"a path that is too long for a socket", filepath.Join(long, "hub.sock"), ""},
		{"the socket of a hub that was killed", stale, ""},
		{"a file that is no socket", file, models.Conflict},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := StartServer(ctxFor(t), ServerConfig{Dir: filepath.Join(t.TempDir(), "queue"), Socket: tt.path})
			if models.CodeOf(err) != tt.want {
				t.Fatalf("started: %v", err)
			}
			if err != nil {
				return
			}
			defer s.Close()
			if s.URL() != SocketURL(tt.path) {
				t.Errorf("served at %s, looked for at %s", s.URL(), SocketURL(tt.path))
			}
			publish(t, mustConnect(t, nil, "unix://"+tt.path, "other"), 1)
			_ = s.Close()
			if _, err := os.Lstat(strings.TrimPrefix(s.URL(), "unix://")); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the socket is left: %v", err)
			}
			if dir := filepath.Dir(strings.TrimPrefix(s.URL(), "unix://")); strings.HasPrefix(dir, os.Getenv("XDG_RUNTIME_DIR")) {
				if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("its folder is left: %v", err)
				}
			}
		})
	}
	if b, err := os.ReadFile(file); err != nil || string(b) != "a letter" {
		t.Errorf("the file that is no socket was touched: %q, %v", b, err)
	}
}

func TestAShortSocketFolderThatOthersCanEnterIsRefused(t *testing.T) {
	run, err := os.MkdirTemp("", "run") // short
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(run)
	t.Setenv("XDG_RUNTIME_DIR", run)
	path := filepath.Join("/", strings.Repeat("long/", 30), "hub.sock")
	if err := os.Mkdir(filepath.Dir(socketPath(path)), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err = StartServer(ctxFor(t), ServerConfig{Dir: filepath.Join(t.TempDir(), "queue"), Socket: path})
	if models.CodeOf(err) != models.Unusable || models.HintOf(err) == "" {
		t.Errorf("started: %v", err)
	}
	if _, err := Connect(ctxFor(t), Config{URL: "unix://" + path}); models.CodeOf(err) != models.Unusable {
		t.Errorf("connected: %v", err)
	}
}

func TestDeskOrder(t *testing.T) {
	d := newDesk()
	soon, cancel := context.WithCancel(context.Background())
	cancel() // whoever has to wait is told so at once
	c := func(seq int, holder string) claim {
		return claim{key: key{session, seq}, worker: strings.ToUpper(holder), holder: holder, ack: fmt.Sprint("ack", seq)}
	}
	steps := []struct {
		name string
		do   func() admission
		want admission
	}{
		{"two chunks at once", func() admission { a, _ := d.admit(soon, c(1, "a")); return a }, granted},
		{"two chunks at once", func() admission { a, _ := d.admit(soon, c(2, "a")); return a }, granted},
		{"asked again before the ledger answered", func() admission { a, _ := d.admit(soon, c(1, "a")); return a }, mustWait},
		{"asked again", func() admission { d.counted(key{session, 1}, 1); a, _ := d.admit(soon, c(1, "a")); return a }, begun},
		{"delivered twice", func() admission { x := c(1, "a"); x.ack = "other"; a, _ := d.admit(soon, x); return a }, twice},
		{"the worker dies; its chunks run alone", func() admission { d.dropWorker("A"); a, _ := d.admit(soon, c(1, "b")); return a }, granted},
		{"its neighbour waits", func() admission { a, _ := d.admit(soon, c(2, "b")); return a }, mustWait},
		{"and so does a new one", func() admission { a, _ := d.admit(soon, c(3, "b")); return a }, mustWait},
		{"but not elsewhere", func() admission { a, _ := d.admit(soon, c(4, "c")); return a }, granted},
		{"the first is done; the line keeps its order", func() admission { d.release(key{session, 1}, "b"); a, _ := d.admit(soon, c(3, "b")); return a }, mustWait},
		{"the neighbour runs alone", func() admission { a, _ := d.admit(soon, c(2, "b")); return a }, granted},
		{"it is done; back to two at once", func() admission { d.release(key{session, 2}, "b"); a, _ := d.admit(soon, c(3, "b")); return a }, granted},
		{"two at once", func() admission { a, _ := d.admit(soon, c(5, "b")); return a }, granted},
		{"given to another after a silence", func() admission { a, _ := d.admit(soon, c(5, "d")); return a }, granted},
	}
	for i, s := range steps {
		if got := s.do(); got != s.want {
			t.Fatalf("step %d, %s: %v, want %v", i, s.name, got, s.want)
		}
	}
	back := d.dropWorker("D")
	if len(back) != 1 || back[0].Seq != 5 {
		t.Errorf("given back: %+v", back)
	}
	if len(d.dropWorker("D")) != 0 {
		t.Error("given back twice")
	}
}
