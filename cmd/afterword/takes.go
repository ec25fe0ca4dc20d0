package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/afterword/afterword/capture"
	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/store"
)

// runAgain transcribes parts of a session once more and waits for them.
func (a *app) runAgain(ctx context.Context, s models.Session, again store.Again) error {
	if again.Wordless { // another model was asked for
		if err := a.sameModel(ctx); err != nil {
			return err
		}
	}
	n, err := a.makePending(ctx, s.ID, again)
	if err != nil {
		return err
	}
	if n == 0 {
		a.note("Nothing had failed.")
		return nil
	}
	before, err := a.store.Takes(ctx, s.ID)
	if err != nil {
		return err
	}
	p, err := a.joinPipeline(ctx) // as the owner it publishes what is pending
	if err != nil {
		return err
	}
	defer func() { p.Close() }()
	if p.hub == nil {
		if err := p.publishPending(ctx, s.ID); err != nil {
			return err
		}
	}
	bar := a.newProgress(s.Title)
	defer bar.Close()
	if err := p.follow(ctx, s.ID, bar.stages("Transcribing")); err != nil {
		return err
	}
	bar.Close()
	after, err := a.store.Takes(ctx, s.ID)
	if more := len(after) - len(before); err == nil && more > 0 {
		a.note("%d parts have another text than before. 'afterword coverage %s --takes' shows what was put aside.", more, s.ID)
	}
	return err
}

// makePending has parts of a session wait to be transcribed again, and counts
// them. With all, what the voice activity detector took for silence is among
// them, where anything stirs in it.
func (a *app) makePending(ctx context.Context, id models.SessionID, again store.Again) (int, error) {
	if again.All {
		chunks, err := a.store.Chunks(ctx, id)
		if err != nil {
			return 0, err
		}
		for _, c := range chunks {
			if c.State != models.Silent {
				continue
			}
			pcm, err := a.sound(ctx, id, c.Span, c.Channel)
			if err != nil {
				continue // it is gone, and silent for good
			}
			stir := voicedIn(capture.NewCutter(capture.CutterConfig{}), pcm) // by loudness alone
			if len(stir) == 0 {
				continue
			}
			for i := range stir {
				stir[i].Start += c.Span.Start
				stir[i].End += c.Span.Start
			}
			if err := a.store.DoubtSilence(ctx, id, c.Seq, stir); err != nil {
				return 0, err
			}
		}
	}
	return a.store.RunAgain(ctx, id, again)
}

// sameModel refuses to have the background service use another model than its
// own.
func (a *app) sameModel(ctx context.Context) error {
	rep, err := askControl(ctx, a.home.Control(), controlRequest{Verb: "status"})
	if err != nil || rep.Status == nil || rep.Status.Model == a.set.Model {
		return nil // nobody else is at work
	}
	return models.WithHint(models.Errorf(models.Busy, "the background service is at work with the model %s", rep.Status.Model),
		"stop it, or start it with that model: 'AFTERWORD_MODEL=%s afterword serve'", a.set.Model)
}

// takeJSON is a text that was put aside.
type takeJSON struct {
	Number int       `json:"number"` // within the session, as --take wants it
	Start  float64   `json:"start"`
	End    float64   `json:"end"`
	Model  string    `json:"model"`
	Shown  string    `json:"shown"` // model of the text that is shown
	Made   time.Time `json:"made"`
	Text   string    `json:"text"`
}

func textOf(all []models.Segment) string {
	var out []string
	for _, g := range all {
		if !g.HeldBack() {
			out = append(out, strings.TrimSpace(oneLine(g.Text)))
		}
	}
	return strings.Join(out, " ")
}

func (a *app) showTakes(ctx context.Context, s models.Session) error {
	takes, err := a.store.Takes(ctx, s.ID)
	if err != nil {
		return err
	}
	rows := []takeJSON{}
	for i, k := range takes {
		rows = append(rows, takeJSON{i + 1, k.Span.Start.Seconds(), k.Span.End.Seconds(), k.Model, k.Shown, k.Made, textOf(k.Segments)})
	}
	if a.json {
		return a.printJSON(map[string]any{"schema_version": schemaVersion, "session": s.ID, "takes": rows})
	}
	if len(rows) == 0 {
		a.note("No part of this session has another text.")
		return nil
	}
	t, err := a.store.Transcript(ctx, s.ID)
	if err != nil {
		return err
	}
	for i, k := range takes {
		var shown []models.Segment
		for _, g := range t.Segments {
			if g.Chunk == k.Chunk {
				shown = append(shown, g)
			}
		}
		fmt.Fprintf(a.stdout, "%d  %s\n   shown, %s: %s\n   put aside, %s: %s\n", i+1, k.Span,
			orText(k.Shown, "unknown"), orText(textOf(shown), "no words"), orText(k.Model, "unknown"), orText(rows[i].Text, "no words"))
	}
	a.note("'afterword coverage %s --take N' shows one of them instead.", s.ID)
	return nil
}

// chooseTake shows a text that was put aside, or the newest one of every part.
func (a *app) chooseTake(ctx context.Context, s models.Session, which string) error {
	takes, err := a.store.Takes(ctx, s.ID)
	if err != nil {
		return err
	}
	var chosen []models.Take
	if which == "all" {
		for i, k := range takes {
			if i+1 == len(takes) || takes[i+1].Chunk != k.Chunk {
				chosen = append(chosen, k)
			}
		}
	} else {
		n, err := strconv.Atoi(which)
		if err != nil {
			return usagef("--take wants the number that --takes shows, or all, not %q", oneLine(which))
		}
		if n >= 1 && n <= len(takes) {
			chosen = takes[n-1 : n]
		}
	}
	if len(chosen) == 0 {
		return models.WithHint(models.Errorf(models.NotFound, "%d texts were put aside in this session; there is no %s", len(takes), which),
			"'afterword coverage %s --takes' shows them", s.ID)
	}
	for _, k := range chosen {
		if err := a.store.ChooseTake(ctx, k); err != nil {
			return err
		}
	}
	bar := a.newProgress(s.Title)
	defer bar.Close()
	if err := a.complete(ctx, s.ID, a.barStage(bar, s)); err != nil {
		return err
	}
	bar.Close()
	a.note("%d parts changed their text; what they had is put aside.", len(chosen))
	return nil
}
