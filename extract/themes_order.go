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

//go:embed lexicon/theme_usual.tsv
var usualText string

//go:embed lexicon/theme_company.tsv
var companyText string

// traits are what the order of the themes is judged by, for one theme of a
// session.
type traits [len(traitNames)]float64

// traitNames name the rows of lexicon/theme_order.tsv.
var traitNames = [...]string{
	"rules", // the weight that the lexicon gives, beside the weightiest theme's
	"kinds", // different words of the lexicon, log, beside the theme with most
	"leaning, all",
	"leaning, most",  // of the seventh of the utterances that lean most to it
	"situation, log", // how far the situations told of are about it
	// The same five, as they are more than usual for the theme.
	"rules, unusual", "kinds, unusual", "leaning, all, unusual", "leaning, most, unusual", "situation, log, unusual",
	"rules, log",
	"client",    // weight of what the client says, beside the theme with most
	"situation", // beside the theme with most
	"often",     // how often written sessions are about it, log
	"company",   // how well it goes with the themes that are likely without this
}

const (
	companyTrait  = len(traitNames) - 1
	unusualTraits = 5      // are measured by what is usual
	mostLeaning   = 1. / 7 // of the utterances count for "leaning, most"
)

// weighed is what the lexicon found out about the themes of a session.
type weighed struct {
	totals []float64 // 0 where nothing speaks of the theme
	spots  [][]spot
	kinds  []map[string]bool
	told   []telling // by situation
}

// traits describes each theme, whatever the length of the session, but for
// what is unusual; lean gives the leanings of an utterance.
func (w weighed) traits(talk []utterance, lean func(*utterance) []float64, situationsUsual []likeness) []traits {
	back := background(w.told, situationsUsual)
	leans := make([][]float64, len(models.Themes))
	for i := range talk {
		for n, v := range lean(&talk[i]) {
			leans[n] = append(leans[n], v)
		}
	}
	kinds, client := make([]float64, len(models.Themes)), make([]float64, len(models.Themes))
	for n := range kinds {
		kinds[n], client[n] = math.Log1p(float64(len(w.kinds[n]))), w.byClient(n, talk)
	}
	rules, situation := besideMost(w.totals), besideMost(back)
	kinds, client = besideMost(kinds), besideMost(client)
	many := int(math.Ceil(mostLeaning * float64(len(talk))))
	out := make([]traits, len(models.Themes))
	for n := range out {
		slices.Sort(leans[n])
		out[n] = traits{
			rules[n], kinds[n], mean(leans[n]), mean(leans[n][max(0, len(leans[n])-many):]), math.Log1p(10 * back[n]),
			0, 0, 0, 0, 0,
			math.Log(max(rules[n], 1e-9)), client[n], situation[n], rarities().often(models.Themes[n]), 0,
		}
	}
	return out
}

// besideMost measures by the theme that has most.
func besideMost(vs []float64) []float64 {
	out := slices.Clone(vs)
	top := max(slices.Max(vs), 1e-9)
	for n := range out {
		out[n] /= top
	}
	return out
}

// usual is what is usual for a theme: sleep is touched upon in most sessions,
// and is the matter of few. For each theme the mean and the spread of the first
// traits over the written sessions.
type usual [][]likeness

// measure fills in what is unusual in the traits of a session.
func (us usual) measure(ts []traits) {
	for n := range ts {
		for k, u := range us[n] {
			ts[n][unusualTraits+k] = u.beyond(ts[n][k])
		}
	}
}

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

// company says which themes go together: [m][n] is how much likelier theme n
// is in a session about theme m than in any, log. Who cannot say no to her
// sister speaks of boundaries and of pleasing people, though neither word falls.
type company [][]float64

// measure fills in the company of each theme, where that of each is as likely
// as the order judges without it.
func (c company) measure(ts []traits, first themeOrder) {
	sums := make([]float64, len(ts))
	for m := range ts {
		p := first.likely(ts[m])
		for n := range sums {
			sums[n] += float64(p * c[m][n])
		}
	}
	for n := range ts {
		ts[n][companyTrait] = sums[n]
	}
}

// themeOrder judges themes by their traits: a logistic regression.
type themeOrder struct {
	bias    float64
	weights traits
}

// themeOrders judge twice. They are learnt, as is what is usual and what goes
// together, from the training sessions by go run ./cmd/build train.
type themeOrders struct {
	first themeOrder // does not look at the company
	then  themeOrder
}

var (
	learntOrders = sync.OnceValue(func() themeOrders { return readOrders(orderText) })
	learntUsual  = sync.OnceValue(func() usual {
		return readLikenesses("theme_usual.tsv", usualText, models.Themes, unusualTraits)
	})
	learntCompany = sync.OnceValue(func() company { return readCompany(companyText) })
)

func readOrders(text string) (o themeOrders) {
	for _, l := range tableLines(text) {
		f := strings.Split(l, "\t")
		n := slices.Index(traitNames[:], f[0])
		if len(f) != 3 || n < 0 && f[0] != "bias" {
			panic("extract: lexicon/theme_order.tsv: " + l)
		}
		for k, to := range []*themeOrder{&o.first, &o.then} {
			v, err := strconv.ParseFloat(f[1+k], 64)
			switch {
			case err != nil:
				panic("extract: lexicon/theme_order.tsv: " + l)
			case n < 0:
				to.bias = v
			default:
				to.weights[n] = v
			}
		}
	}
	return o
}

func readCompany(text string) company {
	c := make(company, len(models.Themes))
	for _, l := range tableLines(text) {
		f := strings.Split(l, "\t")
		m := themeIndex(f[0])
		if m < 0 || len(f) != 1+len(c) {
			panic("extract: lexicon/theme_company.tsv: " + l)
		}
		for _, v := range f[1:] {
			x, err := strconv.ParseFloat(v, 64)
			if err != nil {
				panic("extract: lexicon/theme_company.tsv: " + l)
			}
			c[m] = append(c[m], x)
		}
	}
	for m, row := range c {
		if row == nil {
			panic("extract: lexicon/theme_company.tsv: nothing for " + models.Themes[m])
		}
	}
	return c
}

// likely is how likely a reader would name the theme, between 0 and 1.
func (o themeOrder) likely(t traits) float64 {
	sum := o.bias
	for n, v := range t {
		sum += o.weights[n] * v
	}
	return 1 / (1 + math.Exp(-sum))
}
