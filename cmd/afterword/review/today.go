package review

import (
	"bytes"
	"cmp"
	"context"
	"html/template"
	"net/http"
	"slices"

	"github.com/afterword/afterword/models"
)

// todayView is the quiet start page: one thing to go on with, what was agreed
// and is open, and the last session.
type todayView struct {
	Day   string
	Next  *listed // the session whose review is unfinished
	Left  int     // items of it that wait
	Begun bool    // something of it was decided already
	Open  []itemView
	Older int // agreed things of these sessions that do not fit here
	Last  *listed
	Work  []listed
	Empty bool
	Parts []template.HTML // what else Today has: see todayParts
}

// part is a part of Today that is filled in by itself.
type part struct {
	Name string // of its template
	Data any
}

// todayParts fill in the rest of Today, in the order in which they are shown.
// Each gets the sessions, newest first, and may leave itself out with nil.
var todayParts []func(p *Page, ctx context.Context, all []models.Session) (*part, error)

const (
	recent    = 6 // sessions whose agreements are looked at: older ones belong to their own pages
	shownOpen = 8
)

func (p *Page) today(r *http.Request) (answer, error) {
	ctx := r.Context()
	all, err := p.Sessions.Sessions(ctx)
	if err != nil {
		return answer{}, err
	}
	v := todayView{Day: p.Now().Format("Monday 2 January"), Empty: len(all) == 0}
	ready := 0
	for _, s := range all {
		if s.State == models.Ready {
			if ready++; ready > recent {
				continue
			}
		}
		if err := p.addToday(ctx, &v, s); err != nil {
			return answer{}, err
		}
	}
	slices.SortStableFunc(v.Open, func(a, b itemView) int { return cmp.Compare(orLate(a.Due), orLate(b.Due)) })
	if n := len(v.Open); n > shownOpen {
		v.Open, v.Older = v.Open[:shownOpen], n-shownOpen
	}
	for _, f := range todayParts {
		one, err := f(p, ctx, all)
		if err != nil {
			return answer{}, err
		}
		if one != nil {
			var b bytes.Buffer
			if err := templates.ExecuteTemplate(&b, one.Name, one.Data); err != nil {
				return answer{}, err
			}
			v.Parts = append(v.Parts, template.HTML(b.String()))
		}
	}
	return answer{name: "today", title: text("nav.today"), data: v}, nil
}

// addToday adds what Today shows of one session; they come newest first.
func (p *Page) addToday(ctx context.Context, v *todayView, s models.Session) error {
	l, err := p.listed(ctx, s)
	if err != nil {
		return err
	}
	if l.Stage != nil {
		v.Work = append(v.Work, l)
		return nil
	}
	if v.Last == nil {
		v.Last = &l
	}
	found, err := p.Items.ItemsOf(ctx, s.ID)
	if err != nil {
		return err
	}
	views := itemViews(found)
	c := count(views)
	if v.Next == nil && c.Waiting > 0 && l.Held == "" {
		v.Next, v.Left, v.Begun = &l, c.Waiting, c.Kept+c.Away > 0
	}
	for _, it := range views {
		if it.Kind == models.KindAction && it.Kept() && !it.Finished && agreed(it.Item) {
			v.Open = append(v.Open, it)
		}
	}
	return nil
}

// agreed reports whether an action is the client's to do. What they accepted
// as a suggestion they have made theirs.
func agreed(it models.Item) bool {
	switch it.Status {
	case models.Assigned, models.Committed, models.Suggested:
		return it.Owner == "client" || it.Owner == ""
	}
	return false
}

func orLate(d models.Date) models.Date {
	if d == "" {
		return "9999"
	}
	return d
}
