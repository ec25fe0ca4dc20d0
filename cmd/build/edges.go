package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/weights"
)

// edge is how a contender did where it is hard to do well.
type edge struct {
	written  map[string]int // words out of sound without any, by its kind
	wordless time.Duration  // CPU for all of that
	off      []time.Duration
	busy     time.Duration // wall, while others take the processors
}

// benchEdges measures what a clear session on a quiet machine does not show:
// what each engine writes where nobody speaks, when it says that words begin, and
// how fast it is while something else takes all processors. AFTERWORD_BENCH_SECONDS
// is how much of the session is used: 180, if it is not set.
func benchEdges(ctx context.Context, s *shop) error {
	all, err := s.rivals(ctx)
	if err != nil {
		return err
	}
	without, err := s.withoutDetector(all[0])
	if err != nil {
		return err
	}
	all = append(all[:1:1], append([]contender{without}, all[1:]...)...)
	session, err := s.renderedSession(ctx, withPauses)
	if err != nil {
		return err
	}
	if session, err = s.beginning(session); err != nil {
		return err
	}
	rows := make([]edge, len(all))
	for _, part := range []func(context.Context, []contender, rendering, []edge) error{s.listenToNothing, s.timeWords, s.amongHogs} {
		if err := part(ctx, all, session, rows); err != nil {
			return err
		}
	}
	fmt.Fprintf(s.out, "Words written where nobody speaks (%d s of each kind, and recorded noise where that is there); beginnings of words and a busy machine: %s of a rendered session; weights: base; %s.\n\n",
		wordlessSeconds, session.length.Round(time.Second), thisCPU())
	edgeTable(s.out, all, rows)
	return nil
}

// listenToNothing has all engines write down what has no words.
func (s *shop) listenToNothing(ctx context.Context, all []contender, _ rendering, rows []edge) error {
	sounds, err := s.wordless()
	if err != nil {
		return err
	}
	for i, c := range all {
		rows[i].written = map[string]int{}
		t := s.say.begin("%s: nobody speaks", c.name)
		for n, sound := range sounds {
			u, said, err := c.transcribe(ctx, job{file: sound.file, language: "en"})
			if err != nil {
				t.end(err)
				return err
			}
			rows[i].written[sound.kind] += len(normal(said))
			rows[i].wordless += u.cpu
			t.at(int64(n+1), int64(len(sounds)), "")
		}
		t.end(nil)
	}
	return nil
}

// timeWords asks all engines when words begin.
func (s *shop) timeWords(ctx context.Context, all []contender, session rendering, rows []edge) error {
	for i, c := range all {
		t := s.say.begin("%s: when words begin", c.name)
		_, said, err := measure(c.timed(ctx, job{session.file, "en", session.text}))
		var heard []timedWord
		if err == nil {
			heard, err = c.times(said)
		}
		t.end(err)
		if err != nil {
			return err
		}
		rows[i].off = startsOff(session.words, heard)
	}
	return nil
}

// amongHogs runs all engines while as many processes as there are processors do
// nothing but take time.
func (s *shop) amongHogs(ctx context.Context, all []contender, session rendering, rows []edge) error {
	stop, err := hogs(runtime.NumCPU())
	if err != nil {
		s.say.line("note: a busy machine is left out: %v", err)
		return nil
	}
	defer stop()
	best, err := s.interleave(ctx, 1, all, job{session.file, "en", session.text})
	for i, b := range best {
		rows[i].busy = b.wall
	}
	return err
}

// hogs starts n processes that take all the time they get.
func hogs(n int) (stop func(), err error) {
	var all []*exec.Cmd
	stop = func() {
		for _, c := range all {
			_ = c.Process.Kill()
			_ = c.Wait()
		}
	}
	for range n {
		c := exec.Command("sh", "-c", "while :; do :; done")
		if err := c.Start(); err != nil {
			stop()
			return nil, err
		}
		all = append(all, c)
	}
	return stop, nil
}

// beginning is the first part of a rendering, in a file of its own.
func (s *shop) beginning(r rendering) (rendering, error) {
	want := 180
	if n, err := strconv.Atoi(os.Getenv("AFTERWORD_BENCH_SECONDS")); err == nil && n > 0 {
		want = n
	}
	b, err := os.ReadFile(r.file)
	if err != nil {
		return r, err
	}
	pcm := make([]int16, min(want*renderRate, (len(b)-44)/2))
	for i := range pcm {
		pcm[i] = int16(uint16(b[44+2*i]) | uint16(b[45+2*i])<<8)
	}
	out := rendering{file: s.path("bench", "beginning.wav"), length: models.At(int64(len(pcm)))}
	for _, w := range r.words {
		if w.at < out.length-time.Second {
			out.words = append(out.words, w)
			out.text += w.text + " "
		}
	}
	return out, os.WriteFile(out.file, wav(pcm), 0o600)
}

// withoutDetector is our own program in a cache that has no voice activity
// detector.
func (s *shop) withoutDetector(ours contender) (contender, error) {
	bare := s.path("bench", "without-vad")
	dir := filepath.Join(bare, "weights")
	if err := os.RemoveAll(dir); err != nil {
		return ours, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return ours, err
	}
	detector, err := weights.Named(weights.Activity)
	if err != nil {
		return ours, err
	}
	files, err := filepath.Glob(filepath.Join(s.weightsDir(), "*.bin"))
	for _, f := range files {
		if to := filepath.Join(dir, filepath.Base(f)); err == nil && filepath.Base(f) != detector.File {
			err = os.Link(f, to)
		}
	}
	set := func(command func(context.Context, job) *exec.Cmd) func(context.Context, job) *exec.Cmd {
		return func(ctx context.Context, j job) *exec.Cmd {
			c := command(ctx, j)
			c.Env = append(c.Env, "AFTERWORD_WEIGHTS="+dir, "AFTERWORD_CACHE="+bare)
			return c
		}
	}
	return contender{ours.name + " without vad", set(ours.command), ours.text, set(ours.timed), ours.times}, err
}

func edgeTable(w io.Writer, all []contender, rows []edge) {
	t := tabwriter.NewWriter(w, 0, 1, 1, ' ', 0)
	fmt.Fprint(t, "| engine\t")
	for _, kind := range wordlessKinds {
		fmt.Fprintf(t, "| %s\t", kind)
	}
	fmt.Fprint(t, "| CPU for these\t| words timed\t| off, median\t| within 150 ms\t| busy: wall\t| × ours\t|\n|---\t")
	for range len(wordlessKinds) + 6 {
		fmt.Fprint(t, "|---:\t")
	}
	fmt.Fprintln(t, "|")
	for i, c := range all {
		r := rows[i]
		fmt.Fprintf(t, "| %s\t", c.name)
		for _, kind := range wordlessKinds {
			fmt.Fprintf(t, "| %d\t", r.written[kind])
		}
		near := 0
		for near < len(r.off) && r.off[near] <= 150*time.Millisecond {
			near++
		}
		fmt.Fprintf(t, "| %.1f s\t| %d\t| %.0f ms\t| %.1f %%\t| %.1f s\t| %.2f\t|\n", r.wordless.Seconds(), len(r.off), 1000*quantile(r.off, 0.5),
			100*float64(near)/float64(max(1, len(r.off))), r.busy.Seconds(), ratio(r.busy, rows[0].busy))
	}
	t.Flush()
}
