package extract

import (
	_ "embed"
	"slices"
	"strings"
)

// reply is how an utterance takes what was put to it.
type reply uint8

const (
	neither reply = iota
	mild          // "yeah", "mm-hm": agreement to a question
	agrees
	leavesOpen
	refuses
	noAnswer // looks like an answer and is none
)

//go:embed lexicon/answers.tsv
var answerText string

var answers = readAnswers()

func readAnswers() *rules[reply] {
	r := &rules[reply]{}
	names := map[string]reply{"yes": agrees, "mild": mild, "no": refuses, "open": leavesOpen, "not": noAnswer}
	for _, l := range tableLines(answerText) {
		k, p, ok := strings.Cut(l, "\t")
		v, known := names[k]
		if !ok || !known {
			panic("extract: lexicon/answers.tsv: " + l)
		}
		r.add(p, v)
	}
	return r
}

// replies reads an answer sentence by sentence. A later decision outweighs an
// earlier one; small words of assent do not outweigh a refusal, and hedging
// opens what only small words had closed.
func (u *utterance) replies() reply {
	out := neither
	for n, s := range u.sentences {
		if n > 5 {
			break
		}
		if longAgo.has(u, s) && u.mentions(s, "when") {
			continue // "When I was younger, yes."
		}
		if u.echoYes(s) {
			out = settleReply(out, agrees, 2)
			continue
		}
		for _, f := range answers.in(u, s) {
			if u.toks[f.from].voice == othersWords || f.value == noAnswer {
				continue
			}
			if f.value == refuses && f.to == f.from+1 && u.word(f.from) == "no" && u.ruleOut(f.to, s) {
				continue
			}
			if s.question && f.to-f.from < 3 {
				continue // "Okay, like a game?"
			}
			out = settleReply(out, f.value, f.to-f.from)
		}
	}
	return out
}

func settleReply(before, now reply, length int) reply {
	switch {
	case before == neither:
		return now
	case now == mild:
		return before
	case before == refuses && now == agrees && length < 2:
		return before
	case before == refuses && now == leavesOpen:
		return before
	case before == agrees && now == leavesOpen && length < 2:
		return leavesOpen
	}
	return now
}

// ruleOut: "no Fridays", "no hoovering" leave something out; they refuse
// nothing.
func (u *utterance) ruleOut(i int, s sentence) bool {
	if i >= s.to || u.toks[i].kind != lexical {
		return false
	}
	w := u.word(i)
	if lead := u.word(i - 2); (lead == "and" || lead == "with") && !subjects[w] && !isWh(w) && !adverbs[w] && !noWords[w] {
		return true // "twice a day, and no repairs"
	}
	return weekdays[w] > 0 || isGerund(w) && !isBase(w) || !noWords[w] && whereOrWhen[u.word(i+1)] // "No phone at the table"
}

// echoes: the answer begins by saying the number or the time back, and so takes
// it: "Would you go three times?" "Three. Monday to Wednesday, then."
func (l *ledger) echoes(i int) bool {
	if i == 0 || l.talk[i-1].client || len(l.talk[i].sentences) == 0 {
		return false
	}
	u, b := &l.talk[i], &l.talk[i-1]
	s := u.sentences[0]
	s.to = u.firstMark(s)
	if u.sentences[0].question || s.to-s.from > 5 || len(u.frames(s)) > 0 {
		return false
	}
	same := 0
	for k := s.from; k < s.to; k++ {
		w := u.word(k)
		if articles[w] || w == "of" || w == "on" || w == "at" || w == "in" {
			continue
		}
		if !slices.ContainsFunc(b.toks, func(t token) bool { return t.w == w }) {
			return false
		}
		if u.toks[k].kind == number || smallNumbers[w] > 0 || weekdays[w] > 0 || everyDay[w] || units[w] != "" || timesWords[w] {
			same++
		}
	}
	return same > 0
}

var whereOrWhen = set("at in on after before during until from")

// noWords behind a no keep it a refusal.
var noWords = set("way chance thank thanks not need point use wonder one more i problem idea worries rush harm joy luck pressure offence offense")

// askedOtherWay: "Would three walks be too much?" "No." takes them.
func (l *ledger) askedOtherWay(i int) bool {
	if i == 0 || l.talk[i-1].client || len(l.talk[i-1].sentences) == 0 {
		return false
	}
	b := &l.talk[i-1]
	return otherWay.has(b, b.sentences[len(b.sentences)-1])
}

var otherWay = list("too much|hard|often|soon|big|long|many $\nwould|do you mind\nany|have_you_any objection|objections")
