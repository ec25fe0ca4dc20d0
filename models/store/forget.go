package store

import (
	"context"
	"database/sql"
	"errors"
	"os"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/afterword/afterword/models"
)

// Receipt says what of a session was destroyed.
type Receipt struct {
	Session   models.SessionID
	Chunks    int
	Segments  int
	Revisions int // earlier texts of corrected segments
	Items     int
	Evidence  int
	Decisions int
	Entries   int  // notes, plans and outcomes that belonged to it
	Backups   int  // copies from before migrations that held the session too
	Log       bool // the write-ahead log was emptied
}

// ForgetSession destroys a session: its wrapped data key and every row that
// belongs to it, in the copies from before migrations too, and what is left of
// them in the log. Freed pages are overwritten. Backups made elsewhere
// stay, as does the session's sound: that is not the store's.
//
// A Busy error with a receipt whose Log is false: everything is deleted, but
// another process is reading, so that the log still holds it; EmptyLog tries
// again.
func (s *Store) ForgetSession(ctx context.Context, id models.SessionID) (Receipt, error) {
	r := Receipt{Session: id}
	key, err := s.SessionKey(ctx, id)
	if err != nil {
		return r, fail("forget session", err)
	}
	// The copies first: as long as the session is here, it can be forgotten
	// again after whatever stopped this.
	if r.Backups, err = s.forgetInCopies(ctx, id); err != nil {
		return r, fail("forget session in the copies from before migrations", err)
	}
	err = s.write(ctx, "forget session", func(t *tx) error {
		if err := t.count(&r); err != nil {
			return err
		}
		// Overwritten before it is deleted, so that no freed page keeps it.
		if _, err := t.exec("UPDATE session SET data_key = zeroblob(length(data_key)) WHERE id = ?", id); err != nil {
			return err
		}
		n, err := t.exec("DELETE FROM session WHERE id = ?", id) // the rest goes with it
		if err == nil && n == 0 {
			return noSession(id)
		}
		return err
	})
	if err != nil {
		return r, err
	}
	if k, ok := s.ring.(interface{ Forget(wrapped []byte) }); ok {
		k.Forget(key)
	}
	err = s.EmptyLog(ctx)
	r.Log = err == nil
	return r, err
}

func (t *tx) count(r *Receipt) error {
	const ofItems = " WHERE item IN (SELECT id FROM item WHERE session = ?1)"
	for _, c := range []struct {
		to   *int
		from string
	}{
		{&r.Chunks, "chunk WHERE session = ?1"},
		{&r.Segments, "segment WHERE session = ?1"},
		{&r.Revisions, "revision WHERE session = ?1"},
		{&r.Items, "item WHERE session = ?1"},
		{&r.Evidence, "evidence" + ofItems},
		{&r.Decisions, "decision" + ofItems},
		{&r.Entries, "entry WHERE session = ?1"},
	} {
		if err := t.row("SELECT count(*) FROM "+c.from, r.Session).Scan(c.to); err != nil {
			return err
		}
	}
	return nil
}

// EmptyLog writes everything into the database itself and cuts the write-ahead
// log to nothing, so that old versions of pages are gone. A Busy error while
// another process is reading.
func (s *Store) EmptyLog(ctx context.Context) error {
	var busy, frames, moved int
	for range 3 { // each waits for readers as long as busy_timeout says
		err := s.writer.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved)
		if err != nil && result(err) != sqlite3.SQLITE_BUSY {
			return fail("empty the log", err)
		}
		if err == nil && busy == 0 {
			return nil
		}
	}
	return models.WithHint(models.Errorf(models.Busy, "empty the log: another process is reading the database"),
		"close other windows of afterword and run it again")
}

// forgetInCopies deletes the session in each copy, and a copy that cannot be
// read whole.
func (s *Store) forgetInCopies(ctx context.Context, id models.SessionID) (int, error) {
	paths, err := s.copies()
	if err != nil {
		return 0, err
	}
	n := 0
	for _, path := range paths {
		found, err := forgetIn(ctx, path, id)
		switch code := result(err); {
		case code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB:
			if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
				return n, err
			}
			found = true
		case err != nil:
			return n, err
		}
		if found {
			n++
		}
	}
	return n, nil
}

func forgetIn(ctx context.Context, path string, id models.SessionID) (found bool, err error) {
	db, err := sql.Open("sqlite", dsn(path, copied))
	if err != nil {
		return false, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, "UPDATE session SET data_key = zeroblob(length(data_key)) WHERE id = ?", id); err != nil {
		return false, err
	}
	r, err := db.ExecContext(ctx, "DELETE FROM session WHERE id = ?", id)
	if err != nil {
		return false, err
	}
	n, err := r.RowsAffected()
	return n > 0, err
}
