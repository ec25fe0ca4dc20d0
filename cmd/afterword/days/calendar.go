package days

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/afterword/afterword/models"
)

// What a calendar shows, unless the client wants words: it may lie on other
// people's computers.
const (
	plainAppointment = "Appointment"
	plainTask        = "A small thing you planned"
)

// calendar writes a file as RFC 5545 wants it.
type calendar struct {
	out strings.Builder
	now time.Time
}

func (c *calendar) line(name, value string) {
	text := name + ":" + value
	// Lines are folded at 75 octets, never within a character (section 3.1).
	for limit := 75; len(text) > limit; limit = 74 {
		cut := limit
		for !utf8.RuneStart(text[cut]) {
			cut--
		}
		c.out.WriteString(text[:cut] + "\r\n ")
		text = text[cut:]
	}
	c.out.WriteString(text + "\r\n")
}

// text escapes as section 3.3.11 says.
func (c *calendar) text(name, value string) {
	value = Clean(strings.ReplaceAll(strings.TrimSpace(value), "\n", " "))
	c.line(name, strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`).Replace(value))
}

func (c *calendar) begin(id string) {
	c.line("BEGIN", "VEVENT")
	c.line("UID", id+"@afterword")
	c.line("DTSTAMP", c.now.UTC().Format("20060102T150405Z"))
}

func (c *calendar) write(w io.Writer, events func()) error {
	c.line("BEGIN", "VCALENDAR")
	c.line("VERSION", "2.0")
	c.line("PRODID", "-//Afterword//Afterword//EN")
	events()
	c.line("END", "VCALENDAR")
	_, err := io.WriteString(w, c.out.String())
	return err
}

func compact(d models.Date) string { return strings.ReplaceAll(string(d), "-", "") }

// WriteAppointment writes the next session as a calendar file that says no
// more than that there is an appointment. Its time is that of whatever place
// the calendar is in.
func (b *Book) WriteAppointment(w io.Writer, a Appointment) error {
	c := &calendar{now: b.now()}
	return c.write(w, func() { c.appointment(a) })
}

func (c *calendar) appointment(a Appointment) {
	c.begin(string(a.ID))
	if a.Time == "" {
		c.line("DTSTART;VALUE=DATE", compact(a.Day))
	} else {
		c.line("DTSTART", compact(a.Day)+"T"+strings.ReplaceAll(a.Time, ":", "")+"00")
		c.line("DURATION", fmt.Sprintf("PT%dM", a.Minutes))
	}
	c.line("SUMMARY", plainAppointment)
	c.line("CLASS", "PRIVATE")
	c.line("END", "VEVENT")
}

// WriteTasks writes what is open as whole days of a calendar, with the words
// of the plans only if words is set.
func (b *Book) WriteTasks(w io.Writer, tasks []Task, words bool) error {
	c := &calendar{now: b.now()}
	return c.write(w, func() {
		for _, t := range tasks {
			c.task(t, b.Today(), words)
		}
	})
}

func (c *calendar) task(t Task, today models.Date, words bool) {
	p, r := t.Plan, t.Plan.Rhythm()
	if t.State == Finished || t.State == Dropped || r.Every < 0 || r.Every == 0 && p.Due == "" {
		return
	}
	day := p.Due
	if r.Every > 0 {
		first, ok := r.Next(p.Start, p.Due, max(p.Start, today))
		if !ok {
			return
		}
		day = first
	}
	c.begin(string(p.ID))
	c.line("DTSTART;VALUE=DATE", compact(day))
	if rule := r.rule(p.Due); rule != "" {
		c.line("RRULE", rule)
	}
	c.line("TRANSP", "TRANSPARENT")
	c.line("CLASS", "PRIVATE")
	if words {
		c.text("SUMMARY", p.What)
		c.text("DESCRIPTION", strings.TrimSpace(p.When+" "+p.Where))
	} else {
		c.line("SUMMARY", plainTask)
	}
	c.line("END", "VEVENT")
}

func (r Rhythm) rule(until models.Date) string {
	rule := ""
	switch {
	case r.Every <= 0:
		return ""
	case r.Weekdays:
		rule = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"
	case r.Every == 7:
		rule = "FREQ=WEEKLY"
	default:
		rule = "FREQ=DAILY"
	}
	if until != "" {
		rule += ";UNTIL=" + compact(until)
	}
	return rule
}
