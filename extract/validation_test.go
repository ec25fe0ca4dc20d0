package extract

import (
	"fmt"
	"testing"

	"github.com/afterword/afterword/models"
)

// floor is a figure that may not fall, in percent, on the sets under
// testdata. Raise it when the rules get better; read the misses (-v) before
// lowering it.
type floor struct {
	name  string
	got   float64
	least float64
}

func (f floor) check(t *testing.T) {
	t.Helper()
	t.Logf("%-28s %6.1f", f.name, f.got)
	if f.got < f.least-0.05 {
		t.Errorf("%s fell to %.1f %%, was at least %.1f %%", f.name, f.got, f.least)
	}
}

// ceilings are shares of traps: what may not rise. They are checked as floors
// of what was avoided.
func avoided(r ratio) float64 { return 100 - r.percent() }

func TestSessionsOfValidation(t *testing.T) {
	var sc score
	for _, g := range readSessions(t, "testdata/validation/sessions") {
		sc.session(g, extractAll(t, g.Transcript))
	}
	for _, f := range []floor{
		{"actions F1", sc.actions.percent(), 95.5},
		{"action traps avoided", avoided(sc.traps), 99},
		{"status", sc.status.percent(), 97},
		{"due dates", sc.due.percent(), 91.2},
		{"recurrence", sc.recurrence.percent(), 96.7},
		{"emotions F1", sc.emotions.percent(), 84.2},
		{"emotion families F1", sc.families.percent(), 85.5},
		{"emotion traps avoided", avoided(sc.emotionTraps), 94.4},
		{"themes recall at 5", sc.themes.percent(), 83},
		{"quotes verbatim", sc.verbatim.percent(), 100},
	} {
		f.check(t)
	}
	if sc.noEvidence > 0 {
		t.Errorf("%d items without evidence", sc.noEvidence)
	}
}

func TestActionPairsOfValidation(t *testing.T) {
	var sc pairScore
	for _, p := range readLines[goldPair](t, "testdata/validation/pairs/actions.jsonl") {
		tr, _ := p.transcript()
		if !sc.action(p, extractAll(t, tr)) {
			t.Logf("miss: %s %q after %q, want %s %s %s", p.ID, p.Text, p.Before, p.Label, p.Due, p.Recurrence)
		}
	}
	for _, f := range []floor{
		{"accuracy", sc.accuracy.percent(), 97},
		{"false positives avoided", avoided(sc.falsePositives), 98},
		{"dates", sc.dates.percent(), 96},
	} {
		f.check(t)
	}
}

func TestEmotionPairsOfValidation(t *testing.T) {
	var sc pairScore
	for _, p := range readLines[goldPair](t, "testdata/validation/pairs/emotions.jsonl") {
		tr, last := p.transcript()
		if !sc.emotion(p, last, extractAll(t, tr)) {
			t.Logf("miss: %s %q after %q, want %s", p.ID, p.Text, p.Before, p.Label)
		}
	}
	for _, f := range []floor{
		{"emotions F1", sc.emotions.percent(), 93.6},
		{"traps avoided", avoided(sc.traps), 99.5},
	} {
		f.check(t)
	}
}

// TestDatesOfValidation reads each phrase as the client's own plan, on two
// session days.
func TestDatesOfValidation(t *testing.T) {
	type row struct {
		Text       string
		Date, Due  models.Date
		Recurrence string
	}
	var right ratio
	for _, r := range readLines[row](t, "testdata/validation/dates.jsonl") {
		u := readSegment(models.Segment{Text: r.Text}, true)
		cal := calendar{today: r.Date.Time()}
		l := &ledger{talk: []utterance{u}, cal: cal}
		l.read(func() bool { return false })
		var got when
		if len(l.entries) > 0 {
			got = l.entries[0].when
		}
		ok := got.due == r.Due && got.recurrence == r.Recurrence
		right.add(ok)
		if !ok {
			t.Logf("miss: %s on %s: got %s %s, want %s %s", r.Text, r.Date, got.due, got.recurrence, r.Due, r.Recurrence)
		}
	}
	floor{fmt.Sprintf("dates (%d phrases)", right.of), right.percent(), 99.5}.check(t)
}
