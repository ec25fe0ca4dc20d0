package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/afterword/afterword/models"
)

// view is all that a session's ledger says, as the store has it and as it
// should be.
type view struct {
	State  models.SessionState
	Chunks []chunkView
	Words  []string // of the transcript, in order
}

type chunkView struct {
	State    models.ChunkState
	Attempts int
	Words    []string
}

func (v view) clone() view {
	v.Chunks = slices.Clone(v.Chunks)
	for i := range v.Chunks {
		v.Chunks[i].Words = slices.Clone(v.Chunks[i].Words)
	}
	v.Words = slices.Clone(v.Words)
	return v
}

func observe(ctx context.Context, s *Store, id models.SessionID) (view, error) {
	session, err := s.FindSession(ctx, id)
	if err != nil {
		return view{}, err
	}
	v := view{State: session.State}
	list, err := s.Chunks(ctx, id)
	if err != nil {
		return v, err
	}
	for _, c := range list {
		v.Chunks = append(v.Chunks, chunkView{State: c.State, Attempts: c.Attempts})
	}
	tr, err := s.Transcript(ctx, id)
	if err != nil {
		return v, err
	}
	for _, g := range tr.Segments {
		v.Chunks[g.Chunk].Words = append(v.Chunks[g.Chunk].Words, g.Text)
		v.Words = append(v.Words, g.Text)
	}
	return v, nil
}

// expect is the same rules once more, in the plainest form.
type expect struct{ view }

func (e *expect) settle() {
	pending := slices.ContainsFunc(e.Chunks, func(c chunkView) bool { return c.State == models.Pending })
	if e.State == models.Transcribing && !pending {
		e.State = models.Extracting
	}
	e.Words = nil
	for _, c := range e.Chunks {
		e.Words = append(e.Words, c.Words...)
	}
}

func (e *expect) begin(seq int) {
	switch c := &e.Chunks[seq]; {
	case c.State != models.Pending:
	case c.Attempts == models.MaxAttempts:
		c.State = models.Failed
	default:
		c.Attempts++
	}
	e.settle()
}

func (e *expect) result(seq int, words []string) {
	c := &e.Chunks[seq]
	switch {
	case c.State == models.Failed && (e.State == models.Ingesting || e.State == models.Transcribing):
		c.Attempts = 0
		fallthrough
	case c.State == models.Pending:
		c.State, c.Words = models.Done, words
	}
	e.settle()
}

func (e *expect) fail(seq int) {
	if c := &e.Chunks[seq]; c.State == models.Pending {
		c.State = models.Failed
	}
	e.settle()
}

func (e *expect) retry(which func(int, chunkView) bool) {
	for i, c := range e.Chunks {
		if which(i, c) {
			e.Chunks[i].State, e.Chunks[i].Attempts = models.Pending, 0
			if e.State != models.Ingesting {
				e.State = models.Transcribing
			}
		}
	}
}

// machine makes random calls, and crashes between and in the middle of them.
type machine struct {
	t    *rapid.T
	s    *Store
	path string
	ring *testRing
	id   models.SessionID
	e    expect
	n    int // results so far: each has words of its own
}

func (m *machine) step(ctx context.Context) error {
	seq := rapid.IntRange(0, len(m.e.Chunks)-1).Draw(m.t, "chunk")
	var err error
	switch op := rapid.SampledFrom([]string{"begin", "result", "result", "result", "again", "fail", "retry failed", "retry", "all again", "finish", "items", "cut"}).Draw(m.t, "op"); op {
	case "begin":
		m.e.begin(seq)
		_, err = m.s.BeginChunk(ctx, m.id, seq)
	case "result", "again":
		m.n++
		words := []string{fmt.Sprintf("%d-%d a", seq, m.n), fmt.Sprintf("%d-%d b", seq, m.n)}[:rapid.IntRange(0, 2).Draw(m.t, "segments")]
		m.e.result(seq, words)
		_, err = m.s.SaveResult(ctx, m.id, seq, models.Heard{Language: "en", Segments: segments(seq, words...)})
		if op == "again" && err == nil {
			_, err = m.s.SaveResult(ctx, m.id, seq, models.Heard{Language: "en", Segments: segments(seq, "doubled")})
		}
	case "fail":
		m.e.fail(seq)
		_, err = m.s.FailChunk(ctx, m.id, seq, "reason")
	case "retry failed":
		m.e.retry(func(_ int, c chunkView) bool { return c.State == models.Failed })
		_, err = m.s.RetryFailed(ctx, m.id)
	case "retry":
		m.e.retry(func(i int, c chunkView) bool {
			return i == seq && (c.State == models.Failed || c.State == models.Done)
		})
		_, err = m.s.RetryChunk(ctx, m.id, seq)
	case "all again":
		m.e.retry(func(_ int, c chunkView) bool { return c.State == models.Failed || c.State == models.Done })
		_, err = m.s.RunAgain(ctx, m.id, Again{All: true})
	case "finish":
		if m.e.State == models.Ingesting {
			m.e.State = models.Transcribing
		}
		m.e.settle()
		_, err = m.s.FinishIngest(ctx, m.id, time.Hour)
	case "items":
		if m.e.State == models.Extracting {
			m.e.State = models.Ready
		}
		err = m.s.SaveItems(ctx, m.id, models.Items{})
	case "cut":
		c := chunks(m.id, models.Pending, models.Pending, models.Silent, models.Pending)[seq]
		err = m.s.SaveChunks(ctx, []models.Chunk{c})
	}
	if code := models.CodeOf(err); code == models.Conflict || code == models.Invalid {
		return nil // refused, which the expectation knows
	}
	return err
}

// crash goes on with the files as they are on disk at this moment, while the
// old process never gets to close anything. The log is cut somewhere in what
// was written after the size was keep: the machine lost power in the middle of
// the last call.
func (m *machine) crash(ctx context.Context, keep int64) error {
	next := filepath.Join(filepath.Dir(m.path), fmt.Sprintf("%d", time.Now().UnixNano()), "afterword.db")
	if err := os.MkdirAll(filepath.Dir(next), 0o700); err != nil {
		return err
	}
	for _, suffix := range []string{"", "-wal"} {
		b, err := os.ReadFile(m.path + suffix)
		if err != nil {
			return err
		}
		if suffix == "-wal" && int64(len(b)) > keep {
			b = b[:rapid.Int64Range(keep, int64(len(b))).Draw(m.t, "torn at")]
		}
		if err := os.WriteFile(next+suffix, b, 0o600); err != nil {
			return err
		}
	}
	old := m.s
	var err error
	if m.s, err = Open(ctx, Config{Path: next, Ring: m.ring}); err != nil {
		return err
	}
	m.path = next
	return old.Close()
}

func logSize(path string) int64 {
	info, err := os.Stat(path + "-wal")
	if err != nil {
		return 0
	}
	return info.Size()
}

// Whatever is called in whatever order, with crashes at any moment, nothing is
// doubled, nothing acknowledged is lost, and the ledger says what happened.
func TestAnyOrderWithCrashes(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		m := &machine{t: rt, path: filepath.Join(dir, fmt.Sprint(n), "afterword.db"), ring: &testRing{}}
		fatal := func(err error) {
			if err != nil {
				rt.Fatal(err)
			}
		}
		var err error
		m.s, err = Open(ctx, Config{Path: m.path, Ring: m.ring})
		fatal(err)
		defer func() { _ = m.s.Close() }()
		s, err := m.s.SaveSession(ctx, models.Session{Source: models.SourceImport})
		fatal(err)
		m.id = s.ID
		states := []models.ChunkState{models.Pending, models.Pending, models.Silent, models.Pending}
		fatal(m.s.SaveChunks(ctx, chunks(m.id, states...)))
		m.e.State = models.Ingesting
		for _, state := range states {
			m.e.Chunks = append(m.e.Chunks, chunkView{State: state})
		}
		for range rapid.IntRange(1, 12).Draw(rt, "calls") {
			m.check(ctx)
		}
	})
}

// ledger: whatever happened, every millisecond has one fate, and only what was
// written down counts as such.
func (m *machine) ledger(ctx context.Context) {
	c, err := m.s.Coverage(ctx, m.id)
	if err != nil {
		m.t.Fatal(err)
	}
	var at, words, sum time.Duration
	for _, s := range c.Stretches {
		if s.Start != at || s.Len() == 0 {
			m.t.Fatalf("a stretch is %v after %v", s.Span, at)
		}
		at, sum = s.End, sum+s.Len()
		if s.Fate == models.FateTranscribed {
			words += s.Len()
		}
	}
	tr, err := m.s.Transcript(ctx, m.id)
	if err != nil {
		m.t.Fatal(err)
	}
	var heard time.Duration
	for _, g := range tr.Segments {
		heard += g.Span.Len()
	}
	if at != c.Duration || sum != c.Duration || words != heard {
		m.t.Fatalf("%v of %v, %v with words of %v", sum, c.Duration, words, heard)
	}
}

func (m *machine) check(ctx context.Context) {
	empty := cmpopts.EquateEmpty()
	before, size := m.e.view.clone(), logSize(m.path)
	how := rapid.SampledFrom([]string{"", "", "", "", "crash after", "torn", "broken"}).Draw(m.t, "how")
	if how == "broken" {
		m.ring.broken.Store(int64(rapid.IntRange(1, 4).Draw(m.t, "seal")))
	}
	err := m.step(ctx)
	m.ring.broken.Store(0)
	if err != nil {
		if how != "broken" {
			m.t.Fatal(err)
		}
		m.e.view = before // nothing of it happened
	}
	switch how {
	case "crash after":
		err = m.crash(ctx, logSize(m.path))
	case "torn":
		err = m.crash(ctx, min(size, logSize(m.path)))
	default:
		err = nil
	}
	if err != nil {
		m.t.Fatal(err)
	}
	m.ledger(ctx)
	got, err := observe(ctx, m.s, m.id)
	if err != nil {
		m.t.Fatal(err)
	}
	if how == "torn" && cmp.Equal(got, before, empty) {
		m.e.view = before // all of it or nothing
	}
	if d := cmp.Diff(m.e.view, got, empty); d != "" {
		m.t.Fatalf("after %q: %s", how, d)
	}
}
