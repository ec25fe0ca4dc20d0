package store

import (
	"context"

	"github.com/afterword/afterword/models"
)

// Merge makes one item of two that say the same, each given as it was read:
// keep gets the words behind both, other is put away, which can be undone as
// any decision. Where other was kept already, so is keep.
//
// Invalid unless both are of one kind and one session, Conflict if one was
// changed since, Stale where the words of one are gone, NotFound, Locked.
func (s *Store) Merge(ctx context.Context, keep, other models.Item) (models.Item, error) {
	var out models.Item
	err := s.write(ctx, "merge items", func(t *tx) error {
		a, err := t.item(keep.ID)
		if err != nil {
			return err
		}
		b, err := t.item(other.ID)
		if err != nil {
			return err
		}
		if a.ID == b.ID || a.Kind != b.Kind || a.Session != b.Session {
			return models.Errorf(models.Invalid, "items %s and %s are not two of one kind and one session", a.ID, b.ID)
		}
		for _, p := range []struct {
			now storedItem
			was models.Item
		}{{a, keep}, {b, other}} {
			if !sameAs(p.now, p.was) {
				return models.WithHint(models.Errorf(models.Conflict, "item %s was changed meanwhile", p.now.ID), "look at it again")
			}
			if p.now.Stale {
				return models.Errorf(models.Stale, "the words behind item %s were changed since", p.now.ID)
			}
		}
		out, err = t.join(a, b)
		return err
	})
	return out, err
}

func (t *tx) join(a, b storedItem) (models.Item, error) {
	key, err := t.key(a.Session)
	if err != nil {
		return a.Item, err
	}
	for i, e := range b.Evidence {
		if !a.has(e, b.places[i]) {
			a.Evidence, a.places = append(a.Evidence, e), append(a.places, b.places[i])
		}
	}
	if err := t.replaceEvidence(a, key); err != nil {
		return a.Item, err
	}
	wanted := b.Decision == models.Accepted || b.Decision == models.Edited
	if b.Decision != models.Rejected {
		if _, err := t.decide(b, models.Rejected, nil); err != nil {
			return a.Item, err
		}
	}
	if wanted && a.Decision == models.Proposed {
		return t.decide(a, models.Accepted, nil)
	}
	return a.Item, nil
}

// has reports whether an item rests on those words already.
func (it storedItem) has(e models.Evidence, p place) bool {
	for i, own := range it.Evidence {
		if own.Quote == e.Quote && it.places[i].chunk == p.chunk && it.places[i].index == p.index {
			return true
		}
	}
	return false
}
