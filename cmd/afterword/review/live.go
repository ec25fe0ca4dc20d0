package review

import (
	"context"
	"math"
	"strings"
	"sync"
	"time"

	"github.com/afterword/afterword/models"
)

// live is the recording that is going on, as every open page shows it. One
// loop asks the recorder; the pages only ever want the newest answer, so that a
// slow one holds up nobody and misses nothing but moments.
type live struct {
	mu        sync.Mutex
	now       liveView
	turned    chan struct{} // closed when now is another one
	listeners int
	readers   int // of captions
	look      chan struct{}
}

// liveView is a recording in words. Nothing in it needs a script.
type liveView struct {
	On       bool             `json:"on"`
	Session  models.SessionID `json:"session"`
	State    string           `json:"state"`
	Say      string           `json:"say"`
	Clock    string           `json:"clock"`
	Level    int              `json:"level"` // 0 to 100
	Warnings []string         `json:"warnings"`
	Facts    string           `json:"facts"`
	Heard    string           `json:"heard"` // the last words of the captions
	Draft    string           `json:"draft"` // what follows them for now

	Place string `json:"place"` // in the page: of the field that it answers, or of the recording

	Title  string        `json:"-"`
	Device string        `json:"device"`
	at     time.Duration // elapsed
	Later  bool          `json:"-"`
}

func (v liveView) Paused() bool { return v.State == "paused" }

// keptWords is how much of the captions is shown. Unit: bytes.
const keptWords = 1500

func liveOf(r Recording, err error) liveView {
	if err != nil || r.State == "ended" {
		return liveView{Warnings: []string{}}
	}
	v := liveView{
		On: true, Session: r.Session, State: r.State, Say: stateText(r.State), Clock: models.Clock(r.Elapsed), Level: level(r.Peak),
		Warnings: []string{}, Title: isolate(r.Title), Device: isolate(r.Device), at: r.Elapsed, Later: r.Later,
	}
	v.Place = "/recording"
	if r.Answer != nil {
		v.Place = fieldPlace(*r.Answer)
		if r.State == "recording" {
			v.Say = text("say.going")
		}
	}
	for _, w := range r.Warnings {
		v.Warnings = append(v.Warnings, isolate(w))
	}
	var facts []string
	switch {
	case r.Later:
		facts = append(facts, text("live.later"))
	case r.Waiting > 0:
		facts = append(facts, text("live.waiting", r.Waiting))
	case r.Done > 0:
		facts = append(facts, text("live.written"))
	}
	if r.Minutes >= 0 && r.Minutes < 24*60 {
		facts = append(facts, text("live.room", length(time.Duration(r.Minutes)*time.Minute)))
	}
	v.Facts = strings.Join(facts, " · ")
	return v
}

func length(d time.Duration) string {
	if h := int(d.Hours()); h >= 2 {
		return text("length.hours", h)
	}
	return text("length.minutes", int(d.Minutes()))
}

// floor is the quietest level that is drawn. Unit: dBFS.
const floor = -60.0

// level is how far a meter goes out for peaks in dBFS.
func level(peak []float64) int {
	most := floor
	for _, p := range peak {
		if !math.IsNaN(p) {
			most = max(most, p)
		}
	}
	return int(100 * (min(most, 0) - floor) / -floor)
}

func (l *live) start() {
	l.now, l.turned, l.look = liveView{Warnings: []string{}}, make(chan struct{}), make(chan struct{}, 1)
}

// Now is the newest view, and a channel that ends when there is a newer one.
func (l *live) Now() (liveView, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.now, l.turned
}

// show lets every page know what has become of the recording. Captions stay
// with the recording that they are of.
func (l *live) show(change func(*liveView)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.now
	change(&l.now)
	if l.now.Session != before.Session || !l.now.On {
		l.now.Heard, l.now.Draft = "", ""
	}
	close(l.turned)
	l.turned = make(chan struct{})
}

// listen counts a page that hears of the recording.
func (l *live) listen(captions bool) (end func()) {
	count := func(by int) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.listeners += by
		if captions {
			l.readers += by
		}
	}
	count(1)
	l.again()
	return func() { count(-1) }
}

// again looks at the recorder at once.
func (l *live) again() {
	select {
	case l.look <- struct{}{}:
	default:
	}
}

const (
	lookLive = 125 * time.Millisecond // while it records and somebody looks: a level that lags is no level
	lookIdle = time.Second
)

// followRecorder keeps live up to date until ctx ends, and captions going while
// somebody reads them.
func (p *Page) followRecorder(ctx context.Context) {
	var words captionRun
	defer words.stop()
	t := time.NewTimer(0)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.live.look:
		case <-t.C:
		}
		v := p.lookAtRecorder(ctx)
		p.live.mu.Lock()
		listeners, readers := p.live.listeners, p.live.readers
		p.live.mu.Unlock()
		words.want(ctx, p, v, readers > 0)
		wait := lookIdle
		if v.On && listeners > 0 {
			wait = lookLive
		}
		t.Reset(wait)
	}
}

// lookAtRecorder asks the recorder and shows what it says.
func (p *Page) lookAtRecorder(ctx context.Context) liveView {
	v := liveOf(p.Recorder.Recording(ctx))
	if now, _ := p.live.Now(); !v.On && !now.On {
		return v
	}
	p.live.show(func(now *liveView) { v.Heard, v.Draft = now.Heard, now.Draft; *now = v })
	return v
}

// captionRun is captions being written, of one session.
type captionRun struct {
	of     models.SessionID
	cancel context.CancelFunc
	done   chan struct{}
}

// want starts and ends the captions. They take a processor, so that they are
// written only for somebody who reads them.
func (c *captionRun) want(ctx context.Context, p *Page, v liveView, read bool) {
	read = read && v.On && !p.Lock.Locked()
	if c.cancel != nil && (!read || c.of != v.Session) {
		c.stop()
	}
	if !read || c.cancel != nil || p.Captions == nil {
		return
	}
	ctx, c.cancel = context.WithCancel(ctx)
	c.of, c.done = v.Session, make(chan struct{})
	go func(done chan struct{}) {
		defer close(done)
		lines, err := p.Captions.Captions(ctx, v.Session)
		if err != nil {
			return // the words come later, in the session
		}
		for l := range lines {
			p.live.show(func(now *liveView) {
				if now.Session == v.Session {
					now.Heard, now.Draft = lastWords(now.Heard+isolate(l.Stable)), isolate(l.Draft)
				}
			})
		}
	}(c.done)
}

func (c *captionRun) stop() {
	if c.cancel != nil {
		c.cancel()
		<-c.done
		c.cancel = nil
	}
}

// lastWords cuts a text to whole words at its end.
func lastWords(s string) string {
	if len(s) <= keptWords {
		return s
	}
	s = s[len(s)-keptWords:]
	if i := strings.IndexByte(s, ' '); i >= 0 {
		s = s[i+1:]
	}
	return strings.ToValidUTF8(s, "")
}

func stateText(state string) string {
	switch state {
	case "paused":
		return text("live.paused")
	case "waiting":
		return text("live.missing")
	}
	return text("live.recording")
}
