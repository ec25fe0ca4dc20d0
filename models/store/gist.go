package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"github.com/afterword/afterword/models"
)

// GistFilter chooses items that were not rejected; empty fields choose all.
type GistFilter struct {
	Session models.SessionID
	Kinds   []models.Kind
	Since   models.Date // of the session
}

// Gist lists what items say without looking up the words behind them: it
// leaves Evidence empty and Stale false, and is some fifty times as fast as
// Items. For what looks at years at once. The newest session comes first, then
// the order of extraction. Locked.
func (s *Store) Gist(ctx context.Context, f GistFilter) ([]models.Item, error) {
	type row struct {
		storedItem
		key, body []byte
	}
	var all []row
	err := s.read(ctx, "list items", func(t *tx) error {
		query, args := f.where()
		return t.each(func(rows *sql.Rows) error {
			var r row
			var decided *int64
			err := rows.Scan(&r.ID, &r.Session, &r.Kind, &r.Decision, &decided, &r.Finished, &r.body, &r.key)
			if decided != nil {
				r.Decided = time.UnixMilli(*decided)
			}
			all = append(all, r)
			return err
		}, `SELECT item.id, item.session, kind, decision, decided, finished, body, data_key
			FROM item JOIN session ON session.id = item.session WHERE `+query+` ORDER BY ordinal DESC, position, item.rowid`, args...)
	})
	if err != nil {
		return nil, err
	}
	out, err := sideBySide(all, func(r row) (models.Item, error) {
		b, err := s.unsealBody(r.key, r.storedItem, "body", r.body)
		b.into(&r.Item)
		return r.Item, err
	})
	return out, fail("list items", err)
}

func (f GistFilter) where() (query string, args []any) {
	query = "decision <> 'rejected'"
	if f.Session != "" {
		query, args = query+" AND item.session = ?", append(args, f.Session)
	}
	if len(f.Kinds) > 0 {
		query += " AND kind IN (?" + strings.Repeat(", ?", len(f.Kinds)-1) + ")"
		for _, k := range f.Kinds {
			args = append(args, k)
		}
	}
	if f.Since != "" {
		query, args = query+" AND session.date >= ?", append(args, f.Since)
	}
	return query, args
}

// Texts is a session's segments in order of time, numbered as in Transcript,
// with no more of them than a search reads: place, start, speaker, doubts, text. Sorting here instead of in SQL spares a copy of every text. NotFound,
// Locked.
func (s *Store) Texts(ctx context.Context, id models.SessionID) ([]models.Segment, error) {
	var out []models.Segment
	err := s.read(ctx, "read texts", func(t *tx) error {
		key, err := t.key(id)
		if err != nil {
			return err
		}
		return t.each(func(rows *sql.Rows) error {
			r := sealedSegment{Segment: models.Segment{Session: id}}
			var start int64
			var suspect string
			var sealed sql.RawBytes // spares a copy: it is opened at once
			if err := rows.Scan(&r.Chunk, &r.Index, &start, &r.Speaker, &suspect, &sealed); err != nil {
				return err
			}
			r.Span.Start, r.Suspect, r.text = time.Duration(start)*time.Millisecond, decodeDoubts(suspect), sealed
			g, err := r.open(s.ring, key)
			out = append(out, g)
			return err
		}, "SELECT chunk, idx, start_ms, speaker, suspect, text FROM segment WHERE session = ?", id)
	})
	slices.SortFunc(out, func(a, b models.Segment) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Chunk, b.Chunk), cmp.Compare(a.Index, b.Index))
	})
	for i := range out {
		out[i].Seq = i
	}
	return out, err
}

// Stamps has a stamp for each session. It is another one after anything of the
// session's words or items was changed, came or went; a session that was
// forgotten and brought back has another one too. It tells nothing of what
// they say.
func (s *Store) Stamps(ctx context.Context) (map[models.SessionID]string, error) {
	out := map[models.SessionID]string{}
	err := s.read(ctx, "read stamps of sessions", func(t *tx) error {
		return t.each(func(rows *sql.Rows) error {
			var id models.SessionID
			var stamp string
			err := rows.Scan(&id, &stamp)
			out[id] = stamp
			return err
		}, "SELECT id, touched || ' ' || hex(data_key) FROM session")
	})
	return out, err
}
