package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/capture/mic"
	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/vault"
)

// longestRecording is when a recording that was forgotten ends by itself.
const longestRecording = 4 * time.Hour

// recordOrder is what a person asked `record` for.
type recordOrder struct {
	title, with, device, consent string
	stereo, later                bool
	most, silence                time.Duration
	answer                       models.SessionID // it is one that is said; nobody else is in the room

	spare *recorder // started while the store was opened; nil is none
}

func newRecord(a *app) *cobra.Command {
	var o recordOrder
	cmd := &cobra.Command{
		Use: "record", Short: "Record a session, and write it down while it goes on", Args: cobra.NoArgs,
		Long: `Record a session, and write it down while it goes on.

Ctrl-C or 'afterword stop' ends it; then the rest is written down. 'pause',
'resume', 'mark' and 'strike' work from another terminal. A pulled plug, a
crashed sound system, a full disk or a killed program end nothing: it goes on
as soon as it can, and what is missing is named with its reason.

Before the first recording, and with somebody new, you are asked whether
everyone agreed.`,
		Example: `  afterword record
  afterword record --title "Fourth session" --with "Dr. Osei"
  afterword record --device usb --stereo            one voice on each channel
  afterword record --later                          on battery: write it down afterwards
  afterword record --consent yes --max 1h           from a script`,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.record(cmd.Context(), o) },
	}
	f := cmd.Flags()
	f.StringVar(&o.title, "title", "", "title of the session (default: day and time)")
	f.StringVar(&o.with, "with", "", "`NAME` of the person you talk with")
	f.StringVar(&o.device, "device", "", "microphone: number, identity or part of the name, as 'devices' shows")
	f.BoolVar(&o.stereo, "stereo", false, "keep two channels: each holds one voice")
	f.StringVar(&o.consent, "consent", "", "`yes`: everyone in the room agreed")
	f.BoolVar(&o.later, "later", false, "transcribe only after the end")
	f.DurationVar(&o.most, "max", longestRecording, "end by itself after so `LONG`")
	f.DurationVar(&o.silence, "stop-after-silence", 0, "end by itself after nobody was heard for so `LONG`, such as 20m")
	_ = cmd.RegisterFlagCompletionFunc("device", completeDevices)
	a.modelFlags(cmd)
	a.jsonFlag(cmd)
	return cmd
}

func (o recordOrder) check() error {
	switch {
	case o.most < 0 || o.silence < 0:
		return usagef("--max and --stop-after-silence are lengths, such as 90m")
	case o.silence > 0 && o.silence < 10*time.Second:
		return usagef("--stop-after-silence of %s would end every session; use minutes, such as 20m", o.silence)
	}
	return nil
}

func (a *app) record(ctx context.Context, o recordOrder) error {
	if err := o.check(); err != nil {
		return err
	}
	if !mic.Available {
		_, err := mic.Open("")
		return err
	}
	if rep, err := a.askCapture(captureRequest{Verb: "status"}); err == nil && rep.Status.State != "ended" {
		return a.attach(ctx, rep)
	}
	// A process takes a while to start, and the first words are not said twice.
	o.spare, _ = startRecorder()
	defer o.spare.dismiss()
	if err := a.openLocked(ctx); err != nil {
		return err
	}
	if a.vault.Kind() == vault.Passphrase { // a recording does not wait for it
		soon, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
		a.adopt(soon)
		cancel()
	} else if err := a.unlock(ctx); err != nil {
		return err
	}
	l, err := a.beginRecording(ctx, o)
	if err != nil {
		return err
	}
	return a.stayWith(ctx, l)
}

// attach shows a recording that is going on already.
func (a *app) attach(ctx context.Context, rep captureReply) error {
	if !a.terminal(a.stdout) {
		return models.WithHint(models.Errorf(models.Busy, "session %s is being recorded already", rep.Session), "'afterword status' shows how it goes; 'afterword stop' ends it")
	}
	if err := a.open(ctx); err != nil {
		return err
	}
	a.note("Session %s is being recorded already; this shows it.", rep.Session)
	s, err := a.store.FindSession(ctx, rep.Session)
	if err != nil {
		return err
	}
	l := a.linkTo(s)
	l.attached = true
	return a.stayWith(ctx, l)
}

// microphone is the one that was asked for, or that of the settings; empty is
// the system's own, which also stands in for one of the settings that is not
// plugged in.
func (a *app) microphone(want string) (string, error) {
	if want == "" && a.set.Mic == "" {
		return "", nil
	}
	all, err := mic.Devices()
	if err != nil {
		return "", err
	}
	id, err := chooseDevice(all, cmp.Or(want, a.set.Mic))
	if err != nil && want == "" {
		a.warn("%s; the system's own is taken", err)
		return "", nil
	}
	return id, err
}

// beginRecording asks for consent, makes the session and starts the process
// that records. What has to be known before the first sample comes first; all
// else waits.
func (a *app) beginRecording(ctx context.Context, o recordOrder) (_ *link, err error) {
	consent := int64(0)
	if o.answer == "" {
		if consent, err = a.consent(ctx, o.with, o.consent); err != nil {
			return nil, err
		}
	}
	order := captureOrder{Spool: a.home.Spool(), Socket: a.home.Capture(), Channels: 1, Most: o.most, Silence: o.silence}
	if o.stereo {
		order.Channels = 2
	}
	if order.Device, err = a.microphone(o.device); err != nil {
		return nil, err
	}
	now := clock()
	if o.title == "" && o.answer == "" {
		o.title = "Session of " + now.Format("2 January 2006, 15:04")
	}
	s, err := a.store.SaveSession(ctx, models.Session{
		ID: o.answer, Title: oneLine(o.title), With: oneLine(o.with), Date: models.DateOf(now), Source: models.SourceRecording,
		Language: a.set.Language, Model: a.set.Model, Channels: order.Channels, State: models.Ingesting,
	})
	if err != nil {
		return nil, err
	}
	l := &link{a: a, order: order, spare: o.spare}
	l.order.Session = s.ID
	err = a.store.SaveRecording(ctx, models.Recording{Session: s.ID, Later: o.later}, consent)
	if err == nil {
		l.order.Public, err = a.publicHalf(ctx, s.ID)
	}
	if err == nil {
		err = l.launch()
	}
	if err == nil {
		err = l.begun(ctx)
	}
	if err != nil {
		if rep, aerr := a.askCapture(captureRequest{Verb: "status"}); aerr == nil && rep.Session == s.ID {
			_, _ = a.askCapture(captureRequest{Verb: "stop"}) // nobody would know of it
		}
		if _, ferr := a.forgetSession(context.WithoutCancel(ctx), s.ID); ferr != nil {
			a.log.Error("recording that never began cannot be removed", "session", s.ID, "error", ferr.Error())
		}
		return nil, err
	}
	return l, nil
}

// publicHalf is the key that a recording is sealed with: of the session's own
// ring. The process that made the session has it while the store is locked.
func (a *app) publicHalf(ctx context.Context, id models.SessionID) ([]byte, error) {
	ring, err := a.sessionRing(ctx, id)
	if err != nil {
		return nil, err
	}
	return ring.Public(), nil
}

// begun waits until the first sound is durable, or the recorder says why there
// is none.
func (l *link) begun(ctx context.Context) error {
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end) && ctx.Err() == nil; time.Sleep(10 * time.Millisecond) {
		if err := l.connect(); err != nil {
			if _, broken := l.Status(); broken != nil {
				return broken
			}
			continue
		}
		st, _ := l.Status()
		l.line.Close()
		l.line = nil
		if st.Durable > 0 || st.State == "ended" {
			return nil
		}
	}
	if ctx.Err() != nil {
		if rep, err := l.a.askCapture(captureRequest{Verb: "status"}); err == nil && rep.Status.Durable > 0 {
			return nil // Ctrl-C came at once, and yet something was said
		}
		return context.Cause(ctx)
	}
	return models.WithHint(models.Errorf(models.Unusable, "the microphone gives no sound"), "'afterword devices' lists others; another program may hold this one")
}

// stayWith shows a recording until it has ended and writes the session down.
// Ctrl-C ends the recording, not the writing.
func (a *app) stayWith(ctx context.Context, l *link) error {
	id := l.order.Session
	way := newWay(a)
	defer way.Close()
	if over, err := a.attend(ctx, l, way, showRecording); err != nil || !over {
		return err
	}
	p, err := way.end()
	if err != nil {
		return a.kept(id, err)
	}
	if err := a.unlockAfter(ctx); err != nil {
		a.note("Session %s is safe. It is written down once the store is open: 'afterword unlock' where the service runs, else 'afterword serve'.", id)
		fmt.Fprintln(a.stdout, id)
		return nil
	}
	return a.writeDown(context.WithoutCancel(ctx), id, p)
}

// attend shows a recording until it is over, and follows it unless somebody else
// does. It is not over if it was begun elsewhere and goes on there. Ctrl-C ends
// it.
func (a *app) attend(ctx context.Context, l *link, way *way, show func(context.Context, *app, models.SessionID) error) (over bool, err error) {
	id := l.order.Session
	lasting := context.WithoutCancel(ctx)
	served := a.poke(lasting)
	followed := make(chan error, 1)
	var lock io.Closer
	var lerr error = errServed
	if !served {
		lock, lerr = a.lockFollow()
	}
	showing, hide := context.WithCancel(ctx)
	defer hide()
	if lerr == nil {
		defer func() { lock.Close() }()
		f, err := a.newFollower(lasting, id)
		if err != nil {
			return false, err
		}
		f.link = l
		go func() {
			err := f.follow(lasting, func() func(models.Chunk, []int16) { return way.send(lasting, f.s) })
			if err != nil && models.CodeOf(err) != models.Locked {
				hide() // it cannot go on: whoever looks must be told so
			}
			followed <- err
		}()
	}
	err = show(showing, a, id)
	if ctx.Err() != nil && l.attached && lerr != nil {
		a.note("The recording goes on; 'afterword stop' ends it.")
		return false, nil
	}
	if ctx.Err() != nil {
		if _, serr := a.askCapture(captureRequest{Verb: "stop"}); serr != nil && models.CodeOf(serr) != models.NotServed && models.CodeOf(serr) != models.Conflict {
			a.warn("the recorder does not answer: %v", serr)
		}
	} else if err != nil {
		return false, err
	}
	if lerr == nil {
		if err := <-followed; err != nil && models.CodeOf(err) != models.Locked {
			return false, err
		}
		lock.Close()
	}
	return true, nil
}

// unlockAfter opens the vault after a recording: with the key of the service, a
// passphrase file, or by asking. After a Ctrl-C nobody is asked: another one
// would end the program in the middle of it.
func (a *app) unlockAfter(ctx context.Context) error {
	if !a.vault.Locked() {
		return nil
	}
	if os.Getenv("AFTERWORD_PASSPHRASE_FILE") != "" {
		return a.unlock(context.WithoutCancel(ctx))
	}
	if ctx.Err() == nil && a.canAsk() && !a.serviceLocked(ctx) {
		a.note("The recording is safe. To write it down now, the store has to be open.")
		return a.unlock(ctx)
	}
	if !a.adopt(context.WithoutCancel(ctx)) {
		return models.Errorf(models.Locked, "the store is locked")
	}
	return nil
}

var errServed = errors.New("the service follows")

// poke tells the service to follow a recording at once. It reports whether
// there is one.
func (a *app) poke(ctx context.Context) bool {
	_, err := askControl(ctx, a.home.Control(), controlRequest{Verb: "follow"})
	return err == nil
}

// kept tells that a recording is safe although something else went wrong.
func (a *app) kept(id models.SessionID, err error) error {
	fmt.Fprintln(a.stdout, id)
	return models.WithHint(fmt.Errorf("the recording is safe, but it could not be written down: %w", err), "%s", models.HintOf(err))
}

// tellRecording tells of a recording in plain lines.
func tellRecording(ctx context.Context, a *app, id models.SessionID) error {
	r := &statusReader{a: a}
	defer r.Close()
	t := time.NewTicker(250 * time.Millisecond)
	defer t.Stop()
	var before recordingStatus
	warned := map[string]bool{}
	minute := 0
	for {
		st, err := r.read(ctx)
		if err != nil {
			if story, serr := a.spool.Story(id, nil); serr != nil || story.Ended {
				return nil // it ended before anybody looked
			}
			st = recordingStatus{Session: id, State: before.State} // it is started again
		} else if before.State == "" {
			a.note("Recording session %s with %s (%d Hz). Ctrl-C ends it.", id, orUnknown(oneLine(st.Device)), st.Rate)
		} else if st.State != before.State {
			a.note("%s", statusLine(st))
		}
		now := map[string]bool{}
		for _, w := range st.Warnings {
			if now[w] = true; !warned[w] && !similar(w, before.Warnings) {
				a.note("%s  ! %s", models.Clock(time.Duration(st.Elapsed*1e9)), w)
			}
		}
		warned = now
		if m := int(st.Elapsed / 60); m > minute && st.State == "recording" {
			minute = m
			a.note("%s  level %s, %d parts written down, %d wait", models.Clock(time.Duration(st.Elapsed*1e9)), levels(st), st.Done, st.Waiting)
		}
		if before = st; st.State == "ended" {
			if st.Why != "" {
				a.note("It ended: %s.", st.Why)
			}
			return nil
		}
		select {
		case <-ctx.Done():
			a.note("\nStopping. The recording is safe in %s.", a.home.Spool())
			return nil
		case <-t.C:
		}
	}
}

// similar tells whether a warning says the same as one before, save for its
// numbers.
func similar(w string, before []string) bool {
	for _, b := range before {
		if digitless(b) == digitless(w) {
			return true
		}
	}
	return false
}

func digitless(s string) string {
	out := make([]rune, 0, len(s))
	for _, r := range s {
		if r < '0' || r > '9' {
			out = append(out, r)
		}
	}
	return string(out)
}
