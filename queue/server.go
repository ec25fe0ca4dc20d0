package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"github.com/afterword/afterword/models"
)

// ServerConfig says where a server keeps its files. Dir is required.
type ServerConfig struct {
	Dir    string // store folder; made with mode 0700. All in it may be deleted while the server is down
	Socket string // path of the Unix socket for other processes; empty: none. A path too long for a socket is replaced by a short one, see Server.URL

	Log     *slog.Logger  // nil: silent
	AckWait time.Duration // a worker that is silent for so long has lost its job; 0 means 30 s
}

// Server is a nats-server in this process. It opens no port; it is safe for
// concurrent use.
type Server struct {
	cfg    ServerConfig
	log    *slog.Logger
	socket *socket // nil if none

	mu    sync.Mutex
	inner *server.Server // nil while it starts again
	up    chan struct{}  // closed while inner is there
	watch map[int]func(name string, here bool)
	next  int
	named map[string]int // connections over the socket, by the name they gave

	age     int             // counts the starts of inner
	well    context.Context // ends when inner says that it cannot write
	unwell  context.CancelFunc
	isSick  atomic.Bool   // inner said that it cannot write
	sick    chan struct{} // holds a token once the server cannot write
	healing sync.Mutex    // one restart at a time
	stop    chan struct{}
	closing sync.Once
	owned   sync.WaitGroup
}

// startTime is how long each step of starting may take before the disk is
// called unusable.
const startTime = 30 * time.Second

// StartServer starts the server, or says why not: DiskFull, Busy if another
// hub serves the socket, Unusable for a folder that cannot be written. A store
// that does not load, or holds damaged chunks, is renamed to
// "<Dir>.damaged-<time>" and a new one is made; the caller publishes again
// what its ledger calls pending, as after every start.
func StartServer(ctx context.Context, cfg ServerConfig) (*Server, error) {
	s := &Server{
		cfg: cfg, log: cfg.Log,
		up: make(chan struct{}), watch: map[int]func(string, bool){}, named: map[string]int{},
		sick: make(chan struct{}, 1), stop: make(chan struct{}),
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.cfg.AckWait <= 0 {
		s.cfg.AckWait = 30 * time.Second
	}
	if cfg.Dir == "" {
		return nil, models.Errorf(models.Invalid, "start the queue: no folder given")
	}
	if err := probe(cfg.Dir, 64<<10); err != nil {
		return nil, fmt.Errorf("start the queue: %w", err)
	}
	if err := s.load(ctx); err != nil {
		return nil, fmt.Errorf("start the queue: %w", err)
	}
	if cfg.Socket != "" {
		sock, err := s.listen(cfg.Socket)
		if err != nil {
			s.shutdown()
			return nil, fmt.Errorf("start the queue: %w", err)
		}
		s.socket = sock
	}
	s.owned.Go(s.heal)
	return s, nil
}

// URL is how another process connects: "unix://" and the path of the socket.
// Empty without a socket.
func (s *Server) URL() string {
	if s.socket == nil {
		return ""
	}
	return "unix://" + s.socket.path
}

// Close stops the server and waits for it. Connections to it close.
func (s *Server) Close() error {
	s.closing.Do(func() {
		close(s.stop)
		if s.socket != nil {
			s.socket.close()
		}
		s.owned.Wait()
		s.shutdown()
	})
	return nil
}

// InProcessConn makes a connection to the server, for [nats.InProcessServer].
// While the server starts again it waits for it, 5 s at most.
func (s *Server) InProcessConn() (net.Conn, error) {
	timer := time.NewTimer(5 * time.Second)
	defer timer.Stop()
	for {
		s.mu.Lock()
		inner, up := s.inner, s.up
		s.mu.Unlock()
		if inner != nil {
			return inner.InProcessConn()
		}
		select {
		case <-up:
		case <-s.stop:
			return nil, errors.New("connect to the queue: it is closed")
		case <-timer.C:
			return nil, errors.New("connect to the queue: it does not start")
		}
	}
}

// load starts the inner server and proves its store; a store that fails the
// proof is put aside once, and an empty one started in its place.
func (s *Server) load(ctx context.Context) error {
	for fresh := false; ; fresh = true {
		had := holdsStream(s.cfg.Dir)
		inner, err := s.startInner()
		if err == nil {
			if err = s.prepare(ctx, inner, had); err == nil {
				s.mu.Lock()
				s.inner = inner
				s.age++
				s.well, s.unwell = context.WithCancel(context.Background())
				close(s.up)
				s.mu.Unlock()
				return nil
			}
			inner.Shutdown()
			inner.WaitForShutdown()
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if perr := probe(s.cfg.Dir, 2*MaxPayload); perr != nil {
			return perr // a full disk is no reason to put a good store aside
		}
		if fresh || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, nats.ErrTimeout) { // slow is not damaged
			return models.Errorf(models.Unusable, "load the store of the queue: %w", err)
		}
		s.log.Warn("the store of the queue does not load; starting an empty one", "error", err)
		if err := putAside(s.cfg.Dir, time.Now()); err != nil {
			return models.Errorf(models.Unusable, "put the damaged store of the queue aside: %w", err)
		}
	}
}

func (s *Server) options() *server.Options {
	return &server.Options{
		ServerName:             "afterword",
		DontListen:             true, // else it opens 0.0.0.0
		NoSigs:                 true, // else it exits on SIGINT
		DisableJetStreamBanner: true,
		JetStream:              true,
		JetStreamMaxMemory:     64 << 20, // 0 would take 75 % of the memory
		JetStreamMaxStore:      1 << 40,  // the disk is the limit: a share of what is free at start would stay the limit when there is more
		StoreDir:               s.cfg.Dir,
		SyncAlways:             true,
		MaxPayload:             MaxPayload,
	}
}

func (s *Server) startInner() (*server.Server, error) {
	inner, err := server.NewServer(s.options())
	if err != nil {
		return nil, fmt.Errorf("set up the server: %w", err)
	}
	log := &serverLog{log: s.log, writeErr: s.reportSick}
	inner.SetLoggerV2(log, false, false, false)
	inner.Start() // returns when the streams are loaded, as it does not listen
	if !inner.ReadyForConnections(startTime) || !inner.JetStreamEnabled() {
		inner.Shutdown()
		inner.WaitForShutdown()
		return nil, fmt.Errorf("start JetStream: %s", log.lastFatal())
	}
	return inner, nil
}

func (s *Server) shutdown() {
	s.mu.Lock()
	inner := s.inner
	if inner != nil {
		s.inner, s.up = nil, make(chan struct{})
		s.unwell()
	}
	s.mu.Unlock()
	if inner != nil {
		inner.Shutdown()
		inner.WaitForShutdown()
	}
}

func (s *Server) reportSick() {
	s.isSick.Store(true) // first: whoever is woken by the next lines asks for it
	s.mu.Lock()
	if s.unwell != nil {
		s.unwell()
	}
	s.mu.Unlock()
	select {
	case s.sick <- struct{}{}:
	default:
	}
}

// heal starts the server again, in place, after it could not write: JetStream
// stays off until then, even when there is room again. While there is none,
// the old one stays up, so that workers still deliver their results.
func (s *Server) heal() {
	for {
		select {
		case <-s.stop:
			return
		case <-s.sick:
		}
		wait := time.Second
		for s.isSick.Load() {
			err := s.restart(0)
			if err == nil {
				break
			}
			s.log.Error("the queue cannot write", "error", err)
			select {
			case <-s.stop:
				return
			case <-time.After(wait): // nobody tells when a disk has room again
			}
			wait = min(2*wait, 15*time.Second)
		}
	}
}

// restart stops the inner server and starts it again, if there is room. Where
// age is not 0 it does so only if no other start came after that one.
func (s *Server) restart(age int) error {
	s.healing.Lock()
	defer s.healing.Unlock()
	if now, _ := s.started(); age != 0 && now != age {
		return nil
	}
	if err := probe(s.cfg.Dir, 2*MaxPayload); err != nil {
		return err
	}
	s.shutdown()
	s.isSick.Store(false) // not what it said while it went down
	if err := s.load(context.Background()); err != nil {
		s.reportSick()
		return err
	}
	s.log.Warn("the queue was started again after it could not write")
	return nil
}

// started counts the starts of the inner server so far; ctx ends when this one
// says that it cannot write, or stops.
func (s *Server) started() (age int, well context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.age, s.well
}

// revive starts the server again if it is the one with that age and cannot
// write. The error tells why it is still of no use.
func (s *Server) revive(age int) error {
	s.mu.Lock()
	inner := s.inner
	s.mu.Unlock()
	select {
	case <-s.stop:
		return models.Errorf(models.NotServed, "the queue is closed")
	default:
	}
	if now, _ := s.started(); inner != nil && inner.JetStreamEnabled() && !s.isSick.Load() && now == age {
		return errHealthy
	}
	return s.restart(age)
}

var errHealthy = errors.New("the server is well")

// onConnection has f called with a name when its first connection over the
// socket comes, and when the last one was broken or closed by the other side,
// until the returned function is called.
func (s *Server) onConnection(f func(name string, here bool)) (remove func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	n := s.next
	s.watch[n] = f
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watch, n)
	}
}

// connection counts connections by name. A worker that connects again has two
// for a moment. Tell is false where this side closed it.
func (s *Server) connection(name string, change int, tell bool) {
	s.mu.Lock()
	n := s.named[name] + change
	if s.named[name] = n; n == 0 {
		delete(s.named, name)
	}
	here := change > 0
	tell = tell && (here && n == 1 || !here && n == 0)
	fs := slices.Collect(maps.Values(s.watch))
	s.mu.Unlock()
	for _, f := range fs {
		if tell {
			f(name, here)
		}
	}
}

// damagedFolders are the stores that were put aside, oldest first.
func damagedFolders(dir string) []string {
	found, _ := filepath.Glob(globQuote(dir) + ".damaged-*")
	return found
}

// probe proves that dir can take size bytes, by writing them. DiskFull or
// Unusable if not.
func probe(dir string, size int) error {
	if err := makePrivate(dir); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".probe-")
	if err == nil {
		_, err = f.Write(make([]byte, size))
		err = errors.Join(err, f.Sync(), f.Close(), os.Remove(f.Name()))
	}
	switch {
	case isDiskFull(err):
		return models.WithHint(models.Errorf(models.DiskFull, "write to the folder of the queue: %w", err), "Free some space; what was recorded is kept, and the queue goes on by itself.")
	case err != nil:
		return models.Errorf(models.Unusable, "write to the folder of the queue: %w", err)
	}
	return nil
}
