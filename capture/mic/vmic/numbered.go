package vmic

import (
	"encoding/binary"
	"io"
)

// Rate is that of the virtual microphone and of the numbered signal, in Hz.
const Rate = 48000

// Numbered is an endless numbered signal: interleaved stereo, 16 bits, from
// frame 1 on. The left channel holds the low 15 bits of the number, the right
// one the rest, so that 6 hours pass before a number comes again.
type Numbered struct{ next int64 }

// Read fills whole frames.
func (n *Numbered) Read(b []byte) (int, error) {
	size := len(b) &^ 3
	for i := 0; i < size; i += 4 {
		n.next++
		l, r := encode(n.next)
		binary.LittleEndian.PutUint16(b[i:], uint16(l))
		binary.LittleEndian.PutUint16(b[i+2:], uint16(r))
	}
	if size == 0 {
		return 0, io.ErrShortBuffer
	}
	return size, nil
}

func encode(number int64) (left, right int16) {
	return int16(number & 0x7fff), int16(number >> 15)
}

// Run is a stretch of a recording whose numbers follow one another.
type Run struct {
	At, Frames int64 // where in the recording, and how long
	First      int64 // number of its first frame
}

// Runs reads the numbers out of interleaved stereo. Frames of zeros belong to
// no run.
func Runs(pcm []int16) (out []Run) {
	for i := int64(0); i < int64(len(pcm)/2); i++ {
		l, r := pcm[2*i], pcm[2*i+1]
		number := int64(r)<<15 | int64(l)
		if number == 0 {
			continue
		}
		if n := len(out); n > 0 && out[n-1].At+out[n-1].Frames == i && out[n-1].First+out[n-1].Frames == number {
			out[n-1].Frames++
			continue
		}
		out = append(out, Run{At: i, Frames: 1, First: number})
	}
	return out
}
