package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/afterword/afterword/models"
)

func TestSaveChunksOnce(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.session()
	list := chunks(id, models.Pending, models.Silent, models.Pending)
	list[0].Voiced = []models.Span{{Start: time.Second, End: 2 * time.Second}, {Start: 3 * time.Second, End: 3500 * time.Millisecond}}
	list[2].Channel = 1
	ok(t, h.SaveChunks(ctx, list))
	must(h.SaveResult(ctx, id, 0, models.Heard{Language: "en", Segments: segments(0, "text")}))(t)
	ok(t, h.SaveChunks(ctx, list))
	list[0].State = models.Done
	if d := cmp.Diff(list, must(h.Chunks(ctx, id))(t)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(list[2], must(h.FindChunk(ctx, id, 2))(t)); d != "" {
		t.Error(d)
	}
	list[0].State = models.Pending
	list[0].Span.End += time.Second
	wants(t, h.SaveChunks(ctx, list), models.Conflict)

	wants(t, h.SaveChunks(ctx, []models.Chunk{{Session: "0123456789ab", State: models.Pending}}), models.NotFound)
	wants(t, h.SaveChunks(ctx, []models.Chunk{{Session: id, Seq: 3, State: models.Done}}), models.Invalid)
	long := models.Chunk{Session: id, Seq: 3, State: models.Pending, Span: models.Span{End: models.MaxChunk + time.Millisecond}}
	wants(t, h.SaveChunks(ctx, []models.Chunk{long}), models.Invalid)
	_, err := h.FindChunk(ctx, id, 99)
	wants(t, err, models.NotFound)
	_, err = h.Chunks(ctx, "0123456789ab")
	wants(t, err, models.NotFound)
}

// A refused chunk takes the others of its call with it.
func TestSaveChunksAllOrNone(t *testing.T) {
	h := newHome(t)
	id := h.session()
	list := chunks(id, models.Pending, models.Pending)
	list[1].Span.End = list[1].Span.Start - 1
	wants(t, h.SaveChunks(t.Context(), list), models.Invalid)
	if got := must(h.Chunks(t.Context(), id))(t); len(got) != 0 {
		t.Errorf("%d chunks are stored", len(got))
	}
}

func TestBeginChunk(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.session(models.Pending, models.Silent, models.Pending)
	must(h.FinishIngest(ctx, id, time.Minute))(t)
	must(h.SaveResult(ctx, id, 2, models.Heard{Language: "en"}))(t)
	for i := range models.MaxAttempts {
		if n := must(h.BeginChunk(ctx, id, 0))(t); n != i+1 {
			t.Fatalf("attempt %d is called %d", i+1, n)
		}
	}
	_, err := h.BeginChunk(ctx, id, 0)
	wants(t, err, models.Conflict)
	c := must(h.FindChunk(ctx, id, 0))(t)
	if c.State != models.Failed || c.Reason == "" || c.Attempts != models.MaxAttempts {
		t.Errorf("set aside: %+v", c)
	}
	if got := must(h.Extracting(ctx))(t); len(got) != 1 || got[0] != id {
		t.Errorf("everything else does not go on: %v", got)
	}
	for seq := range 3 {
		_, err := h.BeginChunk(ctx, id, seq)
		wants(t, err, models.Conflict)
	}
	_, err = h.BeginChunk(ctx, id, 3)
	wants(t, err, models.NotFound)
}

func TestReturnedAttemptsDoNotCount(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.session(models.Pending, models.Pending)
	for range 3 * models.MaxAttempts { // a worker that is stopped, again and again
		must(h.BeginChunk(ctx, id, 0))(t)
		ok(t, h.ReturnChunk(ctx, id, 0))
		ok(t, h.ReturnChunk(ctx, id, 0)) // twice is once
	}
	for range 50 { // a hub that is killed, again and again
		if n := must(h.BeginChunk(ctx, id, 1))(t); n != 1 {
			t.Fatalf("attempt %d", n)
		}
		if n := must(h.ReturnChunks(ctx))(t); n != 1 {
			t.Fatalf("%d were in hand", n)
		}
	}
	if c := must(h.FindChunk(ctx, id, 0))(t); c.Attempts != 0 {
		t.Errorf("%d attempts", c.Attempts)
	}
	// A chunk that kills the hub each time is set aside in the end.
	var err error
	for i := 0; err == nil && i < 1000; i++ {
		if _, err = h.BeginChunk(ctx, id, 1); err == nil {
			must(h.ReturnChunks(ctx))(t)
		}
	}
	wants(t, err, models.Conflict)
}

func TestFailAndRetry(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.session(models.Pending, models.Pending)
	must(h.FinishIngest(ctx, id, 40*time.Second))(t)
	must(h.SaveResult(ctx, id, 0, models.Heard{Language: "en", Segments: segments(0, "first")}))(t)
	for range 2 {
		if due := must(h.FailChunk(ctx, id, 1, "the engine crashed"))(t); !due {
			t.Error("nothing is pending, yet items are not due")
		}
	}
	// Late reports change nothing.
	must(h.FailChunk(ctx, id, 0, "late"))(t)
	if c := must(h.FindChunk(ctx, id, 0))(t); c.State != models.Done {
		t.Errorf("a done chunk became %s", c.State)
	}
	_, err := h.SaveResult(ctx, id, 1, models.Heard{Language: "en", Segments: segments(1, "late")})
	wants(t, err, models.Conflict)
	ok(t, h.SaveItems(ctx, id, models.Items{}))

	if n := must(h.RetryFailed(ctx, id))(t); n != 1 {
		t.Errorf("%d chunks run again", n)
	}
	if n := must(h.RetryFailed(ctx, id))(t); n != 0 {
		t.Errorf("%d chunks run again the second time", n)
	}
	if got := h.state(id); got != models.Transcribing {
		t.Errorf("session is %s", got)
	}
	if c := must(h.FindChunk(ctx, id, 1))(t); c.State != models.Pending || c.Attempts != 0 || c.Reason != "" {
		t.Errorf("%+v", c)
	}
	if due := must(h.SaveResult(ctx, id, 1, models.Heard{Language: "en", Segments: segments(1, "second")}))(t); !due {
		t.Error("items are not due again")
	}
	if tr := must(h.Transcript(ctx, id))(t); len(tr.Segments) != 2 {
		t.Errorf("%d segments", len(tr.Segments))
	}
}

func TestRetryWhileExtracting(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.session(models.Pending)
	must(h.FailChunk(ctx, id, 0, "reason"))(t)
	must(h.FinishIngest(ctx, id, 20*time.Second))(t)
	must(h.RetryFailed(ctx, id))(t)
	// The extractor that was under way comes too late.
	wants(t, h.SaveItems(ctx, id, models.Items{}), models.Conflict)
}

// A slow worker may be given up and still deliver, while nobody builds on the
// session without it.
func TestLateResult(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.session(models.Pending, models.Pending)
	must(h.FailChunk(ctx, id, 0, "no answer"))(t)
	must(h.SaveResult(ctx, id, 0, models.Heard{Language: "en", Segments: segments(0, "late")}))(t)
	if c := must(h.FindChunk(ctx, id, 0))(t); c.State != models.Done || c.Reason != "" {
		t.Errorf("%+v", c)
	}
}

func TestRunAgainKeepsWords(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.session(models.Pending, models.Pending)
	for seq := range 2 {
		must(h.SaveResult(ctx, id, seq, models.Heard{Language: "en", Segments: segments(seq, "old", "text")}))(t)
	}
	must(h.FinishIngest(ctx, id, 40*time.Second))(t)
	if !must(h.RetryChunk(ctx, id, 0))(t) || !must(h.RetryChunk(ctx, id, 1))(t) {
		t.Fatal("not run again")
	}
	tr := must(h.Transcript(ctx, id))(t)
	if len(tr.Segments) != 4 {
		t.Fatalf("%d segments while running again", len(tr.Segments))
	}
	// Whoever corrects the words meanwhile keeps the correction.
	must(h.EditSegment(ctx, tr.Segments[2], "mine"))(t)
	must(h.SaveResult(ctx, id, 0, models.Heard{Language: "en", Segments: segments(0, "new")}))(t)
	must(h.SaveResult(ctx, id, 1, models.Heard{Language: "en", Segments: segments(1, "new")}))(t)
	var got []string
	for _, g := range must(h.Transcript(ctx, id))(t).Segments {
		got = append(got, g.Text)
	}
	if d := cmp.Diff([]string{"new", "mine", "text"}, got); d != "" {
		t.Error(d)
	}
	if must(h.RetryChunk(ctx, id, 1))(t) {
		t.Error("a corrected chunk would be run again")
	}
	if c := must(h.Coverage(ctx, id))(t); c.Total(models.FateTranscribed) == 0 {
		t.Errorf("%+v", c)
	}
}

func TestProgress(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.session(models.Pending, models.Silent, models.Pending, models.Pending)
	must(h.SaveResult(ctx, id, 0, models.Heard{Language: "en"}))(t)
	must(h.FailChunk(ctx, id, 3, "reason"))(t)
	done, total, pending, err := h.Progress(ctx, id)
	if done != 40*time.Second || total != 60*time.Second || pending != 1 || err != nil {
		t.Errorf("%v of %v, %d pending, %v", done, total, pending, err)
	}
	_, _, _, err = h.Progress(ctx, "0123456789ab")
	wants(t, err, models.NotFound)
}

func TestPendingChunksOfAllSessions(t *testing.T) {
	h := newHome(t)
	a := h.session(models.Pending, models.Pending)
	b := h.session(models.Silent, models.Pending)
	must(h.SaveResult(t.Context(), a, 0, models.Heard{Language: "en"}))(t)
	got := must(h.PendingChunks(t.Context()))(t)
	if len(got) != 2 || got[0].Session != a || got[0].Seq != 1 || got[1].Session != b || got[1].Seq != 1 {
		t.Errorf("%+v", got)
	}
}
