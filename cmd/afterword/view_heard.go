package main

import (
	"strings"
	"unicode"
)

// lately is what the view shows of the speech: the final text as far as it is
// there, and captions behind it. Final text replaces the captions of the same
// words; where these are is found by the words, since captions may be missing.
type lately struct {
	texts  []string // final text, newest last
	seen   []string // what the last status had of it
	words  []string // stable captions behind it, with "" where somebody paused
	draft  []string
	until  float64 // end of the last caption in s
	spoken bool    // there were captions
}

const (
	latelyTexts  = 12  // final texts kept
	latelyWords  = 400 // words of captions kept
	captionPause = 1.2 // s of silence that begin a new line
)

// caption appends stable words and replaces the draft.
func (h *lately) caption(l captionLine) {
	h.spoken = true
	fresh := strings.Fields(oneLine(l.Stable))
	draft := strings.Fields(oneLine(l.Draft))
	if len(fresh)+len(draft) > 0 {
		if l.Start-h.until > captionPause && len(h.words) > 0 && h.words[len(h.words)-1] != "" {
			h.words = append(h.words, "")
		}
		h.until = l.End
	}
	if n := len(h.words); n > 0 && len(fresh) > 0 && h.words[n-1] != "" && !strings.HasPrefix(l.Stable, " ") {
		h.words[n-1] += fresh[0] // a language without spaces
		fresh = fresh[1:]
	}
	h.words = append(h.words, fresh...)
	h.words = h.words[max(0, len(h.words)-latelyWords):]
	h.draft = draft
}

// final takes the latest final texts and lets the captions of them go.
func (h *lately) final(latest []string) {
	fresh := latest[overlap(h.seen, latest):]
	h.seen = latest
	for _, text := range fresh {
		text = strings.Join(strings.Fields(oneLine(text)), " ")
		if text == "" {
			continue
		}
		if words := strings.Fields(text); len(words) == 1 && len(text) > 40 {
			h.words = nil // a language without spaces: what it covers cannot be told by words
		} else {
			h.words = h.words[covered(h.words, words):]
		}
		for len(h.words) > 0 && h.words[0] == "" {
			h.words = h.words[1:]
		}
		h.texts = append(h.texts, text)
	}
	h.texts = h.texts[max(0, len(h.texts)-latelyTexts):]
}

// overlap is how much of the beginning of now was the end of before.
func overlap(before, now []string) int {
	for n := min(len(before), len(now)); n > 0; n-- {
		same := true
		for i := range n {
			same = same && before[len(before)-n+i] == now[i]
		}
		if same {
			return n
		}
	}
	return 0
}

// covered is how many words from the beginning of the captions a final text
// stands for: up to the last one of the longest common subsequence, if at least
// half of the words on either side are in it; else none.
func covered(captions, text []string) int {
	a, b := make([]string, len(captions)), make([]string, len(text))
	for i, w := range captions {
		a[i] = bare(w)
	}
	for i, w := range text {
		b[i] = bare(w)
	}
	// most[i][j] is the length for a[:i] and b[:j].
	most := make([][]int, len(a)+1)
	for i := range most {
		most[i] = make([]int, len(b)+1)
	}
	best, at := 0, 0
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			if most[i][j] = max(most[i-1][j], most[i][j-1]); a[i-1] == b[j-1] && a[i-1] != "" {
				most[i][j] = max(most[i][j], most[i-1][j-1]+1)
			}
		}
		if most[i][len(b)] > best {
			best, at = most[i][len(b)], i
		}
		if i >= 2*len(b)+8 { // far behind what this text can be
			break
		}
	}
	if best == 0 || 2*best < min(at, len(b)) {
		return 0
	}
	return at
}

// bare is a word without case and marks.
func bare(w string) string {
	return strings.ToLower(strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }))
}

// piece is a word to be shown.
type piece struct {
	text  string
	faint bool
	line  bool // begins a new line
}

func (h *lately) pieces() []piece {
	var out []piece
	for _, t := range h.texts {
		for i, w := range strings.Fields(t) {
			out = append(out, piece{text: w, line: i == 0})
		}
	}
	line := true
	for _, w := range h.words {
		if w == "" {
			line = true
			continue
		}
		out = append(out, piece{text: w, line: line})
		line = false
	}
	for _, w := range h.draft {
		out = append(out, piece{text: w, faint: true, line: line})
		line = false
	}
	return out
}
