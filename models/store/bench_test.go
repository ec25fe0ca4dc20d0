package store

import (
	"fmt"
	"testing"
	"time"

	"github.com/afterword/afterword/models"
)

// hour is a session with 1 000 segments of 12 words and 40 items.
func (h *home) hour() models.SessionID {
	h.t.Helper()
	ctx := h.t.Context()
	s := must(h.SaveSession(ctx, models.Session{Title: "hour", Source: models.SourceImport}))(h.t)
	states := make([]models.ChunkState, 125)
	for i := range states {
		states[i] = models.Pending
	}
	ok(h.t, h.SaveChunks(ctx, chunks(s.ID, states...)))
	for seq := range states {
		must(h.SaveResult(ctx, s.ID, seq, models.Heard{Language: "en", Segments: eight(seq)}))(h.t)
	}
	must(h.FinishIngest(ctx, s.ID, time.Hour))(h.t)
	var found models.Items
	for i := range 40 {
		found.List = append(found.List, item(models.KindAction, fmt.Sprint("do ", i), i*20, "words of a sentence"))
	}
	ok(h.t, h.SaveItems(ctx, s.ID, found))
	return s.ID
}

func eight(seq int) []models.Segment {
	texts := make([]string, 8)
	for i := range texts {
		texts[i] = fmt.Sprintf("%d %d the twelve words of a sentence that somebody said today", seq, i)
	}
	return segments(seq, texts...)
}

func BenchmarkOpen(b *testing.B) {
	h := newHome(b)
	h.hour()
	ok(b, h.Close())
	for b.Loop() {
		s := must(Open(b.Context(), Config{Path: h.path, Ring: h.ring}))(b)
		ok(b, s.Close())
	}
}

func BenchmarkOpenAndFindLast(b *testing.B) {
	h := newHome(b)
	h.hour()
	ok(b, h.Close())
	for b.Loop() {
		s := must(Open(b.Context(), Config{Path: h.path, Ring: h.ring}))(b)
		id := must(s.ResolveSession(b.Context(), "last"))(b)
		must(s.FindSession(b.Context(), id))(b)
		ok(b, s.Close())
	}
}

func BenchmarkCreate(b *testing.B) {
	dir := b.TempDir()
	n := 0
	for b.Loop() {
		n++
		s := must(Open(b.Context(), Config{Path: fmt.Sprintf("%s/%d/a.db", dir, n)}))(b)
		ok(b, s.Close())
	}
}

func BenchmarkSaveResult(b *testing.B) {
	h := newHome(b)
	s := must(h.SaveSession(b.Context(), models.Session{Source: models.SourceImport}))(b)
	seq := 0
	for b.Loop() {
		b.StopTimer()
		c := models.Chunk{Session: s.ID, Seq: seq, State: models.Pending}
		ok(b, h.SaveChunks(b.Context(), []models.Chunk{c}))
		b.StartTimer()
		must(h.SaveResult(b.Context(), s.ID, seq, models.Heard{Language: "en", Segments: eight(seq)}))(b)
		seq++
	}
}

func BenchmarkTranscript(b *testing.B) {
	h := newHome(b)
	id := h.hour()
	for b.Loop() {
		must(h.Transcript(b.Context(), id))(b)
	}
}

func BenchmarkTexts(b *testing.B) {
	h := newHome(b)
	id := h.hour()
	for b.Loop() {
		must(h.Texts(b.Context(), id))(b)
	}
}

func BenchmarkCoverage(b *testing.B) {
	h := newHome(b)
	id := h.hour()
	for b.Loop() {
		must(h.Coverage(b.Context(), id))(b)
	}
}

func BenchmarkItems(b *testing.B) {
	h := newHome(b)
	h.hour()
	for b.Loop() {
		must(h.Items(b.Context(), ItemFilter{}))(b)
	}
}

func BenchmarkDecide(b *testing.B) {
	h := newHome(b)
	h.hour()
	it := must(h.Items(b.Context(), ItemFilter{}))(b)[0]
	for b.Loop() {
		must(h.Decide(b.Context(), it.ID, models.Edited, func(it *models.Item) { it.Text += "." }))(b)
	}
}
