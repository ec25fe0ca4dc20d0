package extract

import (
	"strings"

	"github.com/afterword/afterword/models"
)

// The ledger follows plans over the dialogue: one speaker puts something, the
// other takes it, refuses it, asks back or leaves it open, several turns are
// spent on when and where, and somebody says it again at the end. An entry is
// one such plan with everything that was said about it.

// origin is how a plan came to the table.
type origin uint8

const (
	proposed  origin = iota // one put it to the other
	selfMade                // the speaker's own plan
	asking                  // "what will you do?": the answer is the plan
	reviewing               // "did you do it?"
)

// reach is how many utterances later an answer still counts as one.
const reach = 3

// proof is a stretch of an utterance that speaks of the plan.
type proof struct{ utterance, from, to int }

type entry struct {
	origin   origin
	strength strength
	status   models.ActionStatus
	owner    string
	words    proof // the plan's own words
	verb     int   // its verb, -1 if it has none
	when     when
	proofs   []proof
	last     int  // utterance that touched it last
	waiting  bool // for an answer
	asksWhen bool // the answer is a time
	small    bool // asked how much would do
	sure     bool // asked what will be done, and not what might
	occasion bool // asked when that is which it hangs on
	cond     bool
	not      bool // a thing to leave: "I won't check my phone in bed"
	there    bool // only said to be there: "there's a group on Tuesdays"
	byClient bool // the client put it
	settled  bool // agreed or refused
	back     bool // taken back by the client

	answers sentence // in the utterance before words, where these alone say little
}

func (e *entry) live() bool {
	return e.status != models.Declined && e.status != models.DoneAlready && e.status != models.Hypothetical && e.owner == "client" && e.origin != reviewing
}

// agreed: it is an action item, whoever put it.
func (e *entry) agreed() bool {
	return e.status == models.Assigned || e.status == models.Committed
}

type ledger struct {
	talk    []utterance
	cal     calendar
	entries []*entry
	earlier []earlierPlan
	clues   *clues
}

// read walks through the session once.
func (l *ledger) read(stop func() bool) {
	for i := range l.talk {
		if i%64 == 0 && stop() {
			return
		}
		if l.talk[i].client {
			l.client(i)
		} else {
			l.therapist(i)
		}
	}
	for _, e := range l.entries {
		if e.live() && e.settled && e.when.due == "" && e.when.recurrence == "" && !e.when.next && l.everyNight(e) {
			e.when.recurrence = "daily"
		}
	}
}

func (l *ledger) add(e *entry) *entry {
	if e.owner == "" {
		e.owner = "client"
	}
	l.entries = append(l.entries, e)
	return e
}

func (e *entry) prove(i, from, to int) {
	e.last = i
	for _, p := range e.proofs {
		if p.utterance == i && p.from <= from && p.to >= to {
			return
		}
	}
	e.proofs = append(e.proofs, proof{i, from, to})
}

// time keeps what a later turn says about when. Later words win, but a time
// without a day never takes a day away.
func (e *entry) time(w when) {
	if w.due != "" {
		e.when.due = w.due
	}
	if w.recurrence != "" {
		e.when.recurrence = w.recurrence
	}
	if e.when.recurrence != "" {
		e.when.due = ""
	}
	if w.phrase != "" {
		e.when.phrase = w.phrase
	}
}

// recent is the newest live entry that was touched within the last n
// utterances.
func (l *ledger) recent(i, n int) *entry {
	for k := len(l.entries) - 1; k >= 0; k-- {
		if e := l.entries[k]; e.live() && i-e.last <= n {
			return e
		}
	}
	return nil
}

// waitingFor is the newest entry that waits for an answer from the speaker of
// utterance i.
func (l *ledger) waitingFor(i int, client bool) *entry {
	for k := len(l.entries) - 1; k >= 0 && k >= len(l.entries)-4; k-- {
		e := l.entries[k]
		if e.waiting && e.byClient != client && i-e.last <= reach {
			return e
		}
	}
	return nil
}

// shares: the plan in [from, to) of utterance i speaks of what the entry is
// about.
func (l *ledger) shares(e *entry, i, from, to int) bool {
	if e.words.to <= e.words.from {
		return false
	}
	a := l.stems(e.words)
	for w := range l.stems(proof{i, from, to}) {
		if a[w] {
			return true
		}
	}
	return false
}

// stems are the content words of a stretch, without endings.
func (l *ledger) stems(p proof) map[string]bool {
	return l.talk[p.utterance].stems(p.from, p.to)
}

func (u *utterance) stems(from, to int) map[string]bool {
	m := map[string]bool{}
	for k := max(0, from); k < min(to, len(u.toks)); k++ {
		t := u.toks[k]
		if t.kind == mark || stopWords[t.w] || weekdays[t.w] > 0 || adverbs[t.w] || len(t.w) < 3 {
			continue
		}
		m[stem(t.w)] = true
	}
	return m
}

// stem takes common endings off, so that "walks" meets "walking".
func stem(w string) string {
	if fs := verbs.forms[w]; len(fs) > 0 {
		return fs[0].lemma
	}
	for _, s := range []string{"ings", "ing", "ies", "es", "s", "ed", "ly"} {
		if strings.HasSuffix(w, s) && len(w)-len(s) >= 3 {
			return w[:len(w)-len(s)]
		}
	}
	return w
}

var stopWords = set(`a an the and or but if then so to of in on at by for with from into about as is am are was were be been being have has had do does did doing done
	will would can could should may might must shall not no yes i me my mine you your yours he him his she her hers it its we us our they them their this that these those there
	here what when where who which how why just like really very too also more most some any one two three it's going go get got make made thing things something anything nothing
	okay all right well maybe think know want need time day week today tonight tomorrow morning evening night afternoon every each try out up down off over again back before after
	put take give let say said tell keep come see minutes minute other than only even because until next first little bit lot much many way sure good great`)
