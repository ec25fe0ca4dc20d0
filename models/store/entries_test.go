package store

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/afterword/afterword/models"
)

func entry(kind models.EntryKind, day, body string) models.Entry {
	return models.Entry{Kind: kind, Day: models.Date(day), Body: []byte(body)}
}

func TestEntriesComeBackByDay(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.full()
	late := must(h.SaveEntry(ctx, entry(models.EntryNote, "2026-03-09", "late")))(t)
	early := must(h.SaveEntry(ctx, entry(models.EntryNote, "2026-03-02", "early")))(t)
	plan := entry(models.EntryPlan, "2026-03-05", "plan")
	plan.Session, plan.ID, plan.About = id, "0badcafe", "0badcafe"
	plan = must(h.SaveEntry(ctx, plan))(t)

	tests := []struct {
		name   string
		filter models.EntryFilter
		want   []models.Entry
	}{
		{"all", models.EntryFilter{}, []models.Entry{early, plan, late}},
		{"one kind", models.EntryFilter{Kind: models.EntryNote}, []models.Entry{early, late}},
		{"since", models.EntryFilter{Since: "2026-03-05"}, []models.Entry{plan, late}},
		{"until", models.EntryFilter{Until: "2026-03-05"}, []models.Entry{early, plan}},
		{"of a session", models.EntryFilter{Session: id}, []models.Entry{plan}},
		{"about an item", models.EntryFilter{About: "0badcafe"}, []models.Entry{plan}},
		{"by the beginning of an ID", models.EntryFilter{Kind: models.EntryPlan, ID: "0bad"}, []models.Entry{plan}},
		{"nothing", models.EntryFilter{Kind: models.EntryGoal}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, must(h.Entries(t.Context(), tt.filter))(t)); d != "" {
				t.Error(d)
			}
		})
	}
	h.ring.locked.Store(true)
	_, err := h.Entries(ctx, models.EntryFilter{})
	wants(t, err, models.Locked)
}

// Two windows that have the same entry open: the second save is refused, and
// what it read stays as the first one left it.
func TestSaveEntryLastWriteDoesNotWin(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	first := must(h.SaveEntry(ctx, entry(models.EntryJournal, "2026-03-02", "one")))(t)
	first.Body = []byte("two")
	second := must(h.SaveEntry(ctx, first))(t)
	if second.Version != 2 || !second.Made.Equal(first.Made) {
		t.Errorf("%+v after %+v", second, first)
	}
	first.Body = []byte("three")
	_, err := h.SaveEntry(ctx, first)
	wants(t, err, models.Conflict)
	if got := must(h.Entries(ctx, models.EntryFilter{}))(t); string(got[0].Body) != "two" {
		t.Errorf("it says %q", got[0].Body)
	}
	taken := entry(models.EntryJournal, "2026-03-02", "four")
	taken.ID = first.ID
	_, err = h.SaveEntry(ctx, taken)
	wants(t, err, models.Conflict)
	gone := second
	gone.ID = "00000000"
	_, err = h.SaveEntry(ctx, gone)
	wants(t, err, models.NotFound)
	_, err = h.SaveEntry(ctx, entry(models.EntryJournal, "yesterday", "five"))
	wants(t, err, models.Invalid)
	orphan := entry(models.EntryPlan, "2026-03-02", "six")
	orphan.Session = "0123456789ab"
	_, err = h.SaveEntry(ctx, orphan)
	wants(t, err, models.NotFound)
}

func TestForgetEntry(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.full()
	gone := must(h.SaveEntry(ctx, entry(models.EntryJournal, "2026-03-02", "a secret")))(t)
	stays := must(h.SaveEntry(ctx, entry(models.EntryJournal, "2026-03-02", "another")))(t)
	var secrets [2][]byte
	ok(t, h.reader.QueryRow("SELECT data_key, body FROM entry WHERE id = ?", gone.ID).Scan(&secrets[0], &secrets[1]))
	ok(t, h.Close())
	s := must(open(ctx, Config{Path: h.path, Ring: h.ring}, steps(t, "CREATE TABLE more (x INTEGER) STRICT")))(t)
	h.Store = s
	old := h.path + ".before-0002" // from before there were entries
	ok(t, h.copyTo(ctx, old, refuse))
	func() {
		db := must(open(ctx, Config{Path: old, Ring: h.ring}, steps(t, "CREATE TABLE more (x INTEGER) STRICT")))(t)
		defer db.Close()
		must(db.writer.Exec("DROP TABLE entry"))(t)
	}()
	ok(t, h.ForgetEntry(ctx, gone.Kind, gone.ID))
	wants(t, h.ForgetEntry(ctx, gone.Kind, gone.ID), models.NotFound)
	if got := must(h.Entries(ctx, models.EntryFilter{}))(t); len(got) != 1 || got[0].ID != stays.ID {
		t.Errorf("left: %+v", got)
	}
	must(h.FindSession(ctx, id))(t)
	ok(t, h.Close())
	for _, path := range must(filepath.Glob(h.path + "*"))(t) {
		b := must(os.ReadFile(path))(t)
		for i, secret := range secrets {
			if bytes.Contains(b, secret) && path != old {
				t.Errorf("%s still holds secret %d", filepath.Base(path), i)
			}
		}
	}
}

// A forgotten session takes its plans and outcomes along, and nothing that
// belongs to no session.
func TestForgetSessionTakesItsEntries(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.full()
	plan := entry(models.EntryPlan, "2026-03-02", "plan")
	plan.Session = id
	must(h.SaveEntry(ctx, plan))(t)
	note := must(h.SaveEntry(ctx, entry(models.EntryNote, "2026-03-02", "note")))(t)
	if r := must(h.ForgetSession(ctx, id))(t); r.Entries != 1 {
		t.Errorf("%+v", r)
	}
	if got := must(h.Entries(ctx, models.EntryFilter{}))(t); len(got) != 1 || got[0].ID != note.ID {
		t.Errorf("left: %+v", got)
	}
}

func TestEntriesAreSealed(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	const secret = "the very private thing"
	e := entry(models.EntryNote, "2026-03-02", secret)
	must(h.SaveEntry(ctx, e))(t)
	e.Session = h.full()
	must(h.SaveEntry(ctx, e))(t)
	ok(t, h.Close())
	for _, path := range must(filepath.Glob(h.path + "*"))(t) {
		if bytes.Contains(must(os.ReadFile(path))(t), []byte(secret)) {
			t.Errorf("%s tells it", filepath.Base(path))
		}
	}
}

func TestGistSaysWhatItemsSays(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	for range 3 {
		h.full()
	}
	want := must(h.Items(ctx, ItemFilter{Kind: models.KindAction}))(t)
	for i := range want {
		want[i].Evidence = nil
	}
	if d := cmp.Diff(want, must(h.Gist(ctx, GistFilter{Kinds: []models.Kind{models.KindAction}}))(t)); d != "" || len(want) != 3 {
		t.Errorf("%d items: %s", len(want), d)
	}
}

func TestTextsAreTheTranscript(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.full()
	want := must(h.Transcript(ctx, id))(t).Segments
	for i := range want {
		want[i].Words, want[i].Span.End, want[i].Edited = nil, 0, false
		want[i].NoSpeech, want[i].LogP = 0, 0
	}
	if d := cmp.Diff(want, must(h.Texts(ctx, id))(t)); d != "" {
		t.Error(d)
	}
	_, err := h.Texts(ctx, "0123456789ab")
	wants(t, err, models.NotFound)
}

// Ten years of daily notes.
func BenchmarkEntries(b *testing.B) {
	h := newHome(b)
	for i := range 3650 {
		must(h.SaveEntry(b.Context(), entry(models.EntryNote, "2026-03-02", fmt.Sprint("note ", i))))(b)
	}
	for b.Loop() {
		must(h.Entries(b.Context(), models.EntryFilter{Kind: models.EntryNote}))(b)
	}
}
