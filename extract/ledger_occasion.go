package extract

// The day of a plan may be that of its occasion: a visit, a free day, a day that
// "then" points back to.

// backThen points back to a day that was spoken of; "then I'll ring" only says
// what comes next.
var backThen = list(`
then $
then ,
that same? day|morning|afternoon|evening|night|weekend
when|once|while he|she|they|it is|'s|are @any
when|once he|she|they comes|come|gets|get
while i am there|at_it
there $
`)

// spokenOf finds the day of a plan that points back to it ("I'll tell him
// then"), or that stands beside the occasion for it ("I see the nurse on
// Monday. I'll ask her.").
func (l *ledger) spokenOf(u *utterance, p plan, w when) when {
	for n := len(u.sentences) - 1; n >= 0; n-- {
		s := u.sentences[n]
		if s.from == p.sent.to && freeDays.has(u, s) { // "I'll clean it. I've got tomorrow off."
			if v := l.dayAhead(u, s); v.due != "" {
				return v
			}
		}
		if s.to != p.sent.from || s.question {
			continue
		}
		if p.proform || w.phrase != "" || occasions.has(u, s) || backThen.has(u, p.sent) {
			if v := l.dayAhead(u, s); v.due != "" {
				return v
			}
		}
	}
	if !backThen.has(u, p.sent) {
		return w
	}
	if v := l.dayBefore(u.index, 5); v.due != "" {
		return v
	}
	return w
}

var freeDays = list("off $\nfree $")

// occasions are what gives a plan its moment.
var occasions = list(`
off|free
@any? appointment|review|class|group|meeting|session|course|clinic|lunch|dinner|party|visit|match|service
i am seeing|meeting|visiting
you are seeing|meeting|visiting
you see|meet|visit|have_got|have
i see|meet|visit|have_got|have
i have got
he|she|they is|'s|are coming|back|here|home|round|around|in
he|she|they comes|come|is_coming|are_coming
birthday|wedding|funeral|anniversary
is|'s|are coming|visiting
`)

var supposed = list("^ say|suppose|imagine|if\nif i|you|he|she|they|it|we")

// dayAhead is the day that a sentence names, where it is not of what was.
func (l *ledger) dayAhead(u *utterance, s sentence) when {
	w := l.cal.readWhen(u, s.from, s.to)
	if w.due == "" || w.recurrence != "" || w.due == l.cal.day(0) || supposed.has(u, s) {
		return when{}
	}
	for _, f := range u.frames(s) {
		if (f.mood == pastTense && f.lemma != "get") || f.mood == usedTo || f.neg { // "I've got Friday off" is now
			return when{}
		}
	}
	return w
}

// occasionDay is the day of what the therapist named right before, or what "then"
// points back to: "You've got the dentist on Friday. Could you ask him?"
func (l *ledger) occasionDay(i int, s sentence, w when) when {
	u := &l.talk[i]
	for _, o := range u.sentences {
		if o.to != s.from || o.question || !occasions.has(u, o) {
			continue
		}
		if v := l.dayAhead(u, o); v.due != "" {
			return v
		}
	}
	if !backThen.has(u, s) {
		return w
	}
	if v := l.dayBefore(i, 3); v.due != "" {
		return v
	}
	return w
}

// dayBefore is the last day that was named in up to n utterances before i.
func (l *ledger) dayBefore(i, n int) when {
	for k := i - 1; k >= max(0, i-n); k-- {
		u := &l.talk[k]
		for s := len(u.sentences) - 1; s >= 0; s-- {
			if v := l.dayAhead(u, u.sentences[s]); v.due != "" {
				return v
			}
		}
	}
	return when{}
}
