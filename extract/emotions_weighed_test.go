package extract

import (
	"slices"
	"strings"
	"testing"

	"github.com/afterword/afterword/models"
)

// TestFeelingsAreWeighed: what the rules find is kept, dropped or added to by the
// words around it.
func TestFeelingsAreWeighed(t *testing.T) {
	never := func() bool { return false }
	for _, tt := range []struct {
		name, said    string
		ruled, weighs []string
	}{
		{"kept", "C I'm so angry with him I can't sleep.", []string{"anger"}, []string{"anger"}},
		{"dropped: a courtesy", "C Sorry, sorry, I'm late again, the trains are terrible, I ran from the station.", []string{"guilt"}, nil},
		{"nothing", "C We went to the shop for milk.", nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tr := say("2026-03-05", strings.Split(tt.said, "\n")...)
			l := New(Config{}).ledger(tr, readTranscript(tr, never).talk)
			names := func(fs []feeling) (out []string) {
				for _, f := range fs {
					out = append(out, f.emotion)
				}
				return out
			}
			fs, refused := readFeelings(l.talk, never)
			if got := names(fs); !slices.Equal(got, tt.ruled) {
				t.Errorf("the rules find %q, want %q", got, tt.ruled)
			}
			if got := names(weighFeelings(l.clues, fs, refused, never)); !slices.Equal(got, tt.weighs) {
				t.Errorf("weighed: %q, want %q", got, tt.weighs)
			}
		})
	}
}

// What no rule found is noted with the sentence that speaks most for it.
func TestAddedFeelingsHaveTheirSentence(t *testing.T) {
	never := func() bool { return false }
	tr := say("2026-03-05", "C We had the boiler man in. I love her, I love her to bits, I'd do anything for her. He was late.")
	l := New(Config{}).ledger(tr, readTranscript(tr, never).talk)
	for _, f := range weighFeelings(l.clues, nil, nil, never) {
		s := l.talk[0].sentences[1]
		if f.emotion == "love" && f.from == s.from && f.to == s.to && !f.said {
			return
		}
	}
	t.Errorf("love was not found in the second sentence: %+v", weighFeelings(l.clues, nil, nil, never))
}

func TestPullsAreOfKnownEmotions(t *testing.T) {
	for clue, ps := range learntPulls() {
		for _, p := range ps {
			if p.emotion < 0 || p.emotion >= len(models.Emotions) || p.odds == 0 {
				t.Fatalf("%q pulls %+v", clue, p)
			}
		}
	}
	if len(learntPulls()[always]) != len(models.Emotions) {
		t.Error("not every emotion has its constant")
	}
}
