package extract

import (
	"strconv"
	"time"

	"github.com/afterword/afterword/models"
)

// when is what a plan says about time.
type when struct {
	due        models.Date // empty if none was named
	recurrence string      // daily, weekly, weekdays, N/day, N/week, as-needed, or empty
	phrase     string      // the words: "in the evening"
	next       bool        // "before we meet again": the next appointment
	from, to   int         // tokens that it was read from
}

func (w when) empty() bool { return w.due == "" && w.recurrence == "" && w.phrase == "" && !w.next }

var weekdays = map[string]int{
	"monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6, "sunday": 7,
	"mondays": 1, "tuesdays": 2, "wednesdays": 3, "thursdays": 4, "fridays": 5, "saturdays": 6, "sundays": 7,
	"mon": 1, "tue": 2, "tues": 2, "wed": 3, "weds": 3, "thu": 4, "thur": 4, "thurs": 4, "fri": 5, "sat": 6, "sun": 7,
}

var shortDays = set("mon tue tues wed weds thu thur thurs fri sat sun")

var months = map[string]time.Month{
	"january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8, "september": 9, "october": 10, "november": 11, "december": 12,
	"jan": 1, "feb": 2, "aug": 8, "sept": 9, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}

var smallNumbers = map[string]int{
	"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
	"fourteen": 14, "fifteen": 15, "twenty": 20, "thirty": 30, "couple": 2, "few": 3,
}

var ordinals = map[string]int{
	"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11,
	"twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19,
	"twentieth": 20, "thirtieth": 30,
}

// calendar resolves spoken times against the day of the session.
type calendar struct {
	today time.Time // midnight UTC; zero if the session has no date
	next  models.Date
}

func (c calendar) day(offset int) models.Date {
	if c.today.IsZero() {
		return ""
	}
	return models.DateOf(c.today.AddDate(0, 0, offset))
}

// weekday counts from 1, Monday.
func (c calendar) weekday() int { return (int(c.today.Weekday())+6)%7 + 1 }

// coming is how many days to the next such weekday, today excluded.
func (c calendar) coming(weekday int) int { return (weekday-c.weekday()+6)%7 + 1 }

// number reads a small number at i: "3", "three", "twenty five".
func (u *utterance) number(i int) (n, to int) {
	if i >= len(u.toks) {
		return 0, i
	}
	t := u.toks[i]
	if t.kind == number {
		if v, err := strconv.Atoi(t.w); err == nil && v < 1000 {
			return v, i + 1
		}
		return 0, i
	}
	v := smallNumbers[t.w]
	if v == 0 {
		return 0, i
	}
	if t.w == "a" && (u.word(i+1) == "couple" || u.word(i+1) == "few") {
		v, i = smallNumbers[u.word(i+1)], i+1
	}
	if (t.w == "couple" || u.word(i) == "couple") && u.word(i+1) == "of" {
		i++
	}
	if w := u.word(i + 1); (w == "or" || w == "to") && smallNumbers[u.word(i+2)] > v && u.word(i+2) != "a" { // "two or three": the smaller
		i += 2
	}
	return v, i + 1
}

// ordinal reads "14th", "fourteenth", "twenty-first" at i.
func (u *utterance) ordinal(i int) (n, to int) {
	w := u.word(i)
	if i < len(u.toks) && u.toks[i].kind == number && len(w) > 2 {
		if v, err := strconv.Atoi(w[:len(w)-2]); err == nil {
			switch w[len(w)-2:] {
			case "st", "nd", "rd", "th":
				if v >= 1 && v <= 31 {
					return v, i + 1
				}
			}
		}
		return 0, i
	}
	if tens := map[string]int{"twenty": 20, "thirty": 30}[w]; tens > 0 {
		if v := ordinals[u.word(i+1)]; v > 0 && v < 10 && tens+v <= 31 {
			return tens + v, i + 2
		}
		return 0, i
	}
	return ordinals[w], i + 1
}

// onDay is the next date with that day of the month.
func (c calendar) onDay(day int) models.Date {
	if c.today.IsZero() {
		return ""
	}
	for d := 1; d <= 62; d++ {
		if t := c.today.AddDate(0, 0, d); t.Day() == day {
			return models.DateOf(t)
		}
	}
	return ""
}

// onDate is the next such day of such month, today included.
func (c calendar) onDate(m time.Month, day int) models.Date {
	if c.today.IsZero() {
		return ""
	}
	for y := c.today.Year(); y <= c.today.Year()+4; y++ {
		t := time.Date(y, m, day, 0, 0, 0, 0, time.UTC)
		if t.Day() == day && !t.Before(c.today) {
			return models.DateOf(t)
		}
	}
	return ""
}

func (c calendar) endOfWeek() models.Date {
	if wd := c.weekday(); wd > 5 {
		return c.day(7 - wd)
	}
	return c.day(5 - c.weekday())
}

func (c calendar) endOfMonth() models.Date {
	if c.today.IsZero() {
		return ""
	}
	y, m, _ := c.today.Date()
	return models.DateOf(time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC))
}

// weekend is the Saturday of this weekend; on a Saturday that day itself.
func (c calendar) weekend() models.Date {
	switch wd := c.weekday(); wd {
	case 6:
		return c.day(0)
	case 7:
		return c.day(6)
	default:
		return c.day(6 - wd)
	}
}

// readWhen reads what a stretch of speech says about time. Dates that are
// over ("last Tuesday", "yesterday") give nothing.
func (c calendar) readWhen(u *utterance, from, to int) when {
	var w when
	w.from, w.to = -1, -1
	days := map[int]bool{}
	for i := from; i < to; {
		n := c.recurrenceAt(u, i, to, &w, days)
		if n == i {
			n = c.dateAt(u, i, to, &w, days)
		}
		if n == i {
			n = c.partOfDay(u, i, to, &w)
		}
		if n > i {
			if w.from < 0 {
				w.from = i
			}
			w.to = n
			i = n
			continue
		}
		i++
	}
	if len(days) > 1 && w.recurrence == "" {
		w.recurrence, w.due = strconv.Itoa(len(days))+"/week", ""
	}
	if len(days) == 1 && w.recurrence == "" {
		w.recurrence = "weekly"
	}
	if w.recurrence != "" {
		w.due = ""
	}
	if w.next && w.due == "" && w.recurrence == "" {
		w.due = c.next
	}
	if w.from >= 0 && w.to <= len(u.toks) {
		w.phrase = u.slice(w.from, w.to)
	}
	return w
}

// slice is the text under tokens [from, to).
func (u *utterance) slice(from, to int) string {
	if from < 0 || from >= to || to > len(u.toks) {
		return ""
	}
	return u.text[u.toks[from].start:u.toks[to-1].end]
}

// pastMarks before a weekday mean that it is over.
var pastMarks = set("last since previous ago")

func (u *utterance) over(i int) bool {
	for k := i - 1; k >= max(0, i-2); k-- {
		if pastMarks[u.word(k)] {
			return true
		}
		if !articles[u.word(k)] && u.word(k) != "on" && u.word(k) != "this" {
			break
		}
	}
	return u.word(i+1) == "gone" || u.word(i+1) == "just" && u.word(i+2) == "gone" || u.word(i+1) == "was"
}

// dateAt reads one date at i and returns where it ends, i if there is none.
// The latest date wins: speakers correct themselves forwards.
func (c calendar) dateAt(u *utterance, i, to int, w *when, days map[int]bool) int {
	word := u.word(i)
	set := func(d models.Date, end int) int {
		w.due = d
		return end
	}
	if f, ok := afterwards.at(u, sentence{i, to, false}, i); ok && weekdays[u.word(f.to)] == 0 && u.word(f.to) != "tomorrow" { // "by close of play Friday"
		return set(c.day(0), f.to)
	}
	if u.evenThen(i) {
		return i
	}
	if end := u.dayLeftOut(i); end > i {
		return end
	}
	if d, end := c.aroundDay(u, i, to); end > i {
		return set(d, end)
	}
	if d, end := c.namedDay(u, i, to); end > i {
		return set(d, end)
	}
	if d, end := c.nthOfMonth(u, i, to); end > i {
		return set(d, end)
	}
	switch {
	case word == "today" && u.word(i-1) != "a" || word == "tonight":
		if u.word(i-1) == "week" || u.word(i-1) == "from" || u.word(i-1) == "for" {
			return i // "we have to stop there for today"
		}
		if w.due != "" && !u.correction(w.to, i) && word == "today" {
			return i + 1 // "tomorrow, I'm at work today"
		}
		if u.word(i+1) == "week" && i+1 < to {
			return set(c.day(7), i+2)
		}
		return set(c.day(0), i+1)
	case word == "now" && u.word(i-1) == "right" && u.client, word == "now" && (u.word(i+1) == "." || i+1 == to || u.word(i+1) == "," && u.client && i > 0 && u.toks[i-1].kind == lexical) && u.word(i-1) != "from" && u.word(i-1) != "for" && !u.statesNow(i), word == "right" && u.word(i+1) == "away":
		return set(c.day(0), min(i+2, to))
	case word == "later" && u.word(i+1) == "today":
		return set(c.day(0), i+2)
	case word == "this" && (u.word(i+1) == "evening" || u.word(i+1) == "afternoon" || u.word(i+1) == "morning" && u.word(i-1) != "of"):
		return set(c.day(0), i+2)
	case word == "home" && (u.word(i-1) == "get" || u.word(i-1) == "way" || u.word(i-1) == "walk" || u.word(i-1) == "drive" || u.word(i-1) == "i'm") && u.word(i+1) != "every":
		return set(c.day(0), i+1)
	case (word == "after" || word == "straight") && (u.word(i+1) == "this" || u.word(i+1) == "after") && (u.word(i+2) == "session" || i+2 >= to || u.toks[i+2].kind == mark):
		return set(c.day(0), i+2)
	case word == "minute" && u.word(i-1) == "a" && u.word(i-2) == "in":
		return set(c.day(0), i+1)
	case word == "tomorrow":
		if u.word(i-1) == "after" && u.word(i-2) == "day" {
			return set(c.day(2), i+1)
		}
		if u.word(i-1) == "from" && u.word(i-2) == "week" || u.word(i-1) == "week" {
			return set(c.day(8), i+1)
		}
		if u.word(i+1) == "week" && i+1 < to {
			return set(c.day(8), i+2)
		}
		return set(c.day(1), i+1)
	case word == "weekend" && !u.over(i):
		return c.weekendAt(u, i, to, set)
	case (word == "in" || word == "within") && !u.habit(i):
		return c.inDays(u, i, to, set)
	case smallNumbers[word] > 0 || u.toks[i].kind == number && spanUnits[u.word(i+1)] > 0:
		if end := c.fromNow(u, i, to, set); end > i {
			return end
		}
	case (word == "end" || word == "start" || word == "beginning" || word == "middle") && u.word(i+1) == "of":
		return c.partOf(u, i, set)
	case weekdays[word] > 0:
		return c.weekdayAt(u, i, to, w, days)
	case word == "before" || word == "by" || word == "for" || word == "until" || word == "till" || word == "next" || word == "when":
		if end := nextMeeting.end(u, i, to); end > 0 {
			w.next = true
			return end
		}
	}
	return c.dayOfMonth(u, i, to, set)
}

// nearDays are left out by a "not" before them: "Not tomorrow, tomorrow's the
// wedding. Thursday."
var nearDays = set("today tonight tomorrow weekend")

// dayLeftOut: a day that is named so as to be passed over; it ends where its
// words do. "Why not tomorrow?" leaves out none.
func (u *utterance) dayLeftOut(i int) int {
	if w := u.word(i); !nearDays[w] && weekdays[w] == 0 {
		return i
	}
	if _, ok := dayIsOut.at(u, sentence{i, min(i+7, len(u.toks)), false}, i); ok && u.headsClause(i) {
		return i + 1
	}
	k := i - 1
	for u.word(k) == "on" || u.word(k) == "this" || u.word(k) == "the" || u.word(k) == "at" {
		k--
	}
	if nearDays[u.word(i)] && u.word(k) == "not" && !isWh(u.word(k-1)) && u.word(k-1) != "if" {
		return i + 1
	}
	return i
}

// dayIsOut says of the day that it begins with that nothing can be then.
var dayIsOut = list(`
@any is|'s|are @adv* out|off|full|taken|no|hopeless|impossible|useless|bad|tricky|booked|packed|chock-a-block|gone $
@any is|'s|are @adv* no good|use
@any is|'s|are @adv* too soon|early|late|much|busy|tight
@any is|'s not good|possible|ideal|on
@any will not do|work|suit
@any does|do not work|suit
@any i can not
`)

// headsClause: nothing of the clause but "this" or "on" stands before i.
func (u *utterance) headsClause(i int) bool {
	for i > 0 && (u.word(i-1) == "this" || u.word(i-1) == "on" || openers[u.word(i-1)]) {
		i--
	}
	return i == 0 || u.toks[i-1].kind == mark
}

// evenThen: "every night, even at the weekend" names no day.
func (u *utterance) evenThen(i int) bool {
	for k := i - 1; k >= max(0, i-3); k-- {
		switch w := u.word(k); {
		case w == "even":
			return true
		case w != "at" && w != "on" && !articles[w]:
			return false
		}
	}
	return false
}

// statesNow: "I'm not scared of it now" says how it is, not when to do it.
func (u *utterance) statesNow(i int) bool {
	for k := i - 1; k >= 0 && u.toks[k].clause == u.toks[i].clause; k-- {
		if u.isBe(k) {
			return true
		}
	}
	return false
}

// afterwards: when the session is over, and so today.
var afterwards = list(`
when|once|after|soon_as|the_minute|the_moment i get|walk|go|come|step out
when|once|after|soon_as|the_minute|the_moment i leave here
when|once|after|soon_as|the_minute|the_moment i am out|done|outside|home|back_home|in_the_car|back_in_the_car|back_at_my_desk|through_the_door|through_my_door|through_my_front_door|off_this_call
when|once|after|soon_as|the_minute|the_moment i get|am in $
when|once|after|soon_as i have? put the phone down
when|once|after|soon_as i|we|you hang up|ring_off
when|once|after|soon_as|the_minute|the_moment i am off the phone|line|call
after|from here $
when|once|after|soon_as|the_minute|the_moment i get home|back_to_the_car|to_the_car|into_the_car|in_the_car|to_the_bus|on_the_bus|on_the_train|to_the_station|outside|back_home
when|once|after|soon_as we finish|stop|hang_up|end
when|once|after|soon_as we are|have done|finished
when|once|after|soon_as you have|are gone
on|from my|the way home|back|out
on the bus|train|tram|tube|walk|drive home|back
straight|right after|from this|here
by close|end of play|business today?
before|by the|this day is|'s out|over|done
before|by the end of today
this very day|evening|afternoon|night
later on today
`)
