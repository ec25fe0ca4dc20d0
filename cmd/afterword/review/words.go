package review

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"

	"github.com/afterword/afterword/models"
)

// correction is the form for the words of one segment.
type correction struct {
	Session  models.SessionID
	Spot     string
	Seq      int
	Was      string // names the text as it was read; what is saved is held against it
	Text     string // what stands in the form
	Original string // the engine's own text, where it was corrected before
	Now      string // after a conflict: what somebody else made of it
	StartMS  int64
}

// textVersion names what a text says.
func textVersion(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}

func (p *Page) findSegment(r *http.Request) (models.Segment, error) {
	s, err := p.findSession(r)
	if err != nil {
		return models.Segment{}, err
	}
	spot, err := parseSpot(r.PathValue("spot"))
	if err != nil {
		return models.Segment{}, err
	}
	t, err := p.Sessions.Transcript(r.Context(), s.ID)
	if err != nil {
		return models.Segment{}, err
	}
	i := slices.IndexFunc(t.Segments, func(g models.Segment) bool { return g.Spot() == spot })
	if i < 0 {
		return models.Segment{}, models.Errorf(models.NotFound, "session %s has no such passage any more", s.ID)
	}
	return t.Segments[i], nil
}

func (p *Page) correction(r *http.Request, g models.Segment) (correction, error) {
	c := correction{Session: g.Session, Spot: spotName(g.Spot()), Seq: g.Seq, Was: textVersion(g.Text), Text: strings.TrimSpace(isolate(g.Text)), StartMS: g.Span.Start.Milliseconds()}
	if g.Edited {
		first, err := p.Words.Original(r.Context(), g)
		if err != nil {
			return c, err
		}
		c.Original = strings.TrimSpace(isolate(first))
	}
	return c, nil
}

func (p *Page) correct(r *http.Request) (answer, error) {
	g, err := p.findSegment(r)
	if err != nil {
		return answer{}, err
	}
	c, err := p.correction(r, g)
	return answer{name: "correct", title: text("correct.title"), data: c}, err
}

// saveCorrection stores the words of a whole segment.
func (p *Page) saveCorrection(r *http.Request) (answer, error) {
	g, err := p.findSegment(r)
	if err != nil {
		return answer{}, err
	}
	say := strings.ReplaceAll(r.PostFormValue("text"), "\r\n", "\n")
	if strings.TrimSpace(say) == "" {
		return answer{}, models.WithHint(models.Errorf(models.Invalid, "correct words: nothing would be left"), "%s", text("correct.empty"))
	}
	return p.saveWords(r, g, say)
}

// saveWords stores what a segment says if it still says what the form saw; else
// it shows both.
func (p *Page) saveWords(r *http.Request, g models.Segment, say string) (answer, error) {
	var saved models.Segment
	err := models.Errorf(models.Conflict, "the words were changed since the form was shown")
	if r.PostFormValue("was") == textVersion(g.Text) {
		saved, err = p.Words.EditSegment(r.Context(), g, strings.TrimSpace(say))
	}
	if models.CodeOf(err) == models.Conflict {
		c, cerr := p.correction(r, g)
		if cerr != nil {
			return answer{}, cerr
		}
		c.Now, c.Text = c.Text, isolate(say)
		return answer{name: "correct", title: text("correct.title"), status: http.StatusConflict, data: c, say: text("correct.conflict")}, nil
	}
	if err != nil {
		return answer{}, err
	}
	p.events.tell(event{name: "words", data: map[string]string{"session": string(g.Session), "tab": r.Header.Get("X-Tab")}})
	return answer{
		name: "segment", data: draw(saved), say: text("correct.saved"),
		to: "/sessions/" + string(g.Session) + "?view=all#s" + itoa(g.Seq),
	}, nil
}

// speaker says once for the whole session whose a voice is.
func (p *Page) speaker(r *http.Request) (answer, error) {
	s, err := p.findSession(r)
	if err != nil {
		return answer{}, err
	}
	to := models.Speaker(r.PostFormValue("to"))
	if to != models.Client && to != models.Therapist {
		return answer{}, models.Errorf(models.Invalid, "set speaker: %q is nobody the page knows", to)
	}
	from := models.Speaker(r.PostFormValue("from"))
	names := map[models.Speaker]models.Speaker{from: to}
	other := map[models.Speaker]models.Speaker{models.Client: models.Therapist, models.Therapist: models.Client}[to]
	if from == other { // the two were taken for each other: both change
		names[to] = other
	}
	if err := p.Words.NameVoices(context.WithoutCancel(r.Context()), s.ID, names); err != nil {
		return answer{}, err
	}
	return answer{to: inside(r.PostFormValue("back")), told: text("told.voices")}, nil
}
