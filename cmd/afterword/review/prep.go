package review

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// prepView is the sheet for the next session: the client's topics first, then
// what the weeks brought, to be read, printed or taken along on a phone.
type prepView struct {
	Heading string
	Next    *appointmentView
	Topics  []topicView
	Offered []days.Line
	Parts   []sheetPart
	Asks    []sheetLine // questions of the client's own
	Good    []string    // ones that are good in any session
	Many    bool        // more topics than a session has room for
	When    appointmentForm
	Settled models.EntryID // just now; it can be taken back
}

type topicView struct {
	days.Topic
	Place       int
	Begin       string // the sentence to begin with
	First, Last bool
}

// sheetPart is a part of a sheet that says something.
type sheetPart struct {
	Key   string
	Lines []sheetLine
}

type sheetLine struct {
	Text, Day, Link, ID string
	Close               bool // it stays until it is closed
}

const roomForTopics = 3

func (p *Page) prep(r *http.Request) (answer, error) {
	s, err := p.Book.Sheet(r.Context())
	if err != nil {
		return answer{}, err
	}
	v := prepView{Heading: p.Book.Heading(s), Next: p.nextView(s.Next), Good: s.Standard, Many: len(s.Topics) > roomForTopics}
	v.When = appointmentForm{v.Next, p.Book.Today(), "/prep"}
	if id, err := models.ParseEntryID(r.URL.Query().Get("settled")); err == nil {
		v.Settled = id
	}
	for i, t := range s.Topics {
		x := topicView{Topic: t, Place: i + 1, Begin: isolate(days.Opening(t)), First: i == 0, Last: i == len(s.Topics)-1}
		x.Text = isolate(t.Text)
		v.Topics = append(v.Topics, x)
	}
	for _, l := range s.Suggested {
		l.Text = isolate(l.Text)
		v.Offered = append(v.Offered, l)
	}
	for _, x := range []struct {
		key   string
		lines []days.Line
	}{{"well", s.Well}, {"hard", s.Hard}, {"homework", s.Homework}, {"tell", s.Tell}, {"loops", s.Loops}, {"avoided", s.Avoided}} {
		if len(x.lines) > 0 {
			v.Parts = append(v.Parts, sheetPart{x.key, p.sheetLines(x.lines, x.key == "loops")})
		}
	}
	v.Asks = p.sheetLines(s.Questions, true)
	return answer{name: "prep", title: text("nav.prep"), data: v}, nil
}

func (p *Page) sheetLines(lines []days.Line, closes bool) []sheetLine {
	var out []sheetLine
	for _, l := range lines {
		x := sheetLine{Text: isolate(l.Text), ID: l.ID, Link: placeOf(l.Kind, l.ID, l.Session), Close: closes}
		if l.Day != "" {
			x.Day = p.Book.Shown(l.Day)
		}
		out = append(out, x)
	}
	return out
}

// placeOf is where something of a kind stands; empty where it has no page.
func placeOf(kind, id string, session models.SessionID) string {
	switch models.EntryKind(kind) {
	case models.EntryNote:
		return "/notes/" + id
	case models.EntryJournal:
		return "/journal/" + id
	case models.EntryReflection:
		return "/reflections/" + id
	case models.EntryPlan:
		return "/homework/" + id
	case models.EntryOutcome:
		return "/homework"
	case models.EntryTopic:
		return "/prep"
	case models.EntryGoal:
		return "/goals#g-" + id
	}
	if session != "" && slices.Contains(models.Kinds, models.Kind(kind)) {
		return "/sessions/" + string(session) + "?view=all#i-" + id
	}
	return ""
}

// saveTopic stores a topic or a question, new or changed. What was typed and
// cannot be kept comes back in a sentence: both are one line.
func (p *Page) saveTopic(r *http.Request) (answer, error) {
	var t days.Topic
	if id := r.PathValue("topic"); id != "" {
		var err error
		if t, err = p.Book.FindTopic(r.Context(), id); err != nil {
			return answer{}, err
		}
		t.Version = seen(r)
	}
	t.Text, t.Opening, t.Question = field(r, "text"), field(r, "opening"), r.PostFormValue("question") != ""
	t, err := p.Book.SaveTopic(r.Context(), t)
	return answer{to: "/prep#topics", told: text("told.topic")}, err
}

// moveTopic puts a topic one place up or down.
func (p *Page) moveTopic(r *http.Request) (answer, error) {
	all, err := p.Book.Topics(r.Context())
	if err != nil {
		return answer{}, err
	}
	var names []string
	for _, t := range all {
		if !t.Question {
			names = append(names, string(t.ID))
		}
	}
	at := slices.Index(names, r.PathValue("topic"))
	to := at - 1
	if r.PostFormValue("do") == "down" {
		to = at + 1
	}
	if at >= 0 && to >= 0 && to < len(names) {
		names[at], names[to] = names[to], names[at]
		_, err = p.Book.Rank(r.Context(), names)
	}
	return answer{to: "/prep#topics"}, err
}

// closeTopic settles a topic, a question or what was left open, or takes that
// back.
func (p *Page) closeTopic(r *http.Request) (answer, error) {
	id, err := models.ParseEntryID(r.PostFormValue("id"))
	if err != nil {
		return answer{}, err
	}
	reopen := r.PostFormValue("do") == "back"
	if _, err = p.Book.Close(r.Context(), string(id), reopen); reopen || err != nil {
		return answer{to: "/prep", told: text("told.back")}, err
	}
	return answer{to: "/prep?settled=" + string(id), told: text("told.closed")}, nil
}

// setNext says when the next session is, or that none is set. What another
// window set meanwhile is not overwritten unseen.
func (p *Page) setNext(r *http.Request) (answer, error) {
	now, err := p.Book.Next(r.Context())
	if err != nil {
		return answer{}, err
	}
	if now != nil && now.Version != seen(r) {
		return answer{}, models.Errorf(models.Conflict, "the next session was set meanwhile: %s", p.Book.Shown(now.Day))
	}
	if r.PostFormValue("do") == "none" {
		return answer{to: back(r, "/prep"), told: text("told.nonext")}, p.Book.ClearNext(r.Context())
	}
	day, err := models.ParseDate(field(r, "day"))
	if err != nil {
		return answer{}, err
	}
	minutes, err := number(r, "minutes")
	if err != nil {
		return answer{}, err
	}
	a := days.Appointment{Time: field(r, "time"), Where: field(r, "where")}
	a.Day = day
	if minutes != nil {
		a.Minutes = *minutes
	}
	_, err = p.Book.SetNext(r.Context(), a)
	return answer{to: back(r, "/prep"), told: text("told.next")}, err
}

// sheetFile is the sheet to take along: plain text for a phone, Markdown, PDF;
// or the appointment alone, for a calendar.
func (p *Page) sheetFile(w http.ResponseWriter, r *http.Request) {
	form := strings.TrimPrefix(r.PathValue("file"), "sheet.")
	if !slices.Contains([]string{"txt", "md", "pdf", "ics"}, form) {
		refuse(w, r, http.StatusNotFound, "page")
		return
	}
	s, err := p.Book.Sheet(r.Context())
	if err != nil {
		p.fail(w, r, err)
		return
	}
	p.send(w, r, File{"next-session." + form, func(_ context.Context, w io.Writer) error { return p.Book.WriteSheet(w, s, form) }})
}
