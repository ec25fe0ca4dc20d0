package review

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"sync"
	"time"

	"github.com/afterword/afterword/models"
)

// The client's voice is learned on a page of its own: from the microphone, for
// as long as that page is open, or from a file. No sound of it is ever kept.

// enrolment learns the client's voice, in place of all that was known of it.
type enrolment interface {
	// Listen returns once the voice is learned. Busy, NotFound without a microphone,
	// NoModel, Unusable. It tells the level in dBFS, and how much speech there is of
	// what it needs.
	Listen(ctx context.Context, tell func(peak float64, heard, of time.Duration)) error
	LearnFrom(ctx context.Context, file io.Reader) error
}

// ear is the listening that goes on, if any does, and what came of the last.
type ear struct {
	mu   sync.Mutex
	now  earView
	end  context.CancelFunc
	over chan struct{} // closed when it has ended
	came *cameOf       // until it was shown
}

// earView is listening in words and numbers.
type earView struct {
	On    bool   `json:"on"`
	Level int    `json:"level"` // 0 to 100
	Part  int    `json:"part"`  // of what is needed, 0 to 100
	Say   string `json:"say"`
}

// cameOf is what came of it: why nothing did, or, where Why is empty, that the
// voice is known.
type cameOf struct{ Why string }

func (e *ear) view() earView {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.now
}

// show is how it stands, and once what came of the last.
func (e *ear) show() (earView, *cameOf) {
	e.mu.Lock()
	defer e.mu.Unlock()
	came := e.came
	e.came = nil
	return e.now, came
}

// stop ends the listening, and waits until the microphone is free.
func (e *ear) stop() {
	e.mu.Lock()
	end, over := e.end, e.over
	e.mu.Unlock()
	if end != nil {
		end()
		<-over
	}
}

// listenToVoice begins to listen. One voice is learned at a time.
func (p *Page) listenToVoice() {
	p.ear.mu.Lock()
	defer p.ear.mu.Unlock()
	if p.ear.end != nil {
		return
	}
	ctx, end := context.WithCancel(p.reading.ctx)
	over := make(chan struct{})
	p.ear.end, p.ear.over, p.ear.came = end, over, nil
	p.ear.now = earView{On: true, Say: text("voice.opening")}
	p.reading.work.Go(func() {
		defer end()
		err := p.Enrol.Listen(ctx, p.hears)
		p.ear.mu.Lock()
		p.ear.end, p.ear.now = nil, earView{}
		if err == nil || ctx.Err() == nil { // else it was stopped
			p.ear.came = cameTo(err)
		}
		p.ear.mu.Unlock()
		close(over)
		p.events.tell(event{name: "hearing", data: earView{}})
	})
}

func (p *Page) hears(peak float64, heard, of time.Duration) {
	v := earView{On: true, Level: level([]float64{peak}), Part: int(100 * heard / of), Say: text("voice.heard", int(heard.Seconds()), int(of.Seconds()))}
	if heard >= of {
		v.Level, v.Say = 0, text("voice.learning")
	}
	p.ear.mu.Lock()
	p.ear.now = v
	p.ear.mu.Unlock()
	p.events.tell(event{name: "hearing", data: v})
}

func cameTo(err error) *cameOf {
	if err == nil {
		return new(cameOf)
	}
	switch models.CodeOf(err) {
	case models.Busy:
		return &cameOf{text("voice.busy")}
	case models.NotFound:
		return &cameOf{text("voice.deaf")}
	case models.NoModel:
		return &cameOf{text("voice.nomodel")}
	}
	return &cameOf{isolate(sentence(err))}
}

// voiceView is the page on which a voice is learned.
type voiceView struct {
	earView
	Enrolled bool
	Came     *cameOf
}

func (p *Page) enrolPage(r *http.Request) (answer, error) {
	var v voiceView
	var err error
	v.earView, v.Came = p.ear.show()
	v.Enrolled, err = p.Options.Enrolled(r.Context())
	return answer{name: "voice", title: text("voice.title"), data: v}, err
}

func (p *Page) enrol(r *http.Request) (answer, error) {
	switch do := r.PostFormValue("do"); do {
	case "begin":
		p.listenToVoice()
	case "stop":
		p.ear.stop()
	default:
		return answer{}, models.Errorf(models.Invalid, "learn a voice: %q is nothing that it does", do)
	}
	return answer{to: "/settings/voice"}, nil
}

// enrolFile learns the voice from the file of a form.
func (p *Page) enrolFile(r *http.Request) (answer, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return answer{}, models.Errorf(models.Invalid, "learn a voice: the form is not one with a file")
	}
	form, err := r.MultipartReader()
	if err != nil {
		return answer{}, models.Errorf(models.Invalid, "learn a voice: %w", err)
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return answer{}, models.WithHint(models.Errorf(models.Invalid, "learn a voice: there is no file"), "%s", text("import.none"))
		}
		if err != nil {
			return answer{}, models.Errorf(models.Invalid, "learn a voice: %w", err)
		}
		if part.FormName() != "file" || part.FileName() == "" {
			continue
		}
		err = p.Enrol.LearnFrom(r.Context(), part)
		switch models.CodeOf(err) {
		case "", models.Unusable, models.Invalid, models.NoModel:
			p.ear.mu.Lock()
			p.ear.came = cameTo(err)
			p.ear.mu.Unlock()
			return answer{to: "/settings/voice"}, nil
		}
		return answer{}, err
	}
}

func (p *Page) forgetVoice(r *http.Request) (answer, error) {
	return answer{to: "/settings#voice", told: text("told.voice")}, p.Options.ForgetVoice(r.Context())
}
