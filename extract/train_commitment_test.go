package extract

import (
	"fmt"
	"os"
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
	names, learnt := []string{"takes", "anew", "timed"}, map[string]odds{}
	for _, what := range names {
		learnt[what], _ = learnOdds(turns[corpus.Train][what], thrift{keep: 1, calm: 9}, nil)
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

// times learns from the plans that the rules and a reader found at the same place.
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
	for _, pair := range pairUp(found, noted) {
		of := noted[pair[1]]
		for _, t := range l.timesNear(all[pair[0]], all) {
			c["timed"] = append(c["timed"], judged{clues: t.clues, yes: t.same(when{due: of.Due, recurrence: of.Recurrence})})
		}
	}
}
