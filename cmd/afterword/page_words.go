package main

import (
	"context"

	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/store"
)

// pageWords is what the page corrects. Who spoke is put right as 'speakers'
// does it: items are found anew, and what was decided stays.
type pageWords struct {
	*store.Store
	h *hub
}

// NameVoices names voices for a whole session. A voice is learned afterwards:
// that takes its time.
func (p pageWords) NameVoices(ctx context.Context, id models.SessionID, names map[models.Speaker]models.Speaker) error {
	s, err := p.correct(ctx, id, names, nil)
	if err != nil {
		return err
	}
	p.h.serve(func() error {
		if err := p.h.a.learn(p.h.run, s); err != nil && p.h.run.Err() == nil {
			p.h.a.log.Warn("voice was not learned from what was said of it", "session", id, "error", err.Error())
		}
		return nil
	})
	return nil
}

func (p pageWords) NamePassage(ctx context.Context, id models.SessionID, passage []models.Segment, who models.Speaker) error {
	var spots []spot
	for _, g := range passage {
		spots = append(spots, spot{g, who})
	}
	_, err := p.correct(ctx, id, nil, spots)
	return err
}

func (p pageWords) correct(ctx context.Context, id models.SessionID, names map[models.Speaker]models.Speaker, spots []spot) (models.Session, error) {
	s, err := p.FindSession(ctx, id)
	if err == nil {
		err = p.h.a.correctSpeakers(ctx, s, names, spots)
	}
	if err == nil {
		p.h.itemsChanged(id)
	}
	return s, err
}

func (p pageWords) Original(ctx context.Context, of models.Segment) (string, error) {
	all, err := p.Revisions(ctx, of)
	if err != nil || len(all) == 0 {
		return of.Text, err
	}
	return all[0].Text, nil
}
