package extract

import "strings"

// A judge decides whether a word of emotion is felt by its speaker now. Each
// question it asks is a function below: whose is it, is it denied, imagined,
// quoted, long over, or asked?
type judge struct {
	u      *utterance
	s      sentence
	f      found[cue]
	self   string     // "i"; "you" when the therapist's words are read for the client
	asked  bool       // a question of the therapist's that the client said yes to
	before *utterance // what the therapist said right before
}

func (j *judge) felt() bool {
	u := j.u
	for k := j.f.from; k < j.f.to; k++ {
		if u.toks[k].voice == othersWords { // "She said I was furious." "And I am."
			return j.own() && j.restored()
		}
	}
	if j.stillFelt() {
		return !j.longOver()
	}
	if !j.own() || j.bodily() {
		return false
	}
	if j.denied() {
		return j.restored()
	}
	if !j.asked && j.imagined() { // "You sound furious." "I am."
		return j.restored()
	}
	return (!j.longOver() || stillSo.has(j.u, j.rest())) && !j.question()
}

// clauseStart is the first token of the match's clause, "and"-joined clauses
// without a subject of their own included.
func (j *judge) clauseStart() int {
	k := j.f.from
	degree := true // nothing but how much stands between here and the match
	for k > j.s.from && (j.u.toks[k-1].clause == j.u.toks[k].clause || degree && j.u.word(k) == "so" && j.u.toks[k-1].kind == lexical) {
		degree = degree && (k == j.f.from || adverbs[j.u.word(k)] || j.u.word(k) == "so")
		k-- // "so" begins a clause, but not in "I am not so worried"
	}
	return k
}

// whoDoes finds whose clause the match is in, reading leftwards: self, another
// person, a thing ("it", "this"), or nobody.
func (j *judge) whoDoes() (who string, at int) {
	u := j.u
	for k := j.f.from - 1; k >= j.s.from; k-- {
		if from := u.asideEnding(j.s, k); from >= 0 {
			k = from
			continue
		}
		w := u.word(k)
		switch {
		case w == j.self || j.self == "i" && (w == "we" || w == "i"):
			return "self", k
		case j.self == "i" && w == "me" && (causers[u.word(k-1)] || u.word(k-1) == "in"):
			return "self", k
		case w == "me" && j.self == "i" && u.word(k-1) == "of" && partly[u.word(k-2)]:
			return "self", k
		case w == "myself" && j.self == "i":
			return "self", k
		case w == "him" || w == "them" || w == "her" && !u.nounAfter(k):
			if n := u.word(k + 1); causers[u.word(k-1)] || n == "being" || n == "feeling" || n == "getting" || n == "to" && (u.word(k+2) == "be" || u.word(k+2) == "feel") {
				return "other", k
			}
		case w == "he" || w == "she" || w == "they" || w == "you" || w == "everyone" || w == "everybody" || w == "someone" || w == "somebody" || w == "people" || w == "who" || w == "others" || w == "nobody":
			return "other", k
		case (w == "it" || w == "that" || w == "this" || w == "what" || w == "which" || w == "there" || w == "everything" || w == "something") && (u.isBe(k+1) || isFinite(u.word(k+1)) || u.word(k+1) == "not" || k+1 == j.f.from && w != "there" || adverbs[u.word(k+1)]):
			if w == "that" && (subjects[u.word(k+1)] || k+1 == j.f.from) || w == "this" && k+1 == j.f.from {
				continue // "that I was sad", "I was that sad", "all this anger"
			}
			return "thing", k
		case u.isBe(k) || w == "feel" || w == "feels" || w == "felt" || w == "got" || w == "gets" || w == "get" || w == "look" || w == "looks" || w == "seem" || w == "seems" || w == "seemed" || w == "sounds" || w == "sound" || w == "looked":
			if n := k - 1; n >= j.s.from && u.nounSubject(n) {
				return "other", n
			}
		case w == "but" && u.toks[k].clause == u.toks[j.f.from].clause:
		}
	}
	return "", -1
}

var partly = set("part bit half side most lot bits")

var causers = set("make makes made making leave leaves left have has had got get gets keep keeps kept drives drove send sends makin")

// nounAfter: "her" as a possessive.
func (u *utterance) nounAfter(k int) bool {
	n := u.word(k + 1)
	if n == "being" || n == "feeling" || n == "getting" {
		return false
	}
	return n != "" && u.toks[min(k+1, len(u.toks)-1)].kind == lexical && !isFinite(n) && !adverbs[n] && !stateWords()[n]
}

// nounSubject: the word at n, before a verb of being, is a noun and so a
// subject of its own: "my mother is", "the dog was".
func (u *utterance) nounSubject(n int) bool {
	w := u.word(n)
	if n < 0 || u.toks[n].kind != lexical || subjects[w] || adverbs[w] || modals[w] || u.isBe(n) || u.auxiliary(n) || joins[w] || w == "not" || w == "to" || w == "been" || isWh(w) || w == "me" || u.toks[n].filler {
		return false
	}
	if w == "part" || w == "all" || w == "feel" || w == "felt" {
		return false
	}
	return true
}

// own: it is the speaker's.
func (j *judge) own() bool {
	u := j.u
	who, at := j.whoDoes()
	if u.word(j.f.to) == "for" && (j.f.value.kind == cause || j.f.value.emotion == "shame") {
		if n := u.word(j.f.to + 1); n == "him" || n == "her" || n == "them" || n == "you" || possess[n] && n != "my" {
			return false // "embarrassed for him", "frustrating for her"
		}
	}
	attributive := j.attributive()
	switch j.f.value.kind {
	case state:
		if n := u.word(j.f.to); (n == "her" || n == "him" || n == "them" || n == "you" || n == "the" || possess[n]) && doers[u.word(j.f.from-1)] {
			return false // "I scared her", "I've upset them"
		}
		if u.word(j.f.from-1) == "how" && u.word(j.f.to) == j.self && (u.word(j.f.to+1) == "am" || u.word(j.f.to+1) == "was" || u.word(j.f.to+1) == "feel" || u.word(j.f.to+1) == "felt") {
			return true // "I can't tell you how grateful I am"
		}
		switch {
		case attributive && !(who == "thing" && stateOfThings[u.word(j.f.from)] && u.personal(j.f.to)):
			return false
		case who == "thing" && stateOfThings[u.word(j.f.from)]:
			return j.self == "i" && !j.forOthers()
		case who == "self":
			return j.reachesSelf(at)
		case who == "":
			return j.fragment()
		}
		return j.shared()
	case cause:
		if attributive && !u.personal(j.f.to) {
			return false
		}
		if n := u.word(j.f.to); possess[n] || articles[n] && (n != "that" || !subjects[u.word(j.f.to+1)]) || persons[n] || n == "him" || n == "them" || n == "me" {
			return false // "disappointing my dad"
		}
		if v := u.word(at - 1); who == "thing" && (v == "finds" || v == "found" || v == "find") && at >= 2 && u.word(at-2) != "i" && u.word(at-2) != "we" && !adverbs[u.word(at-2)] && !modals[u.word(at-2)] {
			return false // "the tutor finds it frustrating"
		}
		if who == "other" && (persons[u.word(at)] || u.word(at) == "who" || u.word(at) == "people") {
			return false
		}
		return j.self == "i" && !strings.HasPrefix(u.word(at+1), "must") && !j.forOthers()
	case feels:
		return j.verbOwn(who, at)
	case named:
		if k := u.toks[j.f.from]; who == "self" && at == j.f.from-1 && (k.w == "dread" || k.w == "panic" || k.w == "worry") {
			return j.verbOwn(who, at)
		}
		return j.nounOwn(who, at)
	}
	return j.phraseOwn(who)
}

// stateOfThings are adjectives of people that say what a thing is for one.
var stateOfThings = set("lonely peaceful hopeless lonesome bleak restful")

var doers = set("i we have had")

// shared: the adjective has no subject of its own and joins an earlier one:
// "I'm relieved she's gone, and a bit guilty".
func (j *judge) shared() bool {
	u := j.u
	start := j.clauseStart()
	joined := false
	for k := start; k < j.f.from; k++ {
		w := u.word(k)
		if w == "and" || w == "but" {
			joined = true
		} else if !adverbs[w] && w != "," && w != "not" && w != "a" && w != "bit" && w != "little" && w != "also" {
			return false
		}
	}
	if !joined {
		return false
	}
	for _, f := range u.cuesIn(j.s) {
		if f.to <= start && f.value.kind == state {
			g := *j
			g.f = f
			if who, at := g.whoDoes(); who == "self" && g.reachesSelf(at) {
				return true
			}
		}
	}
	return false
}

// attributive: "a sad song", "the calm sea".
func (j *judge) attributive() bool {
	prev := j.u.word(j.f.from - 1)
	for k := j.f.from - 1; k > j.s.from && (prev == "very" || prev == "really" || prev == "so" || prev == "pretty"); k-- {
		prev = j.u.word(k - 1)
	}
	if prev == "a" && (j.u.word(j.f.from-1) == "a") {
		n := j.u.word(j.f.to)
		return j.f.value.kind == state || n != "" && j.u.toks[min(j.f.to, len(j.u.toks)-1)].kind == lexical
	}
	return prev == "the" || prev == "an" || possess[prev] && j.f.value.kind == state
}

func (u *utterance) personal(k int) bool {
	w := u.word(k)
	return w == "for" && u.word(k+1) == "me" || w == "time" || w == "thing" || w == "place" || w == "week" || w == "feeling" || w == "experience" || w == "day"
}

func (j *judge) forOthers() bool {
	u := j.u
	for k := j.f.to; k < min(j.f.to+2, j.s.to); k++ {
		if u.word(k) == "for" && (u.word(k+1) == "her" || u.word(k+1) == "him" || u.word(k+1) == "them" || u.word(k+1) == "you") {
			return true
		}
	}
	return false
}

// reachesSelf: nothing between the speaker and the adjective takes it away:
// no object, no second subject far off.
func (j *judge) reachesSelf(at int) bool {
	u := j.u
	if j.f.from-at > 12 {
		return false
	}
	if w := u.word(j.f.from); j.f.to-j.f.from == 1 && (w == "down" || w == "low" || w == "blue" || w == "flat" || w == "cross") {
		k := j.f.from - 1
		for k > at && (adverbs[u.word(k)] || u.word(k) == "a" || u.word(k) == "bit" || u.word(k) == "feeling" || u.toks[k].filler) {
			k--
		}
		if !u.isBe(k) && u.word(k) != "am" && u.word(k) != "been" && !strings.HasPrefix(u.word(k), "fe") && u.word(k) != "get" && u.word(k) != "got" && !stateWords()[u.word(k)] && u.word(k) != "and" {
			return false
		}
	}
	linked := u.word(at) == "me" || u.word(at) == "myself" || j.onlyDegree(at)
	for k := at + 1; k < j.f.from; k++ {
		if to := u.asideFrom(j.s, k); to > 0 {
			k = to - 1
			continue
		}
		w := u.word(k)
		if prev := u.word(k - 1); !articles[prev] && !possess[prev] && w != "bit" && w != "little" && (hasForm(w, base|third|past) || isGerund(w)) && !links[lemma(w, base|third|past|gerund|participle)] && !u.auxiliary(k) && !u.isBe(k) && !adverbs[w] && !stateWords()[w] && !modals[w] && w != "like" && w != "to" {
			linked = false
			if k == j.f.from-1 {
				return false
			}
			continue
		}
		switch {
		case u.isBe(k), w == "am", w == "feel", w == "felt", w == "feeling", w == "get", w == "got", w == "getting", w == "become", w == "became", w == "go", w == "went", w == "been", w == "being", w == "stay", w == "remain", w == "sound", w == "look", w == "seem", w == "end", w == "left", w == "sit", w == "sat", w == "come", w == "came", w == "put", w == "wake", w == "woke", w == "lie", w == "stood", w == "walked", w == "started", w == "leave", w == "guess", w == "have", w == "start", w == "keep", w == "spend", w == "walk", w == "wander":
			linked = true
		}
	}
	return linked || j.f.from-at <= 1
}

// onlyDegree: nothing but how much stands between: "I so proud", as learners
// say it and as speech engines hear it.
func (j *judge) onlyDegree(at int) bool {
	for k := at + 1; k < j.f.from; k++ {
		if w := j.u.word(k); !adverbs[w] && w != "that" && w != "a" && w != "bit" && !j.u.toks[k].filler {
			return false
		}
	}
	return true
}

// links are verbs that join a person to how they are.
var links = set("spend wander move be feel get become go stay remain sound look seem end leave sit come put wake lie stand walk start guess have keep make say mean suppose think")

// fragment: "Gutted. Just gutted.", or an answer to a question about the
// client.
func (j *judge) fragment() bool {
	if j.self != "i" {
		return false
	}
	if n := j.f.to; n < j.s.to && j.u.toks[n].kind == lexical && !afterFragment[j.u.word(n)] && !adverbs[j.u.word(n)] {
		return false
	}
	for _, s := range j.u.sentences { // "I picture her face. Disappointed."
		if j.s.to-j.s.from <= 4 && s.to <= j.s.from && s.to >= j.s.from-8 && theirLook.has(j.u, s) {
			return false
		}
	}
	start := j.clauseStart()
	for k := start; k < j.f.from; k++ {
		w := j.u.word(k)
		if j.u.toks[k].kind == lexical && !adverbs[w] && !openers[w] && !j.u.toks[k].filler && w != "a" && w != "bit" && w != "more" && w != "or" && w != "i" && !stateWords()[w] && w != "not" && w != "weird" && w != "weirdly" && w != "like" && w != "mostly" && w != "of" && w != "feel" && w != "feeling" && w != "feels" && w != "been" && w != "little" && w != "still" {
			return false
		}
	}
	return !j.aboutOthers()
}

var theirFace = list("his|her|their @any? face|eyes|voice|look")

var theirLook = list("his|her|their @any? face|eyes|voice|look\n^ he|she|they is|'s|was|were|are|looked|looks|sounded|seemed|seems")

var afterFragment = set("and but that about with at for to i because more mostly like in so or as when if by of since now today then over after is yes than")

// aboutOthers: the question before was about somebody else.
func (j *judge) aboutOthers() bool {
	b := j.before
	if b == nil || len(b.sentences) == 0 {
		return false
	}
	last := b.sentences[len(b.sentences)-1]
	if asksIf.has(b, last) {
		return true // "What would you feel if she left?"
	}
	if asksYou.has(b, last) {
		return false // "What do you feel, when she rings?"
	}
	if b.asksAfter(last) {
		return true
	}
	for k := last.from; k < last.to; k++ {
		w := b.word(k)
		if w == "he" || w == "she" || w == "they" {
			return true
		}
		if (possess[w] && w != "my") && isKin(b.word(k+1)) && (k > last.from && (isWh(b.word(k-1)) || b.auxiliary(k-1) || b.word(k-1) == "think" || b.word(k-1) == "so" || k-1 == last.from)) {
			return true
		}
	}
	return false
}

var asksIf = list("would you|it|that ... if")

var asksYou = list("you feel|feeling\ndo you feel|think_you\nfor|in you $\nthat like , for you")

// asksAfter: "How's Ash?", "And your mum?"
func (u *utterance) asksAfter(s sentence) bool {
	if !s.question || s.to-s.from > 7 || u.mentions(s, "you") {
		return false
	}
	for k := s.from; k < s.to; k++ {
		if isKin(u.word(k)) {
			return true
		}
		if _, ok := u.nameAt(k); ok && k > s.from {
			return true
		}
	}
	return false
}

var kin = set(`mother mum mom mam dad father brother sister son daughter wife husband partner boyfriend girlfriend boss manager friend aunt uncle gran nan grandma grandpa
	grandmother grandfather cousin colleague flatmate roommate kids children boy girl ex baby parents family neighbour neighbor teacher doctor`)

func isKin(w string) bool { return kin[w] }

// verbOwn: "I dread it", "appreciate it"; love needs somebody to love.
func (j *judge) verbOwn(who string, at int) bool {
	u := j.u
	if who == "" {
		return u.word(j.f.from) == "appreciate" && j.f.from-j.clauseStart() <= 1
	}
	if who != "self" || j.f.from-at > 6 || u.word(at) == "me" {
		return false
	}
	for k := at + 1; k < j.f.from; k++ {
		if w := u.word(k); w == "that" || w == "to" && !isBase(u.word(k+1)) || isFinite(w) && !adverbs[w] && !modals[w] && !u.auxiliary(k) && !u.isBe(k) && w != "really" && w != "to" && w != "still" && w != "do" {
			return false
		}
	}
	next := u.word(j.f.to)
	switch u.word(j.f.from) {
	case "love", "loved", "adore", "adored", "cherish":
		if next == "him" || next == "her" || next == "them" || next == "you" || next == "each" {
			return next != "you" || u.word(j.f.to+1) != "to"
		}
		if possess[next] || next == "that" || next == "those" || next == "the" || next == "this" {
			n := u.word(j.f.to + 1)
			return possess[next] || isKin(n) || n == "kid" || n == "man" || n == "woman" || n == "little" || n == "bones"
		}
		return j.f.to < len(u.toks) && u.toks[j.f.to].capital && next != "i"
	case "worry":
		return next != "you"
	case "panic", "panicked", "fret":
		return next != "button" && next != "attack" && next != "attacks"
	case "relaxed", "unwound":
		return next != "the"
	case "enjoy", "enjoying", "enjoyed":
		return true
	}
	return true
}

// nounOwn: "I feel shame", "the relief", "there's some anger", "Relief, mostly."
func (j *judge) nounOwn(who string, at int) bool {
	u := j.u
	w, prev, next := u.word(j.f.from), u.word(j.f.from-1), u.word(j.f.to)
	if prev == "about" || prev == "on" || possess[prev] && prev != "my" || next == "of" || next == "attack" || next == "attacks" || next == "diary" || next == "record" || next == "management" || next == "slot" || next == "time" || next == "group" || next == "counselling" || next == "journal" || next == "disorder" || next == "sheet" || next == "and" && u.word(j.f.to+1) == "joy" || next == "to" && possess[u.word(j.f.to+1)] && u.word(j.f.to+1) != "my" || next == "about" && w == "worry" {
		return false
	}
	if prev == "a" && next != "" && j.f.to < j.s.to && u.toks[j.f.to].kind == lexical && !afterFragment[next] && !adverbs[next] && w != "relief" {
		return false // "a peace treaty"
	}
	if prev == "with" && j.othersVerb() {
		return false // "my mum cried with relief"
	}
	if j.self == "i" && who != "other" && j.nounFelt() {
		return true
	}
	switch {
	case who == "self":
		for k := at + 1; k < j.f.from; k++ {
			if v := u.word(k); v == "feel" || v == "felt" || v == "feeling" || v == "full" || v == "carry" || v == "have" || v == "put" || v == "got" || v == "with" || v == "had" || v == "am" || v == "say" || v == "call" {
				return j.f.from-at <= 7
			}
		}
		return false
	case who == "other":
		return false
	case who == "thing":
		if theirFace.has(u, sentence{j.s.from, j.f.from, false}) {
			return false // "his face, it was pure fear"
		}
		if u.word(at) == "there" || u.word(at) == "it" || u.word(at) == "that" {
			if j.self == "you" {
				return true
			}
			return u.word(at) == "it" || u.word(at) == "that" || u.mentions(j.s, "me") || u.mentions(j.s, "my") || u.mentions(j.s, "i") && !u.mentions(j.s, "imagine")
		}
		return false
	}
	if j.self == "you" {
		for k := j.s.from; k < j.s.to; k++ {
			if isKin(u.word(k)) || u.word(k) == "he" || u.word(k) == "she" || u.word(k) == "they" {
				return false
			}
		}
		return true
	}
	if (prev == "the" || prev == "this" || prev == "my") && w != "love" {
		return !j.aboutOthers() && (w == "grief" && prev != "this" && !u.mentions(j.s, "her") && !u.mentions(j.s, "his") || next == "." || next == "" || u.mentions(j.s, "me") || u.mentions(j.s, "my") || next == "comes" || next == "hits" || next == "came" || next == "just" || next == "is" || next == "was" || next == "does" || next == "that" || next == "of" || next == "never" || next == "still")
	}
	return j.fragment() && w != "love" && w != "peace" && w != "hope"
}

// othersVerb: the verb before "with relief" is somebody else's.
func (j *judge) othersVerb() bool {
	for k := j.f.from - 1; k >= j.s.from; k-- {
		switch w := j.u.word(k); {
		case w == "i" || w == "we" || w == "me":
			return false
		case isKin(w), w == "he", w == "she", w == "they":
			return true
		}
	}
	return false
}

func (u *utterance) mentions(s sentence, w string) bool {
	for k := s.from; k < s.to; k++ {
		if u.word(k) == w {
			return true
		}
	}
	return false
}

// phraseOwn: a phrase with "I", "me" or "my" in it is the speaker's; another
// belongs to whoever is its subject.
func (j *judge) phraseOwn(who string) bool {
	u := j.u
	for k := j.f.from; k < j.f.to; k++ {
		switch u.word(k) {
		case "i", "me", "my", "myself", "we", "us", "mine":
			if j.self == "i" {
				// "she thinks my heart …" is told as others' words already
				return u.word(j.f.from-1) != "than"
			}
		}
	}
	if w := u.word(j.f.from - 1); who == "other" && (w == "like" || w == "that" || reports[w] || w == "feels") {
		return false // "she feels like nobody cares"
	}
	if first := u.word(j.f.from); j.self == "i" && (subjects[first] && first != "who" && !persons[first] || first == "nobody" || first == "nothing" || first == "everything") {
		return true
	}
	if j.self != "i" {
		return who == "self"
	}
	if prev := u.word(j.f.from - 1); possess[prev] && prev != "my" && family[j.f.value.emotion] == "joy" {
		return false // "it was his best day"
	}
	if who == "other" {
		return false
	}
	if who == "thing" || who == "self" {
		return true
	}
	// no subject: the phrase is one, unless a noun stands right before it
	prev := u.word(j.f.from - 1)
	return !(j.f.from > j.s.from && u.toks[j.f.from-1].kind == lexical && !adverbs[prev] && !openers[prev] && u.nounSubject(j.f.from-1) && !articles[prev])
}

// asides are put in between commas: "I'm, I don't know, quite hopeful."
var asides = list(`
, i do not know ,
, i do not mind saying ,
, if i am @adv* honest ,
, to be @adv* honest ,
, to tell you? the truth ,
, i suppose|guess|think ,
, you know ,
, what is the word ,
, as it happens ,
`)

// asideFrom returns the end of an aside whose first comma is at k, or 0; the
// comma that closes it stands before its end.
func (u *utterance) asideFrom(s sentence, k int) int {
	if u.word(k) != "," {
		return 0
	}
	if f, ok := asides.at(u, s, k); ok {
		return f.to
	}
	return 0
}

// asideEnding returns the beginning of an aside whose last comma is at k, or -1.
func (u *utterance) asideEnding(s sentence, k int) int {
	if u.word(k) != "," {
		return -1
	}
	if f, ok := asides.ending(u, s, k+1, 8); ok {
		return f.from
	}
	return -1
}
