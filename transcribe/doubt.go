package transcribe

import (
	"compress/flate"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/afterword/afterword/models"
)

const (
	noSpeech   = 0.6  // above: the engine itself hears nobody (OpenAI's threshold)
	lowLogP    = -1.0 // below: it was guessing (OpenAI's threshold)
	quietRest  = 0.3  // above, in a stretch by itself that gave no word: nobody speaks there
	maxSqueeze = 2.4  // above: the text repeats itself (OpenAI's threshold)
)

// failed tells whether a second try is worth its time: not for a text that the
// engine wrote where it hears nobody, which would only be another invention.
func (p pass) failed() bool {
	return p.loops() || p.logP < lowLogP && p.noSpeech < noSpeech
}

// mute tells whether the engine hears nobody: what it wrote is a guess or a remark.
func (p pass) mute() bool {
	return p.noSpeech > noSpeech && (len(p.words) == 0 || p.logP < lowLogP || annotation(join(p.words)))
}

func (p pass) loops() bool {
	return slices.ContainsFunc(p.words, func(w word) bool { return w.looped })
}

// better compares two answers to the same sound.
func (p pass) better(q pass) bool {
	if p.loops() != q.loops() {
		return q.loops()
	}
	return p.logP > q.logP
}

// squeeze is the length of s divided by that of its compressed form. Below 60
// bytes that says nothing, and it is 1.
func squeeze(s string) float64 {
	if len(s) < 60 {
		return 1
	}
	n := counter(0)
	z, _ := flate.NewWriter(&n, flate.DefaultCompression)
	z.Write([]byte(s))
	z.Close()
	return float64(len(s)) / float64(n)
}

type counter int

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// repeats is how often a phrase of so many words must come in a row to be called
// a loop. People do say "no, no, no, no" and "I don't know" three times over.
func repeats(phrase int) int {
	switch {
	case phrase == 1:
		return 8
	case phrase <= 3:
		return 5
	}
	return 3
}

// key is what makes two words the same.
func key(text string) string {
	return strings.ToLower(strings.TrimFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }))
}

// markLoops marks the words of phrases that come again and again.
func markLoops(ws []word, squeeze float64) {
	keys := make([]string, len(ws))
	for i, w := range ws {
		keys[i] = key(w.Text)
	}
	found := false
	for n := 1; n <= 24 && n*2 <= len(ws); n++ {
		for i := 0; i+n < len(ws); {
			j := i + n
			for j < len(ws) && keys[j] == keys[j-n] {
				j++
			}
			if (j-i)/n >= repeats(n) {
				found = true
				for k := i; k < j; k++ {
					ws[k].looped = true
				}
				i = j
				continue
			}
			i = max(i+1, j-n+1)
		}
	}
	if !found && squeeze > maxSqueeze {
		for i := range ws {
			ws[i].looped = true
		}
	}
}

// doubts are the reasons not to trust an utterance.
func (c *chunk) doubts(u []word, holes []models.Span, prompt string) []models.Doubt {
	var out []models.Doubt
	s, guessed := span(u), logP(u) < lowLogP
	if slices.ContainsFunc(u, func(w word) bool { return w.looped }) {
		out = append(out, models.DoubtRepeat)
	}
	if guessed {
		out = append(out, models.DoubtLowProb)
	}
	if !c.heard(s) || quietness(u) > noSpeech && guessed || annotation(join(u)) {
		out = append(out, models.DoubtNoSpeech)
	}
	if echo(u, prompt) {
		out = append(out, models.DoubtEcho)
	}
	for _, h := range holes {
		if h.Start-s.End < minHole && s.Start-h.End < minHole {
			out = append(out, models.DoubtGap)
			break
		}
	}
	return out
}

// logP is the mean natural logarithm of the words' probabilities.
func logP(u []word) (sum float64) {
	for _, w := range u {
		sum += logOf(w.P)
	}
	return sum / float64(len(u))
}

// quietness is the engine's probability that nobody speaks where it wrote u.
func quietness(u []word) (most float32) {
	for _, w := range u {
		most = max(most, w.noSpeech)
	}
	return most
}

// heard tells whether any speech activity is at s, give or take the engine's
// error in time.
func (c *chunk) heard(s models.Span) bool {
	const slack = 200 * time.Millisecond
	return slices.ContainsFunc(c.voiced, func(v models.Span) bool {
		return v.Start < s.End+slack && v.End > s.Start-slack
	})
}

// annotation tells whether s is only what the engine writes about sound that is
// no speech: "[BLANK_AUDIO]", "(wind blowing)", "*sighs*", "♪".
func annotation(s string) bool {
	for _, p := range [][2]string{{"[", "]"}, {"(", ")"}, {"*", "*"}, {"♪", "♪"}} {
		for {
			a := strings.Index(s, p[0])
			if a < 0 {
				break
			}
			n := strings.Index(s[a+len(p[0]):], p[1])
			if n < 0 {
				break
			}
			s = s[:a] + s[a+len(p[0])+n+len(p[1]):]
		}
	}
	return punctuation(s)
}
