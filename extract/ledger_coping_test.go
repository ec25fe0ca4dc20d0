package extract

import (
	"strings"
	"testing"
)

// TestWhatToDoWhenItComes: the answer to "and if it comes?" is a plan for each
// time, said in whatever form; what one does anyway, would do or felt is none.
func TestWhatToDoWhenItComes(t *testing.T) {
	agreed := []string{"T I'd like you to ring the clinic on Monday.", "C Okay, I'll do that."}
	tests := []struct {
		asked, said, text string
		before            bool // something was agreed before
	}{
		{"And if the dizziness comes on in the queue?", "Both hands on the trolley, and count the tins.", "both hands on the trolley", true},
		{"And if the dizziness comes on in the queue?", "Hold on to the trolley and count the tins.", "hold on to the trolley", true},
		{"And when the alarm goes in your chest?", "I put the kettle on and I ring my brother.", "put the kettle on", true},
		{"If she starts on about the money?", "I leave the room.", "leave the room", true},
		{"And if it gets loud in there?", "Headphones. The long playlist.", "headphones", true},
		{"And when the urge comes, who do you ring?", "My sponsor. I ring my sponsor.", "ring my sponsor", true},
		{"And if it comes back at work?", "I'll go and stand in the yard.", "stand in the yard", false},
		{"When the craving hits, what's the plan?", "Breathe out for six, and text Lou.", "breathe out for six", true},
		{"And when you're at your mother's?", "I eat in the garden, always have.", "", false},
		{"And if it comes back?", "I'd probably ring you.", "", true},
		{"And when he shouted, what did you do?", "I left the room.", "", true},
		{"If that voice were a person, what would it say?", "Eat something. Go to bed.", "", true},
		{"And if it comes back, how will you feel?", "Water on a stone.", "", true},
		{"And if he finds out?", "No idea.", "", true},
	}
	for _, tt := range tests {
		turns := []string{"T " + tt.asked, "C " + tt.said}
		if tt.before {
			turns = append(agreed[:2:2], turns...)
		}
		var got []string
		for _, a := range clientPlans(t, "2026-03-05", turns...) {
			if !strings.Contains(a.Text, "linic") {
				got = append(got, strings.ToLower(a.Text)+" "+a.Recurrence)
			}
		}
		switch {
		case tt.text == "" && len(got) > 0:
			t.Errorf("%q, %q became %q", tt.asked, tt.said, got)
		case tt.text != "" && (len(got) != 1 || !strings.Contains(got[0], strings.Replace(tt.text, "my", "your", 1)) || !strings.HasSuffix(got[0], "as-needed")):
			t.Errorf("%q, %q became %q, want %q", tt.asked, tt.said, got, tt.text)
		}
	}
}
