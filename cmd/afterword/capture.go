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
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/capture"
	"github.com/afterword/afterword/capture/mic"
	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/vault"
)

// captureOrder is what the process that records is told, through its standard
// input. It gets the public half of the session's ring: it can write the
// recording and not read it.
type captureOrder struct {
	Session  models.SessionID
	Public   []byte
	Spool    string
	Socket   string
	Device   string
	Channels int
	Most     time.Duration
	Silence  time.Duration
}

// captureRequest asks the recording process for something: a JSON line each
// way, on a connection that may stay open.
type captureRequest struct {
	Verb string `json:"verb"` // status, pause, resume, stop, mark, rotate
	Note string `json:"note,omitempty"`
}

type captureReply struct {
	Error   string           `json:"error,omitempty"`
	Code    models.Code      `json:"code,omitempty"`
	Hint    string           `json:"hint,omitempty"`
	PID     int              `json:"pid"`
	Session models.SessionID `json:"session"`
	Status  capture.Status   `json:"status"`
	At      time.Duration    `json:"at,omitempty"` // of a mark, or where a rotated minute ended
}

func (r *captureReply) refuse(err error) {
	r.Error, r.Code, r.Hint = err.Error(), models.CodeOf(err), models.HintOf(err)
}

func (r captureReply) err() error {
	if r.Error == "" {
		return nil
	}
	return models.WithHint(models.Errorf(r.Code, "%s", r.Error), "%s", r.Hint)
}

func newCapture(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "capture", Hidden: true, Args: cobra.NoArgs,
		Short: "Record a microphone; started by the program itself",
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.capture(cmd.Context()) },
	}
}

// lingers is how long a recorder that has ended still tells so.
const lingers = 3 * time.Second

// capture is the body of the recording process. It does not end when whoever
// started it does: a recording outlives the rest of the program. It answers on
// its socket until it is told to stop. One line on standard output says that it
// has begun, or why not.
func (a *app) capture(ctx context.Context) error {
	line, err := bufio.NewReader(a.stdin).ReadBytes('\n')
	if err != nil {
		return usagef("capture is started by the program itself; 'afterword record' records")
	}
	var o captureOrder
	if err := json.Unmarshal(line, &o); err != nil {
		return fmt.Errorf("read order: %w", err)
	}
	a.openLog()
	a.keepCrash()
	a.raisePriority()
	err = a.recordInto(ctx, o)
	if err != nil {
		a.log.Warn("recorder ended", "session", o.Session, "error", err.Error())
		var rep captureReply
		rep.refuse(err)
		_ = json.NewEncoder(a.stdout).Encode(rep)
		return childExit{exitFailure}
	}
	return nil
}

// keepCrash writes why this process broke, should it, beside the log: nobody
// reads its standard error. A trace holds addresses and no sound.
func (a *app) keepCrash() {
	f, err := os.OpenFile(a.home.CrashFile(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return
	}
	defer f.Close()
	if err := debug.SetCrashOutput(f, debug.CrashOptions{}); err != nil {
		a.log.Debug("a crash would leave no trace", "error", err.Error())
	}
}

// raisePriority lets the recorder go first where the system allows it.
func (a *app) raisePriority() {
	if err := setPriority(os.Getpid(), -10); err != nil {
		a.log.Debug("priority stays as it is", "error", err.Error())
	}
}

func (a *app) recordInto(ctx context.Context, o captureOrder) error {
	lock, err := os.OpenFile(o.Socket+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("open lock: %w", err)
	}
	defer lock.Close()
	// One that has just ended, or was just killed, is gone in a moment.
	for try := 0; lockExclusive(lock) != nil; try++ {
		if try == 100 {
			return models.WithHint(models.Errorf(models.Busy, "another recording is going on"), "'afterword status' shows it")
		}
		time.Sleep(20 * time.Millisecond)
	}
	ring, err := vault.WriteOnly(o.Public)
	if err != nil {
		return err
	}
	// The socket's folder tells how much room there is as well as the spool
	// does, and exists in any case.
	r, err := capture.NewRecorder(capture.RecorderConfig{
		Spool: capture.OpenSpool(o.Spool), Session: o.Session, Keys: ring, Public: o.Public,
		Channels: o.Channels, Device: o.Device, Open: openMic, Devices: mic.Devices,
		Free: func() (uint64, error) { return freeBytes(o.Spool) }, Clock: systemClock(), Most: o.Most, Silence: o.Silence,
	})
	if err != nil {
		return err
	}
	_ = os.Remove(o.Socket) // left behind by a process that was killed
	l, err := listenPrivate(o.Socket)
	if err != nil {
		return fmt.Errorf("open capture socket: %w", err)
	}
	defer l.Close()
	serve, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	seen := make(chan struct{}, 1)
	go serveCapture(serve, l, o.Session, r, seen)
	_ = json.NewEncoder(a.stdout).Encode(captureReply{PID: os.Getpid(), Session: o.Session})
	if err := r.Run(ctx); err != nil {
		return err
	}
	select { // so that whoever follows hears why it ended
	case <-seen:
	case <-time.After(lingers):
	}
	return nil
}

func openMic(id string) (capture.Input, error) {
	m, err := mic.Open(id)
	if err != nil {
		return nil, err
	}
	return m, nil
}

// serveCapture answers until ctx ends. seen is told when somebody was answered
// that the recording has ended.
func serveCapture(ctx context.Context, l net.Listener, id models.SessionID, r *capture.Recorder, seen chan<- struct{}) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			in := bufio.NewReaderSize(conn, 1<<16)
			for {
				line, err := in.ReadSlice('\n')
				var req captureRequest
				if err != nil || json.Unmarshal(line, &req) != nil {
					return
				}
				rep := answerCapture(ctx, req, id, r)
				_ = conn.SetWriteDeadline(time.Now().Add(requestTimeout))
				if json.NewEncoder(conn).Encode(rep) != nil {
					return
				}
				if rep.Status.State == "ended" {
					select {
					case seen <- struct{}{}:
					default:
					}
				}
			}
		}()
	}
}

func answerCapture(ctx context.Context, req captureRequest, id models.SessionID, r *capture.Recorder) captureReply {
	rep := captureReply{PID: os.Getpid(), Session: id}
	// Status never waits for the disk; the others may have to.
	wait, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var err error
	switch req.Verb {
	case "status":
	case "pause":
		err = r.Pause(wait)
	case "resume":
		err = r.Resume(wait)
	case "stop":
		err = r.Stop(wait)
	case "mark":
		rep.At, err = r.Mark(wait, req.Note)
	case "rotate":
		rep.At, err = r.Rotate(wait)
	default:
		err = models.Errorf(models.Invalid, "the recorder does not know %q", req.Verb)
	}
	if err != nil {
		rep.refuse(err)
	}
	quick, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	rep.Status, err = r.Status(quick)
	if err != nil && rep.Error == "" {
		rep.refuse(fmt.Errorf("ask the recorder: %w", err))
	}
	return rep
}

// captureLine is an open connection to the recording process.
type captureLine struct {
	conn net.Conn
	in   *bufio.Reader
}

// dialCapture connects to the recording process. NotServed if there is none.
func dialCapture(socket string) (*captureLine, error) {
	conn, err := net.DialTimeout("unix", socket, time.Second)
	if err != nil {
		return nil, models.WithHint(models.Errorf(models.NotServed, "nothing is being recorded"), "'afterword record' starts a recording")
	}
	return &captureLine{conn, bufio.NewReader(conn)}, nil
}

func (c *captureLine) Close() error { return c.conn.Close() }

// ask sends one request. The answer's own error comes as err, with the answer.
func (c *captureLine) ask(req captureRequest, within time.Duration) (captureReply, error) {
	var rep captureReply
	_ = c.conn.SetDeadline(time.Now().Add(within))
	err := json.NewEncoder(c.conn).Encode(req)
	var line []byte
	if err == nil {
		line, err = c.in.ReadBytes('\n')
	}
	if err == nil {
		err = json.Unmarshal(line, &rep)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) {
		return rep, models.Errorf(models.NotServed, "ask the recorder: it is gone")
	}
	if err != nil {
		return rep, fmt.Errorf("ask the recorder: %w", err)
	}
	return rep, rep.err()
}

// askCapture asks the recording process once.
func (a *app) askCapture(req captureRequest) (captureReply, error) {
	c, err := dialCapture(a.home.Capture())
	if err != nil {
		return captureReply{}, err
	}
	defer c.Close()
	return c.ask(req, 70*time.Second)
}

// Capture is the socket of the recording process.
func (h home) Capture() string { return filepath.Join(h.Runtime, "capture.sock") }
