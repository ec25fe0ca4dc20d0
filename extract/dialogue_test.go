package extract

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/afterword/afterword/models"
)

// TestDialogues: ways of putting, taking and refusing a plan, and of saying
// when, in dialogues made up for each.
func TestDialogues(t *testing.T) {
	b, err := os.ReadFile("testdata/dialogues.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range tableLines(string(b)) {
		day, rest, _ := strings.Cut(line, " | ")
		turns, want, ok := strings.Cut(rest, " => ")
		if !ok {
			t.Fatalf("no => in %q", line)
		}
		var got []string
		for _, a := range ofKind(extractAll(t, say(models.Date(day), strings.Split(turns, " / ")...)), models.KindAction) {
			got = append(got, fmt.Sprintf("%s/%s %q %s %s", a.Status, a.Owner, a.Text, a.Due, a.Recurrence))
		}
		found := strings.Join(got, "; ")
		if want == "-" && found != "" || want != "-" && !strings.Contains(found, want) {
			t.Errorf("%s: got %s, want %s", turns, found, want)
		}
	}
}
