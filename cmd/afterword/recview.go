package main

import (
	"context"
	"errors"
	"time"

	"github.com/afterword/afterword/capture"
	"github.com/afterword/afterword/capture/audio"
	"github.com/afterword/afterword/models"
)

// showRecording shows a recording until it has ended or ctx has: on a whole
// terminal where there is one. Whoever leaves that view gets plain lines, for
// this process may still have to follow the recording.
func showRecording(ctx context.Context, a *app, id models.SessionID) error {
	if a.viewable() {
		src := &recordingSource{a: a, id: id, r: statusReader{a: a}}
		end, err := src.show(ctx)
		if err == nil && end != viewLeft && ctx.Err() == nil {
			return nil
		}
		if err != nil && ctx.Err() == nil {
			a.log.Warn("the view ended", "error", err.Error())
		}
	}
	return tellRecording(ctx, a, id)
}

// recordingSource is a recording as the view wants it.
type recordingSource struct {
	a     *app
	id    models.SessionID
	r     statusReader
	lines <-chan captionLine // nil: no captions
}

// show shows the recording, with captions where they can be had.
func (s *recordingSource) show(ctx context.Context) (viewEnd, error) {
	defer s.r.Close()
	order, err := s.a.captionsOrder(s.a.set.Language)
	if err == nil && !s.a.vault.Locked() {
		feed := s.a.openCaptions(order)
		s.lines = feed.Lines()
		listening, stop := context.WithCancel(ctx)
		heard := make(chan struct{})
		go func() {
			defer close(heard)
			s.listen(listening, feed)
		}()
		defer func() {
			stop()
			<-heard
			_ = feed.Close()
		}()
	}
	return s.a.view(ctx, s)
}

func (s *recordingSource) status(ctx context.Context) (recordingStatus, error) { return s.r.read(ctx) }

func (s *recordingSource) act(_ context.Context, verb, note string) error {
	_, err := s.a.askCapture(captureRequest{Verb: verb, Note: note})
	return err
}

func (s *recordingSource) captions() <-chan captionLine { return s.lines }

const (
	listenEvery = 200 * time.Millisecond
	listenMost  = 5 // s of sound that captions catch up on; older sound goes without
)

// listen hands the sound that has become durable to the captions. They are a
// by-product: what cannot be read goes without.
func (s *recordingSource) listen(ctx context.Context, feed *captionFeed) {
	ring, err := s.a.sessionRing(ctx, s.id)
	if err != nil {
		return
	}
	var rs *audio.Resampler
	var at int64
	t := time.NewTicker(listenEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		rep, err := s.a.askCapture(captureRequest{Verb: "status"})
		if err != nil || rep.Status.Rate == 0 {
			continue
		}
		rate := rep.Status.Rate
		to := int64(rep.Status.Durable/time.Millisecond) * int64(rate) / 1000
		if rs == nil || to-at > int64(listenMost*rate) {
			rs, at = audio.NewResampler(rate, models.Rate, 1), max(0, to-int64(rate))
		}
		if at >= to {
			continue
		}
		pcm, _, channels, err := s.a.spool.ReadSamples(s.id, ring, at, to)
		if missing := (*capture.Missing)(nil); err != nil && !errors.As(err, &missing) {
			continue
		}
		at = to
		feed.Write(resampled(rs, mono(pcm, channels), false))
	}
}

// mono is the mean of interleaved channels.
func mono(pcm []int16, channels int) []int16 {
	if channels == 1 {
		return pcm
	}
	out := make([]int16, len(pcm)/channels)
	for i := range out {
		sum := 0
		for c := range channels {
			sum += int(pcm[i*channels+c])
		}
		out[i] = int16(sum / channels)
	}
	return out
}
