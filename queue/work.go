package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/afterword/afterword/models"
)

// Work pulls chunks and calls work for each, slots at a time, until ctx ends
// (nil), or the hub is gone (NotServed).
//
// An error of work means "try again later"; a chunk that no attempt can save
// has a Result with Failure instead. Session, Seq, Digest, Worker and Elapsed
// of a Result are filled in where they are empty. When ctx ends nothing new is
// taken; work has Config.Grace to end by itself, then its context ends, and
// what is not stored by then is given back, to be delivered again.
func (q *Queue) Work(ctx context.Context, slots int, work func(context.Context, Job) (Result, error)) error {
	if slots < 1 {
		return models.Errorf(models.Invalid, "work: %d slots", slots)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var owned sync.WaitGroup
	for range slots {
		owned.Go(func() { q.slot(ctx, work) })
	}
	select {
	case <-q.closed:
		cancel(models.Errorf(models.NotServed, "work: the hub is gone"))
	case <-ctx.Done():
	}
	owned.Wait()
	if err := context.Cause(ctx); models.CodeOf(err) == models.NotServed {
		return err
	}
	return nil
}

// pulls is how a slot asks for its next message: one at a time, so that what
// it cannot begin stays with the others.
var pulls = []jetstream.PullMessagesOpt{
	jetstream.PullMaxMessages(1),
	jetstream.PullExpiry(30 * time.Second),
	jetstream.PullHeartbeat(5 * time.Second),
	jetstream.WithMessagesErrOnMissingHeartbeat(false),
}

// slot does one job after the other until ctx ends. It outlives a consumer
// that is made anew, as after a restart of the server.
func (q *Queue) slot(ctx context.Context, work func(context.Context, Job) (Result, error)) {
	wait := 50 * time.Millisecond
	for ctx.Err() == nil {
		cons, err := q.js.Consumer(ctx, streamName, consumerName)
		if err == nil {
			wait = 50 * time.Millisecond
			err = q.pull(ctx, cons, work)
		}
		if err == nil || ctx.Err() != nil {
			return
		}
		q.log.Debug("pull from the queue", "error", err)
		if !sleep(ctx, wait) {
			return
		}
		wait = min(2*wait, 5*time.Second)
		if q.cfg.Server == nil && errors.Is(err, jetstream.ErrConsumerNotFound) {
			_ = q.open(ctx)
		}
	}
}

// pull works until ctx ends (nil) or the consumer is lost.
func (q *Queue) pull(ctx context.Context, cons jetstream.Consumer, work func(context.Context, Job) (Result, error)) error {
	beat := cons.CachedInfo().Config.AckWait / 3
	iter, err := cons.Messages(pulls...)
	if err != nil {
		return err
	}
	for {
		m, err := iter.Next(jetstream.NextContext(ctx))
		if err == nil && ctx.Err() == nil {
			q.one(ctx, m, beat, work)
			continue
		}
		// What is under way to us would otherwise stay away from others until
		// the server misses its sign of life.
		if m != nil {
			_ = m.Nak()
		}
		iter.Drain()
		drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		for derr := error(nil); derr == nil; {
			if m, derr = iter.Next(jetstream.NextContext(drain)); derr == nil {
				_ = m.Nak()
			}
		}
		cancel()
		iter.Stop()
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
}

// inHand is one delivered message and the claim on it.
type inHand struct {
	q   *Queue
	m   jetstream.Msg
	job Job
	err error // why the message cannot be read
}

func (q *Queue) one(ctx context.Context, m jetstream.Msg, beat time.Duration, work func(context.Context, Job) (Result, error)) {
	job, err := parseJob(m.Subject(), m.Headers(), m.Data())
	if job.Session == "" {
		q.log.Warn("drop a message that is no job", "error", err)
		_ = m.TermWithReason("no job")
		return
	}
	h := &inHand{q: q, m: m, job: job, err: err}
	if errors.Is(err, errFormat) { // for a worker of its own version
		q.log.Warn("leave a chunk to other workers", "session", job.Session, "chunk", job.Seq, "error", err)
		_ = m.NakWithDelay(30 * time.Second)
		return
	}
	alive := h.keepAlive(beat)
	defer alive()

	// Work, commit and giving back go on for a moment after ctx has ended.
	working, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() {
		select {
		case <-q.closed: // nobody will take the result
		case <-time.After(q.cfg.Grace):
		case <-q.cfg.Hurry:
		case <-working.Done():
		}
		cancel()
	})()
	h.run(ctx, working, work)
}

// run takes the job from its claim to its end. ctx ends when the worker shall
// stop, working a grace time later.
func (h *inHand) run(ctx, working context.Context, work func(context.Context, Job) (Result, error)) {
	q := h.q
	a, err := h.begin(ctx)
	switch {
	case err != nil && ctx.Err() != nil:
		h.giveBack(0, true)
		return
	case err != nil, a.Say == sayLater:
		_ = h.m.NakWithDelay(q.backoff(2))
		return
	case a.Say != sayGo:
		_ = h.m.TermWithReason(a.Why)
		return
	}
	start := time.Now()
	r, err := Result{}, h.err
	if err == nil {
		r, err = work(working, h.job)
	}
	if err != nil {
		if working.Err() != nil {
			h.giveBack(0, true)
			return
		}
		q.log.Warn("a chunk comes back", "session", h.job.Session, "chunk", h.job.Seq, "attempt", a.Attempt, "error", err)
		h.giveBack(q.backoff(a.Attempt), false)
		return
	}
	r.Session, r.Seq = h.job.Session, h.job.Seq
	if r.Digest == "" {
		r.Digest = h.job.Digest
	}
	if r.Worker == "" {
		r.Worker = q.cfg.Name
	}
	if r.Elapsed == 0 {
		r.Elapsed = time.Since(start)
	}
	if len(r.Payload) > MaxPayload-room {
		r.Payload, r.Failure = nil, fmt.Sprintf("a result of %d bytes is more than the queue carries", len(r.Payload))
	}
	h.deliver(working, r, a.Attempt)
}

// begin asks the hub until it lets the job begin or not. An error if ctx ends
// or the hub stays away for Config.Patience.
func (h *inHand) begin(ctx context.Context) (answer, error) {
	b, err := json.Marshal(h.request(false))
	if err != nil {
		return answer{}, err
	}
	m := nats.NewMsg(beginSubject)
	m.Data = b
	for {
		a, err := h.q.ask(ctx, m)
		if err != nil || a.Say != sayWait {
			return a, err
		}
	}
}

// deliver offers the result to the hub until it is stored, and only then
// acknowledges the message.
func (h *inHand) deliver(ctx context.Context, r Result, attempt int) {
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		a, err := h.q.ask(ctx, r.message(h.q.holder))
		switch {
		case err != nil && ctx.Err() != nil:
			h.giveBack(0, true)
			return
		case err != nil, a.Say == sayAgain:
			h.giveBack(h.q.backoff(attempt), false)
			return
		case a.Say == sayHold:
			if !sleep(ctx, wait) {
				h.giveBack(0, true)
				return
			}
			continue
		case a.Say == sayDrop:
			_ = h.m.TermWithReason(a.Why)
			return
		}
		ack, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if err := h.m.DoubleAck(ack); err != nil { // it comes back, and the ledger drops it
			h.q.log.Debug("acknowledge a chunk", "session", r.Session, "chunk", r.Seq, "error", err)
		}
		return
	}
}

// ask sends a request to the hub and waits for its answer. While the hub is
// away it tries again, for Config.Patience.
func (q *Queue) ask(ctx context.Context, m *nats.Msg) (answer, error) {
	until := time.Now().Add(q.cfg.Patience)
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		once, cancel := context.WithTimeout(ctx, 4*holdLine)
		reply, err := q.nc.RequestMsgWithContext(once, m)
		cancel()
		var a answer
		if err == nil {
			if err = json.Unmarshal(reply.Data, &a); err == nil {
				return a, nil
			}
		}
		if q.nc.IsClosed() || ctx.Err() != nil || time.Now().After(until) {
			return a, fmt.Errorf("ask the hub: %w", err)
		}
		if !sleep(ctx, wait) {
			return a, ctx.Err()
		}
	}
}

func (h *inHand) request(stopped bool) request {
	return request{
		Session: h.job.Session, Seq: h.job.Seq, Worker: h.q.cfg.Name, Holder: h.q.holder,
		Ack: h.m.Reply(), Stopped: stopped,
	}
}

// giveBack tells the hub first, so that it does not take the next delivery for
// a sign that this worker died.
func (h *inHand) giveBack(delay time.Duration, stopped bool) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if b, err := json.Marshal(h.request(stopped)); err == nil {
		_, _ = h.q.nc.RequestWithContext(ctx, backSubject, b)
	}
	if delay == 0 {
		_ = h.m.Nak()
		return
	}
	_ = h.m.NakWithDelay(delay)
}

// keepAlive reports the job alive until the returned function is called.
func (h *inHand) keepAlive(beat time.Duration) (stop func()) {
	done := make(chan struct{})
	var owned sync.WaitGroup
	owned.Go(func() {
		t := time.NewTicker(beat)
		defer t.Stop()
		for {
			select {
			case <-t.C:
				_ = h.m.InProgress()
			case <-done:
				return
			}
		}
	})
	return func() {
		close(done)
		owned.Wait()
	}
}

func (q *Queue) backoff(attempt int) time.Duration {
	i := min(max(attempt, 1), len(q.cfg.Backoff)) - 1
	if i < 0 {
		return 0
	}
	return q.cfg.Backoff[i]
}

// sleep waits and tells whether it was left in peace.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
