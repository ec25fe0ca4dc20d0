package extract

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
