package extract

import (
	"maps"
	"math"
	"slices"
)

// settleTimes gives each plan the time, of those named where it was talked over and
// next to that, that is most likely its own, or none. The rules that read times while
// the talk goes on know in which sentence one belongs to the plan; people settle the
// day some turns later, name others on the way, and say when the shop shuts.
func (l *ledger) settleTimes() {
	if len(l.talk) < talkLeast {
		return
	}
	all := l.agreedPlans()
	own := learntCommitment().timed
	times := make([]when, len(all))
	for n, e := range all {
		times[n] = likeliest(l.timesNear(e, all), own)
	}
	for n, w := range times { // together, since each is a clue to the others
		e := all[n]
		if w.empty() && e.when.due == "" && e.when.recurrence == "" {
			continue // what was said of a time without a day stands
		}
		e.when.due, e.when.recurrence, e.when.phrase = w.due, w.recurrence, w.phrase
	}
}

// timeLeast is how likely a time must be beside none. The excerpts that most of it is learnt
// from are full of days that are no plan's, more than talk is.
const timeLeast = 0.6

// likeliest is the likeliest time, if it is likely enough beside none. One that is named
// more than once is as likely as its namings together.
func likeliest(ts []timeNear, own odds) when {
	weights := make([]float64, len(ts)) // beside 1 for none
	for k, t := range ts {
		weights[k] = math.Exp(own.of(t.clues))
	}
	var out when
	most := timeLeast
	for k, t := range ts {
		together, best := 0.0, true
		for m, o := range ts {
			if t.due == o.due && t.recurrence == o.recurrence {
				together += weights[m]
				best = best && weights[k] >= weights[m]
			}
		}
		if best && together > most {
			most, out = together, t.when
		}
	}
	return out
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
	turn  int
	said  sentence
	by    bool // by the client
	clues []string
}

// timesNear are those in the turns that speak of a plan and in the two before and after
// each, and what the rules made of it, from wherever.
func (l *ledger) timesNear(e *entry, all []*entry) []timeNear {
	turns := e.turns()
	var out []timeNear
	for i := range l.talk {
		if !slices.ContainsFunc(turns, func(k int) bool { return i >= k-2 && i <= k+2 }) {
			continue
		}
		u := &l.talk[i]
		for n, s := range u.sentences {
			for _, t := range l.timesIn(u, s) {
				t.turn, t.said, t.by = i, s, u.client
				t.clues = append(t.clues, l.timeClues(e, all, turns, i, n, t.when)...)
				out = append(out, t)
			}
		}
	}
	timesBeside(out)
	if w := e.when; (w.due != "" || w.recurrence != "") && !slices.ContainsFunc(out, func(t timeNear) bool { return t.same(w) }) {
		kind := "day"
		if w.due == "" {
			kind = "rhythm"
		}
		out = append(out, timeNear{when: w, clues: []string{"the rules' alone", "the rules' alone, " + kind}})
	}
	for n := range out {
		slices.Sort(out[n].clues)
		out[n].clues = slices.Compact(out[n].clues)
	}
	return out
}

// turns are those in which the plan is spoken of, in order.
func (e *entry) turns() []int {
	where := map[int]bool{}
	for _, p := range e.proofs {
		where[p.utterance] = true
	}
	return slices.Sorted(maps.Keys(where))
}

// timesIn are the times in a sentence: of all of it, of each part that names another, and counted
// from a day before it. A sentence may say when not, why, and when: "Thursday's the
// dentist, so the Friday."
func (l *ledger) timesIn(u *utterance, s sentence) []timeNear {
	var out []timeNear
	add := func(w when, how string) {
		known := func(t timeNear) bool { return t.due == w.due && t.recurrence == w.recurrence }
		if (w.due != "" || w.recurrence != "") && !slices.ContainsFunc(out, known) {
			out = append(out, timeNear{when: w, clues: []string{how}})
		}
	}
	add(l.cal.readWhen(u, s.from, s.to), "read whole")
	if parts := u.parts(s); len(parts) > 1 {
		for _, p := range parts {
			add(l.cal.readWhen(u, p.from, p.to), "read in part")
		}
	}
	add(l.counted(u, s), "counted")
	if k := u.caseAt(s); k >= 0 {
		add(when{recurrence: "as-needed", from: k, to: k + 1}, "when it comes")
	}
	return out
}

// caseAt is where a case begins that may come again and again: "When the anger rises I leave the
// room." It is -1 where there is none.
func (u *utterance) caseAt(s sentence) int {
	for _, f := range u.frames(s) {
		if f.mood != plain || f.neg {
			continue
		}
		for k := f.at - 1; k >= max(s.from, f.at-3); k-- {
			if cases[u.word(k)] {
				return k
			}
		}
	}
	return -1
}

var cases = set("when whenever if once time times minute moment until soon")

// parts are those of a sentence between its commas and where a reason or another thing
// begins.
func (u *utterance) parts(s sentence) []sentence {
	var out []sentence
	from := s.from
	for k := s.from; k <= s.to; k++ {
		if k < s.to && u.toks[k].kind != mark && !parters[u.word(k)] {
			continue
		}
		if k > from {
			out = append(out, sentence{from, k, s.question})
		}
		from = k
		if k < s.to && u.toks[k].kind == mark {
			from++
		}
	}
	return out
}

var parters = set("but so and because cause since although though")

// same: both name one day, or one rhythm.
func (w when) same(o when) bool {
	return o.due != "" && w.due == o.due || o.recurrence != "" && w.recurrence == o.recurrence
}
