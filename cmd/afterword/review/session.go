package review

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/afterword/afterword/models"
)

// sessionView is what the page of one session shows.
type sessionView struct {
	models.Session
	Head      heading
	Stage     *stage // nil once it is ready
	Paragraph string // the gentle summary
	Phrases   []phraseView
	Reading   string // what a language model makes of it, if one was asked
	Held      string // until when it should not come up
	Filter    filter
	Counts    counts
	Rows      []row
	Rest      string     // address of the rows that come after the page itself
	Homeless  []itemView // items whose words are gone
	Coverage  coverageView
	Uncertain []uncertainty
	Voices    []models.Speaker
	Marks     []markView
	Resume    *resume
	Items     int
	Copies    copiesView
	Silent    bool // its sound is not kept
}

// heading says which session it is, in the list and on its own page.
type heading struct {
	ID     models.SessionID
	Title  string
	Day    string // Thursday 5 March 2026
	Length string
	With   string
}

func head(s models.Session) heading {
	title := isolate(strings.TrimSpace(s.Title))
	if title == "" {
		title = text("session.untitled")
	}
	h := heading{ID: s.ID, Title: title, Day: s.Date.Time().Format("Monday 2 January 2006"), With: isolate(s.With)}
	if m := int((s.Duration + 30*time.Second).Minutes()); s.Duration >= time.Minute {
		h.Length = text("length.minutes", m)
	} else if s.Duration > 0 {
		h.Length = text("length.seconds", int(s.Duration.Seconds()))
	}
	return h
}

// counts are how many items stand how; they are for finding the way, not for
// keeping score.
type counts struct{ Waiting, Kept, Away int }

func count(items []itemView) (c counts) {
	for _, it := range items {
		switch {
		case it.Waiting():
			c.Waiting++
		case it.Kept():
			c.Kept++
		default:
			c.Away++
		}
	}
	return c
}

// filter is what of a session is shown.
type filter struct {
	View  string // found, or all
	Kind  models.Kind
	State string // waiting, kept, away, or empty for all but away
	Kinds []models.Kind
}

func (f filter) takes(v itemView) bool {
	if f.Kind != "" && v.Kind != f.Kind {
		return false
	}
	switch f.State {
	case "waiting":
		return v.Waiting()
	case "kept":
		return v.Kept()
	case "away":
		return v.Away()
	}
	return true
}

// resume is where somebody stopped reading.
type resume struct {
	Segment int
	At      time.Duration
}

// uncertainty is a line of the report of what may be wrong.
type uncertainty struct {
	What string
	At   time.Duration
	Seq  int
	Said string // in the session; empty where there is nothing to show
}

func (p *Page) findSession(r *http.Request) (models.Session, error) {
	id, err := models.ParseSessionID(r.PathValue("session"))
	if err == nil && string(id) != r.PathValue("session") {
		err = models.Errorf(models.NotFound, "there is no session %s", r.PathValue("session"))
	}
	if err != nil {
		return models.Session{}, models.Errorf(models.NotFound, "%w", err)
	}
	return p.Sessions.FindSession(r.Context(), id)
}

func (p *Page) session(r *http.Request) (answer, error) {
	ctx := r.Context()
	s, err := p.findSession(r)
	if err != nil {
		return answer{}, err
	}
	v := sessionView{Session: s, Head: head(s), Paragraph: isolate(s.Summary), Copies: copiesView{"/sessions/" + string(s.ID) + "/copy", copyForms}}
	if s.State != models.Ready {
		st, err := p.stageOf(ctx, s)
		if err != nil {
			return answer{}, err
		}
		v.Stage = &st
		return answer{name: "session", title: v.Head.Title, data: v}, nil
	}
	pace, err := p.Pace.Pace(ctx, s.ID)
	if err != nil {
		return answer{}, err
	}
	if pace.Held.After(p.Now()) && r.URL.Query().Get("open") == "" {
		v.Held = heldUntil(pace.Held, p.Now())
		return answer{name: "session-held", title: v.Head.Title, data: v}, nil
	}
	if err = p.fillSession(ctx, r, &v, pace); err != nil {
		return answer{}, err
	}
	_, _, missing := p.Sound.Form(ctx, s.ID)
	v.Silent = models.CodeOf(missing) == models.NotFound
	if n := cutRows(v.Rows); n < len(v.Rows) && r.URL.Query().Get("whole") == "" {
		v.Rows = v.Rows[:n]
		q := r.URL.Query()
		q.Set("view", v.Filter.View) // it may have been chosen by what waits, which can change
		v.Rest = "/sessions/" + string(s.ID) + "/rest?" + q.Encode()
	}
	return answer{name: "session", title: v.Head.Title, data: &v}, nil
}

// A long session comes in two parts: what fits a few screens at once, so that
// it can be used, and the rest as soon as that is drawn. Unit: segments.
const (
	firstPart = 120
	worthIt   = 60 // a rest that is shorter comes with the first part
)

// cutRows says how many rows make the first part; all of them where the rest
// would be short.
func cutRows(rows []row) int {
	cut, n, all := len(rows), 0, 0
	for i, r := range rows {
		if r.Para != nil {
			all += len(r.Para.Segments)
		}
		if cut == len(rows) && all >= firstPart {
			cut, n = i+1, all
		}
	}
	if all-n < worthIt {
		return len(rows)
	}
	return cut
}

// rest is the second part of a long session.
func (p *Page) rest(r *http.Request) (answer, error) {
	s, err := p.findSession(r)
	if err != nil {
		return answer{}, err
	}
	pace, err := p.Pace.Pace(r.Context(), s.ID)
	if err != nil {
		return answer{}, err
	}
	v := sessionView{Session: s, Head: head(s)}
	if err := p.fillSession(r.Context(), r, &v, pace); err != nil {
		return answer{}, err
	}
	return answer{name: "rows", title: v.Head.Title, data: v.Rows[cutRows(v.Rows):]}, nil
}

func (p *Page) fillSession(ctx context.Context, r *http.Request, v *sessionView, pace models.Pace) error {
	t, err := p.Sessions.Transcript(ctx, v.ID)
	if err != nil {
		return err
	}
	found, err := p.Items.ItemsOf(ctx, v.ID)
	if err != nil {
		return err
	}
	c, err := p.Ledger.Coverage(ctx, v.ID)
	if err != nil {
		return err
	}
	if p.Findings != nil {
		r, err := p.Findings.Reading(ctx, v.ID)
		if err != nil {
			return err
		}
		v.Reading, v.Phrases = readingText(r), phraseViews(p.Findings.Phrases(t.Heard()), t)
	}
	items := itemViews(found)
	v.Items, v.Counts = len(items), count(items)
	v.Filter = chooseFilter(r, v.Counts, len(items))
	v.Coverage = cover(c)
	v.Rows = paragraphs(t, c, hardSpots(pace))
	v.Homeless = place(v.Rows, items, v.Filter)
	list, err := p.Marks.Marks(ctx, v.ID)
	if err != nil {
		return err
	}
	v.Marks = markViews(t, list)
	addMarks(v.Rows, v.Marks)
	if v.Filter.View == "found" {
		v.Rows = onlyFound(v.Rows)
	}
	v.Uncertain = uncertain(t, c)
	for _, g := range t.Segments {
		if !slices.Contains(v.Voices, g.Speaker) {
			v.Voices = append(v.Voices, g.Speaker)
		}
		if pace.Place != nil && g.Spot() == *pace.Place && g.Seq > 0 {
			v.Resume = &resume{g.Seq, g.Span.Start}
		}
	}
	return p.addMoments(ctx, v.Rows)
}

// chooseFilter begins with what was found, because that is what there is to
// decide about; where nothing was, with all words.
func chooseFilter(r *http.Request, c counts, items int) filter {
	q := r.URL.Query()
	f := filter{View: q.Get("view"), Kind: models.Kind(q.Get("kind")), State: q.Get("state"), Kinds: models.Kinds}
	if !slices.Contains(models.Kinds, f.Kind) {
		f.Kind = ""
	}
	if f.View != "found" && f.View != "all" {
		f.View = "all"
		if items > 0 && c.Waiting > 0 {
			f.View = "found"
		}
	}
	return f
}

// place puts each item beside the paragraph that its first quote stands in. It
// returns those whose words are no longer there.
func place(rows []row, items []itemView, f filter) (homeless []itemView) {
	at := map[int]*paragraph{}
	for _, r := range rows {
		if r.Para != nil {
			for _, s := range r.Para.Segments {
				at[s.Seq] = r.Para
			}
		}
	}
	for _, it := range items {
		if !f.takes(it) || it.Away() && f.State == "" {
			continue
		}
		var home *paragraph
		for _, e := range it.Evidence {
			if home = at[e.Segment]; home != nil {
				break
			}
		}
		if home == nil {
			homeless = append(homeless, it)
			continue
		}
		it.Placed = true
		home.Notes = append(home.Notes, it)
	}
	return homeless
}

// onlyFound leaves the paragraphs that have notes, with the one before each,
// and says how much is left out.
func onlyFound(rows []row) []row {
	keep := make([]bool, len(rows))
	last := -1
	for i, r := range rows {
		if r.Para == nil {
			continue
		}
		if len(r.Para.Notes)+len(r.Para.Marks) > 0 {
			keep[i] = true
			if last >= 0 {
				keep[last] = true
			}
		}
		last = i
	}
	var out []row
	for i, r := range rows {
		switch {
		case keep[i]:
			out = append(out, r)
		case r.Para != nil && (len(out) == 0 || out[len(out)-1].Skip == 0):
			out = append(out, row{Skip: time.Millisecond, At: r.At})
		}
	}
	return out
}

// uncertain lists what of a transcript may be wrong, in order of time.
func uncertain(t models.Transcript, c models.Coverage) []uncertainty {
	var out []uncertainty
	for _, g := range t.Segments {
		for _, d := range g.Suspect {
			if g.Edited || g.Restored() {
				continue
			}
			out = append(out, uncertainty{text("doubt." + string(d)), g.Span.Start, g.Seq, isolate(strings.TrimSpace(g.Text))})
		}
	}
	for _, s := range missing(c) {
		out = append(out, uncertainty{What: text("fate."+string(s.Fate)) + reason(s.Reason), At: s.Start, Seq: -1})
	}
	slices.SortStableFunc(out, func(a, b uncertainty) int { return int((a.At - b.At) / time.Millisecond) })
	return out
}

func reason(s string) string {
	if s == "" {
		return ""
	}
	return ": " + isolate(s)
}

// coverageView is the ledger of a session's time, in words.
type coverageView struct {
	Length string
	Lines  []coverageLine
	Whole  bool // nothing is missing
}

type coverageLine struct{ Name, Length string }

var fates = []models.Fate{
	models.FateTranscribed, models.FateSilence, models.FateSuppressed, models.FateFailed,
	models.FatePending, models.FateGap, models.FateStruck,
}

func cover(c models.Coverage) coverageView {
	v := coverageView{Length: models.Clock(c.Duration), Whole: len(missing(c)) == 0}
	for _, f := range fates {
		if d := c.Total(f); d > 0 {
			v.Lines = append(v.Lines, coverageLine{text("fate." + string(f)), exact(d)})
		}
	}
	return v
}

// exact is a length to the millisecond, so that the parts visibly add up.
func exact(d time.Duration) string {
	return fmt.Sprintf("%s.%03d", models.Clock(d), d.Milliseconds()%1000)
}
