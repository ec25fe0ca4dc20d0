package store

import (
	"testing"
	"time"

	"github.com/afterword/afterword/models"
)

func TestStrikeTakesTheWordsAndTheShapeOfTheSound(t *testing.T) {
	h := newHome(t)
	id := h.full()
	before := must(h.Transcript(t.Context(), id))(t).Segments
	ok(t, h.SavePeaks(t.Context(), id, []byte{1, 2, 3}))
	whole := models.Span{End: 24 * time.Hour}
	r := must(h.Strike(t.Context(), id, whole))(t)
	if r.Segments != len(before) || r.Segments == 0 {
		t.Errorf("%d of %d segments were struck", r.Segments, len(before))
	}
	if after := must(h.Transcript(t.Context(), id))(t).Segments; len(after) != 0 {
		t.Errorf("still there: %d segments", len(after))
	}
	if items := must(h.Items(t.Context(), ItemFilter{Session: id}))(t); len(items) != 0 {
		t.Errorf("still there: %d items", len(items))
	}
	if got := must(h.Peaks(t.Context(), id))(t); got != nil {
		t.Errorf("still there: peaks %v", got)
	}
	_, err := h.Strike(t.Context(), id, models.Span{Start: time.Second, End: time.Second})
	wants(t, err, models.Invalid)
}
