package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/afterword/afterword/extract/llm"
	"github.com/afterword/afterword/models"
)

// reader is the language model that the settings name. With ask, a person is
// asked before words may leave this computer; else a model on another one that
// was not allowed before is an error. It is nil where the rules find alone.
func (a *app) reader(ask bool) (*llm.Reader, error) {
	if a.set.Extract.Engine != engineLLM {
		return nil, nil
	}
	address, err := llm.ParseAddress(a.set.Extract.URL)
	if err != nil {
		return nil, err
	}
	c := llm.Config{Address: address, Model: a.set.Extract.Model, Allowed: a.set.Extract.Remote}
	host := address.Remote()
	if ask && host != "" && host != c.Allowed {
		if a.askYes(fmt.Sprintf("The language model in your settings is not on this computer. This sends your words to %s: all that was said in a session. Allow it?", oneLine(host))) {
			if err := a.allowRemote(host); err != nil {
				return nil, err
			}
			c.Allowed = host
		}
	}
	r, err := llm.New(c)
	return r, models.WithHint(err, "to allow it, write remote = %q under [extract] in %s; with extract.engine = \"rules\" nothing is sent", host, shown(a.settingsFile()))
}

// askRemote asks once, before there is anything to be sent. Without a yes the
// rules go on alone.
func (a *app) askRemote() {
	if _, err := a.reader(true); err != nil {
		a.sayError(err, false)
	}
}

// allowRemote writes into the settings file that words may be sent to a host.
func (a *app) allowRemote(host string) error {
	file := shown(a.settingsFile())
	if err := a.setSetting("extract.remote", host); err != nil {
		return models.WithHint(err, "write remote = %q into the table [extract] of %s yourself", host, file)
	}
	a.set.Extract.Remote = host
	a.note("Noted in %s; delete the line to take it back.", file)
	return nil
}

// readingEntry is a session's reading as it is kept, with its entry.
func (a *app) readingEntry(ctx context.Context, id models.SessionID) (models.Entry, models.Reading, error) {
	e := models.Entry{Kind: models.EntryReading, Session: id, Day: models.DateOf(clock())}
	var r models.Reading
	all, err := a.store.Entries(ctx, models.EntryFilter{Kind: models.EntryReading, Session: id})
	if err != nil || len(all) == 0 {
		return e, r, err
	}
	e = all[len(all)-1]
	if err := json.Unmarshal(e.Body, &r); err != nil {
		return e, r, models.Errorf(models.Unusable, "read how far the language model is: %w", err)
	}
	return e, r, nil
}

func (a *app) reading(ctx context.Context, id models.SessionID) (models.Reading, error) {
	_, r, err := a.readingEntry(ctx, id)
	return r, err
}

func (a *app) saveReading(ctx context.Context, id models.SessionID, r models.Reading) error {
	e, _, err := a.readingEntry(ctx, id)
	if err != nil {
		return err
	}
	if e.Body, err = json.Marshal(r); err != nil {
		return err
	}
	_, err = a.store.SaveEntry(ctx, e)
	return err
}

// readingLine says in words what a language model made of a session; empty
// where none was asked.
func readingLine(r models.Reading, id models.SessionID) string {
	name := "Your language model"
	if r.Name != "" {
		name += " (" + oneLine(r.Name) + ")"
	}
	left := ""
	if n := r.Unproved + r.Outside; n > 0 {
		left = fmt.Sprintf(" %d more were left out: %d without such words in the session, %d of no known kind.", n, r.Unproved, r.Outside)
	}
	switch r.State {
	case models.ReadingDue:
		if r.Parts > 0 {
			return fmt.Sprintf("%s is reading this session: %d of %d parts. What it finds will be added.", name, r.Read, r.Parts)
		}
		return fmt.Sprintf("%s has not read this session yet. The service does, or 'afterword extract --again %s'.", name, id)
	case models.ReadingDone:
		return fmt.Sprintf("%s read this session too and added %d items.%s", name, r.Added, left)
	case models.ReadingPart:
		return fmt.Sprintf("%s read %d of %d parts and added %d items.%s", name, r.Read, r.Parts, r.Added, left)
	case models.ReadingAway:
		return fmt.Sprintf("%s was not reached; what the rules found is all here. 'afterword extract --again %s' asks it again.", name, id)
	case models.ReadingRefused:
		return fmt.Sprintf("%s is on another computer, and you have not allowed that your words are sent there: it was not asked. What the rules found is all here.", name)
	}
	return ""
}

// readDue has the language model read each session that waits for it. A
// recording comes first: the model may be on this computer.
func (h *hub) readDue(ctx context.Context) error {
	if h.a.set.Extract.Engine != engineLLM {
		return nil
	}
	wake(h.reads)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-h.reads:
		}
		if h.recording.Load() {
			continue
		}
		if err := h.readAll(ctx); err != nil && ctx.Err() == nil {
			h.a.log.Error("sessions cannot be read", "error", err.Error())
		}
	}
}

func (h *hub) readAll(ctx context.Context) error {
	all, err := h.a.store.Entries(ctx, models.EntryFilter{Kind: models.EntryReading})
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range all {
		var r models.Reading
		if err := json.Unmarshal(e.Body, &r); err != nil || !r.Wanted() {
			continue
		}
		if s, err := h.a.store.FindSession(ctx, e.Session); err != nil || s.State != models.Ready {
			continue
		}
		errs = append(errs, h.readOne(ctx, e.Session))
		h.itemsChanged(e.Session)
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(errs...)
}

func (h *hub) readOne(ctx context.Context, id models.SessionID) error {
	reader, err := h.a.reader(false)
	if err != nil {
		return h.a.saveReading(ctx, id, models.Reading{State: models.ReadingRefused})
	}
	err = h.a.readSession(ctx, reader, id, func(int, int) {})
	if err == nil || ctx.Err() != nil || errors.Is(err, errMoved) {
		return err
	}
	// Nobody is to wait for a reading that this computer could not store.
	was, rerr := h.a.reading(ctx, id)
	if rerr != nil {
		return errors.Join(err, rerr)
	}
	now := models.Reading{State: models.ReadingAway, Name: reader.Name(), Why: "what it found could not be stored", Tries: was.Tries + 1}
	return errors.Join(err, h.a.saveReading(ctx, id, now))
}

// readWith has the language model read a session now, in the foreground, and
// says what came of it.
func (a *app) readWith(ctx context.Context, r *llm.Reader, s models.Session) error {
	bar := a.newProgress(s.Title)
	defer bar.Close()
	err := a.readSession(ctx, r, s.ID, bar.reading)
	bar.Close()
	if err != nil {
		return err
	}
	return a.sayReading(ctx, s.ID)
}

func (a *app) sayReading(ctx context.Context, id models.SessionID) error {
	now, err := a.reading(ctx, id)
	if line := readingLine(now, id); err == nil && line != "" {
		a.note("%s", line)
	}
	return err
}

// awaitReading waits until the language model has read a session of this
// process's own pipeline, telling how far it is. Ctrl-C leaves it for later.
func (a *app) awaitReading(ctx context.Context, id models.SessionID, bar *progress) error {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		now, err := a.reading(ctx, id)
		if err != nil || now.State != models.ReadingDue {
			return err
		}
		if s, err := a.store.FindSession(ctx, id); err != nil || s.State != models.Ready {
			return err // it is on its way again, and read after that
		}
		bar.reading(now.Read, now.Parts)
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
}
