package extract

import (
	_ "embed"
	"strings"
)

// move is what the therapist does to the plan on the table.
type move uint8

const (
	noMove move = iota
	review
	confirm
	planAsk
)

//go:embed lexicon/turns.tsv
var turnText string

var turns = readTurns()

func readTurns() *rules[move] {
	r := &rules[move]{}
	names := map[string]move{"review": review, "confirm": confirm, "plan": planAsk}
	for _, l := range tableLines(turnText) {
		k, p, ok := strings.Cut(l, "\t")
		v, known := names[k]
		if !ok || !known {
			panic("extract: lexicon/turns.tsv: " + l)
		}
		r.add(p, v)
	}
	return r
}

// moveOf finds the therapist's move in a sentence.
func (u *utterance) moveOf(s sentence) (found[move], bool) {
	best := found[move]{}
	for i := s.from; i < s.to; i++ {
		f, ok := turns.at(u, s, i)
		if !ok || u.toks[i].voice == othersWords {
			continue
		}
		if f.value == planAsk && !opens(u, s, i) && u.toks[i].clause == u.toks[s.from].clause {
			continue
		}
		if f.value == review && u.word(f.from) == "have" && !homeworkNouns.has(u, s) {
			continue // "have you had any trouble sleeping?"
		}
		if f.value == review && !s.question && !u.raw && reviewAsks[u.word(f.from)] && !told.has(u, sentence{f.from, s.to, false}) {
			continue
		}
		if f.value == confirm && !s.question && !u.raw && !opens(u, s, i) {
			continue
		}
		if best.value == noMove || f.value == review {
			best = f
		}
	}
	return best, best.value != noMove
}

// reviewAsks begin reviews that are questions only.
var reviewAsks = set("did so you how have any shall")

// told are reviews that are statements.
var told = list(`
you also? were going|planning to
you were also? going|planning to
you said
you told me
you had planned
you planned
as planned|agreed|discussed
you cancelled|finished|booked|called ... remember
`)

// homeworkNouns are the things that homework is done on.
var homeworkNouns = list(`
homework|worksheet|worksheets|diary|diaries|log|record|records|journal|journaling|journalling|exercise|exercises|breathing|meditation|mindfulness|list|lists|sheet|tally|scan|practise|card|cards|experiment|exposure|exposures|chapter|letter|tracker|workbook
`)

// keptTo say that something was done because it had been agreed.
var keptTo = list(`
like we said|agreed|practised|discussed|planned|talked
like you said|asked|suggested|told|wanted|showed
as we said|agreed|discussed|planned
as you said|asked|suggested
as planned|agreed|promised
like i said i would
like we said i would
like you said to
the thing we|you
the ... we practised|talked|did
since last session|time
`)
