package llm

import (
	"slices"
	"strings"

	"github.com/afterword/afterword/models"
)

// Merge adds to items what was found beside them. What says the same as one
// that is there already is left out, so that the first of two stays as it is,
// with its dates. Both lists quote the transcript t. It returns how many were
// added.
func Merge(t models.Transcript, items, found []models.Item) (all []models.Item, added int) {
	all = slices.Clone(items)
	for _, f := range found {
		if slices.ContainsFunc(all, func(it models.Item) bool { return same(t, it, f) }) {
			continue
		}
		all = append(all, f)
		added++
	}
	return all, added
}

// same reports whether two items say one thing: a theme or an emotion is one
// in a session, all else is the same where its words are.
func same(t models.Transcript, a, b models.Item) bool {
	if a.Kind != b.Kind {
		return false
	}
	if a.Kind == models.KindTheme || a.Kind == models.KindEmotion {
		return a.Label == b.Label
	}
	if strings.EqualFold(a.Text, b.Text) {
		return true
	}
	for _, p := range a.Evidence {
		for _, q := range b.Evidence {
			if p.Segment == q.Segment && overlapping(t, p, q) {
				return true
			}
		}
	}
	return false
}

// overlapping reports whether half of the shorter of two quotes of one segment
// stands in the other.
func overlapping(t models.Transcript, p, q models.Evidence) bool {
	s, ok := t.Segment(p.Segment)
	i, j := strings.Index(s.Text, p.Quote), strings.Index(s.Text, q.Quote)
	if !ok || i < 0 || j < 0 {
		return false
	}
	both := min(i+len(p.Quote), j+len(q.Quote)) - max(i, j)
	return 2*both >= min(len(p.Quote), len(q.Quote))
}
