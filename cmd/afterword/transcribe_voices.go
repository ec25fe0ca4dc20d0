package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/afterword/afterword/capture/audio"
	"github.com/afterword/afterword/extract"
	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/weights"
)

// tellFileApart finds out who spoke in a file that is not kept: as import does,
// by its channels, else by its voices, and whose they are by the way they talk.
// A voice that was enrolled is not compared: that would need the store. Where
// nobody can be told apart it says so, and the segments are as they were.
func (a *app) tellFileApart(ctx context.Context, path string, r *transcription) ([]models.Segment, error) {
	segments := r.segments
	if r.channels == 2 {
		for i := range segments {
			segments[i].Speaker = models.Speaker(fmt.Sprintf("S%d", segments[i].Chunk+1))
		}
	} else if len(segments) > 0 {
		var err error
		if segments, err = a.tellMixApart(ctx, path, r); err != nil {
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			a.warn("who spoke could not be told: %v", err)
			return r.segments, nil
		}
	}
	names := extract.Roles(segments)
	for i := range segments {
		segments[i].Seq = i
		if to, ok := names[segments[i].Speaker]; ok {
			segments[i].Speaker = to
		}
	}
	return segments, nil
}

// tellMixApart hears the voices of one channel, in a child process.
func (a *app) tellMixApart(ctx context.Context, path string, r *transcription) ([]models.Segment, error) {
	encoder, err := weights.Find(weights.Voice, a.home.WeightFolders())
	if models.CodeOf(err) == models.NoModel {
		a.note("Who spoke is not told: what tells voices apart is not here. 'afterword models get voice' fetches it.")
		return r.segments, nil
	}
	if err != nil {
		return nil, err
	}
	again := &rereading{open: func() (*audio.Stream, error) { return a.decode(ctx, path, 1) }}
	defer again.Close()
	length := models.At(r.samples)
	got, err := a.askVoices(ctx, voiceJob{
		voiceOrder: voiceOrder{Weights: encoder, Threads: a.set.States, Segments: r.segments}, sound: again.sound,
		tell: func(done, total int) {
			r.bar.Say("Telling voices apart", length*time.Duration(done)/time.Duration(max(1, total)), length)
		},
	})
	if err != nil {
		return nil, err
	}
	if got.Voices == nil {
		return nil, models.Errorf(models.Unusable, "tell voices apart: the answer is no answer")
	}
	pieces, err := regroup(r.segments, got.Voices.Segments)
	return slices.Concat(pieces...), err
}

// rereading gives the sound of a file once more, a stretch at a time: of an hour
// it holds a minute or two. Going back begins the file anew.
type rereading struct {
	open   func() (*audio.Stream, error)
	stream *audio.Stream
	pcm    []int16
	from   int64 // sample position of pcm[0]
	ended  bool
}

// sound is a voice.Sound.
func (f *rereading) sound(_ context.Context, span models.Span) ([]int16, error) {
	a, b := models.Samples(span.Start), models.Samples(span.End)
	if f.stream == nil || a < f.from {
		f.Close()
		stream, err := f.open()
		if err != nil {
			return nil, err
		}
		*f = rereading{open: f.open, stream: stream}
	}
	buf := make([]int16, models.Rate)
	for !f.ended && f.from+int64(len(f.pcm)) < b {
		n, err := f.stream.Read(buf)
		f.pcm = append(f.pcm, buf[:n]...)
		if past := min(a-f.from, int64(len(f.pcm))); past > 0 {
			f.pcm = append(f.pcm[:0], f.pcm[past:]...)
			f.from += past
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		f.ended = err != nil
	}
	end := f.from + int64(len(f.pcm))
	return slices.Clone(f.pcm[min(a, end)-f.from : min(b, end)-f.from]), nil
}

func (f *rereading) Close() {
	if f.stream != nil {
		f.stream.Close()
	}
}
