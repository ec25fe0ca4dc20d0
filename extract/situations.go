package extract

import (
	_ "embed"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/afterword/afterword/models"
)

//go:embed lexicon/situations.tsv
var situationText string

//go:embed lexicon/situation_usual.tsv
var situationUsualText string

// situation is one that people live in, and what they then mostly come to talk
// about: who has retired speaks of purpose, whether or not the word falls. A
// theme that no word betrays is often only to be known by it.
type situation struct {
	name   string
	themes []int // the likeliest first
	signs  rules[sign]
}

// sign is a word of a situation: one that betrays it, or one that is merely of
// its world.
type sign struct{ betrays bool }

const (
	lessTelling = 0.4 // of the weight of a telling word
	lessLikely  = 0.8 // each next theme of a situation than the one before it
)

var situations = sync.OnceValue(func() []situation {
	var out []situation
	for _, l := range tableLines(situationText) {
		f := strings.Split(l, "\t")
		if len(f) != 4 {
			panic("extract: lexicon/situations.tsv: " + l)
		}
		s := situation{name: f[0]}
		for _, theme := range strings.Fields(f[1]) {
			n := themeIndex(theme)
			if n < 0 {
				panic("extract: lexicon/situations.tsv: no theme " + theme)
			}
			s.themes = append(s.themes, n)
		}
		for k, words := range f[2:] {
			for _, p := range strings.Split(words, " / ") {
				s.signs.add(plainPhrase(p), sign{k == 0})
			}
		}
		out = append(out, s)
	}
	return out
})

// telling is how far a session tells of a situation, and where.
type telling struct {
	weight float64
	spots  []spot // of telling words
}

// readSituations weighs every situation over a session: by its rare words, and
// by how often they come back.
func readSituations(talk []utterance, stop func() bool) []telling {
	out := make([]telling, len(situations()))
	for k := range situations() {
		if stop() {
			return out
		}
		out[k] = situations()[k].toldIn(talk)
	}
	return out
}

func (s *situation) toldIn(talk []utterance) (out telling) {
	times, weights := map[string]int{}, map[string]float64{}
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
				times[p]++
				w := rarities().rare(p)
				w *= w
				if f.value.betrays {
					out.spots = append(out.spots, spot{utterance: i, from: f.from, to: f.to, weight: w, asked: !u.client && x.question})
				} else {
					w *= lessTelling
				}
				weights[p] = max(weights[p], w)
			}
		}
	}
	for _, p := range slices.Sorted(maps.Keys(times)) { // so that the sum is the same to the last bit
		out.weight += weights[p] * math.Sqrt(float64(times[p]))
	}
	return out
}

// likeness is mean and spread of a weight over the written sessions.
type likeness struct{ mean, spread float64 }

// beyond is how far v is above what is usual.
func (l likeness) beyond(v float64) float64 { return (v - l.mean) / l.spread }

func (l likeness) String() string { return fmt.Sprintf("%.4f %.4f", l.mean, l.spread) }

var usualSituations = sync.OnceValue(func() []likeness {
	names := make([]string, len(situations()))
	for k := range names {
		names[k] = situations()[k].name
	}
	var out []likeness
	for _, row := range readLikenesses("situation_usual.tsv", situationUsualText, names, 1) {
		out = append(out, row[0])
	}
	return out
})

// readLikenesses reads a table of so many likenesses a name.
func readLikenesses(file, text string, names []string, many int) [][]likeness {
	out := make([][]likeness, len(names))
	for _, l := range tableLines(text) {
		f := strings.Split(l, "\t")
		n := slices.Index(names, f[0])
		if n < 0 || len(f) != 1+many {
			panic("extract: lexicon/" + file + ": " + l)
		}
		for _, v := range f[1:] {
			var x likeness
			if _, err := fmt.Sscan(v, &x.mean, &x.spread); err != nil {
				panic("extract: lexicon/" + file + ": " + l)
			}
			out[n] = append(out[n], x)
		}
	}
	for n := range out {
		if len(out[n]) != many {
			panic("extract: lexicon/" + file + ": nothing for " + names[n])
		}
	}
	return out
}

// background is what the situations of a session say of the themes: each
// weighs by the square of how far more than usual it is told of, and all
// together weigh 1, each for its first theme, less for the next.
func background(ts []telling, usual []likeness) []float64 {
	out := make([]float64, len(models.Themes))
	parts, sum := make([]float64, len(ts)), 0.0
	for k, t := range ts {
		parts[k] = max(0, 1+usual[k].beyond(t.weight))
		parts[k] *= parts[k]
		sum += parts[k]
	}
	for k, s := range situations() {
		for rank, n := range s.themes {
			out[n] += parts[k] / max(sum, 1e-9) * math.Pow(lessLikely, float64(rank))
		}
	}
	return out
}

// signSpots are where a theme is betrayed by a situation: that whose first
// theme it is, for who names the deadlines speaks of work, and has not said how
// the nights are.
func signSpots(n int, ts []telling) []spot {
	var out []spot
	for k, s := range situations() {
		if s.themes[0] == n {
			out = append(out, ts[k].spots...)
		}
	}
	return out
}
