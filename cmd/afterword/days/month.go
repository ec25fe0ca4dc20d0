package days

import (
	"cmp"
	"context"
	"io"
	"slices"

	"github.com/afterword/afterword/models"
)

// Dated is something that stands on a day of a calendar: a session, the next
// one, or homework that is due.
type Dated struct {
	Day  models.Date `json:"day"`
	Kind string      `json:"kind"` // session, appointment or homework
	Text string      `json:"text,omitempty"`
	ID   string      `json:"id"`
}

const (
	DatedSession     = "session"
	DatedAppointment = "appointment"
	DatedHomework    = "homework"
)

// Month is the first and the last day of the month that a day is in.
func Month(d models.Date) (first, last models.Date) {
	t := d.Time()
	start := t.AddDate(0, 0, 1-t.Day())
	return models.DateOf(start), models.DateOf(start.AddDate(0, 1, -1))
}

// Calendar is what stands on the days from one to another, both included.
func (b *Book) Calendar(ctx context.Context, from, to models.Date) ([]Dated, error) {
	sessions, err := b.past.Sessions(ctx)
	if err != nil {
		return nil, err
	}
	var out []Dated
	for _, s := range slices.Backward(sessions) {
		if s.Date >= from && s.Date <= to {
			out = append(out, Dated{s.Date, DatedSession, s.Title, string(s.ID)})
		}
	}
	coming, err := b.Appointments(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range coming {
		if a.Day >= from && a.Day <= to {
			out = append(out, Dated{a.Day, DatedAppointment, a.Time, string(a.ID)})
		}
	}
	tasks, err := b.Homework(ctx)
	for _, t := range tasks {
		for _, day := range t.dueDays(max(from, b.Today()), to) {
			out = append(out, Dated{day, DatedHomework, t.Plan.What, string(t.Plan.ID)})
		}
	}
	slices.SortStableFunc(out, func(x, y Dated) int { return cmp.Compare(x.Day, y.Day) })
	return out, err
}

// dueDays are the days on which a plan that is open is due: the one that was
// named, or the last of each week. What comes round every day is due on none
// but its last.
func (t Task) dueDays(from, to models.Date) (out []models.Date) {
	p, r := t.Plan, t.Plan.Rhythm()
	if t.State == Finished || t.State == Dropped {
		return nil
	}
	for day := from; day <= to; day = addDays(day, 1) {
		o, ok := r.At(p.Start, p.Due, day)
		if day == p.Due || ok && r.Every > 1 && day == o.To {
			out = append(out, day)
		}
	}
	return out
}

// WriteCalendar writes what comes as a file for a calendar: appointments, and
// what is open, with the words of the plans only if words is set.
func (b *Book) WriteCalendar(ctx context.Context, w io.Writer, words bool) error {
	coming, err := b.Appointments(ctx)
	if err != nil {
		return err
	}
	tasks, err := b.Homework(ctx)
	if err != nil {
		return err
	}
	c := &calendar{now: b.now()}
	return c.write(w, func() {
		for _, a := range coming {
			c.appointment(a)
		}
		for _, t := range tasks {
			c.task(t, b.Today(), words)
		}
	})
}
