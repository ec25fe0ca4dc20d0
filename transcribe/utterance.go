package transcribe

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	// pause ends an utterance, save one of fewer than fewest words: people halt
	// after "So" and "And then", and nobody wants to read these alone.
	pause  = 600 * time.Millisecond
	fewest = 4
	// silence ends an utterance wherever it falls.
	silence = 1500 * time.Millisecond
	// longest is what a person takes in at a glance; a longer one is cut at its
	// widest gap.
	longest = 15 * time.Second
	// most is the same in words.
	most = 40
)

// utterances cuts words at the ends of sentences and at pauses. Every word is in
// exactly one utterance, in order; none is empty.
func utterances(ws []word) [][]word {
	var out [][]word
	for len(ws) > 0 {
		n := 1
		for n < len(ws) && !ends(ws[:n], ws[n]) {
			n++
		}
		out = append(out, shorten(ws[:n])...)
		ws = ws[n:]
	}
	return out
}

// ends tells whether an utterance ends before the next word.
func ends(u []word, next word) bool {
	last := u[len(u)-1]
	gap := next.Span.Start - last.Span.End
	return gap > silence || gap > pause && len(u) >= fewest ||
		last.looped != next.looped || last.source != next.source ||
		sentenceEnd(last.Text, next.Text)
}

// titles are words whose full stop ends no sentence.
var titles = map[string]bool{
	"mr.": true, "mrs.": true, "ms.": true, "dr.": true, "prof.": true, "st.": true, "jr.": true, "sr.": true,
	"vs.": true, "e.g.": true, "i.e.": true, "approx.": true, "no.": false,
}

// sentenceEnd tells whether word ends a sentence, given the one that follows.
func sentenceEnd(word, next string) bool {
	bare := strings.TrimRight(word, "\"'”’»)]")
	last, _ := utf8.DecodeLastRuneInString(bare)
	switch last {
	case '?', '!', '。', '？', '！', '؟', '।', '…':
		return true
	case '.':
	default:
		return false
	}
	if titles[strings.ToLower(bare)] {
		return false
	}
	if r := []rune(strings.TrimLeft(bare, "\"'“‘«([")); len(r) == 2 && unicode.IsUpper(r[0]) && r[0] != 'I' {
		return false // an initial: "J. Smith"
	}
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(next, "\"'“‘«(["))
	return !unicode.IsLower(first) // "p.m. yesterday" goes on
}

// shorten cuts what is too long to read at one glance at its best places.
func shorten(ws []word) [][]word {
	if s := span(ws); len(ws) < 2 || s.Len() <= longest && len(ws) <= most {
		return [][]word{ws}
	}
	best, score := 1, -1.0
	for i := 1; i < len(ws); i++ {
		gap := (ws[i].Span.Start - ws[i-1].Span.End).Seconds()
		v := gap
		if strings.HasSuffix(ws[i-1].Text, ",") || strings.HasSuffix(ws[i-1].Text, ";") || strings.HasSuffix(ws[i-1].Text, ":") {
			v += 0.3
		}
		// Towards the middle, so that no crumb is left.
		v += 0.3 * (1 - abs(float64(2*i-len(ws)))/float64(len(ws)))
		if v > score {
			best, score = i, v
		}
	}
	return append(shorten(ws[:best]), shorten(ws[best:])...)
}

func abs(x float64) float64 { return max(x, -x) }
