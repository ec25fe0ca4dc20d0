package voice

import "math"

// fftSize is the length of a Fourier transform: 25 ms at 16 kHz. It is no
// power of two; its factors are 5, 5, 4 and 4.
const fftSize = 400

var fftRadices = []int{5, 5, 4, 4}

// twiddles are exp(-2πik/400).
var twiddles = func() (w [fftSize]complex64) {
	for k := range w {
		sin, cos := math.Sincos(-2 * math.Pi * float64(k) / fftSize)
		w[k] = complex(float32(cos), float32(sin))
	}
	return w
}()

// fft transforms x in place; y is scratch. It is Stockham's algorithm: each
// pass takes one factor out of n and leaves the values in order.
func fft(x, y *[fftSize]complex64) {
	in, out := x, y
	n, s := fftSize, 1
	for _, r := range fftRadices {
		m := n / r
		for p := range m {
			// The k-th output is turned by k steps of p/n.
			w1 := twiddles[p*s]
			w2 := w1 * w1
			w3 := w2 * w1
			if r == 4 {
				for q := range s {
					at := q + s*p
					a, b, c, d := in[at], in[at+s*m], in[at+2*s*m], in[at+3*s*m]
					e, f, g, h := a+c, a-c, b+d, b-d
					h = complex(imag(h), -real(h)) // times -i
					to := q + s*4*p
					out[to], out[to+s], out[to+2*s], out[to+3*s] = e+g, w1*(f+h), w2*(e-g), w3*(f-h)
				}
				continue
			}
			w4 := w2 * w2
			for q := range s {
				at := q + s*p
				a, b, c, d, e := in[at], in[at+s*m], in[at+2*s*m], in[at+3*s*m], in[at+4*s*m]
				o0, o1, o2, o3, o4 := five(a, b, c, d, e)
				to := q + s*5*p
				out[to], out[to+s], out[to+2*s], out[to+3*s], out[to+4*s] = o0, w1*o1, w2*o2, w3*o3, w4*o4
			}
		}
		n, s = m, s*r
		in, out = out, in
	}
	// Four passes: the result is where it began.
}

// five is the transform of five values.
func five(a, b, c, d, e complex64) (o0, o1, o2, o3, o4 complex64) {
	const (
		c1 = 0.30901699437494742  // cos 2π/5
		c2 = -0.80901699437494742 // cos 4π/5
		s1 = 0.95105651629515357  // sin 2π/5
		s2 = 0.58778525229247313  // sin 4π/5
	)
	p, q, u, v := b+e, c+d, b-e, c-d
	x := complex(real(a)+c1*real(p)+c2*real(q), imag(a)+c1*imag(p)+c2*imag(q))
	y := complex(real(a)+c2*real(p)+c1*real(q), imag(a)+c2*imag(p)+c1*imag(q))
	// -i times the odd parts
	z := complex(s1*imag(u)+s2*imag(v), -s1*real(u)-s2*real(v))
	w := complex(s2*imag(u)-s1*imag(v), -s2*real(u)+s1*real(v))
	return a + p + q, x + z, y + w, y - w, x - z
}
