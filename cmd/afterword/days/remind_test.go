package days

import (
	"testing"
	"time"

	"github.com/afterword/afterword/models"
)

func TestWhenARemindersMayShow(t *testing.T) {
	day := time.Date(2026, 3, 5, 10, 0, 0, 0, time.Local) // a Thursday
	at := func(h int) time.Time { return time.Date(2026, 3, 5, h, 0, 0, 0, time.Local) }
	base := Reminders{From: defaultFrom, To: defaultTo, Cap: 2}
	tests := []struct {
		name   string
		change func(*Reminders)
		now    time.Time
		want   bool
	}{
		{"in the morning", func(*Reminders) {}, day, true},
		{"too early", func(*Reminders) {}, at(8), false},
		{"at the last minute it is over", func(*Reminders) {}, at(20), false},
		{"off", func(r *Reminders) { r.Off = true }, day, false},
		{"a quiet day", func(r *Reminders) { r.Quiet = []string{"thu"} }, day, false},
		{"another day is quiet", func(r *Reminders) { r.Quiet = []string{"sun"} }, day, true},
		{"snoozed", func(r *Reminders) { r.Until = at(11) }, day, false},
		{"no longer snoozed", func(r *Reminders) { r.Until = at(11) }, at(11), true},
		{"not this week", func(r *Reminders) { r.Pause = "2026-03-09" }, day, false},
		{"one was shown an hour ago", func(r *Reminders) { r.Shown = []Showing{{at(9), "a"}} }, day, false},
		{"one was shown three hours ago", func(r *Reminders) { r.Shown = []Showing{{at(9), "a"}} }, at(12), true},
		{"two are enough", func(r *Reminders) { r.Shown = []Showing{{at(9), "a"}, {at(12), "b"}} }, at(16), false},
		{"those of yesterday do not count", func(r *Reminders) {
			r.Shown = []Showing{{at(9).AddDate(0, 0, -1), "a"}, {at(12).AddDate(0, 0, -1), "b"}}
		}, at(16), true},
		{"a clock that was set back keeps nothing away for long", func(r *Reminders) { r.Shown = []Showing{{at(19), "a"}} }, day, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := base
			tt.change(&r)
			if got := r.mayShow(tt.now); got != tt.want {
				t.Errorf("%v, want %v", got, tt.want)
			}
		})
	}
	r := base
	r.Shown = []Showing{{at(9), "a"}}
	if !r.shownToday(models.EntryID("a"), day) || r.shownToday("b", day) {
		t.Error("what was shown today is not known")
	}
}
