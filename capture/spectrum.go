package capture

import "math"

// bands are the parts of the spectrum that the ear looks at, as ranges of bins
// of 62.5 Hz, the end exclusive: 190 Hz to 7.5 kHz. What lies below belongs to
// mains, traffic and footsteps; every voice has more above it.
var bands = [...][2]int{{3, 6}, {6, 10}, {10, 16}, {16, 25}, {25, 38}, {38, 56}, {56, 81}, {81, 120}}

const (
	nBands = len(bands)
	window = 256 // samples at 16 kHz in one look at the spectrum
)

// levels is the power in each band of one frame, full scale being 1.
type levels [nBands]float32

// spectrum measures bands by a real FFT of 256 points, done as a complex one
// of 128.
type spectrum struct {
	hann    [window]float32
	cos     [window/2 + 1]float32 // of -2πk/256
	sin     [window/2 + 1]float32
	reverse [window / 2]uint8
	turnCos []float32 // of the stages of the transform, one behind the other
	turnSin []float32
	re, im  [window / 2]float32
}

func newSpectrum() *spectrum {
	s := &spectrum{}
	for i := range s.hann {
		s.hann[i] = float32(0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/window))
	}
	for k := range s.cos {
		sin, cos := math.Sincos(-2 * math.Pi * float64(k) / window)
		s.cos[k], s.sin[k] = float32(cos), float32(sin)
	}
	for k := range s.reverse {
		for b := range 7 {
			s.reverse[k] |= uint8(k>>b&1) << (6 - b)
		}
	}
	for half := 4; half < window/2; half *= 2 {
		for k := range half {
			s.turnCos = append(s.turnCos, s.cos[k*window/2/half])
			s.turnSin = append(s.turnSin, s.sin[k*window/2/half])
		}
	}
	return s
}

// measure takes 256 samples, full scale 32768.
func (s *spectrum) measure(x *[window]int16) (out levels) {
	for i, r := range s.reverse {
		s.re[r] = float32(x[2*i]) * s.hann[2*i]
		s.im[r] = float32(x[2*i+1]) * s.hann[2*i+1]
	}
	s.transform()
	// Parseval, Hann's power of 3/8, and both halves of the spectrum.
	const scale = 2 / (float32(window) * window * 3 / 8 * 32768 * 32768)
	for b, r := range bands {
		sum := float32(0)
		for k := r[0]; k < r[1]; k++ {
			sum += s.power(k)
		}
		out[b] = sum * scale
	}
	return out
}

// power is the square of bin k, 0 to 128, after transform: it takes the two
// interleaved halves apart and puts them together as one spectrum.
func (s *spectrum) power(k int) float32 {
	i, j := k&(window/2-1), -k&(window/2-1)
	ar, ai, br, bi := s.re[i], s.im[i], s.re[j], -s.im[j]
	er, ei, or, oi := (ar+br)/2, (ai+bi)/2, (ai-bi)/2, -(ar-br)/2
	c, d := s.cos[k], s.sin[k]
	xr, xi := er+or*c-oi*d, ei+or*d+oi*c
	return xr*xr + xi*xi
}

// transform is an FFT over 128 points in bit-reversed order: two stages at
// once, in which nothing is multiplied, then five of radix 2.
func (s *spectrum) transform() {
	const n = window / 2
	re, im := &s.re, &s.im
	for i := 0; i < n; i += 4 {
		a, b := re[i:i+4:i+4], im[i:i+4:i+4]
		r0, r1, r2, r3 := a[0]+a[1], a[0]-a[1], a[2]+a[3], a[2]-a[3]
		i0, i1, i2, i3 := b[0]+b[1], b[0]-b[1], b[2]+b[3], b[2]-b[3]
		a[0], a[1], a[2], a[3] = r0+r2, r1+i3, r0-r2, r1-i3
		b[0], b[1], b[2], b[3] = i0+i2, i1-r3, i0-i2, i1+r3
	}
	at := 0
	for half := 4; half < n; half *= 2 {
		cos, sin := s.turnCos[at:at+half], s.turnSin[at:at+half]
		at += half
		for i := 0; i < n; i += 2 * half {
			a, ai := re[i:i+half], im[i:i+half]
			b, bi := re[i+half:i+2*half], im[i+half:i+2*half]
			a, ai, b, bi, sin := a[:len(cos)], ai[:len(cos)], b[:len(cos)], bi[:len(cos)], sin[:len(cos)]
			for k, c := range cos {
				d := sin[k]
				tr, ti := b[k]*c-bi[k]*d, b[k]*d+bi[k]*c
				b[k], bi[k] = a[k]-tr, ai[k]-ti
				a[k], ai[k] = a[k]+tr, ai[k]+ti
			}
		}
	}
}
