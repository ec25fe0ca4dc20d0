package extract

import (
	_ "embed"
	"sync"
)

//go:embed lexicon/commitment.tsv
var commitmentText string

// commitment is what was learnt of how people take things on. The rules of the
// ledger follow plans that are put and taken in one of the ways that they know;
// people agree in many more ("Put it as plan. Every morning, till lunch."), and
// what most of these have in common is plain to count: a day or a "then", a
// proposal or a "when" before, no past, not at the beginning. go run
// ./cmd/build train learns it.
type commitment struct {
	takes odds // a turn of the client takes something on
	anew  odds // of two such turns in a row, the second takes on something else
	timed odds // a time that is named near a plan is the plan's
	few   odds // a single utterance takes something on, after the one before it
}

var learntCommitment = sync.OnceValue(func() commitment {
	t := readOdds("commitment.tsv", commitmentText, "takes", "anew", "timed", "few")
	return commitment{t["takes"], t["anew"], t["timed"], t["few"]}
})
