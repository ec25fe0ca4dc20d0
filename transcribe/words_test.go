package transcribe

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/afterword/afterword/models"
)

func TestAssemble(t *testing.T) {
	tests := []struct {
		name  string
		parts []string
		dense bool
		want  []string
	}{
		{"pieces join until a space", []string{" I", "'m", " fe", "eling", " fine", "."}, false, []string{"I'm", "feeling", "fine."}},
		{"a character over three tokens", []string{" caf", "\xc3", "\xa9", " \xf0\x9f", "\x98\x80"}, false, []string{"café", "😀"}},
		{"half a character at the end", []string{" so", "\xc3"}, false, []string{"so\uFFFD"}},
		{"a dash joins the word before", []string{" well", " -", " no"}, false, []string{"well -", "no"}},
		{"an opening mark joins the word after", []string{" -", " yes"}, false, []string{"- yes"}},
		{"quotes", []string{" he", " said", ",", " \"", "no", "\""}, false, []string{"he", "said,", "\"no\""}},
		{"commands of the engine", []string{"<|startoftranscript|>", " hi", "<|endoftext|>"}, false, []string{"hi"}},
		{"control characters and line ends", []string{" a\n", "\x00b", "\x1b[1m"}, false, []string{"a b [1m"}},
		{"no spaces between words", []string{"電", "球", "が", "、", "\xe6\xad", "\xa2"}, true, []string{"電", "球", "が、", "止"}},
		{"nothing", []string{" ", ""}, false, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var tokens []Token
			for i, p := range tt.parts {
				tokens = append(tokens, Token{Text: p, P: 0.5, Start: time.Duration(i) * time.Second, End: time.Duration(i+1) * time.Second})
			}
			var got []string
			for _, w := range assemble(tokens, tt.dense) {
				got = append(got, w.Text)
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestWordTimesLeaveOutPunctuation(t *testing.T) {
	ws := assemble([]Token{
		{Text: " home", P: 0.9, Start: 1 * time.Second, End: 2 * time.Second},
		{Text: ",", P: 0.1, Start: 2 * time.Second, End: 5 * time.Second},
		{Text: " \"", P: 0.1, Start: 5 * time.Second, End: 6 * time.Second},
		{Text: "no", P: 0.8, Start: 6 * time.Second, End: 7 * time.Second},
	}, false)
	want := []models.Word{
		{Text: "home,", Span: sec(1, 2), P: 0.9},
		{Text: "\"no", Span: sec(6, 7), P: 0.8},
	}
	for i, w := range ws {
		w.P = float32(int(w.P*100+0.5)) / 100
		if d := cmp.Diff(want[i], w.Word); d != "" {
			t.Error(d)
		}
	}
}

func TestSnap(t *testing.T) {
	at := func(text string, a, b float64) word { return word{Word: models.Word{Text: text, Span: sec(a, b)}} }
	tests := []struct {
		name   string
		ws     []word
		pauses []models.Span
		want   []models.Span
	}{
		{"the pause before a word is none of it", []word{at("well", 0, 0.28), at("yes", 0.28, 2.38)}, []models.Span{sec(0.3, 2)}, []models.Span{sec(0.02, 0.3), sec(2, 2.4)}},
		{"a word lasts until the pause", []word{at("crying", 0, 0.48)}, []models.Span{sec(0.6, 1)}, []models.Span{sec(0.02, 0.6)}},
		{"a word that the alignment put behind the pause", []word{at("carefully", 0, 1.04)}, []models.Span{sec(0.6, 1)}, []models.Span{sec(0.02, 0.6)}},
		{"a word without time shares with its neighbour", []word{at("country", 0, 0.78), at("can", 0.78, 0.78), at("do", 0.78, 0.98)}, nil, []models.Span{sec(0.02, 0.58), sec(0.58, 0.8), sec(0.8, 1)}},
		{"a word inside a pause goes back to the speech", []word{at("and", 0, 0.58), at("cry", 0.7, 0.7)}, []models.Span{sec(0.62, 2)}, []models.Span{sec(0.02, 0.32), sec(0.32, 0.62)}},
		{"the closure of a t is no pause", []word{at("outdoor", 0, 0.48)}, []models.Span{sec(0.2, 0.31)}, []models.Span{sec(0.02, 0.5)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			snap(tt.ws, tt.pauses)
			settle(tt.ws, time.Minute)
			for i, w := range tt.ws {
				if a, b := w.Span.Start-tt.want[i].Start, w.Span.End-tt.want[i].End; max(a, -a, b, -b) > 20*time.Millisecond {
					t.Errorf("%q at %v–%v, want %v–%v", w.Text, w.Span.Start, w.Span.End, tt.want[i].Start, tt.want[i].End)
				}
			}
		})
	}
}

// FuzzRead throws any bytes and times at all that stands between the engine's
// tokens and the segments.
func TestAlternativesAreOtherWords(t *testing.T) {
	got := alternatives("Aunt,", []string{"aunt", " ant.", "an't", "ANT", "", "--", "two words", "a\x80", "\"aren't\"", "art", "arm"})
	if d := cmp.Diff([]string{"ant", "an't", "aren't"}, got); d != "" {
		t.Error(d)
	}
	ws := assemble([]Token{{Text: " My"}, {Text: " Au", Others: []string{"ant"}}, {Text: "nt"}, {Text: "."}}, false)
	if d := cmp.Diff([]string{"ant"}, ws[1].Alternatives); d != "" || ws[1].Text != "Aunt." {
		t.Error(ws[1].Text, d)
	}
}

func TestPrompt(t *testing.T) {
	for _, tt := range []struct {
		name   string
		ranked []string
		want   string
	}{
		{"none", nil, ""},
		{"the likeliest stands last", []string{"Osei", "sertraline", "osei", " "}, "sertraline, Osei."},
		{"nothing that steers the engine", []string{"<|en|>", "a,b\nc"}, "a b c, en."},
		{"too many", append([]string{"first"}, slices.Repeat([]string{strings.Repeat("long ", 100)}, 3)...), "first."},
	} {
		if got := Prompt(tt.ranked); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestEchoOfAPrompt(t *testing.T) {
	const prompt = "Kilburn, sertraline, Dr. Osei, Anna."
	for said, want := range map[string]bool{
		"Kilburn, sertraline, Dr. Osei, Anna.":                   true,
		"sertraline, Dr. Osei, Anna, sertraline, Dr. Osei":       true,
		"Kilburn, sertraline":                                    false,
		"Dr. Osei gave me sertraline in Kilburn, said Anna.":     false,
		"Anna, Dr. Osei":                                         false,
		"I took sertraline, Dr. Osei, Anna and I went to bed so": false,
		"": false,
	} {
		var ws []word
		for _, f := range strings.Fields(said) {
			ws = append(ws, word{Word: models.Word{Text: f}})
		}
		if echo(ws, prompt) != want {
			t.Errorf("%q: want %v", said, want)
		}
	}
	if !echo([]word{{Word: models.Word{Text: "Osei,"}}, {Word: models.Word{Text: "Anna"}}}, "Osei, Anna.") || echo([]word{{Word: models.Word{Text: "Osei"}}}, "Osei.") {
		t.Error("a short list")
	}
}

func FuzzRead(f *testing.F) {
	f.Add(" I am\x00 so. So\xc3 what? Dr. X", int64(300), byte(1))
	f.Add(strings.Repeat(" la", 60), int64(-50), byte(7))
	f.Add("電球が、止まった。", int64(0), byte(2))
	pcm := sound(5*time.Second, sec(0.5, 2), sec(3, 4.5))
	f.Fuzz(func(t *testing.T, text string, step int64, cut byte) {
		var tokens []Token
		var at time.Duration
		for n := int(cut%9) + 1; len(text) > 0 && len(tokens) < 300; {
			k := min(n, len(text))
			end := at + time.Duration(step%5000)*time.Millisecond
			tokens = append(tokens, Token{Text: text[:k], P: float32(step), Start: at, End: end, Mark: step%97 == 96})
			text, at = text[k:], end
		}
		e := &script{answers: []Text{{Language: "en", Tokens: tokens}, {Language: "en", Tokens: tokens}, {Language: "ja", Tokens: tokens}}}
		w := Work{PCM: pcm, Start: time.Hour, Language: "en"}
		h, err := New(Config{Engine: e}).Chunk(t.Context(), w)
		segs := h.Segments
		if err != nil {
			t.Fatal(err)
		}
		checkTimes(t, w, segs)
		for _, s := range segs {
			if !utf8.ValidString(s.Text) || strings.TrimSpace(s.Text) != s.Text || s.Text == "" {
				t.Errorf("text %q", s.Text)
			}
		}
	})
}
