//go:build cgo

package mic

import (
	"sync/atomic"
	"time"
)

// ring carries samples from one writer to one reader without a lock. What does
// not fit is counted, not written: the newest sound is lost, so that what is in
// the ring stays in one piece.
type ring struct {
	buf      []int16
	channels uint64
	written  atomic.Uint64 // samples of all channels, ever
	read     atomic.Uint64
	lost     atomic.Uint64 // samples per channel that found no room
	at       atomic.Int64  // when the last were put: ns since the program began
}

var began = time.Now()

func newRing(samples, channels int) *ring {
	return &ring{buf: make([]int16, samples*channels), channels: uint64(channels)}
}

// put is called by the audio thread.
func (r *ring) put(pcm []int16) {
	w := r.written.Load()
	room := uint64(len(r.buf)) - (w - r.read.Load())
	n := min(uint64(len(pcm)), room-room%r.channels)
	at := int(w % uint64(len(r.buf)))
	k := copy(r.buf[at:], pcm[:n])
	copy(r.buf, pcm[k:n])
	r.at.Store(int64(time.Since(began)))
	r.written.Store(w + n)
	if rest := uint64(len(pcm)) - n; rest > 0 {
		r.lost.Add(rest / r.channels)
	}
}

// take copies what there is into dst. age is how long ago the audio thread
// delivered the newest sample in the ring, and rest how many samples per
// channel are left there. lost is how many found no room since the last call:
// they belong behind those that were taken.
func (r *ring) take(dst []int16) (n int, age time.Duration, rest, lost int64) {
	at := r.read.Load()
	when := r.at.Load()
	written := r.written.Load()
	for again := r.at.Load(); again != when; again = r.at.Load() { // one was just put
		when, written = again, r.written.Load()
	}
	have := min(written-at, uint64(len(dst)))
	have -= have % r.channels
	i := int(at % uint64(len(r.buf)))
	k := copy(dst[:have], r.buf[i:])
	copy(dst[k:have], r.buf)
	r.read.Store(at + have)
	if have < uint64(len(dst)) { // all was taken: now the loss is next
		lost = int64(r.lost.Swap(0))
	}
	return int(have), time.Since(began) - time.Duration(when), int64((written - at - have) / r.channels), lost
}
