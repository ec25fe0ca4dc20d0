package review

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// A field that can be answered by voice has a small part of its own in the
// form: a button, or how far an answer is. Its buttons send the form, so that
// what was typed is kept first, and come back to the same place. Words that are
// there stand in the field as a draft, and the form carries whose they are:
// when it is saved, they are where they belong.

// sayView is that part.
type sayView struct {
	Name  string // of the field in the form
	Label string // of the field, where there are several
	Loose bool   // nothing of it is kept
	Lines []sayLine
}

// sayLine is one answer that was said, or is being said.
type sayLine struct {
	days.Spoken
	Going *liveView // nil unless it is being said
	Sound string    // where it can be heard; empty once that is destroyed
}

// Writing tells whether its words are still to come.
func (l sayLine) Writing() bool { return l.Going == nil && !l.Written }

// Waits tells whether something of the field is on its way.
func (v sayView) Waits() bool {
	return slices.ContainsFunc(v.Lines, func(l sayLine) bool { return l.Going != nil || l.Writing() })
}

// sayField is a field that can be answered by voice.
type sayField struct {
	name   string // in the form
	label  string // the question, where there are several
	wants  string // what is said for it, as days names it
	stored string // what was saved in it; empty where nothing is
	loose  bool   // nothing of it is ever stored
}

// sayView is what was said for a field, and what stands in it then.
func (p *Page) sayView(r *http.Request, all []days.Spoken, f sayField, stands string) (sayView, string) {
	v := sayView{Name: f.name, Label: f.label, Loose: f.loose}
	now, _ := p.live.Now()
	for _, s := range all {
		if s.Field != f.wants && s.Field != f.stored {
			continue
		}
		l := sayLine{Spoken: s}
		if now.On && now.Session == s.Recording() {
			l.Going = &now
		}
		if _, err := p.Sessions.FindSession(r.Context(), s.Recording()); err == nil {
			l.Sound = "/sessions/" + string(s.Recording()) + "/sound.wav"
		} else if !s.Written {
			l.Written = true // nothing of it was recorded
		}
		if s.Waits() && !slices.Contains(r.PostForm["spoken"], string(s.ID)) {
			stands = s.Into(stands)
		}
		v.Lines = append(v.Lines, l)
	}
	return v, stands
}

// took says that a form was saved that has the words of answers in its fields.
func (p *Page) took(r *http.Request, fields []sayField) error {
	for _, id := range r.PostForm["spoken"] {
		s, err := p.Book.FindSpoken(r.Context(), id)
		if models.CodeOf(err) == models.NotFound {
			continue // by an earlier save
		}
		if err != nil {
			return err
		}
		for _, f := range fields {
			if s.Waits() && s.Field == f.wants {
				if err := p.Book.Take(r.Context(), s, f.stored); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// saying does what a button beside a field asks for, once what was typed is
// kept, and comes back to the field. of is what an answer to a field would be.
func (p *Page) saying(r *http.Request, place string, of func(name string) days.Spoken) (answer, error) {
	do, name, _ := strings.Cut(r.PostFormValue("say"), " ")
	to := place + "#say-" + url.PathEscape(name)
	ctx := context.WithoutCancel(r.Context())
	var err error
	switch do {
	case "begin":
		p.desk.Lock()
		err = p.Voice.Say(ctx, of(name))
		p.desk.Unlock()
	case "stop", "keep":
		err = p.endAnswer(ctx, do == "keep")
	case "drop":
		var s days.Spoken
		if s, err = p.Book.FindSpoken(ctx, name); err == nil {
			err = p.Book.Unsay(ctx, s)
		}
		to = place
	default:
		err = models.Errorf(models.Invalid, "say it: %q is nothing that it does", do)
	}
	p.lookAtRecorder(ctx)
	p.live.again()
	switch models.CodeOf(err) { // nothing is lost: the field is still there
	case models.Busy:
		return answer{to: place, told: text("say.busy")}, nil
	case models.Unusable:
		return answer{to: place, told: text("say.unheard")}, nil
	case models.Conflict, models.NotFound, models.NotServed: // it ended, or went, in another window
		return answer{to: to}, nil
	}
	return answer{to: to}, err
}

// endAnswer stops the recorder if it records an answer, and says before that
// the sound is to stay.
func (p *Page) endAnswer(ctx context.Context, keep bool) error {
	rec, err := p.Recorder.Recording(ctx)
	if err != nil || rec.Answer == nil {
		return err
	}
	if keep {
		if _, err := p.Book.KeepSpoken(ctx, *rec.Answer); err != nil {
			return err
		}
	}
	if _, err := p.Recorder.Tell(ctx, "stop", ""); err != nil {
		return err
	}
	for end := time.Now().Add(settles); time.Now().Before(end) && p.lookAtRecorder(ctx).On; time.Sleep(lookLive) {
	}
	return nil
}

// fieldPlace is where the field of an answer is.
func fieldPlace(s days.Spoken) string {
	kind, rest, _ := strings.Cut(s.Field, "/")
	switch models.EntryKind(kind) {
	case models.EntryJournal:
		if rest == "new" && s.Prompt != "" {
			rest += "?prompt=" + url.QueryEscape(s.Prompt)
		}
		return "/journal/" + rest
	case models.EntryReflection:
		if p := strings.Split(rest, "/"); len(p) == 4 {
			return reflectPlace(days.Reflection{Form: p[0], Entry: models.Entry{Session: models.SessionID(p[1]), About: p[2]}}) + "#say-q." + p[3]
		}
		id, _, _ := strings.Cut(rest, "/")
		return "/reflections/" + id
	}
	return "/recall?first=" + rest
}

// waitingLine is an answer whose words wait for their field.
type waitingLine struct {
	ID         models.EntryID
	Name, Day  string
	Place, Say string
}

// todaySpoken are answers that wait for their field, so that a page which was
// closed is found again.
func todaySpoken(p *Page, ctx context.Context, _ []models.Session) (*part, error) {
	all, err := p.Book.Spoken(ctx)
	if err != nil {
		return nil, err
	}
	now, _ := p.live.Now()
	var lines []waitingLine
	for _, s := range all {
		if s.Taken || now.On && now.Session == s.Recording() {
			continue
		}
		l := waitingLine{ID: s.ID, Day: p.Book.Shown(s.Day), Place: fieldPlace(s), Name: text("say.to." + strings.SplitN(s.Field, "/", 2)[0])}
		l.Say = shorten(isolate(firstRunes(s.Text, 200)), 80)
		lines = append(lines, l)
	}
	if len(lines) == 0 {
		return nil, nil
	}
	return &part{Name: "today-spoken", Data: lines}, nil
}

// dropSpoken destroys an answer that nobody wants any more.
func (p *Page) dropSpoken(r *http.Request) (answer, error) {
	s, err := p.Book.FindSpoken(r.Context(), r.PathValue("spoken"))
	if err == nil {
		err = p.Book.Unsay(context.WithoutCancel(r.Context()), s)
	}
	return answer{to: back(r, "/"), told: text("told.forgotten")}, err
}
