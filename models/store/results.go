package store

import (
	"context"
	"strings"

	"github.com/afterword/afterword/models"
)

// SaveResult stores what a worker found in a chunk: its segments, numbered as
// they come, and that it is done. Its language is kept if the session has none
// yet.
// due reports whether the session's items are due now.
//
// A chunk has one result: for a done chunk nothing changes, whatever the second
// result says. A chunk that was run again keeps its earlier text as a take, and
// what the client corrected stays. A Conflict error where the chunk was set aside and the
// session has gone on without it; RetryFailed lets it in.
func (s *Store) SaveResult(ctx context.Context, id models.SessionID, seq int, h models.Heard) (due bool, err error) {
	for i, g := range h.Segments {
		if err := checkSegment(g); err != nil {
			return false, models.Errorf(models.Invalid, "save result of chunk %d: segment %d: %w", seq, i, err)
		}
	}
	err = s.write(ctx, "save result", func(t *tx) error {
		c, err := t.chunk(id, seq)
		if err != nil {
			return err
		}
		if c.State == models.Silent { // it was struck meanwhile
			return models.Errorf(models.Conflict, "chunk %d of session %s needs no result", seq, id)
		}
		if c.State != models.Done {
			if err := t.saveResult(c, h); err != nil {
				return err
			}
		}
		due, err = t.settle(id)
		return err
	})
	return due && err == nil, err
}

func checkSegment(g models.Segment) error {
	if g.Span.Start < 0 || g.Span.End < g.Span.Start {
		return models.Errorf(models.Invalid, "it runs from %v to %v", g.Span.Start, g.Span.End)
	}
	for _, d := range g.Suspect {
		if d == "" || strings.ContainsAny(string(d), " \t\n") {
			return models.Errorf(models.Invalid, "a doubt is not one word")
		}
	}
	return checkSpeaker(g.Speaker)
}

// checkSpeaker lets roles and voice numbers through: the column is in clear, so
// no name may get there.
func checkSpeaker(who models.Speaker) error {
	switch who {
	case models.Client, models.Therapist, models.Unknown, "":
		return nil
	}
	n, numbered := strings.CutPrefix(string(who), "S")
	if !numbered || n == "" || len(n) > 3 || strings.Trim(n, "0123456789") != "" {
		return models.Errorf(models.Invalid, "a speaker is client, therapist, unknown or S1, S2, …")
	}
	return nil
}

// changed are segments that hold what the client did.
const changed = "(edited = 1 OR ' ' || suspect || ' ' LIKE '% " + string(models.DoubtRestored) + " %')"

func (t *tx) saveResult(c models.Chunk, h models.Heard) error {
	if c.State == models.Failed {
		if err := t.admitLate(&c); err != nil {
			return err
		}
	}
	if err := c.State.To(models.Done); err != nil {
		return err
	}
	left, err := t.replaceText(c, h)
	if err != nil {
		return err
	}
	wordless, err := encodeSpans(left)
	if err != nil {
		return err
	}
	if _, err := t.exec("UPDATE chunk SET state = ?, in_hand = 0, reason = '', wordless = ? WHERE session = ? AND seq = ?", models.Done, wordless, c.Session, c.Seq); err != nil {
		return err
	}
	if err := t.voicesDue(c.Session); err != nil || h.Language == "" {
		return err
	}
	_, err = t.exec("UPDATE session SET language = ? WHERE id = ? AND language = ''", h.Language, c.Session)
	return err
}

// admitLate takes a chunk back that was set aside while a slow worker still had
// it, as long as nobody builds on the session without it.
func (t *tx) admitLate(c *models.Chunk) error {
	state, err := t.state(c.Session)
	if err != nil {
		return err
	}
	if state != models.Ingesting && state != models.Transcribing {
		return models.Errorf(models.Conflict, "chunk %d of session %s was set aside; run it again to have its words", c.Seq, c.Session)
	}
	if err := t.reopen(*c); err != nil {
		return err
	}
	c.State = models.Pending
	return nil
}

func (t *tx) replaceSegments(c models.Chunk, segments []models.Segment) error {
	key, err := t.key(c.Session)
	if err != nil {
		return err
	}
	if _, err := t.exec("DELETE FROM segment WHERE session = ? AND chunk = ?", c.Session, c.Seq); err != nil {
		return err
	}
	insert, err := t.PrepareContext(t.ctx, `INSERT INTO segment (session, chunk, idx, start_ms, end_ms, speaker, suspect, text, words)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer insert.Close()
	for i, g := range segments {
		text, err := t.s.ring.Seal(key, at("segment", c.Session, c.Seq, i, "text"), []byte(g.Text))
		if err != nil {
			return err
		}
		words, err := t.s.ring.Seal(key, at("segment", c.Session, c.Seq, i, "words"), encodeWords(g))
		if err != nil {
			return err
		}
		if g.Speaker == "" {
			g.Speaker = models.Unknown
		}
		if _, err := insert.ExecContext(t.ctx, c.Session, c.Seq, i, milli(g.Span.Start), milli(g.Span.End), g.Speaker, encodeDoubts(g.Suspect), text, words); err != nil {
			return err
		}
	}
	return nil
}

func encodeDoubts(doubts []models.Doubt) string {
	names := make([]string, len(doubts))
	for i, d := range doubts {
		names[i] = string(d)
	}
	return strings.Join(names, " ")
}

func decodeDoubts(text string) []models.Doubt {
	var doubts []models.Doubt
	for _, name := range strings.Fields(text) {
		doubts = append(doubts, models.Doubt(name))
	}
	return doubts
}
