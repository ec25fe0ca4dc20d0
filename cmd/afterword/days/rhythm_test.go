package days

import (
	"testing"

	"github.com/afterword/afterword/models"
)

func TestOccasions(t *testing.T) {
	const thursday = models.Date("2026-03-05")
	tests := []struct {
		name, often string
		end, day    models.Date
		want        Occasion
		ok          bool
	}{
		{"every day: the day itself", "daily", "", "2026-03-09", Occasion{"2026-03-09", "2026-03-09", 1}, true},
		{"twice a day", "2/day", "", "2026-03-09", Occasion{"2026-03-09", "2026-03-09", 2}, true},
		{"a week begins on the day of the plan", "weekly", "", "2026-03-11", Occasion{thursday, "2026-03-11", 1}, true},
		{"the next week", "3/week", "", "2026-03-12", Occasion{"2026-03-12", "2026-03-18", 3}, true},
		{"over the end of a year", "weekly", "", "2027-01-01", Occasion{"2026-12-31", "2027-01-06", 1}, true},
		{"weekdays on a Friday", "weekdays", "", "2026-03-06", Occasion{"2026-03-06", "2026-03-06", 1}, true},
		{"weekdays on a Saturday", "weekdays", "", "2026-03-07", Occasion{}, false},
		{"before it begins", "daily", "", "2026-03-04", Occasion{}, false},
		{"on its last day", "daily", "2026-03-07", "2026-03-07", Occasion{"2026-03-07", "2026-03-07", 1}, true},
		{"after its last day", "daily", "2026-03-07", "2026-03-08", Occasion{}, false},
		{"once, late", "", "2026-03-07", "2026-03-20", Occasion{"", "2026-03-07", 1}, true},
		{"once, no day named", "once", "", "2026-03-20", Occasion{"", "", 1}, true},
		{"when needed", "as-needed", "", "2026-03-20", Occasion{Times: 1}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := ParseRhythm(tt.often)
			if err != nil {
				t.Fatal(err)
			}
			if got, ok := r.At(thursday, tt.end, tt.day); got != tt.want || ok != tt.ok {
				t.Errorf("got %+v %v, want %+v %v", got, ok, tt.want, tt.ok)
			}
		})
	}
	weekdays, _ := ParseRhythm("weekdays")
	if d, ok := weekdays.Next(thursday, "", "2026-03-07"); !ok || d != "2026-03-09" {
		t.Errorf("after Saturday comes %s", d)
	}
}

// Whatever an item says about how often, an occasion holds the day that it is
// asked for, and never has room for nothing.
func FuzzParseRhythm(f *testing.F) {
	for _, s := range []string{"", "daily", "3/week", "2/day", "0/day", "-1/week", "99999999999/day", "weekly ", "x/y", "/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseRhythm(s)
		if err != nil {
			if models.CodeOf(err) != models.Invalid {
				t.Fatal(err)
			}
			return
		}
		if r.Words() == "" {
			t.Error("no words for it")
		}
		o, ok := r.At("2026-01-01", "", "2026-03-05")
		if !ok || o.Times < 1 || o.Times > maxTimes || r.Every > 0 && !o.holds("2026-03-05") {
			t.Errorf("%q: %+v %v", s, o, ok)
		}
	})
}

func TestFormOf(t *testing.T) {
	tests := []struct{ words, want string }{
		{"Call your sister on Sunday", FormScript},
		{"Tell him that you need the evening", FormScript},
		{"Set a boundary with your mother-in-law", FormScript},
		{"Ring the surgery for an appointment", ""},
		{"Write a thought record each evening", FormThought},
		{"Take the next step of the fear ladder", FormExposure},
		{"Breathe slowly before the meeting", FormBreathing},
		{"Walk by the river", ""},
	}
	for _, tt := range tests {
		if got := formOf(tt.words); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.words, got, tt.want)
		}
	}
}

// A note about what was missed must not come back by itself: of a plan for
// each day, a month later one occasion is open.
func TestNothingPilesUp(t *testing.T) {
	p := Plan{What: "x", Often: "daily", Start: "2026-02-01"}
	got := task(p, nil, "2026-03-05")
	if got.State != Open || got.Now.Times != 1 || got.Late {
		t.Errorf("%+v", got)
	}
	o := Outcome{How: Partly}
	o.Day = "2026-03-05"
	if got := task(p, []Outcome{o}, "2026-03-05"); got.State != Enough || got.Counted != 1 {
		t.Errorf("partly done: %+v", got)
	}
	o.How = Skipped
	if got := task(p, []Outcome{o}, "2026-03-05"); got.State != Enough || got.Counted != 0 {
		t.Errorf("skipped: %+v", got)
	}
	if got := task(p, []Outcome{o}, "2026-03-06"); got.State != Open {
		t.Errorf("the day after: %+v", got)
	}
}

func TestEachThemeHasAPrompt(t *testing.T) {
	for _, theme := range models.Themes {
		if themePrompts[theme] == "" {
			t.Errorf("%s has none", theme)
		}
	}
	if len(themePrompts) != len(models.Themes) {
		t.Error("a prompt is for no theme")
	}
}

func TestSparkline(t *testing.T) {
	moods := []DayMood{{"2026-03-01", 1, 1}, {"2026-03-03", 10, 1}, {"2026-03-05", 5.5, 2}}
	if got, want := Sparkline(moods, "2026-03-05", 6), "·▁·█·▅"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := Sparkline(moods, "2027-03-05", 6); got != "" {
		t.Errorf("of nothing: %q", got)
	}
}
