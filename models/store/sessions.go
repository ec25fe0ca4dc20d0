package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/afterword/afterword/models"
)

// tries bounds how often a random ID is drawn again because it is taken.
const tries = 16

// SaveSession stores a new session and returns it as it is stored. Empty
// fields are filled: ID at random, Created from the clock, Date from Created,
// State with Ingesting, Channels with 1. It gets its data key here. A Conflict
// error if a given ID is taken.
func (s *Store) SaveSession(ctx context.Context, in models.Session) (models.Session, error) {
	in, err := s.complete(in)
	if err != nil {
		return in, err
	}
	key, err := s.ring.NewKey()
	if err != nil {
		return in, fail("save session", err)
	}
	given := in.ID
	err = s.write(ctx, "save session", func(t *tx) error {
		for range tries {
			if in.ID = given; given == "" {
				in.ID = models.SessionID(random(6))
			}
			stored, err := t.insertSession(in, key)
			if err != nil || stored {
				return err
			}
			if given != "" {
				break
			}
		}
		return models.Errorf(models.Conflict, "the ID %s is taken", in.ID)
	})
	return in, err
}

func (s *Store) complete(in models.Session) (models.Session, error) {
	if in.Created.IsZero() {
		in.Created = s.now()
	}
	in.Created = time.UnixMilli(in.Created.UnixMilli())
	if in.Date == "" {
		in.Date = models.DateOf(in.Created)
	}
	if in.Channels == 0 {
		in.Channels = 1
	}
	if in.State == "" {
		in.State = models.Ingesting
	}
	if in.State != models.Ingesting {
		return in, models.Errorf(models.Invalid, "save session: a new session is %q, not %q", models.Ingesting, in.State)
	}
	if id, err := models.ParseSessionID(string(in.ID)); in.ID != "" && (err != nil || id != in.ID || len(id) != 12) {
		return in, models.Errorf(models.Invalid, "save session: %q is no session ID", in.ID)
	}
	if _, err := models.ParseDate(string(in.Date)); err != nil {
		return in, fail("save session", err)
	}
	return in, nil
}

func (t *tx) insertSession(in models.Session, key []byte) (stored bool, err error) {
	secrets := []string{in.Title, in.With, in.Path}
	sealed := make([][]byte, len(secrets))
	for i, name := range sessionSecrets {
		if sealed[i], err = t.s.ring.Seal(key, at("session", in.ID, name), []byte(secrets[i])); err != nil {
			return false, err
		}
	}
	n, err := t.exec(`INSERT INTO session (id, created, date, source, hash, language, model, channels, duration_ms, state, data_key, title, counterpart, path)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
		in.ID, in.Created.UnixMilli(), in.Date, in.Source, in.Hash, in.Language, in.Model, in.Channels, milli(in.Duration), in.State,
		key, sealed[0], sealed[1], sealed[2])
	return n == 1, err
}

// sessionSecrets are the sealed columns that every session has, in the order
// of insertSession and updateSession.
var sessionSecrets = []string{"title", "counterpart", "path"}

const selectSession = `SELECT id, created, date, source, hash, language, model, channels, duration_ms, state, data_key,
	title, counterpart, path, summary FROM session `

// sealedSession is a row whose secrets are not opened yet.
type sealedSession struct {
	models.Session
	key                        []byte
	title, with, path, summary []byte
}

func scanSession(scan func(...any) error) (sealedSession, error) {
	var r sealedSession
	var created, duration int64
	err := scan(&r.ID, &created, &r.Date, &r.Source, &r.Hash, &r.Language, &r.Model, &r.Channels, &duration, &r.State, &r.key,
		&r.title, &r.with, &r.path, &r.summary)
	r.Created = time.UnixMilli(created)
	r.Duration = time.Duration(duration) * time.Millisecond
	return r, err
}

// open opens the secrets; the clear fields are there even when it fails.
func (r sealedSession) open(k ring) (models.Session, error) {
	out := r.Session
	for _, c := range []struct {
		name   string
		sealed []byte
		to     *string
	}{{"title", r.title, &out.Title}, {"counterpart", r.with, &out.With}, {"path", r.path, &out.Path}, {"summary", r.summary, &out.Summary}} {
		if c.sealed == nil {
			continue
		}
		plain, err := k.Open(r.key, at("session", r.ID, c.name), c.sealed)
		if err != nil {
			return r.Session, err
		}
		*c.to = string(plain)
	}
	return out, nil
}

func (t *tx) session(id models.SessionID) (sealedSession, error) {
	r, err := scanSession(t.row(selectSession+"WHERE id = ?", id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = noSession(id)
	}
	return r, err
}

// FindSession finds a session. A NotFound error where there is none; a Locked
// error comes with the fields that are in clear.
func (s *Store) FindSession(ctx context.Context, id models.SessionID) (models.Session, error) {
	var out models.Session
	err := s.read(ctx, "find session", func(t *tx) error {
		r, err := t.session(id)
		if err != nil {
			return err
		}
		out, err = r.open(s.ring)
		return err
	})
	return out, err
}

// listed leaves out what was recorded as an answer: it goes the way of a
// session, and is none.
const listed = "id NOT IN (SELECT about FROM entry WHERE kind = '" + string(models.EntrySpoken) + "')"

// Sessions lists all sessions, the newest first. A Locked error comes with the
// fields that are in clear.
func (s *Store) Sessions(ctx context.Context) ([]models.Session, error) {
	var all []models.Session
	var locked error
	err := s.read(ctx, "list sessions", func(t *tx) error {
		return t.each(func(rows *sql.Rows) error {
			r, err := scanSession(rows.Scan)
			if err != nil {
				return err
			}
			one, err := r.open(s.ring)
			if err != nil && models.CodeOf(err) != models.Locked {
				return err
			}
			if err != nil {
				locked = err
			}
			all = append(all, one)
			return nil
		}, selectSession+"WHERE "+listed+" ORDER BY ordinal DESC")
	})
	if err == nil {
		err = fail("list sessions", locked)
	}
	return all, err
}

// ResolveSession finds the session that a person means by "last" or by the
// beginning of an ID. NotFound, or Conflict when several begin so.
func (s *Store) ResolveSession(ctx context.Context, prefix string) (models.SessionID, error) {
	var found []string
	err := s.read(ctx, "find session", func(t *tx) error {
		add := func(rows *sql.Rows) error {
			var id string
			err := rows.Scan(&id)
			found = append(found, id)
			return err
		}
		if strings.EqualFold(strings.TrimSpace(prefix), "last") {
			return t.each(add, "SELECT id FROM session WHERE "+listed+" ORDER BY ordinal DESC LIMIT 1")
		}
		id, err := models.ParseSessionID(prefix)
		if err != nil {
			return err
		}
		// No digit of an ID comes after f.
		return t.each(add, "SELECT id FROM session WHERE id >= ? AND id < ? AND "+listed+" ORDER BY id", id, id+"g")
	})
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", fail("find session", models.WithHint(models.Errorf(models.NotFound, "there is no session %s", strings.TrimSpace(prefix)), "'afterword sessions' lists them"))
	}
	id, err := unique("session", found)
	return models.SessionID(id), fail("find session", err)
}

// unique refuses several candidates for one name.
func unique(noun string, found []string) (string, error) {
	if len(found) == 1 {
		return found[0], nil
	}
	const named = 5
	list := strings.Join(found[:min(named, len(found))], ", ")
	if len(found) > named {
		list += fmt.Sprintf(" and %d more", len(found)-named)
	}
	return "", models.WithHint(models.Errorf(models.Conflict, "%d %ss begin so: %s", len(found), noun, list), "give more of the ID")
}

// FindByHash finds the newest session made from a file with that keyed hash,
// and whether there is one. A Locked error comes with the fields in clear.
func (s *Store) FindByHash(ctx context.Context, hash string) (models.Session, bool, error) {
	var out models.Session
	found := false
	if hash == "" {
		return out, false, nil
	}
	err := s.read(ctx, "find session by its file", func(t *tx) error {
		r, err := scanSession(t.row(selectSession+"WHERE hash = ? ORDER BY ordinal DESC LIMIT 1", hash).Scan)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		found = true
		out, err = r.open(s.ring)
		return err
	})
	return out, found, err
}

// SessionKey is the session's data key, wrapped by the vault. NotFound.
func (s *Store) SessionKey(ctx context.Context, id models.SessionID) (wrapped []byte, err error) {
	err = s.read(ctx, "find session key", func(t *tx) error {
		wrapped, err = t.key(id)
		return err
	})
	return wrapped, err
}

// InState lists the sessions that have come so far and no further, the oldest
// first. It needs no open vault.
func (s *Store) InState(ctx context.Context, state models.SessionState) ([]models.SessionID, error) {
	var all []models.SessionID
	err := s.read(ctx, "list sessions", func(t *tx) error {
		return t.each(func(rows *sql.Rows) error {
			var id models.SessionID
			err := rows.Scan(&id)
			all = append(all, id)
			return err
		}, "SELECT id FROM session WHERE state = ? ORDER BY ordinal", state)
	})
	return all, err
}

// Extracting lists the sessions whose items are due.
func (s *Store) Extracting(ctx context.Context) ([]models.SessionID, error) {
	return s.InState(ctx, models.Extracting)
}

// EditSession changes what people may change of a session: Title, With, Date,
// Language, Model and Path; what edit does to other fields is not stored. edit
// runs while nobody else can write, so it must not wait for anything.
func (s *Store) EditSession(ctx context.Context, id models.SessionID, edit func(*models.Session)) (models.Session, error) {
	var out models.Session
	err := s.write(ctx, "edit session", func(t *tx) error {
		r, err := t.session(id)
		if err != nil {
			return err
		}
		if out, err = r.open(s.ring); err != nil {
			return err
		}
		was := out
		edit(&out)
		was.Title, was.With, was.Path, was.Date, was.Language, was.Model = out.Title, out.With, out.Path, out.Date, out.Language, out.Model
		out = was
		if _, err := models.ParseDate(string(out.Date)); err != nil {
			return err
		}
		return t.updateSession(out, r.key)
	})
	return out, err
}

func (t *tx) updateSession(in models.Session, key []byte) error {
	args := []any{in.Date, in.Language, in.Model}
	for i, plain := range []string{in.Title, in.With, in.Path} {
		sealed, err := t.s.ring.Seal(key, at("session", in.ID, sessionSecrets[i]), []byte(plain))
		if err != nil {
			return err
		}
		args = append(args, sealed)
	}
	_, err := t.exec("UPDATE session SET date = ?, language = ?, model = ?, title = ?, counterpart = ?, path = ? WHERE id = ?", append(args, in.ID)...)
	return err
}

// SetLanguage stores the language of a session, ISO 639-1. It needs no open
// vault.
func (s *Store) SetLanguage(ctx context.Context, id models.SessionID, language string) error {
	return s.write(ctx, "set language", func(t *tx) error {
		n, err := t.exec("UPDATE session SET language = ? WHERE id = ?", language, id)
		if err == nil && n == 0 {
			return noSession(id)
		}
		return err
	})
}

// FinishIngest says that all sound of a session is in, and how much: from
// Ingesting it goes to Transcribing, and on to Extracting if no chunk is
// pending; due reports that. Called again it changes nothing, unless the
// duration differs: a Conflict error.
func (s *Store) FinishIngest(ctx context.Context, id models.SessionID, duration time.Duration) (due bool, err error) {
	err = s.write(ctx, "finish ingest", func(t *tx) error {
		r, err := t.session(id)
		if err != nil {
			return err
		}
		if r.State != models.Ingesting {
			if milli(r.Duration) != milli(duration) {
				return models.Errorf(models.Conflict, "session %s was finished at %v, not %v", id, r.Duration, duration)
			}
			due = r.State == models.Extracting
			return nil
		}
		if _, err := t.exec("UPDATE session SET duration_ms = ? WHERE id = ?", milli(duration), id); err != nil {
			return err
		}
		if err := t.move(id, models.Ingesting, models.Transcribing); err != nil {
			return err
		}
		due, err = t.settle(id)
		return err
	})
	return due && err == nil, err
}

// random is n random bytes in hexadecimal digits.
func random(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
