package extract

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/afterword/afterword/models"
)

// maxQuote bounds a quote, in bytes; a longer one is cut at a word.
const maxQuote = 240

// maxProofs bounds the evidence of one item, themeProofs that of a theme.
const (
	maxProofs   = 24
	themeProofs = 8
)

// writer turns findings into items with their evidence.
type writer struct {
	t     models.Transcript
	talk  []utterance
	index []int // utterance → index of its segment
}

// evidence quotes tokens [from, to) of an utterance, word for word. The span
// is narrowed to the quote's words where the segment has them.
func (w *writer) evidence(i, from, to int) (models.Evidence, bool) {
	u := &w.talk[i]
	from, to = max(from, 0), min(to, len(u.toks))
	for to > from+1 && u.toks[to-1].kind == mark && u.toks[to-1].w != "." && u.toks[to-1].w != "?" && u.toks[to-1].w != "!" {
		to--
	}
	for from < to-1 && u.toks[from].kind == mark && u.toks[from].w != `"` {
		from++
	}
	if from >= to {
		return models.Evidence{}, false
	}
	a, b := u.toks[from].start, u.toks[to-1].end
	if b-a > maxQuote {
		b = a + maxQuote
		for b > a && !utf8.RuneStart(u.text[b]) {
			b--
		}
		if k := strings.LastIndexFunc(u.text[a:b], unicode.IsSpace); k > maxQuote/2 {
			b = a + k
		}
	}
	quote := strings.TrimSpace(u.text[a:b])
	if quote == "" || !utf8.ValidString(quote) {
		return models.Evidence{}, false
	}
	s := w.t.Segments[w.index[i]]
	e := models.Evidence{Segment: s.Seq, Span: s.Span, Quote: quote}
	if n := Narrow(s, a, b); n != (models.Span{}) {
		e.Span = n
	}
	return e, true
}

// Narrow finds the span of the words of the segment that stand under bytes [a, b).
func Narrow(s models.Segment, a, b int) models.Span {
	at := 0
	var out models.Span
	found := false
	for _, w := range s.Words {
		text := strings.TrimSpace(w.Text)
		k := strings.Index(s.Text[min(at, len(s.Text)):], text)
		if text == "" || k < 0 {
			continue
		}
		from := at + k
		at = from + len(text)
		if at <= a || from >= b || w.Span.End < w.Span.Start {
			continue
		}
		if !found {
			out.Start, found = w.Span.Start, true
		}
		out.End = max(out.End, w.Span.End)
	}
	if !found || out.End <= out.Start {
		return models.Span{}
	}
	return out
}

func (w *writer) proofs(ps []proof) []models.Evidence {
	var out []models.Evidence
	ps = slices.Clone(ps)
	slices.SortStableFunc(ps, func(a, b proof) int { return a.utterance - b.utterance })
	for _, p := range ps {
		e, ok := w.evidence(p.utterance, p.from, p.to)
		if !ok || slices.ContainsFunc(out, func(x models.Evidence) bool { return x.Segment == e.Segment }) {
			continue
		}
		out = append(out, e)
		if len(out) == maxProofs {
			break
		}
	}
	return out
}

// actions writes the ledger's entries.
func (w *writer) actions(l *ledger) []models.Item {
	var out []models.Item
	for _, e := range joined(l) {
		if e.status == "" {
			continue
		}
		it := models.Item{Kind: models.KindAction, Status: e.status, Owner: e.owner, Due: e.when.due, Recurrence: e.when.recurrence, Evidence: w.proofs(e.proofs)}
		if it.Recurrence == "" && e.when.next && it.Due == "" {
			it.Due = l.cal.next
		}
		if e.status == models.Declined || e.status == models.DoneAlready || e.status == models.Hypothetical {
			it.Due = ""
		}
		it.Text = l.wording(e)
		if t, ok := l.earlierText(e); ok && e.status == models.DoneAlready {
			it.Text = t // homework under review goes by the name that it has
		}
		it.When = strings.TrimSpace(e.when.phrase)
		it.Where = l.place(e)
		it.Skill = l.skillOf(e)
		if len(it.Evidence) == 0 || it.Text == "" {
			continue
		}
		out = append(out, it)
	}
	return out
}

// joined merges entries of the client that say the same twice.
func joined(l *ledger) []*entry {
	var out []*entry
next:
	for _, e := range l.entries {
		if e.agreed() {
			a := l.stems(e.words)
			for _, o := range out {
				if !o.agreed() && o.status != models.Suggested || o.owner != e.owner || len(a) == 0 {
					continue
				}
				b := l.stems(o.words)
				same := 0
				for s := range a {
					if b[s] {
						same++
					}
				}
				if same >= 2 && 2*same >= min(len(a), len(b)) || same > 0 && same == len(a) && same == len(b) {
					o.status = e.status
					o.time(e.when)
					o.proofs = append(o.proofs, e.proofs...)
					continue next
				}
			}
		}
		out = append(out, e)
	}
	return out
}

// emotions writes one item for each emotion, with every place where it shows.
func (w *writer) emotions(fs []feeling) []models.Item {
	var out []models.Item
	at := map[string]int{}
	for _, f := range fs {
		s := w.talk[f.utterance].sentenceAt(f.from)
		e, ok := w.evidence(f.utterance, s.from, s.to)
		if !ok {
			continue
		}
		k, ok := at[f.emotion]
		if !ok {
			k = len(out)
			at[f.emotion] = k
			out = append(out, models.Item{Kind: models.KindEmotion, Label: f.emotion, Holder: models.Client, Basis: "inferred"})
		}
		it := &out[k]
		if f.said {
			it.Basis = "said"
		}
		it.Intensity = max(it.Intensity, f.intensity)
		it.Evidence = append(it.Evidence, e)
	}
	return out
}

func (u *utterance) sentenceAt(i int) sentence {
	for _, s := range u.sentences {
		if i >= s.from && i < s.to {
			return s
		}
	}
	return sentence{0, len(u.toks), false}
}

func (w *writer) themes(ts []theme) []models.Item {
	var out []models.Item
	for _, t := range ts {
		it := models.Item{Kind: models.KindTheme, Label: t.label, Score: t.score}
		for _, s := range weightiest(t.spots) {
			x := w.talk[s.utterance].sentenceAt(s.from)
			if e, ok := w.evidence(s.utterance, x.from, x.to); ok {
				it.Evidence = append(it.Evidence, e)
			}
		}
		if len(it.Evidence) > 0 {
			out = append(out, it)
		}
	}
	return out
}

// weightiest are the places that show a theme best, one of an utterance, in their order. What was only asked
// shows nothing.
func weightiest(spots []spot) []spot {
	spots = slices.DeleteFunc(slices.Clone(spots), func(s spot) bool { return s.asked })
	byPlace := func(a, b spot) int { return a.utterance - b.utterance }
	byWeight := func(a, b spot) int { return cmp.Compare(b.weight, a.weight) }
	slices.SortStableFunc(spots, func(a, b spot) int { return cmp.Or(byPlace(a, b), byWeight(a, b)) })
	spots = slices.CompactFunc(spots, func(a, b spot) bool { return a.utterance == b.utterance })
	slices.SortStableFunc(spots, byWeight)
	spots = spots[:min(len(spots), themeProofs)]
	slices.SortFunc(spots, byPlace)
	return spots
}
