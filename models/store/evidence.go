package store

import (
	"cmp"
	"database/sql"
	"slices"
	"strings"

	"github.com/afterword/afterword/models"
)

// place is where a quote stands. Chunk and index stay when later results
// renumber the transcript.
type place struct {
	chunk, index int
	from, to     int // bytes of the segment's text; -1, -1 if it is not there
	span         models.Span
}

func placeIn(g models.Segment, quote string) place {
	p := place{g.Chunk, g.Index, -1, -1, g.Span}
	if i := strings.Index(g.Text, quote); i >= 0 {
		p.from, p.to = i, i+len(quote)
	}
	return p
}

// sources are the segments of one session, of which only those are opened that
// a quote asks for.
type sources struct {
	rows  []sealedSegment
	at    map[[2]int]int // chunk and index to position in rows
	key   []byte
	texts map[int]models.Segment
}

func (t *tx) sources(id models.SessionID, key []byte) (*sources, error) {
	rows, err := t.sealedSegments(id, textOnly)
	if err != nil {
		return nil, err
	}
	s := &sources{rows: rows, key: key, at: map[[2]int]int{}, texts: map[int]models.Segment{}}
	for i, r := range rows {
		s.at[[2]int{r.Chunk, r.Index}] = i
	}
	return s, nil
}

func (s *sources) segment(k ring, chunk, index int) (g models.Segment, ok bool, err error) {
	i, ok := s.at[[2]int{chunk, index}]
	if !ok {
		return g, false, nil
	}
	if g, ok = s.texts[i]; ok {
		return g, true, nil
	}
	if g, err = s.rows[i].open(k, s.key); err != nil {
		return g, false, err
	}
	s.texts[i] = g
	return g, true, nil
}

// openEvidence reads the quotes of an item and looks each of them up.
func (t *tx) openEvidence(it *storedItem, key []byte, src *sources) error {
	return t.each(func(rows *sql.Rows) error {
		var number, chunk, index int
		var start, end int64
		var sealed []byte
		if err := rows.Scan(&number, &chunk, &index, &start, &end, &sealed); err != nil {
			return err
		}
		quote, err := t.s.ring.Open(key, at("evidence", it.Session, it.ID, number, "quote"), sealed)
		if err != nil {
			return err
		}
		g, ok, err := src.segment(t.s.ring, chunk, index)
		if err != nil {
			return err
		}
		e := models.Evidence{Segment: -1, Span: span(start, end), Quote: string(quote)}
		p := place{chunk, index, -1, -1, e.Span}
		if ok {
			e.Segment = g.Seq
			p = placeIn(g, e.Quote)
		}
		// The same check as when it was stored; g is the whole of the
		// transcript that it looks at.
		if !ok || !e.In(models.Transcript{Segments: []models.Segment{g}}) {
			it.Stale = true
		}
		it.Evidence = append(it.Evidence, e)
		it.places = append(it.places, p)
		return nil
	}, "SELECT number, chunk, idx, start_ms, end_ms, quote FROM evidence WHERE item = ? ORDER BY number", it.ID)
}

func (t *tx) replaceEvidence(it storedItem, key []byte) error {
	if _, err := t.exec("DELETE FROM evidence WHERE item = ?", it.ID); err != nil {
		return err
	}
	for i, e := range it.Evidence {
		quote, err := t.s.ring.Seal(key, at("evidence", it.Session, it.ID, i, "quote"), []byte(e.Quote))
		if err != nil {
			return err
		}
		p := it.places[i]
		if _, err := t.exec("INSERT INTO evidence (item, number, chunk, idx, start_ms, end_ms, quote) VALUES (?, ?, ?, ?, ?, ?, ?)",
			it.ID, i, p.chunk, p.index, milli(e.Span.Start), milli(e.Span.End), quote); err != nil {
			return err
		}
	}
	return nil
}

// anchor finds the words of a stale item in the transcript near to where they
// were, for new results may have cut the segments elsewhere. It reports whether
// all of them are there.
func anchor(it *storedItem, tr models.Transcript) bool {
	evidence, places := slices.Clone(it.Evidence), slices.Clone(it.places)
	for i, e := range evidence {
		found := false
		for _, g := range tr.Segments {
			if g.Span.Clip(e.Span).Len() > 0 && strings.Contains(g.Text, e.Quote) {
				evidence[i].Segment, places[i], found = g.Seq, placeIn(g, e.Quote), true
				break
			}
		}
		if !found {
			return false
		}
	}
	it.Evidence, it.places = evidence, places
	return true
}

// pair tells which of the fresh items were found before: fresh index to old
// index, each used once, the best likeness first. Alike are
//
//   - two themes with one label, wherever they were heard: a session has a theme
//     once;
//   - two emotions with one label whose quotes overlap;
//   - two others of one kind whose quotes overlap, the more the better, and
//     better still with the same text.
//
// An edited item is also known by what it was before.
func pair(old, fresh []storedItem) map[int]int {
	type link struct {
		fresh, old int
		score      float64
	}
	var links []link
	for i, f := range fresh {
		for j, o := range old {
			if s := likeness(o, f); s > 0 {
				links = append(links, link{i, j, s})
			}
		}
	}
	slices.SortStableFunc(links, func(a, b link) int { return cmp.Compare(b.score, a.score) })
	match, used := map[int]int{}, map[int]bool{}
	for _, l := range links {
		if _, taken := match[l.fresh]; !taken && !used[l.old] {
			match[l.fresh], used[l.old] = l.old, true
		}
	}
	return match
}

func likeness(old, fresh storedItem) float64 {
	if old.Kind != fresh.Kind {
		return 0
	}
	shared := overlap(old.places, fresh.places)
	switch old.Kind {
	case models.KindTheme, models.KindEmotion:
		if fresh.Label != old.Label && fresh.Label != old.proposed.Label {
			return 0
		}
		if old.Kind == models.KindTheme {
			return 1 + shared
		}
		return shared
	}
	if shared > 0 && (strings.EqualFold(fresh.Text, old.Text) || strings.EqualFold(fresh.Text, old.proposed.Text)) {
		return 1 + shared
	}
	return shared
}

// enough is the share of the shorter quote that must lie in the longer one.
const enough = 0.5

// overlap is the best share, from enough to 1, of any two quotes; 0 below that.
func overlap(a, b []place) float64 {
	best := 0.0
	for _, p := range a {
		for _, q := range b {
			if s := p.shared(q); s >= enough {
				best = max(best, s)
			}
		}
	}
	return best
}

// shared is how much of the shorter of two quotes is in the other: by its words
// while the segment still has them, else by time.
func (p place) shared(q place) float64 {
	if p.from >= 0 && q.from >= 0 && p.chunk == q.chunk && p.index == q.index {
		both := min(p.to, q.to) - max(p.from, q.from)
		return float64(max(0, both)) / float64(max(1, min(p.to-p.from, q.to-q.from)))
	}
	if p.from >= 0 && q.from >= 0 {
		return 0 // two segments, each as it was
	}
	shorter := min(p.span.Len(), q.span.Len())
	if shorter == 0 {
		return 0
	}
	return float64(p.span.Clip(q.span).Len()) / float64(shorter)
}
