package store

import (
	"context"
	"errors"
	"slices"

	"github.com/afterword/afterword/models"
)

// SaveItems stores what was found in a session, its summary, and that it is
// Ready, in one transaction. Every quote must stand in the transcript as it is
// stored: an item without one is an Invalid error and nothing is stored. A
// Conflict error while chunks are pending.
//
// Items found before are recognised by their kind and words (see pair). What
// the client decided about stays as decided, a rejected item does not come
// back, and all others give way to the new ones; an item that is found again
// keeps its ID.
func (s *Store) SaveItems(ctx context.Context, id models.SessionID, found models.Items) error {
	return s.write(ctx, "save items", func(t *tx) error {
		tr, session, err := t.transcript(id)
		if err != nil {
			return err
		}
		if session.State != models.Extracting && session.State != models.Ready {
			return models.WithHint(models.Errorf(models.Conflict, "the words of session %s are not all there: it is %s", id, session.State), "extract it again when it is done")
		}
		fresh, err := checkItems(tr, found.List)
		if err != nil {
			return err
		}
		old, err := t.items("item.session = ?", id)
		if err != nil {
			return err
		}
		if err := t.merge(old, fresh, tr, session.key); err != nil {
			return err
		}
		summary, err := s.ring.Seal(session.key, at("session", id, "summary"), []byte(found.Summary))
		if err != nil {
			return err
		}
		if _, err := t.exec("UPDATE session SET summary = ? WHERE id = ?", summary, id); err != nil {
			return err
		}
		if session.State == models.Ready {
			return nil
		}
		return t.move(id, models.Extracting, models.Ready)
	})
}

// ExtractAgain makes a Ready session due for extraction; one that is due
// already stays so.
func (s *Store) ExtractAgain(ctx context.Context, id models.SessionID) error {
	return s.write(ctx, "extract again", func(t *tx) error {
		state, err := t.state(id)
		if err != nil || state == models.Extracting {
			return err
		}
		if state != models.Ready {
			return models.Errorf(models.Conflict, "session %s is %s: its items come by themselves", id, state)
		}
		return t.move(id, state, models.Extracting)
	})
}

// checkItems refuses an item whose quote is not in the transcript.
func checkItems(tr models.Transcript, list []models.Item) ([]storedItem, error) {
	var out []storedItem
	for i, it := range list {
		if !slices.Contains(models.Kinds, it.Kind) {
			return nil, models.Errorf(models.Invalid, "item %d: unknown kind %q", i, it.Kind)
		}
		if len(it.Evidence) == 0 {
			return nil, models.Errorf(models.Invalid, "item %d (%s) has no quote", i, it.Kind)
		}
		x := storedItem{Item: it, position: i, proposed: bodyOf(it)}
		x.Session = models.SessionID(tr.ID)
		x.Evidence = slices.Clone(it.Evidence)
		for j, e := range x.Evidence {
			if !e.In(tr) {
				return nil, models.Errorf(models.Invalid, "item %d (%s): quote %d does not stand word for word in segment %d", i, it.Kind, j, e.Segment)
			}
			g, _ := tr.Segment(e.Segment)
			if e.Span == (models.Span{}) {
				x.Evidence[j].Span = g.Span
			}
			x.places = append(x.places, placeIn(g, e.Quote))
		}
		out = append(out, x)
	}
	return out, nil
}

// merge writes the new items beside what stays of the old ones.
func (t *tx) merge(old, fresh []storedItem, tr models.Transcript, key []byte) error {
	match := pair(old, fresh)
	again := map[int]bool{}
	for i, it := range fresh {
		o, ok := match[i]
		if !ok {
			if err := t.insertItem(it, key); err != nil {
				return err
			}
			continue
		}
		again[o] = true
		was := old[o]
		if was.kept() && !was.Stale {
			continue
		}
		it.ID = was.ID
		if err := t.replaceEvidence(it, key); err != nil {
			return err
		}
		if was.kept() {
			continue
		}
		body, err := t.sealBody(key, it.Item, "body", it.proposed)
		if err != nil {
			return err
		}
		if _, err := t.exec("UPDATE item SET position = ?, body = ?, proposed = NULL WHERE id = ?", it.position, body, it.ID); err != nil {
			return err
		}
	}
	for o, was := range old {
		switch {
		case again[o]:
		case !was.kept():
			if _, err := t.exec("DELETE FROM item WHERE id = ?", was.ID); err != nil {
				return err
			}
		case was.Stale && anchor(&was, tr):
			if err := t.replaceEvidence(was, key); err != nil {
				return err
			}
		}
	}
	return nil
}

func (t *tx) insertItem(it storedItem, key []byte) error {
	for range tries {
		it.ID = models.ItemID(random(4))
		body, err := t.sealBody(key, it.Item, "body", it.proposed)
		if err != nil {
			return err
		}
		n, err := t.exec(`INSERT INTO item (id, session, kind, position, decision, body) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
			it.ID, it.Session, it.Kind, it.position, models.Proposed, body)
		if err != nil {
			return err
		}
		if n == 1 {
			return t.replaceEvidence(it, key)
		}
	}
	return errors.New("no item ID is free")
}
