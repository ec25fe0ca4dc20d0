package days

import (
	"context"
	"slices"
	"strings"

	"github.com/afterword/afterword/models"
)

// Note is a minute's look at a day, all of it optional but one thing.
type Note struct {
	models.Entry
	Mood     int      `json:"mood,omitempty"` // 1 to 10, as the client gave it; 0 if not given
	Text     string   `json:"text,omitempty"`
	Emotions []string `json:"emotions,omitempty"` // in the client's words
	Trigger  string   `json:"trigger,omitempty"`
	Mind     string   `json:"mind,omitempty"` // what the mind did
	Felt     string   `json:"felt,omitempty"` // what the body did
	Coping   string   `json:"coping,omitempty"`
	Helped   string   `json:"helped,omitempty"` // the coping: yes, partly, no
	Sleep    *float64 `json:"sleep,omitempty"`  // hours
	Movement string   `json:"movement,omitempty"`
	Food     string   `json:"food,omitempty"`
	Mindful  string   `json:"mindful,omitempty"` // a quiet moment
	Win      string   `json:"win,omitempty"`     // something small that went well
}

func (n Note) check(today models.Date) error {
	said := n.Text + strings.Join(n.Emotions, "") + n.Trigger + n.Mind + n.Felt + n.Coping + n.Movement + n.Food + n.Mindful + n.Win
	switch {
	case n.Mood < 0 || n.Mood > 10:
		return models.Errorf(models.Invalid, "note of the day: a mood is a number from 1 to 10")
	case n.Mood == 0 && n.Sleep == nil && strings.TrimSpace(said) == "":
		return models.Errorf(models.Invalid, "note of the day: it is empty")
	case !slices.Contains([]string{"", "yes", "partly", "no"}, n.Helped):
		return models.Errorf(models.Invalid, "note of the day: it helped yes, partly or no, not %q", n.Helped)
	case n.Sleep != nil && (*n.Sleep < 0 || *n.Sleep > 24):
		return models.Errorf(models.Invalid, "note of the day: sleep is 0 to 24 hours")
	case n.Day > today:
		return models.Errorf(models.Invalid, "note of the day: %s has not come yet", n.Day)
	}
	return nil
}

// SaveNote stores a note, new or changed. A day may have several: moods move.
func (b *Book) SaveNote(ctx context.Context, n Note) (Note, error) {
	n.Kind = models.EntryNote
	if n.Day == "" {
		n.Day = b.Today()
	}
	if err := n.check(b.Today()); err != nil {
		return n, err
	}
	return n, save(ctx, b, &n)
}

// Notes lists the notes of the days from since on, the oldest first.
func (b *Book) Notes(ctx context.Context, since models.Date) ([]Note, error) {
	return list[Note](ctx, b, models.EntryFilter{Kind: models.EntryNote, Since: since})
}

// FindNote finds a note by its ID.
func (b *Book) FindNote(ctx context.Context, name string) (Note, error) {
	return find[Note](ctx, b, models.EntryNote, name)
}

// DayMood is the mean of the moods of a day.
type DayMood struct {
	Day  models.Date `json:"day"`
	Mood float64     `json:"mood"`
	N    int         `json:"n"`
}

// Moods are the days that have a mood, in order.
func Moods(notes []Note) []DayMood {
	var out []DayMood
	for _, n := range notes {
		if n.Mood == 0 {
			continue
		}
		if last := len(out) - 1; last >= 0 && out[last].Day == n.Day {
			d := &out[last]
			d.Mood = (d.Mood*float64(d.N) + float64(n.Mood)) / float64(d.N+1)
			d.N++
			continue
		}
		out = append(out, DayMood{n.Day, float64(n.Mood), 1})
	}
	return out
}
