package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"time"

	"github.com/afterword/afterword/models"
)

// FindPrint is the client's voice print. NotFound where there is none, Locked.
func (s *Store) FindPrint(ctx context.Context) (models.Print, error) {
	var p models.Print
	err := s.read(ctx, "find voice print", func(t *tx) error {
		var made int64
		var key, sealed []byte
		err := t.row("SELECT made, heard, data_key, print FROM voiceprint WHERE speaker = ?", models.Client).Scan(&made, &p.Heard, &key, &sealed)
		if errors.Is(err, sql.ErrNoRows) {
			return models.WithHint(models.Errorf(models.NotFound, "there is no voice print"), "'afterword enrol' makes one")
		}
		if err != nil {
			return err
		}
		p.Made = time.UnixMilli(made)
		plain, err := s.ring.Open(key, printPlace, sealed)
		if err != nil {
			return err
		}
		p.Embedding, err = decodeFloats(plain)
		return err
	})
	return p, err
}

var printPlace = at("voiceprint", models.Client, "print")

// SavePrint stores the client's voice print in place of an earlier one, whose
// key is destroyed. Made is set from the clock.
func (s *Store) SavePrint(ctx context.Context, p models.Print) error {
	if len(p.Embedding) == 0 || p.Heard < 1 {
		return models.Errorf(models.Invalid, "save voice print: it is empty")
	}
	key, err := s.ring.NewKey()
	if err != nil {
		return fail("save voice print", err)
	}
	sealed, err := s.ring.Seal(key, printPlace, encodeFloats(p.Embedding))
	if err != nil {
		return fail("save voice print", err)
	}
	return s.write(ctx, "save voice print", func(t *tx) error {
		if _, err := t.forgetPrint(); err != nil {
			return err
		}
		_, err := t.exec("INSERT INTO voiceprint (speaker, made, heard, data_key, print) VALUES (?, ?, ?, ?, ?)",
			models.Client, s.now().UnixMilli(), p.Heard, key, sealed)
		return err
	})
}

// ForgetPrint destroys the client's voice print, in the copies from before
// migrations too, and reports whether there was one. A Busy error as of
// ForgetSession: it is deleted, but the log still holds it.
func (s *Store) ForgetPrint(ctx context.Context) (bool, error) {
	paths, err := s.copies()
	if err != nil {
		return false, fail("forget voice print", err)
	}
	for _, path := range paths {
		if err := forgetPrintIn(ctx, path); err != nil {
			return false, fail("forget voice print in the copies from before migrations", err)
		}
	}
	var found bool
	if err := s.write(ctx, "forget voice print", func(t *tx) (err error) {
		found, err = t.forgetPrint()
		return err
	}); err != nil {
		return false, err
	}
	return found, s.EmptyLog(ctx)
}

const (
	blankPrint  = "UPDATE voiceprint SET data_key = zeroblob(length(data_key)), print = zeroblob(length(print))"
	deletePrint = "DELETE FROM voiceprint"
)

// forgetPrint overwrites before it deletes, so that no freed page keeps it.
func (t *tx) forgetPrint() (bool, error) {
	if _, err := t.exec(blankPrint); err != nil {
		return false, err
	}
	n, err := t.exec(deletePrint)
	return n > 0, err
}

func forgetPrintIn(ctx context.Context, path string) error {
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
