// Package paper sets text on pages and writes them as PDF.
//
// A sheet for a session or an export is a run of blocks, and that is all this
// knows: a title, headings, paragraphs, quotations and lists on A4, in one
// typeface that every file carries along (the Go fonts: Latin, Greek and
// Cyrillic letters), so that it looks and searches the same everywhere. Pages
// are written as they fill up; none is held in memory.
//
// No word is left out silently. A text with letters that the typeface lacks is
// refused before anything is written; a sign that is no letter, such as a
// smiley, becomes a box, and the last line says so.
package paper

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/afterword/afterword/models"
)

// Style is what a block is.
type Style int

const (
	Text    Style = iota
	Title         // begins a page
	Heading       // stays with what follows it
	Item          // of a list
	Quote
	Small
)

// Block is a paragraph; line ends in it are kept.
type Block struct {
	Style Style
	Text  string
}

// look is how a style is set. Lengths are in points.
type look struct {
	face          int
	size, leading float64
	before        float64 // space above it, unless it stands at the top
	indent        float64
	grey          float64 // 0 is black
	keep          float64 // room below it without which it goes to the next page
	dot           string
}

var looks = [...]look{
	Text:    {regular, 10.5, 15.5, 7, 0, 0, 0, ""},
	Title:   {bold, 17, 22, 0, 0, 0, 120, ""},
	Heading: {bold, 12, 17, 20, 0, 0, 60, ""},
	Item:    {regular, 10.5, 15.5, 6, 14, 0, 0, "•"},
	Quote:   {regular, 10, 14.5, 3, 28, 0.36, 0, ""},
	Small:   {regular, 9, 13, 5, 0, 0.36, 0, ""},
}

// A4, in points.
const (
	width, height = 595.28, 841.89
	side, top     = 82.0, 74.0
	foot          = 40.0 // of the number
)

// missing stands for a sign that the typeface lacks.
const missing = '□'

const missingNote = "□ stands for a sign that this typeface lacks. The same as HTML has it."

// Write writes blocks as a PDF whose properties have the title. Unusable,
// before the first byte, where the typeface lacks a letter.
func Write(w io.Writer, title string, blocks []Block) error {
	boxed := false
	clean := make([]Block, len(blocks))
	for i, b := range blocks {
		s, lost, err := settable(b.Text)
		if err != nil {
			return err
		}
		clean[i] = Block{b.Style, s}
		boxed = boxed || lost
	}
	if boxed {
		clean = append(clean, Block{Small, missingNote})
	}
	p := &press{file: file{w: w}, title: title}
	p.begin()
	for _, b := range clean {
		p.set(b)
	}
	return p.end()
}

// settable is a text as it can be set. lost says that it has a box in it.
func settable(s string) (_ string, lost bool, err error) {
	var out strings.Builder
	for _, r := range norm.NFC.String(strings.ToValidUTF8(s, "\uFFFD")) {
		switch {
		case r == '\n' || has(r):
			out.WriteRune(r)
		case unicode.IsSpace(r):
			out.WriteByte(' ')
		case unicode.Is(unicode.Variation_Selector, r): // it only colours the sign before it
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			return "", false, models.WithHint(models.Errorf(models.Unusable, "write PDF: its typeface lacks the letter %q", r), "export html and print it to a PDF in the browser")
		case unicode.IsGraphic(r):
			out.WriteRune(missing)
			lost = true
		}
	}
	return out.String(), lost, nil
}

// press sets blocks on one page after the other.
type press struct {
	file
	title string
	page  strings.Builder // what is drawn on it
	y     float64         // of the last line, from the bottom
	fresh bool            // nothing stands on it yet
}

func (p *press) begin() {
	p.open()
	p.turn()
}

// turn begins a new page.
func (p *press) turn() {
	p.page.Reset()
	p.y, p.fresh = height-top, true
}

func (p *press) set(b Block) {
	l := looks[b.Style]
	if !p.fresh && (b.Style == Title || p.y-l.before-l.leading-l.keep < top) {
		p.finish()
	}
	if !p.fresh {
		p.y -= l.before
	}
	for i, line := range lines(b.Text, l, width-2*side-l.indent) {
		if p.y-l.leading < top {
			p.finish()
		}
		p.y -= l.leading
		p.fresh = false
		if i == 0 && l.dot != "" {
			p.draw(l, side, p.y, l.dot)
		}
		p.draw(l, side+l.indent, p.y, line)
	}
}

func (p *press) draw(l look, x, y float64, s string) {
	if s == "" {
		return
	}
	fmt.Fprintf(&p.page, "BT %.2f g /F%d %.1f Tf %.2f %.2f Td <%s> Tj ET\n", l.grey, l.face, l.size, x, y, p.glyphs(l.face, s))
}

// finish writes the page with its number.
func (p *press) finish() {
	number := fmt.Sprint(len(p.pages) + 1)
	l := looks[Small]
	p.draw(l, (width-measure(number, l))/2, foot, number)
	p.addPage(p.page.String())
	p.turn()
}

func (p *press) end() error {
	if !p.fresh || len(p.pages) == 0 {
		p.finish()
	}
	return p.close(p.title)
}

// lines breaks a text at spaces so that none is wider than most points.
func lines(s string, l look, most float64) []string {
	var out []string
	for para := range strings.SplitSeq(s, "\n") {
		line := ""
		for word := range strings.FieldsSeq(para) {
			for {
				longer := strings.TrimLeft(line+" "+word, " ")
				if measure(longer, l) <= most {
					line = longer
					break
				}
				if line != "" {
					out = append(out, line)
					line = ""
					continue
				}
				n := fitting(word, l, most) // a word that is wider than a line
				out, word = append(out, word[:n]), word[n:]
			}
		}
		out = append(out, line)
	}
	return out
}

// fitting counts the bytes of the longest beginning of a word that fits, at
// least one letter.
func fitting(word string, l look, most float64) int {
	n, wide := 0, 0.0
	for i, r := range word {
		if wide += advance(l.face, r) * l.size; wide > most && i > 0 {
			return i
		}
		n = i + len(string(r))
	}
	return n
}

// measure is how wide a text is, in points.
func measure(s string, l look) float64 {
	wide := 0.0
	for _, r := range s {
		wide += advance(l.face, r)
	}
	return wide * l.size
}
