package extract

import "strconv"

// phrases is a small set of word sequences.
type phrases [][]string

func (p phrases) end(u *utterance, i, to int) int {
	best := 0
	for _, ws := range p {
		k, ok := i, true
		for _, w := range ws {
			if k >= to || u.word(k) != w {
				ok = false
				break
			}
			k++
		}
		if ok && k > best {
			best = k
		}
	}
	return best
}

func sequences(lines string) phrases {
	var p phrases
	for _, l := range tableLines(lines) {
		p = append(p, fields(l))
	}
	return p
}

var nextMeeting = sequences(`
before i see you next
before i see you again
before i see you
before we meet
before we meet again
before we meet next
before we next meet
before you come back
before you come back in
before our next session
before our next call
before our next meeting
before our next appointment
before our next
before the next session
before next session
before next time
before next week
by next time
by our next session
by the next session
by next session
by next week
for next time
for next week
for our next session
until next time
until we meet
until we meet again
until i see you
until our next session
until next week
when i see you next
when we meet next
when we next meet
when i next see you
when you come back
next time
next session
`)

var asNeeded = sequences(`
whenever
every time
each time
any time
anytime
as needed
when needed
if needed
as and when
when the urge
when an urge
when the panic
when the craving
when the thought
when the wave
when it hits
when it starts
when it shows up
when it comes up
when it comes
when it gets
when you catch
when you notice
when you feel it
when you feel that
when i feel it
when i feel that
when i notice
when i catch
when i get the
when you get the
when i get that
when you spot
when i spot
the moment you
the moment i
the minute you
the minute i
as soon as you feel
as soon as i feel
as soon as it
as soon as the
when you are about to
when i am about to
when you feel the
when i feel the
when you feel yourself
when i feel myself
on the days you
on the nights you
on the mornings you
on days when
on nights when
on the days when
on the nights when
on days you
on nights you
`)

var everyDay = set("day night evening morning afternoon bedtime lunchtime breakfast dinner single")

// recurrenceAt reads how often something is to happen.
func (c calendar) recurrenceAt(u *utterance, i, to int, w *when, days map[int]bool) int {
	word := u.word(i)
	next := u.word(i + 1)
	if end := u.rhythmLeftOut(i); end > i {
		return end
	}
	switch {
	case word == "daily" || word == "nightly":
		if w.recurrence == "" {
			w.recurrence = "daily"
		}
		return i + 1
	case word == "weekly":
		w.recurrence = "weekly"
		return i + 1
	case word == "weekdays" || word == "weeknights":
		w.recurrence = "weekdays"
		return i + 1
	case (word == "work" || word == "working" || word == "school") && (next == "days" || next == "nights" || next == "mornings" || next == "evenings"):
		w.recurrence = "weekdays"
		return i + 2
	case u.twiceDaily(i, to) > 0:
		w.recurrence = "2/day"
		return u.twiceDaily(i, to)
	case (word == "morning" || word == "mornings") && next == "and" && (everyDay[u.word(i+2)] || u.word(i+2) == "evenings" || u.word(i+2) == "nights"):
		w.recurrence = "2/day"
		return i + 3
	case word == "all" && next == "seven" && (i == 0 || u.word(i-1) == ","):
		w.recurrence = "daily" // "Breakfast, all seven."
		return i + 2
	case word == "most" && (next == "days" || next == "nights" || next == "mornings" || next == "evenings"):
		w.recurrence = "daily"
		return i + 2
	case (word == "mornings" || word == "evenings" || word == "nights") && w.recurrence == "" && (u.word(i-1) == "the" && u.word(i-2) == "in" || u.word(i-1) == "in" || u.word(i-1) == "," && (i+1 >= to || u.toks[i+1].kind == mark)):
		w.recurrence = "daily"
		return i + 1
	case word == "every" || word == "each" || word == "per":
		return c.everyAt(u, i, to, w)
	}
	if (word == "a" || word == "an") && i+3 < to && u.toks[i+1].kind == lexical && !counts[next] { // "a row a night"
		if per, unit := u.word(i+2), u.word(i+3); per == "a" || per == "each" || per == "every" || per == "per" {
			if unit == "week" {
				fill(w, "weekly")
				return i + 4
			}
			if everyDay[unit] {
				left, end := u.daysLeft(i + 4)
				fill(w, left)
				return min(end, to)
			}
		}
	}
	if word == "a" || word == "each" || word == "per" || word == "in" || word == "the" {
		return i
	}
	return c.timesAt(u, i, to, w)
}

// rhythmLeftOut: "Not daily. Tuesdays and Thursdays.", "not every night" name
// how often it is not to be.
func (u *utterance) rhythmLeftOut(i int) int {
	if u.word(i-1) != "not" || isWh(u.word(i-2)) {
		return i
	}
	switch w := u.word(i); {
	case w == "daily" || w == "nightly" || w == "weekly" || w == "weekends":
		return i + 1
	case (w == "every" || w == "each") && (everyDay[u.word(i+1)] || u.word(i+1) == "week" || weekdays[u.word(i+1)] > 0):
		return i + 2
	}
	return i
}

// twiceDaily reads the two ends of a day: "when you get up and again before bed",
// "with breakfast and with your tea".
func (u *utterance) twiceDaily(i, to int) int {
	if f, ok := bothEnds.at(u, sentence{i, to, false}, i); ok {
		return f.to
	}
	return 0
}

var bothEnds = list(`
first_thing|on_waking|when_you_get_up|when_i_get_up|when_you_wake_up|when_i_wake_up|at_breakfast|with_breakfast|after_breakfast|before_breakfast|in_the_morning ,? and then|again|once|one? last_thing|at_night|at_bedtime|before_bed|before_you_go_to_bed|before_i_go_to_bed|before_sleep|after_dinner|after_tea|with_dinner|with_supper|at_tea|at_supper|in_the_evening
once_first_thing|once_in_the_morning|once_on_waking ,? and then|again? once? last_thing|at_night|at_bedtime|before_bed|in_the_evening
`)

// counts stand before "a day" with a number of their own.
var counts = set("couple few lot bit number day time times")

func fill(w *when, r string) {
	if w.recurrence == "" || w.recurrence == "daily" && r != "as-needed" || w.recurrence == "as-needed" {
		w.recurrence = r
	}
}

// everyAt reads "every day", "each evening", "every other day", "every time".
func (c calendar) everyAt(u *utterance, i, to int, w *when) int {
	k := i + 1
	if u.word(k) == "single" {
		k++
	}
	word := u.word(k)
	switch {
	case k >= to:
		return i
	case everyDay[word] && u.worksThen(k+1):
		w.recurrence = "weekdays"
		return k + 1
	case everyDay[word]:
		left, end := u.daysLeft(k + 1)
		if w.recurrence == "" || left != "daily" {
			w.recurrence = left
		}
		return min(end, to)
	case word == "weekday" || word == "weeknight" || word == "workday":
		w.recurrence = "weekdays"
		return k + 1
	case (word == "school" || word == "work" || word == "working") && (u.word(k+1) == "night" || u.word(k+1) == "day" || u.word(k+1) == "morning" || u.word(k+1) == "evening"):
		w.recurrence = "weekdays"
		return k + 2
	case word == "week":
		if w.recurrence == "" {
			w.recurrence = "weekly"
		}
		return k + 1
	case word == "other":
		switch u.word(k + 1) {
		case "day", "night", "morning", "evening":
			w.recurrence = "3/week"
			return k + 2
		}
		return i
	case (word == "one" || word == "meal") && u.word(i-1) != "at":
		if word == "meal" {
			w.recurrence = "3/day"
			return k + 1
		}
	case word == "weekend":
		w.recurrence = "weekly"
		return k + 1
	case word == "time" || word == "occasion":
		fill(w, "as-needed")
		return k + 1
	case word == "hour":
		return i
	}
	return i
}

// daysLeft is how often it is after "every day" up to k: "every day but Sunday"
// is six times a week.
func (u *utterance) daysLeft(k int) (recurrence string, end int) {
	j := k
	if u.word(j) == "," {
		j++
	}
	switch u.word(j) {
	case "but", "except", "bar":
		j++
	default:
		return "daily", k
	}
	if u.word(j) == "for" || u.word(j) == "the" {
		j++
	}
	if w := u.word(j); w == "weekend" || w == "weekends" {
		return "weekdays", j + 1
	}
	day := func(j int) bool { return weekdays[u.word(j)] > 0 || pluralDays[u.word(j)] }
	n := 0
	for day(j) {
		n++
		j++
		if w := u.word(j); (w == "and" || w == "or" || w == ",") && day(j+1) {
			j++
		}
	}
	if n == 0 || n > 5 {
		return "daily", k
	}
	return strconv.Itoa(7-n) + "/week", j
}

// worksThen: "every day there's school", "each morning that I work".
func (u *utterance) worksThen(i int) bool {
	if i >= len(u.toks) {
		return false
	}
	_, ok := workDays.at(u, sentence{i, min(i+7, len(u.toks)), false}, i)
	return ok
}

var workDays = list(`
that? there is|'s @adv* school|college|work|class|lessons
that? you|i are|am @adv* at|in work|school|college|the_office
that? you|i go to|in_to|into work|school|college
`)

var units = map[string]string{
	"day": "day", "days": "day", "daily": "day", "week": "week", "weekly": "week", "night": "day", "nights": "day", "evening": "day",
}

// timesAt reads "twice a day", "three times a week", "four days a week",
// "one a week", "two evenings each week".
func (c calendar) timesAt(u *utterance, i, to int, w *when) int {
	n, k := 0, i+1
	switch u.word(i) {
	case "once":
		n = 1
	case "twice":
		n = 2
	default:
		n, k = u.number(i)
		if n == 0 || n > 12 {
			return i
		}
		switch u.word(k) {
		case "times", "time":
			k++
		case "days", "nights", "evenings", "mornings", "afternoons":
			k++
		case "minutes", "minute", "hours", "hour", "pages":
			for j := k + 1; j < min(k+5, to); j++ {
				if (u.word(j) == "a" || u.word(j) == "each" || u.word(j) == "per" || u.word(j) == "every") && units[u.word(j+1)] == "day" {
					w.recurrence = "daily"
					return j + 2
				}
			}
			return i
		case "percent", "o'clock", "years", "weeks", "things", "lines", "good", "sentences", "words", "points":
			return i
		default:
			// "three walks a week": one noun between
			if k+2 < to && (u.word(k+1) == "a" || u.word(k+1) == "each" || u.word(k+1) == "per" || u.word(k+1) == "every") && units[u.word(k+2)] == "week" && u.toks[k].kind == lexical {
				k++
			} else if k2 := u.unitAfter(k, to); k2 > 0 && u.word(i) != "a" && u.word(i) != "an" {
				k = k2
			} else if !(u.word(k) == "a" || u.word(k) == "each" || u.word(k) == "per") || smallNumbers[u.word(i)] == 1 && u.word(i) == "a" {
				return i
			}
			if lead := u.word(i - 1); lead == "for" && u.word(k) == "every" || lead == "at" || lead == "until" {
				return i
			}
		}
	}
	between := u.word(k)
	if between == "a" || between == "each" || between == "per" || between == "every" || between == "the" || between == "in" {
		k++
		if between == "in" && (u.word(k) == "a" || u.word(k) == "the") {
			k++
		}
	}
	if end := u.inTheWeek(k, to); end > 0 && n > 1 && (u.word(i) == "twice" || timesWords[u.word(k-1)]) {
		w.recurrence = strconv.Itoa(n) + "/week"
		return end
	}
	unit := units[u.word(k)]
	if unit == "" || k >= to || between != "a" && between != "each" && between != "per" && between != "every" && between != "in" && u.word(k) != "daily" && u.word(k) != "weekly" {
		return i
	}
	switch {
	case n == 1 && unit == "day" || n == 7 && unit == "week":
		w.recurrence = "daily"
	case n == 1:
		w.recurrence = "weekly"
	default:
		w.recurrence = strconv.Itoa(n) + "/" + unit
	}
	return k + 1
}

// unitAfter finds "a day" or "a week" within three words: "one small request a
// day", "three short walks a week".
func (u *utterance) unitAfter(k, to int) int {
	for j := k; j < min(k+4, to-1); j++ {
		if u.toks[j].kind != lexical {
			return 0
		}
		if w := u.word(j); (w == "a" || w == "each" || w == "per") && (u.word(j+1) == "day" || u.word(j+1) == "week") {
			return j
		}
	}
	return 0
}

// partOfDay takes the words for a time of the day into the phrase, without
// making a date of them.
var dayParts = sequences(`
in the morning
in the evening
in the afternoon
first thing
at night
at bedtime
before bed
after bed
after lunch
before lunch
after dinner
before dinner
after breakfast
before breakfast
after work
before work
after school
at lunchtime
at lunch
at teatime
at noon
at midday
morning
evening
afternoon
lunchtime
night
`)

// pinned: "any time before Friday" is Friday.
var pinned = set("before by until till between this on tomorrow today")

func (c calendar) partOfDay(u *utterance, i, to int, w *when) int {
	if prev := u.word(i - 1); prev == "notice" || prev == "observe" || prev == "catch" || prev == "spot" || prev == "see" || prev == "remember" {
		return i // "notice when it comes up": what to notice, not how often
	}
	if end := asNeeded.end(u, i, to); end > 0 && !(u.word(i) == "any" && pinned[u.word(end)]) {
		fill(w, "as-needed")
		return end
	}
	if w.from < 0 && (u.word(i) == "morning" || u.word(i) == "evening" || u.word(i) == "afternoon" || u.word(i) == "night" || u.word(i) == "lunchtime") {
		return i
	}
	if end := dayParts.end(u, i, to); end > 0 {
		return end
	}
	if u.word(i) == "at" && i+1 < to {
		if n, k := u.number(i + 1); n > 0 && n <= 24 && u.word(i+1) != "a" {
			return k
		}
	}
	return i
}
