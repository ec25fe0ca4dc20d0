package extract

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/afterword/afterword/models"
)

const dialogues = "testdata/dialogues.txt"

// TestDialogues: ways of putting, taking and refusing a plan, and of saying
// when, in dialogues made up for each.
func TestDialogues(t *testing.T) {
	madeUp(t, dialogues, func(said, want string) {
		var got []string
		for _, a := range ofKind(extractAll(t, madeUpTalk(said)), models.KindAction) {
			got = append(got, fmt.Sprintf("%s/%s %q %s %s", a.Status, a.Owner, a.Text, a.Due, a.Recurrence))
		}
		found := strings.Join(got, "; ")
		if want == "-" && found != "" || want != "-" && !strings.Contains(found, want) {
			t.Errorf("%s: got %s, want %s", said, found, want)
		}
	})
}

// madeUpTalk is a dialogue as it stands in such a line.
func madeUpTalk(said string) models.Transcript {
	day, turns, _ := strings.Cut(said, " | ")
	return say(models.Date(day), strings.Split(turns, " / ")...)
}

// madeUp calls check with what is said and what is to be found in each line of a file
// of dialogues.
func madeUp(t *testing.T, path string, check func(said, want string)) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range tableLines(string(b)) {
		said, want, ok := strings.Cut(line, " => ")
		if !ok {
			t.Fatalf("no => in %q", line)
		}
		check(said, want)
	}
}
