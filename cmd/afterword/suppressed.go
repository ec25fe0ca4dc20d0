package main

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/afterword/afterword/models"
)

// The engine writes down phrases where nobody speaks. They are kept with the
// reason, left out of what is shown and found, and can be taken back in.

// heldText is a piece of text that is or was held back. Numbers count from 1 and
// stay when one is restored.
type heldText struct {
	Number   int            `json:"number"`
	Segment  int            `json:"segment"`
	Start    float64        `json:"start"`
	End      float64        `json:"end"`
	Reasons  []models.Doubt `json:"reasons"`
	Score    float64        `json:"p"`                     // the engine's mean probability of its words, 0 to 1
	NoSpeech *float64       `json:"no_speech,omitempty"`   // its probability that nobody speaks; absent where it is not known
	LogP     *float64       `json:"avg_logprob,omitempty"` // mean natural logarithm of the words' probabilities
	Restored bool           `json:"restored"`
	Text     string         `json:"text"`
	segment  models.Segment
}

func heldTexts(all []models.Segment) []heldText {
	out := []heldText{}
	for _, g := range all {
		if g.Held() == "" || g.Edited {
			continue
		}
		h := heldText{
			Number: len(out) + 1, Segment: g.Seq, Start: g.Span.Start.Seconds(), End: g.Span.End.Seconds(),
			Restored: g.Restored(), Text: strings.TrimSpace(oneLine(g.Text)), segment: g,
		}
		for _, d := range g.Suspect {
			if d != models.DoubtRestored {
				h.Reasons = append(h.Reasons, d)
			}
		}
		h.Score = hundredths(g.Sureness())
		if g.NoSpeech != 0 || g.LogP != 0 {
			silent, logP := hundredths(float64(g.NoSpeech)), hundredths(float64(g.LogP))
			h.NoSpeech, h.LogP = &silent, &logP
		}
		out = append(out, h)
	}
	return out
}

func hundredths(f float64) float64 { return math.Round(f*100) / 100 }

var reasonTexts = map[models.Doubt]string{
	models.DoubtNoSpeech: "nobody was heard to speak", models.DoubtLowProb: "the engine was guessing",
	models.DoubtRepeat: "it repeats itself", models.DoubtEcho: "it says back the names and words that the engine was given", models.DoubtGap: "words may be missing beside it",
}

func (a *app) showSuppressed(ctx context.Context, s models.Session) error {
	t, err := a.store.Transcript(ctx, s.ID)
	if err != nil {
		return err
	}
	held := heldTexts(t.Segments)
	if a.json {
		return a.printJSON(map[string]any{"schema_version": schemaVersion, "session": s.ID, "suppressed": held})
	}
	if len(held) == 0 {
		a.note("Nothing was held back.")
		return nil
	}
	for _, h := range held {
		var why []string
		for _, d := range h.Reasons {
			if text, ok := reasonTexts[d]; ok {
				why = append(why, text)
			}
		}
		state := ""
		if h.Restored {
			state = "; restored"
		}
		fmt.Fprintf(a.stdout, "%d  %s  “%s”\n   %s, %.0f %% sure of its words%s\n", h.Number, h.segment.Span, h.Text, strings.Join(why, "; "), 100*h.Score, state)
	}
	a.note("'afterword restore %s N' shows one with the rest; 'afterword review %s' plays it.", s.ID, s.ID)
	return nil
}

// restoreText takes text in that was held back, or holds it back again, and
// finds the items anew.
func (a *app) restoreText(ctx context.Context, session, number string, undo bool) error {
	n, err := strconv.Atoi(number)
	if err != nil {
		return usagef("restore wants the number that 'coverage %s --suppressed' shows, not %q", oneLine(session), oneLine(number))
	}
	s, err := a.openSession(ctx, []string{session})
	if err != nil {
		return err
	}
	t, err := a.store.Transcript(ctx, s.ID)
	if err != nil {
		return err
	}
	held := heldTexts(t.Segments)
	if n < 1 || n > len(held) {
		return models.WithHint(models.Errorf(models.NotFound, "%d pieces of text were held back in this session; there is no number %d", len(held), n),
			"'afterword coverage %s --suppressed' shows them", s.ID)
	}
	if err := a.store.SetRestored(ctx, held[n-1].segment, !undo); err != nil {
		return err
	}
	if err := a.findAgain(ctx, s.ID); err != nil {
		return err
	}
	if undo {
		a.note("“%s” is held back again.", held[n-1].Text)
		return nil
	}
	a.note("“%s” is shown with the rest from now on.", held[n-1].Text)
	return nil
}
