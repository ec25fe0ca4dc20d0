package extract

import "github.com/afterword/afterword/models"

// own takes a plan that the client speaks of: their own, or more about one
// that is on the table.
func (l *ledger) own(i int, p plan, mine, target *entry) *entry {
	u := &l.talk[i]
	w := l.planWhen(u, p)
	if mine != nil && l.further(i, p, mine) {
		mine, target = nil, nil
	}
	if mine != nil { // one utterance, one plan, unless a new one is marked
		if p.firmness == firm {
			l.replaced(i, mine, p)
			mine.time(w)
			if (mine.status == models.Suggested || mine.status == models.Hypothetical && mine.words.utterance == i) && mine.owner == "client" { // "If I see him, I'll tell him. No, I'll go and tell him."
				mine.status, mine.settled, mine.waiting = models.Committed, true, false
			}
			if mine.verb < 0 && !p.proform || mine.words.utterance != i && mine.origin != proposed && !p.proform {
				mine.words, mine.verb = proof{i, p.verb, p.planEnd}, p.verb
			}
			mine.prove(i, p.at, p.planEnd)
		}
		return mine
	}
	if e := l.about(i, p, target); e != nil {
		l.more(i, e, p, w)
		return e
	}
	if p.proform && p.firmness != firm {
		return nil
	}
	if o := l.takenOver(i, p); o != nil {
		e := l.add(&entry{origin: selfMade, status: models.Committed, settled: true, byClient: true, words: o.words, verb: o.verb, when: w})
		e.prove(i, p.at, p.planEnd)
		return e
	}
	if p.firmness == tentative && (w.due != "" || w.recurrence != "") && u.replies() == agrees {
		p.firmness = firm // "All right. I could make a pot on Sunday."
	}
	e := &entry{origin: selfMade, words: proof{i, p.verb, p.planEnd}, verb: p.verb, when: w, byClient: true}
	switch p.firmness {
	case firm:
		if p.proform && !l.borrow(i, e) {
			return nil
		}
		if l.greets(i, p) || l.fallback(i) || l.takesOffer(i, p) || u.doneNow() || l.farewell(i) && l.cal.readWhen(u, p.sent.from, p.sent.to).empty() && !homeworkNouns.has(u, p.sent) {
			return nil
		}
		e.status, e.settled = models.Committed, true
	case tentative:
		e.status, e.waiting = models.Suggested, true
	case ifOnly:
		e.status = models.Hypothetical
	case against:
		if l.declines(i, p) {
			return nil
		}
		if !inClass("harm", p.lemma) && !givesUp.has(u, p.sent) && !noMore.has(u, p.sent) && !u.resolved(p) {
			return nil
		}
		if target != nil && target.status == models.Declined || u.word(p.verb+1) == "that" || reasons.has(u, p.sent) {
			return nil
		} else if negIdioms.has(u, p.sent) {
			return nil
		} else {
			e.status, e.settled, e.not = models.Committed, true, true
		}
	default:
		return nil
	}
	if e.status == models.Suggested {
		e.strength, e.waiting = toOffer, false // the therapist's "when?" makes it firm
	}
	l.add(e).prove(i, p.at, p.planEnd)
	if e.when.due == "" && e.when.recurrence == "" && e.live() {
		l.inherit(i, e)
		if r := l.termsOf(i); r != "" && e.when.due == "" && e.settled {
			e.when.recurrence = r
		}
		if _, ok := l.foreseen(i); ok && e.when.recurrence == "" && e.when.due == "" && e.settled {
			e.when.recurrence = "as-needed" // "And when it's three in the morning?" "I'll put the light on."
		}
	}
	return e
}

// declines: "What about the support line?" "I won't use it." The therapist named
// the thing, or asked; it is refused, and no resolve.
func (l *ledger) declines(i int, p plan) bool {
	if i == 0 || l.talk[i-1].client || len(l.talk[i-1].sentences) == 0 || p.cond {
		return p.cond
	}
	u, b := &l.talk[i], &l.talk[i-1]
	s := b.sentences[len(b.sentences)-1]
	if s.question && (u.word(0) == "no" || u.endsWith(p.sent, "no")) || theyWant.has(u, u.whole()) {
		return true // "And the tablets?" "No thank you. I won't be taking them."
	}
	for _, f := range b.frames(s) {
		if f.subj == "you" && f.asked && f.wh == "" && (f.mood == would || f.mood == could || f.mood == can || f.mood == will) && !f.neg {
			return true // "Would you go and watch?" "I won't sit there like a fool."
		}
	}
	return namedThing.has(b, s) || b.toks[len(b.toks)-1].w == "?" && asksMind.has(b, s)
}

var (
	theyWant   = list("he|she|they want|wants|wanted|asked|asks me\nhe|she|they keep|keeps asking me")
	namedThing = list("^ what about\n^ how about\n^ you mentioned|said|talked|spoke\nthere is a|an|the\nthey have a|an|one")
	asksMind   = list("are you minded|tempted|thinking|planning|going\nwould you like|go|see|want|ever|consider\ncould you\nwhat does|do the|you|that ... say|think|want\nwhat will|would you do with")
)

// replaced: "I'm seeing her on Sunday, so I'll ask her": the meeting is the
// occasion, the plan comes after it. And "I'm not ringing today, I'll ring
// tomorrow" is no plan not to ring.
func (l *ledger) replaced(i int, e *entry, p plan) {
	if p.proform || e.words.utterance != i || e.verb < 0 || p.mood != will && p.mood != goingTo {
		return
	}
	met := meetings[lemma(l.talk[i].word(e.verb), gerund)] && isGerund(l.talk[i].word(e.verb))
	if e.not && l.shares(e, i, p.verb, p.planEnd) || met {
		e.words, e.verb, e.not = proof{i, p.verb, p.planEnd}, p.verb, false
	}
}

var meetings = set("see meet have visit")

// further: "We can do that. And I'll say sorry about her mother." is a second
// plan: its own sentence, marked, with other words.
func (l *ledger) further(i int, p plan, mine *entry) bool {
	u := &l.talk[i]
	first := u.word(p.sent.from)
	if p.firmness != firm || p.proform || p.mood == progressive || first != "and" && first != "plus" && first != "also" {
		return false
	}
	for _, q := range mine.proofs {
		if q.utterance == i && q.from < p.sent.to && q.to > p.sent.from && q.from >= p.sent.from {
			return false
		}
	}
	return len(l.stems(proof{i, p.verb, p.planEnd})) > 0 && !l.shares(mine, i, p.verb, p.planEnd)
}

// inherit takes the time of an open "when will you …?" that was answered
// before the plan had words of its own.
func (l *ledger) inherit(i int, e *entry) {
	for k := len(l.entries) - 1; k >= max(0, len(l.entries)-3); k-- {
		if a := l.entries[k]; a.origin == asking && a.asksWhen && a.verb < 0 && a.status == "" && i-a.last <= 4 && a.when.due != "" {
			e.time(a.when)
			e.proofs = append(e.proofs, a.proofs...)
			a.asksWhen = false // its plan has been found
			return
		}
	}
}

var reasons = list(`
i hate
i can not
it is too
it makes me
`)

var negIdioms = list(`
i will not lie
i am not going to lie
i will not have
i will not be able|a|an|the|my|in|at|on|there|here|back|seeing|so|too|very|your|his|her|their|that|this|any|one|around|home|well|good|long|much
i am not going to pretend
i will not go into
i will not bore
i will not take it
i will not ever
i will not let you
i am not going through|along|anywhere|mad
`)

// about finds the entry that a plan speaks of again.
func (l *ledger) about(i int, p plan, target *entry) *entry {
	if target != nil && target.origin == proposed && target.status == models.Declined {
		target = nil
	}
	for k := len(l.entries) - 1; k >= 0 && k >= len(l.entries)-3; k-- {
		e := l.entries[k]
		if e.origin == asking && e.asksWhen && e.verb < 0 && e.status == "" && p.proform && (p.firmness == firm || p.firmness == tentative) && i-e.last <= 5 {
			return e
		}
		if e == target && target.origin == asking {
			continue
		}
		if !e.live() || i-e.last > 4 || e.origin == asking {
			continue
		}
		if p.proform && p.firmness == firm && (i-e.last <= 2 || !e.settled && len(l.stems(proof{i, p.verb, p.planEnd})) == 0) || l.sameTalk(e, i, p) || l.shares(e, i, p.verb, p.planEnd) && !(e.settled && !p.proform && l.newTopic(i, e)) {
			return e
		}
		if e.waiting && e.asksWhen && i-e.last <= 1 {
			return e
		}
	}
	return l.sameDeed(i, p)
}

// newTopic: the therapist has just named another matter: "And an apology for
// the ones on Sunday?"
func (l *ledger) newTopic(i int, e *entry) bool {
	if i == 0 || l.talk[i-1].client || e.last >= i-1 {
		return false
	}
	u := &l.talk[i-1]
	if len(u.sentences) == 0 {
		return false
	}
	s := u.sentences[len(u.sentences)-1]
	first := u.word(s.from)
	return s.question && (first == "and" || first == "what" && u.word(s.from+1) == "about" || first == "how" && u.word(s.from+1) == "about") && len(l.stems(proof{i - 1, s.from, s.to})) > 0 && !l.shares(e, i-1, s.from, s.to)
}

// sameDeed finds an older plan with the same verb, spoken of again with a
// pronoun: "call Ray" … "I'll call him Friday".
func (l *ledger) sameDeed(i int, p plan) *entry {
	u := &l.talk[i]
	next := u.word(p.verb + 1)
	if next != "him" && next != "her" && next != "them" && next != "it" && next != "that" {
		return nil
	}
	for k := len(l.entries) - 1; k >= 0 && i-l.entries[k].last <= 24; k-- {
		e := l.entries[k]
		if e.live() && e.verb >= 0 && p.lemma != "do" && p.lemma != "try" && !l.otherObject(e, next) && lemma(l.talk[e.words.utterance].word(e.verb), base|gerund|past) == p.lemma {
			return e
		}
	}
	return nil
}

// sameTalk: "I'm going to tell him" … "I'll call him tonight": the same word to the
// same person, now with how and when.
func (l *ledger) sameTalk(e *entry, i int, p plan) bool {
	u, o := &l.talk[i], &l.talk[e.words.utterance]
	if p.firmness != firm || e.verb < 0 || !e.when.empty() || !talks[p.lemma] || !talks[lemma(o.word(e.verb), base|gerund)] {
		return false
	}
	next := u.word(p.verb + 1)
	return (next == "him" || next == "her" || next == "them") && o.word(e.verb+1) == next
}

var talks = set("tell call ring phone text message email ask write")

// otherObject: the entry speaks of another person than the pronoun does.
func (l *ledger) otherObject(e *entry, pronoun string) bool {
	u := &l.talk[e.words.utterance]
	for k := e.words.from; k < e.words.to; k++ {
		if w := u.word(k); (w == "him" || w == "her" || w == "them") && w != pronoun {
			return true
		}
	}
	return false
}

// more adds a later word on the same plan.
func (l *ledger) more(i int, e *entry, p plan, w when) {
	switch p.firmness {
	case firm:
		l.replaced(i, e, p)
		e.status, e.settled, e.waiting = models.Committed, true, false
		if e.owner != "client" {
			e.status = models.ByTherapist
		}
	case against:
		e.status, e.settled, e.waiting = models.Declined, true, false
	case ifOnly:
		if e.settled {
			return
		}
	}
	e.time(w)
	e.prove(i, p.at, p.planEnd)
}

// borrow: "I'll do that" right after the therapist, with nothing on the table:
// the therapist's words are the plan.
func (l *ledger) borrow(i int, e *entry) bool {
	if i == 0 || l.talk[i-1].client {
		return e.when.due != "" || e.when.recurrence != "" || l.earlierSentence(i, e)
	}
	u := &l.talk[i-1]
	if len(u.sentences) == 0 || len(u.toks) > 60 {
		return false
	}
	if l.earlierSentence(i, e) {
		return true
	}
	s := u.sentences[len(u.sentences)-1]
	fs := u.frames(s)
	for _, f := range fs {
		if f.subj == "you" && inClass("task", f.lemma) {
			e.words, e.verb = proof{i - 1, f.verb, u.planEnd(f.verb, s)}, f.verb
			return true
		}
	}
	if from := u.skipOpeners(s); len(fs) == 0 && s.question && s.to-from <= 8 && (articles[u.word(from)] || possess[u.word(from)]) {
		e.words, e.verb = proof{i - 1, from, s.to - 1}, -1 // "And the men's group?" "Wednesday. I'm going."
		return true
	}
	return e.when.due != "" || e.when.recurrence != ""
}

func (u *utterance) skipOpeners(s sentence) int {
	k := s.from
	for k < s.to && (openers[u.word(k)] || u.toks[k].filler || u.toks[k].kind == mark) {
		k++
	}
	return k
}

// earlierSentence: "I want to eat away from my desk. I'll do that."
func (l *ledger) earlierSentence(i int, e *entry) bool {
	u := &l.talk[i]
	for _, s := range u.sentences {
		if s.from > e.words.from {
			break
		}
		for _, f := range u.frames(s) {
			if f.verb < e.words.from && (f.subj == "i" || f.subj == "we") && (f.mood == would || f.mood == wantTo || f.mood == could || f.mood == haveTo || f.mood == should) && !f.neg && inClass("task", f.lemma) {
				e.words, e.verb = proof{i, f.verb, u.planEnd(f.verb, s)}, f.verb
				return true
			}
		}
	}
	return false
}

// fallback: the therapist asked "and if …?" about a plan on the table; the
// answer belongs to that plan and is no new one.
func (l *ledger) fallback(i int) bool {
	if i == 0 || l.talk[i-1].client {
		return false
	}
	u := &l.talk[i-1]
	e := l.recent(i, 4)
	if e == nil || len(u.sentences) == 0 {
		return false
	}
	s := u.sentences[len(u.sentences)-1]
	for k := s.from; k < min(s.from+4, s.to); k++ {
		if u.word(k) == "if" {
			e.last = i
			return true
		}
	}
	return false
}

// takesOffer: "I'll send you the article." "I'll read it in bed." says thank
// you, and promises nothing.
func (l *ledger) takesOffer(i int, p plan) bool {
	if l.stows(i, p) {
		return true
	}
	next := l.talk[i].word(p.verb + 1)
	if next != "it" && next != "that" && next != "them" || !savours[p.lemma] {
		return false
	}
	for k := len(l.entries) - 1; k >= 0; k-- {
		if e := l.entries[k]; e.status == models.ByTherapist && e.owner == "therapist" && e.last == i-1 {
			return true
		}
	}
	return false
}

// doneNow: "I'll do it now, hang on. There you go."
func (u *utterance) doneNow() bool {
	for _, s := range u.sentences {
		if doneHere.has(u, s) {
			return true
		}
	}
	return false
}

var doneHere = list("^ there you go\n^ there ,? done|it_is\n^ it is gone|done|off\nthat is it gone|done|off|sent\n^ all done\n^ sent $")

var savours = set("read watch listen wrap keep treasure frame take")

// reports finds what the client says they have carried out, unasked.
func (l *ledger) reports(i int) {
	u := &l.talk[i]
	for _, s := range u.sentences {
		for _, f := range u.frames(s) {
			if f.subj != "i" && f.subj != "we" || f.mood != pastTense || f.neg || f.asked || f.voice != own || f.cond {
				continue
			}
			span := sentence{f.verb, f.end, false}
			kept := keptTo.has(u, s)
			_, known := l.before(proof{i, f.verb, f.end})
			if !kept && !known && !(homeworkNouns.has(u, span) && doneVerbs[f.lemma]) {
				continue
			}
			e := l.add(&entry{origin: selfMade, status: models.DoneAlready, words: proof{i, f.verb, u.planEnd(f.verb, s)}, verb: f.verb, settled: true})
			e.prove(i, s.from, s.to)
			return
		}
	}
}

var doneVerbs = set("do fill write keep use complete finish try practise read make bring")

var (
	selfOffer = list("shall i\nif you like\nif you want\nif that would help\nwould you like me\nfor you")
	helpOffer = list("would it help if i\nwould it be useful|helpful|good|all|okay if i\nhow about i\nwhat if i")
)
