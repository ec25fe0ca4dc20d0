package review

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// remindersView is how the client wants to be reminded, as a form.
type remindersView struct {
	days.Reminders
	again
	Days   []choice // of the week that can be quiet
	Most   string   // a day
	Paused string   // until when they are kept back
}

func (p *Page) remindersView(ctx context.Context) (remindersView, error) {
	x, err := p.Book.Reminders(ctx)
	v := newRemindersView(x)
	if x.Pause > p.Book.Today() {
		v.Paused = p.Book.Shown(x.Pause)
	}
	return v, err
}

func newRemindersView(x days.Reminders) remindersView {
	v := remindersView{Reminders: x, Most: strconv.Itoa(x.Cap)}
	for _, d := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		v.Days = append(v.Days, choice{d, slices.Contains(x.Quiet, d)})
	}
	return v
}

// saveReminders keeps the form, or keeps reminders back for this week. What
// cannot be kept comes back with all that was chosen.
func (p *Page) saveReminders(r *http.Request) (answer, error) {
	ctx := r.Context()
	if r.PostFormValue("do") == "week" {
		_, err := p.Book.NotThisWeek(ctx)
		return answer{to: "/settings#remind", told: text("told.week")}, err
	}
	now, err := p.Book.Reminders(ctx)
	if err != nil {
		return answer{}, err
	}
	x := now
	x.Version = seen(r)
	x.Off, x.Words, x.Quiet = r.PostFormValue("on") == "", r.PostFormValue("words") != "", r.PostForm["quiet"]
	x.From, x.To = field(r, "from"), field(r, "to")
	most, err := number(r, "cap")
	if err == nil {
		if x.Cap = 0; most != nil {
			x.Cap = *most
		}
		_, err = p.Book.SaveReminders(ctx, x)
	}
	if err == nil {
		return answer{to: "/settings#remind", told: text("told.kept")}, nil
	}
	a, status, ok := comeBack(err)
	if !ok {
		return answer{}, err
	}
	if models.CodeOf(err) == models.Conflict {
		x.Version = now.Version
		a.Say = text("remind.conflict")
	}
	v := newRemindersView(x)
	v.again, v.Most = a, r.PostFormValue("cap")
	return answer{name: "reminders-page", title: text("remind.title"), status: status, data: v}, nil
}
