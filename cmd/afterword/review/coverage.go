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

// What became of every part of a session, and what can be done about it: hear
// what failed and run it again, take in what was held back, choose between the
// texts of a stretch that was run again.

// heldBack takes text in that was held back, or puts it back.
type heldBack interface {
	Restore(ctx context.Context, g models.Segment, restored bool) error // Conflict
}

// takes are the texts of stretches that were run again.
type takes interface {
	Takes(ctx context.Context, id models.SessionID) ([]models.Take, error)
	ChooseTake(ctx context.Context, k models.Take) error // NotFound, Conflict
}

// rerun writes down again what failed, or all of a session. Models are those on
// this computer, the usual one first.
type rerun interface {
	RunAgain(ctx context.Context, id models.SessionID, all bool, model string) (int, error)
	Models() []string
}

// coverageDetails is the page of it.
type coverageDetails struct {
	models.Session
	Head     heading
	Coverage coverageView
	Failed   []failedView
	Held     []heldView
	Takes    []takeView
	Models   []string
	Busy     bool // the session is being worked on
}

type failedView struct {
	Span models.Span
	What string
}

// heldView is text that is, or was, held back.
type heldView struct {
	segment
	Was    string // names the text as it was read
	Why    []string
	Scores string
}

// takeView is a text that is not shown, beside the one that is.
type takeView struct {
	models.Take
	Chosen, Other string
}

func (p *Page) coverage(r *http.Request) (answer, error) {
	s, err := p.findSession(r)
	if err != nil {
		return answer{}, err
	}
	ctx := r.Context()
	c, err := p.Ledger.Coverage(ctx, s.ID)
	if err != nil {
		return answer{}, err
	}
	t, err := p.Sessions.Transcript(ctx, s.ID)
	if err != nil {
		return answer{}, err
	}
	list, err := p.Takes.Takes(ctx, s.ID)
	if err != nil {
		return answer{}, err
	}
	v := coverageDetails{Session: s, Head: head(s), Coverage: cover(c), Models: p.Rerun.Models(), Busy: s.State != models.Ready}
	for _, st := range c.Stretches {
		if st.Fate == models.FateFailed || st.Fate == models.FateGap || st.Fate == models.FatePending {
			v.Failed = append(v.Failed, failedView{st.Span, text("fate."+string(st.Fate)) + reason(st.Reason)})
		}
	}
	for _, g := range t.Segments {
		if g.Held() != "" && !g.Edited {
			v.Held = append(v.Held, heldViewOf(g))
		}
	}
	for _, k := range list {
		var shown []models.Segment
		for _, g := range t.Segments {
			if g.Chunk == k.Chunk {
				shown = append(shown, g)
			}
		}
		v.Takes = append(v.Takes, takeView{k, plainText(shown), plainText(k.Segments)})
	}
	return answer{name: "coverage", title: text("coverage.title"), data: v}, nil
}

func heldViewOf(g models.Segment) heldView {
	v := heldView{segment: draw(g), Was: textVersion(g.Text)}
	for _, d := range g.Suspect {
		if k := "doubt." + string(d); hasText(k) {
			v.Why = append(v.Why, text(k))
		}
	}
	if len(g.Words) > 0 {
		v.Scores = text("held.sure", int(100*g.Sureness()+0.5))
	}
	if g.NoSpeech > 0 {
		v.Scores = strings.TrimSpace(v.Scores + " " + text("held.silent", int(100*g.NoSpeech+0.5)))
	}
	return v
}

// plainText is what segments say, without what is held back.
func plainText(all []models.Segment) string {
	var out []string
	for _, g := range all {
		if !g.HeldBack() {
			out = append(out, strings.TrimSpace(isolate(g.Text)))
		}
	}
	return strings.Join(out, " ")
}

// restore takes a text in that was held back, or holds it back again.
func (p *Page) restore(r *http.Request) (answer, error) {
	g, err := p.findSegment(r)
	if err != nil {
		return answer{}, err
	}
	if r.PostFormValue("was") != textVersion(g.Text) {
		return answer{}, models.Errorf(models.Conflict, "the words were changed since the page was shown")
	}
	in := r.PostFormValue("back") == ""
	if err := p.HeldBack.Restore(r.Context(), g, in); err != nil {
		return answer{}, err
	}
	p.wordsChanged(r, g.Session)
	told := text("held.restored")
	if !in {
		told = text("held.again")
	}
	return answer{to: "/sessions/" + string(g.Session) + "/coverage", told: told}, nil
}

// again writes down once more what failed, or all of it.
func (p *Page) again(r *http.Request) (answer, error) {
	s, err := p.findSession(r)
	if err != nil {
		return answer{}, err
	}
	model := r.PostFormValue("model")
	if model != "" && !slices.Contains(p.Rerun.Models(), model) {
		return answer{}, models.Errorf(models.Invalid, "run again: there is no speech model %q on this computer", model)
	}
	n, err := p.Rerun.RunAgain(r.Context(), s.ID, r.PostFormValue("what") == "all", model)
	if err != nil {
		return answer{}, err
	}
	if n == 0 {
		return answer{to: "/sessions/" + string(s.ID) + "/coverage", told: text("again.none")}, nil
	}
	return answer{to: "/sessions/" + string(s.ID), told: text("again.begun", n)}, nil
}

// chooseTake shows another text of a stretch.
func (p *Page) chooseTake(r *http.Request) (answer, error) {
	s, err := p.findSession(r)
	if err != nil {
		return answer{}, err
	}
	list, err := p.Takes.Takes(r.Context(), s.ID)
	if err != nil {
		return answer{}, err
	}
	i := slices.IndexFunc(list, func(k models.Take) bool { return takeName(k) == r.PostFormValue("take") })
	if i < 0 {
		return answer{}, models.Errorf(models.Conflict, "the texts were changed since the page was shown")
	}
	if err := p.Takes.ChooseTake(r.Context(), list[i]); err != nil {
		return answer{}, err
	}
	p.wordsChanged(r, s.ID)
	return answer{to: "/sessions/" + string(s.ID) + "/coverage", told: text("takes.chosen")}, nil
}

// takeName names a take with when it was put aside, since choosing it gives its
// number to another text.
func takeName(k models.Take) string {
	return spotName(models.Spot{Chunk: k.Chunk, Index: k.Number}) + "-" + strconv.FormatInt(k.Made.UnixMilli(), 10)
}

func (t takeView) Name() string { return takeName(t.Take) }

// soundOf is the address of a stretch of sound.
func soundOf(id models.SessionID, s models.Span) string {
	at := func(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', 3, 64) }
	return "/sessions/" + string(id) + "/sound.wav#t=" + at(s.Start) + "," + at(s.End)
}
