package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/afterword/afterword/models"
)

// sealedSegment is a row whose secrets are not opened yet.
type sealedSegment struct {
	models.Segment
	text, words []byte
}

// In order of time; two voices that begin at once, in order of chunk.
const selectSegment = `SELECT session, chunk, idx, start_ms, end_ms, speaker, suspect, edited, `

// What to read of the secrets: an hour of words is large.
const (
	textAndWords = "text, words FROM segment "
	textOnly     = "text, NULL FROM segment "
	inClear      = "NULL, NULL FROM segment "
)

const inOrder = " ORDER BY start_ms, chunk, idx"

func scanSegment(scan func(...any) error) (sealedSegment, error) {
	var r sealedSegment
	var start, end int64
	var suspect string
	err := scan(&r.Session, &r.Chunk, &r.Index, &start, &end, &r.Speaker, &suspect, &r.Edited, &r.text, &r.words)
	r.Span = span(start, end)
	r.Suspect = decodeDoubts(suspect)
	return r, err
}

func (r sealedSegment) open(k ring, key []byte) (models.Segment, error) {
	g := r.Segment
	text, err := k.Open(key, at("segment", g.Session, g.Chunk, g.Index, "text"), r.text)
	if err != nil {
		return g, err
	}
	g.Text = string(text)
	if r.words == nil {
		return g, nil
	}
	words, err := k.Open(key, at("segment", g.Session, g.Chunk, g.Index, "words"), r.words)
	if err != nil {
		return g, err
	}
	err = decodeWords(words, &g)
	return g, err
}

// sealedSegments are the segments of a session, numbered from 0 in order.
func (t *tx) sealedSegments(id models.SessionID, what string) ([]sealedSegment, error) {
	var all []sealedSegment
	err := t.each(func(rows *sql.Rows) error {
		r, err := scanSegment(rows.Scan)
		r.Seq = len(all)
		all = append(all, r)
		return err
	}, selectSegment+what+"WHERE session = ?"+inOrder, id)
	return all, err
}

// Transcript is what is known of a session's words so far. Its segments are
// numbered from 0 without holes, in order of time. NotFound, Locked.
func (s *Store) Transcript(ctx context.Context, id models.SessionID) (models.Transcript, error) {
	var out models.Transcript
	err := s.read(ctx, "read transcript", func(t *tx) (err error) {
		out, _, err = t.transcript(id)
		return err
	})
	return out, err
}

func (t *tx) transcript(id models.SessionID) (models.Transcript, sealedSession, error) {
	var out models.Transcript
	r, err := t.session(id)
	if err != nil {
		return out, r, err
	}
	session, err := r.open(t.s.ring)
	if err != nil {
		return out, r, err
	}
	out = models.Transcript{ID: string(id), Title: session.Title, Date: session.Date, Language: session.Language, Duration: session.Duration}
	rows, err := t.sealedSegments(id, textAndWords)
	if err != nil {
		return out, r, err
	}
	for _, row := range rows {
		g, err := row.open(t.s.ring, r.key)
		if err != nil {
			return models.Transcript{}, r, err
		}
		out.Segments = append(out.Segments, g)
	}
	return out, r, nil
}

// Coverage accounts for every millisecond of a session. It needs no open vault.
// While sound is still coming in, the session is as long as its last chunk.
func (s *Store) Coverage(ctx context.Context, id models.SessionID) (models.Coverage, error) {
	var out models.Coverage
	err := s.read(ctx, "account for session", func(t *tx) error {
		r, err := t.session(id)
		if err != nil {
			return err
		}
		chunks, err := t.chunks("WHERE session = ? ORDER BY seq", id)
		if err != nil {
			return err
		}
		rows, err := t.sealedSegments(id, inClear)
		if err != nil {
			return err
		}
		var segments []models.Segment
		for _, row := range rows {
			segments = append(segments, row.Segment)
		}
		if r.State == models.Ingesting {
			for _, c := range chunks {
				r.Duration = max(r.Duration, c.Span.End)
			}
		}
		besides, err := t.besides(id)
		if err != nil {
			return err
		}
		out = models.Account(r.Duration, chunks, segments, besides...)
		return nil
	})
	return out, err
}

// EditSegment replaces the text of a segment, given as it was read. What it
// said before is kept: see Revisions; with the engine's own text it counts as
// not edited. A Conflict error if the segment was changed since it was read.
func (s *Store) EditSegment(ctx context.Context, as models.Segment, text string) (models.Segment, error) {
	var out models.Segment
	if text = strings.TrimSpace(text); text == "" {
		return out, models.Errorf(models.Invalid, "edit segment: it would be left without words")
	}
	err := s.write(ctx, "edit segment", func(t *tx) error {
		key, err := t.key(as.Session)
		if err != nil {
			return err
		}
		if out, err = t.unchanged(as, key); err != nil || text == out.Text {
			return err
		}
		return t.revise(&out, key, text)
	})
	return out, err
}

// unchanged finds the segment if it still says what it said.
func (t *tx) unchanged(as models.Segment, key []byte) (models.Segment, error) {
	r, err := scanSegment(t.row(selectSegment+textAndWords+"WHERE session = ? AND chunk = ? AND idx = ?", as.Session, as.Chunk, as.Index).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return r.Segment, models.Errorf(models.NotFound, "session %s has no such segment any more", as.Session)
	}
	if err != nil {
		return r.Segment, err
	}
	g, err := r.open(t.s.ring, key)
	g.Seq = as.Seq
	if err == nil && g.Text != as.Text {
		err = models.WithHint(models.Errorf(models.Conflict, "the segment was changed meanwhile"), "read it again")
	}
	return g, err
}

func (t *tx) revise(g *models.Segment, key []byte, text string) error {
	place := []any{g.Session, g.Chunk, g.Index}
	var number int
	if err := t.row("SELECT count(*) FROM revision WHERE session = ? AND chunk = ? AND idx = ?", place...).Scan(&number); err != nil {
		return err
	}
	before, err := t.s.ring.Seal(key, revisionText(*g, number), []byte(g.Text))
	if err != nil {
		return err
	}
	if _, err := t.exec("INSERT INTO revision (session, chunk, idx, number, at, text) VALUES (?, ?, ?, ?, ?, ?)",
		append(place, number, t.s.now().UnixMilli(), before)...); err != nil {
		return err
	}
	past, err := t.revisions(*g, key)
	if err != nil {
		return err
	}
	sealed, err := t.s.ring.Seal(key, at("segment", g.Session, g.Chunk, g.Index, "text"), []byte(text))
	if err != nil {
		return err
	}
	g.Text, g.Edited = text, text != past[0].Text
	_, err = t.exec("UPDATE segment SET text = ?, edited = ? WHERE session = ? AND chunk = ? AND idx = ?", append([]any{sealed, g.Edited}, place...)...)
	return err
}

// Revision is what a segment said until it was corrected.
type Revision struct {
	Text string
	At   time.Time // of the correction
}

func revisionText(g models.Segment, number int) string {
	return at("revision", g.Session, g.Chunk, g.Index, number, "text")
}

// Revisions lists what a segment said before, the engine's own text first.
func (s *Store) Revisions(ctx context.Context, of models.Segment) ([]Revision, error) {
	var all []Revision
	err := s.read(ctx, "read revisions", func(t *tx) error {
		key, err := t.key(of.Session)
		if err != nil {
			return err
		}
		all, err = t.revisions(of, key)
		return err
	})
	return all, err
}

func (t *tx) revisions(of models.Segment, key []byte) ([]Revision, error) {
	var all []Revision
	err := t.each(func(rows *sql.Rows) error {
		var ms int64
		var sealed []byte
		if err := rows.Scan(&ms, &sealed); err != nil {
			return err
		}
		text, err := t.s.ring.Open(key, revisionText(of, len(all)), sealed)
		all = append(all, Revision{string(text), time.UnixMilli(ms)})
		return err
	}, "SELECT at, text FROM revision WHERE session = ? AND chunk = ? AND idx = ? ORDER BY number", of.Session, of.Chunk, of.Index)
	return all, err
}

// SetRestored takes a segment, given as it was read, out of those that are held
// back, or puts it back among them. Where its chunk is run again, the client's
// word stays. Invalid for a segment that was never held back, Conflict if it
// changed since.
func (s *Store) SetRestored(ctx context.Context, as models.Segment, restored bool) error {
	if as.Held() == "" {
		return models.Errorf(models.Invalid, "restore segment: it was not held back")
	}
	return s.write(ctx, "restore segment", func(t *tx) error {
		key, err := t.key(as.Session)
		if err != nil {
			return err
		}
		g, err := t.unchanged(as, key)
		if err != nil {
			return err
		}
		doubts := slices.DeleteFunc(g.Suspect, func(d models.Doubt) bool { return d == models.DoubtRestored })
		if restored {
			doubts = append(doubts, models.DoubtRestored)
		}
		_, err = t.exec("UPDATE segment SET suspect = ? WHERE session = ? AND chunk = ? AND idx = ?", encodeDoubts(doubts), g.Session, g.Chunk, g.Index)
		return err
	})
}
