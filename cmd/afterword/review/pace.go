package review

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/afterword/afterword/models"
)

// longestHold bounds "not yet", so that a slip of the hand does not hide a
// session for years. In hours.
const longestHold = 24 * 31

// hold puts a session off. Zero hours take it up again.
func (p *Page) hold(r *http.Request) (answer, error) {
	s, err := p.findSession(r)
	if err != nil {
		return answer{}, err
	}
	hours, err := strconv.Atoi(r.PostFormValue("hours"))
	if err != nil || hours < 0 || hours > longestHold {
		return answer{}, models.Errorf(models.Invalid, "put session off: %q is no number of hours up to %d", r.PostFormValue("hours"), longestHold)
	}
	var until time.Time
	if hours > 0 {
		until = p.Now().Add(time.Duration(hours) * time.Hour).Truncate(time.Second)
	}
	if _, err := p.Pace.SetPace(r.Context(), s.ID, func(c *models.Pace) { c.Held = until }); err != nil {
		return answer{}, err
	}
	return answer{to: "/sessions/" + string(s.ID)}, nil
}

// heldUntil says when a session may come up again, as people say it.
func heldUntil(t, now time.Time) string {
	t = t.In(now.Location())
	switch days := int(t.Truncate(24*time.Hour).Sub(now.Truncate(24*time.Hour)).Hours() / 24); {
	case models.DateOf(t) == models.DateOf(now):
		return text("held.today", t.Format("15:04"))
	case days <= 1:
		return text("held.tomorrow", t.Format("15:04"))
	default:
		return t.Format("Monday 2 January")
	}
}

// keepPlace remembers where somebody stopped. The script sends it when the
// page is left.
func (p *Page) keepPlace(r *http.Request) (answer, error) {
	s, err := p.findSession(r)
	if err != nil {
		return answer{}, err
	}
	spot, err := parseSpot(r.PostFormValue("spot"))
	if err != nil {
		return answer{}, err
	}
	_, err = p.Pace.SetPace(r.Context(), s.ID, func(c *models.Pace) { c.Place = &spot })
	return answer{to: "/sessions/" + string(s.ID)}, err
}

// passageView is what can be done with a passage besides reading it.
type passageView struct {
	*paragraph
	Part bool // a script puts it in its place
}

func (p *Page) passage(r *http.Request) (answer, error) {
	s, err := p.findSession(r)
	if err != nil {
		return answer{}, err
	}
	spot, err := parseSpot(r.PathValue("spot"))
	if err != nil {
		return answer{}, err
	}
	t, err := p.Sessions.Transcript(r.Context(), s.ID)
	if err != nil {
		return answer{}, err
	}
	pace, err := p.Pace.Pace(r.Context(), s.ID)
	if err != nil {
		return answer{}, err
	}
	for _, row := range paragraphs(t, models.Coverage{}, hardSpots(pace)) {
		if row.Para != nil && slices.ContainsFunc(row.Para.Segments, func(g segment) bool { return g.Spot() == spot }) {
			v := passageView{row.Para, isPart(r)}
			return answer{name: "passage", title: text("tools.label", models.Clock(v.Start())), data: v}, nil
		}
	}
	return answer{}, models.Errorf(models.NotFound, "session %s has no such passage any more", s.ID)
}

func hardSpots(p models.Pace) map[models.Spot]bool {
	hard := map[models.Spot]bool{}
	for _, s := range p.Hard {
		hard[s] = true
	}
	return hard
}

// fold marks a passage as hard, so that it stays folded until it is opened, or
// takes that mark away.
func (p *Page) fold(r *http.Request) (answer, error) {
	s, err := p.findSession(r)
	if err != nil {
		return answer{}, err
	}
	spots, err := parseSpots(r.PostFormValue("spots"))
	if err != nil {
		return answer{}, err
	}
	t, err := p.Sessions.Transcript(r.Context(), s.ID)
	if err != nil {
		return answer{}, err
	}
	// Only what is there can be folded.
	spots = slices.DeleteFunc(spots, func(x models.Spot) bool {
		return !slices.ContainsFunc(t.Segments, func(g models.Segment) bool { return g.Spot() == x })
	})
	folded := r.PostFormValue("folded") != "no"
	if _, err := p.Pace.SetPace(r.Context(), s.ID, func(c *models.Pace) { c.Fold(spots, folded) }); err != nil {
		return answer{}, err
	}
	return answer{to: inside(r.PostFormValue("back"))}, nil
}

// ground is a short exercise for when it gets too much.
func (p *Page) ground(r *http.Request) (answer, error) {
	m, err := p.moment(r.Context())
	return answer{name: "ground-page", title: text("ground.title"), data: m}, err
}
