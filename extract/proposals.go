package extract

import (
	_ "embed"
	"strings"
)

// strength of a proposal: how it stands while nobody answers.
type strength uint8

const (
	toSet   strength = iota // assigned, unless refused
	toAsk                   // waits for an answer
	toOffer                 // suggested, unless taken up
	toHint                  // nothing, unless taken up: "get up and do something dull"
)

//go:embed lexicon/proposals.tsv
var proposalText string

var proposals = readProposals()

func readProposals() *rules[strength] {
	r := &rules[strength]{}
	for _, l := range tableLines(proposalText) {
		k, p, ok := strings.Cut(l, "\t")
		s, known := map[string]strength{"set": toSet, "ask": toAsk, "offer": toOffer}[k]
		if !ok || !known {
			panic("extract: lexicon/proposals.tsv: " + l)
		}
		r.add(p, s)
	}
	return r
}

// weekMarks say that a plan is for the days after the session.
var weekMarks = list(`
this week
next week
the week
coming week|days
at home
at work
between now and
between sessions
until we
till we
before we
before our
before you
before the next
next time
each|every
once|twice a
when|whenever you|it|the
any time
on paper
tonight
tomorrow
after this
later today
over the weekend|week|holidays
at the weekend
with you
a day|week
for homework
homework
this evening
by @any
from now on
as soon as
the moment
before bed
in the morning
tell|text|show|ring me how
and we will talk|look|go_through|see
`)

// timed: the sentence is of the days after the session, or names a time.
func (u *utterance) timed(s sentence, c calendar) bool {
	return weekMarks.has(u, s) || !c.readWhen(u, s.from, s.to).empty()
}

// inRoom: the plan is for now and here.
var inRoom = list(`
right now
right here
for me now
now please
please now
stop now
now for me
with me
in here
together
for a moment|second|minute|bit
for just a
just now
as you sit|say|talk|breathe
while you are here
today in here
with that
stay there
before we finish|stop|end|start|begin
next session i
in this room
for the last
close your eyes
take a seat
say more
tell me
`)

// proposal is something a speaker puts to the other.
type proposal struct {
	strength strength
	owner    string // client or therapist: who would do it
	sent     sentence
	at       int // first token of the proposing words
	from, to int // the plan
	lemma    string
	asked    bool
	cond     bool
}

// objects behind "I'd like you to" show that a verb was lost.
var objects = set("him her them it")

// proposalsOf finds what the therapist puts to the client in a sentence.
func (u *utterance) proposalsOf(s sentence, c calendar) []proposal {
	var out []proposal
	for i := s.from; i < s.to; i++ {
		f, ok := proposals.at(u, s, i)
		if !ok || u.toks[i].voice == othersWords {
			continue
		}
		if p, ok := u.proposal(s, f, c); ok {
			out = append(out, p)
			i = max(i, p.to-1)
		}
	}
	if len(out) == 0 {
		if p, ok := u.askedProposal(s, c); ok {
			out = append(out, p)
		} else if p, ok := u.order(s, c); ok {
			out = append(out, p)
		} else if p, ok := u.praisedDeed(s, c); ok {
			out = append(out, p)
		}
	}
	return out
}

// proposal checks what follows a row of the table.
func (u *utterance) proposal(s sentence, f found[strength], c calendar) (proposal, bool) {
	p := proposal{strength: f.value, owner: "client", sent: s, at: f.from, asked: s.question}
	v := u.skipAdverbs(f.to, s)
	v = u.pastAside(v, s)
	if u.word(v) == "try" && (u.word(v+1) == "and" || u.word(v+1) == "to") {
		v += 2
	}
	for v < s.to && (u.word(v) == ":" || u.word(v) == ",") {
		v++
	}
	if v >= s.to || u.toks[v].kind == mark && u.word(v) != `"` {
		return p, false
	}
	if (u.word(v) == "do" || u.word(v) == "try") && u.isBe(v+1) { // "one thing you could do is write to her"
		v = u.skipAdverbs(v+2, s)
		if u.word(v) == "to" {
			v++
		}
	}
	if v >= s.to {
		return p, false
	}
	p.from, p.to = v, u.planEnd(v, s)
	w := u.word(v)
	if w == "keep" && u.word(v+1) == "going" && p.to-v <= 2 {
		return p, false // with the session
	}
	p.lemma = lemma(w, base|gerund|past)
	lead := u.word(f.to - 1)
	verbal := isBase(w) || isGerund(w) || hasForm(w, past) && f.value != toSet
	timed := u.timed(s, c)
	first, second := u.word(f.from), u.word(f.from+1)
	if first == "would" && second == "you" && f.from > s.from && isWh(u.word(f.from-1)) {
		return p, false // "what would you like to change?" asks, and offers nothing
	}
	if lead == "," && (u.auxiliary(v) || modals[w]) {
		return p, false // "your job, do they know?"
	}
	if known, ok := u.wanted(s, f, p, c, verbal, timed); known {
		return p, ok
	}
	switch {
	case first == "you" || (first == "so" || first == "and") && second == "you": // "you'll", "you're going to", "you could", "so you'll"
		if !u.youPlan(s, f, p, timed) {
			return p, false
		}
	case first == "if" && second == "you" && u.supposes(s, f):
		return p, false
	case first == "there" && (second == "is" || second == "are"):
		if !resources.has(u, s) {
			return p, false
		}
		return p, true
	case lead == "about" || first == "how" && second == "about" || lead == "not" && second == "about":
		if (w == "that" || w == "this") && timed && u.word(f.from) == "how" { // "How about that each morning?"
			return p, u.timeFollows(p.from+1, c)
		}
		if !isGerund(w) && !(timed && !articles[w] || timed && w == "the" || timed && first == "how" && second == "about") || subjects[w] || isWh(w) || w == "when" || w == "if" || (possess[w] || w == "the") && !(timed && s.question && deedNouns.has(u, sentence{p.from, p.to, false}) && !c.readWhen(u, s.from, s.to).empty()) {
			return p, false
		}
		if weekdays[w] > 0 || w == "today" || w == "tomorrow" || w == "tonight" {
			return p, false // "what about Saturday?" puts a day on the table, and nothing to do
		}
		if !isGerund(w) {
			return p, true
		}
		if p.to-p.from <= 1 && lead == "about" && u.tellsNext(s) {
			return p, false // "What about training? Last time you were doing the kit."
		}
	case first == "could" && second == "it":
		return p, deedNouns.has(u, sentence{p.from, p.to, false}) // "Could it be a letter?"
	case first == "suppose" && !timed:
		return p, false // "suppose you woke up and it had gone?"
	case (strings.HasPrefix(first, "what") || first == "suppose") && lead == "you" || lead == "we" && second == "if":
		p.lemma = lemma(w, past|base)
		if !hasForm(w, past|base) {
			return p, false
		}
	case first == "what" && second == "if" && lead == "if":
		if !u.whatIf(v, s) {
			return p, false
		}
		return p, true
	case !verbal && timed && !persons[w] && (lead == "say" || lead == "agree" || first == "how" && second == "about"):
		return p, true
	case !verbal && f.value == toSet && (lead == "is" || lead == ":" || lead == "," || lead == "be" || lead == "giving" || lead == "setting" || lead == "you" || second == "us" || lead == "away"):
		return p, u.nounPlan(s, p, first == "let" && u.word(f.from+2) == "get", timed)
	case !verbal && f.value == toOffer && (first == "one" || first == "another" || first == "i" || first == "have"):
		return p, timed || resources.has(u, s)
	case !verbal:
		return p, lead == "for" && (timed || first == "are" && articles[w]) || lead == "to" && (timed || objects[w])
	}
	if f.value == toOffer && (first == "some" || first == "people" || first == "other" || first == "lots" || first == "many") {
		return p, u.peoplePlan(v, s)
	}
	if first == "what" && p.lemma != "" && f.value == toSet { // "what I'd suggest is that you …"
		return p, inClass("task", p.lemma) || inClass("weak", p.lemma)
	}
	return p, u.doable(s, p, timed)
}

// tellsNext: the sentence behind s tells of what was.
func (u *utterance) tellsNext(s sentence) bool {
	t, ok := u.next(s)
	return ok && u.pastIn(t)
}

// doable: the plan is a task, and not one for now and here.
func (u *utterance) doable(s sentence, p proposal, timed bool) bool {
	v := p.lemma
	if bare(u, p.from, p.to, v) || u.word(p.from+1) == "something" && u.word(p.from+2) == "for" || v == "do" && u.word(p.from+1) == "with" {
		return false
	}
	span := sentence{p.from, p.to, s.question}
	if inRoom.has(u, s) && !weekMarks.has(u, span) || pronounOnly(u, p) {
		return false
	}
	if inClass("speak", v) && u.toThird(p.from, s) {
		return true
	}
	if p.strength == toSet && contacts.has(u, span) {
		return true
	}
	if inClass("mind", v) || inClass("room", v) {
		return timed
	}
	next := u.word(p.from + 1)
	if third := u.word(p.from + 2); (next == "to" || next == "with") && (third == "me" || third == "us") {
		return false // "are you happy to speak to me?"
	}
	if next == "me" || next == "us" {
		return timed && inClass("homework", v)
	}
	if inClass("state", v) && !timed {
		return false
	}
	return inClass("task", v) || v == "get" && gets.has(u, span) || inClass("weak", v) && timed || isGerund(u.word(p.from)) && timed || v == "do"
}

// needObject are verbs that say nothing alone: a cut-off "I'll take".
var needObject = set("take get use put give make send keep tell bring buy ask find set add let hold need want")

func bare(u *utterance, from, to int, lemma string) bool {
	return to-from <= 1 && needObject[lemma]
}

// pronounOnly: "how about that", "would you like that".
func pronounOnly(u *utterance, p proposal) bool {
	w := u.word(p.from)
	return p.to-p.from <= 1 && (w == "that" || w == "it" || w == "this")
}

// toThird: speaking to somebody who is not in the room.
func (u *utterance) toThird(v int, s sentence) bool {
	for i := v + 1; i < min(v+4, s.to); i++ {
		switch w := u.word(i); {
		case w == "to" || w == "with" || articles[w]:
		case w == "me" || w == "us" || w == "you" || w == "more" || w == "that" || w == "about":
			return false
		case w == "him" || w == "her" || w == "them" || possess[w] && w != "my" || u.toks[i].capital || w == "somebody" || w == "someone" || w == "my":
			return true
		}
	}
	return false
}

// askedProposal reads "could you …?", "will you …?", "can you …?" by their frame.
func (u *utterance) askedProposal(s sentence, c calendar) (proposal, bool) {
	for _, f := range u.frames(s) {
		if f.subj != "you" || !f.asked || f.wh != "" || f.voice == othersWords {
			continue
		}
		if f.mood != could && f.mood != can && f.mood != will && f.mood != would && f.mood != goingTo {
			continue
		}
		if before := u.word(f.at - 1); f.at > s.from && (isWh(before) || before == "if") {
			continue
		}
		if f.lemma == "mind" { // "would you mind bringing it?", but "would you mind if I ask?"
			if f.verb++; f.verb >= s.to || !isGerund(u.word(f.verb)) {
				return proposal{}, false
			}
			f.lemma = lemma(u.word(f.verb), gerund)
		}
		p := proposal{strength: toAsk, owner: "client", sent: s, at: f.at, from: f.verb, to: u.planEnd(f.verb, s), lemma: f.lemma, asked: true, cond: f.cond}
		if strings.HasPrefix("still ever", u.word(f.verb-1)) && u.word(f.verb-1) != "" {
			return p, false
		}
		timed := u.timed(s, c)
		if f.mood == would && (f.lemma == "say" || f.lemma == "like" || f.lemma == "prefer" || f.lemma == "rather" || f.lemma == "want" || f.lemma == "be") {
			return p, false
		}
		if (f.lemma == "do" || f.lemma == "make") && p.to-p.from <= 3 && !timed {
			return p, false // "can you do the seventeenth?"
		}
		if u.doable(s, p, timed) {
			if timed && f.mood != goingTo {
				p.strength = toSet
			}
			return p, true
		}
		return p, false
	}
	return proposal{}, false
}

// planEnd is where the words of a plan end.
func (u *utterance) planEnd(v int, s sentence) int {
	end := u.phraseEnd(v, s)
	for end > v+1 && (u.word(end-1) == "," || joins[u.word(end-1)] || u.toks[end-1].filler) {
		end--
	}
	return end
}
