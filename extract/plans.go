package extract

import (
	_ "embed"
)

// firmness of what the client says of their own plan.
type firmness uint8

const (
	noPlan    firmness = iota
	ifOnly             // "if it got bad I could…"
	tentative          // "I could…", "I might…", "I should…"
	firm               // "I'll…", "I'm going to…"
	against            // "I'm not going to…"
)

// plan is a sentence of the client, or of the therapist about themselves, that
// says what they mean to do.
type plan struct {
	frame
	firmness firmness
	proform  bool // "I'll do that": the words stand elsewhere
	planEnd  int
}

//go:embed lexicon/plans.txt
var notPlanText string

var notPlans = list(notPlanText)

// doubters are what turns "I'll …" into a fear, a hope, a memory or somebody
// else's view; they stand right before the subject.
var doubters = list(`
i do not think|believe|know|suppose
i do not know if|whether|how|what|when|where|why
i doubt
i am not sure that|if|whether|how|what|when
i am not sure
i hope|wish|dream|imagine|pretend
^ that
i hope|wish that
i am|was @adv* scared|afraid|worried|frightened|terrified|nervous|anxious|convinced|paranoid|petrified that?
i worry|fear|dread that?
i feel like|as
i feel like i know
i feel as if|though
i said|thought|swore|promised|figured|told|vowed|decided ... that?
i thought
i said
i keep|kept saying|thinking|telling|promising
i keep saying ... that?
i keep|kept saying|telling|promising myself|people|him|her|them|you that?
i always|often say|think|tell
i tell|told myself|him|her|them|people|everyone that?
i told @det? @any
i have told ... times
i have said ... times
i know
i know that
i bet
i can picture|imagine|see
she|he|they|it|everyone|people|everybody|nobody|mum|mom|dad|who @any* that?
@any says|said|thinks|thought|knows|knew|assumes|assumed|expects|tells|told that?
the idea|thought|fear|feeling that
before|until|next_thing|suddenly ... i have said|told_him|told_her|told_them|promised|offered that?
what if
in case
as if|though
every time
each time
every year|week|day|morning|night
until
before
part of me thinks|says|knows
chances are
hang|hold on ,?
one|just_a second|sec|moment|minute|mo ,?
^ wait ,?
the day|moment|minute that?
how
why
what
where
who
which
things|something|anything|everything|stuff|one that?
the only thing|way
so that
`)

// vows make a promise of what follows, whoever it was told to.
var vows = list(`
i promise
i swear
i mean it
i have agreed with @any
i have agreed with @any that
i have decided
i have decided that
i have said that?
i have told|promised him|her|them|work|everyone|everybody that?
i have told|promised @poss @any that?
i think|guess|suppose|reckon|figure|believe
i think|guess|suppose|reckon|figure that
i might as well do it
the plan is
my plan is
the plan is that
`)

// keptWords mark a promise told in the past that still stands: "I told her
// I'd drive, so I'm doing that", "and I will".
var keptWords = list(`
and i will
and i am going
so i am doing
so i am going
so i will
and i am doing
and i mean it
`)

// plansOf reads what a speaker means to do, sentence by sentence.
func (u *utterance) plansOf(c calendar) []plan {
	var out []plan
	for _, s := range u.sentences {
		for _, f := range u.frames(s) {
			if p, ok := u.planOf(f, s, c); ok {
				out = append(out, p)
			}
		}
		if p, ok := u.nounedPlan(s, c); ok {
			out = append(out, p)
		}
	}
	return out
}

func (u *utterance) planOf(f frame, s sentence, c calendar) (plan, bool) {
	p := plan{frame: f, planEnd: u.planEnd(f.verb, s)}
	if f.subj != "i" && f.subj != "we" || f.voice == othersWords {
		return p, false
	}
	if f.voice == selfQuoted && !(f.mood == will && !f.cond) {
		return p, false
	}
	if f.wh == "why not" && f.subj != "you" {
		p.firmness = firm
		if !s.question && inClass("task", f.lemma) && !inClass("state", f.lemma) && u.endsWith(s, "then") || s.question && weekMarks.has(u, s) {
			return p, true
		}
		return p, inClass("task", f.lemma) && f.lemma != "have" && u.word(f.verb-1) == "just"
	}
	if f.asked || u.idiom(f, s) {
		return p, false
	}
	t := c.readWhen(u, s.from, s.to)
	if t.due == "" && u.inThought(f, s) {
		return p, false
	}
	often := t.recurrence != "" && !onSuchDays.has(u, s) // "On a bad night I can drink two bottles" is how it is
	ahead := t.due != "" || t.next || often || f.mood == progressive && (nextWeek.has(u, s) || u.dayAsked && u.doing(f))
	switch f.mood {
	case will, goingTo:
		p.firmness = firm
	case plans:
		p.firmness = firm
		if f.lemma == "be" || f.lemma == "have" || !inClass("task", f.lemma) || f.verb+1 < len(u.toks) && u.word(f.verb-1) == "for" {
			return p, false
		}
	case progressive:
		if f.futurish && (f.neg && givesUp.has(u, s) || u.resolves(f, s) || (u.decided() || u.doAsked && !f.neg) && u.doing(f)) {
			p.firmness = firm
			ahead = true
			break
		}
		if f.futurish && !f.neg && (u.would != "" && f.lemma == u.would || u.thing && pointWords[u.word(f.verb+1)] && u.doing(f) || u.thing && f.lemma == "go" && u.planEnd(f.verb, s) == f.verb+1) {
			p.firmness, ahead = firm, true // "And the email?" "I'm doing it."
			break
		}
		if f.futurish && !ahead && !f.neg && (proforms[f.lemma] || f.lemma == "do" && pointWords[u.word(f.verb+1)]) && opens(u, s, f.at) && u.timeApart(s, c) {
			p.firmness, ahead = firm, true // "The choir, Wednesday. I'm going."
			break
		}
		if !f.futurish || !ahead || u.tellsStory(s, f.verb) || t.recurrence != "" && t.due == "" && (!inClass("harm", f.lemma) || !often) && !nextWeek.has(u, s) || !inClass("task", f.lemma) && f.lemma != "have" && f.lemma != "see" || f.lemma == "go" && u.word(f.verb+1) == "to" && u.verbAfterTo(f.verb+2, s) {
			return p, false
		}
		p.firmness = firm
	case can:
		if inClass("task", f.lemma) && !f.neg && u.word(s.from) == "but" && opens(u, s, f.at) && u.cannotBefore(s) {
			p.firmness, ahead = firm, true // "I can't take it off. But I can leave it downstairs."
			break
		}
		if !inClass("task", f.lemma) || f.neg || !ahead && (u.mentions(s, "not") || s.to-s.from > 9 || !opens(u, s, f.at) || !u.timeApart(s, c)) {
			return p, false
		}
		p.firmness = firm
	case could:
		if f.neg || !inClass("task", f.lemma) && f.lemma != "have" || f.lemma == "tell" && u.word(f.verb+1) == "you" || f.lemma == "say" || inClass("state", f.lemma) && !ahead {
			return p, false
		}
		p.firmness = tentative
	case would:
		if u.would != "" && !f.neg && !f.cond && (f.lemma == u.would || f.lemma == "do") && opens(u, s, f.at) && f.lemma != "say" && f.lemma != "like" {
			p.firmness, ahead = firm, true // "Would you send it?" "I would send it."
			break
		}
		if keptWords.has(u, sentence{f.verb, s.to, false}) && !f.neg && inClass("task", f.lemma) {
			p.firmness = firm
			break
		}
		if !f.cond || f.neg || !inClass("task", f.lemma) {
			return p, false
		}
		p.firmness = ifOnly
	case should, haveTo, wantTo:
		if keptWords.has(u, sentence{f.verb, s.to, false}) && !f.neg && inClass("task", f.lemma) {
			p.firmness = firm
			break
		}
		if f.neg || !inClass("task", f.lemma) || inClass("state", f.lemma) || f.mood == wantTo && (!ahead || u.raw && c.readWhen(u, f.at, f.end).empty()) {
			return p, false
		}
		p.firmness = tentative
	case tries:
		if u.isBe(f.verb-3) || u.word(f.verb-2) == "trying" {
			return p, false
		}
		return p, false
	case lets:
		if f.subj != "i" || !letTries(f, u) {
			return p, false
		}
		p.firmness = firm
	case plain:
		if fromNow.has(u, s) && !f.neg && !s.question && isBase(u.word(f.verb)) && inClass("task", f.lemma) {
			p.firmness, ahead = firm, true // "From now on, he shouts, I leave the room."
			break
		}
		if settledNow.has(u, u.whole()) && !f.neg && !f.cond && !s.question && isBase(u.word(f.verb)) && inClass("task", f.lemma) && opens(u, s, f.at) {
			p.firmness, ahead = firm, true // "I appeal. That's decided."
			break
		}
		if t.due == "" || t.recurrence != "" || f.neg || f.cond || f.soft || s.question || !isBase(u.word(f.verb)) || !sayPlain[f.lemma] || u.tellsStory(s, f.verb) {
			return p, false
		}
		p.firmness = firm
	default:
		return p, false
	}
	return u.weighPlan(p, s, c, ahead)
}

// sayPlain are verbs that make a plan even without "will", when a day stands
// beside them: "I text her back tonight". Recognisers lose the 'll of "I'll"
// more often than any other word.
var sayPlain = set(`telephone pour text ring call email phone message send write ask book cancel post pay hand delete start block clean tidy fill sort apply sign draw cook ditch
	apologise apologize`)

// tellsStory: the historic present of a narrative: "so Saturday, we're doing
// dishes, and he tells me …".
func (u *utterance) tellsStory(s sentence, from int) bool {
	for k := max(s.from, from); k < s.to; k++ {
		switch u.word(k) {
		case "tells", "says", "goes", "comes", "starts", "asks", "turns", "walks":
			return !anyone[u.word(k-1)] && !u.mentions(sentence{from, k, false}, "whatever") && !u.mentions(sentence{from, k, false}, "matter") // "whatever he says"
		}
	}
	return false
}

// maybeI is open whatever day it names: "Maybe I'll ring on Monday, maybe not."
var maybeI = list("^ maybe|perhaps i will|am\nmaybe|perhaps not $\nor maybe not\nor not $")

// onSuchDays are days that come as they come.
var onSuchDays = list("on a bad|hard|good|low day|night\non the? bad|hard|good|low|worst days|nights\non the? days|nights|mornings when|i|you|he|she|it|they")

var anyone = set("anyone anybody everyone everybody")

// nextWeek marks a progressive as a plan: "I'm walking in next week".
var nextWeek = list("next week|month|time\nthis week|weekend\nfrom now|today|tonight|tomorrow on|onwards?\nfrom tonight|today|tomorrow\nfrom|starting next? monday|tuesday|wednesday|thursday|friday|saturday|sunday|tomorrow|week|month")

func letTries(f frame, u *utterance) bool {
	return f.lemma == "try" && !noTry[lemma(u.word(f.verb+2), base)] || f.lemma != "try" && f.try
}

var noTry = set("explain understand believe remember be put think see say describe imagine tell find make get feel")

// weighPlan applies what stands around the verb: doubt, habit, negation, if.
func (u *utterance) weighPlan(p plan, s sentence, c calendar, ahead bool) (plan, bool) {
	f := p.frame
	if u.doubted(f, s) {
		return p, false
	}
	if f.neg && p.firmness == firm && inClass("harm", f.lemma) {
		p.firmness = against
		return p, true
	}
	if f.lemma == "" || !u.deed(f, s, ahead) {
		if f.neg && p.firmness == firm && u.word(f.verb) != "be" && (f.lemma == "do" || f.lemma == "go") {
			p.firmness = against
			return p, true
		}
		return p, false
	}
	if bare(u, f.verb, p.planEnd, f.lemma) {
		p.proform = f.lemma == u.would && p.firmness == firm // "Have you thought of asking?" "I'm asking."
		return p, p.proform
	}
	if f.neg {
		p.firmness = against
		return p, true
	}
	if f.cond && !(p.firmness == firm && !f.soft && (u.comesAgain(f, s) || u.toldIf(f, s, c))) {
		p.firmness = ifOnly
		return p, true
	}
	if p.firmness == firm && ((f.soft || u.someday(s)) && !ahead || maybeI.has(u, s) || u.hedges(f, s)) {
		p.firmness = tentative
	}
	if p.firmness == firm && whenReady.has(u, sentence{f.verb, s.to, false}) {
		p.firmness = ifOnly
		return p, true
	}
	if p.firmness == tentative && (u.someday(s) || u.ifFollows(s)) {
		p.firmness = ifOnly
	}
	next := u.word(f.verb + 1)
	p.proform = (f.lemma == "do" || f.lemma == "say" || f.lemma == "try" || f.lemma == "give" || f.lemma == "have") && (next == "it" || next == "that" || next == "this" || next == "" || u.toks[min(f.verb+1, len(u.toks)-1)].kind == mark || next == "so" || next == "those" || next == "one" || next == "them")
	if proforms[f.lemma] && (f.verb+1 >= s.to || u.toks[f.verb+1].kind == mark || u.timeAt(f.verb+1)) {
		p.proform = true
	}
	return p, true
}

// timeAt: a time stands at i: "I'll go Wednesday".
func (u *utterance) timeAt(i int) bool {
	w := u.word(i)
	return weekdays[w] > 0 || w == "tomorrow" || w == "tonight" || w == "then" || w == "today" || w == "this" && weekdays[u.word(i+1)] > 0 || w == "on" && weekdays[u.word(i+1)] > 0
}

func (u *utterance) idiom(f frame, s sentence) bool {
	for k := f.at; k <= f.verb && k < s.to; k++ {
		if _, ok := notPlans.at(u, s, k); ok {
			return true
		}
	}
	return false
}

func (u *utterance) endsWith(s sentence, w string) bool {
	for k := s.to - 1; k >= s.from; k-- {
		if u.toks[k].kind != mark {
			return u.word(k) == w
		}
	}
	return false
}

// deed: the verb is something that one does, not what happens to one.
func (u *utterance) deed(f frame, s sentence, ahead bool) bool {
	v := f.lemma
	next := u.word(f.verb + 1)
	switch v {
	case "be", "know", "need", "want", "like", "love", "hate", "feel", "miss", "hear", "seem", "mean":
		return false
	case "get":
		return getDeeds[next] || possess[next] || next == "a" || next == "the" || ahead && next != "" && u.toks[min(f.verb+1, len(u.toks)-1)].kind == lexical && !feelingWord(next)
	case "have":
		return next == "a" || next == "my" || next == "lunch" || next == "breakfast" || next == "dinner" || next == "one" || next == "another" || next == "that" || next == "it" && (ahead || isGerund(u.word(f.verb+2)) || u.word(f.verb+2) == "done" || u.word(f.verb+2) == "ready") || ahead && next != "to" || next == "nothing" && ahead
	case "see":
		return u.dated(s) && next != "you" && next != "how" && next != "what" && next != "if" || next == "the" || next == "my" || next == "a" || next == "about" && f.mood == could
	case "think", "consider", "remember", "find", "come", "stay", "keep", "wait", "listen", "notice", "watch", "let", "hold":
		return ahead || v == "keep" && (isGerund(next) || next == "a" || next == "up" || next == "going" || next == "the" || next == "my") || v == "notice" || v == "come" && next == "to" || v == "let" && (u.capitalAt(f.verb+1) || next == "my") || v == "remember" && next == "to" || v == "stay" && next != "" || v == "hold" && next != "" && next != "on" || v == "watch" && next != ""
	case "use", "do", "try", "go", "start", "stop", "take", "make", "give", "put", "say":
		if v == "say" {
			return next == "it" || next == "that" || next == `"` || next == "," && u.word(f.verb+2) == `"` || next == "hello" || next == "hi" || next == "sorry" || next == "in" || next == "to" || ahead
		}
		if v == "go" && (next == "on" && !ahead || next == "mad" || next == "crazy") {
			return false
		}
		if (v == "start" || v == "stop") && (next == "crying" || next == "shaking" || next == "feeling" || next == "panicking") {
			return v == "stop" && ahead
		}
		return true
	}
	if inClass("state", v) {
		return ahead && inClass("task", v)
	}
	return inClass("task", v) || inClass("homework", v) || !inClass("state", v) && isBase(u.word(f.verb)) || ahead && !hasForm(u.word(f.verb), base|gerund) && u.word(f.verb) != ""
}

// dated: the sentence names a day.
func (u *utterance) dated(s sentence) bool {
	for k := s.from; k < s.to; k++ {
		if w := u.word(k); weekdays[w] > 0 || w == "tomorrow" || w == "tonight" || w == "today" || w == "next" {
			return true
		}
	}
	return false
}

func (u *utterance) capitalAt(i int) bool { return i < len(u.toks) && u.toks[i].capital }

var getDeeds = set("up out in on to rid some myself help back this that it them him her down going started dressed done off together hold one another through into new my")
