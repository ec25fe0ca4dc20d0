package days

// Keys of the forms that other parts speak of.
const (
	FormSession    = "session"
	FormWeekly     = "weekly"
	FormThought    = "thought-record"
	FormJournaling = "journaling"
	FormGrounding  = "grounding"
	FormBreathing  = "breathing"
	FormExposure   = "exposure"
	FormScript     = "script"
	FormExperiment = "experiment"
)

// Question is one question of a form. Every one can be skipped.
type Question struct {
	Key  string `json:"key"`
	Text string `json:"text"`
}

// Form is a short list of questions.
type Form struct {
	Key       string     `json:"key"`
	Name      string     `json:"name"`
	Questions []Question `json:"questions"`
}

// Forms are all forms: after a session, for a week, and for exercises.
var Forms = []Form{
	{FormSession, "After the session", []Question{
		{"takeaway", "What do you most want to keep from this session?"},
		{"hard", "What was difficult, or a surprise?"},
		{"feelings", "Which feelings came up, and what were they about?"},
		{"skill", "Which one skill or idea do you want to give your attention?"},
		{"now", "How are you feeling now?"},
		{"differently", "What would you like to do differently this week?"},
	}},
	{FormWeekly, "Looking back on the week", []Question{
		{"felt", "What did you feel this week?"},
		{"changed", "What did you do differently from before?"},
		{"patterns", "What do you see coming back?"},
		{"next", "What do you want to work on next?"},
		{"avoided", "Was there something that you stayed away from?"},
	}},
	{FormThought, "Thought record", []Question{
		{"situation", "What happened? Where, when, with whom?"},
		{"thought", "What went through your mind?"},
		{"feeling", "What did you feel, and how strongly from 0 to 100?"},
		{"for", "What speaks for that thought?"},
		{"against", "What does not fit with it?"},
		{"alternative", "What would be another, more balanced way to see it?"},
		{"after", "How strong is the feeling now, from 0 to 100?"},
	}},
	{FormJournaling, "Journaling", []Question{
		{"about", "What will you write about?"},
		{"place", "When and where is it quiet enough?"},
		{"noticed", "What did you notice while writing?"},
	}},
	{FormGrounding, "Grounding", []Question{
		{"moment", "When did you need it?"},
		{"see", "Five things that you could see?"},
		{"touch", "Four things that you could feel?"},
		{"hear", "Three things that you could hear?"},
		{"smell", "Two things that you could smell?"},
		{"taste", "One thing that you could taste?"},
		{"after", "How was it afterwards?"},
	}},
	{FormBreathing, "Breathing", []Question{
		{"pattern", "Which rhythm did you use, and for how long?"},
		{"before", "How was your body before?"},
		{"after", "And after?"},
	}},
	{FormExposure, "Exposure ladder", []Question{
		{"goal", "What do you want to be able to do?"},
		{"steps", "Which steps lead there, the easiest first, each with how hard it is from 0 to 100?"},
		{"first", "Which step is for now?"},
		{"fear", "What do you fear will happen?"},
		{"happened", "What happened?"},
		{"learned", "What do you take from it?"},
	}},
	{FormScript, "Something to say to somebody", []Question{
		{"who", "Who is it that you want to talk to?"},
		{"facts", "What happened, as a camera would have seen it?"},
		{"feel", "What do you feel about it?"},
		{"want", "What would you like, in one sentence?"},
		{"words", "How do you want to begin, word for word?"},
		{"no", "What will you do if the answer is no?"},
	}},
	{FormExperiment, "Behavioural experiment", []Question{
		{"belief", "Which belief do you want to try out?"},
		{"predict", "What do you expect will happen, and how sure are you?"},
		{"how", "How will you try it, and how will you know?"},
		{"happened", "What happened?"},
		{"learned", "What do you make of it?"},
	}},
}

// FindForm is the form with that key, or nil.
func FindForm(key string) *Form {
	for i := range Forms {
		if Forms[i].Key == key {
			return &Forms[i]
		}
	}
	return nil
}

// FormKeys lists the keys of all forms.
func FormKeys() []string {
	var keys []string
	for _, f := range Forms {
		keys = append(keys, f.Key)
	}
	return keys
}
