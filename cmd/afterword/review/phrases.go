package review

import (
	"time"

	"github.com/afterword/afterword/models"
)

// phraseView is a turn of words that came back, and where it was said.
type phraseView struct {
	Text string
	Seq  int
	At   time.Duration
}

// phraseViews are the phrases of a transcript without what is held back, t has
// all of it.
func phraseViews(list []models.Phrase, t models.Transcript) []phraseView {
	var out []phraseView
	for _, p := range list {
		e := p.Evidence[0]
		if _, ok := t.Segment(e.Segment); ok {
			out = append(out, phraseView{isolate(p.Text), e.Segment, e.Span.Start})
		}
	}
	return out
}

// readingText says what a language model made of a session.
func readingText(r models.Reading) string {
	name := isolate(r.Name)
	if name == "" {
		name = text("read.some")
	}
	switch r.State {
	case models.ReadingDue:
		if r.Parts > 0 {
			return text("read.now", name, r.Read, r.Parts)
		}
		return text("read.due", name)
	case models.ReadingDone:
		return text("read.done", name, r.Added) + leftOut(r)
	case models.ReadingPart:
		return text("read.part", name, r.Read, r.Parts, r.Added) + leftOut(r)
	case models.ReadingAway:
		return text("read.away", name)
	case models.ReadingRefused:
		return text("read.refused", name)
	}
	return ""
}

func leftOut(r models.Reading) string {
	if n := r.Unproved + r.Outside; n > 0 {
		return " " + text("read.left", n)
	}
	return ""
}
