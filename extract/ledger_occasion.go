package extract

// The day of a plan may be that of its occasion: a visit, a free day, a day that
// "then" points back to.

// backThen points back to a day that was spoken of; "then I'll ring" only says
// what comes next.
var backThen = list(`
then $
then ,
before|by|until then
before i|we|you|they go|leave|fly|travel|start $
before that $
after|before|when|once they|he|she|we finish|finishes|are_done
that same? day|morning|afternoon|evening|night|weekend
when|once|while he|she|they|it is|'s|are @any
when he|she|they rings|ring|calls|call|phones|visits|visit|asks
when|once he|she|they comes|come|gets|get
while i am there|at_it
there $
that is when|the_day|the_night i
`)

// spokenOf finds the day of a plan that points back to it ("I'll tell him
// then"), or that stands beside the occasion for it ("I see the nurse on
// Monday. I'll ask her.").
func (l *ledger) spokenOf(u *utterance, p plan, w when) when {
	for n := len(u.sentences) - 1; n >= 0; n-- {
		s := u.sentences[n]
		if s.from == p.sent.to && !s.question && (freeDays.has(u, s) || meets.has(u, s)) { // "I'll clean it. I've got tomorrow off."
			if v := l.dayAhead(u, s); v.due != "" {
				return v
			}
		}
		if s.to != p.sent.from || s.question {
			continue
		}
		if backThen.has(u, p.sent) {
			if v := l.everyWeek(u, s); v.due != "" {
				return v
			}
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

// meets: when one sees whom the plan is about: "I'll ask her. I'm in with her on
// Thursday."
var meets = list(`
^ i am in|back|on|out|seeing|meeting|visiting ... him|her|them
^ he|she|they is|'s|are coming|over|round|around|up|down|in|back|here|home|due|visiting
^ he|she|they comes|come|calls|call|rings|ring
`)

// everyWeek is the next time of what happens on the same day of each week: "He
// rings every Sunday. I'll tell him then."
func (l *ledger) everyWeek(u *utterance, s sentence) when {
	for k := s.from; k < s.to; k++ {
		if n := weekdays[u.word(k)]; n > 0 && u.pluralDay(k) {
			return when{due: l.cal.day(l.cal.coming(n)), from: k, to: k + 1}
		}
	}
	return when{}
}

// tabled puts a day on the table: "What about Thursday?", "Let's look at the
// twelfth."
var tabled = list(`
^ what about
^ how about
^ let us look at|plan|think_about|talk_about|take
^ so ,? @any? on?
^ and @any? on?
how are you feeling about
what will|would|could|might|do you do|like|want on
what might|could you do
how|what will you
what happens on
we have got
^ your|the @any? appointment|review|assessment|interview|exam|hearing|meeting|class|group|session is|'s
`)

// topicDay is the day that the therapist put on the table a little before, and
// that the talk is of: no other was named since.
func (l *ledger) topicDay(u *utterance, p plan, w when) when {
	if p.firmness != firm || w.phrase != "" || l.cal.readWhen(u, 0, len(u.toks)).recurrence != "" {
		return w
	}
	for k := u.index - 1; k >= max(0, u.index-4); k-- {
		b := &l.talk[k]
		for n := len(b.sentences) - 1; n >= 0; n-- {
			s := b.sentences[n]
			v := l.dayAhead(b, s)
			if v.due == "" {
				continue
			}
			if b.client || !tabled.has(b, s) || s.to-s.from > 12 || nextMeeting.end(b, v.from, s.to) > 0 {
				return w
			}
			return v
		}
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
	if v := l.counted(u, s); v.due != "" {
		return v
	}
	for _, o := range u.sentences {
		if o.to != s.from || o.question || !occasions.has(u, o) {
			continue
		}
		if v := l.dayAhead(u, o); v.due != "" {
			return v
		}
	}
	if v := l.askedWhen(i); v.due != "" {
		return v
	}
	if !backThen.has(u, s) {
		return w
	}
	if v := l.dayBefore(i, 3); v.due != "" {
		return v
	}
	return w
}

// termsOf is how often the therapist has just said it is for, where the client
// agrees in words of their own: "A line each time you take it?" "Yeah, okay, I'll
// set an alarm for it."
func (l *ledger) termsOf(i int) string {
	if i == 0 || l.talk[i-1].client {
		return ""
	}
	if r := l.talk[i].replies(); r != agrees && r != mild && !l.echoes(i) {
		return ""
	}
	b := &l.talk[i-1]
	for n := len(b.sentences) - 1; n >= 0 && n >= len(b.sentences)-2; n-- {
		s := b.sentences[n]
		if pastNoun.has(b, s) || !b.saysPresent(s) {
			continue
		}
		if w := l.cal.readWhen(b, s.from, s.to); w.recurrence != "" {
			return w.recurrence
		}
		if b.opensCase(s) && !s.question {
			return "as-needed" // "If the pictures come, get up." "Yeah, I'll put one by the bed."
		}
	}
	return ""
}

// askedWhen is the day that the client has just told, asked when something is:
// "When do you see him?" "Monday." "Could you tell him?"
func (l *ledger) askedWhen(i int) when {
	if i < 2 || !l.talk[i-1].client || l.talk[i-2].client || len(l.talk[i-1].toks) > 9 || len(l.talk[i-2].sentences) == 0 {
		return when{}
	}
	b := &l.talk[i-2]
	if s := b.sentences[len(b.sentences)-1]; !occasionAsk.has(b, s) {
		return when{}
	}
	return l.dayBefore(i, 1)
}

var occasionAsk = list("when do|are|will|does|is|'s ... see|seeing|next|back|there|in|visit|home|over|due|deadline|interview|appointment|meeting|exam|review")

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
