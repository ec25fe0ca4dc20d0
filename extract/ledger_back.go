package extract

import "github.com/afterword/afterword/models"

// What is said and does not stand: taken back in the same breath ("I'll ring Jo.
// ... Nah, scrap that."), left to a "could" until the other asks ("Could, or
// will?"), or said out of politeness at the door.

// takesBack takes back what was said right before.
var takesBack = list(`
^ scrap|scrub|strike|scratch|bin|ignore|forget that|it|this
^ no ,? no? ,? leave|scrap|forget|drop|skip|strike it|that|him|her|them|this
^ no ,? i will not
^ actually ,? i will not|can_not
^ forget|pretend i
i take that back
i take it back $
i am taking that|it back $
i have changed my mind
on second thoughts|thought
^ leave it|that $
^ i will not $
^ i am not $
^ i am not going to $
^ no ,? i will|am not $
^ not yet $
^ no ,? not yet $
^ what am i saying|on_about|talking_about
^ who am i kidding|fooling|codding
^ i am @adv* only? joking|kidding|messing|codding|slagging
^ only|just joking|kidding|messing|codding
^ joking|kidding $
^ actually ,? no
no ,? i will|can|could not do that|it $
do not write|put that down
never mind that $
`)

// takenBack finds such words in tokens [from, to).
func (u *utterance) takenBack(from, to int) (sentence, bool) {
	for _, s := range u.sentences {
		if s.to > from && s.from < to && !s.question && takesBack.has(u, s) && u.toks[s.from].voice != othersWords {
			return s, true
		}
	}
	return sentence{}, false
}

// unsay declines a plan. It was the client's own if nobody asked for it; a plan in
// its place then leaves nothing of it.
func (e *entry) unsay(i int, s sentence, replaced bool) {
	e.status, e.settled, e.waiting, e.back = models.Declined, true, false, true
	e.prove(i, s.from, s.to)
	if replaced && e.origin == selfMade {
		e.status = ""
	}
}

// backBefore: between two plans of one utterance the first was taken back.
func (l *ledger) backBefore(i, from int, p plan, mine *entry) bool {
	s, ok := l.talk[i].takenBack(from, p.at)
	if !ok || mine == nil || !mine.live() {
		return false
	}
	mine.unsay(i, s, p.firmness == firm && p.sent.from <= s.to)
	return true
}

// takeBack declines the plan of this utterance, or of the one before, that its
// last word takes back.
func (l *ledger) takeBack(i int, plans []plan) {
	u := &l.talk[i]
	s, ok := u.takenBack(0, len(u.toks))
	if !ok {
		return
	}
	for _, p := range plans {
		if p.at > s.from && p.firmness != against {
			return // said in its place
		}
	}
	for _, t := range u.sentences { // "Not yet. Saturday."
		if t.from > s.from && t.to-t.from <= 4 && l.cal.readWhen(u, t.from, t.to).due != "" {
			return
		}
	}
	later := l.onlySaysBack(i-1) && s.from <= u.sentences[0].to
	for k := len(l.entries) - 1; k >= max(0, len(l.entries)-3); k-- {
		e := l.entries[k]
		if !e.live() || e.origin == asking || e.status == "" {
			continue
		}
		for _, q := range e.proofs {
			if q.utterance == i && q.from < s.from || later && q.utterance == i-2 && e.settled {
				e.unsay(i, s, false)
				return
			}
		}
	}
}

// onlySaysBack: the therapist asks and puts nothing new: "Friday, then."
func (l *ledger) onlySaysBack(i int) bool {
	if i < 1 || l.talk[i].client {
		return false
	}
	u := &l.talk[i]
	for _, s := range u.sentences {
		if s.question || len(u.proposalsOf(s, l.cal)) > 0 {
			return false
		}
	}
	return len(u.toks) <= 14
}

// couldOrWill ask whether a "could" is meant.
var couldOrWill = list(`
^ could|might|maybe|perhaps ,? or will
^ could|might|maybe|perhaps|possibly $
^ you say|said you? could|might|may
is that a could|might|maybe|perhaps|will|yes|promise|plan
^ that is a could|might|maybe|perhaps
`)

// askIfMeant puts the client's own "I could" back to them: "You say you could."
func (l *ledger) askIfMeant(i int, s sentence) *entry {
	u := &l.talk[i]
	if s.to-s.from > 10 || !couldOrWill.has(u, s) {
		return nil
	}
	e := l.recent(i, 2)
	if e == nil || e.status != models.Suggested || !e.byClient && e.origin != selfMade {
		return nil
	}
	e.prove(i, s.from, s.to)
	e.strength, e.waiting, e.byClient = toAsk, true, false
	return e
}

// meant settles the client's own "I could" by a later "I will."
var meant = list(`
^ i will $
^ yes ,? i will $
^ i am going to $
^ will $
^ i am @adv* doing it|that $
^ yes ,? i am doing it|that
^ i will ,? too|so $
`)

// meansIt: "I could ring the school. ... I will. Friday."
func (l *ledger) meansIt(i int) {
	u := &l.talk[i]
	for _, s := range u.sentences {
		if s.question || u.toks[s.from].voice == othersWords || !meant.has(u, s) {
			continue
		}
		e := l.recent(i, 2)
		if e == nil || e.status != models.Suggested || e.origin != selfMade || e.verb < 0 {
			return
		}
		e.status, e.settled, e.waiting = models.Committed, true, false
		e.time(l.replyWhen(u))
		e.prove(i, s.from, s.to)
		return
	}
}

// farewell: the therapist has just said when they meet, and the talk is at its
// end: "Same time Tuesday?" "Aye. I'll bring the biscuits."
func (l *ledger) farewell(i int) bool {
	if i < talkLeast || i < len(l.talk)-2 || l.talk[i-1].client {
		return false
	}
	b := &l.talk[i-1]
	if len(b.sentences) == 0 {
		return false
	}
	s := b.sentences[len(b.sentences)-1]
	return partings.has(b, s) || meetAgain.has(b, s) || s.to-s.from <= 6 && b.fragment() && !l.cal.readWhen(b, s.from, s.to).empty()
}

// greets: "I'm going straight from here to do the flowers", said on the way in: what
// the day holds, and nothing that was worked on.
func (l *ledger) greets(i int, p plan) bool {
	return i <= 1 && len(l.talk) >= talkLeast && p.mood == progressive && !l.talk[i].doAsked
}

var meetAgain = list("see|till|until you|next|then|monday|tuesday|wednesday|thursday|friday|saturday|sunday\nsame time|place|again\ntake care\nmind yourself\nsafe home")

// handed: the therapist gives something away, which the client takes.
var handed = list("here is the|a|my|your|its|their|that\nhere are the|some\ntake the|this|one|a leaflet|card|sheet|booklet|number|flyer\ni have got a|the leaflet|card|sheet|booklet|flyer\nleaflet|card|flyer for you")

// stows: "Here's their card." "I'll put it in my purse."
func (l *ledger) stows(i int, p plan) bool {
	if i == 0 || l.talk[i-1].client || !stowing[p.lemma] || !l.planWhen(&l.talk[i], p).empty() {
		return false
	}
	u, b := &l.talk[i], &l.talk[i-1]
	if span := (sentence{p.verb, p.planEnd, false}); !u.mentions(span, "it") && !u.mentions(span, "that") && !u.mentions(span, "them") {
		return false
	}
	for _, s := range b.sentences {
		if handed.has(b, s) {
			return true
		}
	}
	return false
}

var stowing = set("put stick keep take have look read pop shove pin hang")
