package review

import (
	"context"
	"net/http"
	"slices"
)

var themes = []string{"auto", "light", "dark"}

// settingsView shows the settings of the file, and changes those that a person
// needs. Reminders and the like are the client's own and lie in the store.
type settingsView struct {
	Place
	Remind remindersView
	Theme  string
	Themes []string
	Keys   bool
	Copies copiesView

	Speech   speechView
	Enrolled bool
	Keeping  keepingView
	Contacts []contactView

	Vocabulary vocabularyView
}

func (p *Page) settings(r *http.Request) (answer, error) {
	v := settingsView{Place: p.Place(), Theme: theme(r), Themes: themes, Keys: keysOn(r), Copies: copiesView{"/copy", allForms}}
	var err error
	if v.Remind, err = p.remindersView(r.Context()); err != nil {
		return answer{}, err
	}
	if v.Enrolled, err = p.Options.Enrolled(r.Context()); err != nil {
		return answer{}, err
	}
	v.Speech = p.speech(r.Context(), v.Place, r.URL.Query().Get("microphones") != "")
	if v.Keeping, err = p.keeping(r.Context()); err != nil {
		return answer{}, err
	}
	if v.Contacts, err = p.contacts(r.Context()); err != nil {
		return answer{}, err
	}
	v.Vocabulary, err = p.vocabularyView(r.Context())
	return answer{name: "settings", title: text("nav.settings"), data: v}, err
}

// speechView are the settings of the file that the page can change.
type speechView struct {
	Model, Language, Microphone, Word Setting
	Models, Microphones               []string
	Looked                            bool // for microphones
}

// speechFields are those settings, by the names of their fields.
var speechFields = []struct{ field, key string }{{"model", "model"}, {"language", "language"}, {"microphone", "microphone"}, {"word", "homework.word"}}

// speech asks the sound system for microphones only if it is to look: that can
// take a while.
func (p *Page) speech(ctx context.Context, at Place, look bool) speechView {
	v := speechView{Models: at.Models}
	for _, s := range at.Settings {
		if to := map[string]*Setting{"model": &v.Model, "language": &v.Language, "microphone": &v.Microphone, "homework.word": &v.Word}[s.Key]; to != nil {
			*to = s
		}
	}
	if !slices.Contains(v.Models, v.Model.Value) { // its short name, or one that is not here
		v.Models = append([]string{v.Model.Value}, v.Models...)
	}
	if v.Looked = look; look {
		all, _ := p.Begin.Microphones(ctx) // where none can be listed, the system's own is left
		for _, d := range all {
			v.Microphones = append(v.Microphones, isolate(d.Name))
		}
	}
	if name := v.Microphone.Value; name != "" && !slices.Contains(v.Microphones, name) {
		v.Microphones = append(v.Microphones, name)
	}
	return v
}

// saveSpeech writes what was changed into the file.
func (p *Page) saveSpeech(r *http.Request) (answer, error) {
	now := map[string]Setting{}
	for _, s := range p.Place().Settings {
		now[s.Key] = s
	}
	for _, s := range speechFields {
		v := field(r, s.field)
		if !r.PostForm.Has(s.field) || v == now[s.key].Value || now[s.key].Fixed {
			continue
		}
		if err := p.Options.Choose(s.key, v); err != nil {
			return answer{}, err
		}
	}
	return answer{to: "/settings#speech", told: text("told.later")}, nil
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
