package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/store"
)

// readerTalk has a feeling for the rules and a reading for the model.
var readerTalk = models.Transcript{Date: "2026-03-05", Segments: []models.Segment{
	{Seq: 0, Speaker: models.Therapist, Text: "What would you like to do about it?"},
	{Seq: 1, Speaker: models.Client, Text: "I'll ring my sister tomorrow evening."},
	{Seq: 2, Speaker: models.Client, Text: "The garden was what kept me going, you know."},
	{Seq: 3, Speaker: models.Client, Text: "Nobody at the office says good morning to me."},
}}

const modelSays = `{"items":[
 {"kind":"coping","segment":2,"quote":"The garden was what kept me going","text":"The garden"},
 {"kind":"trigger","segment":3,"quote":"Nobody at the office says good morning","text":"Nobody greets you at the office"},
 {"kind":"action","segment":1,"quote":"ring my sister tomorrow","text":"Call family","status":"committed","owner":"client","due":"2026-03-30"},
 {"kind":"goal","segment":1,"quote":"I want to move to the coast","text":"Move to the coast"}]}`

// fakeModel is an endpoint that says that, after each call of before.
func fakeModel(t *testing.T, before func()) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		before()
		_ = json.NewEncoder(w).Encode(map[string]any{
			"choices": []any{map[string]any{"message": map[string]any{"content": modelSays}}},
			"data":    []any{map[string]any{"id": "garden-1b"}},
		})
	}))
	t.Cleanup(s.Close)
	t.Setenv("AFTERWORD_EXTRACT_ENGINE", "llm")
	t.Setenv("AFTERWORD_EXTRACT_URL", s.URL)
}

func readerApp(t *testing.T) (*app, models.SessionID) {
	t.Helper()
	a := newApp(strings.NewReader(""), io.Discard, os.Stderr)
	t.Cleanup(func() { a.Close() })
	if err := errors.Join(a.configure(nil), a.open(t.Context())); err != nil {
		t.Fatal(err)
	}
	s, err := a.store.SaveSession(t.Context(), models.Session{Title: "Garden", Date: readerTalk.Date, Source: models.SourceImport})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.storeHeard(t.Context(), s.ID, readerTalk); err != nil {
		t.Fatal(err)
	}
	return a, s.ID
}

func byModel(t *testing.T, a *app, id models.SessionID, f store.ItemFilter) map[string]models.Item {
	t.Helper()
	f.Session = id
	all, err := a.store.Items(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]models.Item{}
	for _, it := range all {
		if it.Kind == models.KindAction && it.Due != "2026-03-06" {
			t.Errorf("the rules' date is gone: %+v", it)
		}
		if it.Engine == models.EngineLLM {
			out[it.Text] = it
		}
	}
	return out
}

func readNow(t *testing.T, a *app, id models.SessionID) models.Reading {
	t.Helper()
	r, err := a.reader(false)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.readSession(t.Context(), r, id, func(int, int) {}); err != nil {
		t.Fatal(err)
	}
	now, err := a.reading(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return now
}

// TestModelReadsBeside: the rules' items are there at once; the model's are
// added, are decided about like all others, and stay decided.
func TestModelReadsBeside(t *testing.T) {
	newTestHome(t, t.TempDir())
	fakeModel(t, func() {})
	a, id := readerApp(t)
	if s, err := a.store.FindSession(t.Context(), id); err != nil || s.State != models.Ready || len(byModel(t, a, id, store.ItemFilter{})) != 0 {
		t.Fatalf("before the model read: %+v, %v", s, err)
	}
	if now, err := a.reading(t.Context(), id); err != nil || !now.Wanted() {
		t.Fatalf("it is not due: %+v, %v", now, err)
	}
	now := readNow(t, a, id)
	found := byModel(t, a, id, store.ItemFilter{})
	if now.State != models.ReadingDone || now.Added != 2 || now.Unproved != 1 || len(found) != 2 {
		t.Fatalf("%+v, %+v", now, found)
	}
	_, err1 := a.store.Decide(t.Context(), found["The garden"].ID, models.Accepted, nil)
	_, err2 := a.store.Decide(t.Context(), found["Nobody greets you at the office"].ID, models.Rejected, nil)
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	// Found again by the rules, the model's wait for nothing and are not lost.
	if err := errors.Join(a.store.ExtractAgain(t.Context(), id), a.extractSession(t.Context(), id)); err != nil {
		t.Fatal(err)
	}
	readNow(t, a, id)
	found = byModel(t, a, id, store.ItemFilter{All: true})
	if len(found) != 2 || found["The garden"].Decision != models.Accepted || found["Nobody greets you at the office"].Decision != models.Rejected {
		t.Fatalf("after a second reading: %+v", found)
	}
	if out := must(t, "show", string(id)); !strings.Contains(out, "The garden  (found by your language model)") || !strings.Contains(out, "added") || strings.Contains(out, "coast") {
		t.Errorf("shown:\n%s", out)
	}
	if out := must(t, "report"); !strings.Contains(out, "What helps") {
		t.Errorf("report:\n%s", out)
	}
	if out := must(t, "export", string(id), "--format", "json"); strings.Contains(out, `"kind": "reading"`) || !strings.Contains(out, `"engine": "llm"`) {
		t.Errorf("exported:\n%s", out)
	}
}

// TestWordsChangeWhileTheModelReads: what no longer stands there is left out,
// and what stands under another number is found there.
func TestWordsChangeWhileTheModelReads(t *testing.T) {
	newTestHome(t, t.TempDir())
	var during func()
	fakeModel(t, func() {
		if during != nil {
			during()
		}
		during = nil
	})
	a, id := readerApp(t)
	t.Setenv("AFTERWORD_EXTRACT_MODEL", "garden-1b")
	if err := a.configure(nil); err != nil {
		t.Fatal(err)
	}
	during = func() {
		tr, err := a.store.Transcript(context.Background(), id)
		if err == nil {
			_, err = a.store.EditSegment(context.Background(), tr.Segments[3], "Somebody at the office said good morning.")
		}
		if err != nil {
			t.Error(err)
		}
	}
	now := readNow(t, a, id)
	if found := byModel(t, a, id, store.ItemFilter{}); now.State != models.ReadingDone || len(found) != 1 || found["The garden"].Stale {
		t.Errorf("%+v, %+v", now, found)
	}
	was := readerTalk
	was.Segments = slices.Clone(was.Segments)
	for i := range was.Segments {
		was.Segments[i].Chunk = i
	}
	less := was
	less.Segments = slices.Clone(was.Segments[1:])
	for i := range less.Segments {
		less.Segments[i].Seq = i
	}
	items := []models.Item{{Evidence: []models.Evidence{{Segment: 2, Quote: "The garden"}}}, {Evidence: []models.Evidence{{Segment: 0, Quote: "What would"}}}}
	if got := moved(items, was, less); len(got) != 1 || got[0].Evidence[0].Segment != 1 {
		t.Errorf("moved: %+v", got)
	}
}

// TestServiceReads: the hub has the model read what is due, gives a session up
// for now when the model is away, and never fails for it.
func TestServiceReads(t *testing.T) {
	newTestHome(t, t.TempDir())
	var away atomic.Bool
	away.Store(true)
	fakeModel(t, func() {
		if away.Load() {
			panic(http.ErrAbortHandler)
		}
	})
	t.Setenv("AFTERWORD_WORKERS_RECIPIENTS", strings.TrimSpace(must(t, "worker", "--identity")))
	t.Setenv("AFTERWORD_WORKERS_LOCAL", "false") // no speech is heard here
	a, id := readerApp(t)
	h, err := a.openHub(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	state := func(want models.ReadingState) {
		t.Helper()
		waitFor(t, time.Minute, func() bool {
			now, err := a.reading(t.Context(), id)
			return err == nil && now.State == want
		})
	}
	state(models.ReadingAway)
	if s, err := a.store.FindSession(t.Context(), id); err != nil || s.State != models.Ready || h.Failed() != nil {
		t.Fatalf("%+v, %v, %v", s, err, h.Failed())
	}
	if out := must(t, "show", string(id)); !strings.Contains(out, "Ring your sister") || !strings.Contains(out, "was not reached; what the rules") {
		t.Errorf("shown:\n%s", out)
	}
	away.Store(false)
	wake(h.reads)
	state(models.ReadingDone)
	if len(byModel(t, a, id, store.ItemFilter{})) != 2 {
		t.Error("nothing was added")
	}
}

func TestRefusedReading(t *testing.T) {
	newTestHome(t, t.TempDir())
	fakeModel(t, func() { t.Error("it was asked") })
	a, id := readerApp(t)
	a.set.Extract.URL = "https://models.invalid/v1"
	h := &hub{a: a}
	if err := h.readAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if now, err := a.reading(t.Context(), id); err != nil || now.State != models.ReadingRefused {
		t.Errorf("%+v, %v", now, err)
	}
}

func TestAllowRemote(t *testing.T) {
	tests := []struct{ name, before, after string }{
		{"no file yet", "", "\n[extract]\nremote = \"h.example\"\n"},
		{"no such table", "model = \"base\"", "model = \"base\"\n\n[extract]\nremote = \"h.example\"\n"},
		{"its table", "# mine\n[extract]\nengine = \"llm\"\n", "# mine\n[extract]\nremote = \"h.example\"\nengine = \"llm\"\n"},
		{"another host", "[extract]\nremote = \"old\"\n[nats]\nurl = \"\"", "[extract]\nremote = \"h.example\"\n[nats]\nurl = \"\""},
		{"the table is the last line", "[extract]", "[extract]\nremote = \"h.example\"\n"},
	}
	for _, tt := range tests {
		if got := withSetting(tt.before, "extract.remote", `"h.example"`); got != tt.after {
			t.Errorf("%s:\n%s", tt.name, got)
		}
	}
	home := newTestHome(t, t.TempDir())
	a := newApp(strings.NewReader(""), io.Discard, io.Discard)
	if err := a.configure(nil); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(home, "config.toml")
	if err := errors.Join(a.allowRemote("h.example:8443"), a.configure(nil)); err != nil || a.set.Extract.Remote != "h.example:8443" {
		t.Errorf("%q, %v", a.set.Extract.Remote, err)
	}
	// Where it cannot be written without breaking the file, it is not.
	odd := "extract.engine = \"rules\"\n"
	if err := os.WriteFile(file, []byte(odd), 0o600); err != nil {
		t.Fatal(err)
	}
	err := a.allowRemote("h.example")
	if b, _ := os.ReadFile(file); err == nil || string(b) != odd || !strings.Contains(models.HintOf(err), "h.example") {
		t.Errorf("%v, now %q", err, b)
	}
}
