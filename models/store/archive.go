package store

import (
	"context"
	"time"

	"github.com/afterword/afterword/models"
)

// Archive is what the store holds of one session, in clear, so that it can be
// taken elsewhere and be put back as it was. Sound is not part of it, nor are
// keys, the file that the session came from, and consents.
type Archive struct {
	Session   models.Session
	Chunks    []models.Chunk
	Segments  []models.Segment
	Revisions []ArchivedRevision
	Gaps      []models.Gap
	Struck    []models.Span
	Marks     []models.Mark
	Items     []ArchivedItem
	Entries   []models.Entry `json:"-"` // their bodies travel beside
	ArchivedPast
}

// ArchivedRevision is what a segment said before a correction, the first one
// first.
type ArchivedRevision struct {
	Chunk, Index int
	At           time.Time
	Text         string
}

// Archive reads a session with everything that belongs to it. NotFound, Locked.
func (s *Store) Archive(ctx context.Context, id models.SessionID) (Archive, error) {
	var out Archive
	err := s.read(ctx, "archive session", func(t *tx) error {
		tr, sealed, err := t.transcript(id)
		if err != nil {
			return err
		}
		if out.Session, err = sealed.open(s.ring); err != nil {
			return err
		}
		out.Session.Path, out.Session.Hash = "", ""
		out.Segments = tr.Segments
		for _, g := range tr.Segments {
			past, err := t.revisions(g, sealed.key)
			if err != nil {
				return err
			}
			for _, r := range past {
				out.Revisions = append(out.Revisions, ArchivedRevision{g.Chunk, g.Index, r.At, r.Text})
			}
		}
		if out.Chunks, err = t.chunks("WHERE session = ? ORDER BY seq", id); err != nil {
			return err
		}
		if out.ArchivedPast, err = t.archivePast(id, sealed.key); err != nil {
			return err
		}
		if out.Gaps, err = t.gaps(id); err != nil {
			return err
		}
		if out.Struck, err = t.struck(id, ""); err != nil {
			return err
		}
		out.Items, err = t.archiveItems(id, sealed.key)
		return err
	})
	if err != nil {
		return out, err
	}
	if out.Marks, err = s.Marks(ctx, id); err != nil {
		return out, err
	}
	out.Entries, err = s.Entries(ctx, models.EntryFilter{Session: id})
	return out, err
}

// Unarchive stores a session from elsewhere as it was there, with a key of its
// own, in one transaction. What was pending or due there is so here. A Conflict
// error if the session or one of its items is here already, Invalid where the
// archive is not whole; then nothing is stored.
func (s *Store) Unarchive(ctx context.Context, in Archive) error {
	if err := in.check(); err != nil {
		return fail("restore session", err)
	}
	key, err := s.ring.NewKey()
	if err != nil {
		return fail("restore session", err)
	}
	return s.write(ctx, "restore session", func(t *tx) error {
		stored, err := t.insertSession(in.Session, key)
		if err == nil && !stored {
			err = models.Errorf(models.Conflict, "session %s is here already", in.Session.ID)
		}
		if err != nil {
			return err
		}
		summary, err := s.ring.Seal(key, at("session", in.Session.ID, "summary"), []byte(in.Session.Summary))
		if err != nil {
			return err
		}
		if _, err := t.exec("UPDATE session SET summary = ? WHERE id = ?", summary, in.Session.ID); err != nil {
			return err
		}
		for _, put := range []func(Archive, []byte) error{t.putChunks, t.putSegments, t.putPast, t.putEvents, t.putItems, t.putEntries} {
			if err := put(in, key); err != nil {
				return err
			}
		}
		return nil
	})
}

// check completes an archive and refuses one that cannot be what the store
// wrote: it may come from anywhere.
func (in *Archive) check() error {
	id := in.Session.ID
	if got, err := models.ParseSessionID(string(id)); err != nil || got != id || len(id) != 12 {
		return models.Errorf(models.Invalid, "%q is no session ID", id)
	}
	if _, err := models.ParseDate(string(in.Session.Date)); err != nil {
		return err
	}
	if in.Session.Channels < 1 || in.Session.Channels > 2 || in.Session.Duration < 0 || in.Session.Source != models.SourceRecording && in.Session.Source != models.SourceImport {
		return models.Errorf(models.Invalid, "session %s is none that was written here", id)
	}
	in.Session.Path, in.Session.Hash = "", ""
	waiting := false
	have := map[int]bool{}
	for i := range in.Chunks {
		c := &in.Chunks[i]
		c.Session = id
		probe := *c
		if probe.State == models.Done || probe.State == models.Failed {
			probe.State = models.Pending
		}
		if err := checkChunk(probe); err != nil {
			return err
		}
		if have[c.Seq] {
			return models.Errorf(models.Invalid, "chunk %d is there twice", c.Seq)
		}
		have[c.Seq] = true
		if c.State == models.Pending {
			waiting, c.Attempts = true, 0 // it was another computer that tried
		}
		c.Attempts = min(max(c.Attempts, 0), models.MaxAttempts)
	}
	for i := range in.Segments {
		g := &in.Segments[i]
		g.Session = id
		if err := checkSegment(*g); err != nil {
			return err
		}
		if !have[g.Chunk] || g.Index < 0 {
			return models.Errorf(models.Invalid, "a segment belongs to no chunk")
		}
	}
	if err := in.ArchivedPast.check(id, have); err != nil {
		return err
	}
	switch {
	case waiting:
		in.Session.State = models.Transcribing
	case in.Session.State != models.Ready:
		in.Session.State = models.Extracting
	}
	return in.checkItems()
}

func (t *tx) putChunks(in Archive, _ []byte) error {
	for _, c := range in.Chunks {
		voiced, err := encodeSpans(c.Voiced)
		if err != nil {
			return err
		}
		wordless, err := encodeSpans(c.Wordless)
		if err != nil {
			return err
		}
		if _, err := t.exec(`INSERT INTO chunk (session, seq, channel, start_ms, end_ms, voiced, wordless, state, attempts, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			c.Session, c.Seq, c.Channel, milli(c.Span.Start), milli(c.Span.End), voiced, wordless, c.State, c.Attempts, c.Reason); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) putSegments(in Archive, key []byte) error {
	for _, g := range in.Segments {
		text, err := t.s.ring.Seal(key, at("segment", g.Session, g.Chunk, g.Index, "text"), []byte(g.Text))
		if err != nil {
			return err
		}
		words, err := t.s.ring.Seal(key, at("segment", g.Session, g.Chunk, g.Index, "words"), encodeWords(g))
		if err != nil {
			return err
		}
		if g.Speaker == "" {
			g.Speaker = models.Unknown
		}
		if _, err := t.exec(`INSERT INTO segment (session, chunk, idx, start_ms, end_ms, speaker, suspect, edited, text, words) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			g.Session, g.Chunk, g.Index, milli(g.Span.Start), milli(g.Span.End), g.Speaker, encodeDoubts(g.Suspect), g.Edited, text, words); err != nil {
			return err
		}
	}
	count := map[[2]int]int{}
	for _, r := range in.Revisions {
		of := [2]int{r.Chunk, r.Index}
		g := models.Segment{Session: in.Session.ID, Chunk: r.Chunk, Index: r.Index}
		text, err := t.s.ring.Seal(key, revisionText(g, count[of]), []byte(r.Text))
		if err != nil {
			return err
		}
		if _, err := t.exec("INSERT INTO revision (session, chunk, idx, number, at, text) VALUES (?, ?, ?, ?, ?, ?)",
			g.Session, g.Chunk, g.Index, count[of], r.At.UnixMilli(), text); err != nil {
			return err
		}
		count[of]++
	}
	return nil
}

// putEvents stores gaps, marks, and what was struck: its sound is gone already.
func (t *tx) putEvents(in Archive, key []byte) error {
	id := in.Session.ID
	for _, g := range in.Gaps {
		if _, err := t.exec("INSERT INTO gap (session, start_ms, end_ms, reason) VALUES (?, ?, ?, ?)", id, milli(g.Start), milli(g.End), g.Reason); err != nil {
			return err
		}
	}
	for _, s := range in.Struck {
		if _, err := t.exec("INSERT INTO struck (session, start_ms, end_ms, at, done) VALUES (?, ?, ?, ?, 1)", id, milli(s.Start), milli(s.End), t.s.now().UnixMilli()); err != nil {
			return err
		}
	}
	for i, m := range in.Marks {
		note, err := t.s.ring.Seal(key, at("mark", id, i, "note"), []byte(m.Note))
		if err != nil {
			return err
		}
		if _, err := t.exec("INSERT INTO mark (session, number, at_ms, note) VALUES (?, ?, ?, ?)", id, i, milli(m.At), note); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) putEntries(in Archive, _ []byte) error {
	for _, e := range in.Entries {
		answer := e.Kind == models.EntrySpoken // about this recording, so that it is no session
		if e.Session = in.Session.ID; answer {
			e.Session, e.About = "", string(in.Session.ID)
		}
		put, err := t.putEntry(e)
		if err == nil && answer && !put {
			err = models.Errorf(models.Conflict, "answer %s is here already", e.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// putEntry stores an entry from elsewhere with its times. It reports false if
// one of that name is here already: that one stays as it is.
func (t *tx) putEntry(e models.Entry) (bool, error) {
	made, changed := e.Made, e.Changed
	stored, err := t.insertEntry(e)
	if models.CodeOf(err) == models.Conflict {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, err = t.exec("UPDATE entry SET made = ?, changed = ? WHERE kind = ? AND id = ?", made.UnixMilli(), changed.UnixMilli(), stored.Kind, stored.ID)
	return true, err
}

// UnarchiveEntries stores entries from elsewhere that belong to no session, and
// says how many; those that are here already stay as they are.
func (s *Store) UnarchiveEntries(ctx context.Context, all []models.Entry) (n int, err error) {
	err = s.write(ctx, "restore entries", func(t *tx) error {
		n = 0
		for _, e := range all {
			if _, err := models.ParseDate(string(e.Day)); err != nil {
				return err
			}
			if e.Session = ""; e.ID == "" {
				return models.Errorf(models.Invalid, "an entry has no ID")
			}
			put, err := t.putEntry(e)
			if err != nil {
				return err
			}
			if put {
				n++
			}
		}
		return nil
	})
	return n, err
}
