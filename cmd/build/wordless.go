package main

import (
	"bufio"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// wordless is a sound in which nobody speaks.
type wordless struct{ kind, file string }

// wordlessKinds are the columns of a table about them, in order.
var wordlessKinds = []string{"silence", "hum", "keys", "music", "recorded"}

const wordlessSeconds = 30

// wordless makes the sounds of a room without speech, the same on every machine,
// and adds recorded noise from the folder of clips where that is there.
func (s *shop) wordless() ([]wordless, error) {
	dir := s.path("bench", "wordless")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	var out []wordless
	for kind, x := range map[string][]float64{"silence": make([]float64, wordlessSeconds*renderRate), "hum": hum(), "keys": keys(), "music": music()} {
		r := rand.New(rand.NewPCG(9, 9))
		pcm := make([]int16, len(x))
		for i, v := range x {
			if kind != "silence" {
				v += roomNoise * r.NormFloat64()
			}
			pcm[i] = int16(min(max(math.Round(v), -1<<15), 1<<15-1))
		}
		file := filepath.Join(dir, kind+".wav")
		if err := os.WriteFile(file, wav(pcm), 0o600); err != nil {
			return nil, err
		}
		out = append(out, wordless{kind, file})
	}
	return append(out, s.recordedNoise()...), nil
}

// recordedNoise are the clips of kind "noise".
func (s *shop) recordedNoise() (out []wordless) {
	dir := s.clipsDir()
	f, err := os.Open(filepath.Join(dir, "manifest.jsonl"))
	if err != nil {
		return nil
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var c clip
		if json.Unmarshal(in.Bytes(), &c) == nil && c.Kind == "noise" && filepath.IsLocal(c.File) {
			out = append(out, wordless{"recorded", filepath.Join(dir, c.File)})
		}
	}
	return out
}

// hum is that of the mains with its overtones, at −35 dBFS.
func hum() []float64 {
	x := make([]float64, wordlessSeconds*renderRate)
	for i := range x {
		for k := 1; k < 12; k++ {
			x[i] += 600 / float64(k) * math.Sin(2*math.Pi*50*float64(k*i)/renderRate)
		}
	}
	return x
}

// keys is somebody who types: clicks that die away, two for each key, with
// pauses to think.
func keys() []float64 {
	x := make([]float64, wordlessSeconds*renderRate)
	r := rand.New(rand.NewPCG(5, 6))
	for at := renderRate / 2; at < len(x)-renderRate/2; at += 1500 + r.IntN(3000) {
		if r.IntN(4) == 0 {
			at += renderRate/2 + r.IntN(2*renderRate)
		}
		for n, from := range []int{at, at + 900 + r.IntN(500)} {
			last := 0.0
			for i := 0; i < 1200 && from+i < len(x); i++ {
				v := r.NormFloat64()
				x[from+i] += (v - last) * 2000 / float64(1+n) * math.Exp(-float64(i)/100)
				last = v
			}
		}
	}
	return x
}

// music is chords of plucked strings, a drum, and no voice: each string is noise
// that goes round and is smoothed.
func music() []float64 {
	x := make([]float64, wordlessSeconds*renderRate)
	r := rand.New(rand.NewPCG(7, 8))
	var lines [3][]float64
	var at [3]int
	for i := range x {
		if i%(renderRate/2) == 0 {
			root := []int{73, 55, 49, 65}[i/(2*renderRate)%4]
			for k := range lines {
				lines[k] = make([]float64, root*[]int{12, 10, 8}[k]/8)
				for j := range lines[k] {
					lines[k][j] = 2500 * r.NormFloat64()
				}
				at[k] = 0
			}
		}
		for k, line := range lines {
			next := (at[k] + 1) % len(line)
			x[i] += line[at[k]]
			line[at[k]] = 0.498 * (line[at[k]] + line[next])
			at[k] = next
		}
		x[i] += 1500 * r.NormFloat64() * math.Exp(-float64(i%renderRate)/400)
	}
	return x
}
