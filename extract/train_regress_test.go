package extract

import (
	"bytes"
	"fmt"
	"math"
	"strings"

	"github.com/afterword/afterword/models"
)

// sums are those of a regression: inputs by inputs, of which the lower half is
// filled in, and themes by inputs.
type sums struct {
	xx, xy [][]float64
}

// inputs of the regression: a vector and a constant, which takes up how often
// sessions are about each theme, and is not kept.
const inputs = dims + 1

func newSums() *sums { return &sums{square(inputs), matrix(len(models.Themes), inputs)} }

func matrix(rows, columns int) [][]float64 {
	out := make([][]float64, rows)
	for i := range out {
		out[i] = make([]float64, columns)
	}
	return out
}

func square(n int) [][]float64 { return matrix(n, n) }

// add weighs one more example. (A product is rounded before it is added, so
// that every machine learns the same.)
func (s *sums) add(x, y []float64, weight float64) {
	for i, v := range x {
		v *= weight
		for j, u := range x[:i+1] {
			s.xx[i][j] += float64(v * u)
		}
		for n, u := range y {
			s.xy[n][i] += float64(v * u)
		}
	}
}

func (s *sums) plus(o *sums) {
	for i := range s.xx {
		for j := range i + 1 {
			s.xx[i][j] += o.xx[i][j]
		}
	}
	for n := range s.xy {
		for i, v := range o.xy[n] {
			s.xy[n][i] += v
		}
	}
}

// solve is the regression itself: for each theme a weight of every input. The
// sums are used up.
func (s *sums) solve() [][]float64 {
	for i := range s.xx {
		s.xx[i][i] += stiffness
	}
	l := factor(s.xx)
	for _, g := range s.xy {
		l.solve(g)
	}
	return s.xy
}

// cholesky is the lower factor of a matrix.
type cholesky [][]float64

// factor finds that of a positive definite matrix, in its place; only the lower half
// is read.
func factor(a [][]float64) cholesky {
	for i := range a {
		for j := range i + 1 {
			sum := a[i][j]
			for k := range j {
				sum -= float64(a[i][k] * a[j][k])
			}
			if i == j {
				a[i][i] = math.Sqrt(sum)
			} else {
				a[i][j] = sum / a[j][j]
			}
		}
	}
	return a
}

// solve puts in the place of g the x of which the matrix makes g.
func (l cholesky) solve(g []float64) {
	for i := range l {
		for k := range i {
			g[i] -= float64(l[i][k] * g[k])
		}
		g[i] /= l[i][i]
	}
	for i := len(l) - 1; i >= 0; i-- {
		for k := i + 1; k < len(l); k++ {
			g[i] -= float64(l[k][i] * g[k])
		}
		g[i] /= l[i][i]
	}
}

// example is one theme of a session.
type example struct {
	traits traits
	named  bool // by the reader
}

// steadiness is the part of the mean spread that each spread is widened by: a theme of
// few sessions is soon unusual.
const steadiness = 0.3

// likenesses are what is usual of each row, as it is written down.
func likenesses(rows [][]float64) []likeness {
	out := make([]likeness, len(rows))
	all := 0.0
	for n, vs := range rows {
		m := mean(vs)
		squares := 0.0
		for _, v := range vs {
			squares += float64((v - m) * (v - m))
		}
		out[n] = likeness{m, math.Sqrt(squares / float64(len(vs)))}
		all += out[n].spread / float64(len(rows))
	}
	for n, l := range out {
		out[n] = likeness{math.Round(1e4*l.mean) / 1e4, math.Round(1e4*(l.spread+float64(steadiness*all))) / 1e4}
	}
	return out
}

// usualOf is what is usual for the themes over sessions.
func usualOf(sessions [][]traits) usual {
	us := make(usual, len(models.Themes))
	for k := range unusualTraits {
		rows := make([][]float64, len(us))
		for _, ts := range sessions {
			for n := range rows {
				rows[n] = append(rows[n], ts[n][k])
			}
		}
		for n, l := range likenesses(rows) {
			us[n] = append(us[n], l)
		}
	}
	return us
}

// alone is how many sessions in which two themes go together as often as any
// two are seen in each theme before the first: few sessions prove little.
const alone = 10

// companyOf is what goes together in the sessions but those of a fold, and in
// the situations that people live in, each as one session.
func companyOf(ls []*lot, without int) company {
	var abouts [][]float64
	for _, l := range ls {
		if l.fold != without {
			abouts = append(abouts, l.about)
		}
	}
	for _, s := range situations() {
		about := make([]float64, len(models.Themes))
		for _, n := range s.themes {
			about[n] = 1
		}
		abouts = append(abouts, about)
	}
	both := make([][]float64, len(models.Themes))
	for m := range both {
		both[m] = make([]float64, len(models.Themes))
		for _, about := range abouts {
			for n := range both[m] {
				both[m][n] += float64(about[m] * about[n])
			}
		}
	}
	out := make(company, len(both))
	for m := range both {
		out[m] = make([]float64, len(both))
		for n := range both {
			if n != m {
				often := both[n][n] / float64(len(abouts))
				beside := (both[m][n] + float64(alone*often)) / (both[m][m] + alone)
				out[m][n] = math.Round(100*math.Log(max(beside, 1e-9)/max(often, 1e-9))) / 100
			}
		}
	}
	return out
}

func (c company) table() []byte {
	var b bytes.Buffer
	b.WriteString("# How much likelier each theme is in a session about that of the row, log." + madeBy)
	fmt.Fprintf(&b, "# theme\t%s\n", strings.Join(models.Themes, "\t"))
	for m, row := range c {
		b.WriteString(models.Themes[m])
		for _, v := range row {
			fmt.Fprintf(&b, "\t%.2f", v)
		}
		b.WriteString("\n")
	}
	return b.Bytes()
}

const madeBy = " Made by: go run ./cmd/build train\n"

func (us usual) table() []byte {
	var b bytes.Buffer
	b.WriteString("# What is usual for each theme: mean and spread of traits (themes_order.go)." + madeBy)
	fmt.Fprintf(&b, "# theme\t%s\n", strings.Join(traitNames[:unusualTraits], "\t"))
	for n, theme := range models.Themes {
		b.WriteString(theme)
		for _, u := range us[n] {
			fmt.Fprintf(&b, "\t%v", u)
		}
		b.WriteString("\n")
	}
	return b.Bytes()
}

func situationTable(us []likeness) []byte {
	var b bytes.Buffer
	b.WriteString("# How far sessions usually tell of each situation: mean and spread." + madeBy)
	for k, u := range us {
		fmt.Fprintf(&b, "%s\t%v\n", situations()[k].name, u)
	}
	return b.Bytes()
}

// learnOrder learns the order of themes: logistic regression on traits of mean 0 and spread 1, by
// Newton's method.
func learnOrder(es []example) themeOrder {
	const k = len(traitNames) + 1
	var mean, spread traits
	for _, e := range es {
		for n, v := range e.traits {
			mean[n] += v / float64(len(es))
		}
	}
	for _, e := range es {
		for n, v := range e.traits {
			spread[n] += float64((v-mean[n])*(v-mean[n])) / float64(len(es))
		}
	}
	for n := range spread {
		spread[n] = math.Sqrt(max(spread[n], 1e-9))
	}
	var w [k]float64
	for range 30 {
		h, g := square(k), make([]float64, k)
		for _, e := range es {
			x := [k]float64{1}
			sum := w[0]
			for n, v := range e.traits {
				x[n+1] = (v - mean[n]) / spread[n]
				sum += float64(w[n+1] * x[n+1])
			}
			p, y := 1/(1+math.Exp(-sum)), 0.0
			if e.named {
				y = 1
			}
			for i := range k {
				g[i] += float64((y - p) * x[i])
				for j := range k {
					h[i][j] += float64(float64(p*(1-p)) * float64(x[i]*x[j]))
				}
			}
		}
		for i := 1; i < k; i++ {
			h[i][i] += caution
			g[i] -= float64(caution * w[i])
		}
		factor(h).solve(g)
		for i, v := range g {
			w[i] += v
		}
	}
	o := themeOrder{bias: w[0]}
	for n := range o.weights {
		o.weights[n] = w[n+1] / spread[n]
		o.bias -= float64(o.weights[n] * mean[n])
	}
	return o
}

func (o themeOrders) table(digest string) []byte {
	var b bytes.Buffer
	b.WriteString("# How the traits of a theme speak for it, before its company is known and then; themes_order.go says what they are." + madeBy)
	fmt.Fprintf(&b, "%s%s\n", digestLine, digest)
	fmt.Fprintf(&b, "bias\t%.3f\t%.3f\n", o.first.bias, o.then.bias)
	for n, name := range traitNames {
		fmt.Fprintf(&b, "%s\t%.3f\t%.3f\n", name, o.first.weights[n], o.then.weights[n])
	}
	return b.Bytes()
}
