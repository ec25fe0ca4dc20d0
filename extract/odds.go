package extract

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// odds is a logistic regression over clues (clues.go): a weight for each, in
// log odds. Only clues that earned a weight are kept.
type odds map[string]float64

// always names the constant.
const always = "always"

// of is the sum of the weights of these clues.
func (o odds) of(clues []string) float64 {
	sum := o[always]
	for _, k := range clues {
		sum += o[k]
	}
	return sum
}

// likely is the probability where these clues are.
func (o odds) likely(clues []string) float64 { return 1 / (1 + math.Exp(-o.of(clues))) }

// readOdds reads a table of what is judged, clue and weight.
func readOdds(file, text string, judged ...string) map[string]odds {
	out := map[string]odds{}
	for _, name := range judged {
		out[name] = odds{}
	}
	for _, l := range tableLines(text) {
		f := strings.Split(l, "\t")
		if len(f) != 3 || !slices.Contains(judged, f[0]) {
			panic("extract: lexicon/" + file + ": " + l)
		}
		v, err := strconv.ParseFloat(f[2], 64)
		if err != nil {
			panic("extract: lexicon/" + file + ": " + l)
		}
		out[f[0]][f[1]] = v
	}
	return out
}
