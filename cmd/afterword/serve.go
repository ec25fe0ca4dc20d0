package main

import (
	"context"
	"errors"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/cmd/afterword/review"
	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/vault"
)

func newServe(a *app) *cobra.Command {
	how := serving{}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run in the background: finish what is unfinished, serve the page, stay ready",
		Long: `Run in the background: finish what is unfinished, serve the page, stay ready.

The page ('afterword review' opens it) is on this computer for this computer
alone; if its port is taken, that is said and all else goes on without it. Other
commands reach the service through a socket that only you can open. Ctrl-C ends
it; nothing is lost.

Under a passphrase that nobody can be asked for, as at login, it starts locked:
it carries on recordings and shows the page, and writes nothing down until
'afterword unlock', or until the page is given the passphrase.`,
		Example: "  afterword serve\n  afterword serve --listen 127.0.0.1:7767",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := review.Loopback(how.listen); err != nil {
				return err
			}
			return a.serve(cmd.Context(), how)
		},
	}
	cmd.Flags().StringVar(&how.listen, "listen", usualListen, "`ADDRESS` of the page, of this computer alone")
	return cmd
}

// serving is how the service is to run.
type serving struct {
	listen string           // address of the page
	orElse string           // another one if that is taken; empty goes on without
	ready  func(*hub) error // called once it answers; nil for nothing
}

func (a *app) serve(ctx context.Context, how serving) error {
	if err := a.openOrWait(ctx); err != nil {
		return err
	}
	a.askRemote()
	h, err := a.openHub(ctx, true)
	if err != nil {
		return models.WithHint(err, "it may be 'serve' already, or an import that is at work")
	}
	defer h.Close()
	ctx, cancel := context.WithCancelCause(ctx)
	var following sync.WaitGroup
	defer following.Wait()
	defer cancel(nil)
	left := a.home.leftUploads()
	if err := h.servePage(ctx, how.listen); err != nil {
		if how.orElse == "" || h.servePage(ctx, how.orElse) != nil {
			// Writing down what was said matters more than showing it.
			a.warn("%s; everything else goes on without the page", err)
			if hint := models.HintOf(err); hint != "" {
				a.warn("hint: %s", hint)
			}
		}
	}
	control := make(chan error, 1)
	stop := make(chan struct{}, 1)
	go func() {
		control <- serveControl(ctx, a.home.Control(), func(ctx context.Context, r controlRequest) controlReply { return h.control(ctx, r, stop) })
	}()
	if a.vault.Locked() {
		a.note("Ready, and locked: what was said is safe and waits for 'afterword unlock'. Ctrl-C ends it.")
	} else {
		a.note("Ready. Ctrl-C ends it.")
	}
	following.Go(func() { h.followRecordings(ctx) })
	following.Go(func() { h.remind(ctx) })
	following.Go(func() { h.tidy(ctx) })
	if how.ready != nil {
		if err := how.ready(h); err != nil {
			return err
		}
	}
	following.Go(func() {
		select {
		case <-ctx.Done():
			return
		case <-h.begun:
		}
		a.resumeImports(ctx, h)
		for _, f := range left {
			wipe(f)
		}
	})
	watch := time.NewTicker(time.Second)
	defer watch.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-stop:
			return nil
		case err := <-control:
			if err != nil {
				return err
			}
		case <-watch.C:
			if err := h.Failed(); err != nil {
				return err
			}
		}
	}
}

// openOrWait opens the vault if that takes no patience. A passphrase that
// nobody can be asked for, or that a file has wrong, may come later: a service
// that ended for want of it could do nothing at all.
func (a *app) openOrWait(ctx context.Context) error {
	err := a.open(ctx)
	if a.store == nil || err == nil || ctx.Err() != nil || models.CodeOf(err) != models.Locked || a.canAsk() {
		return err
	}
	if os.Getenv("AFTERWORD_PASSPHRASE_FILE") != "" || a.vault.Kind() != vault.Passphrase {
		a.warn("%s", oneLine(err.Error()))
	}
	return nil
}

// resumeImports takes up imports that were interrupted while their file was
// read, where the file is still there and nobody else is at it.
func (a *app) resumeImports(ctx context.Context, h *hub) {
	ids, err := a.store.InState(ctx, models.Ingesting)
	if err != nil {
		a.log.Error("interrupted imports cannot be listed", "error", err.Error())
		return
	}
	p := h.pipeline()
	for _, id := range ids {
		s, err := a.store.FindSession(ctx, id)
		if err == nil && s.Source == models.SourceRecording {
			continue
		}
		if err == nil {
			if hash, herr := a.hashFile(ctx, s.Path); herr != nil || hash != s.Hash {
				err = a.replay(ctx, s, p.send(ctx, s))
			} else {
				err = a.ingest(ctx, s, p.send(ctx, s), func(_, _ time.Duration) {})
			}
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			a.log.Warn("interrupted import cannot go on", "session", id, "error", err.Error())
		}
	}
}

// followRecordings finishes what was left unfinished, and follows each
// recording that it finds going on: one that was just started, or one whose
// follower was killed.
func (h *hub) followRecordings(ctx context.Context) {
	send := func(s models.Session) func(models.Chunk, []int16) { return h.pipeline().send(ctx, s) }
	t := time.NewTicker(time.Second)
	defer t.Stop()
	finished := false
	for ctx.Err() == nil {
		running, err := h.a.askCapture(captureRequest{Verb: "status"})
		if err == nil && running.Status.State != "ended" {
			h.followOne(ctx, running.Session, send)
			finished = false
		} else if !finished && h.open() {
			if lock, err := h.a.lockFollow(); err == nil { // else whoever follows is at it, or may yet be killed
				lock.Close()
				h.a.finishRecordings(ctx, send)
				wake(h.due)
				finished = true
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-h.look:
			finished = false
		case <-t.C:
		}
	}
}

func (h *hub) followOne(ctx context.Context, id models.SessionID, send func(models.Session) func(models.Chunk, []int16)) {
	lock, err := h.a.lockFollow()
	if err != nil {
		return // the one that started it follows it
	}
	defer lock.Close()
	f, err := h.a.newFollower(ctx, id)
	if err != nil {
		h.a.log.Warn("recording cannot be followed", "session", id, "error", err.Error())
		return
	}
	f.link = h.a.linkTo(f.s)
	if len(f.link.order.Public) == 0 { // there is no journal yet
		if public, err := h.a.publicHalf(ctx, id); err == nil {
			f.link.order.Public = public
		}
	}
	h.recording.Store(true)
	defer h.recording.Store(false)
	err = f.follow(ctx, func() func(models.Chunk, []int16) {
		if !h.open() {
			return nil
		}
		return send(f.s)
	})
	if err != nil && ctx.Err() == nil {
		h.a.log.Warn("recording is not carried on", "session", id, "error", err.Error())
	}
	if ctx.Err() != nil {
		h.a.note("The recording goes on without the service; 'afterword stop' ends it.")
	}
	wake(h.due)
}

// control answers other commands of the same person.
func (h *hub) control(ctx context.Context, r controlRequest, stop chan<- struct{}) controlReply {
	h.turn.Lock()
	defer h.turn.Unlock()
	var err error
	switch r.Verb {
	case "status":
		return controlReply{Status: h.status(ctx)}
	case "key":
		key, kerr := h.a.vault.Share()
		if kerr == nil {
			return controlReply{Key: key}
		}
		err = kerr
	case "follow":
		wake(h.look)
	case "read":
		wake(h.reads)
	case "unlock":
		err = h.unlock(ctx, r.Secret)
	case "lock":
		h.a.vault.Lock()
		h.forgetIndex()
	case "page":
		link, lerr := h.link(r.Session)
		if lerr == nil {
			return controlReply{Link: link}
		}
		err = lerr
	case "stop":
		select {
		case stop <- struct{}{}:
		default: // it is stopping already
		}
	default:
		err = models.Errorf(models.Invalid, "the service does not know %q", r.Verb)
	}
	if err != nil {
		return controlReply{Error: err.Error(), Code: models.CodeOf(err), Hint: models.HintOf(err)}
	}
	return controlReply{Status: h.status(ctx)}
}

// open tells whether the vault is open and work has begun.
func (h *hub) open() bool { return h.working() && !h.a.vault.Locked() }

// unlock opens the vault, with a passphrase if it has one, and begins the work
// that waited for it. The caller holds h.turn.
func (h *hub) unlock(ctx context.Context, secret string) error {
	if secret == "" && h.a.vault.Kind() == vault.Passphrase {
		return models.Errorf(models.Locked, "the passphrase is empty")
	}
	h.a.given = secret
	err := h.a.vault.Unlock(ctx)
	h.a.given = ""
	if err != nil || h.closed {
		return err
	}
	if !h.working() {
		if err := h.begin(ctx); err != nil {
			h.fail(err)
			return err
		}
		h.serve(func() error { return h.recover(h.run) })
	}
	h.buildIndex(h.run)
	wake(h.due)
	wake(h.look)
	return nil
}
