package extract

import (
	"strings"
	"testing"

	"github.com/afterword/afterword/models"
)

// TestDaysOfTheCalendar goes through the ways to name a day: feasts, days
// counted from today, weekdays with what stands beside them, ends and
// beginnings, days of the month. A dash is a phrase that names none, or that
// countries understand in different ways. The session is on Thursday, 5 March
// 2026.
func TestDaysOfTheCalendar(t *testing.T) {
	for _, row := range strings.Split(strings.TrimSpace(calendarRows), "\n") {
		want, phrase, _ := strings.Cut(row, " ")
		phrase = strings.TrimSpace(phrase)
		acts := ofKind(extractAll(t, say("2026-03-05", "C I'll ring her "+phrase+".")), models.KindAction)
		if len(acts) != 1 {
			t.Errorf("%q: got %d actions", phrase, len(acts))
		} else if got := string(acts[0].Due); got != strings.Trim(want, "-") && got != want || acts[0].Recurrence != "" {
			t.Errorf("%q: due %q every %q, want %s", phrase, got, acts[0].Recurrence, want)
		}
	}
}

const calendarRows = `
2026-12-25 on Christmas Day
2026-12-25 at Christmas
2026-12-24 Christmas Eve
2026-12-25 on Christmas morning
2026-12-25 before Christmas
2026-12-25 by Christmas
2027-01-01 at New Year
2027-01-01 on New Year's Day
-          in the New Year
2027-02-14 on Valentine's
2027-02-14 on Valentine's Day
-          on Mother's Day
2026-06-21 on Father's Day
2027-02-09 on Pancake Day
2027-02-09 on Shrove Tuesday
2027-02-10 on Ash Wednesday
2026-03-17 on St Patrick's Day
2026-03-17 on Paddy's Day
2026-11-26 on Thanksgiving
2026-07-04 on the Fourth of July
2026-10-31 at Halloween
2026-11-05 on Bonfire Night
2026-11-05 on Guy Fawkes Night
2026-12-31 on Hogmanay
2027-01-25 on Burns Night
-          on Labour Day
2026-04-05 over Easter
2026-04-05 at Easter
2026-04-04 on Easter Saturday
2026-03-29 on Palm Sunday
2026-04-02 on Maundy Thursday
2026-05-25 on Whit Monday
2026-05-01 on May Day
-          on the bank holiday
2026-05-25 on Memorial Day
2026-09-07 on Labor Day
2027-01-26 on Australia Day
2026-04-25 on Anzac Day
2026-11-08 on Remembrance Sunday
2026-11-30 on St Andrew's Day
-          on Twelfth Night
2026-11-27 on Black Friday
2026-03-12 a week from today
2026-03-16 a week from Monday
2026-03-12 this day week
2026-03-12 today week
2026-03-13 a week tomorrow
2026-03-14 Saturday week
2026-03-14 on Saturday week
2026-03-20 a fortnight tomorrow
2026-03-19 two weeks today
2026-03-27 three weeks on Friday
2026-04-05 in a month
2026-04-05 in a month's time
2026-04-05 a month from now
2026-04-05 a month today
2026-04-16 in six weeks
2026-04-16 six weeks from now
2026-03-15 ten days from now
2026-03-08 three days from now
2026-03-07 two days from now
2026-03-07 in 48 hours
2026-03-06 within 24 hours
2026-03-07 in the next 48 hours
2026-03-06 this time tomorrow
2026-04-05 this time next month
2026-03-12 by this time next week
2026-03-09 this time next Monday
2026-03-06 before the week's out
2026-03-06 before the week is out
2026-03-06 by the week's end
2026-03-06 by week's end
2026-03-08 before the weekend's out
2026-03-08 before the weekend is over
2026-03-31 before the month's out
2026-03-31 before the month is over
2026-12-31 before the year's out
2026-12-31 by the end of the year
2026-12-31 at the end of the year
2026-12-31 by year end
2026-03-06 before the end of the week
2026-03-06 by the end of this week
2026-03-31 at the end of the month
2026-04-30 at the end of next month
2026-05-31 by the end of May
2026-05-01 at the start of May
2026-04-01 at the beginning of April
2026-04-15 in the middle of April
2026-04-15 in mid-April
-          early in April
2026-04-01 at the start of the month
2026-04-01 at the beginning of next month
-          next month
-          next week
-          the week after next
-          the first week of April
2026-04-06 on the first Monday of April
2026-04-06 on the first Monday in April
2026-03-27 on the last Friday of the month
2026-03-31 on the last day of the month
2026-03-31 on the last day of March
-          later in the week
-          later this week
2026-03-09 early next week
-          late next week
2026-03-11 mid-week
2026-03-11 middle of the week
2026-03-11 mid week
2026-03-09 Monday first thing
2026-03-09 first thing Monday
2026-03-09 first thing on Monday morning
2026-03-06 tomorrow first thing
2026-03-06 tomorrow night
2026-03-06 tomorrow evening
-          in the morning
-          in the morning, first thing
2026-03-05 last thing tonight
2026-03-05 later tonight
-          later on
2026-03-05 this lunchtime
2026-03-05 at lunchtime today
2026-03-05 this aft
-          the day after
2026-03-07 the night after tomorrow
2026-03-08 two days after tomorrow
2026-04-04 the day before Easter
2026-12-27 the day after Boxing Day
-          the week before Christmas
2026-04-02 the day before Good Friday
2026-04-04 the Saturday before Easter
2026-03-16 the Monday after next
2026-03-16 the Monday after
2026-03-16 not this Monday but the next
2026-03-16 not this Monday, next Monday
2026-03-16 not this Monday, the following one
2026-03-09 the following Monday
2026-03-09 this Monday coming
2026-03-09 Monday next
2026-03-16 next Monday week
2026-03-16 a week next Monday
2026-03-14 a week this Saturday
2026-03-09 on Monday the ninth
2026-03-09 Monday 9th
2026-03-09 on Monday 9 March
2026-03-09 on the 9th of March
2026-03-09 on March 9
2026-03-09 on March the ninth
2026-03-09 by the 9th
2026-03-09 before the 9th
2026-03-09 from the 9th
-          after the ninth
2026-03-09 on or before the ninth
2026-03-09 no later than the ninth
2026-03-06 no later than Friday
2026-03-09 on the ninth at ten
2026-03-09 at ten on the ninth
2026-03-06 Friday at the latest
2026-03-06 at the latest by Friday
2026-03-06 between now and Friday
2026-03-06 any time before Friday
2026-03-06 some time before Friday
2026-03-06 by Friday lunchtime
2026-03-06 by noon on Friday
2026-03-06 Friday noon
2026-03-06 on Friday at noon
2026-03-06 come Friday
2026-03-06 when Friday comes
2026-03-06 as of Friday
2026-03-06 from Friday
2026-03-06 starting Friday
2026-03-09 on 2026-03-09
`
