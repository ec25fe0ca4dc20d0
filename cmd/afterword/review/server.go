package review

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/afterword/afterword/models"
)

// Config is what a page is made of. All but Engine, Captions, API, Now and Log are required.
type Config struct {
	Sessions  sessions
	Ledger    ledger
	Items     items
	Findings  findings // nil: there are none beside the items
	Decisions decisions
	Words     words
	Pace      pacing
	Marks     marks
	Sound     sound
	Shapes    shapes
	HeldBack  heldBack
	Takes     takes
	Rerun     rerun
	Intake    intake
	Lock      lock
	Engine    engine // nil can always write down
	Copies    copies
	Recorder  recorder
	Begin     beginning
	Voice     voice
	Captions  captioner // nil writes none
	API       *Scripts  // nil answers no scripts
	Book      book
	Find      finder
	Place     func() Place
	Options   options
	Enrol     enrolment
	Word      string           // for what was agreed; empty means homework
	Key       []byte           // 32 bytes that sign cookies; kept, a browser stays known over a restart
	Now       func() time.Time // nil means time.Now
	Log       *slog.Logger     // nil logs nothing
}

// Page serves the notebook. Its methods are safe for concurrent use.
type Page struct {
	Config
	gate    gate
	desk    sync.Mutex // one decision at a time, so that what was seen is what is changed
	events  exchange
	reading reading
	live    live
	ear     ear
	handler http.Handler
}

// New makes a page for one address, which must be a port of loopback.
func New(c Config, address string) (*Page, error) {
	if len(c.Key) < 32 {
		return nil, models.Errorf(models.Invalid, "make page: the key has %d bytes", len(c.Key))
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	p := &Page{Config: c}
	p.live.start()
	if err := p.gate.open(c.Key, c.Now, address); err != nil {
		return nil, err
	}
	p.handler = p.gate.guard(p.routes())
	return p, nil
}

// Loopback returns nil if the page may be served at an address: the page has
// the key to everything, so nobody but this computer may reach it.
func Loopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return models.WithHint(models.Errorf(models.Invalid, "listen at %q: it is not an address with a port", address), "the usual one is 127.0.0.1:7766")
	}
	if host == "localhost" {
		return nil
	}
	if ip := net.ParseIP(host); ip == nil || !ip.IsLoopback() {
		return models.WithHint(models.Errorf(models.Invalid, "listen at %q: the page is for this computer alone", address), "use 127.0.0.1 and a port, such as 127.0.0.1:7766")
	}
	return nil
}

// Link is an address that lets one browser in, once, within a few minutes.
func (p *Page) Link(id models.SessionID) string {
	to := "/"
	if id != "" {
		to = "/sessions/" + string(id)
	}
	return p.gate.link(to)
}

// Serve answers until ctx ends, then lets requests in hand finish. Files that
// are being read in go on from the same place at the next start.
func (p *Page) Serve(ctx context.Context, l net.Listener) error {
	base, cancel := context.WithCancel(ctx)
	defer cancel()
	srv := &http.Server{
		Handler: p.handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
		BaseContext: func(net.Listener) context.Context { return base }, // streams end with ctx
		ErrorLog:    slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	p.reading.start(base)
	var looking sync.WaitGroup
	looking.Go(func() { p.followRecorder(base) })
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(l) }()
	var err error
	select {
	case err = <-ended:
	case <-ctx.Done():
		late, stop := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
		defer stop()
		if serr := srv.Shutdown(late); serr != nil {
			_ = srv.Close()
		}
		err = <-ended
	}
	cancel()
	p.reading.wait()
	looking.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve page: %w", err)
}
