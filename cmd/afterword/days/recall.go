package days

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/afterword/afterword/models"
)

// Card says how well an item is remembered. Its ID and About are the item's,
// its Day the day of the last look.
//
// The schedule is FSRS v4 (2023; open-spaced-repetition/fsrs4anki, wiki, "The
// Algorithm") with its 17 default weights: Stability is the number of days
// after which nine of ten are still remembered, which is when a card comes
// back; Difficulty goes from 1 to 10. Later versions have another curve of
// forgetting and weights for several looks on one day. Ours differs from v4 in
// three things: there is no fuzz and no learning phase, so nothing that a person
// could fall behind with; what was gone comes back tomorrow; and to have
// forgotten never makes a card more stable than it was.
type Card struct {
	models.Entry
	Stability  float64     `json:"stability"`
	Difficulty float64     `json:"difficulty"`
	Due        models.Date `json:"due"`
	Seen       int         `json:"seen"`
}

// Grade is the client's own word for how it went.
type Grade int

const (
	Again Grade = iota + 1 // it was gone
	Hard                   // with effort
	Good
	Easy
)

// ParseGrade reads again, hard, good, easy or 1 to 4.
func ParseGrade(s string) (Grade, error) {
	words := []string{"again", "hard", "good", "easy"}
	for i, w := range words {
		if s = strings.ToLower(strings.TrimSpace(s)); s == w || s == fmt.Sprint(i+1) {
			return Grade(i + 1), nil
		}
	}
	return 0, models.Errorf(models.Invalid, "grade: it is again, hard, good or easy, not %q", s)
}

// The default weights of FSRS v4, by their numbers there.
const (
	w4, w5, w6, w7        = 4.93, 0.94, 0.86, 0.01
	w8, w9, w10           = 1.49, 0.14, 0.94
	w11, w12, w13, w14    = 2.18, 0.05, 0.34, 1.26
	w15, w16              = 0.29, 2.61
	longest, firstAgainIn = 365, 1 // days
)

var firstStability = [...]float64{Again: 0.4, Hard: 0.6, Good: 2.4, Easy: 5.8}

// remembered is the chance that something of that stability is remembered
// after some days: 0.9 after stability days.
func remembered(days, stability float64) float64 { return 1 / (1 + days/(9*stability)) }

// Graded is the card after one more look on that day.
func (c Card) Graded(g Grade, today models.Date) Card {
	if c.Seen == 0 {
		c.Stability = firstStability[g]
		c.Difficulty = firstDifficulty(g)
	} else {
		r := remembered(float64(max(0, daysBetween(c.Day, today))), c.Stability)
		c.Stability = nextStability(c.Stability, c.Difficulty, r, g)
		c.Difficulty = clamp(w7*firstDifficulty(Good) + (1-w7)*(c.Difficulty-w6*float64(g-Good)))
	}
	c.Seen++
	c.Day = today
	in := int(math.Round(c.Stability))
	if g == Again {
		in = firstAgainIn
	}
	c.Due = addDays(today, min(max(in, 1), longest))
	return c
}

func firstDifficulty(g Grade) float64 { return clamp(w4 - w5*float64(g-Good)) }

func clamp(d float64) float64 { return min(max(d, 1), 10) }

func nextStability(s, d, r float64, g Grade) float64 {
	if g == Again {
		return min(s, w11*math.Pow(d, -w12)*(math.Pow(s+1, w13)-1)*math.Exp(w14*(1-r)))
	}
	factor := 1.0
	switch g {
	case Hard:
		factor = w15
	case Easy:
		factor = w16
	}
	return s * (1 + math.Exp(w8)*(11-d)*math.Pow(s, -w9)*(math.Exp(w10*(1-r))-1)*factor)
}

// Ask is something to say first and look up then.
type Ask struct {
	Item models.Item   `json:"-"`
	ID   models.ItemID `json:"id"`
	Text string        `json:"text"` // the prompt; it does not give the answer away
	Card Card          `json:"card"`
	New  bool          `json:"new"`
}

// newAday bounds how many items come up for the first time on one day.
const newAday = 5

// Recall lists what is to be remembered today: what comes back, the longest
// waiting first, then a few that are new. Only what the client accepted, and
// only what it is good to have in mind: agreements, takeaways, what helps, goals.
func (b *Book) Recall(ctx context.Context) ([]Ask, error) {
	items, err := b.past.Items(ctx, "", models.KindAction, models.KindTakeaway, models.KindCoping, models.KindGoal)
	if err != nil {
		return nil, err
	}
	cards, err := b.cards(ctx)
	if err != nil {
		return nil, err
	}
	sessions, err := b.past.Sessions(ctx)
	if err != nil {
		return nil, err
	}
	date := map[models.SessionID]models.Date{}
	for _, s := range sessions {
		date[s.ID] = s.Date
	}
	today, fresh := b.Today(), 0
	for _, c := range cards {
		if c.Seen == 1 && c.Day == today {
			fresh++
		}
	}
	var due, first []Ask
	for _, it := range items {
		if !worthRecalling(it) {
			continue
		}
		c, seen := cards[it.ID]
		a := Ask{Item: it, ID: it.ID, Text: b.ask(it, date[it.Session]), Card: c, New: !seen}
		switch {
		case seen && c.Due <= today:
			due = append(due, a)
		case !seen && fresh < newAday:
			fresh++
			first = append(first, a)
		}
	}
	slices.SortStableFunc(due, func(x, y Ask) int { return strings.Compare(string(x.Card.Due), string(y.Card.Due)) })
	return append(due, first...), nil
}

func (b *Book) cards(ctx context.Context) (map[models.ItemID]Card, error) {
	all, err := list[Card](ctx, b, models.EntryFilter{Kind: models.EntryCard})
	out := map[models.ItemID]Card{}
	for _, c := range all {
		out[models.ItemID(c.About)] = c
	}
	return out, err
}

func worthRecalling(it models.Item) bool {
	if it.Decision != models.Accepted && it.Decision != models.Edited {
		return false
	}
	switch it.Kind {
	case models.KindAction:
		return forClient(it) && !it.Finished
	case models.KindTakeaway, models.KindCoping, models.KindGoal:
		return true
	}
	return false
}

func (b *Book) ask(it models.Item, on models.Date) string {
	day := onDay(b, on)
	switch it.Kind {
	case models.KindAction:
		switch {
		case it.Due != "":
			return fmt.Sprintf("In your session %s you agreed to do something by %s. What was it?", day, it.Due.Time().Format("Monday"))
		case it.Recurrence != "":
			r, _ := ParseRhythm(it.Recurrence)
			return fmt.Sprintf("In your session %s you agreed to do something %s. What was it?", day, r.Words())
		}
		return fmt.Sprintf("In your session %s you agreed to try something. What was it?", day)
	case models.KindCoping:
		return fmt.Sprintf("In your session %s you spoke of something that helps. What was it?", day)
	case models.KindGoal:
		return fmt.Sprintf("In your session %s you said what you work towards. What was it?", day)
	}
	return fmt.Sprintf("What did you want to keep from your session %s?", day)
}

// Reveal is the item behind an ask, with its words and their place.
func (b *Book) Reveal(ctx context.Context, id models.ItemID) (models.Item, error) {
	return b.past.FindItem(ctx, id)
}

// Grade stores how well an item was remembered, and says when it comes back.
func (b *Book) Grade(ctx context.Context, name string, g Grade) (Card, error) {
	it, err := b.past.FindItem(ctx, models.ItemID(strings.ToLower(name)))
	if err != nil {
		return Card{}, err
	}
	if !worthRecalling(it) {
		return Card{}, models.WithHint(models.Errorf(models.Invalid, "grade: item %s is not one to be remembered", it.ID),
			"actions, takeaways, what helps and goals are, once you accepted them")
	}
	cards, err := b.cards(ctx)
	if err != nil {
		return Card{}, err
	}
	c, ok := cards[it.ID]
	if !ok {
		c.Entry = models.Entry{Kind: models.EntryCard, ID: models.EntryID(it.ID), Session: it.Session, About: string(it.ID)}
	}
	c = c.Graded(g, b.Today())
	return c, save(ctx, b, &c)
}
