package extract

import (
	_ "embed"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/afterword/afterword/models"
)

//go:embed lexicon/situations.tsv
var situationText string

// situation is one that people live in, and what they then mostly come to talk
// about: who has retired speaks of purpose, whether or not the word falls. A
// theme that no word betrays is often only to be known by it.
type situation struct {
	themes []int // the likeliest first
	signs  rules[bool]
}

var situations = sync.OnceValue(func() []situation {
	var out []situation
	for _, l := range tableLines(situationText) {
		f := strings.Split(l, "\t")
		if len(f) != 3 {
			panic("extract: lexicon/situations.tsv: " + l)
		}
		var s situation
		for _, theme := range strings.Fields(f[1]) {
			n := themeIndex(theme)
			if n < 0 {
				panic("extract: lexicon/situations.tsv: no theme " + theme)
			}
			s.themes = append(s.themes, n)
		}
		for _, p := range strings.Split(f[2], " / ") {
			s.signs.add(plainPhrase(p), true)
		}
		out = append(out, s)
	}
	return out
})

// lessLikely is how much less each next theme of a situation is to be expected.
const lessLikely = 0.8

// saidBySigns is for how many themes of a situation its signs are evidence: who
// names the deadlines speaks of work, and has not said how the nights are.
const saidBySigns = 1

// background is what the situations of a session say of the themes, and where.
type background struct {
	weights []float64 // by theme; those of all situations' first themes add up to 1
	spots   [][]spot
}

// readBackground finds the situations that a session tells of. Each weighs by its
// rare words, and by how often they come back; all together they weigh 1.
func readBackground(talk []utterance, stop func() bool) background {
	out := background{make([]float64, len(models.Themes)), make([][]spot, len(models.Themes))}
	weights := make([]float64, len(situations()))
	places := make([][]spot, len(situations()))
	sum := 0.0
	for k := range situations() {
		if stop() {
			return out
		}
		weights[k], places[k] = situations()[k].toldIn(talk)
		sum += weights[k]
	}
	for k, s := range situations() {
		part := weights[k] / max(sum, 1e-9)
		for rank, n := range s.themes {
			v := part * math.Pow(lessLikely, float64(rank))
			out.weights[n] += v
			if rank >= saidBySigns {
				continue
			}
			for _, p := range places[k] {
				p.weight *= v
				out.spots[n] = append(out.spots[n], p)
			}
		}
	}
	return out
}

// toldIn weighs a situation over a session.
func (s *situation) toldIn(talk []utterance) (weight float64, places []spot) {
	times := map[string]int{}
	var order []string
	for i := range talk {
		u := &talk[i]
		seen := map[string]bool{}
		for _, x := range u.sentences {
			for _, f := range s.signs.in(u, x) {
				p := u.phrase(f.from, f.to)
				if seen[p] {
					continue
				}
				seen[p] = true
				if times[p]++; times[p] == 1 {
					order = append(order, p)
				}
				places = append(places, spot{utterance: i, from: f.from, to: f.to, weight: square(rarities().rare(p)), asked: !u.client && x.question})
			}
		}
	}
	slices.Sort(order) // so that the sum is the same to the last bit
	for _, p := range order {
		weight += square(rarities().rare(p)) * math.Sqrt(float64(times[p]))
	}
	return weight, places
}

func square(v float64) float64 { return v * v }
