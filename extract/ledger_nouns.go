package extract

import "github.com/afterword/afterword/models"

// nounSet: homework named without a verb: "And the diary card, every night
// this week", "Twice a day, a minute each, till we meet".
func (l *ledger) nounSet(i int, s sentence) *entry {
	u := &l.talk[i]
	if s.to-s.from > 22 {
		return nil
	}
	w := l.cal.readWhen(u, s.from, s.to)
	if s.question {
		return l.nounAsked(i, s, w)
	}
	if w.recurrence == "as-needed" && u.saysPresent(s) {
		if u.raw && u.opensCase(s) {
			return nil // "and when it comes on": asked without a mark
		}
		return l.eachTime(i, s, w)
	}
	head := s.from
	for _, f := range u.frames(s) {
		if f.subj == "i" && (f.mood == progressive || f.mood == will) && f.at > w.to {
			continue // "twice a day, and I'm adding the pegs"
		}
		if f.subj == "it" && f.lemma == "be" && f.verb <= s.from+3 && !f.neg && u.word(s.from) == "so" {
			head = f.verb + 1 // "So it's the diary every night, and the walk."
			continue
		}
		if !(f.lemma == "be" && f.subj == "you") && !(f.lemma == "meet" || f.lemma == "see" || f.lemma == "come") {
			return nil
		}
	}
	if (w.recurrence == "" || w.recurrence == "weekly" && !homeworkNouns.has(u, s)) && !u.prohibits(s, w) && !forNextTime.has(u, s) {
		return nil
	}
	from := head
	for from < s.to && (openers[u.word(from)] || u.toks[from].kind == mark) {
		from++
	}
	if r := l.recent(i, 3); r != nil && (l.shares(r, i, s.from, s.to) || (!r.settled || w.from <= from && i-r.last <= 1) && !l.namesOwn(i, proposal{sent: s, from: s.from, to: s.to})) {
		if !r.settled && i-r.last <= 2 && r.byClient && r.origin == selfMade { // "I could write an awful one." "Twenty minutes, each weekday."
			r.time(w)
			r.prove(i, s.from, s.to)
			r.waiting, r.byClient = true, false
			return r
		}
		return nil
	}
	if from >= s.to || pastNoun.has(u, s) || u.toldNoun(s) || l.reflects(i, s, w) {
		return nil
	}
	if len(l.stems(proof{i, from, w.from})) == 0 && w.from <= from+2 {
		if e := l.carryOn(i, s, w); e != nil {
			return e // "Then twice a day from now on."
		}
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

// reflects: the client has just told how often it was, and hears it back: "I wrote
// every day." "Every day, on that shift."
func (l *ledger) reflects(i int, s sentence, w when) bool {
	if i == 0 || !l.talk[i-1].client {
		return false
	}
	u, b := &l.talk[i], &l.talk[i-1]
	for _, t := range b.sentences {
		if b.pastIn(t) && l.cal.readWhen(b, t.from, t.to).recurrence == w.recurrence && w.recurrence != "" {
			return true
		}
	}
	t, ok := u.next(s)
	return ok && t.question && u.pastIn(t)
}

// saysPresent: nothing in the sentence was, and the therapist is not in it.
func (u *utterance) saysPresent(s sentence) bool {
	for _, f := range u.frames(s) {
		if f.over() || f.subj == "i" || f.subj == "we" && f.mood != lets {
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

// nounAsked: homework put as a question without a verb: "The stretches, twice a
// day?", "So for next Monday, one side of paper?"
func (l *ledger) nounAsked(i int, s sentence, w when) *entry {
	u := &l.talk[i]
	if f := orTooMuch.in(u, s); len(f) > 0 && f[0].from > s.from+1 { // "One page a day, or is that too much?"
		s.to = f[0].from
	}
	if s.from > 0 && u.word(s.from-1) == "?" { // "How often? Not at all, nearly every day?"
		return nil
	}
	if w.recurrence == "" && !forNext.has(u, s) && !tooMuch.has(u, s) || w.recurrence == "as-needed" || u.opensCase(s) {
		return nil
	}
	asksIf := tooMuch.has(u, s) && u.word(s.from) == "would"
	for _, f := range u.frames(s) {
		if asksIf && f.at == s.from {
			continue
		}
		if f.at == s.from || f.mood == pastTense || f.subj != "you" || !isWh(u.word(f.at-1)) {
			return nil
		}
	}
	from := s.from
	for from < s.to && (openers[u.word(from)] || u.toks[from].kind == mark) {
		from++
	}
	if asksIf {
		from = s.from + 1
	} else if from < s.to && (isWh(u.word(from)) || u.auxiliary(from) || modals[u.word(from)] || subjects[u.word(from)]) || u.toldNoun(s) {
		return nil
	}
	named := proof{i, from, w.from}
	timeFirst := w.from >= 0 && w.from <= from+1 && w.to < s.to-1
	if timeFirst {
		named = proof{i, w.to, s.to}
	} else if w.from <= from+1 { // "Would an hour be too much?"
		named.to = s.to
	}
	if !deedNouns.has(u, sentence{named.from, named.to, false}) || l.recent(i, 3) != nil && l.shares(l.recent(i, 3), i, s.from, s.to) {
		return nil
	}
	if timeFirst {
		from = w.to
		for from < s.to && u.toks[from].kind == mark {
			from++
		}
	}
	end := u.planEnd(from, s)
	for k := from; k < end && asksIf; k++ {
		if u.isBe(k) {
			end = k
		}
	}
	e := l.add(&entry{origin: proposed, strength: toAsk, status: models.Suggested, words: proof{i, from, end}, verb: -1, when: w, waiting: true})
	e.prove(i, s.from, s.to)
	return e
}

// deedNouns name what one can set: "the headaches, every morning?" asks after
// something else.
var deedNouns = list(`
stretch|stretches|walk|walks|swim|swims|run|runs|yoga|breathing|lunch|breakfast|snack|meal|supper|page|pages|line|lines|side|letter|letters|call|calls|text|minutes|minute|hour|half-hour
room|drawer|bag|bags|box|exercise|exercises|weights|gym|bath|shower|song|prayer|rest|nap|tablet|tablets|dose|class|classes|check-in|diary|log|card|sheet|list|record|journal|worksheet|meditation|mindfulness
chapter|book|practise|scan|timer|form|forms|draft|paper|email|emails|message|visit|trip|step|steps|word|words|sentence|thing|things|time|times|phone|telly|screen|screens|laptop|light|lights
reading|writing|walking|swimming|drawing|listening|knitting|gardening|cycling|stretching|ringing|calling|texting|tidying|cleaning|cooking
`)

// prohibits: "So till Thursday, no checking after nine", "And no long drives for
// two days, please."
func (u *utterance) prohibits(s sentence, w when) bool {
	return noThing.has(u, s) && !noMatter.has(u, s) && (w.due != "" || w.next || forHours.has(u, s))
}

var (
	noThing  = list("^ no @any")
	noMatter = list("^ no wonder|pressure|need|rush|problem|worries|matter|doubt|idea|harm|one|point|reason|way|chance|change|news|luck|hurry|offence|bother|fuss|hassle|panic")
	forHours = list("for @num @num? hours|days|weeks\nfor a week|day|fortnight\nplease")
	tooMuch  = list("would|is ... be? too much|okay|all_right|possible|doable|realistic|manageable|enough|fair $")
)

// forNextTime: "So receipts for next time, then."
var forNextTime = list("^ so|then ... for|by next time|week|session|monday|tuesday|wednesday|thursday|friday\n^ then|so something|one|a ... please")

var orTooMuch = list("or is that|it too @any\nor is that|it asking|pushing")

var forNext = list("^ by|for|before the end|weekend|start|first|last\n^ for next|monday|tuesday|wednesday|thursday|friday|saturday|sunday|then|tomorrow\n^ by next|monday|tuesday|wednesday|thursday|friday|saturday|sunday|then|tomorrow\n^ for|by the @num\nfor the next|coming @num? week|weeks|fortnight|month|days")

// opensCase: the sentence begins with an if or a when.
func (u *utterance) opensCase(s sentence) bool {
	k := s.from
	for k < s.to && (openers[u.word(k)] || u.toks[k].kind == mark) {
		k++
	}
	return u.word(k) == "if" || u.word(k) == "when" || u.word(k) == "whenever"
}

// toldNoun: a noun with a verb of what was: "Monday and Tuesday still
// happened."
func (u *utterance) toldNoun(s sentence) bool {
	for k := s.from + 1; k < s.to; k++ {
		w, prev := u.word(k), u.word(k-1)
		if hasForm(w, past) && !hasForm(w, base) && u.toks[k].kind == lexical && (prev == "still" || prev == "also" || prev == "just" || prev == "already" || prev == "never" || weekdays[prev] > 0) {
			return true
		}
	}
	return false
}

// carriesOn keep what has been going well: "Let's go on with it, every
// evening", "Keep it going then", "Shall we keep that up?"
var carriesOn = list(`
keep it|that|this|them up|going
keep up with? it|that|the
keep going with it|that|this
go|carry on with it|that|this|them
carry on $
carry on the same
stick with it|that|this
stay with it|that
the same again
same again
more of that|it|the same
do more of that
`)

// keepUp reads such a sentence: the plan is the one that was looked back on.
func (l *ledger) keepUp(i int, s sentence) *entry {
	u := &l.talk[i]
	if !carriesOn.has(u, s) || len(u.frames(s)) > 0 && u.frames(s)[0].mood == pastTense {
		return nil
	}
	w := l.cal.readWhen(u, s.from, s.to)
	if t, ok := u.next(s); ok && w.empty() && len(u.frames(t)) == 0 { // "Shall we keep that up? Every Sunday, one hour."
		w = l.cal.readWhen(u, t.from, t.to)
	}
	return l.carryOn(i, s, w)
}

// carryOn sets again what was looked back on a little before.
func (l *ledger) carryOn(i int, s sentence, w when) *entry {
	for k := len(l.entries) - 1; k >= 0; k-- {
		o := l.entries[k]
		if i-o.last > 6 {
			continue
		}
		if o.live() && i-o.last <= 3 && o.origin != asking {
			return nil // goes on with what is on the table
		}
		if o.origin != reviewing && o.status != models.DoneAlready || o.words.to <= o.words.from {
			continue
		}
		e := l.add(&entry{origin: proposed, strength: toSet, status: models.Assigned, words: o.words, verb: o.verb, when: w, waiting: true})
		e.prove(i, s.from, s.to)
		return e
	}
	return nil
}
