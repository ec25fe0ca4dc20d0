package extract

import "github.com/afterword/afterword/models"

// An answer may take a plan on terms of its own, say how firmly it was meant, or
// take back what it began with.

// ownTerms: what was asked is too much, and the client says at once how often or
// when it would do: "Every day? Nah. Tuesdays and Thursdays."
func (l *ledger) ownTerms(i int, e *entry) bool {
	u := &l.talk[i]
	if e.origin == reviewing || e.byClient || e.last != i-1 || e.when.due == "" && e.when.recurrence == "" {
		return false
	}
	for _, s := range u.sentences {
		if s.question || s.to-s.from > 12 || u.mentions(s, "not") || u.mentions(s, "never") || halfMeant.has(u, s) {
			continue
		}
		if len(u.frames(s)) > 0 && !canDoThis.has(u, s) {
			continue // "Friday's my mother's day."
		}
		if w := l.cal.readWhen(u, s.from, s.to); w.due != "" && w.due != e.when.due || w.recurrence != "" && w.recurrence != e.when.recurrence {
			return true
		}
	}
	return false
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

// backOut takes back what was just said: "Sure, I'll sign it. ... No, leave it."
var backOut = list(`
^ no ,? leave|scrap|forget|drop|skip|strike it|that|him|her|them|this
^ no ,? no ,? leave|scrap|forget|drop|skip|strike it|that|him|her|them|this
^ no ,? i will not|leave_it|leave_him|leave_her|leave_that
^ no ,? i can not
^ actually ,? no
^ actually ,? i will not|can_not
on second thoughts ,? no|leave|forget
scrap|forget|strike that $
i take that|it back
who am i kidding|codding|fooling
`)

// takesBack drops the plan that the same utterance took on before.
func (l *ledger) takesBack(i int, plans []plan) {
	u := &l.talk[i]
	for n, s := range u.sentences {
		if n == 0 || s.question || !backOut.has(u, s) {
			continue
		}
		for _, p := range plans {
			if p.firmness == firm && p.sent.from >= s.from {
				return // "No, forget that, I'll write to him."
			}
		}
		if e := l.recent(i, 0); e != nil && e.settled && len(e.proofs) > 0 && e.last == i {
			e.status, e.waiting = models.Declined, false
		}
		return
	}
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
