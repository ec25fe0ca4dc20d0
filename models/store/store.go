// Package store keeps what Afterword knows in one SQLite database: the truth
// about every session. The spool holds the sound and the queue is only a bell;
// what is not committed here did not happen.
//
// The nouns, one file each: a session has chunks (what became of each stretch
// of sound), chunks have segments (timed text), a session has items (what was
// worth keeping) with evidence and decisions. A result and the state that it
// leads to are written in one transaction, so that a process may be killed at
// any moment and the next one goes on from there. Every call that a killed
// process may have made already can be made again and changes nothing.
//
// On disk, all files 0600:
//
//	<path>             the database, in WAL mode, synced at every commit
//	<path>-wal, -shm   its log
//	<path>.before-000N a copy from before migration N, where there was data
//
// Ids, times, states and counts are in clear. Whatever tells what was said, by
// whom or about whom is sealed with the session's data key before SQLite sees
// it; the associated data names table, row and column, so that a value moved
// elsewhere does not open. Search by words is therefore not for SQL.
//
// Several processes may have the database open at once. Each has one writing
// connection, whose transactions take the write lock when they begin and wait
// five seconds for it, and up to four that can only read.
package store

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver

	"github.com/afterword/afterword/models"
)

// ring is all that the store needs of the vault: data keys, wrapped so that
// only the unlocked vault can open them. Methods return a Locked error when it
// is not.
type ring interface {
	NewKey() (wrapped []byte, err error)
	Seal(wrapped []byte, context string, plain []byte) ([]byte, error)
	Open(wrapped []byte, context string, sealed []byte) ([]byte, error)
}

// Config says where the database is and with what it is sealed.
type Config struct {
	Path string           // of the database; its folder is made where missing
	Ring ring             // nil is a locked vault: states and times only
	Now  func() time.Time // nil means time.Now
	Log  *slog.Logger     // nil logs nothing
}

// Store is an open database. Its methods are safe for concurrent use.
type Store struct {
	path    string
	ring    ring
	now     func() time.Time
	log     *slog.Logger
	version int     // of the schema that this program knows
	writer  *sql.DB // one connection, opened at the first write
	reader  *sql.DB // at most four, which cannot write
}

// Open opens the database at c.Path and brings its schema up to date; where
// there is none it makes one. Several processes may do so at once.
//
// Errors: TooNew for a database of a newer program, Unusable for a file that is
// damaged or something else, DiskFull, Busy.
func Open(ctx context.Context, c Config) (*Store, error) {
	steps, err := embedded()
	if err != nil {
		return nil, err
	}
	return open(ctx, c, steps)
}

func open(ctx context.Context, c Config, steps []migration) (*Store, error) {
	s := &Store{path: c.Path, ring: c.Ring, now: c.Now, log: c.Log, version: len(steps)}
	if s.ring == nil {
		s.ring = noRing{}
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if err := prepareFile(c.Path); err != nil {
		return nil, err
	}
	var err error
	if s.writer, err = sql.Open("sqlite", dsn(c.Path, writing)); err != nil {
		return nil, fail("open database", err)
	}
	if s.reader, err = sql.Open("sqlite", dsn(c.Path, reading)); err != nil {
		_ = s.writer.Close()
		return nil, fail("open database", err)
	}
	s.writer.SetMaxOpenConns(1)
	s.reader.SetMaxOpenConns(4)
	s.reader.SetMaxIdleConns(4)
	if err := s.migrate(ctx, steps); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// Close waits for running calls and closes the database.
func (s *Store) Close() error {
	err := s.reader.Close()
	if werr := s.writer.Close(); err == nil {
		err = werr
	}
	return fail("close database", err)
}

// Pragmas stand in the DSN because there they reach every connection that the
// pool makes; set by a statement, only one has them.
var (
	writing = []string{
		"_pragma=busy_timeout(5000)", "_pragma=journal_mode(WAL)", "_pragma=synchronous(FULL)", "_pragma=foreign_keys(1)",
		"_pragma=secure_delete(1)", "_pragma=temp_store(MEMORY)", "_txlock=immediate", "_dqs=0", "mode=rw",
	}
	reading = []string{
		"_pragma=busy_timeout(5000)", "_pragma=query_only(1)", "_pragma=temp_store(MEMORY)", "_dqs=0", "mode=rw",
	}
	// A copy is edited in place and leaves no log behind.
	copied = []string{
		"_pragma=busy_timeout(5000)", "_pragma=journal_mode(MEMORY)", "_pragma=foreign_keys(1)", "_pragma=secure_delete(1)", "_txlock=immediate", "mode=rw",
	}
)

func dsn(path string, options []string) string {
	p := filepath.ToSlash(path)
	if filepath.VolumeName(path) != "" {
		p = "/" + p // file:///C:/…
	}
	return "file:" + (&url.URL{Path: p}).EscapedPath() + "?" + strings.Join(options, "&")
}

// creating keeps prepareFile from closing a new file while another Store of
// this process opens it: closing any descriptor of a file drops all locks that
// the process has on it. For the same reason an existing file is never opened
// here, nor anywhere else but by SQLite.
var creating sync.Mutex

// prepareFile makes the file before SQLite does, so that it is never readable
// for others; SQLite gives its log the same mode.
func prepareFile(path string) error {
	if path == "" {
		return models.Errorf(models.Invalid, "open database: no path")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fail("make data folder", err)
	}
	creating.Lock()
	defer creating.Unlock()
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		return fail("create database", f.Close())
	}
	info, serr := os.Stat(path)
	if serr != nil {
		return fail("create database", err)
	}
	if info.Mode().Perm()&0o077 == 0 || !info.Mode().IsRegular() {
		return nil // SQLite says what is wrong with it
	}
	return fail("close database to others", os.Chmod(path, 0o600))
}

// noRing stands for a vault that is not there: nothing opens.
type noRing struct{}

func (noRing) NewKey() ([]byte, error) { return nil, errNoRing() }

func (noRing) Seal([]byte, string, []byte) ([]byte, error) { return nil, errNoRing() }

func (noRing) Open([]byte, string, []byte) ([]byte, error) { return nil, errNoRing() }

func errNoRing() error {
	return models.WithHint(models.Errorf(models.Locked, "the store is locked"), "run 'afterword unlock'")
}

// at names a sealed value: at("segment", id, 3, 0, "text").
func at(parts ...any) string {
	b := make([]byte, 0, 64)
	for i, p := range parts {
		if i > 0 {
			b = append(b, '/')
		}
		switch p := p.(type) {
		case models.SessionID:
			b = append(b, p...)
		case models.ItemID:
			b = append(b, p...)
		case string:
			b = append(b, p...)
		case int:
			b = strconv.AppendInt(b, int64(p), 10)
		default:
			b = fmt.Append(b, p)
		}
	}
	return string(b)
}

// sideBySide opens many rows on all processors, in their order.
func sideBySide[R, T any](rows []R, open func(R) (T, error)) ([]T, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	out := make([]T, len(rows))
	const few = 64 // rows that are faster opened than handed over
	parts := max(1, min(runtime.GOMAXPROCS(0), len(rows)/few))
	errs := make([]error, parts)
	var running sync.WaitGroup
	for p := range parts {
		running.Go(func() {
			for i := p * len(rows) / parts; i < (p+1)*len(rows)/parts && errs[p] == nil; i++ {
				out[i], errs[p] = open(rows[i])
			}
		})
	}
	running.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
