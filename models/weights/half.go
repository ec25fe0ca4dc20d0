package weights

import (
	"math"
	"sync"
)

// halves holds every half-precision number as float32.
var halves = sync.OnceValue(func() *[1 << 16]float32 {
	t := new([1 << 16]float32)
	for i := range t {
		t[i] = widen(uint16(i))
	}
	return t
})

// widen turns the bits of an IEEE 754 half into the float32 of equal value.
func widen(h uint16) float32 {
	sign, exp, frac := uint32(h>>15)<<31, uint32(h>>10&0x1f), uint32(h&0x3ff)
	switch exp {
	case 0: // zero or subnormal: frac * 2^-24
		v := float32(frac) * (1.0 / (1 << 24))
		return math.Float32frombits(math.Float32bits(v) | sign)
	case 0x1f:
		return math.Float32frombits(sign | 0xff<<23 | frac<<13)
	}
	return math.Float32frombits(sign | (exp+112)<<23 | frac<<13)
}

// narrow rounds a float32 to the nearest half, ties to even.
func narrow(f float32) uint16 {
	b := math.Float32bits(f)
	sign := uint16(b >> 16 & 0x8000)
	exp, frac := int(b>>23&0xff)-112, b&0x7fffff
	switch {
	case exp >= 0x1f: // infinity, NaN, or too large
		if b&0x7fffffff > 0x7f800000 {
			return sign | 0x7e00
		}
		return sign | 0x7c00
	case exp <= 0: // subnormal, or zero
		if exp < -10 {
			return sign
		}
		frac |= 1 << 23
		return sign + roundShift(frac, uint(14-exp))
	}
	return sign + roundShift(uint32(exp)<<23|frac, 13) // a carry out of frac raises exp: just right
}

// roundShift is v / 2^n, rounded to nearest, ties to even.
func roundShift(v uint32, n uint) uint16 {
	q, rest, tie := v>>n, v&(1<<n-1), uint32(1)<<(n-1)
	if rest > tie || rest == tie && q&1 == 1 {
		q++
	}
	return uint16(q)
}
