package main

import (
	"context"
	"time"

	"github.com/afterword/afterword/models"
)

// way is the recording's way into the pipeline. It is found beside the
// recording, which waits for nothing.
type way struct {
	a    *app
	done chan struct{}
	p    *pipeline
	err  error
}

func newWay(a *app) *way {
	w := &way{a: a, done: make(chan struct{})}
	if a.vault == nil || a.vault.Locked() {
		close(w.done)
		return w
	}
	go func() {
		defer close(w.done)
		w.p, w.err = a.joinPipeline(context.Background())
	}()
	return w
}

// send publishes chunks, once there is a pipeline; nil before.
func (w *way) send(ctx context.Context, s models.Session) func(models.Chunk, []int16) {
	select {
	case <-w.done:
	default:
		return nil
	}
	p := w.p
	if p == nil {
		return nil
	}
	if p.hub != nil {
		p.hub.recording.Store(true)
	}
	return p.send(ctx, s)
}

// end hands over the pipeline when the recording has ended, nil where there was
// none yet: the worker that went slowly is replaced by one that does not, with
// what it has in hand done. An error is why the pipeline could never be joined.
func (w *way) end() (*pipeline, error) {
	<-w.done
	p := w.p
	if w.p = nil; p == nil || p.hub == nil {
		return p, w.err
	}
	p.hub.recording.Store(false)
	if p.hub.Failed() != nil { // a new one may do better
		p.Close()
		return nil, nil
	}
	return p, nil
}

// Close leaves the pipeline if it was not handed over.
func (w *way) Close() {
	if p, _ := w.end(); p != nil {
		p.Close()
	}
}

// writeDown waits until a recorded session is ready, and reports it, through a
// pipeline that it closes; nil joins one. The vault is open.
func (a *app) writeDown(ctx context.Context, id models.SessionID, p *pipeline) error {
	began := time.Now()
	if p == nil {
		var err error
		if p, err = a.joinPipeline(ctx); err != nil {
			a.finishRecordings(ctx, nil) // as far as that goes without
			return a.kept(id, err)
		}
	}
	defer func() { p.Close() }()
	a.finishRecordings(ctx, func(s models.Session) func(models.Chunk, []int16) { return p.send(ctx, s) })
	bar := a.newProgress("the session")
	defer bar.Close()
	if err := p.follow(ctx, id, bar.stages("Writing down")); err != nil {
		return a.kept(id, err)
	}
	bar.Close()
	return a.reportImport(ctx, id, time.Since(began))
}
