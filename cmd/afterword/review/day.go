package review

import (
	"context"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// The parts of Today that come from the days between sessions.

// shownTasks is how much of the homework Today shows.
const shownTasks = 7

// todayHomework is what can be done today, and what was.
func todayHomework(p *Page, ctx context.Context, all []models.Session) (*part, error) {
	tasks, err := p.Book.Homework(ctx)
	if err != nil {
		return nil, err
	}
	v := struct {
		Title string
		Tasks []taskView
		Older int
	}{Title: p.homeworkWord()}
	add := func(t days.Task) {
		if len(v.Tasks) == shownTasks {
			v.Older++
			return
		}
		v.Tasks = append(v.Tasks, p.taskView(t, "/"))
	}
	for _, t := range tasks {
		if t.State == days.Open {
			add(t)
		}
	}
	for _, t := range tasks {
		if t.State != days.Open && t.State != days.Dropped && doneOn(t, p.Book.Today()) {
			add(t)
		}
	}
	if len(tasks) == 0 && len(all) == 0 {
		return nil, nil // nobody has begun yet
	}
	return &part{Name: "today-homework", Data: v}, nil
}

func doneOn(t days.Task, day models.Date) bool {
	for _, o := range t.Outcomes {
		if o.Day == day && o.How != days.Skipped {
			return true
		}
	}
	return false
}

// todayNote is the minute's look at the day.
func todayNote(p *Page, ctx context.Context, _ []models.Session) (*part, error) {
	v, err := p.noteView(ctx, days.Note{})
	if err != nil {
		return nil, err
	}
	v.Brief = true
	today, err := p.Book.Notes(ctx, p.Book.Today())
	if err != nil {
		return nil, err
	}
	var lines []noteLine
	for _, n := range today {
		lines = append(lines, p.noteLine(n))
	}
	return &part{Name: "today-note", Data: struct {
		Form  noteView
		Today []noteLine
	}{v, lines}}, nil
}

// appointmentView is the next session.
type appointmentView struct {
	days.Appointment
	When string // in 3 days
	Date string // Thursday 12 March, 15:00
}

// nextView is the appointment in the words of people; nil where none is set.
func (p *Page) nextView(a *days.Appointment) *appointmentView {
	if a == nil {
		return nil
	}
	v := appointmentView{Appointment: *a, Date: a.Day.Time().Format("Monday 2 January")}
	if a.Time != "" {
		v.Date += ", " + a.Time
	}
	v.Where = isolate(a.Where)
	switch n := int(a.Day.Time().Sub(p.Book.Today().Time()).Hours() / 24); n {
	case 0:
		v.When = text("next.today")
	case 1:
		v.When = text("next.tomorrow")
	default:
		v.When = text("next.days", n)
	}
	return &v
}

func todayNext(p *Page, ctx context.Context, _ []models.Session) (*part, error) {
	a, err := p.Book.Next(ctx)
	if err != nil || a == nil {
		return nil, err
	}
	return &part{Name: "today-next", Data: p.nextView(a), Aside: true}, nil
}

// todayWins are the small things that went well in the last seven days.
func todayWins(p *Page, ctx context.Context, _ []models.Session) (*part, error) {
	const shown = 4
	wins, err := p.Book.Wins(ctx, models.DateOf(p.Book.Today().Time().AddDate(0, 0, -6)))
	if err != nil || len(wins) == 0 {
		return nil, err
	}
	type win struct{ Text, Day string }
	var list []win
	for _, w := range wins[:min(shown, len(wins))] {
		list = append(list, win{isolate(w.Text), p.Book.Shown(w.Day)})
	}
	return &part{Name: "today-wins", Data: list, Aside: true}, nil
}
