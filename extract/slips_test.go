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
