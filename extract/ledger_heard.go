package extract

import (
	"cmp"
	"slices"

	"github.com/afterword/afterword/models"
)

const (
	// likely is how probable it must be that a turn takes something on, for a
	// plan that no rule heard, and sure where no words for a plan are found, and the turn must do
	// as it stands.
	likely = 0.55
	sure   = 0.75
	// What a plan that a rule heard needs where the client speaks of it: hardly anything if the
	// therapist set it ("I'd like you to …"), more if they asked or offered, and most if it is
	// of the client's own making.
	needsSet = 0.03
	needsPut = 0.1
	needsOwn = 0.35
	// talkLeast is how many turns a talk must have to be weighed as a session.
	talkLeast = 9
	// fewMost are the turns of a talk that is weighed as a single utterance is: a plan that no
	// rule heard needs the log odds fewAdds, and one that a rule heard fewKeeps.
	fewMost  = 2
	fewAdds  = 1.3
	fewKeeps = -0.5
)

// overhear weighs every turn of the client once more, as a whole. It drops what
// a rule heard where hardly anything is taken on, and adds the plans that no rule
// heard, where the client very likely takes something on and nothing that they
// agreed to stands.
func (l *ledger) overhear(stop func() bool) {
	if len(l.talk) <= fewMost {
		l.overhearFew()
	}
	if len(l.talk) < talkLeast {
		return
	}
	learnt := learntCommitment()
	p := make([]float64, len(l.talk))
	for i := range l.talk {
		if i%64 == 0 && stop() {
			return
		}
		if l.talk[i].client {
			p[i] = learnt.takes.likely(l.clues.turn(i))
		}
	}
	for _, e := range l.entries {
		if e.live() && e.agreed() && l.doubtful(e, p) {
			e.status = ""
		}
	}
	for i := 0; i < len(p); i++ {
		if p[i] < likely {
			continue
		}
		turns := []int{i}
		for k := i + 1; k <= i+2 && k < len(p); k++ { // turns that follow one another are of one plan, until another begins
			if p[k] < likely {
				continue
			}
			if k == i+2 && learnt.anew.likely(l.clues.next(i, k)) > 0.5 {
				break
			}
			i = k
			turns = append(turns, k)
		}
		slices.SortStableFunc(turns, func(a, b int) int { return -cmp.Compare(p[a], p[b]) })
		l.heard(turns, p[turns[0]] > sure)
	}
}

// overhearFew does the same for a single utterance and what it answers to.
func (l *ledger) overhearFew() {
	few := learntCommitment().few
	for _, e := range l.entries {
		if e.live() && e.agreed() && few.of(l.clues.few(e.last)) < fewKeeps {
			e.status = ""
		}
	}
	for i := range l.talk {
		final := i == len(l.talk)-1 // what the therapist sets stands where the client says no more
		if (l.talk[i].client || final) && few.of(l.clues.few(i)) > fewAdds {
			l.heard([]int{i}, true)
		}
	}
}

// doubtful: the client speaks of the plan, and nowhere as one that they take on.
func (l *ledger) doubtful(e *entry, p []float64) bool {
	said := false
	for _, q := range e.proofs {
		if l.talk[q.utterance].client {
			if said = true; p[q.utterance] >= e.needs() {
				return false
			}
		}
	}
	return said
}

// needs is how likely one of the client's turns must be to take e on.
func (e *entry) needs() float64 {
	switch {
	case e.origin != proposed || e.byClient:
		return needsOwn
	case e.strength == toSet:
		return needsSet
	}
	return needsPut
}

// heard makes an entry of turns that are all of one plan, the likeliest first, unless one
// stands there, or not far from there in the same words. What the rules left open
// right there is that plan. What is said at the door is none. asItStands: the turn itself
// will do where no words for a plan are found.
func (l *ledger) heard(turns []int, asItStands bool) {
	first, last, best := slices.Min(turns), slices.Max(turns), turns[0]
	if l.farewell(best) {
		return
	}
	var open *entry
	for _, e := range l.entries {
		for _, p := range e.proofs {
			switch {
			case e.owner != "client" || p.utterance < first-reach || p.utterance > last+reach:
			case e.agreed() || e.back: // it stands, or was taken back, however likely the turn sounds
				if p.utterance >= first && p.utterance <= last+1 || l.shares(e, best, 0, len(l.talk[best].toks)) {
					return
				}
			case e.origin != reviewing && e.status != models.DoneAlready && e.words.to > e.words.from && p.utterance >= first-1 && p.utterance <= last:
				open = e
			}
		}
	}
	if open == nil {
		for _, i := range turns {
			if open = l.inWords(first, last, i); open == nil && asItStands {
				open = l.asItStands(i)
			}
			if open != nil {
				break
			}
		}
		if open == nil {
			return
		}
		l.add(open)
	} else if open.status = models.Assigned; open.byClient || open.origin == selfMade {
		open.status = models.Committed
	}
	w := l.replyWhen(&l.talk[best])
	for k := best - 1; k >= max(0, best-2) && w.empty(); k-- {
		w = l.cal.readWhen(&l.talk[k], 0, len(l.talk[k].toks))
	}
	l.agree(best, open, open.status, w)
}

// inWords is what is taken on in the turns from first to last: the client's own
// words for it, else what the therapist put at turn i or not long before; nil if neither
// has any.
func (l *ledger) inWords(first, last, i int) *entry {
	var own plan
	at := -1
	for k := first; k <= last; k++ {
		for _, p := range l.talk[k].plansOf(l.cal) {
			if l.talk[k].client && !p.proform && !p.cond && (p.firmness == firm || p.firmness == tentative && own.firmness != firm) {
				own, at = p, k
			}
		}
	}
	if at >= 0 {
		return &entry{origin: selfMade, status: models.Committed, words: proof{at, own.verb, own.planEnd}, verb: own.verb, byClient: true}
	}
	for k := i; k >= max(0, i-4); k-- {
		b := &l.talk[k]
		for n := len(b.sentences) - 1; n >= 0 && !b.client; n-- {
			for _, p := range b.proposalsOf(b.sentences[n], l.cal) {
				if p.owner == "client" && p.to > p.from {
					e := &entry{origin: proposed, status: models.Assigned, words: proof{k, p.from, p.to}, verb: p.from}
					e.prove(k, p.at, p.to)
					return e
				}
			}
		}
	}
	return nil
}

// asItStands takes the turn's own words for the plan, with what they answer: those
// of the first sentence that has a time and some words, or one of both. What is said
// of others, or of what was, is none; then nothing is found.
func (l *ledger) asItStands(i int) *entry {
	u := &l.talk[i]
	var q sentence
	most := 0
	for _, s := range u.sentences {
		weight := min(2, len(l.stems(proof{i, s.from, s.to})))
		if !l.cal.readWhen(u, s.from, s.to).empty() {
			weight += 2
		}
		if weight > most && !s.question && !u.ofElse(s) {
			q, most = s, weight
		}
	}
	if most == 0 {
		return nil
	}
	e := &entry{origin: selfMade, status: models.Committed, words: proof{i, q.from, q.to}, verb: -1, byClient: true}
	if !u.client {
		e.origin, e.status, e.byClient = proposed, models.Assigned, false
		return e
	}
	if i == 0 {
		return e
	}
	for _, s := range slices.Backward(l.talk[i-1].sentences) {
		if s.to-s.from > 2 { // more than "So?"
			e.answers = s
			e.prove(i-1, s.from, s.to)
			break
		}
	}
	return e
}

// ofElse: every clause is of somebody else, or of what was.
func (u *utterance) ofElse(s sentence) bool {
	fs := u.frames(s)
	return len(fs) > 0 && !slices.ContainsFunc(fs, func(f frame) bool {
		return !f.over() && (f.subj == "i" || f.subj == "we" || f.mood == order)
	})
}
