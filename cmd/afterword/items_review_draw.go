package main

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/afterword/afterword/models"
)

func (m *itemReview) View() tea.View {
	v := tea.NewView(m.render(m.lines()))
	v.AltScreen = true
	return v
}

// lines are the whole screen: where one is, the item with its words, the keys.
func (m *itemReview) lines() []viewLine {
	wide := m.inner()
	bottom := m.keyLines(wide)
	top := []viewLine{nil, styled(fmt.Sprintf("%d of %d", m.at+1, len(m.list)), faintStyle).and("  "+m.titles[m.list[m.at].Session], faintStyle), nil}
	if m.height < 12 {
		top = top[1:2]
	}
	middle := m.itemLines(wide)
	if m.mode == reading {
		middle = reviewKeys.lines()
	}
	room := max(0, m.height-len(top)-len(bottom)-1)
	if len(middle) > room && room > 0 {
		middle = append(middle[:room-1:room-1], styled("…", faintStyle))
	}
	out := append(top, middle...)
	for len(out) < m.height-len(bottom) {
		out = append(out, nil)
	}
	return append(out, bottom...)
}

func (m *itemReview) itemLines(wide int) []viewLine {
	it := m.list[m.at]
	out := []viewLine{styled(kindTitles[it.Kind], faintStyle).and(map[models.Decision]string{
		models.Accepted: "  ✓ kept", models.Edited: "  ✓ kept, in your words", models.Rejected: "  ✗ put away",
	}[it.Decision], goodStyle)}
	text := oneLine(it.Text)
	if it.Kind == models.KindTheme || it.Kind == models.KindEmotion {
		text = strings.ReplaceAll(it.Label, "-", " ")
	}
	if m.mode == rewording {
		text = string(m.text) + "▏"
	}
	for _, s := range wrapped(text, wide) {
		out = append(out, styled(s, boldStyle))
	}
	for _, s := range wrapped(itemDetails(it), wide) {
		out = append(out, styled(s, faintStyle))
	}
	out = append(out, nil)
	for _, e := range it.Evidence {
		at := ""
		if e.Span.End > 0 {
			at = models.Clock(e.Span.Start) + "  "
		}
		for i, s := range wrapped("“"+oneLine(strings.TrimSpace(e.Quote))+"”", max(1, wide-len(at))) {
			if i > 0 {
				at = strings.Repeat(" ", len(at))
			}
			out = append(out, styled(at, faintStyle).and(s, plainStyle))
		}
	}
	return out
}

// keyList is what keys do.
type keyList [][2]string

var reviewKeys = keyList{
	{"a", "keep it as it is"},
	{"x", "put it away: not true, or not wanted"},
	{"e", "put it into your own words"},
	{"z", "take the last decision back"},
	{"d", "tick it off, or not"},
	{"p", "hear the words behind it; again stops"},
	{"j k", "the next one, the one before"},
	{"n", "the next one that waits"},
	{"q", "leave; everything is stored"},
}

func (l keyList) lines() (out []viewLine) {
	for _, k := range l {
		out = append(out, styled(fmt.Sprintf("%-5s", k[0]), boldStyle).and(k[1], plainStyle))
	}
	return out
}

func (m *itemReview) keyLines(wide int) []viewLine {
	var out []viewLine
	style := boldStyle
	say := m.said
	switch {
	case say == "" && m.mode == rewording:
		say, style = "Enter keeps it like this, Esc leaves it as it was", faintStyle
	case say == "" && m.stop != nil:
		say, style = "Playing. p stops.", faintStyle
	}
	for i, s := range wrapped(say, max(1, wide-2)) {
		sign := ""
		if m.bad {
			sign = []string{"! ", "  "}[min(i, 1)]
		}
		out = append(out, styled(sign, careStyle).and(s, style))
	}
	if m.mode == rewording {
		return out
	}
	l := viewLine{}
	for _, k := range [][2]string{{"a", "keep"}, {"x", "put away"}, {"e", "change"}, {"z", "undo"}, {"d", "done"}, {"p", "play"}, {"?", "keys"}, {"q", "leave"}} {
		if len(l) > 0 {
			l = l.and("  ", plainStyle)
		}
		l = l.and(k[0], boldStyle).and(" "+k[1], faintStyle)
	}
	return append(out, l)
}
