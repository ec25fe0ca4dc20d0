package capture

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"

	"github.com/afterword/afterword/capture/audio"
	"github.com/afterword/afterword/models"
)

// The shape of the network: Silero's voice activity detector, version 6, at
// 16 kHz. It hears 512 samples at a time, with the 64 before them: four spectra
// of 256 samples, four convolutions over these in time, each three frames wide,
// then a memory (LSTM) and one probability.
const (
	heardAtOnce = 512
	heardBefore = 64
	spectra     = 4
	bins        = window/2 + 1
	cells       = 128

	width0 = 136 // bins, up to the next multiple of 8
	width1 = 128
	width2 = 64
	width3 = 64
	taps   = 3
)

// Network tells how likely it is that somebody speaks. It is the loaded
// weights, and safe for concurrent use.
type Network struct {
	hann  [window]float32
	convs [4]conv
	gates []float32 // [4*cells][what goes in, then cells of the step before]
	bias  [4 * cells]float32
	last  [cells]float32
	shift float32
}

// conv is a convolution over three frames.
type conv struct {
	in      int       // values of a frame, a multiple of 8
	weights []float32 // [output][tap][in]
	bias    []float32
}

const networkMagic = "AWVADET1"

// networkBytes is the size of the one file that there is.
const networkBytes = 8 + 4*(window+width1*(taps*bins+1)+width2*(taps*width1+1)+width3*(taps*width2+1)+cells*(taps*width3+1)+4*cells*(2*cells+1)+cells+1)

// LoadNetwork reads the weights, as models/weights makes them. The caller has
// proved the file. Unusable if it is none.
func LoadNetwork(path string) (*Network, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("load voice activity detector: %w", err)
	}
	return parseNetwork(b)
}

func parseNetwork(b []byte) (*Network, error) {
	if len(b) != networkBytes || string(b[:8]) != networkMagic {
		return nil, models.Errorf(models.Unusable, "load voice activity detector: the file is none")
	}
	b = b[8:]
	next := func(n int) []float32 {
		out := make([]float32, n)
		for i := range out {
			out[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		}
		b = b[4*n:]
		return out
	}
	n := &Network{}
	copy(n.hann[:], next(window))
	for i, c := range [4]struct{ out, in, wide int }{{width1, bins, width0}, {width2, width1, width1}, {width3, width2, width2}, {cells, width3, width3}} {
		n.convs[i] = conv{c.wide, rearranged(next(c.out*c.in*taps), c.out, c.in, c.wide), next(c.out)}
	}
	in, before := next(4*cells*cells), next(4*cells*cells)
	for r := range 4 * cells {
		n.gates = append(append(n.gates, in[r*cells:(r+1)*cells]...), before[r*cells:(r+1)*cells]...)
	}
	copy(n.bias[:], next(4*cells))
	copy(n.last[:], next(cells))
	n.shift = next(1)[0]
	return n, nil
}

// rearranged puts the weights of a frame side by side: [output][input][tap]
// becomes [output][tap][input], padded with zeros.
func rearranged(w []float32, out, in, wide int) []float32 {
	r := make([]float32, out*taps*wide)
	for o := range out {
		for i := range in {
			for k := range taps {
				r[(o*taps+k)*wide+i] = w[(o*in+i)*taps+k]
			}
		}
	}
	return r
}

// over computes the convolution at every step frames of x, which has one frame
// of zeros before and one behind. Below zero it puts out zero.
func (c *conv) over(x []float32, step int, y []float32) {
	size := taps * c.in
	for at := 0; at+size <= len(x); at += step * c.in {
		audio.Dots(c.weights, x[at:at+size], y[:len(c.bias)])
		for o, b := range c.bias {
			y[o] = max(0, y[o]+b)
		}
		y = y[len(c.bias):]
	}
}

// listener hears one voice channel through the network, window after window.
type listener struct {
	net      *Network
	spectrum *spectrum
	sound    [(spectra + 1) * window / 2]float32 // what is heard, full scale 1
	x0       [(spectra + 2) * width0]float32     // frames, with zeros around them
	x1       [(spectra + 2) * width1]float32
	x2       [(spectra/2 + 2) * width2]float32
	x3       [3 * width3]float32
	in       [2 * cells]float32 // what goes into the memory, then what came out of it before
	kept     [cells]float32
}

func (n *Network) newListener(s *spectrum) *listener { return &listener{net: n, spectrum: s} }

// forget empties the memory.
func (l *listener) forget() {
	clear(l.in[:])
	clear(l.kept[:])
}

// hear takes the 512 samples of pcm at a place, and the 64 before them, which are
// zero where there are none. It tells how likely it is, from 0 to 1, that
// somebody speaks in them.
func (l *listener) hear(pcm []int16, at int) float32 {
	for i := range l.sound {
		l.sound[i] = 0
		if j := at + i - heardBefore; j >= 0 && i < heardBefore+heardAtOnce {
			l.sound[i] = float32(pcm[j]) / 32768
		}
	}
	for i, last := heardBefore+heardAtOnce, heardBefore+heardAtOnce-1; i < len(l.sound); i++ {
		l.sound[i] = l.sound[2*last-i] // mirrored at its end
	}
	for f := range spectra {
		l.look(l.sound[f*window/2:], l.x0[(f+1)*width0:])
	}
	c := &l.net.convs
	c[0].over(l.x0[:], 1, l.x1[width1:])
	c[1].over(l.x1[:], 2, l.x2[width2:])
	c[2].over(l.x2[:], 2, l.x3[width3:])
	c[3].over(l.x3[:], 1, l.in[:cells])
	return l.remember()
}

// look puts the magnitudes of the spectrum of 256 samples into out.
func (l *listener) look(x, out []float32) {
	s, hann := l.spectrum, &l.net.hann
	x = x[:window]
	for i, r := range s.reverse {
		s.re[r], s.im[r] = x[2*i]*hann[2*i], x[2*i+1]*hann[2*i+1]
	}
	s.transform()
	for k := range bins {
		out[k] = float32(math.Sqrt(float64(s.power(k))))
	}
}

// remember takes one step of the LSTM and reads the probability off it.
func (l *listener) remember() float32 {
	n := l.net
	var g [4 * cells]float32 // input, forget, cell, output
	audio.Dots(n.gates, l.in[:], g[:])
	for r, b := range n.bias {
		g[r] += b
	}
	sum := n.shift
	for i := range cells {
		l.kept[i] = sigmoid(g[cells+i])*l.kept[i] + sigmoid(g[i])*tanh(g[2*cells+i])
		h := sigmoid(g[3*cells+i]) * tanh(l.kept[i])
		l.in[cells+i] = h
		sum += n.last[i] * max(0, h)
	}
	return sigmoid(sum)
}

func sigmoid(x float32) float32 { return float32(1 / (1 + math.Exp(-float64(x)))) }
func tanh(x float32) float32    { return float32(math.Tanh(float64(x))) }
