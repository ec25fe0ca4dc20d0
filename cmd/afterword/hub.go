package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/cmd/afterword/review"
	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/queue"
)

// hub owns the pipeline of a home: it holds the lock, runs the queue, counts
// attempts and commits results in the ledger, keeps a worker alive and
// extracts items. `serve` is a hub that stays; `import` is one in the
// foreground that leaves when its sessions are ready.
//
// Where the vault is locked, as under a passphrase at login, the hub holds the
// lock and the queue and answers; all else begins with the unlock.
type hub struct {
	a       *app
	lock    *ownerLock
	server  *queue.Server // nil where nats.url points elsewhere
	queue   *queue.Queue
	courier *courier      // set once begun
	begun   chan struct{} // closed once the vault was open and work began
	stays   bool          // without a speech model it goes on, and says so
	lent    string        // path of another model, until nothing waits any more; guarded by mu
	swap    chan struct{} // the worker's model is not the one any more
	due     chan struct{} // items of some session may be due
	reads   chan struct{} // a language model may have a session to read
	work    chan struct{} // chunks may be waiting
	run     context.Context
	cancel  context.CancelCauseFunc
	done    sync.WaitGroup
	turn    sync.Mutex // one control request at a time
	closed  bool       // guarded by turn: nothing begins any more
	mu      sync.Mutex

	recording atomic.Bool // the worker goes slowly then
	look      chan struct{}
	failed    error        // why it cannot go on
	mute      error        // why nothing is written down for now; only where it stays
	page      *review.Page // nil where it is not served
	finder    *days.Finder // of the page
}

// openHub takes the lock and starts the pipeline. Busy if somebody else owns
// it. A hub that stays waits for a speech model that is missing or damaged; one
// in the foreground is NoModel then.
func (a *app) openHub(ctx context.Context, stays bool) (*hub, error) {
	lock, err := a.home.lockOwner()
	if err != nil {
		return nil, err
	}
	h := &hub{a: a, lock: lock, stays: stays, due: make(chan struct{}, 1), reads: make(chan struct{}, 1), work: make(chan struct{}, 1), look: make(chan struct{}, 1), swap: make(chan struct{}, 1), begun: make(chan struct{})}
	if err := h.start(ctx); err != nil {
		h.Close()
		return nil, err
	}
	return h, nil
}

func (h *hub) start(ctx context.Context) (err error) {
	a := h.a
	if a.set.Workers.Local && !h.stays {
		if _, err := a.model(a.set.Model); err != nil {
			return err
		}
	}
	cfg := queue.Config{URL: a.set.NATS.URL, Creds: a.set.NATS.Creds, Name: "hub", Log: a.log}
	if cfg.URL == "" {
		h.server, err = queue.StartServer(ctx, queue.ServerConfig{Dir: a.home.Queue(), Socket: a.home.Socket(), Log: a.log})
		if err != nil {
			return fmt.Errorf("start queue: %w", err)
		}
		cfg.Server = h.server
	}
	if h.queue, err = queue.Connect(ctx, cfg); err != nil {
		return fmt.Errorf("connect to queue: %w", err)
	}
	h.run, h.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
	if a.vault.Locked() {
		return nil
	}
	if err := h.begin(ctx); err != nil {
		return err
	}
	return h.recover(ctx)
}

// begin starts all that needs the vault to be open.
func (h *hub) begin(ctx context.Context) (err error) {
	if h.courier, err = h.a.newCourier(h.queue); err != nil {
		return err
	}
	if _, err := h.a.store.ReturnChunks(ctx); err != nil {
		return err
	}
	h.serve(func() error { return h.queue.ServeLedger(h.run, h) })
	h.serve(func() error { return h.extractDue(h.run) })
	h.serve(func() error { return h.readDue(h.run) })
	if h.a.set.Workers.Local {
		h.serve(func() error { return h.keepWorker(h.run) })
	}
	close(h.begun)
	return nil
}

// working tells whether work has begun.
func (h *hub) working() bool {
	select {
	case <-h.begun:
		return true
	default:
		return false
	}
}

// pipeline is the hub's own way into its pipeline. Work has begun.
func (h *hub) pipeline() *pipeline {
	return &pipeline{a: h.a, hub: h, queue: h.queue, mail: h.courier}
}

// serve runs one part of the hub; its error is the hub's.
func (h *hub) serve(part func() error) {
	h.done.Go(func() {
		if err := part(); err != nil && !errors.Is(err, context.Canceled) {
			h.fail(err)
		}
	})
}

func (h *hub) fail(err error) {
	h.a.log.Error("part of the hub ended", "error", err.Error())
	h.mu.Lock()
	defer h.mu.Unlock()
	h.failed = errors.Join(h.failed, err)
}

// Failed says why the hub cannot go on, or nil.
func (h *hub) Failed() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.failed
}

// setMute keeps why nothing is written down, and says it once; nil: it is again.
func (h *hub) setMute(err error) {
	h.mu.Lock()
	before := h.mute
	h.mute = err
	h.mu.Unlock()
	switch {
	case err == nil && before != nil:
		h.a.note("The speech model can be used again.")
	case err != nil && (before == nil || before.Error() != err.Error()):
		h.a.warn("nothing is written down for now: %s", err)
		if hint := models.HintOf(err); hint != "" {
			h.a.warn("hint: %s", hint)
		}
	}
}

// Mute says why nothing is written down for now, or nil. Recording, the page and
// all else go on meanwhile.
func (h *hub) Mute() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.mute
}

// Close stops all parts, the worker first, and gives up the lock.
func (h *hub) Close() {
	h.turn.Lock()
	h.closed = true
	h.turn.Unlock()
	if h.cancel != nil {
		h.cancel(context.Canceled)
	}
	h.done.Wait()
	if h.queue != nil {
		h.queue.Close()
	}
	if h.server != nil {
		_ = h.server.Close()
	}
	_ = h.lock.Close()
}

// recover compares ledger and queue and publishes again what is missing. A
// session that is still being read in is left to whoever reads it.
func (h *hub) recover(ctx context.Context) error {
	pending, err := h.a.store.PendingChunks(ctx)
	if err != nil {
		return err
	}
	var last models.SessionID
	var waiting map[int]bool
	var reading bool
	for _, ch := range pending {
		if ch.Session != last {
			last = ch.Session
			s, err := h.a.store.FindSession(ctx, ch.Session)
			if err != nil {
				return err
			}
			reading = s.State == models.Ingesting
			if waiting, err = h.queue.Has(ctx, ch.Session); err != nil {
				return fmt.Errorf("compare ledger and queue: %w", err)
			}
		}
		if reading || waiting[ch.Seq] {
			continue
		}
		if err := h.courier.resend(ctx, ch); err != nil {
			h.a.log.Warn("chunk cannot be sent again", "session", ch.Session, "seq", ch.Seq, "error", err.Error())
			if code := models.CodeOf(err); code == models.Unusable || code == models.NotFound {
				h.setAside(ctx, ch.Session, ch.Seq, "its sound is missing from the spool")
			}
		}
	}
	wake(h.due)
	wake(h.work)
	return nil
}

// Begin counts an attempt before work starts, so that a chunk that kills its
// worker is known by its count.
func (h *hub) Begin(ctx context.Context, id models.SessionID, seq int) (attempt int, ok bool, err error) {
	attempt, err = h.a.store.BeginChunk(ctx, id, seq)
	if models.CodeOf(err) == models.Conflict {
		h.settled(id, seq) // it may just have been set aside
	}
	return attempt, err == nil, err
}

// GiveBack takes an attempt back that nobody is to blame for.
func (h *hub) GiveBack(ctx context.Context, id models.SessionID, seq int) error {
	return h.a.store.ReturnChunk(ctx, id, seq)
}

// Commit stores a result. It is called again for the same result when the
// first answer was lost, and changes nothing then.
func (h *hub) Commit(ctx context.Context, r queue.Result) error {
	if r.Failure != "" {
		h.setAside(ctx, r.Session, r.Seq, r.Failure)
		return nil
	}
	heard, err := h.courier.open(ctx, r)
	if err != nil {
		return err
	}
	if _, err := h.a.store.SaveResult(ctx, r.Session, r.Seq, heard); err != nil {
		return fmt.Errorf("save result: %w", err)
	}
	h.settled(r.Session, r.Seq)
	return nil
}

func (h *hub) setAside(ctx context.Context, id models.SessionID, seq int, reason string) {
	if _, err := h.a.store.FailChunk(ctx, id, seq, reason); err != nil {
		h.a.log.Error("chunk cannot be set aside", "session", id, "seq", seq, "error", err.Error())
	}
	h.settled(id, seq)
}

func (h *hub) settled(id models.SessionID, seq int) {
	h.queue.Announce(queue.Event{Session: id, Seq: seq, State: string(models.Done)})
	wake(h.due)
}

// extractDue completes each session whose chunks are all accounted for.
func (h *hub) extractDue(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-h.due:
		}
		ids, err := h.a.store.Extracting(ctx)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := h.a.complete(ctx, id, h.voiceStage(id)); err != nil {
				if ctx.Err() != nil {
					return nil
				}
				h.a.log.Error("what was written down cannot be completed", "session", id, "error", err.Error())
				continue
			}
			h.queue.Announce(queue.Event{Session: id, Seq: -1, State: string(models.Ready)})
			h.itemsChanged(id)
			wake(h.reads)
		}
	}
}

// stateVoices is the event that tells how far telling voices apart is: in its
// Seq, in hundredths.
const stateVoices = "voices"

func (h *hub) voiceStage(id models.SessionID) voiceStage {
	return voiceStage{
		tell: func(done, total int) {
			h.queue.Announce(queue.Event{Session: id, Seq: 100 * done / max(1, total), State: stateVoices})
		},
		slow: h.recording.Load,
	}
}

// complete does what is due once all of a recording is written down: an answer
// goes to its field; in a session, voices are told apart and items found.
func (a *app) complete(ctx context.Context, id models.SessionID, stage voiceStage) error {
	s, err := a.pages().SpokenIn(ctx, id)
	if err != nil {
		return err
	}
	if s != nil {
		return a.takeDown(ctx, *s)
	}
	if err := a.tellApart(ctx, id, stage); err != nil {
		return err
	}
	return a.extractSession(ctx, id)
}

// findAgain finds the items of a session anew, because its words or its speakers
// are others now. What the client decided about stays. A session that is not
// ready gets its items when it is.
func (a *app) findAgain(ctx context.Context, id models.SessionID) error {
	due, err := a.dueAgain(ctx, id)
	if !due {
		return err
	}
	return a.extractSession(ctx, id)
}

// dueAgain says that the items of a session are to be found anew; due is false
// where they will be anyway, since it is not ready.
func (a *app) dueAgain(ctx context.Context, id models.SessionID) (due bool, err error) {
	err = a.store.ExtractAgain(ctx, id)
	if models.CodeOf(err) == models.Conflict {
		return false, nil
	}
	return err == nil, err
}

func (h *hub) status(ctx context.Context) *hubStatus {
	st, _ := h.queue.Stats(ctx)
	out := &hubStatus{PID: os.Getpid(), Locked: h.a.vault.Locked(), Waiting: st.Waiting, InHand: st.InHand, Model: h.a.set.Model}
	if err := h.Mute(); err != nil {
		out.Mute, out.Hint = err.Error(), models.HintOf(err)
	}
	return out
}

// wake rings a bell that may be ringing already.
func wake(bell chan struct{}) {
	select {
	case bell <- struct{}{}:
	default:
	}
}

// stages makes known how far a session is on its way; what is empty while words
// are found.
type stages func(what string, done, total time.Duration)

// follow waits until a session is ready, telling how far it is. It returns
// early when the owner of the pipeline is gone: then somebody must take over.
func follow(ctx context.Context, a *app, q *queue.Queue, id models.SessionID, failed func() error, tell stages) error {
	events, err := q.Events(ctx, id)
	if err != nil {
		return fmt.Errorf("listen to queue: %w", err)
	}
	// Events are hints and can be lost; the ledger is read now and then.
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var e queue.Event
	for {
		s, err := a.store.FindSession(ctx, id)
		if err != nil {
			return err
		}
		if s.State == models.Ready {
			return nil
		}
		done, total, _, err := a.store.Progress(ctx, id)
		if err != nil {
			return err
		}
		if s.State != models.Extracting {
			tell("", done, total)
		} else if e.State == stateVoices {
			tell("Telling voices apart", s.Duration*time.Duration(e.Seq)/100, s.Duration)
		}
		if err := failed(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-q.Closed():
			return errOwnerGone
		case e = <-events:
		case <-tick.C:
		}
	}
}

var errOwnerGone = errors.New("the process that owned the pipeline is gone")
