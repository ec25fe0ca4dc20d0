package extract

import (
	"time"

	"github.com/afterword/afterword/models"
)

// Days that are counted from another day, or from one end of a stretch of the
// calendar: "ten days from now", "the day before Easter", "the first Monday of
// April", "the start of next month".

// spanUnits are days; a month is counted apart.
var spanUnits = map[string]int{"day": 1, "days": 1, "week": 7, "weeks": 7, "fortnight": 14, "month": 30, "months": 30}

// nextOne follows a day that was ruled out: "not this Monday, the one after".
var nextOne = sequences(`
, the one after
, the following one
, the next one
, the next
, the following
, the week after
but the one after
but the next
but the following
`)

// fromNow reads "a week on Monday", "a week today", "two weeks from tomorrow",
// "ten days from now", "a month from today".
func (c calendar) fromNow(u *utterance, i, to int, set func(models.Date, int) int) int {
	n, k := u.number(i)
	unit := u.word(k)
	if n == 0 || spanUnits[unit] == 0 {
		return i
	}
	month := unit == "month" || unit == "months"
	counted := month || unit == "day" || unit == "days" // "three days on Monday" is none
	k++
	from := u.word(k) == "from"
	if w := u.word(k); from || w == "on" && !counted || w == "next" || w == "this" {
		k++
	}
	if w := u.word(k); w == "next" || w == "this" {
		k++
	}
	if k >= to || counted && !from && !(month && u.word(k) == "today") {
		return i
	}
	days := n * spanUnits[unit]
	switch w := u.word(k); {
	case (w == "today" || w == "now") && month:
		return set(c.months(n), k+1)
	case w == "now" && u.word(k+1) == "on": // "a tenner a week from now on"
		return i
	case w == "today" || w == "now":
		return set(c.day(days), k+1)
	case w == "tomorrow" && !month:
		return set(c.day(days+1), k+1)
	case weekdays[w] > 0 && !month:
		return set(c.day(c.coming(weekdays[w])+days), k+1)
	}
	return i
}

// aroundDay reads "the day before Easter", "two days after Boxing Day", "the
// Saturday before Christmas". "The week before" is no day and gives none.
func (c calendar) aroundDay(u *utterance, i, to int) (models.Date, int) {
	if c.today.IsZero() {
		return "", i
	}
	n, k := u.number(i)
	if u.word(i) == "the" {
		n, k = 1, i+1
	}
	wd, unit := weekdays[u.word(k)], u.word(k)
	side := map[string]int{"before": -1, "after": 1}[u.word(k+1)]
	if n == 0 || side == 0 || k+2 >= to || wd == 0 && !everyDay[unit] && unit != "days" && unit != "week" {
		return "", i
	}
	at := k + 2
	if u.word(at) == "tomorrow" {
		return c.day(1 + side*n), at + 1
	}
	var of when
	end := c.dateAt(u, at, to, &of, map[int]bool{})
	if day, k := u.ordinal(at + 1); u.word(at) == "the" && day > 0 && k <= to { // "the night before the twelfth"
		of.due, end = c.onDay(day), k
	}
	if of.due == "" || end <= at {
		return "", i
	}
	day := of.due.Time()
	switch {
	case unit == "week":
		return "", end
	case wd > 0:
		away := (side*(wd-isoWeekday(day)) + 6) % 7
		if away < 0 {
			away += 7
		}
		return models.DateOf(day.AddDate(0, 0, side*(away+1))), end
	}
	return models.DateOf(day.AddDate(0, 0, side*n)), end
}

// isoWeekday counts from 1, Monday.
func isoWeekday(t time.Time) int { return (int(t.Weekday())+6)%7 + 1 }

// monthAt reads "the month", "next month", "April" at k: the first of it.
func (c calendar) monthAt(u *utterance, k, to int) (first time.Time, named bool, end int) {
	y, m, _ := c.today.Date()
	w := u.word(k)
	if k >= to || c.today.IsZero() {
		return first, false, k
	}
	if mo := months[w]; mo > 0 && (u.toks[k].capital || u.raw) {
		if mo < m {
			y++
		}
		return time.Date(y, mo, 1, 0, 0, 0, 0, time.UTC), true, k + 1
	}
	next := w == "next"
	if next || w == "the" || w == "this" {
		k++
	}
	if u.word(k) != "month" || k >= to {
		return first, false, k
	}
	if next {
		m++
	}
	return time.Date(y, m, 1, 0, 0, 0, 0, time.UTC), next, k + 1
}

// nthOfMonth reads "the first Monday of April", "the last Friday in the
// month", "the last day of March", "mid-April".
func (c calendar) nthOfMonth(u *utterance, i, to int) (models.Date, int) {
	if c.today.IsZero() {
		return "", i
	}
	if m := months[u.word(i+1)]; u.word(i) == "mid" && m > 0 && i+1 < to {
		return c.onDate(m, 15), i + 2
	}
	if u.word(i) != "the" || u.word(i+3) != "of" && u.word(i+3) != "in" {
		return "", i
	}
	n, wd := ordinals[u.word(i+1)], weekdays[u.word(i+2)]
	last := u.word(i+1) == "last"
	if n > 5 || n == 0 && !last || wd == 0 && !(last && u.word(i+2) == "day") {
		return "", i
	}
	first, named, end := c.monthAt(u, i+4, to)
	if end <= i+4 || first.IsZero() {
		return "", i
	}
	on := func(m time.Time) time.Time {
		switch {
		case wd == 0:
			return m.AddDate(0, 1, -1)
		case last:
			return nth(-1, time.Weekday(wd%7), m.Month(), 0)(m.Year())
		}
		return nth(n, time.Weekday(wd%7), m.Month(), 0)(m.Year())
	}
	day := on(first)
	if day.Before(c.today) && !named {
		day = on(first.AddDate(0, 1, 0))
	}
	return models.DateOf(day), end
}

// ahead moves a day that is over on by months.
func (c calendar) ahead(t time.Time, months int) models.Date {
	for t.Before(c.today) {
		t = t.AddDate(0, months, 0)
	}
	return models.DateOf(t)
}

// partOf reads "the end of the week", "the beginning of next week", "the end
// of April", "the start of next month", "the middle of the month".
func (c calendar) partOf(u *utterance, i int, set func(models.Date, int) int) int {
	k, next := i+2, 0
	if w := u.word(k); w == "the" || w == "this" {
		k++
	}
	if u.word(k) == "next" {
		next, k = 7, k+1
	}
	at := u.word(i)
	switch w := u.word(k); {
	case w == "week" && at == "end" && next == 0:
		return set(c.endOfWeek(), k+1)
	case w == "week" && u.word(k-1) != "last":
		n := map[string]int{"end": 5, "middle": 3}[at]
		if n == 0 {
			n = 1
		}
		if next == 0 {
			return set(c.day(c.coming(n)), k+1)
		}
		return set(c.day(next-c.weekday()+n), k+1)
	case (w == "day" && u.word(i-2) == "by" || w == "today") && at == "end":
		return set(c.day(0), k+1)
	}
	return c.partOfMonth(u, i, set)
}

func (c calendar) partOfMonth(u *utterance, i int, set func(models.Date, int) int) int {
	first, _, end := c.monthAt(u, i+2, len(u.toks))
	if first.IsZero() || end <= i+2 {
		return i
	}
	switch u.word(i) {
	case "end":
		return set(models.DateOf(first.AddDate(0, 1, -1)), end)
	case "middle":
		return set(c.ahead(first.AddDate(0, 0, 14), 1), end)
	}
	return set(c.ahead(first, 1), end)
}

// habit: "in three days" is a date, "in the evenings" is not.
func (u *utterance) habit(i int) bool {
	return u.word(i) == "in" && u.word(i+1) == "the" && u.word(i+2) != "next"
}

// inDays reads "in three days", "within a week", "in the next couple of days".
func (c calendar) inDays(u *utterance, i, to int, set func(models.Date, int) int) int {
	if end := c.fromNow(u, i+1, to, set); end > i+1 {
		return end // "in two weeks today"
	}
	k := i + 1
	for w := u.word(k); w == "the" || w == "next" || w == "about" || w == "around" || w == "another"; w = u.word(k) {
		k++
	}
	n, k2 := u.number(k)
	if n == 0 && k > i+1 {
		n, k2 = 1, k // "within the week", "in the next fortnight"
	}
	if n == 0 || k2 >= to {
		return i
	}
	switch u.word(k2) {
	case "hours":
		if n >= 24 {
			return set(c.day(n/24), k2+1)
		}
	case "day", "days", "week", "weeks", "fortnight":
		return set(c.day(n*spanUnits[u.word(k2)]), k2+1)
	case "month", "months":
		if k == i+1 && n <= 12 {
			return set(c.months(n), k2+1)
		}
	}
	return i
}

// months from today.
func (c calendar) months(n int) models.Date {
	if c.today.IsZero() {
		return ""
	}
	return models.DateOf(c.today.AddDate(0, n, 0))
}
