package days

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/afterword/afterword/models"
)

// Few is how many observations are too few to say that something changes.
const Few = 3

// Week is the mean mood of seven days.
type Week struct {
	From models.Date `json:"from"`
	Mood float64     `json:"mood"` // 0 where N is 0
	N    int         `json:"n"`    // days with a mood
}

// Thread is a feeling or a theme through the sessions.
type Thread struct {
	Label    string          `json:"label"`
	Sessions []int           `json:"sessions"` // how often in each, the oldest first
	Weight   []float64       `json:"weight"`   // mean intensity or score in each, 0 where it did not come up
	In       int             `json:"in"`       // sessions in which it came up
	Items    []models.ItemID `json:"items"`    // the newest first
	First    []models.ItemID `json:"first"`    // one for each session, empty where it did not come up
}

// Tried is a way of coping, from the notes of the day.
type Tried struct {
	Text   string           `json:"text"`
	Times  int              `json:"times"`
	Helped int              `json:"helped"`
	Partly int              `json:"partly"`
	Notes  []models.EntryID `json:"notes"`

	Items   []models.ItemID  `json:"items,omitempty"`   // of Skills: kept from sessions
	Session models.SessionID `json:"session,omitempty"` // of the oldest of these
}

// Point is something that can be said, and what it is drawn from.
type Point struct {
	Text  string           `json:"text"`
	N     int              `json:"n"` // observations
	Items []models.ItemID  `json:"items,omitempty"`
	Notes []models.EntryID `json:"notes,omitempty"`
}

// Trends is what came up over the last sessions and weeks.
type Trends struct {
	Dates    []models.Date      `json:"dates"` // of the sessions, the oldest first
	Of       []models.SessionID `json:"of"`    // these sessions
	Weeks    []Week             `json:"weeks"`
	Moods    []DayMood          `json:"moods"`
	Emotions []Thread           `json:"emotions"`
	Themes   []Thread           `json:"themes"`
	Triggers []Tried            `json:"triggers"` // Helped and Partly stay 0
	Coping   []Tried            `json:"coping"`
	Done     int                `json:"done"` // homework
	Partly   int                `json:"partly"`
	Again    []Point            `json:"came_up_again"`
	Easier   []Point            `json:"got_easier"`
}

// Trends looks at the last sessions, and at as many weeks.
func (b *Book) Trends(ctx context.Context, sessions int) (Trends, error) {
	var t Trends
	all, err := b.past.Sessions(ctx)
	if err != nil {
		return t, err
	}
	slices.SortStableFunc(all, func(x, y models.Session) int { return cmp.Compare(y.Date, x.Date) })
	all = all[:min(sessions, len(all))]
	slices.Reverse(all)
	place := map[models.SessionID]int{}
	for i, s := range all {
		place[s.ID] = i
		t.Dates = append(t.Dates, s.Date)
		t.Of = append(t.Of, s.ID)
	}
	items, err := b.past.Items(ctx, t.since(), models.KindEmotion, models.KindTheme)
	if err != nil {
		return t, err
	}
	t.Emotions, t.Themes = threads(items, place)
	notes, err := b.Notes(ctx, addDays(b.Today(), -7*sessions+1))
	if err != nil {
		return t, err
	}
	t.addNotes(notes, b.Today(), sessions)
	tasks, err := b.Homework(ctx)
	if err != nil {
		return t, err
	}
	var outcomes []Outcome
	for _, x := range tasks {
		done, partly := x.Times()
		t.Done += done
		t.Partly += partly
		outcomes = append(outcomes, x.Outcomes...)
	}
	t.again()
	t.easier(outcomes, b.Today())
	return t, nil
}

// since is the day of the first session looked at.
func (t Trends) since() models.Date {
	if len(t.Dates) == 0 {
		return ""
	}
	return t.Dates[0]
}

// threads follows the client's feelings and the themes through sessions.
func threads(items []models.Item, place map[models.SessionID]int) (emotions, themes []Thread) {
	by := map[models.Kind]map[string]*Thread{models.KindEmotion: {}, models.KindTheme: {}}
	for _, it := range items {
		at, ok := place[it.Session]
		of := by[it.Kind]
		if !ok || of == nil || it.Kind == models.KindEmotion && it.Holder != models.Client {
			continue
		}
		t := of[it.Label]
		if t == nil {
			t = &Thread{Label: it.Label, Sessions: make([]int, len(place)), Weight: make([]float64, len(place)), First: make([]models.ItemID, len(place))}
			of[it.Label] = t
		}
		n := float64(t.Sessions[at])
		t.Weight[at] = (t.Weight[at]*n + it.Intensity + it.Score) / (n + 1)
		if t.Sessions[at]++; t.Sessions[at] == 1 {
			t.In++
			t.First[at] = it.ID
		}
		t.Items = append(t.Items, it.ID)
	}
	flat := func(m map[string]*Thread) []Thread {
		var out []Thread
		for _, t := range m {
			out = append(out, *t)
		}
		slices.SortFunc(out, func(x, y Thread) int { return cmp.Or(cmp.Compare(y.In, x.In), cmp.Compare(x.Label, y.Label)) })
		return out
	}
	return flat(by[models.KindEmotion]), flat(by[models.KindTheme])
}

func (t *Trends) addNotes(notes []Note, today models.Date, weeks int) {
	t.Moods = Moods(notes)
	left := t.Moods // in order of days, as the weeks are
	for i := weeks - 1; i >= 0; i-- {
		w := Week{From: addDays(today, -7*i-6)}
		for end := addDays(w.From, 6); len(left) > 0 && left[0].Day <= end; left = left[1:] {
			if left[0].Day >= w.From {
				w.Mood = (w.Mood*float64(w.N) + left[0].Mood) / float64(w.N+1)
				w.N++
			}
		}
		t.Weeks = append(t.Weeks, w)
	}
	triggers, coping := tried(notes)
	t.Triggers, t.Coping = triggers.sorted(), coping.sorted()
}

// again says what came up in the newest session and in others before it.
func (t *Trends) again() {
	last := len(t.Dates) - 1
	for _, x := range append(slices.Clone(t.Emotions), t.Themes...) {
		if x.In >= 2 && x.Sessions[last] > 0 {
			t.Again = append(t.Again, Point{fmt.Sprintf("%s came up in %d of the last %d sessions", Named(x.Label), x.In, last+1), x.In, x.Items, nil})
		}
	}
	for _, x := range t.Triggers {
		if x.Times >= 2 {
			t.Again = append(t.Again, Point{fmt.Sprintf("“%s” set things off %s", x.Text, times(x.Times)), x.Times, nil, x.Notes})
		}
	}
}

// Named writes a label as people do.
func Named(label string) string { return strings.ReplaceAll(label, "-", " ") }

// Changes smaller than these are nothing to speak of.
const (
	lighter    = 0.15 // of an intensity from 0 to 1
	brighter   = 0.5  // of a mood from 1 to 10
	quietAfter = 2    // sessions
)

// easier says what weighs less than before, each only from Few observations on.
func (t *Trends) easier(outcomes []Outcome, today models.Date) {
	for _, x := range t.Emotions {
		if p, ok := x.lighter(); ok {
			t.Easier = append(t.Easier, p)
		}
	}
	before, after := t.meanMood(addDays(today, -27), addDays(today, -14)), t.meanMood(addDays(today, -13), today)
	if before.N >= Few && after.N >= Few && after.Mood-before.Mood >= brighter {
		t.Easier = append(t.Easier, Point{fmt.Sprintf("your mood was %.1f on average in the last two weeks, and %.1f in the two before", after.Mood, before.Mood), before.N + after.N, nil, nil})
	}
	n, down := 0, 0
	for _, o := range outcomes {
		if o.Before != nil && o.After != nil {
			n++
			if *o.After < *o.Before {
				down++
			}
		}
	}
	if n >= Few && down*2 > n {
		t.Easier = append(t.Easier, Point{fmt.Sprintf("what you practised felt lighter afterwards, %d of %d times", down, n), n, nil, nil})
	}
	for _, x := range t.Coping {
		if x.Times >= Few && x.Helped*2 > x.Times {
			t.Easier = append(t.Easier, Point{fmt.Sprintf("“%s” helped, %d of %d times", x.Text, x.Helped, x.Times), x.Times, nil, x.Notes})
		}
	}
}

// lighter compares the last sessions with those before: less weight, or
// nothing at all any more.
func (x Thread) lighter() (Point, bool) {
	split := len(x.Sessions) - quietAfter
	if split < 1 {
		return Point{}, false
	}
	was, nWas := mean(x.Weight[:split], x.Sessions[:split])
	now, nNow := mean(x.Weight[split:], x.Sessions[split:])
	switch {
	case nWas >= Few && nNow == 0:
		return Point{fmt.Sprintf("%s did not come up in the last %d sessions", Named(x.Label), quietAfter), nWas, x.Items, nil}, true
	case nWas >= 2 && nNow >= 1 && nWas+nNow >= Few && was-now >= lighter:
		return Point{fmt.Sprintf("%s sounded lighter in the last %d sessions than before", Named(x.Label), quietAfter), nWas + nNow, x.Items, nil}, true
	}
	return Point{}, false
}

// mean is the mean weight of the sessions in which something came up, and how
// many those are.
func mean(weights []float64, counts []int) (m float64, n int) {
	for i, w := range weights {
		if counts[i] > 0 {
			m += w
			n++
		}
	}
	return m / max(1, float64(n)), n
}

func (t *Trends) meanMood(from, to models.Date) (w Week) {
	for _, m := range t.Moods {
		if m.Day >= from && m.Day <= to {
			w.Mood += m.Mood
			w.N++
		}
	}
	w.Mood /= max(1, float64(w.N))
	return w
}
