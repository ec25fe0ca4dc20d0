package store

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/afterword/afterword/models"
)

func TestPace(t *testing.T) {
	h := newHome(t)
	id := h.session(models.Pending)
	if p := must(h.Pace(t.Context(), id))(t); !cmp.Equal(p, models.Pace{}) {
		t.Errorf("a new session has pace %+v", p)
	}
	until := time.UnixMilli(1772668800000)
	ok(t, h.SavePeaks(t.Context(), id, []byte{1, 2, 3}))
	must(h.SetPace(t.Context(), id, func(p *models.Pace) {
		p.Held = until
		p.Place = &models.Spot{Chunk: 2, Index: 1}
		p.Fold([]models.Spot{{Chunk: 1}, {Chunk: 1, Index: 1}}, true)
	}))(t)
	must(h.SetPace(t.Context(), id, func(p *models.Pace) { p.Fold([]models.Spot{{Chunk: 1}}, false) }))(t)
	h.reopen()
	want := models.Pace{Held: until, Place: &models.Spot{Chunk: 2, Index: 1}, Hard: []models.Spot{{Chunk: 1, Index: 1}}}
	if d := cmp.Diff(want, must(h.Pace(t.Context(), id))(t)); d != "" {
		t.Error(d)
	}
	if got := must(h.Peaks(t.Context(), id))(t); string(got) != "\x01\x02\x03" {
		t.Errorf("peaks %v", got)
	}
	ok(t, h.SavePeaks(t.Context(), id, nil))
	if got := must(h.Peaks(t.Context(), id))(t); got != nil {
		t.Errorf("peaks %v after they were taken away", got)
	}
	h.ring.locked.Store(true)
	_, err := h.Pace(t.Context(), id)
	wants(t, err, models.Locked)
	h.ring.locked.Store(false)
	must(h.ForgetSession(t.Context(), id))(t)
	_, err = h.Pace(t.Context(), id)
	wants(t, err, models.NotFound)
}

func TestOfTwoDecisionsTheSecondIsAConflict(t *testing.T) {
	h := newHome(t)
	id := h.extracting("I will write each evening")
	ok(t, h.SaveItems(t.Context(), id, list(item(models.KindAction, "Write", 0, "I will"))))
	seen := must(h.Items(t.Context(), ItemFilter{Session: id}))(t)[0]
	must(h.DecideAs(t.Context(), seen, models.Edited, func(it *models.Item) { it.Text = "in my words" }))(t)
	_, err := h.DecideAs(t.Context(), seen, models.Edited, func(it *models.Item) { it.Text = "in other words" })
	wants(t, err, models.Conflict)
	now := must(h.FindItem(t.Context(), seen.ID))(t)
	if now.Text != "in my words" {
		t.Errorf("text %q", now.Text)
	}
	must(h.DecideAs(t.Context(), now, models.Accepted, nil))(t)
}
