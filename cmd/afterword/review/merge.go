package review

import (
	"net/http"
	"strings"

	"github.com/afterword/afterword/models"
)

// mergeView asks which other item says the same.
type mergeView struct {
	itemView
	Others []itemView
}

// others are the items that an item may be one with.
func (p *Page) others(r *http.Request, it models.Item) ([]itemView, error) {
	all, err := p.Items.ItemsOf(r.Context(), it.Session)
	if err != nil {
		return nil, err
	}
	var out []itemView
	for _, v := range itemViews(all) {
		if v.ID != it.ID && v.Kind == it.Kind && !v.Away() && !v.Stale {
			out = append(out, v)
		}
	}
	return out, nil
}

func (p *Page) askMerge(r *http.Request) (answer, error) {
	it, err := p.findItem(r)
	if err != nil {
		return answer{}, err
	}
	others, err := p.others(r, it)
	return answer{name: "merge", title: text("merge.title"), data: mergeView{viewOf(it), others}}, err
}

// merge makes one item of two, both as the form saw them.
func (p *Page) merge(r *http.Request) (answer, error) {
	p.desk.Lock()
	defer p.desk.Unlock()
	keep, err := p.findItem(r)
	if err != nil {
		return answer{}, err
	}
	id, seen, _ := strings.Cut(r.PostFormValue("other"), " ")
	other, err := p.Items.FindItem(r.Context(), models.ItemID(id))
	if err != nil {
		return answer{}, err
	}
	if r.PostFormValue("seen") != version(keep) || seen != version(other) {
		return answer{}, models.Errorf(models.Conflict, "one of the two was changed since the form was shown")
	}
	saved, err := p.Decisions.Merge(r.Context(), keep, other)
	if err != nil {
		return answer{}, err
	}
	if now, err := p.Items.FindItem(r.Context(), other.ID); err == nil {
		p.tellItem(now)
	}
	p.ItemChanged(saved)
	v := viewOf(saved)
	return answer{to: "/sessions/" + string(keep.Session) + "?view=all#i-" + string(keep.ID), say: text("merge.done", v.What())}, nil
}
