package review

import (
	"net/http"
	"slices"
	"strings"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// pageView is a page of the journal, as a form.
type pageView struct {
	days.Page
	again
	Action string
	Max    models.Date
	When   string
	Voice  sayView
}

// pageLine is one in the list.
type pageLine struct {
	ID         models.EntryID
	Day, First string
	Prompt     string
}

// pagesAtOnce is how many pages the journal lists before it asks.
const pagesAtOnce = 60

func (p *Page) journal(r *http.Request) (answer, error) {
	pages, err := p.Book.Pages(r.Context(), "")
	if err != nil {
		return answer{}, err
	}
	prompts, err := p.Book.Prompts(r.Context(), 4)
	v := struct {
		Pages   []pageLine
		Prompts []days.Prompt
		More    int
	}{}
	for _, x := range prompts {
		x.Text, x.From = isolate(x.Text), isolate(x.From)
		v.Prompts = append(v.Prompts, x)
	}
	for _, x := range slices.Backward(pages) {
		if len(v.Pages) == pagesAtOnce && r.URL.Query().Get("all") == "" {
			v.More = len(pages) - pagesAtOnce
			break
		}
		v.Pages = append(v.Pages, pageLine{x.ID, p.Book.Shown(x.Day), shorten(isolate(firstRunes(x.Text, 400)), 160), isolate(x.Prompt)})
	}
	return answer{name: "journal", title: text("nav.journal"), data: v}, err
}

// firstRunes spares looking at all of a long text for its first line.
func firstRunes(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}

// newPage is an empty one, perhaps with something to write about.
func (p *Page) newPage(r *http.Request) (answer, error) {
	x := days.Page{Prompt: isolate(shorten(r.URL.Query().Get("prompt"), 400))}
	v, err := p.pageView(r, x)
	return answer{name: "journal-page", title: text("journal.new"), data: v}, err
}

// pageField is the text of a page, as it can be said.
func pageField(x days.Page) sayField {
	f := sayField{name: "text", wants: days.FieldOfPage(x)}
	if x.ID != "" {
		f.stored = f.wants
	}
	return f
}

func (p *Page) pageView(r *http.Request, x days.Page) (pageView, error) {
	v := pageView{Page: x, Action: "/journal", Max: p.Book.Today()}
	spoken, err := p.Book.Spoken(r.Context())
	v.Voice, v.Text = p.sayView(r, spoken, pageField(x), x.Text)
	for _, l := range v.Voice.Lines {
		if x.ID == "" && v.Prompt == "" {
			v.Prompt = l.Prompt
		}
	}
	if x.ID != "" {
		v.Action = "/journal/" + string(x.ID)
		v.When = p.Book.Shown(x.Day)
	}
	return v, err
}

func (p *Page) journalPage(r *http.Request) (answer, error) {
	x, err := p.Book.FindPage(r.Context(), r.PathValue("page"))
	if err != nil {
		return answer{}, err
	}
	v, err := p.pageView(r, x)
	return answer{name: "journal-page", title: text("journal.page"), data: v}, err
}

// sayPage answers the button beside a page, which is stored if anything is in
// it.
func (p *Page) sayPage(r *http.Request, x days.Page) (answer, error) {
	s := days.Spoken{Field: days.FieldOfPage(x), Prompt: x.Prompt}
	place, _, _ := strings.Cut(fieldPlace(s), "#")
	return p.saying(r, place, func(string) days.Spoken { return s })
}

// savePage keeps a page, as it is typed or at the end.
func (p *Page) savePage(r *http.Request) (answer, error) {
	var now days.Page
	if id := r.PathValue("page"); id != "" {
		var err error
		if now, err = p.Book.FindPage(r.Context(), id); err != nil {
			return answer{}, err
		}
	}
	auto := r.PostFormValue("do") == "autosave"
	x := now
	x.Version, x.Text, x.Prompt = seen(r), field(r, "text"), field(r, "prompt")
	if auto && (x.Text == "" || x.Text == now.Text && x.Version == now.Version) {
		return answer{to: back(r, "/journal"), kept: now.Version}, nil // nothing to keep, or nothing new
	}
	if x.ID == "" && x.Text == "" && r.PostForm.Has("say") {
		return p.sayPage(r, x)
	}
	var err error
	if day := field(r, "day"); day != "" {
		x.Day, err = models.ParseDate(day)
	}
	if err == nil {
		var saved days.Page
		if saved, err = p.Book.SavePage(r.Context(), x); err == nil {
			page := days.FieldOfPage(saved)
			if err := p.took(r, []sayField{{wants: page, stored: page}, {wants: days.FieldOfPage(days.Page{}), stored: page}}); err != nil {
				return answer{}, err
			}
			if r.PostForm.Has("say") {
				return p.sayPage(r, saved)
			}
			if auto {
				return answer{to: "/journal/" + string(saved.ID), kept: saved.Version}, nil
			}
			return answer{to: "/journal", told: text("told.page")}, nil
		}
	}
	a, status, ok := comeBack(err)
	if !ok {
		return answer{}, err
	}
	if status == http.StatusConflict {
		a.Now, x.Version = saids(said{"", now.Text}), now.Version
	}
	v, err := p.pageView(r, x)
	if err != nil {
		return answer{}, err
	}
	v.again = a
	return answer{name: "journal-page", title: text("journal.page"), status: status, data: v}, nil
}

func (p *Page) forgetPage(r *http.Request) (answer, error) {
	x, err := p.Book.FindPage(r.Context(), r.PathValue("page"))
	if err == nil {
		err = p.Book.Forget(r.Context(), x.Entry)
	}
	return answer{to: "/journal", told: text("told.forgotten")}, err
}
