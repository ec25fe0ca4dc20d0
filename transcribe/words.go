package transcribe

import (
	"math"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/afterword/afterword/models"
)

// word is a word in the time of its chunk.
type word struct {
	models.Word
	glued    bool    // no space before it
	noSpeech float32 // of the pass that it comes from
	looped   bool    // part of a repetition
	source   int     // number of the pass that it comes from
	told     bool    // a caption has shown it as stable
}

// pass is one answer of the engine, read.
type pass struct {
	language  string
	languageP float32 // 1 where it was told
	words     []word
	noSpeech  float32 // the engine's probability that nobody speaks
	logP      float64 // mean of the natural logarithm of the tokens' probabilities; 0 without tokens
	squeeze   float64 // how many times shorter the text becomes by compression
}

// unspaced languages write words without spaces between them.
var unspaced = map[string]bool{"zh": true, "yue": true, "ja": true, "th": true, "lo": true, "my": true, "km": true, "bo": true}

// read makes words of an answer to the part of a chunk at span.
func read(t Text, span models.Span, pauses []models.Span) pass {
	p := pass{language: t.Language, languageP: t.LanguageP, noSpeech: t.NoSpeech}
	n := 0
	for _, k := range t.Tokens {
		if !k.Mark {
			p.logP += logOf(k.P)
			n++
		}
	}
	if n > 0 {
		p.logP /= float64(n)
	}
	p.words = assemble(t.Tokens, unspaced[t.Language])
	for i := range p.words {
		x := &p.words[i]
		x.noSpeech = t.NoSpeech
		x.Span.Start += span.Start
		x.Span.End += span.Start
	}
	snap(p.words, pauses)
	settle(p.words, span.End)
	p.squeeze = squeeze(join(p.words))
	markLoops(p.words, p.squeeze)
	return p
}

func logOf(p float32) float64 {
	if !(p > 1e-6) { // NaN as well
		p = 1e-6
	}
	return math.Log(float64(min(p, 1)))
}

// assemble joins tokens to words. A word begins at a space, and in languages
// without spaces at each token that begins a character. Marks without a letter
// or digit of their own belong to the word before them, or else after.
func assemble(tokens []Token, dense bool) []word {
	var out []word
	var b builder
	for _, k := range tokens {
		if k.Mark {
			out = b.flush(out)
			continue
		}
		text := k.Text
		if strings.HasPrefix(text, "<|") || text == "" {
			continue // a command of the engine, no text
		}
		space := strings.TrimLeft(text, " \t\n") != text
		if space || dense && utf8.Valid(b.text) && !punctuation(text) {
			out = b.flush(out)
			b.glued = !space
		}
		b.add(k)
	}
	return b.flush(out)
}

// builder gathers the tokens of one word.
type builder struct {
	text       []byte
	glued      bool
	start, end time.Duration
	spoken     bool // start and end are those of tokens with letters
	logP       float64
	n          int
	others     []string
}

func (b *builder) add(k Token) {
	// The bytes of one character may be spread over tokens, each of them no
	// valid text: such tokens are spoken, too.
	spoken := !punctuation(k.Text)
	switch {
	case len(b.text) == 0, spoken && !b.spoken:
		b.start, b.end, b.logP, b.n = k.Start, k.End, 0, 0
		b.spoken = spoken
	case spoken || !b.spoken:
		b.end = k.End
	}
	if spoken == b.spoken {
		b.logP += logOf(k.P)
		b.n++
	}
	b.text = append(b.text, k.Text...)
	b.others = append(b.others, k.Others...)
}

// flush appends the word in hand to out, if there is one.
func (b *builder) flush(out []word) []word {
	defer func() { *b = builder{} }()
	text := strings.Join(strings.FieldsFunc(strings.ToValidUTF8(string(b.text), "\uFFFD"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
	if text == "" {
		return out
	}
	last := len(out) - 1
	if last >= 0 && !b.spoken {
		out[last].Text += gap(b.glued) + text
		return out
	}
	w := word{glued: b.glued}
	w.Text, w.P = text, float32(math.Exp(b.logP/float64(max(1, b.n))))
	w.Span = models.Span{Start: b.start, End: b.end}
	w.Alternatives = alternatives(text, b.others)
	if last == 0 && punctuation(out[0].Text) {
		w.Text = out[0].Text + gap(w.glued) + text
		out = out[:0]
	}
	return append(out, w)
}

// mostAlternatives is how many other words a person is offered for one.
const mostAlternatives = 3

// alternatives are the other words that differ from text in more than case and
// punctuation, each once, without punctuation at their ends.
func alternatives(text string, others []string) (out []string) {
	seen := map[string]bool{"": true, key(text): true}
	for _, o := range others {
		whole := utf8.ValidString(o)
		o = strings.TrimFunc(o, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) })
		if k := key(o); !seen[k] && whole && !strings.ContainsFunc(o, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
			seen[k] = true
			out = append(out, o)
		}
	}
	return out[:min(len(out), mostAlternatives)]
}

func gap(glued bool) string {
	if glued {
		return ""
	}
	return " "
}

// punctuation tells whether s has neither letter nor digit nor broken character.
func punctuation(s string) bool {
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) || r == utf8.RuneError {
			return false
		}
	}
	return true
}

// join is the text of words.
func join(ws []word) string {
	var b strings.Builder
	for i, w := range ws {
		if i > 0 {
			b.WriteString(gap(w.glued))
		}
		b.WriteString(w.Text)
	}
	return b.String()
}

func span(ws []word) models.Span {
	return models.Span{Start: ws[0].Span.Start, End: ws[len(ws)-1].Span.End}
}

// settle makes the spans of words increase, whole milliseconds, within [0, end].
func settle(ws []word, end time.Duration) {
	var last time.Duration
	for i := range ws {
		s := &ws[i].Span
		s.Start = min(max(s.Start.Round(time.Millisecond), last), end)
		s.End = min(max(s.End.Round(time.Millisecond), s.Start), end)
		last = s.End
	}
}
