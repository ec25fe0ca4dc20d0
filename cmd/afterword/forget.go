package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/queue"
)

func newForget(a *app) *cobra.Command {
	var dry bool
	cmd := &cobra.Command{
		Use: "forget SESSION", Short: "Destroy a session for good", Args: cobra.ExactArgs(1),
		Long: `Destroy a session for good: its key first, then its sound, its words, its items
and what the queue holds of it. Copies that you exported or backed up elsewhere
are not reached, but backups hold the same key sealed: keep or delete them as
you see fit.`,
		Example:           "  afterword forget 7f2c\n  afterword forget 7f2c --dry-run\n  afterword forget 7f2c --yes",
		ValidArgsFunction: a.completeSessions,
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			s, err := a.openSession(ctx, args)
			if err != nil {
				return err
			}
			if err := a.notRecording(s.ID); err != nil {
				return err
			}
			what := fmt.Sprintf("session %s of %s, %s", s.ID, s.Date, length(s.Duration))
			if dry {
				fmt.Fprintf(a.stdout, "Would destroy %s: %q\n", what, oneLine(s.Title))
				return nil
			}
			if !a.confirm(fmt.Sprintf("Destroy %s for good? This cannot be undone.", what)) {
				return models.WithHint(models.Errorf(models.Invalid, "forget session: not confirmed; nothing was changed"), "--yes confirms without asking")
			}
			rec, err := a.forgetSession(ctx, s.ID)
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string]any{"schema_version": schemaVersion, "session": s.ID, "receipt": rec})
			}
			fmt.Fprintf(a.stdout, "Session %s is gone: its key, %s.\n", s.ID, rec)
			return nil
		},
	}
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say what would be destroyed, and destroy nothing")
	a.jsonFlag(cmd)
	return cmd
}

// notRecording refuses to destroy a session while it is being recorded.
func (a *app) notRecording(id models.SessionID) error {
	rep, err := a.askCapture(captureRequest{Verb: "status"})
	if err == nil && rep.Session == id && rep.Status.State != "ended" {
		return models.WithHint(models.Errorf(models.Busy, "session %s is being recorded", id), "end it first: 'afterword stop'; 'afterword strike --last 2m' destroys a part while it goes on")
	}
	return nil
}

// forgetSession destroys the key, then everything that it opened. The order
// matters: once the key is gone, an interruption leaves unreadable bytes.
func (a *app) forgetSession(ctx context.Context, id models.SessionID) (forgotten, error) {
	key, err := a.store.SessionKey(ctx, id)
	if err != nil {
		return forgotten{}, err
	}
	if err := a.pages().UnsayOf(ctx, id); err != nil && models.CodeOf(err) != models.Locked {
		return forgotten{}, err
	}
	rec, err := a.store.ForgetSession(ctx, id)
	for try := 0; models.CodeOf(err) == models.Busy && try < 50; try++ {
		// All rows are gone, but another process is reading and keeps the log
		// from being emptied; that takes it no longer than a query.
		time.Sleep(100 * time.Millisecond)
		err = a.store.EmptyLog(ctx)
	}
	if err != nil {
		return forgotten{}, err
	}
	a.vault.Ring().Forget(key)
	if err := a.spool.Forget(id); err != nil {
		return forgotten{}, fmt.Errorf("destroy sound of session %s: %w", id, err)
	}
	if err := a.forgetQueued(ctx, id); err != nil {
		a.log.Warn("queue still holds sealed chunks of a forgotten session", "session", id, "error", err.Error())
	}
	return forgotten{Chunks: rec.Chunks, Segments: rec.Segments, Items: rec.Items, Entries: rec.Entries}, nil
}

// forgotten is the receipt of a forgotten session.
type forgotten struct {
	Chunks   int `json:"chunks"`
	Segments int `json:"segments"`
	Items    int `json:"items"`
	Entries  int `json:"entries"`
}

func (f forgotten) String() string {
	return fmt.Sprintf("its sound, %d chunks, %d segments, %d items, %d notes, plans and outcomes", f.Chunks, f.Segments, f.Items, f.Entries)
}

// forgetQueued purges a session from the queue: through whoever runs it, or,
// where nobody does, by removing the queue's folder, which never holds
// anything that the ledger does not know.
func (a *app) forgetQueued(ctx context.Context, id models.SessionID) error {
	url := a.set.NATS.URL
	if url == "" {
		url = queue.SocketURL(a.home.Socket())
	}
	q, err := queue.Connect(ctx, queue.Config{URL: url, Creds: a.set.NATS.Creds, Log: a.log})
	if err == nil {
		defer q.Close()
		return q.Forget(ctx, id)
	}
	if a.set.NATS.URL != "" {
		return err
	}
	lock, err := a.home.lockOwner()
	if err != nil {
		return err
	}
	return errors.Join(os.RemoveAll(a.home.Queue()), lock.Close())
}
