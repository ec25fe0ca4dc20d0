package store

import (
	"context"
	"database/sql"
	"errors"
	"reflect"
	"time"

	"github.com/afterword/afterword/models"
)

// Decide stores what the client made of an item, named by its ID or the
// beginning of it. With models.Edited, edit changes what the item says; its
// kind and its evidence stay. The same decision again changes nothing, save an
// edit. edit runs while nobody else can write, so it must not wait for anything.
//
// Stale where the item is to be kept but its words are no longer there.
// NotFound, Conflict for an ambiguous ID, Invalid, Locked.
func (s *Store) Decide(ctx context.Context, id models.ItemID, d models.Decision, edit func(*models.Item)) (models.Item, error) {
	return s.decideIf(ctx, id, d, edit, func(storedItem) error { return nil })
}

// DecideAs is Decide about an item as it was read. A Conflict error if it was
// changed since, so that of two people, or of one person in two windows, none
// overwrites the other unseen.
func (s *Store) DecideAs(ctx context.Context, as models.Item, d models.Decision, edit func(*models.Item)) (models.Item, error) {
	return s.decideIf(ctx, as.ID, d, edit, func(it storedItem) error {
		if sameAs(it, as) {
			return nil
		}
		return models.WithHint(models.Errorf(models.Conflict, "item %s was changed meanwhile", it.ID), "look at it again")
	})
}

// sameAs reports whether an item still is what somebody read. A decision is
// only ever as old as a millisecond can tell.
func sameAs(now storedItem, read models.Item) bool {
	return now.Decision == read.Decision && now.Decided.Equal(read.Decided) && now.Finished == read.Finished && reflect.DeepEqual(bodyOf(now.Item), bodyOf(read))
}

func (s *Store) decideIf(ctx context.Context, id models.ItemID, d models.Decision, edit func(*models.Item), may func(storedItem) error) (models.Item, error) {
	var out models.Item
	if (edit != nil) != (d == models.Edited) {
		return out, models.Errorf(models.Invalid, "decide about item: an edit and nothing else comes with a change")
	}
	err := s.write(ctx, "decide about item", func(t *tx) error {
		it, err := t.item(id)
		if err != nil {
			return err
		}
		if err := may(it); err != nil {
			return err
		}
		if it.Decision == d && edit == nil {
			out = it.Item
			return nil
		}
		if err := it.Decision.To(d); err != nil {
			return err
		}
		if it.Stale && (d == models.Accepted || d == models.Edited) {
			return models.WithHint(models.Errorf(models.Stale, "the words behind item %s were changed since", it.ID), "reject it, or correct the transcript")
		}
		out, err = t.decide(it, d, edit)
		return err
	})
	return out, err
}

func (t *tx) decide(it storedItem, d models.Decision, edit func(*models.Item)) (models.Item, error) {
	key, err := t.key(it.Session)
	if err != nil {
		return it.Item, err
	}
	number, err := t.nextDecision(it.ID)
	if err != nil {
		return it.Item, err
	}
	var before []byte
	if edit != nil {
		if before, err = t.sealBody(key, it.Item, at("decision", number), bodyOf(it.Item)); err != nil {
			return it.Item, err
		}
		changed := it.Item
		edit(&changed)
		bodyOf(changed).into(&it.Item)
		if err := t.updateBody(it, key); err != nil {
			return it.Item, err
		}
	}
	return t.addDecision(it, number, d, before)
}

// nextDecision is the number of the next decision about an item.
func (t *tx) nextDecision(id models.ItemID) (n int, err error) {
	err = t.row("SELECT count(*) FROM decision WHERE item = ?", id).Scan(&n)
	return n, err
}

// addDecision stores a decision, with the body before it if it changed that or
// was a merge.
func (t *tx) addDecision(it storedItem, number int, d models.Decision, before []byte) (models.Item, error) {
	now := t.s.now().UnixMilli()
	if _, err := t.exec("INSERT INTO decision (item, number, at, previous, next, body) VALUES (?, ?, ?, ?, ?, ?)",
		it.ID, number, now, it.Decision, d, before); err != nil {
		return it.Item, err
	}
	return t.setDecision(it.Item, d, now)
}

// setDecision stores where an item stands; at is 0 for one that was never
// decided about.
func (t *tx) setDecision(it models.Item, d models.Decision, at int64) (models.Item, error) {
	it.Decision, it.Decided = d, time.Time{}
	var decided any
	if d != models.Proposed && at != 0 {
		decided, it.Decided = at, time.UnixMilli(at)
	}
	_, err := t.exec("UPDATE item SET decision = ?, decided = ? WHERE id = ?", d, decided, it.ID)
	return it, err
}

// updateBody stores what an item says now, and once what it said at first.
func (t *tx) updateBody(it storedItem, key []byte) error {
	body, err := t.sealBody(key, it.Item, "body", bodyOf(it.Item))
	if err != nil {
		return err
	}
	first, err := t.sealBody(key, it.Item, "proposed", it.proposed)
	if err != nil {
		return err
	}
	_, err = t.exec("UPDATE item SET body = ?, proposed = coalesce(proposed, ?) WHERE id = ?", body, first, it.ID)
	return err
}

// Undo takes back the last decision about an item that was not taken back yet,
// and what an edit changed. Of a merge it takes both items apart again. A
// Conflict error when there is none.
func (s *Store) Undo(ctx context.Context, id models.ItemID) (models.Item, error) {
	var out models.Item
	err := s.write(ctx, "undo decision", func(t *tx) error {
		it, err := t.item(id)
		if err != nil {
			return err
		}
		if err := t.undo(it); err != nil {
			return err
		}
		it, err = t.item(it.ID)
		out = it.Item
		return err
	})
	return out, err
}

func (t *tx) undo(it storedItem) error {
	key, err := t.key(it.Session)
	if err != nil {
		return err
	}
	var number int
	var previous models.Decision
	var body []byte
	err = t.row("SELECT number, previous, body FROM decision WHERE item = ? AND undone IS NULL ORDER BY number DESC LIMIT 1", it.ID).Scan(&number, &previous, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return models.Errorf(models.Conflict, "nothing was decided about item %s", it.ID)
	}
	if err != nil {
		return err
	}
	if previous != it.Decision { // a merge may leave it
		if err := it.Decision.To(previous); err != nil {
			return err
		}
	}
	if body != nil {
		was, err := t.s.unsealBody(key, it, at("decision", number), body)
		if err != nil {
			return err
		}
		if was.Merge != nil {
			err = t.takeApart(it, *was.Merge)
		} else {
			was.into(&it.Item)
			err = t.updateBody(it, key)
		}
		if err != nil {
			return err
		}
	}
	return t.undone(it, number)
}

// undone marks a decision as taken back. Where it was the last one that stood,
// the item is what it was before.
func (t *tx) undone(it storedItem, number int) error {
	if _, err := t.exec("UPDATE decision SET undone = ? WHERE item = ? AND number = ?", t.s.now().UnixMilli(), it.ID, number); err != nil {
		return err
	}
	var later bool
	var previous models.Decision
	var before int64
	if err := t.row(`SELECT previous, EXISTS (SELECT 1 FROM decision WHERE item = ?1 AND undone IS NULL AND number > ?2),
		(SELECT coalesce(max(at), 0) FROM decision WHERE item = ?1 AND undone IS NULL) FROM decision WHERE item = ?1 AND number = ?2`,
		it.ID, number).Scan(&previous, &later, &before); err != nil || later {
		return err
	}
	_, err := t.setDecision(it.Item, previous, before)
	return err
}

// Change is one decision about an item.
type Change struct {
	From, To models.Decision
	At       time.Time
	Undone   time.Time // zero if it stands
}

// Decisions lists what was ever decided about an item, the oldest first. It
// needs no open vault.
func (s *Store) Decisions(ctx context.Context, id models.ItemID) ([]Change, error) {
	var all []Change
	err := s.read(ctx, "list decisions", func(t *tx) error {
		id, err := t.resolveItem(id)
		if err != nil {
			return err
		}
		return t.each(func(rows *sql.Rows) error {
			var c Change
			var made int64
			var undone *int64
			err := rows.Scan(&c.From, &c.To, &made, &undone)
			c.At = time.UnixMilli(made)
			if undone != nil {
				c.Undone = time.UnixMilli(*undone)
			}
			all = append(all, c)
			return err
		}, "SELECT previous, next, at, undone FROM decision WHERE item = ? ORDER BY number", id)
	})
	return all, err
}

// Finish ticks an item off, or not. Only what can be carried out or closed has
// a tick: actions, goals, open loops and questions; and no rejected item. It
// needs no open vault.
func (s *Store) Finish(ctx context.Context, id models.ItemID, done bool) error {
	return s.write(ctx, "finish item", func(t *tx) error {
		id, err := t.resolveItem(id)
		if err != nil {
			return err
		}
		var kind models.Kind
		var decision models.Decision
		if err := t.row("SELECT kind, decision FROM item WHERE id = ?", id).Scan(&kind, &decision); err != nil {
			return err
		}
		switch kind {
		case models.KindAction, models.KindGoal, models.KindOpenLoop, models.KindQuestion:
		default:
			return models.Errorf(models.Invalid, "a %s cannot be finished", kind)
		}
		if decision == models.Rejected && done {
			return models.WithHint(models.Errorf(models.Invalid, "item %s was rejected", id), "accept it first")
		}
		_, err = t.exec("UPDATE item SET finished = ? WHERE id = ?", done, id)
		return err
	})
}
