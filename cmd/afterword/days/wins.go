package days

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/afterword/afterword/models"
)

// Wins are the small things that went well from a day on, the newest first:
// what the client called so, and what was done of what was agreed. Partly
// counts.
func (b *Book) Wins(ctx context.Context, since models.Date) ([]Line, error) {
	var out []Line
	notes, err := b.Notes(ctx, since)
	if err != nil {
		return nil, err
	}
	for _, n := range notes {
		if n.Win != "" {
			out = append(out, line(n.Entry, n.Win))
		}
	}
	tasks, err := b.Homework(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range tasks {
		if l, ok := t.win(since); ok {
			out = append(out, l)
		}
	}
	slices.SortStableFunc(out, func(x, y Line) int { return cmp.Compare(y.Day, x.Day) })
	return out, nil
}

// win is what was done of a task from a day on, in one line.
func (t Task) win(since models.Date) (l Line, ok bool) {
	n, whole := 0, false
	for _, o := range t.Outcomes {
		if o.Day >= since && o.How != Skipped {
			n++
			whole = whole || o.How == Done
			l = line(o.Entry, t.Plan.What)
		}
	}
	switch {
	case n > 0 && !whole:
		l.Text += ": partly"
	case n > 1:
		l.Text += ": " + times(n)
	}
	return l, n > 0
}

// Feelings are up to n words that the client has for feelings: those of the
// last notes, the most used first, then what was kept from sessions.
func (b *Book) Feelings(ctx context.Context, n int) ([]string, error) {
	notes, err := b.Notes(ctx, addDays(b.Today(), -90))
	if err != nil {
		return nil, err
	}
	count := map[string]int{}
	var words []string
	say := func(w string) {
		if w = strings.ToLower(strings.TrimSpace(w)); w == "" || len([]rune(w)) > 24 {
			return // a sentence is no word to choose
		}
		if count[w]++; count[w] == 1 {
			words = append(words, w)
		}
	}
	for i := len(notes) - 1; i >= 0; i-- {
		for _, e := range notes[i].Emotions {
			say(e)
		}
	}
	slices.SortStableFunc(words, func(x, y string) int { return cmp.Compare(count[y], count[x]) })
	if len(words) < n {
		items, err := b.past.Items(ctx, addDays(b.Today(), -90), models.KindEmotion)
		if err != nil {
			return nil, err
		}
		for _, it := range items {
			if it.Holder == models.Client && (it.Decision == models.Accepted || it.Decision == models.Edited) {
				say(Named(cmp.Or(it.Text, it.Label)))
			}
		}
	}
	return words[:min(n, len(words))], nil
}
