package audio

import "math"

// Mixer turns many channels into one, or picks two.
//
// The mean of all channels is right for every ordinary recording. It is wrong
// twice. Where two channels are the same with opposite sign (a cable wired the
// wrong way), it would leave nothing: channels that correlate below -0.5 with
// the loudest one are left out. And where a side is dead (a stereo file of one
// microphone), it would lose 6 dB: a channel that has been below -78 dBFS for
// a second is left out too, and comes back with its first sound. Both are
// judged as the sound flows, on the last two seconds or so, and every change is
// faded over a block, so that nothing clicks.
type Mixer struct {
	in, out int
	weight  []float64 // of each channel in the block before
	power   []float64 // smoothed
	cross   []float64 // smoothed product with the loudest channel
	dead    []int     // frames since the last sound
	flipped []bool
	loudest int
	started bool
	rate    int
}

const (
	mixBlock  = 1024 // frames judged at a time
	deadLevel = 4.0 / 32768
	apart     = -0.5 // correlation at which a channel is left out …
	together  = -0.3 // … and above which it comes back
)

// NewMixer returns a mixer of in channels into out, at rate Hz.
func NewMixer(in, out, rate int) *Mixer {
	return &Mixer{
		in: in, out: out, rate: rate, weight: make([]float64, in), power: make([]float64, in),
		cross: make([]float64, in), dead: make([]int, in), flipped: make([]bool, in),
	}
}

// Mix reduces whole interleaved frames of a stream, -1 to 1, to out channels, in
// place.
func (m *Mixer) Mix(b []float32) []float32 {
	if m.in == m.out {
		return b
	}
	n := len(b) / m.in
	if m.out > 1 {
		for i := range n {
			copy(b[i*m.out:(i+1)*m.out], b[i*m.in:])
		}
		return b[:n*m.out]
	}
	for at := 0; at < n; at += mixBlock {
		end := min(n, at+mixBlock)
		m.block(b[at*m.in:end*m.in], b[at:end])
	}
	return b[:n]
}

// block mixes one block into out, which may lie in the same memory before in.
func (m *Mixer) block(in, out []float32) {
	m.listen(in)
	next := m.weights()
	if !m.started {
		m.started = true
		copy(m.weight, next)
	}
	step := make([]float32, m.in)
	w := make([]float32, m.in)
	for c := range w {
		w[c] = float32(m.weight[c])
		step[c] = float32(next[c]-m.weight[c]) / float32(len(out))
	}
	for i := range out {
		var sum float32
		for c, x := range in[i*m.in : (i+1)*m.in] {
			w[c] += step[c]
			sum += w[c] * x
		}
		out[i] = sum
	}
	copy(m.weight, next)
}

// listen updates what is known of each channel.
func (m *Mixer) listen(in []float32) {
	n := len(in) / m.in
	keep := 0.0
	if m.started {
		keep = math.Exp(-float64(n) / (2 * float64(m.rate)))
	}
	for c := range m.in {
		var p, x, peak float64
		for i := range n {
			v := float64(in[i*m.in+c])
			p += v * v
			x += v * float64(in[i*m.in+m.loudest])
			peak = max(peak, math.Abs(v))
		}
		m.power[c] = keep*m.power[c] + p
		m.cross[c] = keep*m.cross[c] + x
		switch {
		case peak >= deadLevel:
			m.dead[c] = 0
		case !m.started:
			m.dead[c] = m.rate
		default:
			m.dead[c] += n
		}
	}
	best := m.loudest
	for c, p := range m.power {
		if p > 2*m.power[best] {
			best = c
		}
	}
	if best == m.loudest {
		return
	}
	m.loudest = best
	for c := range m.in { // the products belong to another channel now: begin anew
		m.cross[c] = 0
		for i := range n {
			m.cross[c] += float64(in[i*m.in+c]) * float64(in[i*m.in+best])
		}
		m.cross[c] *= m.power[best] / max(blockPower(in, m.in, best), 1e-30)
	}
}

func blockPower(in []float32, channels, c int) (p float64) {
	for i := c; i < len(in); i += channels {
		p += float64(in[i]) * float64(in[i])
	}
	return p
}

// weights is the share of each channel from now on; they add up to 1, or all
// stay when there is nothing to be heard.
func (m *Mixer) weights() []float64 {
	next := make([]float64, m.in)
	heard := 0
	for c := range next {
		r := m.cross[c] / math.Sqrt(max(m.power[c]*m.power[m.loudest], 1e-30))
		m.flipped[c] = c != m.loudest && (r < apart || m.flipped[c] && r < together)
		if m.dead[c] < m.rate && !m.flipped[c] {
			next[c] = 1
			heard++
		}
	}
	if heard == 0 {
		if m.started {
			return append(next[:0], m.weight...)
		}
		for c := range next {
			next[c] = 1
		}
		heard = m.in
	}
	for c := range next {
		next[c] /= float64(heard)
	}
	return next
}
