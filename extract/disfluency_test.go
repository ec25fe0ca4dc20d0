package extract

import (
	"strings"
	"testing"
)

func TestSmooth(t *testing.T) {
	tests := []struct{ said, want string }{
		{"I'll, um, book it, uh, on Monday.", "i will book it , on monday ."},
		{"Um, okay. Uh, I'll, I'll try.", "okay . i will try ."},
		{"So if, so if I'm, I just, just lie down", "so if i am , i just lie down"},
		{"the the the right answer", "the right answer"},
		{"I have, I have to, uh, go", "i have to go"},
		{"I do, um, yeah", "i do , yes"},
		{"I will, I will.", "i will ."},
		{"I want to, um, call him", "i want to call him"},
		{"No, no, no. Very, very sad.", "no , no , no . very , very sad ."},
		{"Um. Uh.", "um . uh ."},
		{"Mm.", "mm ."},
		{"I had had it. He said that that was it.", "i had had it . he said that that was it ."},
		{"Okay, um", "okay"},
		{"Could you, um, could you, uh, ring her?", "could you ring her ?"},
		{"Bisoprolol, uh.", "bisoprolol ."},
	}
	for _, tt := range tests {
		u := utterance{toks: tokenise(tt.said)}
		u.smooth()
		var got []string
		for _, x := range u.toks {
			got = append(got, x.w)
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%q: %q, want %q", tt.said, s, tt.want)
		}
	}
}
