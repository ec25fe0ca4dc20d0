package extract

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"testing"

	"github.com/afterword/afterword/extract/corpus"
)

// TestTrainCommitment learns from which clues a turn of the client takes something
// on, and writes the table: a part of what `go run ./cmd/build train` does. The
// same corpus and the same rules give the same bytes. It prints how well turns
// are told apart on the sides that it does not learn from.
func TestTrainCommitment(t *testing.T) {
	if os.Getenv("AFTERWORD_TRAIN_WORDS") == "" {
		t.Skip("run by 'go run ./cmd/build train'")
	}
	turns := map[corpus.Side][]judged{}
	for _, g := range readSessions(t, "testdata/validation/sessions") {
		turns[corpus.Train] = append(turns[corpus.Train], judgedTurns(g)...)
	}
	ss, err := corpus.Sessions()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range ss {
		side := s.Side()
		switch side {
		case corpus.Fresh, corpus.Fresh2, corpus.Fresh3: // these have been read
			side = corpus.Train
		}
		turns[side] = append(turns[side], judgedTurns(gold(s))...)
	}
	learnt := learnCommitment(turns[corpus.Train])
	if err := os.WriteFile("lexicon/commitment.tsv", learnt.table(trainingDigest(t)), 0o644); err != nil {
		t.Fatal(err)
	}
	fmt.Printf("plans, average precision of turns: learnt from %.3f", learnt.averagePrecision(turns[corpus.Train]))
	for _, side := range []corpus.Side{corpus.Validation, corpus.Fresh4, corpus.Fresh5} {
		fmt.Printf(", %s %.3f", side, learnt.averagePrecision(turns[side]))
	}
	fmt.Println()
}

// judged is a turn of the client with whether a reader took it for a part of
// something that the client takes on.
type judged struct {
	clues []string
	takes bool
}

func judgedTurns(g goldSession) []judged {
	takes := map[int]bool{}
	for _, a := range g.Gold.Actions {
		for _, n := range a.Segments {
			takes[n] = takes[n] || isClient(a.Status) && a.Owner == "client"
		}
	}
	never := func() bool { return false }
	l := New(Config{}).ledger(g.Transcript, readTranscript(g.Transcript, never).talk)
	l.read(never)
	var out []judged
	for i := range l.talk {
		if u := &l.talk[i]; u.client {
			out = append(out, judged{l.clues(i), takes[u.seq]})
		}
	}
	return out
}

const (
	clueLeast = 3   // turns that a clue must be found in
	thrift    = 3.3 // L1 penalty on a weight, beside the sum of losses
	passes    = 300
)

// learnCommitment is logistic regression with an L1 penalty, by coordinate
// descent: each weight in turn goes to where a bound of the loss is least, so that
// no step makes it worse and no rate is to be chosen. Products are rounded before
// they are added, so that every machine learns the same.
func learnCommitment(ts []judged) commitment {
	where := map[string][]int{}
	for n, t := range ts {
		for _, c := range t.clues {
			where[c] = append(where[c], n)
		}
		where[always] = append(where[always], n)
	}
	var names []string
	for c, ns := range where {
		if len(ns) >= clueLeast {
			names = append(names, c)
		}
	}
	slices.Sort(names)
	weights, sums, p := make([]float64, len(names)), make([]float64, len(ts)), make([]float64, len(ts))
	for n := range p {
		p[n] = 0.5
	}
	for range passes {
		for k, c := range names {
			slope := 0.0
			for _, n := range where[c] {
				slope += p[n]
				if ts[n].takes {
					slope--
				}
			}
			bend, penalty := float64(len(where[c]))/4, thrift
			if c == always {
				penalty = 0
			}
			to := shrink(float64(weights[k]*bend)-slope, penalty) / bend
			by := to - weights[k]
			if by == 0 {
				continue
			}
			weights[k] = to
			for _, n := range where[c] {
				sums[n] += by
				p[n] = 1 / (1 + math.Exp(-sums[n]))
			}
		}
	}
	out := commitment{}
	for k, c := range names {
		if w := math.Round(1000*weights[k]) / 1000; w != 0 {
			out[c] = w
		}
	}
	return out
}

func shrink(v, by float64) float64 {
	switch {
	case v > by:
		return v - by
	case v < -by:
		return v + by
	}
	return 0
}

func (c commitment) table(digest string) []byte {
	var b bytes.Buffer
	b.WriteString("# How much each clue speaks for a turn that takes something on; commitment.go says what they are." + madeBy)
	fmt.Fprintf(&b, "%s%s\n", digestLine, digest)
	var names []string
	for n := range c {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		fmt.Fprintf(&b, "%s\t%s\n", n, strconv.FormatFloat(c[n], 'f', 3, 64))
	}
	return b.Bytes()
}

// averagePrecision is the mean, over the turns that take something on, of the share
// of such turns among those at least as likely.
func (c commitment) averagePrecision(ts []judged) float64 {
	ts = slices.Clone(ts)
	slices.SortStableFunc(ts, func(a, b judged) int {
		return -cmp.Compare(c.of(a.clues), c.of(b.clues))
	})
	sum, found := 0.0, 0
	for n, t := range ts {
		if t.takes {
			found++
			sum += float64(found) / float64(n+1)
		}
	}
	return sum / float64(max(1, found))
}
