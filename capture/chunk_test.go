package capture

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/afterword/afterword/models"
)

// scene is sound made of parts, at 16 kHz, over white noise. Levels are RMS in
// dBFS; -120 is digital silence.
type scene struct {
	pcm    []int16
	rnd    *rand.Rand
	spoken []models.Span
}

func newScene() *scene { return &scene{rnd: rand.New(rand.NewPCG(1, 2))} }

func (s *scene) quiet(seconds, noise float64) *scene {
	return s.add(make([]float64, int(seconds*16000)), -120, noise)
}

// voice appends vowels in words of half a second that are 80 ms apart: a pulse
// train through two moving resonances.
func (s *scene) voice(seconds, level, noise float64) *scene {
	x := make([]float64, int(seconds*16000))
	phase := 0.0
	var mem [2][2]float64
	for i := range x {
		t := float64(i) / 16000
		word := math.Mod(t, 0.58)
		if phase += (120 + 25*math.Sin(2*t)) / 16000; phase >= 1 {
			phase--
			if word < 0.5 {
				x[i] = math.Sin(math.Pi * word / 0.5)
			}
		}
		for f, m := range &mem {
			w := 2 * math.Pi * (500 + float64(f)*1000 + 200*math.Sin((3-float64(f))*t)) / 16000
			x[i] += 2*0.97*math.Cos(w)*m[0] - 0.97*0.97*m[1]
			mem[f] = [2]float64{x[i], m[0]}
		}
	}
	return s.say(x, level, noise)
}

// breath appends breathy, unvoiced syllables.
func (s *scene) breath(seconds, level, noise float64) *scene {
	x := make([]float64, int(seconds*16000))
	last := 0.0
	for i := range x {
		n := s.rnd.NormFloat64()
		x[i] = (n - last) * math.Pow(math.Max(0, math.Sin(2*math.Pi*2.2*float64(i)/16000)), 2)
		last = n
	}
	return s.say(x, level, noise)
}

// say adds x and remembers where it is.
func (s *scene) say(x []float64, level, noise float64) *scene {
	start := models.At(int64(len(s.pcm)))
	s.add(x, level, noise)
	s.spoken = append(s.spoken, models.Span{Start: start, End: models.At(int64(len(s.pcm)))})
	return s
}

func (s *scene) add(x []float64, level, noise float64) *scene {
	sum := 1e-9
	for _, v := range x {
		sum += v * v
	}
	gain, a := 32768*math.Pow(10, level/20)/math.Sqrt(sum/float64(len(x)+1)), 32768*math.Pow(10, noise/20)
	for _, v := range x {
		v *= gain
		if noise > -120 {
			v += a * s.rnd.NormFloat64()
		}
		s.pcm = append(s.pcm, int16(math.Round(max(-32768, min(32767, v)))))
	}
	return s
}

func cutAll(pcm []int16, channels, portion int) []Cut {
	k := NewCutter(CutterConfig{Channels: channels})
	var cuts []Cut
	for part := range slices.Chunk(pcm, portion*channels) {
		cuts = append(cuts, k.Write(part)...)
	}
	return append(cuts, k.Close()...)
}

// sound checks what must hold for the cuts of any sound of n samples.
func sound(t *testing.T, cuts []Cut, n, channels int) {
	t.Helper()
	at := int64(0)
	for i, c := range cuts {
		if c.Start != at || c.End <= c.Start || c.End-c.Start > models.Samples(models.MaxChunk) || len(c.Voiced) != channels {
			t.Fatalf("cut %d: %+v, after %d", i, c, at)
		}
		if i < len(cuts)-1 && c.End%16 != 0 {
			t.Fatalf("cut %d ends within a millisecond: %+v", i, c)
		}
		whole := models.Span{Start: models.At(c.Start), End: models.At(c.End)}
		for _, vs := range c.Voiced {
			last := whole.Start
			for _, v := range vs {
				if v.Start < last || v.End <= v.Start || v.End > whole.End {
					t.Fatalf("cut %d: voiced %v", i, vs)
				}
				last = v.End
			}
		}
		at = c.End
	}
	if at != int64(n) {
		t.Fatalf("cuts end at %d of %d", at, n)
	}
}

// uncovered is what of s is in none of spans, which are in order.
func uncovered(s models.Span, spans []models.Span) (out []models.Span) {
	for _, v := range spans {
		if v.Start > s.Start && v.Start < s.End {
			out = append(out, models.Span{Start: s.Start, End: v.Start})
		}
		s.Start = max(s.Start, v.End)
	}
	if s.Start < s.End {
		out = append(out, s)
	}
	return out
}

func voiced(cuts []Cut, channel int) (d time.Duration) {
	for _, c := range cuts {
		d += total(c.Voiced[channel])
	}
	return d
}

func TestNothingCostsNothing(t *testing.T) {
	buzz := make([]float64, 150*16000)
	for i := range buzz {
		buzz[i] = math.Mod(float64(i)*50/16000, 1) - 0.5
	}
	hum := newScene().add(buzz, -40, -75)
	tests := []struct {
		name string
		pcm  []int16
	}{
		{"digital silence", newScene().quiet(600, -120).pcm},
		{"dither", newScene().quiet(150, -96).pcm},
		{"faint hiss", newScene().quiet(150, -70).pcm},
		{"loud hiss", newScene().quiet(150, -40).pcm},
		{"mains hum", hum.pcm},
		{"three seconds of hiss", newScene().quiet(3, -60).pcm},
		{"one click in hiss", append(append(newScene().quiet(60, -70).pcm, 20000, -20000), newScene().quiet(60, -70).pcm...)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cuts := cutAll(tt.pcm, 1, 16000)
			sound(t, cuts, len(tt.pcm), 1)
			for _, c := range cuts {
				if !c.Silent(0) {
					t.Errorf("active: %v", c.Voiced[0])
				}
			}
		})
	}
}

func TestSpeechIsNeverSilence(t *testing.T) {
	tests := []struct {
		name  string
		scene *scene
	}{
		{"at once, alone", newScene().voice(4, -20, -120)},
		{"one short word", newScene().quiet(5, -65).voice(0.5, -35, -65).quiet(5, -65)},
		{"quiet, in a quiet room", newScene().quiet(60, -72).voice(10, -45, -72).quiet(60, -72)},
		{"very quiet", newScene().quiet(60, -80).voice(10, -60, -80).quiet(60, -80)},
		{"in noise", newScene().quiet(60, -45).voice(10, -38, -45).quiet(60, -45)},
		{"far quieter than what was before", newScene().voice(60, -15, -70).quiet(2, -70).voice(10, -48, -70)},
		{"breathy", newScene().quiet(30, -65).breath(10, -48, -65).quiet(30, -65)},
		{"without pause for minutes", newScene().voice(90, -25, -60)},
		{"after long nothing", newScene().quiet(300, -120).voice(5, -40, -120)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cuts := cutAll(tt.scene.pcm, 1, 16000)
			sound(t, cuts, len(tt.scene.pcm), 1)
			var active []models.Span
			for _, c := range cuts {
				active = append(active, c.Voiced[0]...)
			}
			for _, speech := range tt.scene.spoken {
				for _, hole := range uncovered(speech, active) {
					t.Errorf("speech called silence: %v of %v to %v", hole.Len(), hole.Start, hole.End)
				}
			}
			if extra := voiced(cuts, 0) - total(tt.scene.spoken); extra > 3*time.Second {
				t.Errorf("%v called active that are not", extra)
			}
		})
	}
}

func TestCutsFallIntoPauses(t *testing.T) {
	s := newScene()
	var pauses []models.Span
	for i := range 30 { // sentences of 2 to 7 s with pauses of 0.4 to 1.5 s
		s.voice(2+float64(i*7%11)/2, -25, -65)
		start := models.At(int64(len(s.pcm)))
		s.quiet(0.4+float64(i*5%12)/10, -65)
		pauses = append(pauses, models.Span{Start: start, End: models.At(int64(len(s.pcm)))})
	}
	cuts := cutAll(s.pcm, 1, 16000)
	sound(t, cuts, len(s.pcm), 1)
	for i, c := range cuts[:len(cuts)-1] {
		at := models.At(c.End)
		if !slices.ContainsFunc(pauses, func(p models.Span) bool { return p.Start <= at && at <= p.End }) {
			t.Errorf("cut at %v, within a sentence", at)
		}
		if d := models.At(c.End - c.Start); d < 20*time.Second && i < len(cuts)-2 {
			t.Errorf("chunk %d of %v; there are pauses between 20 and 28 s", i, d)
		}
	}
}

func TestSilenceIsCutOff(t *testing.T) {
	s := newScene().quiet(70, -65).voice(6, -25, -65).quiet(90, -65).voice(20, -25, -65).quiet(5, -65)
	cuts := cutAll(s.pcm, 1, 16000)
	sound(t, cuts, len(s.pcm), 1)
	loud := time.Duration(0)
	for _, c := range cuts {
		if !c.Silent(0) {
			loud += models.At(c.End - c.Start)
		}
	}
	if loud < 26*time.Second || loud > 31*time.Second {
		t.Errorf("26 s of speech are in chunks of %v", loud)
	}
}

func TestHowItIsPortionedChangesNothing(t *testing.T) {
	s := newScene().quiet(9, -60).voice(50, -30, -60).quiet(40, -60).voice(3.3337, -30, -60)
	stereo := make([]int16, 2*len(s.pcm))
	for i, x := range s.pcm {
		stereo[2*i], stereo[2*i+1] = x, s.pcm[len(s.pcm)-1-i]
	}
	want := fmt.Sprint(cutAll(stereo, 2, len(s.pcm)))
	sound(t, cutAll(stereo, 2, len(s.pcm)), len(s.pcm), 2)
	for _, portion := range []int{1, 161, 4096, 16000 * 40} {
		if got := fmt.Sprint(cutAll(stereo, 2, portion)); got != want {
			t.Errorf("in portions of %d: other cuts", portion)
		}
	}
}

func TestChannelsAreHeardApart(t *testing.T) {
	a := newScene().voice(10, -25, -70).quiet(20, -70).pcm
	b := newScene().quiet(20, -70).voice(10, -25, -70).pcm
	both := make([]int16, 2*len(a))
	for i := range a {
		both[2*i], both[2*i+1] = a[i], b[i]
	}
	cuts := cutAll(both, 2, 16000)
	sound(t, cuts, len(a), 2)
	for c, want := range []models.Span{{Start: 0, End: 10 * time.Second}, {Start: 20 * time.Second, End: 30 * time.Second}} {
		var spans []models.Span
		for _, cut := range cuts {
			spans = append(spans, cut.Voiced[c]...)
		}
		if rest := uncovered(want, spans); len(rest) > 0 || voiced(cuts, c) > 11*time.Second {
			t.Errorf("channel %d: active %v, want %v", c, spans, want)
		}
	}
}

func TestTinySounds(t *testing.T) {
	for _, n := range []int{0, 1, 15, 159, 160, 161, 320} {
		pcm := newScene().voice(1, -20, -60).pcm[:n]
		cuts := cutAll(pcm, 1, 7)
		if n > 0 {
			sound(t, cuts, n, 1)
		} else if len(cuts) > 0 {
			t.Errorf("cuts of nothing: %v", cuts)
		}
	}
}

func FuzzCutter(f *testing.F) {
	f.Add([]byte("\x00\x80\xff\x7f"), uint16(3), true)
	f.Fuzz(func(t *testing.T, b []byte, seconds uint16, two bool) {
		channels := 1
		if two {
			channels = 2
		}
		if len(b) == 0 {
			b = []byte{0}
		}
		pcm := make([]int16, int(seconds%90)*16000+len(b))
		for i := range pcm { // stretches of noise and silence that b decides on
			if x := b[i/1600%len(b)]; x&1 != 0 {
				pcm[i] = int16(i*7919) >> (x >> 4)
			}
		}
		pcm = pcm[:len(pcm)/channels*channels]
		if len(pcm) > 0 {
			sound(t, cutAll(pcm, channels, 5000), len(pcm)/channels, channels)
		}
	})
}

func BenchmarkCutter(b *testing.B) {
	pcm := newScene().voice(60, -25, -60).quiet(30, -60).voice(60, -30, -60).pcm
	for b.Loop() {
		cutAll(pcm, 1, 8192)
	}
	b.ReportMetric(float64(b.N*len(pcm))/16000/b.Elapsed().Seconds(), "×real-time")
	b.ReportMetric(0, "ns/op")
}
