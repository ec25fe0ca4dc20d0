package days

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/afterword/afterword/models"
)

func TestScheduleGrowsWithEachGoodAnswer(t *testing.T) {
	var c Card
	day := models.Date("2026-03-05")
	var waits []int
	for range 6 {
		c = c.Graded(Good, day)
		waits = append(waits, daysBetween(day, c.Due))
		day = c.Due
	}
	for i := 1; i < len(waits); i++ {
		if waits[i] <= waits[i-1] {
			t.Errorf("the waits do not grow: %v", waits)
		}
	}
	if waits[0] != 2 || waits[5] < 100 || waits[5] > longest {
		t.Errorf("waits of %v days", waits)
	}
	was := c.Stability
	if c = c.Graded(Again, day); daysBetween(day, c.Due) != 1 || c.Stability >= was {
		t.Errorf("forgotten, it comes back tomorrow: %+v after stability %.1f", c, was)
	}
}

// The numbers are those of py-fsrs 1.0.0, the reference implementation of FSRS
// v4, for the same looks.
func TestScheduleIsFSRS4(t *testing.T) {
	type look struct {
		days                  int // since the look before
		grade                 Grade
		stability, difficulty float64
	}
	tests := []struct {
		name  string
		looks []look
	}{
		{"good on its day, late, hard, easy", []look{{0, Good, 2.4, 4.93}, {2, Good, 7.141633, 4.93}, {10, Good, 26.848231, 4.93}, {40, Hard, 45.744178, 5.7814}, {60, Easy, 251.342756, 4.921486}}},
		{"gone at first, and again", []look{{0, Again, 0.4, 6.81}, {1, Good, 2.316829, 6.7912}, {3, Again, 1.168191, 8.475388}, {1, Hard, 1.484066, 9.291334}, {2, Good, 2.870578, 9.247721}}},
		{"easy, then gone after a hundred days", []look{{0, Easy, 5.8, 3.99}, {6, Easy, 43.260585, 3.148}, {100, Again, 6.998028, 4.86862}, {1, Good, 9.143874, 4.869234}}},
		{"hard each time", []look{{0, Hard, 0.6, 5.87}, {1, Hard, 1.273063, 6.712}, {5, Hard, 3.517685, 7.54558}, {30, Good, 29.735578, 7.519424}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var c Card
			day := models.Date("2026-03-05")
			for i, l := range tt.looks {
				day = addDays(day, l.days)
				c = c.Graded(l.grade, day)
				if math.Abs(c.Stability-l.stability) > 1e-5 || math.Abs(c.Difficulty-l.difficulty) > 1e-5 {
					t.Errorf("look %d: stability %.6f, difficulty %.6f; want %v, %v", i, c.Stability, c.Difficulty, l.stability, l.difficulty)
				}
			}
		})
	}
}

// Whatever the grades and however late the looks, a card comes back between
// tomorrow and a year from now, and a better grade never sooner than a worse one.
func TestScheduleStaysInBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var c Card
		day := models.Date("2026-03-05")
		for range rapid.IntRange(1, 30).Draw(t, "looks") {
			day = addDays(day, rapid.IntRange(0, 900).Draw(t, "days"))
			last := 0
			for g := Again; g <= Easy; g++ {
				next := c.Graded(g, day)
				in := daysBetween(day, next.Due)
				if in < 1 || in > longest || next.Difficulty < 1 || next.Difficulty > 10 || !(next.Stability > 0) {
					t.Fatalf("%+v after %+v", next, c)
				}
				if in < last {
					t.Fatalf("grade %d comes back in %d days, the worse one in %d", g, in, last)
				}
				last = in
			}
			c = c.Graded(Grade(rapid.IntRange(1, 4).Draw(t, "grade")), day)
		}
	})
}
