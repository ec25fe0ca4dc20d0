package days

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/afterword/afterword/models"
)

// Appointment is a session to come; its Day is the day of it.
type Appointment struct {
	models.Entry
	Time    string `json:"time,omitempty"` // 15:04, or empty
	Minutes int    `json:"minutes,omitempty"`
	Where   string `json:"where,omitempty"`
}

var clockTime = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)

// Next is the appointment that comes next, today's included; nil if there is
// none.
func (b *Book) Next(ctx context.Context) (*Appointment, error) {
	all, err := b.Appointments(ctx)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// Appointments are those to come, the nearest first.
func (b *Book) Appointments(ctx context.Context) ([]Appointment, error) {
	return list[Appointment](ctx, b, models.EntryFilter{Kind: models.EntryAppointment, Since: b.Today()})
}

// SetNext says when the next session is, in place of what was said before.
func (b *Book) SetNext(ctx context.Context, a Appointment) (Appointment, error) {
	switch {
	case a.Day < b.Today():
		return a, models.Errorf(models.Invalid, "next session: %s is past", a.Day)
	case a.Time != "" && !clockTime.MatchString(a.Time):
		return a, models.Errorf(models.Invalid, "next session: the time is one such as 15:30, not %q", a.Time)
	case a.Minutes < 0 || a.Minutes > 24*60:
		return a, models.Errorf(models.Invalid, "next session: it lasts %d minutes", a.Minutes)
	}
	if a.Minutes == 0 {
		a.Minutes = 50
	}
	was, err := b.Next(ctx)
	if err != nil {
		return a, err
	}
	if was != nil {
		day := a.Day
		a.Entry = was.Entry
		a.Day = day
	}
	a.Kind = models.EntryAppointment
	return a, save(ctx, b, &a)
}

// ClearNext takes every appointment to come away.
func (b *Book) ClearNext(ctx context.Context) error {
	all, err := b.Appointments(ctx)
	for _, a := range all {
		if err == nil {
			err = b.Forget(ctx, a.Entry)
		}
	}
	return err
}

// Topic is something to bring to the next session. It stays until it is closed.
type Topic struct {
	models.Entry
	Text     string      `json:"text"`
	Opening  string      `json:"opening,omitempty"` // one clear sentence to begin with
	Question bool        `json:"question,omitempty"`
	Rank     int         `json:"rank,omitempty"` // 1 comes first; 0 has no rank yet
	Closed   models.Date `json:"closed,omitempty"`
}

// SaveTopic stores a topic or a question, new or changed.
func (b *Book) SaveTopic(ctx context.Context, t Topic) (Topic, error) {
	t.Kind = models.EntryTopic
	if t.Text = strings.TrimSpace(t.Text); t.Text == "" {
		return t, models.Errorf(models.Invalid, "topic: it does not say what")
	}
	return t, save(ctx, b, &t)
}

// Topics lists what is not closed: by rank, then as it was written.
func (b *Book) Topics(ctx context.Context) ([]Topic, error) {
	all, err := list[Topic](ctx, b, models.EntryFilter{Kind: models.EntryTopic})
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(t Topic) bool { return t.Closed != "" })
	rank := func(t Topic) int { return cmp.Or(t.Rank, 1<<30) }
	slices.SortStableFunc(all, func(x, y Topic) int { return cmp.Compare(rank(x), rank(y)) })
	return all, nil
}

// FindTopic finds a topic by its ID.
func (b *Book) FindTopic(ctx context.Context, name string) (Topic, error) {
	return find[Topic](ctx, b, models.EntryTopic, name)
}

// Rank puts topics in the order in which they are named; the others come after
// them as they are.
func (b *Book) Rank(ctx context.Context, names []string) ([]Topic, error) {
	var first []Topic
	for _, n := range names {
		t, err := b.FindTopic(ctx, n)
		if err != nil {
			return nil, models.WithHint(err, "'afterword prep' lists them")
		}
		first = append(first, t)
	}
	all, err := b.Topics(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range all {
		if !slices.ContainsFunc(first, func(f Topic) bool { return f.ID == t.ID }) {
			first = append(first, t)
		}
	}
	for i, t := range first {
		if t.Rank == i+1 {
			continue
		}
		t.Rank = i + 1
		if _, err := b.SaveTopic(ctx, t); err != nil {
			return nil, err
		}
	}
	return b.Topics(ctx)
}

// Close says that a topic, a question or what was left open is settled: by the
// ID of a topic or of an item. With back it is open again.
func (b *Book) Close(ctx context.Context, name string, back bool) (text string, err error) {
	t, err := b.FindTopic(ctx, name)
	switch models.CodeOf(err) {
	case "":
		t.Closed = b.Today()
		if back {
			t.Closed = ""
		}
		_, err = b.SaveTopic(ctx, t)
		return t.Text, err
	case models.NotFound:
	default:
		return "", err
	}
	it, err := b.past.FindItem(ctx, models.ItemID(strings.ToLower(name)))
	if err != nil {
		return "", models.WithHint(err, "'afterword prep' lists them")
	}
	if it.Kind != models.KindOpenLoop && it.Kind != models.KindQuestion {
		return "", models.Errorf(models.Invalid, "item %s is a %s; only what was left open, and questions, can be closed", it.ID, it.Kind)
	}
	return it.Text, b.past.Finish(ctx, it.ID, !back)
}
