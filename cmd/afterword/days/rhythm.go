package days

import (
	"strconv"
	"strings"
	"time"

	"github.com/afterword/afterword/models"
)

// Rhythm is how often a plan comes round: Times in each Every days. Every 0 is
// a plan for one time; Every below 0 one for whenever it is needed.
type Rhythm struct {
	Every    int
	Times    int
	Weekdays bool // Monday to Friday only
}

// The most that anybody agrees to do in a period, so that a slip of the finger
// fills no screen.
const maxTimes = 24

// ParseRhythm reads the words that items use for how often: daily, weekly,
// weekdays, N/day, N/week, as-needed, or nothing for once. Anything else is an
// Invalid error.
func ParseRhythm(s string) (Rhythm, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	switch s {
	case "", "once":
		return Rhythm{0, 1, false}, nil
	case "daily":
		return Rhythm{1, 1, false}, nil
	case "weekdays":
		return Rhythm{1, 1, true}, nil
	case "weekly":
		return Rhythm{7, 1, false}, nil
	case "as-needed":
		return Rhythm{-1, 1, false}, nil
	}
	count, per, ok := strings.Cut(s, "/")
	every := map[string]int{"day": 1, "week": 7}[per]
	n, err := strconv.Atoi(count)
	if !ok || every == 0 || err != nil || n < 1 || n > maxTimes {
		return Rhythm{}, models.Errorf(models.Invalid, "read how often %q: want daily, weekly, weekdays, 3/week, 2/day, as-needed or once", s)
	}
	return Rhythm{every, n, false}, nil
}

// Occasion is a stretch of days, both ends included, in which a plan is for
// doing Times times. From and To are empty where no day was named.
type Occasion struct {
	From  models.Date `json:"from,omitempty"`
	To    models.Date `json:"to,omitempty"`
	Times int         `json:"times"`
}

func (o Occasion) holds(d models.Date) bool { return d >= o.From && (o.To == "" || d <= o.To) }

// At is the occasion of a plan on a day; ok is false where there is none: on a
// weekend, before it begins, after it ended. A period counts from start, the
// day on which the plan was made. A plan for one time has one occasion, which
// does not end with its due day: a late day is a good day too.
func (r Rhythm) At(start, end, day models.Date) (o Occasion, ok bool) {
	switch {
	case r.Every < 0:
		return Occasion{Times: 1}, true
	case r.Every == 0:
		return Occasion{To: end, Times: 1}, true
	case day < start || end != "" && day > end:
		return Occasion{}, false
	}
	if wd := day.Time().Weekday(); r.Weekdays && (wd == time.Saturday || wd == time.Sunday) {
		return Occasion{}, false
	}
	from := addDays(start, daysBetween(start, day)/r.Every*r.Every)
	return Occasion{from, addDays(from, r.Every-1), r.Times}, true
}

// Next is the first day from day on that has an occasion; ok is false where
// there is none within two weeks.
func (r Rhythm) Next(start, end, day models.Date) (models.Date, bool) {
	for i := range 15 {
		d := addDays(day, i)
		if _, ok := r.At(start, end, d); ok {
			return d, true
		}
	}
	return "", false
}

// Words says how often in the words of people.
func (r Rhythm) Words() string {
	switch {
	case r.Every < 0:
		return "when you need it"
	case r.Every == 0:
		return "once"
	case r.Weekdays:
		return "on weekdays"
	case r.Every == 1 && r.Times == 1:
		return "every day"
	case r.Every == 7 && r.Times == 1:
		return "once a week"
	case r.Every == 1:
		return times(r.Times) + " a day"
	}
	return times(r.Times) + " a week"
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return strconv.Itoa(n) + " times"
}
