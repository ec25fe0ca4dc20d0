package main

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/store"
)

// TestExtractingAgainKeepsDecisions runs the real extractor twice over one
// session: what was rejected does not come back, what was kept or edited stays
// as it was left, and the IDs are the same.
func TestExtractingAgainKeepsDecisions(t *testing.T) {
	newTestHome(t, t.TempDir())
	act, id := tones(t, 3)
	a := newApp(strings.NewReader(""), io.Discard, os.Stderr)
	defer a.Close()
	ctx := t.Context()
	if err := errors.Join(a.configure(nil), a.open(ctx)); err != nil {
		t.Fatal(err)
	}
	before, err := a.store.Items(ctx, store.ItemFilter{Session: id})
	if err != nil {
		t.Fatal(err)
	}
	var felt, theme models.Item
	for _, it := range before {
		switch it.Kind {
		case models.KindEmotion:
			felt = it
		case models.KindTheme:
			theme = it
		}
	}
	if felt.ID == "" || theme.ID == "" {
		t.Fatalf("no feeling or no theme among %+v", before)
	}
	_, err1 := a.store.Decide(ctx, felt.ID, models.Rejected, nil)
	_, err2 := a.store.Decide(ctx, theme.ID, models.Accepted, nil)
	_, err3 := a.store.Decide(ctx, act.ID, models.Edited, func(it *models.Item) { it.Text = "Ring Ann" })
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := errors.Join(a.store.ExtractAgain(ctx, id), a.extractSession(ctx, id)); err != nil {
			t.Fatal(err)
		}
	}
	all, err := a.store.Items(ctx, store.ItemFilter{Session: id, All: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != len(before) {
		t.Errorf("%d items after, %d before", len(all), len(before))
	}
	want := map[models.ItemID]models.Decision{felt.ID: models.Rejected, theme.ID: models.Accepted, act.ID: models.Edited}
	for _, it := range all {
		if d, ok := want[it.ID]; ok && d != it.Decision {
			t.Errorf("%s %q is %s, want %s", it.Kind, it.Text, it.Decision, d)
		}
		if it.ID == act.ID && it.Text != "Ring Ann" {
			t.Errorf("the edit is lost: %q", it.Text)
		}
		if it.Kind == models.KindEmotion && it.Label == felt.Label && it.Decision != models.Rejected {
			t.Errorf("%s was rejected and is back", it.Label)
		}
		delete(want, it.ID)
	}
	if len(want) > 0 {
		t.Errorf("gone: %v", want)
	}
}
