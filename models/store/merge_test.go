package store

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/afterword/afterword/models"
)

func TestMerge(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.extracting("I will write every evening", "So writing it is", "I felt calm")
	ok(t, h.SaveItems(ctx, id, list(
		item(models.KindAction, "Write", 0, "write every evening"), item(models.KindAction, "Writing", 1, "writing"),
		item(models.KindAction, "Write too", 0, "write every evening"), item(models.KindEmotion, "calm", 2, "I felt calm"),
	)))
	a, b, c := h.named(id, "Write"), h.named(id, "Writing"), h.named(id, "Write too")
	quotes := func(it models.Item) (out []string) {
		for _, e := range it.Evidence {
			out = append(out, e.Quote)
		}
		return out
	}

	_, err := h.Merge(ctx, a, h.named(id, "calm"))
	wants(t, err, models.Invalid)
	_, err = h.Merge(ctx, a, a)
	wants(t, err, models.Invalid)

	must(h.Decide(ctx, b.ID, models.Accepted, nil))(t)
	_, err = h.Merge(ctx, a, b) // as it was before the decision
	wants(t, err, models.Conflict)
	got := must(h.Merge(ctx, a, h.named(id, "Writing")))(t)
	want := []string{"write every evening", "writing"}
	if d := cmp.Diff(want, quotes(got)); d != "" || got.Decision != models.Accepted {
		t.Errorf("merged: %s, %s", got.Decision, d)
	}
	if d := cmp.Diff(want, quotes(h.named(id, "Write"))); d != "" {
		t.Errorf("stored: %s", d)
	}
	// The same words are not there twice.
	got = must(h.Merge(ctx, h.named(id, "Write"), c))(t)
	if d := cmp.Diff(want, quotes(got)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"Write accepted", "Writing rejected", "Write too rejected", "calm proposed"}, h.said(id)); d != "" {
		t.Error(d)
	}
	// Taking it back on either takes the two apart, each with its own quotes.
	must(h.Decide(ctx, a.ID, models.Edited, func(it *models.Item) { it.Text = "Write, mornings" }))(t)
	if it := must(h.Undo(ctx, b.ID))(t); it.Decision != models.Accepted {
		t.Errorf("after undo it is %s", it.Decision)
	}
	apart := func(what string, want ...string) {
		t.Helper()
		if d := cmp.Diff(want, h.said(id)); d != "" {
			t.Errorf("%s: %s", what, d)
		}
		if d := cmp.Diff([]string{"write every evening"}, quotes(must(h.FindItem(ctx, a.ID))(t))); d != "" {
			t.Errorf("%s, kept: %s", what, d)
		}
		if d := cmp.Diff([]string{"writing"}, quotes(must(h.FindItem(ctx, b.ID))(t))); d != "" {
			t.Errorf("%s, given back: %s", what, d)
		}
	}
	apart("undone on the one put away", "Write, mornings edited", "Writing accepted", "Write too rejected", "calm proposed")
	must(h.Undo(ctx, a.ID))(t) // the edit
	must(h.Undo(ctx, a.ID))(t) // the merge with what had the same words
	apart("and on the one kept", "Write accepted", "Writing accepted", "Write too proposed", "calm proposed")
	must(h.Undo(ctx, b.ID))(t) // it is proposed again
	must(h.Merge(ctx, h.named(id, "Write"), h.named(id, "Writing")))(t)
	must(h.Undo(ctx, a.ID))(t)
	apart("undone on the one kept", "Write accepted", "Writing proposed", "Write too proposed", "calm proposed")
	must(h.EditSegment(ctx, must(h.Transcript(ctx, id))(t).Segments[1], "Something else"))(t)
	_, err = h.Merge(ctx, h.named(id, "Write"), h.named(id, "Writing"))
	wants(t, err, models.Stale)
}
