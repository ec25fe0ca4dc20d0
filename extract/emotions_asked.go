package extract

import "slices"

// asksHow: the therapist asks how something is or was for the client, or what
// they feel.
var asksHow = list(`
how do|did|does|are you|it|that|this|saying|hearing ... feel|feeling|land|sit
how does|did that|it|this land|sit|feel|go_in
how is|was that|it $
how is|was it to|for|when|having|hearing|saying|being
what is|was that|it|this like $
what is|was that|it like , @any? to|for|when
what is|was that|it like to|for|when|having|saying|hearing|being|knowing|seeing|in_you|as
what did that|it feel like
what do|did|are you feel|feeling
what comes|came|showed|shows up
what is|was happening|going_on ... chest|body|shoulders|you|there|stomach|face|hands
where do you feel
what do|did you notice
what happens|happened in|to your|you
how are you leaving|going_out|feeling|now
how are you with
how was saying|hearing|reading|writing|telling|doing
what is|was under|underneath|behind|there
what is it like $
how does it sound
^ and now|today|then $
`)

// bareAnswers are the words words, at the beginning of what is said to such a
// question: "What was that like?" "Small." "Warm, actually. It felt lovely."
func bareAnswers(talk []utterance, i int) []feeling {
	u := &talk[i]
	if i == 0 || talk[i-1].client || !talk[i-1].asksHowIn() {
		return nil
	}
	var out []feeling
	for n, s := range u.sentences {
		if n > 1 || s.question {
			break
		}
		for k := s.from; k < s.to; k++ {
			f, ok := answerCues().at(u, s, k)
			j := judge{u: u, s: s, f: f, self: "i", before: &talk[i-1]}
			if ok && j.bare() && !j.denied() && !j.longOver() {
				out = append(out, feeling{f.value.emotion, i, f.from, f.to, true, j.intensity()})
			}
		}
	}
	return out
}

// bare: nothing but small words stands before the match and nothing that it
// belongs to behind it.
func (j *judge) bare() bool {
	u := j.u
	if w := u.word(j.f.from - 1); w == "no" || w == "not" {
		return false // "No bad."
	}
	for k := j.s.from; k < j.f.from; k++ {
		w := u.word(k)
		if !u.toks[k].filler && !openers[w] && !adverbs[w] && !beforeAnswer[w] && u.toks[k].kind == lexical && !stateWords()[w] {
			return false
		}
	}
	if n := j.f.to; n < j.s.to && u.toks[n].kind == lexical && !afterFragment[u.word(n)] && !adverbs[u.word(n)] {
		return false
	}
	return !j.aboutOthers()
}

// beforeAnswer may stand before the word that answers.
var beforeAnswer = set("a an bit little it that is was i am feel feels felt kind sort of like so very more and if honest being to be truthful")

func (u *utterance) asksHowIn() bool {
	for _, s := range u.sentences {
		if asksHow.has(u, s) {
			return true
		}
	}
	return false
}

// taken are questions that take a feeling for granted: whoever says what they
// are afraid of is afraid.
var taken = table(map[string]string{
	"what are|is|were|might you|be @any? @any? afraid|scared|frightened|terrified of|would|will|might|to": "fear",
	"what frightens|scares|terrifies you":                                    "fear",
	"what is it you are @any? afraid|scared|frightened of":                   "fear",
	"what are you @adv* worried|nervous|anxious about|that|might|would|will": "anxiety",
	"what do you fear|dread|worry about|most|would|might|will|$":             "anxiety",
	"what are|were you @adv* sorry for|about":                                "guilt",
	"what do you feel guilty about|for":                                      "guilt",
	"what do you miss @any? @any? about|of|$":                                "grief",
	"what are you @adv* ashamed of|about":                                    "shame",
	"what are you @adv* angry about|at|with":                                 "anger",
	"you are hoping for|that":                                                "hope",
	"what are you @adv* hoping|hopeful":                                      "hope",
	"what are you @adv* proud|proudest of":                                   "pride",
	"what are you @adv* grateful|thankful for":                               "gratitude",
})

// toldWhat: such a question was answered, and not with "nothing".
func toldWhat(talk []utterance, i int) []feeling {
	u := &talk[i]
	if i == 0 || talk[i-1].client || len(u.sentences) == 0 || len(talk[i-1].sentences) == 0 || len(u.toks) < 3 || refusesIt.has(u, u.sentences[0]) {
		return nil
	}
	b := &talk[i-1]
	last := b.sentences[len(b.sentences)-1]
	if !last.question {
		return nil
	}
	for k := last.from; k < last.to; k++ {
		if f, ok := taken.at(b, last, k); ok {
			s := u.sentences[0]
			return []feeling{{f.value, i, s.from, s.to, true, 0.6}}
		}
	}
	return nil
}

var refusesIt = list(`
^ nothing|no|not|none|never|nobody
i am not|never
i do not
`)

// echoed: "So you're angry with your mother?" – "Yes. Very."
func echoed(talk []utterance, i int) []feeling {
	u := &talk[i]
	if i == 0 || talk[i-1].client || len(u.toks) > 16 || len(u.sentences) == 0 {
		return nil
	}
	s, doubted := u.sentences[0], false
	for n := 1; n < len(u.sentences) && (s.question || u.toks[s.from].kind == mark) && s.to-s.from < 4; n++ { // "... Yes.", "Do I? I suppose I am."
		doubted = doubted || s.question
		s = u.sentences[n]
	}
	if doubted && !supposes.has(u, s) {
		return nil
	}
	yes := false
	for k := s.from; k < min(s.from+3, s.to); k++ {
		if _, ok := assents.at(u, s, k); ok {
			yes = true
		}
	}
	if !yes || dissents.has(u, s) || slices.ContainsFunc(u.sentences, func(o sentence) bool { return o.from > s.from && anotherLife.has(u, o) }) {
		return nil
	}
	b := &talk[i-1]
	var out []feeling
	if len(b.sentences) == 0 {
		return nil
	}
	last := b.sentences[len(b.sentences)-1]
	for _, f := range b.cuesIn(last) {
		j := judge{u: b, s: last, f: f, self: "you", asked: true}
		if j.felt() {
			out = append(out, feeling{f.value.emotion, i, s.from, s.to, true, float64(f.value.weight) / 10})
		}
	}
	return out
}

// anotherLife sets what was granted in a time that is over: "So much, yes. It was
// another life."
var anotherLife = list("^ it|that was another|a|years|ages|long|then|back life|world|time|different|ago\n^ not now|any_more|anymore|today $")

// supposes grants what was doubted first.
var supposes = list("^ yes|maybe|perhaps\n^ i suppose|guess|think i am|do|was\n^ a bit|little")

var assents = list(`
^ yes
, yes $
^ i am|do|was|did
^ both
^ a little|bit|lot
^ very
^ mhm
^ exactly
^ definitely|totally|absolutely|completely
^ that is it|right
^ i guess|suppose so
^ i think so
^ it is $
^ i suppose|guess|think i am|do|was
^ it does|did
^ with everything
^ out of my
^ that is exactly|it
^ exactly|precisely
`)

var dissents = list(`
^ yes ,? no
^ no
^ not
i am not
i do not
^ yes ,? but
^ i was|did|am|do|would|have not
not really|at_all|particularly|especially
`)

// askedPast: the therapist asked about then: "When you were little, …?"
func (j *judge) askedPast() bool {
	if j.before == nil || !j.inPast() {
		return false
	}
	for _, s := range j.before.sentences {
		if askedLong.has(j.before, s) {
			return true
		}
	}
	return false
}

var askedLong = list(`
when you were little|small|young|a|at|growing|younger|in
as a child|kid|teenager
growing up
back then
in those days
before all
in the past
at boarding|primary|secondary|high school
back at|in|when
how old were|was
were how old
last year|christmas|summer|winter|time
what do you remember
do you remember
first time
what were they|you|he|she like
`)

// question: "am I angry?" asks. A fragment with a question mark only doubts:
// "hopeful?"
func (j *judge) question() bool {
	if j.asked || !j.s.question {
		return false
	}
	u := j.u
	if w := u.word(j.s.from + 1); j.f.value.kind == cause && (u.auxiliary(j.s.from) || modals[u.word(j.s.from)]) && (w == "it" || w == "that" || w == "this") && u.word(j.s.from+2) != "not" {
		return !j.answersYes() // "is it frustrating?"
	}
	for k := j.s.from; k < j.f.from; k++ {
		w := u.word(k)
		if (modals[w] || u.auxiliary(k)) && persons[u.word(k+1)] && (k == j.s.from || !persons[u.word(k-1)]) {
			return !j.answersYes()
		}
		if isWh(w) && w != "which" && k == j.s.from {
			return true
		}
	}
	s, ok := u.next(j.s)
	return ok && (u.word(s.from) == "no" || wondersAt.has(u, s)) // "Angry? No, I'm tired."
}

// wondersAt throws a question back: "Lonely? Me?"
var wondersAt = list("^ me $\n^ hardly|never|not\n^ i am|do|was not")

// answersYes: the speaker answers their own question: "Am I …? Yes."
func (j *judge) answersYes() bool {
	s, ok := j.u.next(j.s)
	return ok && j.u.word(s.from) == "yes"
}
