package extract

import (
	"slices"
	"time"

	"github.com/afterword/afterword/models"
)

// Days are counted from others: "He's home on the fifteenth. Not the night he lands. The
// day after." Which of them is a plan's, is weighed (ledger_days.go); here they
// are only found.

// counting is a way to count from a day that was named before.
type counting struct {
	words *rules[bool]
	day   func(of time.Time, u *utterance, f found[bool]) time.Time
}

func daysFrom(days int) func(time.Time, *utterance, found[bool]) time.Time {
	return func(of time.Time, _ *utterance, _ found[bool]) time.Time { return of.AddDate(0, 0, days) }
}

// countings, the longer ones first.
var countings = []counting{
	{list("@num days before|ahead|earlier|clear"), func(of time.Time, u *utterance, f found[bool]) time.Time {
		n, _ := u.number(f.from)
		return of.AddDate(0, 0, -n)
	}},
	{list("@num days after|later|on"), func(of time.Time, u *utterance, f found[bool]) time.Time {
		n, _ := u.number(f.from)
		return of.AddDate(0, 0, n)
	}},
	{list("the night|day|evening|afternoon|morning before\n^ day|night|evening before"), daysFrom(-1)},
	{list("the day|morning|evening|night|afternoon after\n^ day|morning after\nthe? very? next|following day|morning|evening|night|afternoon"), daysFrom(1)},
	{list("the @weekday before"), func(of time.Time, u *utterance, f found[bool]) time.Time {
		return weekdayFrom(of.AddDate(0, 0, -7), u.lastWeekday(f))
	}},
	{list("the @weekday after|behind|following\nthe following|other @weekday"), func(of time.Time, u *utterance, f found[bool]) time.Time {
		return weekdayFrom(of.AddDate(0, 0, 1), u.lastWeekday(f))
	}},
	{list("that|the first? @weekday"), func(of time.Time, u *utterance, f found[bool]) time.Time {
		return weekdayFrom(of, u.lastWeekday(f))
	}},
	{list("the one|week after\nthe following|next one|week\n^ the next $"), daysFrom(7)},
	{list("by|before then\nthat|same|that_same day|night|evening|morning|afternoon"), daysFrom(0)},
}

// lastWeekday is the weekday among the words that were found.
func (u *utterance) lastWeekday(f found[bool]) int {
	for k := f.to - 1; k >= f.from; k-- {
		if n := weekdays[u.word(k)]; n > 0 {
			return n
		}
	}
	return 0
}

// weekdayFrom is the first such weekday on or after a day.
func weekdayFrom(day time.Time, weekday int) time.Time {
	return day.AddDate(0, 0, (weekday-int(day.Weekday())+7)%7)
}

// counted reads the first day in s that is counted from one that was named before.
func (l *ledger) counted(u *utterance, s sentence) when {
	for _, c := range countings {
		for i := s.from; i < s.to; i++ {
			f, ok := c.words.at(u, s, i)
			if !ok {
				continue
			}
			of := l.dayNamed(u, i)
			if of == "" {
				return when{}
			}
			day := models.DateOf(c.day(of.Time(), u, f))
			if day < l.cal.day(0) {
				return when{}
			}
			return when{due: day, phrase: u.slice(i, f.to), from: i, to: f.to}
		}
	}
	return when{}
}

// namedWithin is how many turns before a day may have been named that others are counted from.
const namedWithin = 6

// dayNamed is the last day that was named before token i, be it one of every
// week: "He's in on Wednesdays" names the next of them.
func (l *ledger) dayNamed(u *utterance, i int) models.Date {
	for k := u.index; k >= max(0, u.index-namedWithin); k-- {
		v := &l.talk[k]
		for _, s := range slices.Backward(v.sentences) {
			if k == u.index {
				s.to = min(s.to, i)
			}
			if d := l.dayIn(v, s); d != "" {
				return d
			}
		}
	}
	return ""
}

func (l *ledger) dayIn(u *utterance, s sentence) models.Date {
	if w := l.cal.readWhen(u, s.from, s.to); w.due != "" {
		return w.due
	}
	for k := s.to - 1; k >= s.from; k-- {
		if n := weekdays[u.word(k)]; n > 0 && !u.over(k) {
			return l.cal.day(l.cal.coming(n))
		}
	}
	return ""
}
