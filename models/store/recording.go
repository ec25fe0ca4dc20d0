package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/afterword/afterword/models"
)

// SaveRecording says that a session is being recorded, under which consent (0
// if none was asked for). Again, it changes nothing.
func (s *Store) SaveRecording(ctx context.Context, r models.Recording, consent int64) error {
	return s.write(ctx, "save recording", func(t *tx) error {
		if _, err := t.state(r.Session); err != nil {
			return err
		}
		_, err := t.exec(`INSERT INTO recording (session, consent, later) VALUES (?, ?, ?) ON CONFLICT (session) DO NOTHING`,
			r.Session, sql.NullInt64{Int64: consent, Valid: consent > 0}, r.Later)
		return err
	})
}

// EndRecording says that no more sound will come, and, with cut, that all of it
// is in chunks. What is so stays so.
func (s *Store) EndRecording(ctx context.Context, id models.SessionID, cut bool) error {
	return s.write(ctx, "end recording", func(t *tx) error {
		n, err := t.exec("UPDATE recording SET ended = 1, cut = max(cut, ?) WHERE session = ?", cut, id)
		if err == nil && n == 0 {
			return noSession(id)
		}
		return err
	})
}

// FindRecording is what is known of a recording. NotFound for a session that
// was not recorded here.
func (s *Store) FindRecording(ctx context.Context, id models.SessionID) (models.Recording, error) {
	r := models.Recording{Session: id}
	err := s.read(ctx, "find recording", func(t *tx) error {
		err := t.row("SELECT later, ended, cut FROM recording WHERE session = ?", id).Scan(&r.Later, &r.Ended, &r.Cut)
		if errors.Is(err, sql.ErrNoRows) {
			return models.Errorf(models.NotFound, "session %s was not recorded here", id)
		}
		return err
	})
	return r, err
}

// Unfinished lists the recordings whose sound is not all in chunks, the oldest
// first.
func (s *Store) Unfinished(ctx context.Context) ([]models.Recording, error) {
	var all []models.Recording
	err := s.read(ctx, "list recordings", func(t *tx) error {
		return t.each(func(rows *sql.Rows) error {
			var r models.Recording
			err := rows.Scan(&r.Session, &r.Later, &r.Ended, &r.Cut)
			all = append(all, r)
			return err
		}, `SELECT session, later, ended, cut FROM recording WHERE cut = 0
			ORDER BY (SELECT ordinal FROM session WHERE id = recording.session)`)
	})
	return all, err
}

// SaveGaps replaces what is known of the gaps of a recording. Those without
// length are left out.
func (s *Store) SaveGaps(ctx context.Context, id models.SessionID, gaps []models.Gap) error {
	return s.write(ctx, "save gaps", func(t *tx) error {
		if _, err := t.state(id); err != nil {
			return err
		}
		if _, err := t.exec("DELETE FROM gap WHERE session = ?", id); err != nil {
			return err
		}
		for _, g := range gaps {
			if milli(g.End) <= milli(g.Start) {
				continue
			}
			if _, err := t.exec("INSERT OR REPLACE INTO gap (session, start_ms, end_ms, reason) VALUES (?, ?, ?, ?)",
				id, milli(g.Start), milli(g.End), g.Reason); err != nil {
				return err
			}
		}
		return nil
	})
}

// Gaps lists the gaps of a recording in order of time.
func (s *Store) Gaps(ctx context.Context, id models.SessionID) ([]models.Gap, error) {
	var all []models.Gap
	err := s.read(ctx, "list gaps", func(t *tx) (err error) {
		all, err = t.gaps(id)
		return err
	})
	return all, err
}

func (t *tx) gaps(id models.SessionID) (all []models.Gap, err error) {
	err = t.each(func(rows *sql.Rows) error {
		var from, to int64
		var g models.Gap
		err := rows.Scan(&from, &to, &g.Reason)
		g.Span = span(from, to)
		all = append(all, g)
		return err
	}, "SELECT start_ms, end_ms, reason FROM gap WHERE session = ? ORDER BY start_ms", id)
	return all, err
}

// besides is what wins over chunks in the account of a session.
func (t *tx) besides(id models.SessionID) ([]models.Stretch, error) {
	gaps, err := t.gaps(id)
	if err != nil {
		return nil, err
	}
	var all []models.Stretch
	for _, g := range gaps {
		all = append(all, models.Stretch{Span: g.Span, Fate: models.FateGap, Reason: g.Reason})
	}
	spans, err := t.struck(id, "")
	for _, s := range spans {
		all = append(all, models.Stretch{Span: s, Fate: models.FateStruck})
	}
	return all, err
}

// SaveMarks replaces what is known of the marks of a recording.
func (s *Store) SaveMarks(ctx context.Context, id models.SessionID, marks []models.Mark) error {
	return s.write(ctx, "save marks", func(t *tx) error {
		key, err := t.key(id)
		if err != nil {
			return err
		}
		if _, err := t.exec("DELETE FROM mark WHERE session = ?", id); err != nil {
			return err
		}
		for i, m := range marks {
			note, err := s.ring.Seal(key, at("mark", id, i, "note"), []byte(m.Note))
			if err != nil {
				return err
			}
			if _, err := t.exec("INSERT INTO mark (session, number, at_ms, note) VALUES (?, ?, ?, ?)", id, i, milli(m.At), note); err != nil {
				return err
			}
		}
		return nil
	})
}

// Marks lists the marks of a recording in order of time. Locked.
func (s *Store) Marks(ctx context.Context, id models.SessionID) ([]models.Mark, error) {
	var all []models.Mark
	err := s.read(ctx, "list marks", func(t *tx) error {
		key, err := t.key(id)
		if err != nil {
			return err
		}
		return t.each(func(rows *sql.Rows) error {
			var number int
			var ms int64
			var sealed []byte
			if err := rows.Scan(&number, &ms, &sealed); err != nil {
				return err
			}
			note, err := s.ring.Open(key, at("mark", id, number, "note"), sealed)
			all = append(all, models.Mark{At: time.Duration(ms) * time.Millisecond, Note: string(note)})
			return err
		}, "SELECT number, at_ms, note FROM mark WHERE session = ? ORDER BY at_ms, number", id)
	})
	return all, err
}

// CutUpTo is where the chunks of a session end so far, and the number that the
// next one gets.
func (s *Store) CutUpTo(ctx context.Context, id models.SessionID) (end time.Duration, next int, err error) {
	var ms int64
	err = s.read(ctx, "find the last chunk", func(t *tx) error {
		return t.row("SELECT coalesce(max(end_ms), 0), coalesce(max(seq) + 1, 0) FROM chunk WHERE session = ?", id).Scan(&ms, &next)
	})
	return time.Duration(ms) * time.Millisecond, next, err
}
