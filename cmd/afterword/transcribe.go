package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/capture"
	"github.com/afterword/afterword/capture/audio"
	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/weights"
	"github.com/afterword/afterword/transcribe"
)

func newTranscribe(a *app) *cobra.Command {
	var format, out, channels string
	var translate bool
	cmd := &cobra.Command{
		Use:   "transcribe FILE",
		Short: "Print what is said in a recording, and by whom; keep nothing",
		Example: `  afterword transcribe memo.m4a
  afterword transcribe --format srt -o talk.srt talk.mp3
  afterword transcribe --channels split call.wav    one voice on each channel
  afterword transcribe --translate memo.wav         in English, whatever is spoken
  afterword transcribe --format json memo.wav | afterword extract --json -`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			write, err := writerFor(format)
			if err != nil {
				return err
			}
			n, err := channelsOf(channels)
			if err != nil {
				return err
			}
			t, err := a.transcribeFile(cmd.Context(), args[0], n, translate)
			if err != nil && models.CodeOf(err) != models.Partial {
				return err
			}
			if werr := a.writeOut(out, func(w io.Writer) error { return write(w, t) }); werr != nil {
				return werr
			}
			return err
		},
	}
	formatFlag(cmd, &format)
	cmd.Flags().StringVarP(&out, "output", "o", "-", "write to `FILE`")
	channelsFlag(cmd, &channels)
	cmd.Flags().BoolVar(&translate, "translate", false, "write it down in English; the words are the engine's, not the speaker's")
	a.modelFlags(cmd)
	return cmd
}

// transcribeFile runs decoder and engine in the foreground: no store, no
// queue, nothing on disk.
func (a *app) transcribeFile(ctx context.Context, path string, channels int, translate bool) (models.Transcript, error) {
	t := models.Transcript{Segments: []models.Segment{}}
	fi, err := os.Stat(path)
	if err != nil {
		return t, fileError(err, path)
	}
	t.Title = oneLine(strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)))
	t.Date = models.DateOf(fi.ModTime())
	model, err := a.model(a.set.Model)
	if err != nil {
		return t, err
	}
	if w, _ := weights.Of(model); translate && w.English() {
		return t, models.WithHint(models.Errorf(models.Invalid, "translate %s: the model %s knows English alone", shown(path), w.Model), "--model base knows other languages")
	}
	stream, err := a.decode(ctx, path, channels)
	if err != nil {
		return t, unreadable(path, err)
	}
	defer stream.Close()
	desks, err := openDesks(model, a.set.States, translate)
	if err != nil {
		return t, err
	}
	defer desks.Close()
	bar := a.newProgress(t.Title)
	defer bar.Close()
	run := transcription{desks: desks, cutter: a.newCutter(channels), channels: channels, language: a.set.Language, prompt: transcribe.Prompt(a.set.Vocabulary), bar: bar, total: lengthOf(stream.Info()), slots: make(chan struct{}, a.set.States)}
	readErr := run.drain(ctx, stream)
	run.done.Wait()
	desks.Close() // telling voices apart needs its own memory
	if err := context.Cause(ctx); err != nil {
		return t, err
	}
	if run.err != nil {
		return t, run.err
	}
	if readErr != nil && run.samples == 0 {
		return t, unreadable(path, readErr)
	}
	if t.Duration, t.Language = models.At(run.samples), run.heard; translate && t.Language != "" {
		t.Language = "en"
	}
	slices.SortFunc(run.segments, func(x, y models.Segment) int {
		return cmp.Or(cmp.Compare(x.Span.Start, y.Span.Start), cmp.Compare(x.Chunk, y.Chunk), cmp.Compare(x.Index, y.Index))
	})
	for i := range run.segments {
		run.segments[i].Seq = i
	}
	if t.Segments, err = a.tellFileApart(ctx, path, &run); err != nil {
		return t, err
	}
	if readErr != nil {
		return t, models.Errorf(models.Partial, "%s is damaged after %s: %w", shown(path), models.Clock(t.Duration), readErr)
	}
	return t, nil
}

// transcription is one file on its way through the engine's states.
type transcription struct {
	desks    *desks
	cutter   *capture.Cutter
	channels int
	language string
	prompt   string
	bar      *progress
	total    time.Duration
	slots    chan struct{}
	done     sync.WaitGroup

	samples int64
	mu      sync.Mutex
	worked  time.Duration
	heard   string
	err     error

	segments []models.Segment
}

func (r *transcription) drain(ctx context.Context, stream *audio.Stream) error {
	buf := make([]int16, models.Rate*r.channels)
	var pcm []int16 // interleaved
	var from int64
	hand := func(cuts []capture.Cut) {
		for _, c := range cuts {
			n := int64(r.channels)
			for channel := range r.channels {
				r.begin(ctx, c, channel, slices.Clone(one(pcm[(c.Start-from)*n:(c.End-from)*n], channel, r.channels)))
			}
			pcm = append(pcm[:0], pcm[(c.End-from)*n:]...)
			from = c.End
		}
	}
	for ctx.Err() == nil {
		n, err := stream.Read(buf)
		pcm = append(pcm, buf[:n]...)
		r.samples += int64(n / r.channels)
		hand(r.cutter.Write(buf[:n]))
		if err == io.EOF {
			hand(r.cutter.Close())
			return stream.Damage()
		}
		if err != nil {
			hand(r.cutter.Close())
			return err
		}
	}
	return nil
}

// begin waits for a free state, so that no more sound than needed is held.
func (r *transcription) begin(ctx context.Context, c capture.Cut, channel int, pcm []int16) {
	span := models.Span{Start: models.At(c.Start), End: models.At(c.End)}
	if len(c.Voiced[channel]) == 0 {
		r.finish(span, channel, models.Heard{}, nil)
		return
	}
	select {
	case r.slots <- struct{}{}:
	case <-ctx.Done():
		return
	}
	r.done.Go(func() {
		defer func() { <-r.slots }()
		heard, err := r.desks.transcribe(ctx, "", chunkNote{span.Start, c.Voiced[channel], r.language, r.prompt}, pcm)
		r.finish(span, channel, heard, err)
	})
}

// finish takes what was heard in a stretch. The Chunk of its segments is the
// channel.
func (r *transcription) finish(span models.Span, channel int, heard models.Heard, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.worked += span.Len() / time.Duration(r.channels)
	for i := range heard.Segments {
		heard.Segments[i].Chunk = channel
	}
	r.segments = append(r.segments, heard.Segments...)
	if r.heard == "" {
		r.heard = heard.Language
	}
	if err != nil && r.err == nil {
		r.err = err
	}
	r.bar.Say("Transcribing", r.worked, r.total)
}

// writeOut writes to stdout for "-", else to a file that appears only when it
// is whole.
func (a *app) writeOut(path string, write func(io.Writer) error) error {
	if path == "-" || path == "" {
		return write(a.stdout)
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".afterword-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", shown(path), err)
	}
	defer os.Remove(tmp.Name())
	err = write(tmp)
	if err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", shown(path), err)
	}
	return nil
}
