package days

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/afterword/afterword/models"
)

// Reflection is a form with the answers given so far. An answer that is there
// and empty was skipped. About is the plan that it belongs to, if any.
type Reflection struct {
	models.Entry
	Form    string            `json:"form"`
	Answers map[string]string `json:"answers"`
}

// Next is the first question without an answer; nil when all have one.
func (r Reflection) Next() *Question {
	f := FindForm(r.Form)
	if f == nil {
		return nil
	}
	for i, q := range f.Questions {
		if _, ok := r.Answers[q.Key]; !ok {
			return &f.Questions[i]
		}
	}
	return nil
}

// Given counts the answers that say something.
func (r Reflection) Given() int {
	n := 0
	for _, a := range r.Answers {
		if a != "" {
			n++
		}
	}
	return n
}

// Reflections lists reflections, the oldest first.
func (b *Book) Reflections(ctx context.Context, f models.EntryFilter) ([]Reflection, error) {
	f.Kind = models.EntryReflection
	return list[Reflection](ctx, b, f)
}

// Reflection takes up a form where it was left, or begins it: the one of that
// session; the one about that plan that has questions left; the weekly one of
// the last seven days. A fresh one is not stored before its first answer.
func (b *Book) Reflection(ctx context.Context, form string, session models.SessionID, plan models.EntryID) (Reflection, error) {
	fresh := Reflection{
		Entry: models.Entry{Kind: models.EntryReflection, Session: session, About: string(plan), Day: b.Today()},
		Form:  form, Answers: map[string]string{},
	}
	if FindForm(form) == nil {
		return fresh, models.WithHint(models.Errorf(models.Invalid, "reflect: there is no form %q", form), "the forms are %s", strings.Join(FormKeys(), ", "))
	}
	filter := models.EntryFilter{Session: session, About: string(plan)}
	if form == FormWeekly {
		filter.Since = addDays(b.Today(), -6)
	}
	all, err := b.Reflections(ctx, filter)
	if err != nil {
		return fresh, err
	}
	for i := len(all) - 1; i >= 0; i-- {
		r := all[i]
		if r.Form == form && r.Session == session && r.About == string(plan) && (r.Next() != nil || form == FormSession || form == FormWeekly) {
			return r, nil
		}
	}
	return fresh, nil
}

// FindReflection finds a reflection by its ID.
func (b *Book) FindReflection(ctx context.Context, name string) (Reflection, error) {
	return find[Reflection](ctx, b, models.EntryReflection, name)
}

// fresh is for how many days after a session its questions are offered.
const fresh = 10

// Unreflected is the last session, if it is at most ten days old and its
// questions were not all answered or skipped, with the answers given so far;
// nil otherwise. Older sessions are never brought up again.
func (b *Book) Unreflected(ctx context.Context) (*models.Session, Reflection, error) {
	sessions, err := b.past.Sessions(ctx)
	if err != nil {
		return nil, Reflection{}, err
	}
	var last *models.Session
	for i, s := range sessions {
		if s.State == models.Ready && s.Date <= b.Today() && (last == nil || s.Date > last.Date) {
			last = &sessions[i]
		}
	}
	if last == nil || last.Date < addDays(b.Today(), -fresh) {
		return nil, Reflection{}, nil
	}
	r, err := b.Reflection(ctx, FormSession, last.ID, "")
	if err != nil || r.Next() == nil {
		return nil, r, err
	}
	return last, r, nil
}

// Answer stores one answer at once; an empty one says that the question was
// skipped. An answer to a question that the form does not have is an Invalid
// error, a reflection that was changed elsewhere a Conflict.
func (b *Book) Answer(ctx context.Context, r Reflection, key, text string) (Reflection, error) {
	return b.Answers(ctx, r, map[string]string{key: text})
}

// Answers is Answer for several questions.
func (b *Book) Answers(ctx context.Context, r Reflection, given map[string]string) (Reflection, error) {
	var keys []string
	if f := FindForm(r.Form); f != nil {
		for _, q := range f.Questions {
			keys = append(keys, q.Key)
		}
	}
	answers := maps.Clone(r.Answers)
	if answers == nil {
		answers = map[string]string{}
	}
	for key, text := range given {
		if !slices.Contains(keys, key) {
			return r, models.WithHint(models.Errorf(models.Invalid, "reflect: there is no question %q", key), "the questions are %s", strings.Join(keys, ", "))
		}
		answers[key] = strings.TrimSpace(text)
	}
	r.Answers = answers
	return r, save(ctx, b, &r)
}
