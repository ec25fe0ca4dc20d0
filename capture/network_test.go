package capture

import (
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/afterword/afterword/models"
)

// detector is the network as the set-up fetched it.
func detector(t testing.TB) *Network {
	t.Helper()
	cache := os.Getenv("AFTERWORD_CACHE")
	if cache == "" {
		if dir, err := os.UserCacheDir(); err == nil {
			cache = filepath.Join(dir, "afterword", "build")
		}
	}
	for _, dir := range []string{os.Getenv("AFTERWORD_TEST_WEIGHTS"), filepath.Join(cache, "weights")} {
		n, err := LoadNetwork(filepath.Join(dir, "vad-silero6.bin"))
		if err == nil {
			return n
		}
		if models.CodeOf(err) == models.Unusable {
			t.Fatal(err)
		}
	}
	t.Skip("the voice activity detector is not here; 'go run ./cmd/build test' fetches it")
	return nil
}

// sentence is flite's voice: 0.3 s of silence, "I will call my sister.", 1.5 s of
// silence, "It helped."
func sentence(t testing.TB) []int16 {
	t.Helper()
	f, err := os.Open("../transcribe/whisper/testdata/sister.s16.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	pcm := make([]int16, len(b)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return pcm
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

func likelihoods(n *Network, pcm []int16) (out []float32) {
	l := n.newListener(newSpectrum())
	for at := 0; at+heardAtOnce <= len(pcm); at += heardAtOnce {
		out = append(out, l.hear(pcm, at))
	}
	return out
}

// speech.f32 holds what onnxruntime 1.32.0 made of the model's own ONNX file, which
// lies in the same package beside the weights: silero_vad.onnx, window after
// window, its state handed on; first for the sentence, then for the hum, half a
// second of silence and the sentence.
func TestNetworkEqualsTheReference(t *testing.T) {
	n := detector(t)
	b, err := os.ReadFile("testdata/speech.f32")
	if err != nil {
		t.Fatal(err)
	}
	said := sentence(t)
	got := append(likelihoods(n, said), likelihoods(n, slices.Concat(hummed(131, 1), make([]int16, 8000), said))...)
	if len(got) != len(b)/4 {
		t.Fatalf("%d windows, want %d", len(got), len(b)/4)
	}
	worst, speech := 0.0, 0
	for i, p := range got {
		want := math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		worst = max(worst, math.Abs(float64(p-want)))
		if p > 0.5 {
			speech++
		}
	}
	if !(worst < 2e-4) {
		t.Errorf("off by %g", worst)
	}
	if speech < len(got)/4 || speech > len(got)*3/4 {
		t.Errorf("speech in %d of %d windows: the sounds show too little", speech, len(got))
	}
	t.Logf("off by %.1g at most", worst)
}

func TestLoadNetworkRefuses(t *testing.T) {
	good := make([]byte, networkBytes)
	copy(good, networkMagic)
	if _, err := parseNetwork(good); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"nothing": nil, "cut short": good[:networkBytes-1], "too long": append(good, 0), "something else": make([]byte, networkBytes)} {
		if _, err := parseNetwork(b); models.CodeOf(err) != models.Unusable {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := LoadNetwork(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

func FuzzParseNetwork(f *testing.F) {
	f.Add([]byte(networkMagic))
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := parseNetwork(b); err == nil && len(b) != networkBytes {
			t.Fatal("a file of another size was taken")
		}
	})
}

// BenchmarkNetwork is one window of 32 ms.
func BenchmarkNetwork(b *testing.B) {
	l, pcm := detector(b).newListener(newSpectrum()), sentence(b)
	for b.Loop() {
		l.hear(pcm, 8000)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N), "µs/window")
	b.ReportMetric(100*b.Elapsed().Seconds()/float64(b.N)*models.Rate/heardAtOnce, "%-of-real-time")
}
