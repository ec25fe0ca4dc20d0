package extract

import (
	"fmt"
	"slices"
)

// clues are what turns are judged by where it is learnt and not ruled: words, and
// what the rules make of them.
type clues struct {
	talk []utterance
	cal  calendar
	own  []ownClues // by utterance, once it was asked for
}

func newClues(talk []utterance, cal calendar) *clues {
	return &clues{talk: talk, cal: cal, own: make([]ownClues, len(talk))}
}

// beside are the places of an utterance beside the turn that is judged.
var beside = [...]struct {
	name string
	by   int
}{{"said", 0}, {"before", -1}, {"2 before", -2}, {"3 before", -3}, {"after", 1}, {"2 after", 2}, {"3 after", 3}}

// turn gives the clues of a client's turn, each once: what was said there and in the three turns
// before and after ("said: then", "2 before: will you"), how far into the session
// that was, and how the turn answers the one before. What the ledger found is none:
// on the sessions that its rules were written with it is right too often.
func (c *clues) turn(i int) []string {
	var out []string
	for _, p := range beside {
		if k := i + p.by; k >= 0 && k < len(c.talk) {
			for _, x := range c.of(k).all {
				out = append(out, p.name+": "+x)
			}
		}
	}
	for tenth := 2; tenth < 10; tenth++ {
		if 10*i > tenth*len(c.talk) {
			out = append(out, fmt.Sprintf("after %d tenths", tenth))
		}
	}
	if i > 0 {
		out = append(out, c.answers(i)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// next gives the clues of turn b of the client, which takes something on as turn a
// before it did, with one of the therapist's between: what was said in each, and whether
// they speak of the same things.
func (c *clues) next(a, b int) []string {
	var out []string
	for _, p := range []struct {
		name string
		at   int
	}{{"then", a}, {"between", b - 1}, {"said", b}} {
		for _, x := range c.of(p.at).all {
			out = append(out, p.name+": "+x)
		}
	}
	for _, p := range []struct {
		name   string
		at, by int
	}{{"then and between", a, b - 1}, {"then and said", a, b}, {"between and said", b - 1, b}} {
		out = append(out, fmt.Sprintf("%s share %d", p.name, min(3, c.shared(p.at, p.by))))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// few gives the clues of a turn that is all there is, with the one before it: who speaks, what
// they say, what was said before, and how the turn answers that.
func (c *clues) few(i int) []string {
	who := c.talk[i].who()
	out := []string{who}
	for _, x := range c.of(i).all {
		out = append(out, who+": "+x)
	}
	if i > 0 {
		out = append(out, who+" answers")
		for _, x := range c.of(i - 1).all {
			out = append(out, "before: "+x)
		}
		for _, x := range c.answers(i) {
			out = append(out, who+": "+x)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// shared is how many content words two utterances have in common.
func (c *clues) shared(i, k int) (n int) {
	a := c.talk[i].stems(0, len(c.talk[i].toks))
	for w := range c.talk[k].stems(0, len(c.talk[k].toks)) {
		if a[w] {
			n++
		}
	}
	return n
}

// ownClues are those of an utterance by itself. It counts in many places, so they
// are worked out once.
type ownClues struct {
	all   []string // words, pairs of words, the first and the last, frames, plans and proposals
	put   []string // those of all that say what was put in it
	how   string   // how it answers
	asked bool     // it ends in a question
}

func (c *clues) of(i int) *ownClues {
	if c.own[i].how == "" {
		c.own[i] = c.read(&c.talk[i])
	}
	return &c.own[i]
}

func (c *clues) read(u *utterance) ownClues {
	own := ownClues{how: replyNames[u.replies()]}
	ws := u.clueWords(0, len(u.toks))
	out := wordClues(ws)
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
	if w := c.cal.readWhen(u, 0, len(u.toks)); w.due != "" {
		out = append(out, "<day>")
		own.how += ", a time"
	} else if w.recurrence != "" {
		out = append(out, "<rhythm>")
		own.how += ", a time"
	}
	for _, p := range u.plansOf(c.cal) {
		out = append(out, "<plan: "+firmnessNames[p.firmness]+">")
	}
	for _, s := range u.sentences {
		for _, f := range u.frames(s) {
			out = append(out, f.clue())
		}
		if m, ok := u.moveOf(s); ok {
			own.put = append(own.put, "<"+moveNames[m.value]+">")
		}
		for _, p := range u.proposalsOf(s, c.cal) {
			own.put = append(own.put, "<"+strengthNames[p.strength]+" for the "+p.owner+">")
		}
		own.asked = s.question
	}
	own.all = append(out, own.put...)
	return own
}

// who names the speaker in clues.
func (u *utterance) who() string {
	if u.client {
		return "client"
	}
	return "therapist"
}

// clueWords are the words of [from, to) without fillers; numbers, weekdays and what
// others said are told as such.
func (u *utterance) clueWords(from, to int) []string {
	var out []string
	for k := from; k < to; k++ {
		switch t := u.toks[k]; {
		case t.filler:
		case t.kind == number || smallNumbers[t.w] > 0:
			out = append(out, "<number>")
		case weekdays[t.w] > 0:
			out = append(out, "<weekday>")
		case t.voice == othersWords:
			out = append(out, "<others'> "+t.w)
		default:
			out = append(out, u.word(k))
		}
	}
	return out
}

// wordClues are words and pairs of them.
func wordClues(ws []string) []string {
	var out []string
	for k, w := range ws {
		out = append(out, w)
		if k > 0 {
			out = append(out, ws[k-1]+" "+w)
		}
	}
	return out
}

// answers say at once how the turn answers and what it answers to, which the
// weights of both apart cannot.
func (c *clues) answers(i int) (out []string) {
	how, before := c.of(i).how, c.of(i-1)
	for _, x := range before.put {
		out = append(out, how+" to "+x)
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
