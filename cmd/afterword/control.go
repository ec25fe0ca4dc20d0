package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"time"

	"github.com/afterword/afterword/models"
)

// The control socket lets other commands of the same person reach the running
// service: one JSON line asks, one JSON line answers. The socket is 0600 in a
// folder that is 0700; whoever can open it can read the key file too.

type controlRequest struct {
	Verb    string           `json:"verb"` // status, key, unlock, lock, follow, page, stop
	Secret  string           `json:"secret,omitempty"`
	Session models.SessionID `json:"session,omitempty"` // that the page is to show
}

type controlReply struct {
	Error  string      `json:"error,omitempty"`
	Code   models.Code `json:"code,omitempty"`
	Hint   string      `json:"hint,omitempty"`
	Key    []byte      `json:"key,omitempty"`
	Link   string      `json:"link,omitempty"` // to the page, good for once
	Status *hubStatus  `json:"status,omitempty"`
}

// hubStatus is what the service says of itself; no content of any session.
type hubStatus struct {
	PID     int    `json:"pid"`
	Locked  bool   `json:"locked"`
	Waiting int    `json:"waiting"` // chunks
	InHand  int    `json:"in_hand"`
	Model   string `json:"model"`
	Mute    string `json:"mute,omitempty"` // why nothing is written down for now
	Hint    string `json:"hint,omitempty"` // what to do about it
}

// A request is one short line; its answer may take as long as scrypt takes on
// a slow or busy machine, which is many times the three seconds of a quiet one.
const (
	requestTimeout = 5 * time.Second
	answerTimeout  = 2 * time.Minute
)

// serveControl answers on the control socket until ctx ends.
func serveControl(ctx context.Context, path string, handle func(context.Context, controlRequest) controlReply) error {
	if c, err := net.Dial("unix", path); err == nil {
		c.Close()
		return models.Errorf(models.Busy, "another afterword answers on the control socket")
	}
	_ = os.Remove(path) // left behind by a process that was killed
	l, err := listenPrivate(path)
	if err != nil {
		return fmt.Errorf("open control socket: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	for {
		conn, err := l.Accept()
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return nil
			}
			return fmt.Errorf("accept control connection: %w", err)
		}
		go func() {
			defer conn.Close()
			_ = conn.SetReadDeadline(time.Now().Add(requestTimeout))
			var req controlRequest
			line, err := bufio.NewReader(&limitedConn{conn, 1 << 16}).ReadBytes('\n')
			if err != nil || json.Unmarshal(line, &req) != nil {
				return
			}
			rep := handle(ctx, req)
			_ = conn.SetWriteDeadline(time.Now().Add(requestTimeout))
			_ = json.NewEncoder(conn).Encode(rep)
		}()
	}
}

// limitedConn reads at most n bytes.
type limitedConn struct {
	net.Conn
	n int
}

func (l *limitedConn) Read(b []byte) (int, error) {
	if l.n <= 0 {
		return 0, errors.New("request too long")
	}
	n, err := l.Conn.Read(b[:min(len(b), l.n)])
	l.n -= n
	return n, err
}

func listenPrivate(path string) (net.Listener, error) {
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// askControl sends one request to the running service. NotServed when there
// is none.
func askControl(ctx context.Context, path string, req controlRequest) (controlReply, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", path)
	if err != nil {
		return controlReply{}, models.WithHint(models.Errorf(models.NotServed, "the background service is not running"), "start it with 'afterword serve'")
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	_ = conn.SetDeadline(time.Now().Add(answerTimeout))
	if err := json.NewEncoder(conn).Encode(req); err != nil {
		return controlReply{}, fmt.Errorf("ask the service: %w", err)
	}
	var rep controlReply
	if err := json.NewDecoder(conn).Decode(&rep); err != nil {
		if ctx.Err() != nil {
			return controlReply{}, context.Cause(ctx)
		}
		return controlReply{}, fmt.Errorf("ask the service: %w", err)
	}
	if rep.Error != "" {
		return rep, models.WithHint(models.Errorf(rep.Code, "%s", rep.Error), "%s", rep.Hint)
	}
	return rep, nil
}
