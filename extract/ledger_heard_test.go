package extract

import (
	"math"
	"strings"
	"testing"

	"github.com/afterword/afterword/models"
)

// dialogueOf is a session of turns that begin with T or C.
func dialogueOf(lines string) models.Transcript {
	t := models.Transcript{ID: "talk", Date: "2026-03-04"} // a Wednesday
	for l := range strings.Lines(strings.TrimSpace(lines)) {
		who, text, _ := strings.Cut(strings.TrimSpace(l), " ")
		t.Segments = append(t.Segments, models.Segment{
			Seq: len(t.Segments), Text: text, Speaker: map[string]models.Speaker{"T": models.Therapist, "C": models.Client}[who],
		})
	}
	return t
}

const before = `
T Come in. How was the week?
C Long. It rained, and the roof at the back let it in again.
T You sound worn out by it.
C I was. I sat on the stairs on Monday and listened to it drip.
T And what did you do then?
C I put a pot under it. That was all I had in me.
T That was something.
C It was a pot.
`

func TestPlansThatNoRuleHears(t *testing.T) {
	for _, tt := range []struct{ name, talk, text, due, recurrence string }{
		{
			"a day, where nothing was put in words that a rule knows",
			"T So the roofer. Where does that stand?\nC His number's on the fridge. Friday, then, before work.\nT Friday, before work. Good.",
			"“Where does that stand?” – “Friday, then, before work.”", "2026-03-06", "",
		},
		{"a rhythm", "T What about the stairs, how often would that be, a cup of tea there?\nC Every evening, then. At nine.\nT Every evening at nine.", "Every evening", "", "daily"},
		{"what was said before it is a word", "T So the roofer, and the stairs. Which is it?\nC Both.\nT And? By when? So?\nC The roofer by Friday, then, before work.\nT Friday.", "“By when?” – “The roofer by Friday, then, before work.”", "2026-03-06", ""},
		{"what they always do", "T And the stairs?\nC I sit there most days. My mother did, too.\nT Your mother did.", "", "", ""},
		{"what was", "T And the roofer?\nC He came on Friday, and he was gone before work.\nT He came.", "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var found []models.Item
			for _, it := range extractAll(t, dialogueOf(before+tt.talk)).List {
				if it.Kind == models.KindAction && isClient(it.Status) && it.Owner == "client" {
					found = append(found, it)
				}
			}
			if tt.text == "" {
				if len(found) > 0 {
					t.Errorf("found %q", found[0].Text)
				}
				return
			}
			if len(found) != 1 || !strings.HasPrefix(found[0].Text, tt.text) || string(found[0].Due) != tt.due || found[0].Recurrence != tt.recurrence {
				t.Errorf("found %+v", found)
			}
		})
	}
}

func TestCluesAreEachOnce(t *testing.T) {
	never := func() bool { return false }
	tr := dialogueOf(before)
	l := New(Config{}).ledger(tr, readTranscript(tr, never).talk)
	l.read(never)
	seen := map[string]bool{}
	for _, c := range l.clues.turn(3) {
		if seen[c] {
			t.Errorf("%q is there twice", c)
		}
		seen[c] = true
	}
	for _, c := range []string{"said: <weekday>", "said: ^ i was", "before: <more than 3 words>", "2 before: roof", "after: what did", "no answer, a time to nothing put"} {
		if !seen[c] {
			t.Errorf("%q is not among %v", c, l.clues.turn(3))
		}
	}
}

func TestLearntCommitment(t *testing.T) {
	ts := []judged{
		{clues: []string{"said: then"}, yes: true},
		{clues: []string{"said: then", "said: the"}, yes: true},
		{clues: []string{"said: was", "said: the"}, yes: false},
		{clues: []string{"said: was"}, yes: false},
		{clues: []string{"said: then", "said: once"}, yes: true},
		{clues: []string{"said: was", "said: the"}, yes: false},
	}
	var many []judged
	for range 20 {
		many = append(many, ts...)
	}
	c, _ := learnOdds(many, thrift{keep: 3}, nil)
	if c["said: then"] <= 0 && c["said: was"] >= 0 || c["said: the"] != 0 && c["said: then"] == 0 {
		t.Errorf("learnt %v", c)
	}
	if p := c.likely([]string{"said: then"}); p < 0.8 {
		t.Errorf("what was always taken on is so with probability %.2f", p)
	}
	if ap := averagePrecision(ts, func(t judged) float64 { return c.of(t.clues) }); ap != 1 {
		t.Errorf("average precision %.2f", ap)
	}
}

// Of a choice, what is learnt is which one is taken: a day that is named twice may be the
// plan's in both places, and beside others a clue that all of them have tells nothing.
func TestLearntChoice(t *testing.T) {
	var ts []judged
	for n := range 60 {
		choice := len(ts) + 1
		for k, clue := range []string{"then", "shut", "shut", "when"} {
			ts = append(ts, judged{clues: []string{"weekday", clue}, yes: k == 0 || k == 3 && n%2 == 0, choice: choice})
		}
	}
	o, _ := learnOdds(ts, thrift{keep: 1, calm: 6}, nil)
	if o["then"] < 1 || o["shut"] > -1 || o["when"] > o["then"] || o["when"] < o["shut"] {
		t.Errorf("learnt %v", o)
	}
	cs := choicesOf(ts)
	if cs.over[0] != 0.2-0.5 || cs.over[1] != 0.2 || cs.over[4] != 0.2-1 || cs.count([]int{0, 1, 4}) != 2 {
		t.Errorf("before anything is learnt, %v are too likely", cs.over[:8])
	}
}

// What words mean is learnt beside the clues: turns with no clue at all are told
// apart by where their vectors point.
func TestLearntFromMeaning(t *testing.T) {
	var ts []judged
	for n := range 60 {
		v := make([]float64, dims)
		v[0], v[1+n%5] = float64(n%2)-0.5, 0.5
		ts = append(ts, judged{clues: []string{"said: it"}, yes: n%2 == 1, vector: v})
	}
	_, leans := learnOdds(ts, thrift{keep: 0.3, calm: 3}, newSenses(ts, 0.06))
	if leans[0] < 3 || max(math.Abs(leans[1]), math.Abs(leans[2])) > leans[0]/4 {
		t.Errorf("it leans by %.2f where it tells them apart, and elsewhere by %.2f and %.2f", leans[0], leans[1], leans[2])
	}
}
