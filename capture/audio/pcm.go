package audio

import (
	"encoding/binary"
	"math"
)

// Samples are 32-bit floats between the reader and the end of the resampler:
// full scale is 1, so that a 24-bit file keeps what it has until the very last
// step.

func fromU8(dst []float32, src []byte) {
	for i := range dst {
		dst[i] = (float32(src[i]) - 128) / 128
	}
}

// ints reads integers of 2 to 4 bytes.
func ints(size int, order binary.ByteOrder) func([]float32, []byte) {
	big := order == binary.BigEndian
	return func(dst []float32, src []byte) {
		for i := range dst {
			var v uint32
			for j := range size {
				at := j
				if big {
					at = size - 1 - j
				}
				v = v>>8 | uint32(src[i*size+at])<<24
			}
			dst[i] = float32(int32(v)) / (1 << 31)
		}
	}
}

// floats reads IEEE numbers of 4 or 8 bytes. What is no number becomes 0.
func floats(size int, order binary.ByteOrder) func([]float32, []byte) {
	return func(dst []float32, src []byte) {
		for i := range dst {
			var v float64
			if size == 4 {
				v = float64(math.Float32frombits(order.Uint32(src[4*i:])))
			} else {
				v = math.Float64frombits(order.Uint64(src[8*i:]))
			}
			if !(v >= -64 && v <= 64) { // and not for NaN either
				v = 0
			}
			dst[i] = float32(v)
		}
	}
}

func byTable(t *[256]float32) func([]float32, []byte) {
	return func(dst []float32, src []byte) {
		for i := range dst {
			dst[i] = t[src[i]]
		}
	}
}

// The tables of ITU-T G.711.
var alawTable, mulawTable = g711()

func g711() (a, mu [256]float32) {
	for i := range 256 {
		x := byte(i) ^ 0x55
		v, exp := int(x&15)<<4+8, x>>4&7
		if exp > 0 {
			v = (v + 0x100) << (exp - 1)
		}
		if x&0x80 == 0 {
			v = -v
		}
		a[i] = float32(v) / 32768

		x = ^byte(i)
		v = (int(x&15)<<3+0x84)<<(x>>4&7) - 0x84
		if x&0x80 != 0 {
			v = -v
		}
		mu[i] = float32(v) / 32768
	}
	return a, mu
}

// toInt16 rounds and clips.
func toInt16(dst []int16, src []float32) {
	for i, x := range src {
		v := x * 32768
		switch {
		case v >= 32767:
			dst[i] = 32767
		case v <= -32768:
			dst[i] = -32768
		case v >= 0:
			dst[i] = int16(v + 0.5)
		default:
			dst[i] = -int16(0.5 - v)
		}
	}
}
