package queue

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/afterword/afterword/models"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv("QUEUE_TEST_SERVE"); dir != "" {
		serveUntilKilled(dir)
		return
	}
	if url := os.Getenv("QUEUE_TEST_WORK"); url != "" {
		workUntilKilled(url)
		return
	}
	goleak.VerifyTestMain(m)
}

const session = models.SessionID("7f20aa10bc31")

func ctxFor(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// logs collects what was logged; it fails the test if a payload is among it.
type logs struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logs) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(b)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func logTo(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// mustStart starts a server whose jobs come back after 2 s without a sign of
// life.
func mustStart(t testing.TB, dir string) *Server {
	t.Helper()
	var log logs
	s, err := StartServer(ctxFor(t), ServerConfig{
		Dir: filepath.Join(dir, "queue"), Socket: filepath.Join(dir, "hub.sock"), Log: logTo(&log), AckWait: 2 * time.Second,
	})
	if err != nil {
		t.Fatalf("start: %v\n%s", err, log.String())
	}
	t.Cleanup(func() {
		_ = s.Close()
		if t.Failed() {
			t.Log(log.String())
		}
	})
	return s
}

// mustConnect connects in process where url is empty.
func mustConnect(t testing.TB, s *Server, url, name string) *Queue {
	t.Helper()
	c := Config{Name: name, URL: url, Backoff: []time.Duration{10 * time.Millisecond}, Grace: 200 * time.Millisecond}
	if url == "" {
		c.Server = s
	}
	var log logs
	c.Log = logTo(&log)
	q, err := Connect(ctxFor(t), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		q.Close()
		if t.Failed() {
			t.Logf("%s: %s", name, log.String())
		}
	})
	return q
}

func job(seq int) Job {
	return Job{
		Session: session, Seq: seq, Digest: fmt.Sprintf("digest-%d", seq), Payload: fmt.Appendf(nil, "sealed-%d", seq),
		Span: models.Span{Start: time.Duration(seq) * 28 * time.Second, End: time.Duration(seq+1) * 28 * time.Second},
	}
}

func publish(t testing.TB, q *Queue, n int) {
	t.Helper()
	for i := range n {
		if err := q.Publish(ctxFor(t), job(i)); err != nil {
			t.Fatal(err)
		}
	}
}

// book is a ledger in memory.
type book struct {
	mu       sync.Mutex
	attempts map[int]int
	results  map[int]Result
	commits  map[int]int
	aside    map[int]bool
	commit   func(Result) error // nil: always works
	moved    chan struct{}
}

func newBook() *book {
	return &book{attempts: map[int]int{}, results: map[int]Result{}, commits: map[int]int{}, aside: map[int]bool{}, moved: make(chan struct{})}
}

func (b *book) change(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f()
	close(b.moved)
	b.moved = make(chan struct{})
}

func (b *book) Begin(_ context.Context, _ models.SessionID, seq int) (attempt int, ok bool, err error) {
	b.change(func() {
		if _, done := b.results[seq]; done || b.aside[seq] {
			return
		}
		b.attempts[seq]++
		if attempt = b.attempts[seq]; attempt > models.MaxAttempts {
			b.aside[seq] = true
			return
		}
		ok = true
	})
	return attempt, ok, nil
}

func (b *book) Commit(_ context.Context, r Result) (err error) {
	b.change(func() {
		if b.commit != nil {
			if err = b.commit(r); err != nil {
				return
			}
		}
		b.commits[r.Seq]++
		if _, done := b.results[r.Seq]; !done {
			b.results[r.Seq] = r
		}
	})
	return err
}

func (b *book) GiveBack(_ context.Context, _ models.SessionID, seq int) error {
	b.change(func() { b.attempts[seq]-- })
	return nil
}

// wait returns once ok holds; ok is called with the lock held.
func (b *book) wait(t testing.TB, what string, ok func() bool) {
	t.Helper()
	late := time.After(30 * time.Second)
	for {
		b.mu.Lock()
		moved, done := b.moved, ok()
		b.mu.Unlock()
		if done {
			return
		}
		select {
		case <-moved:
		case <-late:
			b.mu.Lock()
			defer b.mu.Unlock()
			t.Fatalf("%s does not come: attempts %v, %d results, aside %v", what, b.attempts, len(b.results), b.aside)
		}
	}
}

func (b *book) waitDone(t testing.TB, n int) {
	t.Helper()
	b.wait(t, fmt.Sprintf("result %d", n), func() bool { return len(b.results) == n })
}

// serve runs the ledger until the test ends or stop is called.
func serve(t testing.TB, q *Queue, b Ledger) (stop func()) {
	return background(t, func(ctx context.Context) error { return q.ServeLedger(ctx, b) })
}

func startWork(t testing.TB, q *Queue, slots int, work func(context.Context, Job) (Result, error)) (stop func()) {
	return background(t, func(ctx context.Context) error { return q.Work(ctx, slots, work) })
}

func background(t testing.TB, f func(context.Context) error) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := f(ctx); err != nil && models.CodeOf(err) != models.NotServed {
			t.Errorf("stopped: %v", err)
		}
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			t.Error("does not stop")
		}
	})
	t.Cleanup(stop)
	return stop
}

// echo is work that succeeds.
func echo(_ context.Context, j Job) (Result, error) {
	return Result{Payload: append([]byte("text of "), j.Payload...)}, nil
}

// waitEmpty returns once the stream is empty: acknowledgements follow commits.
func waitEmpty(t testing.TB, q *Queue) {
	t.Helper()
	late := time.Now().Add(20 * time.Second)
	for {
		st, err := q.Stats(ctxFor(t))
		if err == nil && st == (Stats{}) {
			return
		}
		if time.Now().After(late) {
			t.Fatalf("the queue does not empty: %+v, %v", st, err)
		}
	}
}
