package main

import (
	"strings"
	"unicode"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
)

// Few styles, all from the terminal's own palette, so that dark and light
// terminals alike show them as their owner likes to read.
var (
	plainStyle = lipgloss.NewStyle()
	boldStyle  = lipgloss.NewStyle().Bold(true)
	faintStyle = lipgloss.NewStyle().Faint(true)
	goodStyle  = lipgloss.NewStyle().Foreground(lipgloss.Green)
	careStyle  = lipgloss.NewStyle().Foreground(lipgloss.Yellow)
)

// viewRun is text of one style; a line is several.
type viewRun struct {
	text  string
	style lipgloss.Style
}

type viewLine []viewRun

func says(s string) viewLine                                { return viewLine{{s, plainStyle}} }
func styled(s string, st lipgloss.Style) viewLine           { return viewLine{{s, st}} }
func (l viewLine) and(s string, st lipgloss.Style) viewLine { return append(l, viewRun{s, st}) }

const (
	viewMargin = 2
	viewWidest = 100 // columns: longer lines are hard to read
)

// canvas is a terminal that lines are drawn on.
type canvas struct {
	width, height int
	ascii, bare   bool // it shows no more than ASCII; no colours
}

// inner is the columns for text.
func (c canvas) inner() int {
	if c.width < 30 {
		return max(1, c.width)
	}
	return min(viewWidest, c.width-2*viewMargin)
}

func (c canvas) render(lines []viewLine) string {
	indent := ""
	if c.width >= 30 {
		indent = strings.Repeat(" ", viewMargin)
	}
	var b strings.Builder
	for i, l := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		left := c.inner()
		for j, r := range l {
			if j == 0 {
				b.WriteString(indent)
			}
			s := clip(c.glyphs(r.text), left)
			left -= lipgloss.Width(s)
			if c.bare {
				r.style = r.style.UnsetForeground()
			}
			b.WriteString(r.style.Render(s))
		}
	}
	return b.String()
}

// clip cuts s to so many columns.
func clip(s string, wide int) string {
	if wide <= 0 {
		return ""
	}
	return lipgloss.NewStyle().Inline(true).MaxWidth(wide).Render(s)
}

// inASCII are the signs that are used, for terminals without them.
var inASCII = strings.NewReplacer("●", "*", "‖", "=", "○", "o", "━", "#", "─", "-", "·", "-", "…", "...", "’", "'", "‘", "'", "“", `"`, "”", `"`, "–", "-", "—", "-", "▏", "_", "✓", "+", "✗", "x", "ß", "ss")

// bareLetters are those of western Europe, each after the one without marks.
var bareLetters = strings.Fields("AÀÁÂÃÄÅ CÇ EÈÉÊË IÌÍÎÏ NÑ OÒÓÔÕÖØ UÙÚÛÜ YÝ aàáâãäå cç eèéêë iìíîï nñ oòóôõöø uùúûü yýÿ")

func (c canvas) glyphs(s string) string {
	if !c.ascii {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r <= unicode.MaxASCII {
			return r
		}
		for _, letters := range bareLetters {
			if strings.ContainsRune(letters, r) {
				return rune(letters[0])
			}
		}
		return '?'
	}, inASCII.Replace(s))
}

// parts cuts what is longer than a line: some languages have no spaces.
func parts(s string, wide int) []string {
	var out []string
	for lipgloss.Width(s) > wide {
		part := clip(s, wide)
		if part == "" || !strings.HasPrefix(s, part) {
			break
		}
		out, s = append(out, part), s[len(part):]
	}
	return append(out, s)
}

// wrapped breaks a sentence into lines.
func wrapped(s string, wide int) []string {
	var out []string
	for _, w := range strings.Fields(s) {
		if n := len(out) - 1; n >= 0 && lipgloss.Width(out[n])+1+lipgloss.Width(w) <= wide {
			out[n] += " " + w
			continue
		}
		out = append(out, w)
	}
	return out
}

// typing is a line that is being typed.
type typing []rune

// key does what a key does to it, up to so many letters.
func (t *typing) key(k tea.KeyPressMsg, most int) {
	switch k.String() {
	case "backspace":
		*t = (*t)[:max(0, len(*t)-1)]
	case "ctrl+u":
		*t = nil
	case "ctrl+w":
		s := strings.TrimRightFunc(string(*t), unicode.IsSpace)
		*t = []rune(s[:strings.LastIndexFunc(s, unicode.IsSpace)+1])
	default:
		t.add(k.Text, most)
	}
}

func (t *typing) add(text string, most int) {
	for _, r := range oneLine(text) {
		if unicode.IsPrint(r) && r != utf8.RuneError && len(*t) < most {
			*t = append(*t, r)
		}
	}
}
