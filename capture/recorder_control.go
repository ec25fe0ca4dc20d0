package capture

import (
	"context"
	"fmt"
	"time"

	"github.com/afterword/afterword/models"
)

// Stop ends the recording in order and waits for it.
func (r *Recorder) Stop(ctx context.Context) error {
	_ = r.call(ctx, func() error { r.ended = "stopped by you"; return nil })
	select {
	case <-r.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Pause closes the microphone until Resume; the time in between is a gap.
func (r *Recorder) Pause(ctx context.Context) error {
	return r.call(ctx, func() error {
		if r.paused {
			return nil
		}
		if r.in != nil {
			if err := r.drain(r.c.Clock.Mono()); err != nil {
				return err
			}
		}
		r.paused = true
		r.hangUp()
		if r.w == nil {
			return nil
		}
		r.note(r.w.flush())
		if r.open != nil { // it was without a microphone already
			r.closeGap(samplesAt(r.elapsed(r.c.Clock.Mono()), r.rate), r.open.Why)
		}
		r.openGap(models.GapPaused)
		return r.diskErr
	})
}

// Resume goes on after Pause.
func (r *Recorder) Resume(ctx context.Context) error {
	return r.call(ctx, func() error {
		if r.paused {
			r.paused, r.tryAt = false, 0
			r.meter.restart()
			r.meter.silentBlocks = 0
		}
		return nil
	})
}

// Mark keeps this moment, with a note that is sealed at once.
func (r *Recorder) Mark(ctx context.Context, note string) (at time.Duration, err error) {
	err = r.call(ctx, func() error {
		if r.started.IsZero() {
			return models.Errorf(models.Conflict, "mark this moment: the recording has not begun")
		}
		e := entry{Kind: entryMark, At: samplesAt(r.elapsed(r.c.Clock.Mono()), r.rate)}
		at = wholeMilli(e.At, r.rate)
		if note != "" {
			var err error
			if e.Key, err = r.c.Keys.NewKey(); err != nil {
				return fmt.Errorf("make key for a note: %w", err)
			}
			if e.Note, err = r.c.Keys.Seal(e.Key, markContext(r.c.Session, e.At), []byte(note)); err != nil {
				return fmt.Errorf("seal note: %w", err)
			}
		}
		return r.j.add(e)
	})
	return at, err
}

// Rotate makes everything so far durable and closes its file, so that parts of
// it can be struck.
func (r *Recorder) Rotate(ctx context.Context) (at time.Duration, err error) {
	err = r.call(ctx, func() error {
		if r.w == nil {
			return nil
		}
		if r.in != nil {
			if err := r.drain(r.c.Clock.Mono()); err != nil {
				return err
			}
		}
		at = wholeMilli(r.w.Position(), r.rate)
		return r.w.Rotate()
	})
	return at, err
}

// call lets Run do something between two steps.
func (r *Recorder) call(ctx context.Context, do func() error) error {
	a := ask{do, make(chan error, 1)}
	select {
	case r.asks <- a:
		return <-a.done
	case <-r.done:
		return models.Errorf(models.Conflict, "the recording has ended")
	case <-ctx.Done():
		return ctx.Err()
	}
}
