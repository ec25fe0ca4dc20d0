//go:build unix

package main

import (
	"bytes"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/afterword/afterword/capture/audio"
	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/weights"
)

// roomSound is a minute in which nobody speaks: the hum of the mains, somebody
// who types, plucked strings, 20 s each, over the noise of a quiet room.
func roomSound() []int16 {
	const part = 20 * models.Rate
	r := rand.New(rand.NewPCG(11, 12))
	x := make([]float64, 3*part)
	for i := range part {
		for k := 1; k < 12; k++ {
			x[i] += 600 / float64(k) * math.Sin(2*math.Pi*50*float64(k*i)/models.Rate)
		}
	}
	for at := part; at < 2*part-2000; at += 1500 + r.IntN(12000) {
		last := 0.0
		for i := range 1200 {
			v := r.NormFloat64()
			x[at+i] += (v - last) * 2000 * math.Exp(-float64(i)/100)
			last = v
		}
	}
	line := make([]float64, 97)
	for i := 2 * part; i < len(x); i++ {
		if i%(models.Rate/2) == 0 {
			line = make([]float64, 60+r.IntN(60))
			for j := range line {
				line[j] = 4000 * r.NormFloat64()
			}
		}
		j := i % len(line)
		x[i] += line[j]
		line[j] = 0.498 * (line[j] + line[(j+1)%len(line)])
	}
	out := make([]int16, len(x))
	for i, v := range x {
		out[i] = int16(max(-32768, min(32767, v+16*r.NormFloat64())))
	}
	return out
}

// What is no speech becomes no words, with the voice activity detector and
// without; and either way every second of it is in one place of the ledger.
func TestNoiseHasNoWords(t *testing.T) {
	dir := needEngine(t)
	file := filepath.Join(t.TempDir(), "room.wav")
	var b bytes.Buffer
	if err := audio.WriteWAV(&b, roomSound(), models.Rate, 1); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, with := range []bool{false, true} {
		detector, err := weights.Find(weights.Activity, []string{dir})
		if with && err != nil {
			t.Skip("the voice activity detector is not here; 'go run ./cmd/build test' fetches it")
		}
		home := newTestHome(t, dir)
		bare := t.TempDir()
		model, err := weights.Find("tiny.en", []string{dir})
		if err != nil {
			t.Fatal(err)
		}
		copyFile(t, model, filepath.Join(bare, filepath.Base(model)))
		if with {
			copyFile(t, detector, filepath.Join(home, "weights", filepath.Base(detector)))
		}
		t.Setenv("AFTERWORD_WEIGHTS", bare)
		t.Setenv("AFTERWORD_CACHE", bare)
		must(t, "import", file)
		c := noWords(t, with)
		if with && c.Totals["silence"] < 50 {
			t.Errorf("of a minute without speech only %.1f s are silence", c.Totals["silence"])
		}
		// What was taken for silence is heard once more if that is asked for.
		must(t, "coverage", "last", "--retry", "--all")
		noWords(t, with)
	}
}

// noWords sees that the last session has none, and that its ledger adds up.
func noWords(t *testing.T, with bool) coverageReport {
	t.Helper()
	for _, g := range transcriptOf(t, "last").Segments {
		if !g.HeldBack() {
			t.Errorf("detector %v: noise at %v became words", with, g.Span.Start)
		}
	}
	c := parseCoverage(must(t, "coverage", "last", "--json"))
	sum := 0.0
	for _, seconds := range c.Totals {
		sum += seconds
	}
	if c.Duration != 60 || math.Abs(sum-c.Duration) > 0.0005 {
		t.Errorf("detector %v: %v add up to %.3f s of %.3f", with, c.Totals, sum, c.Duration)
	}
	return c
}
