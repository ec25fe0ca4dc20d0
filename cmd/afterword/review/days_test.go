package review

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// What a client wrote is text, wherever it stands.
func TestTemplatesOfTheDaysEscape(t *testing.T) {
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	why := again{Say: evil, Now: []said{{evil, evil}}}
	ten := 10
	note := days.Note{Text: evil, Trigger: evil, Mind: evil, Felt: evil, Coping: evil, Movement: evil, Food: evil, Mindful: evil, Win: evil, Mood: 4}
	plan := days.Plan{Entry: models.Entry{ID: evil, Session: evil}, What: evil, When: evil, Where: evil, Often: evil, Barrier: evil, Then: evil, Form: days.FormThought, Confident: &ten, Why: evil}
	outcome := days.Outcome{How: days.Partly, What: evil, Tell: evil}
	task := taskView{Task: days.Task{Plan: plan, State: days.Open}, Details: []string{evil}, Ticks: []tick{{State: "next"}, {State: "done", Outcome: evil}}, Back: evil}
	spoken := days.Spoken{Entry: models.Entry{ID: evil}, Text: evil, Written: true}
	say := sayView{Name: evil, Label: evil, Lines: []sayLine{{Spoken: spoken, Sound: evil}, {Going: &liveView{Clock: evil}}, {Sound: evil, Spoken: days.Spoken{Written: true}}}}
	goal := goalView{Goal: days.Goal{Text: evil, Steps: []days.Step{{Text: evil}}}, When: evil, Words: evil, Remark: []said{{evil, evil}}}
	for name, data := range map[string]any{
		"voice":          voiceView{earView: earView{On: true, Say: evil}, Enrolled: true, Came: &cameOf{evil}},
		"note-page":      noteView{Note: note, again: why, Action: evil, Back: evil, Choices: []choice{{evil, true}}, Others: evil},
		"plan-page":      planView{taskView: task, again: why, Form: newPlanForm(plan), Log: logView{Outcome: outcome, again: why}, Words: []models.Evidence{{Quote: evil}}, Past: []outcomeLine{{outcome, evil, evil}}, Safe: true, Wait: true, Small: true, Named: evil},
		"today-homework": map[string]any{"Title": evil, "Tasks": []taskView{task}, "Older": 1},
		"reflect":        reflectView{again: why, Name: evil, About: evil, Link: evil, Action: evil, Answers: []questionView{{days.Question{Key: evil, Text: evil}, evil, true, say}}, Lead: evil},
		"prep": prepView{
			Heading: evil, Next: &appointmentView{days.Appointment{Where: evil}, evil, evil}, Topics: []topicView{{Topic: days.Topic{Text: evil, Opening: evil}, Begin: evil}},
			Offered: []days.Line{{Text: evil}}, Parts: []sheetPart{{"well", []sheetLine{{evil, evil, evil, evil, true}}}}, Asks: []sheetLine{{Text: evil}}, Good: []string{evil}, Settled: evil,
		},
		"journal-page":      pageView{Page: days.Page{Text: evil, Prompt: evil}, again: why, Action: evil, When: evil, Voice: say},
		"today-spoken":      []waitingLine{{evil, evil, evil, evil, evil}},
		"goal":              goal,
		"goal-past":         goal,
		"skills":            []skillView{{evil, evil, evil}},
		"search":            searchView{Query: days.Query{Text: evil}, Hits: []hitView{{evil, evil, evil, evil, evil, evil, []markPiece{{evil, true}, {evil, false}}}}, Asked: true, Say: evil},
		"threads":           threadChart{Name: evil, Rows: []threadRow{{evil, evil, []threadDot{{1, 2, 3, evil, evil}}, 20}}},
		"points":            []pointView{{evil, evil}},
		"contacts":          []contactView{{evil, evil, evil, evil}},
		"settings-contacts": []contactView{{evil, evil, evil, evil}},
		"leaving":           keepingView{Leaving: []leavingView{{evil, evil, evil}}, Others: 1},
		"reminders":         remindersView{Reminders: days.Reminders{From: evil, To: evil}, again: why, Days: []choice{{evil, true}}, Most: evil, Paused: evil},
	} {
		var b bytes.Buffer
		if err := templates.ExecuteTemplate(&b, name, data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !strings.Contains(b.String(), "&lt;script&gt;") || strings.Contains(b.String(), "<script>") || strings.Contains(b.String(), "<img") {
			t.Errorf("%s does not escape:\n%s", name, b.String())
		}
	}
}

func TestFormsComeBack(t *testing.T) {
	tests := []struct {
		name string
		err  error
		say  string
		ok   bool
	}{
		{"not what it should be", models.Errorf(models.Invalid, "log: how it felt is a number from 0 to 10"), "How it felt is a number from 0 to 10.", true},
		{"with a hint for people", models.WithHint(models.Errorf(models.Invalid, "plan: is it safe"), "think of how they took it"), "Is it safe. Think of how they took it.", true},
		{"with a hint for the terminal", models.WithHint(models.Errorf(models.Invalid, "plan: is it safe"), "say --safe yes"), "Is it safe.", true},
		{"changed meanwhile", models.Errorf(models.Conflict, "x"), text("again.conflict"), true},
		{"gone", models.Errorf(models.NotFound, "x"), "", false},
		{"our own fault", errors.New("x"), "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, _, ok := comeBack(tt.err)
			if a.Say != tt.say || ok != tt.ok {
				t.Errorf("%q, %v", a.Say, ok)
			}
		})
	}
}

func TestDrawThreadsLeadToTheirWords(t *testing.T) {
	tr := days.Trends{Dates: []models.Date{"2026-03-05", "2026-03-12", "2026-03-19"}, Of: []models.SessionID{"a", "b", "c"}}
	c := drawThreads(tr, []days.Thread{{Label: "low-mood", Sessions: []int{2, 0, 1}, First: []models.ItemID{"1", "", "3"}, In: 2}}, "Feeling")
	said := c.Rows[0].Said()
	if c.Rows[0].Label != "low mood" || len(said) != 2 || said[0].Link != "/sessions/a?view=all#i-1" || said[1].Link != "/sessions/c?view=all#i-3" {
		t.Errorf("%+v", c.Rows)
	}
	if said[0].X != 10 || said[1].X != 50 || said[0].R <= said[1].R {
		t.Errorf("dots %+v", said)
	}
}
