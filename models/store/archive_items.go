package store

import (
	"cmp"
	"database/sql"
	"slices"
	"time"

	"github.com/afterword/afterword/models"
)

// ArchivedItem is an item with what was found before it was edited, and where
// each of its quotes stands.
type ArchivedItem struct {
	models.Item
	First  *models.Item       `json:",omitempty"` // what it said when it was found; nil if it was not edited
	Places [][2]int           // chunk and index of each evidence
	Past   []ArchivedDecision `json:",omitempty"` // nil in archives of an older program
}

// ArchivedDecision is one decision about an item, so that it can be undone
// elsewhere too, and a merge be taken apart.
type ArchivedDecision struct {
	At       time.Time
	Undone   time.Time `json:",omitzero"` // zero if it stands
	From, To models.Decision
	Before   *itemBody `json:",omitempty"` // the item before it, if it changed that or was a merge
}

// archiveItems reads the items of a session with all that was decided about them.
func (t *tx) archiveItems(id models.SessionID, key []byte) ([]ArchivedItem, error) {
	items, err := t.items("item.session = ?", id)
	if err != nil {
		return nil, err
	}
	var out []ArchivedItem
	for _, it := range items {
		a := archived(it)
		if a.Past, err = t.pastOf(it, key); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

func (t *tx) pastOf(it storedItem, key []byte) (past []ArchivedDecision, err error) {
	err = t.each(func(rows *sql.Rows) error {
		var d ArchivedDecision
		var number int
		var made int64
		var undone *int64
		var body []byte
		if err := rows.Scan(&number, &made, &undone, &d.From, &d.To, &body); err != nil {
			return err
		}
		d.At = time.UnixMilli(made)
		if undone != nil {
			d.Undone = time.UnixMilli(*undone)
		}
		if body != nil {
			before, err := t.s.unsealBody(key, it, at("decision", number), body)
			if err != nil {
				return err
			}
			d.Before = &before
		}
		past = append(past, d)
		return nil
	}, "SELECT number, at, undone, previous, next, body FROM decision WHERE item = ? ORDER BY number", it.ID)
	return past, err
}

func archived(it storedItem) ArchivedItem {
	out := ArchivedItem{Item: it.Item}
	if it.edited {
		first := models.Item{}
		it.proposed.into(&first)
		out.First = &first
	}
	for _, p := range it.places {
		out.Places = append(out.Places, [2]int{p.chunk, p.index})
	}
	return out
}

func (in *Archive) checkItems() error {
	here := map[models.ItemID]bool{}
	for _, it := range in.Items {
		here[it.ID] = true
	}
	for i := range in.Items {
		it := &in.Items[i]
		it.Session = in.Session.ID
		id, err := models.ParseEntryID(string(it.ID)) // of the same form
		if err != nil || string(id) != string(it.ID) || len(id) != 8 {
			return models.Errorf(models.Invalid, "%q is no item ID", it.ID)
		}
		if !slices.Contains(models.Kinds, it.Kind) || len(it.Evidence) == 0 || len(it.Places) != len(it.Evidence) {
			return models.Errorf(models.Invalid, "item %s has no kind or no words", it.ID)
		}
		if err := checkDecision(it.Decision); err != nil {
			return err
		}
		if err := it.checkPast(here); err != nil {
			return err
		}
	}
	for _, e := range in.Entries {
		if _, err := models.ParseDate(string(e.Day)); err != nil {
			return err
		}
	}
	return nil
}

func checkDecision(d models.Decision) error {
	if d == models.Proposed {
		return nil
	}
	return models.Proposed.To(d)
}

// checkPast refuses decisions that there are none of. A merge with an item that
// does not come along is none any more: it must not reach into another session.
func (a *ArchivedItem) checkPast(here map[models.ItemID]bool) error {
	for i := range a.Past {
		d := &a.Past[i]
		for _, x := range []models.Decision{d.From, d.To} {
			if err := checkDecision(x); err != nil {
				return err
			}
		}
		if d.Before == nil || d.Before.Merge == nil {
			continue
		}
		m := d.Before.Merge
		if (m.Into == "") == (m.From == "") {
			return models.Errorf(models.Invalid, "item %s was merged with none, or with two", a.ID)
		}
		if other := models.ItemID(cmp.Or(m.Into, m.From)); !here[other] || other == a.ID {
			d.Before.Merge = nil
		}
	}
	return nil
}

func (t *tx) putItems(in Archive, key []byte) error {
	for i, a := range in.Items {
		it := storedItem{Item: a.Item, position: i}
		for _, p := range a.Places {
			it.places = append(it.places, place{chunk: p[0], index: p[1]})
		}
		body, err := t.sealBody(key, it.Item, "body", bodyOf(it.Item))
		if err != nil {
			return err
		}
		var first, before []byte
		if a.First != nil {
			if first, err = t.sealBody(key, it.Item, "proposed", bodyOf(*a.First)); err != nil {
				return err
			}
			if before, err = t.sealBody(key, it.Item, at("decision", 0), bodyOf(*a.First)); err != nil {
				return err
			}
		}
		n, err := t.exec(`INSERT INTO item (id, session, kind, position, decision, finished, body, proposed) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
			it.ID, it.Session, it.Kind, i, models.Proposed, it.Finished, body, first)
		if err == nil && n == 0 {
			err = models.Errorf(models.Conflict, "item %s is here already", it.ID)
		}
		if err != nil {
			return err
		}
		if err := t.replaceEvidence(it, key); err != nil {
			return err
		}
		if a.Past != nil {
			if err := t.putPastOf(a, key); err != nil {
				return err
			}
			continue
		}
		if it.Decision == models.Proposed {
			continue
		}
		if _, err := t.exec("INSERT INTO decision (item, number, at, previous, next, body) VALUES (?, 0, ?, ?, ?, ?)",
			it.ID, it.Decided.UnixMilli(), models.Proposed, it.Decision, before); err != nil {
			return err
		}
		if _, err := t.setDecision(it.Item, it.Decision, it.Decided.UnixMilli()); err != nil {
			return err
		}
	}
	return nil
}

// putPastOf stores all that was decided about an item, and where it stands.
func (t *tx) putPastOf(a ArchivedItem, key []byte) error {
	for n, d := range a.Past {
		var before []byte
		var undone any
		var err error
		if d.Before != nil {
			if before, err = t.sealBody(key, a.Item, at("decision", n), *d.Before); err != nil {
				return err
			}
		}
		if !d.Undone.IsZero() {
			undone = d.Undone.UnixMilli()
		}
		if _, err := t.exec("INSERT INTO decision (item, number, at, previous, next, body, undone) VALUES (?, ?, ?, ?, ?, ?, ?)",
			a.ID, n, d.At.UnixMilli(), d.From, d.To, before, undone); err != nil {
			return err
		}
	}
	decided := int64(0)
	if !a.Decided.IsZero() {
		decided = a.Decided.UnixMilli()
	}
	_, err := t.setDecision(a.Item, a.Decision, decided)
	return err
}
