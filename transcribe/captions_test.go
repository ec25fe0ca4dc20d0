package transcribe

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/afterword/afterword/models"
)

// speech is scripted sound: word number k swings between plus and minus
// loudnessOf(k), so that the engine below can tell what it hears.
type speech struct {
	texts []string
	long  []int // samples of each
	pcm   []float32
}

func loudnessOf(k int) float32 { return 0.1 + float32(k)/2000 }

func (s *speech) word(text string, d time.Duration) {
	v := loudnessOf(len(s.texts))
	n := int(models.Samples(d))
	for range n / 2 {
		s.pcm = append(s.pcm, v, -v)
	}
	s.texts, s.long = append(s.texts, text), append(s.long, n)
	s.quiet(50 * time.Millisecond)
}

func (s *speech) quiet(d time.Duration) { s.pcm = append(s.pcm, make([]float32, models.Samples(d))...) }

// scripted is an engine that hears such sound. A word that is not over in the
// window is written as another one.
type scripted struct {
	*speech
	decodes int
	most    int                 // samples of the longest window
	twist   func(t *Text)       // spoils answers
	before  func(pcm []float32) // each decode
}

func (e *scripted) Decode(ctx context.Context, pcm []float32, _ Options) (Text, error) {
	e.decodes++
	e.most = max(e.most, len(pcm))
	if e.before != nil {
		e.before(pcm)
	}
	t := Text{Language: "en", LanguageP: 1}
	for i := 0; i < len(pcm); {
		j := i
		for j < len(pcm) && pcm[i] != 0 && size(pcm[j]) == size(pcm[i]) {
			j++
		}
		if j == i {
			i++
			continue
		}
		k := int(math.Round(float64(size(pcm[i])-0.1) * 2000))
		if k < 0 || k >= len(e.texts) { // no word of ours
			i = j
			continue
		}
		text := e.texts[k]
		if j-i < e.long[k]*9/10 {
			text = fmt.Sprintf("half%d", j-i)
		}
		t.Tokens = append(t.Tokens, Token{Text: " " + text, P: 0.9, Start: models.At(int64(i)), End: models.At(int64(j))})
		i = j
	}
	if e.twist != nil {
		e.twist(&t)
	}
	return t, ctx.Err()
}

func size(v float32) float32 { return max(v, -v) }

// play hears all of the sound in pieces and returns the captions.
func play(t *testing.T, e engine, pcm []float32, piece time.Duration) []Caption {
	t.Helper()
	c := NewCaptions(e, "en")
	var out []Caption
	for p := range slices.Chunk(pcm, int(models.Samples(piece))) {
		said, ok, err := c.Hear(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			out = append(out, said)
		}
	}
	return out
}

func stableText(all []Caption) string {
	var b strings.Builder
	for _, c := range all {
		b.WriteString(c.Stable)
	}
	return strings.TrimSpace(b.String())
}

// talk is speech with pauses as people make them.
func talk(seed uint64, words int, pause int) *speech {
	r := rand.New(rand.NewPCG(seed, 1))
	s := &speech{}
	s.quiet(800 * time.Millisecond)
	for k := range words {
		s.word(fmt.Sprintf("w%d", k), time.Duration(120+r.IntN(500))*time.Millisecond)
		if pause > 0 && r.IntN(pause) == 0 {
			s.quiet(time.Duration(100+r.IntN(2500)) * time.Millisecond)
		}
	}
	s.quiet(2 * time.Second)
	return s
}

func TestCaptionsWriteEveryWordOnce(t *testing.T) {
	for _, tt := range []struct {
		name  string
		words int
		pause int // one word in so many is followed by a pause; 0: none
		piece time.Duration
	}{
		{"with pauses, looked at ten times a second", 150, 8, 100 * time.Millisecond},
		{"without a pause", 100, 0, 100 * time.Millisecond},
		{"by an engine that takes a second and a half", 150, 8, 1500 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for seed := range uint64(2) {
				s := talk(seed, tt.words, tt.pause)
				e := &scripted{speech: s}
				all := play(t, e, s.pcm, tt.piece)
				if got, want := stableText(all), strings.Join(s.texts, " "); got != want {
					t.Fatalf("seed %d: %s\nwant %s", seed, got, want)
				}
				if last := all[len(all)-1]; last.Draft != "" {
					t.Errorf("a draft is left after the end: %q", last.Draft)
				}
				if limit := int(models.Samples(captionMost + tt.piece + captionStep)); e.most > limit {
					t.Errorf("the engine was given %s", models.At(int64(e.most)))
				}
			}
		})
	}
}

func TestCaptionsComeSoonAndStay(t *testing.T) {
	s := talk(7, 120, 10)
	c := NewCaptions(&scripted{speech: s}, "en")
	const piece = 100 * time.Millisecond
	var at time.Duration
	var before []string
	shown, changed := 0, 0
	for p := range slices.Chunk(s.pcm, int(models.Samples(piece))) {
		at += piece
		said, ok, err := c.Hear(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			continue
		}
		if len(strings.TrimSpace(said.Stable+said.Draft)) > 0 && (said.Span.End > at || said.Span.Len() <= 0) {
			t.Errorf("at %s: words of %v", at, said.Span)
		}
		now := strings.Fields(said.Stable + said.Draft)
		for i, w := range before {
			if i >= len(now) || now[i] != w {
				changed++
			}
		}
		shown += max(0, len(now)-len(before))
		before = strings.Fields(said.Draft)
	}
	if shown < 120 || changed > shown/50 {
		t.Errorf("%d of %d shown words changed", changed, shown)
	}
}

func TestCaptionsDoNothingInSilence(t *testing.T) {
	hum := make([]float32, 60*models.Rate)
	for i := range hum {
		hum[i] = 0.01 * float32(math.Sin(float64(i)*2*math.Pi*100/models.Rate))
	}
	clicks := make([]float32, 60*models.Rate)
	for i := 5000; i < len(clicks); i += models.Rate {
		for j := range 300 {
			clicks[i+j] = float32(1 - 2*(j%2))
		}
	}
	for _, tt := range []struct {
		name string
		pcm  []float32
		most int // decodes
	}{
		{"digital silence", make([]float32, 60*models.Rate), 0},
		{"a hum, until it is known as such", hum, 8},
		{"clicks", clicks, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := &scripted{speech: &speech{}}
			if all := play(t, e, tt.pcm, 100*time.Millisecond); len(all) > 0 || e.decodes > tt.most {
				t.Errorf("%d decodes, captions %v", e.decodes, all)
			}
		})
	}
}

func TestCaptionsNeverTakeBackStableWords(t *testing.T) {
	s := talk(3, 60, 12)
	e := &scripted{speech: s}
	e.twist = func(x *Text) { // its answers waver at the end
		if n := len(x.Tokens); n > 0 && e.decodes%2 == 0 {
			x.Tokens[n-1].Text = " wavering"
		}
	}
	all := play(t, e, s.pcm, 100*time.Millisecond)
	words := strings.Fields(stableText(all))
	if len(words) != len(s.texts) {
		t.Fatalf("%d words of %d: %v", len(words), len(s.texts), words)
	}
	wrong := 0
	for i, w := range words {
		if w != s.texts[i] {
			wrong++
		}
	}
	if wrong > 6 {
		t.Errorf("%d words were taken from one answer alone: %v", wrong, words)
	}
}

func TestCaptionsLeaveOutWhatIsNoSpeech(t *testing.T) {
	s := talk(4, 20, 5)
	e := &scripted{speech: s}
	e.twist = func(x *Text) { x.Tokens = []Token{{Text: " (wind", P: 0.5}, {Text: " blowing)", P: 0.5}} }
	if all := play(t, e, s.pcm, 100*time.Millisecond); stableText(all) != "" || len(all) > 0 {
		t.Errorf("captions of wind: %v", all)
	}
}

func TestCaptionsStopWithTheContext(t *testing.T) {
	s := talk(5, 20, 5)
	ctx, cancel := context.WithCancel(t.Context())
	e := &scripted{speech: s, before: func([]float32) { cancel() }}
	if _, _, err := NewCaptions(e, "en").Hear(ctx, s.pcm); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestUnloop(t *testing.T) {
	at := func(ms int, texts ...string) (ws []word) {
		for _, x := range texts {
			var w word
			w.Text = x
			w.Span = models.Span{Start: time.Duration(len(ws)*ms) * time.Millisecond, End: time.Duration((len(ws)+1)*ms) * time.Millisecond}
			ws = append(ws, w)
		}
		return ws
	}
	squeezed := at(250, "Where", "is", "it?", "Where", "is", "it?")
	for i := 3; i < 6; i++ {
		squeezed[i].Span = models.Span{Start: 700 * time.Millisecond, End: 750 * time.Millisecond}
	}
	for _, tt := range []struct {
		name string
		ws   []word
		want int
	}{
		{"nothing", nil, 0},
		{"once", at(250, "where", "is", "it"), 3},
		{"a phrase again, in no time", squeezed, 3},
		{"a phrase again, spoken", at(250, "where", "is", "it", "where", "is", "it"), 6},
		{"one word again", at(200, "no", "no"), 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := unloop(tt.ws); len(got) != tt.want {
				t.Errorf("%d words are left, want %d", len(got), tt.want)
			}
		})
	}
}

func TestBehind(t *testing.T) {
	of := func(s string) (ws []word) {
		for _, f := range strings.Fields(s) {
			var w word
			w.Text = f
			ws = append(ws, w)
		}
		return ws
	}
	for _, tt := range []struct {
		stable, answer string
		want           int
	}{
		{"", "a b", 0},
		{"a b", "a b c", 2},
		{"A b,", "a b c", 2},
		{"a b", "a x c", 2},
		{"a b c", "b c d", 2},
		{"a b", "a new b c", 3},
		{"a b", "", 0},
	} {
		if got := behind(of(tt.stable), of(tt.answer)); got != tt.want {
			t.Errorf("%q in %q: %d, want %d", tt.stable, tt.answer, got, tt.want)
		}
	}
}
