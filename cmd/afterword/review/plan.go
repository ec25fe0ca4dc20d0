package review

import (
	"net/http"
	"slices"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// planView is the page of one thing that was agreed: how it is to be done, and
// how it went.
type planView struct {
	taskView
	again
	Form  planForm
	Log   logView
	Words []models.Evidence // behind it
	Past  []outcomeLine     // newest first
	Safe  bool              // it has to be asked first whether it is safe
	Wait  bool              // it is not safe, or not sure
	Small bool              // it asks to be made smaller
	Named string            // of the small form that goes with it
}

// planForm are the fields as they stand in the form.
type planForm struct {
	days.Plan
	Sure   string
	Oftens []often
	Forms  []days.Form
	New    bool
	Begun  bool // it says when or where: the form is folded
	Limit  int
}

type often struct {
	Key string // as days.ParseRhythm reads it
	On  bool
}

// Words says it as people do.
func (o often) Words() string {
	r, err := days.ParseRhythm(o.Key)
	if err != nil {
		return isolate(o.Key)
	}
	return r.Words()
}

var oftens = []string{"", "daily", "weekdays", "weekly", "2/week", "3/week", "5/week", "2/day", "3/day", "as-needed"}

func newPlanForm(p days.Plan) planForm {
	f := planForm{Plan: p, Sure: digits(p.Confident), Forms: days.Forms[2:], New: p.ID == "", Begun: p.Version > 0, Limit: days.Sure}
	list := oftens
	if p.Often != "once" && !slices.Contains(list, p.Often) {
		list = append(slices.Clone(list), p.Often)
	}
	for _, k := range list {
		f.Oftens = append(f.Oftens, often{k, k == p.Often || k == "" && p.Often == "once"})
	}
	return f
}

// logView is the form that says how it went.
type logView struct {
	days.Outcome
	again
	Before, After, Day string
	Max                models.Date
}

type outcomeLine struct {
	days.Outcome
	When string
	Feel string
}

func (p *Page) planView(r *http.Request, name string) (planView, error) {
	t, err := p.Book.FindTask(r.Context(), name)
	if err != nil {
		return planView{}, err
	}
	at := "/homework/" + string(t.Plan.ID)
	v := planView{taskView: p.taskView(t, at), Form: newPlanForm(t.Plan), Log: logView{Max: p.Book.Today()}}
	v.Safe, v.Small = t.Plan.AsksSafety(), t.Plan.TooBig()
	v.Wait = t.Plan.Form == days.FormScript && (t.Plan.Safe == "no" || t.Plan.Safe == "unsure")
	if f := days.FindForm(t.Plan.Form); f != nil {
		v.Named = f.Name
	}
	for _, o := range slices.Backward(t.Outcomes) {
		l := outcomeLine{Outcome: o, When: p.Book.Shown(o.Day)}
		if o.Before != nil && o.After != nil {
			l.Feel = text("log.felt", *o.Before, *o.After)
		}
		l.What, l.Tell = isolate(o.What), isolate(o.Tell)
		v.Past = append(v.Past, l)
	}
	if t.Plan.About != "" {
		it, err := p.Items.FindItem(r.Context(), models.ItemID(t.Plan.About))
		if err != nil && models.CodeOf(err) != models.NotFound {
			return v, err
		}
		v.Words = viewOf(it).Evidence
	}
	return v, nil
}

func (p *Page) plan(r *http.Request) (answer, error) {
	v, err := p.planView(r, r.PathValue("plan"))
	return answer{name: "plan-page", title: v.Plan.What, data: v}, err
}

// newPlan is the form for something of the client's own.
func (p *Page) newPlan(r *http.Request) (answer, error) {
	v := planView{Form: newPlanForm(days.Plan{What: isolate(r.URL.Query().Get("what"))})}
	return answer{name: "plan-new", title: text("plan.new"), data: v}, nil
}

// savePlan stores how something is to be carried out. A plan that asks to be
// made smaller is kept all the same, and its page says so.
func (p *Page) savePlan(r *http.Request) (answer, error) {
	ctx, id := r.Context(), r.PathValue("plan")
	now := days.Task{}
	if id != "" {
		var err error
		if now, err = p.Book.FindTask(ctx, id); err != nil {
			return answer{}, err
		}
	}
	plan, err := readPlan(r, now.Plan)
	plan.Version = seen(r)
	if err == nil {
		var saved days.Plan
		if saved, err = p.Book.SavePlan(ctx, plan); err == nil {
			return answer{to: back(r, "/homework/"+string(saved.ID)), told: text("told.plan")}, nil
		}
		plan.Form = saved.Form // it may be one that asks something first
	}
	a, status, ok := comeBack(err)
	if !ok {
		return answer{}, err
	}
	v := planView{}
	name, title := "plan-new", text("plan.new")
	if id != "" {
		if v, err = p.planView(r, id); err != nil {
			return answer{}, err
		}
		name, title = "plan-page", v.Plan.What
	}
	if status == http.StatusConflict {
		a.Now, plan.Version = planSays(now.Plan), now.Plan.Version
	}
	v.again, v.Form = a, newPlanForm(plan)
	v.Form.Sure, v.Form.New, v.Form.Begun = r.PostFormValue("confident"), id == "", false
	v.Safe = v.Safe || plan.AsksSafety()
	return answer{name: name, title: title, status: status, data: v}, nil
}

// readPlan lays what the form says over a plan.
func readPlan(r *http.Request, plan days.Plan) (days.Plan, error) {
	for _, x := range []struct {
		name string
		to   *string
	}{
		{"what", &plan.What},
		{"when", &plan.When},
		{"where", &plan.Where},
		{"often", &plan.Often},
		{"barrier", &plan.Barrier},
		{"then", &plan.Then},
		{"form", &plan.Form},
		{"safe", &plan.Safe},
	} {
		if _, ok := r.PostForm[x.name]; ok {
			*x.to = field(r, x.name)
		}
	}
	if due := field(r, "due"); due == "" {
		plan.Due = ""
	} else {
		d, err := models.ParseDate(due)
		if err != nil {
			return plan, err
		}
		plan.Due = d
	}
	var err error
	plan.Confident, err = number(r, "confident")
	return plan, err
}

// planSays is a plan in lines.
func planSays(p days.Plan) []said {
	sure := ""
	if p.Confident != nil {
		sure = digits(p.Confident) + " %"
	}
	return saids(said{text("plan.what"), p.What}, said{text("plan.when"), p.When}, said{text("plan.where"), p.Where}, said{text("plan.often"), p.Rhythm().Words()},
		said{text("plan.due"), string(p.Due)}, said{text("plan.sure"), sure}, said{text("plan.barrier"), p.Barrier}, said{text("plan.then"), p.Then})
}
