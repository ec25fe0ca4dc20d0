package review

import (
	"context"
	"net/http"
	"strconv"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// contactView is somebody to turn to, safe to show.
type contactView struct {
	ID                 models.EntryID
	Name, Number, Note string
}

// moment is what stands where it may get hard: a breath, and whom to turn to.
type moment struct {
	Dialog   bool
	Contacts []contactView
}

func (p *Page) contacts(ctx context.Context) ([]contactView, error) {
	all, err := p.Book.Contacts(ctx)
	var out []contactView
	for _, c := range all {
		out = append(out, contactView{c.ID, isolate(c.Name), isolate(c.Number), isolate(c.Note)})
	}
	return out, err
}

func (p *Page) moment(ctx context.Context) (*moment, error) {
	all, err := p.contacts(ctx)
	return &moment{Contacts: all}, err
}

// addMoments puts one behind each passage that is folded for being hard.
func (p *Page) addMoments(ctx context.Context, rows []row) error {
	var one *moment
	var err error
	for _, r := range rows {
		if r.Para == nil || !r.Para.Hard {
			continue
		}
		if one == nil {
			if one, err = p.moment(ctx); err != nil {
				return err
			}
		}
		r.Para.Moment = one
	}
	return nil
}

// saveContact notes somebody.
func (p *Page) saveContact(r *http.Request) (answer, error) {
	_, err := p.Book.SaveContact(r.Context(), days.Contact{Name: field(r, "name"), Number: field(r, "number"), Note: field(r, "note")})
	return answer{to: "/settings#contacts", told: text("told.kept")}, err
}

func (p *Page) forgetContact(r *http.Request) (answer, error) {
	c, err := p.Book.FindContact(r.Context(), r.PathValue("contact"))
	if err == nil {
		err = p.Book.Forget(r.Context(), c.Entry)
	}
	return answer{to: "/settings#contacts", told: text("told.gone")}, err
}

// keepingView is how long sound is kept, as a form.
type keepingView struct {
	Sound       string // days; empty for always
	Choices     []choice
	Least, Most int
	Leaving     []leavingView
	Others      int // that go too
}

type leavingView struct {
	ID         models.SessionID
	Title, Day string
}

// fewLeaving are as many as are named one by one.
const fewLeaving = 3

func (p *Page) leaving(ctx context.Context) (few []leavingView, others int, err error) {
	all, err := p.Book.Leaving(ctx)
	for _, l := range all {
		if len(few) < fewLeaving {
			few = append(few, leavingView{l.Session, head(models.Session{Title: l.Title}).Title, p.Book.Shown(l.Day)})
		}
	}
	return few, len(all) - len(few), err
}

func (p *Page) keeping(ctx context.Context) (keepingView, error) {
	v := keepingView{Least: days.LeastSound, Most: days.MostSound}
	x, err := p.Book.Retention(ctx)
	if err != nil {
		return v, err
	}
	if x.Sound > 0 {
		v.Sound = strconv.Itoa(x.Sound)
	}
	v.Leaving, v.Others, err = p.leaving(ctx)
	return v, err
}

// saveKeeping keeps how long sound stays.
func (p *Page) saveKeeping(r *http.Request) (answer, error) {
	x, err := p.Book.Retention(r.Context())
	if err != nil {
		return answer{}, err
	}
	n, err := number(r, "days")
	if err != nil {
		return answer{}, err
	}
	if x.Sound = 0; n != nil && r.PostFormValue("how") == "days" {
		x.Sound = max(1, *n)
	}
	_, err = p.Book.SaveRetention(r.Context(), x)
	return answer{to: "/settings#keeping", told: text("told.kept")}, err
}

// keepSound has the sound of one session stay.
func (p *Page) keepSound(r *http.Request) (answer, error) {
	s, err := p.findSession(r)
	if err == nil {
		_, err = p.Book.KeepSound(r.Context(), s.ID, true)
	}
	return answer{to: back(r, "/"), told: text("told.stays")}, err
}

// todayLeaving tells which sound goes, a week before it does.
func todayLeaving(p *Page, ctx context.Context, _ []models.Session) (*part, error) {
	few, others, err := p.leaving(ctx)
	if err != nil || len(few) == 0 {
		return nil, err
	}
	return &part{"today-leaving", keepingView{Leaving: few, Others: others}, true}, nil
}
