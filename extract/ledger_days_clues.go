package extract

import (
	"fmt"
	"slices"
	"strings"
)

// timeClues are what tells whether the time in sentence n of utterance i is that of
// the plan, which is spoken of in turns: who says it and where, in which words, and whether it is
// the rules' choice for this plan or for another.
func (l *ledger) timeClues(e *entry, all []*entry, turns []int, i, n int, w when) []string {
	u := &l.talk[i]
	s := u.sentences[n]
	who, kind := u.who(), "rhythm"
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
	out = append(out, l.phraseClues(u, s, w, who)...)
	out = append(out, l.sharing(e, all, u, s)...)
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

// phraseClues are what tells of the words of a time itself: which they are, what stands
// beside them and governs them, and how far off the day is.
func (l *ledger) phraseClues(u *utterance, s sentence, w when, who string) []string {
	said := strings.Join(u.clueWords(max(0, w.from), max(0, w.to)), " ")
	first, _, _ := strings.Cut(said, " ")
	out := []string{"time: " + said, "time begins: " + first}
	for k := 1; k <= 2; k++ {
		before, after := "^", "$"
		if w.from-k >= s.from {
			before = u.word(w.from - k)
		}
		if w.to+k-1 < s.to {
			after = u.word(w.to + k - 1)
		}
		out = append(out, fmt.Sprintf("%d before the time: %s", k, before), fmt.Sprintf("%d after the time: %s", k, after))
	}
	var in *frame
	for _, f := range u.frames(s) {
		if f.at <= w.from || in == nil {
			in = &f
		}
	}
	if in != nil {
		out = append(out, "in "+in.clue(), who+" in "+in.clue(), "in the clause of "+in.lemma, "of "+in.subj)
		if w.from > in.verb {
			out = append(out, "behind the verb")
		}
		if w.from < in.at {
			out = append(out, "before the subject")
		}
	}
	if w.from >= 0 && w.from < len(u.toks) && u.toks[w.from].voice != own {
		out = append(out, "in others' words")
	}
	if w.due == "" {
		return append(out, "rhythm: "+w.recurrence)
	}
	far := "far off"
	switch d := int(w.due.Time().Sub(l.cal.today).Hours() / 24); {
	case d < 2, d == 7, d == 14:
		far = fmt.Sprintf("in %d days", d)
	case d < 7:
		far = "within the week"
	case d < 14:
		far = "next week"
	}
	return append(out, far, who+", "+far)
}

// sharing are clues to whether sentence s and its turn speak of what the plan is about,
// or rather of what another is.
func (l *ledger) sharing(e *entry, all []*entry, u *utterance, s sentence) []string {
	words := u.stems(s.from, s.to)
	shared := func(e *entry, with map[string]bool) (n int) {
		for w := range l.stems(e.words) {
			if with[w] {
				n++
			}
		}
		return min(2, n)
	}
	own := shared(e, words)
	out := []string{fmt.Sprintf("shares %d", own), fmt.Sprintf("its turn shares %d", shared(e, u.stems(0, len(u.toks))))}
	for _, o := range all {
		if o != e && shared(o, words) > own {
			out = append(out, "another plan shares more")
		}
	}
	return out
}

// timesBeside adds to the clues of each time what the others tell.
func timesBeside(ts []timeNear) {
	var values []when // from the last to the first
	for _, t := range slices.Backward(ts) {
		if !slices.ContainsFunc(values, t.same) {
			values = append(values, t.when)
		}
	}
	for n := range ts {
		t := &ts[n]
		add := func(is bool, clue string) {
			if is {
				t.clues = append(t.clues, clue)
			}
		}
		again, others, later := 0, 0, false
		for m, o := range ts {
			switch {
			case o.turn == t.turn && o.said == t.said:
			case t.same(o.when):
				again++
				add(m > n, "said again later")
				add(m < n, "said before")
				add(m > n && o.by != t.by, "echoed")
				add(m < n && o.by != t.by, "echoes")
			default:
				others++
				later = later || m > n
			}
		}
		add(true, fmt.Sprintf("again %d", min(3, again)))
		add(true, fmt.Sprintf("others %d", min(4, others)))
		add(!later, "no other after it")
		add(n == 0, "the first")
		add(n == len(ts)-1, "the last")
		add(true, fmt.Sprintf("of %d", min(4, len(ts))))
		add(true, fmt.Sprintf("the last but %d", min(4, slices.IndexFunc(values, t.same))))
	}
}
