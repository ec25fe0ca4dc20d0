package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"sync/atomic"
	"time"

	"github.com/afterword/afterword/models"
)

// captionFeed keeps the captions child alive and carries sound to it and
// captions back. Whoever records calls Write and is never held up by it: sound
// that the child does not take in time goes without captions.
type captionFeed struct {
	order   captionOrder
	log     *slog.Logger
	command func(context.Context) (*exec.Cmd, error)

	sound  chan []int16
	lines  chan captionLine
	heard  atomic.Int64 // samples that Write was given
	cancel context.CancelFunc
	done   chan struct{}
}

const (
	captionSlack  = 64 // pieces of sound that may wait for the child
	captionDeaths = 3  // times that the child may die soon after its start
)

// openCaptions starts the child. Close the feed.
func (a *app) openCaptions(order captionOrder) *captionFeed {
	f := &captionFeed{order: order, log: a.log, command: captionCommand}
	f.open()
	return f
}

func (f *captionFeed) open() {
	var ctx context.Context
	ctx, f.cancel = context.WithCancel(context.Background())
	f.sound, f.lines, f.done = make(chan []int16, captionSlack), make(chan captionLine), make(chan struct{})
	go f.run(ctx)
}

// captionCommand is the child. One thread is fastest on a busy machine.
func captionCommand(ctx context.Context) (*exec.Cmd, error) {
	exe, err := self()
	if err != nil {
		return nil, err
	}
	c := exec.CommandContext(ctx, exe, "captions")
	c.Env = append(os.Environ(), "OMP_NUM_THREADS=1", "OMP_WAIT_POLICY=passive", "GOMAXPROCS=2")
	return c, nil
}

// Write takes sound at 16 kHz, mono, in pieces of about 100 ms, which it may
// keep. It never waits.
func (f *captionFeed) Write(pcm []int16) {
	f.heard.Add(int64(len(pcm)))
	select {
	case f.sound <- pcm:
	default:
	}
}

// Lines are the captions, with times since the first sample written. Someone
// must read them; the channel ends with the feed, or when captions are given up.
func (f *captionFeed) Lines() <-chan captionLine { return f.lines }

// Close ends the child and waits for it.
func (f *captionFeed) Close() error {
	f.cancel()
	<-f.done
	return nil
}

// run starts the child, and again when it dies.
func (f *captionFeed) run(ctx context.Context) {
	defer close(f.done)
	defer close(f.lines)
	for deaths := 0; deaths < captionDeaths; {
		began := time.Now()
		err := f.child(ctx)
		if ctx.Err() != nil {
			return
		}
		deaths++
		if time.Since(began) > time.Minute {
			deaths = 1
		}
		f.log.Warn("captions ended", "times", deaths, "error", fmt.Sprint(err))
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Duration(deaths) * time.Second):
		}
	}
	f.log.Warn("captions are given up until the next recording")
}

// child is one run of the child, until it dies or ctx ends.
func (f *captionFeed) child(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c, err := f.command(ctx)
	if err != nil {
		return err
	}
	c.WaitDelay = 2 * time.Second
	childAttributes(c)
	in, err := c.StdinPipe()
	if err != nil {
		return err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return fmt.Errorf("start captions: %w", err)
	}
	answers := make(chan error, 1)
	from := f.heard.Load()
	go func() { answers <- f.read(ctx, out, models.At(from).Seconds()) }()
	go func() {
		f.feed(ctx, in)
		in.Close()
	}()
	err = <-answers // the end of its output is its end
	cancel()
	if werr := c.Wait(); err == nil {
		err = werr
	}
	return err
}

// feed writes the order and then sound. Once the child is gone, the write fails.
func (f *captionFeed) feed(ctx context.Context, in io.Writer) {
	line, err := json.Marshal(f.order)
	if err != nil {
		return
	}
	if _, err := in.Write(append(line, '\n')); err != nil {
		return
	}
	var raw []byte
	for {
		select {
		case <-ctx.Done():
			return
		case pcm := <-f.sound:
			raw = raw[:0]
			for _, v := range pcm {
				raw = binary.LittleEndian.AppendUint16(raw, uint16(v))
			}
			if _, err := in.Write(raw); err != nil {
				return
			}
		}
	}
}

// read passes captions on. Their times count from the start of the child, which
// was from seconds after the first sample.
func (f *captionFeed) read(ctx context.Context, out io.Reader, from float64) error {
	lines := json.NewDecoder(out)
	for {
		var l captionLine
		if err := lines.Decode(&l); err != nil {
			if err == io.EOF {
				return nil
			}
			return fmt.Errorf("read captions: %w", err)
		}
		l.Start, l.End = l.Start+from, l.End+from
		select {
		case f.lines <- l:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
