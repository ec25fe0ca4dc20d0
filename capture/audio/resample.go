package audio

import "math"

// Resampler changes the sample rate by a Kaiser-windowed sinc. The stop band
// begins at half of the lower rate and lies 96 dB down, so that nothing folds
// back; the pass band ends a tenth below (7.2 kHz for speech at 16 kHz).
//
// Ratios of everyday rates have few distinct phases: each has its own filter,
// exactly. Odd ones (44 099 Hz) go between neighbours of 512 phases, which
// costs twice the time and stays below the stop band's ripple.
type Resampler struct {
	channels int
	up, down int       // output = input × up / down, in lowest terms
	taps     int       // per phase, a multiple of 8
	phases   int       // filters in the table
	table    []float32 // phases (+1 if between) × taps, in the order of the input
	between  bool

	buf  [][]float32 // per channel: input still needed
	base int64       // index of the input sample that is buf[c][0]; negative before the start
	in   int64       // input samples so far
	out  int64       // output samples so far
}

const (
	kaiserBeta = 9.62 // 96 dB: 0.1102 × (96 - 8.7)
	transition = 0.1  // of half the lower rate
	oddPhases  = 512
)

// NewResampler makes a resampler for interleaved samples; rates are in Hz.
func NewResampler(from, to, channels int) *Resampler {
	g := gcd(from, to)
	r := &Resampler{channels: channels, up: to / g, down: from / g, buf: make([][]float32, channels)}
	if from == to {
		return r
	}
	low := float64(min(from, to)) / 2
	width := transition * low / float64(from) // in cycles per input sample
	half := int(math.Ceil((96 - 7.95) / (14.36 * width) / 2))
	r.taps = (2*half + 7) &^ 7
	r.phases = r.up
	if r.phases*r.taps > 1<<18 {
		r.phases, r.between = oddPhases, true
	}
	cut := low * (1 - transition/2) / float64(from) // cycles per input sample, the middle of the transition
	rows := r.phases
	if r.between {
		rows++
	}
	r.table = make([]float32, rows*r.taps)
	for p := range rows {
		row := r.table[p*r.taps : (p+1)*r.taps]
		sum := 0.0
		h := make([]float64, r.taps)
		for i := range h {
			t := float64(i-r.taps/2+1) - float64(p)/float64(r.phases)
			h[i] = 2 * cut * sinc(2*cut*t) * kaiser(t/float64(r.taps/2))
			sum += h[i]
		}
		for i := range h {
			row[i] = float32(h[i] / sum) // every phase passes a constant unchanged
		}
	}
	r.base = -int64(r.taps/2 - 1)
	for c := range r.buf {
		r.buf[c] = make([]float32, r.taps/2-1, 4*r.taps)
	}
	return r
}

// Write takes interleaved samples and appends what they make to dst.
func (r *Resampler) Write(dst, in []float32) []float32 {
	if r.up == r.down {
		return append(dst, in...)
	}
	n := len(in) / r.channels
	for c := range r.buf {
		for i := range n {
			r.buf[c] = append(r.buf[c], in[i*r.channels+c])
		}
	}
	r.in += int64(n)
	return r.make(dst, math.MaxInt64)
}

// Flush appends the rest, as if silence followed. Over all calls the output
// has floor(n × to / from) samples per channel for n that went in.
func (r *Resampler) Flush(dst []float32) []float32 {
	if r.up == r.down {
		return dst
	}
	for c := range r.buf {
		r.buf[c] = append(r.buf[c], make([]float32, r.taps)...)
	}
	return r.make(dst, r.in*int64(r.up)/int64(r.down))
}

// make appends output up to sample number limit, as far as the input reaches.
func (r *Resampler) make(dst []float32, limit int64) []float32 {
	have := r.base + int64(len(r.buf[0]))
	for ; r.out < limit; r.out++ {
		at := r.out * int64(r.down)
		left := at/int64(r.up) - int64(r.taps/2-1)
		if left+int64(r.taps) > have {
			break
		}
		phase, f := int(at%int64(r.up)), float32(0)
		if r.between {
			x := float64(phase) * oddPhases / float64(r.up)
			phase = int(x)
			f = float32(x - float64(phase))
		}
		h := r.table[phase*r.taps:][:r.taps]
		for _, buf := range r.buf {
			in := buf[left-r.base:][:r.taps]
			y := dot(h, in)
			if r.between {
				y += f * (dot(r.table[(phase+1)*r.taps:][:r.taps], in) - y)
			}
			dst = append(dst, y)
		}
	}
	// The next output needs nothing before its own first tap.
	if drop := r.out*int64(r.down)/int64(r.up) - int64(r.taps/2-1) - r.base; drop > 0 {
		drop = min(drop, int64(len(r.buf[0])))
		for c, buf := range r.buf {
			r.buf[c] = buf[:copy(buf, buf[drop:])]
		}
		r.base += drop
	}
	return dst
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

// kaiser is the window at x from -1 to 1.
func kaiser(x float64) float64 {
	if x < -1 || x > 1 {
		return 0
	}
	return bessel(kaiserBeta*math.Sqrt(1-x*x)) / bessel(kaiserBeta)
}

// bessel is the modified Bessel function of the first kind and order 0.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1; term > 1e-12*sum; k++ {
		term *= (x / 2 / float64(k)) * (x / 2 / float64(k))
		sum += term
	}
	return sum
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
