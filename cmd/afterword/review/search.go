package review

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// searchView is a search and what it found.
type searchView struct {
	days.Query
	Kinds []string
	Hits  []hitView
	More  int
	Asked bool
	Say   string
}

// hitView is one place where all that was asked for stands.
type hitView struct {
	Kind, Day, Clock, Who string
	Link, Sound           string
	Pieces                []markPiece
}

type markPiece struct {
	Text string
	Mark bool
}

// hitSound is how much is played of what was said: an index knows where a
// sentence begins, not where it ends.
const hitSound = 12 * time.Second

func (p *Page) search(r *http.Request) (answer, error) {
	q := r.URL.Query()
	v := searchView{Kinds: days.SearchKinds()}
	v.Text = strings.ToValidUTF8(firstRunes(strings.TrimSpace(q.Get("q")), 200), "")
	if k := q.Get("kind"); slices.Contains(v.Kinds, k) {
		v.Kind = k
	}
	if d, err := models.ParseDate(q.Get("since")); err == nil {
		v.Since = d
	}
	a := answer{name: "search", title: text("nav.search")}
	if v.Text == "" {
		a.data = v
		return a, nil
	}
	v.Asked = true
	hits, more, err := p.Find.Search(r.Context(), v.Query)
	switch models.CodeOf(err) {
	case "":
	case models.Invalid:
		v.Say = text("search.nothing")
	default:
		return answer{}, err
	}
	v.More = more
	for _, h := range hits {
		v.Hits = append(v.Hits, p.hitView(v.Query, h))
	}
	a.data = v
	return a, nil
}

func (p *Page) hitView(q days.Query, h days.Hit) hitView {
	v := hitView{Kind: text("kind." + h.Kind), Day: p.Book.Shown(h.Day), Link: placeOf(h.Kind, h.ID, h.Session)}
	for _, x := range q.Marked(isolate(q.Excerpt(h.Text, 220))) {
		v.Pieces = append(v.Pieces, markPiece(x))
	}
	if h.Kind == days.Words {
		v.Kind, v.Clock, v.Who = "", models.Clock(h.Start), speakerName(h.Speaker)
		v.Link = "/sessions/" + string(h.Session) + "?view=all#s" + strconv.Itoa(h.Segment)
		v.Sound = soundAt(h.Session, models.Span{Start: h.Start, End: h.Start + hitSound})
	}
	return v
}
