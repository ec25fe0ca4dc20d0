package extract

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
	if prev == "about" || prev == "on" || possess[prev] && prev != "my" || next == "of" || next == "attack" || next == "attacks" || next == "diary" || next == "record" || next == "management" || next == "slot" || next == "time" || next == "group" || next == "counselling" || next == "journal" || next == "disorder" || next == "sheet" || next == "and" && u.word(j.f.to+1) == "joy" || next == "about" && w == "worry" {
		return false
	}
	if prev == "a" && next != "" && j.f.to < j.s.to && u.toks[j.f.to].kind == lexical && !afterFragment[next] && !adverbs[next] && w != "relief" {
		return false // "a peace treaty"
	}
	if spokenOf.has(u, sentence{j.s.from, j.f.from, false}) || prev == "with" && j.othersVerb() || j.compound() || j.saying() || (next == "to" || next == "for") && u.otherAt(j.f.to+1) {
		return false // "my mum cried with relief", "it was a relief to my sister"
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

// spokenOf: a feeling that is a topic, or given to somebody else: "the
// difference between guilt and shame", "it gave my mother such joy".
var spokenOf = list("difference|line|link between\ngave|give|gives|brought|brings|caused|causes his|her|my|the|their @kin\ngave|give|gives|brought|brings|caused|causes him|her|them such|so|great|a|much|no|real")

// compound: the name of a feeling says which of something else: "the worry
// dolls", "a grief group".
func (j *judge) compound() bool {
	u, k := j.u, j.f.to
	if k >= j.s.to || u.toks[k].kind != lexical || !articles[u.word(j.f.from-1)] && !possess[u.word(j.f.from-1)] && j.f.from > j.s.from {
		return false
	}
	w := u.word(k)
	return compoundHeads[w]
}

var compoundHeads = set(`doll dolls group groups class classes course workshop leaflet poster book books app diary journal list cafe circle counsellor counselling line helpline management
	attack attacks disorder record slot time sheet scale test questionnaire project stone stones toy pills tablets medication jar box tree wheel fund teacher road page pages memorial festival march`)

// saying: a feeling spoken of in general: "grief is the price of love", "fear
// keeps you safe".
func (j *judge) saying() bool {
	u, k := j.u, j.f.to
	if j.f.from > j.s.from && !openers[u.word(j.f.from-1)] || k >= j.s.to {
		return false
	}
	end := k
	for end < j.s.to && u.toks[end].kind != mark {
		end++
	}
	if u.firstPersonIn(k, end) && !asTaught.has(u, j.rest()) {
		return false
	}
	return u.word(k) == "is" || u.word(k) == "'s" || u.word(k) == "can" || hasForm(u.word(k), third)
}

// asTaught: who says that they were taught or read it speaks of no feeling now.
var asTaught = list("they taught|told us|me\nwe did|read|learned|learnt\ni read|heard|saw\nit said|says")

// otherAt: somebody else is named at token k.
func (u *utterance) otherAt(k int) bool {
	w := u.word(k)
	if w == "my" || w == "the" || w == "all" {
		return isKin(u.word(k+1)) || u.word(k+1) == "family" || u.word(k+1) == "of"
	}
	return w == "him" || w == "them" || w == "everyone" || w == "everybody" || w == "others" || w == "her" || w == "people" || possess[w]
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
	if j.self == "i" && j.othersDo() {
		return false // "the doctor breathed a sigh of relief"
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

// othersDo: a person who is not the speaker does what the phrase tells: "there
// was a man spinning plates".
func (j *judge) othersDo() bool {
	u := j.u
	for k := j.f.from - 1; k >= max(j.clauseStart(), j.f.from-6); k-- {
		w := u.word(k)
		if w == "i" || w == "me" || w == "we" || w == "us" || w == "myself" || w == "to" || w == "at" || w == "with" || w == "for" {
			return false
		}
		if w == "he" || w == "she" || w == "they" {
			return true
		}
		if (isKin(w) || peopleOfWork[w]) && (articles[u.word(k-1)] || possess[u.word(k-1)] || articles[u.word(k-2)] || possess[u.word(k-2)]) {
			return true
		}
	}
	return false
}

// peopleOfWork are people that one tells of who are not kin.
var peopleOfWork = set(`man woman men women lad lads girl girls bloke fella guy guys lady doctor doctors nurse nurses midwife consultant surgeon teacher teachers coach actor chef driver
	neighbour boss manager landlord vicar priest students customer customers client clients couple crew team audience players singer baby babies child toddler dog cat`)

// nounsFelt stand right before the name of a feeling that is the speaker's.
var nounsFelt = list(`
what|all|everything i feel|felt|have|had|get|got is|was @adv* just?
there is|was|will_be @adv* a? lot|bit|kind|sort|sense|touch|mixture|mix|ton|load of
there is|was @adv* so|too much
there is|was @adv* some?
there is|was @adv* always|still|also|only|this|all_this
wave|waves|rush|flood|surge|pang|pangs|stab|flash|ball|knot|burst|flicker of this?
mixture|mix of @any and|,
not shake|escape|lose|bear|stand|carry the|this|my|that|all_this
not get_rid|let_go|get_past|get_out of? the|this|my|that|all_this
feel|felt|feeling the|this|that|my|all_this
notice|noticed|noticing some|a|the|this|more|a_lot_of
wake|woke|waking|went|go|lie|lay|sit up|to_bed|there|here? with the|this|that|all_this|such|so_much
hit|swamped|flooded|overcome|overwhelmed|eaten|filled by|with|up_with this|the|a|such?
under|underneath|beneath|behind that|it|this|all_that is|was
^ mainly|mostly|largely|pure|sheer|total
^ @any and
`)

// nounFelt: the name of a feeling stands where one's own would, and the
// sentence speaks of nobody else.
func (j *judge) nounFelt() bool {
	u := j.u
	if _, ok := nounsFelt.ending(u, j.s, j.f.from, 9); !ok {
		return false
	}
	for k := j.s.from; k < j.s.to; k++ {
		switch w := u.word(k); {
		case w == "he", w == "she", w == "his", w == "her", w == "their", w == "they", w == "people", w == "them", w == "him", isKin(w):
			return false
		case w == "of" && k == j.f.to, w == "in" && k == j.f.to && u.word(k+1) != "me" && u.word(k+1) != "my", w == "room" || w == "air" || w == "group" || w == "family":
			return false
		}
	}
	return !j.aboutOthers()
}
