package days

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/afterword/afterword/models"
)

// Line is one line of a sheet, and where it comes from.
type Line struct {
	Text    string           `json:"text"`
	Kind    string           `json:"kind"` // of the item or entry
	ID      string           `json:"id"`
	Session models.SessionID `json:"session,omitempty"`
	Day     models.Date      `json:"day,omitempty"`
}

// Sheet is what to bring to the next session.
type Sheet struct {
	Next      *Appointment `json:"next,omitempty"`
	Since     models.Date  `json:"since,omitempty"` // the last session
	Topics    []Topic      `json:"topics"`          // in the client's order
	Suggested []Line       `json:"suggested"`       // what could be one, while there are fewer than three
	Well      []Line       `json:"well"`
	Hard      []Line       `json:"hard"`
	Homework  []Line       `json:"homework"`
	Tell      []Line       `json:"tell"` // what the client wants to tell
	Loops     []Line       `json:"loops"`
	Questions []Line       `json:"questions"`
	Standard  []string     `json:"standard"` // questions that are good to ask
	Avoided   []Line       `json:"avoided"`
}

// topicsEnough is how many topics a session has room for.
const topicsEnough = 3

// standardQuestions are offered beside the client's own.
var standardQuestions = []string{
	"How do you see how it is going?", "What could I try next, and why that?", "How will we know that it helps?", "Is there something in our sessions that we should do differently?",
}

// Sheet gathers what happened since the last session, and what was left open
// in any. Open loops and questions stay on it until they are closed.
func (b *Book) Sheet(ctx context.Context) (Sheet, error) {
	s := Sheet{
		Topics: []Topic{}, Suggested: []Line{}, Well: []Line{}, Hard: []Line{}, Homework: []Line{}, Tell: []Line{}, Loops: []Line{}, Questions: []Line{},
		Avoided: []Line{}, Standard: standardQuestions,
	}
	var err error
	if s.Next, err = b.Next(ctx); err != nil {
		return s, err
	}
	sessions, err := b.past.Sessions(ctx)
	if err != nil {
		return s, err
	}
	date := map[models.SessionID]models.Date{}
	for _, x := range sessions {
		date[x.ID] = x.Date
		if x.Date <= b.Today() {
			s.Since = max(s.Since, x.Date)
		}
	}
	topics, err := b.Topics(ctx)
	if err != nil {
		return s, err
	}
	for _, t := range topics {
		if t.Question {
			s.Questions = append(s.Questions, line(t.Entry, t.Text))
			continue
		}
		s.Topics = append(s.Topics, t)
	}
	for _, f := range []func(context.Context, *Sheet) error{b.addNotes, b.addOutcomes, b.addReflections} {
		if err := f(ctx, &s); err != nil {
			return s, err
		}
	}
	if err := b.addOpen(ctx, &s, date); err != nil {
		return s, err
	}
	if len(s.Topics) < topicsEnough {
		s.Suggested = suggest(s, topicsEnough-len(s.Topics))
	}
	return s, nil
}

func line(e models.Entry, text string) Line {
	return Line{strings.TrimSpace(text), string(e.Kind), string(e.ID), e.Session, e.Day}
}

// A mood up to hardMood, or from goodMood on, is worth a line: the client
// called the day so.
const hardMood, goodMood = 4, 7

func (b *Book) addNotes(ctx context.Context, s *Sheet) error {
	notes, err := b.Notes(ctx, s.Since)
	for _, n := range notes {
		about := strings.Join(slices.DeleteFunc([]string{strings.Join(n.Emotions, ", "), n.Trigger, n.Text}, func(x string) bool { return x == "" }), "; ")
		switch {
		case n.Mood > 0 && n.Mood <= hardMood && about != "":
			s.Hard = append(s.Hard, line(n.Entry, about))
		case n.Mood >= goodMood && about != "":
			s.Well = append(s.Well, line(n.Entry, about))
		}
		if n.Win != "" {
			s.Well = append(s.Well, line(n.Entry, n.Win))
		}
		if n.Coping != "" && n.Helped == "yes" {
			s.Well = append(s.Well, line(n.Entry, n.Coping+" helped"))
		}
	}
	return err
}

func (b *Book) addOutcomes(ctx context.Context, s *Sheet) error {
	tasks, err := b.Homework(ctx)
	for _, t := range tasks {
		done, partly, skipped := 0, 0, 0
		for _, o := range t.Outcomes {
			if o.Day < s.Since {
				continue
			}
			switch o.How {
			case Done:
				done++
			case Partly:
				partly++
			case Skipped:
				skipped++
			}
			if o.Tell != "" {
				s.Tell = append(s.Tell, line(o.Entry, o.Tell))
			}
			if o.Before != nil && o.After != nil && *o.After > *o.Before {
				s.Hard = append(s.Hard, line(o.Entry, t.Plan.What+" felt harder afterwards"))
			}
		}
		s.addTask(t, done, partly, skipped)
	}
	return err
}

func (s *Sheet) addTask(t Task, done, partly, skipped int) {
	l := line(t.Plan.Entry, t.Plan.What)
	switch {
	case t.State == Dropped && t.Plan.Dropped >= s.Since:
		l.Text += ": let go"
		if t.Plan.Why != "" {
			l.Text += ", " + t.Plan.Why
		}
	case done+partly > 0:
		var parts []string
		if done > 0 {
			parts = append(parts, "done "+times(done))
		}
		if partly > 0 {
			parts = append(parts, "partly "+times(partly))
		}
		s.Well = append(s.Well, l)
		l.Text += ": " + strings.Join(parts, ", ")
	case t.State == Dropped || t.State == Finished:
		return
	case skipped > 0:
		s.Avoided = append(s.Avoided, l)
		l.Text += ": not yet"
	default:
		l.Text += ": not yet"
	}
	s.Homework = append(s.Homework, l)
}

func (b *Book) addReflections(ctx context.Context, s *Sheet) error {
	all, err := b.Reflections(ctx, models.EntryFilter{Since: s.Since})
	for _, r := range all {
		for key, to := range map[string]*[]Line{"hard": &s.Hard, "changed": &s.Well, "avoided": &s.Avoided, "next": &s.Tell} {
			if text := r.Answers[key]; text != "" && (r.Form == FormSession || r.Form == FormWeekly) {
				*to = append(*to, line(r.Entry, text))
			}
		}
	}
	return err
}

// addOpen adds what was left open in any session, the newest first, and the
// questions that the client kept.
func (b *Book) addOpen(ctx context.Context, s *Sheet, date map[models.SessionID]models.Date) error {
	items, err := b.past.Items(ctx, "", models.KindOpenLoop, models.KindQuestion)
	for _, it := range items {
		l := Line{it.Text, string(it.Kind), string(it.ID), it.Session, date[it.Session]}
		kept := it.Decision == models.Accepted || it.Decision == models.Edited
		switch {
		case it.Finished:
		case it.Kind == models.KindOpenLoop:
			s.Loops = append(s.Loops, l)
		case it.Kind == models.KindQuestion && kept:
			s.Questions = append(s.Questions, l)
		}
	}
	return err
}

// suggest offers topics: what was hard, was left open, was avoided, and that
// the client wanted to tell, one of each before a second of any.
func suggest(s Sheet, n int) []Line {
	taken := map[string]bool{}
	for _, t := range s.Topics {
		taken[t.Text] = true
	}
	var out []Line
	for i := 0; len(out) < n; i++ {
		more := false
		for _, from := range [][]Line{s.Hard, s.Loops, s.Tell, s.Avoided} {
			if i >= len(from) {
				continue
			}
			more = true
			if l := from[len(from)-1-i]; !taken[l.Text] && len(out) < n {
				taken[l.Text] = true
				out = append(out, l)
			}
		}
		if !more {
			break
		}
	}
	return out
}

// Opening is the topic's own sentence, or one to begin with.
func Opening(t Topic) string {
	if t.Opening != "" {
		return t.Opening
	}
	return fmt.Sprintf("I would like to talk about this today: %s.", strings.TrimRight(t.Text, ".!? "))
}
