package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/models"
)

// strikeOrder says which stretch of which session is to be destroyed.
type strikeOrder struct {
	session, last, from, to string
	dry                     bool
}

func newStrike(a *app) *cobra.Command {
	var o strikeOrder
	cmd := &cobra.Command{
		Use: "strike", Short: "Destroy a part of a session: its sound, its words and what rests on them", Args: cobra.NoArgs,
		Long: `Destroy a part of a session for good: the keys of its sound, the words, the
items that rest on them, and what the queue holds of it. What comes before and
after stays. Coverage shows that something was struck there, not what.

While recording, --last counts back from now. A sentence that lies on the edge
goes too.`,
		Example: `  afterword strike --last 2m                      the last two minutes, while recording
  afterword strike --session 7f2c --from 12:30 --to 14:05
  afterword strike --session 7f2c --last 90s --dry-run`,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.strikeCommand(cmd.Context(), o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.last, "last", "", "so much, up to now or to the session's end: `2m`, 90s, 1:30")
	f.StringVar(&o.session, "session", "", "`ID` of the session (default: the one that is being recorded)")
	f.StringVar(&o.from, "from", "", "`TIME` in the session, such as 12:30")
	f.StringVar(&o.to, "to", "", "`TIME` in the session, such as 14:05")
	f.BoolVar(&o.dry, "dry-run", false, "say what would be destroyed, and destroy nothing")
	a.jsonFlag(cmd)
	return cmd
}

// parseClock reads 90s, 2m, 1m30s, 12:30, 1:02:03 or plain seconds.
func parseClock(s string) (time.Duration, error) {
	s = strings.TrimSpace(s)
	bad := usagef("%q is no time: write 12:30, 90s or 2m", s)
	if d, err := time.ParseDuration(s); err == nil && d >= 0 && d < 1000*time.Hour {
		return d, nil
	}
	parts := strings.Split(s, ":")
	if s == "" || len(parts) > 3 {
		return 0, bad
	}
	var sum float64
	for i, p := range parts {
		v, err := strconv.ParseFloat(p, 64)
		if err != nil || v < 0 || v > 1e6 || i > 0 && v >= 60 || strings.Trim(p, "0123456789.") != "" || i < len(parts)-1 && strings.Contains(p, ".") {
			return 0, bad
		}
		sum = sum*60 + v
	}
	return time.Duration(sum * float64(time.Second)), nil
}

func (a *app) strikeCommand(ctx context.Context, o strikeOrder) error {
	if (o.last == "") == (o.from == "" && o.to == "") {
		return usagef("strike needs --last, or --from and --to")
	}
	if err := a.open(ctx); err != nil {
		return err
	}
	id, length, live, err := a.strikeTarget(ctx, o)
	if err != nil {
		return err
	}
	what, err := o.span(length)
	if err != nil {
		return err
	}
	what = what.Clip(models.Span{End: length + time.Millisecond})
	if what.Len() < time.Millisecond {
		return models.WithHint(models.Errorf(models.Invalid, "strike: nothing lies there; the session is %s long", models.Clock(length)), "'afterword coverage %s' shows it", id)
	}
	if o.dry {
		fmt.Fprintf(a.stdout, "Would destroy %s of session %s, %s.\n", what, id, exact(what.Len()))
		return nil
	}
	if !live && !a.confirm(fmt.Sprintf("Destroy %s of session %s for good? This cannot be undone.", what, id)) {
		return models.WithHint(models.Errorf(models.Invalid, "strike: not confirmed; nothing was changed"), "--yes confirms without asking")
	}
	rec, err := a.strike(ctx, id, what)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{"schema_version": schemaVersion, "session": id, "start": what.Start.Seconds(), "end": what.End.Seconds(), "receipt": rec})
	}
	fmt.Fprintf(a.stdout, "Struck: %s of session %s. Gone are %s.\n", what, id, rec)
	if !live && rec.Again > 0 {
		return a.writeAgain(ctx, id)
	}
	return nil
}

// strikeTarget finds the session and how long it is. A recording closes the
// minute that it is writing first.
func (a *app) strikeTarget(ctx context.Context, o strikeOrder) (id models.SessionID, length time.Duration, live bool, err error) {
	running, rerr := a.askCapture(captureRequest{Verb: "status"})
	if o.session == "" {
		if rerr != nil {
			return "", 0, false, usagef("nothing is being recorded: name a session with --session")
		}
		id = running.Session
	} else if id, err = a.store.ResolveSession(ctx, o.session); err != nil {
		return "", 0, false, err
	}
	if live = rerr == nil && running.Session == id && running.Status.State != "ended"; live {
		if o.dry {
			return id, running.Status.Durable, true, nil
		}
		rep, err := a.askCapture(captureRequest{Verb: "rotate"})
		return id, rep.At, true, err
	}
	s, err := a.store.FindSession(ctx, id)
	if err == nil && s.State == models.Ingesting {
		err = models.WithHint(models.Errorf(models.Busy, "session %s is still being read in", id), "wait until it is done")
	}
	return id, s.Duration, false, err
}

// span is the stretch that is meant, in a session that is so long by now.
func (o strikeOrder) span(length time.Duration) (models.Span, error) {
	if o.last != "" {
		d, err := parseClock(o.last)
		return models.Span{Start: max(0, length-d), End: length}, err
	}
	if o.from == "" || o.to == "" {
		return models.Span{}, usagef("strike needs both --from and --to")
	}
	from, err := parseClock(o.from)
	if err != nil {
		return models.Span{}, err
	}
	to, err := parseClock(o.to)
	if err == nil && to <= from {
		err = usagef("--to lies before --from")
	}
	return models.Span{Start: from, End: to}, err
}

// strikeReceipt says what was destroyed.
type strikeReceipt struct {
	Seconds  float64 `json:"seconds"`
	Frames   int     `json:"frames"` // of sound
	Segments int     `json:"segments"`
	Items    int     `json:"items"`
	Again    int     `json:"again"` // chunks written down again without it
}

func (r strikeReceipt) String() string {
	return fmt.Sprintf("the keys of its sound (%d frames), %d segments, %d items", r.Frames, r.Segments, r.Items)
}

// strike destroys the words first, in one transaction, then the sound, then
// what the queue holds. Interrupted, the rest is done at the next start.
func (a *app) strike(ctx context.Context, id models.SessionID, what models.Span) (strikeReceipt, error) {
	out := strikeReceipt{Seconds: what.Len().Seconds()}
	rec, err := a.store.Strike(ctx, id, what)
	for try := 0; models.CodeOf(err) == models.Busy && try < 50; try++ {
		time.Sleep(100 * time.Millisecond)
		err = a.store.EmptyLog(ctx)
	}
	if err != nil {
		return out, err
	}
	out.Segments, out.Items, out.Again = rec.Segments, rec.Items, rec.Again
	if out.Frames, err = a.strikeSound(ctx, id, what); err != nil {
		return out, err
	}
	if err := a.forgetQueued(ctx, id); err != nil {
		a.log.Warn("queue still holds sealed chunks that were struck", "session", id, "error", err.Error())
	}
	if p, err := a.joinAsGuest(ctx); err == nil {
		defer p.Close()
		if err := p.publishPending(ctx, id); err != nil {
			a.log.Warn("what stays was not published", "session", id, "error", err.Error())
		}
	}
	return out, nil
}

func (a *app) strikeSound(ctx context.Context, id models.SessionID, what models.Span) (int, error) {
	ring, err := a.sessionRing(ctx, id)
	if err != nil {
		return 0, err
	}
	n, err := a.spool.Strike(id, ring, what)
	if err != nil && models.CodeOf(err) != models.NotFound {
		return n, err
	}
	return n, a.store.FinishStrike(ctx, id, what)
}

// writeAgain waits until what stays beside a strike has its words.
func (a *app) writeAgain(ctx context.Context, id models.SessionID) error {
	p, err := a.joinPipeline(ctx)
	if models.CodeOf(err) == models.NoModel {
		a.note("What lies beside it is written down as soon as there is a speech model.")
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { p.Close() }()
	bar := a.newProgress(string(id))
	defer bar.Close()
	err = p.follow(ctx, id, func(done, total time.Duration) { bar.Say("Writing down what stays", done, total) })
	if errors.Is(err, context.Canceled) {
		a.note("It is finished later.")
	}
	return err
}
