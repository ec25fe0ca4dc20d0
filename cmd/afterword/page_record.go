package main

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/afterword/afterword/capture/mic"
	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/cmd/afterword/review"
	"github.com/afterword/afterword/models"
)

// pageRecorder is the recorder as the page wants it: the same process, socket
// and rules as those of the commands, so that a recording may be begun in one
// and ended in the other.
type pageRecorder struct {
	h *hub

	mu     sync.Mutex
	reader statusReader
	last   recordingStatus
	answer *days.Spoken // what is recorded, where that is no session
	ledger time.Time    // when the ledger was asked
}

// ledgerEvery is how often the ledger is asked while the page draws a level
// many times a second.
const ledgerEvery = time.Second

func newPageRecorder(h *hub) *pageRecorder {
	return &pageRecorder{h: h, reader: statusReader{a: h.a}}
}

func (p *pageRecorder) Recording(ctx context.Context) (review.Recording, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.ledger) < ledgerEvery && p.last.State != "" {
		if rep, err := p.reader.ask(); err == nil && rep.Session == p.last.Session {
			st := rep.Status
			p.last.State, p.last.Elapsed, p.last.Peak, p.last.Warnings = st.State, seconds(st.Elapsed), st.Peak, st.Warnings
			return p.asPage(p.last), nil
		}
	}
	st, err := p.reader.read(ctx)
	if err == nil && st.State == "ended" {
		p.reader.last = recordingStatus{} // the next recording is another one
	}
	if err != nil {
		p.last, p.answer = recordingStatus{}, nil
		return review.Recording{}, err
	}
	p.answer, _ = p.h.a.pages().SpokenIn(ctx, st.Session) // while the store is locked, it looks like any other
	p.last, p.ledger = st, time.Now()
	return p.asPage(st), nil
}

func (p *pageRecorder) asPage(st recordingStatus) review.Recording {
	of := func(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
	return review.Recording{
		Session: st.Session, Title: st.Title, State: st.State, Elapsed: of(st.Elapsed), Captured: of(st.Captured), Device: st.Device,
		Peak: st.Peak, Warnings: st.Warnings, Waiting: st.Waiting, Done: st.Done, Minutes: st.DiskMinutes, Later: st.Later,
		Answer: p.answer,
	}
}

func (p *pageRecorder) Tell(_ context.Context, verb, note string) (time.Duration, error) {
	rep, err := p.h.a.askCapture(captureRequest{Verb: verb, Note: note})
	if err == nil && verb == "stop" {
		wake(p.h.look)
	}
	return rep.At, err
}

func (p *pageRecorder) Strike(ctx context.Context, id models.SessionID, what models.Span) error {
	a := p.h.a
	_, length, _, err := a.strikeTarget(ctx, strikeOrder{session: string(id)})
	if err != nil {
		return err
	}
	what = what.Clip(models.Span{End: length + time.Millisecond})
	if what.Len() < time.Millisecond {
		return models.Errorf(models.Invalid, "strike: nothing lies there; the session is %s long", models.Clock(length))
	}
	_, err = a.strike(ctx, id, what)
	wake(p.h.work)
	wake(p.h.due)
	return err
}

func (p *pageRecorder) Agreed(ctx context.Context, with string) (string, bool, error) {
	number, err := p.h.a.agreed(ctx, oneLine(with))
	return consentWording, number != 0, err
}

func (p *pageRecorder) Microphones(context.Context) ([]models.Device, error) { return mic.Devices() }

// Record begins a recording. The service follows it from its first second.
func (p *pageRecorder) Record(ctx context.Context, o review.RecordOrder) (models.SessionID, error) {
	if !mic.Available {
		_, err := mic.Open("")
		return "", err
	}
	order := recordOrder{title: strings.TrimSpace(o.Title), with: oneLine(o.With), device: o.Device, stereo: o.Stereo, later: o.Later, most: longestRecording}
	switch number, err := p.h.a.agreed(ctx, order.with); {
	case err != nil:
		return "", err
	case o.Agreed:
		order.consent = "yes"
	case number == 0: // it was taken back meanwhile; nobody can be asked here
		return "", models.Errorf(models.Invalid, "record: nobody has agreed to a recording")
	}
	l, err := p.h.a.beginRecording(ctx, order)
	if err != nil {
		return "", err
	}
	wake(p.h.look)
	return l.order.Session, nil
}

// Say begins an answer that is said.
func (p *pageRecorder) Say(ctx context.Context, s days.Spoken) error {
	_, _, err := p.h.a.beginAnswer(ctx, p.h.a.pages(), s, longestAnswer)
	wake(p.h.look)
	return err
}

// Captions are those of the whole session so far, from now on.
func (p *pageRecorder) Captions(ctx context.Context, id models.SessionID) (<-chan review.Caption, error) {
	a := p.h.a
	order, err := a.captionsOrder(a.set.Language)
	if err != nil {
		return nil, err
	}
	src := &recordingSource{a: a, id: id}
	feed := a.openCaptions(order)
	out := make(chan review.Caption)
	go func() {
		defer close(out)
		var listening sync.WaitGroup
		listening.Go(func() { src.listen(ctx, feed) })
		defer listening.Wait()
		defer feed.Close()
		for {
			select {
			case <-ctx.Done():
				return
			case l, ok := <-feed.Lines():
				if !ok {
					<-ctx.Done() // given up; the session gets its words all the same
					return
				}
				select {
				case out <- review.Caption{Stable: l.Stable, Draft: l.Draft}:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	return out, nil
}
