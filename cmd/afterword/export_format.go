package main

import (
	"archive/zip"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/afterword/afterword/capture"
	"github.com/afterword/afterword/capture/audio"
	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// heading names a bundle in a file for reading.
func (x bundle) heading() string {
	if x.Session.ID == "" {
		return "Between the sessions"
	}
	return orUntitled(x.Session.Title)
}

// label is what an item says, or the theme or emotion that it is.
func label(it models.Item) string {
	text := it.Text
	if it.Kind == models.KindTheme || it.Kind == models.KindEmotion {
		text = days.Named(it.Label)
	}
	if d := itemDetails(it); d != "" {
		text += " (" + d + ")"
	}
	return text
}

func exportMarkdown(w io.Writer, _ *app, _ *days.Book, all []bundle) error {
	var b strings.Builder
	for i, x := range all {
		if i > 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "# %s\n", markdown(oneLine(x.heading())))
		if x.Session.ID != "" {
			fmt.Fprintf(&b, "\n%s · %s · %s\n", x.Session.Date, models.Clock(x.Session.Duration), x.Session.ID)
		}
		if x.Items.Summary != "" {
			fmt.Fprintf(&b, "\n%s\n", markdown(oneLine(x.Items.Summary)))
		}
		x.eachKind(func(title string, items []models.Item) {
			fmt.Fprintf(&b, "\n## %s\n\n", title)
			for _, it := range items {
				fmt.Fprintf(&b, "- %s\n", markdown(oneLine(label(it))))
				for _, e := range it.Evidence {
					fmt.Fprintf(&b, "  > %s %s\n", models.Clock(e.Span.Start), markdown(oneLine(e.Quote)))
				}
			}
		})
		if len(x.Writings) > 0 {
			b.WriteString("\n## What I wrote\n")
		}
		for _, n := range x.Writings {
			fmt.Fprintf(&b, "\n**%s · %s** %s\n", n.Day, n.Kind, markdown(oneLine(n.Title)))
			for line := range strings.Lines(n.Text) {
				fmt.Fprintf(&b, "> %s\n", markdown(oneLine(strings.TrimRight(line, "\r\n"))))
			}
		}
		if len(x.Transcript.Segments) > 0 {
			b.WriteString("\n## Every word\n")
		}
		for _, u := range turns(x.Transcript.Heard()) {
			who := ""
			if name := speakerName(u.speaker); name != "" {
				who = "**" + markdown(name) + "** "
			}
			fmt.Fprintf(&b, "\n%s*%s*  \n%s\n", who, models.Clock(u.start), markdown(u.text))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// eachKind calls f for each kind that has items, in reading order.
func (x bundle) eachKind(f func(title string, items []models.Item)) {
	for _, k := range models.Kinds {
		var of []models.Item
		for _, it := range x.Items.List {
			if it.Kind == k {
				of = append(of, it)
			}
		}
		if len(of) > 0 {
			f(kindTitles[k], of)
		}
	}
}

func exportText(w io.Writer, _ *app, _ *days.Book, all []bundle) error {
	for _, x := range all {
		fmt.Fprintf(w, "%s  %s\n\n", oneLine(x.heading()), x.Session.Date)
		if err := writeText(w, x.Transcript.Heard()); err != nil {
			return err
		}
		for _, n := range x.Writings {
			fmt.Fprintf(w, "%s  %s  %s\n    %s\n", n.Day, n.Kind, oneLine(n.Title), oneLine(n.Text))
		}
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
	}
	return nil
}

func captions(write func(io.Writer, models.Transcript) error) exporter {
	return func(w io.Writer, _ *app, _ *days.Book, all []bundle) error {
		return write(w, all[0].Transcript.Heard())
	}
}

// entryJSON is an entry with its content in clear.
type entryJSON struct {
	models.Entry
	Content json.RawMessage `json:"content"`
}

func exportJSON(w io.Writer, _ *app, _ *days.Book, all []bundle) error {
	out := []map[string]any{}
	for _, x := range all {
		one := map[string]any{"entries": entriesJSON(x.Entries)}
		if x.Session.ID != "" {
			one["session"], one["transcript"], one["items"] = toSessionJSON(x.Session), x.Transcript, x.Items
		}
		out = append(out, one)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(map[string]any{"schema_version": schemaVersion, "afterword": version, "sessions": out})
}

func entriesJSON(entries []models.Entry) []entryJSON {
	out := []entryJSON{}
	for _, e := range entries {
		out = append(out, entryJSON{e, json.RawMessage(e.Body)})
	}
	return out
}

// exportCSV has a row for each item and each entry.
func exportCSV(w io.Writer, _ *app, _ *days.Book, all []bundle) error {
	c := csv.NewWriter(w)
	_ = c.Write([]string{"session", "date", "kind", "id", "text", "status", "due", "recurrence", "decision", "finished", "at", "quote"})
	for _, x := range all {
		for _, it := range x.Items.List {
			at, quote := "", ""
			if len(it.Evidence) > 0 {
				at, quote = models.Clock(it.Evidence[0].Span.Start), it.Evidence[0].Quote
			}
			text := it.Text
			if text == "" {
				text = days.Named(it.Label)
			}
			row(c, string(x.Session.ID), string(x.Session.Date), string(it.Kind), string(it.ID), text, string(it.Status), string(it.Due), it.Recurrence,
				string(it.Decision), fmt.Sprint(it.Finished), at, quote)
		}
		for _, n := range x.Writings {
			row(c, string(x.Session.ID), string(n.Day), string(n.Kind), string(n.ID), strings.TrimSpace(n.Title+" "+n.Text), "", "", "", "", "", "", "")
		}
	}
	c.Flush()
	return c.Error()
}

// row keeps a spreadsheet from taking somebody's words for a formula.
func row(c *csv.Writer, cells ...string) {
	for i, s := range cells {
		if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
			cells[i] = "'" + s
		}
	}
	_ = c.Write(cells)
}

func exportICS(w io.Writer, _ *app, b *days.Book, all []bundle) error {
	var tasks []days.Task
	for _, x := range all {
		tasks = append(tasks, x.Tasks...)
	}
	return b.WriteTasks(w, tasks, false)
}

// exportZip holds each session in a folder, in every form, with its sound.
func exportZip(w io.Writer, a *app, b *days.Book, all []bundle) error {
	z := zip.NewWriter(w)
	add := func(name string, write func(io.Writer) error) error {
		f, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: clock()})
		if err != nil {
			return err
		}
		return write(f)
	}
	err := add("READ ME.txt", func(w io.Writer) error {
		_, err := io.WriteString(w, "This is an export of Afterword. It is not sealed: whoever has it can read and hear it.\nKeep it where only you can open it, or delete it when you no longer need it.\n")
		return err
	})
	for _, x := range all {
		folder := "between/"
		if x.Session.ID != "" {
			folder = fmt.Sprintf("%s-%s/", x.Session.Date, x.Session.ID)
		}
		one := []bundle{x}
		for _, f := range []string{"json", "md", "html", "csv", "srt", "vtt"} {
			if err != nil || x.Session.ID == "" && (f == "srt" || f == "vtt") {
				continue
			}
			err = add(folder+"session."+f, func(w io.Writer) error { return exporters[f](w, a, b, one) })
		}
		if err == nil {
			err = add(folder+"archive.json", func(w io.Writer) error { return a.addArchive(w, x) })
		}
		if err == nil && x.Session.ID != "" {
			err = a.addSound(x.Session, func(write func(io.Writer) error) error { return add(folder+"sound.wav", write) })
		}
		for _, s := range x.Answers {
			if err == nil {
				err = a.addAnswer(s, add)
			}
		}
	}
	return errors.Join(err, z.Close())
}

// addSound writes a session's sound, if it has any, a minute at a time. Where
// there is none it is silent, as in the session's coverage.
func (a *app) addSound(s models.Session, add func(func(io.Writer) error) error) error {
	ring, err := a.sessionRing(context.Background(), s.ID)
	if err != nil {
		return err
	}
	found, err := a.spool.Scan(s.ID, ring)
	if models.CodeOf(err) == models.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return add(func(w io.Writer) error {
		if err := audio.WriteWAVHeader(w, found.Samples*int64(found.Channels), found.Rate, found.Channels); err != nil {
			return err
		}
		minute := int64(60 * found.Rate)
		for at := int64(0); at < found.Samples; at += minute {
			pcm, _, _, err := a.spool.ReadSamples(s.ID, ring, at, min(at+minute, found.Samples))
			if missing := (*capture.Missing)(nil); err != nil && !errors.As(err, &missing) {
				return err
			}
			if err := audio.WritePCM(w, pcm); err != nil {
				return err
			}
		}
		return nil
	})
}

func exportHTML(w io.Writer, _ *app, _ *days.Book, all []bundle) error {
	type quote struct{ At, Text string }
	type item struct {
		Text   string
		Quotes []quote
	}
	type group struct {
		Title string
		Items []item
	}
	type said struct{ Who, At, Text string }
	type part struct {
		Heading, About, Summary string
		Groups                  []group
		Writings                []days.Writing
		Turns                   []said
	}
	var parts []part
	for _, x := range all {
		p := part{Heading: x.heading(), Summary: x.Items.Summary, Writings: x.Writings}
		if x.Session.ID != "" {
			p.About = fmt.Sprintf("%s · %s", x.Session.Date, models.Clock(x.Session.Duration))
		}
		x.eachKind(func(title string, items []models.Item) {
			g := group{Title: title}
			for _, it := range items {
				i := item{Text: oneLine(label(it))}
				for _, e := range it.Evidence {
					i.Quotes = append(i.Quotes, quote{models.Clock(e.Span.Start), oneLine(e.Quote)})
				}
				g.Items = append(g.Items, i)
			}
			p.Groups = append(p.Groups, g)
		})
		for _, u := range turns(x.Transcript.Heard()) {
			p.Turns = append(p.Turns, said{speakerName(u.speaker), models.Clock(u.start), u.text})
		}
		parts = append(parts, p)
	}
	return exportPage.Execute(w, map[string]any{"Title": parts[0].Heading, "Parts": parts})
}

var exportPage = template.Must(template.New("export").Parse(`<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{{.Title}}</title>
<style>
:root { color-scheme: light dark; --text: #222; --quiet: #5f5f5f; --paper: #fff }
@media (prefers-color-scheme: dark) { :root { --text: #ddd; --quiet: #a5a5a5; --paper: #181818 } }
body { font: 1.05rem/1.6 Georgia, serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem; color: var(--text); background: var(--paper) }
h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin: 2rem 0 .4rem } .quiet, blockquote { color: var(--quiet) } blockquote { margin: .2rem 0 .2rem 1rem }
ul { padding-left: 1.2rem } .text { white-space: pre-line }
@media print { body { margin: 0; max-width: none } h2 { break-after: avoid } li, p { break-inside: avoid } }
</style>
{{range .Parts}}<h1 dir="auto">{{.Heading}}</h1>
<p class="quiet">{{.About}}</p>
{{with .Summary}}<p dir="auto">{{.}}</p>{{end}}
{{range .Groups}}<h2>{{.Title}}</h2>
<ul>{{range .Items}}<li dir="auto">{{.Text}}{{range .Quotes}}<blockquote dir="auto">{{.At}} {{.Text}}</blockquote>{{end}}</li>{{end}}</ul>
{{end}}{{if .Writings}}<h2>What I wrote</h2>{{end}}
{{range .Writings}}<p class="quiet" dir="auto">{{.Day}} · {{.Kind}} {{.Title}}</p><p class="text" dir="auto">{{.Text}}</p>
{{end}}{{if .Turns}}<h2>Every word</h2>{{end}}
{{range .Turns}}<p dir="auto"><span class="quiet">{{.Who}} {{.At}}</span><br>{{.Text}}</p>
{{end}}{{end}}</html>
`))
