package queue

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
)

// serverLog hands what the nats-server says to slog, and listens: a failed
// write is said nowhere else.
type serverLog struct {
	log      *slog.Logger
	writeErr func() // called when the server says that it cannot write any more

	mu    sync.Mutex
	fatal string // last fatal line, such as the reason why JetStream did not start
}

func (l *serverLog) Noticef(format string, v ...any) { l.say(slog.LevelDebug, format, v) }
func (l *serverLog) Debugf(format string, v ...any)  {}
func (l *serverLog) Tracef(format string, v ...any)  {}
func (l *serverLog) Warnf(format string, v ...any)   { l.say(slog.LevelWarn, format, v) }
func (l *serverLog) Errorf(format string, v ...any)  { l.say(slog.LevelError, format, v) }

func (l *serverLog) Fatalf(format string, v ...any) {
	l.mu.Lock()
	l.fatal = fmt.Sprintf(format, v...)
	l.mu.Unlock()
	l.say(slog.LevelError, format, v)
}

func (l *serverLog) lastFatal() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.fatal
}

// writeTrouble are the beginnings of what the server says before it goes on
// without JetStream, or without the stream (nats-server 2.15.2).
var writeTrouble = []string{"JetStream out of", "Critical write error", "File system permission denied", "JetStream resource limits exceeded"}

func (l *serverLog) say(level slog.Level, format string, v []any) {
	if l.log.Enabled(context.Background(), level) {
		l.log.Log(context.Background(), level, "queue server", "said", strings.TrimSpace(fmt.Sprintf(format, v...)))
	}
	if level < slog.LevelWarn {
		return
	}
	text := fmt.Sprintf(format, v...)
	for _, t := range writeTrouble {
		if strings.Contains(text, t) && l.writeErr != nil {
			l.writeErr()
			return
		}
	}
}
