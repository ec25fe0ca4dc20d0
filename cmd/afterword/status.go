package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/models"
)

func newStatus(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use: "status", Short: "How the recording is going", Args: cobra.NoArgs,
		Long: `Tell how the recording is going, and whether the background service waits for
the passphrase. Exit code 5 says that nothing is being recorded.`,
		Example: "  afterword status\n  afterword status --json",
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.showStatus(cmd.Context()) },
	}
	a.jsonFlag(cmd)
	return cmd
}

func newPause(a *app) *cobra.Command {
	return a.captureCommand("pause", "Pause the recording; the microphone is closed meanwhile", "pause", func(captureReply) string {
		return "Paused: nothing is recorded until 'afterword resume'."
	})
}

func newResume(a *app) *cobra.Command {
	return a.captureCommand("resume", "Go on after a pause", "resume", func(captureReply) string { return "Recording again." })
}

// captureCommand is a command that only asks the recording process for
// something. It needs neither store nor service.
func (a *app) captureCommand(use, short, verb string, say func(captureReply) string) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: cobra.NoArgs, Example: "  afterword " + use,
		RunE: func(*cobra.Command, []string) error {
			rep, err := a.askCapture(captureRequest{Verb: verb})
			if err != nil {
				return err
			}
			a.note("%s", say(rep))
			return nil
		},
	}
}

func newMark(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "mark [NOTE…]", Short: "Mark this moment of the recording, with a note if you like", Args: cobra.ArbitraryArgs,
		Long: `Mark this moment of the recording, so that you find it again. A note is sealed
at once; but what you type on a command line may stay in your shell's history.
'-' reads the note from standard input instead.`,
		Example: "  afterword mark\n  afterword mark ask about this again\n  afterword mark -",
		RunE: func(_ *cobra.Command, args []string) error {
			note := strings.Join(args, " ")
			if note == "-" {
				b, err := a.readInput("-")
				if err != nil {
					return err
				}
				note = strings.TrimSpace(string(b))
			}
			if len(note) > 4096 {
				return usagef("a note has at most 4096 bytes; this one has %d", len(note))
			}
			rep, err := a.askCapture(captureRequest{Verb: "mark", Note: note})
			if err != nil {
				return err
			}
			a.note("Marked %s.", models.Clock(rep.At))
			return nil
		},
	}
}

func newStop(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "stop", Short: "End the recording and write the session down", Args: cobra.NoArgs,
		Example: "  afterword stop",
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.stopRecording(cmd.Context()) },
	}
}

func (a *app) stopRecording(ctx context.Context) error {
	rep, err := a.askCapture(captureRequest{Verb: "stop"})
	if err != nil {
		return err
	}
	fmt.Fprintln(a.stdout, rep.Session)
	a.note("Stopped after %s.", models.Clock(rep.Status.Elapsed))
	served := a.poke(ctx)
	if served && a.serviceLocked(ctx) {
		a.note("It is written down after 'afterword unlock'.")
		return nil
	}
	var lock io.Closer
	if !served {
		lock, err = a.lockFollow()
	}
	if served || models.CodeOf(err) == models.Busy {
		a.note("It is being written down; 'afterword show %s' shows what mattered.", rep.Session)
		return nil
	}
	if err != nil {
		return err
	}
	lock.Close()
	// Nobody follows it: then it is finished here.
	if err := a.open(ctx); models.CodeOf(err) == models.Locked {
		a.note("It is safe, and written down once the store is open: 'afterword serve' does it, given the passphrase.")
		return nil
	} else if err != nil {
		return err
	}
	return a.writeDown(ctx, rep.Session, nil)
}

// statusReader tells how a recording is going, as often as it is asked: what
// the recording process says, and what the ledger knows.
type statusReader struct {
	a     *app
	line  *captureLine
	last  recordingStatus
	about models.SessionID // whose title and words are kept here
	title string
	later bool
	done  int
	heard []string
}

const shownSegments = 5

// read asks anew. While the recording process is being replaced, it says so.
// NotServed if nothing is being recorded, also where what was has been destroyed
// since: the sound of an answer goes as soon as its words are taken down.
func (r *statusReader) read(ctx context.Context) (recordingStatus, error) {
	rep, err := r.ask()
	if err != nil {
		if r.last.Session == "" {
			return recordingStatus{}, err
		}
		story, serr := r.a.spool.Story(r.last.Session, nil)
		if models.CodeOf(serr) == models.NotFound {
			r.last = recordingStatus{}
			return recordingStatus{}, err
		}
		if serr == nil && story.Ended {
			rep, err = captureReply{Session: r.last.Session, Status: endedStatus(story)}, nil
			rep.Status.Captured = story.Length
			for _, g := range story.Gaps {
				rep.Status.Captured -= g.Len()
				rep.Status.Gap += g.Len()
				rep.Status.Gaps++
			}
		}
	}
	if err != nil {
		r.last.State = "waiting"
		r.last.Warnings = []string{"The recorder is being started again."}
		return r.last, nil
	}
	st := rep.Status
	out := recordingStatus{
		Session: rep.Session, State: st.State, Started: st.Started, Elapsed: seconds(st.Elapsed), Captured: seconds(st.Captured),
		Device: st.Device, Rate: st.Rate, Channels: st.Channels, Peak: st.Peak, RMS: st.RMS, Gaps: st.Gaps, GapSeconds: seconds(st.Gap),
		Warnings: append([]string{}, st.Warnings...), DiskMinutes: st.Minutes, Why: st.Why,
	}
	r.addLedger(ctx, &out)
	r.last = out
	return out, nil
}

// seconds are whole milliseconds, so that no digit is printed that means
// nothing.
func seconds(d time.Duration) float64 { return math.Round(float64(d)/1e6) / 1e3 }

func (r *statusReader) ask() (captureReply, error) {
	if r.line == nil {
		line, err := dialCapture(r.a.home.Capture())
		if err != nil {
			return captureReply{}, err
		}
		r.line = line
	}
	rep, err := r.line.ask(captureRequest{Verb: "status"}, 2*time.Second)
	if err != nil {
		r.line.Close()
		r.line = nil
	}
	return rep, err
}

// addLedger adds what the ledger knows; what it cannot tell is left out.
func (r *statusReader) addLedger(ctx context.Context, out *recordingStatus) {
	if r.a.store == nil {
		return
	}
	if r.about != out.Session {
		r.about, r.done, r.heard = out.Session, 0, nil
		if s, err := r.a.store.FindSession(ctx, out.Session); err == nil {
			r.title = s.Title
		}
		if rec, err := r.a.store.FindRecording(ctx, out.Session); err == nil {
			r.later = rec.Later
		}
	}
	out.Title, out.Later = r.title, r.later
	chunks, err := r.a.store.Chunks(ctx, out.Session)
	if err != nil {
		return
	}
	for _, c := range chunks {
		switch c.State {
		case models.Pending:
			out.Waiting++
		case models.Done:
			out.Done++
		}
	}
	if out.Done != r.done && !r.a.vault.Locked() {
		if t, err := r.a.store.Transcript(ctx, out.Session); err == nil {
			r.done, r.heard = out.Done, nil
			for _, g := range t.Segments[max(0, len(t.Segments)-shownSegments):] {
				r.heard = append(r.heard, oneLine(g.Text))
			}
		}
	}
	out.Heard = r.heard
}

// Close closes the connection.
func (r *statusReader) Close() error {
	if r.line != nil {
		return r.line.Close()
	}
	return nil
}

func (a *app) showStatus(ctx context.Context) error {
	if exists(a.home.Database()) {
		if err := a.openLocked(ctx); err != nil {
			return err
		}
	}
	r := &statusReader{a: a}
	defer r.Close()
	locked := a.serviceLocked(ctx)
	st, err := r.read(ctx)
	if err != nil && locked {
		return models.WithHint(models.Errorf(models.CodeOf(err), "%w; the background service is locked", err), "'afterword unlock' lets it write down what was recorded")
	}
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(struct {
			Schema int `json:"schema_version"`
			recordingStatus
			Locked bool `json:"service_locked"`
		}{schemaVersion, st, locked})
	}
	fmt.Fprintln(a.stdout, statusLine(st))
	if st.Device != "" {
		fmt.Fprintf(a.stdout, "Microphone: %s, %d Hz, level %s\n", oneLine(st.Device), st.Rate, levels(st))
	}
	if st.Gaps > 0 {
		fmt.Fprintf(a.stdout, "Gaps: %d, together %s\n", st.Gaps, exact(time.Duration(st.GapSeconds*1e9)))
	}
	switch {
	case st.Later:
		fmt.Fprintln(a.stdout, "It is written down after the end.")
	case st.Waiting+st.Done > 0:
		fmt.Fprintf(a.stdout, "Written down: %d parts; %d wait\n", st.Done, st.Waiting)
	}
	if locked {
		fmt.Fprintln(a.stdout, "The background service is locked: 'afterword unlock' lets it write this down. The recording does not wait.")
	}
	if st.DiskMinutes >= 0 {
		fmt.Fprintf(a.stdout, "Room on the disk: %s\n", room(st.DiskMinutes))
	}
	for _, w := range st.Warnings {
		fmt.Fprintf(a.stdout, "! %s\n", w)
	}
	return nil
}

func room(minutes int) string {
	if minutes >= 120 {
		return fmt.Sprintf("about %d hours", minutes/60)
	}
	return fmt.Sprintf("%d minutes", minutes)
}

// statusLine is the state in one line.
func statusLine(st recordingStatus) string {
	at := models.Clock(time.Duration(st.Elapsed * 1e9))
	switch st.State {
	case "paused":
		return fmt.Sprintf("Paused at %s; %s recorded. Session %s", at, models.Clock(time.Duration(st.Captured*1e9)), st.Session)
	case "waiting":
		return fmt.Sprintf("Waiting for a microphone at %s; %s recorded. Session %s", at, models.Clock(time.Duration(st.Captured*1e9)), st.Session)
	case "ended":
		return fmt.Sprintf("Ended after %s. Session %s", at, st.Session)
	}
	return fmt.Sprintf("Recording, %s. Session %s", at, st.Session)
}

// levels are the peaks of the channels, dBFS.
func levels(st recordingStatus) string {
	var parts []string
	for _, p := range st.Peak {
		parts = append(parts, fmt.Sprintf("%.0f dB", p))
	}
	return strings.Join(parts, ", ")
}
