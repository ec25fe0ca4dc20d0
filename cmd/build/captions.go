package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/afterword/afterword/models"
)

// benchCaptions plays the sample session in real time into the captions child,
// as a recording does, and tells how late its words are and how often words
// that were shown are taken back. With AFTERWORD_BENCH_BUSY set, a transcription
// of the same session takes both cores meanwhile, without a pause.
//
// When a word was spoken is taken from a transcript of the same sound by base,
// where the script has that word too: the script knows sentences only. A word's
// delay counts from its end to the moment since when it stands in the caption.
func benchCaptions(ctx context.Context, s *shop) error {
	d, err := s.stage(ctx)
	if err != nil {
		return err
	}
	defer os.RemoveAll(d.home)
	bin, lib, err := s.program(ctx)
	if err != nil {
		return err
	}
	weight, err := s.model(ctx, "tiny.en", bin, lib, false)
	if err != nil {
		return err
	}
	pcm, err := sampleSound(ctx, s)
	if err != nil {
		return err
	}
	spoken, script, err := spokenWords(ctx, d, time.Duration(len(pcm)/2)*time.Second/models.Rate)
	if err != nil {
		return err
	}
	t := s.say.begin("play the sample in real time")
	run, err := playCaptions(ctx, d, weight, pcm, func(at time.Duration) {
		t.at(int64(at.Seconds()), int64(len(pcm)/2/models.Rate), "")
	})
	t.end(err)
	if err != nil {
		return err
	}
	run.print(s.out, spoken, script, filepath.Base(weight))
	return nil
}

// sampleSound is the sample session as 16 kHz mono, 16 bit;
// AFTERWORD_BENCH_SECONDS takes only its beginning.
func sampleSound(ctx context.Context, s *shop) ([]byte, error) {
	if !have("ffmpeg")() {
		return nil, models.WithHint(models.Errorf(models.Internal, "read the sample: ffmpeg is missing"), "on Debian or Ubuntu: apt-get install -y ffmpeg")
	}
	said, err := quiet(command(ctx, "", "ffmpeg", "-nostdin", "-v", "error", "-i", s.sample("opus"), "-ac", "1", "-ar", strconv.Itoa(models.Rate), "-f", "s16le", "-"))
	if err != nil {
		return nil, err
	}
	pcm := []byte(said)
	if n, err := strconv.Atoi(os.Getenv("AFTERWORD_BENCH_SECONDS")); err == nil && n > 0 {
		pcm = pcm[:min(len(pcm), n*2*models.Rate)]
	}
	return pcm[:len(pcm)&^1], nil
}

// timedWord is a word as it is compared, and a moment of it: here its end.
type timedWord struct {
	text string
	at   time.Duration
}

// spokenWords are the words of the script up to end, and those of them that
// base heard, with their times.
func spokenWords(ctx context.Context, d *demonstration, end time.Duration) (spoken []timedWord, script []string, err error) {
	t := d.s.say.begin("find when each word was spoken")
	out, err := d.command(ctx, "transcribe", "--quiet", "--language", "en", "--format", "json", d.s.sample("opus")).Output()
	t.end(err)
	if err != nil {
		return nil, nil, fmt.Errorf("transcribe the sample: %w", err)
	}
	var heard struct {
		Segments []struct {
			Words []struct {
				Text string
				End  float64
			}
		}
	}
	if err := json.Unmarshal(out, &heard); err != nil {
		return nil, nil, fmt.Errorf("read the transcript: %w", err)
	}
	b, err := os.ReadFile(d.s.sample("json"))
	if err != nil {
		return nil, nil, fmt.Errorf("read the script: %w", err)
	}
	var said struct {
		Segments []struct {
			End  float64
			Text string
		}
	}
	if err := json.Unmarshal(b, &said); err != nil {
		return nil, nil, fmt.Errorf("read the script: %w", err)
	}
	for _, seg := range said.Segments {
		if seg.End <= end.Seconds() {
			script = append(script, normal(seg.Text)...)
		}
	}
	var all []timedWord
	for _, seg := range heard.Segments {
		for _, w := range seg.Words {
			for _, text := range normal(w.Text) {
				all = append(all, timedWord{text, time.Duration(w.End * float64(time.Second))})
			}
		}
	}
	for _, pair := range common(texts(all), script) {
		spoken = append(spoken, all[pair[0]])
	}
	return spoken, script, nil
}

func texts(ws []timedWord) []string {
	out := make([]string, len(ws))
	for i, w := range ws {
		out[i] = w.text
	}
	return out
}

// common pairs up the longest common subsequence of two texts.
func common(a, b []string) [][2]int {
	wide := len(b) + 1
	longest := make([]int32, (len(a)+1)*wide) // of a[i:] and b[j:]
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				longest[i*wide+j] = longest[(i+1)*wide+j+1] + 1
			} else {
				longest[i*wide+j] = max(longest[(i+1)*wide+j], longest[i*wide+j+1])
			}
		}
	}
	var out [][2]int
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			out = append(out, [2]int{i, j})
			i, j = i+1, j+1
		case longest[(i+1)*wide+j] >= longest[i*wide+j+1]:
			i++
		default:
			j++
		}
	}
	return out
}

// captionRun is what came out of the child.
type captionRun struct {
	stable, draft []timedWord // words on show, with the time since when
	fixed         []timedWord // the stable ones, with the time since when they are
	shown, taken  int         // words ever shown; those of them that were changed or taken back
	lines         int
	sound         time.Duration
	cpu           time.Duration
	memory        int64
}

// playCaptions runs the child on the sound at the speed at which it was spoken.
func playCaptions(ctx context.Context, d *demonstration, weight string, pcm []byte, say func(time.Duration)) (*captionRun, error) {
	c := d.command(ctx, "captions")
	c.Env = append(c.Env, "OMP_NUM_THREADS=1", "OMP_WAIT_POLICY=passive", "GOMAXPROCS=2")
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, fmt.Errorf("start captions: %w", err)
	}
	order, _ := json.Marshal(map[string]string{"Weights": weight, "Language": "en"})
	if _, err := in.Write(append(order, '\n')); err != nil {
		return nil, fmt.Errorf("order captions: %w", err)
	}
	// A recording begins with nobody speaking; here the child has loaded first.
	time.Sleep(time.Second)
	began := time.Now()
	go func() {
		defer in.Close()
		const piece = 2 * models.Rate / 10 // 100 ms
		for at := 0; at < len(pcm); at += piece {
			end := min(at+piece, len(pcm))
			due := time.Duration(end/2) * time.Second / models.Rate
			time.Sleep(time.Until(began.Add(due)))
			if _, err := in.Write(pcm[at:end]); err != nil {
				return
			}
			say(due)
		}
	}()
	if os.Getenv("AFTERWORD_BENCH_BUSY") != "" {
		busy, quit := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() {
			defer close(done)
			transcribeMeanwhile(busy, d)
		}()
		defer func() { quit(); <-done }()
	}
	r := &captionRun{sound: time.Duration(len(pcm)/2) * time.Second / models.Rate}
	if err := r.read(out, began); err != nil {
		_ = c.Process.Kill()
		_ = c.Wait()
		return nil, err
	}
	return r, r.end(c)
}

// transcribeMeanwhile keeps both cores busy with what else a recording asks for,
// at the priority of a worker while one runs.
func transcribeMeanwhile(ctx context.Context, d *demonstration) {
	for ctx.Err() == nil {
		c := d.command(ctx, "transcribe", "--quiet", "--language", "en", d.s.sample("opus"))
		if nice, err := exec.LookPath("nice"); err == nil {
			c.Path, c.Args = nice, append([]string{"nice", "-n", "10"}, c.Args...)
		}
		_ = c.Run() // how it ends says nothing here
	}
}

// end waits for the child and takes its figures.
func (r *captionRun) end(c *exec.Cmd) error {
	if err := c.Wait(); err != nil {
		return fmt.Errorf("run captions: %w", err)
	}
	r.cpu = c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	r.memory = largestProcess(c.ProcessState)
	return nil
}

func (r *captionRun) read(out io.Reader, began time.Time) error {
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var line struct {
			Stable, Draft string
			Start, End    float64
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return fmt.Errorf("read captions: %w", err)
		}
		r.show(normal(line.Stable), normal(line.Draft), time.Since(began))
		if os.Getenv("AFTERWORD_BENCH_LINES") != "" {
			fmt.Fprintf(os.Stderr, "%6.2f  [%.2f–%.2f]%s |%s\n", time.Since(began).Seconds(), line.Start, line.End, line.Stable, line.Draft)
		}
	}
	return lines.Err()
}

// show takes a caption. Words of the old draft that the new text has too, in
// the same order, stand since they were first shown; the others were taken back.
func (r *captionRun) show(stable, draft []string, now time.Duration) {
	r.lines++
	fresh := make([]timedWord, 0, len(stable)+len(draft))
	for _, w := range slices.Concat(stable, draft) {
		fresh = append(fresh, timedWord{w, now})
	}
	kept := common(texts(r.draft), texts(fresh))
	for _, pair := range kept {
		fresh[pair[1]].at = r.draft[pair[0]].at
	}
	r.taken += len(r.draft) - len(kept)
	r.shown += len(fresh) - len(kept)
	r.stable = append(r.stable, fresh[:len(stable)]...)
	r.draft = fresh[len(stable):]
	for _, w := range stable {
		r.fixed = append(r.fixed, timedWord{w, now})
	}
}

func (r *captionRun) print(w io.Writer, spoken []timedWord, script []string, weight string) {
	delays := func(shown []timedWord) (out []time.Duration) {
		for _, pair := range common(texts(spoken), texts(shown)) {
			out = append(out, shown[pair[1]].at-spoken[pair[0]].at)
		}
		slices.Sort(out)
		return out
	}
	first, fixed := delays(r.stable), delays(r.fixed)
	errors := wordErrors(strings.Join(script, " "), strings.Join(texts(r.stable), " "))
	fmt.Fprintf(w, "The first %s of the sample session in real time; weights: %s; %s; one thread, low priority.\n\n", r.sound.Round(time.Second), weight, thisCPU())
	t := tabwriter.NewWriter(w, 0, 1, 1, ' ', 0)
	fmt.Fprintln(t, "| words behind their end\t| p50\t| p95\t| most\t|\n|---\t|---:\t|---:\t|---:\t|")
	for _, row := range []struct {
		name string
		of   []time.Duration
	}{{"shown", first}, {"stable", fixed}} {
		fmt.Fprintf(t, "| %s\t| %.2f s\t| %.2f s\t| %.2f s\t|\n", row.name, quantile(row.of, 0.5), quantile(row.of, 0.95), quantile(row.of, 1))
	}
	t.Flush()
	fmt.Fprintf(w, "\n%d words spoken, %d of them timed; shown words that changed: %.1f %% (%d of %d); words wrong: %.1f %%\n",
		len(script), len(spoken), 100*float64(r.taken)/float64(max(1, r.shown)), r.taken, r.shown, 100*errors.rate())
	fmt.Fprintf(w, "CPU: %.0f %% of one core; memory: %d MB; %d captions\n", 100*r.cpu.Seconds()/r.sound.Seconds(), r.memory>>20, r.lines)
}

// quantile of sorted times, in seconds.
func quantile(d []time.Duration, q float64) float64 {
	if len(d) == 0 {
		return 0
	}
	return d[min(len(d)-1, int(q*float64(len(d))))].Seconds()
}
