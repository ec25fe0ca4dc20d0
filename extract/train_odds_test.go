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
	choice int // those of one number, next to each other, of which one is to be chosen or none; 0 is judged alone
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
	least int     // turns that a clue must be found in
	keep  float64 // L1 penalty on a weight: what a clue must earn to be kept
	calm  float64 // L2 penalty on half its square: clues that say the same share the weight
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

// step is how the weights w of the vectors move where over is how much too likely each turn is held to be.
func (s *senses) step(ts []judged, over, w []float64) []float64 {
	g := make([]float64, dims)
	for n, t := range ts {
		for d, v := range t.vector {
			g[d] -= float64(over[n] * v)
		}
	}
	for d := range g {
		g[d] -= float64(s.calm * w[d])
	}
	s.bend.solve(g)
	return g
}

const (
	passes     = 300
	wholeEvery = 5    // passes; in those between, only clues that weigh something move
	still      = 1e-4 // no weight moves further in a whole pass: it is learnt
)

// learnOdds is logistic regression with both penalties (the elastic net of Zou and Hastie, 2005), by coordinate
// descent: each weight in turn goes to where a bound of the loss is least, so that
// no step makes it worse and no rate is to be chosen. Of a choice, it is the
// conditional logit of McFadden (1974), with none for one more to choose, whose weight is 1. Products are rounded before
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
	maps.DeleteFunc(where, func(_ string, ns []int) bool { return len(ns) < th.least })
	names := slices.Sorted(maps.Keys(where))
	cs := choicesOf(ts)
	weights := make([]float64, len(names))
	for pass := range passes {
		moved, whole := 0.0, pass%wholeEvery == 0
		for k, c := range names {
			if !whole && weights[k] == 0 {
				continue
			}
			slope := 0.0
			for _, n := range where[c] {
				slope += cs.over[n]
			}
			bend, hold := float64(cs.count(where[c]))/4, th
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
			cs.move(where[c], func(int) float64 { return by })
		}
		if meant != nil {
			by := meant.step(ts, cs.over, leans)
			for d := range leans {
				leans[d] += by[d]
			}
			cs.move(where[always], func(n int) float64 { return dot(by, ts[n].vector) })
		}
		if whole && moved < still {
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

// choices are what is learnt from, as far as it was learnt.
type choices struct {
	ts   []judged
	of   [][2]int  // for each, from where to where its choice goes
	sums []float64 // log odds beside none
	over []float64 // how much likelier each is held to be than it is: the slope of the loss
}

func choicesOf(ts []judged) *choices {
	c := &choices{ts, make([][2]int, len(ts)), make([]float64, len(ts)), make([]float64, len(ts))}
	for from := 0; from < len(ts); {
		to := from + 1
		for to < len(ts) && ts[from].choice != 0 && ts[to].choice == ts[from].choice {
			to++
		}
		for n := from; n < to; n++ {
			c.of[n] = [2]int{from, to}
		}
		c.weigh(from, to)
		from = to
	}
	return c
}

// count is in how many choices those of ns are.
func (c *choices) count(ns []int) int {
	many, last := 0, -1
	for _, n := range ns {
		if c.of[n][0] != last {
			many++
			last = c.of[n][0]
		}
	}
	return many
}

// move adds to the log odds of those of ns, which are in order.
func (c *choices) move(ns []int, by func(int) float64) {
	for k, n := range ns {
		c.sums[n] += by(n)
		if of := c.of[n]; k+1 == len(ns) || ns[k+1] >= of[1] {
			c.weigh(of[0], of[1])
		}
	}
}

func (c *choices) weigh(from, to int) {
	all, right := 1.0, 0.0
	for n := from; n < to; n++ {
		w := math.Exp(c.sums[n])
		c.over[n] = w
		all += w
		if c.ts[n].yes {
			right += w
		}
	}
	for n := from; n < to; n++ {
		w := c.over[n]
		c.over[n] = w / all
		if c.ts[n].yes {
			c.over[n] -= w / right
		}
	}
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
		fmt.Fprintln(&b, name)
		o := learnt[name]
		for _, c := range slices.Sorted(maps.Keys(o)) {
			fmt.Fprintf(&b, "%s\t%s\n", c, strconv.FormatFloat(o[c], 'f', 2, 64))
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
