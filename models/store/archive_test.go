package store

import (
	"context"
	"encoding/json"
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
		"a decision that is none": func(a *Archive) {
			a.Items = []ArchivedItem{{Item: models.Item{ID: "01234567", Kind: models.KindAction, Decision: models.Accepted, Evidence: make([]models.Evidence, 1)}, Places: make([][2]int, 1), Past: []ArchivedDecision{{To: "forgotten"}}}}
		},
		"a merge with two": func(a *Archive) {
			a.Items = []ArchivedItem{{Item: models.Item{ID: "01234567", Kind: models.KindAction, Decision: models.Accepted, Evidence: make([]models.Evidence, 1)}, Places: make([][2]int, 1), Past: []ArchivedDecision{{From: models.Proposed, To: models.Accepted, Before: &itemBody{Merge: &merged{Into: "1", From: "2"}}}}}}
		},
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

// All that was decided travels: a merge can be taken apart elsewhere, and an
// edit be undone. An archive of an older program has the last decision alone.
func TestArchiveHasWhatWasDecided(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.extracting("I will write every evening", "So writing it is")
	ok(t, h.SaveItems(ctx, id, list(item(models.KindAction, "Write", 0, "write every evening"), item(models.KindAction, "Writing", 1, "writing"))))
	must(h.Decide(ctx, h.named(id, "Writing").ID, models.Accepted, nil))(t)
	keep, other := h.named(id, "Write").ID, h.named(id, "Writing").ID
	must(h.Merge(ctx, h.named(id, "Write"), h.named(id, "Writing")))(t)
	must(h.Decide(ctx, keep, models.Edited, func(it *models.Item) { it.Text = "Write, mornings" }))(t)
	before := must(h.Archive(ctx, id))(t)

	there := newHome(t)
	ok(t, there.Unarchive(ctx, before))
	if d := cmp.Diff(before, must(there.Archive(ctx, id))(t)); d != "" {
		t.Error(d)
	}
	must(there.Undo(ctx, keep))(t) // the edit
	must(there.Undo(ctx, keep))(t) // the merge
	if d := cmp.Diff([]string{"Write proposed", "Writing accepted"}, there.said(id)); d != "" {
		t.Error(d)
	}
	if it := must(there.FindItem(ctx, keep))(t); len(it.Evidence) != 1 {
		t.Errorf("taken apart it has %d quotes", len(it.Evidence))
	}
	if it := must(there.FindItem(ctx, other))(t); len(it.Evidence) != 1 {
		t.Errorf("the other one has %d quotes", len(it.Evidence))
	}

	for i := range before.Items {
		before.Items[i].Past = nil
	}
	old := newHome(t)
	ok(t, old.Unarchive(ctx, before))
	if d := cmp.Diff([]string{"Write, mornings edited", "Writing rejected"}, old.said(id)); d != "" {
		t.Error(d)
	}
	must(old.Undo(ctx, keep))(t)
	if d := cmp.Diff([]string{"Write proposed", "Writing rejected"}, old.said(id)); d != "" {
		t.Error(d)
	}

	// A merge with an item of another session is none here.
	stray := must(h.Archive(ctx, id))(t)
	stray.Items = stray.Items[1:]
	alone := newHome(t)
	ok(t, alone.Unarchive(ctx, stray))
	must(alone.Undo(ctx, other))(t)
	if d := cmp.Diff([]string{"Writing accepted"}, alone.said(id)); d != "" {
		t.Error(d)
	}
}

// An archive may come from anywhere: whatever it holds, it is refused or stored,
// and what is stored can be read and undone.
func FuzzUnarchive(f *testing.F) {
	f.Add([]byte(`{"Session":{"ID":"0123456789ab","Date":"2026-03-05","Source":"import","Channels":1,"State":"ready"}}`))
	f.Add([]byte(`{"Session":{"ID":"0123456789ab","Date":"2026-03-05","Source":"import","Channels":1,"State":"ready"},"Chunks":[{"State":"done"}],"Segments":[{"Text":"I write"}],
		"Items":[{"ID":"01234567","Kind":"action","Text":"Write","Decision":"accepted","Evidence":[{"Quote":"I write"}],"Places":[[0,0]],
		"Past":[{"From":"proposed","To":"accepted","Before":{"text":"Writing","merge":{"from":"89abcdef","took":["I write"]}}}]}]}`))
	h := newHome(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		var in Archive
		if json.Unmarshal(b, &in) != nil || h.Unarchive(t.Context(), in) != nil {
			return
		}
		defer func() { _, _ = h.ForgetSession(context.Background(), in.Session.ID) }()
		if _, err := h.Archive(t.Context(), in.Session.ID); err != nil {
			t.Fatal(err)
		}
		for _, it := range in.Items {
			_, _ = h.Undo(t.Context(), it.ID)
			if _, err := h.FindItem(t.Context(), it.ID); err != nil {
				t.Fatal(err)
			}
		}
	})
}
