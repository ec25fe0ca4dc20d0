package extract

import (
	"fmt"
	"maps"
	"slices"
)

// settleTimes gives each plan the time, of those named where it was talked over and
// next to that, that is most likely its own. The rules that read times while
// the talk goes on know in which sentence one belongs to the plan; people settle the
// day some turns later, name others on the way, and say when the shop shuts. Where none is
// likely, what the rules made of it stands.
func (l *ledger) settleTimes() {
	if len(l.talk) < talkLeast {
		return
	}
	all := l.agreedPlans()
	own := learntCommitment().timed
	times := make([]when, len(all))
	for n, e := range all {
		most := 0.0
		for _, t := range l.timesNear(e, all) {
			if o := own.of(t.clues); o > most { // likelier than not
				most, times[n] = o, t.when
			}
		}
	}
	for n, w := range times { // together, since each is a clue to the others
		if w.due != "" {
			all[n].when.recurrence = ""
		}
		all[n].time(w)
	}
}

// agreedPlans are those that the client took on.
func (l *ledger) agreedPlans() []*entry {
	var out []*entry
	for _, e := range l.entries {
		if e.live() && e.agreed() {
			out = append(out, e)
		}
	}
	return out
}

// timeNear is a time that is named near a plan, in one sentence.
type timeNear struct {
	when
	clues []string
}

// timesNear are those in the turns that speak of a plan and in the two before and after
// each.
func (l *ledger) timesNear(e *entry, all []*entry) []timeNear {
	where := map[int]bool{}
	for _, p := range e.proofs {
		where[p.utterance] = true
	}
	turns := slices.Sorted(maps.Keys(where))
	var out []timeNear
	for i := range l.talk {
		if !slices.ContainsFunc(turns, func(k int) bool { return i >= k-2 && i <= k+2 }) {
			continue
		}
		for n, s := range l.talk[i].sentences {
			w := l.cal.readWhen(&l.talk[i], s.from, s.to)
			if w.due != "" || w.recurrence != "" {
				out = append(out, timeNear{w, l.timeClues(e, all, turns, i, n, w)})
			}
		}
	}
	for n := range out {
		cs := &out[n].clues
		if n == 0 {
			*cs = append(*cs, "the first")
		}
		if n == len(out)-1 {
			*cs = append(*cs, "the last")
		}
		*cs = append(*cs, fmt.Sprintf("of %d", min(4, len(out))))
		slices.Sort(*cs)
		*cs = slices.Compact(*cs)
	}
	return out
}

// timeClues are what tells whether the time in sentence n of utterance i is that of
// the plan, which is spoken of in turns: who says it and where, in which words, and whether it is
// the rules' choice for this plan or for another.
func (l *ledger) timeClues(e *entry, all []*entry, turns []int, i, n int, w when) []string {
	u := &l.talk[i]
	s := u.sentences[n]
	who, kind := "therapist", "rhythm"
	if u.client {
		who = "client"
	}
	if w.due != "" {
		kind = "day"
	}
	first, last := turns[0], turns[len(turns)-1]
	place := "between"
	switch {
	case slices.Contains(turns, i):
		place = "at"
	case i < first:
		place = fmt.Sprintf("%d before", first-i)
	case i > last:
		place = fmt.Sprintf("%d after", i-last)
	}
	out := []string{who + ", " + place, kind, kind + ", " + place}
	add := func(is bool, clue string) {
		if is {
			out = append(out, clue)
		}
	}
	for _, c := range wordClues(u.clueWords(s.from, s.to)) {
		out = append(out, who+": "+c)
	}
	for _, f := range u.frames(s) {
		out = append(out, who+" "+f.clue())
	}
	if i > 0 {
		for _, c := range l.clues.of(i - 1).put {
			out = append(out, "answers "+c)
		}
		add(l.clues.of(i-1).asked, "answers a question")
	}
	ruled := "the plan has another"
	switch {
	case e.when.same(w):
		ruled = "the plan has it"
	case e.when.due == "" && e.when.recurrence == "":
		ruled = "the plan has none"
	}
	out = append(out, ruled, ruled+", "+kind+", "+who+", "+place)
	within := func(p proof) bool { return p.utterance == i && s.from < p.to && s.to > p.from }
	add(s.question, "asked")
	add(len(u.frames(s)) == 0, "no frame")
	add(len(u.sentences) == 1, "the whole turn")
	add(n == len(u.sentences)-1, "the end of the turn")
	add(i == last, who+", the last turn of it")
	add(slices.ContainsFunc(e.proofs, within), who+", where it is spoken of")
	add(within(e.words), who+", in its own words")
	for _, o := range all {
		if o != e {
			add(o.when.same(w), "another plan has it")
			add(slices.ContainsFunc(o.proofs, func(p proof) bool { return p.utterance == i }), "another plan in the turn")
			add(slices.ContainsFunc(o.proofs, within), "another plan in the sentence")
		}
	}
	return out
}

// same: both name one day, or one rhythm.
func (w when) same(o when) bool {
	return o.due != "" && w.due == o.due || o.recurrence != "" && w.recurrence == o.recurrence
}
