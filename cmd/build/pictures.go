package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/afterword/afterword/models"
)

// scenes are the README's pictures: a command in the demonstration's home, and
// how many lines of what it says are shown.
var scenes = []struct {
	name  string
	args  []string
	lines int
}{
	{"import", []string{"import", "--date", "2026-03-05", "--title", "Thursday with Dr Reed", "SAMPLE"}, 24},
	{"show", []string{"show", "last"}, 40},
	{"transcript", []string{"transcript", "last"}, 24},
}

// pictures renders the README's pictures from a real run over the sample.
func pictures(ctx context.Context, s *shop, _ []string) error {
	d, err := s.stage(ctx)
	if err != nil {
		return err
	}
	defer os.RemoveAll(d.home)
	for _, sc := range scenes {
		args, shown := make([]string, len(sc.args)), make([]string, len(sc.args))
		for i, a := range sc.args {
			args[i], shown[i] = a, a
			switch {
			case a == "SAMPLE":
				args[i], shown[i] = s.sample("opus"), "session.opus"
			case strings.Contains(a, " "):
				shown[i] = `"` + a + `"`
			}
		}
		out, err := d.command(ctx, args...).CombinedOutput()
		if err != nil {
			return models.Errorf(models.Unusable, "run afterword %s: %w", sc.args[0], err)
		}
		said := "$ afterword " + strings.Join(shown, " ") + "\n" + string(out)
		path := filepath.Join(s.root, "cmd", "build", "pictures", sc.name+".svg")
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, screen(said, sc.lines), 0o644); err != nil {
			return err
		}
		fmt.Fprintln(s.out, path)
	}
	return nil
}

// Geometry of a picture, in SVG units. A character of the usual monospace
// faces is 0.6 em wide; textLength holds others to it.
const (
	fontSize   = 13
	charWidth  = 0.6 * fontSize
	lineHeight = 19
	margin     = 18
	columns    = 96
)

// screen draws lines of a terminal as SVG that follows the reader's light or
// dark setting.
func screen(text string, most int) []byte {
	var lines []string
	for l := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		lines = append(lines, fold(l, columns)...)
	}
	if len(lines) > most {
		lines = append(lines[:most-1], "…")
	}
	w, h := columns*charWidth+2*margin, float64(len(lines)*lineHeight+2*margin)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" role="img">
<style>
  rect { fill: #faf8f4 } text { fill: #33302b; font: %dpx ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; white-space: pre }
  .ask { fill: #3b6e6a; font-weight: 600 } .quote { fill: #6f675c }
  @media (prefers-color-scheme: dark) { rect { fill: #1e1d1b } text { fill: #e4dfd6 } .ask { fill: #8cc5bf } .quote { fill: #a59d90 } }
</style>
<rect width="100%%" height="100%%" rx="8"/>
`, w, h, w, fontSize)
	quoted := false
	for i, l := range lines {
		class := ""
		if strings.Contains(l, "“") {
			quoted = true
		}
		switch {
		case strings.HasPrefix(l, "$ "):
			class = ` class="ask"`
		case quoted:
			class = ` class="quote"`
		}
		if strings.Contains(l, "”") {
			quoted = false
		}
		if l == "" {
			continue
		}
		fmt.Fprintf(&b, `<text xml:space="preserve" x="%d" y="%d" textLength="%.1f" lengthAdjust="spacingAndGlyphs"%s>%s</text>`+"\n",
			margin, margin+fontSize+i*lineHeight, float64(utf8.RuneCountInString(l))*charWidth, class, xmlText.Replace(l))
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

var xmlText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// fold breaks a line at spaces so that no part is longer than width.
func fold(l string, width int) []string {
	var out []string
	for utf8.RuneCountInString(l) > width {
		r := []rune(l)
		cut := width
		for cut > width/2 && r[cut] != ' ' {
			cut--
		}
		out = append(out, strings.TrimRight(string(r[:cut]), " "))
		l = strings.TrimLeft(string(r[cut:]), " ")
	}
	return append(out, l)
}
