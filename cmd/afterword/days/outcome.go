package days

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/afterword/afterword/models"
)

// How an outcome went.
const (
	Done    = "done"
	Partly  = "partly"
	Skipped = "skipped" // not this time, and that is fine
)

// Outcome is what came of a plan, one time; its Day is the day on which it
// was. Before and After say how it felt, 0 to 10 for how hard.
type Outcome struct {
	models.Entry
	How    string `json:"how"`
	What   string `json:"what,omitempty"` // happened
	Before *int   `json:"before,omitempty"`
	After  *int   `json:"after,omitempty"`
	Tell   string `json:"tell,omitempty"` // the therapist
}

func (o Outcome) check(today models.Date) error {
	if !slices.Contains([]string{Done, Partly, Skipped}, o.How) {
		return models.Errorf(models.Invalid, "log: it went done, partly or skipped, not %q", o.How)
	}
	for _, n := range []*int{o.Before, o.After} {
		if n != nil && (*n < 0 || *n > 10) {
			return models.Errorf(models.Invalid, "log: how it felt is a number from 0 to 10")
		}
	}
	if o.Day > today {
		return models.Errorf(models.Invalid, "log: %s has not come yet", o.Day)
	}
	return nil
}

// State is where a task stands today.
type State string

const (
	Open     State = "open"     // it can be done today
	Enough   State = "enough"   // for this time, it is done
	Resting  State = "resting"  // today it has no occasion
	Finished State = "finished" // for good
	Dropped  State = "dropped"
)

// Task is a plan and how it stands today.
type Task struct {
	Plan     Plan      `json:"plan"`
	State    State     `json:"state"`
	Now      Occasion  `json:"now"`     // the occasion that today is in
	Counted  int       `json:"counted"` // done or partly done in it
	Late     bool      `json:"late"`    // its day has passed; another is as good
	Outcomes []Outcome `json:"outcomes,omitempty"`
}

// Times counts what was done and what was partly done, ever.
func (t Task) Times() (done, partly int) {
	for _, o := range t.Outcomes {
		switch o.How {
		case Done:
			done++
		case Partly:
			partly++
		}
	}
	return done, partly
}

// Marks are the outcomes that count for the occasion that a task is in: what
// was done or partly done of it; of a plan without a rhythm those of all time;
// of one for whenever it is needed those of today.
func (t Task) Marks(today models.Date) []Outcome {
	var out []Outcome
	every := t.Plan.Rhythm().Every
	for _, o := range t.Outcomes {
		in := every == 0 || every < 0 && o.Day == today || every > 0 && t.Now.Times > 0 && t.Now.holds(o.Day)
		if in && o.How != Skipped {
			out = append(out, o)
		}
	}
	return out
}

// Details are the small facts about a task, in the words of people: how often,
// when, where, by which day, and what was done of it.
func (b *Book) Details(t Task) []string {
	var d []string
	add := func(s string) {
		if s = strings.TrimSpace(s); s != "" {
			d = append(d, s)
		}
	}
	p := t.Plan
	r := p.Rhythm()
	if r.Every != 0 {
		add(r.Words())
	}
	add(p.When)
	add(p.Where)
	switch {
	case t.State == Finished || t.State == Dropped:
	case t.Late:
		add("it was for " + b.Shown(p.Due) + "; any day is as good")
	case p.Due != "" && r.Every > 0:
		add("until " + b.Shown(p.Due))
	case p.Due != "":
		add("by " + b.Shown(p.Due))
	}
	if r.Every > 0 && t.Now.Times > 1 {
		add(fmt.Sprintf("%d of %d so far", t.Counted, t.Now.Times))
	}
	if done, partly := t.Times(); done+partly > 0 && r.Every != 0 {
		add("you did it " + times(done+partly))
	}
	return d
}

// Homework lists every plan with how it stands today: what can be done now
// first, the nearest day first; then what is done for this time or rests;
// then what is finished or dropped, the latest first.
func (b *Book) Homework(ctx context.Context) ([]Task, error) {
	plans, err := b.plans(ctx)
	if err != nil {
		return nil, err
	}
	outcomes, err := list[Outcome](ctx, b, models.EntryFilter{Kind: models.EntryOutcome})
	if err != nil {
		return nil, err
	}
	of := map[string][]Outcome{}
	for _, o := range outcomes {
		of[o.About] = append(of[o.About], o)
	}
	today := b.Today()
	var tasks []Task
	for _, p := range plans {
		tasks = append(tasks, task(p, of[string(p.ID)], today))
	}
	order := []State{Open, Enough, Resting, Finished, Dropped}
	slices.SortStableFunc(tasks, func(x, y Task) int {
		dayOf := func(t Task) string { return cmp.Or(string(t.Now.To), "9") } // no day comes last
		return cmp.Or(cmp.Compare(slices.Index(order, x.State), slices.Index(order, y.State)), cmp.Compare(dayOf(x), dayOf(y)))
	})
	return tasks, nil
}

func task(p Plan, outcomes []Outcome, today models.Date) Task {
	t := Task{Plan: p, Outcomes: outcomes, State: Resting}
	if p.Dropped != "" {
		t.State = Dropped
		return t
	}
	r := p.Rhythm()
	if p.Finished || r.Every > 0 && p.Due != "" && p.Due < today {
		t.State = Finished
		return t
	}
	now, ok := r.At(p.Start, p.Due, today)
	if !ok {
		return t
	}
	t.Now, t.State = now, Open
	if r.Every <= 0 {
		t.Late = r.Every == 0 && p.Due != "" && p.Due < today
		// What was skipped today is not asked for again before tomorrow.
		for _, o := range outcomes {
			if o.Day == today && (o.How == Skipped || o.How == Partly) {
				t.State = Enough
			}
		}
		return t
	}
	answered := 0
	for _, o := range outcomes {
		if now.holds(o.Day) {
			answered++
			if o.How != Skipped {
				t.Counted++
			}
		}
	}
	if answered >= now.Times {
		t.State = Enough
	}
	return t
}

// FindTask finds a task by the ID of its plan.
func (b *Book) FindTask(ctx context.Context, name string) (Task, error) {
	p, err := b.FindPlan(ctx, name)
	if err != nil {
		return Task{}, err
	}
	outcomes, err := list[Outcome](ctx, b, models.EntryFilter{Kind: models.EntryOutcome, About: string(p.ID)})
	return task(p, outcomes, b.Today()), err
}

// Log stores what came of a plan. A plan for one time that is done is
// finished, and so is its item. A plan that was finished or dropped can still
// get an outcome: it may have happened before.
func (b *Book) Log(ctx context.Context, name string, o Outcome) (Task, error) {
	p, err := b.FindPlan(ctx, name)
	if err != nil {
		return Task{}, err
	}
	o.Entry = models.Entry{Kind: models.EntryOutcome, Session: p.Session, About: string(p.ID), Day: o.Day}
	if o.Day == "" {
		o.Day = b.Today()
	}
	if err := o.check(b.Today()); err != nil {
		return Task{}, err
	}
	if err := save(ctx, b, &o); err != nil {
		return Task{}, err
	}
	if o.How == Done && p.Rhythm().Every == 0 {
		if _, err := b.finish(ctx, p, true); err != nil {
			return Task{}, err
		}
	}
	return b.FindTask(ctx, string(p.ID))
}

// finish says that a plan is done for good, or not; so is its item.
func (b *Book) finish(ctx context.Context, p Plan, done bool) (Plan, error) {
	if p.About != "" {
		err := b.past.Finish(ctx, models.ItemID(p.About), done)
		if code := models.CodeOf(err); err != nil && code != models.NotFound && code != models.Invalid { // the item is gone, or put away
			return p, err
		}
	}
	p.Finished = done
	if p.Version == 0 && p.About != "" {
		return p, nil // the item says it
	}
	return p, save(ctx, b, &p)
}

// TakeBack destroys an outcome that was logged by mistake. A plan for one time
// that it had finished is open again.
func (b *Book) TakeBack(ctx context.Context, name string, id models.EntryID) (Task, error) {
	t, err := b.FindTask(ctx, name)
	if err != nil {
		return t, err
	}
	i := slices.IndexFunc(t.Outcomes, func(o Outcome) bool { return o.ID == id })
	if i < 0 {
		return t, models.Errorf(models.NotFound, "plan %s has no outcome %s", t.Plan.ID, id)
	}
	if err := b.Forget(ctx, t.Outcomes[i].Entry); err != nil {
		return t, err
	}
	left := slices.ContainsFunc(t.Outcomes, func(o Outcome) bool { return o.How == Done && o.ID != id })
	if t.Outcomes[i].How == Done && t.Plan.Rhythm().Every == 0 && t.Plan.Finished && !left {
		if _, err := b.finish(ctx, t.Plan, false); err != nil {
			return t, err
		}
	}
	return b.FindTask(ctx, string(t.Plan.ID))
}

// Drop lets a plan go, with a word why if there is one; with back it is taken
// up again.
func (b *Book) Drop(ctx context.Context, name, why string, back bool) (Task, error) {
	p, err := b.FindPlan(ctx, name)
	if err != nil {
		return Task{}, err
	}
	p.Dropped, p.Why = b.Today(), strings.TrimSpace(why)
	if back {
		p.Dropped, p.Why = "", ""
		if p, err = b.finish(ctx, p, false); err != nil {
			return Task{}, err
		}
	}
	if err := save(ctx, b, &p); err != nil {
		return Task{}, err
	}
	return b.FindTask(ctx, string(p.ID))
}

// Praise is a plain word about an outcome.
func Praise(o Outcome) string {
	switch o.How {
	case Done:
		if o.Before != nil && o.After != nil && *o.After < *o.Before {
			return "You did it, and it was lighter afterwards."
		}
		return "You did it."
	case Partly:
		return "Partly counts. You began, and beginning is most of it."
	}
	return "Not this time, then. It stays here for another day."
}
