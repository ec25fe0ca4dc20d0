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
			case u.client && young.has(u, s), !u.client && askedAge.has(u, s):
				return true
			}
		}
	}
	return false
}

// ofPresent brings a talk back from a story: to today, to this room, to what is
// felt as it is told.
var ofPresent = list(`
now
these days
today
lately
at the moment
right now
this week|morning|month|evening|year
i am
i @adv* feel|think|know|want|need|get|can|will|have|do
you are
do|does|can|are|will|would|could you
are|do|is we|they|he|she
as|when you tell|say|speak|sit|talk|look
what is
`)

// young sets a story in a time so long ago that it takes more than a turn to
// come back from.
var young = list(`
when i was a|little|small|young|younger|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|six|seven|eight|five|four
i was only|just|about? a young|little|small|child|kid|boy|girl|teenager
i was only|just|about|maybe? five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen
when we were|was kids|little|young|boys|girls|small
growing up
as a kid|child|boy|girl|lad|lass|teenager
@num|twenty|thirty|forty|fifty|many years ago
year|years|decades ago|back
in the sixties|seventies|eighties|nineties
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
