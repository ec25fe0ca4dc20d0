package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"github.com/afterword/afterword/models"
)

var update = flag.Bool("update", false, "write golden files anew")

// checkScreen compares a screen with a golden file.
func checkScreen(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name+".txt")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got+"\n" != string(want) {
		t.Errorf("%s is now\n%s\nand was\n%s", name, got, want)
	}
}

var styling = regexp.MustCompile("\x1b\\[[0-9;]*m")

// plainScreen is a screen without styles and without spaces at ends of lines.
func plainScreen(m *viewModel) string {
	lines := strings.Split(styling.ReplaceAllString(m.screen(), ""), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n")
}

// scriptedRecording is a recording as a script has it.
type scriptedRecording struct {
	mu    sync.Mutex
	st    recordingStatus
	err   error
	lines chan captionLine
	acts  []string
}

func (s *scriptedRecording) status(context.Context) (recordingStatus, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.st, s.err
}

func (s *scriptedRecording) act(_ context.Context, verb, note string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acts = append(s.acts, strings.TrimSpace(verb+" "+note))
	if s.err != nil {
		return s.err
	}
	switch verb {
	case "pause":
		s.st.State = "paused"
	case "resume":
		s.st.State = "recording"
	case "stop":
		s.st.State = "ended"
	}
	return nil
}

func (s *scriptedRecording) captions() <-chan captionLine { return s.lines }

func (s *scriptedRecording) change(f func(*recordingStatus)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&s.st)
}

var viewStart = time.Date(2026, 3, 5, 10, 0, 0, 0, time.UTC)

func newScripted() *scriptedRecording {
	return &scriptedRecording{st: recordingStatus{
		State: "recording", Started: viewStart, Elapsed: 761, Captured: 760, Device: "Built-in Audio Analog Stereo",
		Rate: 48000, Channels: 1, Peak: []float64{-18}, RMS: []float64{-30}, Waiting: 2, Done: 21, DiskMinutes: 9*60 + 12,
		Heard: []string{"How has your week been?"},
	}}
}

// watch is a view of s that knows its status, at a time that stands still.
func watch(s *scriptedRecording, wide, high int) *viewModel {
	now := viewStart.Add(761 * time.Second)
	m := newViewModel(viewConfig{Source: s, Context: context.Background(), Now: func() time.Time { return now }})
	m.Latest = func() *polled {
		st, err := s.status(context.Background())
		return &polled{status: st, err: err, at: now}
	}
	m.Update(tea.WindowSizeMsg{Width: wide, Height: high})
	m.Update(drawMsg(now))
	return m
}

func say(m *viewModel) {
	m.Update(captionMsg{captionLine{Stable: " honestly it has been a hard week work is too much at the moment", Start: 10, End: 14}, true})
	if s := m.Source.(*scriptedRecording); len(s.st.Heard) == 1 {
		s.change(func(st *recordingStatus) {
			st.Heard = append(st.Heard, "Honestly, it has been a hard week. Work is too much at the moment.")
		})
	}
	m.look()
	m.Update(captionMsg{captionLine{Stable: " What has been the hardest part?", Start: 16.5, End: 17.5}, true})
	m.Update(captionMsg{captionLine{Stable: " My manager gave me", Draft: " a second project, and", Start: 19, End: 20}, true})
}

// press sends keys and runs what they ask for, as far as that is an act.
func press(t *testing.T, m *viewModel, keys ...string) {
	t.Helper()
	special := map[string]tea.Key{
		"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "backspace": {Code: tea.KeyBackspace},
		"ctrl+c": {Code: 'c', Mod: tea.ModCtrl}, "ctrl+u": {Code: 'u', Mod: tea.ModCtrl}, "ctrl+w": {Code: 'w', Mod: tea.ModCtrl}, "space": {Code: ' ', Text: " "},
	}
	for _, k := range keys {
		key, ok := special[k]
		if !ok {
			key = tea.Key{Code: []rune(k)[0], Text: k}
		}
		_, cmd := m.Update(tea.KeyPressMsg(key))
		if cmd == nil || m.end != 0 {
			continue
		}
		if a, ok := cmd().(actedMsg); ok {
			m.Update(a)
		}
	}
}

func TestViewScreens(t *testing.T) {
	muted := "I can't hear anything: the microphone may be muted or permission is missing."
	tests := []struct {
		name  string
		wide  int
		high  int
		first func(*scriptedRecording)
		then  func(*testing.T, *viewModel)
	}{
		{"view-80x24", 80, 24, nil, nil},
		{"view-120x40", 120, 40, nil, nil},
		{"view-40x10", 40, 10, nil, nil},
		{"view-20x5", 20, 5, nil, nil},
		{"view-stereo-clipping", 80, 24, func(s *scriptedRecording) { s.st.Channels, s.st.Peak = 2, []float64{-0.2, math.Inf(-1)} }, nil},
		{"view-paused", 80, 24, func(s *scriptedRecording) { s.st.State = "paused" }, nil},
		{"view-waiting-gaps", 80, 24, func(s *scriptedRecording) {
			s.st.State, s.st.Gaps, s.st.GapSeconds = "waiting", 2, 75.2
			s.st.Warnings = []string{"The microphone was unplugged. The recording waits for it."}
		}, nil},
		{"view-muted-low-disk", 80, 24, func(s *scriptedRecording) { s.st.Warnings, s.st.DiskMinutes = []string{muted}, 24 }, nil},
		{"view-muted-40x10", 40, 10, func(s *scriptedRecording) { s.st.Warnings = []string{muted} }, nil},
		{"view-later", 80, 24, func(s *scriptedRecording) {
			s.st.Later, s.st.Heard, s.st.Title = true, nil, "A very long title of a session that says a lot about it, too much"
		}, nil},
		{"view-help", 80, 24, nil, func(t *testing.T, m *viewModel) { press(t, m, "?") }},
		{"view-note", 80, 24, nil, func(t *testing.T, m *viewModel) { press(t, m, "m", "s", "l", "e", "e", "p") }},
		{"view-stop", 80, 24, nil, func(t *testing.T, m *viewModel) { press(t, m, "s") }},
		{"view-leave-40x10", 40, 10, nil, func(t *testing.T, m *viewModel) { press(t, m, "q") }},
		{"view-failed", 80, 24, nil, func(t *testing.T, m *viewModel) {
			m.Source.(*scriptedRecording).err = models.WithHint(errors.New("connect to the recording: connection refused"), "wait a moment")
			press(t, m, "p")
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newScripted()
			if tt.first != nil {
				tt.first(s)
			}
			m := watch(s, tt.wide, tt.high)
			if !s.st.Later {
				say(m)
			}
			if tt.then != nil {
				tt.then(t, m)
			}
			checkScreen(t, tt.name, plainScreen(m))
		})
	}
}

func TestViewStyles(t *testing.T) {
	m := watch(newScripted(), 60, 16)
	say(m)
	styledScreen := func() string { return strings.ReplaceAll(m.screen(), "\x1b", "^") }
	checkScreen(t, "view-styles", styledScreen())
	m.bare = true
	if s := styledScreen(); regexp.MustCompile(`\^\[[0-9;]*3[0-9]`).MatchString(s) || !strings.Contains(s, "^[2m") {
		t.Errorf("without colour, draft is faint and nothing coloured:\n%s", s)
	}
}

func TestViewInASCII(t *testing.T) {
	s := newScripted()
	s.st.Device, s.st.Heard = "Mikrofon für alle", []string{"It’s “fine” – café…"}
	m := watch(s, 80, 24)
	m.ascii = true
	press(t, m, "m", "ü")
	got := plainScreen(m)
	for _, r := range got {
		if r > 126 {
			t.Fatalf("%q is no ASCII in\n%s", r, got)
		}
	}
	checkScreen(t, "view-ascii", got)
}

func TestViewFitsEverySize(t *testing.T) {
	s := newScripted()
	s.st.Warnings = []string{strings.Repeat("a warning that is long ", 20), "日本語のデバイス"}
	s.st.Device = strings.Repeat("日本", 30)
	for _, keys := range [][]string{nil, {"?"}, {"m", "日", "本"}, {"s"}, {"q"}} {
		for wide := 1; wide <= 130; wide += 8 {
			for high := 1; high <= 45; high += 4 {
				m := watch(s, wide, high)
				say(m)
				press(t, m, keys...)
				lines := strings.Split(m.screen(), "\n")
				if len(lines) > high {
					t.Fatalf("%dx%d: %d lines", wide, high, len(lines))
				}
				for _, l := range lines {
					if lipgloss.Width(l) > wide {
						t.Fatalf("%dx%d: a line of %d: %q", wide, high, lipgloss.Width(l), l)
					}
				}
			}
		}
	}
}

func FuzzView(f *testing.F) {
	f.Add("My manager gave me", " a second project", "It’s “fine”.", 40, 10)
	f.Add("今日はとても大変な一週間でした", "そして", strings.Repeat("仕事が多すぎます", 9), 31, 12)
	f.Add("\x1b[31mred\x1b]0;title\a", "\r\n\t", "☂️ 👩‍👩‍👧 é", 12, 4)
	f.Fuzz(func(t *testing.T, stable, draft, other string, wide, high int) {
		wide, high = 1+max(0, wide)%200, 1+max(0, high)%60
		s := newScripted()
		s.st.Warnings, s.st.Device, s.st.Heard = []string{other}, draft, []string{other, stable}
		m := watch(s, wide, high)
		m.Update(captionMsg{captionLine{Stable: stable, Draft: draft, End: 1}, true})
		m.Update(captionMsg{captionLine{Stable: other, Draft: stable, Start: 1, End: 2}, true})
		m.Update(tea.PasteMsg{Content: other})
		lines := strings.Split(m.screen(), "\n")
		if len(lines) > high {
			t.Fatalf("%d lines of %d", len(lines), high)
		}
		for _, l := range lines {
			if n := lipgloss.Width(l); n > wide {
				t.Fatalf("a line of %d, not %d: %q", n, wide, l)
			}
			for _, r := range styling.ReplaceAllString(l, "") {
				if r < ' ' || r == 0x7f {
					t.Fatalf("a control character in %q", l)
				}
			}
		}
	})
}

func TestViewKeys(t *testing.T) {
	tests := []struct {
		name string
		keys []string
		acts []string
		end  viewEnd
	}{
		{"pause and go on", []string{"p", "p"}, []string{"pause", "resume"}, 0},
		{"mark without a note", []string{"m", "enter"}, []string{"mark"}, 0},
		{"mark with a note", []string{"m", "s", "l", "x", "backspace", "e", "space", "q", "enter"}, []string{"mark sle q"}, 0},
		{"a note taken back", []string{"m", "a", "esc"}, nil, 0},
		{"a note begun anew", []string{"m", "a", "space", "b", "ctrl+w", "c", "enter"}, []string{"mark a c"}, 0},
		{"stop asks once", []string{"s"}, nil, 0},
		{"stop, then not", []string{"s", "n"}, nil, 0},
		{"stop", []string{"s", "y"}, []string{"stop"}, viewStopped},
		{"Ctrl-C asks once, too", []string{"ctrl+c"}, nil, 0},
		{"Ctrl-C twice", []string{"ctrl+c", "ctrl+c"}, []string{"stop"}, viewStopped},
		{"leave asks once", []string{"q"}, nil, 0},
		{"leave, then not", []string{"q", "esc"}, nil, 0},
		{"leave", []string{"q", "y"}, nil, viewLeft},
		{"y alone does nothing", []string{"y"}, nil, 0},
		{"a key from the help", []string{"?", "p"}, []string{"pause"}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newScripted()
			m := watch(s, 80, 24)
			for _, k := range tt.keys {
				press(t, m, k)
				if m.end == 0 {
					m.look()
				}
			}
			if fmt.Sprint(s.acts) != fmt.Sprint(tt.acts) || m.end != tt.end {
				t.Errorf("did %v and ended with %d, want %v and %d", s.acts, m.end, tt.acts, tt.end)
			}
		})
	}
}

func TestGapsAreNeverToldShorterThanTheyAre(t *testing.T) {
	for _, tt := range []struct {
		n    int
		long float64
		want string
	}{
		{0, 0, ""},
		{1, 0.004, "1 gap of 0.1 s"},
		{1, 0.1, "1 gap of 0.1 s"},
		{2, 0.31, "2 gaps, 0.4 s in all"},
		{1, 9.85, "1 gap of 9.9 s"},
		{1, 9.95, "1 gap of 10 s"},
		{1, 58.2, "1 gap of 59 s"},
		{1, 59.2, "1 gap of 1:00"},
		{3, 75.2, "3 gaps, 1:16 in all"},
	} {
		if got := gapText(recordingStatus{Gaps: tt.n, GapSeconds: tt.long}); got != tt.want {
			t.Errorf("%d gaps of %v s: %q, want %q", tt.n, tt.long, got, tt.want)
		}
	}
}

func TestViewEndsWithTheTerminal(t *testing.T) {
	m := watch(newScripted(), 80, 24)
	gone := false
	m.Gone = func() bool { return gone }
	if m.look(); m.end != 0 {
		t.Errorf("end is %d", m.end)
	}
	gone = true
	if m.look(); m.end != viewGone {
		t.Errorf("end is %d", m.end)
	}
}

func TestViewEndsWithTheRecording(t *testing.T) {
	s := newScripted()
	m := watch(s, 80, 24)
	s.change(func(st *recordingStatus) { st.State = "ended" })
	if m.Update(drawMsg(m.born)); m.end != viewEnded {
		t.Errorf("end is %d", m.end)
	}
}

func TestViewTellsWhenNobodyAnswers(t *testing.T) {
	s := newScripted()
	m := watch(s, 80, 24)
	st := s.st
	m.Latest = func() *polled { return &polled{status: st, err: errors.New("no"), at: m.Now().Add(-10 * time.Second)} }
	m.look()
	if got := plainScreen(m); !strings.Contains(got, "does not answer") || !strings.Contains(got, "12:44") {
		t.Errorf("it shows\n%s", got)
	}
}

func TestMeterRisesAtOnceAndFallsSlowly(t *testing.T) {
	s := newScripted()
	m := watch(s, 80, 24)
	if m.level[0] != -18 {
		t.Fatalf("level %v", m.level)
	}
	s.change(func(st *recordingStatus) { st.Peak = []float64{math.NaN()} })
	m.look()
	if m.level[0] >= -18 || m.level[0] < -20 {
		t.Errorf("after one drawing it is at %v", m.level)
	}
	for range 60 {
		m.look()
	}
	if m.level[0] != quietest {
		t.Errorf("after four seconds it is at %v", m.level)
	}
}

func TestFinalTextReplacesCaptions(t *testing.T) {
	pieces := func(h *lately) string {
		var out []string
		for _, p := range h.pieces() {
			mark := ""
			if p.line && len(out) > 0 {
				mark = "/ "
			}
			if p.faint {
				mark += "~"
			}
			out = append(out, mark+p.text)
		}
		return strings.Join(out, " ")
	}
	for _, tt := range []struct {
		name, captions, final, want string
	}{
		{"the same words", "so it was a hard week", "So it was a hard week.", "So it was a hard week. ~and"},
		{"part of them", "it was a hard week at work", "It was a hard week.", "It was a hard week. / at work ~and"},
		{"a word heard otherwise", "it was a heart weak at work", "It was a hard week at work.", "It was a hard week at work. ~and"},
		{"other words", "the cat sat there", "It was a hard week at work.", "It was a hard week at work. / the cat sat there ~and"},
		{"without captions", "", "It was a hard week.", "It was a hard week. / ~and"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var h lately
			h.caption(captionLine{Stable: tt.captions, Draft: " and", Start: 1, End: 3})
			h.final([]string{tt.final})
			h.final([]string{tt.final})
			got := strings.Replace(pieces(&h), "/ ~and", "~and", 1)
			if got != strings.Replace(tt.want, "/ ~and", "~and", 1) {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
	var dense lately
	for _, part := range []string{"今日は", "とても大変な", "一週間でした"} {
		dense.caption(captionLine{Stable: part})
	}
	if got := pieces(&dense); got != "今日はとても大変な一週間でした" {
		t.Errorf("without spaces: %q", got)
	}
	dense.final([]string{"今日はとても大変な一週間でした。"})
	if got := pieces(&dense); got != "今日はとても大変な一週間でした。" {
		t.Errorf("final text without spaces: %q", got)
	}
	var h lately
	for i := range 100 { // the status has the last three only
		var last []string
		for j := max(0, i-2); j <= i; j++ {
			last = append(last, fmt.Sprintf("text %d.", j))
		}
		h.final(last)
	}
	if n := len(h.texts); n != latelyTexts || h.texts[n-1] != "text 99." || h.texts[0] != fmt.Sprintf("text %d.", 100-latelyTexts) {
		t.Errorf("kept %v", h.texts)
	}
}

func TestViewIsForTerminalsOnly(t *testing.T) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if a := newApp(null, null, null); a.viewable() {
		t.Error("a view on no terminal")
	}
	if a := newApp(strings.NewReader(""), &strings.Builder{}, null); a.viewable() {
		t.Error("a view on a buffer")
	}
}

func TestUTF8Locale(t *testing.T) {
	for _, tt := range []struct {
		env    map[string]string
		system string
		want   bool
	}{
		{map[string]string{"LANG": "en_GB.UTF-8"}, "linux", true},
		{map[string]string{"LANG": "de_DE.utf8"}, "linux", true},
		{map[string]string{"LANG": "en_GB.UTF-8", "LC_ALL": "C"}, "linux", false},
		{map[string]string{"LC_CTYPE": "C.UTF-8", "LANG": "C"}, "linux", true},
		{nil, "linux", false},
		{nil, "darwin", true},
	} {
		if got := utf8Locale(func(k string) string { return tt.env[k] }, tt.system); got != tt.want {
			t.Errorf("%v on %s: %v", tt.env, tt.system, got)
		}
	}
}

// playView shows a scripted recording on the terminal, for a look at it:
//
//	go test -c -o view.test ./cmd/afterword && ./view.test view-script
func playView() {
	s := newScripted()
	s.lines = make(chan captionLine)
	s.st.Heard, s.st.Channels, s.st.Peak = nil, 2, []float64{-20, -24}
	s.st.Warnings = nil
	began := time.Now()
	go func() {
		script := strings.Fields("How has your week been? Honestly, it has been a hard week. Work is too much at the moment. What has been the hardest part? My manager gave me a second project, and I said yes again.")
		at := 0.0
		for i := 0; ; i++ {
			w := script[i%len(script)]
			draft := " " + script[(i+1)%len(script)]
			s.lines <- captionLine{Stable: " " + w, Draft: draft, Start: at, End: at + 0.4}
			at += 0.4
			if strings.HasSuffix(w, ".") || strings.HasSuffix(w, "?") {
				at += 2
			}
			time.Sleep(300 * time.Millisecond)
			s.change(func(st *recordingStatus) {
				st.Elapsed = 761 + time.Since(began).Seconds()
				v := math.Sin(float64(i))
				st.Peak = []float64{-22 + 12*v, -28 + 10*v}
				switch i {
				case 20:
					st.Heard = []string{"How has your week been?", "Honestly, it has been a hard week. Work is too much at the moment."}
				case 40:
					st.Warnings = []string{"It is very quiet: is the microphone near enough?"}
				}
			})
		}
	}()
	a := newApp(os.Stdin, os.Stdout, os.Stderr)
	ctx, stop := signalContext(context.Background())
	defer stop()
	if !a.viewable() {
		fmt.Println("no view is offered here")
		return
	}
	end, err := a.view(ctx, s)
	said := fmt.Sprintln("the view ended with", end, err, "after", s.acts)
	fmt.Print(said)
	if file := os.Getenv("VIEW_SAYS"); file != "" { // for one whose terminal is gone
		_ = os.WriteFile(file, []byte(said), 0o600)
	}
}
