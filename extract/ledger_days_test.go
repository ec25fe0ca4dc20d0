package extract

import (
	"slices"
	"testing"

	"github.com/afterword/afterword/models"
)

// planWith is a plan in the third turn of a talk, with what is said around it.
func planWith(t *testing.T, said string) (*ledger, *entry) {
	t.Helper()
	never := func() bool { return false }
	tr := dialogueOf("T How was the road?\nC Grand.\n" + said)
	l := New(Config{}).ledger(tr, readTranscript(tr, never).talk)
	e := l.add(&entry{status: models.Committed, settled: true, words: proof{3, 0, len(l.talk[3].toks)}})
	e.prove(3, 0, len(l.talk[3].toks))
	return l, e
}

func TestTimesNearAPlan(t *testing.T) {
	l, e := planWith(t, "T And Len?\nC I'll ring Len. They shut on Friday.\nT When?\nC Saturday, then.\nT Good.\nC And Sunday we're at my mother's.")
	o := l.add(&entry{status: models.Committed, settled: true, when: when{due: "2026-03-06"}})
	o.prove(3, 5, 9)
	ts := l.timesNear(e, l.agreedPlans())
	if len(ts) != 2 || ts[0].due != "2026-03-06" || ts[1].due != "2026-03-07" {
		t.Fatalf("found %+v, want Friday and, two turns later, Saturday", ts)
	}
	for _, want := range []string{"client, at", "the first", "another plan has it", "another plan in the sentence", "the plan has none, day, client, at", "of 2"} {
		if !slices.Contains(ts[0].clues, want) {
			t.Errorf("%q is not among %v", want, ts[0].clues)
		}
	}
	for _, want := range []string{"client, 2 after", "the last", "answers a question", "the whole turn", "client: then"} {
		if !slices.Contains(ts[1].clues, want) {
			t.Errorf("%q is not among %v", want, ts[1].clues)
		}
	}
}

func TestDaysSettledLater(t *testing.T) {
	for _, tt := range []struct {
		name, said string
		due        models.Date
	}{
		{"two turns later", "T And Len?\nC I'll ring Len myself.\nT When will you do it?\nC Friday, then. First thing.\nT Good.\nC Aye.\nT And how are the nights?\nC Better.", "2026-03-06"},
		{"what was", "T And Len?\nC I'll ring Len myself.\nT You rang him before, I think.\nC I rang him last Friday, and he was out.\nT Good.\nC Aye.\nT And how are the nights?\nC Better.", ""},
		{"others' days", "T And Len?\nC I'll ring Len myself.\nT How is he?\nC He's been off since he was sacked on Friday.\nT Good.\nC Aye.\nT And how are the nights?\nC Better.", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l, e := planWith(t, tt.said)
			l.settleTimes()
			if e.when.due != tt.due {
				t.Errorf("due %q, want %q", e.when.due, tt.due)
			}
		})
	}
}

func TestSameTime(t *testing.T) {
	day, rhythm := when{due: "2026-03-06"}, when{recurrence: "daily"}
	if !day.same(day) || !rhythm.same(rhythm) || day.same(rhythm) || (when{}).same(when{}) {
		t.Error("two times are the same where they name one day, or one rhythm")
	}
}
