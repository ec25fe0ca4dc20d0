package days

import (
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/afterword/afterword/cmd/afterword/paper"
	"github.com/afterword/afterword/models"
)

// section is a heading with its lines, as every form of a sheet prints it.
type section struct {
	Title string
	Lines []string
}

// sections are the parts of a sheet that say something, in order.
func (b *Book) sections(s Sheet) []section {
	var topics []string
	for i, t := range s.Topics {
		topics = append(topics, fmt.Sprintf("%d. %s\n“%s”", i+1, t.Text, Opening(t)))
	}
	texts := func(lines []Line, dated bool) []string {
		var out []string
		for _, l := range lines {
			text := l.Text
			if dated && l.Day != "" {
				text += " (" + b.Shown(l.Day) + ")"
			}
			out = append(out, text)
		}
		return out
	}
	all := []section{
		{"What I want to talk about", topics},
		{"What could be a topic", texts(s.Suggested, false)},
		{"What went well", texts(s.Well, true)},
		{"What was hard", texts(s.Hard, true)},
		{"What came of what we agreed", texts(s.Homework, false)},
		{"What I want to tell", texts(s.Tell, false)},
		{"Left open", texts(s.Loops, true)},
		{"What I stayed away from", texts(s.Avoided, false)},
		{"Questions to ask", texts(s.Questions, false)},
		{"Good questions for any session", s.Standard},
	}
	var out []section
	for _, x := range all {
		if len(x.Lines) > 0 {
			out = append(out, x)
		}
	}
	return out
}

// Heading is the first line of a sheet.
func (b *Book) Heading(s Sheet) string {
	if s.Next == nil {
		return "For the next session"
	}
	return strings.TrimSpace("For the session " + onDay(b, s.Next.Day) + " " + s.Next.Time)
}

func onDay(b *Book, d models.Date) string {
	word := b.Shown(d)
	if strings.Contains(word, " ") {
		return "on " + word
	}
	return word
}

// SheetForms are the forms in which WriteSheet writes.
var SheetForms = []string{"txt", "md", "html", "pdf", "ics"}

// WriteSheet writes a sheet: txt fits a phone, md, html and pdf print well, ics
// is the appointment alone. Text is cleaned of control characters.
func (b *Book) WriteSheet(w io.Writer, s Sheet, form string) error {
	switch form {
	case "ics":
		if s.Next == nil {
			return models.WithHint(models.Errorf(models.NotFound, "write calendar: no next session is set"), "'afterword prep next 2026-03-12 15:00' sets it")
		}
		return b.WriteAppointment(w, *s.Next)
	case "pdf":
		return writePaper(w, b.Heading(s), b.sections(s))
	case "html":
		return sheetPage.Execute(w, map[string]any{"Heading": b.Heading(s), "Sections": b.sections(s)})
	case "md":
		return writeSections(w, b.Heading(s), b.sections(s), "# %s\n", "\n## %s\n\n", "- %s\n", markdown)
	case "txt":
		return writeSections(w, b.Heading(s), b.sections(s), "%s\n", "\n%s\n", "  - %s\n", func(s string) string { return s })
	}
	return models.Errorf(models.Invalid, "write sheet: the form is %s, not %q", strings.Join(SheetForms, ", "), form)
}

func writePaper(w io.Writer, heading string, all []section) error {
	out := []paper.Block{{Style: paper.Title, Text: heading}}
	for _, x := range all {
		out = append(out, paper.Block{Style: paper.Heading, Text: x.Title})
		for _, l := range x.Lines {
			out = append(out, paper.Block{Style: paper.Item, Text: CleanLines(l)})
		}
	}
	return paper.Write(w, heading, out)
}

func writeSections(w io.Writer, heading string, all []section, h1, h2, item string, escape func(string) string) error {
	var out strings.Builder
	fmt.Fprintf(&out, h1, escape(heading))
	for _, x := range all {
		fmt.Fprintf(&out, h2, escape(x.Title))
		for _, l := range x.Lines {
			fmt.Fprintf(&out, item, escape(Clean(strings.ReplaceAll(l, "\n", " "))))
		}
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// CleanLines is Clean for a text of several lines.
func CleanLines(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	for i := range lines {
		lines[i] = Clean(lines[i])
	}
	return strings.Join(lines, "\n")
}

// Clean keeps control characters and changes of writing direction out of a
// line of text.
func Clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return ' '
		}
		return r
	}, s)
}

var markdownEscapes = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "<", `\<`, "[", `\[`, "#", `\#`)

func markdown(s string) string { return markdownEscapes.Replace(s) }

var sheetPage = template.Must(template.New("sheet").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{{.Heading}}</title>
<style>
body { font: 1.05rem/1.55 Georgia, serif; max-width: 38rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff }
h1 { font-size: 1.4rem } h2 { font-size: 1.05rem; margin: 1.6rem 0 .3rem } ul { margin: 0; padding-left: 1.2rem } li { white-space: pre-line; margin: .25rem 0 }
@media print { body { margin: 0; max-width: none } h2 { break-after: avoid } li { break-inside: avoid } }
</style>
<h1>{{.Heading}}</h1>
{{range .Sections}}<h2>{{.Title}}</h2>
<ul>{{range .Lines}}<li dir="auto">{{.}}</li>{{end}}</ul>
{{end}}</html>
`))
