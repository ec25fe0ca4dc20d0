package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/afterword/afterword/models"
)

// itemBody is an item as it is sealed: what it says, not what was decided.
type itemBody struct {
	Text       string              `json:"text,omitempty"`
	Label      string              `json:"label,omitempty"`
	Score      float64             `json:"score,omitempty"`
	Holder     models.Speaker      `json:"holder,omitempty"`
	Basis      string              `json:"basis,omitempty"`
	Intensity  float64             `json:"intensity,omitempty"`
	Status     models.ActionStatus `json:"status,omitempty"`
	Owner      string              `json:"owner,omitempty"`
	Due        models.Date         `json:"due,omitempty"`
	Recurrence string              `json:"recurrence,omitempty"`
	When       string              `json:"when,omitempty"`
	Where      string              `json:"where,omitempty"`
	Skill      string              `json:"skill,omitempty"`
	Helped     *bool               `json:"helped,omitempty"`
	Engine     string              `json:"engine,omitempty"`

	Merge *merged `json:"merge,omitempty"` // of a decision alone
}

func bodyOf(it models.Item) itemBody {
	return itemBody{
		it.Text, it.Label, it.Score, it.Holder, it.Basis, it.Intensity, it.Status, it.Owner, it.Due, it.Recurrence,
		it.When, it.Where, it.Skill, it.Helped, it.Engine, nil,
	}
}

func (b itemBody) into(it *models.Item) {
	it.Text, it.Label, it.Score, it.Holder, it.Basis, it.Intensity = b.Text, b.Label, b.Score, b.Holder, b.Basis, b.Intensity
	it.Status, it.Owner, it.Due, it.Recurrence = b.Status, b.Owner, b.Due, b.Recurrence
	it.When, it.Where, it.Skill, it.Helped, it.Engine = b.When, b.Where, b.Skill, b.Helped, b.Engine
}

// storedItem is an item with what only the store knows of it.
type storedItem struct {
	models.Item
	position int
	proposed itemBody // as it was extracted
	edited   bool     // proposed differs from the item
	places   []place  // of its evidence, in the same order
}

// kept reports whether the client has done something with the item.
func (it storedItem) kept() bool { return it.Decision != models.Proposed || it.Finished }

// ItemFilter chooses items; the zero filter takes all of every session, but
// those that were rejected.
type ItemFilter struct {
	Session  models.SessionID // empty for all
	Kind     models.Kind
	Status   models.ActionStatus
	Decision models.Decision
	All      bool // rejected ones too
}

// Items lists items: the newest session first, then in order of models.Kinds,
// then as they were extracted. Each quote is looked up again: an item whose
// words are no longer there has Stale set, and evidence in a segment that is
// gone has segment -1. Locked.
func (s *Store) Items(ctx context.Context, f ItemFilter) ([]models.Item, error) {
	var out []models.Item
	err := s.read(ctx, "list items", func(t *tx) error {
		query, args := f.where()
		all, err := t.items(query, args...)
		if err != nil {
			return err
		}
		for _, it := range all {
			if f.Status == "" || it.Status == f.Status {
				out = append(out, it.Item)
			}
		}
		return nil
	})
	return out, err
}

func (f ItemFilter) where() (query string, args []any) {
	terms := []string{"1"}
	add := func(term string, arg any) {
		terms = append(terms, term)
		args = append(args, arg)
	}
	if f.Session != "" {
		add("item.session = ?", f.Session)
	}
	if f.Kind != "" {
		add("kind = ?", f.Kind)
	}
	if f.Decision != "" {
		add("decision = ?", f.Decision)
	} else if !f.All {
		add("decision <> ?", models.Rejected)
	}
	return strings.Join(terms, " AND "), args
}

// items finds items in the order that Items promises, with their evidence
// checked against what the segments say now.
func (t *tx) items(where string, args ...any) ([]storedItem, error) {
	type row struct {
		storedItem
		key, body, first []byte
		decided          *int64
	}
	var rows []row
	err := t.each(func(r *sql.Rows) error {
		var x row
		err := r.Scan(&x.ID, &x.Session, &x.Kind, &x.position, &x.Decision, &x.decided, &x.Finished, &x.body, &x.first, &x.key)
		rows = append(rows, x)
		return err
	}, `SELECT item.id, item.session, kind, position, decision, decided, finished, body, proposed, data_key
		FROM item JOIN session ON session.id = item.session WHERE `+where+` ORDER BY ordinal DESC, position, item.rowid`, args...)
	if err != nil {
		return nil, err
	}
	sources := map[models.SessionID]*sources{}
	var all []storedItem
	for _, x := range rows {
		src := sources[x.Session]
		if src == nil {
			if src, err = t.sources(x.Session, x.key); err != nil {
				return nil, err
			}
			sources[x.Session] = src
		}
		it := x.storedItem
		if x.decided != nil {
			it.Decided = time.UnixMilli(*x.decided)
		}
		if err := t.openBody(&it, x.key, x.body, x.first); err != nil {
			return nil, err
		}
		if err := t.openEvidence(&it, x.key, src); err != nil {
			return nil, err
		}
		all = append(all, it)
	}
	// By session already; sorting is stable.
	rank := map[models.SessionID]int{}
	for _, it := range all {
		if _, ok := rank[it.Session]; !ok {
			rank[it.Session] = len(rank)
		}
	}
	slices.SortStableFunc(all, func(a, b storedItem) int {
		if a.Session != b.Session {
			return rank[a.Session] - rank[b.Session]
		}
		return slices.Index(models.Kinds, a.Kind) - slices.Index(models.Kinds, b.Kind)
	})
	return all, nil
}

func (t *tx) openBody(it *storedItem, key, body, first []byte) error {
	now, err := t.s.unsealBody(key, *it, "body", body)
	if err != nil {
		return err
	}
	now.into(&it.Item)
	it.proposed = now
	if first != nil {
		it.edited = true
		it.proposed, err = t.s.unsealBody(key, *it, "proposed", first)
	}
	return err
}

func (s *Store) unsealBody(key []byte, it storedItem, column string, sealed []byte) (itemBody, error) {
	var b itemBody
	plain, err := s.ring.Open(key, at("item", it.Session, it.ID, column), sealed)
	if err != nil {
		return b, err
	}
	if err := json.Unmarshal(plain, &b); err != nil {
		return b, models.Errorf(models.Unusable, "read item: %w", err)
	}
	return b, nil
}

func (t *tx) sealBody(key []byte, it models.Item, column string, b itemBody) ([]byte, error) {
	plain, err := json.Marshal(b)
	if err != nil {
		return nil, err
	}
	return t.s.ring.Seal(key, at("item", it.Session, it.ID, column), plain)
}

// FindItem finds the item with that ID or the only one whose ID begins so.
// NotFound, Conflict, Locked.
func (s *Store) FindItem(ctx context.Context, id models.ItemID) (models.Item, error) {
	var out models.Item
	err := s.read(ctx, "find item", func(t *tx) error {
		it, err := t.item(id)
		out = it.Item
		return err
	})
	return out, err
}

func (t *tx) item(prefix models.ItemID) (storedItem, error) {
	id, err := t.resolveItem(prefix)
	if err != nil {
		return storedItem{}, err
	}
	all, err := t.items("item.id = ?", id)
	if err != nil {
		return storedItem{}, err
	}
	if len(all) == 0 {
		return storedItem{}, noItem(id)
	}
	return all[0], nil
}

func (t *tx) resolveItem(prefix models.ItemID) (models.ItemID, error) {
	id := strings.ToLower(strings.TrimSpace(string(prefix)))
	if id == "" || len(id) > 8 || strings.Trim(id, "0123456789abcdef") != "" {
		return "", models.Errorf(models.Invalid, "read item ID %q: want up to 8 digits and letters a to f, as 'afterword items' prints them", prefix)
	}
	var found []string
	err := t.each(func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		found = append(found, id)
		return err
	}, "SELECT id FROM item WHERE id >= ? AND id < ? ORDER BY id", id, id+"g")
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", noItem(models.ItemID(id))
	}
	one, err := unique("item", found)
	return models.ItemID(one), err
}

func noItem(id models.ItemID) error {
	return models.WithHint(models.Errorf(models.NotFound, "there is no item %s", id), "'afterword items' lists them")
}
