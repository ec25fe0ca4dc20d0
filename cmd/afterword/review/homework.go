package review

import (
	"context"
	"io"
	"net/http"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// taskView is something that was agreed, as it is drawn in a list.
type taskView struct {
	days.Task
	Details []string
	Ticks   []tick
	Back    string // where its buttons lead
}

// tick is one box of a task: an occurrence.
type tick struct {
	State   string         // done, partly, next or later
	Outcome models.EntryID // of one that can be taken back
}

// mostTicks is how many boxes stand in a row; "2/day" has two, "24/day" has
// these and the words beside them.
const mostTicks = 7

func (p *Page) taskView(t days.Task, back string) taskView {
	v := taskView{Task: t, Back: back}
	v.Plan.What = isolate(v.Plan.What)
	for _, d := range p.Book.Details(t) {
		v.Details = append(v.Details, isolate(d))
	}
	marks := t.Marks(p.Book.Today())
	boxes := max(1, t.Now.Times)
	if t.Plan.Rhythm().Every == 0 && len(marks) > 1 {
		marks = marks[len(marks)-1:] // one thing, one box
	}
	for _, o := range marks {
		k := tick{State: o.How}
		if o.Day == p.Book.Today() {
			k.Outcome = o.ID
		}
		v.Ticks = append(v.Ticks, k)
	}
	if t.Plan.Rhythm().Every == 0 && len(v.Ticks) == 1 && v.Ticks[0].State == days.Partly && t.State == days.Open {
		v.Ticks = nil // another day, another beginning
	}
	for i := len(v.Ticks); i < boxes; i++ {
		state := "later"
		if t.State == days.Open && (len(v.Ticks) == 0 || v.Ticks[len(v.Ticks)-1].State != "next" && v.Ticks[len(v.Ticks)-1].State != "later") {
			state = "next"
		}
		v.Ticks = append(v.Ticks, tick{State: state})
	}
	v.Ticks = v.Ticks[:min(len(v.Ticks), mostTicks)]
	return v
}

// Askable reports whether it can be ticked off now.
func (v taskView) Askable() bool { return v.State == days.Open && !v.Plan.AsksSafety() }

// group are tasks that stand alike.
type group struct {
	Name  string
	State days.State
	Tasks []taskView
}

func (p *Page) listHomework(r *http.Request) (answer, error) {
	tasks, err := p.Book.Homework(r.Context())
	if err != nil {
		return answer{}, err
	}
	v := struct {
		Title  string
		Groups []group
		Past   []group // finished and let go
	}{Title: p.homeworkWord()}
	for _, t := range tasks {
		to := &v.Groups
		if t.State == days.Finished || t.State == days.Dropped {
			to = &v.Past
		}
		if n := len(*to); n == 0 || (*to)[n-1].State != t.State {
			*to = append(*to, group{Name: text("homework." + string(t.State)), State: t.State})
		}
		g := &(*to)[len(*to)-1]
		g.Tasks = append(g.Tasks, p.taskView(t, "/homework"))
	}
	return answer{name: "homework", title: v.Title, data: v}, nil
}

// homeworkWord is the client's own word for it, as a heading.
func (p *Page) homeworkWord() string {
	if p.Word == "" {
		return text("nav.homework")
	}
	return upper(isolate(p.Word))
}

// logOutcome says what came of a plan, one time: by a box that was ticked, or
// by the form with how it was.
func (p *Page) logOutcome(r *http.Request) (answer, error) {
	id := r.PathValue("plan")
	o := days.Outcome{How: field(r, "how"), What: field(r, "what"), Tell: field(r, "tell")}
	var err error
	if o.Before, err = number(r, "before"); err == nil {
		o.After, err = number(r, "after")
	}
	if day := field(r, "day"); day != "" && err == nil {
		o.Day, err = models.ParseDate(day)
	}
	if err == nil && o.How == "" {
		err = models.Errorf(models.Invalid, "log: %s", text("log.how.missing"))
	}
	var t days.Task
	if err == nil {
		t, err = p.Book.Log(r.Context(), id, o)
	}
	if err == nil {
		return answer{to: back(r, "/homework/"+string(t.Plan.ID)), told: days.Praise(o)}, nil
	}
	a, status, ok := comeBack(err)
	if !ok {
		return answer{}, err
	}
	v, verr := p.planView(r, id)
	if verr != nil {
		return answer{}, verr
	}
	v.Log = logView{Outcome: o, again: a, Before: r.PostFormValue("before"), After: r.PostFormValue("after"), Day: r.PostFormValue("day"), Max: p.Book.Today()}
	return answer{name: "plan-page", title: v.Plan.What, status: status, data: v}, nil
}

// takeBack undoes a box that was ticked by mistake.
func (p *Page) takeBack(r *http.Request) (answer, error) {
	id, err := models.ParseEntryID(r.PostFormValue("outcome"))
	if err != nil {
		return answer{}, err
	}
	t, err := p.Book.TakeBack(r.Context(), r.PathValue("plan"), id)
	return answer{to: back(r, "/homework/"+string(t.Plan.ID)), told: text("told.takenback")}, err
}

// dropPlan lets a plan go, or takes it up again.
func (p *Page) dropPlan(r *http.Request) (answer, error) {
	up := r.PostFormValue("do") == "back"
	t, err := p.Book.Drop(r.Context(), r.PathValue("plan"), field(r, "why"), up)
	told := text("told.dropped")
	if up {
		told = text("told.back")
	}
	return answer{to: back(r, "/homework/"+string(t.Plan.ID)), told: told}, err
}

// homeworkCalendar is what is open, for a calendar, in words that tell nothing.
func (p *Page) homeworkCalendar(w http.ResponseWriter, r *http.Request) {
	tasks, err := p.Book.Homework(r.Context())
	if err != nil {
		p.fail(w, r, err)
		return
	}
	words := r.URL.Query().Get("words") != ""
	p.send(w, r, File{"plans.ics", func(_ context.Context, w io.Writer) error { return p.Book.WriteTasks(w, tasks, words) }})
}
