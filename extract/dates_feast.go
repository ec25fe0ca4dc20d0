package extract

import (
	"time"

	"github.com/afterword/afterword/models"
)

// feasts are days of the year that go by a name. Day 0 of a month stands for a
// day counted from Easter Sunday.
var feasts = []struct {
	words  []string
	month  time.Month
	day    int
	easter int
}{
	{fields("christmas eve"), 12, 24, 0},
	{fields("christmas day"), 12, 25, 0},
	{fields("boxing day"), 12, 26, 0},
	{fields("new year 's eve"), 12, 31, 0},
	{fields("new year 's day"), 1, 1, 0},
	{fields("valentine 's day"), 2, 14, 0},
	{fields("bonfire night"), 11, 5, 0},
	{fields("halloween"), 10, 31, 0},
	{fields("good friday"), 0, 0, -2},
	{fields("easter sunday"), 0, 0, 0},
	{fields("easter monday"), 0, 0, 1},
	{fields("easter"), 0, 0, 0},
	{fields("christmas"), 12, 25, 0},
}

// namedDay reads what has a name or a set phrase at i: a feast, "first thing
// in the morning", "this time next week", "early next week", "midweek".
func (c calendar) namedDay(u *utterance, i, to int) (models.Date, int) {
	if f, ok := tomorrows.at(u, sentence{i, to, false}, i); ok {
		return c.day(1), f.to
	}
	switch {
	case u.spells(fields("this time next week"), i, to) > 0:
		return c.day(7), i + 4
	case u.spells(fields("early next week"), i, to) > 0:
		return c.day(8 - c.weekday()), i + 3
	case u.spells(fields("month end"), i, to) > 0:
		return c.endOfMonth(), i + 2
	case u.spells(fields("the month is out"), i, to) > 0 || u.spells(fields("the month 's out"), i, to) > 0:
		return c.endOfMonth(), i + 4
	case u.word(i) == "midweek":
		return c.day(c.coming(3)), i + 1
	}
	for _, f := range feasts {
		end := u.spells(f.words, i, to)
		lead := u.word(i - 1)
		if end == 0 || len(f.words) == 1 && lead != "by" && lead != "before" && lead != "on" || lead == "last" {
			continue // "Christmas was hard"
		}
		if f.month > 0 {
			return c.onDate(f.month, f.day), end
		}
		return c.easterDay(f.easter), end
	}
	return "", i
}

// tomorrows are mornings that are not today's.
var tomorrows = list(`
first thing in the morning
`)

// easterDay is the next day so many days from Easter Sunday, by Butcher's rule
// of 1876.
func (c calendar) easterDay(off int) models.Date {
	if c.today.IsZero() {
		return ""
	}
	for y := c.today.Year(); ; y++ {
		a, b, d := y%19, y/100, y%100
		h := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
		l := (32 + 2*(b%4) + 2*(d/4) - h - d%4) % 7
		m := (a + 11*h + 22*l) / 451
		n := h + l - 7*m + 114
		t := time.Date(y, time.Month(n/31), n%31+1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, off)
		if !t.Before(c.today) {
			return models.DateOf(t)
		}
	}
}
