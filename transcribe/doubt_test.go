package transcribe

import (
	"strings"
	"testing"
)

func TestMarkLoops(t *testing.T) {
	tests := []struct {
		name, text string
		want       int // looped words
	}{
		{"speech", "I went to the shop and then I went to the park and then home", 0},
		{"no, four times", "no no no no", 0},
		{"I don't know, three times over", "well I don't know I don't know I don't know really", 0},
		{"a word without end", "so " + strings.Repeat("you ", 20), 20},
		{"a phrase without end, whatever its case", "Well. " + strings.Repeat("I'm going to go. i'm going to go, ", 5), 40},
		{"a sentence three times", strings.Repeat("she never told me what she wanted ", 3), 21},
		{"a period of thirty words", strings.Repeat("a b c d e f g h i j k l m n o p q r s t u v w x y z aa bb cc dd ", 7), 210},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ws := spoken(tt.text)
			markLoops(ws, squeeze(join(ws)))
			n := 0
			for _, w := range ws {
				if w.looped {
					n++
				}
			}
			if n != tt.want {
				t.Errorf("%d looped words, want %d", n, tt.want)
			}
		})
	}
}

func TestAnnotation(t *testing.T) {
	for s, want := range map[string]bool{
		"[BLANK_AUDIO]": true, "(wind blowing)": true, "*sighs*": true, "♪": true, "♪ la la ♪": true, "[Gunshot] [Gunshot]": true, "...": true,
		"well (laughs) yes": false, "no": false, "I'm sorry.": false, "[": true, "(so": false, "": true,
	} {
		if got := annotation(s); got != want {
			t.Errorf("annotation(%q) = %v", s, got)
		}
	}
}
