package extract

import (
	"slices"

	"github.com/afterword/afterword/models"
)

// client reads one utterance of the client.
func (l *ledger) client(i int) {
	u := &l.talk[i]
	u.dayAsked = l.askedDay(u, when{}).due != "" && u.replies() != refuses
	if q := l.waitingFor(i, true); q != nil && q.origin == asking && !q.asksWhen && q.last == i-1 {
		u.doAsked = true
	}
	l.hearAsked(i)
	plans := u.plansOf(l.cal)
	answer := u.replies()
	e := l.waitingFor(i, true)
	if e != nil && answer == refuses && l.askedOtherWay(i) {
		answer = agrees
	}
	if e != nil && answer == neither && e.strength <= toAsk && (l.echoes(i) || l.counters(i) || l.namesOne(i)) {
		answer = agrees
	}
	if answer == refuses && slices.ContainsFunc(plans, func(p plan) bool { return p.mood == would && p.firmness == firm }) {
		answer = agrees // "Shall we leave it, or would you send it?" "No, I would send it."
	}
	var terms when
	own := false
	if e != nil {
		terms, own = l.ownTerms(i, e)
	}
	switch {
	case e == nil:
	case answer == refuses && own:
		answer = agrees
	case answer == neither && own && e.strength == toSet && e.when.due != "" && terms.due != "":
		e.time(terms) // "Will you ask her tonight?" "She's on nights. Tomorrow, over breakfast."
	case answer == refuses && e.asksWhen && l.endsWithDay(i):
		answer = neither // "March. ... No, that's me putting it off. Saturday."
	case answer == neither && (l.refusesDeed(i, e) || e.origin == proposed && l.dayOut(i, e)):
		answer = refuses
	}
	if v := l.weighed(i); v != neither {
		answer = v
	}
	if s, ok := l.settlesFor(i); ok {
		switch {
		case e != nil && e.last == i-1 && e.origin == asking && e.verb >= 0:
		case e != nil && e.last == i-1 && (e.origin == proposed || e.origin == selfMade):
			answer = agrees
		case len(plans) == 0:
			plans = append(plans, u.saidPlan(s, s.from, s.to))
		}
	}
	if e != nil && e.last < i-1 && slices.ContainsFunc(plans, func(p plan) bool { return l.takenOver(i, p) != nil }) {
		e = nil // "I could ring them." "No, I'll do it."
	}
	var mine *entry
	l.otherDay(i)
	if e != nil {
		if other, open := l.asksElse(i, e); other && (open || answer == refuses || answer == mild) {
			answer = neither
			if e.origin == proposed && !slices.ContainsFunc(plans, func(p plan) bool { return p.proform && p.firmness != against || l.shares(e, i, p.verb, p.planEnd) }) {
				e = nil // what it says belongs to the other question
			}
		}
	}
	if e != nil {
		switch e.origin {
		case reviewing:
			l.reviewed(i, e, answer)
		case asking:
			mine = l.answered(i, e, answer, plans)
		default:
			mine = l.taken(i, e, answer, plans)
		}
	}
	if len(plans) == 0 && mine == nil && (l.willDo(i) || l.cope(i)) {
		return
	}
	said := 0
	for _, p := range plans {
		if l.backBefore(i, said, p, mine) {
			if mine, e = nil, nil; p.firmness == against {
				continue
			}
		}
		mine = l.own(i, p, mine, e)
		said = p.sent.from
	}
	l.meansIt(i)
	l.takeBack(i, plans)
	if e == nil || e.origin != reviewing {
		l.reports(i)
	}
	l.requests(i)
	l.others(i)
}

// asksElse: the therapist asked about something else since, and a bare "no"
// belongs to that: "And is that an emergency?" "No." Open says that it was a
// question of how or what, which no yes answers either.
func (l *ledger) asksElse(i int, e *entry) (other, open bool) {
	if i == 0 || l.talk[i-1].client || len(l.talk[i-1].sentences) == 0 {
		return false, false
	}
	u := &l.talk[i-1]
	if last := u.sentences[len(u.sentences)-1]; anythingElse.has(u, last) {
		return true, false // "The diary, every night. Anything else?" "No, that's plenty."
	}
	if e.last >= i-1 {
		return false, false
	}
	s := u.sentences[len(u.sentences)-1]
	for _, q := range u.sentences { // "What about the tutor? You had a question about the paper."
		if q.question && namedThing.has(u, q) && !l.shares(e, i-1, q.from, q.to) {
			s = q
		}
	}
	for k := s.from; k < s.to && (openers[u.word(k)] || isWh(u.word(k))); k++ {
		open = open || isWh(u.word(k))
	}
	return s.question || u.raw && (namedThing.has(u, s) || rawAsk.has(u, s)) && !l.shares(e, i-1, s.from, s.to), open
}

var anythingElse = list("anything|something else\nany questions|thoughts|worries\nanything you|that|to want|would|need|add|ask")

// rawAsk are questions that were heard without their mark.
var rawAsk = list(`
^ and the|your|you
^ what|when|where|who|how|which
^ did|do|have|are|is|was|would|could|can|will you|there|it|that|he|she|they
what about
have|did|would|could|do you $
`)

// reviewed settles "did you do it?".
func (l *ledger) reviewed(i int, e *entry, answer reply) {
	u := &l.talk[i]
	did, didNot := false, false
	var at sentence
	for _, s := range u.sentences {
		for _, f := range u.frames(s) {
			if f.subj != "i" && f.subj != "we" || f.mood != pastTense {
				continue
			}
			if f.neg && (f.lemma == "do" || f.lemma == "get" || f.lemma == "manage" || f.lemma == "remember" || l.shares(e, i, f.verb, f.end)) || f.lemma == "forget" {
				didNot = true
			} else if !f.neg && !did {
				did, at = true, s
			}
		}
		if doneWords.has(u, s) && !did {
			did, at = true, s
		}
	}
	switch {
	case answer == refuses && !did || didNot && !did:
		e.waiting = false
	case did || answer == agrees || answer == mild:
		e.status, e.waiting, e.settled = models.DoneAlready, false, true
		if !did {
			at = u.sentences[0]
		}
		e.prove(i, at.from, at.to)
	case len(u.sentences) > 0 && !u.sentences[len(u.sentences)-1].question:
		if i-e.last >= 2 {
			e.waiting = false
		}
	}
}

var doneWords = list(`
^ done
i did
did it
did most
got it done
most of it
every day except
^ good ,? i did
times $
`)

// taken settles an answer to something on the table.
func (l *ledger) taken(i int, e *entry, answer reply, plans []plan) *entry {
	u := &l.talk[i]
	var said, soft, not bool
	w := l.replyWhen(u)
	if e.occasion {
		w, e.occasion = l.occasionTold(u), false
	}
	if v := l.eitherDay(i); v.due != "" {
		w.due = v.due
	}
	if p := l.ownAnswer(i, e, answer, plans); p != nil {
		e.words, e.verb = proof{i, p.verb, p.planEnd}, p.verb
		said = true
	}
	for _, p := range plans {
		switch p.firmness {
		case firm:
			if v := l.planWhen(u, p); v.due != "" || v.recurrence != "" {
				w = v
			}
			said = said || p.proform || l.shares(e, i, p.verb, p.planEnd) || answer == agrees
		case tentative:
			soft = true
		case against:
			if l.stops(e) { // "Could you stop ringing him?" "I'm not ringing him any more."
				said = true
				break
			}
			not = not || p.proform || l.shares(e, i, p.verb, p.planEnd) || answer == refuses
		}
	}
	if answer == refuses && len(plans) == 0 && l.stops(e) && e.not && willNot.has(u, u.whole()) {
		answer, said = agrees, true // "I'd ask you not to." "No. I won't."
	}
	if answer == leavesOpen && l.shares(e, i, 0, len(u.toks)) && thinkOn.has(u, u.whole()) && !e.settled && u.word(0) != "i" {
		answer = agrees // "Have a think about it." "Okay, I'll have a think."
	}
	if (answer == agrees || answer == mild) && !said && !e.settled && l.onlyIf(i, plans) {
		e.status, e.waiting, e.settled = models.Hypothetical, false, true // "Would you see her?" "If I fainted, then yes, I'd go."
		e.prove(i, u.whole().from, u.whole().to)
		return nil
	}
	if answer != agrees && !said && !e.settled && hasDone.has(u, u.whole()) {
		e.status, e.waiting, e.settled = models.DoneAlready, false, true // "Could you text her?" "I've already done it."
		e.prove(i, u.whole().from, u.whole().to)
		return nil
	}
	asksBack := u.asksOnly()
	if e.settled && answer != refuses && !said && w.empty() { // "mm", after it was settled
		e.waiting = false
		return nil
	}
	quote := u.whole()
	switch {
	case (answer == refuses || not) && !said:
		if e.settled && !not && e.status == models.Committed { // "no, it's fine"
			return nil
		}
		e.status, e.waiting, e.settled = models.Declined, false, true
		e.prove(i, quote.from, quote.to)
		return nil
	case said:
		l.agree(i, e, models.Committed, w)
		return e
	case e.strength == toHint && (answer != agrees || asksBack):
		e.waiting = asksBack
	case answer == agrees && !asksBack, answer == mild && !asksBack && (e.strength != toOffer || l.askedLast(e)):
		l.agree(i, e, models.Assigned, w)
		return e
	case e.asksWhen && (w.due != "" || w.recurrence != "" || w.phrase != "") && !asksBack && answer != leavesOpen:
		l.agree(i, e, models.Committed, w)
		return e
	case (w.due != "" || w.recurrence != "") && !asksBack && answer != leavesOpen && !soft && len(u.toks) < 24 && e.strength != toOffer && (u.fragment() || l.opensWithTime(u, u.sentences[0])):
		l.agree(i, e, models.Assigned, w)
		return e
	case answer == leavesOpen || soft:
		if e.strength != toSet || answer == leavesOpen {
			e.status = models.Suggested
		}
		e.waiting = soft
		e.prove(i, quote.from, quote.to)
		if soft && !e.settled {
			e.time(w)
			return e
		}
	case asksBack:
		e.last = i // still on the table
	default:
		if e.strength == toOffer {
			e.waiting = false
		} else if e.asksWhen || e.settled {
			e.asksWhen, e.waiting = false, !e.settled
		} else {
			e.last = i
		}
	}
	return nil
}

var (
	hasDone = list("i have already @past\ni already @past\ni have done it|that|those|them\n^ did|done it|that already|yesterday|last\n^ already done|did|have")
	willNot = list("i will not $\ni am not going to $")
	thinkOn = list("i will have a think|look\ni will think about")
)

// onlyIf: the answer begins with an if, and says what would be.
func (l *ledger) onlyIf(i int, plans []plan) bool {
	u := &l.talk[i]
	if len(u.sentences) == 0 || u.sentences[0].question {
		return false
	}
	s := u.sentences[0]
	if !u.opensCase(s) || u.word(u.skipOpeners(s)) != "if" {
		return false
	}
	for _, p := range plans {
		if p.firmness == firm {
			return false
		}
	}
	return u.mentions(s, "would")
}

// ownAnswer: asked whether they could find out, the client says at once how:
// "I'll ask the pharmacist tomorrow." It is the same plan, in better words.
func (l *ledger) ownAnswer(i int, e *entry, answer reply, plans []plan) *plan {
	if e.byClient || e.strength != toAsk && e.strength != toSet || e.settled || e.last != i-1 || answer != neither && answer != mild || len(plans) == 0 {
		return nil
	}
	p := &plans[0]
	if p.firmness != firm || p.proform || p.sent.from != l.talk[i].sentences[0].from || l.shares(e, i, p.verb, p.planEnd) {
		return nil
	}
	return p
}

// agree settles an entry. What the therapist put and the client takes is
// assigned; what the client says they will do is committed.
func (l *ledger) agree(i int, e *entry, as models.ActionStatus, w when) {
	u := &l.talk[i]
	if e.origin == selfMade || e.status == models.Committed {
		as = models.Committed
	}
	e.status, e.waiting, e.settled = as, false, true
	if e.owner != "client" {
		e.status = models.ByTherapist
	}
	e.time(w)
	q := u.whole()
	e.prove(i, q.from, q.to)
}

// askedLast: the offer ended in a question.
func (l *ledger) askedLast(e *entry) bool {
	u := &l.talk[e.proofs[len(e.proofs)-1].utterance]
	return len(u.sentences) > 0 && u.sentences[len(u.sentences)-1].question
}

// whole is the span of an utterance's first sentences, up to a fair length.
func (u *utterance) whole() sentence {
	if len(u.sentences) == 0 {
		return sentence{0, len(u.toks), false}
	}
	last := min(len(u.sentences), 4) - 1
	return sentence{u.sentences[0].from, u.sentences[last].to, false}
}

// asksOnly: every sentence but small words is a question.
func (u *utterance) asksOnly() bool {
	asked := false
	for _, s := range u.sentences {
		if s.question {
			asked = true
		} else if s.to-s.from > 4 || answers.has(u, s) && asked {
			return false
		}
	}
	return asked
}

// fragment: no verb with a subject in it.
func (u *utterance) fragment(ss ...sentence) bool {
	if len(ss) == 0 {
		ss = u.sentences
	}
	for _, s := range ss {
		for _, f := range u.frames(s) {
			if f.subj != "it" && f.mood != order {
				return false
			}
		}
	}
	return true
}
