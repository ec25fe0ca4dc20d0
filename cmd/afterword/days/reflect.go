package days

import (
	"context"
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

// Answer stores one answer at once; an empty one says that the question was
// skipped. An answer to a question that the form does not have is an Invalid
// error, a reflection that was changed elsewhere a Conflict.
func (b *Book) Answer(ctx context.Context, r Reflection, key, text string) (Reflection, error) {
	f := FindForm(r.Form)
	known := false
	var keys []string
	if f != nil {
		for _, q := range f.Questions {
			known = known || q.Key == key
			keys = append(keys, q.Key)
		}
	}
	if !known {
		return r, models.WithHint(models.Errorf(models.Invalid, "reflect: there is no question %q", key), "the questions are %s", strings.Join(keys, ", "))
	}
	answers := map[string]string{key: strings.TrimSpace(text)}
	for k, a := range r.Answers {
		if k != key {
			answers[k] = a
		}
	}
	r.Answers = answers
	return r, save(ctx, b, &r)
}
