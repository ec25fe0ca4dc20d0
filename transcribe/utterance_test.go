package transcribe

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/afterword/afterword/models"
)

// spoken makes words of 300 ms each; "/" is a pause of 0.8 s, "//" one of 2 s.
func spoken(text string) []word {
	var out []word
	var at time.Duration
	for _, f := range strings.Fields(text) {
		switch f {
		case "/":
			at += 800 * time.Millisecond
		case "//":
			at += 2 * time.Second
		default:
			out = append(out, word{Word: models.Word{Text: f, Span: models.Span{Start: at, End: at + 300*time.Millisecond}}})
			at += 300 * time.Millisecond
		}
	}
	return out
}

func TestUtterances(t *testing.T) {
	tests := []struct {
		name, in string
		want     []string
	}{
		{"nothing", "", nil},
		{"sentences", "I slept. Did you? Yes!", []string{"I slept.", "Did you?", "Yes!"}},
		{"a pause in mid-sentence", "I told her that / she was right", []string{"I told her that", "she was right"}},
		{"halting after so", "So / I went", []string{"So I went"}},
		{"a long silence", "So // I went", []string{"So", "I went"}},
		{"titles and initials", "I saw Dr. Brown and J. Smith. Then home.", []string{"I saw Dr. Brown and J. Smith.", "Then home."}},
		{"me at the end", "So do I. Really.", []string{"So do I.", "Really."}},
		{"a full stop in mid-sentence", "at 5 p.m. yesterday", []string{"at 5 p.m. yesterday"}},
		{"quotes after the end", "\"Stop.\" He left.", []string{"\"Stop.\"", "He left."}},
		{"other scripts", "元気です。 はい。", []string{"元気です。", "はい。"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, u := range utterances(spoken(tt.in)) {
				got = append(got, join(u))
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestUtterancesAreShort(t *testing.T) {
	long := strings.Repeat("and then I went on, ", 40)
	us := utterances(spoken(long))
	var back []string
	for _, u := range us {
		if s := span(u); s.Len() > longest || len(u) > most || len(u) < 3 {
			t.Errorf("an utterance of %d words, %s", len(u), s.Len())
		}
		back = append(back, join(u))
	}
	if strings.Join(back, " ") != strings.TrimSpace(long) {
		t.Error("words were lost or moved")
	}
}

func FuzzUtterances(f *testing.F) {
	f.Add("So / I went. Dr. X // … \" ) 元気です。")
	f.Add(strings.Repeat("a ", 500))
	f.Fuzz(func(t *testing.T, text string) {
		ws := spoken(text)
		n := 0
		for _, u := range utterances(ws) {
			if len(u) == 0 {
				t.Fatal("an empty utterance")
			}
			for _, w := range u {
				if w.Text != ws[n].Text || w.Span != ws[n].Span {
					t.Fatalf("word %d is another one", n)
				}
				n++
			}
		}
		if n != len(ws) {
			t.Fatalf("%d of %d words", n, len(ws))
		}
	})
}
