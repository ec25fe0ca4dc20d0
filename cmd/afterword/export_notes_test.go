package main

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/afterword/afterword/models"
)

// TestNotes: each line of a note is an item or words of the session.
func TestNotes(t *testing.T) {
	helped := true
	at := func(seq int, quote string) []models.Evidence {
		from := time.Duration(seq) * 10 * time.Second
		return []models.Evidence{{Segment: seq, Span: models.Span{Start: from, End: from + 5*time.Second}, Quote: quote}}
	}
	session := bundle{
		Session: models.Session{ID: "0123456789ab", Title: "Garden *and* more", Date: "2026-03-05", Duration: 50 * time.Minute},
		Items: models.Items{List: []models.Item{
			{Kind: models.KindTheme, Label: "low-mood", Evidence: at(1, "It was all grey")},
			{Kind: models.KindEmotion, Label: "loneliness", Holder: models.Client, Evidence: at(2, "I felt so _lonely_\non Sunday")},
			{Kind: models.KindAction, Text: "Ring your sister", Status: models.Committed, Owner: "client", Due: "2026-03-06", Evidence: at(9, "I'll ring my sister tomorrow")},
			{Kind: models.KindAction, Text: "Write a list", Status: models.DoneAlready, Owner: "client", Evidence: at(4, "I did write the list")},
			{Kind: models.KindAction, Text: "Move out", Status: models.Declined, Owner: "client", Evidence: at(5, "I won't move out")},
			{Kind: models.KindCoping, Text: "Going for a run", Helped: &helped, Evidence: at(3, "Going for a run helped")},
			{Kind: models.KindGoal, Text: "Sleep through", Evidence: at(6, "I want to sleep through")},
			{Kind: models.KindTakeaway, Text: "Words that changed", Stale: true, Evidence: at(7, "they are gone")},
			{Kind: models.KindOpenLoop, Text: "The letter", Evidence: at(8, "Let's come back to the letter")},
		}},
	}
	for form := range noteForms {
		var b bytes.Buffer
		if err := exportNotes(form)(&b, nil, nil, []bundle{session, {}}); err != nil {
			t.Fatal(err)
		}
		file := "testdata/notes." + form + ".md"
		if *update {
			if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil || !bytes.Equal(want, b.Bytes()) {
			t.Errorf("%s differs (%v); run with -update and read the diff:\n%s", file, err, b.String())
		}
	}
}
