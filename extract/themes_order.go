package extract

import (
	_ "embed"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/afterword/afterword/models"
)

//go:embed lexicon/theme_order.tsv
var orderText string

// traits are what the order of the themes is judged by, for one theme of a
// session.
type traits [len(traitNames)]float64

// traitNames name the rows of lexicon/theme_order.tsv.
var traitNames = [...]string{
	"rules, log", // the weight that the lexicon gives, beside the weightiest theme's
	"rules",
	"kinds",  // different words of the lexicon, log
	"client", // weight of what the client says, log
	"early",  // weight in the first quarter of the session, log
	"late",   // and in the last
	"leaning, all",
	"leaning, most", // of the utterances that lean most to it
	"often",         // how often written sessions are about it, log
}

// mostLeaning is how many utterances count for "leaning, most".
const mostLeaning = 6

// weighed is what the lexicon found out about the themes of a session.
type weighed struct {
	totals []float64 // 0 where nothing speaks of the theme
	spots  [][]spot
	kinds  []map[string]bool
}

// traits describes each theme; lean gives the leanings of an utterance.
func (w weighed) traits(talk []utterance, lean func(*utterance) []float64) []traits {
	out := make([]traits, len(models.Themes))
	leans := make([][]float64, len(models.Themes))
	for i := range talk {
		for n, v := range lean(&talk[i]) {
			leans[n] = append(leans[n], v)
		}
	}
	top := slices.Max(w.totals)
	for n := range out {
		if w.totals[n] == 0 {
			continue
		}
		var client, early, late, all, most float64
		for _, s := range w.spots[n] {
			v := math.Pow(s.weight, fading)
			if talk[s.utterance].client {
				client += v
			}
			if 4*s.utterance < len(talk) {
				early += v
			}
			if 4*s.utterance >= 3*len(talk) {
				late += v
			}
		}
		slices.Sort(leans[n])
		slices.Reverse(leans[n])
		for i, v := range leans[n] {
			all += v / float64(len(talk))
			if i < mostLeaning {
				most += v / mostLeaning
			}
		}
		out[n] = traits{
			math.Log(w.totals[n] / top), w.totals[n] / top, math.Log1p(float64(len(w.kinds[n]))),
			math.Log1p(client), math.Log1p(early), math.Log1p(late), all, most, rarities().often(models.Themes[n]),
		}
	}
	return out
}

// themeOrder judges themes by their traits: a logistic regression, learnt from the
// training sessions by go run ./cmd/build train.
type themeOrder struct {
	bias    float64
	weights traits
}

var learntOrder = sync.OnceValue(func() themeOrder { return readOrder(orderText) })

func readOrder(text string) themeOrder {
	var o themeOrder
	for _, l := range tableLines(text) {
		name, value, _ := strings.Cut(l, "\t")
		v, err := strconv.ParseFloat(value, 64)
		n := slices.Index(traitNames[:], name)
		switch {
		case err != nil:
			panic("extract: lexicon/theme_order.tsv: " + l)
		case name == "bias":
			o.bias = v
		case n < 0:
			panic("extract: lexicon/theme_order.tsv: unknown trait of " + l)
		default:
			o.weights[n] = v
		}
	}
	return o
}

// likely is how likely a reader would name the theme, between 0 and 1.
func (o themeOrder) likely(t traits) float64 {
	sum := o.bias
	for n, v := range t {
		sum += o.weights[n] * v
	}
	return 1 / (1 + math.Exp(-sum))
}
