package paper

import (
	"bytes"
	"compress/zlib"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

const (
	regular = iota
	bold
)

// face is a font and what has been looked up in it.
type face struct {
	ttf  []byte
	name string
	font *sfnt.Font
	mu   sync.Mutex
	seen map[rune]glyph
}

type glyph struct {
	id      sfnt.GlyphIndex
	advance int // in thousandths of the font's size
}

var faces = func() [2]*face {
	return [2]*face{open(goregular.TTF, "GoRegular"), open(gobold.TTF, "GoBold")}
}()

func open(ttf []byte, name string) *face {
	f, err := sfnt.Parse(ttf)
	if err != nil {
		panic(err) // it is part of the program
	}
	return &face{ttf: ttf, name: name, font: f, seen: map[rune]glyph{}}
}

// glyph is the zero one for a letter that the font lacks.
func (f *face) glyph(r rune) glyph {
	f.mu.Lock()
	defer f.mu.Unlock()
	g, ok := f.seen[r]
	if !ok {
		if id, err := f.font.GlyphIndex(nil, r); err == nil && id != 0 {
			// At 1000 units to the em, advances are in thousandths.
			if a, err := f.font.GlyphAdvance(nil, id, fixed.I(1000), font.HintingNone); err == nil {
				g = glyph{id, a.Round()}
			}
		}
		f.seen[r] = g
	}
	return g
}

func has(r rune) bool {
	return r >= ' ' && faces[regular].glyph(r).id != 0 && faces[bold].glyph(r).id != 0
}

// advance is the width of a letter in parts of the font's size.
func advance(at int, r rune) float64 { return float64(faces[at].glyph(r).advance) / 1000 }

// packed is the font file, compressed.
var packed = [...]func() []byte{
	regular: sync.OnceValue(func() []byte { return deflate(faces[regular].ttf) }),
	bold:    sync.OnceValue(func() []byte { return deflate(faces[bold].ttf) }),
}

func deflate(b []byte) []byte {
	var out bytes.Buffer
	z := zlib.NewWriter(&out)
	_, _ = z.Write(b) // a buffer takes everything
	_ = z.Close()
	return out.Bytes()
}
