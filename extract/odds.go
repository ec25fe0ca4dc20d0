package extract

import (
	"math"
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

// readOdds reads a table: the name of what is judged on a line of its own, then
// its clues, each with its weight.
func readOdds(file, text string, judged ...string) map[string]odds {
	out := map[string]odds{}
	for _, name := range judged {
		out[name] = odds{}
	}
	var of odds
	for _, l := range tableLines(text) {
		clue, weight, row := strings.Cut(l, "\t")
		if !row {
			if of = out[l]; of == nil {
				panic("extract: lexicon/" + file + ": " + l)
			}
			continue
		}
		v, err := strconv.ParseFloat(weight, 64)
		if err != nil || of == nil {
			panic("extract: lexicon/" + file + ": " + l)
		}
		of[clue] = v
	}
	return out
}
