package extract

import "github.com/afterword/afterword/models"

// Plans are taken by half a sentence, and made smaller on the way: "The whole
// kitchen?" "Just the sink, then." What such words mean is in the question
// before them.

// asksAhead: the therapist has just asked for something that is to come, and
// not for how it is or was.
func (l *ledger) asksAhead(i int) bool {
	b, s, ok := l.lastAsked(i)
	if !ok {
		return false
	}
	if _, ok := l.foreseen(i); ok {
		return true
	}
	if e := l.waitingFor(i, true); e != nil && e.last == i-1 && e.origin != reviewing && !e.cond {
		return true
	}
	if fs := b.frames(s); len(fs) > 0 {
		switch f := fs[0]; f.mood {
		case will, goingTo, could, can, would:
			return f.subj != "he" && f.subj != "she" && f.subj != "they" && f.subj != "3" && !f.cond
		}
		return false
	}
	return b.fragment(s) && (amountAsk.has(b, s) || b.namesThing(s))
}

// amountAsk are short questions of how much: "The whole house?", "Every day?"
var amountAsk = list("^ the whole|lot|full\n^ all|both|every|each of? @any\n^ how much|many")

func (l *ledger) lastAsked(i int) (*utterance, sentence, bool) {
	if i == 0 || l.talk[i-1].client || len(l.talk[i-1].sentences) == 0 {
		return nil, sentence{}, false
	}
	b := &l.talk[i-1]
	s := b.sentences[len(b.sentences)-1]
	return b, s, s.question || b.raw
}

// namesThing: "And the email?", "What about the gym?"
func (u *utterance) namesThing(s sentence) bool {
	k := s.from
	if u.word(k) == "what" || u.word(k) == "how" {
		k += 2
	} else if u.word(k) == "and" || u.word(k) == "so" {
		k++
	}
	return s.question && s.to-s.from <= 12 && len(u.frames(s)) == 0 && k < s.to && (articles[u.word(k)] || u.word(k) == "your" || u.word(k) == "that")
}

// settlesFor finds the smaller thing that the client settles for: "God no. The
// sink. Just the sink, then." It answers a question; of its own it is none.
func (l *ledger) settlesFor(i int) (sentence, bool) {
	u := &l.talk[i]
	if !u.asksFor {
		return sentence{}, false
	}
	for n, s := range u.sentences {
		if n > 2 || s.question {
			break
		}
		from := u.skipOpeners(s)
		if s.to-from > 9 || s.to-from < 2 || !u.fragment(s) || u.mentions(s, "not") || u.toks[from].voice != own {
			continue
		}
		t := sentence{from, s.to, false}
		if (onlyThis.has(u, t) || u.endsWith(t, "then")) && !noThings.has(u, t) {
			for t.to > t.from+1 && (u.toks[t.to-1].kind == mark || u.word(t.to-1) == "then" || u.word(t.to-1) == "yes") {
				t.to--
			}
			if u.word(t.from) == "just" || u.word(t.from) == "only" {
				t.from++
			}
			return t, t.to > t.from
		}
	}
	return sentence{}, false
}

var (
	onlyThis = list("^ just|only the|a|one|this|that|my|two|half|three|ten|five\n, no more|longer|further $\nand no more|further $")
	noThings = list("^ go_on|fair_enough|cheers|ta|thanks|see_you|grand|fine|sure|great|good|no|nothing|never|back|now|until|since|so|well|right|okay\nthe once\nkidding|joking|saying|thinking|me|him|her|them")
)

// counters: asked for so much, the client names less: "One page a day?" "Half a
// page." The plan stands, made smaller.
func (l *ledger) counters(i int) bool {
	b, s, ok := l.lastAsked(i)
	u := &l.talk[i]
	if !ok || len(u.sentences) == 0 || u.sentences[0].question || !b.amounts(s) {
		return false
	}
	a := u.sentences[0]
	from := u.skipOpeners(a)
	if a.to-from > 6 || len(u.frames(a)) > 0 {
		return false
	}
	for k := from; k < min(from+2, a.to); k++ {
		if w := u.word(k); u.toks[k].kind == number || smallNumbers[w] > 0 || w == "half" {
			return true
		}
	}
	return false
}

func (u *utterance) amounts(s sentence) bool {
	for k := s.from; k < s.to; k++ {
		if w := u.word(k); u.toks[k].kind == number || smallNumbers[w] > 0 && w != "one" || w == "an" && units[u.word(k+1)] != "" || w == "one" && k+1 < s.to && u.word(k+1) != "of" {
			return true
		}
	}
	return false
}

// namesOne: "Could you leave one thing undone?" "The ironing." The client says
// which.
func (l *ledger) namesOne(i int) bool {
	b, s, ok := l.lastAsked(i)
	u := &l.talk[i]
	if !ok || !oneOf.has(b, s) || len(u.sentences) == 0 {
		return false
	}
	a := u.sentences[0]
	from := u.skipOpeners(a)
	return !a.question && a.to-from <= 6 && len(u.frames(a)) == 0 && (articles[u.word(from)] || possess[u.word(from)])
}

var oneOf = list("could|would|can|will you ... one|something|someone|somebody")

// smaller offers the same again, made smaller, after a refusal: "I can't be
// lying on the floor." "In the chair, once, with the news?"
func (l *ledger) smaller(i int, s sentence) *entry {
	u := &l.talk[i]
	then := u.mentions(s, "then")
	if !s.question && !then || i == 0 || !l.talk[i-1].client {
		return nil
	}
	from := u.skipOpeners(s)
	if u.word(from) == "then" {
		from++
	}
	if s.to-from > 12 || s.to-from < 3 || len(u.frames(s)) > 0 || isWh(u.word(from)) || u.word(from) == "why" || u.auxiliary(from) {
		return nil
	}
	e := &entry{origin: proposed, strength: toAsk, status: models.Suggested, verb: -1, when: l.cal.readWhen(u, s.from, s.to), waiting: true}
	if !s.question {
		e.strength, e.status = toSet, models.Assigned // "In your head, then."
	}
	for k := len(l.entries) - 1; k >= max(0, len(l.entries)-3); k-- {
		if o := l.entries[k]; o.status == models.Declined && o.last == i-1 {
			e.words, e.verb = o.words, o.verb
		}
	}
	if b, q, ok := l.lastAsked(i - 1); ok && e.words.to <= e.words.from && b.namesThing(q) && canNot.has(&l.talk[i-1], l.talk[i-1].whole()) {
		e.words = proof{i - 2, b.skipOpeners(q), q.to - 1} // "And the exercises?" "I can't lie on the floor."
	}
	if e.words.to <= e.words.from {
		return nil
	}
	l.add(e).prove(i, s.from, s.to)
	return e
}

// echoYes: "Only the leg, aye.", "At six, yeah.": a piece of what was put, with
// a yes behind it.
func (u *utterance) echoYes(s sentence) bool {
	end := s.to
	for end > s.from && u.toks[end-1].kind == mark {
		end--
	}
	for k := s.from; k < end; k++ {
		if w := u.word(k); subjects[w] || modals[w] {
			return false
		}
	}
	return !s.question && end-s.from >= 3 && end-s.from <= 9 && u.word(end-1) == "yes" && u.word(end-2) == "," && len(u.frames(s)) == 0 && u.word(s.from) != "no"
}

// hearAsked notes what the therapist's last words asked of the client.
func (l *ledger) hearAsked(i int) {
	u := &l.talk[i]
	if i > 0 && !l.talk[i-1].client {
		b := &l.talk[i-1]
		u.shortBefore = len(b.toks) <= 12 && b.fragment()
	}
	b, s, ok := l.lastAsked(i)
	if !ok {
		return
	}
	u.asksFor, u.thing = l.asksAhead(i), b.namesThing(s)
	u.asksFor = u.asksFor || toldYet.has(b, s)
	u.doAsked = u.doAsked || haveDecided.has(b, s)
	for _, f := range b.frames(s) {
		if f.subj == "you" && f.asked && f.mood == would && f.wh == "" && !b.mentions(s, "rather") && f.lemma != "say" && f.lemma != "call" {
			u.would = f.lemma
		}
	}
	for k := s.from; k < s.to; k++ {
		if f, ok := thoughtOf.at(b, s, k); ok {
			u.would = lemma(b.word(f.to-1), gerund)
		}
	}
}

// toldYet ask whether somebody knows: "He will by tonight" is a plan then.
var toldYet = list("do|does|will|would he|she|they know|have\ndo|does your|the|his|her @any know\nwhen do|does|will|can|could he|she|they hear|know|get|have|find\nwhen is|'s he|she|they going to hear|know|get\nwhat is|'s|will going_to? happen to\nput a date on\ncould it|that go")

var haveDecided = list("anything ... you|that ... want|like to keep|hang|take|hold\nhave you decided|chosen|made_up_your_mind\nare you decided")

var thoughtOf = list("have you ever? thought of|about @ing")

// canDo: "Headphones. I can do headphones.", "The napkin I can do.": so much the
// client can do, said to what was asked or said back.
func (u *utterance) canDo(s sentence, c calendar) (plan, bool) {
	if s.question || !u.asksFor && !u.shortBefore {
		return plan{}, false
	}
	for i := s.from; i < s.to; i++ {
		f, ok := canDoThis.at(u, s, i)
		if !ok || u.toks[i].voice != own || u.mentions(s, "not") || u.conditional(i, s) || halfHearted.has(u, sentence{s.from, i, false}) {
			continue
		}
		from, to := f.to, u.planEnd(f.to-1, s)
		if from >= to { // "The napkin I can do."
			from, to = u.skipOpeners(s), i
		}
		if from >= to || u.timeAt(from) || subjects[u.word(from)] || pointWords[u.word(from)] || !c.readWhen(u, from, to).empty() {
			continue
		}
		return u.saidPlan(s, from, to), true
	}
	return plan{}, false
}

var halfHearted = list("i suppose|guess\nwas|all|what|that|maybe|perhaps|best|most|least\nmight")

var canDoThis = list("i can|could do|manage")

// takenOver is the therapist's offer that the client takes out of their hands:
// "I could ring them for you?" "No, I'll do it."
func (l *ledger) takenOver(i int, p plan) *entry {
	u := &l.talk[i]
	if !p.proform || p.firmness != firm || p.lemma != "do" || u.word(0) != "no" && !u.mentions(p.sent, "myself") || len(l.entries) == 0 {
		return nil
	}
	if o := l.entries[len(l.entries)-1]; o.owner == "therapist" && o.last == i-1 {
		return o
	}
	return nil
}
