package days

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/afterword/afterword/models"
)

// Skills are the client's ways of coping and what sets things off: those that
// were kept from sessions, and those that the notes of a year name, with how
// often they were used and helped. The most used come first.
func (b *Book) Skills(ctx context.Context) (coping, triggers []Tried, err error) {
	notes, err := b.Notes(ctx, addDays(b.Today(), -366))
	if err != nil {
		return nil, nil, err
	}
	var t Trends
	t.addTried(notes)
	items, err := b.past.Items(ctx, "", models.KindCoping, models.KindTrigger)
	if err != nil {
		return nil, nil, err
	}
	for _, it := range items {
		if it.Decision != models.Accepted && it.Decision != models.Edited || strings.TrimSpace(it.Text) == "" {
			continue
		}
		of := &t.Coping
		if it.Kind == models.KindTrigger {
			of = &t.Triggers
		}
		x := triedAs(of, it.Text)
		x.Items = append(x.Items, it.ID)
		x.Session = it.Session
	}
	for _, of := range [][]Tried{t.Coping, t.Triggers} {
		slices.SortStableFunc(of, func(x, y Tried) int { return cmp.Compare(y.Times, x.Times) })
	}
	return t.Coping, t.Triggers, nil
}

// triedAs is the one of that text, whatever its case; added if there is none.
func triedAs(of *[]Tried, text string) *Tried {
	for i := range *of {
		if strings.EqualFold((*of)[i].Text, text) {
			return &(*of)[i]
		}
	}
	*of = append(*of, Tried{Text: text})
	return &(*of)[len(*of)-1]
}
