package extract

import (
	"strings"
	"testing"
)

// ruledFeelings are those that the rules find in a turn, before they are weighed; -1 is all turns.
func ruledFeelings(said []string, turn int) []string {
	never := func() bool { return false }
	talk := readTranscript(say("2026-03-05", said...), never).talk
	var out []string
	fs, _ := readFeelings(talk, never)
	for _, f := range fs {
		if turn < 0 || f.utterance == turn {
			out = append(out, f.emotion)
		}
	}
	return out
}

// TestFeelingsOfDialogues: ways to show, deny and place a feeling, each beside
// what it is not.
func TestFeelingsOfDialogues(t *testing.T) {
	madeUp(t, "testdata/feelings.txt", func(turns, want string) {
		said := strings.Split(turns, " / ")
		got := ruledFeelings(said, len(said)-1)
		if found := strings.Join(got, ", "); found != strings.TrimPrefix(want, "-") {
			t.Errorf("%s: got %q, want %q", turns, found, want)
		}
	})
}
