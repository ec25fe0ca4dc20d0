package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/store"
)

// What was found in a session is gone through on a whole terminal, one thing at
// a time with its words: the keys are those of the page. Each decision is stored
// at once, so that leaving loses nothing.

// reviewItems goes through the items of the sessions that f names.
func (a *app) reviewItems(ctx context.Context, f store.ItemFilter) error {
	if !a.viewable() {
		return models.WithHint(usagef("going through items needs a terminal"), "'afterword items' lists them; accept, reject, edit, done and undo decide; 'afterword review' opens the page")
	}
	playing, cancel := context.WithCancel(ctx)
	defer cancel()
	m := newItemReview(playing, a)
	err := a.eachSession(ctx, f, func(s models.Session, list []models.Item) error {
		m.add(s, list)
		return nil
	})
	if err != nil {
		return err
	}
	if len(m.list) == 0 {
		a.note("There is nothing to go through.")
		return nil
	}
	m.at = m.waiting(0)
	err = a.draw(ctx, m)
	m.silence()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err == nil {
		a.note("%s", m.left())
	}
	return err
}

// itemReview is all that a review on the terminal knows. Its methods run one at
// a time.
type itemReview struct {
	canvas
	a      *app
	ctx    context.Context
	list   []models.Item
	titles map[models.SessionID]string
	at     int // of list
	mode   reviewMode
	text   typing
	said   string // what was done, or why not, until the next key
	bad    bool
	busy   bool
	stop   context.CancelFunc // of what is played; nil: nothing is
	played int                // sounds so far
}

// reviewMode is what keys mean at the moment.
type reviewMode int

const (
	deciding reviewMode = iota
	rewording
	reading // the keys
)

const textMost = 500 // letters of an item

func newItemReview(ctx context.Context, a *app) *itemReview {
	return &itemReview{canvas: canvas{80, 24, !utf8Locale(os.Getenv, runtime.GOOS), a.colour == "never"}, a: a, ctx: ctx, titles: map[models.SessionID]string{}}
}

// add appends the items of a session in the order of their kinds.
func (m *itemReview) add(s models.Session, list []models.Item) {
	m.titles[s.ID] = oneLine(s.Title)
	slices.SortStableFunc(list, func(x, y models.Item) int {
		return slices.Index(models.Kinds, x.Kind) - slices.Index(models.Kinds, y.Kind)
	})
	m.list = append(m.list, list...)
}

// waiting is the first item from i on, and around, that nobody decided about; i
// where there is none.
func (m *itemReview) waiting(i int) int {
	for k := range m.list {
		if j := (i + k) % len(m.list); m.list[j].Decision == models.Proposed {
			return j
		}
	}
	return i
}

// left says how much waits.
func (m *itemReview) left() string {
	n := 0
	for _, it := range m.list {
		if it.Decision == models.Proposed {
			n++
		}
	}
	switch n {
	case 0:
		return "Nothing waits any more."
	case 1:
		return "One thing waits. There is no hurry."
	}
	return fmt.Sprintf("%d things wait. There is no hurry.", n)
}

type (
	decidedMsg struct {
		at   int
		item models.Item
		said string
		next bool // go on to what waits
		err  error
	}
	playedMsg struct {
		number int
		err    error
	}
)

func (m *itemReview) Init() tea.Cmd { return nil }

func (m *itemReview) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
	case tea.PasteMsg:
		if m.mode == rewording {
			m.text.add(msg.Content, textMost)
		}
	case decidedMsg:
		m.decided(msg)
	case playedMsg:
		if msg.number == m.played {
			m.silence()
			m.tell(msg.err)
		}
	case tea.KeyPressMsg:
		return m, m.key(msg)
	}
	return m, nil
}

func (m *itemReview) key(k tea.KeyPressMsg) tea.Cmd {
	m.said, m.bad = "", false
	name := k.String()
	switch m.mode {
	case rewording:
		return m.keyText(k, name)
	case reading:
		m.mode = deciding
		if name == "?" || name == "esc" {
			return nil
		}
	}
	switch name {
	case "a":
		return m.decide("Kept.", models.Accepted, nil)
	case "x":
		return m.decide("Put away.", models.Rejected, nil)
	case "e":
		m.reword()
	case "z":
		return m.change("Taken back.", false, func(it models.Item) (models.Item, error) { return m.a.store.Undo(m.ctx, it.ID) })
	case "d":
		return m.tick()
	case "p", "space":
		return m.play()
	case "j", "down", "right":
		m.move(1)
	case "k", "up", "left":
		m.move(-1)
	case "n", "tab":
		m.silence()
		m.at = m.waiting((m.at + 1) % len(m.list))
	case "?", "h":
		m.mode = reading
	case "q", "esc", "ctrl+c":
		return tea.Quit
	}
	return nil
}

func (m *itemReview) move(by int) {
	m.silence()
	m.at = (m.at + by + len(m.list)) % len(m.list)
}

// reword begins to edit the item's text.
func (m *itemReview) reword() {
	if it := m.list[m.at]; it.Kind == models.KindTheme || it.Kind == models.KindEmotion {
		m.said = "Its name is from a list: keep it, or put it away."
		return
	}
	m.mode, m.text = rewording, typing(m.list[m.at].Text)
}

func (m *itemReview) keyText(k tea.KeyPressMsg, name string) tea.Cmd {
	switch name {
	case "enter":
		m.mode = deciding
		text := strings.TrimSpace(string(m.text))
		if text == "" || text == m.list[m.at].Text {
			return nil
		}
		return m.decide("In your words now.", models.Edited, func(it *models.Item) { it.Text = text })
	case "esc", "ctrl+c":
		m.mode = deciding
	default:
		m.text.key(k, textMost)
	}
	return nil
}

// decide stores a decision about the item as it is shown: one that was changed
// elsewhere meanwhile is not overwritten unseen.
func (m *itemReview) decide(said string, d models.Decision, edit func(*models.Item)) tea.Cmd {
	return m.change(said, true, func(it models.Item) (models.Item, error) {
		if it.Decision == d && edit == nil {
			return it, nil
		}
		return m.a.store.DecideAs(m.ctx, it, d, edit)
	})
}

func (m *itemReview) tick() tea.Cmd {
	said := "Done."
	if m.list[m.at].Finished {
		said = "Not done yet."
	}
	return m.change(said, false, func(it models.Item) (models.Item, error) {
		if err := m.a.store.Finish(m.ctx, it.ID, !it.Finished); err != nil {
			return it, err
		}
		return m.a.store.FindItem(m.ctx, it.ID)
	})
}

// change does one thing to the item that is shown. One at a time.
func (m *itemReview) change(said string, next bool, do func(models.Item) (models.Item, error)) tea.Cmd {
	if m.busy {
		return nil
	}
	m.busy = true
	at, it := m.at, m.list[m.at]
	return func() tea.Msg {
		now, err := do(it)
		if models.CodeOf(err) == models.Conflict { // shown as it is now, to decide about
			if fresh, ferr := m.a.store.FindItem(m.ctx, it.ID); ferr == nil {
				now = fresh
			}
		}
		return decidedMsg{at, now, said, next, err}
	}
}

func (m *itemReview) decided(d decidedMsg) {
	m.busy = false
	if d.item.ID != "" {
		m.list[d.at] = d.item
	}
	if m.tell(d.err); d.err != nil {
		return
	}
	m.said = d.said
	if next := m.waiting(d.at); d.next && d.at == m.at && next != d.at {
		m.silence()
		m.at = next
	}
}

// tell says why something did not work.
func (m *itemReview) tell(err error) {
	if err == nil || m.ctx.Err() != nil || errors.Is(err, context.Canceled) {
		return
	}
	m.said, m.bad = oneLine(err.Error()), true
	if hint := models.HintOf(err); hint != "" {
		m.said += " (" + oneLine(hint) + ")"
	}
}

// play plays the words behind the item, or stops.
func (m *itemReview) play() tea.Cmd {
	if m.stop != nil {
		m.silence()
		return nil
	}
	ctx, stop := context.WithCancel(m.ctx)
	m.stop = stop
	m.played++
	number, it := m.played, m.list[m.at]
	return func() tea.Msg {
		sound, err := m.a.behindItem(ctx, it, time.Second)
		if err == nil {
			err = sound.play(ctx)
		}
		return playedMsg{number, err}
	}
}

func (m *itemReview) silence() {
	if m.stop != nil {
		m.stop()
		m.stop = nil
	}
}
