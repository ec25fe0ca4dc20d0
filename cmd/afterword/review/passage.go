package review

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/afterword/afterword/models"
)

// What can be done with a passage besides correcting it: say whose it is, mark
// it, destroy it.

// marks are moments that the client wanted to find again.
type marks interface {
	Marks(ctx context.Context, id models.SessionID) ([]models.Mark, error) // in order of time
	SaveMarks(ctx context.Context, id models.SessionID, marks []models.Mark) error
}

// markView is a mark beside the passage that it lies in.
type markView struct {
	Session models.SessionID
	Number  int
	At      time.Duration
	Note    string
	Seq     int // of the segment; -1 where there are no words
	Seen    string
}

func markViews(t models.Transcript, list []models.Mark) []markView {
	var out []markView
	for i, m := range list {
		v := markView{Session: models.SessionID(t.ID), Number: i, At: m.At, Note: isolate(m.Note), Seq: -1, Seen: textVersion(strconv.FormatInt(m.At.Milliseconds(), 10) + m.Note)}
		for _, g := range t.Segments {
			if g.HeldBack() || strings.TrimSpace(g.Text) == "" {
				continue
			}
			if v.Seq = g.Seq; g.Span.End > m.At {
				break
			}
		}
		out = append(out, v)
	}
	return out
}

// addMarks puts each mark on top of the paragraph that it lies in.
func addMarks(rows []row, list []markView) {
	for _, m := range list {
		for _, r := range rows {
			if r.Para != nil && slices.ContainsFunc(r.Para.Segments, func(g segment) bool { return g.Seq == m.Seq }) {
				r.Para.Marks = append(r.Para.Marks, m)
				break
			}
		}
	}
}

// segmentsOf finds segments by the spots that a form names, in order of time.
func (p *Page) segmentsOf(r *http.Request, id models.SessionID, spots string) ([]models.Segment, error) {
	wanted, err := parseSpots(spots)
	if err != nil {
		return nil, err
	}
	t, err := p.Sessions.Transcript(r.Context(), id)
	if err != nil {
		return nil, err
	}
	var out []models.Segment
	for _, g := range t.Segments {
		if slices.Contains(wanted, g.Spot()) {
			out = append(out, g)
		}
	}
	if len(out) == 0 {
		return nil, models.Errorf(models.NotFound, "session %s has no such passage any more", id)
	}
	return out, nil
}

// voice says whose one passage is, or a part of it.
func (p *Page) voice(r *http.Request) (answer, error) {
	s, err := p.findSession(r)
	if err != nil {
		return answer{}, err
	}
	to := models.Speaker(r.PostFormValue("to"))
	if to != models.Client && to != models.Therapist && to != models.Unknown {
		return answer{}, models.Errorf(models.Invalid, "set speaker: %q is nobody the page knows", to)
	}
	list, err := p.segmentsOf(r, s.ID, r.PostFormValue("spots"))
	if err != nil {
		return answer{}, err
	}
	if err := p.Words.NamePassage(context.WithoutCancel(r.Context()), s.ID, list, to); err != nil {
		return answer{}, err
	}
	p.wordsChanged(r, s.ID)
	return answer{to: "/sessions/" + string(s.ID) + "?view=all#s" + itoa(list[0].Seq), told: text("told.voices")}, nil
}

// wordsChanged lets other windows know.
func (p *Page) wordsChanged(r *http.Request, id models.SessionID) {
	p.events.tell(event{name: "words", data: map[string]string{"session": string(id), "tab": r.Header.Get("X-Tab")}})
}

// markPassage marks where a passage begins.
func (p *Page) markPassage(r *http.Request) (answer, error) {
	s, err := p.findSession(r)
	if err != nil {
		return answer{}, err
	}
	note := strings.TrimSpace(r.PostFormValue("note"))
	if len(note) > maxNote {
		return answer{}, models.Errorf(models.Invalid, "mark: a note has at most %d bytes; this one has %d", maxNote, len(note))
	}
	list, err := p.segmentsOf(r, s.ID, r.PostFormValue("spots"))
	if err != nil {
		return answer{}, err
	}
	at := list[0].Span.Start
	err = p.changeMarks(r, s, func(all []models.Mark) ([]models.Mark, error) {
		i := slices.IndexFunc(all, func(m models.Mark) bool { return m.At > at })
		if i < 0 {
			i = len(all)
		}
		return slices.Insert(all, i, models.Mark{At: at, Note: note}), nil
	})
	return answer{to: "/sessions/" + string(s.ID) + "?view=all#s" + itoa(list[0].Seq)}, err
}

// unmark takes a mark away, if it still is the one that was seen.
func (p *Page) unmark(r *http.Request) (answer, error) {
	s, err := p.findSession(r)
	if err != nil {
		return answer{}, err
	}
	number, nerr := strconv.Atoi(r.PostFormValue("number"))
	err = p.changeMarks(r, s, func(all []models.Mark) ([]models.Mark, error) {
		views := markViews(models.Transcript{}, all)
		if nerr != nil || number < 0 || number >= len(all) || views[number].Seen != r.PostFormValue("seen") {
			return nil, models.Errorf(models.Conflict, "the marks were changed since the page was shown")
		}
		return slices.Delete(all, number, number+1), nil
	})
	return answer{to: "/sessions/" + string(s.ID) + "?view=all"}, err
}

// changeMarks changes the marks of a session, one window at a time. While it
// is recorded, its marks are the recorder's.
func (p *Page) changeMarks(r *http.Request, s models.Session, change func([]models.Mark) ([]models.Mark, error)) error {
	p.desk.Lock()
	defer p.desk.Unlock()
	if s.State == models.Ingesting {
		return models.Errorf(models.Busy, "session %s is still coming in", s.ID)
	}
	all, err := p.Marks.Marks(r.Context(), s.ID)
	if err != nil {
		return err
	}
	if all, err = change(all); err != nil {
		return err
	}
	if err := p.Marks.SaveMarks(r.Context(), s.ID, all); err != nil {
		return err
	}
	p.wordsChanged(r, s.ID)
	return nil
}

// cutView is a stretch of the transcript that somebody thinks of destroying.
type cutView struct {
	Session     models.SessionID
	First, Last int
	Near        []segment // what the stretch may begin and end with
	Segments    []segment // the stretch itself
	Back        string
}

func (v cutView) FromMS() int64 { return v.Segments[0].StartMS() }

func (v cutView) ToMS() int64 {
	end := v.Segments[0].EndMS()
	for _, g := range v.Segments {
		end = max(end, g.EndMS())
	}
	return end
}

func (v cutView) From() time.Duration { return time.Duration(v.FromMS()) * time.Millisecond }
func (v cutView) To() time.Duration   { return time.Duration(v.ToMS()) * time.Millisecond }

// nearby is how many segments before and after a passage the stretch to be
// destroyed may be drawn out to.
const nearby = 30

// chooseCut shows the words that would be destroyed, and lets the stretch be
// made longer or shorter first.
func (p *Page) chooseCut(r *http.Request) (answer, error) {
	s, err := p.findSession(r)
	if err != nil {
		return answer{}, err
	}
	t, err := p.Sessions.Transcript(r.Context(), s.ID)
	if err != nil {
		return answer{}, err
	}
	find := func(name string) (int, error) {
		spot, err := parseSpot(r.URL.Query().Get(name))
		if err != nil {
			return 0, err
		}
		i := slices.IndexFunc(t.Segments, func(g models.Segment) bool { return g.Spot() == spot })
		if i < 0 {
			return 0, models.Errorf(models.NotFound, "session %s has no such passage any more", s.ID)
		}
		return i, nil
	}
	first, err := find("from")
	if err != nil {
		return answer{}, err
	}
	last, err := find("to")
	if err != nil {
		return answer{}, err
	}
	first, last = min(first, last), max(first, last)
	v := cutView{Session: s.ID, First: t.Segments[first].Seq, Last: t.Segments[last].Seq, Back: "/sessions/" + string(s.ID) + "?view=all#s" + itoa(t.Segments[first].Seq)}
	for i := max(0, first-nearby); i < min(len(t.Segments), last+nearby+1); i++ {
		g := draw(t.Segments[i])
		v.Near = append(v.Near, g)
		if i >= first && i <= last {
			v.Segments = append(v.Segments, g)
		}
	}
	return answer{name: "cut", title: text("strike.title"), data: v}, nil
}

// Brief is how a segment begins.
func (s segment) Brief() string {
	words := strings.Fields(isolate(s.Text))
	if len(words) > 7 {
		return strings.Join(words[:7], " ") + " …"
	}
	return strings.Join(words, " ")
}

// Name is its spot.
func (s segment) Name() string { return spotName(s.Spot()) }
