package capture

import (
	"cmp"
	"slices"
	"time"

	"github.com/afterword/afterword/models"
)

// CutterConfig says what a Cutter hears.
type CutterConfig struct {
	Channels int      // interleaved; 0 means 1
	Network  *Network // tells speech from other sound; nil: all activity may be speech
}

// Cut is one stretch between two cuts. Cuts touch: the first begins at 0, and
// each begins where the one before it ends.
type Cut struct {
	Start, End int64           // samples per channel at 16 kHz; multiples of 160, save the last End
	Voiced     [][]models.Span // per channel: where somebody may speak, in session time; none of it is silence
}

// Silent tells whether nobody speaks in a channel of the cut.
func (c Cut) Silent(channel int) bool { return len(c.Voiced[channel]) == 0 }

// Cutter decides where chunks begin and end. It hears the samples once and
// keeps none. How they are portioned into Writes changes nothing: the same
// sound gives the same cuts.
//
// A decision falls when 28 s and a little more have been heard: a chunk that
// holds speech ends in the longest pause between 20 and 28 s, else in an
// earlier or shorter pause; only a stretch of 28 s without any is cut at its
// quietest 10 ms. Long silence at either end becomes a cut of its own, so that
// the windows of the engine are full of speech.
//
// Where cuts fall, activity alone decides. A network, if there is one, only
// says which activity is speech: a session that is cut once with it and once
// without is cut in the same places.
type Cutter struct {
	channels int
	ears     []ear
	rest     []int16 // less than a frame
	heard    int64   // samples per channel
	base     int64   // frame number of the ears' first
	start    int64   // frame number at which the next cut begins
}

// Where cuts may fall. Unit: frames of 10 ms, from the start of the chunk.
const (
	mostFrames = int(models.MaxChunk / (10 * time.Millisecond))
	foresight  = 400 // heard beyond the longest chunk before anything is decided
	memory     = floorReach

	wantFrames  = 2000 // a chunk is well filled from here on
	fairFrames  = 1200
	fewFrames   = 400
	pause       = 30  // a real pause
	breath      = 10  // the least that counts as one
	longPause   = 200 // silence from here on …
	leaveSilent = 150 // … and at a chunk's beginning from here on, is cut off
	lead        = 50  // and leaves so much on the side of the speech
	pad         = 30  // added to activity on either side, for soft beginnings and ends
)

// NewCutter returns a Cutter for 16 kHz sound.
func NewCutter(c CutterConfig) *Cutter {
	k := &Cutter{channels: max(1, c.Channels)}
	sp := newSpectrum()
	k.ears = make([]ear, k.channels)
	for i := range k.ears {
		k.ears[i].spectrum = sp
		if c.Network != nil {
			k.ears[i].network = c.Network.newListener(sp)
		}
	}
	return k
}

// Write hears whole frames of interleaved samples and returns the cuts that
// are now certain.
func (k *Cutter) Write(pcm []int16) (cuts []Cut) {
	k.heard += int64(len(pcm) / k.channels)
	n := hop * k.channels
	if len(k.rest) > 0 {
		take := min(n-len(k.rest), len(pcm))
		k.rest, pcm = append(k.rest, pcm[:take]...), pcm[take:]
		if len(k.rest) < n {
			return nil
		}
		cuts = k.hear(k.rest, cuts)
		k.rest = k.rest[:0]
	}
	for len(pcm) >= n {
		cuts = k.hear(pcm[:n], cuts)
		pcm = pcm[n:]
	}
	k.rest = append(k.rest, pcm...)
	return cuts
}

// Close returns the last cuts, which end with the sound.
func (k *Cutter) Close() (cuts []Cut) {
	if len(k.rest) > 0 {
		cuts = k.hear(append(k.rest, make([]int16, hop*k.channels-len(k.rest))...), cuts)
		k.rest = nil
	}
	for k.start < k.frames() {
		cuts = append(cuts, k.decide())
	}
	if n := len(cuts); n > 0 {
		cuts[n-1].End = k.heard
		for c := range cuts[n-1].Voiced {
			for i, v := range cuts[n-1].Voiced[c] {
				cuts[n-1].Voiced[c][i].End = min(v.End, models.At(k.heard))
			}
		}
	}
	return cuts
}

// hear takes one frame of every channel.
func (k *Cutter) hear(pcm []int16, cuts []Cut) []Cut {
	var one [hop]int16
	for c := range k.ears {
		if k.channels == 1 {
			k.ears[c].hear(pcm)
			continue
		}
		for i := range one {
			one[i] = pcm[i*k.channels+c]
		}
		k.ears[c].hear(one[:])
	}
	for k.frames()-k.start >= int64(mostFrames+foresight) {
		cuts = append(cuts, k.decide())
	}
	return cuts
}

// frames is how many have been heard.
func (k *Cutter) frames() int64 { return k.base + int64(len(k.ears[0].bands)) }

// decide makes the next cut out of what is known.
func (k *Cutter) decide() Cut {
	from := int(k.start - k.base)
	known := min(from+mostFrames+foresight, len(k.ears[0].bands))
	each := make([][]run, k.channels)
	var all []run
	for c := range k.ears {
		each[c] = k.ears[c].active(from, known)
		all = append(all, each[c]...)
	}
	end := k.end(from, known, union(all))
	cut := Cut{Start: k.start * hop, End: (k.base + int64(end)) * hop, Voiced: make([][]models.Span, k.channels)}
	for c := range each {
		cut.Voiced[c] = k.spans(k.ears[c].spoken(each[c], from, end), from, end)
	}
	k.start = k.base + int64(end)
	if drop := end - memory; drop > 0 {
		for c := range k.ears {
			k.ears[c].forget(drop)
		}
		k.base += int64(drop)
	}
	return cut
}

// end chooses where the cut that begins at from ends. speech holds the runs of
// all channels together.
func (k *Cutter) end(from, known int, speech []run) int {
	limit := min(from+mostFrames, known)
	next := func(at int) int { // where the next speech begins
		for _, r := range speech {
			if r.to > at {
				return max(r.from, at)
			}
		}
		return known + lead
	}
	first := next(from)
	if first-lead >= limit || first-from >= leaveSilent {
		return min(limit, first-lead)
	}
	last := from // end of the last speech before the limit
	for _, r := range speech {
		if r.from < limit {
			last = min(r.to, limit)
		}
	}
	if quiet := next(last) - last; last+lead < limit && quiet >= longPause {
		return last + lead
	}
	if known <= from+mostFrames {
		return known
	}
	pauses := between(speech, from, known)
	for _, try := range []struct{ least, lo, hi int }{
		{pause, wantFrames, mostFrames},
		{pause, fairFrames, wantFrames},
		{breath, fairFrames, mostFrames},
		{pause, fewFrames, fairFrames},
		{1, wantFrames, mostFrames},
	} {
		if at, ok := longest(pauses, try.least, from+try.lo, from+try.hi); ok {
			return at
		}
	}
	return k.quietest(from+wantFrames, from+mostFrames)
}

// longest finds the longest pause of at least so many frames that can be cut
// between lo and hi; of equals the latest.
func longest(pauses []run, least, lo, hi int) (at int, ok bool) {
	most := least
	for _, p := range pauses {
		middle := min(p.from+min((p.to-p.from)/2, lead), hi)
		if n := p.to - p.from; n >= most && middle >= lo && middle > p.from {
			at, ok, most = middle, true, n
		}
	}
	return at, ok
}

// between turns runs of speech into the pauses between them.
func between(speech []run, from, to int) (out []run) {
	at := from
	for _, r := range speech {
		if r.from > at {
			out = append(out, run{at, r.from})
		}
		at = max(at, r.to)
	}
	if at < to {
		out = append(out, run{at, to})
	}
	return out
}

// quietest is the frame with the least energy in the louder channel.
func (k *Cutter) quietest(lo, hi int) int {
	best, at := float32(0), -1
	for i := lo; i < hi; i++ {
		e := float32(0)
		for c := range k.ears {
			e = max(e, k.ears[c].energy[i])
		}
		if at < 0 || e <= best {
			best, at = e, i
		}
	}
	return at
}

// union merges the runs of several channels.
func union(all []run) (out []run) {
	slices.SortFunc(all, func(a, b run) int { return cmp.Compare(a.from, b.from) })
	for _, r := range all {
		if n := len(out); n > 0 && r.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, r.to)
			continue
		}
		out = append(out, r)
	}
	return out
}

// spans pads runs and clips them to the cut.
func (k *Cutter) spans(active []run, from, end int) (out []models.Span) {
	var padded []run
	for _, r := range active {
		padded = append(padded, run{max(r.from-pad, from), min(r.to+pad, end)})
	}
	for _, r := range union(padded) {
		if r.from < r.to {
			out = append(out, models.Span{Start: k.time(r.from), End: k.time(r.to)})
		}
	}
	return out
}

func (k *Cutter) time(frame int) time.Duration {
	return time.Duration(k.base+int64(frame)) * 10 * time.Millisecond
}
