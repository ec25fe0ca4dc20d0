package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/weights"
	"github.com/afterword/afterword/transcribe"
	"github.com/afterword/afterword/transcribe/whisper"
)

// captionOrder is the first line that the captions child reads: which weights,
// and the spoken language (ISO 639-1; empty: it finds out).
type captionOrder struct {
	Weights  string
	Language string
}

// captionLine is one line of its answer: a caption, with its times in seconds
// since the first sample. Texts are appended as they are.
type captionLine struct {
	Stable string  `json:"stable"` // new words that will not change
	Draft  string  `json:"draft"`  // what follows them for now, in place of the last draft
	Start  float64 `json:"start"`
	End    float64 `json:"end"`
}

// captionStuck is how long one decode may take before the child ends itself: C
// code that hangs cannot be interrupted.
const captionStuck = 20 * time.Second

// newCaptions is the child that writes captions. It reads an order, then sound
// (16 kHz, mono, signed 16 bit, little-endian) and answers with JSON lines.
// It may hang, crash or be killed, and nothing but captions is lost.
func newCaptions(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "captions", Hidden: true, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.captionsChild(cmd.Context())
		},
	}
}

func (a *app) captionsChild(ctx context.Context) error {
	in := bufio.NewReaderSize(a.stdin, 1<<16)
	var order captionOrder
	line, err := in.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &order)
	}
	if err != nil {
		return usagef("captions is started by the program itself")
	}
	if err := proveWeights(order.Weights, weights.Verify); err != nil {
		return err
	}
	_ = setPriority(os.Getpid(), 5) // captions are a by-product: everything else goes first
	m, err := whisper.Load(order.Weights, whisper.Options{Threads: 1})
	if err != nil {
		return err
	}
	defer m.Close()
	s, err := m.NewState()
	if err != nil {
		return err
	}
	defer s.Close()
	return caption(ctx, in, a.stdout, transcribe.NewCaptions(s, order.Language))
}

// captioner is what turns sound into captions.
type captioner interface {
	Hear(ctx context.Context, pcm []float32) (transcribe.Caption, bool, error)
}

// caption hands sound on, always all that has come meanwhile, and writes what
// is made of it, until the sound ends.
func caption(ctx context.Context, in io.Reader, out io.Writer, c captioner) error {
	box := &inbox{more: make(chan struct{}, 1), most: captionStuck}
	go box.fill(in)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for {
		pcm, missed, ended := box.take(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if ended { // silence brings the last words out
			pcm = append(pcm, make([]float32, models.Rate)...)
		}
		stuck := time.AfterFunc(captionStuck, func() {
			fmt.Fprintln(os.Stderr, "afterword: captions: the speech engine hangs")
			os.Exit(exitFailure)
		})
		said, ok, err := c.Hear(ctx, pcm)
		stuck.Stop()
		if err != nil {
			if errors.Is(err, context.Canceled) {
				return nil
			}
			return fmt.Errorf("write captions: %w", err)
		}
		if ok {
			at := models.Span{Start: said.Span.Start + missed, End: said.Span.End + missed}
			if err := enc.Encode(captionLine{said.Stable, said.Draft, at.Start.Seconds(), at.End.Seconds()}); err != nil {
				return nil // nobody reads them any more
			}
		}
		if ended {
			return nil
		}
	}
}

// inbox holds the sound that came while the engine was busy, or while nobody
// read what it wrote. Beyond most its older half is left out.
type inbox struct {
	most   time.Duration
	mu     sync.Mutex
	pcm    []float32
	missed int64 // samples left out so far
	ended  bool
	more   chan struct{}
}

// fill reads until the sound ends.
func (b *inbox) fill(in io.Reader) {
	buf := make([]byte, 3200) // 100 ms
	have := 0
	for {
		n, err := in.Read(buf[have:])
		have += n
		whole := have &^ 1
		b.put(buf[:whole], err != nil)
		have = copy(buf, buf[whole:have])
		wake(b.more)
		if err != nil {
			return
		}
	}
}

func (b *inbox) put(raw []byte, ended bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := 0; i < len(raw); i += 2 {
		b.pcm = append(b.pcm, float32(int16(binary.LittleEndian.Uint16(raw[i:])))/32768)
	}
	if len(b.pcm) > int(models.Samples(b.most)) {
		half := len(b.pcm) / 2
		b.pcm = append(b.pcm[:0], b.pcm[half:]...)
		b.missed += int64(half)
	}
	b.ended = ended
}

// take waits for sound and empties the box. missed is how much was left out so
// far, before what it returns.
func (b *inbox) take(ctx context.Context) (pcm []float32, missed time.Duration, ended bool) {
	select {
	case <-b.more:
	case <-ctx.Done():
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	pcm, b.pcm = b.pcm, nil
	return pcm, models.At(b.missed), b.ended
}

// captionsOrder chooses the weights for captions: for English the smallest,
// where they are here, since a word a second later is no caption; else those of
// the session.
func (a *app) captionsOrder(language string) (captionOrder, error) {
	if language == "en" || language == "" && strings.HasSuffix(a.set.Model, ".en") {
		if path, err := a.model("tiny.en"); err == nil {
			return captionOrder{Weights: path, Language: "en"}, nil
		}
	}
	path, err := a.model(a.set.Model)
	if err != nil {
		return captionOrder{}, err
	}
	return captionOrder{Weights: path, Language: language}, nil
}
