package extract

import "github.com/afterword/afterword/models"

// earlierPlan is an open action of an earlier session, as the ledger compares
// it with what is said now.
type earlierPlan struct {
	text  string
	stems map[string]bool
}

func plansBefore(items []models.Item) []earlierPlan {
	var out []earlierPlan
	for _, it := range items {
		if it.Kind != models.KindAction || it.Text == "" {
			continue
		}
		u := readSegment(models.Segment{Text: it.Text}, true)
		l := ledger{talk: []utterance{u}}
		out = append(out, earlierPlan{it.Text, l.stems(proof{0, 0, len(u.toks)})})
	}
	return out
}

// before finds the earlier plan that a stretch speaks of: half of the plan's
// content words, and two of them where it has so many.
func (l *ledger) before(p proof) (string, bool) {
	said := l.stems(p)
	best, most := "", 0
	for _, e := range l.earlier {
		n := 0
		for w := range e.stems {
			if said[w] {
				n++
			}
		}
		if n > most && 2*n >= len(e.stems) && n >= min(2, len(e.stems)) {
			best, most = e.text, n
		}
	}
	return best, most > 0
}

// earlierText names the earlier plan behind something done: by its own words, or
// by what was said around it.
func (l *ledger) earlierText(e *entry) (string, bool) {
	if t, ok := l.before(e.words); ok {
		return t, true
	}
	for _, p := range e.proofs {
		if t, ok := l.before(p); ok {
			return t, true
		}
	}
	return "", false
}
