package extract

import "github.com/afterword/afterword/models"

// nounSet: homework named without a verb: "And the diary card, every night
// this week", "Twice a day, a minute each, till we meet".
func (l *ledger) nounSet(i int, s sentence) *entry {
	u := &l.talk[i]
	if s.question || s.to-s.from > 22 {
		return nil
	}
	w := l.cal.readWhen(u, s.from, s.to)
	if w.recurrence == "as-needed" && u.saysPresent(s) {
		return l.eachTime(i, s, w)
	}
	for _, f := range u.frames(s) {
		if !(f.lemma == "be" && f.subj == "you") && !(f.lemma == "meet" || f.lemma == "see" || f.lemma == "come") {
			return nil
		}
	}
	if w.recurrence == "" || w.recurrence == "weekly" && !homeworkNouns.has(u, s) {
		return nil
	}
	from := s.from
	for from < s.to && (openers[u.word(from)] || u.toks[from].kind == mark) {
		from++
	}
	if r := l.recent(i, 3); r != nil && (l.shares(r, i, s.from, s.to) || (!r.settled || w.from <= from && i-r.last <= 1) && !l.namesOwn(i, proposal{sent: s, from: s.from, to: s.to})) {
		return nil
	}
	if from >= s.to || pastNoun.has(u, s) {
		return nil
	}
	if len(l.stems(proof{i, from, s.to})) == 0 {
		if _, ok := l.ownWords(i, proposal{sent: s}); !ok {
			return nil // "six, seven times a day": a number, no plan
		}
	}
	p := proposal{strength: toSet, owner: "client", sent: s, at: from, from: from, to: u.planEnd(from, s)}
	if own, ok := l.ownWords(i, p); ok && w.from <= from {
		p.from, p.to = own.from, own.to
	}
	e := l.add(&entry{origin: proposed, strength: toSet, status: models.Assigned, words: proof{i, p.from, p.to}, verb: -1, when: w, waiting: true})
	e.prove(i, s.from, s.to)
	return e
}

// saysPresent: nothing in the sentence was, and the therapist is not in it.
func (u *utterance) saysPresent(s sentence) bool {
	for _, f := range u.frames(s) {
		if f.mood == pastTense || f.mood == usedTo || f.subj == "i" || f.subj == "we" {
			return false
		}
	}
	return true
}

// eachTime: "That's it, whenever it comes up", "And the log goes on, every time
// it's a five": a plan on the table, or the homework named, is for each time.
func (l *ledger) eachTime(i int, s sentence, w when) *entry {
	u := &l.talk[i]
	own := homeworkNouns.has(u, s)
	if r := l.recent(i, 3); r != nil && r.origin != asking && (l.shares(r, i, s.from, s.to) || !own && i-r.last <= 1) {
		r.time(w)
		r.prove(i, s.from, s.to)
		if !r.settled {
			r.waiting, r.byClient = true, false
		}
		return r
	}
	if first := u.sentences[0]; !own && !u.mentions(s, "please") && !thatIsIt.has(u, first) {
		return nil
	}
	from := s.from
	for from < s.to && (openers[u.word(from)] || u.toks[from].kind == mark) {
		from++
	}
	if from >= s.to {
		return nil
	}
	e := l.add(&entry{origin: proposed, strength: toSet, status: models.Assigned, words: proof{i, from, u.planEnd(from, s)}, verb: -1, when: w, waiting: true})
	e.prove(i, s.from, s.to)
	return e
}

var thatIsIt = list("^ that is it|right\n^ exactly\n^ perfect\n^ spot on")

var pastNoun = list("last\nago\nthat is\nyears\nall week")
