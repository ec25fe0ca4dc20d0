package review

import (
	"context"
	"io"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// The days between sessions are a book that the terminal opens too. Each page
// sees the part of it that it shows. What is saved carries the version that
// the form saw: Conflict where somebody else was faster.

// notes are those of a day.
type notes interface {
	Notes(ctx context.Context, since models.Date) ([]days.Note, error) // oldest first
	FindNote(ctx context.Context, name string) (days.Note, error)
	SaveNote(ctx context.Context, n days.Note) (days.Note, error)
}

// homework is what was agreed, and what came of it.
type homework interface {
	Homework(ctx context.Context) ([]days.Task, error)
	FindTask(ctx context.Context, name string) (days.Task, error)
	SavePlan(ctx context.Context, p days.Plan) (days.Plan, error)
}

// outcomes are single times of a plan.
type outcomes interface {
	Log(ctx context.Context, name string, o days.Outcome) (days.Task, error)
	TakeBack(ctx context.Context, name string, id models.EntryID) (days.Task, error)
	Drop(ctx context.Context, name, why string, back bool) (days.Task, error)
}

// reflections are forms with the answers given so far.
type reflections interface {
	Reflections(ctx context.Context, f models.EntryFilter) ([]days.Reflection, error) // oldest first
	Reflection(ctx context.Context, form string, session models.SessionID, plan models.EntryID) (days.Reflection, error)
	FindReflection(ctx context.Context, name string) (days.Reflection, error)
}

// answers are given to them.
type answers interface {
	Answers(ctx context.Context, r days.Reflection, given map[string]string) (days.Reflection, error)
	Unreflected(ctx context.Context) (*models.Session, days.Reflection, error)
}

// sheet is what to bring to the next session, by what was written to bring.
type sheet interface {
	Sheet(ctx context.Context) (days.Sheet, error)
	WriteSheet(w io.Writer, s days.Sheet, form string) error
	Heading(s days.Sheet) string
}

// topics are what the client wants to bring.
type topics interface {
	Topics(ctx context.Context) ([]days.Topic, error)
	FindTopic(ctx context.Context, name string) (days.Topic, error)
	SaveTopic(ctx context.Context, t days.Topic) (days.Topic, error)
}

// order is what comes first of them, and what is settled.
type order interface {
	Rank(ctx context.Context, names []string) ([]days.Topic, error)
	Close(ctx context.Context, name string, back bool) (string, error)
}

// appointments are the next session.
type appointments interface {
	SetNext(ctx context.Context, a days.Appointment) (days.Appointment, error)
	ClearNext(ctx context.Context) error
}

// pages are those of the journal.
type pages interface {
	Pages(ctx context.Context, since models.Date) ([]days.Page, error)
	FindPage(ctx context.Context, name string) (days.Page, error)
	SavePage(ctx context.Context, p days.Page) (days.Page, error)
}

// beginnings are things to write about.
type beginnings interface {
	Prompts(ctx context.Context, n int) ([]days.Prompt, error)
}

// goals are what the client works towards.
type goals interface {
	Goals(ctx context.Context) ([]days.Goal, error)
	FindGoal(ctx context.Context, name string) (days.Goal, error)
	SaveGoal(ctx context.Context, g days.Goal) (days.Goal, error)
}

// ways are what helps, and what sets things off.
type ways interface {
	Skills(ctx context.Context) (coping, triggers []days.Tried, err error)
}

// recall is what is worth having in mind.
type recall interface {
	Recall(ctx context.Context) ([]days.Ask, error)
	Reveal(ctx context.Context, id models.ItemID) (models.Item, error)
	Grade(ctx context.Context, name string, g days.Grade) (days.Card, error)
}

// trends are what came up over the last sessions, and as many weeks.
type trends interface {
	Trends(ctx context.Context, sessions int) (days.Trends, error)
}

// finder looks in everything that was said, found and written.
type finder interface {
	Search(ctx context.Context, q days.Query) (hits []days.Hit, more int, err error)
}

// reminders are how the client wants to be reminded.
type reminders interface {
	Reminders(ctx context.Context) (days.Reminders, error)
	SaveReminders(ctx context.Context, r days.Reminders) (days.Reminders, error)
	NotThisWeek(ctx context.Context) (days.Reminders, error)
}

// vocabularies are names and words that may come up.
type vocabularies interface {
	Vocabulary(ctx context.Context) (days.Vocabulary, error)
	SaveVocabulary(ctx context.Context, v days.Vocabulary) (days.Vocabulary, error) // Conflict, Invalid
}

// contacts are people to turn to in a hard moment.
type contacts interface {
	Contacts(ctx context.Context) ([]days.Contact, error)
	FindContact(ctx context.Context, name string) (days.Contact, error)
	SaveContact(ctx context.Context, c days.Contact) (days.Contact, error)
}

// retention is how long sound is kept.
type retention interface {
	Retention(ctx context.Context) (days.Retention, error)
	SaveRetention(ctx context.Context, r days.Retention) (days.Retention, error)
}

// leaving is what goes soon. Whoever asks for it tells the client.
type leaving interface {
	Leaving(ctx context.Context) ([]days.Leaving, error)
	KeepSound(ctx context.Context, id models.SessionID, keep bool) (days.Retention, error)
}

// spoken are answers that are said: while their words wait, and with the sound
// that the client keeps.
type spoken interface {
	Spoken(ctx context.Context) ([]days.Spoken, error) // oldest first
	FindSpoken(ctx context.Context, name string) (days.Spoken, error)
	KeepSpoken(ctx context.Context, s days.Spoken) (days.Spoken, error)
	Take(ctx context.Context, s days.Spoken, field string) error
	Unsay(ctx context.Context, s days.Spoken) error // Busy while it is recorded
}

// look is what a day looks back on, and forward to.
type look interface {
	Feelings(ctx context.Context, n int) ([]string, error)
	Wins(ctx context.Context, since models.Date) ([]days.Line, error)
	Next(ctx context.Context) (*days.Appointment, error)
}

// calendars are months, and files for other calendars.
type calendars interface {
	Calendar(ctx context.Context, from, to models.Date) ([]days.Dated, error)
	WriteCalendar(ctx context.Context, w io.Writer, words bool) error
	WriteTasks(w io.Writer, tasks []days.Task, words bool) error
}

// calendar is what the book takes for today, and how it says a day.
type calendar interface {
	Today() models.Date
	Shown(d models.Date) string
	Details(t days.Task) []string
}

// book is all of it.
type book interface {
	calendar
	notes
	homework
	outcomes
	reflections
	answers
	sheet
	topics
	order
	appointments
	pages
	beginnings
	goals
	ways
	recall
	trends
	reminders
	vocabularies
	contacts
	retention
	leaving
	spoken
	look
	calendars
	Forget(ctx context.Context, e models.Entry) error
}
