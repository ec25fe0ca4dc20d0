package review

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// reflectView is a form with its questions, all of which can be skipped.
type reflectView struct {
	days.Reflection
	again
	Name    string
	About   string // the session or the plan
	Link    string // to it
	Action  string
	Answers []questionView
	Lead    string // what this form is
	Moment  *moment
}

type questionView struct {
	days.Question
	Answer  string
	Skipped bool
	Say     sayView
}

// Name is that of the field.
func (q questionView) Name() string { return "q." + q.Key }

// answerFields are the fields of a form that can be answered by voice.
func answerFields(r days.Reflection) (out []sayField) {
	if f := days.FindForm(r.Form); f != nil {
		for _, q := range f.Questions {
			s := sayField{name: "q." + q.Key, label: q.Text, wants: days.FieldOfQuestion(r, q.Key)}
			if r.ID != "" {
				s.stored = days.FieldOfAnswer(r, q.Key)
			}
			out = append(out, s)
		}
	}
	return out
}

// reflectPlace is where a reflection is filled in.
func reflectPlace(r days.Reflection) string {
	if r.ID != "" {
		return "/reflections/" + string(r.ID)
	}
	q := url.Values{}
	if r.Session != "" {
		q.Set("session", string(r.Session))
	}
	if r.Entry.About != "" {
		q.Set("plan", r.Entry.About)
	}
	if len(q) == 0 {
		return "/reflect/" + r.Form
	}
	return "/reflect/" + r.Form + "?" + q.Encode()
}

// reflectView is the form with what was answered; typed says that it comes
// back from a form, with what stands there.
func (p *Page) reflectView(req *http.Request, r days.Reflection, typed bool) (reflectView, error) {
	ctx := req.Context()
	f := days.FindForm(r.Form)
	if f == nil {
		return reflectView{}, models.Errorf(models.NotFound, "there is no form %q", r.Form)
	}
	spoken, err := p.Book.Spoken(ctx)
	if err != nil {
		return reflectView{}, err
	}
	v := reflectView{Reflection: r, Name: f.Name, Action: "/reflect/" + r.Form, Lead: text("reflect.lead")}
	if r.ID != "" {
		v.Action = "/reflections/" + string(r.ID)
	}
	fields := answerFields(r)
	for i, q := range f.Questions {
		a, ok := r.Answers[q.Key]
		x := questionView{Question: q, Answer: a, Skipped: ok && a == ""}
		if typed {
			x.Answer = field(req, x.Name())
		}
		x.Say, x.Answer = p.sayView(req, spoken, fields[i], x.Answer)
		v.Answers = append(v.Answers, x)
	}
	if v.Moment, err = p.moment(ctx); err != nil {
		return v, err
	}
	switch plan := r.Entry.About; {
	case plan != "":
		t, err := p.Book.FindTask(ctx, plan)
		if err != nil && models.CodeOf(err) != models.NotFound {
			return v, err
		}
		v.About, v.Link = isolate(t.Plan.What), "/homework/"+plan
	case r.Session != "":
		s, err := p.Sessions.FindSession(ctx, r.Session)
		if err != nil {
			return v, err
		}
		h := head(s)
		v.About, v.Link = h.Title+" · "+h.Day, "/sessions/"+string(s.ID)
	}
	return v, nil
}

// findReflection is the one that is named, or the one that a form would go on
// with. A talk with somebody asks first whether it is safe: to says where.
func (p *Page) findReflection(r *http.Request) (x days.Reflection, to string, err error) {
	ctx := r.Context()
	if id := r.PathValue("reflection"); id != "" {
		x, err = p.Book.FindReflection(ctx, id)
		return x, "", err
	}
	session, plan := models.SessionID(""), models.EntryID("")
	if s := r.FormValue("session"); s != "" {
		if session, err = models.ParseSessionID(s); err != nil {
			return x, "", err
		}
	}
	if id := r.FormValue("plan"); id != "" {
		t, err := p.Book.FindTask(ctx, id)
		if err != nil {
			return x, "", err
		}
		if t.Plan.AsksSafety() {
			return x, "/homework/" + string(t.Plan.ID) + "#plan", nil
		}
		plan, session = t.Plan.ID, t.Plan.Session
	}
	x, err = p.Book.Reflection(ctx, r.PathValue("form"), session, plan)
	return x, "", err
}

func (p *Page) reflect(r *http.Request) (answer, error) {
	x, to, err := p.findReflection(r)
	if err != nil || to != "" {
		return answer{to: to}, err
	}
	v, err := p.reflectView(r, x, false)
	return answer{name: "reflect", title: v.Name, data: v}, err
}

// saveReflection keeps the answers: all that the form says, while somebody
// types or at the end. Done says that what is empty was skipped.
func (p *Page) saveReflection(r *http.Request) (answer, error) {
	x, to, err := p.findReflection(r)
	if err != nil || to != "" {
		return answer{to: to}, err
	}
	f := days.FindForm(x.Form)
	if f == nil {
		return answer{}, models.Errorf(models.NotFound, "there is no form %q", x.Form)
	}
	do := r.PostFormValue("do")
	given := map[string]string{}
	for _, q := range f.Questions {
		typed := field(r, "q."+q.Key)
		if had, ok := x.Answers[q.Key]; typed != had || !ok && (typed != "" || do == "done") {
			given[q.Key] = typed
		}
	}
	now := x
	x.Version = seen(r)
	if len(given) > 0 || x.Version != now.Version {
		x, err = p.Book.Answers(r.Context(), x, given)
	}
	if err == nil {
		err = p.took(r, answerFields(x))
	}
	if err == nil && r.PostForm.Has("say") {
		return p.saying(r, reflectPlace(x), func(name string) days.Spoken {
			return days.Spoken{Field: days.FieldOfQuestion(x, strings.TrimPrefix(name, "q.")), Of: x.Session}
		})
	}
	if err == nil {
		return reflectionKept(x, do), nil
	}
	a, status, ok := comeBack(err)
	if !ok {
		return answer{}, err
	}
	if status == http.StatusConflict {
		for _, q := range f.Questions {
			if stands, ok := now.Answers[q.Key]; ok && stands != field(r, "q."+q.Key) {
				a.Now = append(a.Now, saids(said{q.Text, cmp.Or(stands, text("reflect.skipped"))})...)
			}
		}
		x.Entry = now.Entry
	}
	v, err := p.reflectView(r, x, true)
	if err != nil {
		return answer{}, err
	}
	v.again = a
	return answer{name: "reflect", title: v.Name, status: status, data: v}, nil
}

func reflectionKept(x days.Reflection, do string) answer {
	a := answer{to: "/reflect", kept: x.Version, told: text("told.reflect")}
	if do == "done" {
		if x.Entry.About != "" {
			a.to = "/homework/" + x.Entry.About
		} else {
			a.to = "/"
		}
		return a
	}
	a.told = text("told.reflect.rest")
	if x.ID != "" {
		a.to = "/reflections/" + string(x.ID)
	}
	if do == "autosave" {
		a.told = ""
	}
	return a
}

func (p *Page) forgetReflection(r *http.Request) (answer, error) {
	x, _, err := p.findReflection(r)
	if err == nil {
		err = p.Book.Forget(r.Context(), x.Entry)
	}
	return answer{to: "/reflect", told: text("told.forgotten")}, err
}

// reflectionLine is one that was written, in a list.
type reflectionLine struct {
	ID        models.EntryID
	Name, Day string
	First     string
	Open      bool
}

func (p *Page) listReflections(r *http.Request) (answer, error) {
	all, err := p.Book.Reflections(r.Context(), models.EntryFilter{})
	if err != nil {
		return answer{}, err
	}
	v := struct {
		Waiting *reflectTask
		Forms   []days.Form
		Written []reflectionLine
	}{Forms: days.Forms[1:]}
	for _, x := range slices.Backward(all) {
		f := days.FindForm(x.Form)
		if f == nil {
			continue
		}
		l := reflectionLine{ID: x.ID, Name: f.Name, Day: p.Book.Shown(x.Day), Open: x.Next() != nil}
		for _, q := range f.Questions {
			if s := x.Answers[q.Key]; s != "" {
				l.First = shorten(isolate(s), 120)
				break
			}
		}
		v.Written = append(v.Written, l)
	}
	v.Waiting, err = p.waitingReflection(r.Context())
	return answer{name: "reflections", title: text("nav.reflect"), data: v}, err
}

// reflectTask is a session whose questions wait.
type reflectTask struct {
	heading
	Begun bool
}

// waitingReflection is nil where none waits, or the session was put off.
func (p *Page) waitingReflection(ctx context.Context) (*reflectTask, error) {
	s, x, err := p.Book.Unreflected(ctx)
	if err != nil || s == nil {
		return nil, err
	}
	pace, err := p.Pace.Pace(ctx, s.ID)
	if err != nil || pace.Held.After(p.Now()) {
		return nil, err
	}
	return &reflectTask{head(*s), x.Given() > 0}, nil
}

func todayReflect(p *Page, ctx context.Context, _ []models.Session) (*part, error) {
	w, err := p.waitingReflection(ctx)
	if err != nil || w == nil {
		return nil, err
	}
	return &part{Name: "today-reflect", Data: w}, nil
}

// shorten cuts a text at a word, in one line.
func shorten(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > n {
		s = string(r[:n])
		if i := strings.LastIndexByte(s, ' '); i > n/2 {
			s = s[:i]
		}
		s += " …"
	}
	return s
}
