package extract

import (
	"strings"
	"time"

	"github.com/afterword/afterword/models"
)

// A feast is a day of the year that goes by a name. Feasts that countries keep
// on different days ("Mother's Day", "the bank holiday") are left out: no date
// is better than a wrong one.
type feast struct {
	words []string
	on    func(year int) time.Time
	led   bool // only behind "on", "by", "at", …, or at the head of a sentence: "Christmas was hard"
}

var feasts = readFeasts([]struct {
	names string
	on    func(int) time.Time
}{
	{"christmas eve", fixed(12, 24)},
	{"christmas day / christmas morning", fixed(12, 25)},
	{"boxing day / st stephen 's day", fixed(12, 26)},
	{"new year 's eve / hogmanay", fixed(12, 31)},
	{"new year 's day / new years day", fixed(1, 1)},
	{"burns night", fixed(1, 25)},
	{"australia day", fixed(1, 26)},
	{"valentine 's day / valentines day / valentine 's! / valentines!", fixed(2, 14)},
	{"st david 's day", fixed(3, 1)},
	{"st patrick 's day / paddy 's day / paddys day / saint patrick 's day", fixed(3, 17)},
	{"st george 's day", fixed(4, 23)},
	{"anzac day", fixed(4, 25)},
	{"may day!", fixed(5, 1)},
	{"canada day", fixed(7, 1)},
	{"halloween!", fixed(10, 31)},
	{"bonfire night / guy fawkes night / guy fawkes!", fixed(11, 5)},
	{"st andrew 's day", fixed(11, 30)},
	{"pancake day / shrove tuesday", easter(-47)},
	{"ash wednesday", easter(-46)},
	{"palm sunday", easter(-7)},
	{"maundy thursday", easter(-3)},
	{"good friday", easter(-2)},
	{"easter saturday", easter(-1)},
	{"easter sunday", easter(0)},
	{"easter monday", easter(1)},
	{"ascension day", easter(39)},
	{"whit sunday", easter(49)},
	{"whit monday", easter(50)},
	{"easter!", easter(0)},
	{"memorial day", nth(-1, time.Monday, 5, 0)},
	{"father 's day / fathers day", nth(3, time.Sunday, 6, 0)},
	{"labor day", nth(1, time.Monday, 9, 0)},
	{"remembrance sunday", nth(2, time.Sunday, 11, 0)},
	{"thanksgiving!", nth(4, time.Thursday, 11, 0)},
	{"black friday", nth(4, time.Thursday, 11, 1)},
	{"christmas! / xmas!", fixed(12, 25)},
	{"new year! / the new year!", fixed(1, 1)},
})

// readFeasts takes the names apart; "!" marks those that must be led.
func readFeasts(rows []struct {
	names string
	on    func(int) time.Time
},
) []feast {
	var out []feast
	for _, r := range rows {
		for _, n := range strings.Split(r.names, " / ") {
			n, led := strings.CutSuffix(n, "!")
			out = append(out, feast{fields(n), r.on, led})
		}
	}
	return out
}

func fixed(m time.Month, day int) func(int) time.Time {
	return func(y int) time.Time { return time.Date(y, m, day, 0, 0, 0, 0, time.UTC) }
}

// nth is the n-th such weekday of a month, the last for -1, and so many days on.
func nth(n int, wd time.Weekday, m time.Month, on int) func(int) time.Time {
	return func(y int) time.Time {
		if n < 0 {
			last := time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC)
			return last.AddDate(0, 0, on-int(last.Weekday()-wd+7)%7)
		}
		first := time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)
		return first.AddDate(0, 0, int(wd-first.Weekday()+7)%7+7*(n-1)+on)
	}
}

// easter is so many days from Easter Sunday, by Butcher's rule of 1876.
func easter(off int) func(int) time.Time {
	return func(y int) time.Time {
		a, b, d := y%19, y/100, y%100
		h := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
		l := (32 + 2*(b%4) + 2*(d/4) - h - d%4) % 7
		m := (a + 11*h + 22*l) / 451
		n := h + l - 7*m + 114
		return time.Date(y, time.Month(n/31), n%31+1+off, 0, 0, 0, 0, time.UTC)
	}
}

// nextOf is the next such day of a year, today included.
func (c calendar) nextOf(on func(int) time.Time) models.Date {
	if c.today.IsZero() {
		return ""
	}
	for y := c.today.Year(); ; y++ {
		if t := on(y); !t.Before(c.today) {
			return models.DateOf(t)
		}
	}
}

var feastLeads = set("by before on at over until till this come")

// feastAt reads the name of a feast at i.
func (c calendar) feastAt(u *utterance, i, to int) (models.Date, int) {
	lead, before := u.word(i-1), u.word(i-2)
	if lead == "last" {
		return "", i
	}
	head := i == 0 || u.toks[i-1].kind == mark && u.word(i-1) != ","
	for _, f := range feasts {
		end := u.spells(f.words, i, to)
		if end == 0 {
			continue
		}
		led := feastLeads[lead] && !(lead == "this" && !feastLeads[before] && u.isBe(i-2)) || head && (u.word(end) == "," || u.word(end) == "i")
		if f.led && !led {
			continue
		}
		return c.nextOf(f.on), end
	}
	return "", i
}

// namedDay reads what has a name or a set phrase at i: a feast, "first thing
// in the morning", "this time next week", "midweek".
func (c calendar) namedDay(u *utterance, i, to int) (models.Date, int) {
	s := sentence{i, to, false}
	for _, p := range setDays {
		if f, ok := p.words.at(u, s, i); ok && !p.not[u.word(i-1)] {
			return p.day(c), f.to
		}
	}
	return c.feastAt(u, i, to)
}

// setDays are set phrases for a day.
var setDays = []struct {
	words *rules[bool]
	day   func(calendar) models.Date
	not   map[string]bool // words that take another meaning with it
}{
	// Scots for tonight: "I'll ring the night", but not "I'll stay the night"
	{list("the night $\nthe night when|once|after"), func(c calendar) models.Date { return c.day(0) }, set(`in for of through before by during at on all spend spent stay staying
		survive last face dread hate enjoy ruin into over most rest about like is 's want lose with from until than and half get`)},
	{list("first thing in the morning\nthe morn|morra"), func(c calendar) models.Date { return c.day(1) }, nil},
	{list("this lunchtime|teatime|aft|arvo|avvy\nthis tea time"), func(c calendar) models.Date { return c.day(0) }, nil},
	{list("this day week\nthis time next week"), func(c calendar) models.Date { return c.day(7) }, nil},
	{list("this day fortnight\ntoday fortnight"), func(c calendar) models.Date { return c.day(14) }, nil},
	{list("early next week"), func(c calendar) models.Date { return c.day(8 - c.weekday()) }, nil},
	{list("midweek\nmid week\nmid-week"), func(c calendar) models.Date { return c.day(c.coming(3)) }, nil},
	{list("this time next month"), func(c calendar) models.Date { return c.months(1) }, nil},
	{list("before|by the? week is|'s out|over|done|up\nby the? week 's end"), calendar.endOfWeek, nil},
	{list("before|by the? weekend is|'s out|over|done|up\nbefore|by the end of the weekend"), func(c calendar) models.Date { return c.day((7 - c.weekday() + 7) % 7) }, nil},
	{list("before|by the? month is|'s out|over|done|up\nmonth end\nmonth 's end"), calendar.endOfMonth, nil},
	{list("before|by the? year is|'s out|over|done|up\nyear end\nyear 's end\nend of the|this year"), func(c calendar) models.Date { return c.onDate(12, 31) }, nil},
}
