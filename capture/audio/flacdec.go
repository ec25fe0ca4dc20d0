package audio

import (
	"encoding/binary"
	"errors"
	"math/bits"

	"github.com/afterword/afterword/models"
)

// Errors inside a FLAC stream. errCut means that the bytes ended within a
// frame: a stream reader may have more of them.
var (
	errCut  = errors.New("the stream ends inside a frame")
	errFLAC = errors.New("damaged FLAC frame")
)

// flacInfo is what STREAMINFO tells.
type flacInfo struct {
	rate, channels int
	bps            uint
	total          uint64 // samples per channel, 0 if unknown
	block          int    // the largest block that the stream claims to have
}

// parseFLACHead reads the marker and all metadata at the start of b; size is
// where the first frame begins, which may lie beyond the end of b.
func parseFLACHead(b []byte) (info flacInfo, size int, err error) {
	if len(b) < 42 || string(b[:4]) != "fLaC" || b[4]&0x7f != 0 {
		return info, 0, errFLAC
	}
	x := binary.BigEndian.Uint64(b[18:])
	info = flacInfo{
		rate: int(x >> 44), channels: int(x>>41&7) + 1, bps: uint(x>>36&31) + 1,
		total: x & (1<<36 - 1), block: int(binary.BigEndian.Uint16(b[10:])),
	}
	size = 4
	for last := false; !last; {
		if len(b) < size+4 {
			return info, size, errCut
		}
		last = b[size]&0x80 != 0
		size += 4 + int(b[size+1])<<16 + int(b[size+2])<<8 + int(b[size+3])
	}
	if info.rate == 0 || info.bps < 4 {
		return info, 0, errFLAC
	}
	return info, size, nil
}

// DecodeFLAC reads a whole 16-bit FLAC stream, at most limit samples over all
// channels: the chunks and frames that EncodeFLAC made. Damage of any kind is
// an Unusable error; nothing is guessed.
func DecodeFLAC(b []byte, limit int) (pcm []int16, rate, channels int, err error) {
	info, at, err := parseFLACHead(b)
	if err == nil && info.bps != 16 {
		err = errors.New("not 16-bit")
	}
	if err != nil {
		return nil, 0, 0, models.Errorf(models.Unusable, "decode FLAC: %w", err)
	}
	total := int(min(info.total, uint64(limit)+1)) * info.channels
	if total > limit {
		return nil, 0, 0, models.Errorf(models.Unusable, "decode FLAC: more than %d samples", limit)
	}
	pcm = make([]int16, 0, min(total, len(b)*64))
	var f flacFrame
	for at < len(b) {
		used, err := f.decode(b[at:], info)
		if err == nil && len(pcm)+f.n*info.channels > limit {
			err = errors.New("more samples than it says")
		}
		if err != nil {
			return nil, 0, 0, models.Errorf(models.Unusable, "decode FLAC: %w", err)
		}
		at += used
		for i := range f.n {
			for c := range info.channels {
				pcm = append(pcm, int16(f.ch[c][i]))
			}
		}
	}
	if info.total != 0 && len(pcm) != total {
		return nil, 0, 0, models.Errorf(models.Unusable, "decode FLAC: the stream is cut short")
	}
	return pcm, info.rate, info.channels, nil
}

// flacFrame decodes frames, reusing its buffers.
type flacFrame struct {
	n      int        // samples per channel
	number uint64     // of the frame, or of its first sample when variable
	fixed  bool       // blocks of one size: number counts frames
	ch     [8][]int32 // samples, by channel
}

// decode reads the frame at the start of b and tells how many bytes it has.
func (f *flacFrame) decode(b []byte, info flacInfo) (used int, err error) {
	assignment, at, err := f.header(b, info)
	if err != nil {
		return 0, err
	}
	r := bitReader{b: b, pos: at}
	for c := range info.channels {
		bps := info.bps
		if assignment == 8 && c == 1 || assignment == 9 && c == 0 || assignment == 10 && c == 1 {
			bps++
		}
		if bps > 32 {
			return 0, errFLAC // 33-bit differences: no recorder writes them
		}
		if cap(f.ch[c]) < f.n {
			f.ch[c] = make([]int32, f.n)
		}
		f.ch[c] = f.ch[c][:f.n]
		if err := subframe(&r, f.ch[c], bps); err != nil {
			if r.short() {
				err = errCut
			}
			return 0, err
		}
	}
	r.align()
	at = r.offset()
	if at+2 > len(b) {
		return 0, errCut
	}
	if crc16(b[:at]) != binary.BigEndian.Uint16(b[at:]) {
		return 0, errFLAC
	}
	f.correlate(assignment)
	return at + 2, nil
}

// header reads the frame header (RFC 9639, 9.1).
func (f *flacFrame) header(b []byte, info flacInfo) (assignment, size int, err error) {
	if len(b) < 16 {
		b = append(b[:len(b):len(b)], make([]byte, 16)...) // lets a short tail fail its check instead of an index
	}
	if b[0] != 0xff || b[1]&0xfe != 0xf8 || b[3]&1 != 0 {
		return 0, 0, errFLAC
	}
	f.fixed = b[1]&1 == 0
	number, at := decodeUTF8(b[4:])
	if at == 0 {
		return 0, 0, errFLAC
	}
	f.number, at = number, at+4
	switch code := b[2] >> 4; {
	case code == 0:
		return 0, 0, errFLAC
	case code == 1:
		f.n = 192
	case code < 6:
		f.n = 576 << (code - 2)
	case code == 6:
		f.n, at = int(b[at])+1, at+1
	case code == 7:
		f.n, at = int(binary.BigEndian.Uint16(b[at:]))+1, at+2
	default:
		f.n = 256 << (code - 8)
	}
	rate := info.rate
	switch code := b[2] & 15; {
	case code == 12:
		rate, at = int(b[at])*1000, at+1
	case code == 13:
		rate, at = int(binary.BigEndian.Uint16(b[at:])), at+2
	case code == 14:
		rate, at = int(binary.BigEndian.Uint16(b[at:]))*10, at+2
	case code != 0:
		rate = [16]int{0, 88200, 176400, 192000, 8000, 16000, 22050, 24000, 32000, 44100, 48000, 96000}[code]
	}
	assignment = int(b[3] >> 4)
	channels := assignment + 1
	if assignment >= 8 {
		channels = 2
	}
	bps := [8]uint{info.bps, 8, 12, 0, 16, 20, 24, 32}[b[3]>>1&7]
	if crc8(b[:at]) != b[at] || rate != info.rate || assignment > 10 || channels != info.channels || bps != info.bps {
		return 0, 0, errFLAC
	}
	return assignment, at + 1, nil
}

// decodeUTF8 reads a number of up to 36 bits; size is 0 if it is none.
func decodeUTF8(b []byte) (v uint64, size int) {
	ones := bits.LeadingZeros8(^b[0])
	if ones == 0 {
		return uint64(b[0]), 1
	}
	if ones == 1 || ones == 8 {
		return 0, 0
	}
	v = uint64(b[0] & (0x7f >> ones))
	for _, x := range b[1:ones] {
		if x>>6 != 2 {
			return 0, 0
		}
		v = v<<6 | uint64(x&0x3f)
	}
	return v, ones
}

func (f *flacFrame) correlate(assignment int) {
	a, b := f.ch[0], f.ch[1]
	switch assignment {
	case 8: // left, side
		for i, s := range b {
			b[i] = a[i] - s
		}
	case 9: // side, right
		for i, s := range a {
			a[i] = s + b[i]
		}
	case 10: // mid, side
		for i, s := range b {
			m := int64(a[i])<<1 | int64(s&1)
			a[i], b[i] = int32((m+int64(s))>>1), int32((m-int64(s))>>1)
		}
	}
}

// subframe reads one channel of a frame (RFC 9639, 9.2).
func subframe(r *bitReader, out []int32, bps uint) error {
	head := r.read(8)
	if head&0x80 != 0 {
		return errFLAC
	}
	wasted := uint(0)
	if head&1 != 0 {
		u := r.unary()
		if u < 0 || uint(u)+1 >= bps {
			return errFLAC
		}
		wasted = uint(u) + 1
		bps -= wasted
	}
	var err error
	switch kind := int(head >> 1); {
	case kind == 0:
		x := r.signed(bps)
		for i := range out {
			out[i] = x
		}
	case kind == 1:
		for i := range out {
			out[i] = r.signed(bps)
		}
	case kind >= 8 && kind <= 12:
		err = fixed(r, out, bps, kind-8)
	case kind >= 32:
		err = linear(r, out, bps, kind-31)
	default:
		err = errFLAC
	}
	if wasted > 0 {
		for i := range out {
			out[i] <<= wasted
		}
	}
	return err
}

func warmUp(r *bitReader, out []int32, bps uint, order int) error {
	if order > len(out) {
		return errFLAC
	}
	for i := range order {
		out[i] = r.signed(bps)
	}
	return nil
}

func fixed(r *bitReader, out []int32, bps uint, order int) error {
	if err := warmUp(r, out, bps, order); err != nil {
		return err
	}
	if err := residuals(r, out, order); err != nil {
		return err
	}
	switch order {
	case 1:
		for i := 1; i < len(out); i++ {
			out[i] += out[i-1]
		}
	case 2:
		for i := 2; i < len(out); i++ {
			out[i] += 2*out[i-1] - out[i-2]
		}
	case 3:
		for i := 3; i < len(out); i++ {
			out[i] += 3*out[i-1] - 3*out[i-2] + out[i-3]
		}
	case 4:
		for i := 4; i < len(out); i++ {
			out[i] += 4*out[i-1] - 6*out[i-2] + 4*out[i-3] - out[i-4]
		}
	}
	return nil
}

func linear(r *bitReader, out []int32, bps uint, order int) error {
	if err := warmUp(r, out, bps, order); err != nil {
		return err
	}
	precision, shift := uint(r.read(4))+1, r.signed(5)
	if precision == 16 || shift < 0 {
		return errFLAC
	}
	var coeffs [32]int64 // the last one belongs to the nearest sample
	for i := range order {
		coeffs[order-1-i] = int64(r.signed(precision))
	}
	if err := residuals(r, out, order); err != nil {
		return err
	}
	cs := coeffs[:order]
	for i := order; i < len(out); i++ {
		past := out[i-order : i]
		past = past[:len(cs)]
		var sum int64
		for j, c := range cs {
			sum += c * int64(past[j])
		}
		out[i] += int32(sum >> uint(shift))
	}
	return nil
}

// residuals reads the Rice partitions into out[order:].
func residuals(r *bitReader, out []int32, order int) error {
	method, po := r.read(2), r.read(4)
	if method > 1 || len(out)&(1<<po-1) != 0 || len(out)>>po < order {
		return errFLAC
	}
	width, escape := uint(4), uint32(15)
	if method == 1 {
		width, escape = 5, 31
	}
	at := order
	for i := range 1 << po {
		end := (i + 1) * (len(out) >> po)
		k := r.read(width)
		if k == escape {
			n := uint(r.read(5))
			for j := at; j < end; j++ {
				out[j] = r.signed(n)
			}
		} else if err := rice(r, out[at:end], uint(k)); err != nil {
			return err
		}
		if r.short() {
			return errCut
		}
		at = end
	}
	return nil
}

func rice(r *bitReader, out []int32, k uint) error {
	for i := range out {
		r.fill()
		z := uint(bits.LeadingZeros64(r.acc))
		var u uint32
		if z+1+k <= 56 {
			u = uint32(z)<<k | uint32(r.acc<<(z+1)>>1>>(63-k))
			r.acc <<= z + 1 + k
			r.n -= z + 1 + k
		} else {
			q := r.unary()
			if q < 0 {
				return errCut
			}
			u = uint32(q)<<k | r.read(k)
		}
		out[i] = int32(u>>1) ^ -int32(u&1)
	}
	return nil
}
