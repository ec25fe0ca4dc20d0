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
	story  bool       // the turns before tell of a time that is over
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
	if !j.own() || j.bodily() || j.otherSense() {
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
		if n := u.word(j.f.to + 1); n == "him" || n == "her" || n == "them" || n == "you" || possess[n] && n != "my" || n == "the" && othersAll[u.word(j.f.to+2)] || n != "her" && u.otherAt(j.f.to+1) {
			return false // "embarrassed for him", "frustrating for her"
		}
	}
	attributive := j.attributive() || kinds[u.word(j.f.to)] && j.f.value.kind == state
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
			return j.reachesSelf(at) || j.shared()
		case who == "":
			return j.fragment() && !j.thanMe()
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

// thanMe: who is happier than the speaker is somebody else: "Happier than I am."
func (j *judge) thanMe() bool { return thanI.startsAt(j.u, j.rest()) }

var thanI = list("than i am|was|do|did|ever\nthan me|us $")

// kinds of people are had for good: "I'm not the jealous, angry sort".
var kinds = set("sort type kind person")

// othersAll stand for other people behind "for the".
var othersAll = set("other others kids children team staff whole family class patients neighbours rest lads girls boys players parents")

// stateOfThings are adjectives of people that say what a thing is for one.
var stateOfThings = set("worrying lonely peaceful hopeless lonesome bleak restful")

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
