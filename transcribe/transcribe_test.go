package transcribe

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/afterword/afterword/models"
)

// script is an engine that answers as it was told and remembers what it was asked.
type script struct {
	answers []Text
	asked   []Options
	lengths []time.Duration
	during  func() // runs inside each decode
}

func (s *script) Decode(ctx context.Context, pcm []float32, o Options) (Text, error) {
	s.asked = append(s.asked, o)
	s.lengths = append(s.lengths, models.At(int64(len(pcm))))
	if s.during != nil {
		s.during()
	}
	if err := ctx.Err(); err != nil {
		return Text{}, err
	}
	if len(s.answers) == 0 {
		return Text{Language: o.Language, LanguageP: 1}, nil
	}
	t := s.answers[0]
	s.answers = s.answers[1:]
	return t, nil
}

// said is an answer of words that follow each other every 300 ms from start,
// each with probability p.
func said(start time.Duration, p float32, text string) Text {
	t := Text{Language: "en", LanguageP: 0.99}
	for i, w := range strings.Fields(text) {
		at := start + time.Duration(i)*300*time.Millisecond
		t.Tokens = append(t.Tokens, Token{Text: " " + w, P: p, Start: at, End: at + 300*time.Millisecond})
	}
	return t
}

// sound is a tone that is on during the spans, and faint hiss elsewhere.
func sound(length time.Duration, on ...models.Span) []float32 {
	out := make([]float32, models.Samples(length))
	x := uint32(1)
	for i := range out {
		x = x*1664525 + 1013904223
		out[i] = float32(int32(x)) / (1 << 31) * 0.0005
		at := models.At(int64(i))
		for _, s := range on {
			if at >= s.Start && at < s.End {
				out[i] += 0.2 * float32(math.Sin(float64(i)*0.08))
			}
		}
	}
	return out
}

func sec(a, b float64) models.Span {
	return models.Span{Start: time.Duration(a * float64(time.Second)), End: time.Duration(b * float64(time.Second))}
}

func texts(segs []models.Segment) []string {
	var out []string
	for _, s := range segs {
		out = append(out, s.Text)
	}
	return out
}

func TestChunk(t *testing.T) {
	loop := strings.Repeat("I am here ", 12)
	quiet := said(0, 0.2, "Thanks for watching!")
	quiet.NoSpeech = 0.9
	tests := []struct {
		name    string
		work    Work
		answers []Text
		want    []string
		doubts  []models.Doubt // of all segments together
		decodes int
	}{
		{"one decode, split at sentence ends", Work{PCM: sound(3*time.Second, sec(0, 3))}, []Text{said(0, 0.9, "I will call her. She said yes. Good.")}, []string{"I will call her.", "She said yes.", "Good."}, nil, 1},
		{"no sound", Work{}, nil, nil, nil, 0},
		{"10 ms", Work{PCM: sound(10 * time.Millisecond)}, nil, nil, nil, 0},
		{"not a number", Work{PCM: slices.Repeat([]float32{float32(math.NaN())}, 16000)}, nil, nil, nil, 0},
		{"digital silence is not sent to the engine", Work{PCM: make([]float32, 28*models.Rate)}, nil, nil, nil, 0},
		{"speech that was left out is decoded alone", Work{PCM: sound(12*time.Second, sec(0, 3), sec(5, 8))}, []Text{said(0, 0.9, "one two three four five six seven eight nine ten"), said(200*time.Millisecond, 0.9, "and so on and so forth it goes")}, []string{"one two three four five six seven eight nine ten", "and so on and so forth it goes"}, nil, 2},
		{"the tail of a word is not written twice", Work{PCM: sound(12*time.Second, sec(0, 7))}, []Text{said(0, 0.9, "God may bless you all and bless America."), said(600*time.Millisecond, 0.9, "America.")}, []string{"God may bless you all and bless America."}, nil, 2},
		{"speech without words marks what is beside it", Work{PCM: sound(12*time.Second, sec(0, 3), sec(4, 8))}, []Text{said(0, 0.9, "one two three four five six seven eight nine ten")}, []string{"one two three four five six seven eight nine ten"}, []models.Doubt{models.DoubtGap}, 2},
		{"a loop is tried again with chance", Work{PCM: sound(25*time.Second, sec(0, 2))}, []Text{said(0, 0.9, loop), said(0, 0.6, "we talked about my job today")}, []string{"we talked about my job today"}, nil, 2},
		{"a loop that stays is marked, not dropped", Work{PCM: sound(25*time.Second, sec(0, 11))}, []Text{said(0, 0.9, loop), said(0, 0.9, loop)}, nil, []models.Doubt{models.DoubtRepeat}, 2},
		{"a short context that loops gets the whole one", Work{PCM: sound(5*time.Second, sec(0, 3))}, []Text{said(0, 0.9, strings.Repeat("so ", 15)), said(0, 0.9, "I slept well and woke at six to walk")}, []string{"I slept well and woke at six to walk"}, nil, 2},
		{"people do say no four times", Work{PCM: sound(3*time.Second, sec(0, 1.3))}, []Text{said(0, 0.9, "no, no, no, no.")}, []string{"no, no, no, no."}, nil, 1},
		{"a guess is tried again and marked", Work{PCM: sound(25*time.Second, sec(0, 2))}, []Text{said(0, 0.1, "vix nor plith"), said(0, 0.05, "brack")}, []string{"vix nor plith"}, []models.Doubt{models.DoubtLowProb}, 2},
		{"boilerplate of silence is marked and tried once", Work{PCM: sound(4 * time.Second)}, []Text{quiet}, []string{"Thanks for watching!"}, []models.Doubt{models.DoubtLowProb, models.DoubtNoSpeech}, 1},
		{"text where no voice was heard", Work{PCM: sound(6*time.Second, sec(0, 6)), Start: time.Minute, Voiced: []models.Span{sec(63, 66)}}, []Text{said(0, 0.9, "you are welcome.")}, []string{"you are welcome."}, []models.Doubt{models.DoubtNoSpeech}, 2},
		{"what the engine calls a noise", Work{PCM: sound(2*time.Second, sec(0, 2))}, []Text{said(0, 0.9, "[door closes]")}, []string{"[door closes]"}, []models.Doubt{models.DoubtNoSpeech}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := &script{answers: tt.answers}
			h, err := New(Config{Engine: e}).Chunk(t.Context(), tt.work)
			segs := h.Segments
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, texts(segs)); d != "" && tt.want != nil {
				t.Error(d)
			}
			var doubts []models.Doubt
			for _, s := range segs {
				for _, d := range s.Suspect {
					if !slices.Contains(doubts, d) {
						doubts = append(doubts, d)
					}
				}
			}
			if d := cmp.Diff(tt.doubts, doubts); d != "" {
				t.Error(d)
			}
			if len(e.asked) != tt.decodes {
				t.Errorf("decoded %d times, want %d", len(e.asked), tt.decodes)
			}
			checkTimes(t, tt.work, segs)
		})
	}
}

// checkTimes fails unless spans increase, lie in the chunk and hold their words.
func checkTimes(t *testing.T, w Work, segs []models.Segment) {
	t.Helper()
	last, end := w.Start, w.Start+models.At(int64(len(w.PCM)))
	for i, s := range segs {
		if s.Index != i || len(s.Words) == 0 || s.Span.Start != s.Words[0].Span.Start || s.Span.End != s.Words[len(s.Words)-1].Span.End {
			t.Errorf("segment %d does not hold its words", i)
		}
		var b strings.Builder
		for _, x := range s.Words {
			if x.Span.Start < last || x.Span.End < x.Span.Start || x.Span.End > end {
				t.Errorf("word %d–%d ms after %d in a chunk to %d", x.Span.Start.Milliseconds(), x.Span.End.Milliseconds(), last.Milliseconds(), end.Milliseconds())
			}
			last = x.Span.End
			b.WriteString(x.Text)
		}
		if strings.ReplaceAll(s.Text, " ", "") != strings.ReplaceAll(b.String(), " ", "") {
			t.Error("a segment's text is not its words")
		}
	}
}

func TestChunkAsksForWhatItNeeds(t *testing.T) {
	e := &script{answers: []Text{said(0, 0.1, "vix nor plith"), said(0, 0.9, "much better words")}}
	w := Work{PCM: sound(5*time.Second, sec(0, 1)), Language: "en", Prompt: "Anna, sertraline"}
	if _, err := New(Config{Engine: e, Beam: 5}).Chunk(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	want := []Options{
		{Language: "en", Prompt: "Anna, sertraline", Beam: 5, AudioCtx: 768, Others: true},
		{Language: "en", Prompt: "Anna, sertraline", Beam: 5, AudioCtx: fullCtx, Others: true},
	}
	if d := cmp.Diff(want, e.asked); d != "" {
		t.Error(d)
	}
}

// A prompt that comes back is decoded once more without; where nothing is heard
// then, it is held back with its reason.
func TestChunkHoldsAnEchoBack(t *testing.T) {
	prompt := Prompt([]string{"Anna", "sertraline", "Kilburn"})
	echo := said(0, 0.9, "Kilburn, sertraline, Anna.")
	w := Work{PCM: sound(5*time.Second, sec(0, 3)), Language: "en", Prompt: prompt}
	for _, tt := range []struct {
		name    string
		answers []Text
		want    string
		held    models.Doubt
	}{
		{"speech", []Text{echo, said(0, 0.9, "much better words")}, "much better words", ""},
		{"none", []Text{echo, {Language: "en"}}, "Kilburn, sertraline, Anna.", models.DoubtEcho},
	} {
		e := &script{answers: tt.answers}
		h, err := New(Config{Engine: e}).Chunk(t.Context(), w)
		if err != nil || len(h.Segments) != 1 || h.Segments[0].Text != tt.want || h.Segments[0].Held() != tt.held {
			t.Errorf("%s: %+v, %v", tt.name, h.Segments, err)
		}
		if len(e.asked) < 2 || e.asked[0].Prompt != prompt || e.asked[1].Prompt != "" {
			t.Errorf("%s: asked %+v", tt.name, e.asked)
		}
	}
}

func TestChunkLanguage(t *testing.T) {
	silent := Text{Language: "cy", LanguageP: 0.9, NoSpeech: 0.9}
	unsure := said(0, 0.9, "ja")
	unsure.LanguageP = 0.3
	tests := []struct {
		name, told string
		answer     Text
		want       string
	}{
		{"heard", "", said(0, 0.9, "yes"), "en"},
		{"told", "de", Text{Language: "de", LanguageP: 1, NoSpeech: 0.9}, "de"},
		{"silence has none", "", silent, ""},
		{"too little to tell", "", unsure, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := Work{PCM: sound(time.Second, sec(0, 0.3)), Language: tt.told}
			h, err := New(Config{Engine: &script{answers: []Text{tt.answer}}}).Chunk(t.Context(), w)
			got := h.Language
			if err != nil || got != tt.want {
				t.Errorf("language %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

func TestChunkStopsWithContext(t *testing.T) {
	for _, at := range []int{0, 1, 2} { // before the first decode, in it, in the second
		ctx, cancel := context.WithCancel(t.Context())
		e := &script{answers: []Text{said(0, 0.9, "one two three four five six seven eight nine ten"), said(0, 0.9, "more")}}
		n := 0
		e.during = func() {
			if n++; n == at {
				cancel()
			}
		}
		if at == 0 {
			cancel()
		}
		h, err := New(Config{Engine: e}).Chunk(ctx, Work{PCM: sound(12*time.Second, sec(0, 3), sec(5, 8))})
		if !errors.Is(err, context.Canceled) || h.Segments != nil {
			t.Errorf("cancelled at decode %d: %d segments, error %v", at, len(h.Segments), err)
		}
		cancel()
	}
}

func TestChunkTooLong(t *testing.T) {
	_, err := New(Config{Engine: &script{}}).Chunk(t.Context(), Work{PCM: make([]float32, 29*models.Rate)})
	if models.CodeOf(err) != models.Invalid {
		t.Errorf("error %v, want Invalid", err)
	}
}

func TestClean(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	in := []float32{0.5, nan, inf, -inf, 3, -1}
	got := clean(in)
	if d := cmp.Diff([]float32{0.5, 0, 1, -1, 1, -1}, got); d != "" {
		t.Error(d)
	}
	if in[4] != 3 {
		t.Error("the caller's sound was changed")
	}
	if same := []float32{0, 1}; &clean(same)[0] != &same[0] {
		t.Error("good sound was copied")
	}
}
