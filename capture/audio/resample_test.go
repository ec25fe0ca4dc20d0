package audio

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func sine(n int, freq, rate float64) []float32 {
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(math.Sin(2 * math.Pi * freq * float64(i) / rate))
	}
	return out
}

func convert(from, to, channels int, in []float32, portion int) []float32 {
	r := NewResampler(from, to, channels)
	var out []float32
	for part := range slices.Chunk(in, portion*channels) {
		out = r.Write(out, part)
	}
	return r.Flush(out)
}

// level is the RMS of the middle of x, in dB below a full-scale sine.
func level(x []float32) float64 {
	x = x[len(x)/4 : 3*len(x)/4]
	sum := 0.0
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	return 10 * math.Log10(2*sum/float64(len(x))+1e-20)
}

var rates = []int{8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 88200, 96000, 176400, 192000, 44099, 384000}

func TestNothingFoldsBack(t *testing.T) {
	worst := math.Inf(-1)
	for _, from := range rates {
		if from <= 16000 {
			continue
		}
		for f := 8000.0; f < float64(from)/2; f += float64(from) / 15 {
			l := level(convert(from, 16000, 1, sine(from/5, f, float64(from)), 5000))
			worst = max(worst, l)
			if l > -90 {
				t.Errorf("%d Hz to 16 kHz: a tone of %.0f Hz comes out at %.1f dB", from, f, l)
			}
		}
	}
	t.Logf("worst alias: %.1f dB", worst)
}

func TestTonesPassUnchanged(t *testing.T) {
	for _, from := range rates {
		for _, f := range []float64{100, 1000, 3400, 7000} {
			if f > 0.44*float64(from) {
				continue
			}
			in := sine(from/5, f, float64(from))
			out := convert(from, 16000, 1, in, 4096)
			want := sine(len(out), f, 16000)
			for i := range want {
				want[i] -= out[i]
			}
			if l := level(want); l > -70 {
				t.Errorf("%d Hz to 16 kHz: a tone of %.0f Hz differs by %.1f dB", from, f, l)
			}
		}
	}
}

func TestImagesAreGone(t *testing.T) {
	out := convert(8000, 48000, 1, sine(8000, 3000, 8000), 1000)
	want := sine(len(out), 3000, 48000)
	for i := range want {
		want[i] -= out[i]
	}
	if l := level(want); l > -80 {
		t.Errorf("8 to 48 kHz: %.1f dB beside the tone", l)
	}
}

func TestResampledLength(t *testing.T) {
	for _, from := range rates {
		for _, to := range []int{8000, 16000, 48000} {
			for _, n := range []int{0, 1, 7, 1234} {
				for _, portion := range []int{1, 999} {
					got := convert(from, to, 2, make([]float32, 2*n), portion)
					if want := n * to / from * 2; len(got) != want {
						t.Fatalf("%d samples from %d to %d Hz in portions of %d: %d come out, want %d", n, from, to, portion, len(got), want)
					}
				}
			}
		}
	}
}

func TestPortionsDoNotMatter(t *testing.T) {
	in := sine(20000, 777, 44100)
	want := convert(44100, 16000, 2, in, 10000)
	for _, portion := range []int{1, 3, 441, 4096} {
		if !slices.Equal(convert(44100, 16000, 2, in, portion), want) {
			t.Errorf("in portions of %d: other samples", portion)
		}
	}
}

func TestMix(t *testing.T) {
	const n, rate = 48000, 16000
	left := make([]float32, n)
	for i, x := range babble(n, rate) {
		left[i] = float32(x) / 32768
	}
	right := make([]float32, n)
	for i, x := range noise(n, 2000) {
		right[i] = float32(x) / 32768
	}
	scaled := func(x []float32, by float32) []float32 {
		out := slices.Clone(x)
		for i := range out {
			out[i] *= by
		}
		return out
	}
	mean := slices.Clone(left)
	for i := range mean {
		mean[i] = (left[i] + right[i]) / 2
	}
	tests := []struct {
		name     string
		channels [][]float32
		want     []float32
	}{
		{"the same on both sides", [][]float32{left, left}, left},
		{"different sides", [][]float32{left, right}, mean},
		{"wired the wrong way", [][]float32{left, scaled(left, -1)}, left},
		{"wired the wrong way, right louder", [][]float32{scaled(left, -0.5), left}, left},
		{"right side dead", [][]float32{left, make([]float32, n)}, left},
		{"left side dead but for dither", [][]float32{scaled(right, 1e-4), left}, left},
		{"four channels, one of them turned over", [][]float32{left, left, scaled(left, -0.9), left}, left},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ch := len(tt.channels)
			in := make([]float32, n*ch)
			for i := range n {
				for c := range ch {
					in[i*ch+c] = tt.channels[c][i]
				}
			}
			m := NewMixer(ch, 1, rate)
			var got []float32
			for part := range slices.Chunk(in, 3000*ch) {
				got = append(got, m.Mix(part)...)
			}
			diff := slices.Clone(tt.want)
			for i := range diff {
				diff[i] -= got[i]
			}
			if l := level(diff) - level(tt.want); l > -40 {
				t.Errorf("%.1f dB beside what it should be", l)
			}
		})
	}
}

func TestMixFollowsASideThatFallsSilent(t *testing.T) {
	const n, rate = 16000 * 6, 16000
	in := make([]float32, 2*n)
	voice := babble(n, rate)
	for i := range n {
		v := float32(voice[i]) / 32768
		in[2*i] = v
		if i < n/2 {
			in[2*i+1] = v
		}
	}
	got := NewMixer(2, 1, rate).Mix(slices.Clone(in))
	for _, at := range []int{n / 4, 7 * n / 8} {
		var a, b float64
		for i := at; i < at+4000; i++ {
			a += math.Abs(float64(got[i]))
			b += math.Abs(float64(in[2*i]))
		}
		if math.Abs(20*math.Log10(a/b)) > 0.5 {
			t.Errorf("at %d s: %.1f dB", at/rate, 20*math.Log10(a/b))
		}
	}
}

func BenchmarkResample(b *testing.B) {
	for _, from := range []int{8000, 44100, 48000, 192000} {
		b.Run(fmt.Sprint(from), func(b *testing.B) {
			in := sine(4*from, 440, float64(from))
			for b.Loop() {
				convert(from, 16000, 1, in, 4096)
			}
			realTime(b, 4)
		})
	}
}

func TestDotsAreTheSameEverywhere(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 9))
	for _, n := range []int{0, 8, 24, 256} {
		for rows := range 11 {
			w, x, out := make([]float32, n*rows), make([]float32, n), make([]float32, rows)
			for i := range w {
				w[i] = float32(r.NormFloat64())
			}
			for i := range x {
				x[i] = float32(r.NormFloat64())
			}
			Dots(w, x, out)
			for k, got := range out {
				if want := dotGo(w[k*n:(k+1)*n], x); got != want {
					t.Fatalf("row %d of %d, %d long: %v, in plain Go %v", k, rows, n, got, want)
				}
			}
		}
	}
}

func TestDotIsTheSameEverywhere(t *testing.T) {
	a, b := sine(512, 1234, 16000), sine(512, 777, 16000)
	for n := 0; n <= 512; n += 8 {
		for _, off := range []int{0, 1, 3} {
			x, y := a[off:max(off, n-8+off)], b[2*off:]
			x = x[:len(x)&^7]
			if got, want := dot(x, y[:len(x)]), dotGo(x, y[:len(x)]); got != want {
				t.Fatalf("%d values: %v, want %v", len(x), got, want)
			}
		}
	}
}
