package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/afterword/afterword/models"
)

// paceBody is what of a pace is sealed.
type paceBody struct {
	Place *models.Spot  `json:"place,omitempty"`
	Hard  []models.Spot `json:"hard,omitempty"`
}

// Pace is how the client wants to go through a session; the zero Pace if they
// never said. NotFound, Locked.
func (s *Store) Pace(ctx context.Context, id models.SessionID) (models.Pace, error) {
	var out models.Pace
	err := s.read(ctx, "read pace", func(t *tx) error {
		key, err := t.key(id)
		if err != nil {
			return err
		}
		out, err = t.pace(id, key)
		return err
	})
	return out, err
}

func (t *tx) pace(id models.SessionID, key []byte) (p models.Pace, err error) {
	var held int64
	var sealed []byte
	err = t.row("SELECT held, pace FROM review WHERE session = ?", id).Scan(&held, &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	if held != 0 {
		p.Held = time.UnixMilli(held)
	}
	if sealed == nil {
		return p, nil
	}
	plain, err := t.s.ring.Open(key, at("review", id, "pace"), sealed)
	if err != nil {
		return p, err
	}
	var body paceBody
	if err := json.Unmarshal(plain, &body); err != nil {
		return p, models.Errorf(models.Unusable, "read pace: %w", err)
	}
	p.Place, p.Hard = body.Place, body.Hard
	return p, nil
}

// SetPace changes the pace of a session. change runs while nobody else can
// write, so it must not wait for anything. NotFound, Locked.
func (s *Store) SetPace(ctx context.Context, id models.SessionID, change func(*models.Pace)) (models.Pace, error) {
	var out models.Pace
	err := s.write(ctx, "set pace", func(t *tx) error {
		key, err := t.key(id)
		if err != nil {
			return err
		}
		if out, err = t.pace(id, key); err != nil {
			return err
		}
		change(&out)
		plain, err := json.Marshal(paceBody{out.Place, out.Hard})
		if err != nil {
			return err
		}
		sealed, err := s.ring.Seal(key, at("review", id, "pace"), plain)
		if err != nil {
			return err
		}
		var held int64
		if !out.Held.IsZero() {
			held = out.Held.UnixMilli()
		}
		_, err = t.exec(`INSERT INTO review (session, held, pace) VALUES (?, ?, ?)
			ON CONFLICT (session) DO UPDATE SET held = excluded.held, pace = excluded.pace`, id, held, sealed)
		return err
	})
	return out, err
}

// Peaks are the stored shape of a session's sound, nil where nobody has worked
// it out. NotFound, Locked.
func (s *Store) Peaks(ctx context.Context, id models.SessionID) ([]byte, error) {
	var out []byte
	err := s.read(ctx, "read peaks", func(t *tx) error {
		key, err := t.key(id)
		if err != nil {
			return err
		}
		var sealed []byte
		err = t.row("SELECT peaks FROM review WHERE session = ?", id).Scan(&sealed)
		if errors.Is(err, sql.ErrNoRows) || err == nil && sealed == nil {
			return nil
		}
		if err != nil {
			return err
		}
		out, err = s.ring.Open(key, at("review", id, "peaks"), sealed)
		return err
	})
	return out, err
}

// SavePeaks stores the shape of a session's sound; nil takes it away, as
// whoever destroys some of the sound must.
func (s *Store) SavePeaks(ctx context.Context, id models.SessionID, peaks []byte) error {
	return s.write(ctx, "save peaks", func(t *tx) error {
		key, err := t.key(id)
		if err != nil {
			return err
		}
		var sealed []byte
		if peaks != nil {
			if sealed, err = s.ring.Seal(key, at("review", id, "peaks"), peaks); err != nil {
				return err
			}
		}
		_, err = t.exec("INSERT INTO review (session, peaks) VALUES (?, ?) ON CONFLICT (session) DO UPDATE SET peaks = excluded.peaks", id, sealed)
		return err
	})
}
