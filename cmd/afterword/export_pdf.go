package main

import (
	"fmt"
	"io"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/cmd/afterword/paper"
	"github.com/afterword/afterword/models"
)

// exportPDF is for reading, and for printing: the same as md and html.
func exportPDF(w io.Writer, _ *app, _ *days.Book, all []bundle) error {
	var out []paper.Block
	add := func(s paper.Style, format string, args ...any) {
		out = append(out, paper.Block{Style: s, Text: days.CleanLines(fmt.Sprintf(format, args...))})
	}
	for _, x := range all {
		add(paper.Title, "%s", x.heading())
		if x.Session.ID != "" {
			add(paper.Small, "%s · %s", x.Session.Date, models.Clock(x.Session.Duration))
		}
		if x.Items.Summary != "" {
			add(paper.Text, "%s", x.Items.Summary)
		}
		x.eachKind(func(title string, items []models.Item) {
			add(paper.Heading, "%s", title)
			for _, it := range items {
				add(paper.Item, "%s", label(it))
				for _, e := range it.Evidence {
					add(paper.Quote, "%s  %s", models.Clock(e.Span.Start), e.Quote)
				}
			}
		})
		if len(x.Writings) > 0 {
			add(paper.Heading, "What I wrote")
		}
		for _, n := range x.Writings {
			add(paper.Small, "%s · %s  %s", n.Day, n.Kind, n.Title)
			if n.Text != "" {
				add(paper.Text, "%s", n.Text)
			}
		}
		said := turns(x.Transcript.Heard())
		if len(said) > 0 {
			add(paper.Heading, "Every word")
		}
		for _, u := range said {
			add(paper.Small, "%s  %s", speakerName(u.speaker), models.Clock(u.start))
			add(paper.Text, "%s", u.text)
		}
	}
	return paper.Write(w, all[0].heading(), out)
}
