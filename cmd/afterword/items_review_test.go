package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/store"
)

const reviewTalk = `{"date":"2026-03-05","segments":[
{"seq":0,"speaker":"therapist","text":"What would you like to do until next week?"},
{"seq":1,"speaker":"client","text":"I'll ring my sister tomorrow evening."},
{"seq":2,"speaker":"client","text":"I feel so guilty about the argument we had."},
{"seq":3,"speaker":"client","text":"And I will go for a walk every morning."}]}`

func seedReview(t *testing.T) models.SessionID {
	t.Helper()
	newTestHome(t, "")
	file := filepath.Join(t.TempDir(), "talk.json")
	if err := os.WriteFile(file, []byte(reviewTalk), 0o600); err != nil {
		t.Fatal(err)
	}
	id, err := seed(t.Context(), file, "Garden", "")
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// Every key does what the page does, and is stored at once.
func TestItemReview(t *testing.T) {
	id := seedReview(t)
	a := newApp(strings.NewReader(""), io.Discard, io.Discard)
	defer a.Close()
	if err := errors.Join(a.configure(nil), a.open(t.Context())); err != nil {
		t.Fatal(err)
	}
	s, err := a.store.FindSession(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	list, err := a.store.Items(t.Context(), store.ItemFilter{Session: id})
	if err != nil || len(list) < 3 {
		t.Fatal(len(list), err)
	}
	m := newItemReview(t.Context(), a)
	m.add(s, list)
	keys := func(names ...string) {
		t.Helper()
		special := map[string]tea.Key{"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "ctrl+u": {Code: 'u', Mod: tea.ModCtrl}}
		for _, k := range names {
			key, ok := special[k]
			if !ok {
				key = tea.Key{Code: []rune(k)[0], Text: k}
			}
			if _, cmd := m.Update(tea.KeyPressMsg(key)); cmd != nil {
				m.Update(cmd())
			}
		}
	}
	first, second := m.list[0], m.list[1]
	if first.Kind != models.KindAction || second.Kind != models.KindAction {
		t.Fatalf("it begins with %s and %s", first.Kind, second.Kind)
	}
	stored := func(id models.ItemID) models.Item {
		t.Helper()
		it, err := a.store.FindItem(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return it
	}
	keys("a")
	if it := stored(first.ID); it.Decision != models.Accepted || m.at != 1 {
		t.Errorf("a: %s, and item %d is shown", it.Decision, m.at)
	}
	keys("e", "ctrl+u", "Walk", "enter")
	if it := stored(second.ID); it.Text != "Walk" || it.Decision != models.Edited {
		t.Errorf("e: %q, %s", it.Text, it.Decision)
	}
	keys("k", "z")
	if it := stored(second.ID); it.Text != second.Text || it.Decision != models.Proposed {
		t.Errorf("z: %q, %s", it.Text, it.Decision)
	}
	keys("x")
	if it := stored(second.ID); it.Decision != models.Rejected {
		t.Errorf("x: %s", it.Decision)
	}
	m.at = 0
	keys("d")
	if !stored(first.ID).Finished {
		t.Error("d ticks nothing off")
	}
	// What was decided elsewhere meanwhile is shown, and not overwritten.
	if _, err := a.store.Undo(t.Context(), first.ID); err != nil {
		t.Fatal(err)
	}
	keys("x")
	if it := stored(first.ID); it.Decision != models.Proposed || !m.bad || m.list[0].Decision != models.Proposed {
		t.Errorf("a decision elsewhere was overwritten: %s, %q", it.Decision, m.said)
	}
	keys("p") // there is no sound
	if !m.bad || m.stop != nil {
		t.Errorf("play says %q", m.said)
	}
	for _, it := range m.list {
		if it.Kind == models.KindEmotion {
			keys("n")
		}
	}
	for _, wide := range []int{1, 20, 80, 200} {
		for _, high := range []int{1, 5, 24} {
			m.Update(tea.WindowSizeMsg{Width: wide, Height: high})
			if n := strings.Count(m.View().Content, "\n") + 1; high >= 5 && n > high {
				t.Errorf("%d×%d: %d lines", wide, high, n)
			}
		}
	}
}
