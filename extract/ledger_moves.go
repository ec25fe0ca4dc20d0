package extract

import (
	"strings"

	"github.com/afterword/afterword/models"
)

// What the therapist does to the plan on the table: asks whether it stands, asks
// when and how, asks after an earlier one.

// confirm asks whether the plan on the table stands.
func (l *ledger) confirm(i int, s sentence, m found[move], n int) bool {
	u := &l.talk[i]
	e := l.recent(i, 8)
	if e != nil && e.settled && e.when.due != "" && i-e.last > 1 && !l.shares(e, i, s.from, s.to) && l.cal.readWhen(u, s.from, s.to).recurrence != "" {
		e = nil // "Are you up for that, once a day?" is not the call on Sunday
	}
	if e == nil || e.settled && i-e.last > 2 {
		// "A short walk after lunch each day. Does that sound doable?"
		k := n - 1
		if k < 0 {
			k = n + 1
		}
		t := sentence{s.from, m.from, false}
		if m.from-s.from < 3 {
			if k >= len(u.sentences) {
				return e != nil && l.reopen(e, i, s)
			}
			t = u.sentences[k]
		}
		w := l.cal.readWhen(u, t.from, t.to)
		if w.empty() && !weekMarks.has(u, t) && !u.nounTask(t) || t.question && k < n || t.to-t.from < 3 {
			return e != nil && l.reopen(e, i, s)
		}
		from := t.from
		for from < t.to && (openers[u.word(from)] || u.toks[from].kind == mark) {
			from++
		}
		words := proof{i, from, u.planEnd(from, t)}
		if pointWords[u.word(from)] && from+1 < len(u.toks) && u.toks[from+1].kind == mark && i > 0 && len(l.talk[i-1].sentences) > 0 { // "are you up for that, once a day?"
			b := l.talk[i-1].sentences[0]
			words = proof{i - 1, b.from, b.to}
		}
		e = l.add(&entry{origin: proposed, strength: toAsk, status: models.Suggested, words: words, verb: -1, when: w})
		e.prove(i, t.from, t.to)
	}
	return l.reopen(e, i, s)
}

// nounTask: the sentence names something to do: "a short walk after lunch".
func (u *utterance) nounTask(s sentence) bool {
	for k := s.from; k < s.to; k++ {
		if inClass("homework", u.word(k)) {
			return true
		}
	}
	return false
}

func (l *ledger) reopen(e *entry, i int, s sentence) bool {
	e.prove(i, s.from, s.to)
	e.time(l.cal.readWhen(&l.talk[i], s.from, s.to))
	if e.when.due == "" && e.when.recurrence == "" && theMoment.has(&l.talk[i], s) {
		e.time(l.dayBefore(i, 1)) // "She's here on Sunday." "Might that be the moment?"
	}
	e.waiting, e.byClient = true, false
	return true
}

// ask: "what will you do?", "when will you do it?".
func (l *ledger) ask(i int, s sentence, m found[move]) {
	u := &l.talk[i]
	first := u.word(m.from)
	if othersDo.has(u, sentence{m.from, s.to, false}) {
		return // "How often does your brother see her?"
	}
	time := first == "when" || first == "by" || first == "where" || first == "starting" || first == "how" && (u.word(m.from+1) == "often" || u.word(m.from+1) == "many") || u.word(m.from+1) == "time" || u.word(m.from+1) == "day"
	within := 5
	if u.mentions(s, "it") || u.mentions(s, "that") {
		within = 14
	}
	if e := l.recent(i, within); e != nil && (time || first == "which" || first == "who" || first == "how" && u.word(m.from+1) != "long") {
		e.prove(i, s.from, s.to)
		e.waiting, e.byClient, e.asksWhen = true, false, time
		return
	}
	if time && s.to-s.from <= 3 {
		return // "When?" of nothing that was planned
	}
	if first == "which" && u.mentions(s, "first") && !u.mentions(s, "you") {
		return // "Which one's first?" is of the hour's own order
	}
	e := &entry{origin: asking, strength: toAsk, words: proof{i, 0, 0}, verb: -1, waiting: true, cond: u.conditional(m.from, s), asksWhen: time}
	for k := s.from; k < m.from && e.cond; k++ {
		if w := u.word(k); hasForm(w, third) && w != "was" {
			e.cond = false // "if one gets to a four, what's the order?" is a plan, not a fancy
			e.when.recurrence = "as-needed"
		}
	}
	for _, f := range u.frames(s) {
		if f.asked && f.over() {
			return // "which one was it?"
		}
		if f.subj != "you" && f.subj != "we" || f.verb < m.from {
			if f.asked && f.subj != "you" && f.subj != "it" && f.subj != "that" && !(first == "when" && (f.lemma == "hear" || f.lemma == "know" || f.lemma == "find")) {
				return
			}
			continue
		}
		switch f.mood {
		case pastTense, usedTo, plain:
			return
		case progressive:
			if bodily[f.lemma] && l.cal.readWhen(u, s.from, s.to).empty() {
				return // "what time are you getting into bed?" asks how it is
			}
		case will, goingTo:
			e.sure = f.subj == "you" && first == "which"
		case would, could, can:
			e.strength = toOffer // the answer is tentative
			e.cond = u.conditional(m.from, s)
			e.when = when{}
		}
		if f.lemma != "do" && f.lemma != "try" && f.lemma != "be" && f.lemma != "feel" && f.lemma != "have" && f.lemma != "say" && (inClass("task", f.lemma) || f.lemma == "stay" && f.asked) {
			e.words, e.verb = proof{i, f.verb, u.planEnd(f.verb, s)}, f.verb
		} else if f.lemma == "be" || f.lemma == "feel" || f.lemma == "have" || f.lemma == "think" || f.lemma == "say" {
			return
		}
		break
	}
	if e.verb < 0 && time {
		for k := m.from; k < s.to; k++ {
			if f, ok := momentTo.at(u, s, k); ok && inClass("task", lemma(u.word(f.to-1), base)) {
				e.words, e.verb = proof{i, f.to - 1, u.planEnd(f.to-1, s)}, f.to-1 // "When's a good time to ring him?"
			}
		}
	}
	e.small = smallAsk.has(u, s) || first == "which"
	if e.strength == toAsk && !time && !e.cond {
		e.when = l.dayAhead(u, s) // "How will you mark it, on Sunday?"
	}
	e.prove(i, s.from, s.to)
	l.add(e)
}

var momentTo = list("moment|time|day|evening|morning|point|chance for_you? to @base")

var othersDo = list("how often|many|much|long ... do|does|did|has|had he|she|they|it|your|the|his|her|their")

var bodily = set("get wake sleep eat drink smoke finish take")

// smallAsk asks how much would do: any short answer is one.
var smallAsk = list("doable|manageable|realistic\nsmall|first|next|tiny|smallest step|bit|piece|thing\nlive with")

// review opens the question of an earlier plan.
func (l *ledger) review(i int, s sentence, m found[move]) {
	u := &l.talk[i]
	from, to := m.to, u.phraseEnd(min(m.to, s.to-1), s)
	if u.word(m.from) == "did" || u.word(m.from) == "have" || strings.HasPrefix(u.word(m.from), "so") {
		for k := m.from; k < m.to; k++ {
			if hasForm(u.word(k), base|past|participle) && !u.auxiliary(k) && u.word(k) != "get" && u.word(k) != "manage" {
				from = k
			}
		}
	}
	if from >= to {
		from = m.from
	}
	e := l.add(&entry{origin: reviewing, words: proof{i, from, to}, verb: from, waiting: true})
	e.prove(i, s.from, s.to)
}

var theMoment = list("that|it be the|a|your moment|time|chance|occasion\nthat the|a|your moment|time|chance")
