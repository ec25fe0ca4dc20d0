package main

import (
	"context"
	"errors"
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
it; nothing is lost.`,
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
	if err := a.open(ctx); err != nil {
		return err
	}
	h, err := a.openHub(ctx)
	if err != nil {
		return models.WithHint(err, "it may be 'serve' already, or an import that is at work")
	}
	defer h.Close()
	ctx, cancel := context.WithCancelCause(ctx)
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
	a.note("Ready. Ctrl-C ends it.")
	var following sync.WaitGroup
	defer following.Wait()
	following.Go(func() { h.followRecordings(ctx) })
	if how.ready != nil {
		if err := how.ready(h); err != nil {
			return err
		}
	}
	a.resumeImports(ctx, h)
	for _, f := range left {
		wipe(f)
	}
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

// resumeImports takes up imports that were interrupted while their file was
// read, where the file is still there and nobody else is at it.
func (a *app) resumeImports(ctx context.Context, h *hub) {
	ids, err := a.store.InState(ctx, models.Ingesting)
	if err != nil {
		a.log.Error("interrupted imports cannot be listed", "error", err.Error())
		return
	}
	p := &pipeline{a: a, hub: h, queue: h.queue, mail: h.courier}
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
	p := &pipeline{a: h.a, hub: h, queue: h.queue, mail: h.courier}
	send := func(s models.Session) func(models.Chunk, []int16) { return p.send(ctx, s) }
	t := time.NewTicker(time.Second)
	defer t.Stop()
	finished := false
	for ctx.Err() == nil {
		running, err := h.a.askCapture(captureRequest{Verb: "status"})
		if err == nil && running.Status.State != "ended" {
			h.followOne(ctx, running.Session, send)
			finished = false
		} else if !finished && !h.a.vault.Locked() {
			h.a.finishRecordings(ctx, send)
			wake(h.due)
			finished = true
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
	h.recording.Store(true)
	defer h.recording.Store(false)
	err = f.follow(ctx, func() func(models.Chunk, []int16) {
		if h.a.vault.Locked() {
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

// unlock opens the vault with a passphrase. The caller holds h.turn.
func (h *hub) unlock(ctx context.Context, secret string) error {
	if secret == "" {
		return models.Errorf(models.Locked, "the passphrase is empty")
	}
	h.a.given = secret
	err := h.a.vault.Unlock(ctx)
	h.a.given = ""
	wake(h.due)
	wake(h.look)
	return err
}

func newUnlock(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "unlock", Short: "Give the passphrase to the background service", Args: cobra.NoArgs,
		Long: `Give the passphrase to the background service, so that other commands need not
ask for it until 'afterword lock' or the service ends.`,
		Example: "  afterword unlock",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			if err := a.openLocked(ctx); err != nil {
				return err
			}
			if !a.vault.Locked() {
				a.note("Nothing to unlock: there is no passphrase. 'afterword passwd' sets one.")
				return nil
			}
			rep, err := askControl(ctx, a.home.Control(), controlRequest{Verb: "status"})
			if err != nil {
				return err
			}
			if rep.Status != nil && !rep.Status.Locked {
				a.note("It is unlocked.")
				return nil
			}
			secret, err := a.passphrase(ctx)
			if err != nil {
				return err
			}
			if _, err := askControl(ctx, a.home.Control(), controlRequest{Verb: "unlock", Secret: secret}); err != nil {
				return err
			}
			a.note("Unlocked until 'afterword lock', or until the service ends.")
			return nil
		},
	}
}

func newLock(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "lock", Short: "Make the background service forget the passphrase", Args: cobra.NoArgs,
		Example: "  afterword lock",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := askControl(cmd.Context(), a.home.Control(), controlRequest{Verb: "lock"}); err != nil {
				return err
			}
			a.note("Locked.")
			return nil
		},
	}
}

func newPasswd(a *app) *cobra.Command {
	var to string
	cmd := &cobra.Command{
		Use: "passwd", Short: "Set, change or remove the passphrase", Args: cobra.NoArgs,
		Long: `Set, change or remove the passphrase.

Without a passphrase the key lies in the system's keyring or in a file beside
the data: 'afterword doctor' says what that protects against. The present
passphrase is taken from AFTERWORD_PASSPHRASE_FILE or asked for; the new one
from AFTERWORD_NEW_PASSPHRASE_FILE or asked for. Nobody can recover a forgotten
passphrase: write it down and keep it in a safe place.`,
		Example: "  afterword passwd                set or change it\n  afterword passwd --to keyfile   remove it",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.changeProtection(cmd.Context(), to)
		},
	}
	cmd.Flags().StringVar(&to, "to", "passphrase", "keep the key by `passphrase`, keyring or keyfile")
	return cmd
}

// newSecret asks for a new passphrase twice, or reads it from the file that
// AFTERWORD_NEW_PASSPHRASE_FILE names.
func (a *app) newSecret(ctx context.Context) (string, error) {
	if p, ok, err := passphraseFrom("AFTERWORD_NEW_PASSPHRASE_FILE"); ok || err != nil {
		return p, err
	}
	first, err := a.askSecret(ctx, "New passphrase: ")
	if err != nil {
		return "", err
	}
	if len([]rune(first)) < 8 {
		return "", models.WithHint(models.Errorf(models.Invalid, "set passphrase: it has fewer than 8 characters"), "four or five words that do not belong together are easy to remember and hard to guess")
	}
	second, err := a.askSecret(ctx, "The same again: ")
	if err == nil && first != second {
		err = models.Errorf(models.Invalid, "set passphrase: the two are not the same; nothing was changed")
	}
	return first, err
}

func (a *app) changeProtection(ctx context.Context, to string) error {
	kind := vault.Kind(to)
	if kind != vault.Passphrase && kind != vault.Keyring && kind != vault.KeyFile {
		return usagef("--to is passphrase, keyring or keyfile, not %q", to)
	}
	if err := a.open(ctx); err != nil {
		return err
	}
	p := vault.Protection{Kind: kind}
	if kind == vault.Passphrase {
		var err error
		if p.Passphrase, err = a.newSecret(ctx); err != nil {
			return err
		}
	}
	if err := a.vault.Change(ctx, p); err != nil {
		return err
	}
	a.note("%s", protectionNote(kind))
	return nil
}

func protectionNote(kind vault.Kind) string {
	switch kind {
	case vault.Passphrase:
		return "The passphrase is set. Without it nobody, you included, can read your sessions."
	case vault.Keyring:
		return "The key is in the system's keyring and opens with your login."
	}
	return "The key is in a file beside the data. It protects copies of the data without that file, not a stolen computer."
}
