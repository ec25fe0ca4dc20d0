//go:build cgo && whisper

package whisper

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/transcribe"
)

// What sister.s16.gz holds: 0.3 s of silence, a sentence, 1.5 s of silence, a
// short sentence. Rendered by flite, 16 kHz mono.
const clipText = "i will call my sister it helped"

func clip(t testing.TB) []float32 {
	t.Helper()
	f, err := os.Open("testdata/sister.s16.gz")
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
	return samples(b)
}

// tiny loads the smallest English weights once for all tests.
var tiny = sync.OnceValues(func() (*Model, error) {
	return Load(filepath.Join(os.Getenv("AFTERWORD_WEIGHTS"), "ggml-tiny.en.bin"), Options{})
})

func state(t testing.TB) *State {
	t.Helper()
	if _, err := os.Stat(filepath.Join(os.Getenv("AFTERWORD_WEIGHTS"), "ggml-tiny.en.bin")); err != nil {
		t.Skip("no weights: set AFTERWORD_WEIGHTS to a folder with ggml-tiny.en.bin; 'go run ./cmd/build test' does")
	}
	m, err := tiny()
	if err != nil {
		t.Fatal(err)
	}
	s, err := m.NewState()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func plain(segs []models.Segment) string {
	var w []string
	for _, s := range segs {
		for _, f := range strings.Fields(strings.ToLower(s.Text)) {
			w = append(w, strings.Trim(f, ".,!?"))
		}
	}
	return strings.Join(w, " ")
}

func TestClipIsWrittenDown(t *testing.T) {
	tr := transcribe.New(transcribe.Config{Engine: state(t)})
	h, err := tr.Chunk(t.Context(), transcribe.Work{PCM: clip(t), Start: time.Minute})
	lang, segs := h.Language, h.Segments
	if err != nil {
		t.Fatal(err)
	}
	if lang != "en" || plain(segs) != clipText {
		t.Errorf("%s: %q, want %q", lang, plain(segs), clipText)
	}
	if len(segs) != 2 {
		t.Fatalf("%d segments, want the two sentences", len(segs))
	}
	// Where the renderer put the sentences.
	const ms = time.Millisecond
	for i, want := range []models.Span{{Start: 517 * ms, End: 1943 * ms}, {Start: 3790 * ms, End: 4406 * ms}} {
		got := segs[i].Span
		a, b := got.Start-time.Minute-want.Start, got.End-time.Minute-want.End
		if a.Abs() > 150*ms || b.Abs() > 150*ms {
			t.Errorf("segment %d is off by %v and %v", i, a, b)
		}
	}
	for _, s := range segs {
		if len(s.Suspect) != 0 {
			t.Errorf("clear speech is suspect: %v", s.Suspect)
		}
		for _, w := range s.Words {
			if w.P <= 0 || w.P > 1 || w.Span.Len() <= 0 {
				t.Errorf("a word of %v with probability %v", w.Span.Len(), w.P)
			}
		}
	}
}

func TestStatesDecodeInParallel(t *testing.T) {
	pcm := clip(t)
	var wg sync.WaitGroup
	for range 2 {
		s := state(t)
		wg.Go(func() {
			tr := transcribe.New(transcribe.Config{Engine: s})
			h, err := tr.Chunk(t.Context(), transcribe.Work{PCM: pcm})
			segs := h.Segments
			if err != nil || plain(segs) != clipText {
				t.Errorf("%q, %v", plain(segs), err)
			}
		})
	}
	wg.Wait()
}

func TestCancelReturnsAtOnceAndTheStateGoesOn(t *testing.T) {
	s := state(t)
	pcm := clip(t)
	long := append(append([]float32{}, pcm...), make([]float32, 20*models.Rate)...)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := s.Decode(ctx, long, transcribe.Options{})
	if d := time.Since(began); !errors.Is(err, context.DeadlineExceeded) || d > time.Second {
		t.Errorf("returned after %v with %v", d, err)
	}
	h, err := transcribe.New(transcribe.Config{Engine: s}).Chunk(t.Context(), transcribe.Work{PCM: pcm})
	segs := h.Segments
	if err != nil || plain(segs) != clipText {
		t.Errorf("after that: %q, %v", plain(segs), err)
	}
}

func TestOddSound(t *testing.T) {
	s := state(t)
	full := make([]float32, 2*models.Rate)
	for i := range full {
		full[i] = float32(1 - 2*(i/7%2))
	}
	tests := []struct {
		name string
		pcm  []float32
	}{
		{"none", nil},
		{"10 ms", make([]float32, 160)},
		{"not a number", []float32{float32(math.NaN()), float32(math.Inf(1))}},
		{"silence", make([]float32, models.Rate)},
		{"not a number, for a second", slices.Repeat([]float32{float32(math.NaN())}, models.Rate)},
		{"beyond full scale, both ways", slices.Repeat([]float32{1e30, float32(math.Inf(-1))}, models.Rate/2)},
		{"an offset", slices.Repeat([]float32{0.5}, 2*models.Rate)},
		{"full-scale noise", loudNoise(2 * models.Rate)},
		{"full scale", full},
		{"28 s of silence", make([]float32, 28*models.Rate)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, err := transcribe.New(transcribe.Config{Engine: s}).Chunk(t.Context(), transcribe.Work{PCM: tt.pcm})
			segs := h.Segments
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range segs {
				if len(g.Suspect) == 0 {
					t.Errorf("%d bytes of text pass for speech", len(g.Text))
				}
			}
		})
	}
	if _, err := s.Decode(t.Context(), make([]float32, 31*models.Rate), transcribe.Options{}); models.CodeOf(err) != models.Invalid {
		t.Errorf("31 s: error %v, want Invalid", err)
	}
}

// Where noise makes words hard to hear, the engine says what else they may be, and
// the text is the same as without that question.
func TestUnsureWordsHaveOthers(t *testing.T) {
	s := state(t)
	pcm := clip(t)
	noise := rand.New(rand.NewPCG(1, 2))
	for i := range pcm {
		pcm[i] += 0.1 * float32(noise.NormFloat64())
	}
	var texts [2]string
	var others []string
	for i, o := range []transcribe.Options{{}, {Others: true}} {
		got, err := s.Decode(t.Context(), pcm, o)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range got.Tokens {
			texts[i] += k.Text
			others = append(others, k.Others...)
			if slices.Contains(k.Others, strings.TrimSpace(k.Text)) || i == 0 && k.Others != nil {
				t.Errorf("%q has the others %q", k.Text, k.Others)
			}
		}
	}
	if texts[0] != texts[1] || len(others) == 0 {
		t.Errorf("%q became %q with %q", texts[0], texts[1], others)
	}
	h, err := transcribe.New(transcribe.Config{Engine: s}).Chunk(t.Context(), transcribe.Work{PCM: pcm})
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range h.Segments {
		for _, w := range g.Words {
			if w.P >= models.Unsure && w.Alternatives != nil {
				t.Errorf("%q, which is sure (%.2f), has %q", w.Text, w.P, w.Alternatives)
			}
		}
		if g.NoSpeech <= 0 || g.NoSpeech > 1 || g.LogP >= 0 {
			t.Errorf("no speech %v, log-probability %v", g.NoSpeech, g.LogP)
		}
	}
}

// spoken is a sentence rendered by flite, 16 kHz mono.
func spoken(t *testing.T, say string) []float32 {
	t.Helper()
	file := filepath.Join(t.TempDir(), "say.wav")
	if _, err := exec.LookPath("flite"); err != nil {
		t.Skip("flite is not installed")
	}
	if out, err := exec.Command("flite", "-voice", "slt", "-t", say, file).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	b, err := os.ReadFile(file)
	if err != nil || len(b) < 44 {
		t.Fatal(err)
	}
	return samples(b[44:])
}

func samples(b []byte) []float32 {
	pcm := make([]float32, len(b)/2)
	for i := range pcm {
		pcm[i] = float32(int16(binary.LittleEndian.Uint16(b[2*i:]))) / 32768
	}
	return pcm
}

// A rare word comes right by the vocabulary alone, and where nobody speaks the
// vocabulary gives no words.
func TestVocabulary(t *testing.T) {
	tr := transcribe.New(transcribe.Config{Engine: state(t)})
	prompt := transcribe.Prompt([]string{"Osei", "sertraline", "Kilburn", "Nwosu", "mirtazapine"})
	hear := func(pcm []float32, prompt string) (said string) {
		h, err := tr.Chunk(t.Context(), transcribe.Work{PCM: pcm, Prompt: prompt})
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range h.Segments {
			if !g.HeldBack() {
				said += " " + strings.ToLower(g.Text)
			}
		}
		return said
	}
	pcm := spoken(t, "She put me on sertraline last week.")
	if without, with := hear(pcm, ""), hear(pcm, prompt); strings.Contains(without, "sertraline") || !strings.Contains(with, "sertraline") {
		t.Errorf("without the vocabulary %q, with it %q", without, with)
	}
	noise := make([]float32, 6*models.Rate)
	r := rand.New(rand.NewPCG(3, 4))
	for i := range noise {
		noise[i] = 0.01 * float32(r.NormFloat64())
	}
	for name, pcm := range map[string][]float32{"silence": make([]float32, 6*models.Rate), "noise": noise} {
		if said := hear(pcm, prompt); said != "" {
			t.Errorf("%s: %q", name, said)
		}
	}
}

// A language that was told for one chunk is none for the next.
func TestLanguageSwitch(t *testing.T) {
	m, err := Load(filepath.Join(os.Getenv("AFTERWORD_WEIGHTS"), "ggml-base-q8_0.bin"), Options{})
	if err != nil {
		t.Skip("no weights of many languages: ", err)
	}
	defer m.Close()
	s, err := m.NewState()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	tr := transcribe.New(transcribe.Config{Engine: s})
	for _, told := range []string{"fr", ""} {
		h, err := tr.Chunk(t.Context(), transcribe.Work{PCM: clip(t), Language: told})
		if err != nil {
			t.Fatal(err)
		}
		if want := cmp.Or(told, "en"); h.Language != want || told == "" && plain(h.Segments) != clipText {
			t.Errorf("told %q: %s, %q", told, h.Language, plain(h.Segments))
		}
	}
	if _, err := s.Decode(t.Context(), clip(t), transcribe.Options{Language: "tlh"}); models.CodeOf(err) != models.Invalid {
		t.Errorf("a language that there is not: %v", err)
	}
}

func TestPromptOfAnyLength(t *testing.T) {
	s := state(t)
	for _, p := range []string{"Sister\x00Anna", strings.Repeat("sertraline 😀 ", 200)} {
		if _, err := s.Decode(t.Context(), clip(t), transcribe.Options{Prompt: p}); err != nil {
			t.Errorf("prompt of %d bytes: %v", len(p), err)
		}
	}
}

func loudNoise(n int) []float32 {
	r := rand.New(rand.NewPCG(5, 6))
	out := make([]float32, n)
	for i := range out {
		out[i] = 2*r.Float32() - 1
	}
	return out
}

// A number that is none in the middle of speech costs no word.
func TestSpeechWithNumbersThatAreNone(t *testing.T) {
	pcm := clip(t)
	for i := models.Rate * 5 / 2; i < models.Rate*5/2+100; i++ { // in the pause
		pcm[i] = float32(math.NaN())
	}
	h, err := transcribe.New(transcribe.Config{Engine: state(t)}).Chunk(t.Context(), transcribe.Work{PCM: pcm})
	if err != nil || plain(h.Segments) != clipText {
		t.Errorf("%q, %v", plain(h.Segments), err)
	}
}

// Tensors that are not of the shape that the header tells are refused, not read.
func TestLoadRefusesAnotherShape(t *testing.T) {
	real, err := os.ReadFile(filepath.Join(os.Getenv("AFTERWORD_WEIGHTS"), "ggml-tiny.en.bin"))
	if err != nil {
		t.Skip("no weights: ", err)
	}
	var h header
	if err := binary.Read(bytes.NewReader(real), binary.LittleEndian, &h); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*header){
		"wider":        func(h *header) { h.AudioState, h.TextState, h.AudioHead, h.TextHead = 512, 512, 8, 8 },
		"fewer layers": func(h *header) { h.TextLayer = 2 },
		"more layers":  func(h *header) { h.AudioLayer = 6 },
		"more bands":   func(h *header) { h.Mels = 128 },
	} {
		wrong := h
		change(&wrong)
		path := filepath.Join(t.TempDir(), "wrong.bin")
		if err := os.WriteFile(path, append(write(wrong), real[48:]...), 0o600); err != nil {
			t.Fatal(err)
		}
		m, err := Load(path, Options{})
		if m != nil || models.CodeOf(err) != models.NoModel {
			t.Errorf("%s: %v, want NoModel", name, err)
		}
		os.Remove(path)
	}
}

func TestLoadRefusesWhatIsNoModel(t *testing.T) {
	dir := t.TempDir()
	file := func(name string, b []byte) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	for _, p := range []string{
		filepath.Join(dir, "missing.bin"),
		file("empty.bin", nil),
		file("text.bin", []byte(strings.Repeat("no model ", 20))),
		file("cut.bin", write(base())),
	} {
		m, err := Load(p, Options{})
		if m != nil || models.CodeOf(err) != models.NoModel {
			t.Errorf("%s: %v, want NoModel", filepath.Base(p), err)
		}
	}
}

// BenchmarkDecode prints the real-time factor of one state, one thread, on a
// full chunk.
func BenchmarkDecode(b *testing.B) {
	s := state(b)
	var pcm []float32
	for one := clip(b); len(pcm)+len(one) <= 28*models.Rate; {
		pcm = append(pcm, one...)
	}
	tr := transcribe.New(transcribe.Config{Engine: s})
	for b.Loop() {
		if _, err := tr.Chunk(b.Context(), transcribe.Work{PCM: pcm, Language: "en"}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/(float64(len(pcm))/models.Rate), "RTF")
}
