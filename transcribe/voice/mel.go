package voice

import "math"

const (
	// Bands is how many mel bands the encoder hears.
	Bands = 40
	hop   = 160 // samples from frame to frame: 10 ms
	bins  = fftSize/2 + 1
)

// frame is the power in each mel band over 25 ms.
type frame [Bands]float32

// melter makes frames of sound. Not safe for concurrent use.
type melter struct {
	window  [fftSize]float32
	filters []filter
	x, y    [fftSize]complex64
	power   [2][bins]float32
}

// filter is a triangle over a few bins.
type filter struct {
	from    int
	weights []float32
}

// newMelter takes filters as rows of bins weights.
func newMelter(rows []float32) *melter {
	m := &melter{}
	for i := range m.window { // Hann, periodic
		m.window[i] = float32(0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/fftSize))
	}
	for b := range Bands {
		row := rows[b*bins : (b+1)*bins]
		from, to := 0, len(row)
		for from < to && row[from] == 0 {
			from++
		}
		for to > from && row[to-1] == 0 {
			to--
		}
		m.filters = append(m.filters, filter{from, row[from:to]})
	}
	return m
}

// frames is one frame for each hop of sound at 16 kHz, the first centred on
// the first sample. What lies beyond the ends counts as zero. gain multiplies
// the sound.
func (m *melter) frames(pcm []int16, gain float32) []frame {
	n := len(pcm)/hop + 1
	out := make([]frame, n+n&1)
	for i := 0; i < n; i += 2 {
		// Two real transforms in one complex one.
		m.load(pcm, i*hop-fftSize/2, gain)
		fft(&m.x, &m.y)
		m.split()
		for j := range 2 {
			for b, f := range m.filters {
				var sum float32
				p := m.power[j][f.from:]
				for k, w := range f.weights {
					sum += w * p[k]
				}
				out[i+j][b] = sum
			}
		}
	}
	return out[:n]
}

// load puts the frame that begins at from into the real part, the next one into
// the imaginary part.
func (m *melter) load(pcm []int16, from int, gain float32) {
	at := func(i int) float32 {
		if i < 0 || i >= len(pcm) {
			return 0
		}
		return float32(pcm[i]) * (gain / 32768)
	}
	for i, w := range m.window {
		m.x[i] = complex(w*at(from+i), w*at(from+hop+i))
	}
}

// split takes the two spectra apart: a real signal's spectrum is symmetric.
func (m *melter) split() {
	for k := range bins {
		a, b := m.x[k], m.x[(fftSize-k)%fftSize]
		re, im := (real(a)+real(b))/2, (imag(a)-imag(b))/2
		m.power[0][k] = re*re + im*im
		re, im = (imag(a)+imag(b))/2, (real(b)-real(a))/2
		m.power[1][k] = re*re + im*im
	}
}
