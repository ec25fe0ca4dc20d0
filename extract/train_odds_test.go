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

// judged is a turn of the client, with its clues, at times with what its words
// mean, and a reader's answer.
type judged struct {
	clues  []string
	yes    bool
	vector []float64
}

// learnable calls f with every session and the side that it stands on.
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
		f(s.Side(), gold(s))
	}
}

// thrift is how a regression is held back, beside the sum of losses.
type thrift struct {
	keep float64 // L1 penalty on a weight: what a clue must earn to be kept
	calm float64 // L2 penalty on half its square: clues that say the same share the weight
}

// senses are the vectors of the turns that are learnt from, all moved at once: the
// bound of the loss has the same curvature for whatever is judged of them.
type senses struct {
	calm float64 // L2 penalty on half the square of a weight
	bend cholesky
}

func newSenses(ts []judged, calm float64) *senses {
	a := square(dims)
	for _, t := range ts {
		for i, v := range t.vector {
			for j, u := range t.vector[:i+1] {
				a[i][j] += float64(v*u) / 4
			}
		}
	}
	for i := range a {
		a[i][i] += calm
	}
	return &senses{calm, factor(a)}
}

// step is how the weights w of the vectors move where p is what is judged of each turn.
func (s *senses) step(ts []judged, p, w []float64) []float64 {
	g := make([]float64, dims)
	for n, t := range ts {
		r := -p[n]
		if t.yes {
			r++
		}
		for d, v := range t.vector {
			g[d] += float64(r * v)
		}
	}
	for d := range g {
		g[d] -= float64(s.calm * w[d])
	}
	s.bend.solve(g)
	return g
}

const (
	clueLeast = 3 // turns that a clue must be found in
	passes    = 300
	still     = 1e-4 // no weight moves further in a pass: it is learnt
)

// learnOdds is logistic regression with both penalties (the elastic net of Zou and Hastie, 2005), by coordinate
// descent: each weight in turn goes to where a bound of the loss is least, so that
// no step makes it worse and no rate is to be chosen. Products are rounded before
// they are added, so that every machine learns the same. With senses, it gives the weights
// of the vectors too.
func learnOdds(ts []judged, th thrift, meant *senses) (odds, []float64) {
	leans := make([]float64, dims)
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
		if meant != nil {
			by := meant.step(ts, p, leans)
			for d := range leans {
				leans[d] += by[d]
			}
			for n, t := range ts {
				sums[n] += dot(by, t.vector)
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
	return out, leans
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for k, v := range a {
		sum += float64(v * b[k])
	}
	return sum
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
func averagePrecision(ts []judged, likely func(judged) float64) float64 {
	type at struct {
		likely float64
		yes    bool
	}
	all := make([]at, len(ts))
	for n, t := range ts {
		all[n] = at{likely(t), t.yes}
	}
	slices.SortStableFunc(all, func(a, b at) int { return -cmp.Compare(a.likely, b.likely) })
	sum, found := 0.0, 0
	for n, t := range all {
		if t.yes {
			found++
			sum += float64(found) / float64(n+1)
		}
	}
	return sum / float64(max(1, found))
}
