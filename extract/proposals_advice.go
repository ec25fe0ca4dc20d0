package extract

var praise = list(`
would|might|could|may|will be @adv* useful|helpful|important|sensible|good|great|best|beneficial|advisable|worthwhile|worth_doing
is @adv* useful|helpful|important|sensible|worthwhile|worth_doing
`)

// praisedDeed reads "I think keeping a diary would be quite useful".
func (u *utterance) praisedDeed(s sentence, c calendar) (proposal, bool) {
	for i := s.from; i < s.to && !s.question; i++ {
		if !isGerund(u.word(i)) || u.toks[i].voice == othersWords || !opens(u, s, i) && !(u.word(i-1) == "think" && u.word(i-2) == "i") {
			continue
		}
		for k := i + 1; k < s.to; k++ {
			if _, ok := praise.at(u, s, k); ok {
				p := proposal{strength: toOffer, owner: "client", sent: s, at: i, from: i, to: k, lemma: lemma(u.word(i), gerund)}
				return p, u.doable(s, p, u.timed(s, c))
			}
		}
	}
	return proposal{}, false
}

// supposes: "if you could …" is followed by what would be, and asks for nothing.
func (u *utterance) supposes(s sentence, f found[strength]) bool {
	if s.question || u.word(f.from) == "if" && u.word(f.from-1) == "as" {
		return true
	}
	for _, x := range u.frames(s) {
		if x.at > f.to && (x.mood == would || x.asked) && x.lemma != "be" && x.lemma != "help" && x.lemma != "appreciate" {
			return true
		}
	}
	return false
}

// pastAside steps from "try" over what is put in between to the deed: "try, if you can, just
// for the week, to write it down".
func (u *utterance) pastAside(v int, s sentence) int {
	if u.word(v) != "try" || u.word(v+1) != "," {
		return v
	}
	for k := v + 2; k < min(s.to, v+14); k++ {
		if u.word(k) == "to" && u.word(k-1) == "," && isBase(u.word(k+1)) {
			return k + 1
		}
	}
	return v
}

// contacts are ways of turning to the therapist again, as one is asked to in case of need.
var contacts = list(`
^ give me|us|them a|another call|ring|shout|bell
^ ring|call|phone|text|email|contact me|us
^ come back
^ get back to me|us
^ get back? in touch|contact
`)

// gets are things that one gets by doing something.
var gets = list(`
get @any? @any? rest|sleep|help|advice|support|fresh_air|exercise|sunlight
get in touch
get hold of
get @any? @any? @any? checked|tested|seen|looked|booked|referred
`)
