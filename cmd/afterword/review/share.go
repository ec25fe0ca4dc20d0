package review

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/afterword/afterword/models"
)

// sharing hands on a few items, without names, in one encrypted file.
type sharing interface {
	Handover(ctx context.Context, o ShareOrder) (Handover, error) // what the file would hold
	Share(o ShareOrder, passphrase string) File
}

// ShareOrder says what is to be handed on.
type ShareOrder struct {
	Session    models.SessionID
	Items      []string
	Hide, Keep []string // names that were missed; words that are none
	For        string   // whom, for the client's own list
}

// Handover is what a file holds: the items under other names, and those names.
type Handover struct {
	Items    []models.Item
	Replaced []Replaced
}

type Replaced struct{ Word, As string }

// shareView chooses items and names; with Looked it shows what would be handed
// on.
type shareView struct {
	Session          models.SessionID
	Head             heading
	Items            []shareItem
	Hide, Keep       string // words with commas between them
	For              string
	Looked           []itemView
	Replaced         []Replaced
	Chosen           []string
	MayHand, Nothing bool
}

type shareItem struct {
	itemView
	On bool
}

// chooseShare begins with what was accepted.
func (p *Page) chooseShare(r *http.Request) (answer, error) {
	s, err := p.findSession(r)
	if err != nil {
		return answer{}, err
	}
	v, err := p.shareView(r, s, nil)
	return answer{name: "share", title: text("share.title"), data: v}, err
}

func (p *Page) shareView(r *http.Request, s models.Session, chosen []string) (shareView, error) {
	v := shareView{Session: s.ID, Head: head(s), Chosen: chosen}
	all, err := p.Items.ItemsOf(r.Context(), s.ID)
	for _, it := range itemViews(all) {
		if !it.Away() && !it.Stale {
			v.Items = append(v.Items, shareItem{it, slices.Contains(chosen, string(it.ID)) || chosen == nil && it.Kept()})
		}
	}
	return v, err
}

// lookAtShare shows all that would be handed on. Names are in the body of the
// form, so that no history of a browser has them.
func (p *Page) lookAtShare(r *http.Request) (answer, error) {
	s, err := p.findSession(r)
	if err != nil {
		return answer{}, err
	}
	o := shareOrder(r, s.ID)
	v, err := p.shareView(r, s, append([]string{}, o.Items...))
	if err != nil {
		return answer{}, err
	}
	v.Hide, v.Keep, v.For = strings.Join(o.Hide, ", "), strings.Join(o.Keep, ", "), o.For
	if v.Nothing = len(o.Items) == 0; !v.Nothing {
		h, err := p.Copies.Handover(r.Context(), o)
		if err != nil {
			return answer{}, err
		}
		v.Looked, v.Replaced, v.MayHand = itemViews(h.Items), h.Replaced, true
	}
	return answer{name: "share", title: text("share.title"), data: v}, nil
}

func shareOrder(r *http.Request, id models.SessionID) ShareOrder {
	words := func(name string) []string {
		var out []string
		for w := range strings.SplitSeq(field(r, name), ",") {
			if w = strings.TrimSpace(w); w != "" {
				out = append(out, w)
			}
		}
		return out
	}
	return ShareOrder{Session: id, Items: r.PostForm["item"], Hide: words("hide"), Keep: words("keep"), For: field(r, "for")}
}

// share sends the file.
func (p *Page) share(w http.ResponseWriter, r *http.Request) {
	pass, ok := p.newPassphrase(w, r)
	if !ok {
		return
	}
	s, err := p.findSession(r)
	o := shareOrder(r, s.ID)
	if err == nil && len(o.Items) == 0 {
		err = models.Errorf(models.Invalid, "share: nothing was chosen")
	}
	if err != nil {
		p.fail(w, r, err)
		return
	}
	p.send(w, r, p.Copies.Share(o, pass))
}
