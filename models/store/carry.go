package store

import (
	"slices"
	"strings"
	"unicode"

	"github.com/afterword/afterword/models"
)

// What the client did to a text is carried over to another one of the same sound
// by the words that it belongs to.

// bare is a word as it is compared.
func bare(w string) string {
	return strings.ToLower(strings.TrimFunc(w, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }))
}

func sameText(a, b []takenSegment) bool {
	var x, y []string
	for _, g := range a {
		text := g.Text
		if g.Edited {
			text = g.First
		}
		x = append(x, strings.Fields(text)...)
	}
	for _, g := range b {
		y = append(y, strings.Fields(g.Text)...)
	}
	return slices.Equal(x, y)
}

// carry brings what the client did over to a new text. ok is false where the
// words that it belongs to are not in it.
func carry(old, fresh []takenSegment) (out []takenSegment, ok bool) {
	out = slices.Clone(fresh)
	for _, o := range old {
		if !o.Edited && !o.Restored() {
			continue
		}
		i := slices.IndexFunc(out, func(g takenSegment) bool {
			_, _, found := g.find(o)
			return found && !g.Edited
		})
		if i < 0 {
			return nil, false
		}
		from, to, _ := out[i].find(o)
		parts := out[i].cut(from, to)
		for k := range parts {
			if parts[k].Span.Clip(o.Span).Len() == 0 || len(parts[k].Words) != to-from {
				continue
			}
			if o.Edited {
				parts[k].First, parts[k].Text, parts[k].Edited = parts[k].Text, o.Text, true
			}
			if o.Restored() && parts[k].HeldBack() {
				parts[k].Suspect = append(slices.Clone(parts[k].Suspect), models.DoubtRestored)
			}
			break
		}
		out = slices.Concat(out[:i], parts, out[i+1:])
	}
	return out, true
}

// find looks for the words of o in g, at about the same time.
func (g takenSegment) find(o takenSegment) (from, to int, found bool) {
	n := len(o.Words)
	if n == 0 {
		return 0, 0, false
	}
	for from := 0; from+n <= len(g.Words); from++ {
		same := slices.EqualFunc(g.Words[from:from+n], o.Words, func(a, b models.Word) bool { return bare(a.Text) == bare(b.Text) })
		span := models.Span{Start: g.Words[from].Span.Start, End: g.Words[from+n-1].Span.End}
		whole := from == 0 && n == len(g.Words)
		if same && 2*span.Clip(o.Span).Len() > o.Span.Len() && (whole || g.spelled()) {
			return from, from + n, true
		}
	}
	return 0, 0, false
}

// spelled reports whether the text is its words with spaces between them, so that
// it can be cut.
func (g takenSegment) spelled() bool {
	var words []string
	for _, w := range g.Words {
		words = append(words, w.Text)
	}
	return strings.Join(words, " ") == strings.Join(strings.Fields(g.Text), " ")
}

// cut takes words out into a segment of their own.
func (g takenSegment) cut(from, to int) (out []takenSegment) {
	if from == 0 && to == len(g.Words) {
		return []takenSegment{g}
	}
	for _, r := range [][2]int{{0, from}, {from, to}, {to, len(g.Words)}} {
		if r[0] == r[1] {
			continue
		}
		p := g
		p.Words = g.Words[r[0]:r[1]]
		var words []string
		for _, w := range p.Words {
			words = append(words, w.Text)
		}
		p.Text = strings.Join(words, " ")
		p.Span = models.Span{Start: p.Words[0].Span.Start, End: p.Words[len(p.Words)-1].Span.End}
		out = append(out, p)
	}
	return out
}
