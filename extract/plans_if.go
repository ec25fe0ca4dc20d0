package extract

// What hangs on an if or a when: a fancy, a plan put off, or a plan for the next
// time that it comes.

var somedays = list(`
one day
some day
someday
in an ideal world
worst case
if i had to
if it came to
in theory
eventually
always
`)

func (u *utterance) someday(s sentence) bool { return somedays.has(u, s) }

// doubted: right before the subject stands a doubt, a fear, a report.
func (u *utterance) doubted(f frame, s sentence) bool {
	if keptWords.has(u, sentence{f.at, s.to, false}) && !f.neg {
		return false
	}
	if _, ok := vows.ending(u, s, f.at, 6); ok && !slipped.has(u, sentence{s.from, f.at, false}) {
		return false
	}
	if _, ok := doubters.ending(u, s, f.at, 10); ok {
		return true
	}
	return false
}

// hedges: "Maybe I'll ring her on Friday", or a plan with "no promises" beside it.
func (u *utterance) hedges(f frame, s sentence) bool {
	if keptWords.has(u, sentence{f.at, s.to, false}) {
		return false
	}
	if _, ok := perhaps.ending(u, s, f.at, 3); ok {
		return true
	}
	for _, t := range u.sentences {
		if t.from >= s.from && noPromise.has(u, t) {
			return true
		}
	}
	return false
}

var (
	perhaps   = list("maybe|perhaps|possibly ,?")
	noPromise = list(`
i am not promising|saying_yes|committing
i have not said|promised|agreed yes|anything|to $
i am promising|saying nothing
i am not making any? promises
^ no promises
do not hold me to it|that
`)
)

// slipped: "And before he's finished I've said I'll do the tiling" tells how it came
// out, not what will be.
var slipped = list("before|next_thing|suddenly ... i have said|told|promised|offered\nthere i am ... saying")

// whenReady puts a plan off to a day that nobody has named.
var whenReady = list("when i am @adv* ready|able|stronger|better|good_and_ready\nwhen i feel @adv* ready|able|stronger|better|up|like\nwhen i have got a|the|my|some\nonce i am @adv* ready|stronger|better|settled\nwhen the time is right|comes")

// ifFollows: "I might read to him. If he's awake."
func (u *utterance) ifFollows(s sentence) bool {
	t, ok := u.next(s)
	return ok && u.word(t.from) == "if" && t.to-t.from <= 8
}

// comings are what one waits for: "if it comes again I'll …" is a plan for the
// next time, not a fancy.
var comings = list(`
if|when|whenever it|that|this|she|he|they|one @adv* comes|happens|starts|hits|gets|kicks|goes|rings|calls|texts|shows|turns|creeps|builds|come|start|happen|ring|call
if|when|whenever the|a|that|my|an @any @adv* comes|happens|starts|hits|gets|kicks|goes|shows|turns|creeps|builds
if i feel|notice|catch|hear|see|have the|that|another|it|one|a|any|myself
if i get that|another|it|one|a|any
if i get the urge|feeling|craving|thought|thoughts|itch|wobble|wobbles|shakes|panic|fear|want|pang|flutter|dread|voice|headache
next time|when it|that|the|she|he|i|they
`)

func (u *utterance) comesAgain(f frame, s sentence) bool {
	if f.mood != will && f.mood != goingTo {
		return false
	}
	return comings.has(u, sentence{s.from, f.at, false}) && inClass("task", f.lemma)
}

// toldIf: "I'll tell her tonight not to answer if I ask": a day is named, and
// the if belongs to what is to be said.
func (u *utterance) toldIf(f frame, s sentence, c calendar) bool {
	for k := s.from; k < s.to; k++ {
		if u.word(k) == "if" {
			return k > f.verb && c.readWhen(u, f.verb, k).due != ""
		}
	}
	return false
}

// inThought: "I thought, I'm going to throw this plate", "and I think, right,
// I'll just check": what went through the head, and was not meant.
func (u *utterance) inThought(f frame, s sentence) bool {
	m, ok := thinking.ending(u, s, f.at, 6)
	return ok && (u.toks[f.at-1].kind == mark || m.to-m.from > 2)
}

var thinking = list(`
i thought ,
i thought ,? right|well|okay|fine ,?
i was thinking ,
and i think ,
then i think ,
and|then i think ,? right|well|okay|fine ,?
i thought to myself ,?
and|then i said to myself ,?
`)
