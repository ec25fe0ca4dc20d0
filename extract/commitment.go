package extract

import (
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed lexicon/commitment.tsv
var commitmentText string

// commitment is how likely it is that a turn of the client takes something on:
// a logistic regression over clues, which are words and what the rules make of
// them. The rules of the ledger follow plans that are put and taken in one of the
// ways that they know; people agree in many more ("Put it as plan. Every
// morning, till lunch."), and what most of these have in common is plain to
// count: a day or a "then", a proposal or a "when" before, no past, not at the
// beginning. Only clues that earned a weight are kept (an L1 penalty); go run
// ./cmd/build train learns them.
type commitment map[string]float64

var learntCommitment = sync.OnceValue(func() commitment {
	c := commitment{}
	for _, l := range tableLines(commitmentText) {
		clue, w, ok := strings.Cut(l, "\t")
		v, err := strconv.ParseFloat(w, 64)
		if !ok || err != nil {
			panic("extract: lexicon/commitment.tsv: " + l)
		}
		c[clue] = v
	}
	return c
})

// of is the probability that utterance i takes something on.
func (c commitment) of(clues []string) float64 {
	sum := c[always]
	for _, k := range clues {
		sum += c[k]
	}
	return 1 / (1 + math.Exp(-sum))
}

// always names the constant.
const always = "always"

// beside are the places of an utterance beside the turn that is judged.
var beside = [...]struct {
	name string
	by   int
}{{"said", 0}, {"before", -1}, {"earlier", -2}, {"after", 1}}

// clues of a client's turn, each once: what was said there, right before, before
// that and after ("said: then", "before: will you"), how far into the session
// that was, and how the turn answers the one before. What the ledger found is none:
// on the sessions that its rules were written with it is right too often.
func (l *ledger) clues(i int) []string {
	var out []string
	for _, p := range beside {
		if k := i + p.by; k >= 0 && k < len(l.talk) {
			for _, c := range l.ownClues(k).all {
				out = append(out, p.name+": "+c)
			}
		}
	}
	for tenth := 2; tenth < 10; tenth++ {
		if 10*i > tenth*len(l.talk) {
			out = append(out, fmt.Sprintf("after %d tenths", tenth))
		}
	}
	if i > 0 {
		out = append(out, l.answerClues(i)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ownClues are those of an utterance by itself. It counts in four places, so they
// are worked out once.
type ownClues struct {
	all   []string // words, pairs of words, the first and the last, frames, plans and proposals
	put   []string // those of all that say what was put in it
	how   string   // how it answers
	asked bool     // it ends in a question
}

func (l *ledger) ownClues(i int) *ownClues {
	if l.clued == nil {
		l.clued = make([]ownClues, len(l.talk))
	}
	if l.clued[i].how == "" {
		l.clued[i] = l.readClues(&l.talk[i])
	}
	return &l.clued[i]
}

func (l *ledger) readClues(u *utterance) ownClues {
	own := ownClues{how: replyNames[u.replies()]}
	var out, ws []string
	for k, t := range u.toks {
		switch {
		case t.filler:
			continue
		case t.kind == number || smallNumbers[t.w] > 0:
			ws = append(ws, "<number>")
		case weekdays[t.w] > 0:
			ws = append(ws, "<weekday>")
		case t.voice == othersWords:
			ws = append(ws, "<others'> "+t.w)
		default:
			ws = append(ws, u.word(k))
		}
	}
	for k, w := range ws {
		out = append(out, w)
		if k > 0 {
			out = append(out, ws[k-1]+" "+w)
		}
	}
	if len(ws) > 0 {
		out = append(out, "^ "+ws[0], ws[len(ws)-1]+" $")
	}
	if len(ws) > 1 {
		out = append(out, "^ "+ws[0]+" "+ws[1])
	}
	for _, n := range []int{3, 8, 16, 30} {
		if len(ws) > n {
			out = append(out, fmt.Sprintf("<more than %d words>", n))
		}
	}
	out = append(out, "<"+own.how+">")
	if u.fragment() {
		out = append(out, "<no verb>")
		own.how += ", no verb"
	}
	if w := l.cal.readWhen(u, 0, len(u.toks)); w.due != "" {
		out = append(out, "<day>")
		own.how += ", a time"
	} else if w.recurrence != "" {
		out = append(out, "<rhythm>")
		own.how += ", a time"
	}
	for _, p := range u.plansOf(l.cal) {
		out = append(out, "<plan: "+firmnessNames[p.firmness]+">")
	}
	for _, s := range u.sentences {
		for _, f := range u.frames(s) {
			out = append(out, f.clue())
		}
		if m, ok := u.moveOf(s); ok {
			own.put = append(own.put, "<"+moveNames[m.value]+">")
		}
		for _, p := range u.proposalsOf(s, l.cal) {
			own.put = append(own.put, "<"+strengthNames[p.strength]+" for the "+p.owner+">")
		}
		own.asked = s.question
	}
	own.all = append(out, own.put...)
	return own
}

// answerClues say at once how the turn answers and what it answers to, which the
// weights of both apart cannot.
func (l *ledger) answerClues(i int) (out []string) {
	how, before := l.ownClues(i).how, l.ownClues(i-1)
	for _, c := range before.put {
		out = append(out, how+" to "+c)
	}
	if len(before.put) == 0 {
		out = append(out, how+" to nothing put")
	}
	if before.asked {
		out = append(out, how+" to a question")
	}
	return out
}

func (f frame) clue() string {
	subj := f.subj
	if subj == "" {
		subj = "-"
	}
	out := "<" + subj + " " + moodNames[f.mood]
	for _, x := range []struct {
		is   bool
		name string
	}{{f.neg, " not"}, {f.asked, " ?"}, {f.cond, " if"}} {
		if x.is {
			out += x.name
		}
	}
	return out + ">"
}

// The names that clues give to what the rules say.
var (
	replyNames    = [...]string{"no answer", "mild yes", "yes", "open", "no", "not an answer"}
	moveNames     = [...]string{"-", "review", "confirms", "asks for a plan"}
	strengthNames = [...]string{"set", "asked", "offered", "hinted"}
	firmnessNames = [...]string{"none", "if", "tentative", "firm", "against"}
	moodNames     = [...]string{"plain", "past", "progressive", "will", "going to", "can", "could", "would", "should", "have to", "want to", "plan to", "try to", "used to", "let", "order"}
)
