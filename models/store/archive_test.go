package store

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/afterword/afterword/models"
)

// What became of a session's words travels with it: corrections, other texts, who
// the client says spoke, and marks.
func TestArchiveHasThePast(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.ready(said("tiny", "I walk | every morning now"))
	h.heardAgain(id, said("base", "I walked | every morning now"))
	seg := must(h.Transcript(ctx, id))(t).Segments
	must(h.EditSegment(ctx, seg[1], "every single morning"))(t)
	ok(t, h.SetSegmentSpeaker(ctx, seg[0], models.Client))
	must(h.SetSpeakers(ctx, id, map[models.Speaker]models.Speaker{models.Unknown: models.Therapist}))(t)
	ok(t, h.SaveMarks(ctx, id, []models.Mark{{At: 3 * time.Second, Note: "ask"}}))

	before := must(h.Archive(ctx, id))(t)
	if len(before.Takes) != 1 || len(before.Attributions) == 0 || before.Voicing == nil || len(before.Heard) != 1 || len(before.Revisions) != 1 || len(before.Marks) != 1 {
		t.Fatalf("the archive lacks something: %+v", before)
	}
	other := newHome(t)
	ok(t, other.Unarchive(ctx, before))
	if d := cmp.Diff(before, must(other.Archive(ctx, id))(t), cmp.AllowUnexported(takeBody{}, takenSegment{})); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(must(h.Takes(ctx, id))(t), must(other.Takes(ctx, id))(t)); d != "" {
		t.Error(d)
	}
	// The other text can be chosen there, and a second run keeps who spoke.
	ok(t, other.ChooseTake(ctx, must(other.Takes(ctx, id))(t)[0]))
	if got := other.texts(id); !slices.Contains(got, "I walk") {
		t.Errorf("chosen: %q", got)
	}

	for name, spoil := range map[string]func(*Archive){
		"a name for a speaker":     func(a *Archive) { a.Attributions = []ArchivedAttribution{{Speaker: "Anna"}} },
		"a text of no chunk":       func(a *Archive) { a.Takes = []ArchivedTake{{Chunk: 7, Number: 1}} },
		"a stretch before nothing": func(a *Archive) { a.Attributions = []ArchivedAttribution{{Span: models.Span{Start: -1}}} },
	} {
		bad := before
		spoil(&bad)
		if err := newHome(t).Unarchive(ctx, bad); models.CodeOf(err) != models.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
