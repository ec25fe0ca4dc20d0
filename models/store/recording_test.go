package store

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/afterword/afterword/models"
)

// recording makes a session that is being recorded.
func (h *home) recording(later bool, consent int64) models.SessionID {
	h.t.Helper()
	ctx := h.t.Context()
	s := must(h.SaveSession(ctx, models.Session{Title: "Title", Source: models.SourceRecording, Date: "2026-03-05", State: models.Ingesting}))(h.t)
	ok(h.t, h.SaveRecording(ctx, models.Recording{Session: s.ID, Later: later}, consent))
	return s.ID
}

func TestRecordingGoesOnlyForward(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	first, second := h.recording(true, 0), h.recording(false, 0)
	find := func(id models.SessionID, want models.Recording) {
		t.Helper()
		want.Session = id
		if got := must(h.FindRecording(ctx, id))(t); got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	find(first, models.Recording{Later: true})
	ok(t, h.SaveRecording(ctx, models.Recording{Session: first, Ended: true}, 0)) // again, it changes nothing
	find(first, models.Recording{Later: true})

	ok(t, h.EndRecording(ctx, first, false))
	find(first, models.Recording{Later: true, Ended: true})
	h.reopen()
	if got := must(h.Unfinished(ctx))(t); len(got) != 2 || got[0].Session != first || !got[0].Ended || got[1].Session != second || got[1].Ended {
		t.Errorf("unfinished, the oldest first: %+v", got)
	}
	ok(t, h.EndRecording(ctx, first, true))
	ok(t, h.EndRecording(ctx, first, false)) // what is so stays so
	find(first, models.Recording{Later: true, Ended: true, Cut: true})
	if got := must(h.Unfinished(ctx))(t); len(got) != 1 || got[0].Session != second {
		t.Errorf("unfinished: %+v", got)
	}

	imported := h.session(models.Silent)
	_, err := h.FindRecording(ctx, imported)
	wants(t, err, models.NotFound)
	wants(t, h.EndRecording(ctx, imported, true), models.NotFound)
	wants(t, h.SaveRecording(ctx, models.Recording{Session: "none"}, 0), models.NotFound)
}

func TestGapsAreAccountedFor(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.recording(false, 0)
	span := func(from, to time.Duration) models.Span { return models.Span{Start: from, End: to} }
	ok(t, h.SaveGaps(ctx, id, []models.Gap{{Span: span(time.Second, 2*time.Second), Reason: models.GapKilled}}))
	// What is known is replaced; what is shorter than the ledger's millisecond is left out.
	want := []models.Gap{{Span: span(2*time.Second, 3*time.Second), Reason: models.GapPaused}, {Span: span(30*time.Second, 31*time.Second), Reason: models.GapBusy}}
	ok(t, h.SaveGaps(ctx, id, []models.Gap{want[1], {Span: span(5*time.Second, 5*time.Second+time.Microsecond), Reason: models.GapLost}, want[0]}))
	if d := cmp.Diff(want, must(h.Gaps(ctx, id))(t)); d != "" {
		t.Error(d)
	}
	ok(t, h.SaveChunks(ctx, chunks(id, models.Silent, models.Silent)))
	must(h.FinishIngest(ctx, id, 40*time.Second))(t)
	c := must(h.Coverage(ctx, id))(t)
	if c.Duration != 40*time.Second || c.Total(models.FateGap) != 2*time.Second || c.Total(models.FateSilence) != 38*time.Second {
		t.Errorf("coverage: %+v", c)
	}
	wants(t, h.SaveGaps(ctx, "none", want), models.NotFound)
}

func TestMarksAreSealed(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.recording(false, 0)
	want := []models.Mark{{At: 2 * time.Second, Note: "about my sister"}, {At: 2 * time.Second}, {At: 5 * time.Second, Note: "sleep"}}
	ok(t, h.SaveMarks(ctx, id, append([]models.Mark{{At: time.Second, Note: "gone"}}, want...)))
	ok(t, h.SaveMarks(ctx, id, want))
	if d := cmp.Diff(want, must(h.Marks(ctx, id))(t)); d != "" {
		t.Error(d)
	}
	var note []byte
	ok(t, h.reader.QueryRow("SELECT note FROM mark WHERE session = ? AND number = 0", id).Scan(&note))
	if len(note) == 0 || bytes.Contains(note, []byte("sister")) {
		t.Errorf("a note lies there as %q", note)
	}
	// Notes cannot change places, or sessions.
	_, err := h.writer.ExecContext(ctx, "UPDATE mark SET note = ? WHERE session = ? AND number = 2", note, id)
	ok(t, err)
	if _, err := h.Marks(ctx, id); err == nil {
		t.Error("a note was read in another's place")
	}
	ok(t, h.SaveMarks(ctx, id, want))
	h.ring.locked.Store(true)
	_, err = h.Marks(ctx, id)
	wants(t, err, models.Locked)
	h.ring.locked.Store(false)
	ok(t, h.SaveMarks(ctx, id, nil))
	if got := must(h.Marks(ctx, id))(t); len(got) != 0 {
		t.Errorf("still there: %+v", got)
	}
	wants(t, h.SaveMarks(ctx, "none", want), models.NotFound)
}

func TestCutUpTo(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id, other := h.recording(false, 0), h.recording(false, 0)
	check := func(of models.SessionID, wantEnd time.Duration, wantNext int) {
		t.Helper()
		end, next, err := h.CutUpTo(ctx, of)
		if err != nil || end != wantEnd || next != wantNext {
			t.Errorf("cut up to %v, next %d (%v), want %v, %d", end, next, err, wantEnd, wantNext)
		}
	}
	check(id, 0, 0)
	ok(t, h.SaveChunks(ctx, chunks(id, models.Pending, models.Silent)))
	check(id, 40*time.Second, 2)
	check(other, 0, 0)
}

// TestForgetTakesWhatWasRecorded: nothing of a recording stays behind.
func TestForgetTakesWhatWasRecorded(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	number := must(h.SaveConsent(ctx, models.Consent{Wording: "words"}))(t)
	id, other := h.recording(false, number), h.recording(false, number)
	for _, s := range []models.SessionID{id, other} {
		ok(t, h.SaveGaps(ctx, s, []models.Gap{{Span: models.Span{End: time.Second}, Reason: models.GapPaused}}))
		ok(t, h.SaveMarks(ctx, s, []models.Mark{{At: time.Second, Note: "note"}}))
	}
	must(h.ForgetSession(ctx, id))(t)
	for _, table := range []string{"recording", "gap", "mark"} {
		var n int
		ok(t, h.reader.QueryRow("SELECT count(*) FROM "+table).Scan(&n)) // the other's
		if n != 1 {
			t.Errorf("%d rows of %s", n, table)
		}
	}
	if all := must(h.Consents(ctx))(t); len(all) != 1 || len(all[0].Sessions) != 1 || all[0].Sessions[0] != other {
		t.Errorf("consents: %+v", all)
	}
}
