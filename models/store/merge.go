package store

import (
	"context"
	"database/sql"
	"slices"

	"github.com/afterword/afterword/models"
)

// Merge makes one item of two that say the same, each given as it was read:
// keep gets the words behind both, other is put away. Undo of either takes them
// apart again. Where other was kept already, so is keep.
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

// merged is what a decision keeps of a merge, sealed, so that undoing it on
// either item takes the two apart again: in the decision about the one that was
// put away, with which it was merged; in that about the other, which of its
// words are not its own.
type merged struct {
	Into models.ItemID `json:"into,omitempty"`
	From models.ItemID `json:"from,omitempty"`
	Took []string      `json:"took,omitempty"` // quotes
}

func (t *tx) join(a, b storedItem) (models.Item, error) {
	took := merged{From: b.ID}
	for i, e := range b.Evidence {
		if !a.has(e, b.places[i]) {
			a.Evidence, a.places = append(a.Evidence, e), append(a.places, b.places[i])
			took.Took = append(took.Took, e.Quote)
		}
	}
	key, err := t.key(a.Session)
	if err == nil {
		err = t.replaceEvidence(a, key)
	}
	if err != nil {
		return a.Item, err
	}
	next := a.Decision
	if next == models.Proposed && (b.Decision == models.Accepted || b.Decision == models.Edited) {
		next = models.Accepted
	}
	if b.Decision != models.Rejected {
		if _, err := t.record(b, models.Rejected, merged{Into: a.ID}); err != nil {
			return a.Item, err
		}
	}
	return t.record(a, next, took)
}

// record stores what becomes of an item by a merge.
func (t *tx) record(it storedItem, next models.Decision, m merged) (models.Item, error) {
	key, err := t.key(it.Session)
	if err != nil {
		return it.Item, err
	}
	number, err := t.nextDecision(it.ID)
	if err != nil {
		return it.Item, err
	}
	body := bodyOf(it.Item)
	body.Merge = &m
	sealed, err := t.sealBody(key, it.Item, at("decision", number), body)
	if err != nil {
		return it.Item, err
	}
	return t.addDecision(it, number, next, sealed)
}

// takeApart undoes a merge on an item of the two: the quotes of the one that was
// put away go back to it, and it is what it was before.
func (t *tx) takeApart(it storedItem, m merged) error {
	if m.Into != "" {
		keep, err := t.item(m.Into)
		if models.CodeOf(err) == models.NotFound {
			return nil // it was destroyed since
		}
		if err != nil {
			return err
		}
		number, its, err := t.mergeOf(keep, func(x merged) bool { return x.From == it.ID })
		if err != nil || number < 0 {
			return err
		}
		if err := t.giveBack(keep, it, its.Took); err != nil {
			return err
		}
		return t.undone(keep, number)
	}
	other, err := t.item(m.From)
	if models.CodeOf(err) == models.NotFound {
		return nil // the words stay where they still are
	}
	if err != nil {
		return err
	}
	if err := t.giveBack(it, other, m.Took); err != nil {
		return err
	}
	number, _, err := t.mergeOf(other, func(x merged) bool { return x.Into == it.ID })
	if err != nil || number < 0 {
		return err
	}
	return t.undone(other, number)
}

// giveBack takes out of an item the quotes that it has from another one.
func (t *tx) giveBack(it, from storedItem, quotes []string) error {
	key, err := t.key(it.Session)
	if err != nil {
		return err
	}
	left := it
	left.Evidence, left.places = nil, nil
	for i, e := range it.Evidence {
		if !slices.Contains(quotes, e.Quote) || !from.has(e, it.places[i]) {
			left.Evidence, left.places = append(left.Evidence, e), append(left.places, it.places[i])
		}
	}
	return t.replaceEvidence(left, key)
}

// mergeOf is the number of the last decision about an item that stands and is
// such a merge; -1 where there is none.
func (t *tx) mergeOf(it storedItem, is func(merged) bool) (number int, found merged, err error) {
	key, err := t.key(it.Session)
	if err != nil {
		return -1, found, err
	}
	number = -1
	err = t.each(func(rows *sql.Rows) error {
		var n int
		var sealed []byte
		if err := rows.Scan(&n, &sealed); err != nil {
			return err
		}
		b, err := t.s.unsealBody(key, it, at("decision", n), sealed)
		if err == nil && b.Merge != nil && is(*b.Merge) {
			number, found = n, *b.Merge
		}
		return err
	}, "SELECT number, body FROM decision WHERE item = ? AND undone IS NULL AND body IS NOT NULL ORDER BY number", it.ID)
	return number, found, err
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
