package extract

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"github.com/afterword/afterword/extract/corpus"
	"github.com/afterword/afterword/models"
)

const weightsPath = "lexicon/theme_weights.tsv"

// lesson is a session with its signs, for learning.
type lesson struct {
	found  []signs
	themes []int
	terms  []map[int]int
}

// TestThemeWeights learns the weights of the themes from the training side of
// the corpus and the sessions under testdata, and compares them with the file
// that is built in. With -update it writes that file.
func TestThemeWeights(t *testing.T) {
	got := learnThemes(t)
	if *update {
		if err := os.WriteFile(weightsPath, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(weightsPath)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the corpus and the rules give; run with -update and read the diff", weightsPath)
	}
}

// learnThemes returns the text of lexicon/theme_weights.tsv.
func learnThemes(t *testing.T) []byte {
	t.Helper()
	ss, err := corpus.Sessions()
	if err != nil {
		t.Fatal(err)
	}
	var all []lesson
	for _, s := range ss {
		if !s.Held() {
			all = append(all, readLesson(s.Transcript, s.Themes))
		}
	}
	for _, g := range readSessions(t, "testdata/validation/sessions") {
		var themes []string
		for _, x := range g.Gold.Themes {
			themes = append(themes, x.Theme)
		}
		all = append(all, readLesson(g.Transcript, themes))
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Learnt from extract/corpus; written by 'go test ./extract -run TestThemeWeights -update', never by hand.\n")
	worth := worths(all, -1)
	prior := priors(all)
	for k, v := range fitSigns(all, prior) {
		fmt.Fprintf(&b, "sign\t%s\t%.3f\n", signNames[k], v)
	}
	for n, v := range prior {
		fmt.Fprintf(&b, "prior\t%s\t%.3f\n", models.Themes[n], v)
	}
	for n, r := range topics {
		sources := r.sources()
		for term, v := range worth[n] {
			if v != 1 {
				fmt.Fprintf(&b, "term\t%s\t%s\t%.2f\n", models.Themes[n], sources[term], v)
			}
		}
	}
	return b.Bytes()
}

// sources are the patterns of all rows, in order.
func (r *rules[V]) sources() []string {
	out := make([]string, r.n)
	put := func(l []rule[V]) {
		for _, x := range l {
			out[x.order] = x.source
		}
	}
	for _, l := range r.first {
		put(l)
	}
	for _, l := range r.stems {
		put(l)
	}
	put(r.rest)
	return out
}

func readLesson(tr models.Transcript, themes []string) lesson {
	var talk []utterance
	clients := roles(tr.Segments)
	for i, s := range tr.Segments {
		if u := readSegment(s, clients[i]); len(u.toks) > 0 {
			u.index = len(talk)
			talk = append(talk, u)
		}
	}
	never := func() bool { return false }
	l := lesson{terms: make([]map[int]int, len(models.Themes))}
	for i := range talk {
		for n := range topics {
			wordSigns(&talk[i], i, n, l.terms)
		}
	}
	l.found, _ = themeSigns(talk, readFeelings(talk, never), never)
	for _, th := range themes {
		l.themes = append(l.themes, themeIndex(th))
	}
	return l
}

// trust is how many sessions a term must be seen in before its own record
// counts as much as usual, the share of sessions of its theme among those that
// have a term of the lexicon.
const (
	trust = 6
	usual = 0.35
)

// worths give each term what it adds: log((N+1)/(sessions that have it +1)),
// scaled to 1 for a term that none has, times how much likelier than usual
// those sessions are about its theme. Session number without is left out.
func worths(all []lesson, without int) [][]float64 {
	out := make([][]float64, len(topics))
	for n, r := range topics {
		out[n] = make([]float64, r.n)
		for term := range out[n] {
			with, right := 0, 0
			for i, l := range all {
				if i != without && l.terms[n][term] > 0 {
					with++
					if slices.Contains(l.themes, n) {
						right++
					}
				}
			}
			v := math.Log(float64(len(all)+1)/float64(with+1)) / math.Log(float64(len(all)+1))
			v *= (float64(right) + trust*usual) / (float64(with) + trust) / usual
			out[n][term] = math.Round(v*100) / 100
		}
	}
	return out
}

func priors(all []lesson) []float64 {
	out := make([]float64, len(models.Themes))
	for n := range out {
		with := 0
		for _, l := range all {
			if slices.Contains(l.themes, n) {
				with++
			}
		}
		out[n] = math.Log(float64(with+1) / float64(len(all)+10))
	}
	return out
}

// fitSigns finds the weights under which the themes of each session are the
// likeliest (a softmax over all themes), by plain gradient steps from zero.
func fitSigns(all []lesson, prior []float64) signs {
	const (
		steps  = 600
		rate   = 0.25
		shrink = 0.01 // pull towards zero
	)
	var w signs
	xs := make([][]signs, len(all))
	for i, l := range all {
		worth := worths(all, i) // what the other sessions say of its terms
		xs[i] = slices.Clone(l.found)
		for n := range xs[i] {
			xs[i][n][strongWords], xs[i][n][weakWords] = reweigh(topics[n], l.terms[n], worth[n])
			xs[i][n][priorSign] = prior[n]
			xs[i][n][peopleSign] = l.found[n][peopleSign]
		}
	}
	for range steps {
		var grad signs
		for i, l := range all {
			p := softmax(xs[i], w)
			for n := range p {
				target := 0.0
				if slices.Contains(l.themes, n) {
					target = 1 / float64(len(l.themes))
				}
				for k := range grad {
					grad[k] += (target - p[n]) * xs[i][n][k] / float64(len(all))
				}
			}
		}
		for k := range w {
			w[k] += rate * (grad[k] - shrink*w[k])
		}
	}
	return w
}

func reweigh(r *rules[topic], counts map[int]int, worth []float64) (strong, weak float64) {
	for term, v := range r.values() {
		x := worth[term] * math.Log2(1+float64(counts[v.term]))
		if v.strong {
			strong += x
		} else {
			weak += x
		}
	}
	return math.Sqrt(strong), math.Sqrt(weak)
}

func softmax(x []signs, w signs) []float64 {
	p := make([]float64, len(x))
	top, sum := math.Inf(-1), 0.0
	for n := range x {
		p[n] = 0
		for k := range w {
			p[n] += w[k] * x[n][k]
		}
		top = max(top, p[n])
	}
	for n := range p {
		p[n] = math.Exp(p[n] - top)
		sum += p[n]
	}
	for n := range p {
		p[n] /= sum
	}
	return p
}
