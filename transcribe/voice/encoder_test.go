package voice

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/afterword/afterword/models"
)

// loaded is the encoder as the set-up fetched it.
func loaded(t testing.TB) *Encoder {
	t.Helper()
	cache := os.Getenv("AFTERWORD_CACHE")
	if cache == "" {
		if dir, err := os.UserCacheDir(); err == nil {
			cache = filepath.Join(dir, "afterword", "build")
		}
	}
	for _, dir := range []string{os.Getenv("AFTERWORD_TEST_WEIGHTS"), filepath.Join(cache, "weights")} {
		if e, err := Load(filepath.Join(dir, "voice-ge2e.bin")); err == nil {
			return e
		}
	}
	t.Skip("the speaker encoder is not here; 'go run ./cmd/build test' fetches it")
	return nil
}

// hummed is two seconds of a pulse through a resonance, in integers alone, so
// that another program makes the very same.
func hummed(period int, seed int64) []int16 {
	out := make([]int16, 32000)
	var a, b int64
	for i := range out {
		seed = (seed*1103515245 + 12345) & 0x7fffffff
		x := (seed>>16)%401 - 200
		if i%period == 0 {
			x += 6000
		}
		y := max(-30000, min(30000, x+29*a>>4-15*b>>4))
		b, a = a, y
		out[i] = int16(y)
	}
	return out
}

// reference.f32 was computed in float64 by a program of its own, with another
// reader of the wheel, numpy's Fourier transform and no batches.
func TestEmbeddingsEqualTheReference(t *testing.T) {
	e := loaded(t)
	b, err := os.ReadFile("testdata/reference.f32")
	if err != nil {
		t.Fatal(err)
	}
	m := newMelter(e.filters)
	var ws [][]frame
	for _, f := range [][]frame{m.frames(hummed(131, 1), 1), m.frames(hummed(74, 2), 1)} {
		ws = append(ws, f[:160], f[30:190], f[50:110])
	}
	fast, columns := fastest()
	for _, way := range []struct {
		name  string
		step  stepFunc
		first int // window; plain Go takes 100 s for all of them under the race detector
	}{{"the fastest", fast, 0}, {"plain Go", cellGo, len(ws) - 1}} {
		e.step, e.columns = way.step, columns
		got, err := e.embed(t.Context(), ws[way.first:], 1, 1)
		if err != nil {
			t.Fatal(err)
		}
		for n, g := range got {
			i, worst := way.first+n, 0.0
			for k, v := range g {
				want := math.Float32frombits(binary.LittleEndian.Uint32(b[4*(i*cells+k):]))
				worst = max(worst, math.Abs(float64(v-want)))
			}
			if worst > 2e-5 {
				t.Errorf("%s, window %d: off by %g", way.name, i, worst)
			}
		}
	}
}

// A window says the same whether it is heard alone or on the track of a longer
// one.
func TestTracks(t *testing.T) {
	e := loaded(t)
	f := newMelter(e.filters).frames(hummed(131, 1), 1)
	ws := [][]frame{f[20:80], f[:160], f[20:180], nil, f[20:100], f[:160]}
	got, err := e.embed(t.Context(), ws, 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(tracksOf(ws, make([]Embedding, len(ws)))); n != 2 {
		t.Errorf("%d tracks, want 2", n)
	}
	for i, w := range ws {
		alone, err := e.embed(t.Context(), [][]frame{w}, 1, 1)
		if err != nil {
			t.Fatal(err)
		}
		if got[i] != alone[0] || (got[i] == Embedding{}) != (w == nil) {
			t.Errorf("window %d is another on its track", i)
		}
	}
}

// The assembler does what the plain loop does, whatever the numbers.
func TestStepsAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	fast, n := fastest()
	draw := func(n int, size float64) []float32 {
		out := make([]float32, n)
		for i := range out {
			out[i] = float32(r.NormFloat64() * size)
		}
		return out
	}
	for _, k := range []int{1, 7, 296, 512} {
		for _, size := range []float64{0.05, 3, 1e6} {
			w, x, c := draw(4*k, size), draw(k*n, 1), draw(n, 1)
			bias := [4]float32(draw(4, size))
			h, c2, h2 := make([]float32, n), append([]float32(nil), c...), make([]float32, n)
			fast(w, x, k, &bias, c, h)
			cellGo(w, x, k, &bias, c2, h2)
			for j := range c {
				if d := max(math.Abs(float64(c[j]-c2[j])), math.Abs(float64(h[j]-h2[j]))); !(d < 1e-4) && size < 10 || math.IsNaN(float64(h[j])) {
					t.Fatalf("%d inputs, column %d: %g and %g", k, j, c[j], c2[j])
				}
			}
		}
	}
	for x := -12.0; x < 12; x += 0.01 {
		if d := math.Abs(float64(tanh(float32(x))) - math.Tanh(x)); d > 5e-7 {
			t.Fatalf("tanh %g is off by %g", x, d)
		}
	}
}

func TestFFT(t *testing.T) {
	var x, y [fftSize]complex64
	r := rand.New(rand.NewPCG(3, 4))
	for i := range x {
		x[i] = complex(float32(r.NormFloat64()), float32(r.NormFloat64()))
	}
	in := x
	fft(&x, &y)
	for k := range fftSize {
		var want complex128
		for i, v := range in {
			want += complex128(v) * cmplx.Rect(1, -2*math.Pi*float64(i*k%fftSize)/fftSize)
		}
		if cmplx.Abs(complex128(x[k])-want) > 1e-4 {
			t.Fatalf("value %d is %v, want %v", k, x[k], want)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	good := make([]byte, fileBytes)
	copy(good, magic)
	for i, v := range []uint32{Bands, cells, layers, cells} {
		binary.LittleEndian.PutUint32(good[8+4*i:], v)
	}
	if _, err := parse(good); err != nil {
		t.Fatal(err)
	}
	wrong := append([]byte(nil), good...)
	wrong[8] = 80
	for name, b := range map[string][]byte{"nothing": nil, "cut short": good[:fileBytes-1], "too long": append(good, 0), "another shape": wrong} {
		if _, err := parse(b); models.CodeOf(err) != models.Unusable {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := parse(b); err == nil && len(b) != fileBytes {
			t.Fatal("a file of another size was taken")
		}
	})
}

func TestEmbedStopsWithContext(t *testing.T) {
	e := loaded(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := e.embed(ctx, make([][]frame, 500), 1, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// BenchmarkWindow is one window of 1.6 s; an hour of speech has about 9 000,
// and as many half as long.
func BenchmarkWindow(b *testing.B) {
	e := loaded(b)
	ws := make([][]frame, e.columns)
	for i := range ws {
		ws[i] = make([]frame, Window)
	}
	for b.Loop() {
		if _, err := e.embed(b.Context(), ws, 1, 1); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*len(ws)), "µs/window")
}
