package capture

import (
	"errors"
	"math"
	"time"

	"github.com/afterword/afterword/capture/audio"
	"github.com/afterword/afterword/models"
)

// startOpening looks for a microphone in a goroutine of its own: the wanted
// one, else the default, else any.
func (r *Recorder) startOpening() {
	ch := make(chan opening, 1)
	r.opened, r.openBy = ch, r.c.Clock.Mono()+answers
	wanted, again := r.c.Device, r.w != nil
	go func() {
		var o opening
		if again { // what is there now tells why the one before went
			o.look = &look{}
			o.look.devices, o.look.err = r.c.Devices()
		}
		o.in, o.err = r.c.Open(wanted)
		if o.err != nil && wanted != "" && again {
			o.in, o.err = r.c.Open("")
		}
		ch <- o
	}()
}

// stopOpening leaves an attempt to itself. Should it succeed after all, its
// device is closed again.
func (r *Recorder) stopOpening() error {
	late := r.opened
	r.opened = nil
	go func() {
		if o := <-late; o.in != nil {
			_ = o.in.Close()
		}
	}()
	return r.take(opening{err: models.WithHint(models.Errorf(models.Unusable, "open the microphone: the sound system does not answer"),
		"close other programs that use it, or restart the computer")})
}

// take starts to record from a device that was opened.
func (r *Recorder) take(o opening) error {
	now := r.c.Clock.Mono()
	if o.look != nil {
		r.devices = *o.look
		r.explain()
	}
	if o.err != nil {
		r.tryAt = now + reopen
		if r.started.IsZero() {
			return o.err // there was none from the beginning: somebody must know at once
		}
		return nil
	}
	if r.paused {
		go o.in.Close()
		return nil
	}
	d := o.in.Device()
	if r.w == nil {
		if err := r.begin(d, now); err != nil {
			go o.in.Close()
			return err
		}
	}
	r.in, r.resample = o.in, nil
	if d.Rate != r.rate {
		r.resample = audio.NewResampler(d.Rate, r.rate, r.channels)
	}
	r.buf = make([]int16, 2*d.Rate*d.Channels)
	r.lastHeard, r.anchor, r.lag = now+firstSample-deaf, true, lag{}
	r.zeros = samplesAt(warmUp, r.rate)
	r.meter.restart()
	return nil
}

// begin fixes the form of the session by its first device.
func (r *Recorder) begin(d models.Device, now time.Duration) error {
	w, err := r.c.Spool.Writer(r.c.Session, r.c.Keys, d.Rate, r.channels, true)
	if err != nil {
		return err
	}
	r.w, r.rate, r.origin = w, d.Rate, now
	r.meter = newMeter(r.rate, r.channels)
	return nil
}

// start writes down when the session began: with its first sample, which may
// come a good while after its device was opened.
func (r *Recorder) start(at time.Duration) error {
	r.origin = at
	wall := r.c.Clock.Wall().Add(at - r.c.Clock.Mono())
	r.started = time.UnixMilli(wall.UnixMilli())
	return r.j.add(entry{
		Kind: entryStart, Rate: r.rate, Channels: r.channels, Public: r.c.Public,
		Clock: r.c.Clock.Boot, Mono: int64(at), Wall: wall.UnixMilli(),
	})
}

// hangUp closes the device, and waits for nothing.
func (r *Recorder) hangUp() {
	if in := r.in; in != nil {
		r.in = nil
		go in.Close()
	}
}

// drop gives a device up. The gap begins where the last sample ended.
func (r *Recorder) drop(why string) {
	switch {
	case r.open != nil: // it never gave a sample: the gap before it goes on
		why = r.open.Why
	default:
		r.gone = r.in.Device().ID
	}
	r.hangUp()
	r.tryAt = 0
	r.note(r.w.flush())
	if r.open == nil {
		r.openGap(why)
	}
	r.explain()
	r.lastLook = 0 // and look around at once
}

// explain finds out why a device fell silent: that is known better a moment
// after it went than when it went.
func (r *Recorder) explain() {
	switch {
	case r.open == nil || r.open.Why != models.GapSilent:
	case r.devices.err != nil:
		r.open.Why = models.GapServer
	case !r.present(r.gone):
		r.open.Why = models.GapUnplugged
	}
}

func (r *Recorder) present(id string) bool {
	for _, d := range r.devices.devices {
		if d.ID == id {
			return true
		}
	}
	return false
}

// compare acts on which devices there are now.
func (r *Recorder) compare() {
	if r.in == nil {
		r.explain()
		return
	}
	l := r.devices
	if l.err != nil {
		return // if the device is gone too, its samples stay away
	}
	now := r.in.Device().ID
	switch {
	case !r.present(now):
		r.drop(models.GapUnplugged)
	case r.c.Device != "" && now != r.c.Device && r.present(r.c.Device):
		r.drop(models.GapSwitched) // the wanted one is back
	case r.c.Device == "" && len(l.devices) > 0 && l.devices[0].Default && l.devices[0].ID != now:
		r.drop(models.GapSwitched)
	}
}

// openGap says that nothing is captured from here on.
func (r *Recorder) openGap(why string) {
	if r.started.IsZero() {
		return // time has not begun
	}
	r.open = &entry{Kind: entryOpen, At: r.w.Position(), Why: why}
	r.note(r.j.add(*r.open))
}

// closeGap says that the gap ends at a position. The journal knows of it before
// the spool does: no gap is ever without its reason.
//
// While the disk takes nothing there is sound in memory that must come first:
// then the gap stays open, and ends with the first samples for which there is
// room.
func (r *Recorder) closeGap(to int64, why string) {
	at := r.w.Position()
	if err := r.w.flush(); err != nil {
		r.note(err)
		if r.open == nil {
			r.openGap(why)
		}
		r.anchor = true
		return
	}
	r.open = nil
	if to <= at {
		r.note(r.j.add(entry{Kind: entryGap, At: at, To: at, Why: why}))
		return
	}
	r.note(r.j.add(entry{Kind: entryGap, At: at, To: to, Why: why}))
	r.note(r.w.Skip(to - at))
	r.gaps++
	r.gapSum += to - at
}

// gap leaves out n samples here.
func (r *Recorder) gap(n int64, why string) { r.closeGap(r.w.Position()+n, why) }

// drain takes what the device has and writes it.
func (r *Recorder) drain(now time.Duration) error {
	for {
		n, age, lost := r.in.Read(r.buf)
		if n > 0 {
			r.lastHeard = now
			if err := r.write(r.buf[:n], now-age); err != nil {
				return err
			}
		}
		if lost > 0 {
			r.lost += lost
			r.gap(lost*int64(r.rate)/int64(r.in.Device().Rate), models.GapBusy)
		}
		if n < len(r.buf) {
			break
		}
	}
	r.note(r.j.flush())
	return nil
}

// write takes samples the last of which was delivered at now.
func (r *Recorder) write(pcm []int16, now time.Duration) error {
	pcm = r.fit(pcm)
	if r.anchor {
		if pcm = r.skipZeros(pcm); len(pcm) == 0 {
			return nil
		}
	}
	n := int64(len(pcm) / r.channels)
	first := r.anchor
	if r.anchor {
		// These samples ended now: that is where they belong in time.
		r.anchor = false
		at := max(r.w.Position(), samplesAt(r.elapsed(now), r.rate)-n)
		if r.started.IsZero() { // the very first: time begins with them
			if err := r.start(now - timeAt(n, r.rate)); err != nil {
				return err
			}
			at, r.open = 0, nil
		}
		why := models.GapSwitched
		if r.open != nil {
			why = r.open.Why
		}
		if at > r.w.Position() || r.open != nil {
			r.closeGap(at, why)
		}
		if r.anchor {
			return nil // no room yet: these samples belong to the gap
		}
	}
	r.meter.add(pcm)
	err := r.w.Write(pcm)
	if err == nil && first {
		err = r.w.Sync() // what there is of the first sound is durable at once
	}
	if r.note(err); err == nil && len(r.j.waiting) == 0 {
		r.diskErr = nil
	}
	if err != nil && models.CodeOf(err) != models.DiskFull && r.w.Position() == n {
		return err // nothing was ever written
	}
	if d := r.w.Dropped(); d > 0 {
		// Entries wait in memory too, so that order and place are right.
		r.note(r.j.add(entry{Kind: entryGap, At: r.w.Durable() - d, To: r.w.Durable(), Why: models.GapDiskFull}))
		r.gaps++
		r.gapSum += d
	}
	behind := timeAt(samplesAt(r.elapsed(now), r.rate)-r.w.Position(), r.rate)
	if gone, slept := r.lag.add(behind, now); gone > 0 {
		why := models.GapLost
		if slept {
			why = models.GapSlept
		}
		r.gap(samplesAt(gone, r.rate), why)
	}
	return nil
}

// skipZeros leaves out what a device delivers before it hears anything: sound
// systems fill their first buffer with zeros. That is no silence of the room,
// it belongs to the gap. A device that goes on so is muted, and is recorded.
func (r *Recorder) skipZeros(pcm []int16) []int16 {
	for len(pcm) > 0 && r.zeros > 0 {
		for _, v := range pcm[:r.channels] {
			if v != 0 {
				return pcm
			}
		}
		pcm, r.zeros = pcm[r.channels:], r.zeros-1
	}
	return pcm
}

// note remembers that the disk did not take what it was given. Only sound that
// it takes again proves the contrary.
func (r *Recorder) note(err error) {
	if err != nil {
		r.diskErr = err
	}
}

// fit brings samples of the device into the form of the session.
func (r *Recorder) fit(pcm []int16) []int16 {
	from, to := r.in.Device().Channels, r.channels
	if from != to {
		out := make([]int16, 0, len(pcm)/from*to)
		for i := 0; i+from <= len(pcm); i += from {
			if to == 1 {
				sum := 0
				for _, v := range pcm[i : i+from] {
					sum += int(v)
				}
				out = append(out, int16(sum/from))
				continue
			}
			for c := range to {
				out = append(out, pcm[i+min(c, from-1)])
			}
		}
		pcm = out
	}
	if r.resample == nil {
		return pcm
	}
	f := make([]float32, len(pcm))
	for i, v := range pcm {
		f[i] = float32(v)
	}
	f = r.resample.Write(nil, f)
	out := make([]int16, len(f))
	for i, v := range f {
		out[i] = int16(math.Round(float64(max(-32768, min(32767, v)))))
	}
	return out
}

// lag watches how far the samples are behind the clock. A busy computer
// delivers late, and then all at once: only what stays away through a whole
// window is missing. A device whose clock runs slow falls behind little by
// little: that is no gap.
type lag struct {
	base, least time.Duration // of the windows before; of the present one
	window      time.Duration // when the present one began; 0 before the first
	settled     bool
	slept       bool // since the last window
}

const (
	lagWindow = time.Second
	lagDrift  = 2 * time.Millisecond // a window: more than any clock is off
)

// add takes how far behind the samples are now, and returns how much is missing
// for good.
func (l *lag) add(behind, now time.Duration) (gone time.Duration, slept bool) {
	if l.window == 0 {
		l.window, l.least = now, behind
		return 0, false
	}
	l.least = min(l.least, behind)
	if now-l.window < lagWindow {
		return 0, false
	}
	least := l.least
	l.window, l.least = now, behind
	slept, l.slept = l.slept, false
	switch {
	case !l.settled:
		l.base, l.settled = least, true
	case least-l.base > missing:
		l.least -= least - l.base // the gap makes up for it
		return least - l.base, slept
	case least < l.base:
		l.base = least
	default:
		l.base += min(least-l.base, lagDrift)
	}
	return 0, false
}

// watchDisk looks how much room there is.
func (r *Recorder) watchDisk() {
	if r.c.Free == nil || r.w == nil {
		return
	}
	free, err := r.c.Free()
	if err != nil {
		r.free = -1
		return
	}
	// Uncompressed, and as much again for what happens to it afterwards.
	minute := uint64(2*60*r.rate*r.channels + 2*60*models.Rate)
	r.free = int(min(free/minute, math.MaxInt32))
	if r.free >= endMinutes || r.diskErr != nil || errors.Is(err, errors.ErrUnsupported) {
		r.low = 0
		return
	}
	if r.low++; r.low >= lowFor {
		r.ended = "the disk is nearly full"
	}
}
