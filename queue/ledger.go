package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/afterword/afterword/models"
)

// Ledger is the hub's record of what is done. It decides; the queue carries.
type Ledger interface {
	// Begin counts an attempt before work starts. ok is false if the chunk
	// needs no work: done, failed, set aside by this very call, or gone; the
	// errors Conflict and NotFound mean the same. After any other error the
	// chunk comes back later.
	Begin(ctx context.Context, session models.SessionID, seq int) (attempt int, ok bool, err error)
	// Commit stores a result durably; a second time it changes nothing.
	// Conflict and NotFound: nobody wants it, it is dropped. Invalid and
	// Unusable: the result is bad, the chunk is tried again. After any other
	// error the worker keeps the result and offers it again.
	Commit(ctx context.Context, r Result) error
}

// forgiving is a ledger that takes an attempt back when a worker was stopped
// in the middle of it: nobody's fault, and no step towards setting it aside.
type forgiving interface {
	GiveBack(ctx context.Context, session models.SessionID, seq int) error
}

// What the hub answers a worker.
const (
	sayGo     = "go"        // begin
	sayWait   = "wait"      // ask again: another chunk has to be done first
	sayLater  = "later"     // not now; put it back
	sayDrop   = "drop"      // nobody wants it any more
	sayCommit = "committed" // stored; acknowledge
	sayHold   = "hold"      // cannot store now; keep it and offer it again
	sayAgain  = "again"     // the result is bad; try again later
)

type request struct {
	Session models.SessionID `json:"session"`
	Seq     int              `json:"seq"`
	Worker  string           `json:"worker"`
	Holder  string           `json:"holder"`
	Ack     string           `json:"ack,omitempty"`
	Stopped bool             `json:"stopped,omitempty"` // given back because the worker stops
}

type answer struct {
	Say     string `json:"say"`
	Attempt int    `json:"attempt,omitempty"`
	Why     string `json:"why,omitempty"`
}

// holdLine is how long a worker that has to wait is kept before it is told to
// ask again, so that both see when the other is gone.
const holdLine = 5 * time.Second

// ServeLedger answers workers until ctx ends (nil) or the connection closes.
// One hub serves at a time. Where this Queue has its Server in process, jobs
// of a worker whose connection breaks are given back at once.
func (q *Queue) ServeLedger(ctx context.Context, l Ledger) error {
	handling, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	var owned sync.WaitGroup
	serve := func(subject string, handle func(context.Context, *nats.Msg) answer) (*nats.Subscription, error) {
		return q.nc.Subscribe(subject, func(m *nats.Msg) {
			owned.Go(func() {
				b, _ := json.Marshal(handle(handling, m))
				if err := m.Respond(b); err != nil {
					q.log.Debug("answer a worker", "error", err)
				}
			})
		})
	}
	line := ctx // whoever stands in line is sent away when ctx ends
	var subs []*nats.Subscription
	for subject, handle := range map[string]func(context.Context, *nats.Msg) answer{
		beginSubject:  func(ctx context.Context, m *nats.Msg) answer { return q.answerBegin(ctx, line, l, m) },
		resultSubject: func(ctx context.Context, m *nats.Msg) answer { return q.answerResult(ctx, l, m) },
		backSubject:   func(ctx context.Context, m *nats.Msg) answer { return q.answerBack(ctx, l, m) },
	} {
		sub, err := serve(subject, handle)
		if err != nil {
			return fmt.Errorf("serve the ledger: %w", err)
		}
		subs = append(subs, sub)
	}
	if q.cfg.Server != nil {
		unwatch := q.cfg.Server.onConnection(func(name string, here bool) {
			if q.hub.connection(name, here); here {
				return
			}
			if err := q.WorkerGone(handling, name); err != nil {
				q.log.Warn("give back what a dead worker had", "error", err)
			}
		})
		defer unwatch()
	}
	var err error
	select {
	case <-ctx.Done():
	case <-q.closed:
		err = models.Errorf(models.NotServed, "serve the ledger: the queue is closed")
	}
	stop := time.AfterFunc(2*time.Second, cancel) // a result that is being stored is stored
	for _, s := range subs {
		_ = s.Unsubscribe()
	}
	owned.Wait()
	stop.Stop()
	return err
}

func (q *Queue) answerBegin(ctx, line context.Context, l Ledger, m *nats.Msg) answer {
	var r request
	if err := json.Unmarshal(m.Data, &r); err != nil || token(r.Session) != nil {
		return answer{Say: sayDrop, Why: "no such chunk"}
	}
	c := claim{key: key{r.Session, r.Seq}, worker: r.Worker, holder: r.Holder, ack: r.Ack}
	line, cancel := context.WithTimeout(line, holdLine)
	a, attempt := q.hub.admit(line, c)
	cancel()
	switch a {
	case mustWait:
		return answer{Say: sayWait}
	case begun:
		return answer{Say: sayGo, Attempt: attempt}
	case twice:
		return answer{Say: sayLater, Why: "in hand already"}
	}
	attempt, ok, err := l.Begin(ctx, r.Session, r.Seq)
	code := models.CodeOf(err)
	switch {
	case code == models.Conflict || code == models.NotFound || err == nil && !ok:
		q.hub.release(c.key, c.holder)
		return answer{Say: sayDrop, Why: "accounted for"}
	case err != nil:
		q.hub.release(c.key, c.holder)
		q.log.Warn("begin a chunk", "session", r.Session, "chunk", r.Seq, "error", err)
		return answer{Say: sayLater, Why: string(code)}
	}
	q.hub.counted(c.key, attempt)
	return answer{Say: sayGo, Attempt: attempt}
}

func (q *Queue) answerResult(ctx context.Context, l Ledger, m *nats.Msg) answer {
	r, holder, err := parseResult(m.Header, m.Data)
	if err != nil {
		return answer{Say: sayAgain, Why: string(models.CodeOf(err))}
	}
	err = l.Commit(ctx, r)
	k := key{r.Session, r.Seq}
	switch models.CodeOf(err) {
	case "":
		q.hub.release(k, holder)
		return answer{Say: sayCommit}
	case models.Conflict, models.NotFound:
		q.hub.release(k, holder)
		return answer{Say: sayDrop, Why: "nobody wants it any more"}
	case models.Invalid, models.Unusable:
		q.log.Warn("store a result", "session", r.Session, "chunk", r.Seq, "worker", r.Worker, "error", err)
		return answer{Say: sayAgain, Why: string(models.CodeOf(err))}
	}
	q.log.Warn("store a result", "session", r.Session, "chunk", r.Seq, "error", err)
	return answer{Say: sayHold, Why: string(models.CodeOf(err))}
}

func (q *Queue) answerBack(ctx context.Context, l Ledger, m *nats.Msg) answer {
	var r request
	if err := json.Unmarshal(m.Data, &r); err != nil {
		return answer{Say: sayDrop}
	}
	held := q.hub.release(key{r.Session, r.Seq}, r.Holder)
	if f, ok := l.(forgiving); ok && held && r.Stopped {
		if err := f.GiveBack(ctx, r.Session, r.Seq); err != nil {
			q.log.Debug("take an attempt back", "session", r.Session, "chunk", r.Seq, "error", err)
		}
	}
	return answer{Say: sayGo}
}

// WorkerGone gives back at once what the worker of that name had in hand. The
// hub calls it when a worker's process has ended.
func (q *Queue) WorkerGone(_ context.Context, worker string) error {
	var errs []error
	for _, c := range q.hub.dropWorker(worker) {
		if c.ack != "" {
			errs = append(errs, q.nc.Publish(c.ack, []byte("-NAK")))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("give back what worker %s had in hand: %w", worker, err)
	}
	return nil
}
