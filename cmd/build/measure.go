package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"text/tabwriter"
	"time"
)

// cost is what a command took, with all its children.
type cost struct {
	wall, cpu time.Duration // cpu: user and system
	peak      int64         // bytes of memory, summed over the processes
}

// measure runs c and returns what it took and what it said on stdout. Its peak
// memory is the largest sum over its process tree, looked at ten times a second,
// where the system shows that (Linux), else that of its largest process.
func measure(c *exec.Cmd) (cost, string, error) {
	var out, errs bytes.Buffer
	c.Stdout, c.Stderr = &out, &errs
	began := time.Now()
	if err := c.Start(); err != nil {
		return cost{}, "", err
	}
	done := make(chan struct{})
	peak := make(chan int64)
	go func() {
		var most int64
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				peak <- most
				return
			case <-tick.C:
				most = max(most, treeMemory(c.Process.Pid))
			}
		}
	}()
	err := c.Wait()
	u := cost{wall: time.Since(began)}
	close(done)
	u.peak = <-peak
	if c.ProcessState != nil {
		u.cpu = c.ProcessState.UserTime() + c.ProcessState.SystemTime()
		u.peak = max(u.peak, largestProcess(c.ProcessState))
	}
	if err != nil {
		return u, "", fmt.Errorf("run %s: %w\n%s", strings.Join(c.Args, " "), err, lastLines(errs.String(), 15))
	}
	return u, out.String(), nil
}

// contender is a command that is measured against others.
type contender struct {
	name    string
	command func(ctx context.Context, job job) *exec.Cmd // prints the text …
	text    func(said string) (string, error)            // … among other things, which this leaves out; nil: nothing else
	timed   func(ctx context.Context, job job) *exec.Cmd // prints words with their times, …
	times   func(said string) ([]timedWord, error)       // which this reads
}

// transcribe runs the command and measures it.
func (c contender) transcribe(ctx context.Context, j job) (used cost, text string, err error) {
	used, text, err = measure(c.command(ctx, j))
	if err == nil && c.text != nil {
		text, err = c.text(text)
	}
	return used, text, err
}

// job is one file to work on.
type job struct {
	file, language string
	text           string // the reference
}

// outcome is how a contender did: of several runs the fastest, and the most
// memory of any.
type outcome struct {
	cost
	errors errorCount
}

// interleave runs every contender n times on j, in turns, so that a busy spell
// of the machine falls on all alike.
func (s *shop) interleave(ctx context.Context, n int, all []contender, j job) ([]outcome, error) {
	best := make([]outcome, len(all))
	for round := range n {
		for i, c := range all {
			t := s.say.begin("%s, run %d of %d", c.name, round+1, n)
			u, said, err := c.transcribe(ctx, j)
			t.end(err)
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if err != nil {
				return nil, err
			}
			b := &best[i]
			peak := max(b.peak, u.peak)
			if b.wall == 0 || u.wall < b.wall {
				b.cost = u
			}
			b.peak = peak
			b.errors = wordErrors(j.text, said)
		}
	}
	return best, nil
}

// table prints outcomes as Markdown, with ratios to the first row: how many
// times as long the others take.
func table(w io.Writer, all []contender, best []outcome, sound time.Duration) {
	t := tabwriter.NewWriter(w, 0, 1, 1, ' ', 0)
	fmt.Fprintln(t, "| engine\t| wall\t| × ours\t| CPU\t| × ours\t| times real time\t| peak memory\t| words wrong\t| longest gap\t|")
	fmt.Fprintln(t, "|---\t|---:\t|---:\t|---:\t|---:\t|---:\t|---:\t|---:\t|---:\t|")
	for i, c := range all {
		b := best[i]
		fmt.Fprintf(t, "| %s\t| %.1f s\t| %.2f\t| %.1f s\t| %.2f\t| %.1f\t| %d MB\t| %.2f %%\t| %d words\t|\n",
			c.name, b.wall.Seconds(), ratio(b.wall, best[0].wall), b.cpu.Seconds(), ratio(b.cpu, best[0].cpu),
			ratio(sound, b.wall), b.peak>>20, 100*b.errors.rate(), b.errors.gap)
	}
	t.Flush()
}

func ratio(a, b time.Duration) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}
