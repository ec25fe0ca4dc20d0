package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/queue"
)

func newImport(a *app) *cobra.Command {
	var title, date, channels string
	var again bool
	cmd := &cobra.Command{
		Use:   "import FILE…",
		Short: "Write down recordings and find what mattered in them",
		Long: `Write down recordings and find what mattered in them.

Any sound file will do: WAV, MP3, FLAC and Ogg Opus are read directly, all else
(M4A, MP4, WebM, …) through ffmpeg where it is installed. The file itself is
only read. Prints the id of each session.

A zip that 'afterword export --format zip' wrote brings back its sessions as they
were: words, sound, items and what you decided, notes and plans. A session that is
here already stays as it is.

It may be stopped at any time; the same command goes on where it was.`,
		Example: `  afterword import session.m4a
  afterword import --title "With Dr. Osei" --date 2026-03-05 tuesday.mp3
  afterword import --channels split call.wav       one voice on each channel
  afterword import afterword-all.zip               an export, as it was`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			n, err := channelsOf(channels)
			if err != nil {
				return err
			}
			in := intake{Title: title, Again: again, Channels: n}
			if date != "" {
				d, err := models.ParseDate(date)
				if err != nil {
					return usageError{err}
				}
				in.Date = d
			}
			if title != "" && len(files) > 1 {
				return usagef("--title names one session; %d files were given", len(files))
			}
			return a.importFiles(cmd.Context(), files, in)
		},
	}
	f := cmd.Flags()
	f.StringVar(&title, "title", "", "title of the session (default: the file's name)")
	f.StringVar(&date, "date", "", "day of the session, such as 2026-03-05 (default: the file's day)")
	channelsFlag(cmd, &channels)
	f.BoolVar(&again, "again", false, "import a file anew that is known already")
	a.modelFlags(cmd)
	a.jsonFlag(cmd)
	return cmd
}

func channelsFlag(cmd *cobra.Command, channels *string) {
	cmd.Flags().StringVar(channels, "channels", "mix", "`mix` them into one, or split: each holds one voice")
}

// channelsOf is how many channels of a file are kept.
func channelsOf(flag string) (int, error) {
	n, ok := map[string]int{"mix": 1, "split": 2}[flag]
	if !ok {
		return 0, usagef("--channels is mix or split, not %q", flag)
	}
	return n, nil
}

func (a *app) importFiles(ctx context.Context, files []string, base intake) error {
	if err := a.open(ctx); err != nil {
		return err
	}
	if done, err := a.importArchives(ctx, files, base); done || err != nil {
		return err
	}
	a.askRemote()
	p, err := a.joinPipeline(ctx)
	if err != nil {
		return err
	}
	defer func() { p.Close() }()
	a.finishRecordings(ctx, func(s models.Session) func(models.Chunk, []int16) { return p.send(ctx, s) })
	var errs []error
	for _, file := range files {
		in := base
		in.Path = file
		err := a.importOne(ctx, p, in)
		if ctx.Err() != nil {
			a.note("\nStopped. What was done is kept: run the same command again and it goes on from there.")
			return context.Cause(ctx)
		}
		if err != nil && len(files) > 1 {
			a.sayError(err, false)
		}
		errs = append(errs, err)
	}
	if len(files) == 1 {
		return errs[0]
	}
	failed := 0
	for _, err := range errs {
		if err != nil {
			failed++
		}
	}
	switch {
	case failed == 0:
		return nil
	case failed == len(files):
		return models.Errorf(models.CodeOf(errs[0]), "import: none of %d files", len(files))
	}
	return models.Errorf(models.Partial, "import: %d of %d files failed", failed, len(files))
}

func (a *app) importOne(ctx context.Context, p *pipeline, in intake) error {
	s, err := a.admit(ctx, in)
	if known := (errKnown{}); errors.As(err, &known) {
		if s, err = a.knownFile(ctx, known.session, in); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	bar := a.newProgress(filepath.Base(oneLine(in.Path)))
	defer bar.Close()
	started := time.Now()
	var damaged error
	anew := s.State == models.Ingesting
	if anew {
		err := a.ingest(ctx, s, p.send(ctx, s), func(done, total time.Duration) { bar.Say("Reading", done, total) })
		if models.CodeOf(err) == models.Partial {
			damaged = err
		} else if err != nil {
			a.discard(ctx, s.ID, err)
			return err
		}
	}
	if err := p.follow(ctx, s.ID, bar.stages("Transcribing")); err != nil {
		return err
	}
	if s, err := a.store.FindSession(ctx, s.ID); err == nil && anew && p.hub != nil {
		a.keepFactor(s.Model, s.Duration, time.Since(started))
	}
	if a.set.Extract.Engine == engineLLM && p.hub != nil {
		if err := a.awaitReading(ctx, s.ID, bar); err != nil && ctx.Err() == nil {
			return err
		}
		ctx = context.WithoutCancel(ctx) // the session is there, whoever reads it later
	}
	bar.Close()
	if err := a.reportImport(ctx, s.ID, time.Since(started)); err != nil {
		return err
	}
	return damaged
}

// knownFile decides what happens with a file that was imported before: a
// session that is not finished is finished, else it is asked whether to
// import it anew.
func (a *app) knownFile(ctx context.Context, s models.Session, in intake) (models.Session, error) {
	if s.State != models.Ready {
		return s, nil
	}
	if a.confirm(fmt.Sprintf("%s was imported before, as session %s of %s. Import it again?", shown(in.Path), s.ID, s.Date)) {
		in.Again = true
		return a.admit(ctx, in)
	}
	return s, models.WithHint(models.Errorf(models.Conflict, "%s was imported before, as session %s of %s", shown(in.Path), s.ID, s.Date),
		"'afterword show %s' shows it; --again imports the file anew", s.ID)
}

// discard removes a session whose file turned out to be useless, so that a
// failed import leaves nothing behind. A full disk or a held lock is no
// reason: then the session is taken up again later.
func (a *app) discard(ctx context.Context, id models.SessionID, why error) {
	switch models.CodeOf(why) {
	case models.Unusable, models.Conflict, models.NotFound:
	default:
		return
	}
	if _, err := a.forgetSession(context.WithoutCancel(ctx), id); err != nil {
		a.log.Error("failed import cannot be removed", "session", id, "error", err.Error())
	}
}

// reportImport prints the id, and for people how much was covered.
func (a *app) reportImport(ctx context.Context, id models.SessionID, took time.Duration) error {
	c, err := a.store.Coverage(ctx, id)
	if err != nil {
		return err
	}
	items, err := a.countItems(ctx, id)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{"schema_version": schemaVersion, "session": id, "coverage": coverageJSON(c), "items": items, "seconds": took.Seconds()})
	}
	fmt.Fprintln(a.stdout, id)
	a.note("%s", coverageLine(c))
	a.note("%d items found. 'afterword show %s' shows them.", items, id)
	a.reportVoices(ctx, id)
	if err := a.sayReading(ctx, id); err != nil {
		return err
	}
	if c.Total(models.FateFailed) > 0 {
		a.warn("%s could not be transcribed; 'afterword coverage %s' says where and why", models.Clock(c.Total(models.FateFailed)), id)
	}
	return nil
}

// pipeline is this process's way into the pipeline: as its owner, or as a
// guest of the process that owns it.
type pipeline struct {
	a     *app
	hub   *hub // nil for a guest
	queue *queue.Queue
	mail  *courier

	missed bool // some chunk could not be published
}

// joinPipeline takes ownership if it is free, else connects to the owner.
func (a *app) joinPipeline(ctx context.Context) (*pipeline, error) {
	for try := 0; ; try++ {
		h, err := a.openHub(ctx, false)
		if err == nil {
			return h.pipeline(), nil
		}
		if models.CodeOf(err) != models.Busy {
			return nil, err
		}
		p, guestErr := a.joinAsGuest(ctx)
		if guestErr == nil {
			return p, nil
		}
		// The owner may just be starting, or stopping.
		if try >= 40 {
			return nil, models.WithHint(err, "wait until it is done, or stop it; 'afterword doctor' tells more")
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(250 * time.Millisecond):
		}
	}
}

func (a *app) joinAsGuest(ctx context.Context) (*pipeline, error) {
	url := a.set.NATS.URL
	if url == "" {
		url = queue.SocketURL(a.home.Socket())
	}
	q, err := queue.Connect(ctx, queue.Config{URL: url, Creds: a.set.NATS.Creds, Name: "guest", Log: a.log})
	if err != nil {
		return nil, err
	}
	mail, err := a.newCourier(q)
	if err != nil {
		q.Close()
		return nil, err
	}
	if a.serviceLocked(ctx) {
		a.note("The background service is locked: this waits for 'afterword unlock'.")
	}
	return &pipeline{a: a, queue: q, mail: mail}, nil
}

// send publishes chunks as they are cut. A chunk that cannot be published is
// safe in the ledger, and published later: by follow, or by whoever owns the
// pipeline next.
func (p *pipeline) send(ctx context.Context, s models.Session) func(models.Chunk, []int16) {
	return func(ch models.Chunk, pcm []int16) {
		if err := p.mail.send(ctx, s, ch, pcm); err != nil {
			p.missed = true
			p.a.log.Warn("chunk was not published", "session", s.ID, "seq", ch.Seq, "error", err.Error())
		} else if p.hub != nil {
			wake(p.hub.work)
		}
	}
}

// publishPending publishes what of a session is pending and not on the queue.
func (p *pipeline) publishPending(ctx context.Context, id models.SessionID) error {
	chunks, err := p.a.store.Chunks(ctx, id)
	if err != nil {
		return err
	}
	waiting, err := p.queue.Has(ctx, id)
	if err != nil {
		return fmt.Errorf("compare ledger and queue: %w", err)
	}
	for _, ch := range chunks {
		if ch.State != models.Pending || waiting[ch.Seq] {
			continue
		}
		if err := p.mail.resend(ctx, ch); err != nil {
			return err
		}
	}
	return nil
}

// follow waits for a session, taking over the pipeline when its owner goes.
func (p *pipeline) follow(ctx context.Context, id models.SessionID, tell stages) error {
	for {
		failed := func() error {
			_, _, pending, err := p.a.store.Progress(ctx, id)
			if err != nil || pending == 0 {
				return err
			}
			return p.a.serviceMute(ctx)
		}
		if p.hub != nil {
			failed = p.hub.Failed
			wake(p.hub.due)
		}
		if p.missed {
			p.missed = p.publishPending(ctx, id) != nil
		}
		err := follow(ctx, p.a, p.queue, id, failed, tell)
		if !errors.Is(err, errOwnerGone) || p.hub != nil {
			return err
		}
		p.queue.Close()
		next, err := p.a.joinPipeline(ctx)
		if err != nil {
			return err
		}
		*p = *next
	}
}

func (p *pipeline) Close() {
	if p.hub != nil {
		p.hub.Close()
		return
	}
	p.queue.Close()
}
