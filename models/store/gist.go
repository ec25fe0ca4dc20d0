package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
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
	var out []models.Item
	err := s.read(ctx, "list items", func(t *tx) error {
		query, args := f.where()
		return t.each(func(rows *sql.Rows) error {
			var it storedItem
			var key, body []byte
			var decided *int64
			if err := rows.Scan(&it.ID, &it.Session, &it.Kind, &it.Decision, &decided, &it.Finished, &body, &key); err != nil {
				return err
			}
			if decided != nil {
				it.Decided = time.UnixMilli(*decided)
			}
			b, err := t.unsealBody(key, it, "body", body)
			b.into(&it.Item)
			out = append(out, it.Item)
			return err
		}, `SELECT item.id, item.session, kind, decision, decided, finished, body, data_key
			FROM item JOIN session ON session.id = item.session WHERE `+query+` ORDER BY ordinal DESC, position, item.rowid`, args...)
	})
	return out, err
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
// without the times of single words and without their ends: all that a search
// reads. Sorting here instead of in SQL spares a copy of every text. NotFound,
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
			if err := rows.Scan(&r.Chunk, &r.Index, &start, &r.Speaker, &suspect, &r.Edited, &r.text); err != nil {
				return err
			}
			r.Span.Start, r.Suspect = time.Duration(start)*time.Millisecond, decodeDoubts(suspect)
			g, err := r.open(s.ring, key)
			out = append(out, g)
			return err
		}, "SELECT chunk, idx, start_ms, speaker, suspect, edited, text FROM segment WHERE session = ?", id)
	})
	slices.SortFunc(out, func(a, b models.Segment) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Chunk, b.Chunk), cmp.Compare(a.Index, b.Index))
	})
	for i := range out {
		out[i].Seq = i
	}
	return out, err
}

// TextMarks has a mark for each session that has segments. It changes with
// every correction, every change of speakers, and when segments come or go; it
// tells nothing of what they say.
func (s *Store) TextMarks(ctx context.Context) (map[models.SessionID]string, error) {
	out := map[models.SessionID]string{}
	err := s.read(ctx, "read marks of texts", func(t *tx) error {
		return t.each(func(rows *sql.Rows) error {
			var id models.SessionID
			var n, bytes, voices, corrections int64
			err := rows.Scan(&id, &n, &bytes, &voices, &corrections)
			out[id] = fmt.Sprint(n, bytes, voices, corrections)
			return err
		}, `SELECT g.session, COUNT(*), SUM(length(g.text)), SUM((g.chunk * 31 + g.idx + 1) * (unicode(g.speaker) + 7 * COALESCE(unicode(substr(g.speaker, 2)), 0) + length(g.suspect))),
			(SELECT COALESCE(SUM(r.number + 1), 0) FROM revision r WHERE r.session = g.session)
			FROM segment g GROUP BY g.session`)
	})
	return out, err
}
