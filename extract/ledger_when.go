package extract

import (
	"slices"
	"strings"
)

// When a plan is for is seldom said in its own clause alone: the day stands in
// the sentence before, in the question, or comes two turns later.

// planWhen reads the time of a plan: of its clause first, then its sentence,
// then what stands around it.
func (l *ledger) planWhen(u *utterance, p plan) when {
	from := p.at
	for from > p.sent.from && !subjects[u.word(from-1)] && u.word(from-1) != "but" && u.word(from-1) != "so" {
		from--
	}
	if from > p.sent.from && subjects[u.word(from-1)] && u.mentions(sentence{from, p.at, false}, "not") {
		from = p.at // "I can't do Monday, I'll do Tuesday"
	}
	said := u.toBeSaid(p)
	if w := l.counted(u, p.sent); w.due != "" {
		return w
	}
	if w := l.cal.readWhen(u, from, min(p.planEnd, said)); (w.due != "" || w.recurrence != "") && !u.toldOf(p.verb, w) {
		for _, way := range onTheWay.in(u, sentence{p.at, p.planEnd, false}) {
			if v := l.cal.readWhen(u, p.sent.from, way.from); v.due != "" {
				w.due = v.due // "I finish at two tomorrow, I'll go on my way back"
			}
		}
		return l.corrected(u, p, w)
	}
	w := l.cal.readWhen(u, p.sent.from, said)
	if w.due == "" && w.recurrence == "" && u.whenItComes(p) {
		w.recurrence = "as-needed"
	}
	if w.due != "" && (l.pastClause(u, p.sent, w) || u.toldOf(p.verb, w)) {
		w = when{}
	}
	if w.due == "" && w.recurrence == "" {
		w = l.askedDay(u, w)
	}
	if w.due == "" && w.recurrence == "" && u.mentions(p.sent, "then") {
		for _, s := range u.sentences {
			if s.to != p.sent.from {
				continue
			}
			if w = l.everyWeek(u, s); w.due == "" {
				w = l.cal.readWhen(u, s.from, s.to)
			}
		}
	}
	if w.due == "" && w.recurrence == "" {
		w = l.around(u, p, w)
	}
	if w.due == "" && w.recurrence == "" && !w.next {
		w = l.spokenOf(u, p, w)
	}
	if w.due == "" && w.recurrence == "" && !w.next {
		w = l.topicDay(u, p, w)
	}
	if w.due == "" && w.recurrence == "" && !w.next && firstThing.has(u, p.sent) && !partOfDays.has(u, p.sent) && !backThen.has(u, p.sent) {
		w.due = l.cal.day(1)
	}
	return w
}

// firstThing alone, with no day near it, is the next morning.
var firstThing = list("@any first thing $")

var onTheWay = list("on|from the|my way")

// toldOf: the time is of what the plan speaks about: "I'll ask what he said on
// Monday".
func (u *utterance) toldOf(verb int, w when) bool {
	for k := verb + 1; k < w.from; k++ {
		if v := u.word(k); (isWh(v) || v == "that" || subjects[v]) && k+2 < w.from+1 {
			for n := k + 1; n < min(k+4, w.from); n++ {
				if hasForm(u.word(n), past) && !hasForm(u.word(n), base) || strings.HasSuffix(u.word(n), "ed") {
					return true
				}
			}
		}
	}
	return false
}

// corrected: "Saturday. No, Sunday." A day behind a no takes the place of the
// one before.
func (l *ledger) corrected(u *utterance, p plan, w when) when {
	if w.due == "" {
		return w
	}
	end := p.sent.to
	if s, ok := u.next(p.sent); ok && (s.to-s.from <= 6 || s.to-s.from <= 12 && u.word(s.from) == "no") {
		end = s.to
	}
	for k := w.to; k < min(end, w.to+6); k++ {
		if v := u.word(k); v != "no" && v != "actually" && v != "sorry" && v != "wait" && v != "rather" {
			continue
		}
		if v := l.cal.readWhen(u, k, end); v.due != "" && v.from <= k+4 {
			return v
		}
	}
	return w
}

// around looks for a time in the other sentences of the utterance, the nearest
// first.
func (l *ledger) around(u *utterance, p plan, w when) when {
	for far := 1; far < 4; far++ {
		for n, s := range u.sentences {
			at := slices.IndexFunc(u.sentences, func(o sentence) bool { return o.from == p.sent.from })
			if d := n - at; d != far && d != -far || at < 0 {
				continue
			}
			if v := l.replySentence(u, s); v.due != "" || v.recurrence != "" {
				return v
			}
		}
	}
	return w
}

// toBeSaid is where what is to be told begins: "I'll tell her then, no
// Fridays". Times there are the message's.
func (u *utterance) toBeSaid(p plan) int {
	if p.lemma != "tell" && p.lemma != "say" {
		return p.sent.to
	}
	for k := p.verb + 1; k < p.sent.to; k++ {
		if w := u.word(k); w == "," && !clauseEnders[u.word(k+1)] && !u.timeAt(k+1) || w == ":" || w == `"` || w == "that" && k > p.verb+1 && u.toks[min(k+1, len(u.toks)-1)].kind != mark && !clauseEnders[u.word(k+1)] {
			return k
		}
	}
	return p.sent.to
}

// clauseEnders behind "that" show that it points: "tell her that by Sunday".
var clauseEnders = set("by on before at tonight tomorrow today when as in until straight first")

// whenItComes: "when I wake at four I'll get up", "if it comes again I'll
// count".
func (u *utterance) whenItComes(p plan) bool {
	if p.firmness == firm && u.comesAgain(p.frame, p.sent) {
		return true
	}
	for k := p.sent.from; k < p.at; k++ {
		n := u.word(k + 1)
		if u.word(k) == "when" && !u.isBe(k-1) && (n == "i" || n == "my" || n == "the" || n == "it" || n == "there") && !u.mentions(sentence{k, p.at, false}, "get") {
			return true
		}
	}
	return false
}

// askedDay: the therapist's short question right before named the day: "And
// tonight?"
func (l *ledger) askedDay(u *utterance, w when) when {
	i := u.index
	if i == 0 || l.talk[i-1].client || len(l.talk[i-1].sentences) == 0 {
		return w
	}
	b := &l.talk[i-1]
	s := b.sentences[len(b.sentences)-1]
	short := s.to-s.from <= 5 || s.to-s.from <= 8 && dayNamed.has(b, s)
	if !s.question || !short && !fits.has(u, u.sentences[0]) || short && len(b.frames(s)) > 0 {
		return w
	}
	if v := l.cal.readWhen(b, s.from, s.to); v.due != "" {
		return v
	}
	return w
}

// dayNamed begin a question that holds a day and little more.
var dayNamed = list("^ what|how about")

// fits: the day that was asked about will do.
var fits = list(`
it|that would|could|does|should|will|might work|do|suit
that works|suits|is_fine|is_good
^ it|that would|could|does|will $
^ i am free|off
`)

// replySentence: the time of a short neighbouring sentence without a verb, or
// of one that begins with a day: "Wednesday she's in the office."
func (l *ledger) replySentence(u *utterance, s sentence) when {
	if s.question || s.to-s.from > 14 || hedged.has(u, s) {
		return when{}
	}
	w := l.cal.readWhen(u, s.from, s.to)
	if w.from >= 0 && u.toks[w.from].voice != own {
		return when{} // the time is in what will be said
	}
	if len(u.frames(s)) == 0 && s.to-s.from <= 9 {
		return w
	}
	for _, f := range u.frames(s) {
		if f.over() || f.mood == will && f.subj != "it" || f.mood == goingTo || f.subj == "i" {
			return when{}
		}
	}
	if w.due == "" || w.from > s.from+3 || w.recurrence != "" {
		return when{}
	}
	return w
}

// pastClause: the time stands in a clause about what was.
func (l *ledger) pastClause(u *utterance, s sentence, w when) bool {
	for _, f := range u.frames(s) {
		if (f.mood == pastTense && f.lemma != "get" || f.mood == usedTo) && w.from >= f.verb && w.to <= f.end {
			return true
		}
	}
	return false
}

// replyWhen reads the time in an answer, from the sentences that are not about
// the past or somebody else.
func (l *ledger) replyWhen(u *utterance) when {
	var out when
	leftOut := map[string]bool{}
	for k := range u.toks {
		if u.dayLeftOut(k) > k {
			leftOut[u.word(k)] = true
		}
	}
	for _, s := range u.sentences {
		if s.question && len(u.sentences) > 1 && !l.onlyDay(u, s) || u.aboutAnother(s) && !l.opensWithTime(u, s) {
			continue
		}
		if ahNow.has(u, s) || out.due != "" && (hedged.has(u, s) || u.word(s.from) == "if") {
			continue // "By Saturday. Tomorrow, if I can."
		}
		skip := false
		for _, f := range u.frames(s) {
			if f.over() || f.subj != "i" && f.subj != "we" && f.subj != "it" && f.mood != plain && f.mood != order || f.neg {
				skip = true
			}
			if f.mood == plain && f.subj == "i" && f.lemma != "be" && f.lemma != "suppose" && f.lemma != "guess" && f.lemma != "think" {
				skip = true // "I close Wednesday, Thursday, Friday"
			}
		}
		if skip && len(u.frames(s)) == 1 && !l.opensWithTime(u, s) {
			continue
		}
		w := l.cal.readWhen(u, s.from, s.to)
		if w.from >= 0 && leftOut[u.word(w.from)] {
			continue // "Not tonight. Tonight's my mother's."
		}
		if w.due == "" && w.recurrence == "" {
			if v := l.counted(u, s); v.due != "" {
				w = v
			}
		}
		if skip && w.due == "" && !l.opensWithTime(u, s) {
			continue
		}
		if w.due != "" && (out.due == "" || !spentDay.has(u, s)) {
			out.due = w.due
		}
		if w.recurrence != "" {
			out.recurrence = w.recurrence
		}
		if w.phrase != "" && (out.phrase == "" || w.due != "") {
			out.phrase = w.phrase
		}
	}
	return out
}

// spentDay says what else its day is for, and so why the plan is for the other:
// "Saturday. Friday I'm at the match."
var spentDay = list(`
^ on? @any i am @adv* at|on|in|away|working|out|back
^ on? @any i have|have_got|work|go|see|do
^ on? @any is|'s my|the|our|his|her|their
`)

// ahNow is no time.
var ahNow = list("^ ah|oh|well|right|okay|come_on|now now $")

// hedged days are hoped for, and move none that was named.
var hedged = list("if i can|could|manage\nif possible\nif i get|have the chance|time\nwith any luck\nmaybe|perhaps even\nmaybe|perhaps|possibly sooner|before|earlier")

// opensWithTime: "Every morning, long as it isn't raining", "Wednesday she's
// in the office": the time comes first, and the rest is why.
func (l *ledger) opensWithTime(u *utterance, s sentence) bool {
	w := l.cal.readWhen(u, s.from, s.to)
	if w.from < 0 || w.from > s.from+1 || w.due == "" && w.recurrence == "" {
		return false
	}
	for _, f := range u.frames(s) {
		if f.over() || f.subj == "i" || f.mood == will || f.mood == goingTo {
			return false
		}
	}
	return true
}

// aboutAnother: a sentence about somebody else's time, or about when not.
func (u *utterance) aboutAnother(s sentence) bool {
	self := u.mentions(s, "i") || u.mentions(s, "we")
	if first := s.from; first+1 < s.to && u.toks[first].kind == lexical && weekdays[u.word(first)] == 0 && !subjects[u.word(first)] && u.isBe(first+1) && !self {
		return true // "Ray's home Fridays"
	}
	if k := u.skipOpeners(s); possess[u.word(k)] && hasForm(u.word(k+2), third) && !self {
		return true // "My mother rings on a Sunday"
	}
	for k := s.from; k < s.to; k++ {
		switch w := u.word(k); {
		case w == "he" || w == "she" || w == "they":
			return !self
		case w == "not" && !self && k+1 < s.to && k > s.from+1:
			return true
		}
	}
	return false
}

// otherDay: the therapist said a day back and the client names a better one.
func (l *ledger) otherDay(i int) {
	u := &l.talk[i]
	r := l.recent(i, 1)
	if r == nil || i == 0 || l.talk[i-1].client {
		return
	}
	for n, s := range u.sentences {
		if n == 0 && l.askedDay(u, when{}).due != "" && !s.question { // "Today?" "Tomorrow, I'm at work today."
			s.to = u.firstMark(s)
			if w := l.cal.readWhen(u, s.from, s.to); w.due != "" && w.from <= s.from+1 && w.to >= s.to-1 {
				r.time(w)
				r.prove(i, s.from, s.to)
			}
			continue
		}
		if s.question || !betterDay.has(u, s) {
			continue
		}
		if w := l.cal.readWhen(u, s.from, s.to); w.due != "" {
			r.time(w)
			r.prove(i, s.from, s.to)
		}
	}
}

func (u *utterance) firstMark(s sentence) int {
	for k := s.from + 1; k < s.to; k++ {
		if u.toks[k].kind == mark {
			return k
		}
	}
	return s.to
}

var betterDay = list("^ make it|that\n^ let us make|say it|that\nbetter|easier|best|instead\nsuits me\nworks better|for\nrather|sooner @base")

// laterWhen: a following sentence of the same utterance adds a time only when
// it is about the plan, not about the past.
func (l *ledger) laterWhen(u *utterance, s sentence) when {
	if s.question {
		return when{}
	}
	for _, f := range u.frames(s) {
		if f.over() || f.subj == "i" {
			return when{}
		}
	}
	return l.cal.readWhen(u, s.from, s.to)
}
