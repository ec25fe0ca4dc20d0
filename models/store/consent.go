package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/afterword/afterword/models"
)

// StoredConsent is a consent as it lies in the ledger.
type StoredConsent struct {
	models.Consent
	Number    int64
	Withdrawn time.Time // zero while it holds
	Sessions  []models.SessionID
}

// SaveConsent stores what was agreed to, and when. It gets a data key of its
// own, so that the name in it can be sealed while the vault is locked.
func (s *Store) SaveConsent(ctx context.Context, c models.Consent) (number int64, err error) {
	key, err := s.ring.NewKey()
	if err != nil {
		return 0, fail("save consent", err)
	}
	name, err := s.ring.Seal(key, "consent/counterpart", []byte(c.With))
	if err != nil {
		return 0, fail("save consent", err)
	}
	if c.At.IsZero() {
		c.At = s.now()
	}
	err = s.write(ctx, "save consent", func(t *tx) error {
		return t.row("INSERT INTO consent (at, wording, data_key, counterpart) VALUES (?, ?, ?, ?) RETURNING number",
			c.At.UnixMilli(), c.Wording, key, name).Scan(&number)
	})
	return number, err
}

// Consents lists what was agreed to, the newest first. A Locked error comes
// with everything but the names.
func (s *Store) Consents(ctx context.Context) ([]StoredConsent, error) {
	var all []StoredConsent
	var locked error
	err := s.read(ctx, "list consents", func(t *tx) error {
		err := t.each(func(rows *sql.Rows) error {
			var c StoredConsent
			var when int64
			var withdrawn sql.NullInt64
			var key, name []byte
			if err := rows.Scan(&c.Number, &when, &c.Wording, &withdrawn, &key, &name); err != nil {
				return err
			}
			c.At = time.UnixMilli(when)
			if withdrawn.Valid {
				c.Withdrawn = time.UnixMilli(withdrawn.Int64)
			}
			plain, err := s.ring.Open(key, "consent/counterpart", name)
			if err != nil && models.CodeOf(err) != models.Locked {
				return err
			}
			if err != nil {
				locked = err
			}
			c.With = string(plain)
			all = append(all, c)
			return nil
		}, "SELECT number, at, wording, withdrawn, data_key, counterpart FROM consent ORDER BY number DESC")
		if err != nil {
			return err
		}
		for i := range all {
			if err := t.each(func(rows *sql.Rows) error {
				var id models.SessionID
				err := rows.Scan(&id)
				all[i].Sessions = append(all[i].Sessions, id)
				return err
			}, "SELECT session FROM recording WHERE consent = ?", all[i].Number); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = fail("list consents", locked)
	}
	return all, err
}

// WithdrawConsent says that a consent holds no more; what was recorded under it
// is left to its owner. NotFound. Again, it changes nothing.
func (s *Store) WithdrawConsent(ctx context.Context, number int64) error {
	return s.write(ctx, "withdraw consent", func(t *tx) error {
		n, err := t.exec("UPDATE consent SET withdrawn = coalesce(withdrawn, ?) WHERE number = ?", s.now().UnixMilli(), number)
		if err == nil && n == 0 {
			return models.WithHint(models.Errorf(models.NotFound, "there is no consent %d", number), "'afterword consent' lists them")
		}
		return err
	})
}
