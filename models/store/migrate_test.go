package store

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/afterword/afterword/models"
)

func steps(t testing.TB, more ...string) []migration {
	t.Helper()
	all := must(embedded())(t)
	for _, q := range more {
		all = append(all, migration{len(all) + 1, "test.sql", q})
	}
	return all
}

func TestMigrationsSayWhy(t *testing.T) {
	for _, m := range steps(t) {
		if !strings.HasPrefix(m.sql, "-- "+m.name+": ") {
			t.Errorf("%s does not begin with its reason", m.name)
		}
		if strings.Contains(m.sql, "CREATE TABLE") && !strings.Contains(m.sql, "STRICT") {
			t.Errorf("%s has a table that is not strict", m.name)
		}
	}
}

func TestMigrateWithData(t *testing.T) {
	h := newHome(t)
	id := h.session(models.Pending)
	before := len(steps(t))
	ok(t, h.Close())

	more := steps(t, "CREATE TABLE more (x INTEGER) STRICT", "ALTER TABLE more ADD COLUMN y INTEGER")
	s := must(open(t.Context(), Config{Path: h.path, Ring: h.ring}, more))(t)
	defer s.Close()
	if got := must(s.FindSession(t.Context(), id))(t); got.Title != "Title" {
		t.Errorf("%+v", got)
	}
	copies := must(s.copies())(t)
	if len(copies) != 2 {
		t.Fatalf("copies: %v", copies)
	}
	for i, path := range copies {
		if want := fmt.Sprintf("%s.before-%04d", filepath.Base(h.path), before+i+1); filepath.Base(path) != want {
			t.Errorf("copy %d is %s, want %s", i, filepath.Base(path), want)
		}
		if info := must(os.Stat(path))(t); info.Mode().Perm() != 0o600 {
			t.Errorf("mode of the copy is %v", info.Mode())
		}
		old := must(open(t.Context(), Config{Path: path, Ring: h.ring}, more[:before+i]))(t)
		if got := must(old.FindSession(t.Context(), id))(t); got.Title != "Title" {
			t.Errorf("%+v", got)
		}
		ok(t, old.IntegrityCheck(t.Context()))
		ok(t, old.Close())
	}
	// The older program leaves it alone.
	_, err := Open(t.Context(), Config{Path: h.path, Ring: h.ring})
	wants(t, err, models.TooNew)
}

// A program that was running while a newer one took over must not write on.
func TestTakenOverMeanwhile(t *testing.T) {
	h := newHome(t)
	id := h.session(models.Pending)
	s := must(open(t.Context(), Config{Path: h.path, Ring: h.ring}, steps(t, "CREATE TABLE more (x INTEGER) STRICT")))(t)
	ok(t, s.Close())
	_, err := h.SaveResult(t.Context(), id, 0, models.Heard{Language: "en", Segments: segments(0, "x")})
	wants(t, err, models.TooNew)
}

func TestMigrationThatFails(t *testing.T) {
	h := newHome(t)
	id := h.session(models.Pending)
	ok(t, h.Close())
	_, err := open(t.Context(), Config{Path: h.path, Ring: h.ring}, steps(t, "CREATE TABLE more (x INTEGER) STRICT; INSERT INTO nothing VALUES (1)"))
	if err == nil {
		t.Fatal("no error")
	}
	h.Store = nil
	h.reopen()
	if got := must(h.FindSession(t.Context(), id))(t); got.Title != "Title" {
		t.Errorf("%+v", got)
	}
	var tables int
	ok(t, h.reader.QueryRow("SELECT count(*) FROM sqlite_schema WHERE name = 'more'").Scan(&tables))
	if tables != 0 {
		t.Error("half of the migration is there")
	}
	if left := must(filepath.Glob(filepath.Join(filepath.Dir(h.path), "*.partial")))(t); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestEveryConnectionHasItsPragmas(t *testing.T) {
	h := newHome(t)
	h.session()
	check := func(db *sql.DB, pragma, want string) {
		t.Helper()
		var got string
		ok(t, db.QueryRow("PRAGMA "+pragma).Scan(&got))
		if got != want {
			t.Errorf("%s is %s, want %s", pragma, got, want)
		}
	}
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "secure_delete": "1", "busy_timeout": "5000"} {
		check(h.writer, pragma, want)
	}
	for range 4 { // held, so that each is another one
		c := must(h.reader.Conn(t.Context()))(t)
		defer c.Close()
		if _, err := c.ExecContext(t.Context(), "DELETE FROM session"); err == nil {
			t.Error("a reader can write")
		}
	}
}
