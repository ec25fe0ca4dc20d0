package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/afterword/afterword/models"
)

// spared is how many interruptions of the hub are not counted as attempts of
// the chunk that was in hand: enough for any number of honest restarts, yet a
// chunk that brings down the whole machine is set aside in the end.
const spared = 100

// SaveChunks stores chunks that were cut, pending or silent, each once: a chunk
// that is there already stays as it is. A Conflict error if it was cut
// otherwise, or if the session has all of its sound already; then none is
// stored.
func (s *Store) SaveChunks(ctx context.Context, chunks []models.Chunk) error {
	if len(chunks) == 0 {
		return nil
	}
	return s.write(ctx, "save chunks", func(t *tx) error {
		for _, c := range chunks {
			if err := checkChunk(c); err != nil {
				return err
			}
			if err := t.saveChunk(c); err != nil {
				return err
			}
		}
		return nil
	})
}

func checkChunk(c models.Chunk) error {
	switch {
	case c.State != models.Pending && c.State != models.Silent:
		return models.Errorf(models.Invalid, "a new chunk is pending or silent, not %q", c.State)
	case c.Seq < 0 || c.Span.Start < 0 || c.Span.End < c.Span.Start || c.Span.Len() > models.MaxChunk:
		return models.Errorf(models.Invalid, "chunk %d runs from %v to %v", c.Seq, c.Span.Start, c.Span.End)
	}
	return nil
}

func (t *tx) saveChunk(c models.Chunk) error {
	state, err := t.state(c.Session)
	if err != nil {
		return err
	}
	voiced, err := encodeSpans(c.Voiced)
	if err != nil {
		return err
	}
	n, err := t.exec(`INSERT INTO chunk (session, seq, channel, start_ms, end_ms, voiced, state) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (session, seq) DO NOTHING`, c.Session, c.Seq, c.Channel, milli(c.Span.Start), milli(c.Span.End), voiced, c.State)
	if err != nil {
		return err
	}
	if n == 1 {
		if state != models.Ingesting {
			return models.Errorf(models.Conflict, "session %s has all of its sound; there is no place for chunk %d", c.Session, c.Seq)
		}
		return t.notStruck(c)
	}
	was, err := t.chunk(c.Session, c.Seq)
	if err != nil {
		return err
	}
	if was.Channel != c.Channel || milli(was.Span.Start) != milli(c.Span.Start) || milli(was.Span.End) != milli(c.Span.End) {
		return models.WithHint(models.Errorf(models.Conflict, "chunk %d of session %s was cut otherwise before", c.Seq, c.Session),
			"forget the session and import its file again")
	}
	return nil
}

// notStruck refuses, with a Stale error, a chunk with speech in what was struck
// since it was cut.
func (t *tx) notStruck(c models.Chunk) error {
	struck, err := t.struck(c.Session, "")
	if err != nil {
		return err
	}
	for _, v := range c.Voiced {
		if rest := models.Without(v, struck); len(rest) != 1 || rest[0] != v {
			return models.Errorf(models.Stale, "part of chunk %d of session %s was struck", c.Seq, c.Session)
		}
	}
	return nil
}

// Spans are stored as [[start, end], …] in milliseconds.
func encodeSpans(spans []models.Span) (string, error) {
	pairs := make([][2]int64, len(spans))
	for i, v := range spans {
		pairs[i] = [2]int64{milli(v.Start), milli(v.End)}
	}
	b, err := json.Marshal(pairs)
	return string(b), err
}

func decodeSpans(text string) ([]models.Span, error) {
	var pairs [][2]int64
	if err := json.Unmarshal([]byte(text), &pairs); err != nil {
		return nil, models.Errorf(models.Unusable, "read voiced spans: %w", err)
	}
	var spans []models.Span
	for _, p := range pairs {
		spans = append(spans, span(p[0], p[1]))
	}
	return spans, nil
}

const selectChunk = "SELECT session, seq, channel, start_ms, end_ms, voiced, wordless, state, attempts, reason FROM chunk "

func scanChunk(scan func(...any) error) (models.Chunk, error) {
	var c models.Chunk
	var start, end int64
	var voiced, wordless string
	if err := scan(&c.Session, &c.Seq, &c.Channel, &start, &end, &voiced, &wordless, &c.State, &c.Attempts, &c.Reason); err != nil {
		return c, err
	}
	c.Span = span(start, end)
	var err error
	if c.Voiced, err = decodeSpans(voiced); err == nil {
		c.Wordless, err = decodeSpans(wordless)
	}
	return c, err
}

func (t *tx) chunk(id models.SessionID, seq int) (models.Chunk, error) {
	c, err := scanChunk(t.row(selectChunk+"WHERE session = ? AND seq = ?", id, seq).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		if _, err := t.state(id); err != nil {
			return c, err
		}
		err = models.Errorf(models.NotFound, "session %s has no chunk %d", id, seq)
		return c, err
	}
	return c, err
}

func (t *tx) chunks(query string, args ...any) ([]models.Chunk, error) {
	var all []models.Chunk
	err := t.each(func(rows *sql.Rows) error {
		c, err := scanChunk(rows.Scan)
		all = append(all, c)
		return err
	}, selectChunk+query, args...)
	return all, err
}

// FindChunk finds one chunk. NotFound.
func (s *Store) FindChunk(ctx context.Context, id models.SessionID, seq int) (models.Chunk, error) {
	var c models.Chunk
	err := s.read(ctx, "find chunk", func(t *tx) (err error) {
		c, err = t.chunk(id, seq)
		return err
	})
	return c, err
}

// Chunks lists the chunks of a session in order of their numbers. NotFound.
func (s *Store) Chunks(ctx context.Context, id models.SessionID) ([]models.Chunk, error) {
	var all []models.Chunk
	err := s.read(ctx, "list chunks", func(t *tx) (err error) {
		if _, err = t.state(id); err != nil {
			return err
		}
		all, err = t.chunks("WHERE session = ? ORDER BY seq", id)
		return err
	})
	return all, err
}

// PendingChunks lists what waits for a worker, over all sessions, the oldest
// session first: what must be published again.
func (s *Store) PendingChunks(ctx context.Context) ([]models.Chunk, error) {
	var all []models.Chunk
	err := s.read(ctx, "list pending chunks", func(t *tx) (err error) {
		all, err = t.chunks("WHERE state = 'pending' ORDER BY (SELECT ordinal FROM session WHERE id = chunk.session), seq")
		return err
	})
	return all, err
}

// BeginChunk counts an attempt before its work starts, and returns its number,
// from 1. A chunk that was begun models.MaxAttempts times is set aside instead:
// a Conflict error, as for a chunk that needs no work. The session may then be
// due for extraction: see Extracting.
func (s *Store) BeginChunk(ctx context.Context, id models.SessionID, seq int) (attempt int, err error) {
	var refused error
	err = s.write(ctx, "begin chunk", func(t *tx) error {
		c, err := t.chunk(id, seq)
		if err != nil {
			return err
		}
		if c.State != models.Pending {
			refused = models.Errorf(models.Conflict, "chunk %d of session %s is accounted for: %s", seq, id, c.State)
			return nil
		}
		if c.Attempts >= models.MaxAttempts {
			reason := fmt.Sprintf("begun %d times without a result", c.Attempts)
			refused = models.Errorf(models.Conflict, "chunk %d of session %s is set aside: %s", seq, id, reason)
			return t.setAside(c, reason)
		}
		attempt = c.Attempts + 1
		_, err = t.exec("UPDATE chunk SET attempts = ?, in_hand = 1 WHERE session = ? AND seq = ?", attempt, id, seq)
		return err
	})
	if err == nil {
		err = fail("begin chunk", refused)
	}
	return attempt, err
}

func (t *tx) setAside(c models.Chunk, reason string) error {
	if err := c.State.To(models.Failed); err != nil {
		return err
	}
	if _, err := t.exec("UPDATE chunk SET state = ?, reason = ?, in_hand = 0 WHERE session = ? AND seq = ?", models.Failed, reason, c.Session, c.Seq); err != nil {
		return err
	}
	_, err := t.settle(c.Session)
	return err
}

// ReturnChunk takes back the last attempt: the worker stopped on request and
// gave the chunk back unharmed. Nothing happens if it is not in hand.
func (s *Store) ReturnChunk(ctx context.Context, id models.SessionID, seq int) error {
	return s.write(ctx, "return chunk", func(t *tx) error {
		if _, err := t.chunk(id, seq); err != nil {
			return err
		}
		_, err := t.exec(`UPDATE chunk SET attempts = max(0, attempts - 1), in_hand = 0
			WHERE session = ? AND seq = ? AND state = 'pending' AND in_hand = 1`, id, seq)
		return err
	})
}

// ReturnChunks takes back the attempts that were under way when the last hub
// was killed, and returns how many: a chunk is not to blame for that. For a hub
// that starts, before its workers do.
func (s *Store) ReturnChunks(ctx context.Context) (int, error) {
	var n int64
	err := s.write(ctx, "return chunks", func(t *tx) (err error) {
		n, err = t.exec(`UPDATE chunk SET attempts = CASE WHEN interruptions < ? THEN max(0, attempts - 1) ELSE attempts END,
			interruptions = interruptions + 1, in_hand = 0 WHERE state = 'pending' AND in_hand = 1`, spared)
		return err
	})
	return int(n), err
}

// FailChunk sets a pending chunk aside with a reason, which must not hold what
// was said. due reports whether the session's items are due now. A chunk that
// has a result, or was set aside already, stays as it is.
func (s *Store) FailChunk(ctx context.Context, id models.SessionID, seq int, reason string) (due bool, err error) {
	err = s.write(ctx, "set chunk aside", func(t *tx) error {
		c, err := t.chunk(id, seq)
		if err != nil {
			return err
		}
		if c.State == models.Pending {
			if err := t.setAside(c, reason); err != nil {
				return err
			}
		}
		due, err = t.settle(id)
		return err
	})
	return due && err == nil, err
}

// RetryFailed makes the chunks that were set aside pending again, with all
// attempts before them, and returns how many. Segments that such a chunk had
// stay until it has new ones. With any, the session goes back to Transcribing.
func (s *Store) RetryFailed(ctx context.Context, id models.SessionID) (int, error) {
	return s.retry(ctx, id, "state = 'failed'")
}

// RetryChunk makes a done or failed chunk pending again, as RetryFailed does,
// and reports whether it did: not where the client corrected its text, for
// that would be lost.
func (s *Store) RetryChunk(ctx context.Context, id models.SessionID, seq int) (bool, error) {
	n, err := s.retry(ctx, id, `seq = ? AND state IN ('failed', 'done') AND NOT EXISTS
		(SELECT 1 FROM segment WHERE segment.session = chunk.session AND segment.chunk = chunk.seq AND edited = 1)`, seq)
	return n > 0, err
}

func (s *Store) retry(ctx context.Context, id models.SessionID, which string, args ...any) (int, error) {
	var n int
	err := s.write(ctx, "run chunks again", func(t *tx) error {
		state, err := t.state(id)
		if err != nil {
			return err
		}
		again, err := t.chunks("WHERE session = ? AND "+which, append([]any{id}, args...)...)
		if err != nil {
			return err
		}
		for _, c := range again {
			if err := t.reopen(c); err != nil {
				return err
			}
		}
		if n = len(again); n == 0 || state == models.Ingesting || state == models.Transcribing {
			return nil
		}
		return t.move(id, state, models.Transcribing)
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// reopen makes a chunk pending again.
func (t *tx) reopen(c models.Chunk) error {
	if err := c.State.To(models.Pending); err != nil {
		return err
	}
	_, err := t.exec("UPDATE chunk SET state = ?, attempts = 0, interruptions = 0, in_hand = 0, reason = '' WHERE session = ? AND seq = ?",
		models.Pending, c.Session, c.Seq)
	return err
}

// Progress is how much of a session's sound needed a worker so far (total), how
// much of it is accounted for (done), and how many chunks are pending. Each
// channel counts.
func (s *Store) Progress(ctx context.Context, id models.SessionID) (done, total time.Duration, pending int, err error) {
	var doneMS, totalMS int64
	err = s.read(ctx, "measure progress", func(t *tx) error {
		if _, err := t.state(id); err != nil {
			return err
		}
		return t.row(`SELECT coalesce(sum(CASE WHEN state = 'pending' THEN 0 ELSE end_ms - start_ms END), 0),
			coalesce(sum(end_ms - start_ms), 0), count(*) FILTER (WHERE state = 'pending')
			FROM chunk WHERE session = ? AND state <> 'silent'`, id).Scan(&doneMS, &totalMS, &pending)
	})
	return time.Duration(doneMS) * time.Millisecond, time.Duration(totalMS) * time.Millisecond, pending, err
}
