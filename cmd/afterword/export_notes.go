package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// A note in the form that therapists use is for a client who wants to hand over
// their view in words that the other side reads fast. It holds items and their
// quotes and nothing else: what would take a clinician's judgement stays empty
// and says so.

const notesHead = "This is a client's own note, put together from what was said in the session. It is no clinical record, and nobody has assessed anything in it."

// noteSection is a part of such a note, with what goes there.
type noteSection struct {
	title, about string
	takes        func(models.Item) bool
}

func ofKind(kinds ...models.Kind) func(models.Item) bool {
	return func(it models.Item) bool { return slices.Contains(kinds, it.Kind) }
}

func ofStatus(statuses ...models.ActionStatus) func(models.Item) bool {
	return func(it models.Item) bool {
		return it.Kind == models.KindAction && slices.Contains(statuses, it.Status)
	}
}

func either(a, b func(models.Item) bool) func(models.Item) bool {
	return func(it models.Item) bool { return a(it) || b(it) }
}

var (
	spokenOf = ofKind(models.KindTheme, models.KindEmotion, models.KindTrigger)
	wentBy   = either(ofStatus(models.DoneAlready), ofKind(models.KindCoping))
	meant    = ofKind(models.KindGoal, models.KindTakeaway)
	ahead    = either(ofStatus(models.Assigned, models.Committed, models.Suggested, models.ByTherapist), ofKind(models.KindOpenLoop, models.KindQuestion))
)

const noAssessment = "What I take from it myself; an assessment is the therapist's."

// noteForms are SOAP and DAP, by their usual headings.
var noteForms = map[string][]noteSection{
	"soap": {
		{"Subjective", "What I spoke of and felt.", spokenOf},
		{"Objective", "What I did, and what helped or did not, as I told it.", wentBy},
		{"Assessment", noAssessment, meant},
		{"Plan", "What is to be done, and what is left open.", ahead},
	},
	"dap": {
		{"Data", "What I spoke of and felt, what I did, and what helped or did not, as I told it.", either(spokenOf, wentBy)},
		{"Assessment", noAssessment, meant},
		{"Plan", "What is to be done, and what is left open.", ahead},
	},
}

// exportNotes writes sessions as notes of one form.
func exportNotes(form string) exporter {
	return func(w io.Writer, _ *app, _ *days.Book, all []bundle) error {
		var b strings.Builder
		for _, x := range all {
			if x.Session.ID == "" {
				continue
			}
			if b.Len() > 0 {
				b.WriteString("\n")
			}
			fmt.Fprintf(&b, "# %s\n\n%s · %s · %s\n\n%s\n", markdown(oneLine(x.heading())), strings.ToUpper(form), x.Session.Date, models.Clock(x.Session.Duration), notesHead)
			for _, s := range noteForms[form] {
				s.write(&b, x.Items.List)
			}
		}
		_, err := io.WriteString(w, b.String())
		return err
	}
}

// write leaves out items whose words have changed since: they prove nothing.
func (s noteSection) write(b *strings.Builder, items []models.Item) {
	fmt.Fprintf(b, "\n## %s\n\n%s\n\n", s.title, s.about)
	none := true
	for _, it := range items {
		if !s.takes(it) || it.Stale || len(it.Evidence) == 0 {
			continue
		}
		none = false
		fmt.Fprintf(b, "- %s: %s\n", singular[it.Kind], markdown(oneLine(label(it))))
		for _, e := range it.Evidence[:min(3, len(it.Evidence))] {
			fmt.Fprintf(b, "  > %s, segment %d: “%s”\n", models.Clock(e.Span.Start), e.Segment, markdown(oneLine(strings.TrimSpace(e.Quote))))
		}
	}
	if none {
		b.WriteString("Nothing was noted.\n")
	}
}

// singular names one item of a kind.
var singular = map[models.Kind]string{
	models.KindAction: "To do", models.KindTheme: "Theme", models.KindEmotion: "Feeling", models.KindGoal: "Goal", models.KindTrigger: "Trigger",
	models.KindCoping: "Coping", models.KindOpenLoop: "Left open", models.KindQuestion: "Question", models.KindTakeaway: "Takeaway",
}
