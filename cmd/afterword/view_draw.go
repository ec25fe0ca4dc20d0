package main

import (
	"math"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"github.com/afterword/afterword/models"
)

const meterWide = 32 // columns

func (m *viewModel) View() tea.View {
	v := tea.NewView(m.screen())
	v.AltScreen = true
	return v
}

// screen is all lines. Where there is little room, what is heard gets less of
// it, then the rest goes from below, the keys last.
func (m *viewModel) screen() string {
	wide := m.inner()
	roomy := m.height >= 16
	top := []viewLine{m.headLine(wide)}
	if roomy {
		top = append([]viewLine{nil}, top...)
		top = append(top, nil)
	}
	top = append(top, m.meterLines(wide)...)
	bottom := append(m.warnLines(wide), m.stateLines(wide)...)
	keys := m.keyLines(wide)
	if roomy {
		keys = append([]viewLine{nil}, keys...)
	}
	blank := 1
	if m.height < 8 {
		blank = 0
	}
	room := m.height - len(top) - len(bottom) - len(keys) - 2*blank
	var lines []viewLine
	lines = append(lines, top...)
	lines = append(lines, make([]viewLine, blank)...)
	if room > 0 {
		lines = append(lines, m.middle(wide, room)...)
	}
	lines = append(lines, make([]viewLine, blank)...)
	lines = append(lines, bottom...)
	if over := len(lines) + len(keys) - m.height; over > 0 {
		lines = lines[:max(0, len(lines)-over)]
	}
	lines = append(lines, keys...)
	lines = lines[:max(0, min(len(lines), m.height))]
	return m.render(lines)
}

// headLine says what goes on, how long, and with what.
func (m *viewModel) headLine(wide int) viewLine {
	if m.known == nil {
		return says("Looking for the recording…")
	}
	st := m.known.status
	sign, word, style := "●", "Recording", goodStyle
	switch {
	case m.end == viewStopped || m.busy == "stop":
		sign, word, style = "○", "Stopping", plainStyle
	case st.State == "paused":
		sign, word, style = "‖", "Paused", careStyle
	case st.State == "waiting":
		sign, word, style = "○", "Waiting for a microphone", careStyle
	case st.State == "ended":
		sign, word, style = "○", "Ended", plainStyle
	}
	l := styled(sign+" ", style).and(word+"  ", boldStyle).and(models.Clock(m.elapsed()), boldStyle)
	used := 0
	for _, r := range l {
		used += lipgloss.Width(r.text)
	}
	name := oneLine(st.Title)
	if name == "" {
		name = oneLine(st.Device)
	}
	if room := wide - used - 3; lipgloss.Width(name) > room {
		more := m.glyphs("…")
		name = clip(name, max(0, room-len([]rune(more)))) + more
		if room < 8 {
			name = ""
		}
	}
	if name != "" {
		l = l.and(strings.Repeat(" ", wide-used-lipgloss.Width(name)), plainStyle).and(name, faintStyle)
	}
	return l
}

// meterLines is the loudness, one line a channel where there is room for two.
func (m *viewModel) meterLines(wide int) []viewLine {
	switch m.state() {
	case "":
		return []viewLine{nil}
	case "paused":
		return []viewLine{styled("Nothing is recorded. p goes on.", faintStyle)}
	case "waiting":
		return []viewLine{styled("It goes on by itself when one is there.", faintStyle)}
	case "ended":
		return []viewLine{nil}
	}
	levels := m.level
	if len(levels) > 1 && m.height < 16 {
		most := levels[0]
		for _, v := range levels {
			most = max(most, v)
		}
		levels = []float64{most}
	}
	var out []viewLine
	for _, v := range levels {
		out = append(out, meter(v, min(meterWide, wide-12)))
	}
	if len(out) == 0 {
		out = []viewLine{nil}
	}
	return out
}

// meter draws a level in dBFS.
func meter(level float64, wide int) viewLine {
	if wide < 5 {
		return nil
	}
	full := int(math.Round(float64(wide) * (level - quietest) / -quietest))
	style, word := goodStyle, ""
	switch {
	case level > -1:
		style, word = careStyle, "too loud"
	case level <= quietest:
		word = "silence"
	case level < -45:
		word = "very quiet"
	}
	return styled(strings.Repeat("━", full), style).and(strings.Repeat("─", wide-full), faintStyle).and("  "+word, faintStyle)
}

// middle is what was heard, or help.
func (m *viewModel) middle(wide, room int) []viewLine {
	var lines []viewLine
	switch {
	case m.mode == helping:
		for _, k := range viewKeys {
			lines = append(lines, styled(k.key+"  ", boldStyle).and(k.about, plainStyle))
		}
		lines = append(lines, nil)
		for _, s := range wrapped("What is heard is shown as it is spoken; faint words may still change. Everything stays on this computer.", wide) {
			lines = append(lines, styled(s, faintStyle))
		}
		lines = lines[:min(len(lines), room)]
	default:
		lines = flow(m.heard.pieces(), wide)
		if len(lines) == 0 {
			lines = []viewLine{styled(m.nothingYet(), faintStyle)}
		}
		lines = lines[max(0, len(lines)-room):]
	}
	return append(lines, make([]viewLine, room-len(lines))...)
}

func (m *viewModel) nothingYet() string {
	switch {
	case m.known == nil || m.state() == "ended":
		return ""
	case m.known.status.Later:
		return "It is written down after the end."
	}
	return "What is said will appear here."
}

// flow breaks pieces into lines.
func flow(all []piece, wide int) []viewLine {
	var out []viewLine
	used := 0
	for _, p := range all {
		style := plainStyle
		if p.faint {
			style = faintStyle
		}
		for i, part := range parts(p.text, wide) {
			n := lipgloss.Width(part)
			if len(out) == 0 || p.line || i > 0 || used+1+n > wide {
				out, used = append(out, styled(part, style)), n
				continue
			}
			last := &out[len(out)-1]
			*last, used = last.and(" "+part, style), used+1+n
		}
	}
	return out
}

// warnLines are what the person should know, the newest last.
func (m *viewModel) warnLines(wide int) []viewLine {
	var all []string
	if m.known != nil {
		all = append(all, m.known.status.Warnings...)
		if m.known.err != nil && m.Now().Sub(m.known.at) > silent && m.state() != "ended" {
			all = append(all, "The recording does not answer at the moment. What was recorded is safe; this view keeps asking.")
		}
	}
	if m.flash != "" && m.flashBad && m.Now().Before(m.flashUntil) {
		all = append(all, m.flash)
	}
	// Of several, the newest is shown from its beginning. Its text has no colour:
	// yellow on white is hard to read.
	var out []viewLine
	most := max(4, m.height/5)
	for i := len(all) - 1; i >= 0; i-- {
		var one []viewLine
		for j, part := range wrapped(oneLine(all[i]), max(1, wide-2)) {
			sign := "  "
			if j == 0 {
				sign = "! "
			}
			one = append(one, styled(sign, careStyle).and(part, boldStyle))
		}
		if i < len(all)-1 && len(one)+len(out) > most {
			break
		}
		out = append(one, out...)
	}
	return out[:min(len(out), most)]
}
