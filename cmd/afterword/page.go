package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/afterword/afterword/capture"
	"github.com/afterword/afterword/cmd/afterword/api"
	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/cmd/afterword/review"
	"github.com/afterword/afterword/extract"
	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/store"
)

// The page is served by the hub: this file fits the parts of the program to
// the small interfaces that the page declares.

// usualListen is where the page is looked for.
const usualListen = "127.0.0.1:7766"

// servePage opens the page at an address of loopback and serves it until ctx
// ends.
func (h *hub) servePage(ctx context.Context, address string) error {
	if err := review.Loopback(address); err != nil {
		return err
	}
	key, err := h.a.pageKey()
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return models.WithHint(fmt.Errorf("open page: %w", err), "choose another port: 'afterword serve --listen 127.0.0.1:7767'")
	}
	rec := newPageRecorder(h)
	again := pageAgain{h}
	find := h.a.pages().Finder(h.a.store, h.a.written)
	var page *review.Page
	page, err = review.New(review.Config{
		API:      &review.Scripts{Handler: api.New(h.scripts(func(it models.Item) { page.ItemChanged(it) })), Refuse: api.Refuse, Token: h.a.apiToken},
		Sessions: h.a.store, Ledger: h.a.store, Items: pageItems{h.a.store}, Findings: pageFindings{h.a}, Decisions: h.a.store, Words: pageWords{h.a.store, h},
		Pace: h.a.store, Marks: h.a.store, Shapes: h.a.store, Sound: pageSound{h.a}, Intake: pageIntake{h}, Lock: pageLock{h}, Engine: h,
		Copies:   pageCopies{h, &sync.Mutex{}},
		HeldBack: again, Takes: again, Rerun: again, Recorder: rec, Begin: rec, Voice: rec, Captions: rec,
		Book: h.a.pages(), Find: find, Word: h.a.set.Homework.Word, Place: h.a.place, Options: pageOptions{h.a}, Enrol: pageVoice{h}, Key: key, Now: clock, Log: h.a.log,
	}, l.Addr().String())
	if err != nil {
		l.Close()
		return err
	}
	h.mu.Lock()
	h.page, h.finder = page, find
	h.mu.Unlock()
	h.serve(func() error { return page.Serve(ctx, l) })
	h.buildIndex(ctx)
	return nil
}

// link is a one-time address of the page.
func (h *hub) link(id models.SessionID) (string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.page == nil {
		return "", models.WithHint(models.Errorf(models.NotServed, "the background service runs without the page: its port was taken"),
			"start it again with another one: 'afterword serve --listen 127.0.0.1:7767'")
	}
	return h.page.Link(id), nil
}

// itemsChanged lets open pages know that the items of a session are others now.
func (h *hub) itemsChanged(id models.SessionID) {
	h.mu.Lock()
	page := h.page
	h.mu.Unlock()
	if page != nil {
		page.ItemsChanged(id)
	}
}

// written is another text after anything was written to the store, by this
// process or another one.
func (a *app) written() string {
	var s strings.Builder
	for _, end := range []string{"", "-wal"} {
		if fi, err := os.Stat(a.home.Database() + end); err == nil {
			fmt.Fprint(&s, fi.Size(), fi.ModTime().UnixNano(), " ")
		}
	}
	return s.String()
}

// buildIndex reads everything for the first search, beside all else, so that it
// need not wait.
func (h *hub) buildIndex(ctx context.Context) {
	find := h.search()
	if find == nil || h.a.vault.Locked() {
		return
	}
	h.serve(func() error {
		if err := find.Build(ctx); err != nil && ctx.Err() == nil && models.CodeOf(err) != models.Locked {
			h.a.log.Warn("the first search will read everything", "error", err.Error())
		}
		return nil
	})
}

// forgetIndex lets go of what the page keeps in memory for searching.
func (h *hub) forgetIndex() {
	if find := h.search(); find != nil {
		find.Forget()
	}
}

// search is what the page searches with; nil where it is not served.
func (h *hub) search() *days.Finder {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.finder
}

// pageKey signs the cookies of the page. It is kept, so that an open page goes
// on after the service was started again. It opens nothing by itself: what the
// page shows needs the vault.
func (a *app) pageKey() ([]byte, error) {
	file := filepath.Join(a.home.Keys(), "page.key")
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	if err := writeNew(file, key); err != nil {
		return nil, err
	}
	key, err := os.ReadFile(file)
	if err != nil || len(key) < 32 {
		return nil, models.WithHint(models.Errorf(models.Unusable, "read key of the page: it is damaged"), "delete %s and start again; open pages then need 'afterword review' once", shown(file))
	}
	return key, nil
}

type pageItems struct{ *store.Store }

func (p pageItems) ItemsOf(ctx context.Context, id models.SessionID) ([]models.Item, error) {
	return p.Items(ctx, store.ItemFilter{Session: id, All: true})
}

type pageFindings struct{ a *app }

func (p pageFindings) Phrases(t models.Transcript) []models.Phrase { return extract.Phrases(t) }

func (p pageFindings) Reading(ctx context.Context, id models.SessionID) (models.Reading, error) {
	return p.a.reading(ctx, id)
}

type pageSound struct{ a *app }

func (p pageSound) Form(ctx context.Context, id models.SessionID) (rate, channels int, err error) {
	ring, err := p.a.sessionRing(ctx, id)
	if err != nil {
		return 0, 0, err
	}
	_, rate, channels, err = p.a.spool.Read(id, ring, models.Span{})
	return rate, channels, err
}

// PCM has zeros where the spool has nothing: the coverage says so, and sound
// around it can be heard.
func (p pageSound) PCM(ctx context.Context, id models.SessionID, span models.Span) ([]int16, error) {
	ring, err := p.a.sessionRing(ctx, id)
	if err != nil {
		return nil, err
	}
	pcm, _, _, err := p.a.spool.Read(id, ring, span)
	if missing := (*capture.Missing)(nil); errors.As(err, &missing) {
		err = nil
	}
	return pcm, err
}

type pageLock struct{ h *hub }

func (p pageLock) Locked() bool { return p.h.a.vault.Locked() }

func (p pageLock) Unlock(ctx context.Context, passphrase string) error {
	p.h.turn.Lock()
	defer p.h.turn.Unlock()
	return p.h.unlock(ctx, passphrase)
}

// pageIntake takes files from the browser. A browser hands over bytes, not a
// path, and decoders want a file to jump about in: so a copy lies in the home,
// under a name that tells nothing, until it is read. It is overwritten and
// removed then; the sound is in the spool, sealed.
type pageIntake struct{ h *hub }

const uploadPrefix = "upload-"

func (p pageIntake) Receive(ctx context.Context, u review.Upload) (s models.Session, said string, err error) {
	path, err := copyUpload(p.h.a.home.Data, u.Body)
	if err != nil {
		return s, "", err
	}
	if said, ok, err := p.unpack(ctx, path); ok {
		wipe(path)
		return s, said, withoutName(err, path)
	}
	s, err = p.admit(ctx, u, path)
	return s, "", err
}

// unpack brings in an exported zip; ok is false for any other file.
func (p pageIntake) unpack(ctx context.Context, path string) (said string, ok bool, err error) {
	z, folders, ok, err := openArchive(path)
	if !ok || err != nil {
		return "", ok, err
	}
	defer z.Close()
	got, err := p.h.a.restoreArchive(ctx, path, z, folders)
	if err == nil {
		err = got.check(path)
	}
	if err != nil {
		return "", true, err
	}
	wake(p.h.due)
	return got.String(), true, nil
}

func (p pageIntake) admit(ctx context.Context, u review.Upload, path string) (models.Session, error) {
	a := p.h.a
	name := filepath.Base(strings.ReplaceAll(u.Name, `\`, "/"))
	in := intake{Path: path, Title: strings.TrimSuffix(name, filepath.Ext(name)), Date: u.Date, Channels: 1}
	s, err := a.admit(ctx, in)
	known := errKnown{}
	switch {
	case errors.As(err, &known) && known.session.State == models.Ready:
		err = models.WithHint(models.Errorf(models.Conflict, "this file was written down before, on %s", known.session.Date.Time().Format("2 January 2006")), "It is in the list")
	case errors.As(err, &known):
		wipe(path)
		return known.session, nil
	case err == nil && s.Path != path: // an import that was interrupted
		s, err = a.store.EditSession(ctx, s.ID, func(s *models.Session) { s.Path = path })
	}
	if err != nil {
		wipe(path)
		return models.Session{}, withoutName(err, path)
	}
	return s, nil
}

func (p pageIntake) Read(ctx context.Context, id models.SessionID, tell func(done, total time.Duration)) error {
	a := p.h.a
	s, err := a.store.FindSession(ctx, id)
	if err != nil {
		return err
	}
	select { // the page was unlocked, which is a moment before work begins
	case <-p.h.begun:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	line := p.h.pipeline()
	err = a.ingest(ctx, s, line.send(ctx, s), tell)
	if ctx.Err() != nil {
		return err // the copy stays, and is read on when the service starts again
	}
	wipe(s.Path)
	wake(p.h.due)
	if line.missed {
		if perr := line.publishPending(ctx, id); perr != nil {
			a.log.Warn("chunks wait for the next start", "session", id, "error", perr.Error())
		}
	}
	if err != nil && models.CodeOf(err) != models.Partial {
		a.discard(ctx, id, err)
	}
	return withoutName(err, s.Path)
}

// copyUpload writes what a browser sends into a file that only its owner can
// read.
func copyUpload(dir string, body io.Reader) (path string, err error) {
	f, err := os.CreateTemp(dir, uploadPrefix+"*")
	if err != nil {
		return "", fmt.Errorf("copy file: %w", err)
	}
	n, err := io.Copy(f, body)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	switch {
	case errors.Is(err, syscall.ENOSPC):
		err = models.Errorf(models.DiskFull, "copy file: the disk is full")
	case err != nil:
		err = models.Errorf(models.Invalid, "copy file: %w", err)
	case n == 0:
		err = models.WithHint(models.Errorf(models.Unusable, "the file is empty"), "Check whether it was copied completely")
	default:
		return f.Name(), nil
	}
	wipe(f.Name())
	return "", err
}

// wipe overwrites and removes a copy of an upload; anything else it leaves
// alone.
func wipe(path string) {
	if !strings.HasPrefix(filepath.Base(path), uploadPrefix) {
		return
	}
	if f, err := os.OpenFile(path, os.O_WRONLY, 0); err == nil {
		if fi, err := f.Stat(); err == nil {
			_, _ = io.CopyN(f, zeros{}, fi.Size())
			_ = f.Sync()
		}
		f.Close()
	}
	_ = os.Remove(path)
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// leftUploads are copies that a service left behind when it was killed.
func (h home) leftUploads() []string {
	found, _ := filepath.Glob(filepath.Join(h.Data, uploadPrefix+"*"))
	return found
}

// withoutName says an error about a copy as one about the file.
func withoutName(err error, path string) error {
	if err == nil {
		return nil
	}
	said := strings.NewReplacer(shown(path), "the file", shown(filepath.Base(path)), "the file", path, "the file").Replace(err.Error())
	out := models.Errorf(models.CodeOf(err), "%s", said)
	if hint := models.HintOf(err); hint != "" {
		return models.WithHint(out, "%s", strings.ToUpper(hint[:1])+hint[1:])
	}
	return out
}
