package extract

import (
	"cmp"
	_ "embed"
	"math"
	"slices"
	"strings"

	"github.com/afterword/afterword/models"
)

//go:embed lexicon/themes.tsv
var themeText string

//go:embed lexicon/theme_weights.tsv
var themeWeightText string

// topic is a row's pattern in the lexicon of themes.
type topic struct {
	term   int  // index into the terms of its theme
	strong bool // says by itself what the talk is about
	rarity float64
}

// topics has a table for each theme, in the order of models.Themes, so that a
// word may speak of several.
var (
	topics  = readTopics()
	weights = readThemeWeights()
)

// strongRow is the weight from which a row counts as strong.
const strongRow = 4

func readTopics() []*rules[topic] {
	rarity := readRarity()
	out := make([]*rules[topic], len(models.Themes))
	terms := make([]map[string]bool, len(models.Themes))
	for n := range out {
		out[n], terms[n] = &rules[topic]{}, map[string]bool{}
	}
	for _, l := range tableLines(themeText) {
		f := strings.Split(l, "\t")
		n := slices.Index(models.Themes, f[0])
		if len(f) != 3 || n < 0 || len(f[1]) != 1 {
			panic("extract: lexicon/themes.tsv: " + l)
		}
		for _, p := range strings.Split(f[2], " / ") {
			p = strings.TrimSpace(plainPhrase(p))
			if p == "" || terms[n][p] {
				continue // the first row that has it counts
			}
			terms[n][p] = true
			r, ok := rarity[f[0]+"\t"+p]
			if !ok {
				r = 1
			}
			out[n].add(p, topic{term: len(terms[n]) - 1, strong: f[1][0]-'0' >= strongRow, rarity: r})
		}
	}
	return out
}

// plainPhrase writes a phrase as the tokens see it.
func plainPhrase(s string) string {
	r := strings.NewReplacer("can't", "can not", "don't", "do not", "won't", "will not", "haven't", "have not", "it's", "it 's|is", "i'm", "i am", "carer's", "carer 's",
		"mum's", "mum 's", "mom's", "mom 's", "dad's", "dad 's", "solicitor's", "solicitor 's", "practice", "practise", "non-", "non ")
	return r.Replace(s)
}

// theme is one theme with its weight and where it was spoken of.
type theme struct {
	label string
	score float64
	spots []spot
}

type spot struct {
	utterance, from, to int
	weight              float64
}

// feltThemes is what an emotion says of the themes.
var feltThemes = map[string]map[string]float64{
	"sadness": {"low-mood": 0.5}, "hopelessness": {"low-mood": 1}, "numbness": {"low-mood": 0.8}, "grief": {"grief": 1.5},
	"anger": {"anger": 1}, "frustration": {"anger": 0.3}, "anxiety": {"worry": 0.7, "panic": 0.2, "social-anxiety": 0.2},
	"fear": {"panic": 0.3, "trauma": 0.3}, "loneliness": {"loneliness": 1.5}, "shame": {"guilt-shame": 0.7, "self-criticism": 0.6, "social-anxiety": 0.2},
	"guilt": {"guilt-shame": 1}, "love": {"partner-relationship": 0.1, "parenting": 0.3},
}

// signs are what is known of one theme in one session. Each grows with the
// logarithm or the root of what was counted, for a word that falls ten times
// says little more than one that falls five times.
type signs [signCount]float64

const (
	strongWords = iota
	weakWords
	feltSign
	peopleSign
	priorSign // how often sessions are about it at all; not counted but learnt
	signCount
)

// signNames stand in lexicon/theme_weights.tsv.
var signNames = [signCount]string{"strong-words", "weak-words", "felt", "people", "prior"}

// fewest and most themes of a session; a scrap of talk may have fewer.
const (
	fewestThemes = 5
	mostThemes   = 6
	scrap        = 8 // utterances
)

// readThemes ranks the themes by the weighted sum of their signs. The score of
// the first is 1, and of the others the ratio of their likelihood to its.
func readThemes(talk []utterance, fs []feeling, stop func() bool) []theme {
	found, spots := themeSigns(talk, fs, stop)
	if stop() {
		return nil
	}
	var out []theme
	for n := range found {
		if len(spots[n]) == 0 || found[n][strongWords]+found[n][feltSign] == 0 {
			continue
		}
		found[n][priorSign] = weights.prior[n]
		out = append(out, theme{models.Themes[n], weights.sum(found[n]), spots[n]})
	}
	slices.SortStableFunc(out, func(a, b theme) int {
		if c := cmp.Compare(b.score, a.score); c != 0 {
			return c
		}
		return strings.Compare(a.label, b.label)
	})
	out = out[:min(len(out), mostThemes)]
	for i := len(out) - 1; i >= 0; i-- {
		out[i].score = math.Exp(out[i].score - out[0].score)
		if i >= fewestThemes && out[i].score < 0.3 || len(talk) <= scrap && out[i].score < 0.3 {
			out = out[:i]
		}
	}
	return out
}

// themeSigns counts the signs of every theme but the prior, and where they are.
func themeSigns(talk []utterance, fs []feeling, stop func() bool) ([]signs, [][]spot) {
	found := make([]signs, len(models.Themes))
	spots := make([][]spot, len(models.Themes))
	counts := make([]map[int]int, len(models.Themes)) // utterances that have a term
	for i := range talk {
		if i%32 == 0 && stop() {
			return found, spots
		}
		for n := range topics {
			if s, ok := wordSigns(&talk[i], i, n, counts); ok {
				spots[n] = append(spots[n], s)
			}
		}
	}
	for n := range topics {
		found[n][strongWords], found[n][weakWords] = weighTerms(topics[n], counts[n])
	}
	for theme, ss := range peopleSpots(talk) { // who is spoken of
		n := themeIndex(theme)
		spots[n] = append(spots[n], ss...)
		found[n][peopleSign] = math.Log2(1 + float64(len(ss)))
	}
	felt := map[string]int{}
	for _, f := range fs {
		felt[f.emotion]++
		for theme, w := range feltThemes[f.emotion] {
			n := themeIndex(theme)
			spots[n] = append(spots[n], spot{f.utterance, f.from, f.to, w})
		}
	}
	for _, e := range models.Emotions { // in a fixed order, so that sums are the same
		for theme, w := range feltThemes[e] {
			found[themeIndex(theme)][feltSign] += w * math.Log2(1+float64(felt[e]))
		}
	}
	return found, spots
}

// wordSigns counts the terms of theme n in an utterance, and returns the place
// of the rarest.
func wordSigns(u *utterance, i, n int, counts []map[int]int) (spot, bool) {
	best := spot{utterance: i}
	seen := map[int]bool{}
	for _, s := range u.sentences {
		for _, f := range topics[n].in(u, s) {
			if seen[f.value.term] {
				continue
			}
			seen[f.value.term] = true
			if counts[n] == nil {
				counts[n] = map[int]int{}
			}
			counts[n][f.value.term]++
			w := f.value.rarity
			if !f.value.strong {
				w /= 2
			}
			if w > best.weight {
				best.weight, best.from, best.to = w, f.from, f.to
			}
		}
	}
	return best, len(seen) > 0
}

func weighTerms(r *rules[topic], counts map[int]int) (strong, weak float64) {
	if len(counts) == 0 {
		return 0, 0
	}
	for _, t := range r.values() {
		w := t.rarity * math.Log2(1+float64(counts[t.term]))
		if t.strong {
			strong += w
		} else {
			weak += w
		}
	}
	return math.Sqrt(strong), math.Sqrt(weak)
}
