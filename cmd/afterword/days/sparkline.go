package days

import (
	"math"
	"strings"

	"github.com/afterword/afterword/models"
)

// Sparkline draws the moods of the last n days up to and with today, one
// character a day: eight heights for 1 to 10, a dot for a day without one.
// Empty where no day has a mood.
func Sparkline(moods []DayMood, today models.Date, n int) string {
	at := map[models.Date]float64{}
	for _, m := range moods {
		at[m.Day] = m.Mood
	}
	var line strings.Builder
	any := false
	for i := n - 1; i >= 0; i-- {
		m, ok := at[addDays(today, -i)]
		if !ok {
			line.WriteRune('·')
			continue
		}
		any = true
		line.WriteRune([]rune("▁▂▃▄▅▆▇█")[int(math.Round((m-1)/9*7))])
	}
	if !any {
		return ""
	}
	return line.String()
}
