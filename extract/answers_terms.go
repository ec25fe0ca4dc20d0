package extract

import "github.com/afterword/afterword/models"

// An answer may take a plan on terms of its own, pass over the day that it was
// asked for, or say how firmly it was meant.

// ownTerms: what was asked is too much, and the client says at once how often or
// when it would do: "Every day? Nah. Tuesdays and Thursdays."
func (l *ledger) ownTerms(i int, e *entry) (when, bool) {
	u := &l.talk[i]
	if e.origin == reviewing || e.byClient || e.last != i-1 || e.when.due == "" && e.when.recurrence == "" {
		return when{}, false
	}
	for _, s := range u.sentences {
		if s.question || s.to-s.from > 12 || u.mentions(s, "not") || u.mentions(s, "never") || halfMeant.has(u, s) {
			continue
		}
		w := l.cal.readWhen(u, s.from, s.to)
		if len(u.frames(s)) > 0 && !canDoThis.has(u, s) && !(w.from == s.from && w.to < s.to && u.word(w.to) == "," && l.opensWithTime(u, s)) {
			continue // "Friday I work."
		}
		if w.from >= 0 && u.isBe(w.from+1) {
			continue // "Friday's my mother's day."
		}
		if w.due != "" && w.due != e.when.due || w.recurrence != "" && w.recurrence != e.when.recurrence {
			return w, true
		}
	}
	return when{}, false
}

var halfMeant = list("maybe|perhaps|possibly|might|someday\none|some day\nif")

// termsAsk ask how much would do, of a plan that was too much.
var termsAsk = list(`
what would be more|better|fair|honest|realistic|manageable|doable|possible|enough
what would feel more|better|fair|honest|realistic|manageable|doable|possible
what is|'s more? realistic|honest|manageable|fair|like_it
what would|might suit|work
what could|can you manage|stand|face|live_with
how often|many|much would be fair|honest|realistic|right|enough
`)

// tooMuch puts a plan that was just refused for its size back on the table.
func (l *ledger) tooMuch(i int, s sentence) bool {
	if i == 0 || !l.talk[i-1].client || !termsAsk.has(&l.talk[i], s) || len(l.entries) == 0 {
		return false
	}
	e := l.entries[len(l.entries)-1]
	if e.owner != "client" || e.origin == reviewing || e.byClient || e.last != i-1 && e.last != i-2 || e.status != models.Declined && e.status != models.Suggested && e.status != models.Assigned {
		return false
	}
	e.status, e.settled, e.waiting, e.asksWhen = models.Suggested, false, true, true
	e.prove(i, s.from, s.to)
	return true
}

// weighing asks how firmly something was meant: "Could, or will?", "Is that a
// plan, or only a thought?"
var weighing = list(`
could|might|maybe|may|thought|idea|wish|hope|possibility ,? or is_it|was_that|it_is? only|just|more? of? a|an? will|plan|promise|yes|definite|decision|definitely|commitment
will|plan|promise|yes|definite|decision|definitely|commitment ,? or is_it|was_that|it_is? only|just|more? of? a|an? nice|good|passing? could|might|maybe|may|thought|idea|wish|hope|possibility
`)

var (
	meantFirmly  = set("will plan promise definite decision definitely commitment yes going")
	meantLoosely = set("could might maybe may thought idea wish hope possibility")
)

// weighed is how such a question is answered: the last word counts.
func (l *ledger) weighed(i int) reply {
	b, s, ok := l.lastAsked(i)
	if !ok || !weighing.has(b, s) {
		return neither
	}
	u, out := &l.talk[i], neither
	for n, s := range u.sentences {
		if n > 3 || s.question || s.to-s.from > 9 {
			break
		}
		for k := s.from; k < s.to; k++ {
			switch w := u.word(k); {
			case meantFirmly[w] && !u.mentions(s, "not"):
				out = agrees
			case meantLoosely[w], meantFirmly[w]:
				out = leavesOpen
			}
		}
	}
	return out
}

// whenIs: "I'll tell him on the way to practice." "When's practice?" The answer
// is the day of the plan.
func (l *ledger) whenIs(i int, s sentence) bool {
	u := &l.talk[i]
	if !s.question && !u.raw || s.to-s.from > 9 {
		return false
	}
	e := l.recent(i, 3)
	if e == nil || e.when.due != "" || e.when.recurrence != "" {
		return false
	}
	for k := s.from; k < s.to; k++ {
		f, ok := occasionWhen.at(u, s, k)
		if !ok || !l.shares(e, i, f.to, s.to) && !l.namedBeside(e, i, f.to, s.to) {
			continue
		}
		e.waiting, e.byClient, e.asksWhen, e.occasion = true, false, true, true
		e.prove(i, s.from, s.to)
		return true
	}
	return false
}

// namedBeside: the sentences that the plan was taken from name it: "The
// christening. I'll ask her there."
func (l *ledger) namedBeside(e *entry, i, from, to int) bool {
	p := e.words
	b := &l.talk[p.utterance]
	whole := l.stems(proof{p.utterance, 0, len(b.toks)})
	for w := range l.stems(proof{i, from, to}) {
		if whole[w] && p.utterance >= i-2 && len(b.toks) < 40 {
			return true
		}
	}
	return false
}

var occasionWhen = list("when is|'s|are|do|does|will|would\nwhat day is|'s")

// occasionTold is the day that such an answer names; of what happens each week
// it is the next.
func (l *ledger) occasionTold(u *utterance) when {
	var out when
	for _, s := range u.sentences {
		if s.question || u.mentions(s, "not") {
			continue
		}
		w := l.cal.readWhen(u, s.from, s.to)
		if w.due == "" {
			w = l.everyWeek(u, s)
		}
		if w.due != "" {
			out = w
		}
	}
	return out
}

// refusesDeed: the client says of the very deed that they do not do it: "He's
// sick of me. I'm not phoning him." "Not before Sunday" only puts it off.
func (l *ledger) refusesDeed(i int, e *entry) bool {
	u := &l.talk[i]
	if e.byClient || e.last != i-1 || e.verb < 0 || e.origin != proposed || e.not || l.stops(e) {
		return false
	}
	deed := lemma(l.talk[e.words.utterance].word(e.verb), base|gerund)
	for _, s := range u.sentences {
		if s.question || putsOff.has(u, s) {
			continue
		}
		for _, f := range u.frames(s) {
			if f.subj == "i" && f.neg && f.voice == own && f.lemma == deed && !f.over() && !f.cond {
				return true
			}
		}
	}
	return false
}

var putsOff = list("before|until|till|unless|just|only|yet|alone|much|often\nevery|each|all")

// dayOut: the day that was asked about will not do, and the client names none
// in its place: "Sunday's out."
func (l *ledger) dayOut(i int, e *entry) bool {
	u := &l.talk[i]
	if e.when.due == "" || e.last != i-1 || !l.replyWhen(u).empty() {
		return false
	}
	for _, s := range u.sentences {
		if !s.question && u.leavesOut(s.from, s.to) {
			return true
		}
	}
	return false
}

// eitherDay: the therapist asked which of two days, and the answer has words of
// one: "Tomorrow, or Tuesday of next week?" "Next week."
func (l *ledger) eitherDay(i int) when {
	b, s, ok := l.lastAsked(i)
	if !ok || len(l.talk[i].sentences) == 0 || !b.mentions(s, "or") {
		return when{}
	}
	u := &l.talk[i]
	a := u.sentences[0]
	if a.question || a.to-a.from > 6 || u.mentions(a, "not") || u.mentions(a, "neither") {
		return when{}
	}
	var sides [2]sentence
	for k := s.from + 1; k < s.to-1; k++ {
		if b.word(k) == "or" {
			sides = [2]sentence{{s.from, k, false}, {k + 1, s.to, false}}
		}
	}
	var out when
	for n, side := range sides {
		w := l.cal.readWhen(b, side.from, side.to)
		if w.due == "" {
			w = l.counted(b, side)
		}
		if w.due == "" {
			return when{} // not of two days
		}
		other := sides[1-n]
		for k := a.from; k < a.to; k++ {
			if v := u.word(k); u.toks[k].kind == lexical && !articles[v] && b.mentions(side, v) && !b.mentions(other, v) {
				out = w
			}
		}
	}
	return out
}

// onlyDay: a question that is nothing but a day: "Thursday?"
func (l *ledger) onlyDay(u *utterance, s sentence) bool {
	w := l.cal.readWhen(u, s.from, s.to)
	return s.question && w.due != "" && w.from <= s.from+1 && s.to-s.from <= 4 && len(u.frames(s)) == 0
}

// askedDayBack: the client proposed that day with a question, and the therapist
// says it back.
func (l *ledger) askedDayBack(i int, w when) bool {
	if i == 0 || !l.talk[i-1].client || len(l.talk[i-1].sentences) == 0 {
		return false
	}
	b := &l.talk[i-1]
	s := b.sentences[len(b.sentences)-1]
	return l.onlyDay(b, s) && l.cal.readWhen(b, s.from, s.to).due == w.due
}

// leavesOut: in tokens [from, to) a day is named so as to be passed over.
func (u *utterance) leavesOut(from, to int) bool {
	for k := from; k < to; k++ {
		if u.dayLeftOut(k) > k {
			return true
		}
	}
	return false
}
