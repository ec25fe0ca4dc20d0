package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"github.com/afterword/afterword/models"
)

// Voicing is what is known of who spoke in a session; the zero Voicing while
// nobody has looked. It needs no open vault. NotFound.
func (s *Store) Voicing(ctx context.Context, id models.SessionID) (models.Voicing, error) {
	var v models.Voicing
	err := s.read(ctx, "find out who spoke", func(t *tx) error {
		if _, err := t.state(id); err != nil {
			return err
		}
		err := t.row("SELECT done, outcome, named FROM voicing WHERE session = ?", id).Scan(&v.Done, &v.Outcome, &v.Named)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return v, err
}

// VoicesAgain makes a session due for telling its voices apart, and for new
// items after that. A Conflict error while its words are not all there.
func (s *Store) VoicesAgain(ctx context.Context, id models.SessionID) error {
	return s.write(ctx, "tell voices apart again", func(t *tx) error {
		state, err := t.state(id)
		if err != nil {
			return err
		}
		if state != models.Ready && state != models.Extracting {
			return models.Errorf(models.Conflict, "session %s is %s: its voices are told apart once its words are all there", id, state)
		}
		if err := t.voicesDue(id); err != nil || state == models.Extracting {
			return err
		}
		return t.move(id, state, models.Extracting)
	})
}

func (t *tx) voicesDue(id models.SessionID) error {
	_, err := t.exec("UPDATE voicing SET done = 0 WHERE session = ?", id)
	return err
}

// SaveVoices stores who spoke, and that this is done, in one transaction.
// pieces[i] are what segment was[i] is to be: itself, or cut into several where
// the speaker changes between two words. was are all segments of the session as
// they were read. One that the client changed meanwhile stays as it is, and what
// they said about a stretch wins. No word is lost: Invalid otherwise. A Conflict
// error where other segments are there by now.
//
// Quotes keep pointing at their words, and folded passages stay folded.
func (s *Store) SaveVoices(ctx context.Context, id models.SessionID, was []models.Segment, pieces [][]models.Segment, v models.Voicing) error {
	if len(pieces) != len(was) {
		return models.Errorf(models.Invalid, "save voices: %d segments became %d", len(was), len(pieces))
	}
	for i, g := range was {
		if err := checkPieces(g, pieces[i]); err != nil {
			return models.Errorf(models.Invalid, "save voices: segment %d: %w", g.Seq, err)
		}
	}
	return s.write(ctx, "save voices", func(t *tx) error {
		state, err := t.state(id)
		if err != nil {
			return err
		}
		if state != models.Extracting {
			return models.Errorf(models.Conflict, "session %s is %s: its voices are not due", id, state)
		}
		w := voiceWriter{tx: t, id: id}
		if err := w.run(was, pieces); err != nil {
			return err
		}
		_, err = t.exec(`INSERT INTO voicing (session, done, outcome, named) VALUES (?, 1, ?, ?)
			ON CONFLICT (session) DO UPDATE SET done = 1, outcome = excluded.outcome, named = excluded.named`, id, v.Outcome, v.Named)
		return err
	})
}

// checkPieces refuses pieces that are not the whole of a segment, in order.
func checkPieces(g models.Segment, pieces []models.Segment) error {
	var words []models.Word
	var text []string
	at := g.Span.Start
	for _, p := range pieces {
		if err := checkSpeaker(p.Speaker); err != nil {
			return err
		}
		if p.Span.Start < at || p.Span.End < p.Span.Start || p.Span.End > g.Span.End {
			return models.Errorf(models.Invalid, "a piece of %v lies at %v", g.Span, p.Span)
		}
		at = p.Span.Start
		words = append(words, p.Words...)
		text = append(text, strings.Fields(p.Text)...)
		if len(pieces) > 1 && (g.Edited || len(p.Words) == 0 || strings.TrimSpace(p.Text) == "") {
			return models.Errorf(models.Invalid, "it must not be cut")
		}
	}
	if len(pieces) == 0 || !slices.EqualFunc(words, g.Words, models.Word.Equal) || len(pieces) == 1 && pieces[0].Text != g.Text || !slices.Equal(text, strings.Fields(g.Text)) {
		return models.Errorf(models.Invalid, "its pieces have other words")
	}
	return nil
}

// voiceWriter is one SaveVoices within its transaction.
type voiceWriter struct {
	*tx
	id       models.SessionID
	key      []byte
	next     map[int]int // by chunk: index of its next new segment
	channel  map[int]int // by chunk
	told     []attribution
	followed map[models.Spot][]models.Segment // pieces of those that were cut
}

// attribution is the client's word on a stretch.
type attribution struct {
	channel int
	span    models.Span
	speaker models.Speaker
}

func (w *voiceWriter) run(was []models.Segment, pieces [][]models.Segment) error {
	var err error
	if w.key, err = w.tx.key(w.id); err != nil {
		return err
	}
	rows, err := w.sealedSegments(w.id, textAndWords)
	if err != nil {
		return err
	}
	if len(rows) != len(was) {
		return models.Errorf(models.Conflict, "session %s has other segments by now", w.id)
	}
	if err := w.prepare(rows); err != nil {
		return err
	}
	for i, row := range rows {
		now, err := row.open(w.s.ring, w.key)
		if err != nil {
			return err
		}
		if now.Spot() != was[i].Spot() {
			return models.Errorf(models.Conflict, "session %s has other segments by now", w.id)
		}
		if now.Text != was[i].Text || now.Speaker != was[i].Speaker {
			continue
		}
		if err := w.write(now, pieces[i]); err != nil {
			return err
		}
	}
	if len(w.followed) == 0 {
		return nil
	}
	if err := w.moveQuotes(); err != nil {
		return err
	}
	return w.keepFolded()
}

func (w *voiceWriter) prepare(rows []sealedSegment) error {
	w.next, w.channel, w.followed = map[int]int{}, map[int]int{}, map[models.Spot][]models.Segment{}
	for _, r := range rows {
		w.next[r.Chunk] = max(w.next[r.Chunk], r.Index+1)
	}
	if err := w.each(func(r *sql.Rows) error {
		var seq, channel int
		err := r.Scan(&seq, &channel)
		w.channel[seq] = channel
		return err
	}, "SELECT seq, channel FROM chunk WHERE session = ?", w.id); err != nil {
		return err
	}
	return w.each(func(r *sql.Rows) error {
		var a attribution
		var from, to int64
		err := r.Scan(&a.channel, &from, &to, &a.speaker)
		a.span = span(from, to)
		w.told = append(w.told, a)
		return err
	}, "SELECT channel, start_ms, end_ms, speaker FROM attribution WHERE session = ?", w.id)
}

// write stores the pieces of one segment. The first takes its place.
func (w *voiceWriter) write(g models.Segment, pieces []models.Segment) error {
	for i := range pieces {
		p := &pieces[i]
		if p.Speaker == "" {
			p.Speaker = models.Unknown
		}
		for _, a := range w.told {
			if a.channel == w.channel[g.Chunk] && 2*p.Span.Clip(a.span).Len() > p.Span.Len() {
				p.Speaker = a.speaker
			}
		}
	}
	if len(pieces) == 1 {
		if pieces[0].Speaker == g.Speaker {
			return nil
		}
		_, err := w.exec("UPDATE segment SET speaker = ? WHERE session = ? AND chunk = ? AND idx = ?", pieces[0].Speaker, w.id, g.Chunk, g.Index)
		return err
	}
	// Corrections that were all taken back would claim to be of the piece.
	if _, err := w.exec("DELETE FROM revision WHERE session = ? AND chunk = ? AND idx = ?", w.id, g.Chunk, g.Index); err != nil {
		return err
	}
	for i := range pieces {
		p := &pieces[i]
		p.Session, p.Chunk, p.Index, p.Suspect = w.id, g.Chunk, g.Index, g.Suspect
		if i > 0 {
			p.Index = w.next[g.Chunk]
			w.next[g.Chunk]++
		}
		if err := w.store(*p, i == 0); err != nil {
			return err
		}
	}
	w.followed[g.Spot()] = pieces
	return nil
}

func (w *voiceWriter) store(p models.Segment, there bool) error {
	text, err := w.s.ring.Seal(w.key, at("segment", p.Session, p.Chunk, p.Index, "text"), []byte(p.Text))
	if err != nil {
		return err
	}
	words, err := w.s.ring.Seal(w.key, at("segment", p.Session, p.Chunk, p.Index, "words"), encodeWords(p))
	if err != nil {
		return err
	}
	if there {
		_, err = w.exec("UPDATE segment SET start_ms = ?, end_ms = ?, speaker = ?, text = ?, words = ? WHERE session = ? AND chunk = ? AND idx = ?",
			milli(p.Span.Start), milli(p.Span.End), p.Speaker, text, words, p.Session, p.Chunk, p.Index)
		return err
	}
	_, err = w.exec("INSERT INTO segment (session, chunk, idx, start_ms, end_ms, speaker, suspect, text, words) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		p.Session, p.Chunk, p.Index, milli(p.Span.Start), milli(p.Span.End), p.Speaker, encodeDoubts(p.Suspect), text, words)
	return err
}

// moveQuotes lets each quote of a cut segment point at the piece that has it. A
// quote over a cut stays, and its item is stale until it is found again.
func (w *voiceWriter) moveQuotes() error {
	type quote struct {
		item   models.ItemID
		number int
		at     models.Spot
		sealed []byte
	}
	var all []quote
	if err := w.each(func(r *sql.Rows) error {
		var q quote
		err := r.Scan(&q.item, &q.number, &q.at.Chunk, &q.at.Index, &q.sealed)
		all = append(all, q)
		return err
	}, "SELECT item, number, chunk, idx, quote FROM evidence WHERE item IN (SELECT id FROM item WHERE session = ?)", w.id); err != nil {
		return err
	}
	for _, q := range all {
		pieces, cut := w.followed[q.at]
		if !cut {
			continue
		}
		plain, err := w.s.ring.Open(w.key, at("evidence", w.id, q.item, q.number, "quote"), q.sealed)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(pieces, func(p models.Segment) bool { return strings.Contains(p.Text, string(plain)) })
		if i < 0 {
			continue
		}
		p := pieces[i]
		if _, err := w.exec(`UPDATE evidence SET chunk = ?1, idx = ?2, start_ms = min(max(start_ms, ?3), ?4), end_ms = max(min(end_ms, ?4), ?3)
			WHERE item = ?5 AND number = ?6`, p.Chunk, p.Index, milli(p.Span.Start), milli(p.Span.End), q.item, q.number); err != nil {
			return err
		}
	}
	return nil
}

// keepFolded folds all pieces of a passage that was folded.
func (w *voiceWriter) keepFolded() error {
	p, err := w.pace(w.id, w.key)
	if err != nil {
		return err
	}
	var more []models.Spot
	for _, spot := range p.Hard {
		for _, piece := range w.followed[spot] {
			more = append(more, piece.Spot())
		}
	}
	if len(more) == 0 {
		return nil
	}
	p.Fold(more, true)
	return w.savePace(w.id, w.key, p)
}

// SetSpeakers says who the voices of a session are: every segment of a key
// becomes one of its value, all at once, so that two can change places. It
// returns how many changed. What the client said stays when voices are told
// apart again. It needs no open vault.
func (s *Store) SetSpeakers(ctx context.Context, id models.SessionID, to map[models.Speaker]models.Speaker) (int, error) {
	var n int64
	err := s.write(ctx, "set speakers", func(t *tx) error {
		if _, err := t.state(id); err != nil {
			return err
		}
		query, args := "CASE speaker", []any{}
		for from, who := range to {
			if who == "" {
				who = models.Unknown
			}
			if err := errors.Join(checkSpeaker(from), checkSpeaker(who)); err != nil {
				return err
			}
			query += " WHEN ? THEN ?"
			args = append(args, from, who)
		}
		if len(to) == 0 {
			return nil
		}
		in := " WHERE session = ? AND speaker IN (" + strings.TrimSuffix(strings.Repeat("?, ", len(to)), ", ") + ")"
		args = append(args, id)
		for from := range to {
			args = append(args, from)
		}
		var err error
		for _, table := range []string{"attribution", "segment"} {
			if n, err = t.exec("UPDATE "+table+" SET speaker = "+query+" END"+in, args...); err != nil {
				return err
			}
		}
		return t.namedByPerson(id)
	})
	return int(n), err
}

func (t *tx) namedByPerson(id models.SessionID) error {
	_, err := t.exec(`INSERT INTO voicing (session, done, outcome, named) VALUES (?, 0, '', ?)
		ON CONFLICT (session) DO UPDATE SET named = excluded.named`, id, models.NamedByPerson)
	return err
}

// SetSegmentSpeaker says who spoke one segment. It needs no open vault.
func (s *Store) SetSegmentSpeaker(ctx context.Context, g models.Segment, to models.Speaker) error {
	if to == "" {
		to = models.Unknown
	}
	if err := checkSpeaker(to); err != nil {
		return fail("set speaker", err)
	}
	return s.write(ctx, "set speaker", func(t *tx) error {
		if _, err := t.state(g.Session); err != nil {
			return err
		}
		n, err := t.exec("UPDATE segment SET speaker = ? WHERE session = ? AND chunk = ? AND idx = ?", to, g.Session, g.Chunk, g.Index)
		if err == nil && n == 0 {
			err = models.Errorf(models.NotFound, "session %s has no such segment any more", g.Session)
		}
		if err != nil {
			return err
		}
		if _, err := t.exec(`INSERT INTO attribution (session, channel, start_ms, end_ms, speaker)
			SELECT session, (SELECT channel FROM chunk WHERE chunk.session = segment.session AND seq = chunk), start_ms, end_ms, ? FROM segment
			WHERE session = ? AND chunk = ? AND idx = ?
			ON CONFLICT (session, channel, start_ms, end_ms) DO UPDATE SET speaker = excluded.speaker`, to, g.Session, g.Chunk, g.Index); err != nil {
			return err
		}
		return t.namedByPerson(g.Session)
	})
}
