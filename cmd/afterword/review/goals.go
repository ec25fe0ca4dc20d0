package review

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// goalView is a goal with its steps.
type goalView struct {
	days.Goal
	When   string // it was reached or let go
	Words  string // where it was said
	Remark []said
}

// skillView is a way of coping or a trigger.
type skillView struct {
	Text, Says, Link string
}

func (p *Page) goals(r *http.Request) (answer, error) {
	all, err := p.Book.Goals(r.Context())
	if err != nil {
		return answer{}, err
	}
	v := struct {
		Open, Reached, Dropped []goalView
		Coping, Triggers       []skillView
	}{}
	for _, g := range slices.Backward(all) {
		x := goalView{Goal: g}
		x.Text = isolate(g.Text)
		if g.Session != "" && g.Entry.About != "" {
			x.Words = "/sessions/" + string(g.Session) + "?view=all#i-" + g.Entry.About
		}
		for _, n := range g.Notes {
			x.Remark = append(x.Remark, said{p.Book.Shown(n.Day), isolate(n.Text)})
		}
		switch {
		case g.Dropped != "":
			x.When = p.Book.Shown(g.Dropped)
			v.Dropped = append(v.Dropped, x)
		case g.Reached != "":
			x.When = p.Book.Shown(g.Reached)
			v.Reached = append(v.Reached, x)
		default:
			v.Open = append(v.Open, x)
		}
	}
	coping, triggers, err := p.Book.Skills(r.Context())
	v.Coping, v.Triggers = skills(coping, true), skills(triggers, false)
	return answer{name: "goals", title: text("nav.goals"), data: v}, err
}

func skills(all []days.Tried, helps bool) []skillView {
	var out []skillView
	for _, x := range all {
		v := skillView{Text: isolate(x.Text)}
		switch {
		case x.Times == 0:
			v.Says = text("skill.said")
		case helps:
			v.Says = text("skill.used", x.Times) + ", " + text("skill.helped", x.Helped+x.Partly, x.Times)
		default:
			v.Says = text("skill.noted", x.Times)
		}
		if len(x.Notes) > 0 {
			v.Link = "/notes/" + string(x.Notes[len(x.Notes)-1])
		} else if len(x.Items) > 0 {
			v.Link = "/sessions/" + string(x.Session) + "?view=all#i-" + string(x.Items[len(x.Items)-1])
		}
		out = append(out, v)
	}
	return out
}

func (p *Page) addGoal(r *http.Request) (answer, error) {
	_, err := p.Book.SaveGoal(r.Context(), days.Goal{Text: field(r, "text")})
	return answer{to: "/goals", told: text("told.goal")}, err
}

// changeGoal does one thing with a goal, as the form that is posted saw it.
func (p *Page) changeGoal(r *http.Request) (answer, error) {
	g, err := p.Book.FindGoal(r.Context(), r.PathValue("goal"))
	if err != nil {
		return answer{}, err
	}
	g.Version = seen(r)
	g.Steps = slices.Clone(g.Steps)
	do, said := r.PostFormValue("do"), field(r, "text")
	told := text("told.kept")
	step, isStep := strings.CutPrefix(do, "step-")
	switch {
	case isStep:
		n, err := strconv.Atoi(step)
		if err != nil || n < 0 || n >= len(g.Steps) {
			return answer{}, models.Errorf(models.Invalid, "tick step: the goal has no step %q", step)
		}
		if g.Steps[n].Done != "" {
			g.Steps[n].Done = ""
		} else {
			g.Steps[n].Done, told = p.Book.Today(), text("told.step")
		}
	case do == "step":
		g.Steps = append(g.Steps, days.Step{Text: said})
	case do == "note" && said != "":
		g.Notes = append(g.Notes, days.Remark{Day: p.Book.Today(), Text: said})
	case do == "reached":
		g.Reached, told = p.Book.Today(), text("told.reached")
	case do == "drop":
		g.Dropped, told = p.Book.Today(), text("told.dropped")
	case do == "back":
		g.Dropped, g.Reached, told = "", "", text("told.back")
	default:
		return answer{}, models.WithHint(models.Errorf(models.Invalid, "change goal: there is nothing to keep"), "%s", text("edit.empty"))
	}
	g, err = p.Book.SaveGoal(r.Context(), g)
	return answer{to: "/goals#g-" + string(g.ID), told: told}, err
}

// askView is one thing to remember: the question, and the answer folded.
type askView struct {
	days.Ask
	Left  int
	Item  itemView
	Clips []clip
	Skip  string // where another one waits
	Try   string // what was said of it
	Say   sayView
}

// clip is a stretch of a session's sound with its words.
type clip struct {
	Quote string
	Place string // of the words
	Sound string // of the clip
	Clock string
}

func clips(it models.Item) []clip {
	var out []clip
	for _, e := range it.Evidence {
		c := clip{Quote: isolate(strings.TrimSpace(e.Quote)), Place: "/sessions/" + string(it.Session) + "?view=all", Clock: models.Clock(e.Span.Start)}
		if e.Segment >= 0 {
			c.Place += "#s" + strconv.Itoa(e.Segment)
		}
		c.Sound = soundAt(it.Session, e.Span)
		out = append(out, c)
	}
	return out
}

// soundAt names a stretch of sound as browsers do (Media Fragments URI, section
// 4.2.1), in seconds.
func soundAt(id models.SessionID, span models.Span) string {
	sec := func(ms int64) string { return strconv.FormatFloat(float64(ms)/1000, 'f', 2, 64) }
	to := ""
	if span.End > span.Start {
		to = "," + sec(span.End.Milliseconds())
	}
	return "/sessions/" + string(id) + "/sound.wav#t=" + sec(span.Start.Milliseconds()) + to
}

// recall asks for one thing at a time. What was skipped comes another day.
func (p *Page) recall(r *http.Request) (answer, error) {
	asks, err := p.Book.Recall(r.Context())
	if err != nil {
		return answer{}, err
	}
	skipped := strings.Split(r.URL.Query().Get("skip"), ",")
	if i := slices.IndexFunc(asks, func(a days.Ask) bool { return string(a.ID) == r.URL.Query().Get("first") }); i > 0 {
		asks[0], asks[i] = asks[i], asks[0]
	}
	asks = slices.DeleteFunc(asks, func(a days.Ask) bool { return slices.Contains(skipped, string(a.ID)) })
	v := askView{}
	if len(asks) == 0 {
		return answer{name: "recall", title: text("nav.recall"), data: v}, nil
	}
	it, err := p.Book.Reveal(r.Context(), asks[0].ID)
	if err != nil {
		return answer{}, err
	}
	v.Ask, v.Left, v.Item, v.Clips = asks[0], len(asks), viewOf(it), clips(it)
	spoken, err := p.Book.Spoken(r.Context())
	if err != nil {
		return answer{}, err
	}
	v.Say, v.Try = p.sayView(r, spoken, recallField(v.ID), "")
	v.Skip = "/recall?skip=" + strings.Trim(strings.Join(append(skipped, string(v.ID)), ","), ",")
	return answer{name: "recall", title: text("nav.recall"), data: v}, nil
}

// recallField is what comes to mind, as it can be said. It is stored nowhere.
func recallField(id models.ItemID) sayField {
	return sayField{name: "try", wants: days.FieldOfRecall(id), loose: true}
}

// sayRecall answers the button beside what comes to mind.
func (p *Page) sayRecall(r *http.Request) (answer, error) {
	it, err := p.Book.Reveal(r.Context(), models.ItemID(r.PathValue("item")))
	if err != nil {
		return answer{}, err
	}
	s := days.Spoken{Field: days.FieldOfRecall(it.ID), Of: it.Session, Before: field(r, "try")}
	if err := p.took(r, []sayField{recallField(it.ID)}); err != nil { // they are in what stands before
		return answer{}, err
	}
	return p.saying(r, fieldPlace(s), func(string) days.Spoken { return s })
}

func (p *Page) grade(r *http.Request) (answer, error) {
	g, err := days.ParseGrade(r.PostFormValue("grade"))
	if err != nil {
		return answer{}, err
	}
	c, err := p.Book.Grade(r.Context(), r.PathValue("item"), g)
	if err != nil {
		return answer{}, err
	}
	all, err := p.Book.Spoken(r.Context())
	if err != nil {
		return answer{}, err
	}
	for _, s := range all {
		if s.Waits() && s.Field == days.FieldOfRecall(models.ItemID(c.Entry.About)) {
			if err := p.Book.Take(r.Context(), s, ""); err != nil {
				return answer{}, err
			}
		}
	}
	return answer{to: back(r, "/recall"), told: text("told.graded", p.Book.Shown(c.Due))}, nil
}
