package extract

// What the client means to leave: "I'm not ringing him any more", "No more
// checking my phone in bed". It is a plan like another, but worded as one not
// to do.

// givesUp marks a thing as left for good: "I'm not ringing him any more".
var givesUp = list(`
any_more|anymore
again $
ever again
from now|today|tonight
no more
`)

// resolved are verbs that end a thing, with the thing: "I'm stopping the
// cigarettes". They need no day.
var resolved = list(`
am stopping|quitting|ditching|binning|deleting|cancelling|canceling|blocking|unfollowing|muting @det
am stopping|quitting @ing
am giving up @det
am giving up @ing
am cutting out|down
`)

func (u *utterance) resolves(f frame, s sentence) bool {
	_, ok := resolved.at(u, s, f.at+1)
	return ok && !f.neg
}

// noMore: "No more checking my phone in bed."
var noMore = list("^ no more @ing")

func (u *utterance) noMorePlan(s sentence) (plan, bool) {
	if f, ok := noMore.at(u, s, s.from); ok && !s.question {
		v := f.to - 1
		fr := frame{sent: s, subj: "i", at: s.from, mood: will, neg: true, verb: v, lemma: lemma(u.word(v), gerund), end: u.phraseEnd(v, s)}
		return plan{frame: fr, firmness: against, planEnd: u.planEnd(v, s)}, inClass("task", fr.lemma) || inClass("harm", fr.lemma)
	}
	return plan{}, false
}

// stops: what is on the table is to leave something.
func (l *ledger) stops(e *entry) bool {
	u := &l.talk[e.words.utterance]
	w := u.word(e.words.from)
	for k := e.words.from; k < min(e.words.to, len(u.toks)); k++ {
		if u.word(k) == "without" {
			return true
		}
	}
	return e.not || w == "not" || inClass("leaving", lemma(w, base|gerund))
}

// meantNot: the speaker has made up their mind to leave something: "I've said
// I'll not lift", "I want to stop chucking things at her. I'll not send it."
var meantNot = list(`
i want to stop @ing
decided $
`)

var saidNot = list("i have said|promised|decided|sworn|told ... i will|am not")

func (u *utterance) resolved(p plan) bool {
	for _, s := range u.sentences {
		if meantNot.has(u, s) || ruled.has(u, s) && s.from >= p.sent.from {
			return true
		}
	}
	return saidNot.has(u, p.sent)
}
