package days

import (
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
