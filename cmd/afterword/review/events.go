package review

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/afterword/afterword/models"
)

// event is something that open pages should know: an item or words that were
// changed, a session that has come further. It holds ids and states only.
type event struct {
	name string
	data any
}

// exchange hands events to every open page. A page that does not listen misses
// some, and reads everything anew when it does.
type exchange struct {
	mu   sync.Mutex
	open map[chan event]bool
}

func (x *exchange) listen() (<-chan event, func()) {
	ch := make(chan event, 16)
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.open == nil {
		x.open = map[chan event]bool{}
	}
	x.open[ch] = true
	return ch, func() {
		x.mu.Lock()
		defer x.mu.Unlock()
		delete(x.open, ch)
	}
}

func (x *exchange) tell(e event) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for ch := range x.open {
		select {
		case ch <- e:
		default:
		}
	}
}

const (
	lookAgain = time.Second      // how often the ledger is read for sessions at work
	keepAlive = 20 * time.Second // an empty line, so that a lost connection is noticed
)

// stream sends events for as long as the page is open. The ledger is read now
// and then, for what other processes do.
func (p *Page) stream(w http.ResponseWriter, r *http.Request) {
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	heard, end := p.events.listen()
	defer end()
	fmt.Fprint(w, "retry: 1500\n\n")
	defer p.live.listen(r.URL.Query().Get("captions") != "")()
	if send(w, event{"hearing", p.ear.view()}) != nil { // it may have ended while the page was on its way
		return
	}
	look := time.NewTicker(lookAgain)
	defer look.Stop()
	quiet := time.Now()
	last := ""
	var looked time.Time // at the ledger
	showed := false
	for {
		now, turned := p.live.Now()
		if now.On || showed {
			showed = now.On
			if p.Lock.Locked() {
				now.Heard, now.Draft, now.Title = "", "", ""
			}
			if send(w, event{"recording", now}) != nil {
				return
			}
		}
		if time.Since(looked) >= lookAgain {
			looked = time.Now()
			if now := p.atWork(r.Context()); now.key != last {
				last = now.key
				if send(w, event{"work", now.list}) != nil {
					return
				}
			}
		}
		if time.Since(quiet) > keepAlive {
			quiet = time.Now()
			fmt.Fprint(w, ": still here\n\n")
		}
		if out.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case e := <-heard:
			if send(w, e) != nil {
				return
			}
		case <-turned:
		case <-look.C:
		}
	}
}

func send(w http.ResponseWriter, e event) error {
	b, err := json.Marshal(e.data)
	if err == nil {
		_, err = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", e.name, b)
	}
	return err
}

// work is which sessions are unfinished, and how far each is.
type work struct {
	list workList
	key  string
}

type workList struct {
	Locked bool    `json:"locked"`
	Stages []stage `json:"stages"`
}

func (p *Page) atWork(ctx context.Context) work {
	l := workList{Locked: p.Lock.Locked(), Stages: []stage{}}
	if !l.Locked {
		all, err := p.Sessions.Sessions(ctx)
		if err != nil {
			return work{}
		}
		for _, s := range all {
			if s.State == models.Ready {
				continue
			}
			if st, err := p.stageOf(ctx, s); err == nil {
				l.Stages = append(l.Stages, st)
			}
		}
	}
	b, _ := json.Marshal(l) // numbers and fixed words always can be
	return work{l, string(b)}
}
