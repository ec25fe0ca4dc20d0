package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/afterword/afterword/extract/llm"
	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/store"
)

// Items are found twice. The rules need seconds and are stored at once, with
// that a language model is to read the session too, if the client has set one
// up. The model takes minutes, may be away, and adds to what is there: nobody
// waits for it, and without it nothing is missing that was there before.

// extractSession finds the items of one session by the rules and stores them.
func (a *app) extractSession(ctx context.Context, id models.SessionID) error {
	a.finding.Lock()
	defer a.finding.Unlock()
	items, t, err := a.byRules(ctx, id)
	if err != nil {
		return err
	}
	if a.set.Extract.Engine == engineLLM {
		earlier, err := a.foundByModel(ctx, id)
		if err != nil {
			return err
		}
		items.List, _ = llm.Merge(t, items.List, earlier)
		// Before the items: a crash between the two finds them again.
		if err := a.saveReading(ctx, id, models.Reading{State: models.ReadingDue}); err != nil {
			return err
		}
	}
	if err := a.store.SaveItems(ctx, id, items); err != nil || a.set.Extract.Engine != engineLLM {
		return err
	}
	// If the service runs it reads now, else whoever owns the pipeline next.
	_, _ = askControl(ctx, a.home.Control(), controlRequest{Verb: "read"})
	return nil
}

// byRules is what the rules find in a session as it is now.
func (a *app) byRules(ctx context.Context, id models.SessionID) (models.Items, models.Transcript, error) {
	t, err := a.store.Transcript(ctx, id)
	if err != nil {
		return models.Items{}, t, err
	}
	t = t.Heard()
	x, err := a.extractor(ctx, t)
	if err != nil {
		return models.Items{}, t, err
	}
	items, err := x.Extract(ctx, t)
	if err != nil {
		return items, t, fmt.Errorf("extract items: %w", err)
	}
	return items, t, nil
}

// foundByModel are items of an earlier reading whose words still stand: they
// stay until the session was read anew.
func (a *app) foundByModel(ctx context.Context, id models.SessionID) ([]models.Item, error) {
	all, err := a.store.Items(ctx, store.ItemFilter{Session: id})
	var out []models.Item
	for _, it := range all {
		if it.Engine == models.EngineLLM && !it.Stale {
			out = append(out, it)
		}
	}
	return out, err
}

// errMoved says that a session is not what it was when its reading began.
var errMoved = errors.New("the session changed while it was read")

// readSession has a language model read one session, and adds what it found.
// tell is told how far it is. What becomes of it stands in the session's
// reading; the error is one of this computer, never the model's.
func (a *app) readSession(ctx context.Context, r *llm.Reader, id models.SessionID, tell func(read, parts int)) error {
	was, err := a.reading(ctx, id)
	if err != nil {
		return err
	}
	t, err := a.store.Transcript(ctx, id)
	if err != nil {
		return err
	}
	now := models.Reading{State: models.ReadingDue, Name: r.Name(), Tries: was.Tries}
	found, failed := r.Read(ctx, t.Heard(), func(read, parts int) {
		now.Read, now.Parts = read, parts
		if err := a.saveReading(ctx, id, now); err != nil {
			a.log.Warn("progress of reading is not kept", "session", id, "error", err.Error())
		}
		tell(read, parts)
	})
	if ctx.Err() != nil {
		return context.Cause(ctx) // it stays due
	}
	now = models.Reading{State: models.ReadingDone, Name: r.Name(), Parts: found.Parts, Read: found.Read, Unproved: found.Unproved, Outside: found.Outside}
	switch {
	case failed != nil && found.Read == 0:
		now.State, now.Why, now.Tries = models.ReadingAway, failed.Error(), was.Tries+1
	case failed != nil:
		now.State, now.Why = models.ReadingPart, failed.Error()
	}
	if now.State != models.ReadingAway {
		if now.Added, err = a.addFound(ctx, id, t, found.Items); err != nil {
			return err
		}
	}
	return a.saveReading(ctx, id, now)
}

// addFound stores what a model found in a session as it was read. The client
// may have changed words meanwhile: what no longer stands there is left out.
func (a *app) addFound(ctx context.Context, id models.SessionID, was models.Transcript, found []models.Item) (added int, err error) {
	a.finding.Lock()
	defer a.finding.Unlock()
	s, err := a.store.FindSession(ctx, id)
	if err != nil {
		return 0, err
	}
	if s.State != models.Ready {
		return 0, errMoved // it is extracted again, and then read again
	}
	items, t, err := a.byRules(ctx, id)
	if err != nil {
		return 0, err
	}
	items.List, added = llm.Merge(t, items.List, moved(found, was, t))
	return added, a.store.SaveItems(ctx, id, items)
}

// moved are the items of one transcript that stand in a later one too, with the
// numbers that their segments have there.
func moved(items []models.Item, was, now models.Transcript) []models.Item {
	at := map[[2]int]int{}
	for _, s := range now.Segments {
		at[[2]int{s.Chunk, s.Index}] = s.Seq
	}
	var out []models.Item
next:
	for _, it := range items {
		evidence := make([]models.Evidence, len(it.Evidence))
		for i, e := range it.Evidence {
			s, ok := was.Segment(e.Segment)
			seq, there := at[[2]int{s.Chunk, s.Index}]
			e.Segment = seq
			if !ok || !there || !e.In(now) {
				continue next
			}
			evidence[i] = e
		}
		it.Evidence = evidence
		out = append(out, it)
	}
	return out
}
