package main

import (
	"context"
	"fmt"
	"time"

	"github.com/afterword/afterword/models"
)

// way is the recording's way into the pipeline. It is found beside the
// recording, which waits for nothing.
type way struct {
	a     *app
	done  chan struct{}
	p     *pipeline
	err   error
	ended bool
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
	if w.p == nil {
		return nil
	}
	if w.p.hub != nil {
		w.p.hub.recording.Store(true)
	}
	return w.p.send(ctx, s)
}

// Close leaves the pipeline, so that it can be joined anew. Its error is why it
// could never be joined.
func (w *way) Close() error {
	<-w.done
	if w.p != nil && !w.ended {
		w.p.Close()
	}
	w.ended = true
	return w.err
}

// writeDown waits until a recorded session is ready, and reports it.
func (a *app) writeDown(ctx context.Context, id models.SessionID) error {
	began := time.Now()
	if a.vault.Locked() {
		a.note("Session %s is safe. It is written down after the next unlock.", id)
		fmt.Fprintln(a.stdout, id)
		return nil
	}
	p, err := a.joinPipeline(ctx)
	if err != nil {
		a.finishRecordings(ctx, nil) // as far as that goes without
		return a.kept(id, err)
	}
	defer func() { p.Close() }()
	a.finishRecordings(ctx, func(s models.Session) func(models.Chunk, []int16) { return p.send(ctx, s) })
	bar := a.newProgress("the session")
	defer bar.Close()
	if err := p.follow(ctx, id, func(done, total time.Duration) { bar.Say("Writing down", done, total) }); err != nil {
		return a.kept(id, err)
	}
	bar.Close()
	return a.reportImport(ctx, id, time.Since(began))
}
