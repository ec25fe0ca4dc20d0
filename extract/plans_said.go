package extract

// Plans that no "I'll" announces: "Right, that's it, I'm seeing a solicitor",
// "No phone at the table, that's my new rule", "Put me down for the choir".

// decisions say that what is being done beside them is settled, and still to
// come: "I'm changing the locks. Decided."
var decisions = list(`
that does it
right ,? that is it
^ decided
i have|am decided
i have made up my mind
my mind is made up
that is my @any? rule|task|homework|plan|promise|decision
as my @any? rule|task|homework
whatever|no_matter_what he|she|they|anyone|anybody|people|you says|say|think|thinks
no|nae arguments|excuses|ifs
and that is that
and that is final
i have told work|school|college|the_office|my_boss
i have booked it|him|her|them|that in?
i am booking|paying
once and for all
`)

// lasting are what one may be doing already: "I'm working from home, whatever
// they say" decides nothing.
var lasting = set("work try live sleep drink eat talk speak sit stand wait drive play run walk use learn study look see think hope have get be cope manage struggle carry hold keep pay watch worry wonder read")

// adrift behind "going" says how it is: "I'm going under, whatever they say".
var adrift = set("on under along through down off out round mad crazy nowhere")

func (u *utterance) decided() bool {
	for _, s := range u.sentences {
		if decisions.has(u, s) && !s.question {
			return true
		}
	}
	return false
}

func (u *utterance) doing(f frame) bool {
	next := u.word(f.verb + 1)
	if f.lemma == "go" && adrift[next] {
		return false
	}
	solid := f.lemma == "see" && articles[next] || f.lemma == "keep" && (articles[next] || possess[next] || pointWords[next])
	return inClass("task", f.lemma) && !inClass("state", f.lemma) && (!lasting[f.lemma] || solid)
}

// nouned are plans without a frame of their own; the deed follows.
var nouned = list(`
my @any? plan is to
the plan is to
my aim is to
my goal for @det week is to
my @any? @any? resolution|target|task|homework|job is to
my resolution|target|task|homework|job this week|month is to
what i will do is
i have made up my mind to
what i am going to do is
that is my plan
i have @adv* every intention of
`)

// signsUp put the speaker's name down; the words themselves are the plan.
var signsUp = list(`
^ put me down for @any
^ sign me up
i have @adv* put my name down|doon for
i have @adv* put my name down|doon $
i am @adv* down for the|a|it|that|two|three|all
i have decided on
i have said yes to the|a|my|his|her|going|doing
`)

var oftenBefore = list("times\nbefore $\nnever been|gone|went")

// offTo: "I'm off to see my nan on Saturday."
var offTo = list("i am @adv* off to")

// ruled name what stands before them as the plan: "Writing to them, that's
// what I'm going to do."
var ruled = list(`
that is my @any? rule|task|homework|plan
that is what i am going to do
that is what i am @adv* doing
that is what i will do
that is the @any? deal|rule|plan|arrangement|agreement
is what i will do
is what i am going to do
`)

// nounedPlan reads a plan without a frame of its own.
func (u *utterance) nounedPlan(s sentence, c calendar) (plan, bool) {
	for i := s.from; i < s.to && !s.question; i++ {
		if f, ok := nouned.at(u, s, i); ok && f.to < s.to && (isBase(u.word(f.to)) || isGerund(u.word(f.to))) {
			p := u.saidPlan(s, f.to, u.planEnd(f.to, s))
			return p, !inClass("state", p.lemma) || inClass("task", p.lemma)
		}
		if f, ok := signsUp.at(u, s, i); ok && u.toks[i].voice == own && !u.conditional(i, s) && !oftenBefore.has(u, s) {
			from := i
			for from < f.to-1 && (subjects[u.word(from)] || u.auxiliary(from) || adverbs[u.word(from)]) {
				from++
			}
			return u.saidPlan(s, from, u.planEnd(f.to-1, s)), true
		}
		if f, ok := offTo.at(u, s, i); ok && c.readWhen(u, i, s.to).due != "" && !u.conditional(i, s) {
			return u.saidPlan(s, f.to-2, u.planEnd(f.to-1, s)), true
		}
		if f, ok := ruled.at(u, s, i); ok {
			if p, ok := u.ruledPlan(s, f); ok {
				return p, true
			}
		}
	}
	if p, ok := u.verbLost(s, c); ok {
		return p, true
	}
	if p, ok := u.noMorePlan(s); ok {
		return p, true
	}
	if p, ok := u.canDo(s, c); ok {
		return p, true
	}
	return u.thingPlan(s, c)
}

// verbLost: "I'll her on Monday", "I'm that in the kitchen tonight": a plan with
// its time, though the recogniser lost the verb.
func (u *utterance) verbLost(s sentence, c calendar) (plan, bool) {
	for i := s.from; i < s.to && !s.question; i++ {
		f, ok := noVerb.at(u, s, i)
		if !ok || u.toks[i].voice != own || u.conditional(i, s) || u.doubted(frame{at: i}, s) || u.clauseHasVerb(f.to, s) {
			continue
		}
		if w := c.readWhen(u, f.to-1, s.to); w.due == "" && (w.recurrence == "" || w.recurrence == "as-needed") && !backThen.has(u, s) {
			return plan{}, false
		}
		return u.saidPlan(s, f.to-1, u.planEnd(f.to-1, s)), true
	}
	return plan{}, false
}

var noVerb = list("i will @adv* the|a|an|it|in|that|this|him|her|them|and")

// clauseHasVerb: the clause at i goes on with a verb of its own: "I will, the
// bus goes at nine".
func (u *utterance) clauseHasVerb(i int, s sentence) bool {
	for k := i; k < s.to && u.toks[k].kind != mark && k < i+3; k++ {
		if subjects[u.word(k)] && isFinite(u.word(k+1)) || u.isBe(k) || modals[u.word(k)] {
			return true
		}
	}
	return false
}

func (u *utterance) saidPlan(s sentence, from, to int) plan {
	l := lemma(u.word(from), base|gerund)
	return plan{frame: frame{sent: s, subj: "i", at: from, mood: plans, verb: from, lemma: l, end: to}, firmness: firm, planEnd: to}
}

// ruledPlan: the plan stands before "that's my rule", in the same sentence or
// in the one before, or right behind: "that's what I'll do, write it down".
func (u *utterance) ruledPlan(s sentence, m found[bool]) (plan, bool) {
	if k := m.to + 1; k < s.to && u.word(m.to) == "," && isBase(u.word(k)) && inClass("task", u.word(k)) {
		return u.saidPlan(s, k, u.planEnd(k, s)), true
	}
	t := sentence{s.from, m.from, false}
	if m.from-s.from < 3 {
		for _, b := range u.sentences {
			if b.to == s.from && !b.question {
				t = sentence{b.from, b.to, false}
			}
		}
	}
	for t.from < t.to && (openers[u.word(t.from)] || u.toks[t.from].kind == mark || u.word(t.from) == "then") && u.word(t.from) != "no" {
		t.from++
	}
	for t.to > t.from && (u.toks[t.to-1].kind == mark || openers[u.word(t.to-1)]) {
		t.to--
	}
	for _, f := range u.frames(t) {
		if f.subj != "i" && f.subj != "we" || f.voice == othersWords {
			continue
		}
		switch f.mood {
		case plain, would, could, should, haveTo, wantTo:
			if inClass("task", f.lemma) && f.verb < t.to {
				p := u.saidPlan(t, f.verb, min(u.planEnd(f.verb, s), t.to))
				if f.neg {
					p.firmness = against // "I don't ring twice. That's the rule."
				}
				return p, true
			}
		case will, goingTo, progressive:
			return plan{}, false // a plan of its own
		}
		return plan{}, false
	}
	if t.to-t.from < 2 || pointWords[u.word(t.from)] || subjects[u.word(t.from)] {
		return plan{}, false
	}
	return u.saidPlan(t, t.from, t.to), true
}

// proforms are what one does with a thing that was just named.
var proforms = set("go keep stay start join come take")

// timeApart: a short sentence beside s, without a verb, says when.
func (u *utterance) timeApart(s sentence, c calendar) bool {
	for _, t := range u.sentences {
		if t.from == s.from || t.question || t.to-t.from > 10 || len(u.frames(t)) > 0 {
			continue
		}
		if w := c.readWhen(u, t.from, t.to); w.due != "" || w.recurrence != "" && w.recurrence != "as-needed" {
			return true
		}
	}
	return false
}
