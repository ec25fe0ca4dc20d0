package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/afterword/afterword/models"
)

// Gist lists what items say without looking up the words behind them: it
// leaves Evidence empty and Stale false, and is some fifty times as fast as
// Items. For what looks at years at once. The newest session comes first, then
// the order of extraction. Locked.
func (s *Store) Gist(ctx context.Context, f ItemFilter) ([]models.Item, error) {
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
			if err == nil && (f.Status == "" || it.Status == f.Status) {
				out = append(out, it.Item)
			}
			return err
		}, `SELECT item.id, item.session, kind, decision, decided, finished, body, data_key
			FROM item JOIN session ON session.id = item.session WHERE `+query+` ORDER BY ordinal DESC, position, item.rowid`, args...)
	})
	return out, err
}

// Texts is a session's segments in order of time, numbered as in Transcript,
// without the times of single words: all that a search reads. NotFound, Locked.
func (s *Store) Texts(ctx context.Context, id models.SessionID) ([]models.Segment, error) {
	var out []models.Segment
	err := s.read(ctx, "read texts", func(t *tx) error {
		key, err := t.key(id)
		if err != nil {
			return err
		}
		rows, err := t.sealedSegments(id, textOnly)
		if err != nil {
			return err
		}
		out = make([]models.Segment, 0, len(rows))
		for _, r := range rows {
			g, err := r.open(s.ring, key)
			if err != nil {
				return err
			}
			out = append(out, g)
		}
		return nil
	})
	return out, err
}
