package extract

import (
	"testing"

	"github.com/afterword/afterword/models"
)

// TestDatesInTalk: how people say when, in plans of their own and over the
// turns. The session is on Thursday, 5 March 2026.
func TestDatesInTalk(t *testing.T) {
	tests := []struct {
		turns []string
		due   models.Date
		every string
	}{
		// One clause.
		{[]string{"C I'll ring her first thing in the morning."}, "2026-03-06", ""},
		{[]string{"C I'll ring her come Monday."}, "2026-03-09", ""},
		{[]string{"C I'll ring her Monday night."}, "2026-03-09", ""},
		{[]string{"C I'll ring her Monday coming."}, "2026-03-09", ""},
		{[]string{"C I'll ring her this coming Monday."}, "2026-03-09", ""},
		{[]string{"C I'll ring her Monday fortnight."}, "2026-03-23", ""},
		{[]string{"C I'll ring her a fortnight today."}, "2026-03-19", ""},
		{[]string{"C I'll ring her a fortnight on Monday."}, "2026-03-23", ""},
		{[]string{"C I'll ring her two weeks on Monday."}, "2026-03-23", ""},
		{[]string{"C I'll ring her two weeks from today."}, "2026-03-19", ""},
		{[]string{"C I'll ring her three weeks from Monday."}, "2026-03-30", ""},
		{[]string{"C I'll ring her in ten days or so."}, "2026-03-15", ""},
		{[]string{"C I'll ring her in a couple of days."}, "2026-03-07", ""},
		{[]string{"C I'll ring her in a day or two."}, "2026-03-06", ""},
		{[]string{"C I'll ring her within the week."}, "2026-03-12", ""},
		{[]string{"C I'll ring her within the next fortnight."}, "2026-03-19", ""},
		{[]string{"C I'll ring her a week from now."}, "2026-03-12", ""},
		{[]string{"C I'll ring her this time next week."}, "2026-03-12", ""},
		{[]string{"C I'll ring her tomorrow week."}, "2026-03-13", ""},
		{[]string{"C I'll ring her later on today."}, "2026-03-05", ""},
		{[]string{"C I'll ring her this very evening."}, "2026-03-05", ""},
		{[]string{"C I'll ring her after tea tonight."}, "2026-03-05", ""},
		{[]string{"C I'll ring her before the day's out."}, "2026-03-05", ""},
		{[]string{"C I'll ring her by close of play today."}, "2026-03-05", ""},
		{[]string{"C I'll ring her on the way home."}, "2026-03-05", ""},
		{[]string{"C I'll ring her from the car on my way home."}, "2026-03-05", ""},
		{[]string{"C I'll ring her on the bus back."}, "2026-03-05", ""},
		{[]string{"C I'll ring her straight after this."}, "2026-03-05", ""},
		{[]string{"C I'll ring her as soon as I get to the car."}, "2026-03-05", ""},
		{[]string{"C I'll ring her the minute I'm out of here."}, "2026-03-05", ""},
		{[]string{"C I'll ring her when I walk out of here."}, "2026-03-05", ""},
		{[]string{"C I'll ring her when I'm home."}, "2026-03-05", ""},
		{[]string{"C I'll ring her before the weekend."}, "2026-03-06", ""},
		{[]string{"C I'll ring her over the weekend."}, "2026-03-07", ""},
		{[]string{"C I'll ring her the weekend after next."}, "2026-03-21", ""},
		{[]string{"C I'll ring her the weekend after."}, "2026-03-14", ""},
		{[]string{"C I'll ring her before the month's out."}, "2026-03-31", ""},
		{[]string{"C I'll ring her by month end."}, "2026-03-31", ""},
		{[]string{"C I'll ring her at the end of next week."}, "2026-03-13", ""},
		{[]string{"C I'll ring her at the start of next week."}, "2026-03-09", ""},
		{[]string{"C I'll ring her early next week."}, "2026-03-09", ""},
		{[]string{"C I'll ring her in the middle of next week."}, "2026-03-11", ""},
		{[]string{"C I'll ring her midweek."}, "2026-03-11", ""},
		{[]string{"C I'll ring her next week, the Tuesday."}, "2026-03-10", ""},
		{[]string{"C I'll ring her on Tuesday next week."}, "2026-03-10", ""},
		{[]string{"C I'll ring her on Friday next week."}, "2026-03-13", ""},
		{[]string{"C I'll ring her next week on Friday."}, "2026-03-13", ""},
		{[]string{"C I'll ring her Friday of next week."}, "2026-03-13", ""},
		{[]string{"C I'll ring her not this Friday, the Friday after."}, "2026-03-13", ""},
		{[]string{"C I'll ring her the Friday after this one."}, "2026-03-13", ""},
		{[]string{"C I'll ring her on the first of next month."}, "2026-04-01", ""},
		{[]string{"C I'll ring her on the twelfth of next month."}, "2026-04-12", ""},
		{[]string{"C I'll write a line every day but Sunday."}, "", "6/week"},
		{[]string{"C I'll write a line every night, except Fridays and Saturdays."}, "", "5/week"},
		{[]string{"C I'll write a line every morning bar weekends."}, "", "weekdays"},
		{[]string{"C I'll write a line every night, but not for long."}, "", "daily"},
		{[]string{"C I'll write a line every day but Monday, Tuesday, Wednesday, Thursday, Friday, Saturday and Sunday."}, "", "daily"},
		{[]string{"C I'll ring her on Saturday the seventh."}, "2026-03-07", ""},
		{[]string{"C I'll ring her on Saturday the fourteenth."}, "2026-03-14", ""},
		{[]string{"C I'll ring her on Friday the 20th."}, "2026-03-20", ""},
		{[]string{"C I'll ring her on the Friday the thirteenth."}, "2026-03-13", ""},
		{[]string{"C I'll ring her by the thirtieth at the latest."}, "2026-03-30", ""},
		{[]string{"C I'll ring her on my birthday, that's the twelfth of March."}, "2026-03-12", ""},
		{[]string{"C I'll ring her on the twenty second."}, "2026-03-22", ""},
		{[]string{"C I'll ring her on Good Friday."}, "2026-04-03", ""},
		{[]string{"C I'll ring her on Easter Monday."}, "2026-04-06", ""},
		{[]string{"C I'll ring her on Christmas Day."}, "2026-12-25", ""},
		{[]string{"C I'll ring her on Boxing Day."}, "2026-12-26", ""},
		{[]string{"C I'll ring her on New Year's Eve."}, "2026-12-31", ""},
		{[]string{"C I will ring her at Monday."}, "2026-03-09", ""},
		{[]string{"C I'll ring her tomorrow itself."}, "2026-03-06", ""},
		{[]string{"C I'll do that the day after tomorrow only."}, "2026-03-07", ""},
		{[]string{"C i'll ring her monday morning"}, "2026-03-09", ""},
		{[]string{"C By Sunday I'll have rung her."}, "2026-03-08", ""},
		{[]string{"C Come Saturday I'll ring her."}, "2026-03-07", ""},
		{[]string{"C Tomorrow I ring her."}, "2026-03-06", ""},
		{[]string{"C I'm ringing her tomorrow."}, "2026-03-06", ""},
		{[]string{"C Let's say Tuesday, I'll ring her Tuesday."}, "2026-03-10", ""},
		{[]string{"C I'll ring her Saturday. No, Sunday."}, "2026-03-08", ""},
		{[]string{"C I'll ring her Saturday, or no, Sunday actually."}, "2026-03-08", ""},
		{[]string{"C I'll ring her Saturday or Sunday."}, "2026-03-07", ""},
		{[]string{"C I'll ring her by Friday, Saturday at the latest."}, "2026-03-06", ""},
		// False dates.
		{[]string{"C I'll ring her about what happened on Monday."}, "", ""},
		{[]string{"C I'll ring her and ask about her holiday in May."}, "", ""},
		{[]string{"C I'll tell her what you said today."}, "", ""},
		{[]string{"C I'll ring her about Sunday lunch."}, "", ""},
		{[]string{"C I'll buy the Sunday paper."}, "", ""},
		{[]string{"C I'll ring her in a second."}, "", ""},
		{[]string{"C I'll watch Saturday Night Live with him."}, "", ""},
		{[]string{"C I'll call April back."}, "", ""},
		{[]string{"C I'll ask for the first of the two rooms."}, "", ""},
	}
	for _, tt := range tests {
		acts := ofKind(extractAll(t, say("2026-03-05", tt.turns...)), models.KindAction)
		if len(acts) != 1 {
			t.Errorf("%q: got %d actions", tt.turns, len(acts))
			continue
		}
		if a := acts[0]; a.Due != tt.due || a.Recurrence != tt.every {
			t.Errorf("%q: due %q every %q, want %q %q", tt.turns, a.Due, a.Recurrence, tt.due, tt.every)
		}
	}
}

// TestDatesOverTurns: the day stands in another sentence or turn than the plan.
// The session is on Thursday, 5 March 2026.
func TestDatesOverTurns(t *testing.T) {
	tests := []struct {
		turns []string
		due   models.Date
		every string
	}{
		{[]string{"T When could you ring her?", "C Saturday, probably.", "T What would you say?", "C I'd say I miss her. I'll ring her."}, "2026-03-07", ""},
		{[]string{"T Could you write to her?", "C Yes. I can do that.", "T When?", "C Sunday night, when the kids are asleep."}, "2026-03-08", ""},
		{[]string{"T Could you ring the surgery?", "C Okay.", "T Tomorrow?", "C Tomorrow."}, "2026-03-06", ""},
		{[]string{"T Could you ring the surgery?", "C I suppose.", "T Today, tomorrow?", "C Tomorrow, then."}, "2026-03-06", ""},
		{[]string{"T Would you be willing to go along to the group this Tuesday?", "C I'll go."}, "2026-03-10", ""},
		{[]string{"T The group's on Tuesday evenings. Would you go along once?", "C Once. All right, I'll go this Tuesday."}, "2026-03-10", ""},
		{[]string{"C My sister's coming round on Sunday.", "T Could that be a moment to tell her?", "C Yeah. I'll tell her then."}, "2026-03-08", ""},
		{[]string{"C He's back on Monday.", "T And what will you do?", "C I'll ask him straight out when he's back."}, "2026-03-09", ""},
		{[]string{"C I've got Friday off. I'll go and see her."}, "2026-03-06", ""},
		{[]string{"C Friday I'm off. I'll go and see her then."}, "2026-03-06", ""},
		{[]string{"C There's a class on Wednesday. I'm going to go."}, "2026-03-11", ""},
		{[]string{"C I'm going to email my tutor. Tonight. Before I talk myself out of it."}, "2026-03-05", ""},
		{[]string{"C I'm going to email my tutor. I'll do it tonight."}, "2026-03-05", ""},
		{[]string{"C I'll email my tutor. Not tonight, tomorrow."}, "2026-03-06", ""},
		{[]string{"T So you'll ring the housing office.", "C I will.", "T By Wednesday?", "C By Wednesday."}, "2026-03-11", ""},
		{[]string{"T Can you have a go at that letter before next Thursday?", "C Yeah, I can do that."}, "2026-03-12", ""},

		{[]string{"C The appointment's on the twelfth, so I'll ask the doctor then."}, "2026-03-12", ""},
		{[]string{"C I see the nurse on Monday. I'll ask her about the tablets."}, "2026-03-09", ""},
		{[]string{"C Mum's birthday is on the 21st. I'll take her out for lunch."}, "2026-03-21", ""},
		{[]string{"C I saw her on Monday. I'll ring her and say sorry."}, "", ""},
		{[]string{"C It was awful on Tuesday. I'm going to talk to my manager."}, "", ""},
		{[]string{"C Last Friday I lost it. I'll say sorry to him."}, "", ""},
		{[]string{"C She's away until Monday. I'll ring her on Tuesday."}, "2026-03-10", ""},
		{[]string{"T What about today?", "C I'll take a walk when I get home."}, "2026-03-05", ""},
		{[]string{"T And between now and Monday?", "C I'll leave my phone in the kitchen at night."}, "", "daily"},
		{[]string{"T Would tomorrow work for that call?", "C It would. I'll call them at nine."}, "2026-03-06", ""},
		{[]string{"T Could you do one of those swims, say on Sunday?", "C I could manage that."}, "2026-03-08", ""},
		{[]string{"T So, swim on Sunday. And what about the letter?", "C I'll write it on Monday."}, "2026-03-09", ""},

		{[]string{"T Could you ring her?", "C Okay.", "T By when?", "C End of the week."}, "2026-03-06", ""},
		{[]string{"T When do you see her?", "C Wednesday.", "T Could you tell her then?", "C Yes."}, "2026-03-11", ""},
		{[]string{"T You see him on Friday. Would you ask him about it?", "C Yes, I'll ask him."}, "2026-03-06", ""},
		{[]string{"T Post the letter by Tuesday, if you can.", "C I will."}, "2026-03-10", ""},
		{[]string{"T Bring the drawing with you next Wednesday, will you?", "C I'll bring it."}, "2026-03-11", ""},
		{[]string{"T Could you post the letter?", "C I can. I'm in town Friday."}, "2026-03-06", ""},
		{[]string{"C I'll clean the kitchen. I've got tomorrow off."}, "2026-03-06", ""},
		{[]string{"C I'm going to tell Mum that by Sunday, so that it's no scene."}, "2026-03-08", ""},
		{[]string{"C I finish at two tomorrow, I'll go to the bank on my way back."}, "2026-03-06", ""},
		{[]string{"C I'm not ringing her today. I'll ring her tomorrow."}, "2026-03-06", ""},
		{[]string{"C Halloween, I'm taking the kids round, if I have to."}, "2026-10-31", ""},
		{[]string{"T And one row of the blanket?", "C I'll do a row a night."}, "", "daily"},

		{[]string{"C Right, Tuesday. Tuesday I'm going to knock on her door."}, "2026-03-10", ""},
		{[]string{"T Which day?", "C I'll do the washing up on, I don't know, Saturday."}, "2026-03-07", ""},
		{[]string{"C I'll speak to her at the weekend, she's calmer at weekends."}, "2026-03-07", ""},
		{[]string{"C I could do it at lunch on Friday. Yeah, I'll do that."}, "2026-03-06", ""},
		{[]string{"T Would you ask for the meeting this week?", "C I'll ask for it tomorrow, get it over with."}, "2026-03-06", ""},
		{[]string{"T And the ironing can wait till Monday?", "C It can. I'll go to bed instead tonight."}, "2026-03-05", ""},
		{[]string{"C He's in the office Tuesdays. I'll ask him on Tuesday."}, "2026-03-10", ""},
		{[]string{"C I'll take the dog out after tea. Every day."}, "", "daily"},
	}
	for _, tt := range tests {
		acts := ofKind(extractAll(t, say("2026-03-05", tt.turns...)), models.KindAction)
		ok := false
		for _, a := range acts {
			ok = ok || isClient(a.Status) && a.Due == tt.due && a.Recurrence == tt.every
		}
		if !ok {
			t.Errorf("%q: want %q %q", tt.turns, tt.due, tt.every)
			for _, a := range acts {
				t.Logf("   %s %q due %q every %q", a.Status, a.Text, a.Due, a.Recurrence)
			}
		}
	}
}
