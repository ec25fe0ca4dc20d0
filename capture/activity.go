package capture

import (
	"math"
	"slices"
)

// hop is the length of a frame of activity. Unit: samples at 16 kHz, 10 ms.
const hop = 160

// How speech is told from the noise behind it. The floor of each band is a low
// quantile of its level within floorReach on both sides; what stays above it
// is activity. So a fan, hiss and hum cost nothing once they have gone on for
// a while, and any voice, however soft, rises above them. Levels are in dB.
const (
	smooth     = 2    // frames on either side over which a level is the mean
	floorReach = 1200 // frames (12 s) on either side: longer than any voice goes without a dip in a band
	floorBlock = 50   // frames (0.5 s) that share one floor
	floorShare = 0.06 // quantile

	lowest   = -101.0 // dBFS per bin: the level of white noise at -80 dBFS; nothing below is ever activity
	rise     = 6.0    // a band this far above its floor counts …
	bandsUp  = 2      // … and so many of them are activity
	farRise  = 10.0   // one band alone suffices this far above …
	meanRise = 4.0    // … or all together by so much

	shortest = 5   // frames of a run; …
	distinct = 3   // … and so many of them must stand out by themselves, not only in the mean: a click is no word
	join     = 20  // frames: closer runs are one
	brief    = 800 // frames (8 s): in less sound than this, a floor is not believed unless the sound is steady
	spread   = 6.0 // the span between the tenth and the ninetieth percentile of a steady band
	headroom = 25  // the highest floor of a brief sound lies this far below its loudest
)

// levels as steps of half a decibel above -140 dBFS, to be counted.
type steps [nBands]uint8

func step(db float32) uint8        { return uint8(max(0, min(255, (db+140)*2))) }
func (h *counts) at(n int) float32 { return float32(h.quantile(n))/2 - 140 }

// counts is a histogram of steps.
type counts [256]int32

// quantile is the step that n of the counted ones do not exceed.
func (h *counts) quantile(n int) int {
	for i, c := range h {
		if n -= int(c); n < 0 {
			return i
		}
	}
	return len(h) - 1
}

// ear keeps the levels of one channel.
type ear struct {
	spectrum *spectrum
	last     [window]int16 // the newest samples
	bands    []levels      // power, one for each frame kept
	energy   []float32     // sum of squares of each frame kept, for the quietest place

	network *listener // tells speech from other sound; nil: all activity may be speech
	pcm     []int16   // the samples of the frames kept, for the network alone
}

// hear takes the next frame of hop samples.
func (e *ear) hear(x []int16) {
	copy(e.last[:], e.last[hop:])
	copy(e.last[window-hop:], x)
	var sum float32
	for _, v := range x {
		sum += float32(v) * float32(v)
	}
	e.energy = append(e.energy, sum)
	var l levels
	if e.last != [window]int16{} {
		l = e.spectrum.measure(&e.last)
	}
	e.bands = append(e.bands, l)
	if e.network != nil {
		e.pcm = append(e.pcm, x...)
	}
}

// forget drops the first n frames.
func (e *ear) forget(n int) {
	e.bands = slices.Delete(e.bands, 0, n)
	e.energy = slices.Delete(e.energy, 0, n)
	if e.network != nil {
		e.pcm = slices.Delete(e.pcm, 0, n*hop)
	}
}

// run is a range of frames, to exclusive.
type run struct{ from, to int }

// active finds the runs of activity within [from, to), without pads. Floors
// come from all frames that are kept.
func (e *ear) active(from, to int) []run {
	db, st := e.smoothed()
	up, alone := make([]bool, to-from), make([]bool, to-from)
	ceiling := e.ceiling(st)
	for at := from; at < to; at += floorBlock {
		end := min(at+floorBlock, to)
		floor := floors(st[max(0, at-floorReach):min(len(st), end+floorReach)])
		for b := range floor {
			floor[b] = max(min(floor[b], ceiling[b]), bandLowest[b])
		}
		for i := at; i < end; i++ {
			if up[i-from] = above(&db[i], &floor); up[i-from] {
				one := e.bands[i].decibels()
				alone[i-from] = above(&one, &floor)
			}
		}
	}
	return runs(up, alone, from)
}

// smoothed is the level of each band over a few frames.
func (e *ear) smoothed() ([]levels, []steps) {
	db, st := make([]levels, len(e.bands)), make([]steps, len(e.bands))
	for i := range db {
		lo, hi := max(0, i-smooth), min(len(e.bands), i+smooth+1)
		var sum levels
		for _, l := range e.bands[lo:hi] {
			for b, x := range l {
				sum[b] += x
			}
		}
		for b, x := range sum {
			db[i][b] = decibel(x / float32(hi-lo))
			st[i][b] = step(db[i][b])
		}
	}
	return db, st
}

func (l levels) decibels() (db levels) {
	for b, x := range l {
		db[b] = decibel(x)
	}
	return db
}

func decibel(power float32) float32 {
	return float32(10 * math.Log10(float64(power)+1e-14))
}

// bandLowest is the lowest floor of each band.
var bandLowest = func() (l levels) {
	for b, r := range bands {
		l[b] = float32(lowest + 10*math.Log10(float64(r[1]-r[0])))
	}
	return l
}()

func count(st []steps) (h [nBands]counts) {
	for i := range st {
		for b, s := range st[i] {
			h[b][s]++
		}
	}
	return h
}

func floors(st []steps) (floor levels) {
	h := count(st)
	for b := range floor {
		floor[b] = h[b].at(int(floorShare * float64(len(st))))
	}
	return floor
}

// ceiling bounds the floors. In a brief sound that is not steady, a voice may
// have no pause at all, and the floor would be the voice itself.
func (e *ear) ceiling(st []steps) (most levels) {
	for b := range most {
		most[b] = math.MaxFloat32
	}
	if len(st) >= brief {
		return most
	}
	h := count(st)
	steady := true
	for b := range h {
		steady = steady && h[b].at(len(st)*9/10)-h[b].at(len(st)/10) < spread
	}
	for b := range h {
		if !steady {
			most[b] = h[b].at(len(st)*95/100) - headroom
		}
	}
	return most
}

// above tells whether a frame stands out.
func above(l, floor *levels) bool {
	n, sum := 0, float32(0)
	for b, x := range l {
		d := max(x-floor[b], 0)
		if d >= farRise {
			return true
		}
		if d >= rise {
			n++
		}
		sum += d
	}
	return n >= bandsUp || sum >= meanRise*float32(nBands)
}

// runs turns marks into ranges: close ones joined, clicks dropped.
func runs(up, alone []bool, offset int) (out []run) {
	for i := 0; i < len(up); i++ {
		if !up[i] {
			continue
		}
		j, n := i, 0
		for ; j < len(up) && up[j]; j++ {
			if alone[j] {
				n++
			}
		}
		if j-i >= shortest && n >= distinct {
			if n := len(out); n > 0 && i+offset-out[n-1].to < join {
				out[n-1].to = j + offset
			} else {
				out = append(out, run{i + offset, j + offset})
			}
		}
		i = j
	}
	return out
}
