package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/afterword/afterword/models"
)

// takeBody is a take as it is sealed.
type takeBody struct {
	Wordless []models.Span
	Segments []takenSegment
}

// takenSegment is a segment with the engine's own text, where it was corrected.
type takenSegment struct {
	models.Segment
	First string `json:",omitempty"`
}

// Again says which chunks of a session are to be run again.
type Again struct {
	Wordless bool // also those with speech in which no words were found
	All      bool // all that have speech
}

// RunAgain makes chunks pending again, with all attempts before them, and returns
// how many: those that were set aside, and what else again says. Their text stays
// until they have a new one and is kept as a take then: see Takes. With any, the
// session goes back to Transcribing.
func (s *Store) RunAgain(ctx context.Context, id models.SessionID, again Again) (int, error) {
	which := "state = 'failed'"
	switch {
	case again.All:
		which = "state IN ('failed', 'done')"
	case again.Wordless:
		which = "(state = 'failed' OR state = 'done' AND wordless <> '[]')"
	}
	return s.retry(ctx, id, which)
}

// DoubtSilence sets a silent chunk aside, since somebody may speak in it there:
// it is run again with those that failed. One that a strike reached stays as it
// is, and so does one that is not silent.
func (s *Store) DoubtSilence(ctx context.Context, id models.SessionID, seq int, voiced []models.Span) error {
	return s.write(ctx, "doubt silence", func(t *tx) error {
		c, err := t.chunk(id, seq)
		if err != nil || c.State != models.Silent {
			return err
		}
		gone, err := t.struck(id, "")
		if err != nil || slices.ContainsFunc(gone, func(g models.Span) bool { return g.Clip(c.Span).Len() > 0 }) {
			return err
		}
		spans, err := encodeSpans(voiced)
		if err != nil {
			return err
		}
		_, err = t.exec("UPDATE chunk SET state = ?, voiced = ?, reason = 'it was taken for silence' WHERE session = ? AND seq = ?", models.Failed, spans, id, seq)
		return err
	})
}

// present is the text of a chunk that is shown.
func (t *tx) present(c models.Chunk, key []byte) (takeBody, error) {
	b := takeBody{Wordless: c.Wordless}
	var rows []sealedSegment
	if err := t.each(func(r *sql.Rows) error {
		row, err := scanSegment(r.Scan)
		rows = append(rows, row)
		return err
	}, selectSegment+textAndWords+"WHERE session = ? AND chunk = ?"+inOrder, c.Session, c.Seq); err != nil {
		return b, err
	}
	for _, row := range rows {
		g, err := row.open(t.s.ring, key)
		if err != nil {
			return b, err
		}
		x := takenSegment{Segment: g}
		if g.Edited {
			past, err := t.revisions(g, key)
			if err != nil {
				return b, err
			}
			if len(past) > 0 {
				x.First = past[0].Text
			}
		}
		b.Segments = append(b.Segments, x)
	}
	return b, nil
}

func takePlace(c models.Chunk, number int) string {
	return at("take", c.Session, c.Seq, number, "body")
}

// putAside stores a text that is not shown.
func (t *tx) putAside(c models.Chunk, key []byte, model string, b takeBody) error {
	var number int
	if err := t.row("SELECT coalesce(max(number), 0) + 1 FROM take WHERE session = ? AND chunk = ?", c.Session, c.Seq).Scan(&number); err != nil {
		return err
	}
	sealed, err := t.sealTake(key, c, number, b)
	if err != nil {
		return err
	}
	_, err = t.exec("INSERT INTO take (session, chunk, number, made, model, body) VALUES (?, ?, ?, ?, ?, ?)",
		c.Session, c.Seq, number, t.s.now().UnixMilli(), model, sealed)
	return err
}

// replaceText gives a chunk that was run again its new text, and returns what of
// its speech has no words then. The text that it had is put aside, unless it is
// the same. What the client corrected or restored is carried over to the same
// words; where one of them is not there any more, the text stays as the client
// has it, and the new one is put aside instead.
func (t *tx) replaceText(c models.Chunk, h models.Heard) ([]models.Span, error) {
	key, err := t.key(c.Session)
	if err != nil {
		return nil, err
	}
	old, err := t.present(c, key)
	if err != nil {
		return nil, err
	}
	fresh := takeBody{Wordless: h.Wordless}
	for _, g := range h.Segments {
		if g.Speaker == "" {
			g.Speaker = models.Unknown
		}
		fresh.Segments = append(fresh.Segments, takenSegment{Segment: g})
	}
	carried, ok := carry(old.Segments, fresh.Segments)
	if !ok {
		return c.Wordless, t.putAside(c, key, h.Model, fresh)
	}
	if len(old.Segments) > 0 && !sameText(old.Segments, fresh.Segments) {
		var heard string
		if err := t.row("SELECT "+heardBy+" FROM chunk JOIN session ON session.id = chunk.session WHERE session = ? AND seq = ?", c.Session, c.Seq).Scan(&heard); err != nil {
			return nil, err
		}
		if err := t.putAside(c, key, heard, old); err != nil {
			return nil, err
		}
	}
	if _, err := t.exec("UPDATE chunk SET heard = ? WHERE session = ? AND seq = ?", h.Model, c.Session, c.Seq); err != nil {
		return nil, err
	}
	return h.Wordless, t.show(c, key, old.Segments, carried)
}

// heardBy is the model behind the text of a chunk that is shown.
const heardBy = "coalesce(nullif(chunk.heard, ''), session.model)"

// show makes segments the text of a chunk.
func (t *tx) show(c models.Chunk, key []byte, old, now []takenSegment) error {
	plain := make([]models.Segment, len(now))
	for i, g := range now {
		plain[i] = g.Segment
		if g.Edited {
			plain[i].Text = g.First
		}
	}
	if err := t.replaceSegments(c, plain); err != nil {
		return err
	}
	for i, g := range now {
		if !g.Edited {
			continue
		}
		p := plain[i]
		p.Session, p.Chunk, p.Index = c.Session, c.Seq, i
		if err := t.revise(&p, key, g.Text); err != nil {
			return err
		}
	}
	return t.foldAgain(c, key, old, now)
}

// foldAgain keeps passages folded by their time, and the place where the client
// stopped reading.
func (t *tx) foldAgain(c models.Chunk, key []byte, old, now []takenSegment) error {
	p, err := t.pace(c.Session, key)
	if err != nil || len(p.Hard) == 0 && p.Place == nil {
		return err
	}
	var more []models.Spot
	place := p.Place
	for _, o := range old {
		for i, g := range now {
			if g.Span.Clip(o.Span).Len() == 0 {
				continue
			}
			if slices.Contains(p.Hard, o.Spot()) {
				more = append(more, models.Spot{Chunk: c.Seq, Index: i})
			}
			if place == p.Place && place != nil && *place == o.Spot() {
				place = &models.Spot{Chunk: c.Seq, Index: i}
			}
		}
	}
	p.Hard = slices.DeleteFunc(p.Hard, func(s models.Spot) bool { return s.Chunk == c.Seq })
	p.Fold(more, true)
	p.Place = place
	return t.savePace(c.Session, key, p)
}

// Takes lists the texts of a session that are not shown, in order of chunks. Locked.
func (s *Store) Takes(ctx context.Context, id models.SessionID) ([]models.Take, error) {
	var all []models.Take
	err := s.read(ctx, "list takes", func(t *tx) (err error) {
		all, err = t.takes(id, "")
		return err
	})
	return all, err
}

func (t *tx) takes(id models.SessionID, and string, args ...any) (all []models.Take, err error) {
	key, err := t.key(id)
	if err != nil {
		return nil, err
	}
	err = t.each(func(rows *sql.Rows) error {
		k := models.Take{Session: id}
		var made, from, to int64
		var sealed []byte
		if err := rows.Scan(&k.Chunk, &k.Number, &made, &k.Model, &k.Shown, &sealed, &from, &to); err != nil {
			return err
		}
		k.Made, k.Span = time.UnixMilli(made), span(from, to)
		b, err := t.openTake(key, k, sealed)
		for _, g := range b.Segments {
			k.Segments = append(k.Segments, g.Segment)
		}
		all = append(all, k)
		return err
	}, `SELECT chunk, number, made, take.model, `+heardBy+`, body, start_ms, end_ms
		FROM take JOIN chunk ON chunk.session = take.session AND seq = chunk JOIN session ON session.id = take.session
		WHERE take.session = ?`+and+" ORDER BY chunk, number", append([]any{id}, args...)...)
	return all, err
}

func (t *tx) sealTake(key []byte, c models.Chunk, number int, b takeBody) ([]byte, error) {
	plain, err := json.Marshal(b)
	if err != nil {
		return nil, err
	}
	return t.s.ring.Seal(key, takePlace(c, number), plain)
}

func (t *tx) openTake(key []byte, k models.Take, sealed []byte) (b takeBody, err error) {
	plain, err := t.s.ring.Open(key, takePlace(models.Chunk{Session: k.Session, Seq: k.Chunk}, k.Number), sealed)
	if err != nil {
		return b, err
	}
	if err := json.Unmarshal(plain, &b); err != nil {
		return b, models.Errorf(models.Unusable, "read take: %w", err)
	}
	return b, nil
}

// ChooseTake shows a text that was put aside; the one that is shown takes its
// place. The session is then due for its voices and items. NotFound, and Conflict
// while the session is written down.
func (s *Store) ChooseTake(ctx context.Context, k models.Take) error {
	return s.write(ctx, "choose take", func(t *tx) error {
		state, err := t.state(k.Session)
		if err != nil {
			return err
		}
		if state != models.Ready && state != models.Extracting {
			return models.Errorf(models.Conflict, "session %s is still being written down", k.Session)
		}
		c, err := t.chunk(k.Session, k.Chunk)
		if err != nil {
			return err
		}
		if err := t.swapTake(c, k.Number); err != nil {
			return err
		}
		if err := t.voicesDue(k.Session); err != nil || state == models.Extracting {
			return err
		}
		return t.move(k.Session, state, models.Extracting)
	})
}

func (t *tx) swapTake(c models.Chunk, number int) error {
	key, err := t.key(c.Session)
	if err != nil {
		return err
	}
	var model, shown string
	var sealed []byte
	err = t.row(`SELECT take.model, body, `+heardBy+` FROM take
		JOIN chunk ON chunk.session = take.session AND seq = chunk JOIN session ON session.id = take.session
		WHERE take.session = ? AND chunk = ? AND number = ?`, c.Session, c.Seq, number).Scan(&model, &sealed, &shown)
	if err != nil {
		if errors.Is(err, sql.ErrNoRows) {
			err = models.Errorf(models.NotFound, "there is no other text of this stretch with that number")
		}
		return err
	}
	other, err := t.openTake(key, models.Take{Session: c.Session, Chunk: c.Seq, Number: number}, sealed)
	if err != nil {
		return err
	}
	now, err := t.present(c, key)
	if err != nil {
		return err
	}
	if err := t.show(c, key, now.Segments, other.Segments); err != nil {
		return err
	}
	wordless, err := encodeSpans(other.Wordless)
	if err != nil {
		return err
	}
	if _, err := t.exec("UPDATE chunk SET wordless = ?, heard = ? WHERE session = ? AND seq = ?", wordless, model, c.Session, c.Seq); err != nil {
		return err
	}
	if sealed, err = t.sealTake(key, c, number, now); err != nil {
		return err
	}
	_, err = t.exec("UPDATE take SET made = ?, model = ?, body = ? WHERE session = ? AND chunk = ? AND number = ?",
		t.s.now().UnixMilli(), shown, sealed, c.Session, c.Seq, number)
	return err
}
