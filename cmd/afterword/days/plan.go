package days

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/afterword/afterword/models"
)

// Plan says how an action is to be carried out. Its ID is the item's where it
// comes from one, which is then About as well.
type Plan struct {
	models.Entry
	What      string      `json:"what"`
	When      string      `json:"when,omitempty"`
	Where     string      `json:"where,omitempty"`
	Often     string      `json:"often,omitempty"` // see ParseRhythm
	Start     models.Date `json:"start,omitempty"`
	Due       models.Date `json:"due,omitempty"`       // of a plan that comes round: its last day
	Confident *int        `json:"confident,omitempty"` // that it will happen, in percent
	Barrier   string      `json:"barrier,omitempty"`   // what may come in between
	Then      string      `json:"then,omitempty"`      // and what then
	Form      string      `json:"form,omitempty"`      // see Forms
	Safe      string      `json:"safe,omitempty"`      // of a talk with somebody: yes, no, unsure
	Finished  bool        `json:"finished,omitempty"`
	Dropped   models.Date `json:"dropped,omitempty"`
	Why       string      `json:"why,omitempty"` // it was dropped
}

// Sure is how confident somebody should be of a plan, in percent, before it is
// as small as it has to be.
const Sure = 90

// TooBig reports whether a plan asks to be made smaller, or for a word about
// what may come in between.
func (p Plan) TooBig() bool {
	return p.Confident != nil && *p.Confident < Sure && (p.Barrier == "" || p.Then == "")
}

// AsksSafety reports whether it has to be asked first if it is safe to try
// this with that person.
func (p Plan) AsksSafety() bool { return p.Form == FormScript && p.Safe == "" }

// Rhythm is how often the plan comes round. What an item says in words that
// are none of ours is taken for once.
func (p Plan) Rhythm() Rhythm {
	r, err := ParseRhythm(p.Often)
	if err != nil {
		return Rhythm{0, 1, false}
	}
	return r
}

// Check refuses a plan that says nothing, or what cannot be.
func (p Plan) Check() error {
	if strings.TrimSpace(p.What) == "" {
		return models.Errorf(models.Invalid, "plan: it does not say what to do")
	}
	if _, err := ParseRhythm(p.Often); err != nil {
		return err
	}
	for _, d := range []models.Date{p.Due, p.Start} {
		if d == "" {
			continue
		}
		if _, err := models.ParseDate(string(d)); err != nil {
			return err
		}
	}
	if p.Confident != nil && (*p.Confident < 0 || *p.Confident > 100) {
		return models.Errorf(models.Invalid, "plan: how confident you are is a number from 0 to 100")
	}
	if p.Form != "" && FindForm(p.Form) == nil {
		return models.WithHint(models.Errorf(models.Invalid, "plan: there is no form %q", p.Form), "the forms are %s", strings.Join(FormKeys(), ", "))
	}
	if !slices.Contains([]string{"", "yes", "no", "unsure"}, p.Safe) {
		return models.Errorf(models.Invalid, "plan: safe is yes, no or unsure, not %q", p.Safe)
	}
	if p.AsksSafety() {
		return models.WithHint(models.Errorf(models.Invalid, "plan: is it safe to try this with that person?"),
			"think of how they took such a talk before; then say --safe yes, no or unsure")
	}
	return nil
}

// forClient reports whether an item is something that the client means to do.
func forClient(it models.Item) bool {
	if it.Kind != models.KindAction || it.Decision != models.Accepted && it.Decision != models.Edited {
		return false
	}
	switch it.Status {
	case models.Declined, models.DoneAlready, models.ByTherapist:
		return false
	}
	return it.Owner == "" || it.Owner == string(models.Client)
}

// planOf is the plan that an accepted action is by itself.
func planOf(it models.Item, day models.Date) Plan {
	p := Plan{
		Entry: models.Entry{ID: models.EntryID(it.ID), Kind: models.EntryPlan, Session: it.Session, About: string(it.ID), Day: day},
		What:  it.Text, When: it.When, Where: it.Where, Often: it.Recurrence, Start: day, Due: it.Due,
		Form: formOf(it.Skill + " " + it.Text), Finished: it.Finished,
	}
	return p.lasting()
}

// lasting takes away a last day that lies before the first: what was for one
// day and now comes round has none.
func (p Plan) lasting() Plan {
	if p.Rhythm().Every > 0 && p.Due != "" && p.Due < p.Start {
		p.Due = ""
	}
	return p
}

// plans are all plans: those that were stored, and the accepted actions that
// nobody has changed yet. An item that was reworded or ticked off since is
// followed where the plan says the same as before.
func (b *Book) plans(ctx context.Context) ([]Plan, error) {
	stored, err := list[Plan](ctx, b, models.EntryFilter{Kind: models.EntryPlan})
	if err != nil {
		return nil, err
	}
	items, err := b.past.Items(ctx, "", models.KindAction)
	if err != nil {
		return nil, err
	}
	known := map[string]int{}
	for i, p := range stored {
		if p.About != "" {
			known[p.About] = i
		}
	}
	for _, it := range items {
		i, ok := known[string(it.ID)]
		switch {
		case ok:
			stored[i].Finished = stored[i].Finished || it.Finished
		case forClient(it):
			stored = append(stored, planOf(it, models.DateOf(it.Decided)))
		}
	}
	return stored, nil
}

// FindPlan finds a plan by its ID, or the beginning of it.
func (b *Book) FindPlan(ctx context.Context, name string) (Plan, error) {
	id, err := models.ParseEntryID(name)
	if err != nil {
		return Plan{}, err
	}
	all, err := b.plans(ctx)
	if err != nil {
		return Plan{}, err
	}
	p, err := only("plan", name, slices.DeleteFunc(all, func(p Plan) bool { return !strings.HasPrefix(string(p.ID), string(id)) }))
	if models.CodeOf(err) == models.NotFound {
		err = models.WithHint(err, "'afterword homework' lists them; an action becomes one when you accept it")
	}
	return p, err
}

// SavePlan stores a plan, new or changed. A new one without an item belongs to
// no session. Its form is guessed from its words where it has none.
func (b *Book) SavePlan(ctx context.Context, p Plan) (Plan, error) {
	p.Kind = models.EntryPlan
	if p.Start == "" {
		p.Start = b.Today()
	}
	if p.Form == "" {
		p.Form = formOf(p.What)
	}
	if err := p.Check(); err != nil {
		return p, err
	}
	p = p.lasting()
	return p, save(ctx, b, &p)
}

// talks are the words of something that is said to somebody.
var talks = regexp.MustCompile(`(?i)\b(talk|speak|tell|ask|say (no|it|that|to)|call|ring|phone|text|message|write to|boundary|boundaries|conversation|confront|assertive|communication)\b`)

// others name somebody to say it to. A surgery or an office is none.
var others = regexp.MustCompile(`(?i)\b(him|her|them|he|she|they|mum|mom|mother|dad|father|parents?|sister|brother|partner|husband|wife|boyfriend|girlfriend|friend|boss|manager|colleague|son|daughter|ex|family|[a-z]+-in-law)\b`)

// formOf guesses which small form goes with an exercise.
func formOf(words string) string {
	for _, f := range formWords {
		if f.match.MatchString(words) {
			return f.form
		}
	}
	if talks.MatchString(words) && others.MatchString(words) {
		return FormScript
	}
	return ""
}

var formWords = []struct {
	form  string
	match *regexp.Regexp
}{
	{FormThought, regexp.MustCompile(`(?i)thought (record|diary|log)`)},
	{FormExposure, regexp.MustCompile(`(?i)\b(exposure|ladder|hierarchy)\b`)},
	{FormExperiment, regexp.MustCompile(`(?i)\bexperiment\b`)},
	{FormBreathing, regexp.MustCompile(`(?i)\bbreath(e|ing)?\b`)},
	{FormGrounding, regexp.MustCompile(`(?i)\b(grounding|five senses|5-4-3-2-1)\b`)},
	{FormJournaling, regexp.MustCompile(`(?i)\b(journal(ing)?|diary|gratitude list)\b`)},
}
