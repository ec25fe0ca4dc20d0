package extract

import (
	"github.com/afterword/afterword/models"
)

// requests: the client asks the therapist for something, or whether to do it.
func (l *ledger) requests(i int) {
	u := &l.talk[i]
	for _, s := range u.sentences {
		for _, f := range u.frames(s) {
			if !f.asked || f.voice != own {
				continue
			}
			e := &entry{origin: proposed, strength: toAsk, waiting: true, byClient: true, words: proof{i, f.verb, u.planEnd(f.verb, s)}, verb: f.verb}
			switch {
			case bare(u, f.verb, u.planEnd(f.verb, s), f.lemma):
				continue
			case f.subj == "you" && (f.mood == could || f.mood == can || f.mood == will || f.mood == would) && offerVerbs[f.lemma] && f.wh == "":
				e.owner = "therapist"
			case f.subj == "i" && (f.mood == should || f.mood == will) && inClass("task", f.lemma) && f.wh == "":
			case f.subj == "you" && f.lemma == "want" && u.word(f.verb+1) == "me" && u.word(f.verb+2) == "to":
				e.words.from, e.verb = f.verb+3, f.verb+3
			default:
				continue
			}
			l.add(e).prove(i, s.from, s.to)
			return
		}
	}
}

// answerClient: the therapist answers what the client asked.
func (l *ledger) answerClient(i int) {
	e := l.waitingFor(i, false)
	if e == nil || !e.byClient {
		return
	}
	u := &l.talk[i]
	answer := u.replies()
	for _, s := range u.sentences {
		if advises.has(u, s) {
			answer = agrees
		}
	}
	for _, p := range u.plansOf(l.cal) { // "no need, I'll do it for you"
		if p.proform && p.firmness == firm {
			answer, e.owner = agrees, "therapist"
		}
	}
	switch answer {
	case agrees, mild:
		w := l.replyWhen(u)
		e.time(w)
		e.waiting, e.settled = false, true
		e.status = models.Assigned
		if e.owner != "client" {
			e.status = models.ByTherapist
		}
		q := u.whole()
		e.prove(i, q.from, q.to)
	case refuses:
		e.waiting = false
	}
}

var advises = list("if i were you\nif i was you\nin your shoes")

var offerVerbs = set(`email send write text call ring phone speak talk bring print post book refer find look check draft prepare get arrange contact chase drop ask put have let give make fill sort
	add set tell share forward copy scan lend order see set discuss request follow pass message confirm reschedule`)

var offerIdioms = list(`
i will ask you
i am going to ask you
i will let you go|think|finish|sit|have
i will stop
i am going to stop
let me stop|ask|see|say|check|just|know|think|put it|try|make sure|get this
let me see|make
i will say
i will give you a|some moment|minute|second|time|space|example
i am going to give you a|some moment|minute|second|time|example
i will tell you
i will put it
i will check in|you
i will get my|a|the
i will have a sip|drink
i will write that down
i will make a note
i will see you
i will look forward
i will talk to you
i will have to
i am going to have to
i am going to write
i am going to talk|speak to|with you
i will speak to you
i will find out
i will get you to
i will call that|it
i am going to call that|it
i will bring us
i will bring you back
i will set the scene|timer
i am going to say
i am going to make
i am going to set
i am going to put that|it
i will put that
`)

// offers: what the therapist, or somebody for them, will do.
func (l *ledger) offers(i int, s sentence) bool {
	u := &l.talk[i]
	for _, f := range u.frames(s) {
		owner := "therapist"
		switch {
		case f.voice != own || f.neg || f.cond && f.mood != could:
			continue
		case f.subj == "i" && (f.mood == will || f.mood == goingTo || f.mood == lets && f.lemma != "know" || f.mood == could && (f.asked || u.offersItself(s)) || f.mood == pastTense && u.helps(s)):
		case f.subj == "3" && (f.mood == will || f.mood == goingTo):
			owner = "other"
		default:
			continue
		}
		w := l.cal.readWhen(u, s.from, s.to)
		if !offerVerbs[f.lemma] || f.mood == could && (f.lemma == "ask" || f.lemma == "confirm" || f.lemma == "check" || f.lemma == "get" || f.lemma == "put") || bare(u, f.verb, u.planEnd(f.verb, s), f.lemma) || f.verb+1 < s.to && u.word(f.verb+1) == "you" && f.lemma == "ask" || s.question && f.mood != could && f.mood != pastTense && f.mood != lets {
			continue
		}
		if owner == "other" && w.empty() {
			continue
		}
		idiom := false
		for k := f.at; k <= f.verb; k++ {
			if _, ok := offerIdioms.at(u, s, k); ok && w.due == "" {
				idiom = true
			}
		}
		if idiom {
			continue
		}
		e := l.add(&entry{origin: selfMade, status: models.ByTherapist, owner: owner, words: proof{i, f.verb, u.planEnd(f.verb, s)}, verb: f.verb, when: w, settled: true})
		e.prove(i, f.at, s.to)
		return true
	}
	return false
}

// offersItself: "I could have a letter done by Thursday, shall I?"
func (u *utterance) offersItself(s sentence) bool { return selfOffer.has(u, s) }

func (u *utterance) helps(s sentence) bool { return helpOffer.has(u, s) }

// others: what somebody else will do, told by the client.
func (l *ledger) others(i int) {
	u := &l.talk[i]
	for _, s := range u.sentences {
		if s.question {
			continue
		}
		for _, f := range u.frames(s) {
			if f.subj == "i" || f.subj == "we" || f.subj == "you" || f.subj == "it" || f.subj == "that" || f.voice != own || f.neg || f.cond {
				continue
			}
			w := l.cal.readWhen(u, s.from, s.to)
			ahead := w.due != "" || w.recurrence != "" || w.phrase != ""
			if f.mood != will && f.mood != goingTo && !(f.mood == progressive && ahead) || !inClass("task", f.lemma) || inClass("state", f.lemma) {
				continue
			}
			if !ahead && f.lemma != "sort" && f.lemma != "help" && f.lemma != "send" && f.lemma != "drive" && f.lemma != "stop" || inClass("harm", f.lemma) && f.lemma != "stop" && !ahead {
				continue
			}
			e := l.add(&entry{origin: selfMade, status: models.ByTherapist, owner: "other", words: proof{i, f.at, u.planEnd(f.verb, s)}, verb: -1, when: w, settled: true})
			e.prove(i, f.at, s.to)
			return
		}
	}
}
