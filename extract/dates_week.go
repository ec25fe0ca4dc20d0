package extract

import (
	"strconv"
	"strings"

	"github.com/afterword/afterword/models"
)

// weekendAt reads "by the weekend", "next weekend", "the weekend after".
func (c calendar) weekendAt(u *utterance, i, to int, set func(models.Date, int) int) int {
	nextOne := 7 - c.weekday() + 6
	switch {
	case u.word(i+1) == "after" && u.word(i+2) == "next" && i+2 < to:
		return set(c.day(nextOne+7), i+3)
	case u.word(i-1) == "next":
		return set(c.day(nextOne), i+1)
	case u.word(i+1) == "after" && u.word(i-1) == "the" && (i+2 >= to || u.toks[i+2].kind == mark):
		return set(c.day(nextOne), i+2)
	case u.word(i-1) == "before" || u.word(i-2) == "before":
		return set(c.day((5-c.weekday()+7)%7), i+1)
	case u.word(i-1) == "by" || u.word(i-2) == "by":
		return set(c.day(c.coming(6)), i+1)
	}
	return set(c.weekend(), i+1)
}

// weekdayAt reads a weekday with what stands around it.
func (c calendar) weekdayAt(u *utterance, i, to int, w *when, days map[int]bool) int {
	word := u.word(i)
	n := weekdays[word]
	t := u.toks[i]
	if shortDays[word] && (!t.capital && !u.raw || word == "sat" || word == "sun" || word == "wed") {
		prev := u.word(i - 1)
		if !t.capital || prev != "on" && prev != "by" && prev != "next" && prev != "this" {
			return i
		}
	}
	next := u.word(i + 1)
	if u.ruledOut(i) {
		if end := nextOne.end(u, i+1, to); end > 0 && u.word(i-1) == "this" {
			w.due = c.day(c.coming(n) + 7)
			return end
		}
		return i + 1
	}
	if u.over(i) || i+1 < to && u.toks[i+1].capital && u.toks[i+1].start != t.start && u.toks[i+1].kind == lexical && weekdays[next] == 0 && months[next] == 0 && next != "i" {
		return i + 1 // over, or a name
	}
	if (next == "to" || next == "through") && weekdays[u.word(i+2)] > 0 {
		last := weekdays[u.word(i+2)]
		if n == 1 && last == 5 {
			w.recurrence = "weekdays"
		} else {
			w.recurrence = strconv.Itoa((last-n+7)%7+1) + "/week"
		}
		return i + 3
	}
	if last, of := u.dayList(i, to); of > 2 || of == 2 && u.word(i+1) == "and" && !u.over(i) {
		w.recurrence = strconv.Itoa(of) + "/week"
		return last
	}
	if u.isBe(i+1) && u.word(i+2) == "the" && likeIt[u.word(i+3)] {
		return i + 1 // "Sunday's the worst"
	}
	if u.pluralDay(i) && pluralDays[word] && u.isBe(i+1) {
		return i + 1 // "Saturdays are his"
	}
	if u.pluralDay(i) {
		days[n] = true
		return i + 1
	}
	if c.today.IsZero() {
		return i + 1
	}
	d, end := c.coming(n), i+1
	if day, k := c.ofMonth(u, i, to); k > i {
		w.due = day
		return k
	}
	prev := u.word(i - 1)
	switch {
	case prev == "about" && !isWh(u.word(i-2)), next == "paper" || next == "papers" || next == "night" && u.word(i+2) == "live":
		return i + 1
	case next == "week" && u.word(i+2) != "in": // Monday week
		d, end = d+7, i+2
	case next == "fortnight":
		d, end = d+14, i+2
	case next == "next" && u.word(i+2) == "week", next == "of" && u.word(i+2) == "next" && u.word(i+3) == "week": // Friday next week
		d, end = 7-c.weekday()+n, i+3
	case u.afterNextWeek(i): // next week, the Tuesday
		d = 7 - c.weekday() + n
	case prev == "the" && next == "after" && (i+2 >= to || u.toks[i+2].kind == mark || u.word(i+2) == "this" || u.word(i+2) == "that"): // the Friday after
		d, end = d+7, i+2
		w.due = ""
	case next == "after" && u.word(i+2) == "next": // the Tuesday after next
		d, end = d+7, i+3
	case prev == "next" && u.word(i-2) == "," && u.word(i-3) == word && u.ruledOut(i-3): // not this Friday, next Friday
		d += 7
	case prev == "next" && u.word(i-2) != "the": // of the next calendar week
		d = 7 - c.weekday() + n
	}
	if w.due == "" || u.word(i-1) == "by" || u.word(i-1) == "on" && u.word(i-2) == "and" || u.correction(w.to, i) {
		w.due = c.day(d)
	}
	return end
}

// likeIt say what a day of the week is like, whichever it is.
var likeIt = set("worst best hardest easiest longest loneliest busiest quietest same")

// ofMonth reads "Saturday the fourteenth" behind the weekday at i; a number
// that is no such weekday was misheard and gives none.
func (c calendar) ofMonth(u *utterance, i, to int) (models.Date, int) {
	k := i + 1
	for u.word(k) == "," || u.word(k) == "the" {
		k++
	}
	n, end := u.ordinal(k)
	if n < 1 || end > to || k == i+1 && u.toks[k].kind != number {
		return "", i
	}
	d := c.onDay(n)
	if mo := months[u.word(end)]; mo > 0 && end < to {
		d, end = c.onDate(mo, n), end+1
	} else if mo := months[u.word(end+1)]; mo > 0 && u.word(end) == "of" && end+1 < to {
		d, end = c.onDate(mo, n), end+2
	}
	if d == "" || (int(d.Time().Weekday())+6)%7+1 != weekdays[strings.TrimSuffix(u.word(i), "s")] {
		return "", i
	}
	return d, end
}

// afterNextWeek: "next week" stands right before the weekday at i.
func (u *utterance) afterNextWeek(i int) bool {
	k := i - 1
	for k > 0 && (u.word(k) == "," || u.word(k) == "the" || u.word(k) == "on" || u.word(k) == "maybe" || u.word(k) == "say") {
		k--
	}
	return u.word(k) == "week" && u.word(k-1) == "next"
}

// dayList counts different weekdays in a row: "Monday, Wednesday and Friday".
func (u *utterance) dayList(i, to int) (end, of int) {
	seen := map[int]bool{}
	end = i
	for k := i; k < to; k++ {
		w := u.word(k)
		if n := weekdays[w]; n > 0 && !seen[n] {
			seen[n] = true
			end = k + 1
			continue
		}
		if w != "," && w != "and" && w != "on" && w != "." {
			break
		}
	}
	return end, len(seen)
}

// ruledOut: "no Fridays", "not on Sunday".
func (u *utterance) ruledOut(i int) bool {
	prev := u.word(i - 1)
	if prev == "on" || prev == "this" {
		prev = u.word(i - 2)
	}
	return prev == "no" && pluralDays[u.word(i)] || prev == "not"
}

// correction: a new sentence or a "no" since the last date takes it back.
func (u *utterance) correction(from, to int) bool {
	if from < 0 {
		return true
	}
	for k := from; k < to; k++ {
		switch u.word(k) {
		case ".", "no", "actually", "wait", "rather":
			return true
		}
	}
	return false
}

func (u *utterance) pluralDay(i int) bool {
	prev := u.word(i - 1)
	if prev == "every" || prev == "each" || prev == "single" && u.word(i-2) == "every" {
		return true
	}
	switch u.word(i + 1) {
	case "mornings", "evenings", "nights", "afternoons", "lunchtimes":
		return true
	}
	return pluralDays[u.word(i)]
}

var pluralDays = set("mondays tuesdays wednesdays thursdays fridays saturdays sundays")

// dayOfMonth reads "the 14th", "14 April", "April 14th", "the fourteenth of
// April", "2026-04-14". A bare month is none: "May was hard".
func (c calendar) dayOfMonth(u *utterance, i, to int, set func(models.Date, int) int) int {
	word := u.word(i)
	if i < len(u.toks) && u.toks[i].kind == number && len(word) == 10 {
		if d, err := models.ParseDate(word); err == nil {
			return set(d, i+1)
		}
	}
	if m := months[word]; m > 0 {
		k := i + 1
		if u.word(k) == "the" {
			k++
		}
		n, k2 := u.ordinal(k)
		if n == 0 && k < len(u.toks) && u.toks[k].kind == number {
			n, k2 = u.number(k)
		}
		if n >= 1 && n <= 31 && k2 <= to && (u.toks[i].capital || u.raw) {
			return set(c.onDate(m, n), k2)
		}
		return i
	}
	n, k := u.ordinal(i)
	bare := n == 0 && u.toks[i].kind == number
	if bare {
		n, k = u.number(i)
	}
	if n < 1 || n > 31 {
		return i
	}
	m := k
	if u.word(m) == "of" {
		m++
	}
	if mo := months[u.word(m)]; mo > 0 && m < to && (u.toks[m].capital || u.raw) {
		return set(c.onDate(mo, n), m+1)
	}
	if first, _, end := c.monthAt(u, m, to); u.word(m) == "next" && end > m {
		return set(c.onDate(first.Month(), n), end)
	}
	if bare || u.word(i-1) != "the" {
		return i
	}
	digits := u.toks[i].kind == number
	lead := u.word(i - 2)
	if lead == "of" && (everyDay[u.word(i-3)] || u.word(i-3) == "eve") { // "the night of the ninth"
		lead = "on"
	}
	alone := (i < 2 || u.toks[i-2].kind == mark) && (k >= len(u.toks) || u.toks[k].kind == mark || u.isBe(k)) // "The twenty-second."
	timed := alone && n > 4 || (lead == "'s" || lead == "is") && (u.word(i-3) == "that" || u.word(i-3) == "it") && n > 4 || lead == "on" || lead == "by" || lead == "until" || lead == "before" || lead == "than" || lead == "," || lead == "for"
	if !digits && !timed || lead == "for" && !digits && n < 5 {
		return i
	}
	if !digits && k < to && u.toks[k].kind != mark && !stopWords[u.word(k)] && !adverbs[u.word(k)] && u.word(k) != "anyway" && u.word(k) != "instead" && u.word(k) != "please" {
		return i // "on the second floor"
	}
	return set(c.onDay(n), k)
}
