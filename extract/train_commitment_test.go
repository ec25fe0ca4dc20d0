package extract

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/afterword/afterword/extract/corpus"
	"github.com/afterword/afterword/models"
)

// TestTrainCommitment learns from which clues a turn of the client takes something
// on, and writes the table: a part of what `go run ./cmd/build train` does. The
// same corpus and the same rules give the same bytes. It prints how well turns
// are told apart on the sides that it does not learn from.
func TestTrainCommitment(t *testing.T) {
	if os.Getenv("AFTERWORD_TRAIN_WORDS") == "" {
		t.Skip("run by 'go run ./cmd/build train'")
	}
	turns := map[corpus.Side]planLessons{}
	learnable(t, func(side corpus.Side, g goldSession) {
		if turns[side] == nil {
			turns[side] = planLessons{}
		}
		turns[side].add(g)
	})
	pairs, err := corpus.ActionPairs()
	if err != nil {
		t.Fatal(err)
	}
	learn := func(side corpus.Side, p goldPair) {
		tr, _ := p.transcript()
		turns[side].few(tr, isClient(p.status()))
	}
	for _, p := range pairs {
		learn(p.Side(), goldOf(p))
	}
	for _, p := range readLines[goldPair](t, "testdata/validation/pairs/actions.jsonl") {
		learn(corpus.Train, p)
	}
	madeUp(t, dialogues, func(said, want string) {
		turns[corpus.Train].few(madeUpTalk(said), want != "-" && !slices.ContainsFunc(notTaken, func(st models.ActionStatus) bool { return strings.HasPrefix(want, string(st)) }))
	})
	names, learnt := []string{"takes", "anew", "timed", "few"}, map[string]odds{}
	thrifts := map[string]thrift{"takes": {least: 3, keep: 1, calm: 9}, "anew": {least: 3, keep: 1, calm: 9}, "timed": {least: 3, keep: 1, calm: 6}, "few": {least: 3, keep: 0.3, calm: 3}}
	for _, what := range names {
		learnt[what], _ = learnOdds(turns[corpus.Train][what], thrifts[what], nil)
	}
	table := oddsTable("How much each clue speaks for each thing that commitment.go names.", trainingDigest(t), names, learnt)
	if err := os.WriteFile("lexicon/commitment.tsv", table, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, side := range corpus.Unread {
		fmt.Printf("average precision on the %s side:", side)
		for _, what := range names {
			fmt.Printf(" %s %.3f", what, averagePrecision(turns[side][what], func(t judged) float64 { return learnt[what].of(t.clues) }))
		}
		fmt.Println()
	}
}

// notTaken are the statuses of what the client does not take on.
var notTaken = []models.ActionStatus{models.Suggested, models.Hypothetical, models.Declined, models.DoneAlready, models.ByTherapist}

// planLessons are what is learnt from, by what is judged (commitment).
type planLessons map[string][]judged

func (c planLessons) add(g goldSession) {
	taken := map[int]map[int]bool{} // segment → actions
	for n, a := range g.Gold.Actions {
		for _, k := range a.Segments {
			if isClient(a.Status) && a.Owner == "client" {
				if taken[k] == nil {
					taken[k] = map[int]bool{}
				}
				taken[k][n] = true
			}
		}
	}
	never := func() bool { return false }
	l := New(Config{}).ledger(g.Transcript, readTranscript(g.Transcript, never).talk)
	l.read(never)
	c.times(l, g)
	for i := range l.talk {
		u := &l.talk[i]
		if !u.client {
			continue
		}
		now := taken[u.seq]
		c["takes"] = append(c["takes"], judged{clues: l.clues.turn(i), yes: len(now) > 0})
		if i < 2 || l.talk[i-1].client || len(now) == 0 {
			continue
		}
		if before := taken[l.talk[i-2].seq]; l.talk[i-2].client && len(before) > 0 {
			same := false
			for n := range now {
				same = same || before[n]
			}
			c["anew"] = append(c["anew"], judged{clues: l.clues.next(i-2, i), yes: !same})
		}
	}
}

// few learns from a single utterance, after the one before it.
func (c planLessons) few(tr models.Transcript, yes bool) {
	l := New(Config{}).ledger(tr, readTranscript(tr, func() bool { return false }).talk)
	if last := len(l.talk) - 1; last >= 0 && last < fewMost {
		c["few"] = append(c["few"], judged{clues: l.clues.few(last), yes: yes})
	}
}

// times learns from the plans that a reader found: where the rules found one at the same place, from
// theirs, else as it would be heard there.
func (c planLessons) times(l *ledger, g goldSession) {
	all := l.agreedPlans()
	found := make([]models.Item, len(all))
	for n, e := range all {
		for _, p := range e.proofs {
			found[n].Evidence = append(found[n].Evidence, models.Evidence{Segment: l.talk[p.utterance].seq})
		}
	}
	var noted []goldAction
	for _, a := range g.Gold.Actions {
		if isClient(a.Status) && a.Owner == "client" {
			noted = append(noted, a)
		}
	}
	of := map[*entry]goldAction{}
	for _, pair := range pairUp(found, noted) {
		of[all[pair[0]]] = noted[pair[1]]
		noted[pair[1]].Segments = nil
	}
	for _, a := range noted {
		var turns []int
		for i := range l.talk {
			if l.talk[i].client && slices.Contains(a.Segments, l.talk[i].seq) {
				turns = append(turns, i)
			}
		}
		if before := len(l.entries); len(turns) > 0 {
			if l.heard(turns, true); len(l.entries) > before {
				of[l.entries[before]] = a
			}
		}
	}
	all = l.agreedPlans()
	for _, e := range all {
		a, ok := of[e]
		if !ok {
			continue
		}
		choice := len(c["timed"]) + 1
		for _, t := range l.timesNear(e, all) {
			c["timed"] = append(c["timed"], judged{clues: t.clues, yes: t.same(when{due: a.Due, recurrence: a.Recurrence}), choice: choice})
		}
	}
}
