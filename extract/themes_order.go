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
	"kinds",  // different words of the lexicon, log, beside the theme with most
	"client", // weight of what the client says, beside the theme with most
	"leaning, all",
	"leaning, most", // of the seventh of the utterances that lean most to it
	"often",         // how often written sessions are about it, log
}

// mostLeaning is the share of the utterances that counts for "leaning, most".
const mostLeaning = 1. / 7

// weighed is what the lexicon found out about the themes of a session.
type weighed struct {
	totals []float64 // 0 where nothing speaks of the theme
	spots  [][]spot
	kinds  []map[string]bool
}

// traits describes each theme, whatever the length of the session; lean gives
// the leanings of an utterance.
func (w weighed) traits(talk []utterance, lean func(*utterance) []float64) []traits {
	out := make([]traits, len(models.Themes))
	leans := make([][]float64, len(models.Themes))
	for i := range talk {
		for n, v := range lean(&talk[i]) {
			leans[n] = append(leans[n], v)
		}
	}
	many := int(math.Ceil(mostLeaning * float64(len(talk))))
	for n := range out {
		slices.Sort(leans[n])
		out[n] = traits{
			0, w.totals[n], math.Log1p(float64(len(w.kinds[n]))), w.byClient(n, talk),
			mean(leans[n]), mean(leans[n][max(0, len(leans[n])-many):]), rarities().often(models.Themes[n]),
		}
	}
	for k := 1; k <= besideOthers; k++ {
		top := 0.0
		for n := range out {
			top = max(top, out[n][k])
		}
		for n := range out {
			out[n][k] /= max(top, 1e-9)
		}
	}
	for n := range out {
		out[n][0] = math.Log(max(out[n][1], 1e-9))
	}
	return out
}

// besideOthers is the last of the traits that are measured by the theme that
// has most of it.
const besideOthers = 3

// byClient is the weight of a theme in what the client says.
func (w weighed) byClient(n int, talk []utterance) float64 {
	sum := 0.0
	for _, s := range w.spots[n] {
		if talk[s.utterance].client {
			sum += math.Pow(s.weight, fading)
		}
	}
	return sum
}

func mean(vs []float64) float64 {
	sum := 0.0
	for _, v := range vs {
		sum += v
	}
	return sum / float64(max(1, len(vs)))
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
