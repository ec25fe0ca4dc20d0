package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/afterword/afterword/models"
)

// ifExists says what copyTo does about a file that is there.
type ifExists int

const (
	refuse ifExists = iota
	replaceOld
)

// Backup writes a copy of the whole database, as sealed as the original, to a
// new file, while others go on reading and writing. A Conflict error if the
// file exists. The data keys in it are wrapped by the vault: without that the
// copy is worth nothing, to anybody.
func (s *Store) Backup(ctx context.Context, path string) error {
	return fail("back up database", s.copyTo(ctx, path, refuse))
}

// copyTo writes what is committed to path: a temporary file beside it, synced,
// then renamed, so that there is never half a copy.
func (s *Store) copyTo(ctx context.Context, path string, existing ifExists) (err error) {
	if _, serr := os.Lstat(path); serr == nil && existing == refuse {
		return models.Errorf(models.Conflict, "there is a file of that name already")
	}
	// SQLite fills an empty file, and this one has the right mode from the start.
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.partial")
	if err != nil {
		return err
	}
	temp := f.Name()
	defer func() {
		if err != nil {
			_ = os.Remove(temp)
		}
	}()
	if err := f.Close(); err != nil {
		return err
	}
	if err := s.vacuumInto(ctx, temp); err != nil {
		return err
	}
	if err := syncFile(temp); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// vacuumInto has a connection of its own, for readers may not write anywhere
// and the writer may be in the middle of a migration.
func (s *Store) vacuumInto(ctx context.Context, path string) error {
	db, err := sql.Open("sqlite", dsn(s.path, []string{"_pragma=busy_timeout(5000)", "mode=rw"}))
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", path)
	return err
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// syncFolder makes a rename last. Windows cannot and need not.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}

// IntegrityCheck reads the whole database. An Unusable error says what is
// wrong with it, without any content.
func (s *Store) IntegrityCheck(ctx context.Context) error {
	var found []string
	err := s.read(ctx, "check database", func(t *tx) error {
		err := t.each(func(rows *sql.Rows) error {
			var line string
			err := rows.Scan(&line)
			if line != "ok" {
				found = append(found, line)
			}
			return err
		}, "PRAGMA integrity_check(10)")
		if err != nil {
			return err
		}
		return t.each(func(rows *sql.Rows) error {
			var table, parent string
			var row, key any
			err := rows.Scan(&table, &row, &parent, &key)
			found = append(found, fmt.Sprintf("a row of %s belongs to no %s", table, parent))
			return err
		}, "PRAGMA foreign_key_check")
	})
	if err != nil || len(found) == 0 {
		return err
	}
	return models.WithHint(models.Errorf(models.Unusable, "check database: it is damaged: %s", found[0]),
		"'afterword backup' what can still be read, then 'afterword restore FILE' brings back an older backup")
}

// copies are the databases put aside before migrations.
func (s *Store) copies() ([]string, error) {
	// Glob would take brackets in a folder's name for a pattern.
	entries, err := os.ReadDir(filepath.Dir(s.path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []string
	for _, e := range entries {
		if ok, _ := filepath.Match("*.before-[0-9][0-9][0-9][0-9]", e.Name()); ok && len(e.Name()) == len(filepath.Base(s.path))+len(".before-0000") &&
			e.Name()[:len(filepath.Base(s.path))] == filepath.Base(s.path) {
			all = append(all, filepath.Join(filepath.Dir(s.path), e.Name()))
		}
	}
	return all, nil
}
