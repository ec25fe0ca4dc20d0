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
`)

// inRoom: the plan is for now and here.
var inRoom = list(`
right now
right here
for me now
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
		}
	}
	return out
}

// proposal checks what follows a row of the table.
func (u *utterance) proposal(s sentence, f found[strength], c calendar) (proposal, bool) {
	p := proposal{strength: f.value, owner: "client", sent: s, at: f.from, asked: s.question}
	v := u.skipAdverbs(f.to, s)
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
	timed := weekMarks.has(u, s) || !c.readWhen(u, s.from, s.to).empty()
	first, second := u.word(f.from), u.word(f.from+1)
	if first == "would" && second == "you" && f.from > s.from && isWh(u.word(f.from-1)) {
		return p, false // "what would you like to change?" asks, and offers nothing
	}
	switch {
	case first == "you" || (first == "so" || first == "and") && second == "you": // "you'll", "you're going to", "you could", "so you'll"
		if !u.youPlan(s, f, p, timed) {
			return p, false
		}
	case first == "there" && (second == "is" || second == "are"):
		if !resources.has(u, s) {
			return p, false
		}
		return p, true
	case lead == "about" || first == "how" && second == "about" || lead == "not" && second == "about":
		if !isGerund(w) && !(timed && !articles[w] || timed && first == "how" && second == "about") || subjects[w] || isWh(w) || w == "when" || w == "if" || possess[w] || w == "the" {
			return p, false
		}
		if weekdays[w] > 0 || w == "today" || w == "tomorrow" || w == "tonight" {
			return p, false // "what about Saturday?" puts a day on the table, and nothing to do
		}
		if !isGerund(w) {
			return p, true
		}
	case strings.HasPrefix(first, "what") && lead == "you" || lead == "we" && second == "if":
		p.lemma = lemma(w, past|base)
		if !hasForm(w, past|base) {
			return p, false
		}
	case first == "what" && second == "if" && lead == "if":
		if !u.whatIf(v, s) {
			return p, false
		}
		return p, true
	case !verbal && timed && (lead == "say" || lead == "agree" || first == "how" && second == "about"):
		return p, true
	case !verbal && f.value == toSet && (lead == "is" || lead == ":" || lead == "," || lead == "be" || lead == "giving" || lead == "setting" || lead == "you" || second == "us" || lead == "away"):
		return p, u.nounPlan(s, p, first == "let" && u.word(f.from+2) == "get", timed)
	case !verbal && f.value == toOffer && (first == "one" || first == "another" || first == "i" || first == "have"):
		return p, timed || resources.has(u, s)
	case !verbal:
		return p, lead == "for" && timed || lead == "to" && timed
	}
	if f.value == toOffer && (first == "some" || first == "people" || first == "other" || first == "lots" || first == "many") {
		return p, u.peoplePlan(v, s)
	}
	if first == "what" && p.lemma != "" && f.value == toSet { // "what I'd suggest is that you …"
		return p, inClass("task", p.lemma) || inClass("weak", p.lemma)
	}
	return p, u.doable(s, p, timed)
}

// whatIf reads "what if Tom took the early feed?": somebody or something else
// is the subject. A past form proposes, a present one fears.
func (u *utterance) whatIf(v int, s sentence) bool {
	w := u.word(v)
	if subjects[w] || !s.question {
		return false
	}
	for k := v; k < min(v+12, s.to); k++ {
		x := u.word(k)
		if x == "not" || x == "i" {
			return false
		}
		if k > v && hasForm(x, past) && x != "was" && x != "were" && x != "had" {
			return true
		}
		if k > v && (w == "a" || w == "the") && hasForm(x, third) && !hasForm(x, past) && x != "is" && x != "has" && x != "says" && x != "comes" && !isKin(u.word(v+1)) {
			return true
		}
	}
	return false
}

// nounPlan: "your homework is the letter"; "let's get every night on there".
func (u *utterance) nounPlan(s sentence, p proposal, let, timed bool) bool {
	if inRoom.has(u, s) {
		return false
	}
	w := u.word(p.from)
	if u.isBe(p.from) || u.auxiliary(p.from) || modals[w] || subjects[w] {
		return false // "make sure that you are hydrated"
	}
	if u.word(p.at) == "the" && u.word(p.at+1) == "plan" && !timed {
		return false
	}
	return !let || w == "every" || w == "each" || w == "@num"
}

// youPlan: "you'll", "you're going to", "you could" are plans only for tasks,
// and mostly with a time; "you'll be fine" is comfort.
func (u *utterance) youPlan(s sentence, f found[strength], p proposal, timed bool) bool {
	v := p.lemma
	if p.cond = u.conditional(f.from, s); p.cond && f.value != toOffer {
		return false
	}
	if next := u.word(p.from + 1); (v == "have" || v == "get") && (next == "it" || next == "them" || next == "that" || possess[next]) {
		return false // "you'll have it by Friday": what comes to the client
	}
	prev := u.word(f.from - 1)
	if prev == "if" || prev == "when" || prev == "that" || prev == "thought" || prev == "feel" || prev == "think" || prev == "what" || prev == "how" || prev == "like" || prev == "as" || prev == "where" || isWh(prev) {
		return false
	}
	if f.value == toOffer {
		if !opens(u, s, f.from) && prev != "so" && prev != "and" && prev != "then" {
			return false
		}
		return inClass("task", v) && !(inClass("room", v) && !timed && !inClass("homework", v)) && !(inClass("state", v) && !timed)
	}
	return inClass("homework", v) && !(inClass("room", v) && !timed) && (timed || s.question || inClass("homework", v) && !inClass("state", v))
}

// peoplePlan: "some people write it down" but not "some people are unkind".
func (u *utterance) peoplePlan(v int, s sentence) bool {
	for i := v; i < s.to; i++ {
		if l := lemma(u.word(i), base|gerund); inClass("homework", l) && u.word(i) != "find" && !inClass("state", l) {
			return true
		}
	}
	return resources.has(u, s)
}

var resources = list(`
group|class|course|service|clinic|café|cafe|app|book|podcast|charity|helpline|hotline|adviser|advisor|programme|program|workshop|worksheet|diary|choir|club|meeting|line|website|video|leaflet|exercise|technique|retreat|coach|specialist|nurse|dietitian|letter|assessment|session
`)

// doable: the plan is a task, and not one for now and here.
func (u *utterance) doable(s sentence, p proposal, timed bool) bool {
	v := p.lemma
	if bare(u, p.from, p.to, v) || u.word(p.from+1) == "something" && u.word(p.from+2) == "for" {
		return false
	}
	span := sentence{p.from, p.to, s.question}
	if inRoom.has(u, s) && !weekMarks.has(u, span) || pronounOnly(u, p) {
		return false
	}
	if inClass("speak", v) && u.toThird(p.from, s) {
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
	return inClass("task", v) || inClass("weak", v) && timed || isGerund(u.word(p.from)) && timed || v == "do"
}

// needObject are verbs that say nothing alone: a cut-off "I'll take".
var needObject = set("take call get use put give make send keep tell bring buy ask find set add let hold ring need want")

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
		if f.at > s.from && isWh(u.word(f.at-1)) {
			continue
		}
		p := proposal{strength: toAsk, owner: "client", sent: s, at: f.at, from: f.verb, to: u.planEnd(f.verb, s), lemma: f.lemma, asked: true, cond: f.cond}
		if strings.HasPrefix("still ever", u.word(f.verb-1)) && u.word(f.verb-1) != "" {
			return p, false
		}
		timed := weekMarks.has(u, s) || !c.readWhen(u, s.from, s.to).empty()
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

// order reads an imperative with a time: "bring the sheet next time".
func (u *utterance) order(s sentence, c calendar) (proposal, bool) {
	if s.question && !keepOn.has(u, s) && !tagged.has(u, s) {
		return proposal{}, false
	}
	for i := s.from; i < min(s.to, s.from+22); i++ {
		w := u.word(i)
		if !isBase(w) || u.toks[i].kind != lexical || !inClass("homework", w) && w != "see" && w != "notice" && w != "try" && w != "have" && !(inClass("task", w) && !inClass("state", w) && i > s.from) {
			continue
		}
		if !u.orderBegins(s, i) {
			continue
		}
		if w == "try" && (u.word(i+1) == "and" || u.word(i+1) == "to") && isBase(u.word(i+2)) {
			w = u.word(i + 2)
		}
		p := proposal{strength: toSet, owner: "client", sent: s, at: i, from: i, to: u.planEnd(i, s), lemma: w}
		t := c.readWhen(u, s.from, s.to)
		timed := t.due != "" || t.recurrence != "" || t.next || weekMarks.has(u, s)
		if s.question {
			p.strength, p.asked, timed = toAsk, true, true
		}
		if next := u.word(i + 1); !timed && i-s.from < 6 && s.to-i > 2 && !inClass("room", w) && !inClass("mind", w) && next != "me" && next != "us" && next != "it" && !orderIdioms.has(u, sentence{i, s.to, false}) && !inRoom.has(u, s) {
			p.strength = toHint
			return p, true
		}
		if !timed || orderIdioms.has(u, sentence{i, s.to, false}) || inRoom.has(u, s) && t.recurrence == "" && !weekMarks.has(u, s) {
			return p, false
		}
		if u.word(i+1) == "you" || inClass("room", w) && !inClass("homework", w) && !timed {
			return p, false
		}
		return p, true
	}
	return proposal{}, false
}

// orderBegins: nothing but small words or a time stands before the verb.
func (u *utterance) orderBegins(s sentence, i int) bool {
	if opens(u, s, i) {
		ok := true
		for k := i - 1; k >= s.from && ok; k-- {
			if subjects[u.word(k)] || u.word(k) == "to" {
				// a fronted "when it comes up," or "before you check your phone," is fine
				ok = u.toks[k].clause < u.toks[i].clause && u.word(i-1) == ","
			}
		}
		return ok
	}
	return false
}

// tagged: "Bring the drawing on Wednesday, will you?"
var tagged = list(", will|would|could|can you $\n, please $")

var keepOn = list("^ keep\n^ try\n^ stick with\n^ carry on")

var orderIdioms = list(`
see you
take care
take your time
let me know
let me
let us
keep in mind
go on
have a good|nice|lovely|great|safe
come in
have a seat
look at you
tell me
do not worry
say hello|hi
hold on
thank
go ahead
start with
start from
let yourself
stop there
leave it
pick up
see how
call it
`)

// planEnd is where the words of a plan end.
func (u *utterance) planEnd(v int, s sentence) int {
	end := u.phraseEnd(v, s)
	for end > v+1 && (u.word(end-1) == "," || joins[u.word(end-1)] || u.toks[end-1].filler) {
		end--
	}
	return end
}
