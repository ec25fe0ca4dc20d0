package store

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/afterword/afterword/models"
)

func TestConsent(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	now := time.UnixMilli(1772700000000)
	h.now = func() time.Time { return now }
	agreed := now.Add(-time.Hour)
	first := must(h.SaveConsent(ctx, models.Consent{At: agreed, Wording: "the words", With: "Dr. Osei"}))(t)
	second := must(h.SaveConsent(ctx, models.Consent{Wording: "other words"}))(t) // now, with nobody named
	under := []models.SessionID{h.recording(false, first), h.recording(true, first)}
	h.recording(false, 0) // under none
	slices.Sort(under)
	list := func() ([]StoredConsent, error) {
		all, err := h.Consents(ctx)
		for _, c := range all {
			slices.Sort(c.Sessions)
		}
		return all, err
	}
	check := func(want ...StoredConsent) {
		t.Helper()
		if d := cmp.Diff(want, must(list())(t)); d != "" {
			t.Error(d)
		}
	}
	newer := StoredConsent{Consent: models.Consent{At: now, Wording: "other words"}, Number: second}
	older := StoredConsent{Consent: models.Consent{At: agreed, Wording: "the words", With: "Dr. Osei"}, Number: first, Sessions: under}
	check(newer, older)

	older.Withdrawn = now
	ok(t, h.WithdrawConsent(ctx, first))
	check(newer, older)
	now = now.Add(time.Hour)
	ok(t, h.WithdrawConsent(ctx, first)) // again, it changes nothing
	check(newer, older)
	wants(t, h.WithdrawConsent(ctx, second+1), models.NotFound)
	h.reopen()
	check(newer, older)

	h.ring.locked.Store(true)
	all, err := list()
	wants(t, err, models.Locked)
	older.With = ""
	if d := cmp.Diff([]StoredConsent{newer, older}, all); d != "" {
		t.Errorf("while it is locked: %s", d)
	}
	h.ring.locked.Store(false)
	var name []byte
	ok(t, h.reader.QueryRow("SELECT counterpart FROM consent WHERE number = ?", first).Scan(&name))
	if len(name) == 0 || bytes.Contains(name, []byte("Osei")) {
		t.Error("the name lies there in clear")
	}
}
