package capture

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/afterword/afterword/models"
)

func cutWith(n *Network, pcm []int16, channels, portion int) (cuts []Cut) {
	k := NewCutter(CutterConfig{Channels: channels, Network: n})
	for at := 0; at < len(pcm); at += portion * channels {
		cuts = append(cuts, k.Write(pcm[at:min(len(pcm), at+portion*channels)])...)
	}
	return append(cuts, k.Close()...)
}

// typing appends the clicks of keys: bursts of noise that die away, two for each
// key.
func (s *scene) typing(seconds, level, noise float64) *scene {
	x := make([]float64, int(seconds*16000))
	r := rand.New(rand.NewPCG(5, 6))
	for at := 800; at < len(x)-3200; at += 1600 + r.IntN(4800) {
		for _, key := range []int{at, at + 900 + r.IntN(500)} {
			last := 0.0
			for i := range 1200 {
				n := r.NormFloat64()
				x[key+i] += (n - last) * 0.96 * float64(1200-i) * float64(1200-i) / 1200 / 1200 / float64(1+i/40)
				last = n
			}
		}
	}
	return s.add(x, level, noise)
}

// chords appends music without a voice: struck strings, three at a time.
func (s *scene) chords(seconds, level, noise float64) *scene {
	x := make([]float64, int(seconds*16000))
	r := rand.New(rand.NewPCG(7, 8))
	var strings [3]struct {
		line []float64
		at   int
	}
	for i := range x {
		if i%8000 == 0 {
			root := []int{73, 55, 49, 65}[i/8000%4]
			for k := range strings {
				line := make([]float64, root*[]int{12, 10, 8}[k]/8)
				for j := range line {
					line[j] = r.NormFloat64()
				}
				strings[k].line, strings[k].at = line, 0
			}
		}
		for k := range strings { // a plucked string: noise that goes round and is smoothed
			p := &strings[k]
			next := (p.at + 1) % len(p.line)
			x[i] += p.line[p.at]
			p.line[p.at] = 0.498 * (p.line[p.at] + p.line[next])
			p.at = next
		}
	}
	return s.add(x, level, noise)
}

func (s *scene) speak(pcm []int16) *scene {
	start := models.At(int64(len(s.pcm)))
	s.pcm = append(s.pcm, pcm...)
	s.spoken = append(s.spoken, models.Span{Start: start, End: models.At(int64(len(s.pcm)))})
	return s
}

// Keys and music are activity: without the network all of it goes to the engine.
func TestNoiseIsNoSpeech(t *testing.T) {
	n := detector(t)
	for name, s := range map[string]*scene{
		"keys":  newScene().quiet(5, -66).typing(60, -45, -66).quiet(5, -66),
		"music": newScene().quiet(5, -66).chords(60, -35, -66).quiet(5, -66),
	} {
		without, with := cutWith(nil, s.pcm, 1, 16000), cutWith(n, s.pcm, 1, 16000)
		sound(t, with, len(s.pcm), 1)
		if voiced(without, 0) < 20*time.Second {
			t.Fatalf("%s: only %v are activity: this shows nothing", name, voiced(without, 0))
		}
		if left := voiced(with, 0); left > voiced(without, 0)/10 {
			t.Errorf("%s: %v of %v are speech to the network", name, left, voiced(without, 0))
		}
	}
}

func TestTheNetworkLeavesSpeechAlone(t *testing.T) {
	n, said := detector(t), sentence(t)
	soft := make([]int16, len(said))
	for i, v := range said {
		soft[i] = v / 30
	}
	s := newScene().speak(said).quiet(40, -66).speak(soft).quiet(3, -66).typing(20, -45, -66).speak(said)
	without, with := cutWith(nil, s.pcm, 1, 16000), cutWith(n, s.pcm, 1, 16000)
	sound(t, with, len(s.pcm), 1)
	var active, speech []models.Span
	for i := range without {
		if without[i].Start != with[i].Start || without[i].End != with[i].End {
			t.Fatalf("cut %d is another one with the network", i)
		}
		active, speech = append(active, without[i].Voiced[0]...), append(speech, with[i].Voiced[0]...)
	}
	for _, s := range s.spoken {
		for _, a := range active {
			for _, hole := range uncovered(a.Clip(s), speech) {
				if hole.Len() > 0 {
					t.Errorf("of the speech of %v to %v, %v to %v is called none", s.Start, s.End, hole.Start, hole.End)
				}
			}
		}
	}
	for _, v := range speech {
		if rest := uncovered(v, active); len(rest) > 0 {
			t.Errorf("speech without activity: %v", rest)
		}
	}
}

func TestPortionsChangeNothingForTheNetwork(t *testing.T) {
	n, said := detector(t), sentence(t)
	mono := newScene().speak(said).typing(30, -45, -66).speak(said).pcm
	stereo := make([]int16, 2*len(mono))
	for i, x := range mono {
		stereo[2*i], stereo[2*i+1] = x, mono[len(mono)-1-i]
	}
	want := fmt.Sprint(cutWith(n, stereo, 2, len(mono)))
	for _, portion := range []int{161, 4096, 16000} {
		if got := fmt.Sprint(cutWith(n, stereo, 2, portion)); got != want {
			t.Errorf("in portions of %d: other cuts", portion)
		}
	}
}

// BenchmarkCutterWithNetwork hears speech without end, the most work there is.
func BenchmarkCutterWithNetwork(b *testing.B) {
	n, said := detector(b), sentence(b)
	s := newScene()
	for range 12 {
		s.speak(said)
	}
	for b.Loop() {
		cutWith(n, s.pcm, 1, 8192)
	}
	b.ReportMetric(100*b.Elapsed().Seconds()/float64(b.N)/models.At(int64(len(s.pcm))).Seconds(), "%-of-real-time")
}
