package store

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/afterword/afterword/models"
)

func TestSessionRoundTrip(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	in := models.Session{
		Title: "First \"hour\"\n🙂", With: "Dr. Ode", Date: "2026-03-05", Created: time.UnixMilli(1772000000123), Source: models.SourceRecording,
		Path: "/tmp/a b.wav", Hash: "abcd", Language: "en", Model: "base-q8_0", Channels: 2, State: models.Ingesting,
	}
	saved := must(h.SaveSession(ctx, in))(t)
	in.ID = saved.ID
	if d := cmp.Diff(in, saved); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(in, must(h.FindSession(ctx, saved.ID))(t)); d != "" {
		t.Error(d)
	}
	found, ok, err := h.FindByHash(ctx, "abcd")
	if err != nil || !ok || found.ID != saved.ID {
		t.Errorf("by hash: %v %v %v", found.ID, ok, err)
	}
	if _, ok, err := h.FindByHash(ctx, "dcba"); ok || err != nil {
		t.Errorf("by another hash: %v %v", ok, err)
	}
	if _, ok, _ := h.FindByHash(ctx, ""); ok {
		t.Error("an empty hash is found")
	}
}

func TestSaveSessionFills(t *testing.T) {
	h := newHome(t)
	now := time.Date(2026, 3, 5, 23, 30, 0, 0, time.FixedZone("", 3600))
	h.now = func() time.Time { return now }
	s := must(h.SaveSession(t.Context(), models.Session{Source: models.SourceImport}))(t)
	if len(s.ID) != 12 || !s.Created.Equal(now) || s.State != models.Ingesting || s.Channels != 1 || s.Date == "" {
		t.Errorf("%+v", s)
	}
	if key := must(h.SessionKey(t.Context(), s.ID))(t); len(key) == 0 {
		t.Error("no data key")
	}
	_, err := h.SaveSession(t.Context(), models.Session{ID: s.ID, Source: models.SourceImport})
	wants(t, err, models.Conflict)
	for _, bad := range []models.Session{{ID: "xyz"}, {ID: "ABCDEFABCDEF"}, {Date: "5 March"}, {State: models.Ready}} {
		_, err := h.SaveSession(t.Context(), bad)
		wants(t, err, models.Invalid)
	}
}

func TestResolveSession(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	_, err := h.ResolveSession(ctx, "last")
	wants(t, err, models.NotFound)
	for _, id := range []models.SessionID{"aaaa00000000", "aaab00000000", "f00000000000"} {
		must(h.SaveSession(ctx, models.Session{ID: id, Source: models.SourceImport}))(t)
	}
	tests := []struct {
		name string
		want models.SessionID
		code models.Code
	}{
		{"last", "f00000000000", ""},
		{"LAST", "f00000000000", ""},
		{"aaab", "aaab00000000", ""},
		{"AAAA00000000", "aaaa00000000", ""},
		{"f", "f00000000000", ""},
		{"aaa", "", models.Conflict},
		{"b", "", models.NotFound},
		{"", "", models.Invalid},
		{"a%' OR 1", "", models.Invalid},
	}
	for _, tt := range tests {
		got, err := h.ResolveSession(ctx, tt.name)
		wants(t, err, tt.code)
		if got != tt.want {
			t.Errorf("%q is %s, want %s", tt.name, got, tt.want)
		}
		if tt.code == models.Conflict && (!strings.Contains(err.Error(), "aaaa00000000") || !strings.Contains(err.Error(), "aaab00000000")) {
			t.Errorf("the candidates are not named: %v", err)
		}
	}
}

func TestSessionsNewestFirst(t *testing.T) {
	h := newHome(t)
	a, b, c := h.session(), h.session(), h.session()
	var got []models.SessionID
	for _, s := range must(h.Sessions(t.Context()))(t) {
		got = append(got, s.ID)
	}
	if d := cmp.Diff([]models.SessionID{c, b, a}, got); d != "" {
		t.Error(d)
	}
	if got := must(h.InState(t.Context(), models.Ingesting))(t); len(got) != 3 || got[0] != a {
		t.Errorf("the oldest comes first there: %v", got)
	}
}

func TestEditSession(t *testing.T) {
	h := newHome(t)
	ctx := t.Context()
	id := h.session()
	out := must(h.EditSession(ctx, id, func(s *models.Session) {
		s.Title, s.With, s.Date, s.Language, s.Model, s.Path = "T", "W", "2025-01-02", "de", "tiny", "/q"
		s.State, s.ID, s.Duration = models.Ready, "000000000000", time.Hour
	}))(t)
	if out.Title != "T" || out.State != models.Ingesting || out.ID != id || out.Duration != 0 {
		t.Errorf("%+v", out)
	}
	if d := cmp.Diff(out, must(h.FindSession(ctx, id))(t)); d != "" {
		t.Error(d)
	}
	_, err := h.EditSession(ctx, id, func(s *models.Session) { s.Date = "soon" })
	wants(t, err, models.Invalid)
	ok(t, h.SetLanguage(ctx, id, "fr"))
	wants(t, h.SetLanguage(ctx, "0123456789ab", "fr"), models.NotFound)
}

func TestFinishIngest(t *testing.T) {
	tests := []struct {
		name   string
		states []models.ChunkState
		done   int // chunks with results before ingest finished
		want   models.SessionState
	}{
		{"no sound at all", nil, 0, models.Extracting},
		{"silence only", []models.ChunkState{models.Silent, models.Silent}, 0, models.Extracting},
		{"all chunks done before", []models.ChunkState{models.Pending, models.Silent, models.Pending}, 3, models.Extracting},
		{"one chunk pending", []models.ChunkState{models.Pending, models.Pending}, 1, models.Transcribing},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHome(t)
			id := h.session(tt.states...)
			for i := range tt.done {
				if tt.states[i] == models.Pending {
					if due := must(h.SaveResult(t.Context(), id, i, models.Heard{Language: "en"}))(t); due {
						t.Error("due while sound was still coming in")
					}
				}
			}
			due := must(h.FinishIngest(t.Context(), id, time.Minute))(t)
			if got := h.state(id); got != tt.want || due != (tt.want == models.Extracting) {
				t.Errorf("state %s, due %v", got, due)
			}
			if again := must(h.FinishIngest(t.Context(), id, time.Minute))(t); again != due {
				t.Errorf("the second time it says %v", again)
			}
			_, err := h.FinishIngest(t.Context(), id, 2*time.Minute)
			wants(t, err, models.Conflict)
			wants(t, h.SaveChunks(t.Context(), []models.Chunk{{Session: id, Seq: 9, State: models.Pending}}), models.Conflict)
		})
	}
}
