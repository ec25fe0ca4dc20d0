package days

import (
	"context"
	"strings"

	"github.com/afterword/afterword/models"
)

// Goal is something that the client works towards. One that comes from an
// accepted item bears its ID.
type Goal struct {
	models.Entry
	Text    string      `json:"text"`
	Steps   []Step      `json:"steps,omitempty"`
	Notes   []Remark    `json:"notes,omitempty"`
	Reached models.Date `json:"reached,omitempty"`
	Dropped models.Date `json:"dropped,omitempty"`
}

// Step is one step towards a goal.
type Step struct {
	Text string      `json:"text"`
	Done models.Date `json:"done,omitempty"`
}

// Remark is a word about how it goes.
type Remark struct {
	Day  models.Date `json:"day"`
	Text string      `json:"text"`
}

// Taken counts the steps that are done.
func (g Goal) Taken() int {
	n := 0
	for _, s := range g.Steps {
		if s.Done != "" {
			n++
		}
	}
	return n
}

// Goals lists the goals: those that were written, and the accepted items that
// are goals, the newest last.
func (b *Book) Goals(ctx context.Context) ([]Goal, error) {
	stored, err := list[Goal](ctx, b, models.EntryFilter{Kind: models.EntryGoal})
	if err != nil {
		return nil, err
	}
	items, err := b.past.Items(ctx, "", models.KindGoal)
	if err != nil {
		return nil, err
	}
	known := map[string]int{}
	for i, g := range stored {
		if g.About != "" {
			known[g.About] = i
		}
	}
	for _, it := range items {
		if it.Kind != models.KindGoal || it.Decision != models.Accepted && it.Decision != models.Edited {
			continue
		}
		day := models.DateOf(it.Decided)
		if i, ok := known[string(it.ID)]; ok {
			if it.Finished && stored[i].Reached == "" {
				stored[i].Reached = day
			}
			continue
		}
		g := Goal{Entry: models.Entry{ID: models.EntryID(it.ID), Kind: models.EntryGoal, Session: it.Session, About: string(it.ID), Day: day}, Text: it.Text}
		if it.Finished {
			g.Reached = day
		}
		stored = append(stored, g)
	}
	return stored, nil
}

// FindGoal finds a goal by its ID, or the beginning of it.
func (b *Book) FindGoal(ctx context.Context, name string) (Goal, error) {
	id, err := models.ParseEntryID(name)
	if err != nil {
		return Goal{}, err
	}
	all, err := b.Goals(ctx)
	if err != nil {
		return Goal{}, err
	}
	var match []Goal
	for _, g := range all {
		if strings.HasPrefix(string(g.ID), string(id)) {
			match = append(match, g)
		}
	}
	g, err := only("goal", name, match)
	if models.CodeOf(err) == models.NotFound {
		err = models.WithHint(err, "'afterword goals' lists them")
	}
	return g, err
}

// SaveGoal stores a goal, new or changed.
func (b *Book) SaveGoal(ctx context.Context, g Goal) (Goal, error) {
	g.Kind = models.EntryGoal
	if g.Text = strings.TrimSpace(g.Text); g.Text == "" {
		return g, models.Errorf(models.Invalid, "goal: it does not say what")
	}
	for _, s := range g.Steps {
		if strings.TrimSpace(s.Text) == "" {
			return g, models.Errorf(models.Invalid, "goal: a step does not say what")
		}
	}
	if g.About != "" {
		err := b.past.Finish(ctx, models.ItemID(g.About), g.Reached != "")
		if code := models.CodeOf(err); err != nil && code != models.NotFound && code != models.Invalid {
			return g, err
		}
	}
	return g, save(ctx, b, &g)
}
