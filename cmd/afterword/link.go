package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/afterword/afterword/capture"
	"github.com/afterword/afterword/models"
)

// How the recording process is watched. Its loop may wait for a slow disk as
// long as its ring holds; but a process that does not even answer is dead.
const (
	heartbeat  = 200 * time.Millisecond
	answerless = 700 * time.Millisecond // twice in a row: it is wedged
	startTries = 5                      // without an answer, before somebody is told
)

// link holds on to the recording process: it starts it, asks how it is, and
// starts it again when it is dead or wedged. The recording itself does not need
// the link: it goes on when this process ends.
type link struct {
	a        *app
	order    captureOrder
	line     *captureLine
	pid      int
	attached bool          // somebody else started the recording
	spare    *recorder     // waits for its order; nil is none
	died     chan struct{} // the process that this one started has ended

	mu     sync.Mutex
	last   captureReply
	broken error // why it cannot be started
}

// linkTo holds on to a recording that another process started. What it needs to
// start the recording process again stands in the recording's journal.
func (a *app) linkTo(s models.Session) *link {
	l := &link{a: a, order: captureOrder{Session: s.ID, Spool: a.home.Spool(), Socket: a.home.Capture(), Channels: s.Channels}}
	if story, err := a.spool.Story(s.ID, nil); err == nil {
		l.order.Public = story.Public
	}
	return l
}

// recorder is a recording process that waits for its order. It touches no
// microphone before it has one.
type recorder struct {
	cmd  *exec.Cmd
	in   io.WriteCloser // nil once it has its order
	said *bufio.Reader
}

func startRecorder() (*recorder, error) {
	exe, err := self()
	if err != nil {
		return nil, err
	}
	r := &recorder{cmd: exec.Command(exe, "capture")}
	childAttributes(r.cmd)
	var out io.Reader
	r.in, err = r.cmd.StdinPipe()
	if err == nil {
		out, err = r.cmd.StdoutPipe()
	}
	if err == nil {
		err = r.cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("start recorder: %w", err)
	}
	r.said = bufio.NewReader(out)
	return r, nil
}

// dismiss ends a recorder that got no order. nil is none.
func (r *recorder) dismiss() {
	if r != nil && r.in != nil {
		_ = r.in.Close()
		_ = r.cmd.Process.Kill()
		_ = r.cmd.Wait()
	}
}

// launch gives the order to a recording process and waits until it has begun.
func (l *link) launch() error {
	r := l.spare
	if l.spare = nil; r == nil {
		var err error
		if r, err = startRecorder(); err != nil {
			return err
		}
	}
	order, err := json.Marshal(l.order)
	if err != nil {
		r.dismiss()
		return fmt.Errorf("start recorder: %w", err)
	}
	cmd, said := r.cmd, r.said
	_, _ = r.in.Write(append(order, '\n')) // if it is gone already, its silence says so
	_ = r.in.Close()
	r.in = nil
	first, rerr := said.ReadBytes('\n')
	var rep captureReply
	if rerr != nil || json.Unmarshal(first, &rep) != nil {
		_ = cmd.Process.Kill()
		return fmt.Errorf("start recorder: it ended at once: %w", errors.Join(rerr, cmd.Wait()))
	}
	died := make(chan struct{})
	l.died = died
	go func() { // what it says later is why it could not go on
		later, _ := io.ReadAll(io.LimitReader(said, 1<<16))
		if err := cmd.Wait(); err != nil {
			l.a.log.Warn("recorder is gone", "session", l.order.Session, "recorder", cmd.Process.Pid, "how", err.Error())
		}
		close(died)
		var rep captureReply
		if json.Unmarshal(later, &rep) == nil && rep.Error != "" {
			l.mu.Lock()
			l.broken = rep.err()
			l.mu.Unlock()
		}
	}()
	if rep.Error != "" {
		return rep.err()
	}
	l.pid = rep.PID
	return nil
}

// connect finds the recording process, whoever started it.
func (l *link) connect() error {
	line, err := dialCapture(l.order.Socket)
	if err != nil {
		return err
	}
	rep, err := line.ask(captureRequest{Verb: "status"}, 2*time.Second)
	if err != nil || rep.Session != l.order.Session {
		line.Close()
		return models.Errorf(models.NotServed, "another recording, or none, is going on")
	}
	l.line, l.pid = line, rep.PID
	l.keep(rep)
	return nil
}

func (l *link) keep(rep captureReply) {
	l.mu.Lock()
	l.last = rep
	l.mu.Unlock()
}

// Status is what was heard last.
func (l *link) Status() (capture.Status, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last.Status, l.broken
}

// watch holds on until the recording has ended, or ctx has. It returns an error
// only if nothing was recorded and nothing can be.
func (l *link) watch(ctx context.Context) error {
	t := time.NewTicker(heartbeat)
	defer t.Stop()
	failed := 0
	for {
		if l.line == nil {
			err := l.restore(&failed)
			if errors.Is(err, errEnded) {
				return nil
			}
			if err != nil {
				return err
			}
		}
		if l.line != nil {
			if ended := l.beat(); ended {
				return nil
			}
		}
		if l.line == nil && failed == 0 {
			continue // at once
		}
		select {
		case <-ctx.Done():
			return nil
		case <-l.died: // the next question finds out
			l.died = nil
		case <-t.C:
		}
	}
}

// restore brings the recording process back, unless the recording has ended.
func (l *link) restore(failed *int) error {
	if l.connect() == nil {
		*failed = 0
		return nil
	}
	story, err := l.a.spool.Story(l.order.Session, nil)
	if err == nil && story.Ended {
		l.keep(captureReply{Session: l.order.Session, Status: endedStatus(story)})
		return errEnded
	}
	begun := err == nil
	err = l.launch()
	if err == nil {
		err = l.connect()
	}
	if err == nil {
		*failed = 0
		return nil
	}
	l.a.log.Warn("recorder cannot be started", "session", l.order.Session, "error", err.Error())
	*failed++
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.broken == nil {
		l.broken = err
	}
	if !begun && *failed >= startTries || models.CodeOf(err) == models.Conflict {
		return l.broken
	}
	return nil
}

var errEnded = errors.New("the recording has ended")

func endedStatus(s capture.Story) capture.Status {
	return capture.Status{State: "ended", Started: s.Started, Elapsed: s.Length, Durable: s.Length, Rate: s.Rate, Channels: s.Channels, Why: s.Why, Minutes: -1}
}

// beat asks once. A process that does not answer twice is ended, so that
// restore can start another.
func (l *link) beat() (ended bool) {
	asked := time.Now()
	rep, err := l.line.ask(captureRequest{Verb: "status"}, answerless)
	if err == nil {
		l.keep(rep)
		return rep.Status.State == "ended"
	}
	var timeout net.Error
	late := errors.As(err, &timeout) && timeout.Timeout() || errors.Is(err, os.ErrDeadlineExceeded)
	l.line.Close()
	l.line = nil
	if !late {
		return false
	}
	// A second line, in case it was this process that slept. Where even a
	// deadline comes late, it is the machine that has no time for anybody, and a
	// new process would only take more of it.
	if l.connectWithin(answerless) == nil || time.Since(asked) > 3*answerless {
		return false
	}
	l.a.log.Warn("recorder does not answer; it is replaced", "session", l.order.Session)
	if p, err := os.FindProcess(l.pid); err == nil && l.pid > 1 {
		_ = p.Kill()
	}
	return false
}

func (l *link) connectWithin(d time.Duration) error {
	line, err := dialCapture(l.order.Socket)
	if err != nil {
		return err
	}
	rep, err := line.ask(captureRequest{Verb: "status"}, d)
	if err != nil {
		line.Close()
		return err
	}
	l.line = line
	l.keep(rep)
	return nil
}
