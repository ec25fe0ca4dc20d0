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
	trig, cop := tried(notes)
	items, err := b.past.Items(ctx, "", models.KindCoping, models.KindTrigger)
	if err != nil {
		return nil, nil, err
	}
	for _, it := range items {
		if it.Decision != models.Accepted && it.Decision != models.Edited || strings.TrimSpace(it.Text) == "" {
			continue
		}
		of := &cop
		if it.Kind == models.KindTrigger {
			of = &trig
		}
		x := of.as(it.Text)
		x.Items = append(x.Items, it.ID)
		x.Session = it.Session
	}
	return cop.sorted(), trig.sorted(), nil
}

// tally counts texts, whatever their case.
type tally struct {
	all []Tried
	at  map[string]int
}

// as is the one of that text; added if there is none.
func (t *tally) as(text string) *Tried {
	key := strings.ToLower(text)
	i, ok := t.at[key]
	if !ok {
		if t.at == nil {
			t.at = map[string]int{}
		}
		i = len(t.all)
		t.at[key] = i
		t.all = append(t.all, Tried{Text: text})
	}
	return &t.all[i]
}

// sorted has the most used first.
func (t *tally) sorted() []Tried {
	slices.SortStableFunc(t.all, func(x, y Tried) int { return cmp.Compare(y.Times, x.Times) })
	return t.all
}

// tried counts what set things off, and what was tried.
func tried(notes []Note) (triggers, coping tally) {
	for _, n := range notes {
		if n.Trigger != "" {
			x := triggers.as(n.Trigger)
			x.Times++
			x.Notes = append(x.Notes, n.ID)
		}
		if n.Coping != "" {
			x := coping.as(n.Coping)
			x.Times++
			x.Notes = append(x.Notes, n.ID)
			switch n.Helped {
			case "yes":
				x.Helped++
			case "partly":
				x.Partly++
			}
		}
	}
	return triggers, coping
}
