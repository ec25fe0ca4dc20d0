package extract

import (
	"slices"
	"strings"
	"testing"
)

// TestOtherSense: the words of a feeling, and what the sentence makes of them.
func TestOtherSense(t *testing.T) {
	for _, tt := range []struct {
		turn string
		felt []string
	}{
		{"C How lonely that must be for her.", nil},
		{"C How lonely it is.", []string{"loneliness"}},
		{"C The series had my husband on the edge of his seat.", nil},
		{"T What was the play like?\nC Frightening. Well lit, though.", nil},
		{"T What was the scan like?\nC Frightening. I held on to the sheet.", []string{"fear"}},
		{"C It's on autopilot, the boiler.", nil},
		{"C I'm on autopilot, the whole day.", []string{"numbness"}},
		{"C A bit of hope would be nice.", nil},
		{"C There's a bit of hope in me.", []string{"hope"}},
		{"C It'll never change, he says.", nil},
		{"C I'm so fed up with this printer.", []string{"frustration"}},
		{"C I can't cope with this printer.", nil},
		{"C I'm an idiot with maps.", nil},
		{"C I'm such an idiot.", []string{"shame"}},
		{"C Shame is a waste of an afternoon.", nil},
		{"C The panic buttons are on the wall.", nil},
		{"C It was a relief to my parents.", nil},
		{"C It was a relief to me.", []string{"relief"}},
		{"C Is it frustrating, that job?", nil},
		{"C It's frustrating, that job.", []string{"frustration"}},
		{"C Scared? Me? I was in the navy.", nil},
		{"C I was content until the letter came.", nil},
		{"C I'm content, now that the letter has come.", []string{"joy"}},
		{"C My neighbour was drowning in paperwork.", nil},
		{"C I'm drowning in paperwork.", []string{"overwhelm"}},
	} {
		felt := ruledFeelings(strings.Split(tt.turn, "\n"), -1)
		if !slices.Equal(felt, tt.felt) {
			t.Errorf("%q: felt %q, want %q", tt.turn, felt, tt.felt)
		}
	}
}
