package review

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// calendarView is a month: what stands on each day, and the same as a list.
type calendarView struct {
	Name             string // March 2026
	Earlier, Later   string // months such as 2026-02
	EarlierOf, After string // and their names
	Weekdays         []string
	Weeks            [][]dayCell
	List             []datedDay
	When             appointmentForm
}

type dayCell struct {
	Day    models.Date
	Number string
	Out    bool // of another month
	Today  bool
	Says   string   // what stands on it
	Kinds  []string // session, appointment, homework; each once
}

// datedDay is a day of the list.
type datedDay struct {
	Day   models.Date
	Name  string
	Lines []datedLine
}

type datedLine struct{ Kind, Text, Link string }

// appointmentForm sets the next session.
type appointmentForm struct {
	Next  *appointmentView
	Today models.Date
	Back  string
}

func (p *Page) calendar(ctx context.Context, month string) (calendarView, error) {
	day, err := models.ParseDate(month + "-01")
	if err != nil {
		day = p.Book.Today()
	}
	first, last := days.Month(day)
	all, err := p.Book.Calendar(ctx, first, last)
	if err != nil {
		return calendarView{}, err
	}
	next, err := p.Book.Next(ctx)
	earlier, later := first.Time().AddDate(0, -1, 0), first.Time().AddDate(0, 1, 0)
	v := calendarView{
		Name: first.Time().Format("January 2006"), Earlier: earlier.Format("2006-01"), Later: later.Format("2006-01"),
		EarlierOf: earlier.Format("January"), After: later.Format("January"),
		Weekdays: []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"},
		When:     appointmentForm{p.nextView(next), p.Book.Today(), "/sessions?month=" + string(first[:7]) + "#calendar"},
	}
	v.List = p.datedDays(all)
	v.fill(first, last, p.Book.Today())
	return v, err
}

func (p *Page) datedDays(all []days.Dated) (out []datedDay) {
	for _, d := range all {
		if n := len(out); n == 0 || out[n-1].Day != d.Day {
			out = append(out, datedDay{Day: d.Day, Name: d.Day.Time().Format("Mon 2 January")})
		}
		l := datedLine{Kind: d.Kind, Text: isolate(strings.TrimSpace(d.Text))}
		switch d.Kind {
		case days.DatedSession:
			l.Link = "/sessions/" + d.ID
			if l.Text == "" {
				l.Text = text("session.untitled")
			}
		case days.DatedAppointment:
			l.Link = "/prep"
			l.Text = strings.TrimSpace(text("calendar.appointment") + " " + l.Text)
		default:
			l.Link = "/homework/" + d.ID
		}
		at := &out[len(out)-1]
		at.Lines = append(at.Lines, l)
	}
	return out
}

// fill draws whole weeks, from Monday on.
func (v *calendarView) fill(first, last, today models.Date) {
	on := map[models.Date]datedDay{}
	for _, d := range v.List {
		on[d.Day] = d
	}
	start := first.Time()
	start = start.AddDate(0, 0, -(int(start.Weekday())+6)%7)
	for t := start; models.DateOf(t) <= last; t = t.AddDate(0, 0, 7) {
		var week []dayCell
		for i := range 7 {
			week = append(week, cell(t.AddDate(0, 0, i), first, last, today, on))
		}
		v.Weeks = append(v.Weeks, week)
	}
}

func cell(t time.Time, first, last, today models.Date, on map[models.Date]datedDay) dayCell {
	day := models.DateOf(t)
	c := dayCell{Day: day, Number: strconv.Itoa(t.Day()), Out: day < first || day > last, Today: day == today}
	seen := map[string]bool{}
	for _, l := range on[day].Lines {
		if !seen[l.Kind] {
			seen[l.Kind] = true
			c.Kinds = append(c.Kinds, l.Kind)
			c.Says += ", " + text("calendar.on."+l.Kind)
		}
	}
	if c.Says != "" {
		c.Says = on[day].Name + c.Says
	}
	return c
}

// calendarFile is what comes, for another calendar.
func (p *Page) calendarFile(w http.ResponseWriter, r *http.Request) {
	words := r.URL.Query().Get("words") != ""
	p.send(w, r, File{"afterword.ics", func(ctx context.Context, w io.Writer) error { return p.Book.WriteCalendar(ctx, w, words) }})
}
