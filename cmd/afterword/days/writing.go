package days

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/afterword/afterword/models"
)

// Writing is what an entry says, in plain text.
type Writing struct {
	models.Entry
	Title string `json:"title,omitempty"` // the question or the form that it answers
	Text  string `json:"text"`
}

// Writings is everything that the client wrote, by kind, then by day. A form
// has one for each answer.
func (b *Book) Writings(ctx context.Context) ([]Writing, error) {
	var out []Writing
	add := func(e models.Entry, title string, texts ...string) {
		texts = slices.DeleteFunc(texts, func(s string) bool { return s == "" })
		if len(texts) > 0 {
			out = append(out, Writing{e, title, strings.Join(texts, " · ")})
		}
	}
	notes, err1 := b.Notes(ctx, "")
	for _, n := range notes {
		add(n.Entry, moodTitle(n), strings.Join(n.Emotions, ", "), n.Text, n.Trigger, n.Mind, n.Felt, n.Coping, n.Movement, n.Food, n.Mindful, n.Win)
	}
	pages, err2 := b.Pages(ctx, "")
	for _, p := range pages {
		add(p.Entry, p.Prompt, p.Text)
	}
	forms, err3 := b.Reflections(ctx, models.EntryFilter{})
	for _, r := range forms {
		if f := FindForm(r.Form); f != nil {
			for _, q := range f.Questions {
				add(r.Entry, q.Text, r.Answers[q.Key])
			}
		}
	}
	plans, err4 := list[Plan](ctx, b, models.EntryFilter{Kind: models.EntryPlan})
	for _, p := range plans {
		add(p.Entry, "", p.What, p.When, p.Where, p.Barrier, p.Then, p.Why)
	}
	outcomes, err5 := list[Outcome](ctx, b, models.EntryFilter{Kind: models.EntryOutcome})
	for _, o := range outcomes {
		add(o.Entry, o.How, o.What, o.Tell)
	}
	goals, err6 := list[Goal](ctx, b, models.EntryFilter{Kind: models.EntryGoal})
	for _, g := range goals {
		say := []string{g.Text}
		for _, s := range g.Steps {
			say = append(say, s.Text)
		}
		for _, n := range g.Notes {
			say = append(say, n.Text)
		}
		add(g.Entry, "", say...)
	}
	topics, err7 := list[Topic](ctx, b, models.EntryFilter{Kind: models.EntryTopic})
	for _, t := range topics {
		add(t.Entry, "", t.Text, t.Opening)
	}
	return out, cmp.Or(err1, err2, err3, err4, err5, err6, err7)
}

func moodTitle(n Note) string {
	if n.Mood == 0 {
		return ""
	}
	return "mood " + strconv.Itoa(n.Mood) + " of 10"
}
