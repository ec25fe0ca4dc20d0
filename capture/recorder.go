package capture

import (
	"context"
	"errors"
	"time"

	"github.com/afterword/afterword/capture/audio"
	"github.com/afterword/afterword/models"
)

// Input is an open microphone, as a Recorder needs it. Read never waits: it
// takes what is there, interleaved, and says how long ago the last of it was
// delivered, and how many samples per channel were lost behind it.
type Input interface {
	Read(dst []int16) (n int, age time.Duration, lost int64)
	Device() models.Device
	Close() error
}

// Clock tells a Recorder the time. Mono goes on while the computer sleeps and
// knows nothing of the date; Boot names the run of it, so that two processes
// know whether they read the same one.
type Clock struct {
	Boot string
	Mono func() time.Duration
	Wall func() time.Time
}

// RecorderConfig says what to record, with what, and how long.
type RecorderConfig struct {
	Spool    *Spool
	Session  models.SessionID
	Keys     keys   // one that can only seal is enough
	Public   []byte // half of Keys, kept in the journal for whoever goes on
	Channels int    // 1 mixes down
	Device   string // identity of the wanted microphone; empty is the default

	Open    func(device string) (Input, error)
	Devices func() ([]models.Device, error)
	Free    func() (uint64, error) // bytes that the disk can take; nil means unknown
	Clock   Clock

	Most    time.Duration // it ends by itself then; 0 means never
	Silence time.Duration // it ends after nobody was heard for so long; 0 means never
}

// How a Recorder watches. All are far from what a busy computer does.
const (
	tick        = 20 * time.Millisecond
	deaf        = 500 * time.Millisecond // no samples for so long: the device is lost
	firstSample = 3 * time.Second        // a device that was just opened has so long
	answers     = 15 * time.Second       // a sound system that takes longer hangs, and is asked again
	napping     = 2 * time.Second        // a tick that took so long was no tick
	warmUp      = 100 * time.Millisecond // zeros that a device begins with
	missing     = 100 * time.Millisecond // samples that stay away are a gap from here on
	lookEvery   = time.Second            // at which devices there are
	reopen      = 200 * time.Millisecond // between attempts
	diskEvery   = 3 * time.Second
	lowMinutes  = 20 // of room on the disk: a warning
	endMinutes  = 3  // an orderly end, while the rest of the program still has room
	lowFor      = 3  // looks in a row, so that one file written and removed ends nothing
)

// Recorder carries the sound of a microphone into the spool and keeps the time
// of the session: position = time since the first sample, whatever happened in
// between. What could not be captured is a gap with its reason.
//
// One goroutine, Run, does everything that must not wait. Opening and closing
// devices, and asking which there are, can hang, and happen elsewhere.
type Recorder struct {
	c        RecorderConfig
	w        *Writer // nil until the first device tells its rate
	j        *journal
	rate     int
	channels int
	origin   time.Duration // of the session, on the clock
	started  time.Time

	in       Input
	resample *audio.Resampler // nil where the device has the session's rate
	buf      []int16
	meter    *meter
	opened   chan opening  // an attempt that is under way, or nil
	openBy   time.Duration // when it is given up
	tryAt    time.Duration
	lastTick time.Duration
	lastHeard,
	lastLook, lastDisk time.Duration
	looked  chan look
	looking bool
	devices look
	gone    string // the device that was given up last

	open    *entry // the gap that is open, if any
	anchor  bool   // the next samples are placed by the clock
	zeros   int64  // samples per channel that may still be left out before it
	lag     lag
	gaps    int
	gapSum  int64 // samples
	paused  bool
	ended   string // why; empty while it goes on
	free    int    // minutes on the disk; -1 unknown
	low     int    // looks in a row at a disk that is nearly full
	diskErr error
	lost    int64 // samples that the ring had no room for

	asks   chan ask
	status chan Status // holds the newest
	done   chan struct{}
}

type opening struct {
	in   Input
	err  error
	look *look // taken before it, once a device was lost
}

type look struct {
	devices []models.Device
	err     error
}

type ask struct {
	do   func() error
	done chan error
}

// NewRecorder opens spool and journal. A recording whose recorder was killed
// goes on: the time in between becomes a gap.
func NewRecorder(c RecorderConfig) (*Recorder, error) {
	if c.Open == nil || c.Devices == nil || c.Clock.Mono == nil || c.Spool == nil || c.Keys == nil {
		return nil, models.Errorf(models.Invalid, "make recorder: something is missing in its configuration")
	}
	r := &Recorder{
		c: c, channels: max(1, c.Channels), free: -1, asks: make(chan ask), status: make(chan Status, 1), done: make(chan struct{}),
		looked: make(chan look, 1),
	}
	if err := checkID(c.Session); err != nil {
		return nil, err
	}
	if err := makeFolder(c.Spool, c.Session); err != nil {
		return nil, err
	}
	j, before, err := openJournal(c.Spool.folder(c.Session))
	if err != nil {
		return nil, err
	}
	r.j = j
	if err := r.resume(before); err != nil {
		j.file.Close()
		return nil, err
	}
	return r, nil
}

// resume takes up what a Recorder before this one left.
func (r *Recorder) resume(before []entry) error {
	var start *entry
	for i, e := range before {
		switch e.Kind {
		case entryStart:
			if start == nil {
				start = &before[i]
			}
		case entryOpen:
			r.open = &before[i]
		case entryGap:
			r.open = nil
			if e.To > e.At {
				r.gaps++
			}
			r.gapSum += e.To - e.At
		case entryEnd:
			return models.Errorf(models.Conflict, "record session %s: it has ended", r.c.Session)
		}
	}
	if start == nil {
		return nil
	}
	w, err := r.c.Spool.Writer(r.c.Session, r.c.Keys, start.Rate, start.Channels, true)
	if err != nil {
		return err
	}
	r.w, r.rate, r.channels, r.started = w, start.Rate, start.Channels, time.UnixMilli(start.Wall)
	r.meter = newMeter(r.rate, r.channels)
	now := r.c.Clock.Mono()
	r.origin = now - r.c.Clock.Wall().Sub(r.started)
	if start.Clock == r.c.Clock.Boot && start.Clock != "" {
		r.origin = time.Duration(start.Mono)
	}
	// The clock may have been set back meanwhile: time never runs backwards here.
	if end := timeAt(w.Position(), r.rate); now-r.origin < end {
		r.origin = now - end
	}
	r.paused = r.open != nil && r.open.Why == models.GapPaused
	if r.open == nil {
		r.openGap(models.GapKilled)
	}
	return nil
}

// Run records until Stop, the end of ctx, or one of the limits. ctx ends it in
// order, like Stop. An error means that nothing could be recorded at all, or
// that the end could not be written.
func (r *Recorder) Run(ctx context.Context) error {
	defer close(r.done)
	t := time.NewTicker(tick)
	defer t.Stop()
	now := r.c.Clock.Mono()
	r.lastTick, r.lastHeard = now, now
	for r.ended == "" {
		if err := r.step(); err != nil {
			r.leave()
			return err
		}
		r.tell()
		select {
		case <-ctx.Done():
			r.ended = "stopped by you"
		case a := <-r.asks:
			a.done <- a.do()
		case o := <-r.opened:
			r.opened = nil
			if err := r.take(o); err != nil {
				r.leave()
				return err
			}
		case l := <-r.looked:
			r.looking, r.devices = false, l
			r.compare()
		case <-t.C:
		}
	}
	err := r.finish()
	r.tell()
	return err
}

// step is what happens fifty times a second.
func (r *Recorder) step() error {
	now := r.c.Clock.Mono()
	slept := now-r.lastTick > napping
	r.lastTick = now
	if slept {
		r.lag.slept, r.lag.window = true, 0      // what was seen before tells nothing about now
		r.lastHeard, r.openBy = now, now+answers // it gets its half second anew
	}
	if r.opened != nil && now > r.openBy {
		if err := r.stopOpening(); err != nil {
			return err
		}
	}
	if r.in == nil && r.opened == nil && !r.paused && now >= r.tryAt {
		r.startOpening()
	}
	if r.in != nil {
		if err := r.drain(now); err != nil {
			return err
		}
		if r.in != nil && now-r.lastHeard > deaf {
			r.drop(models.GapSilent)
		}
	}
	if wait := now - r.lastLook; wait > lookEvery && !r.paused && (!r.looking || wait > answers) {
		r.lastLook, r.looking = now, true
		go func() {
			d, err := r.c.Devices()
			select {
			case r.looked <- look{d, err}:
			default:
			}
		}()
	}
	if now-r.lastDisk > diskEvery || r.lastDisk == 0 {
		r.lastDisk = now
		r.watchDisk()
	}
	r.keepLimits(now)
	return nil
}

// elapsed is the time of the session.
func (r *Recorder) elapsed(now time.Duration) time.Duration {
	if r.started.IsZero() {
		return 0
	}
	return now - r.origin
}

func (r *Recorder) keepLimits(now time.Duration) {
	if r.started.IsZero() {
		return
	}
	if r.c.Most > 0 && r.elapsed(now) >= r.c.Most {
		r.ended = "it reached the longest length"
	}
	if r.c.Silence > 0 && !r.paused && r.quietFor() >= r.c.Silence {
		r.ended = "nobody was heard for " + r.c.Silence.String()
	}
}

func (r *Recorder) quietFor() time.Duration {
	return time.Duration(r.meter.silentBlocks) * time.Second / blocksASecond
}

// finish closes everything in order.
func (r *Recorder) finish() error {
	if r.in != nil {
		err := r.drain(r.c.Clock.Mono())
		if err != nil {
			return err
		}
		r.hangUp()
	}
	if r.started.IsZero() {
		r.leave()
		return models.Errorf(models.NotFound, "record session %s: it was stopped before anything was heard", r.c.Session)
	}
	if r.open != nil {
		r.closeGap(samplesAt(r.elapsed(r.c.Clock.Mono()), r.rate), r.open.Why)
	}
	var err error
	// A disk that is full now may have room in a moment: a minute of sound is
	// worth waiting for.
	for try := range 40 {
		if try > 0 {
			time.Sleep(250 * time.Millisecond)
		}
		if err = r.w.Close(); err == nil {
			err = r.j.add(entry{Kind: entryEnd, At: r.w.Position(), Why: r.ended})
		}
		if models.CodeOf(err) != models.DiskFull {
			break
		}
	}
	return errors.Join(err, r.j.file.Close())
}

// leave gives everything up as it is.
func (r *Recorder) leave() {
	r.hangUp()
	_ = r.j.file.Close()
}
