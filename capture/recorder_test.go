package capture

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/afterword/afterword/models"
)

// stage is a microphone, a clock and a disk that misbehave as told. Its sound
// is a ramp: each sample is one more than the one before.
type stage struct {
	mu      sync.Mutex
	rate    int
	gone    bool // unplugged
	noList  bool // the sound system is away
	hangs   bool // it never answers whoever opens a device or asks what there is
	silent  bool // delivers zeros
	jump    time.Duration
	wall    time.Duration // the date is off by so much
	free    uint64
	began   time.Time
	taken   int64 // samples that the microphone has given or lost
	skipped int64 // samples that are to be left out at the next read
	asked   int   // how often it was opened or asked what there is
}

type fakeMic struct {
	*stage
	id string
}

func (m *fakeMic) Device() models.Device {
	return models.Device{ID: m.id, Name: m.id, Rate: m.rate, Channels: 1}
}
func (m *fakeMic) Close() error { return nil }

func (m *fakeMic) Read(dst []int16) (int, time.Duration, int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	due := int64(time.Since(m.began)+m.jump) * int64(m.rate) / int64(time.Second)
	if m.gone && m.id == "usb" {
		m.taken = due
		return 0, 0, 0
	}
	m.taken += m.skipped
	m.skipped = 0
	n := min(int64(len(dst)), max(0, due-m.taken))
	for i := range n {
		m.taken++
		if dst[i] = int16(m.taken%20000 + 1); m.silent {
			dst[i] = 0
		}
	}
	return int(n), 0, 0
}

func (s *stage) config(t *testing.T, spool *Spool) RecorderConfig {
	return RecorderConfig{
		Spool: spool, Session: session, Keys: &testKeys{}, Device: "usb",
		Open: func(id string) (Input, error) {
			s.answer()
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.noList {
				return nil, errors.New("no sound system")
			}
			if s.gone && id == "usb" {
				return nil, models.Errorf(models.NotFound, "not there")
			}
			if id == "" {
				id = "built-in"
			}
			s.taken = int64(time.Since(s.began)+s.jump) * int64(s.rate) / int64(time.Second)
			return &fakeMic{s, id}, nil
		},
		Devices: func() ([]models.Device, error) {
			s.answer()
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.noList {
				return nil, errors.New("no sound system")
			}
			all := []models.Device{{ID: "built-in", Default: true}}
			if !s.gone {
				all = append(all, models.Device{ID: "usb"})
			}
			return all, nil
		},
		Free: func() (uint64, error) { s.mu.Lock(); defer s.mu.Unlock(); return s.free, nil },
		Clock: Clock{
			Boot: "stage",
			Mono: func() time.Duration { s.mu.Lock(); defer s.mu.Unlock(); return time.Since(s.began) + s.jump },
			Wall: func() time.Time { s.mu.Lock(); defer s.mu.Unlock(); return time.Now().Add(s.jump + s.wall) },
		},
	}
}

// answer never comes while the sound system hangs.
func (s *stage) answer() {
	s.mu.Lock()
	hangs := s.hangs
	s.asked++
	s.mu.Unlock()
	if hangs {
		select {}
	}
}

func (s *stage) set(change func()) { s.mu.Lock(); change(); s.mu.Unlock() }

func newStage() *stage { return &stage{rate: 1000, began: time.Now(), free: 1 << 40} }

// begin runs a Recorder until the test ends it.
func begin(t *testing.T, c RecorderConfig) (r *Recorder, ended chan error) {
	t.Helper()
	r, err := NewRecorder(c)
	if err != nil {
		t.Fatal(err)
	}
	ended = make(chan error, 1)
	go func() { ended <- r.Run(context.Background()) }()
	return r, ended
}

func await(t *testing.T, what string, r *Recorder, ok func(Status) bool) Status {
	t.Helper()
	var st Status
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		st, _ = r.Status(t.Context())
		if ok(st) {
			return st
		}
	}
	t.Fatalf("%s: waited in vain; last %+v", what, st)
	return st
}

// stop ends the recording and returns its story, after it has checked that
// sound and gaps add up.
func stop(t *testing.T, r *Recorder, ended chan error, s *Spool, k keys) Story {
	t.Helper()
	if err := r.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	return accounted(t, s, k)
}

func accounted(t *testing.T, s *Spool, k keys) Story {
	t.Helper()
	story, err := s.Story(session, k)
	if err != nil || !story.Ended {
		t.Fatalf("story %+v, %v", story, err)
	}
	c, err := s.Scan(session, k)
	if err != nil {
		t.Fatal(err)
	}
	holes := c.Damaged
	if c.Length < story.Length {
		holes = append(holes, models.Span{Start: c.Length, End: story.Length})
	}
	var known []models.Span
	for _, g := range story.Gaps {
		known = append(known, models.Span{Start: g.Start, End: g.End + time.Millisecond})
	}
	for _, h := range holes {
		if rest := models.Without(h, known); len(rest) > 0 {
			t.Errorf("no gap is told for %v", rest)
		}
	}
	return story
}

func recorded(n time.Duration) func(Status) bool {
	return func(s Status) bool { return s.Captured >= n && s.State == "recording" }
}

func TestRecorderUnplugFallBackAndReturn(t *testing.T) {
	st, s := newStage(), OpenSpool(t.TempDir())
	c := st.config(t, s)
	r, ended := begin(t, c)
	await(t, "it records", r, recorded(500*time.Millisecond))
	st.set(func() { st.gone = true })
	await(t, "it falls back", r, func(s Status) bool { return s.Device == "built-in" })
	st.set(func() { st.gone = false })
	back := await(t, "it returns", r, func(s Status) bool { return s.Device == "usb" && s.State == "recording" })
	await(t, "it captures", r, recorded(back.Captured+300*time.Millisecond))
	st.set(func() { st.noList = true; st.skipped = 1 << 40 })
	st.set(func() { st.gone = true })
	await(t, "it waits", r, func(s Status) bool { return s.State == "waiting" && len(s.Warnings) > 0 })
	st.set(func() { st.noList, st.gone, st.taken, st.skipped = false, false, 0, 0 })
	before := await(t, "it goes on", r, func(s Status) bool { return s.State == "recording" && s.Device == "usb" })
	await(t, "it captures", r, recorded(before.Captured+300*time.Millisecond))
	story := stop(t, r, ended, s, c.Keys)
	var why []string
	for _, g := range story.Gaps {
		why = append(why, g.Reason)
	}
	if want := []string{models.GapUnplugged, models.GapSwitched, models.GapServer}; !slices.Equal(why, want) {
		t.Errorf("gaps %q, want %q", why, want)
	}
}

// A sound system that hangs is asked again, but not at every tick.
func TestRecorderOutlivesASoundSystemThatHangs(t *testing.T) {
	st, s := newStage(), OpenSpool(t.TempDir())
	c := st.config(t, s)
	r, ended := begin(t, c)
	await(t, "it records", r, recorded(300*time.Millisecond))
	var before int
	st.set(func() { st.hangs, st.gone, before = true, true, st.asked })
	later := func(ok func(Status) bool) func(Status) bool { // half a second goes by at each look
		return func(s Status) bool {
			st.set(func() { st.jump += 500 * time.Millisecond })
			return ok(s)
		}
	}
	lost := await(t, "it waits", r, func(s Status) bool { return s.State == "waiting" })
	await(t, "a minute goes by", r, later(func(s Status) bool { return s.Elapsed > lost.Elapsed+time.Minute }))
	st.set(func() {
		if n := st.asked - before; n > 12 {
			t.Errorf("asked %d times within a minute", n)
		}
		st.hangs, st.gone = false, false
	})
	back := await(t, "it goes on", r, later(func(s Status) bool { return s.State == "recording" }))
	await(t, "it captures", r, recorded(back.Captured+300*time.Millisecond))
	if story := stop(t, r, ended, s, c.Keys); len(story.Gaps) != 1 || story.Gaps[0].Len() < time.Minute {
		t.Errorf("gaps %+v", story.Gaps)
	}
}

func TestRecorderPauseMarkAndGoOnAfterAKill(t *testing.T) {
	st, s := newStage(), OpenSpool(t.TempDir())
	c := st.config(t, s)
	r, _ := begin(t, c)
	await(t, "it records", r, recorded(300*time.Millisecond))
	if _, err := r.Mark(t.Context(), "ask again"); err != nil {
		t.Fatal(err)
	}
	if err := r.Pause(t.Context()); err != nil {
		t.Fatal(err)
	}
	// Killed while paused: nothing is closed. The next one is paused, too.
	_ = r.call(t.Context(), func() error { r.in = nil; r.ended = "killed"; r.w.file.Close(); r.started = time.Time{}; return nil })
	await(t, "it is gone", r, func(Status) bool {
		select {
		case <-r.done:
			return true
		default:
			return false
		}
	})
	st.set(func() { st.wall = -5 * time.Hour }) // and the date is set back meanwhile
	r, ended := begin(t, c)
	await(t, "still paused", r, func(s Status) bool { return s.State == "paused" })
	if err := r.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	before, _ := r.Status(t.Context())
	await(t, "it goes on", r, recorded(before.Captured+300*time.Millisecond))
	story := stop(t, r, ended, s, c.Keys)
	if len(story.Gaps) != 1 || story.Gaps[0].Reason != models.GapPaused || len(story.Marks) != 1 || story.Marks[0].Note != "ask again" {
		t.Errorf("%+v", story)
	}
	if b, _ := os.ReadFile(filepath.Join(s.folder(session), journalName)); strings.Contains(string(b), "ask again") {
		t.Error("a note lies in clear in the journal")
	}
	if story.Length > time.Hour {
		t.Errorf("the clock jump made it %v long", story.Length)
	}
}

func TestRecorderSleepIsAGap(t *testing.T) {
	st, s := newStage(), OpenSpool(t.TempDir())
	c := st.config(t, s)
	r, ended := begin(t, c)
	await(t, "it records", r, recorded(2500*time.Millisecond)) // so that its pace is known
	st.set(func() { st.jump = 10 * time.Second; st.skipped = int64(10 * st.rate) })
	await(t, "the sleep is noticed", r, func(s Status) bool { return s.Gaps == 1 })
	story := stop(t, r, ended, s, c.Keys)
	if len(story.Gaps) != 1 || story.Gaps[0].Reason != models.GapSlept || story.Gaps[0].Len() < 9500*time.Millisecond || story.Gaps[0].Len() > 10500*time.Millisecond {
		t.Errorf("%+v", story.Gaps)
	}
}

func TestRecorderWarnsOfSilence(t *testing.T) {
	st, s := newStage(), OpenSpool(t.TempDir())
	st.silent = true
	c := st.config(t, s)
	c.Silence = 4 * time.Second
	r, ended := begin(t, c)
	st0 := await(t, "a warning", r, func(s Status) bool { return slices.Contains(s.Warnings, warnNothing) })
	if st0.Elapsed > 3*time.Second && !testing.Short() {
		t.Logf("the warning came after %v", st0.Elapsed)
	}
	await(t, "it says that it will stop", r, func(s Status) bool {
		return slices.ContainsFunc(s.Warnings, func(w string) bool { return strings.Contains(w, "stops in") })
	})
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if story := accounted(t, s, c.Keys); !strings.Contains(story.Why, "nobody was heard") {
		t.Errorf("ended because %q", story.Why)
	}
}

func TestRecorderEndsBeforeTheDiskIsFull(t *testing.T) {
	st, s := newStage(), OpenSpool(t.TempDir())
	c := st.config(t, s)
	r, ended := begin(t, c)
	await(t, "it records", r, recorded(300*time.Millisecond))
	st.set(func() { st.free = 10 * (2*60*1000 + 2*60*models.Rate) })
	await(t, "it warns", r, func(s Status) bool {
		return slices.ContainsFunc(s.Warnings, func(w string) bool { return strings.Contains(w, "room for 7 more minutes") })
	})
	st.set(func() { st.free = 0 })
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if story := accounted(t, s, c.Keys); story.Why != "the disk is nearly full" {
		t.Errorf("ended because %q", story.Why)
	}
}

func TestMeterWarnings(t *testing.T) {
	tests := []struct {
		name  string
		sound func(i, c int) int16
		want  string
	}{
		{"a voice", func(i, _ int) int16 { return int16(3000 * (i%100 - 50) / 50) }, ""},
		{"zeros", func(int, int) int16 { return 0 }, warnNothing},
		{"far too quiet", func(i, _ int) int16 { return int16(i % 3) }, warnQuiet},
		{"clipped", func(i, _ int) int16 { return int16(-32768 + 65535*(i/20%2)) }, warnClips},
		{"one channel", func(i, c int) int16 { return int16(c * (3000 * (i%100 - 50) / 50)) }, warnDead},
	}
	for _, tt := range tests {
		m := newMeter(1000, 2)
		for i := range 2600 {
			m.add([]int16{tt.sound(i, 0), tt.sound(i, 1)})
		}
		if got := strings.Join(m.warnings(), " "); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// What is slow is no gap, what stays away is one.
func TestLag(t *testing.T) {
	var l lag
	var gone time.Duration
	step := func(behind time.Duration, at time.Duration) {
		g, _ := l.add(behind, at)
		gone += g
	}
	now := time.Duration(1)
	for i := range 2000 { // 40 s of jitter and a clock that is 200 ppm slow
		now += 20 * time.Millisecond
		step(time.Duration(i)*4*time.Microsecond+time.Duration(i%40)*10*time.Millisecond, now)
	}
	if gone != 0 {
		t.Fatalf("%v missing from a slow clock", gone)
	}
	for range 200 {
		now += 20 * time.Millisecond
		step(300*time.Millisecond-gone, now)
	}
	if gone < 200*time.Millisecond || gone > 300*time.Millisecond {
		t.Errorf("%v missing, want what was left out", gone)
	}
}
