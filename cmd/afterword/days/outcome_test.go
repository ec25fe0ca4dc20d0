package days

import (
	"testing"

	"github.com/afterword/afterword/models"
)

func TestMarksAreThoseOfTheOccasion(t *testing.T) {
	const today = models.Date("2026-03-11") // a Wednesday
	went := func(day models.Date, how string) Outcome {
		return Outcome{Entry: models.Entry{Day: day}, How: how}
	}
	tests := []struct {
		name  string
		plan  Plan
		went  []Outcome
		marks int
		state State
	}{
		{"daily, done yesterday", Plan{Often: "daily", Start: "2026-03-05"}, []Outcome{went("2026-03-10", Done)}, 0, Open},
		{"daily, partly today", Plan{Often: "daily", Start: "2026-03-05"}, []Outcome{went("2026-03-11", Partly)}, 1, Enough},
		{"three a week, one in this week, one in the last", Plan{Often: "3/week", Start: "2026-03-03"}, []Outcome{went("2026-03-09", Done), went("2026-03-10", Done)}, 1, Open},
		{"skipped counts for nothing", Plan{Often: "daily", Start: "2026-03-05"}, []Outcome{went("2026-03-11", Skipped)}, 0, Enough},
		{"once, begun last week", Plan{}, []Outcome{went("2026-03-04", Partly)}, 1, Open},
		{"when needed, twice today", Plan{Often: "as-needed"}, []Outcome{went("2026-03-10", Done), went(today, Done), went(today, Partly)}, 2, Enough},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := task(tt.plan, tt.went, today)
			if n := len(got.Marks(today)); n != tt.marks || got.State != tt.state {
				t.Errorf("%d marks and %s, want %d and %s", n, got.State, tt.marks, tt.state)
			}
		})
	}
}
