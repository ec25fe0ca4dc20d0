package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

func newRetention(a *app) *cobra.Command {
	var sound string
	cmd := &cobra.Command{
		Use: "retention", Short: "How long sound is kept; words always stay", Args: cobra.NoArgs,
		Long: `How long the sound of a session is kept. Unless you choose something else, that
is always. With --sound 90 the keys of a session's sound are destroyed 90 days
after the session, by 'afterword serve'; its words, items and notes stay.

Nothing goes unsaid: a week before, Today and this command say which sound goes
and on what day, and no sound goes that this was not said of. Where reminders are
on, one asks you to look then. 'keep' has one stay.`,
		Example: "  afterword retention\n  afterword retention --sound 90\n  afterword retention --sound always\n  afterword retention keep 7f2c",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			b, err := a.book(ctx)
			if err != nil {
				return err
			}
			r, err := b.Retention(ctx)
			if err == nil && sound != "" {
				if r.Sound, err = soundDays(sound); err != nil {
					return err
				}
				r, err = b.SaveRetention(ctx, r)
			}
			if err != nil {
				return err
			}
			return a.printRetention(ctx, b, r)
		},
	}
	cmd.Flags().StringVar(&sound, "sound", "", "keep it for that many `DAYS` after a session, or always")
	a.jsonFlag(cmd)
	cmd.AddCommand(newRetentionKeep(a))
	return cmd
}

func soundDays(s string) (int, error) {
	if s == "always" {
		return 0, nil
	}
	n, err := strconv.Atoi(strings.TrimSuffix(s, "d"))
	if err != nil || n < 1 {
		return 0, usagef("--sound is a number of days such as 90, or always, not %q", s)
	}
	return n, nil
}

func newRetentionKeep(a *app) *cobra.Command {
	var undo bool
	cmd := &cobra.Command{
		Use: "keep SESSION", Short: "Have the sound of one session stay", Args: cobra.ExactArgs(1), Example: "  afterword retention keep 7f2c\n  afterword retention keep 7f2c --undo",
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			s, err := a.openSession(ctx, args)
			if err != nil {
				return err
			}
			b := a.pages()
			r, err := b.KeepSound(ctx, s.ID, !undo)
			if err != nil {
				return err
			}
			return a.printRetention(ctx, b, r)
		},
		ValidArgsFunction: a.completeSessions,
	}
	cmd.Flags().BoolVar(&undo, "undo", false, "as the others again")
	a.jsonFlag(cmd)
	return cmd
}

func (a *app) printRetention(ctx context.Context, b *days.Book, r days.Retention) error {
	leaving, err := b.Leaving(ctx)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{"schema_version": schemaVersion, "sound": r.Sound, "keep": r.Keep, "leaving": append([]days.Leaving{}, leaving...)})
	}
	if r.Sound == 0 {
		fmt.Fprintln(a.stdout, "Everything is kept.")
		return nil
	}
	fmt.Fprintf(a.stdout, "The sound of a session is kept for %d days. Its words stay.\n", r.Sound)
	for _, l := range leaving {
		fmt.Fprintf(a.stdout, "  %s  of %s: its sound goes %s\n", l.Session, l.Date, b.Shown(l.Day))
	}
	return nil
}

// tidyEvery is how often the service looks for sound that is not to be kept.
const tidyEvery = time.Hour

// tidy destroys what the client chose not to keep, until ctx ends.
func (h *hub) tidy(ctx context.Context) {
	select {
	case <-ctx.Done():
		return
	case <-h.begun:
	}
	t := time.NewTicker(tidyEvery)
	defer t.Stop()
	for {
		if h.open() {
			if err := h.a.letSoundGo(ctx, h.a.pages()); err != nil && ctx.Err() == nil {
				h.a.log.Warn("sound that is not to be kept is still there", "error", err.Error())
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// letSoundGo destroys the sound that is due. It is noted last: interrupted, it
// is done again.
func (a *app) letSoundGo(ctx context.Context, b *days.Book) error {
	due, err := b.Due(ctx)
	for _, id := range due {
		if err == nil {
			err = a.forgetSound(ctx, id)
		}
		if err == nil {
			err = b.SoundGone(ctx, id)
		}
	}
	return err
}

// forgetSound destroys the sound of a session, its keys first, and what was
// drawn from it. Its words stay.
func (a *app) forgetSound(ctx context.Context, id models.SessionID) error {
	if err := a.spool.Forget(id); err != nil {
		return fmt.Errorf("destroy sound of session %s: %w", id, err)
	}
	if err := a.store.SavePeaks(ctx, id, nil); err != nil {
		return err
	}
	if err := a.forgetQueued(ctx, id); err != nil {
		a.log.Warn("queue still holds sealed chunks of a sound that went", "session", id, "error", err.Error())
	}
	return a.store.EmptyLog(ctx)
}
