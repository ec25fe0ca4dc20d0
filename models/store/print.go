package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"math"
	"strings"
	"time"

	"github.com/afterword/afterword/models"
)

// sample is the source of a print that was heard in no session.
const sample = "sample"

func printPlace(source string) string { return at("voiceprint", source, "print") }

// Prints are what is known of the client's voice, the oldest first: from a sample
// and from sessions. Locked.
func (s *Store) Prints(ctx context.Context) ([]models.Print, error) {
	var all []models.Print
	err := s.read(ctx, "find voice prints", func(t *tx) error {
		return t.each(func(rows *sql.Rows) error {
			var p models.Print
			var source string
			var made int64
			var key, sealed []byte
			if err := rows.Scan(&source, &p.Session, &made, &key, &sealed); err != nil {
				return err
			}
			plain, err := s.ring.Open(key, printPlace(source), sealed)
			if err != nil {
				return err
			}
			p.Made = time.UnixMilli(made)
			p.Embedding, err = decodeFloats(plain)
			all = append(all, p)
			return err
		}, `SELECT voiceprint.source, coalesce(voiceprint.session, ''), made, coalesce(voiceprint.data_key, session.data_key), print
			FROM voiceprint LEFT JOIN session ON session.id = voiceprint.session ORDER BY made, voiceprint.source`)
	})
	return all, err
}

// SavePrint stores what the client's voice sounds like, in place of what was
// known of it from the same session or from a sample. Made is set from the clock.
func (s *Store) SavePrint(ctx context.Context, p models.Print) error {
	if len(p.Embedding) == 0 {
		return models.Errorf(models.Invalid, "save voice print: it is empty")
	}
	source := string(p.Session)
	var own []byte
	if source == "" {
		source = sample
		var err error
		if own, err = s.ring.NewKey(); err != nil {
			return fail("save voice print", err)
		}
	}
	return s.write(ctx, "save voice print", func(t *tx) error {
		key := own
		if p.Session != "" {
			var err error
			if key, err = t.key(p.Session); err != nil {
				return err
			}
		}
		sealed, err := s.ring.Seal(key, printPlace(source), encodeFloats(p.Embedding))
		if err != nil {
			return err
		}
		_, err = t.exec(`INSERT OR REPLACE INTO voiceprint (source, session, made, data_key, print) VALUES (?, ?, ?, ?, ?)`,
			source, sql.NullString{String: string(p.Session), Valid: p.Session != ""}, s.now().UnixMilli(), own, sealed)
		return err
	})
}

// ForgetPrints destroys all that is known of the client's voice, in the copies
// from before migrations too, and returns how many prints that were. A Busy error
// as of ForgetSession: they are deleted, but the log still holds them.
func (s *Store) ForgetPrints(ctx context.Context) (int, error) {
	paths, err := s.copies()
	if err != nil {
		return 0, fail("forget voice prints", err)
	}
	for _, path := range paths {
		if err := forgetPrintsIn(ctx, path); err != nil {
			return 0, fail("forget voice prints in the copies from before migrations", err)
		}
	}
	var n int64
	if err := s.write(ctx, "forget voice prints", func(t *tx) (err error) {
		if _, err := t.exec(blankPrint); err != nil {
			return err
		}
		n, err = t.exec(deletePrint)
		return err
	}); err != nil {
		return 0, err
	}
	return int(n), s.EmptyLog(ctx)
}

// Overwritten before they are deleted, so that no freed page keeps them.
const (
	blankPrint  = "UPDATE voiceprint SET data_key = zeroblob(length(data_key)), print = zeroblob(length(print))"
	deletePrint = "DELETE FROM voiceprint"
)

func forgetPrintsIn(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", dsn(path, copied))
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	for _, q := range []string{blankPrint, deletePrint} {
		if _, err := db.ExecContext(ctx, q); err != nil && !strings.Contains(err.Error(), "no such table") {
			return err
		}
	}
	return nil
}

func encodeFloats(f []float32) []byte {
	b := make([]byte, 0, 4*len(f))
	for _, v := range f {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
	}
	return b
}

func decodeFloats(b []byte) ([]float32, error) {
	if len(b) == 0 || len(b)%4 != 0 {
		return nil, models.Errorf(models.Unusable, "read voice print: it has %d bytes", len(b))
	}
	f := make([]float32, len(b)/4)
	for i := range f {
		f[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return f, nil
}
