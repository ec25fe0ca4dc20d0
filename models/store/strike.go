package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/afterword/afterword/models"
)

// slack is how far the engine's times may be off: a segment this close to what
// is struck goes with it.
const slack = 300 * time.Millisecond

// StrikeReceipt says what of a session's words was destroyed.
type StrikeReceipt struct {
	Segments int
	Items    int
	Chunks   int // that held some of it
	Again    int // new chunks, for what stays beside it
	Backups  int // copies from before migrations that held the session
}

// Strike destroys the words of a stretch of a session: its segments and their
// earlier texts, the items that rest on them, and the summary. A chunk of which
// a part stays is replaced by new ones, so that no late result of the old one
// can come in; so is what stays of a segment that was struck in part. They
// are pending, and the session goes back to Transcribing.
//
// The sound is not the store's: FinishStrike says when it is gone.
func (s *Store) Strike(ctx context.Context, id models.SessionID, what models.Span) (StrikeReceipt, error) {
	var r StrikeReceipt
	if milli(what.Start) < 0 || milli(what.End) <= milli(what.Start) {
		return r, models.Errorf(models.Invalid, "strike: nothing lies between %v and %v", what.Start, what.End)
	}
	var err error
	if r.Backups, err = s.forgetInCopies(ctx, id); err != nil {
		return r, fail("strike in the copies from before migrations", err)
	}
	err = s.write(ctx, "strike", func(t *tx) error {
		backups := r.Backups
		r = StrikeReceipt{Backups: backups}
		k := striker{tx: t, id: id, what: what, r: &r}
		return k.run()
	})
	if err != nil {
		return r, err
	}
	return r, s.EmptyLog(ctx)
}

// striker is one strike within its transaction.
type striker struct {
	*tx
	id   models.SessionID
	what models.Span
	r    *StrikeReceipt
	next int // number of the next new chunk
}

func (k *striker) run() error {
	state, err := k.state(k.id)
	if err != nil {
		return err
	}
	if _, err := k.exec(`INSERT INTO struck (session, start_ms, end_ms, at) VALUES (?, ?, ?, ?)
		ON CONFLICT (session, start_ms, end_ms) DO UPDATE SET done = 0`,
		k.id, milli(k.what.Start), milli(k.what.End), k.s.now().UnixMilli()); err != nil {
		return err
	}
	if err := k.row("SELECT coalesce(max(seq) + 1, 0) FROM chunk WHERE session = ?", k.id).Scan(&k.next); err != nil {
		return err
	}
	if err := k.strikeSegments(); err != nil {
		return err
	}
	if err := k.strikePending(); err != nil {
		return err
	}
	if _, err := k.exec("DELETE FROM mark WHERE session = ? AND at_ms >= ? AND at_ms < ?", k.id, milli(k.what.Start), milli(k.what.End)); err != nil {
		return err
	}
	// The shape of the sound still shows when and how loudly somebody spoke.
	if _, err := k.exec("UPDATE review SET peaks = NULL WHERE session = ?", k.id); err != nil {
		return err
	}
	if k.r.Segments == 0 && k.r.Items == 0 && k.r.Again == 0 {
		return nil
	}
	if _, err := k.exec("UPDATE session SET summary = NULL WHERE id = ?", k.id); err != nil {
		return err
	}
	if state == models.Extracting || state == models.Ready {
		if err := k.move(k.id, state, models.Transcribing); err != nil {
			return err
		}
	}
	_, err = k.settle(k.id)
	return err
}

// strikeSegments deletes the segments that overlap and what rests on them.
func (k *striker) strikeSegments() error {
	wide := models.Span{Start: k.what.Start - slack, End: k.what.End + slack}
	var hit []models.Segment
	if err := k.each(func(rows *sql.Rows) error {
		g, err := scanSegment(rows.Scan)
		hit = append(hit, g.Segment)
		return err
	}, selectSegment+inClear+"WHERE session = ? AND start_ms < ? AND end_ms > ?"+inOrder, k.id, milli(wide.End), milli(wide.Start)); err != nil {
		return err
	}
	n, err := k.exec(`DELETE FROM item WHERE session = ?1 AND id IN (SELECT item FROM evidence WHERE start_ms < ?2 AND end_ms > ?3)`,
		k.id, milli(wide.End), milli(wide.Start))
	if err != nil {
		return err
	}
	k.r.Items += int(n)
	for _, g := range hit {
		n, err := k.exec(`DELETE FROM item WHERE session = ? AND id IN (SELECT item FROM evidence WHERE chunk = ? AND idx = ?)`, k.id, g.Chunk, g.Index)
		if err != nil {
			return err
		}
		k.r.Items += int(n)
		if _, err := k.exec("DELETE FROM segment WHERE session = ? AND chunk = ? AND idx = ?", k.id, g.Chunk, g.Index); err != nil {
			return err
		}
		k.r.Segments++
		c, err := k.chunk(k.id, g.Chunk)
		if err != nil {
			return err
		}
		for _, rest := range models.Without(g.Span, []models.Span{k.what}) {
			if rest.Len() < 2*slack {
				continue // no word of it could be told from what was struck
			}
			if err := k.again(c.Channel, rest, []models.Span{rest}); err != nil {
				return err
			}
		}
	}
	return nil
}

// strikePending replaces chunks that nobody has transcribed yet, or could not.
func (k *striker) strikePending() error {
	hit, err := k.chunks("WHERE session = ? AND start_ms < ? AND end_ms > ? ORDER BY seq", k.id, milli(k.what.End), milli(k.what.Start))
	if err != nil {
		return err
	}
	for _, c := range hit {
		if c.Seq >= k.next-k.r.Again { // one of ours
			continue
		}
		k.r.Chunks++
		if c.State == models.Silent || c.State == models.Done {
			voiced, err := encodeSpans(withoutAll(c.Voiced, k.what))
			if err != nil {
				return err
			}
			wordless, err := encodeSpans(withoutAll(c.Wordless, k.what))
			if err != nil {
				return err
			}
			if _, err := k.exec("UPDATE chunk SET voiced = ?, wordless = ? WHERE session = ? AND seq = ?", voiced, wordless, k.id, c.Seq); err != nil {
				return err
			}
			continue
		}
		gone := k.what.Clip(c.Span)
		if _, err := k.exec(`UPDATE chunk SET start_ms = ?, end_ms = ?, voiced = '[]', wordless = '[]', state = ?, in_hand = 0, reason = ''
			WHERE session = ? AND seq = ?`, milli(gone.Start), milli(gone.End), models.Silent, k.id, c.Seq); err != nil {
			return err
		}
		for _, rest := range models.Without(c.Span, []models.Span{k.what}) {
			var voiced []models.Span
			for _, v := range c.Voiced {
				if v = v.Clip(rest); v.Len() > 0 {
					voiced = append(voiced, v)
				}
			}
			if err := k.again(c.Channel, rest, voiced); err != nil {
				return err
			}
		}
	}
	return nil
}

// again adds a chunk for what stays.
func (k *striker) again(channel int, rest models.Span, voiced []models.Span) error {
	state := models.Pending
	if len(voiced) == 0 {
		state = models.Silent
	}
	text, err := encodeSpans(voiced)
	if err != nil {
		return err
	}
	_, err = k.exec("INSERT INTO chunk (session, seq, channel, start_ms, end_ms, voiced, state) VALUES (?, ?, ?, ?, ?, ?, ?)",
		k.id, k.next, channel, milli(rest.Start), milli(rest.End), text, state)
	k.next++
	k.r.Again++
	return err
}

func withoutAll(spans []models.Span, gone models.Span) (out []models.Span) {
	for _, s := range spans {
		out = append(out, models.Without(s, []models.Span{gone})...)
	}
	return out
}

// FinishStrike says that the sound of what was struck is gone, too.
func (s *Store) FinishStrike(ctx context.Context, id models.SessionID, what models.Span) error {
	return s.write(ctx, "finish strike", func(t *tx) error {
		_, err := t.exec("UPDATE struck SET done = 1 WHERE session = ? AND start_ms = ? AND end_ms = ?", id, milli(what.Start), milli(what.End))
		return err
	})
}

// Struck lists what was struck of a session, in order of time.
func (s *Store) Struck(ctx context.Context, id models.SessionID) ([]models.Span, error) {
	var all []models.Span
	err := s.read(ctx, "list what was struck", func(t *tx) (err error) {
		all, err = t.struck(id, "")
		return err
	})
	return all, err
}

func (t *tx) struck(id models.SessionID, and string) (all []models.Span, err error) {
	err = t.each(func(rows *sql.Rows) error {
		var from, to int64
		err := rows.Scan(&from, &to)
		all = append(all, span(from, to))
		return err
	}, "SELECT start_ms, end_ms FROM struck WHERE session = ? "+and+" ORDER BY start_ms", id)
	return all, err
}

// UnfinishedStrikes lists, by session, what was struck and whose sound may still
// be there.
func (s *Store) UnfinishedStrikes(ctx context.Context) (map[models.SessionID][]models.Span, error) {
	all := map[models.SessionID][]models.Span{}
	err := s.read(ctx, "list strikes", func(t *tx) error {
		return t.each(func(rows *sql.Rows) error {
			var id models.SessionID
			var from, to int64
			err := rows.Scan(&id, &from, &to)
			all[id] = append(all[id], span(from, to))
			return err
		}, "SELECT session, start_ms, end_ms FROM struck WHERE done = 0")
	})
	return all, err
}
