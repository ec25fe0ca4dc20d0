package queue

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/nats-io/nats.go"

	"github.com/afterword/afterword/models"
)

// Event is a notice that something moved. It holds nothing that was said; what
// is true now stands in the store.
type Event struct {
	Session models.SessionID `json:"session"`
	Seq     int              `json:"seq"`
	State   string           `json:"state"`
}

// Announce tells whoever listens. A notice that nobody hears is gone.
func (q *Queue) Announce(e Event) {
	b, err := json.Marshal(e)
	if err == nil && token(e.Session) == nil {
		_ = q.nc.Publish(eventPrefix+string(e.Session), b)
	}
}

// Events delivers the notices of one session, or of all if id is empty, until
// ctx ends or the connection closes; then the channel is closed. A reader that
// is 256 notices behind misses some.
func (q *Queue) Events(ctx context.Context, id models.SessionID) (<-chan Event, error) {
	subject := eventPrefix + "*"
	if id != "" {
		if err := token(id); err != nil {
			return nil, err
		}
		subject = eventPrefix + string(id)
	}
	in := make(chan *nats.Msg, 256)
	sub, err := q.nc.ChanSubscribe(subject, in)
	if err == nil {
		err = q.nc.Flush()
	}
	if err != nil {
		return nil, fmt.Errorf("listen for events: %w", err)
	}
	out := make(chan Event)
	go func() {
		defer close(out)
		defer func() { _ = sub.Unsubscribe() }()
		for {
			var m *nats.Msg
			select {
			case m = <-in:
			case <-ctx.Done():
				return
			case <-q.closed:
				return
			}
			var e Event
			if m == nil || json.Unmarshal(m.Data, &e) != nil {
				continue
			}
			select {
			case out <- e:
			case <-ctx.Done():
				return
			case <-q.closed:
				return
			}
		}
	}()
	return out, nil
}
