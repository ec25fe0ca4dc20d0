package queue

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/afterword/afterword/models"
)

// Config says what to connect to: a Server in this process, or a URL.
type Config struct {
	Server *Server
	URL    string // "unix:///path" of a hub's socket, or nats://, tls://, ws://, wss://; several with commas
	Creds  string // path of a credentials file, for a URL that needs it
	Name   string // of this worker or hub, for people and logs; unique among workers. Empty: made up
	Log    *slog.Logger

	// Backoff is how long a job rests after its first, second, … failed
	// attempt; the last one repeats. Nil: 1 s, 5 s, 30 s, 2 min.
	Backoff []time.Duration
	// Patience is how long a worker keeps a result for a hub that does not
	// answer before it gives the job back. 0 means 10 min.
	Patience time.Duration
	// Grace is how long Work lets jobs finish once its context has ended. 0
	// means 1 s.
	Grace time.Duration
	// Hurry ends the grace early when it is closed; nil never does.
	Hurry <-chan struct{}
}

// Queue is a connection. It is safe for concurrent use.
type Queue struct {
	cfg    Config
	log    *slog.Logger
	nc     *nats.Conn
	js     jetstream.JetStream
	holder string // tells this connection from an earlier one of the same name

	closed chan struct{}
	fired  sync.Once
	hub    *desk // jobs in hand, on the hub's side
}

// Connect connects and sees that the stream is there. NotServed if no hub
// listens on the socket, Unusable if the server refuses or lacks JetStream.
func Connect(ctx context.Context, cfg Config) (*Queue, error) {
	q := &Queue{cfg: cfg, log: cfg.Log, closed: make(chan struct{}), hub: newDesk()}
	if q.log == nil {
		q.log = slog.New(slog.DiscardHandler)
	}
	if q.cfg.Name == "" {
		q.cfg.Name = "afterword-" + rand.Text()[:8]
	}
	q.holder = q.cfg.Name + "/" + rand.Text()
	if q.cfg.Backoff == nil {
		q.cfg.Backoff = []time.Duration{time.Second, 5 * time.Second, 30 * time.Second, 2 * time.Minute}
	}
	if q.cfg.Patience <= 0 {
		q.cfg.Patience = 10 * time.Minute
	}
	if q.cfg.Grace <= 0 {
		q.cfg.Grace = time.Second
	}
	url, opts, err := q.options()
	if err != nil {
		return nil, err
	}
	if q.nc, err = nats.Connect(url, opts...); err != nil {
		return nil, q.connectError(err)
	}
	if q.js, err = jetstream.New(q.nc); err == nil {
		err = q.open(ctx)
	}
	if err != nil {
		q.Close()
		return nil, models.Errorf(models.Unusable, "connect to the queue: %w", err)
	}
	return q, nil
}

// open sees that stream and consumer are there.
func (q *Queue) open(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	return setUp(ctx, q.js)
}

func (q *Queue) options() (url string, opts []nats.Option, err error) {
	opts = []nats.Option{
		nats.Name(q.holder), // the hub knows by it who is gone
		nats.ClosedHandler(func(*nats.Conn) { q.fired.Do(func() { close(q.closed) }) }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			q.log.Warn("queue connection", "error", err)
		}),
	}
	switch {
	case q.cfg.Server != nil:
		// It starts again in place now and then; it is gone when it says so.
		opts = append(opts, nats.InProcessServer(q.cfg.Server), nats.ReconnectWait(20*time.Millisecond), nats.ReconnectJitter(0, 0), nats.MaxReconnects(10))
		return "", opts, nil
	case strings.HasPrefix(q.cfg.URL, "unix://"):
		// A socket that is refused has no hub. While it starts again in place the socket stays.
		asked := strings.TrimPrefix(q.cfg.URL, "unix://")
		if err := ownFolder(asked); err != nil {
			return "", nil, err
		}
		opts = append(opts, nats.SetCustomDialer(unixDialer{socketPath(asked)}), nats.SkipHostLookup(),
			nats.ReconnectWait(50*time.Millisecond), nats.ReconnectJitter(0, 0), nats.MaxReconnects(5), nats.Timeout(6*time.Second))
		return "nats://127.0.0.1:4222", opts, nil
	case q.cfg.URL == "":
		return "", nil, models.Errorf(models.Invalid, "connect to the queue: no server given")
	}
	if q.cfg.Creds != "" {
		opts = append(opts, nats.UserCredentials(q.cfg.Creds))
	}
	return q.cfg.URL, append(opts, nats.MaxReconnects(-1)), nil
}

func (q *Queue) connectError(err error) error {
	if strings.HasPrefix(q.cfg.URL, "unix://") {
		return models.WithHint(models.Errorf(models.NotServed, "connect to the hub: %w", err), "Start it with 'afterword serve'.")
	}
	return models.WithHint(models.Errorf(models.Unusable, "connect to the queue: %w", err), "See that nats.url names a NATS server with JetStream, and that its credentials are right.")
}

// Close closes the connection.
func (q *Queue) Close() {
	if q.nc != nil {
		q.nc.Close()
		<-q.closed
	}
}

// Closed is closed when the connection is: after Close, or within a second
// after the hub went away. A connection to a NATS server by URL waits for it
// for ever instead.
func (q *Queue) Closed() <-chan struct{} { return q.closed }

// Name is the name of this connection.
func (q *Queue) Name() string { return q.cfg.Name }

// Publish hands a chunk to the workers. It is durable when Publish returns.
// A chunk that is waiting already is left as it is, whatever its payload. The
// error is DiskFull if the queue cannot be written; the ledger still knows the
// chunk, and the caller publishes it again later.
func (q *Queue) Publish(ctx context.Context, j Job) error {
	m, err := j.message()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	id := m.Subject + "." + rand.Text() // of this call: a chunk that comes back later is none of its duplicates
	if q.cfg.Server != nil {
		err = q.publishHere(ctx, m, id)
	} else {
		err = q.publish(ctx, m, id)
	}
	switch {
	case err == nil:
		return nil
	case isDiskFull(err):
		err = models.Errorf(models.DiskFull, "publish %v: %w", j, err)
	case cannotWrite(err):
		err = models.Errorf(models.Unusable, "publish %v: the queue takes nothing: %w", j, err)
	default:
		return fmt.Errorf("publish %v: %w", j, err)
	}
	return models.WithHint(err, "See that there is room on the disk; nothing is lost, and the queue goes on by itself.")
}

// publishHere publishes to the server in this process, which does not answer
// but tells us when it cannot write; it is started again if that helps.
func (q *Queue) publishHere(ctx context.Context, m *nats.Msg, id string) error {
	for range 3 {
		age, well := q.cfg.Server.started()
		once, cancel := context.WithCancel(ctx)
		stop := context.AfterFunc(well, cancel)
		err := q.publish(once, m, id)
		stop()
		cancel()
		if err == nil || ctx.Err() != nil || !cannotWrite(err) && well.Err() == nil {
			return err
		}
		if rerr := q.cfg.Server.revive(age); errors.Is(rerr, errHealthy) {
			return err
		} else if rerr != nil {
			return rerr
		}
	}
	return models.Errorf(models.DiskFull, "the server fails again and again")
}

// perSubject is the server's code for a store that refuses a message; the text
// tells that it has one on that subject.
const storeFailed jetstream.ErrorCode = 10077

func (q *Queue) publish(ctx context.Context, m *nats.Msg, id string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_, err := q.js.PublishMsg(ctx, m, jetstream.WithMsgID(id), jetstream.WithExpectStream(streamName), jetstream.WithRetryAttempts(1))
	var api *jetstream.APIError
	if errors.As(err, &api) && api.ErrorCode == storeFailed && strings.Contains(api.Description, "per subject") {
		return nil
	}
	return err
}

// cannotWrite tells the errors of a server whose JetStream is off or whose
// store refuses writes: it may need to start again.
func cannotWrite(err error) bool {
	var api *jetstream.APIError
	if errors.As(err, &api) {
		return api.ErrorCode == storeFailed || api.ErrorCode == jetstream.JSErrCodeJetStreamNotEnabled ||
			api.ErrorCode == 10023 || api.ErrorCode == 10047 || api.ErrorCode == jetstream.JSErrCodeStreamNotFound
	}
	return errors.Is(err, jetstream.ErrNoStreamResponse) || errors.Is(err, nats.ErrNoResponders) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, nats.ErrTimeout)
}

// Stats is what stands in the queue.
type Stats struct {
	Waiting int    // chunks that no worker has
	InHand  int    // chunks that a worker has, or that rest after a failed attempt
	Bytes   uint64 // of all of them
}

// Stats counts. It asks the server and takes a millisecond.
func (q *Queue) Stats(ctx context.Context) (Stats, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	stream, err := q.js.Stream(ctx, streamName)
	if err != nil {
		return Stats{}, fmt.Errorf("count the queue: %w", err)
	}
	st := Stats{Bytes: stream.CachedInfo().State.Bytes}
	cons, err := stream.Consumer(ctx, consumerName)
	if err != nil {
		return Stats{}, fmt.Errorf("count the queue: %w", err)
	}
	st.InHand = cons.CachedInfo().NumAckPending
	// The consumer hears of a message only after its publisher has the
	// acknowledgement, so its own count of what is pending may lag behind.
	st.Waiting = max(0, int(stream.CachedInfo().State.Msgs)-st.InHand)
	return st, nil
}

// Has tells which chunks stand in the queue, in hand or not, so that the
// caller need not seal them again only to publish what is there.
func (q *Queue) Has(ctx context.Context, id models.SessionID) (map[int]bool, error) {
	if err := token(id); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	stream, err := q.js.Stream(ctx, streamName)
	if err != nil {
		return nil, fmt.Errorf("list the queue: %w", err)
	}
	info, err := stream.Info(ctx, jetstream.WithSubjectFilter(chunkPrefix+string(id)+".*"))
	if err != nil {
		return nil, fmt.Errorf("list the queue: %w", err)
	}
	has := map[int]bool{}
	for subject := range info.State.Subjects {
		if _, seq, ok := splitSubject(subject); ok {
			has[seq] = true
		}
	}
	return has, nil
}
