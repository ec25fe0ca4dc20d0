package extract

import (
	"slices"

	"github.com/afterword/afterword/models"
)

// answered takes the answer to "what will you do?" for the plan.
func (l *ledger) answered(i int, e *entry, answer reply, plans []plan) *entry {
	u := &l.talk[i]
	if e.asksWhen && e.verb >= 0 && len(u.sentences) > 1 && len(plans) > 0 && plans[0].sent.from > u.sentences[0].from && !l.shares(e, i, plans[0].verb, plans[0].planEnd) {
		if s := u.sentences[0]; len(u.frames(s)) == 0 && !s.question && l.cal.readWhen(u, s.from, s.to).due != "" {
			plans = nil // "Tonight. If I wait I'll talk myself out of it."
		}
	}
	for _, p := range plans {
		if p.firmness == noPlan {
			continue
		}
		if e.asksWhen && e.verb < 0 {
			if o := l.sameDeed(i, p); o != nil && p.firmness == firm {
				e.waiting = false
				l.more(i, o, p, l.planWhen(u, p))
				return o
			}
		}
		if e.verb >= 0 && !p.proform && !l.shares(e, i, p.verb, p.planEnd) && p.firmness != against {
			e.waiting = false
			return nil // talks of another plan
		}
		if p.proform && e.verb < 0 {
			continue
		}
		if e.verb < 0 || !p.proform {
			e.words, e.verb, e.not = proof{i, p.verb, p.planEnd}, p.verb, p.firmness == against
		}
		l.close(i, e, p.firmness)
		return e
	}
	if e.asksWhen && e.verb >= 0 && u.leavesOut(0, len(u.toks)) && l.replyWhen(u).empty() {
		e.last = i // "Not tonight." "And tomorrow?"
		return nil
	}
	if answer == refuses || answer == leavesOpen || u.asksOnly() || u.dontKnow() {
		e.waiting = u.asksOnly()
		e.last = i
		return nil
	}
	s, ok := u.answerFragment()
	if e.asksWhen && e.verb < 0 { // nothing on the table yet: only "I'll do it then" makes it a plan
		e.last, e.waiting = i, false
		w := l.replyWhen(u)
		if w.empty() { // "When will he hear it?" "He's coming on Sunday."
			w = l.cal.readWhen(u, 0, len(u.toks))
		}
		e.time(w)
		return nil
	}
	if !ok && e.asksWhen && e.verb >= 0 && l.replyWhen(u).due != "" && slices.ContainsFunc(u.sentences, func(s sentence) bool {
		return !s.question && len(u.frames(s)) == 0 && l.cal.readWhen(u, s.from, s.to).due != ""
	}) {
		l.close(i, e, firm) // "Tomorrow I'm on lates. Wednesday, then."
		return e
	}
	if !ok {
		e.waiting = false
		return nil
	}
	w := l.cal.readWhen(u, s.from, s.to)
	if w.empty() && u.fragment() {
		w = l.replyWhen(u) // "A walk. Every morning, before work."
	}
	if e.verb < 0 {
		if !u.deedFragment(s, w) && !(e.small && s.to-s.from <= 12) {
			e.waiting = false
			return nil
		}
		e.words = proof{i, s.from, u.planEnd(s.from, s)}
		if isBase(u.word(s.from)) || isGerund(u.word(s.from)) {
			e.verb = s.from
		}
	}
	l.close(i, e, firm)
	return e
}

// close settles an asked-for plan.
func (l *ledger) close(i int, e *entry, f firmness) {
	u := &l.talk[i]
	e.origin, e.waiting = selfMade, false
	switch {
	case e.cond || f == ifOnly:
		e.status = models.Hypothetical
	case f == tentative || e.strength == toOffer && f != firm:
		e.status = models.Suggested
		e.waiting = true
	case (e.strength == toOffer || e.small && !e.sure) && l.fragmentOnly(i) && (e.small || l.replyWhen(u).empty()) && u.replies() != agrees && !(e.verb >= 0 && isGerund(u.word(e.verb))):
		e.status = models.Suggested
		e.waiting = true
	default:
		e.status, e.settled = models.Committed, true
	}
	e.time(l.replyWhen(u))
	if q, ok := l.foreseen(i); ok && e.when.due == "" && e.when.recurrence == "" && !l.talk[i-1].whatFirst(q) {
		e.when.recurrence = "as-needed"
	}
	q := u.whole()
	e.prove(i, q.from, q.to)
}

func (l *ledger) fragmentOnly(i int) bool { return l.talk[i].fragment() }

// answerFragment is the first sentence that answers: short, no question, not
// only small words.
func (u *utterance) answerFragment() (sentence, bool) {
	for _, s := range u.sentences {
		from := s.from
		for from < s.to && (openers[u.word(from)] || u.toks[from].filler || u.toks[from].kind == mark) && !(u.word(from) == "no" && u.ruleOut(from+1, s)) {
			from++
		}
		if from >= s.to || s.question {
			continue
		}
		if u.word(from) == "there" && u.isBe(from+1) {
			return s, false // what there is, is not yet done
		}
		if s.to-from > 16 {
			return s, false
		}
		for _, f := range u.frames(s) {
			if f.over() || f.subj != "i" && f.subj != "it" && f.subj != "that" {
				return s, false
			}
			if f.subj == "i" && f.mood == plain || f.neg {
				return s, false
			}
		}
		return sentence{from, s.to, false}, true
	}
	return sentence{}, false
}

// deedFragment: "a swim on Saturday", "ice, then I text Dani", "call Ray".
func (u *utterance) deedFragment(s sentence, w when) bool {
	first := u.word(s.from)
	if inClass("task", lemma(first, base|gerund)) && !inClass("state", lemma(first, base|gerund)) && (isBase(first) || isGerund(first)) {
		return true
	}
	if first == "no" && u.ruleOut(s.from+1, s) {
		return true // "No phone at the table."
	}
	if next := u.word(s.from + 1); (first == "have" || first == "get") && (articles[next] || possess[next] || next == "some") {
		return true // "Have a bath."
	}
	return w.due != "" || w.recurrence != "" || first == "then"
}

// endsWithDay: the last sentence is a day and little more.
func (l *ledger) endsWithDay(i int) bool {
	u := &l.talk[i]
	if len(u.sentences) < 2 {
		return false
	}
	s := u.sentences[len(u.sentences)-1]
	w := l.cal.readWhen(u, s.from, s.to)
	return !s.question && s.to-s.from <= 6 && len(u.frames(s)) == 0 && w.due != "" && w.from <= s.from+1 && !halfMeant.has(u, s)
}

func (u *utterance) dontKnow() bool {
	for _, s := range u.sentences {
		if doNotKnow.has(u, s) {
			return true
		}
	}
	return false
}

var doNotKnow = list(`
i do not know
no idea
not sure
^ nothing
`)
