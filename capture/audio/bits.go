package audio

import (
	"encoding/binary"
	"math/bits"
)

// bitReader reads big-endian bits. Beyond the end it reads zeros and
// remembers it: callers look at short() once per frame instead of at an error
// per bit.
type bitReader struct {
	b   []byte
	pos int    // next byte of b to load
	acc uint64 // loaded bits, left-aligned
	n   uint   // how many of them
}

// fill makes at least 56 bits available.
func (r *bitReader) fill() {
	if r.n >= 56 {
		return
	}
	if r.pos+8 <= len(r.b) {
		r.acc |= binary.BigEndian.Uint64(r.b[r.pos:]) >> r.n
		r.pos += int(63-r.n) >> 3
		r.n |= 56
		return
	}
	for r.n <= 56 {
		if r.pos < len(r.b) {
			r.acc |= uint64(r.b[r.pos]) << (56 - r.n)
		}
		r.pos++
		r.n += 8
	}
}

// read returns the next n bits, n ≤ 32.
func (r *bitReader) read(n uint) uint32 {
	if n == 0 {
		return 0
	}
	r.fill()
	v := r.acc >> (64 - n)
	r.acc <<= n
	r.n -= n
	return uint32(v)
}

// signed returns the next n bits as a two's complement number, 0 < n ≤ 32.
func (r *bitReader) signed(n uint) int32 {
	if n == 0 {
		return 0
	}
	return int32(r.read(n)<<(32-n)) >> (32 - n)
}

// unary counts zeros up to the next one; -1 when there is none left.
func (r *bitReader) unary() int {
	q := 0
	for {
		r.fill()
		z := uint(bits.LeadingZeros64(r.acc))
		if z < r.n {
			r.acc <<= z + 1
			r.n -= z + 1
			return q + int(z)
		}
		q += int(r.n)
		r.acc, r.n = 0, 0
		if r.pos >= len(r.b) {
			return -1
		}
	}
}

// align drops bits up to the next whole byte.
func (r *bitReader) align() {
	r.acc <<= r.n & 7
	r.n &^= 7
}

// offset is the number of whole bytes taken; call align first.
func (r *bitReader) offset() int { return r.pos - int(r.n/8) }

// short says that more was read than there was.
func (r *bitReader) short() bool { return r.pos-int(r.n/8) > len(r.b) }

// bitWriter appends big-endian bits to b.
type bitWriter struct {
	b   []byte
	acc uint64 // pending bits, right-aligned
	n   uint   // how many of them, below 32 between calls
}

// write appends the low n bits of v, n ≤ 32. Higher bits of v must be zero.
func (w *bitWriter) write(v uint32, n uint) {
	w.acc = w.acc<<n | uint64(v)
	w.n += n
	if w.n >= 32 {
		w.n -= 32
		w.b = binary.BigEndian.AppendUint32(w.b, uint32(w.acc>>w.n))
	}
}

// flush pads with zeros to a whole byte.
func (w *bitWriter) flush() {
	if pad := -w.n & 7; pad > 0 {
		w.write(0, pad)
	}
	for w.n > 0 {
		w.n -= 8
		w.b = append(w.b, byte(w.acc>>w.n))
	}
}

// crc8 is FLAC's header check: polynomial x^8+x^2+x+1 (RFC 9639, 9.1.8).
func crc8(b []byte) byte {
	var c byte
	for _, x := range b {
		c = crc8Table[c^x]
	}
	return c
}

// crc16 is FLAC's frame check: polynomial x^16+x^15+x^2+1 (RFC 9639, 9.3),
// eight bytes at a step.
func crc16(b []byte) uint16 {
	var c uint16
	for len(b) >= 8 {
		c = crc16Tables[7][b[0]^byte(c>>8)] ^ crc16Tables[6][b[1]^byte(c)] ^
			crc16Tables[5][b[2]] ^ crc16Tables[4][b[3]] ^ crc16Tables[3][b[4]] ^
			crc16Tables[2][b[5]] ^ crc16Tables[1][b[6]] ^ crc16Tables[0][b[7]]
		b = b[8:]
	}
	for _, x := range b {
		c = c<<8 ^ crc16Tables[0][byte(c>>8)^x]
	}
	return c
}

var crc8Table, crc16Tables = crcTables()

func crcTables() (t8 [256]byte, t16 [8][256]uint16) {
	for i := range 256 {
		c8, c16 := byte(i), uint16(i)<<8
		for range 8 {
			h8, h16 := c8&0x80, c16&0x8000
			c8, c16 = c8<<1, c16<<1
			if h8 != 0 {
				c8 ^= 0x07
			}
			if h16 != 0 {
				c16 ^= 0x8005
			}
		}
		t8[i], t16[0][i] = c8, c16
	}
	for k := 1; k < 8; k++ {
		for i := range 256 {
			p := t16[k-1][i]
			t16[k][i] = p<<8 ^ t16[0][p>>8]
		}
	}
	return t8, t16
}
