package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/afterword/afterword/models"
)

// tx is one transaction, for as long as one call.
type tx struct {
	*sql.Tx
	ctx context.Context
	s   *Store
}

// write runs f holding the write lock. All that f did is on disk when write
// returns nil, and nothing of it otherwise.
func (s *Store) write(ctx context.Context, doing string, f func(*tx) error) error {
	raw, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return fail(doing, err)
	}
	defer func() { _ = raw.Rollback() }()
	t := &tx{raw, ctx, s}
	var version int
	if err := t.row("PRAGMA user_version").Scan(&version); err != nil {
		return fail(doing, err)
	}
	if version != s.version {
		return fail(doing, models.WithHint(models.Errorf(models.TooNew, "a newer program has taken over the database"), "stop this one and start it again"))
	}
	if err := f(t); err != nil {
		return fail(doing, err)
	}
	return fail(doing, raw.Commit())
}

// read runs f on one unchanging view of the database.
func (s *Store) read(ctx context.Context, doing string, f func(*tx) error) error {
	raw, err := s.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fail(doing, err)
	}
	defer func() { _ = raw.Rollback() }()
	return fail(doing, f(&tx{raw, ctx, s}))
}

func (t *tx) row(query string, args ...any) *sql.Row {
	return t.QueryRowContext(t.ctx, query, args...)
}

// exec returns the number of rows that changed.
func (t *tx) exec(query string, args ...any) (int64, error) {
	r, err := t.ExecContext(t.ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// each calls scan for every row of the answer.
func (t *tx) each(scan func(*sql.Rows) error, query string, args ...any) error {
	rows, err := t.QueryContext(t.ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// key is the session's wrapped data key.
func (t *tx) key(id models.SessionID) ([]byte, error) {
	var key []byte
	err := t.row("SELECT data_key FROM session WHERE id = ?", id).Scan(&key)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, noSession(id)
	}
	return key, err
}

// state is how far the session has come.
func (t *tx) state(id models.SessionID) (models.SessionState, error) {
	var state models.SessionState
	err := t.row("SELECT state FROM session WHERE id = ?", id).Scan(&state)
	if errors.Is(err, sql.ErrNoRows) {
		return "", noSession(id)
	}
	return state, err
}

// move sends a session from one state to the next, if that is legal.
func (t *tx) move(id models.SessionID, from, to models.SessionState) error {
	if err := from.To(to); err != nil {
		return err
	}
	_, err := t.exec("UPDATE session SET state = ? WHERE id = ?", to, id)
	return err
}

// settle lets a session go on to extraction when all of its sound is in and no
// chunk is pending. It reports whether items are due.
func (t *tx) settle(id models.SessionID) (due bool, err error) {
	state, err := t.state(id)
	if err != nil || state != models.Transcribing {
		return state == models.Extracting, err
	}
	var pending bool
	if err := t.row("SELECT EXISTS (SELECT 1 FROM chunk WHERE session = ? AND state = 'pending')", id).Scan(&pending); err != nil || pending {
		return false, err
	}
	return true, t.move(id, models.Transcribing, models.Extracting)
}

func milli(d time.Duration) int64 { return d.Milliseconds() }

func span(start, end int64) models.Span {
	return models.Span{Start: time.Duration(start) * time.Millisecond, End: time.Duration(end) * time.Millisecond}
}
