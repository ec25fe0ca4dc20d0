package review

import (
	"bytes"
	"context"
	"html/template"
	"net/http"

	"github.com/afterword/afterword/models"
)

// todayView is the quiet start page: one thing to go on with, then its parts,
// and the last session.
type todayView struct {
	Day   string
	Next  *listed // the session whose review is unfinished
	Left  int     // items of it that wait
	Begun bool    // something of it was decided already
	Last  *listed
	Work  []listed
	Empty bool
	Start *recordStart    // nil while something is recorded
	Parts []template.HTML // what else Today has: see todayParts
	Aside []template.HTML // and beside it, where there is room
}

// recordStart is the button that begins a recording.
type recordStart struct {
	With    string
	Primary bool
}

// part is a part of Today that is filled in by itself.
type part struct {
	Name  string // of its template
	Data  any
	Aside bool // it stands beside the others
}

// todayParts fill in the rest of Today, in the order in which they are shown.
// Each gets the sessions, newest first, and may leave itself out with nil.
var todayParts = []func(p *Page, ctx context.Context, all []models.Session) (*part, error){
	todaySpoken, todayReflect, todayHomework, todayNote, todayNext, todayWins, todayLeaving,
}

// recent is how many sessions are looked at for what waits: what is older is on
// their own pages.
const recent = 6

func (p *Page) today(r *http.Request) (answer, error) {
	ctx := r.Context()
	all, err := p.Sessions.Sessions(ctx)
	if err != nil {
		return answer{}, err
	}
	v := todayView{Day: p.Now().Format("Monday 2 January"), Empty: len(all) == 0}
	if now, _ := p.live.Now(); !now.On {
		v.Start = &recordStart{With: usualWith(all)}
	}
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
			to := &v.Parts
			if one.Aside {
				to = &v.Aside
			}
			*to = append(*to, template.HTML(b.String()))
		}
	}
	if v.Start != nil {
		v.Start.Primary = v.Next == nil
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
	return nil
}
