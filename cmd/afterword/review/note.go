package review

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// noteView is the minute's look at a day, as a form.
type noteView struct {
	days.Note
	again
	Action  string // where it is sent
	Back    string // where it leads then
	Choices []choice
	Others  string // feelings that are none of the choices
	Hours   string // of sleep
	Max     models.Date
	Brief   bool // what goes beyond a minute is folded
}

type choice struct {
	Word string
	On   bool
}

// Scale are the numbers of a mood.
func (noteView) Scale() []int { return []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10} }

const someFeelings = 8

func (p *Page) noteView(ctx context.Context, n days.Note) (noteView, error) {
	v := noteView{Note: n, Action: "/notes", Back: "/", Max: p.Book.Today()}
	if n.ID != "" {
		v.Action = "/notes/" + string(n.ID)
	}
	if n.Sleep != nil {
		v.Hours = strconv.FormatFloat(*n.Sleep, 'f', -1, 64)
	}
	words, err := p.Book.Feelings(ctx, someFeelings)
	if err != nil {
		return v, err
	}
	var others []string
	for _, e := range n.Emotions {
		if !slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, e) }) {
			others = append(others, e)
		}
	}
	v.Others = strings.Join(others, ", ")
	for _, w := range words {
		v.Choices = append(v.Choices, choice{isolate(w), slices.ContainsFunc(n.Emotions, func(e string) bool { return strings.EqualFold(w, e) })})
	}
	return v, nil
}

// readNote reads the form into a note.
func readNote(r *http.Request, n days.Note) (days.Note, error) {
	mood, err := number(r, "mood")
	if err != nil {
		return n, err
	}
	if n.Mood = 0; mood != nil {
		n.Mood = *mood
	}
	n.Emotions = nil
	for _, f := range append(r.PostForm["feeling"], strings.Split(field(r, "feelings"), ",")...) {
		f = strings.TrimSpace(f)
		if f != "" && !slices.ContainsFunc(n.Emotions, func(e string) bool { return strings.EqualFold(e, f) }) {
			n.Emotions = append(n.Emotions, f)
		}
	}
	for _, x := range []struct {
		name string
		to   *string
	}{
		{"text", &n.Text},
		{"trigger", &n.Trigger},
		{"mind", &n.Mind},
		{"felt", &n.Felt},
		{"coping", &n.Coping},
		{"helped", &n.Helped},
		{"movement", &n.Movement},
		{"food", &n.Food},
		{"mindful", &n.Mindful},
		{"win", &n.Win},
	} {
		*x.to = field(r, x.name)
	}
	if day := field(r, "day"); day != "" {
		if n.Day, err = models.ParseDate(day); err != nil {
			return n, err
		}
	}
	n.Sleep = nil
	if s := strings.ReplaceAll(field(r, "sleep"), ",", "."); s != "" {
		hours, err := strconv.ParseFloat(s, 64)
		if err != nil || !(hours >= 0 && hours <= 24) {
			return n, models.Errorf(models.Invalid, "note of the day: sleep is a number of hours, not %q", s)
		}
		n.Sleep = &hours
	}
	return n, nil
}

// saveNote stores a note, new or changed. One that cannot be stored comes back
// with all that was typed.
func (p *Page) saveNote(r *http.Request) (answer, error) {
	ctx := r.Context()
	var now days.Note
	if id := r.PathValue("note"); id != "" {
		var err error
		if now, err = p.Book.FindNote(ctx, id); err != nil {
			return answer{}, err
		}
	}
	n := days.Note{Entry: now.Entry}
	n.Version = seen(r)
	n, err := readNote(r, n)
	if err == nil {
		_, err = p.Book.SaveNote(ctx, n)
	}
	if err == nil {
		return answer{to: back(r, "/"), told: text("told.note")}, nil
	}
	a, status, ok := comeBack(err)
	if !ok {
		return answer{}, err
	}
	if status == http.StatusConflict {
		a.Now, n.Version = noteSays(now), now.Version
	}
	v, err := p.noteView(ctx, n)
	v.again, v.Back = a, back(r, "/")
	return answer{name: "note-page", title: text("note.title"), status: status, data: v}, err
}

// noteSays is a note in lines.
func noteSays(n days.Note) []said {
	mood, sleep := "", ""
	if n.Mood > 0 {
		mood = text("note.of10", n.Mood)
	}
	if n.Sleep != nil {
		sleep = text("note.hours", strconv.FormatFloat(*n.Sleep, 'f', -1, 64))
	}
	coping := n.Coping
	if n.Helped != "" {
		coping = strings.TrimPrefix(coping+", "+text("helped."+n.Helped), ", ")
	}
	return saids(
		said{text("note.mood.short"), mood}, said{text("note.feelings"), strings.Join(n.Emotions, ", ")}, said{"", n.Text},
		said{text("note.trigger"), n.Trigger}, said{text("note.mind"), n.Mind}, said{text("note.body"), n.Felt}, said{text("note.coping.short"), coping},
		said{text("note.sleep.short"), sleep}, said{text("note.movement"), n.Movement}, said{text("note.food"), n.Food}, said{text("note.mindful"), n.Mindful},
		said{text("note.win.short"), n.Win})
}

func (p *Page) note(r *http.Request) (answer, error) {
	n, err := p.Book.FindNote(r.Context(), r.PathValue("note"))
	if err != nil {
		return answer{}, err
	}
	v, err := p.noteView(r.Context(), n)
	v.Back = "/notes"
	return answer{name: "note-page", title: text("note.title"), data: v}, err
}

func (p *Page) forgetNote(r *http.Request) (answer, error) {
	n, err := p.Book.FindNote(r.Context(), r.PathValue("note"))
	if err == nil {
		err = p.Book.Forget(r.Context(), n.Entry)
	}
	return answer{to: "/notes", told: text("told.forgotten")}, err
}

// noteLine is a note in a list.
type noteLine struct {
	ID   models.EntryID
	Day  string
	Mood int
	Says []said
}

func (p *Page) noteLine(n days.Note) noteLine {
	l := noteLine{ID: n.ID, Day: p.Book.Shown(n.Day), Mood: n.Mood}
	n.Mood = 0
	l.Says = noteSays(n)
	return l
}

// listNotes shows the notes of a day, or of the last weeks, newest first.
func (p *Page) listNotes(r *http.Request) (answer, error) {
	since, until := models.DateOf(p.Book.Today().Time().AddDate(0, 0, -41)), p.Book.Today()
	if day, err := models.ParseDate(r.URL.Query().Get("day")); err == nil {
		since, until = day, day
	}
	if r.URL.Query().Get("all") != "" {
		since = ""
	}
	notes, err := p.Book.Notes(r.Context(), since)
	v := struct {
		Notes []noteLine
		Part  bool // there may be more
	}{Part: since != ""}
	for _, n := range slices.Backward(notes) {
		if n.Day <= until {
			v.Notes = append(v.Notes, p.noteLine(n))
		}
	}
	return answer{name: "notes", title: text("notes.title"), data: v}, err
}
