package review

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// patternsView is what came up over the last sessions and weeks: drawn, with
// the same in a table behind, and honest about how little it may be.
type patternsView struct {
	Ranges   []rangeView
	Sessions int
	From, To string // of the sessions
	Few      bool   // too few sessions to say what changes
	Empty    bool
	Mood     moodChart
	Emotions threadChart
	Themes   threadChart
	Triggers []skillView
	Coping   []skillView
	Homework string
	Again    []pointView
	Easier   []pointView
}

type rangeView struct {
	Last int
	Here bool
}

// moodChart is drawn in a box of moodWidth by moodHeight units.
type moodChart struct {
	Days     []moodDot
	Line     []string // of the weeks that follow each other: points of a polyline
	Weeks    []weekRow
	From, To string
	Few      bool // too few days for a line
}

type moodDot struct {
	X, Y int
	Day  models.Date
	Say  string
}

type weekRow struct {
	From, Mood string
	Days       int
}

const moodWidth, moodHeight = 600, 150

// threadChart has a row for each feeling or theme and a dot for each session.
type threadChart struct {
	Name  string // of the column of its table
	Rows  []threadRow
	Width int
	More  int
}

type threadRow struct {
	Label string
	In    string // 3 of 12 sessions
	Dots  []threadDot
	Width int
}

type threadDot struct {
	X, R, Times int
	Day, Link   string
}

const (
	threadStep  = 20 // from one session to the next
	shownThread = 8
)

// pointView is something that can be said, and where its words are.
type pointView struct{ Text, Link string }

var patternRanges = []int{6, 12, 26, 52}

func (p *Page) patterns(r *http.Request) (answer, error) {
	last, err := strconv.Atoi(r.URL.Query().Get("last"))
	if err != nil || last < 1 || last > 1000 {
		last = 12
	}
	t, err := p.Book.Trends(r.Context(), last)
	if err != nil {
		return answer{}, err
	}
	v := patternsView{Sessions: len(t.Dates), Few: len(t.Dates) < days.Few, Empty: len(t.Dates) == 0 && len(t.Moods) == 0}
	for _, n := range patternRanges {
		v.Ranges = append(v.Ranges, rangeView{n, n == last})
	}
	if n := len(t.Dates); n > 0 {
		v.From, v.To = shortDay(t.Dates[0]), shortDay(t.Dates[n-1])
	}
	v.Mood = p.drawMoods(t)
	v.Emotions = drawThreads(t, t.Emotions, text("patterns.feeling"))
	v.Themes = drawThreads(t, t.Themes, text("patterns.theme"))
	v.Triggers, v.Coping = skills(t.Triggers, false), skills(t.Coping, true)
	if t.Done+t.Partly > 0 {
		v.Homework = text("patterns.homework", t.Done, t.Partly)
	}
	v.Again, v.Easier = pointViews(t.Again), pointViews(t.Easier)
	return answer{name: "patterns", title: text("nav.patterns"), data: v}, nil
}

func shortDay(d models.Date) string { return d.Time().Format("2 Jan 2006") }

// drawMoods puts a dot for each day that has a mood, and a line through the
// means of weeks that follow each other. From too few days there is no line:
// it would only seem to lead somewhere.
func (p *Page) drawMoods(t days.Trends) moodChart {
	c := moodChart{Few: len(t.Moods) < days.Few}
	if len(t.Moods) == 0 || len(t.Weeks) == 0 {
		return c
	}
	first, last := t.Weeks[0].From, p.Book.Today()
	for _, w := range t.Weeks { // it begins with the first week that has something
		if w.N > 0 {
			first = w.From
			break
		}
	}
	span := max(1, between(first, last))
	x := func(d float64) int { return 8 + int(d/float64(span)*(moodWidth-16)) }
	y := func(mood float64) int { return moodHeight - 10 - int((mood-1)/9*(moodHeight-20)) }
	for _, m := range t.Moods {
		if m.Day >= first {
			c.Days = append(c.Days, moodDot{x(float64(between(first, m.Day))), y(m.Mood), m.Day, p.Book.Shown(m.Day) + ": " + oneDigit(m.Mood)})
		}
	}
	var line []string
	end := func() {
		if len(line) > 1 && !c.Few {
			c.Line = append(c.Line, strings.Join(line, " "))
		}
		line = nil
	}
	for _, w := range t.Weeks {
		if w.N == 0 {
			end()
			continue
		}
		line = append(line, fmt.Sprintf("%d,%d", x(float64(between(first, w.From))+3), y(w.Mood)))
		c.Weeks = append(c.Weeks, weekRow{shortDay(w.From), oneDigit(w.Mood), w.N})
	}
	end()
	c.From, c.To = shortDay(first), shortDay(last)
	return c
}

func between(a, b models.Date) int { return int(b.Time().Sub(a.Time()).Hours() / 24) }

func oneDigit(f float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(f, 'f', 1, 64), ".0")
}

// Box is the box that the moods are drawn in.
func (moodChart) Box() string { return fmt.Sprintf("0 0 %d %d", moodWidth, moodHeight) }

// Grid are the heights of the moods 1, 5 and 10.
func (moodChart) Grid() []int {
	return []int{moodHeight - 10, moodHeight - 10 - (moodHeight-20)*4/9, 10}
}

func drawThreads(t days.Trends, all []days.Thread, name string) threadChart {
	c := threadChart{Name: name, Width: max(1, len(t.Dates)) * threadStep}
	for _, x := range all {
		if len(c.Rows) == shownThread {
			c.More++
			continue
		}
		row := threadRow{Label: label(x.Label), In: text("patterns.in", x.In, len(t.Dates)), Width: c.Width}
		for i, n := range x.Sessions {
			d := threadDot{X: i*threadStep + threadStep/2, Times: n, Day: shortDay(t.Dates[i])}
			if n > 0 {
				d.R = min(3+n, 8)
				d.Link = "/sessions/" + string(t.Of[i]) + "?view=all#i-" + string(x.First[i])
			}
			row.Dots = append(row.Dots, d)
		}
		c.Rows = append(c.Rows, row)
	}
	return c
}

// Said are the dots that say something.
func (r threadRow) Said() []threadDot {
	return slices.DeleteFunc(slices.Clone(r.Dots), func(d threadDot) bool { return d.Times == 0 })
}

func pointViews(all []days.Point) []pointView {
	var out []pointView
	for _, x := range all {
		v := pointView{Text: upper(isolate(x.Text)) + "."}
		switch {
		case len(x.Items) > 0:
			v.Link = "/items/" + string(x.Items[0])
		case len(x.Notes) > 0:
			v.Link = "/notes/" + string(x.Notes[len(x.Notes)-1])
		}
		out = append(out, v)
	}
	return out
}
