package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/afterword/afterword/capture"
	"github.com/afterword/afterword/capture/audio"
	"github.com/afterword/afterword/models"
)

// A recording is two processes. One records, and can do nothing else: see
// capture.go. The other follows it, here: keeps it alive, carries what has
// become durable into chunks, and its gaps and marks into the ledger. Whoever
// holds the follow lock does that: `serve`, else the `record` in the
// foreground; when it dies, another one takes over. Nothing in this file can
// hold the recording up.

// follower carries one recording into the ledger.
type follower struct {
	a    *app
	s    models.Session
	rec  models.Recording
	link *link
	send func(models.Chunk, []int16) // publishes; nil until there is a pipeline

	in   *inflow
	rs   *audio.Resampler
	at   int64 // samples of the spool, per channel, that were read
	skip int   // samples at 16 kHz to leave out: they were cut before
	told int   // gaps and marks that the ledger knows
}

// carryEvery is how often durable sound is carried on. Captions do not wait
// for this: they read the spool themselves.
const carryEvery = time.Second

// lockFollow lets one process follow a recording.
func (a *app) lockFollow() (io.Closer, error) {
	f, err := os.OpenFile(filepath.Join(a.home.Runtime, "follow.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	if err := lockExclusive(f); err != nil {
		f.Close()
		if errors.Is(err, errLockHeld) {
			return nil, models.Errorf(models.Busy, "another afterword follows the recording")
		}
		return nil, fmt.Errorf("lock recording: %w", err)
	}
	return f, nil
}

func (a *app) newFollower(ctx context.Context, id models.SessionID) (*follower, error) {
	s, err := a.store.FindSession(ctx, id)
	if err != nil && models.CodeOf(err) != models.Locked {
		return nil, err
	}
	rec, err := a.store.FindRecording(ctx, id)
	if err != nil {
		return nil, err
	}
	return &follower{a: a, s: s, rec: rec}, nil
}

// follow holds on to the recording until it has ended; then everything is in
// the ledger, if the store is not locked. ready is asked for a way to publish
// chunks; it returns nil as long as there is none.
func (f *follower) follow(ctx context.Context, ready func() func(models.Chunk, []int16)) error {
	watch := make(chan error, 1)
	watching, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() { watch <- f.link.watch(watching) }()
	t := time.NewTicker(carryEvery)
	defer t.Stop()
	for {
		select {
		case err := <-watch:
			if err != nil || ctx.Err() != nil {
				return err
			}
			if f.send == nil {
				f.send = ready()
			}
			return f.end(ctx)
		case <-t.C:
		}
		if f.send == nil {
			f.send = ready()
		}
		if err := f.carry(ctx); err != nil && ctx.Err() == nil {
			f.a.log.Warn("recording is not carried on", "session", f.s.ID, "error", err.Error())
		}
	}
}

// carry takes what has become durable since the last time.
func (f *follower) carry(ctx context.Context) error {
	st, err := f.link.Status()
	if err != nil || st.Rate == 0 {
		return err
	}
	if err := f.note(ctx, false); err != nil {
		return err
	}
	if f.rec.Later || f.send == nil || f.a.vault.Locked() {
		return nil
	}
	return f.tail(ctx, st.DurableSamples(), st.Rate)
}

// note brings gaps and marks from the journal into the ledger.
func (f *follower) note(ctx context.Context, all bool) error {
	ring, err := f.a.sessionRing(ctx, f.s.ID)
	locked := models.CodeOf(err) == models.Locked
	if err != nil && !locked {
		return err
	}
	var story capture.Story
	if locked {
		story, err = f.a.spool.Story(f.s.ID, nil)
	} else {
		story, err = f.a.spool.Story(f.s.ID, ring)
	}
	if err != nil || !all && f.told == len(story.Gaps)+len(story.Marks) {
		return err
	}
	gaps := story.Gaps
	if all && !locked {
		more, err := f.a.unexplained(ctx, f.s.ID, gaps)
		if err != nil {
			return err
		}
		gaps = append(gaps, more...)
	}
	if err := f.a.store.SaveGaps(ctx, f.s.ID, gaps); err != nil {
		return err
	}
	if !locked {
		struck, err := f.a.store.Struck(ctx, f.s.ID)
		if err != nil {
			return err
		}
		marks := story.Marks[:0:0]
		for _, m := range story.Marks {
			if len(models.Without(models.Span{Start: m.At, End: m.At + 1}, struck)) > 0 {
				marks = append(marks, m)
			}
		}
		if err := f.a.store.SaveMarks(ctx, f.s.ID, marks); err != nil {
			return err
		}
	}
	f.told = len(story.Gaps) + len(story.Marks)
	return nil
}

// unexplained are the holes in the sound that no journal tells of.
func (a *app) unexplained(ctx context.Context, id models.SessionID, known []models.Gap) ([]models.Gap, error) {
	ring, err := a.sessionRing(ctx, id)
	if err != nil {
		return nil, err
	}
	c, err := a.spool.Scan(id, ring)
	if models.CodeOf(err) == models.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	spans, err := a.store.Struck(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, g := range known {
		spans = append(spans, models.Span{Start: g.Start, End: g.End + time.Millisecond})
	}
	var out []models.Gap
	for _, d := range c.Damaged {
		for _, rest := range models.Without(d, spans) {
			if rest.Len() >= time.Millisecond {
				out = append(out, models.Gap{Span: rest, Reason: models.GapDamaged})
			}
		}
	}
	return out, nil
}

// begin finds where the chunks of the session end. The resampler hears a
// little of what comes before, so that there is no seam.
func (f *follower) begin(ctx context.Context, rate int) error {
	end, _, err := f.a.store.CutUpTo(ctx, f.s.ID)
	if err != nil {
		return err
	}
	offset := models.Samples(end)
	f.skip = int(min(offset, models.Rate/10))
	f.at = (offset - int64(f.skip)) * int64(rate) / models.Rate
	f.rs = audio.NewResampler(rate, models.Rate, f.s.Channels)
	f.in = &inflow{
		ctx: ctx, a: f.a, session: f.s, cutter: f.a.newCutter(f.s.Channels),
		send: f.send, live: true, offset: offset,
	}
	return nil
}

// tail carries the sound up to a position of the spool into chunks.
func (f *follower) tail(ctx context.Context, to int64, rate int) error {
	if f.in == nil {
		if err := f.begin(ctx, rate); err != nil {
			return err
		}
	}
	ring, err := f.a.sessionRing(ctx, f.s.ID)
	if err != nil {
		return err
	}
	for f.at < to && ctx.Err() == nil {
		end := min(to, f.at+int64(10*rate))
		pcm, _, _, err := f.a.spool.ReadSamples(f.s.ID, ring, f.at, end)
		var missing *capture.Missing
		if err != nil && !errors.As(err, &missing) {
			return err
		}
		f.at = end
		if err := f.pass(resampled(f.rs, pcm, false)); err != nil {
			f.in = nil // from the last chunk in the ledger on, anew
			return err
		}
	}
	return ctx.Err()
}

func (f *follower) pass(pcm []int16) error {
	if n := min(f.skip*f.s.Channels, len(pcm)); n > 0 {
		pcm = pcm[n:]
		f.skip -= n / f.s.Channels
	}
	return f.in.take(pcm)
}

// end brings a recording that has ended wholly into the ledger: its gaps, the
// rest of its chunks, its length.
func (f *follower) end(ctx context.Context) error {
	story, err := f.a.spool.Finish(f.s.ID)
	if err != nil {
		return err
	}
	if err := f.a.store.EndRecording(ctx, f.s.ID, false); err != nil {
		return err
	}
	if err := f.note(ctx, true); err != nil {
		return err
	}
	if f.a.vault.Locked() {
		return models.WithHint(models.Errorf(models.Locked, "the recording is safe, but the store is locked, so that it cannot be written down yet"),
			"it is written down after the next unlock: 'afterword unlock', or any command that asks for the passphrase")
	}
	if f.send == nil {
		f.send = func(models.Chunk, []int16) {} // whoever owns the pipeline next publishes them
		if f.in != nil {
			f.in.send = f.send
		}
	}
	if err := f.tail(ctx, story.Samples, story.Rate); err != nil {
		return err
	}
	if err := f.pass(resampled(f.rs, nil, true)); err != nil {
		return err
	}
	if err := f.in.finish(); err != nil {
		return err
	}
	return f.a.store.EndRecording(ctx, f.s.ID, true)
}

// finishRecordings finishes every recording that nobody records any more: each
// is closed at its last good frame, the rest of it is cut and published. What
// was struck and not yet destroyed is destroyed first.
func (a *app) finishRecordings(ctx context.Context, send func(models.Session) func(models.Chunk, []int16)) {
	if a.vault.Locked() {
		return
	}
	a.finishStrikes(ctx)
	open, err := a.store.Unfinished(ctx)
	if err != nil || len(open) == 0 {
		return
	}
	lock, err := a.lockFollow()
	if err != nil {
		return // somebody is at it
	}
	defer lock.Close()
	running, err := a.askCapture(captureRequest{Verb: "status"})
	for _, rec := range open {
		if err == nil && running.Session == rec.Session {
			continue
		}
		if err := a.finishRecording(ctx, rec, send); err != nil && ctx.Err() == nil {
			a.log.Warn("recording cannot be finished", "session", rec.Session, "error", err.Error())
		}
	}
}

func (a *app) finishRecording(ctx context.Context, rec models.Recording, send func(models.Session) func(models.Chunk, []int16)) error {
	f, err := a.newFollower(ctx, rec.Session)
	if err != nil {
		return err
	}
	if _, err := a.spool.SetAside(rec.Session); err != nil {
		return err
	}
	if send != nil {
		f.send = send(f.s)
	}
	err = f.end(ctx)
	if models.CodeOf(err) != models.NotFound {
		return err
	}
	// It never began. Where there is no sound, there is no session.
	c, serr := a.spool.Scan(rec.Session, nil)
	if n, _ := a.spool.Aside(rec.Session); n > 0 || serr == nil && c.Samples > 0 {
		return err
	}
	_, err = a.forgetSession(ctx, rec.Session)
	return err
}

// finishStrikes destroys sound whose words were struck by a process that was
// interrupted then.
func (a *app) finishStrikes(ctx context.Context) {
	all, err := a.store.UnfinishedStrikes(ctx)
	if err != nil {
		a.log.Warn("strikes cannot be listed", "error", err.Error())
		return
	}
	for id, spans := range all {
		for _, s := range spans {
			if _, err := a.strikeSound(ctx, id, s); err != nil {
				a.log.Warn("sound that was struck is still there", "session", id, "error", err.Error())
			}
		}
	}
}
