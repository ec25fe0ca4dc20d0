package main

import (
	"io"
	"strings"
	"testing"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// What the client wrote comes before the list of the file, and what belongs to a
// therapist first of all: at the end of the prompt.
func TestVocabularyOfASession(t *testing.T) {
	newTestHome(t, "")
	t.Setenv("AFTERWORD_VOCABULARY", "Kilburn,Anna")
	a := newApp(strings.NewReader(""), io.Discard, io.Discard)
	defer a.Close()
	if err := a.configure(nil); err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	if err := a.open(ctx); err != nil {
		t.Fatal(err)
	}
	if got, want := a.vocabulary(ctx, ""), "Anna, Kilburn."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	v, err := a.pages().Vocabulary(ctx)
	if err != nil {
		t.Fatal(err)
	}
	v.Words, v.People = []string{"sertraline", "anna"}, []days.Person{{With: "Dr. Osei", Words: []string{"EMDR"}}, {With: "Nobody"}}
	if v, err = a.pages().SaveVocabulary(ctx, v); err != nil || len(v.People) != 1 {
		t.Fatal(v, err)
	}
	if got, want := a.vocabulary(ctx, "dr. osei"), "Kilburn, anna, sertraline, dr. osei, EMDR."; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	v.Words = []string{strings.Repeat("x", 61)}
	if _, err := a.pages().SaveVocabulary(ctx, v); models.CodeOf(err) != models.Invalid {
		t.Errorf("a very long word: %v", err)
	}
	v.Words, v.Version = nil, v.Version+7
	if _, err := a.pages().SaveVocabulary(ctx, v); models.CodeOf(err) != models.Conflict {
		t.Errorf("changed elsewhere: %v", err)
	}
}
