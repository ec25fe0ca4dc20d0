package extract

import (
	"testing"
	"time"

	"github.com/afterword/afterword/models"
)

// TestWhenIsReadAroundThePlan: each row is a rule about where the time of a
// plan stands. The session is on Thursday, 5 March 2026.
func TestWhenIsReadAroundThePlan(t *testing.T) {
	tests := []struct {
		name   string
		turns  []string
		status models.ActionStatus
		due    models.Date
		every  string
	}{
		{"a day that is ruled out is none", []string{"C I'll ring her on Saturday, not Sunday."}, models.Committed, "2026-03-07", ""},
		{"what is to be said has times of its own", []string{"C She's here on Sunday. I'll tell her then, three days, and no Fridays."}, models.Committed, "2026-03-08", ""},
		{"a neighbouring sentence that opens with the day", []string{"T Could you ask her?", "C Okay. I can ask her. Wednesday she's in the office."}, models.Assigned, "2026-03-11", ""},
		{"the day of the month before a small word", []string{"C I've got an appointment on the fourteenth anyway. I'll tell her then."}, models.Committed, "2026-03-14", ""},
		{"the second floor is no day", []string{"C I'll take the boxes up on the second floor."}, models.Committed, "", ""},
		{"a better day takes the place of the one said back", []string{"T When's a good time for him to hear it?", "C Friday the kids are out.", "T So Friday evening?", "C He's fried on Fridays. Saturday morning's better.", "T Okay.", "C I'll tell him then."}, models.Committed, "2026-03-07", ""},
		{"the day comes in an answer about somebody else", []string{"T And when might he hear that from you?", "C He's coming to lunch on Sunday.", "T Mm.", "C I'll tell him I'm not selling."}, models.Committed, "2026-03-08", ""},
		{"the time opens the answer", []string{"T How was the porch?", "C Grand.", "T And the porch. Keep that going?", "C Every morning, as long as it isn't raining."}, models.Assigned, "", "daily"},
		{"three days in a row are a number a week", []string{"T Would you walk this coming week?", "C Monday, Wednesday and Friday. I'll do that."}, models.Committed, "", "3/week"},
		{"if it comes again", []string{"C If it comes again I'll count to ten."}, models.Committed, "", "as-needed"},
		{"if it came to that", []string{"C If it came to that I could call him."}, models.Hypothetical, "", ""},
		{"told with an if inside", []string{"C I'll tell her tonight not to answer me if I ask."}, models.Committed, "2026-03-05", ""},
		{"put off until ready", []string{"C I'll tell her when I'm ready."}, models.Hypothetical, "", ""},
		{"might, and an if behind it", []string{"C I might read to him. If he's awake."}, models.Hypothetical, "", ""},
		{"every time, please", []string{"T And write it in the log, every time it's a five or over, please.", "C Okay."}, models.Assigned, "", "as-needed"},
		{"from now on is no day and no number", []string{"C From now on I'm leaving my phone downstairs."}, models.Committed, "", ""},
		{"bedtimes are daily", []string{"T I'd like you to go to bed at half ten and not before.", "C Okay, I'll do that."}, models.Committed, "", "daily"},
		{"once you've gone is today", []string{"C I'll message her when you've gone."}, models.Committed, "2026-03-05", ""},
		{"when both look again is not when it is done", []string{"T I'd like you to take it with breakfast, and we look again in three weeks.", "C Okay."}, models.Assigned, "", ""},
		{"also between the proposing words", []string{"T I'd also like you to do one thing badly, on purpose, each day.", "C All right."}, models.Assigned, "", "daily"},
		{"a no to another question refuses nothing", []string{"T I'd like you to call her on Friday.", "C She'll be cross.", "T Is that an emergency?", "C No."}, models.Assigned, "2026-03-06", ""},
		{"no before a verb refuses", []string{"T Could you take it round to her?", "C No, I do not want to do that."}, models.Declined, "", ""},
		{"no with a day leaves that out", []string{"T Could you call her this week?", "C Okay. No Fridays, but okay."}, models.Assigned, "", ""},
		{"how it will be done is the same plan", []string{"T Would you be able to find out?", "C I'll ask the pharmacist tomorrow."}, models.Committed, "2026-03-06", ""},
		{"leaving it is a refusal", []string{"T Could you join the choir this week?", "C I'll leave that one."}, models.Declined, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			acts := ofKind(extractAll(t, say("2026-03-05", tt.turns...)), models.KindAction)
			if len(acts) != 1 {
				t.Fatalf("got %d actions, want 1: %+v", len(acts), acts)
			}
			if a := acts[0]; a.Status != tt.status || a.Due != tt.due || a.Recurrence != tt.every {
				t.Errorf("got %s due %q every %q (%q), want %s due %q every %q", a.Status, a.Due, a.Recurrence, a.Text, tt.status, tt.due, tt.every)
			}
		})
	}
}

func TestTwoPlansInOneAnswer(t *testing.T) {
	acts := ofKind(extractAll(t, say("2026-03-05", "T Could you have a coffee with her this week?", "C Yeah. We can do that. And I'll say sorry about her mother.")), models.KindAction)
	if len(acts) != 2 {
		t.Errorf("got %+v, want two actions", acts)
	}
}

func TestTalkAboutToNobodyIsNoPlan(t *testing.T) {
	for _, x := range [][]string{
		{"T What would be a first step?", "C There's a phone number."},
		{"T And I'll write to them, you'll have it by the end of the month."},
		{"C I'm not scared of it now."},
		{"C I'll have another fall."},
		{"C I'll just say it."},
	} {
		for _, a := range ofKind(extractAll(t, say("2026-03-05", x...)), models.KindAction) {
			if isClient(a.Status) && a.Owner == "client" {
				t.Errorf("%q became %s %q", x, a.Status, a.Text)
			}
		}
	}
}

func TestThemesRestOnMoreThanQuestions(t *testing.T) {
	items := extractAll(t, say("2026-03-05", "T How is your sleep? Any trouble falling asleep?", "C I'd rather talk about my boss. My boss is on at me about the deadline.", "T And the overtime?", "C I hate the overtime."))
	for _, it := range ofKind(items, models.KindTheme) {
		if it.Label == "sleep" {
			t.Errorf("sleep was only asked about: %+v", it.Evidence)
		}
		for _, e := range it.Evidence {
			if e.Segment == 0 || e.Segment == 2 {
				t.Errorf("%s rests on the question %q", it.Label, e.Quote)
			}
		}
	}
}

func TestScrapsInOtherLanguages(t *testing.T) {
	for text, language := range map[string]string{
		"Tengo miedo de volver al trabajo. ¿Qué vas a hacer mañana?": "Spanish",
		"Ich habe Angst. Ich werde sie morgen anrufen.":              "German",
		"Je vais appeler ma soeur demain matin, j'ai peur":           "French",
	} {
		items := extractAll(t, models.Transcript{Segments: []models.Segment{{Text: text}}})
		if len(items.List) > 0 || items.Summary != foreign(map[string]string{"Spanish": "es", "German": "de", "French": "fr"}[language]) {
			t.Errorf("%q: %d items, %q", text, len(items.List), items.Summary)
		}
	}
	named := models.Transcript{Language: "es", Segments: []models.Segment{{Text: "I'll ring her tomorrow, I'm scared of it honestly."}}}
	if items := extractAll(t, named); len(items.List) == 0 {
		t.Error("English that is called Spanish was not read")
	}
}

// FuzzDates: whatever is said on whatever day, a date is a date, and no more
// than some years off.
func FuzzDates(f *testing.F) {
	for _, s := range []string{
		"by Thursday", "the Tuesday after next", "first thing tomorrow", "on the 14th", "twice a week", "every night before bed", "before I see you next",
		"she may be", "May was hard", "a second", "in ten days", "Monday week", "31st of February", "no Fridays, Monday and Wednesday", "when you've gone",
		"the first of the first", "0 times a day", "99 days", "a week on", "within", "the end of", "sat sun mon",
	} {
		f.Add(s, int64(20_000))
	}
	f.Fuzz(func(t *testing.T, text string, day int64) {
		if len(text) > 2000 {
			return
		}
		today := time.Unix(0, 0).UTC().AddDate(0, 0, int(day%40_000))
		u := readSegment(models.Segment{Text: text}, true)
		w := calendar{today: today}.readWhen(&u, 0, len(u.toks))
		if w.due == "" {
			return
		}
		d, err := models.ParseDate(string(w.due))
		if err != nil {
			t.Fatalf("%q: due %q is no date", text, w.due)
		}
		if off := d.Time().Sub(today); off < 0 || off > 5*366*24*time.Hour {
			// A written day ("2020-01-01") may lie anywhere.
			if !containsDate(text) {
				t.Errorf("%q on %s: due %s", text, today.Format(time.DateOnly), w.due)
			}
		}
	})
}

func containsDate(text string) bool {
	for i := 0; i+10 <= len(text); i++ {
		if _, err := models.ParseDate(text[i : i+10]); err == nil {
			return true
		}
	}
	return false
}
