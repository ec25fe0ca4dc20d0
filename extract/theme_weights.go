package extract

import (
	"strconv"
	"strings"

	"github.com/afterword/afterword/models"
)

// themeWeights are learnt from the corpus (extract/corpus), never from anybody's
// session: how much each sign counts, how often sessions are about each theme,
// and how rare each term of the lexicon is. TestThemeWeights learns them anew
// and compares; with -update it writes lexicon/theme_weights.tsv, the same
// bytes every time.
type themeWeights struct {
	sign  signs
	prior [64]float64 // by theme, logarithm of its share
}

func (w *themeWeights) sum(s signs) float64 {
	v := 0.0
	for k := range s {
		v += w.sign[k] * s[k]
	}
	return v
}

// readThemeWeights reads the rows "sign <tab> name <tab> weight" and
// "prior <tab> theme <tab> logarithm".
func readThemeWeights() themeWeights {
	var w themeWeights
	for _, l := range tableLines(themeWeightText) {
		f := strings.Split(l, "\t")
		v, err := strconv.ParseFloat(f[len(f)-1], 64)
		if err != nil {
			panic("extract: lexicon/theme_weights.tsv: " + l)
		}
		switch f[0] {
		case "sign":
			for k, name := range signNames {
				if name == f[1] {
					w.sign[k] = v
				}
			}
		case "prior":
			w.prior[themeIndex(f[1])] = v
		}
	}
	return w
}

// readRarity reads the rows "term <tab> theme <tab> pattern <tab> rarity". A
// term that no session of the corpus has is as rare as can be, 1, and has no
// row.
func readRarity() map[string]float64 {
	out := map[string]float64{}
	for _, l := range tableLines(themeWeightText) {
		if f := strings.Split(l, "\t"); f[0] == "term" {
			v, err := strconv.ParseFloat(f[3], 64)
			if err != nil {
				panic("extract: lexicon/theme_weights.tsv: " + l)
			}
			out[f[1]+"\t"+f[2]] = v
		}
	}
	return out
}

// themeIndex is the place of a theme in the fixed list.
func themeIndex(theme string) int { return themePlaces[theme] }

var themePlaces = func() map[string]int {
	m := map[string]int{}
	for i, t := range models.Themes {
		m[t] = i
	}
	return m
}()
