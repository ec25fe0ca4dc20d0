package extract

import (
	"slices"
	"testing"

	"github.com/afterword/afterword/models"
)

// say makes a transcript of alternating turns; each begins with "T " or "C ".
func say(date models.Date, turns ...string) models.Transcript {
	t := models.Transcript{ID: "said", Date: date}
	for i, x := range turns {
		sp := models.Client
		if x[0] == 'T' {
			sp = models.Therapist
		}
		t.Segments = append(t.Segments, models.Segment{Seq: i, Speaker: sp, Text: x[2:]})
	}
	return t
}

func ofKind(items models.Items, k models.Kind) []models.Item {
	return slices.DeleteFunc(slices.Clone(items.List), func(it models.Item) bool { return it.Kind != k })
}

func TestNegotiationsEndAsTheyWereAgreed(t *testing.T) {
	tests := []struct {
		name   string
		turns  []string
		status models.ActionStatus
		text   string
		due    models.Date
		every  string
	}{
		{"set and taken", []string{"T I'd like you to write down one kind thing each day.", "C Okay, I can do that."}, models.Assigned, "Write down one kind thing each day", "", "daily"},
		{"set and refused", []string{"T I'd like you to call your father this week.", "C No. I'm not calling him."}, models.Declined, "Call your father this week", "", ""},
		{"asked back before it is taken", []string{"T Could you try the walk again this week?", "C Every day?", "T Twice is plenty.", "C Okay, deal."}, models.Assigned, "Try the walk again this week", "", ""},
		{"offered and left open", []string{"T You could maybe join a choir.", "C Maybe. I'll think about it."}, models.Suggested, "Join a choir", "", ""},
		{"the client's own", []string{"T Mm.", "C I'll ring my sister tomorrow."}, models.Committed, "Ring your sister tomorrow", "2026-03-06", ""},
		{"the day comes with the second question", []string{"T What will you do about the letters?", "C I'll open them.", "T When will you do that?", "C Saturday morning."}, models.Committed, "Open them", "2026-03-07", ""},
		{"taken back forwards", []string{"T Mm.", "C I'll go on Friday. No, Saturday. I'll go on Saturday to the pool."}, models.Committed, "", "2026-03-07", ""},
		{"somebody else's", []string{"T Mm.", "C My brother's going to drive Mum on Friday."}, models.ByTherapist, "", "2026-03-06", ""},
		{"the therapist's", []string{"T I'll email you the worksheet tomorrow."}, models.ByTherapist, "Your therapist: email you the worksheet tomorrow", "2026-03-06", ""},
		{"done before", []string{"T Did you keep the diary?", "C I did, most days."}, models.DoneAlready, "Keep the diary", "", ""},
		{"only if", []string{"T Mm.", "C If it got really bad I could call the helpline."}, models.Hypothetical, "Call the helpline", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			items := extractAll(t, say("2026-03-05", tt.turns...))
			acts := ofKind(items, models.KindAction)
			if len(acts) != 1 {
				t.Fatalf("got %d actions, want 1: %+v", len(acts), acts)
			}
			a := acts[0]
			if a.Status != tt.status || tt.text != "" && a.Text != tt.text || a.Due != tt.due || a.Recurrence != tt.every {
				t.Errorf("got %s %q due %q every %q, want %s %q due %q every %q", a.Status, a.Text, a.Due, a.Recurrence, tt.status, tt.text, tt.due, tt.every)
			}
		})
	}
}

// TestWhatIsLeftIsSaidAsSuch: a plan not to do a thing may never read as one to
// do it.
func TestWhatIsLeftIsSaidAsSuch(t *testing.T) {
	tests := []struct {
		turns  []string
		status models.ActionStatus
		text   string
	}{
		{[]string{"C I won't check my phone in bed any more."}, models.Committed, "Do not check your phone in bed any more"},
		{[]string{"C I'm not ringing him any more."}, models.Committed, "Do not ring him any more"},
		{[]string{"C I'm never lending him money again."}, models.Committed, "Do not lend him money again"},
		{[]string{"C No more lying to my sister."}, models.Committed, "Do not lie to your sister"},
		{[]string{"C I'm stopping the cigarettes."}, models.Committed, "Stop the cigarettes"},
		{[]string{"T What will you do about the drinking?", "C I won't drink at home."}, models.Committed, "Do not drink at home"},
		{[]string{"T Would you leave the scales alone this week?", "C Okay. I won't touch them."}, models.Committed, "Leave the scales alone this week"},
		{[]string{"T I'd like you not to check the lock after ten.", "C Okay."}, models.Assigned, "Do not check the lock after ten"},
		{[]string{"T Could you tell him on Thursday?", "C Not a chance."}, models.Declined, "Tell him on Thursday"},
		{[]string{"T Could you tell him on Thursday?", "C That's a no from me."}, models.Declined, "Tell him on Thursday"},
		{[]string{"T Could you tell him on Thursday?", "C Can't be done."}, models.Declined, "Tell him on Thursday"},
	}
	for _, tt := range tests {
		acts := ofKind(extractAll(t, say("2026-03-05", tt.turns...)), models.KindAction)
		if len(acts) != 1 || acts[0].Status != tt.status || acts[0].Text != tt.text {
			t.Errorf("%q: got %+v, want %s %q", tt.turns, acts, tt.status, tt.text)
		}
	}
}

// TestWordingNamesTheThing: what was named a turn or two before is named again.
func TestWordingNamesTheThing(t *testing.T) {
	tests := []struct {
		turns []string
		text  string
	}{
		{[]string{"T There are podcasts for sleep.", "C Oh yeah?", "T You could try one.", "C I'll try one."}, "Try one (podcasts for sleep)"},
		{[]string{"T Have you come across the worry tree?", "C No.", "T Have a look at it this week.", "C Okay."}, "Have a look at it this week (the worry tree)"},
		{[]string{"T There's a breathing exercise called box breathing.", "C I've heard of it.", "T Would you try it this week?", "C I'll try it."}, "Try a breathing exercise called box breathing"},
		{[]string{"T One thing you could do is write to her.", "C Okay, I'll do that."}, "Write to her"},
		{[]string{"T What some people do is write a letter. Would you try it?", "C Yeah, I'll try it."}, "Write a letter"},
		{[]string{"C I'm seeing her on Sunday, so I'll ask her about it."}, "Ask her about it"},
		{[]string{"C I'm not ringing today. I'll ring tomorrow."}, "Ring tomorrow"},
		{[]string{"C I'll read it on Sunday."}, "Read it on Sunday"},
	}
	for _, tt := range tests {
		acts := ofKind(extractAll(t, say("2026-03-05", tt.turns...)), models.KindAction)
		if len(acts) != 1 || acts[0].Text != tt.text {
			t.Errorf("%q: got %+v, want %q", tt.turns, acts, tt.text)
		}
	}
}

func TestNothingIsMadeOfTalk(t *testing.T) {
	for _, x := range []string{
		"C I'll be honest, it was hard.",
		"C I'll never forget it.",
		"C I'm going to be sick.",
		"C She says I'll call her, but who knows.",
		"C What am I going to do?",
		"T Take a slow breath with me now.",
		"T Could you say a bit more about that?",
		"T See you on Tuesday at four.",
		"T You'll be fine.",
		"C I was going to ring her but I didn't.",
		"C I won't pretend it was easy.",
		"C I won't let you down.",
		"C I'm not going through that again.",
		"T Is it okay if I record this session?",
		"T Are you happy to speak to me about it on Friday?",
	} {
		if acts := ofKind(extractAll(t, say("2026-03-05", x)), models.KindAction); len(acts) > 0 {
			t.Errorf("%q became %s %q", x, acts[0].Status, acts[0].Text)
		}
	}
}

func TestNextAppointmentIsTheDueDate(t *testing.T) {
	tr := say("2026-03-05", "T Bring the sheet next time, please.", "C Okay.")
	items, err := New(Config{Next: "2026-03-12"}).Extract(t.Context(), tr)
	if err != nil {
		t.Fatal(err)
	}
	acts := ofKind(items, models.KindAction)
	if len(acts) != 1 || acts[0].Due != "2026-03-12" {
		t.Errorf("got %+v, want one action due on the next appointment", acts)
	}
}

func TestEmotionsKeepTheirScope(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"said", "I'm furious with him.", []string{"anger"}},
		{"denied", "I'm not furious with him.", nil},
		{"contrast", "I'm not sad, I'm furious.", []string{"anger"}},
		{"list denied", "I'm neither angry nor sad.", nil},
		{"somebody else's", "My mother is furious.", nil},
		{"long ago", "When I was nine I was so lonely.", nil},
		{"past against now", "I used to be terrified, now I feel calm.", []string{"calm"}},
		{"still, since then", "Since the fire I'm still scared.", []string{"fear"}},
		{"imagined", "I'd be furious if she knew.", nil},
		{"quoted", `He said, "I'm so ashamed."`, nil},
		{"idiom", "I'm afraid I can't make Thursday.", nil},
		{"taken back", "I know I shouldn't be angry but I am.", []string{"anger"}},
		{"the body", "My stomach drops when the phone rings.", []string{"anxiety"}},
		{"two at once", "I'm relieved she's gone, and a bit guilty.", []string{"guilt", "relief"}},
		{"said by another", "My last doctor said I was depressed.", nil},
		{"said by another, and true", "She said I was furious, and I am.", []string{"anger"}},
		{"made sad by me", "I've upset her.", nil},
		{"of nothing", "I was afraid of nothing.", nil},
		{"the phrase denied behind it", "The red mist doesn't come down any more.", nil},
		{"far from it", "I'm anything but calm.", nil},
		{"a trait", "I can be impatient, I know.", nil},
		{"a topic", "We had a session on anger.", nil},
		{"in a dream", "In the dream I was terrified.", nil},
		{"a body with a cause", "My face was on fire, it was that curry.", nil},
		{"always, then", "Back then I was always scared.", nil},
		{"a place left", "When we lived in Leeds I was miserable.", nil},
		{"then it turned out", "I was dreading it, and it turned out to be lovely.", nil},
		{"his face", "His face, it was pure fear.", nil},
		{"a courtesy told", "I said I was delighted.", nil},
		{"me too", "She's livid, and so am I.", []string{"anger"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, it := range ofKind(extractAll(t, say("2026-03-05", "C "+tt.text)), models.KindEmotion) {
				got = append(got, it.Label)
			}
			slices.Sort(got)
			if !slices.Equal(got, tt.want) {
				t.Errorf("%q: got %v, want %v", tt.text, got, tt.want)
			}
		})
	}
}

func TestHomeworkUnderReviewKeepsItsName(t *testing.T) {
	earlier := []models.Item{
		{Kind: models.KindAction, Text: "Call Aunt Rosa about the photographs"},
		{Kind: models.KindAction, Text: "Swim twice a week"},
	}
	tr := say("2026-03-05", "T How has it been?", "C I called Aunt Rosa and asked for the photographs.")
	items, err := New(Config{Earlier: earlier}).Extract(t.Context(), tr)
	if err != nil {
		t.Fatal(err)
	}
	acts := ofKind(items, models.KindAction)
	if len(acts) != 1 || acts[0].Status != models.DoneAlready || acts[0].Text != earlier[0].Text {
		t.Errorf("got %+v, want %q done", acts, earlier[0].Text)
	}
}
