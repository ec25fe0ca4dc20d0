package extract

import "github.com/afterword/afterword/models"

// What is asked for the next time: "And if it comes on at the till?" – "Feet
// flat, name five things." The answer is a plan for each time that it comes,
// and is seldom said with "I'll".

// foreseen finds the question of a next time in the therapist's words before
// utterance i.
func (l *ledger) foreseen(i int) (sentence, bool) {
	if i == 0 || l.talk[i-1].client {
		return sentence{}, false
	}
	b := &l.talk[i-1]
	if len(b.sentences) == 0 {
		return sentence{}, false
	}
	s := b.sentences[len(b.sentences)-1]
	if !s.question && !b.raw {
		return s, false
	}
	k := s.from
	for k < s.to && (openers[b.word(k)] || b.toks[k].kind == mark) {
		k++
	}
	for j := k + 1; j < min(k+5, s.to-1); j++ { // "And at night, when it drums?"
		if w := b.word(j + 1); b.word(j) == "," && len(b.frames(sentence{k, j, false})) == 0 && (w == "if" || w == "when" || w == "whenever") {
			k = j + 1
			break
		}
	}
	switch w := b.word(k); {
	case w == "if":
	case w == "when" || w == "whenever" || w == "next" && b.word(k+1) == "time":
		if b.auxiliary(k+1) || modals[b.word(k+1)] || !l.planned(i) && !askedDeed.has(b, s) {
			return s, false // "when will you …?"; or what happens, before anything was agreed
		}
	default:
		if !askedDeed.has(b, s) || !comings.has(b, s) {
			return s, false
		}
	}
	for _, f := range b.frames(s) {
		deed := f.lemma == "do" || f.lemma == "say" || f.lemma == "try" || inClass("task", f.lemma) && !inClass("state", f.lemma)
		switch {
		case f.mood == pastTense && (f.subj == "we" || f.subj == "you") && f.lemma != "be":
			return s, false // "if we asked your son?"
		case f.over() && b.word(k) != "if":
			return s, false
		case f.asked && f.subj != "you" && f.subj != "we" && f.wh != "", f.asked && f.wh != "" && !deed:
			return s, false // "and if he comes, how does it feel?"
		case f.asked && f.wh != "" && f.mood == plain && b.word(k) != "if" && !askedDeed.has(b, s):
			return s, false // "when he shouts, what do you do?" asks how it is
		}
	}
	return s, !inward.has(b, s) && !anothers.has(b, s)
}

// planned: something was agreed a short while ago, so that the talk is of what
// to do.
func (l *ledger) planned(i int) bool {
	for k := len(l.entries) - 1; k >= 0; k-- {
		if e := l.entries[k]; e.live() && e.settled && i-e.last <= 8 {
			return true
		}
	}
	return false
}

// recounts ask for the plan that was made; it is told as it will be.
var recounts = list(`
what have we agreed|decided|settled
where have we landed|got_to|ended_up
say|read|tell_me the plan back
what is different|changing from
what is it to be
what is the plan
`)

func (l *ledger) recounted(i int) (sentence, bool) {
	if i == 0 || l.talk[i-1].client || len(l.talk[i-1].sentences) == 0 {
		return sentence{}, false
	}
	b := &l.talk[i-1]
	s := b.sentences[len(b.sentences)-1]
	return s, recounts.has(b, s)
}

// anothers ask what somebody else would do.
var anothers = list("if it|you was|were\nwhat|how|who would|will|might|does|do|could he|she|they|it|your|that")

// askedDeed ask for the plan itself.
var askedDeed = list(`
what is the|your plan
what will|can|could|might you do|say|try
who will|can|could|do you ring|call|text|tell
what are you going to do|say
between now and
what then
what do we do
`)

// inward ask after a feeling or a thought, and get one.
var inward = list("feel|feels|like|mind|think|believe|happens|worst|mean|afraid|scared")

// cope takes the answer to such a question. It returns whether there was one.
func (l *ledger) cope(i int) bool {
	s, ok := l.foreseen(i)
	every := "as-needed"
	if !ok {
		if s, ok = l.recounted(i); !ok {
			return false
		}
		every = ""
	}
	u := &l.talk[i]
	if e := l.recent(i, 2); e != nil && e.settled && u.word(0) == "then" && (e.when.recurrence == "" || e.when.recurrence == every) {
		e.prove(i, u.sentences[0].from, u.sentences[0].to) // "Then I count to twenty" goes on with the plan
		return true
	}
	for n, a := range u.sentences {
		if n > 3 || a.question {
			break
		}
		from, ok := u.copes(a)
		if !ok {
			continue
		}
		e := &entry{origin: selfMade, words: proof{i, from, u.copeEnd(from, a)}, verb: from, byClient: true, status: models.Committed, settled: true}
		if e.when = l.cal.readWhen(u, a.from, a.to); e.when.due == "" && e.when.recurrence == "" {
			e.when.recurrence = every
		}
		if f := u.word(from); !isBase(f) && !isGerund(f) {
			e.verb = -1
		}
		l.add(e).prove(i, a.from, a.to)
		e.proofs = append(e.proofs, proof{i - 1, s.from, s.to})
		return true
	}
	return false
}

// copes finds the deed in an answer: "I walk round the skip", "Cold water on my
// wrists", "Breathe out longer", "Macca. I ring Macca."
func (u *utterance) copes(a sentence) (int, bool) {
	if supposed.has(u, a) || never.has(u, a) {
		return 0, false
	}
	fs := u.frames(a)
	for _, f := range fs {
		if f.voice == othersWords {
			continue
		}
		if (f.subj == "i" || f.subj == "we") && f.mood == plain && !f.cond && !f.neg && f.voice == own && inClass("task", f.lemma) && (!inClass("state", f.lemma) || f.lemma == "hold") && hasForm(u.word(f.verb), base) {
			if f.lemma == "have" || f.lemma == "get" || f.lemma == "see" || f.lemma == "know" || f.lemma == "say" && u.word(f.verb+1) != "," && u.toks[min(f.verb+1, len(u.toks)-1)].kind == lexical && !pointWords[u.word(f.verb+1)] && u.word(f.verb+1) != "no" {
				continue
			}
			return f.verb, true
		}
		return 0, false
	}
	k := a.from
	for k < a.to && (openers[u.word(k)] || u.toks[k].filler || u.toks[k].kind == mark && u.word(k) != `"` || u.word(k) == "then") {
		k++
	}
	if k >= a.to || a.to-k > 24 {
		return 0, false
	}
	w := u.word(k)
	if isBase(w) && inClass("task", w) && (!inClass("state", w) || w == "hold") && a.to-k > 2 {
		return k, true
	}
	return k, means.has(u, sentence{k, a.to, false})
}

// copeEnd is where the deed ends: a fragment runs through its commas.
func (u *utterance) copeEnd(from int, a sentence) int {
	end := u.planEnd(from, a)
	if len(u.frames(a)) == 0 {
		end = a.to
		for end > from+1 && u.toks[end-1].kind == mark {
			end--
		}
	}
	return end
}

// means are what one takes up against it; named alone they are the answer.
var means = list(`
breathing|breath|breaths|breathe
feet|foot flat|down|on
water|ice|tap|flannel|shower|bath|face
headphones|earphones|music|song|playlist|radio|podcast
counting|count
the floor|ground|stone|pebble|band|card|sticker|sheet|list|box|diary|log|wave|anchor
five things
ring|text|call|phone|message @any
back to bed
outside|out the|of
walk|walks
the time-out|time signal|out
`)

var never = list("no idea\nnot sure\ndo not|don't know\ni would|could|might\nprobably|maybe|perhaps\nthen i am")

// whatFirst: "what will you do differently when he goes out?" asks for a deed
// first, which may be for once.
func (u *utterance) whatFirst(s sentence) bool {
	for k := s.from; k < s.to; k++ {
		switch w := u.word(k); {
		case w == "what" || w == "who" || w == "how":
			return true
		case w == "if" || w == "when" || w == "whenever" || w == "next":
			return false
		}
	}
	return false
}

// willDo: "And will you?" "I will. This Friday." What was spoken of before the
// question is the plan.
func (l *ledger) willDo(i int) bool {
	if i < 2 || l.talk[i-1].client || !l.talk[i-2].client || len(l.talk[i-1].sentences) == 0 || len(l.talk[i-2].sentences) == 0 {
		return false
	}
	u, b, o := &l.talk[i], &l.talk[i-1], &l.talk[i-2]
	q, a := b.sentences[len(b.sentences)-1], u.sentences[0]
	if q.to-q.from > 7 || !willYou.has(b, q) || !iWill.has(u, a) {
		return false
	}
	s := o.sentences[0]
	for _, t := range o.sentences[1:] {
		if t.to-t.from > s.to-s.from && !t.question {
			s = t
		}
	}
	e := l.add(&entry{origin: selfMade, words: proof{i - 2, s.from, o.planEnd(s.from, s)}, verb: -1, byClient: true, status: models.Committed, settled: true})
	if e.when = l.replyWhen(u); e.when.due == "" && e.when.recurrence == "" {
		e.when = l.dayAhead(o, s)
	}
	e.prove(i-2, s.from, s.to)
	e.prove(i-1, q.from, q.to)
	e.prove(i, a.from, a.to)
	return true
}

var (
	willYou = list("will you $\nare you going to $\nwould you like to $\nwill you go|do $")
	iWill   = list("^ i will $\n^ yes ,? i will $\n^ i am $\n^ i am going to $\n^ i think i will $\n^ i have said|told_him|told_her|told_them|promised ... i will|would $")
)
