package extract

import (
	"slices"
	"testing"

	"github.com/afterword/afterword/models"
)

// TestWordsThatSoundAlike: what is heard is read as what was meant, and only
// where nothing else fits.
func TestWordsThatSoundAlike(t *testing.T) {
	tests := []struct {
		text string
		want string // words as the rules read them
	}{
		{"I'll ring her next weak.", "i will ring her next week ."},
		{"I felt weak.", "i felt weak ."},
		{"Could you right it down?", "could you write it down ?"},
		{"You were right about it.", "you were right about it ."},
		{"Good you ring him tomorrow?", "could you ring him tomorrow ?"},
		{"It's good you ring him.", "it is good you ring him ."},
		{"Know, I can't.", "no , i can not ."},
		{"I fell so sad.", "i feel so sad ."},
		{"I fell on the ice.", "i fell on the ice ."},
		{"I was so embarrass.", "i was so embarrassed ."},
		{"I'm ashameds of it.", "i am ashamed of it ."},
		{"I it furious with him.", "i am furious with him ."},
		{"He and I in the shop.", "he and i in the shop ."},
		{"I'm go to tell him.", "i am going to tell him ."},
		{"I'm ring her on Monday.", "i am ringing her on monday ."},
		{"Am not scared of him.", "i am not scared of him ."},
		{"Am I scared?", "am i scared ?"},
		{"How's the weak been?", "how is the week been ?"},
		{"I should of rung her.", "i should have rung her ."},
		{"The bin's full.", "the bin 's full ."},
		{"for times a week", "four times a week"},
		{"I in feel sick.", "i feel sick ."},
		{"He came in and sat down.", "he came in and sat down ."},
		{"My the sister rang.", "my sister rang ."},
		{"The in-laws came.", "the in laws came ."},
		{"I was in A and E.", "i was in a and e ."},
		{"I'll went home.", "i went home ."},
		{"I'll have lunch.", "i will have lunch ."},
		{"I'll drives it.", "i will drive it ."},
		{"Going to ring her.", "i am going to ring her ."},
		{"Going to the shop.", "going to the shop ."},
		{"Felt ashamed.", "i felt ashamed ."},
		{"I'm drown in bills.", "i am drowning in bills ."},
		{"I'm clean.", "i am clean ."},
		{"twice the day", "twice a day"},
		{"every today", "every day"},
		{"It makes in feel small.", "it makes me feel small ."},
		{"She didn'ts say.", "she did not say ."},
		{"at the week end", "at the weekend"},
		{"The weight of it.", "the weight of it ."},
		{"I putting it there.", "i am putting it there ."},
		{"Where going to drive there.", "we going to drive there ."},
	}
	for _, tt := range tests {
		u := readSegment(models.Segment{Text: tt.text}, true)
		var got []string
		for _, k := range u.toks {
			got = append(got, k.w)
		}
		if want := fields(tt.want); !slices.Equal(got, want) {
			t.Errorf("%q reads %q, want %q", tt.text, got, want)
		}
	}
}

// TestWhoIsAsked: what the therapist asked, where a small word of it was lost.
func TestWhoIsAsked(t *testing.T) {
	for text, want := range map[string]string{
		"Could and ring her?":                   "could you ring her ?",
		"Would set an alarm for nine?":          "would you set an alarm for nine ?",
		"Would a walk help?":                    "would a walk help ?",
		"What you start it again, every day?":   "would you start it again , every day ?",
		"What you do is count.":                 "what you do is count .",
		"So good you walk there?":               "so could you walk there ?",
		"I'd and you to ring her.":              "i 'd like you to ring her .",
		"I'd like you too ring her.":            "i 'd like you to ring her .",
		"Than keep going with it.":              "then keep going with it .",
		"It's bigger than I thought.":           "it 's bigger than i thought .",
		"All write then.":                       "all right then .",
		"Would it help?":                        "would it help ?",
		"Could be.":                             "could be .",
		"If you could walk there, that's good.": "if you could walk there , that 's good .",
	} {
		u := utterance{text: text, toks: tokenise(text)}
		u.mendSlips()
		var got []string
		for _, k := range u.toks {
			got = append(got, k.w)
		}
		if !slices.Equal(got, fields(want)) {
			t.Errorf("%q reads %q, want %q", text, got, want)
		}
	}
}
