package extract

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
