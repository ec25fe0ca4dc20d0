package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/chacha20poly1305"

	"github.com/afterword/afterword/models"
)

// testRing seals as the vault does, with a root key that tests know, so that a
// child process has the same one.
type testRing struct {
	root   [32]byte
	locked atomic.Bool
	broken atomic.Int64 // seals until one fails; 0 is never

	mu        sync.Mutex
	forgotten [][]byte
}

var errBroken = errors.New("the ring broke, as the test wants")

func (r *testRing) Forget(wrapped []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forgotten = append(r.forgotten, bytes.Clone(wrapped))
}

func (r *testRing) NewKey() ([]byte, error) {
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	return r.box(r.root[:], "key", key), nil
}

func (r *testRing) Seal(wrapped []byte, context string, plain []byte) ([]byte, error) {
	if n := r.broken.Load(); n > 0 && r.broken.CompareAndSwap(n, n-1) && n == 1 {
		return nil, errBroken
	}
	key, err := r.key(wrapped)
	if err != nil {
		return nil, err
	}
	return r.box(key, context, plain), nil
}

func (r *testRing) Open(wrapped []byte, context string, sealed []byte) ([]byte, error) {
	key, err := r.key(wrapped)
	if err != nil {
		return nil, err
	}
	return r.unbox(key, context, sealed)
}

func (r *testRing) key(wrapped []byte) ([]byte, error) {
	if r.locked.Load() {
		return nil, models.Errorf(models.Locked, "the store is locked")
	}
	return r.unbox(r.root[:], "key", wrapped)
}

func (*testRing) box(key []byte, context string, plain []byte) []byte {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		panic(err)
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	_, _ = rand.Read(nonce)
	return aead.Seal(nonce, nonce, plain, []byte(context))
}

func (*testRing) unbox(key []byte, context string, sealed []byte) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, err
	}
	if len(sealed) < aead.NonceSize() {
		return nil, models.Errorf(models.Unusable, "sealed value is too short")
	}
	plain, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], []byte(context))
	if err != nil {
		return nil, models.Errorf(models.Unusable, "sealed value does not open: %w", err)
	}
	return plain, nil
}

// home is a database for one test.
type home struct {
	*Store
	t    testing.TB
	path string
	ring *testRing
}

func newHome(t testing.TB) *home {
	t.Helper()
	h := &home{t: t, path: filepath.Join(t.TempDir(), "data", "afterword.db"), ring: &testRing{root: [32]byte{1, 2, 3}}}
	h.reopen()
	t.Cleanup(func() { _ = h.Close() })
	return h
}

func (h *home) reopen() {
	h.t.Helper()
	if h.Store != nil {
		if err := h.Close(); err != nil {
			h.t.Fatal(err)
		}
	}
	var err error
	if h.Store, err = Open(h.t.Context(), Config{Path: h.path, Ring: h.ring}); err != nil {
		h.t.Fatal(err)
	}
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wants checks an error's code; an empty one is no error.
func wants(t testing.TB, err error, code models.Code) {
	t.Helper()
	if got := models.CodeOf(err); got != code {
		t.Fatalf("error %v has code %q, want %q", err, got, code)
	}
}

// session makes one with a chunk for each state; "silent" and "pending" only.
func (h *home) session(states ...models.ChunkState) models.SessionID {
	h.t.Helper()
	s := must(h.SaveSession(h.t.Context(), models.Session{Title: "Title", With: "Dr. With", Source: models.SourceImport, Path: "/p.wav", Date: "2026-03-05"}))(h.t)
	ok(h.t, h.SaveChunks(h.t.Context(), chunks(s.ID, states...)))
	return s.ID
}

func chunks(id models.SessionID, states ...models.ChunkState) []models.Chunk {
	var all []models.Chunk
	for i, state := range states {
		c := models.Chunk{Session: id, Seq: i, Span: models.Span{Start: time.Duration(i) * 20 * time.Second, End: time.Duration(i+1) * 20 * time.Second}, State: state}
		if state == models.Pending {
			c.Voiced = []models.Span{c.Span}
		}
		all = append(all, c)
	}
	return all
}

func segments(seq int, texts ...string) []models.Segment {
	var all []models.Segment
	for i, text := range texts {
		start := time.Duration(seq)*20*time.Second + time.Duration(i)*2*time.Second
		g := models.Segment{Span: models.Span{Start: start, End: start + 2*time.Second}, Speaker: models.Client, Text: text, Suspect: []models.Doubt{models.DoubtRepeat}, NoSpeech: 0.25, LogP: -0.5}
		for j, w := range strings.Fields(text) {
			at := start + time.Duration(j)*10*time.Millisecond
			g.Words = append(g.Words, models.Word{Text: w, Span: models.Span{Start: at, End: at + 10*time.Millisecond}, P: 0.123456, Alternatives: []string{"or", w + "s"}})
		}
		all = append(all, g)
	}
	return all
}

// state is what the session has come to.
func (h *home) state(id models.SessionID) models.SessionState {
	h.t.Helper()
	return must(h.FindSession(h.t.Context(), id))(h.t).State
}

func TestOpen(t *testing.T) {
	h := newHome(t)
	id := h.session(models.Pending)
	h.reopen()
	if got := must(h.FindSession(t.Context(), id))(t); got.Title != "Title" {
		t.Errorf("title after opening again: %q", got.Title)
	}
	if runtime.GOOS == "windows" {
		return
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if info := must(os.Stat(h.path + suffix))(t); info.Mode().Perm() != 0o600 {
			t.Errorf("mode of database%s is %v", suffix, info.Mode())
		}
	}
	if info := must(os.Stat(filepath.Dir(h.path)))(t); info.Mode().Perm() != 0o700 {
		t.Errorf("mode of its folder is %v", info.Mode())
	}
}

func TestOpenClosesFilesToOthers(t *testing.T) {
	h := newHome(t)
	ok(t, h.Close())
	ok(t, os.Chmod(h.path, 0o644))
	h.Store = nil
	h.reopen()
	if info := must(os.Stat(h.path))(t); runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %v", info.Mode())
	}
}

func TestOpenOddPaths(t *testing.T) {
	for _, name := range []string{"with space", "a%20b?x=1#y", "quote'\"", "ümläut 🙂", "[brackets]"} {
		path := filepath.Join(t.TempDir(), name, "d?b#1%.db")
		s, err := Open(t.Context(), Config{Path: path, Ring: &testRing{}})
		ok(t, err)
		must(s.SaveSession(t.Context(), models.Session{Source: models.SourceImport}))(t)
		ok(t, s.Close())
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	foreign := func(q string) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			db := must(sql.Open("sqlite", path))(t)
			must(db.Exec(q))(t)
			ok(t, db.Close())
		}
	}
	write := func(b []byte) func(t *testing.T, path string) {
		return func(t *testing.T, path string) { ok(t, os.WriteFile(path, b, 0o600)) }
	}
	tests := []struct {
		name string
		make func(t *testing.T, path string)
		code models.Code
		hint string
	}{
		{"a text file", write(bytes.Repeat([]byte("not a database. "), 500)), models.Unusable, "doctor"},
		{"a short text file", write([]byte("hello")), models.Unusable, "doctor"},
		{"the database of a newer program", foreign(fmt.Sprintf("PRAGMA application_id=%d; PRAGMA user_version=999; CREATE TABLE x(y)", application)), models.TooNew, "newer"},
		{"another program's database", foreign("CREATE TABLE x(y)"), models.Unusable, "AFTERWORD_HOME"},
		{"another program's database with our version", foreign("PRAGMA application_id=7; PRAGMA user_version=1"), models.Unusable, "AFTERWORD_HOME"},
		{"a folder", func(t *testing.T, path string) { ok(t, os.Mkdir(path, 0o700)) }, models.Unusable, "doctor"},
		{"an empty file", write(nil), "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "afterword.db")
			tt.make(t, path)
			before, _ := os.ReadFile(path)
			s, err := Open(t.Context(), Config{Path: path})
			wants(t, err, tt.code)
			if err == nil {
				ok(t, s.Close())
				return
			}
			if hint := models.HintOf(err); !strings.Contains(hint, tt.hint) {
				t.Errorf("hint %q does not name %s", hint, tt.hint)
			}
			if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
				t.Error("the refused file was changed")
			}
		})
	}
}

func TestDamagedPage(t *testing.T) {
	h := newHome(t)
	id := h.session(models.Pending)
	for range 40 {
		h.session(models.Pending)
	}
	ok(t, h.Close())
	b := must(os.ReadFile(h.path))(t)
	for i := 4096; i < len(b); i++ {
		b[i] ^= 0x5a
	}
	ok(t, os.WriteFile(h.path, b, 0o600))
	s, err := Open(t.Context(), Config{Path: h.path, Ring: h.ring})
	if err == nil {
		defer s.Close()
		if err = s.IntegrityCheck(t.Context()); err == nil {
			t.Fatal("the check found nothing")
		}
		wants(t, err, models.Unusable)
		_, err = s.FindSession(t.Context(), id)
	}
	wants(t, err, models.Unusable)
	if hint := models.HintOf(err); !strings.Contains(hint, "doctor") || !strings.Contains(hint, "restore") {
		t.Errorf("hint: %q", hint)
	}
}

func TestDiskFull(t *testing.T) {
	h := newHome(t)
	id := h.session(models.Pending, models.Pending)
	must(h.SaveResult(t.Context(), id, 0, models.Heard{Language: "en", Segments: segments(0, "kept")}))(t)
	var pages int
	ok(t, h.writer.QueryRow("PRAGMA page_count").Scan(&pages))
	must(h.writer.Exec(fmt.Sprintf("PRAGMA max_page_count = %d", pages)))(t)
	_, err := h.SaveResult(t.Context(), id, 1, models.Heard{Language: "en", Segments: segments(1, strings.Repeat("long ", 20000))})
	wants(t, err, models.DiskFull)
	if models.HintOf(err) == "" {
		t.Error("no hint")
	}
	must(h.writer.Exec("PRAGMA max_page_count = 1000000"))(t)
	must(h.SaveResult(t.Context(), id, 1, models.Heard{Language: "en", Segments: segments(1, "after all")}))(t)
	if tr := must(h.Transcript(t.Context(), id))(t); len(tr.Segments) != 2 {
		t.Errorf("%d segments after there was space again", len(tr.Segments))
	}
}

func TestLocked(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.session(models.Pending, models.Pending)
	must(h.SaveResult(ctx, id, 0, models.Heard{Language: "en", Segments: segments(0, "text")}))(t)
	h.ring.locked.Store(true)

	_, err := h.Transcript(ctx, id)
	wants(t, err, models.Locked)
	_, err = h.Items(ctx, ItemFilter{})
	wants(t, err, "")
	_, err = h.SaveResult(ctx, id, 1, models.Heard{Language: "en", Segments: segments(1, "text")})
	wants(t, err, models.Locked)
	list, err := h.Sessions(ctx)
	wants(t, err, models.Locked)
	if len(list) != 1 || list[0].ID != id || list[0].Title != "" || list[0].State != models.Ingesting {
		t.Errorf("what is in clear: %+v", list)
	}
	one, err := h.FindSession(ctx, id)
	wants(t, err, models.Locked)
	if one.ID != id {
		t.Errorf("what is in clear: %+v", one)
	}
	// What needs no text works.
	must(h.Coverage(ctx, id))(t)
	must(h.BeginChunk(ctx, id, 1))(t)
	must(h.FinishIngest(ctx, id, 40*time.Second))(t)
	if p := must(h.PendingChunks(ctx))(t); len(p) != 1 {
		t.Errorf("pending: %v", p)
	}

	s := must(Open(ctx, Config{Path: h.path}))(t) // no ring at all
	defer s.Close()
	_, err = s.Transcript(ctx, id)
	wants(t, err, models.Locked)
	_, err = s.SaveSession(ctx, models.Session{Source: models.SourceImport})
	wants(t, err, models.Locked)
}

func TestSealedValuesDoNotMove(t *testing.T) {
	h := newHome(t)
	id := h.session(models.Pending)
	must(h.SaveResult(t.Context(), id, 0, models.Heard{Language: "en", Segments: segments(0, "one", "two")}))(t)
	must(h.writer.Exec("UPDATE segment SET text = (SELECT text FROM segment WHERE idx = 0) WHERE idx = 1"))(t)
	_, err := h.Transcript(t.Context(), id)
	wants(t, err, models.Unusable)
}

func TestCancelledCall(t *testing.T) {
	h := newHome(t)
	id := h.session(models.Pending)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.SaveResult(ctx, id, 0, models.Heard{Language: "en", Segments: segments(0, "text")}); !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
	must(h.SaveResult(t.Context(), id, 0, models.Heard{Language: "en", Segments: segments(0, "text")}))(t)
}

// Nothing that people said, or are called, may be in any file.
func TestNothingInClear(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	plant := func(name string) string { return "Planted-" + name + "-Phrase" }
	s := must(h.SaveSession(ctx, models.Session{
		Title: plant("title"), With: plant("name"), Path: plant("path"), Source: models.SourceImport, Hash: "00ff", Date: "2026-03-05",
	}))(t)
	ok(t, h.SaveChunks(ctx, chunks(s.ID, models.Pending)))
	g := segments(0, "I said "+plant("text"), "again "+plant("text"))
	g[0].Words = []models.Word{{Text: plant("word")}}
	must(h.SaveResult(ctx, s.ID, 0, models.Heard{Language: "en", Segments: g}))(t)
	must(h.FinishIngest(ctx, s.ID, 20*time.Second))(t)
	tr := must(h.Transcript(ctx, s.ID))(t)
	must(h.EditSegment(ctx, tr.Segments[1], "now "+plant("edit")))(t)
	ok(t, h.SaveItems(ctx, s.ID, models.Items{Summary: plant("summary"), List: []models.Item{{
		Kind: models.KindAction, Text: plant("action"), When: plant("when"), Where: plant("where"), Skill: plant("skill"),
		Evidence: []models.Evidence{{Segment: 0, Quote: plant("text")}},
	}}}))
	it := must(h.Items(ctx, ItemFilter{}))(t)[0]
	must(h.Decide(ctx, it.ID, models.Edited, func(it *models.Item) { it.Text = plant("note") }))(t)
	must(h.EditSession(ctx, s.ID, func(s *models.Session) { s.Title = plant("retitle") }))(t)
	copied := filepath.Join(t.TempDir(), "copy.db")
	ok(t, h.Backup(ctx, copied))

	// Open, and closed: in the log, and in the database.
	for _, closed := range []bool{false, true} {
		if closed {
			ok(t, h.Close())
		}
		for _, path := range []string{h.path, h.path + "-wal", h.path + "-shm", copied} {
			b, err := os.ReadFile(path)
			if err != nil && !closed {
				t.Fatal(err)
			}
			if i := bytes.Index(bytes.ToLower(b), []byte("planted")); i >= 0 {
				t.Errorf("%s holds %q", filepath.Base(path), b[i:min(len(b), i+30)])
			}
		}
	}
}
