package main

import (
	"context"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"
)

// The view shows a recording on a whole terminal: how long, how loud, what was
// heard lately, what is still to be done. It only looks on: a recording does not
// need it, and goes on when the person leaves, or closes the terminal: SIGHUP is
// ignored then, and reading and writing fail.
//
//	view.go        runs it: one goroutine asks for the status, one draws
//	view_model.go  what a key, a status or a caption does to it
//	view_draw.go   how that looks
//	view_words.go  its sentences and keys
//	view_heard.go  captions, and the final text that replaces them

// viewSource is the recording that a view shows.
type viewSource interface {
	status(ctx context.Context) (recordingStatus, error)
	act(ctx context.Context, verb, note string) error // pause, resume, stop, mark
	captions() <-chan captionLine                     // nil: there are none
}

// viewEnd tells why a view ended.
type viewEnd int

const (
	viewLeft    viewEnd = iota + 1 // the person left; the recording goes on
	viewStopped                    // the person stopped the recording
	viewEnded                      // the recording ended by itself
	viewGone                       // the terminal is there no more; the recording goes on
)

const (
	viewRate   = time.Second / 15       // between two drawings
	viewAsk    = 150 * time.Millisecond // between two questions for the status
	viewAnswer = 5 * time.Second        // for one answer
	viewLeast  = 400 * time.Millisecond // on screen: the terminal may still be answering questions
)

// polled is the last answer to a question for the status.
type polled struct {
	status recordingStatus
	err    error
	at     time.Time // of the last answer that was none of err
}

// viewable tells whether stdin and stdout are a terminal that a view can be
// drawn on. Elsewhere plain lines do.
func (a *app) viewable() bool {
	in, ok := a.stdin.(*os.File)
	return ok && !a.quiet && !a.json && !a.noInput && a.terminal(in) && a.terminal(a.stdout)
}

// view shows the recording until it ends or the person leaves. When ctx ends it
// returns the cause, with the terminal as it was.
func (a *app) view(ctx context.Context, src viewSource) (viewEnd, error) {
	asking, stop := context.WithCancel(ctx)
	var last atomic.Pointer[polled]
	asked := make(chan struct{})
	go func() {
		defer close(asked)
		askStatus(asking, src, &last)
	}()
	defer func() { stop(); <-asked }()
	m := newViewModel(viewConfig{
		Source: src, Latest: last.Load, Gone: func() bool { return !a.viewable() }, Context: asking, ASCII: !utf8Locale(os.Getenv, runtime.GOOS), NoColour: a.colour == "never",
	})
	err := a.draw(ctx, m, tea.WithFPS(15))
	if ctx.Err() != nil {
		return 0, context.Cause(ctx)
	}
	if m.end == 0 && !a.viewable() { // reading failed before anybody looked
		return viewGone, nil
	}
	return m.end, err
}

// draw runs a program on the whole terminal until it ends or ctx does; then the
// terminal is as it was.
func (a *app) draw(ctx context.Context, m tea.Model, more ...tea.ProgramOption) error {
	p := tea.NewProgram(m, append(more, tea.WithInput(a.stdin), tea.WithOutput(a.stdout), tea.WithoutSignalHandler())...)
	// Not tea.WithContext: it closes the terminal under the reader.
	stop := context.AfterFunc(ctx, p.Quit)
	defer stop()
	_, err := p.Run()
	if in, ok := a.stdin.(*os.File); ok {
		flushInput(in) // a key pressed too late is not for the shell
	}
	return err
}

// askStatus keeps last at what is known.
func askStatus(ctx context.Context, src viewSource, last *atomic.Pointer[polled]) {
	tick := time.NewTicker(viewAsk)
	defer tick.Stop()
	began := time.Now()
	for ctx.Err() == nil {
		one, cancel := context.WithTimeout(ctx, viewAnswer)
		st, err := src.status(one)
		cancel()
		next := &polled{status: st, at: time.Now()}
		if err != nil {
			next = &polled{err: err, at: began}
			if old := last.Load(); old != nil {
				next.status, next.at = old.status, old.at
			}
		}
		last.Store(next)
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}

// utf8Locale tells whether the terminal shows more than ASCII, from the usual
// variables: the first of them that is set counts (POSIX, locale).
func utf8Locale(getenv func(string) string, system string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := getenv(name); v != "" {
			v = strings.ToLower(v)
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return system == "windows" || system == "darwin"
}
