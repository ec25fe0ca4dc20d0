package extract

// A story of long ago goes on over turns: "I was eight." "And then?" "I was
// scared of him." It ends where either of the two speaks of the present.

// storyTurns is how far back the beginning of a story is looked for.
const storyTurns = 8

// storyBefore: the turns before utterance i set a story in a time that is over,
// and nothing since has brought it back.
func storyBefore(talk []utterance, i int) bool {
	for k := i - 1; k >= max(0, i-storyTurns); k-- {
		u := &talk[k]
		for n := len(u.sentences) - 1; n >= 0; n-- {
			s := u.sentences[n]
			switch {
			case ofPresent.has(u, s), recently.has(u, s):
				return false
			case u.client && settings.has(u, s), !u.client && askedAge.has(u, s):
				return true
			case u.client && !u.past(s) && s.to-s.from > 6:
				return false
			}
		}
	}
	return false
}

// past: the sentence has a verb in the past tense.
func (u *utterance) past(s sentence) bool {
	for k := s.from; k < s.to; k++ {
		if w := u.word(k); w == "was" || w == "were" || w == "had" || w == "did" || hasForm(w, past) && !hasForm(w, base) && !stateWords()[w] {
			return true
		}
	}
	return false
}

// ofPresent brings a talk back from a story: to today, to this room, to what is
// felt as it is told.
var ofPresent = list(presentMarks + `
i am
you are
do|does|can|are|will|would|could you
are|do|is we|they|he|she
as|when you tell|say|speak|sit|talk|look
what is
`)

// askedAge are the questions that only long ago answers.
var askedAge = list(`
how old were|was you|he|she
you were how old
when you were little|small|young|a|at
as a child|kid|teenager|boy|girl
growing up
back then
in those days
`)
