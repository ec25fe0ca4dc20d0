package extract

// lastDays gives plans that nobody gave a time the last day that the client named
// beside them, where they speak there of no other plan. The rules that read
// times while the talk goes on know in which sentence one belongs to the plan;
// when the talk is over and none was found, one that is near is likelier than none.
func (l *ledger) lastDays() {
	beside := map[int]int{} // live plans by utterance
	for _, e := range l.entries {
		if !e.live() || e.status == "" {
			continue
		}
		seen := map[int]bool{}
		for _, p := range e.proofs {
			if !seen[p.utterance] {
				beside[p.utterance]++
			}
			seen[p.utterance] = true
		}
	}
	for _, e := range l.entries {
		if !e.live() || !e.settled || e.when.due != "" || e.when.recurrence != "" || e.when.next {
			continue
		}
		for k := len(e.proofs) - 1; k >= 0; k-- {
			p := e.proofs[k]
			u := &l.talk[p.utterance]
			if !u.client {
				continue
			}
			if beside[p.utterance] == 1 {
				p.from, p.to = 0, len(u.toks)
			}
			if day := l.lastDay(u, p); day.due != "" {
				e.time(day)
				break
			}
		}
	}
}

// lastDay is that of the last sentence that says what will be, or nothing but when.
func (l *ledger) lastDay(u *utterance, p proof) when {
	for n := len(u.sentences) - 1; n >= 0; n-- {
		s := u.sentences[n]
		w := l.cal.readWhen(u, s.from, s.to)
		if w.due == "" || s.to <= p.from || s.from >= p.to || s.question || hedged.has(u, s) || u.toldOf(s.from, w) {
			continue
		}
		said := true
		for _, f := range u.frames(s) {
			said = said && !f.over() && !f.neg && !f.cond && f.voice == own
		}
		if said {
			return w
		}
	}
	return when{}
}
