package extract

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/afterword/afterword/models"
)

// TestFeelingsOfDialogues: ways to show, deny and place a feeling, each beside
// what it is not.
func TestFeelingsOfDialogues(t *testing.T) {
	b, err := os.ReadFile("testdata/feelings.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range tableLines(string(b)) {
		turns, want, ok := strings.Cut(line, " => ")
		if !ok {
			t.Fatalf("no => in %q", line)
		}
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
	}
}
