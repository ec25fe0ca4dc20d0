package extract

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
	if w == "over" || w == "about" || w == "very" || w == "not" || w == "so" || w == "quite" || w == "really" {
		return false // "the experiment is over fifty years old"
	}
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
	if next := u.word(p.from + 1); (v == "have" || v == "get") && (next == "it" || next == "them" || next == "that" || possess[next] || arrives.has(u, sentence{p.from + 1, p.to, false})) {
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

// arrives is what comes to the client: "You'll get a letter with a date".
var arrives = list("^ a|an|the @any? letter|call|text|email|message|appointment|link|code|form|phone|visit|invite|invitation")

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

// wanted reads what is asked for by its name: "I'd like a line a day", "I'd
// suggest the breathing", "I'd like you out of the house", "Shall we go up to
// three swims?" Known says that the row is one of these.
func (u *utterance) wanted(s sentence, f found[strength], p proposal, c calendar, verbal, timed bool) (known, ok bool) {
	first, lead, w := u.word(f.from), u.word(f.to-1), u.word(p.from)
	named := articles[w] || possess[w] || u.toks[p.from].kind == number || smallNumbers[w] > 0 || u.word(p.from+1) == "of" && w == "each"
	t := c.readWhen(u, s.from, s.to)
	if n, ok := u.next(s); ok && t.empty() && !n.question && len(u.frames(n)) == 0 { // "I want that card. Every night."
		t = c.readWhen(u, n.from, n.to)
	}
	dated := t.due != "" || t.recurrence != "" && t.recurrence != "as-needed"
	switch {
	case first == "shall" && lead == "we":
		return true, steps[p.lemma] && !inRoom.has(u, s) && (dated && t.due != c.day(0) && p.lemma != "go" || u.word(p.from+1) == "up" || u.word(p.from+1) == "down" || p.lemma == "add")
	case lead == "put" || lead == "add":
		return true, timed && !inRoom.has(u, s)
	case lead == "me" || lead == "this" && first != "i":
		return true, timed
	case lead == "with" && (first == "we" || first == "let"):
		return true, named && !inRoom.has(u, s) // "We'll stick with the diary"
	case first != "i":
		return false, false
	case becomes[p.lemma] && p.from >= 2 && u.toks[p.from-2].end <= len(u.text) && u.text[u.toks[p.from-2].start:u.toks[p.from-2].end] == "it":
		return true, false // "I'd like it to be before that": no "you" was misheard
	case lead == "you" && f.to-f.from <= 4:
		return true, dated && (away[w] || isBase(w) && inClass("homework", p.lemma)) // the "to" is lost easily
	case lead == "like" || lead == "love" || lead == "want":
		return true, !verbal && named && dated && !inRoom.has(u, s) && !talkNouns.has(u, sentence{p.from, p.to, false})
	case lead == "suggest" || lead == "recommend" || lead == "propose":
		if verbal && !named {
			return false, false
		}
		return true, named && !inRoom.has(u, s) && (dated || homeworkNouns.has(u, s) || resources.has(u, s) || u.opensCase(s))
	case lead == "for" && u.word(f.to-2) == "you":
		return true, dated
	}
	return false, false
}

var (
	steps = set("go add try keep put do make")
	// becomes is what one wants of a thing
	becomes = set("be stop work end last feel stay become happen count")
	away    = set("out up in off back at home on outside")
	// talkNouns are of the talk itself: "I'd like a word about Monday"
	talkNouns = list("word|words|moment|minute|chat|think|look|bit|sense|picture|idea|understanding|session|meeting|break")
)

func (u *utterance) timeFollows(i int, c calendar) bool {
	w := c.readWhen(u, i, min(i+4, len(u.toks)))
	return w.from == i && (w.due != "" || w.recurrence != "")
}
