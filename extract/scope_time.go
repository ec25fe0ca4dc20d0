package extract

import "strings"

// negators before a word deny it within its clause.
var negators = set("not never no neither nor hardly barely without none nothing isn't rarely seldom less stop stopped")

// denials reach over clauses: "it's not that I'm sad", "I'm not saying …".
var denials = list(`
it is not that
not that
i am not saying
i would not say
i do not think
i would not call
not because
i never said
nobody|no one said|says
i can not say
far from
anything but
not once
at no point|time|stage
`)

// denied: a negator stands before the match in its clause, and not inside it.
func (j *judge) denied() bool {
	u := j.u
	start := j.clauseStart()
	n := 0
	for k := start; k < j.f.from; k++ {
		w := u.word(k)
		if !negators[w] {
			continue
		}
		if beyondWords.has(u, sentence{k, j.f.from, false}) {
			continue // "I can't tell you how grateful I am"
		}
		if w == "not" && (u.word(k+1) == "only" || u.word(k+1) == "just" && j.f.from-k > 6) || w == "no" && (u.word(k+1) == "," || k == j.s.from && (j.f.value.kind != named || k < j.f.from-1)) || w == "nothing" && u.word(k+1) == "but" {
			continue
		}
		if w == "never" && (u.word(k+1) == "felt" || u.word(k+1) == "been") && (u.word(k+2) == "so" || u.word(k+2) == "more" || u.word(k+2) == "this" || strings.HasSuffix(u.word(k+2), "er") && u.word(k+2) != "bitter") {
			continue // "never felt lonelier"
		}
		if w == "stop" && !isGerund(u.word(k+1)) && u.word(k-1) != "not" && u.word(k-2) != "not" {
			continue // "at the bus stop"
		}
		if w == "not" && onlyTime.has(u, sentence{j.s.from, k, false}) {
			continue // "the only bit of the day I don't feel scared"
		}
		if w == "stop" && (u.word(k-1) == "not" || u.word(k-2) == "not") {
			n--
			continue
		}
		n++
	}
	if n == 0 && j.f.from > j.s.from && j.u.word(start-1) == "," { // "not sad, angry or hurt", "I'm not furious, sad …"
		n += j.listDenied(start - 1)
	}
	if n == 0 && j.deniedAfter() {
		n++
	}
	if n == 0 && (notIt.startsAt(u, j.rest()) || takenBack.has(u, j.rest()) || j.f.value.kind == named && faded.startsAt(u, j.rest())) {
		n++
	}
	if n == 0 && j.f.value.kind == state && j.deniedNext() {
		n++
	}
	if n == 0 && u.word(j.f.from) == "or" {
		n++
	}
	if f, ok := j.govern(denials); ok && f.to <= j.f.from {
		n++
		if n == 2 && !j.finalIs() {
			return true
		}
	}
	return n > 0
}

var beyondWords = list("not @adv* shake|escape|bear|stand|lose|get_rid|let_go|get_past|get_over|get_out\nnot|never @any? tell|say|describe|explain|express|put|begin|believe|imagine ... how|what\nnot so much ... as")

// onlyTime: what is denied of the only time is so at every other.
var onlyTime = list("the only time|place|day|hour|bit|part|moment|thing|person|one ... i|we am|do|did|was|have|can")

// notIt takes the word back: "I'm over the moon, not", "I'd say happy, but that's
// not it", "Frightened, no".
var notIt = list(", no ,|$\n, not really|especially|particularly|exactly|as_such\n, not .|!\n, not $\n, but that|it is not it|right|true\n but that|it is not it|right|true")

// takenBack: "I look sad in that photo but I wasn't".
var takenBack = list("but i was|am|did|do not $")

// faded: "the worry's all gone".
var faded = list("is|'s|has|have|had|was @adv* all? gone|faded|passed|lifted|eased|vanished|left\nis|'s|was not there|here")

// deniedAfter: "the red mist doesn't come down these days", "afraid of
// nothing".
func (j *judge) deniedAfter() bool {
	u, k := j.u, j.f.to
	if k+1 >= j.s.to {
		return false
	}
	if w := u.word(k); j.f.value.kind == state && (w == "of" || w == "about") {
		return u.word(k+1) == "nothing" || u.word(k+1) == "nobody"
	}
	return j.f.value.kind == whole && u.auxiliary(k) && u.word(k+1) == "not"
}

// deniedNext: "You must think I'm ashamed of it. I'm not."
func (j *judge) deniedNext() bool {
	s, ok := j.u.next(j.s)
	return ok && notSo.has(j.u, s)
}

var notSo = list("^ i am|was|do|did not $\n^ that|it is not true $")

// listDenied: a comma list of adjectives after one "not".
func (j *judge) listDenied(k int) int {
	u := j.u
	for k--; k >= j.s.from; k-- {
		w := u.word(k)
		if negators[w] {
			return 1
		}
		if !stateWords()[w] && w != "," && w != "or" && w != "and" {
			return 0
		}
	}
	return 0
}

// govern finds a table's match that governs the match: left of it in the
// sentence, with no new main clause of contrast between.
func (j *judge) govern(t *rules[bool]) (found[bool], bool) {
	u := j.u
	for _, f := range t.in(u, j.s) {
		if f.to > j.f.from {
			break
		}
		ok := true
		for k := f.to; k < j.f.from; k++ {
			w := u.word(k)
			if w == "but" || w == "," && k+1 < j.f.from && (u.word(k+1) == "i" || u.word(k+1) == "it" || u.word(k+1) == "just" || u.word(k+1) == "now") && !j.within(f, k) {
				ok = false
			}
		}
		if ok {
			return f, true
		}
	}
	return found[bool]{}, false
}

func (j *judge) within(f found[bool], k int) bool { return k < f.to }

// finalIs: the sentence ends with an elliptic "I am", "I do": "I really am".
func (j *judge) finalIs() bool { return ellipsis.has(j.u, j.rest()) }

// ellipsis takes a denied, imagined or asked emotion back: "…but I am".
var ellipsis = list(`
but|and i am $
but|and i do $
but|and i was $
but i was lying
, i @adv* am $
i @adv* am .
i @adv* am ,
i really am
i think so
i am , though
`)

func (j *judge) rest() sentence { return sentence{j.f.to, j.s.to, j.s.question} }

// restored: denied or imagined, but taken back in the same sentence: "I know I
// shouldn't be angry but I am", "if I sound calm, I am".
func (j *judge) restored() bool {
	u := j.u
	for i := j.f.to; i < j.s.to; i++ {
		if _, ok := ellipsis.at(u, j.s, i); ok && u.word(i-1) != "than" && !j.othersThink(i) { // "sadder than I am"
			return true
		}
	}
	return false
}

// othersThink: "people think I am" takes nothing back.
func (j *judge) othersThink(k int) bool {
	w := j.u.word(k - 1)
	return (w == "think" || w == "thinks" || reports[w]) && j.u.word(k-2) != "i" && j.u.toks[k-2].kind == lexical
}

// imaginings: what is wished, expected, supposed, feared or tried is not felt.
var imaginings = list(`
if i|he|she|they|it|we|you|that|this
if only
i|you|he|she|they|we would|'d
would
should
might
could be|feel
i want|wanted|need|needed|have|wish|try|tried|trying|like|long|hope|hoped|ought|pretend to
i just want to
want to be|feel
i wish
could|can do with
^ suppose|supposing|imagine|say i|you|we
i thought i would
i expected|imagined
supposed|meant to
pretend*
instead of
i thought|assumed|figured|expected|hoped|imagined
you would think
you must? think|thought
sound|sounds
everyone|people|they think|thinks
rather than
unless
takes|take|took a lot|much to
can be
before i got|was|became
learn|learning|practise|way|how to be|feel
going to be
will be
too @any to be|feel|get
yet to be|feel
gave|given|give|giving up being|feeling|getting
can cope|live|deal with being|feeling|getting
past being|feeling|getting|caring
refuse|refused|refusing|decline to
whether i|he|she|they|we|it
before i could|can|had_time_to|have_time_to
could|might|would have been|felt
in case
afraid|scared|worried of being|feeling|getting
`)

// habitual: "if I think about it I get scared" tells what happens, not what
// might.
func (j *judge) habitual() bool {
	u := j.u
	who, at := j.whoDoes()
	if j.f.value.kind != state || who != "self" || at <= j.s.from {
		return false
	}
	for k := at + 1; k < j.f.from; k++ {
		if w := u.word(k); modals[w] || w == "was" || w == "were" || w == "had" || w == "to" {
			return false
		}
	}
	for k := j.s.from; k < at; k++ {
		if w := u.word(k); w != "if" {
			continue
		}
		if honest.has(u, sentence{k, at, false}) {
			return true // "if I'm honest I'm scared"
		}
		if v := u.word(k - 1); v == "as" || v == "only" || v == "what" || v == "even" {
			return false
		}
		for n := k + 1; n < at; n++ {
			if w := u.word(n); w == "was" || w == "were" || w == "had" || modals[w] || hasForm(w, past) && !hasForm(w, base) {
				return false
			}
		}
		return u.toks[k].clause != u.toks[at].clause || at-k > 3
	}
	return false
}

var honest = list("if i am|was @adv* honest|truthful")

// toSay: what one would, must or wants to say is felt.
var toSay = list("would|should|want|wanted|have|need|like|got to? say|admit|tell_you|confess|own_up")

// doNot takes a "should" at its word: "I should feel guilty, but I don't".
var doNot = list(`
but i do|am not
but not
`)

func (j *judge) imagined() bool {
	u := j.u
	start := j.clauseStart()
	if j.habitual() {
		return false
	}
	if j.f.value.kind == whole || j.f.value.kind == plainly {
		// phrases carry their own auxiliaries; only an if or a wish before them counts
		start = max(j.s.from, start)
	}
	for i := start; i < j.f.from; i++ {
		f, ok := imaginings.at(u, sentence{j.s.from, j.f.from, false}, i)
		if !ok || f.to > j.f.from {
			continue
		}
		if u.word(i) == "could" && u.word(i+1) == "feel" && (articles[u.word(i+2)] || u.word(i+2) == "my" || u.word(i+2) == "it") {
			continue // "I could feel the panic rising"
		}
		if toSay.has(u, sentence{i, j.f.from, false}) { // "I'd say I'm unhappy", "I want to say I miss her"
			continue
		}
		if u.word(i) == "should" && j.f.value.emotion == "guilt" && !doNot.has(u, j.rest()) {
			continue
		}
		if (j.f.value.kind == whole || j.f.value.kind == plainly) && (u.word(i) == "as" || u.word(i) == "be") {
			continue
		}
		if (u.word(i) == "sound" || u.word(i) == "sounds") && j.f.value.kind != state {
			continue
		}
		return true
	}
	if j.f.value.kind != whole {
		if prev := u.word(j.f.from - 1); prev == "nearly" || prev == "almost" {
			return true
		}
	}
	if j.reported() {
		return true
	}
	// a condition in the clause before or after: "if she read my diary, I'd be furious"
	if j.s.question && j.whatIf() {
		return true
	}
	if j.f.value.kind == state {
		if who, at := j.whoDoes(); who == "self" {
			for k := at; k < start; k++ {
				if w := u.word(k); (w == "will" || w == "would" || w == "might" || w == "should") && u.toks[k].clause >= u.toks[at].clause {
					return true // "I'll stand there and go blank"
				}
			}
		}
		return u.word(start-1) == "if" || u.word(start) == "if"
	}
	if start == j.f.from {
		return false // the row has its own "if": "if I'd rung, he'd be here"
	}
	return u.word(start) == "if" && u.word(start-1) != "as" || u.word(start-1) == "if" && u.word(start-2) != "as"
}

// reports are verbs that tell what somebody else makes of the speaker.
var reports = set("makes said says thought thinks reckons reckoned told tells claims claimed made asked asks")

// reported: "the doctor said I was depressed", "they say loneliness kills".
func (j *judge) reported() bool {
	u := j.u
	if j.self != "i" {
		return false
	}
	for k := j.s.from + 1; k < j.f.from; k++ {
		if !reports[u.word(k)] || (u.word(k-1) == "i" || u.word(k-1) == "we") && !j.courteous() || u.toks[k-1].kind == mark || adverbs[u.word(k-1)] {
			continue
		}
		n := k + 1
		for w := u.word(n); w == "me" || w == "them" || w == "her" || w == "him" || w == "everyone" || w == "that" || w == "out" || w == "how"; w = u.word(n) {
			n++
		}
		if who, at := j.whoDoes(); u.word(n) == "i" && who == "self" && at == n {
			return true
		}
	}
	return j.f.value.kind == named && theySay.has(u, j.s)
}

// courteous: one says that one is fine or delighted without being so.
func (j *judge) courteous() bool {
	f := family[j.f.value.emotion]
	return f == "joy" || f == "calm"
}

var theySay = list("they|people say|reckon|think")

func (j *judge) whatIf() bool {
	u := j.u
	for k := j.s.from; k < j.f.from; k++ {
		if u.word(k) == "if" || u.word(k) == "what" && u.word(k+1) == "would" {
			return true
		}
	}
	return false
}

func (j *judge) intensity() float64 {
	v := float64(j.f.value.weight) / 10
	for k := max(j.s.from, j.f.from-3); k < j.f.from; k++ {
		switch j.u.word(k) {
		case "so", "really", "very", "completely", "totally", "absolutely", "extremely", "utterly", "properly", "deeply":
			v += 0.1
		case "bit", "little", "slightly", "somewhat", "kind", "sort":
			v -= 0.2
		}
	}
	return min(max(v, 0.1), 1)
}
