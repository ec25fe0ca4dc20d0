package main

import (
	"fmt"
	"math"
	"time"

	"charm.land/lipgloss/v2"

	"github.com/afterword/afterword/models"
)

// stateLines tell how the work and the disk are.
func (m *viewModel) stateLines(wide int) []viewLine {
	if m.known == nil {
		return nil
	}
	var parts []string
	st := m.known.status
	for _, s := range []string{queueText(st), diskText(st.DiskMinutes), gapText(st)} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	var out []viewLine
	line := ""
	for _, s := range parts {
		switch joined := line + " · " + s; {
		case line == "":
			line = s
		case lipgloss.Width(joined) <= wide:
			line = joined
		default:
			out, line = append(out, styled(line, faintStyle)), s
		}
	}
	if line != "" {
		out = append(out, styled(line, faintStyle))
	}
	if m.height < 12 {
		out = out[:min(1, len(out))]
	}
	return out
}

func queueText(st recordingStatus) string {
	switch {
	case st.Later:
		return "written down after the end"
	case st.Waiting == 1:
		return "1 stretch still to write down"
	case st.Waiting > 1:
		return fmt.Sprintf("%d stretches still to write down", st.Waiting)
	case st.Done > 0:
		return "all written down so far"
	}
	return ""
}

func diskText(minutes int) string {
	switch {
	case minutes < 0:
		return ""
	case minutes == 1:
		return "room for about 1 minute"
	case minutes < 60:
		return fmt.Sprintf("room for about %d minutes", minutes)
	case minutes < 120:
		return "room for about 1 hour"
	case minutes < 48*60:
		return fmt.Sprintf("room for about %d hours", minutes/60)
	}
	return "plenty of room"
}

func gapText(st recordingStatus) string {
	long := models.Clock(time.Duration(st.GapSeconds * float64(time.Second)))
	if st.GapSeconds < 60 {
		long = fmt.Sprintf("%.0f s", math.Ceil(st.GapSeconds))
	}
	switch {
	case st.Gaps == 1:
		return "1 gap of " + long
	case st.Gaps > 1:
		return fmt.Sprintf("%d gaps, %s in all", st.Gaps, long)
	}
	return ""
}

// viewKeys are the keys, with what the last line says of them and the help.
var viewKeys = []struct{ key, short, about string }{
	{"p", "pause", "pause, and go on"},
	{"m", "mark", "mark this moment, with a note if you like"},
	{"s", "stop", "stop the recording and finish it"},
	{"q", "leave", "leave this view; the recording goes on"},
	{"?", "help", "what the keys do"},
}

// keyLines is the last line: what can be pressed, or what is asked.
func (m *viewModel) keyLines(wide int) []viewLine {
	ask := func(question string) (out []viewLine) {
		for _, s := range wrapped(question, wide) {
			out = append(out, styled(s, boldStyle))
		}
		return out
	}
	switch m.mode {
	case noting:
		return []viewLine{m.noteLine(wide)}
	case askingStop:
		return ask("Stop the recording and finish it? y stops, any other key goes on.")
	case askingLeave:
		return ask("Leave this view? The recording goes on; 'afterword stop' ends it. y leaves, any other key stays.")
	}
	if m.flash != "" && !m.flashBad && m.Now().Before(m.flashUntil) {
		return []viewLine{styled(m.flash, boldStyle)}
	}
	var l viewLine
	for i, k := range viewKeys {
		gap := "   "
		if wide < 48 {
			gap = "  "
		}
		if i > 0 {
			l = l.and(gap, plainStyle)
		}
		short := k.short
		if k.key == "p" && m.state() == "paused" {
			short = "go on"
		}
		l = l.and(k.key, boldStyle).and(" "+short, faintStyle)
	}
	return []viewLine{l}
}

// noteLine shows the end of what is typed.
func (m *viewModel) noteLine(wide int) viewLine {
	const label = "Note: "
	help := "  (Enter marks, Esc does not)"
	if wide < 60 {
		help = ""
	}
	room := max(4, wide-len(label)-len(help)-1)
	shown := m.note
	for lipgloss.Width(string(shown)) > room {
		shown = shown[1:]
	}
	return styled(label, boldStyle).and(string(shown), plainStyle).and("▏", plainStyle).and(help, faintStyle)
}
