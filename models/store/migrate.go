package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"path"
	"strconv"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/afterword/afterword/models"
)

//go:embed migrations/*.sql
var files embed.FS

// application marks our databases in their header: "Aftw".
const application = 0x41667477

// patience is how long opening waits for another process that is creating or
// migrating the same database. SQLite's own waiting does not cover the switch
// of a new file to WAL.
const patience = 20 * time.Second

// migration brings the schema from its number less one to its number.
type migration struct {
	number int
	name   string
	sql    string
}

// embedded are the program's own migrations, in order; the last number is the
// version of the schema that the program knows.
func embedded() ([]migration, error) {
	entries, err := files.ReadDir("migrations") // sorted by name
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	var steps []migration
	for i, e := range entries {
		text, err := files.ReadFile(path.Join("migrations", e.Name()))
		if err != nil {
			return nil, fmt.Errorf("read migrations: %w", err)
		}
		n, err := strconv.Atoi(e.Name()[:4])
		if err != nil || n != i+1 {
			return nil, fmt.Errorf("read migrations: %s is not number %04d", e.Name(), i+1)
		}
		steps = append(steps, migration{n, e.Name(), string(text)})
	}
	return steps, nil
}

// migrate applies what the database lacks of steps. A current database costs
// one small read.
func (s *Store) migrate(ctx context.Context, steps []migration) error {
	deadline := time.Now().Add(patience)
	for {
		err := s.step(ctx, steps)
		if err == nil {
			return nil
		}
		code := result(err)
		if code != sqlite3.SQLITE_BUSY && code != sqlite3.SQLITE_LOCKED || time.Now().After(deadline) || ctx.Err() != nil {
			return fail("open database", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (s *Store) step(ctx context.Context, steps []migration) error {
	v, err := schemaVersion(ctx, s.reader, len(steps))
	if err != nil {
		return err
	}
	for ; v < len(steps); v++ {
		if err := s.apply(ctx, steps[v], len(steps)); err != nil {
			return err
		}
	}
	return nil
}

// apply runs one migration in a transaction of its own. Whoever holds that
// transaction is the only writer, so the backup made meanwhile through another
// connection is exactly what was there before, and of two processes that
// migrate at once the second finds it done.
func (s *Store) apply(ctx context.Context, m migration, newest int) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	v, err := schemaVersion(ctx, tx, newest)
	if err != nil {
		return err
	}
	if v >= m.number {
		return nil // another process did it
	}
	var used bool
	if v > 0 {
		if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM session)").Scan(&used); err != nil {
			return err
		}
	}
	if used {
		if err := s.copyTo(ctx, fmt.Sprintf("%s.before-%04d", s.path, m.number), replaceOld); err != nil {
			return fmt.Errorf("back up before migration %s: %w", m.name, err)
		}
	}
	if _, err := tx.ExecContext(ctx, m.sql); err != nil {
		return fmt.Errorf("migrate to %s: %w", m.name, err)
	}
	for _, q := range []string{fmt.Sprintf("PRAGMA application_id = %d", application), fmt.Sprintf("PRAGMA user_version = %d", m.number)} {
		if _, err := tx.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	s.log.InfoContext(ctx, "database migrated", "migration", m.name, "backup", used)
	return nil
}

type queryer interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// schemaVersion is the number of the last migration, 0 for an empty file. A
// TooNew error if it is above newest, an Unusable one for a database that is
// not ours.
func schemaVersion(ctx context.Context, q queryer, newest int) (int, error) {
	var version, app, tables int
	err := q.QueryRowContext(ctx, `SELECT user_version, application_id, (SELECT count(*) FROM sqlite_schema)
		FROM pragma_user_version, pragma_application_id`).Scan(&version, &app, &tables)
	switch {
	case err != nil:
		return 0, err
	case app == 0 && version == 0 && tables == 0:
		return 0, nil
	case app != application:
		return 0, models.WithHint(models.Errorf(models.Unusable, "the file is a database of another program"), "choose another AFTERWORD_HOME")
	case version > newest:
		return 0, models.WithHint(
			models.Errorf(models.TooNew, "the database was written by a newer program (its version is %d, this program knows %d)", version, newest),
			"install the newer afterword again; nothing was changed")
	}
	return version, nil
}
