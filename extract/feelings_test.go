package extract

import (
	"slices"
	"strings"
	"testing"

	"github.com/afterword/afterword/models"
)

// TestFeelingsOfDialogues: ways to show, deny and place a feeling, each beside
// what it is not.
func TestFeelingsOfDialogues(t *testing.T) {
	madeUp(t, "testdata/feelings.txt", func(turns, want string) {
		said := strings.Split(turns, " / ")
		var got []string
		for _, it := range ofKind(extractAll(t, say("2026-03-05", said...)), models.KindEmotion) {
			if slices.Contains(segments(it), len(said)-1) {
				got = append(got, it.Label)
			}
		}
		if found := strings.Join(got, ", "); found != strings.TrimPrefix(want, "-") {
			t.Errorf("%s: got %q, want %q", turns, found, want)
		}
	})
}
