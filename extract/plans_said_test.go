package extract

import (
	"strings"
	"testing"

	"github.com/afterword/afterword/models"
)

// clientPlans are what was found that the client is to do.
func clientPlans(t *testing.T, day models.Date, turns ...string) []models.Item {
	t.Helper()
	var out []models.Item
	for _, a := range ofKind(extractAll(t, say(day, turns...)), models.KindAction) {
		if isClient(a.Status) && a.Owner == "client" {
			out = append(out, a)
		}
	}
	return out
}

func TestPlansWithoutWill(t *testing.T) {
	tests := []struct{ said, text string }{
		{"Right, that's it, I'm booking a taxi.", "book a taxi"},
		{"That does it. I'm changing my number.", "change"},
		{"I'm cancelling nothing. I'm selling the piano, whatever my brother's wife thinks.", ""},
		{"I'm selling the piano, whatever he thinks.", "sell the piano"},
		{"I've decided. I'm seeing a lawyer.", "see a lawyer"},
		{"No screens after ten, that's my new rule.", "no screens after ten"},
		{"Writing to the council, that's what I'm going to do.", "write to the council"},
		{"I pour it down the sink. That's what I'll do.", "pour it down the sink"},
		{"Put me down for the allotment.", "put you down for the allotment"},
		{"I've put my name down for the rota.", "put your name down"},
		{"I've every intention of asking him.", "ask him"},
		{"I ought to phone the school, and I will.", "phone the school"},
		{"I'm going to keep the dog.", "keep the dog"},
		{"Okay, I'll ring.", "ring"},
		// none of these is one
		{"I'm working from home, whatever they say.", ""},
		{"I'm getting worse, and that's that.", ""},
		{"I'm going to keep quiet.", ""},
		{"I'll level with you, I've been drinking.", ""},
		{"My plan's none of his business.", ""},
		{"That's what I'm doing wrong.", ""},
		{"Is that what I'm going to do?", ""},
		{"I won't look good in it.", ""},
	}
	for _, tt := range tests {
		acts := clientPlans(t, "2026-03-05", "C "+tt.said)
		switch {
		case tt.text == "" && len(acts) > 0:
			t.Errorf("%q became %q", tt.said, acts[0].Text)
		case tt.text != "" && (len(acts) != 1 || !strings.Contains(strings.ToLower(acts[0].Text), tt.text)):
			t.Errorf("%q became %+v, want %q", tt.said, acts, tt.text)
		}
	}
}
