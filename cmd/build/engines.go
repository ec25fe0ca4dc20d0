package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/afterword/afterword/models"
)

// benchEngines measures all engines on two long sessions, one with pauses and
// one without.
func benchEngines(ctx context.Context, s *shop) error {
	all, err := s.rivals(ctx)
	if err != nil {
		return err
	}
	for _, pause := range []float64{withPauses, withoutPauses} {
		session, err := s.renderedSession(ctx, pause)
		if err != nil {
			return err
		}
		best, err := s.interleave(ctx, benchRuns(), all, job{session.file, "en", session.text})
		if err != nil {
			return err
		}
		fmt.Fprintf(s.out, "A session of %s, of which %.0f %% is silence; weights: base; %s.\n\n",
			session.length.Round(time.Second), 100*session.silence, thisCPU())
		table(s.out, all, best, session.length)
		fmt.Fprintln(s.out)
	}
	return nil
}

// clip is a line of manifest.jsonl.
type clip struct {
	File, Text, Language, Kind, Set string
	Seconds                         float64
}

// clipsDir is where clips of real sound and their manifest are.
func (s *shop) clipsDir() string {
	if dir := os.Getenv("AFTERWORD_BENCH_AUDIO"); dir != "" {
		return dir
	}
	return filepath.Join(s.root, "..", "shared", "audio")
}

// benchClips counts the words that each engine gets wrong on short clips. Times
// say little here: each clip starts a process.
func benchClips(ctx context.Context, s *shop) error {
	dir := s.clipsDir()
	clips, err := readClips(filepath.Join(dir, "manifest.jsonl"))
	if err != nil {
		return models.WithHint(err, "name a folder with clips and their manifest.jsonl in AFTERWORD_BENCH_AUDIO")
	}
	all, err := s.rivals(ctx)
	if err != nil {
		return err
	}
	sums := make([]outcome, len(all))
	each := make([][]errorCount, len(all)) // engine, clip
	var sound time.Duration
	for n, c := range clips {
		t := s.say.begin("clip %d of %d", n+1, len(clips))
		for i, r := range all {
			u, said, err := r.transcribe(ctx, job{filepath.Join(dir, c.File), c.Language, c.Text})
			if err != nil {
				t.end(err)
				return err
			}
			sums[i].wall += u.wall
			sums[i].cpu += u.cpu
			sums[i].peak = max(sums[i].peak, u.peak)
			e := wordErrors(c.Text, said)
			sums[i].errors = sums[i].errors.plus(e)
			each[i] = append(each[i], e)
			t.at(int64(i+1), int64(len(all)), "")
		}
		t.end(nil)
		sound += time.Duration(c.Seconds * float64(time.Second))
	}
	fmt.Fprintf(s.out, "%d clips of real speech in English, %s together, one process each; weights: base.\n\n", len(clips), sound.Round(time.Second))
	table(s.out, all, sums, sound)
	fmt.Fprintln(s.out)
	for i, c := range all[1:] {
		d := bootstrap(each[0], each[i+1])
		fmt.Fprintf(s.out, "Words wrong, ours less those of %s: %+.2f points, %+.2f to %+.2f in 95 of 100 draws of clips.\n", c.name, 100*d.middle, 100*d.low, 100*d.high)
	}
	return nil
}

// readClips are the English clips that word error rates are counted on.
func readClips(manifest string) ([]clip, error) {
	f, err := os.Open(manifest)
	if err != nil {
		return nil, models.Errorf(models.NotFound, "read clips: %w", err)
	}
	defer f.Close()
	var clips []clip
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var c clip
		if err := json.Unmarshal(in.Bytes(), &c); err != nil {
			return nil, models.Errorf(models.Unusable, "read clips: %w", err)
		}
		if c.Kind == "wer" && c.Set == "core" && c.Language == "en" && filepath.IsLocal(c.File) {
			clips = append(clips, c)
		}
	}
	if len(clips) == 0 && in.Err() == nil {
		return nil, models.Errorf(models.NotFound, "read clips: none in English to count words on")
	}
	return clips, in.Err()
}
