package days

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/afterword/afterword/models"
)

// Reminders is how the client wants to be reminded. The zero value stands for
// the defaults: at most two a day, between nine and eight, on every day, and
// in words that tell nothing.
type Reminders struct {
	models.Entry
	Off   bool        `json:"off,omitempty"`
	From  string      `json:"from,omitempty"`  // 09:00
	To    string      `json:"to,omitempty"`    // 20:00
	Quiet []string    `json:"quiet,omitempty"` // sat, sun, …
	Cap   int         `json:"cap,omitempty"`   // a day
	Words bool        `json:"words,omitempty"` // say what it is about
	Until time.Time   `json:"until,omitzero"`  // snoozed
	Pause models.Date `json:"pause,omitempty"` // nothing before that day
	Shown []Showing   `json:"shown,omitempty"` // of today
}

// Showing is a reminder that was shown.
type Showing struct {
	At   time.Time      `json:"at"`
	Plan models.EntryID `json:"plan,omitempty"` // empty: of sound that goes
}

const (
	defaultFrom, defaultTo = "09:00", "20:00"
	defaultCap             = 2
	mostCap                = 10
	apart                  = 2 * time.Hour // between two of them
)

// remindersID is that of the one entry of its kind.
const remindersID models.EntryID = "00000000"

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} // as time.Weekday counts

// Reminders are the client's settings, or the defaults.
func (b *Book) Reminders(ctx context.Context) (Reminders, error) {
	all, err := list[Reminders](ctx, b, models.EntryFilter{Kind: models.EntryReminders, ID: remindersID})
	r := Reminders{Entry: models.Entry{Kind: models.EntryReminders, ID: remindersID, Day: b.Today()}}
	if len(all) > 0 {
		r = all[0]
	}
	if r.From == "" {
		r.From = defaultFrom
	}
	if r.To == "" {
		r.To = defaultTo
	}
	if r.Cap == 0 {
		r.Cap = defaultCap
	}
	return r, err
}

// SaveReminders stores the settings. Off and nothing else is always possible.
func (b *Book) SaveReminders(ctx context.Context, r Reminders) (Reminders, error) {
	if !clockTime.MatchString(r.From) || !clockTime.MatchString(r.To) || r.From >= r.To {
		return r, models.Errorf(models.Invalid, "reminders: from and to are times such as 09:00 and 20:00, the earlier first")
	}
	if r.Cap < 1 || r.Cap > mostCap {
		return r, models.WithHint(models.Errorf(models.Invalid, "reminders: 1 to %d a day, not %d", mostCap, r.Cap), "'afterword remind off' ends them")
	}
	for i, d := range r.Quiet {
		d = strings.ToLower(strings.TrimSpace(d))
		if len(d) > 3 {
			d = d[:3]
		}
		if !slices.Contains(weekdays, d) {
			return r, models.Errorf(models.Invalid, "reminders: a quiet day is mon, tue, … or sun, not %q", r.Quiet[i])
		}
		r.Quiet[i] = d
	}
	return r, save(ctx, b, &r)
}

// Snooze keeps reminders back for a while, up to a day.
func (b *Book) Snooze(ctx context.Context, d time.Duration) (Reminders, error) {
	r, err := b.Reminders(ctx)
	if err != nil {
		return r, err
	}
	if d <= 0 || d > 24*time.Hour {
		return r, models.Errorf(models.Invalid, "snooze: for up to 24 hours; 'remind not-this-week' is longer")
	}
	r.Until = b.now().Add(d)
	return b.SaveReminders(ctx, r)
}

// NotThisWeek keeps reminders back until Monday.
func (b *Book) NotThisWeek(ctx context.Context) (Reminders, error) {
	r, err := b.Reminders(ctx)
	if err != nil {
		return r, err
	}
	ahead := (8 - int(b.now().Weekday())) % 7
	if ahead == 0 {
		ahead = 7
	}
	r.Pause = addDays(b.Today(), ahead)
	return b.SaveReminders(ctx, r)
}

// Notice is one reminder to show now: of a plan, or of sound that goes soon.
type Notice struct {
	Plan  models.EntryID `json:"plan,omitempty"`
	Sound bool           `json:"sound,omitempty"`
	Text  string         `json:"text"`
}

// What a notice of sound says. It is no telling of what goes: only Today is.
const (
	plainSound = "Something to look at this week"
	wordsSound = "The sound of a session goes soon, as you chose"
)

// Notice is the reminder that is due now, or nil. There is never more than
// one: what was missed is not made up for, a plan is named once a day, and two
// are hours apart. Sound that goes comes first, and once: it cannot wait for a
// day without plans.
func (b *Book) Notice(ctx context.Context) (*Notice, error) {
	r, err := b.Reminders(ctx)
	if err != nil || !r.mayShow(b.now()) {
		return nil, err
	}
	if _, going, err := b.unasked(ctx); err != nil || len(going) > 0 {
		n := &Notice{Sound: true, Text: plainSound}
		if r.Words {
			n.Text = wordsSound
		}
		return n, err
	}
	tasks, err := b.Homework(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range tasks {
		if t.State != Open || t.Plan.Rhythm().Every < 0 || r.shownToday(t.Plan.ID, b.now()) || t.Plan.AsksSafety() {
			continue
		}
		if t.Plan.Due == "" && t.Plan.Rhythm().Every == 0 {
			continue // no day was named: it is for whenever it suits
		}
		n := &Notice{Plan: t.Plan.ID, Text: plainTask}
		if r.Words {
			n.Text = Clean(t.Plan.What)
		}
		return n, nil
	}
	return nil, nil
}

func (r Reminders) mayShow(now time.Time) bool {
	at, today := now.Format("15:04"), models.DateOf(now)
	if r.Off || at < r.From || at >= r.To || now.Before(r.Until) || today < r.Pause || slices.Contains(r.Quiet, weekdays[now.Weekday()]) {
		return false
	}
	n := 0
	for _, s := range r.Shown {
		if models.DateOf(s.At.In(now.Location())) == today {
			n++
		}
		if now.Sub(s.At) < apart && !s.At.After(now) {
			return false
		}
	}
	return n < r.Cap
}

func (r Reminders) shownToday(id models.EntryID, now time.Time) bool {
	return slices.ContainsFunc(r.Shown, func(s Showing) bool {
		return s.Plan == id && models.DateOf(s.At.In(now.Location())) == models.DateOf(now)
	})
}

// Showed notes that a notice was shown, and forgets those of other days.
func (b *Book) Showed(ctx context.Context, n Notice) error {
	if n.Sound {
		if err := b.asked(ctx); err != nil {
			return err
		}
	}
	r, err := b.Reminders(ctx)
	if err != nil {
		return err
	}
	r.Shown = slices.DeleteFunc(r.Shown, func(s Showing) bool { return models.DateOf(s.At.In(b.now().Location())) != b.Today() })
	r.Shown = append(r.Shown, Showing{b.now(), n.Plan})
	_, err = b.SaveReminders(ctx, r)
	return err
}
