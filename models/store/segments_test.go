package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/afterword/afterword/models"
)

func TestTranscript(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.session(models.Pending, models.Pending)
	late, early := segments(1, "third", "fourth"), segments(0, "first", "second")
	must(h.SaveResult(ctx, id, 1, models.Heard{Segments: late}))(t)
	if tr := must(h.Transcript(ctx, id))(t); tr.Segments[0].Seq != 0 || tr.Segments[0].Text != "third" {
		t.Errorf("while chunk 0 is missing: %+v", tr.Segments[0])
	}
	must(h.SaveResult(ctx, id, 0, models.Heard{Language: "en", Segments: early}))(t)
	must(h.FinishIngest(ctx, id, 40*time.Second))(t)
	want := models.Transcript{ID: string(id), Title: "Title", Date: "2026-03-05", Language: "en", Duration: 40 * time.Second}
	for i, g := range append(early, late...) {
		g.Session, g.Chunk, g.Index, g.Seq = id, i/2, i%2, i
		want.Segments = append(want.Segments, g)
	}
	if d := cmp.Diff(want, must(h.Transcript(ctx, id))(t)); d != "" {
		t.Error(d)
	}
	_, err := h.Transcript(ctx, "0123456789ab")
	wants(t, err, models.NotFound)
}

// Two voices of a split file talk at once.
func TestTranscriptOfTwoChannels(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.session()
	list := chunks(id, models.Pending, models.Pending)
	list[1].Span, list[1].Channel = list[0].Span, 1
	ok(t, h.SaveChunks(ctx, list))
	must(h.SaveResult(ctx, id, 1, models.Heard{Language: "en", Segments: segments(0, "b1", "b2")}))(t)
	must(h.SaveResult(ctx, id, 0, models.Heard{Language: "en", Segments: segments(0, "a1", "a2")}))(t)
	var got []string
	for i, g := range must(h.Transcript(ctx, id))(t).Segments {
		if g.Seq != i {
			t.Errorf("segment %d has number %d", i, g.Seq)
		}
		got = append(got, g.Text)
	}
	if d := cmp.Diff([]string{"a1", "b1", "a2", "b2"}, got); d != "" {
		t.Error(d)
	}
}

func TestSaveResultTwice(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.session(models.Pending)
	must(h.FinishIngest(ctx, id, 20*time.Second))(t)
	for i, text := range []string{"first", "another"} {
		if due := must(h.SaveResult(ctx, id, 0, models.Heard{Language: "en", Segments: segments(0, text)}))(t); !due {
			t.Errorf("call %d: not due", i)
		}
	}
	tr := must(h.Transcript(ctx, id))(t)
	if len(tr.Segments) != 1 || tr.Segments[0].Text != "first" {
		t.Errorf("%+v", tr.Segments)
	}
}

// A call that fails in the middle leaves nothing.
func TestSaveResultAllOrNothing(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.session(models.Pending)
	h.ring.broken.Store(4)
	if _, err := h.SaveResult(ctx, id, 0, models.Heard{Language: "en", Segments: segments(0, "a", "b", "c")}); err == nil {
		t.Fatal("no error")
	}
	if tr := must(h.Transcript(ctx, id))(t); len(tr.Segments) != 0 || tr.Language != "" {
		t.Errorf("%+v", tr)
	}
	must(h.SaveResult(ctx, id, 0, models.Heard{Language: "en", Segments: segments(0, "a", "b", "c")}))(t)
}

func TestSaveResultRefuses(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.session(models.Pending, models.Silent)
	bad := segments(0, "text")
	bad[0].Span.End = 0
	bad[0].Span.Start = time.Second
	_, err := h.SaveResult(ctx, id, 0, models.Heard{Language: "en", Segments: bad})
	wants(t, err, models.Invalid)
	named := segments(0, "text")
	named[0].Speaker = "Dr. Ode" // the column is in clear
	_, err = h.SaveResult(ctx, id, 0, models.Heard{Language: "en", Segments: named})
	wants(t, err, models.Invalid)
	_, err = h.SaveResult(ctx, id, 1, models.Heard{Language: "en", Segments: segments(1, "text")})
	wants(t, err, models.Conflict)
	_, err = h.SaveResult(ctx, "0123456789ab", 0, models.Heard{Language: "en"})
	wants(t, err, models.NotFound)
}

func TestEditSegment(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.session(models.Pending)
	must(h.SaveResult(ctx, id, 0, models.Heard{Language: "en", Segments: segments(0, "as heard", "other")}))(t)
	read := func() models.Segment { return must(h.Transcript(ctx, id))(t).Segments[0] }
	first := read()
	edited := must(h.EditSegment(ctx, first, "  as said "))(t)
	if d := cmp.Diff(edited, read()); d != "" {
		t.Error(d)
	}
	if edited.Text != "as said" || !edited.Edited || len(edited.Words) != 2 {
		t.Errorf("%+v", edited)
	}
	_, err := h.EditSegment(ctx, first, "by somebody else")
	wants(t, err, models.Conflict)
	_, err = h.EditSegment(ctx, edited, " ")
	wants(t, err, models.Invalid)
	must(h.EditSegment(ctx, edited, "as said"))(t) // no change, no revision
	back := must(h.EditSegment(ctx, edited, "as heard"))(t)
	if back.Edited {
		t.Error("the engine's own text counts as edited")
	}
	var got []string
	for _, r := range must(h.Revisions(ctx, back))(t) {
		got = append(got, r.Text)
	}
	if d := cmp.Diff([]string{"as heard", "as said"}, got); d != "" {
		t.Error(d)
	}
	first.Index = 7
	_, err = h.EditSegment(ctx, first, "x")
	wants(t, err, models.NotFound)
}

func TestSetSpeaker(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.session(models.Pending)
	g := segments(0, "a", "b", "c")
	g[0].Speaker, g[1].Speaker, g[2].Speaker = "S1", "", "S1"
	must(h.SaveResult(ctx, id, 0, models.Heard{Language: "en", Segments: g}))(t)
	if n := must(h.SetSpeakers(ctx, id, map[models.Speaker]models.Speaker{"S1": models.Therapist}))(t); n != 2 {
		t.Errorf("%d segments", n)
	}
	tr := must(h.Transcript(ctx, id))(t)
	ok(t, h.SetSegmentSpeaker(ctx, tr.Segments[2], models.Client))
	var got []models.Speaker
	for _, g := range must(h.Transcript(ctx, id))(t).Segments {
		got = append(got, g.Speaker)
	}
	if d := cmp.Diff([]models.Speaker{models.Therapist, models.Unknown, models.Client}, got); d != "" {
		t.Error(d)
	}
	_, err := h.SetSpeakers(ctx, id, map[models.Speaker]models.Speaker{models.Therapist: "Anna"})
	wants(t, err, models.Invalid)
	tr.Segments[0].Index = 9
	wants(t, h.SetSegmentSpeaker(ctx, tr.Segments[0], models.Client), models.NotFound)
}

func TestCoverage(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.session(models.Pending, models.Silent, models.Pending)
	wordless := []models.Span{{Start: 2 * time.Second, End: 20 * time.Second}}
	must(h.SaveResult(ctx, id, 0, models.Heard{Language: "en", Segments: segments(0, "text"), Wordless: wordless}))(t)
	c := must(h.Coverage(ctx, id))(t)
	if c.Duration != time.Minute || c.Total(models.FatePending) != 20*time.Second {
		t.Errorf("while sound comes in: %+v", c)
	}
	must(h.FinishIngest(ctx, id, 61*time.Second))(t)
	must(h.FailChunk(ctx, id, 2, "reason"))(t)
	c = must(h.Coverage(ctx, id))(t)
	got := map[models.Fate]time.Duration{}
	var sum time.Duration
	for _, s := range c.Stretches {
		got[s.Fate] += s.Len()
		sum += s.Len()
	}
	// 18 s of chunk 0 are speech without words.
	want := map[models.Fate]time.Duration{
		models.FateTranscribed: 2 * time.Second, models.FateSilence: 20 * time.Second, models.FateFailed: 38 * time.Second, models.FateGap: time.Second,
	}
	if d := cmp.Diff(want, got); d != "" || sum != 61*time.Second {
		t.Error(d, sum)
	}
}

func TestRestoredTextIsShownAndStays(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.session(models.Pending)
	held := segments(0, "thank you", "so I said")
	held[0].Suspect = []models.Doubt{models.DoubtLowProb, models.DoubtNoSpeech}
	must(h.SaveResult(ctx, id, 0, models.Heard{Language: "en", Segments: held}))(t)
	must(h.FinishIngest(ctx, id, 20*time.Second))(t)
	read := func() []models.Segment { return must(h.Transcript(ctx, id))(t).Segments }
	before := must(h.Coverage(ctx, id))(t)
	if !read()[0].HeldBack() || before.Total(models.FateSuppressed) != 2*time.Second {
		t.Fatalf("not held back: %+v", before)
	}
	wants(t, h.SetRestored(ctx, read()[1], true), models.Invalid)
	for range 2 {
		ok(t, h.SetRestored(ctx, read()[0], true))
	}
	after := must(h.Coverage(ctx, id))(t)
	if g := read()[0]; g.HeldBack() || len(g.Suspect) != 3 || after.Total(models.FateTranscribed)-before.Total(models.FateTranscribed) != 2*time.Second {
		t.Errorf("%+v %+v", g, after)
	}
	if must(h.RetryChunk(ctx, id, 0))(t) {
		t.Error("its chunk was run again")
	}
	ok(t, h.SetRestored(ctx, read()[0], false))
	if !read()[0].HeldBack() || !must(h.RetryChunk(ctx, id, 0))(t) {
		t.Error("it is not held back again")
	}
	old := read()[0]
	old.Text = "other words"
	wants(t, h.SetRestored(ctx, old, true), models.Conflict)
}

// A stamp is another one after everything that changes what a search would find.
func TestStampsTellChanges(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	other := h.full()
	id := h.session(models.Pending)
	must(h.SaveResult(ctx, id, 0, models.Heard{Language: "en", Segments: segments(0, "as heard", "other")}))(t)
	must(h.FinishIngest(ctx, id, 20*time.Second))(t)
	first := must(h.Stamps(ctx))(t)
	seen := map[string]bool{first[id]: true}
	again := func(what string) {
		t.Helper()
		now := must(h.Stamps(ctx))(t)
		if now[id] != "" && seen[now[id]] {
			t.Errorf("after %s the stamp is one that it had before: %s", what, now[id])
		}
		seen[now[id]] = true
		if now[other] != first[other] || now[other] == "" {
			t.Errorf("after %s the stamp of another session is %q, was %q", what, now[other], first[other])
		}
	}
	g := must(h.EditSegment(ctx, must(h.Transcript(ctx, id))(t).Segments[0], "as said!"))(t) // as long as before
	again("a correction")
	must(h.EditSegment(ctx, g, "as meant"))(t)
	again("another of the same length")
	if n := must(h.SetSpeakers(ctx, id, map[models.Speaker]models.Speaker{models.Client: models.Therapist}))(t); n == 0 {
		t.Fatal("nobody changed")
	}
	again("a change of speakers")
	must(h.Strike(ctx, id, models.Span{End: time.Hour}))(t)
	again("a strike")

	// What was decided changes the words of an item, so it counts too.
	it := must(h.Items(ctx, ItemFilter{Session: other}))(t)[0]
	must(h.Decide(ctx, it.ID, models.Rejected, nil))(t)
	if now := must(h.Stamps(ctx))(t); now[other] == first[other] {
		t.Error("after a decision the stamp is as before")
	}
}
