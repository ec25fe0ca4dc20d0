package voice

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/afterword/afterword/models"
)

const ms = time.Millisecond

// spoken is a segment of words of 300 ms each with 50 ms between them; "/" is
// half a second more.
func spoken(start time.Duration, text string) models.Segment {
	s := models.Segment{Text: strings.Join(strings.Fields(strings.ReplaceAll(text, "/", "")), " ")}
	at := start
	for w := range strings.FieldsSeq(text) {
		if w == "/" {
			at += 500 * ms
			continue
		}
		s.Words = append(s.Words, models.Word{Text: w, Span: models.Span{Start: at, End: at + 300*ms}})
		at += 350 * ms
	}
	s.Span = models.Span{Start: start, End: s.Words[len(s.Words)-1].Span.End}
	return s
}

// voiced is a timeline with a window every 100 ms in which the second voice
// has the probability that p tells.
func voiced(length time.Duration, p func(at time.Duration) float64) timeline {
	t := timeline{}
	t.means = make([]Embedding, 2)
	for at := time.Duration(0); at < length; at += 100 * ms {
		from := int(at/(10*ms)) - 40
		t.ws = append(t.ws, window{from, from + 80, 0})
		q := p(at)
		t.post = append(t.post, []float64{1 - q, q})
	}
	return t
}

func from(start time.Duration) func(time.Duration) float64 {
	return func(at time.Duration) float64 {
		if at >= start {
			return 0.98
		}
		return 0.02
	}
}

func TestCut(t *testing.T) {
	tests := []struct {
		name, text string
		voice      func(time.Duration) float64
		want       []string
	}{
		{"one voice", "I told her that she was right", from(time.Hour), []string{"0 I told her that she was right"}},
		{"the other voice", "I told her", from(0), []string{"1 I told her"}},
		{"a change at the end of a sentence", "How are you? Fine, thank you.", from(1040 * ms), []string{"0 How are you?", "1 Fine, thank you."}},
		{"a change at a pause", "and then / you said", from(1200 * ms), []string{"0 and then", "1 you said"}},
		{"a word of doubt inside a clause", "I told her that she was right", func(at time.Duration) float64 {
			if at > 1050*ms && at < 1400*ms {
				return 0.9
			}
			return 0.1
		}, []string{"0 I told her that she was right"}},
		{"nobody knows", "I told her", func(time.Duration) float64 { return 0.45 }, []string{"-1 I told her"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := spoken(0, tt.text)
			var got []string
			for _, p := range voiced(5*time.Second, tt.voice).cut(s) {
				got = append(got, strings.Join([]string{map[int]string{-1: "-1", 0: "0", 1: "1"}[p.voice], p.Text}, " "))
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestCutLeavesAlone(t *testing.T) {
	tl := voiced(5*time.Second, from(700*ms))
	edited := spoken(0, "one two three four")
	edited.Edited = true
	other := spoken(0, "one two three four")
	other.Text = "1 2 3 4"
	held := spoken(0, "one two three four")
	held.Suspect = []models.Doubt{models.DoubtNoSpeech}
	for name, s := range map[string]models.Segment{"edited": edited, "words that are not the text's": other, "held back": held} {
		got := tl.cut(s)
		if len(got) != 1 || got[0].Text != s.Text {
			t.Errorf("%s: %d pieces", name, len(got))
		}
	}
	if got := tl.cut(held); got[0].voice != -1 {
		t.Error("what is held back has a voice")
	}
}

// Whatever the words and the voices: no word is lost, doubled or moved.
func FuzzCut(f *testing.F) {
	f.Add("How are you? / Fine, thank you.", uint64(1))
	f.Add("元気 です。", uint64(2))
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		if len(strings.Fields(strings.ReplaceAll(text, "/", " "))) == 0 || len(text) > 2000 {
			return
		}
		r := rand.New(rand.NewPCG(seed, 1))
		s := spoken(0, text+" end")
		var words []models.Word
		var back []string
		for _, p := range voiced(2*time.Second+s.Span.End, func(time.Duration) float64 { return r.Float64() }).cut(s) {
			if p.Span.Start < s.Span.Start || p.Span.End > s.Span.End || p.Span.End < p.Span.Start {
				t.Fatalf("a piece lies at %v", p.Span)
			}
			words = append(words, p.Words...)
			back = append(back, p.Text)
		}
		if d := cmp.Diff(s.Words, words); d != "" {
			t.Fatal(d)
		}
		if got := strings.Join(strings.Fields(strings.Join(back, " ")), " "); got != strings.Join(strings.Fields(s.Text), " ") {
			t.Fatalf("text %q became %q", s.Text, got)
		}
	})
}

// Two humming voices by turns, each four times two seconds.
func TestTellApart(t *testing.T) {
	e := loaded(t)
	a, b := hummed(131, 1), hummed(74, 2)
	var pcm []int16
	var in []models.Segment
	var want []models.Speaker
	for i := range 8 {
		at := models.At(int64(len(pcm)))
		in = append(in, spoken(at, "one two three four five."))
		if i%2 == 0 {
			pcm = append(pcm, a...)
			want = append(want, "S1")
		} else {
			pcm = append(pcm, b...)
			want = append(want, "S2")
		}
		pcm = append(pcm, make([]int16, 8000)...)
	}
	sound := func(_ context.Context, s models.Span) ([]int16, error) {
		n := int64(len(pcm))
		return pcm[min(models.Samples(s.Start), n):min(models.Samples(s.End), n)], nil
	}
	v, err := e.TellApart(t.Context(), in, Hearing{Sound: sound, Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	var got []models.Speaker
	for _, s := range v.Segments {
		got = append(got, s.Speaker)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	one, err := e.Print(t.Context(), []models.Span{in[1].Span}, Hearing{Sound: sound})
	if err != nil || len(v.Prints) != 2 || one.Dot(&v.Prints[1]) < one.Dot(&v.Prints[0])+0.2 {
		t.Errorf("a voice is not known again: %v", err)
	}
	if v, err := e.TellApart(t.Context(), nil, Hearing{Sound: sound}); err != nil || len(v.Segments)+len(v.Prints) > 0 {
		t.Errorf("of nothing: %v, %v", v, err)
	}
	if _, err := e.Print(t.Context(), nil, Hearing{Sound: sound}); models.CodeOf(err) != models.NotFound {
		t.Errorf("a print of nothing: %v", err)
	}
}

// Speech without a pause, however long: only a minute of sound is asked for at
// once, and every window is heard.
func TestLongSpeechIsHeardInStretches(t *testing.T) {
	if testing.Short() {
		t.Skip("it hears four minutes")
	}
	e := loaded(t)
	const length = 4 * time.Minute
	var longest, heard time.Duration
	tone := hummed(131, 1)
	sound := func(_ context.Context, s models.Span) ([]int16, error) {
		longest, heard = max(longest, s.Len()), max(heard, s.End)
		out := make([]int16, models.Samples(s.Len()))
		for i := range out {
			out[i] = tone[i%len(tone)]
		}
		return out, nil
	}
	last, all := 0, 0
	h := Hearing{Sound: sound, Threads: 2, Progress: func(done, total int) { last, all = done, total }}
	if _, err := e.Print(t.Context(), []models.Span{{End: length}}, h); err != nil {
		t.Fatal(err)
	}
	if longest > 62*time.Second || heard < length {
		t.Errorf("%v at once, up to %v", longest, heard)
	}
	if last != all || all < int(length/(400*time.Millisecond)) {
		t.Errorf("%d of %d windows", last, all)
	}
}
