package store

import (
	"database/sql"
	"errors"
	"time"

	"github.com/afterword/afterword/models"
)

// ArchivedPast is what became of the words of a session after they were first
// heard: who the client says spoke, and the texts that are not shown.
type ArchivedPast struct {
	Voicing      *models.Voicing       `json:",omitempty"` // nil where voices were never told apart
	Attributions []ArchivedAttribution `json:",omitempty"`
	Heard        map[int]string        `json:",omitempty"` // by chunk: the model behind its text, where it is not the session's
	Takes        []ArchivedTake        `json:",omitempty"`
}

// ArchivedAttribution is the client's word on who spoke in a stretch.
type ArchivedAttribution struct {
	models.Span
	Channel int
	Speaker models.Speaker
}

// ArchivedTake is a text of a chunk that is not shown, with its corrections.
type ArchivedTake struct {
	Chunk, Number int
	Made          time.Time
	Model         string
	Body          takeBody
}

func (t *tx) archivePast(id models.SessionID, key []byte) (p ArchivedPast, err error) {
	var v models.Voicing
	err = t.row("SELECT done, outcome, named FROM voicing WHERE session = ?", id).Scan(&v.Done, &v.Outcome, &v.Named)
	if err == nil {
		p.Voicing = &v
	} else if !errors.Is(err, sql.ErrNoRows) {
		return p, err
	}
	if err = t.each(func(rows *sql.Rows) error {
		var a ArchivedAttribution
		var from, to int64
		err := rows.Scan(&a.Channel, &from, &to, &a.Speaker)
		a.Span = span(from, to)
		p.Attributions = append(p.Attributions, a)
		return err
	}, "SELECT channel, start_ms, end_ms, speaker FROM attribution WHERE session = ? ORDER BY channel, start_ms, end_ms", id); err != nil {
		return p, err
	}
	if err = t.each(func(rows *sql.Rows) error {
		var seq int
		var model string
		err := rows.Scan(&seq, &model)
		if p.Heard == nil {
			p.Heard = map[int]string{}
		}
		p.Heard[seq] = model
		return err
	}, "SELECT seq, heard FROM chunk WHERE session = ? AND heard <> ''", id); err != nil {
		return p, err
	}
	err = t.each(func(rows *sql.Rows) error {
		var k ArchivedTake
		var made int64
		var sealed []byte
		if err := rows.Scan(&k.Chunk, &k.Number, &made, &k.Model, &sealed); err != nil {
			return err
		}
		k.Made = time.UnixMilli(made)
		var err error
		k.Body, err = t.openTake(key, models.Take{Session: id, Chunk: k.Chunk, Number: k.Number}, sealed)
		p.Takes = append(p.Takes, k)
		return err
	}, "SELECT chunk, number, made, model, body FROM take WHERE session = ? ORDER BY chunk, number", id)
	return p, err
}

// check refuses what cannot be what the store wrote. have are the chunks of the
// session.
func (p *ArchivedPast) check(id models.SessionID, have map[int]bool) error {
	for _, a := range p.Attributions {
		if a.Start < 0 || a.End < a.Start || a.Channel < 0 || a.Channel > 1 {
			return models.Errorf(models.Invalid, "who spoke from %v to %v is none that was written here", a.Start, a.End)
		}
		if err := checkSpeaker(a.Speaker); err != nil {
			return err
		}
	}
	for i := range p.Takes {
		k := &p.Takes[i]
		if !have[k.Chunk] || k.Number < 1 {
			return models.Errorf(models.Invalid, "a text that was put aside belongs to no chunk")
		}
		for j := range k.Body.Segments {
			g := &k.Body.Segments[j].Segment
			g.Session, g.Chunk = id, k.Chunk
			if err := checkSegment(*g); err != nil {
				return err
			}
		}
	}
	return nil
}

// putPast stores it again; the chunks are there already.
func (t *tx) putPast(in Archive, key []byte) error {
	id := in.Session.ID
	if v := in.Voicing; v != nil {
		if _, err := t.exec("INSERT INTO voicing (session, done, outcome, named) VALUES (?, ?, ?, ?)", id, v.Done, v.Outcome, v.Named); err != nil {
			return err
		}
	}
	for _, a := range in.Attributions {
		if _, err := t.exec("INSERT INTO attribution (session, channel, start_ms, end_ms, speaker) VALUES (?, ?, ?, ?, ?)",
			id, a.Channel, milli(a.Start), milli(a.End), a.Speaker); err != nil {
			return err
		}
	}
	for seq, model := range in.Heard {
		if _, err := t.exec("UPDATE chunk SET heard = ? WHERE session = ? AND seq = ?", model, id, seq); err != nil {
			return err
		}
	}
	for _, k := range in.Takes {
		sealed, err := t.sealTake(key, models.Chunk{Session: id, Seq: k.Chunk}, k.Number, k.Body)
		if err != nil {
			return err
		}
		if _, err := t.exec("INSERT INTO take (session, chunk, number, made, model, body) VALUES (?, ?, ?, ?, ?, ?)",
			id, k.Chunk, k.Number, k.Made.UnixMilli(), k.Model, sealed); err != nil {
			return err
		}
	}
	return nil
}
