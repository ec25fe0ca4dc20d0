package extract

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"testing"

	"github.com/afterword/afterword/extract/corpus"
)

// judged is a turn of the client, with its clues and a reader's answer.
type judged struct {
	clues []string
	yes   bool
}

// learnable calls f with every session and the side that it stands on: what has been
// read is learnt from.
func learnable(t *testing.T, f func(corpus.Side, goldSession)) {
	t.Helper()
	for _, g := range readSessions(t, "testdata/validation/sessions") {
		f(corpus.Train, g)
	}
	ss, err := corpus.Sessions()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range ss {
		f(learntSide(s.Side()), gold(s))
	}
}

func learntSide(s corpus.Side) corpus.Side {
	switch s {
	case corpus.Fresh, corpus.Fresh2, corpus.Fresh3: // these have been read
		return corpus.Train
	}
	return s
}

// notLearntFrom are the sides that say how well it is learnt.
var notLearntFrom = []corpus.Side{corpus.Validation, corpus.Fresh4, corpus.Fresh5, corpus.Fresh6}

// thrift is how a regression is held back, beside the sum of losses.
type thrift struct {
	keep float64 // L1 penalty on a weight: what a clue must earn to be kept
	calm float64 // L2 penalty on half its square: clues that say the same share the weight
}

const (
	clueLeast = 3 // turns that a clue must be found in
	passes    = 300
	still     = 1e-4 // no weight moves further in a pass: it is learnt
)

// learnOdds is logistic regression with both penalties (the elastic net of Zou and Hastie, 2005), by coordinate
// descent: each weight in turn goes to where a bound of the loss is least, so that
// no step makes it worse and no rate is to be chosen. Products are rounded before
// they are added, so that every machine learns the same.
func learnOdds(ts []judged, th thrift) odds {
	where := map[string][]int{}
	for n, t := range ts {
		for _, c := range t.clues {
			where[c] = append(where[c], n)
		}
		where[always] = append(where[always], n)
	}
	maps.DeleteFunc(where, func(_ string, ns []int) bool { return len(ns) < clueLeast })
	names := slices.Sorted(maps.Keys(where))
	weights, sums, p := make([]float64, len(names)), make([]float64, len(ts)), make([]float64, len(ts))
	for n := range p {
		p[n] = 0.5
	}
	for range passes {
		moved := 0.0
		for k, c := range names {
			slope := 0.0
			for _, n := range where[c] {
				slope += p[n]
				if ts[n].yes {
					slope--
				}
			}
			bend, hold := float64(len(where[c]))/4, th
			if c == always {
				hold = thrift{}
			}
			to := shrink(float64(weights[k]*bend)-slope, hold.keep) / (bend + hold.calm)
			by := to - weights[k]
			if by == 0 {
				continue
			}
			moved = max(moved, math.Abs(by))
			weights[k] = to
			for _, n := range where[c] {
				sums[n] += by
				p[n] = 1 / (1 + math.Exp(-sums[n]))
			}
		}
		if moved < still {
			break
		}
	}
	out := odds{}
	for k, c := range names {
		if w := math.Round(100*weights[k]) / 100; w != 0 {
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

// oddsTable writes what was learnt of each thing that is judged, in their order.
func oddsTable(about, digest string, names []string, learnt map[string]odds) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s%s%s%s\n", about, madeBy, digestLine, digest)
	for _, name := range names {
		o := learnt[name]
		for _, c := range slices.Sorted(maps.Keys(o)) {
			fmt.Fprintf(&b, "%s\t%s\t%s\n", name, c, strconv.FormatFloat(o[c], 'f', 2, 64))
		}
	}
	return b.Bytes()
}

// averagePrecision is the mean, over the turns of which it is so, of the share
// of such turns among those at least as likely.
func (o odds) averagePrecision(ts []judged) float64 {
	ts = slices.Clone(ts)
	slices.SortStableFunc(ts, func(a, b judged) int {
		return -cmp.Compare(o.of(a.clues), o.of(b.clues))
	})
	sum, found := 0.0, 0
	for n, t := range ts {
		if t.yes {
			found++
			sum += float64(found) / float64(n+1)
		}
	}
	return sum / float64(max(1, found))
}
