package extract

// order reads an imperative with a time: "bring the sheet next time".
func (u *utterance) order(s sentence, c calendar) (proposal, bool) {
	if s.question && !keepOn.has(u, s) && !tagged.has(u, s) && !u.goesOn(s, c) {
		return proposal{}, false
	}
	for i := s.from; i < min(s.to, s.from+22); i++ {
		w := u.word(i)
		if !isBase(w) || u.toks[i].kind != lexical || !inClass("homework", w) && w != "see" && w != "notice" && w != "try" && w != "have" && !(inClass("task", w) && !inClass("state", w) && i > s.from) {
			continue
		}
		if !u.orderBegins(s, i) || w == "say" && (i+1 >= s.to || u.toks[i+1].kind == mark) {
			continue // "Fridays, say."
		}
		if w == "try" && (u.word(i+1) == "and" || u.word(i+1) == "to") && isBase(u.word(i+2)) {
			w = u.word(i + 2)
		}
		p := proposal{strength: toSet, owner: "client", sent: s, at: i, from: i, to: u.planEnd(i, s), lemma: w}
		t := c.readWhen(u, s.from, s.to)
		timed := t.due != "" || t.recurrence != "" || t.next || weekMarks.has(u, s)
		if s.question {
			p.strength, p.asked, timed = toAsk, true, true
		}
		if next := u.word(i + 1); !timed && i-s.from < 6 && s.to-i > 2 && (!inClass("room", w) || homeworkNouns.has(u, s)) && !inClass("mind", w) && next != "me" && next != "us" && next != "it" && !u.orderIdiom(i, s) && !inRoom.has(u, s) {
			p.strength = toHint
			return p, true
		}
		if !timed || u.orderIdiom(i, s) || inRoom.has(u, s) && t.recurrence == "" && !weekMarks.has(u, s) {
			return p, false
		}
		if u.word(i+1) == "you" || inClass("room", w) && !inClass("homework", w) && !timed {
			return p, false
		}
		return p, true
	}
	return proposal{}, false
}

// goesOn: "And then weigh yourself once a week?"
func (u *utterance) goesOn(s sentence, c calendar) bool {
	k := s.from
	if w := u.word(k); (w == "and" || w == "so") && u.word(k+1) == "then" {
		k += 2
	}
	if w := u.word(k); k == s.from || k >= s.to || !isBase(w) || u.auxiliary(k) || modals[w] || u.pastIn(s) {
		return false
	}
	w := c.readWhen(u, k, s.to)
	return w.recurrence != "" && w.recurrence != "as-needed"
}

// orderBegins: nothing but small words or a time stands before the verb.
func (u *utterance) orderBegins(s sentence, i int) bool {
	if opens(u, s, i) {
		ok := true
		for k := i - 1; k >= s.from && ok; k-- {
			if subjects[u.word(k)] || u.word(k) == "to" {
				// a fronted "when it comes up," or "before you check your phone," is fine
				ok = u.toks[k].clause < u.toks[i].clause && u.word(i-1) == ","
			}
		}
		return ok
	}
	return false
}

// orderIdiom: the order begins as a courtesy does. What stands behind it may be
// one: "Ask her on Monday and let me know."
func (u *utterance) orderIdiom(i int, s sentence) bool {
	_, ok := orderIdioms.at(u, s, i)
	return ok
}

// tagged: "Bring the drawing on Wednesday, will you?"
var tagged = list(", will|would|could|can you $\n, please $")

var keepOn = list("^ keep\n^ try\n^ stick with\n^ carry on")

var orderIdioms = list(`
see you
take care
take your time
let me know
let me
let us
keep in mind
go on
have a good|nice|lovely|great|safe
come in
have a seat
look at you
tell me
do not worry
say hello|hi
hold on
take a step back
thank
go ahead
start with
start from
let yourself
stop there
leave it
pick up
see how
call it
`)
