package review

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/afterword/afterword/models"
)

// itemView is an item as it is drawn.
type itemView struct {
	models.Item
	Seen   string // says which version of it this is
	Say    string // why it is shown anew, for a quiet line on top
	Draft  string // text of the client that was not saved
	Placed bool   // it stands in a page that has a heading
}

func viewOf(it models.Item) itemView {
	it.Text, it.When, it.Where = isolate(it.Text), isolate(it.When), isolate(it.Where)
	for i := range it.Evidence {
		it.Evidence[i].Quote = isolate(strings.TrimSpace(it.Evidence[i].Quote))
	}
	return itemView{Item: it, Seen: version(it)}
}

// version names what an item says and what was decided, so that a decision
// about anything else is noticed.
func version(it models.Item) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q %d %v %q %q %q %q %q %q", it.ID, it.Decision, it.Decided.UnixMilli(), it.Finished, it.Text, it.Due, it.Recurrence, it.When, it.Where, it.Label)
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// What is what the item says.
func (v itemView) What() string {
	if v.IsWord() {
		return label(v.Label)
	}
	return v.Text
}

// Details are the small facts beside it.
func (v itemView) Details() []string {
	var d []string
	add := func(s string) {
		if s = strings.TrimSpace(s); s != "" {
			d = append(d, s)
		}
	}
	if v.Kind == models.KindAction {
		add(text("status." + string(v.Status)))
		if v.Owner != "" && v.Owner != "client" && v.Status != models.ByTherapist {
			add(text("owner." + v.Owner))
		}
		if v.Due != "" {
			add(text("item.due", v.Due.Time().Format("Mon 2 Jan")))
		}
		for _, s := range []string{v.Recurrence, v.When, v.Where} {
			add(isolate(s))
		}
	}
	if v.Engine == models.EngineLLM {
		add(text("item.llm"))
	}
	if v.Kind == models.KindEmotion && v.Holder != models.Client && v.Holder != "" {
		add(speakerName(v.Holder))
	}
	if v.Helped != nil {
		add(text(map[bool]string{true: "item.helped", false: "item.helpednot"}[*v.Helped]))
	}
	return d
}

// IsWord reports whether what the item says is one word of a fixed list.
func (v itemView) IsWord() bool {
	return (v.Kind == models.KindTheme || v.Kind == models.KindEmotion) && v.Text == ""
}

func (v itemView) Waiting() bool { return v.Decision == models.Proposed }
func (v itemView) Kept() bool    { return v.Decision == models.Accepted || v.Decision == models.Edited }
func (v itemView) Away() bool    { return v.Decision == models.Rejected }
func (v itemView) CanFinish() bool {
	return v.Kind == models.KindAction || v.Kind == models.KindGoal || v.Kind == models.KindOpenLoop || v.Kind == models.KindQuestion
}

// maxQuotes bounds how many further places of an item are listed: a theme that
// runs through a whole session has hundreds, and they are all in its words.
const maxQuotes = 12

// First and More are the quotes: one is read, the others wait. Others is how
// many there are.
func (v itemView) First() models.Evidence { return v.Evidence[0] }

func (v itemView) More() []models.Evidence { return v.Evidence[1:min(len(v.Evidence), 1+maxQuotes)] }
func (v itemView) Others() int             { return len(v.Evidence) - 1 }

func (p *Page) findItem(r *http.Request) (models.Item, error) {
	return p.Items.FindItem(r.Context(), models.ItemID(r.PathValue("item")))
}

// item shows one item by itself; as a part, it is what other windows fetch
// when it was changed elsewhere.
func (p *Page) item(r *http.Request) (answer, error) {
	it, err := p.findItem(r)
	if err != nil {
		return answer{}, err
	}
	v := viewOf(it)
	v.Placed = isPart(r)
	return answer{name: "item-page", title: text("item.title"), data: v}, nil
}

// editItem is the form in which an item is put into one's own words.
func (p *Page) editItem(r *http.Request) (answer, error) {
	it, err := p.findItem(r)
	if err != nil {
		return answer{}, err
	}
	v := viewOf(it)
	v.Placed = isPart(r)
	return answer{name: "item-edit", title: text("edit.title"), data: v}, nil
}

// decide changes an item as the form that is posted saw it.
func (p *Page) decide(r *http.Request) (answer, error) {
	p.desk.Lock()
	defer p.desk.Unlock()
	it, err := p.findItem(r)
	if err != nil {
		return answer{}, err
	}
	do := r.PostFormValue("do")
	if r.PostFormValue("seen") != version(it) {
		return p.conflict(r, it), nil
	}
	next, err := p.apply(r, it, do)
	switch models.CodeOf(err) {
	case "":
	case models.Conflict, models.Stale:
		if now, ferr := p.findItem(r); ferr == nil {
			a := p.conflict(r, now)
			if models.CodeOf(err) == models.Stale {
				a = withSay(a, text("item.stale"))
			}
			return a, nil
		}
		return answer{}, err
	default:
		return answer{}, err
	}
	v := viewOf(next)
	v.Placed = true
	p.tellItem(next)
	if do == "undo" { // of a merge there are two
		p.ItemsChanged(it.Session)
	}
	back := inside(r.PostFormValue("back"))
	if back == "/" && r.PostFormValue("back") == "" {
		back = "/sessions/" + string(it.Session) + "#i-" + string(it.ID)
	}
	return answer{name: "item-page", data: v, to: back, say: text("said."+do, v.What())}, nil
}

func (p *Page) apply(r *http.Request, it models.Item, do string) (models.Item, error) {
	ctx := r.Context()
	switch do {
	case "accept":
		return p.Decisions.DecideAs(ctx, it, models.Accepted, nil)
	case "reject":
		return p.Decisions.DecideAs(ctx, it, models.Rejected, nil)
	case "undo":
		return p.Decisions.Undo(ctx, it.ID)
	case "done", "notdone":
		if err := p.Decisions.Finish(ctx, it.ID, do == "done"); err != nil {
			return it, err
		}
		return p.Items.FindItem(ctx, it.ID)
	case "edit":
		say := strings.TrimSpace(r.PostFormValue("text"))
		due := strings.TrimSpace(r.PostFormValue("due"))
		if say == "" {
			return it, models.WithHint(models.Errorf(models.Invalid, "edit item: it would be left without words"), "%s", text("edit.empty"))
		}
		if due != "" {
			if _, err := models.ParseDate(due); err != nil {
				return it, err
			}
		}
		return p.Decisions.DecideAs(ctx, it, models.Edited, func(it *models.Item) {
			it.Text = say
			if it.Kind == models.KindAction {
				it.Due, it.Recurrence = models.Date(due), strings.TrimSpace(r.PostFormValue("recurrence"))
				it.When, it.Where = strings.TrimSpace(r.PostFormValue("when")), strings.TrimSpace(r.PostFormValue("where"))
			}
		})
	}
	return it, models.Errorf(models.Invalid, "decide about item: %q is no decision", do)
}

// conflict shows how an item stands now and what was not saved: nothing that
// somebody typed is lost, nothing is overwritten unseen.
func (p *Page) conflict(r *http.Request, now models.Item) answer {
	v := viewOf(now)
	v.Say, v.Placed = text("item.conflict"), isPart(r)
	a := answer{name: "item-page", title: text("item.title"), status: http.StatusConflict, data: v, say: v.Say}
	if r.PostFormValue("do") == "edit" {
		v.Draft = isolate(r.PostFormValue("text"))
		a.name, a.title, a.data = "item-edit", text("edit.title"), v
	}
	return a
}

func withSay(a answer, say string) answer {
	if v, ok := a.data.(itemView); ok {
		v.Say = say
		a.data, a.say = v, say
	}
	return a
}

// itemViews are items in the order in which people read them.
func itemViews(list []models.Item) []itemView {
	var out []itemView
	for _, it := range list {
		if len(it.Evidence) > 0 { // no quote, no item
			out = append(out, viewOf(it))
		}
	}
	slices.SortStableFunc(out, func(a, b itemView) int {
		return slices.Index(models.Kinds, a.Kind) - slices.Index(models.Kinds, b.Kind)
	})
	return out
}
