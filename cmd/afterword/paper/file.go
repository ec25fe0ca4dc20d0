package paper

import (
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf16"
)

// file writes the objects of a PDF (ISO 32000-1) one after the other and
// remembers where each begins. The first error stays.
type file struct {
	w     io.Writer
	at    int64
	begun []int64 // where each object begins, by number from 1
	pages []int
	used  [2]map[rune]glyph
	err   error
}

// Objects whose numbers are known before they are written. Each font takes
// five: itself, what it descends from, its measures, its file, its letters.
const (
	catalogue = 1 + iota
	pageTree
	properties
	firstFont
	perFont  = 5
	reserved = firstFont + 2*perFont - 1
)

func (f *file) open() {
	f.begun = make([]int64, reserved)
	for i := range f.used {
		f.used[i] = map[rune]glyph{}
	}
	f.print("%%PDF-1.7\n%%\xe2\xe3\xcf\xd3\n")
}

func (f *file) print(format string, args ...any) {
	if f.err == nil {
		var n int
		n, f.err = fmt.Fprintf(f.w, format, args...)
		f.at += int64(n)
	}
}

func (f *file) object(number int, body string, args ...any) {
	f.begun[number-1] = f.at
	f.print("%d 0 obj\n%s\nendobj\n", number, fmt.Sprintf(body, args...))
}

func (f *file) stream(number int, dict string, b []byte) {
	packed := deflate(b)
	f.packed(number, dict, packed)
}

func (f *file) packed(number int, dict string, b []byte) {
	f.begun[number-1] = f.at
	f.print("%d 0 obj\n<< %s /Filter /FlateDecode /Length %d >>\nstream\n", number, dict, len(b))
	f.print("%s", b)
	f.print("\nendstream\nendobj\n")
}

func (f *file) next() int {
	f.begun = append(f.begun, 0)
	return len(f.begun)
}

// glyphs is a text in hexadecimal numbers of glyphs, as the fonts are encoded.
func (f *file) glyphs(at int, s string) string {
	var out strings.Builder
	for _, r := range s {
		g := faces[at].glyph(r)
		f.used[at][r] = g
		fmt.Fprintf(&out, "%04x", int(g.id))
	}
	return out.String()
}

func (f *file) addPage(drawn string) {
	content, page := f.next(), f.next()
	f.stream(content, "", []byte(drawn))
	f.object(page, "<< /Type /Page /Parent %d 0 R /Contents %d 0 R >>", pageTree, content)
	f.pages = append(f.pages, page)
}

func (f *file) close(title string) error {
	var kids strings.Builder
	for _, p := range f.pages {
		fmt.Fprintf(&kids, "%d 0 R ", p)
	}
	for i := range faces {
		f.font(i, firstFont+i*perFont)
	}
	f.object(pageTree, "<< /Type /Pages /Count %d /Kids [%s] /MediaBox [0 0 %.2f %.2f] /Resources << /Font << /F%d %d 0 R /F%d %d 0 R >> >> >>",
		len(f.pages), kids.String(), width, height, regular, firstFont, bold, firstFont+perFont)
	f.object(catalogue, "<< /Type /Catalog /Pages %d 0 R /Lang (en) /ViewerPreferences << /DisplayDocTitle true >> >>", pageTree)
	f.object(properties, "<< /Title <feff%s> /Producer (Afterword) >>", units(title))
	start := f.at
	f.print("xref\n0 %d\n0000000000 65535 f \n", len(f.begun)+1)
	for _, at := range f.begun {
		f.print("%010d 00000 n \n", at)
	}
	f.print("trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(f.begun)+1, catalogue, properties, start)
	return f.err
}

// font writes a font with the widths of the letters that were used, and which
// letter each glyph is, so that the text can be searched and read aloud.
func (f *file) font(at, number int) {
	x := faces[at]
	used := slices.SortedFunc(maps.Keys(f.used[at]), func(a, b rune) int { return int(f.used[at][a].id) - int(f.used[at][b].id) })
	var widths, letters strings.Builder
	for i := 0; i < len(used); i += 100 { // as many as a table may have
		part := used[i:min(i+100, len(used))]
		fmt.Fprintf(&letters, "%d beginbfchar\n", len(part))
		for _, r := range part {
			g := f.used[at][r]
			fmt.Fprintf(&widths, "%d [%d] ", g.id, g.advance)
			fmt.Fprintf(&letters, "<%04x> <%s>\n", int(g.id), units(string(r)))
		}
		letters.WriteString("endbfchar\n")
	}
	f.object(number, "<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>", x.name, number+1, number+4)
	f.object(number+1, "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor %d 0 R /CIDToGIDMap /Identity /DW 600 /W [%s] >>",
		x.name, number+2, widths.String())
	// Measures of the Go fonts, in thousandths; flag 32 says that it has letters of Latin.
	f.object(number+2, "<< /Type /FontDescriptor /FontName /%s /Flags 32 /FontBBox [-440 -432 2160 1075] /ItalicAngle 0 /Ascent 935 /Descent -211 /CapHeight 733 /StemV 80 /FontFile2 %d 0 R >>", x.name, number+3)
	f.packed(number+3, fmt.Sprintf("/Length1 %d", len(x.ttf)), packed[at]())
	f.stream(number+4, "", []byte(toUnicode(letters.String())))
}

// toUnicode is the table from glyphs to letters (section 9.10.3).
func toUnicode(letters string) string {
	return "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n" + letters + "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
}

// units are the UTF-16 units of a text, in hexadecimal.
func units(s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u>>8), byte(u))
	}
	return hex.EncodeToString(b)
}
