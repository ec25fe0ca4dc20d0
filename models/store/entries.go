package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/afterword/afterword/models"
)

// SaveEntry stores an entry and returns it as it is stored. With Version 0 it
// is new, and gets an ID where it has none; a Conflict error if a given ID is
// taken. Otherwise it replaces what has that version, and a Conflict error
// says that somebody else saved it meanwhile. Kind, ID, Session and Made of an
// entry never change. NotFound where its session or the entry is gone.
func (s *Store) SaveEntry(ctx context.Context, e models.Entry) (models.Entry, error) {
	if _, err := models.ParseDate(string(e.Day)); err != nil {
		return e, fail("save "+string(e.Kind), err)
	}
	err := s.write(ctx, "save "+string(e.Kind), func(t *tx) (err error) {
		e.Changed = time.UnixMilli(t.s.now().UnixMilli())
		if e.Version == 0 {
			e, err = t.insertEntry(e)
		} else {
			e, err = t.updateEntry(e)
		}
		return err
	})
	return e, err
}

func (t *tx) insertEntry(e models.Entry) (models.Entry, error) {
	var own any // SQL NULL where the session's key is used
	var key []byte
	var session any
	var err error
	if e.Session != "" {
		session = e.Session
		key, err = t.key(e.Session)
	} else {
		key, err = t.s.ring.NewKey()
		own = key
	}
	if err != nil {
		return e, err
	}
	e.Made, e.Version = e.Changed, 1
	given := e.ID
	for range tries {
		if e.ID = given; given == "" {
			e.ID = models.EntryID(random(4))
		}
		body, err := t.s.ring.Seal(key, entryBody(e), e.Body)
		if err != nil {
			return e, err
		}
		n, err := t.exec(`INSERT INTO entry (kind, id, session, about, day, made, changed, version, data_key, body)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, id) DO NOTHING`,
			e.Kind, e.ID, session, e.About, e.Day, e.Made.UnixMilli(), e.Changed.UnixMilli(), e.Version, own, body)
		if err != nil || n == 1 {
			return e, err
		}
		if given != "" {
			break
		}
	}
	return e, changedMeanwhile(e)
}

func (t *tx) updateEntry(e models.Entry) (models.Entry, error) {
	was, err := t.sealedEntry(e.Kind, e.ID)
	if err != nil {
		return e, err
	}
	if was.Version != e.Version {
		return e, changedMeanwhile(e)
	}
	e.Session, e.Made, e.Version = was.Session, was.Made, e.Version+1
	body, err := t.s.ring.Seal(was.key, entryBody(e), e.Body)
	if err != nil {
		return e, err
	}
	_, err = t.exec("UPDATE entry SET about = ?, day = ?, changed = ?, version = ?, body = ? WHERE kind = ? AND id = ?",
		e.About, e.Day, e.Changed.UnixMilli(), e.Version, body, e.Kind, e.ID)
	return e, err
}

func changedMeanwhile(e models.Entry) error {
	return models.WithHint(models.Errorf(models.Conflict, "%s %s was changed meanwhile", e.Kind, e.ID), "read it again, then change it")
}

func entryBody(e models.Entry) string { return at("entry", e.Kind, e.ID, "body") }

// sealedEntry is a row whose body is not opened yet.
type sealedEntry struct {
	models.Entry
	key, body []byte
}

const selectEntry = `SELECT kind, entry.id, coalesce(session, ''), about, day, made, changed, version,
	coalesce(entry.data_key, owner.data_key), body FROM entry LEFT JOIN session AS owner ON owner.id = entry.session `

func scanEntry(scan func(...any) error) (sealedEntry, error) {
	var r sealedEntry
	var made, changed int64
	err := scan(&r.Kind, &r.ID, &r.Session, &r.About, &r.Day, &made, &changed, &r.Version, &r.key, &r.body)
	r.Made, r.Changed = time.UnixMilli(made), time.UnixMilli(changed)
	return r, err
}

func (t *tx) sealedEntry(kind models.EntryKind, id models.EntryID) (sealedEntry, error) {
	r, err := scanEntry(t.row(selectEntry+"WHERE kind = ? AND entry.id = ?", kind, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = models.Errorf(models.NotFound, "there is no %s %s", kind, id)
	}
	return r, err
}

// Entries lists entries by day, those of one day in the order in which they
// were made. Locked.
func (s *Store) Entries(ctx context.Context, f models.EntryFilter) ([]models.Entry, error) {
	var all []sealedEntry
	err := s.read(ctx, "list entries", func(t *tx) error {
		where, args := entryWhere(f)
		return t.each(func(rows *sql.Rows) error {
			r, err := scanEntry(rows.Scan)
			all = append(all, r)
			return err
		}, selectEntry+where+" ORDER BY day, made, entry.rowid", args...)
	})
	if err != nil {
		return nil, err
	}
	out, err := sideBySide(all, func(r sealedEntry) (e models.Entry, err error) {
		e = r.Entry
		e.Body, err = s.ring.Open(r.key, entryBody(e), r.body)
		return e, err
	})
	return out, fail("list entries", err)
}

func entryWhere(f models.EntryFilter) (query string, args []any) {
	terms := []string{"1"}
	add := func(term string, arg any) { terms, args = append(terms, term), append(args, arg) }
	if f.Kind != "" {
		add("kind = ?", f.Kind)
	}
	if f.ID != "" {
		add("entry.id >= ?", f.ID)
		add("entry.id < ?", f.ID+"g") // no digit of an ID comes after f
	}
	if f.Session != "" {
		add("entry.session = ?", f.Session)
	}
	if f.About != "" {
		add("about = ?", f.About)
	}
	if f.Since != "" {
		add("day >= ?", f.Since)
	}
	if f.Until != "" {
		add("day <= ?", f.Until)
	}
	return "WHERE " + strings.Join(terms, " AND "), args
}

// ForgetEntry destroys an entry: its key where it has one of its own, its row,
// both in the copies from before migrations too, and what the log holds of
// them. NotFound; Busy as ForgetSession.
func (s *Store) ForgetEntry(ctx context.Context, kind models.EntryKind, id models.EntryID) error {
	var was sealedEntry
	err := s.read(ctx, "forget entry", func(t *tx) (err error) {
		was, err = t.sealedEntry(kind, id)
		return err
	})
	if err != nil {
		return err
	}
	erase := []string{
		"UPDATE entry SET data_key = zeroblob(length(data_key)) WHERE kind = ? AND id = ? AND data_key IS NOT NULL",
		"DELETE FROM entry WHERE kind = ? AND id = ?",
	}
	if err := s.eraseInCopies(ctx, erase, kind, id); err != nil {
		return fail("forget entry in the copies from before migrations", err)
	}
	err = s.write(ctx, "forget entry", func(t *tx) error {
		for _, q := range erase {
			if _, err := t.exec(q, kind, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if k, ok := s.ring.(interface{ Forget(wrapped []byte) }); ok && was.Session == "" {
		k.Forget(was.key)
	}
	return s.EmptyLog(ctx)
}

func (s *Store) eraseInCopies(ctx context.Context, queries []string, args ...any) error {
	paths, err := s.copies()
	if err != nil {
		return err
	}
	for _, path := range paths {
		db, err := sql.Open("sqlite", dsn(path, copied))
		if err != nil {
			return err
		}
		for _, q := range queries {
			// A copy from before there were entries has no such table: SQLite's
			// general error, and nothing to erase.
			if _, qerr := db.ExecContext(ctx, q, args...); qerr != nil && result(qerr) != sqlite3.SQLITE_ERROR {
				err = errors.Join(err, qerr)
			}
		}
		if err = errors.Join(err, db.Close()); err != nil {
			return err
		}
	}
	return nil
}
