package queue

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/afterword/afterword/models"
)

func TestWorkThatFailsComesBackLaterAndLater(t *testing.T) {
	s := mustStart(t, t.TempDir())
	hub := mustConnect(t, s, "", "hub")
	b := newBook()
	serve(t, hub, b)
	publish(t, hub, 1)
	worker, err := Connect(ctxFor(t), Config{Server: s, Name: "w", Backoff: []time.Duration{20 * time.Millisecond, 150 * time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	defer worker.Close()
	var at []time.Time
	startWork(t, worker, 1, func(ctx context.Context, j Job) (Result, error) {
		if at = append(at, time.Now()); len(at) < 4 {
			return Result{}, errors.New("out of memory")
		}
		return echo(ctx, j)
	})
	b.waitDone(t, 1)
	if b.attempts[0] != 4 {
		t.Fatalf("%d attempts", b.attempts[0])
	}
	for i, atLeast := range []time.Duration{20 * time.Millisecond, 150 * time.Millisecond, 150 * time.Millisecond} {
		if d := at[i+1].Sub(at[i]); d < atLeast || d > atLeast+3*time.Second {
			t.Errorf("attempt %d came after %v, want %v", i+2, d, atLeast)
		}
	}
}

func TestAPoisonedChunkIsSetAsideAndAllOthersGoOn(t *testing.T) {
	s := mustStart(t, t.TempDir())
	hub := mustConnect(t, s, "", "hub")
	b := newBook()
	serve(t, hub, b)
	publish(t, hub, 8)
	startWork(t, hub, 2, func(ctx context.Context, j Job) (Result, error) {
		if j.Seq == 3 {
			return Result{}, errors.New("poison")
		}
		return echo(ctx, j)
	})
	b.wait(t, "the end", func() bool { return b.aside[3] && len(b.results) == 7 })
	waitEmpty(t, hub)
	if b.attempts[3] != models.MaxAttempts+1 {
		t.Errorf("tried %d times", b.attempts[3]-1)
	}
}

func TestAFailureForGoodIsCommittedAtOnce(t *testing.T) {
	s := mustStart(t, t.TempDir())
	hub := mustConnect(t, s, "", "hub")
	b := newBook()
	serve(t, hub, b)
	publish(t, hub, 2)
	startWork(t, hub, 1, func(_ context.Context, j Job) (Result, error) {
		if j.Seq == 0 {
			return Result{Failure: "not sealed to\nthis worker"}, nil
		}
		return Result{Payload: make([]byte, MaxPayload)}, nil
	})
	b.waitDone(t, 2)
	waitEmpty(t, hub)
	if r := b.results[0]; r.Failure != "not sealed to this worker" || len(r.Payload) > 0 {
		t.Errorf("result: %+v", r)
	}
	if r := b.results[1]; !strings.Contains(r.Failure, "more than the queue carries") {
		t.Errorf("a result that is too long: %q", r.Failure)
	}
}

func TestWhatTheLedgerAnswersDecides(t *testing.T) {
	tests := []struct {
		name    string
		answers []error // of Commit, one after the other
		works   int     // how often the work is done
		stored  bool
	}{
		{"stored", []error{nil}, 1, true},
		{"the store is locked for a moment: the result is kept", []error{models.Errorf(models.Locked, "x"), models.Errorf(models.Busy, "x"), nil}, 1, true},
		{"the session was forgotten: dropped", []error{models.Errorf(models.NotFound, "x")}, 1, false},
		{"done by another worker: dropped", []error{models.Errorf(models.Conflict, "x")}, 1, false},
		{"the result does not open: tried again", []error{models.Errorf(models.Unusable, "x"), nil}, 2, true},
	}
	s := mustStart(t, t.TempDir())
	hub := mustConnect(t, s, "", "hub")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBook()
			n := 0
			b.commit = func(Result) error { n++; return tt.answers[n-1] }
			stop := serve(t, hub, b)
			defer stop()
			publish(t, hub, 1)
			works := 0
			stopWork := startWork(t, hub, 1, func(ctx context.Context, j Job) (Result, error) { works++; return echo(ctx, j) })
			b.wait(t, "the last answer", func() bool { return n == len(tt.answers) })
			waitEmpty(t, hub)
			stopWork()
			if works != tt.works || (len(b.results) == 1) != tt.stored {
				t.Errorf("worked %d times, results %v", works, b.results)
			}
		})
	}
}

func TestTheResultWaitsForAHubThatIsAway(t *testing.T) {
	t.Parallel()
	s := mustStart(t, t.TempDir())
	hub := mustConnect(t, s, "", "hub")
	worker := mustConnect(t, nil, s.URL(), "worker")
	b := newBook()
	stop := serve(t, hub, b)
	publish(t, hub, 1)
	works := make(chan struct{}, 10)
	away := make(chan struct{})
	startWork(t, worker, 1, func(ctx context.Context, j Job) (Result, error) {
		works <- struct{}{}
		<-away
		return echo(ctx, j)
	})
	<-works
	stop()
	close(away)
	// Longer than the server waits for a sign of life: the message is kept alive.
	timer := time.NewTimer(2500 * time.Millisecond)
	<-timer.C
	serve(t, mustConnect(t, s, "", "hub2"), b)
	b.waitDone(t, 1)
	waitEmpty(t, hub)
	if len(works) != 0 || b.attempts[0] != 1 {
		t.Errorf("worked again: %d, %d attempts", len(works), b.attempts[0])
	}
}

func TestSlowWorkIsNotGivenToAnother(t *testing.T) {
	t.Parallel()
	s := mustStart(t, t.TempDir())
	hub := mustConnect(t, s, "", "hub")
	b := newBook()
	serve(t, hub, b)
	publish(t, hub, 1)
	var mu sync.Mutex
	works := 0
	for _, name := range []string{"a", "b"} {
		startWork(t, mustConnect(t, nil, s.URL(), name), 1, func(ctx context.Context, j Job) (Result, error) {
			mu.Lock()
			works++
			mu.Unlock()
			timer := time.NewTimer(3 * time.Second) // AckWait is 2 s
			defer timer.Stop()
			select {
			case <-timer.C:
				return echo(ctx, j)
			case <-ctx.Done():
				return Result{}, ctx.Err()
			}
		})
	}
	b.waitDone(t, 1)
	mu.Lock()
	defer mu.Unlock()
	if works != 1 || b.commits[0] != 1 {
		t.Errorf("worked %d times, committed %d times", works, b.commits[0])
	}
}

func TestTwoWorkersShare(t *testing.T) {
	s := mustStart(t, t.TempDir())
	hub := mustConnect(t, s, "", "hub")
	b := newBook()
	serve(t, hub, b)
	publish(t, hub, 40)
	both := make(chan struct{}) // closed once each worker has a job in hand
	var mu sync.Mutex
	met := map[string]bool{}
	for _, name := range []string{"a", "b"} {
		startWork(t, mustConnect(t, nil, s.URL(), name), 2, func(ctx context.Context, j Job) (Result, error) {
			mu.Lock()
			if met[name] = true; len(met) == 2 && both != nil {
				select {
				case <-both:
				default:
					close(both)
				}
			}
			mu.Unlock()
			<-both
			return echo(ctx, j)
		})
	}
	b.waitDone(t, 40)
	waitEmpty(t, hub)
	by := map[string]int{}
	for i, r := range b.results {
		by[r.Worker]++
		if b.commits[i] != 1 || b.attempts[i] != 1 {
			t.Errorf("chunk %d: %d commits, %d attempts", i, b.commits[i], b.attempts[i])
		}
	}
	if by["a"] == 0 || by["b"] == 0 {
		t.Errorf("shared as %v", by)
	}
}

func TestStoppingGivesBackWithoutCountingTheAttempt(t *testing.T) {
	tests := []struct {
		name   string
		obeys  bool // the work ends with its context
		result bool
	}{
		{"work that would take long", true, false},
		{"work that is nearly done", false, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := mustStart(t, t.TempDir())
			hub := mustConnect(t, s, "", "hub")
			b := newBook()
			serve(t, hub, b)
			publish(t, hub, 3)
			worker := mustConnect(t, nil, s.URL(), "a")
			started := make(chan struct{}, 10)
			stopping := make(chan struct{})
			stop := startWork(t, worker, 2, func(ctx context.Context, j Job) (Result, error) {
				started <- struct{}{}
				if tt.obeys {
					<-ctx.Done()
					return Result{}, ctx.Err()
				}
				<-stopping
				return echo(ctx, j)
			})
			<-started
			<-started
			close(stopping)
			begin := time.Now()
			stop()
			if d := time.Since(begin); d > 1500*time.Millisecond {
				t.Errorf("stopping took %v", d)
			}
			b.mu.Lock()
			results := len(b.results)
			for i, n := range b.attempts {
				if _, done := b.results[i]; n != 0 && !done {
					t.Errorf("chunk %d: attempt counted", i)
				}
			}
			b.mu.Unlock()
			if (results >= 2) != tt.result {
				t.Errorf("%d results", results)
			}
			// The next worker has them at once, not after the server's patience.
			begin = time.Now()
			startWork(t, mustConnect(t, nil, s.URL(), "b"), 2, echo)
			b.waitDone(t, 3)
			if d := time.Since(begin); d > 1500*time.Millisecond {
				t.Errorf("the next worker was done after %v", d)
			}
		})
	}
}

// TestHurryEndsTheGrace: a worker that was told to finish can be told to leave.
func TestHurryEndsTheGrace(t *testing.T) {
	s := mustStart(t, t.TempDir())
	hub := mustConnect(t, s, "", "hub")
	b := newBook()
	serve(t, hub, b)
	publish(t, hub, 2)
	hurry := make(chan struct{})
	worker, err := Connect(ctxFor(t), Config{URL: s.URL(), Name: "w", Grace: time.Hour, Hurry: hurry})
	if err != nil {
		t.Fatal(err)
	}
	defer worker.Close()
	started, stopped := make(chan struct{}), make(chan struct{})
	stop := startWork(t, worker, 1, func(ctx context.Context, _ Job) (Result, error) {
		close(started) // twice would mean that it took another one
		<-ctx.Done()
		return Result{}, ctx.Err()
	})
	<-started
	go func() { defer close(stopped); stop() }()
	select {
	case <-stopped:
		t.Fatal("it does not finish what it has in hand")
	case <-time.After(time.Second): // the grace of one that was not told otherwise
	}
	close(hurry)
	<-stopped
	if b.mu.Lock(); b.attempts[0] != 0 || len(b.results) != 0 {
		t.Errorf("attempts %v, %d results", b.attempts, len(b.results))
	}
	b.mu.Unlock()
}

func TestTheServerStartsAgainInPlaceUnderWorkers(t *testing.T) {
	s := mustStart(t, t.TempDir())
	hub := mustConnect(t, s, "", "hub")
	b := newBook()
	serve(t, hub, b)
	worker := mustConnect(t, nil, s.URL(), "worker")
	step := make(chan struct{})
	startWork(t, worker, 1, func(ctx context.Context, j Job) (Result, error) {
		step <- struct{}{}
		return echo(ctx, j)
	})
	publish(t, hub, 1)
	<-step
	b.waitDone(t, 1)
	for i := 1; i <= 3; i++ {
		if err := s.restart(0); err != nil {
			t.Fatal(err)
		}
		if err := hub.Publish(ctxFor(t), job(i)); err != nil {
			t.Fatal(err)
		}
		<-step
		b.waitDone(t, i+1)
	}
	select {
	case <-worker.Closed():
		t.Error("the worker was cut off")
	case <-hub.Closed():
		t.Error("the hub was cut off")
	default:
	}
}
