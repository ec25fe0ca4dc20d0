package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// The sound of an answer that the client keeps travels in a folder of its own:
// its recording, as a session's is, with the entry that says what it answers. A
// program that does not know such folders passes them by.
const answerPrefix = "answer-"

// answersIn are the answers in a bundle's entries whose sound is kept.
func answersIn(x bundle, all []days.Spoken) (out []days.Spoken) {
	for _, s := range all {
		for _, e := range x.Entries {
			if s.Keep && s.Taken && s.Answers(e) {
				out = append(out, s)
				break
			}
		}
	}
	return out
}

// addAnswer writes the folder of one answer, if it can still be heard.
func (a *app) addAnswer(s days.Spoken, add func(name string, write func(io.Writer) error) error) error {
	ctx := context.Background()
	all, err := a.store.Archive(ctx, s.Recording())
	if models.CodeOf(err) == models.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	entry, err := a.store.Entries(ctx, models.EntryFilter{Kind: s.Kind, ID: s.ID})
	if err != nil {
		return err
	}
	folder := fmt.Sprintf("%s%s-%s/", answerPrefix, all.Session.Date, s.Recording())
	err = add(folder+"archive.json", func(w io.Writer) error {
		return json.NewEncoder(w).Encode(archiveFile{Version: archiveVersion, Program: version, Entries: entriesJSON(entry), Archive: all})
	})
	if err != nil {
		return err
	}
	return a.addSound(all.Session, func(write func(io.Writer) error) error { return add(folder+"sound.wav", write) })
}

// checkAnswer holds that the entry of an answer comes with the recording that it
// is about, and with nothing else: it keeps that out of the list of sessions.
func (in archiveFile) checkAnswer(answer bool) error {
	for _, e := range in.Archive.Entries {
		if (e.Kind == models.EntrySpoken) != answer {
			return models.Errorf(models.Invalid, "%s %s is in the wrong folder", e.Kind, e.ID)
		}
	}
	if !answer {
		return nil
	}
	var s days.Spoken
	if len(in.Archive.Entries) != 1 || in.Archive.Entries[0].About != string(in.Session.ID) {
		return models.Errorf(models.Invalid, "an answer comes with the one recording that it is about")
	}
	if err := json.Unmarshal(in.Archive.Entries[0].Body, &s); err != nil || !s.Keep || !s.Taken {
		return models.Errorf(models.Invalid, "answer %s is not one whose sound is kept", in.Archive.Entries[0].ID)
	}
	return nil
}
