package main

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/afterword/afterword/models"
)

// viewConfig is what a viewModel needs.
type viewConfig struct {
	Source   viewSource
	Latest   func() *polled   // what is known of the recording; nil at first
	Gone     func() bool      // whether the terminal is there no more; nil means never
	Context  context.Context  // of what is asked of the source
	Now      func() time.Time // nil means time.Now
	ASCII    bool             // the terminal shows no more
	NoColour bool
}

// viewModel is all that the view knows. Its methods run one at a time.
type viewModel struct {
	viewConfig
	canvas
	born       time.Time
	known      *polled
	level      []float64 // shown loudness of each channel in dBFS: rises at once, falls slowly
	heard      lately
	mode       viewMode
	note       typing
	flash      string // what was done, for a moment
	flashBad   bool
	flashUntil time.Time
	busy       string // the verb that is being done
	end        viewEnd
}

// viewMode is what keys mean at the moment.
type viewMode int

const (
	watching viewMode = iota
	helping
	noting
	askingStop
	askingLeave
)

type (
	drawMsg    time.Time
	captionMsg struct {
		line captionLine
		ok   bool
	}
	actedMsg struct {
		verb string
		err  error
	}
	leaveMsg struct{}
)

const (
	flashTime = 4 * time.Second
	noteMost  = 200              // letters of a note
	silent    = 3 * time.Second  // without an answer: the person is told
	quietest  = -60.0            // dBFS, the empty meter
	fall      = 24.0 / 15        // dB that the meter falls from one drawing to the next
	actMost   = 30 * time.Second // acting on a recording takes no longer
)

func newViewModel(c viewConfig) *viewModel {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &viewModel{viewConfig: c, canvas: canvas{80, 24, c.ASCII, c.NoColour}, born: c.Now()}
}

func (m *viewModel) Init() tea.Cmd { return tea.Batch(m.draw(), m.nextCaption()) }

func (m *viewModel) draw() tea.Cmd {
	return tea.Tick(viewRate, func(t time.Time) tea.Msg { return drawMsg(t) })
}

// nextCaption waits for one.
func (m *viewModel) nextCaption() tea.Cmd {
	lines := m.Source.captions()
	if lines == nil {
		return nil
	}
	return func() tea.Msg {
		select {
		case l, ok := <-lines:
			return captionMsg{l, ok}
		case <-m.Context.Done():
			return captionMsg{}
		}
	}
}

func (m *viewModel) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case drawMsg:
		return m, tea.Batch(m.draw(), m.look())
	case captionMsg:
		if msg.ok {
			m.heard.caption(msg.line)
			return m, m.nextCaption()
		}
	case actedMsg:
		return m, m.acted(msg)
	case leaveMsg:
		return m, tea.Quit
	case tea.PasteMsg:
		if m.mode == noting {
			m.note.add(msg.Content, noteMost)
		}
	case tea.KeyPressMsg:
		return m, m.key(msg)
	}
	return m, nil
}

// look takes what is known of the recording.
func (m *viewModel) look() tea.Cmd {
	if m.Latest != nil {
		if p := m.Latest(); p != nil && p != m.known {
			m.known = p
			m.heard.final(p.status.Heard)
		}
	}
	m.measure()
	if m.Gone != nil && m.end == 0 && m.Gone() {
		return m.leave(viewGone)
	}
	if m.known != nil && m.known.status.State == "ended" && m.end == 0 && m.busy == "" {
		return m.leave(viewEnded)
	}
	return nil
}

// measure lets the meter follow the sound.
func (m *viewModel) measure() {
	var peak []float64
	if m.known != nil && m.known.status.State == "recording" {
		peak = m.known.status.Peak
	}
	for len(m.level) < len(peak) {
		m.level = append(m.level, quietest)
	}
	for i := range m.level {
		now := quietest
		if i < len(peak) && peak[i] > quietest { // not for NaN
			now = min(0, peak[i])
		}
		m.level[i] = max(now, m.level[i]-fall, quietest)
	}
}

// leave ends the view, though not while the terminal may still be answering
// what it was asked at the beginning.
func (m *viewModel) leave(end viewEnd) tea.Cmd {
	m.end = end
	return tea.Tick(max(0, viewLeast-m.Now().Sub(m.born)), func(time.Time) tea.Msg { return leaveMsg{} })
}

func (m *viewModel) key(k tea.KeyPressMsg) tea.Cmd {
	if m.end != 0 {
		return nil
	}
	name := k.String()
	if m.mode == noting {
		return m.keyNote(k, name)
	}
	if name == "ctrl+c" { // as without a view: it stops; asked once
		if m.mode == askingStop {
			return m.act("stop", "")
		}
		m.mode = askingStop
		return nil
	}
	switch m.mode {
	case askingStop, askingLeave:
		return m.keyAnswer(name)
	case helping:
		m.mode = watching
		if name == "?" || name == "esc" {
			return nil
		}
	}
	switch strings.ToLower(name) {
	case "p", "space":
		if m.state() == "paused" {
			return m.act("resume", "")
		}
		return m.act("pause", "")
	case "m":
		m.mode, m.note = noting, nil
	case "s":
		m.mode = askingStop
	case "q":
		m.mode = askingLeave
	case "?", "h":
		m.mode = helping
	}
	return nil
}

// keyAnswer is yes or anything else.
func (m *viewModel) keyAnswer(name string) tea.Cmd {
	asked := m.mode
	m.mode = watching
	switch {
	case strings.ToLower(name) == "y" && asked == askingStop:
		return m.act("stop", "")
	case strings.ToLower(name) == "y":
		return m.leave(viewLeft)
	}
	return nil
}

// keyNote edits the note of a mark.
func (m *viewModel) keyNote(k tea.KeyPressMsg, name string) tea.Cmd {
	switch name {
	case "enter":
		m.mode = watching
		return m.act("mark", strings.TrimSpace(string(m.note)))
	case "esc", "ctrl+c":
		m.mode, m.note = watching, nil
	default:
		m.note.key(k, noteMost)
	}
	return nil
}

// act asks the recording for something. One thing at a time.
func (m *viewModel) act(verb, note string) tea.Cmd {
	if m.busy != "" {
		return nil
	}
	m.busy, m.mode = verb, watching
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(m.Context, actMost)
		defer cancel()
		return actedMsg{verb, m.Source.act(ctx, verb, note)}
	}
}

func (m *viewModel) acted(a actedMsg) tea.Cmd {
	m.busy = ""
	m.flashUntil, m.flashBad = m.Now().Add(flashTime), a.err != nil
	if a.err != nil {
		m.flash = "That did not work: " + oneLine(a.err.Error()) + ". The recording is as it was"
		if hint := models.HintOf(a.err); hint != "" {
			m.flash += "; " + oneLine(hint)
		}
		m.flash += "."
		m.flashUntil = m.flashUntil.Add(flashTime)
		return nil
	}
	switch a.verb {
	case "stop":
		return m.leave(viewStopped)
	case "mark":
		m.flash = "Marked at " + models.Clock(m.elapsed()) + "."
	case "pause":
		m.flash = "Paused. Nothing is recorded until you press p again."
	case "resume":
		m.flash = "Recording again."
	}
	return nil
}

func (m *viewModel) state() string {
	if m.known == nil {
		return ""
	}
	return m.known.status.State
}

// elapsed goes on between two answers, for a little while.
func (m *viewModel) elapsed() time.Duration {
	if m.known == nil {
		return 0
	}
	d := time.Duration(m.known.status.Elapsed * float64(time.Second))
	if s := m.state(); s == "recording" || s == "waiting" {
		d += max(0, min(m.Now().Sub(m.known.at), silent))
	}
	return d
}
