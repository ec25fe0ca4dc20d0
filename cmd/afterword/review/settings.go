package review

import (
	"net/http"
)

var themes = []string{"auto", "light", "dark"}

// settingsView shows the settings of the file, which is the one place where
// they change. Reminders are the client's own and lie in the store.
type settingsView struct {
	Place
	Remind remindersView
	Theme  string
	Themes []string
	Keys   bool
	Copies copiesView

	Keeping  keepingView
	Contacts []contactView
}

func (p *Page) settings(r *http.Request) (answer, error) {
	v := settingsView{Place: p.Place(), Theme: theme(r), Themes: themes, Keys: keysOn(r), Copies: copiesView{"/copy", allForms}}
	var err error
	if v.Remind, err = p.remindersView(r.Context()); err != nil {
		return answer{}, err
	}
	if v.Keeping, err = p.keeping(r.Context()); err != nil {
		return answer{}, err
	}
	v.Contacts, err = p.contacts(r.Context())
	return answer{name: "settings", title: text("nav.settings"), data: v}, err
}

// chooseSettings keeps what belongs to this browser alone, in its cookies.
func (p *Page) chooseSettings(r *http.Request) (answer, error) {
	a := answer{to: "/settings"}
	for name, allowed := range map[string][]string{"theme": themes, "keys": {"on", "off"}} {
		v := r.PostFormValue(name)
		for _, ok := range allowed {
			if v == ok {
				a.cookies = append(a.cookies, &http.Cookie{
					Name: name, Value: v, Path: "/", MaxAge: int(cookieLife.Seconds()) * 12, HttpOnly: true, SameSite: http.SameSiteStrictMode,
				})
			}
		}
	}
	return a, nil
}

func (p *Page) help(r *http.Request) (answer, error) {
	return answer{name: "help", title: text("nav.help"), data: keysOn(r)}, nil
}
