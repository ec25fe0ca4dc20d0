package main

import (
	"context"
	"slices"

	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/store"
	"github.com/afterword/afterword/models/weights"
)

// pageAgain is what the page does about what failed, was held back or has
// several texts: the same as `coverage --retry`, `--take` and `restore`, with
// the service's own pipeline.
type pageAgain struct{ h *hub }

func (p pageAgain) Restore(ctx context.Context, g models.Segment, restored bool) error {
	if err := p.h.a.store.SetRestored(ctx, g, restored); err != nil {
		return err
	}
	due, err := p.h.a.dueAgain(ctx, g.Session)
	if due {
		wake(p.h.due)
	}
	return err
}

func (p pageAgain) Takes(ctx context.Context, id models.SessionID) ([]models.Take, error) {
	return p.h.a.store.Takes(ctx, id)
}

func (p pageAgain) ChooseTake(ctx context.Context, k models.Take) error {
	if err := p.h.a.store.ChooseTake(ctx, k); err != nil {
		return err
	}
	wake(p.h.due)
	return nil
}

// RunAgain has parts of a session written down once more. Another model than the
// usual one takes its place until nothing waits any more.
func (p pageAgain) RunAgain(ctx context.Context, id models.SessionID, all bool, model string) (int, error) {
	h := p.h
	other := ""
	if model != "" && model != h.a.set.Model {
		path, err := h.a.model(model)
		if err != nil {
			return 0, err
		}
		other = path
	}
	n, err := h.a.makePending(ctx, id, store.Again{All: all, Wordless: other != ""})
	if err != nil || n == 0 {
		return n, err
	}
	if other != "" {
		h.lend(other)
	}
	err = h.pipeline().publishPending(context.WithoutCancel(ctx), id)
	wake(h.work)
	return n, err
}

// Models are the speech models on this computer by name, that of the settings
// first; it alone where other computers do the work.
func (p pageAgain) Models() []string {
	a := p.h.a
	out := []string{a.set.Model}
	for _, w := range weights.Known() {
		if !a.set.Workers.Local || !w.Speech() || slices.Contains(out, w.Model) {
			continue
		}
		if _, err := weights.Find(w.Model, a.home.WeightFolders()); err == nil {
			out = append(out, w.Model)
		}
	}
	return out
}
