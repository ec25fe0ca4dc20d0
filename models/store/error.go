package store

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/afterword/afterword/models"
)

// fail says what could not be done and why, classed for whoever must act on
// it; nil stays nil, and an error that has a code keeps it.
func fail(doing string, err error) error {
	if err == nil {
		return nil
	}
	if models.CodeOf(err) != models.Internal {
		return fmt.Errorf("%s: %w", doing, err)
	}
	switch result(err) {
	case sqlite3.SQLITE_FULL:
		return diskFull(doing, err)
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return models.WithHint(models.Errorf(models.Unusable, "%s: the database is damaged: %w", doing, err),
			"run 'afterword doctor' to see how far it reaches; 'afterword restore FILE' brings back a backup")
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return models.WithHint(models.Errorf(models.Busy, "%s: another process is writing to the database: %w", doing, err), "try again in a moment")
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR:
		return models.WithHint(models.Errorf(models.Unusable, "%s: %w", doing, err), "run 'afterword doctor' to check the data folder")
	}
	switch {
	case errors.Is(err, syscall.ENOSPC):
		return diskFull(doing, err)
	case errors.As(err, new(*fs.PathError)):
		return models.WithHint(models.Errorf(models.Unusable, "%s: %w", doing, err), "run 'afterword doctor' to check the data folder")
	}
	return fmt.Errorf("%s: %w", doing, err)
}

func diskFull(doing string, err error) error {
	return models.WithHint(models.Errorf(models.DiskFull, "%s: the disk is full: %w", doing, err),
		"free some space and run it again; what was stored before is safe")
}

// result is SQLite's primary result code, or 0 for another error.
func result(err error) int {
	if e := (*sqlite.Error)(nil); errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return sqlite3.SQLITE_OK
}

func noSession(id models.SessionID) error {
	return models.WithHint(models.Errorf(models.NotFound, "there is no session %s", id), "'afterword sessions' lists them")
}
