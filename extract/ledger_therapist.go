package extract

import (
	"github.com/afterword/afterword/models"
)

// therapist reads one utterance of the therapist.
func (l *ledger) therapist(i int) {
	u := &l.talk[i]
	l.answerClient(i)
	var mine *entry  // opened in this utterance
	offered := false // the sentence before said what the therapist will do
	for n, s := range u.sentences {
		if partings.has(u, s) {
			continue
		}
		m, ok := u.moveOf(s)
		if l.whenIs(i, s) || l.tooMuch(i, s) {
			continue
		}
		switch {
		case ok && m.value == review:
			l.review(i, s, m)
			continue
		case ok && m.value == confirm && l.confirm(i, s, m, n):
			continue
		case ok && m.value == planAsk && s.question || ok && m.value == planAsk && u.raw:
			l.ask(i, s, m)
			continue
		}
		if e := l.askIfMeant(i, s); e != nil {
			mine = e
			continue
		}
		if e := l.keepUp(i, s); e != nil {
			mine = e
			continue
		}
		ps := u.proposalsOf(s, l.cal)
		if i == 0 && len(l.talk) >= talkLeast {
			ps = nil // "Sit by the heater. There's a frost on today."
		}
		for _, p := range ps {
			mine = l.put(i, p, mine)
		}
		if offered && (u.word(s.from) == "it" || u.word(s.from) == "they" || u.word(s.from) == "that") {
			continue // "I'll write the report. It goes in on Wednesday."
		}
		offered = len(ps) == 0 && l.offers(i, s)
		if offered && mine != nil && mine.there {
			mine.waiting = false // "There's a book on it. I'll bring it in."
		}
		if len(ps) == 0 && !offered {
			if e := l.smaller(i, s); e != nil {
				mine = e
				continue
			}
			if e := l.thingSet(i, s); e != nil {
				mine = e
				continue
			}
			if e := l.nounSet(i, s); e != nil {
				mine = e
				continue
			}
			l.recap(i, s, mine)
		}
	}
}

// partings end the session; their day is that of the next one.
var partings = list(`
^ shall we say the? same
same time|day|place next|in week|month|monday|tuesday|wednesday|thursday|friday
^ same time|day|place ,? next|in|on|again|this|tomorrow|monday|tuesday|wednesday|thursday|friday|same
same time|day|place $
^ shall we say same
^ i will see you
^ see you
`)

// put lays a proposal on the table, or adds it to the one that it repeats.
func (l *ledger) put(i int, p proposal, mine *entry) *entry {
	u := &l.talk[i]
	w := l.cal.readWhen(u, u.afterOffer(p), u.untilReview(p))
	e := mine
	if e == nil || e.strength == toOffer && p.strength != toOffer {
		e = nil
		back := refersBack(u, p) && !l.takesAlong(i, p)
		if r := l.recent(i, 5); r != nil && (l.shares(r, i, p.from, p.to) || back && !r.not && !l.namesOwn(i, p) && !l.fronts(r, i, p) || p.strength == toOffer && r.waiting && r.last == i-1 && !r.byClient && r.strength != toOffer) {
			e = r
		} else if back {
			if own, ok := l.ownWords(i, p); ok {
				p.from, p.to = own.from, own.to
			}
		}
	}
	if w.due == "" && w.recurrence == "" {
		w = l.occasionDay(i, p.sent, w)
	}
	if r := l.recent(i, 1); e == nil && p.strength == toHint && r != nil && r.settled && r.byClient && r.when.recurrence == "as-needed" {
		r.prove(i, p.at, p.to)
		e = r // "I tell her to sit down." "Hand on your chest, kind voice.": both for when it comes
	}
	if e != nil && p.strength == toHint {
		e.last = i
		return e
	}
	if e != nil && !separate(u, p) {
		e.prove(i, p.at, p.to)
		e.time(w)
		if p.strength < e.strength {
			e.strength = p.strength
		}
		if e.words.to <= e.words.from {
			e.words, e.verb = proof{i, p.from, p.to}, p.from
		}
		if !e.settled || p.asked {
			e.waiting, e.byClient = true, false
		}
		return e
	}
	if p.to-p.from <= 1 && p.lemma == "do" { // "here's what I want you to do. Squeeze this …"
		if s, ok := u.next(p.sent); ok {
			if fs := u.frames(s); len(fs) > 0 && (fs[0].subj == "it" || fs[0].subj == "that" || fs[0].subj == "3") {
				return mine // "The next thing I'd like you to do, okay. It depends on the light."
			}
			p.from, p.to = s.from, u.planEnd(s.from, s)
		}
	}
	if w.due == "" && w.recurrence == "" && l.onlyWhen(i, p) {
		w.recurrence = "as-needed"
	}
	e = l.add(&entry{origin: proposed, strength: p.strength, owner: p.owner, words: proof{i, p.from, p.to}, verb: p.from, when: w, waiting: true, cond: p.cond})
	for k := p.at; k < p.from; k++ {
		e.not = e.not || u.word(k) == "not" && u.word(k+1) == "to" // "I'd like you not to check it"
	}
	e.prove(i, p.at, p.to)
	e.status = map[strength]models.ActionStatus{toSet: models.Assigned, toAsk: models.Suggested, toOffer: models.Suggested}[p.strength]
	if u.word(p.at) == "there" { // "there's a class on Tuesdays": when it is held, not how often one goes
		e.when.recurrence = ""
		e.there, e.verb = true, -1
		if articles[u.word(p.from-1)] {
			e.words.from--
		}
	}
	return e
}

// afterOffer is where the plan's sentence has done with what the therapist will
// do: "I'll send you the tape tonight, you can play it in the car".
func (u *utterance) afterOffer(p proposal) int {
	for _, f := range u.frames(p.sent) {
		if f.subj == "i" && (f.mood == will || f.mood == goingTo) && f.verb < p.at && offerVerbs[f.lemma] {
			return p.at
		}
	}
	return p.sent.from
}

// untilReview is where the plan's sentence turns to when both will look at it
// again: "… and we look again in three weeks".
func (u *utterance) untilReview(p proposal) int {
	for _, f := range u.frames(p.sent) {
		if f.subj == "we" && f.verb > p.from+1 && (f.lemma == "look" || f.lemma == "see" || f.lemma == "meet" || f.lemma == "talk" || f.lemma == "review" || f.lemma == "check" || f.lemma == "discuss") && !meetingWords[u.word(f.at-1)] {
			return f.at
		}
	}
	return p.sent.to
}

// meetingWords before "we meet" keep it in the plan.
var meetingWords = set("when before until till by after")

// onlyWhen: the plan is for when something happens: "when your hands go
// tight, squeeze this"; or the therapist asked "and if you're lying awake?"
// right before.
func (l *ledger) onlyWhen(i int, p proposal) bool {
	u := &l.talk[i]
	if p.strength == toOffer {
		return false
	}
	for k := p.sent.from; k < p.sent.to; k++ {
		if happens(u, k) && (k < p.at || u.toks[k].clause > u.toks[p.from].clause) {
			return true
		}
	}
	for k := i - 1; k >= max(0, i-2); k-- {
		b := &l.talk[k]
		if b.client || len(b.sentences) == 0 {
			continue
		}
		s := b.sentences[len(b.sentences)-1]
		for j := s.from; j < min(s.from+4, s.to) && s.question; j++ {
			if happens(b, j) && b.word(j+1) == "you" {
				return true
			}
		}
	}
	return false
}

// happens: "if you're …", "when it starts": something that comes and goes.
func happens(u *utterance, k int) bool {
	w, next := u.word(k), u.word(k+1)
	if w != "if" && w != "when" && w != "whenever" && w != "once" {
		return false
	}
	switch u.word(k - 1) {
	case "notice", "see", "even", "as", "know", "about", "out", "and":
		if u.word(k-1) != "and" {
			return false
		}
	}
	if next == "your" || next == "the" || next == "a" || next == "one" || next == "it" || next == "that" || next == "he" || next == "she" || next == "they" || next == "someone" || next == "somebody" {
		return next != "it" && next != "that" || !u.isBe(k+2) && u.word(k+2) != "feels" && u.word(k+2) != "would" && u.word(k+2) != "helps"
	}
	if next != "you" {
		return false
	}
	v := u.word(k + 2)
	return v == "are" || v == "feel" || v == "notice" || v == "catch" || v == "start" || v == "hear" || v == "wake" || v == "get" || v == "find" || v == "spot"
}

// ownWords: the sentence before, in the same utterance, says what "it" is.
func (l *ledger) ownWords(i int, p proposal) (sentence, bool) {
	u := &l.talk[i]
	for n := len(u.sentences) - 1; n >= 0; n-- {
		s := u.sentences[n]
		if s.to > p.sent.from || s.to-s.from < 3 {
			continue
		}
		if s.question || answers.has(u, s) && s.to-s.from <= 4 {
			return s, false
		}
		from := s.from
		for from < s.to && (openers[u.word(from)] || u.toks[from].kind == mark) {
			from++
		}
		return sentence{from, u.planEnd(from, s), false}, from < s.to
	}
	return sentence{}, false
}

// fronts: the sentence names its own matter before the proposing words: "with
// your brother, before you say anything, I'd like you to write it".
func (l *ledger) fronts(r *entry, i int, p proposal) bool {
	return p.at-p.sent.from > 3 && len(l.stems(proof{i, p.sent.from, p.at})) > 0 && !l.shares(r, i, p.sent.from, p.at)
}

// takesAlong: "Bring it on Monday" is a deed of its own, with what the plan on the
// table will have made; its day is not the plan's.
func (l *ledger) takesAlong(i int, p proposal) bool {
	r := l.recent(i, 5)
	if r == nil || !r.settled || r.when.due == "" || !alongs[p.lemma] {
		return false
	}
	if r.verb >= 0 && lemma(l.talk[r.words.utterance].word(r.verb), base|gerund|past) == p.lemma {
		return false
	}
	w := l.cal.readWhen(&l.talk[i], p.sent.from, p.sent.to)
	return w.due != "" && w.due != r.when.due
}

var alongs = set("bring show read post send give hand share")

func (l *ledger) namesOwn(i int, p proposal) bool {
	s, ok := l.ownWords(i, p)
	if !ok || s.to-s.from <= 3 && howOften[l.talk[i].word(s.from)] {
		return false // "Once, then. But every day.": a number names nothing
	}
	n := len(l.stems(proof{i, s.from, s.to}))
	r := l.recent(i, 5)
	return n >= 2 || n == 1 && (r == nil || !l.shares(r, i, s.from, s.to)) && s.to-s.from <= 5
}

var howOften = set("once twice thrice")

// refersBack: "try that", "do it".
func refersBack(u *utterance, p proposal) bool {
	for k := p.from + 1; k < min(p.from+3, p.to); k++ {
		if w := u.word(k); w == "it" || w == "that" || w == "this" || w == "them" || w == "those" {
			return p.to-k <= 6
		}
	}
	return false
}

var furtherMarks = set("also another else plus second separately")

// separate: the speaker marks it as a further thing.
func separate(u *utterance, p proposal) bool {
	for k := p.sent.from; k < p.at; k++ {
		if furtherMarks[u.word(k)] {
			return true
		}
	}
	return false
}

// recap: the therapist says the plan back ("So Saturday, laundromat").
func (l *ledger) recap(i int, s sentence, mine *entry) {
	u := &l.talk[i]
	e := l.recent(i, 2)
	if e != nil && e == mine && !s.question {
		mine.time(l.laterWhen(u, s))
		return
	}
	if mine != nil && s.question && s.to-s.from <= 12 && (u.fragment(s) || l.opensWithTime(u, s)) { // "Would you let her have them? Today, before it's dark?"
		if w := l.cal.readWhen(u, s.from, s.to); w.recurrence != "as-needed" {
			mine.time(w)
		}
		return
	}
	if e == nil || e == mine && s.question || s.to-s.from > 34 {
		if mine != nil {
			mine.time(l.laterWhen(u, s))
		}
		return
	}
	w := l.cal.readWhen(u, s.from, s.to)
	shares := l.shares(e, i, s.from, s.to)
	if !e.settled && !s.question && w.due != "" && w.to-w.from >= s.to-s.from-2 && l.askedDayBack(i, w) {
		l.agree(i, e, models.Assigned, w) // "Thursday?" "Thursday."
		return
	}
	if !shares && s.to-s.from > 10 || (w.due == "" && w.recurrence == "") && !shares || s.question && !shares && (u.word(s.from) == "and" || isWh(u.word(s.from)) || s.to-s.from > 8) {
		return
	}
	for _, f := range u.frames(s) {
		if f.subj == "i" || f.subj == "he" || f.subj == "she" || f.subj == "they" || f.over() {
			return
		}
	}
	if e.agreed() || s.to-s.from <= 10 || shares && u.word(s.from) == "so" {
		e.time(w)
		e.prove(i, s.from, s.to)
		if !e.settled || e.status == models.Suggested {
			e.waiting, e.byClient = true, false
			e.asksWhen = e.asksWhen || e.origin != asking && s.question && u.fragment(s) // "Every day?"
		}
	}
}
