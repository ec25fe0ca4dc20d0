package audio

import (
	"encoding/binary"
	"math/bits"
	"sync"
)

// flacBlock is the number of samples per channel in one FLAC frame. 4096 is
// what every encoder uses by default; it divides into 32 partitions.
const flacBlock = 4096

// maxPartition bounds the partition order: 2^5 parts of 128 samples.
const maxPartition = 5

// EncodeFLAC appends pcm, interleaved 16-bit samples of 1 to 8 channels, to
// dst as a complete FLAC stream (RFC 9639): fixed predictors, partitioned Rice
// residuals, mid/side where it is smaller. No MD5: whoever stores the stream
// seals it. rate is in Hz, below 2^20. Samples beyond a whole frame of all
// channels are left out.
func EncodeFLAC(dst []byte, pcm []int16, rate, channels int) []byte {
	e := encoders.Get().(*flacEncoder)
	defer encoders.Put(e)
	total := len(pcm) / channels
	dst = appendStreamInfo(dst, total, rate, channels)
	for num, at := 0, 0; at < total; num, at = num+1, at+flacBlock {
		n := min(flacBlock, total-at)
		for c := range channels {
			in := pcm[at*channels:]
			out := e.ch[c][:n]
			for i := range out {
				out[i] = int32(in[i*channels+c])
			}
		}
		dst = e.frame(dst, num, n, rate, channels)
	}
	return dst
}

var encoders = sync.Pool{New: func() any { return new(flacEncoder) }}

// flacEncoder is scratch space, so that a second of sound costs no garbage.
type flacEncoder struct {
	ch   [10][flacBlock]int32 // 8 channels, then mid and side
	res  [flacBlock]uint32    // residuals of the subframe in hand, folded to unsigned
	sums [1 << maxPartition]uint64
}

func appendStreamInfo(dst []byte, total, rate, channels int) []byte {
	dst = append(dst, "fLaC\x80\x00\x00\x22"...)
	dst = binary.BigEndian.AppendUint16(dst, flacBlock)
	dst = binary.BigEndian.AppendUint16(dst, flacBlock)
	dst = append(dst, 0, 0, 0, 0, 0, 0) // frame sizes unknown
	dst = binary.BigEndian.AppendUint64(dst, uint64(rate)<<44|uint64(channels-1)<<41|15<<36|uint64(total)&(1<<36-1))
	return append(dst, make([]byte, 16)...)
}

// plan is how one channel of a frame will be written.
type plan struct {
	in    []int32
	bps   uint // 16, or 17 for a side channel
	order int  // of the fixed predictor; constant if -1
	cost  uint64
}

func (e *flacEncoder) frame(dst []byte, num, n, rate, channels int) []byte {
	start := len(dst)
	plans, assignment := e.plan(n, channels)
	dst = append(dst, 0xff, 0xf8)
	size, tail := uint(0xc), []byte(nil)
	if n != flacBlock {
		size, tail = 7, []byte{byte((n - 1) >> 8), byte(n - 1)}
	}
	dst = append(dst, byte(size)<<4|rateCode(rate), byte(assignment)<<4|4<<1)
	dst = appendUTF8(dst, uint64(num))
	dst = append(dst, tail...)
	dst = append(dst, crc8(dst[start:]))
	w := bitWriter{b: dst}
	for _, p := range plans {
		e.subframe(&w, p)
	}
	w.flush()
	return binary.BigEndian.AppendUint16(w.b, crc16(w.b[start:]))
}

// plan chooses predictors, and for two channels the cheapest pair out of left,
// right, mid and side.
func (e *flacEncoder) plan(n, channels int) (plans []plan, assignment int) {
	plans = make([]plan, channels, 10)
	for c := range plans {
		plans[c] = fixedPlan(e.ch[c][:n], 16)
	}
	if channels != 2 {
		return plans, channels - 1
	}
	l, r, mid, side := e.ch[0][:n], e.ch[1][:n], e.ch[8][:n], e.ch[9][:n]
	for i, x := range l {
		mid[i], side[i] = (x+r[i])>>1, x-r[i]
	}
	m, s := fixedPlan(mid, 16), fixedPlan(side, 17)
	lr, ls, sr, ms := plans[0].cost+plans[1].cost, plans[0].cost+s.cost, plans[1].cost+s.cost, m.cost+s.cost
	switch min(lr, ls, sr, ms) {
	case lr:
		return plans, 1
	case ms:
		return []plan{m, s}, 10
	case ls:
		return []plan{plans[0], s}, 8
	}
	return []plan{s, plans[1]}, 9
}

// fixedPlan picks the fixed predictor with the smallest residual.
func fixedPlan(in []int32, bps uint) plan {
	p := plan{in: in, bps: bps, order: -1}
	for _, x := range in {
		if x != in[0] {
			p.order = 0
			break
		}
	}
	if p.order < 0 || len(in) <= 4 {
		return p
	}
	var sums [5]uint64
	x := in[3]
	d1 := x - in[2]
	d2 := d1 - (in[2] - in[1])
	d3 := d2 - (in[2] - 2*in[1] + in[0])
	for _, v := range in[4:] {
		e1 := v - x
		e2 := e1 - d1
		e3 := e2 - d2
		e4 := e3 - d3
		sums[0] += abs(v)
		sums[1] += abs(e1)
		sums[2] += abs(e2)
		sums[3] += abs(e3)
		sums[4] += abs(e4)
		x, d1, d2, d3 = v, e1, e2, e3
	}
	for o, s := range sums {
		if s < sums[p.order] {
			p.order = o
		}
	}
	p.cost = sums[p.order]
	return p
}

func abs(v int32) uint64 {
	s := v >> 31
	return uint64(uint32((v ^ s) - s))
}

func (e *flacEncoder) subframe(w *bitWriter, p plan) {
	raw := func(x int32) { w.write(uint32(x)&(1<<p.bps-1), p.bps) }
	if p.order < 0 {
		w.write(0, 8)
		raw(p.in[0])
		return
	}
	po, ks, size := e.residual(p)
	if size >= uint64(len(p.in))*uint64(p.bps) {
		w.write(1<<1, 8)
		for _, x := range p.in {
			raw(x)
		}
		return
	}
	w.write(uint32(8+p.order)<<1, 8)
	for _, x := range p.in[:p.order] {
		raw(x)
	}
	w.write(uint32(po), 6) // Rice coding with 4-bit parameters, partition order
	at := p.order
	for i, k := range ks[:1<<po] {
		end := (i + 1) * len(p.in) >> po
		w.write(uint32(k), 4)
		writeRice(w, e.res[at:end], k)
		at = end
	}
}

func writeRice(w *bitWriter, res []uint32, k uint) {
	acc, n := w.acc, w.n
	for _, u := range res {
		q := uint(u >> k)
		v, bits := u&(1<<k-1)|1<<k, q+1+k
		for bits > 32 {
			zeros := min(q, 32-n)
			acc, n, q, bits = acc<<zeros, n+zeros, q-zeros, bits-zeros
			if n == 32 {
				w.b, n = binary.BigEndian.AppendUint32(w.b, uint32(acc)), 0
			}
		}
		acc, n = acc<<bits|uint64(v), n+bits
		if n >= 32 {
			n -= 32
			w.b = binary.BigEndian.AppendUint32(w.b, uint32(acc>>n))
		}
	}
	w.acc, w.n = acc, n
}

// residual fills e.res and chooses partitions and their Rice parameters. size
// estimates the bits of the subframe.
func (e *flacEncoder) residual(p plan) (po int, ks [1 << maxPartition]uint, size uint64) {
	in, n := p.in, len(p.in)
	switch p.order {
	case 0:
		for i, x := range in {
			e.res[i] = fold(x)
		}
	case 1:
		for i := 1; i < n; i++ {
			e.res[i] = fold(in[i] - in[i-1])
		}
	case 2:
		for i := 2; i < n; i++ {
			e.res[i] = fold(in[i] - 2*in[i-1] + in[i-2])
		}
	case 3:
		for i := 3; i < n; i++ {
			e.res[i] = fold(in[i] - 3*in[i-1] + 3*in[i-2] - in[i-3])
		}
	case 4:
		for i := 4; i < n; i++ {
			e.res[i] = fold(in[i] - 4*in[i-1] + 6*in[i-2] - 4*in[i-3] + in[i-4])
		}
	}
	top := 0
	for top < maxPartition && n&(1<<(top+1)-1) == 0 && n>>(top+1) > 4 {
		top++
	}
	at := p.order
	for i := range 1 << top {
		end := (i + 1) * n >> top
		var s uint64
		for _, u := range e.res[at:end] {
			s += uint64(u)
		}
		e.sums[i], at = s, end
	}
	best := ^uint64(0)
	for o := top; o >= 0; o-- {
		var kk [1 << maxPartition]uint
		total := uint64(0)
		for i := range 1 << o {
			count := n >> o
			if i == 0 {
				count -= p.order
			}
			k, c := riceParameter(e.sums[i], uint64(count))
			kk[i], total = k, total+c+4
		}
		if total < best {
			best, po, ks = total, o, kk
		}
		for i := range 1 << o / 2 {
			e.sums[i] = e.sums[2*i] + e.sums[2*i+1]
		}
	}
	return po, ks, best + uint64(p.order)*uint64(p.bps) + 14
}

// fold maps 0, -1, 1, -2, … to 0, 1, 2, 3, …
func fold(x int32) uint32 { return uint32(x<<1) ^ uint32(x>>31) }

// riceParameter estimates the best parameter and its bits for n values that
// add up to sum: n(k+1) for stops and remainders, and for the unary parts
// sum/2^k less half a step per value, which the remainders hold on average.
func riceParameter(sum, n uint64) (k uint, size uint64) {
	if n == 0 {
		return 0, 0
	}
	lo := uint(max(0, bits.Len64(sum/n)-2))
	size = ^uint64(0)
	for i := min(lo, 14); i <= min(lo+2, 14); i++ {
		half := n * (1<<i - 1) / 2
		c := n*uint64(i+1) + (max(sum, half)-half)>>i
		if c < size {
			k, size = i, c
		}
	}
	return k, size
}

// rateCode is the frame header's short form of common rates, 0 for "see
// STREAMINFO".
func rateCode(rate int) byte {
	switch rate {
	case 8000:
		return 4
	case 16000:
		return 5
	case 22050:
		return 6
	case 24000:
		return 7
	case 32000:
		return 8
	case 44100:
		return 9
	case 48000:
		return 10
	case 96000:
		return 11
	}
	return 0
}

// appendUTF8 writes a frame number as UTF-8 would, up to 31 bits.
func appendUTF8(dst []byte, v uint64) []byte {
	if v < 0x80 {
		return append(dst, byte(v))
	}
	n := 1 // continuation bytes
	for v >= 1<<(6*n+6-n) {
		n++
	}
	dst = append(dst, byte(0xff<<(7-n))|byte(v>>(6*n)))
	for n--; n >= 0; n-- {
		dst = append(dst, 0x80|byte(v>>(6*n))&0x3f)
	}
	return dst
}
