package voice

import (
	"math"
	"slices"
)

// hmm walks along windows: who speaks now most likely speaks on. It finds for
// each window the probability of each voice, given all windows.
type hmm struct {
	voices int
	change []float64 // before window t: probability that another voice takes over
}

// posteriors takes for each window the logarithm of the likelihood of each
// voice (the forward-backward algorithm).
func (h hmm) posteriors(like [][]float64) [][]float64 {
	n, k := len(like), h.voices
	post := make([][]float64, n) // first what is known from the past
	for t := range n {
		post[t] = make([]float64, k)
		for j, p := range likely(like[t]) {
			if t > 0 {
				p *= h.step(post[t-1], t, j)
			}
			post[t][j] = p
		}
		scale(post[t])
	}
	future := make([]float64, k)
	for j := range future {
		future[j] = 1
	}
	for t := n - 1; t >= 0; t-- {
		for j := range k {
			post[t][j] *= future[j]
		}
		scale(post[t])
		if t == 0 {
			break
		}
		ahead := likely(like[t])
		for j := range k {
			ahead[j] *= future[j]
		}
		next := make([]float64, k)
		for j := range k {
			next[j] = h.step(ahead, t, j)
		}
		scale(next)
		future = next
	}
	return post
}

// likely is like without the logarithm, 1 at its largest.
func likely(like []float64) []float64 {
	top := slices.Max(like)
	out := make([]float64, len(like))
	for j, l := range like {
		out[j] = math.Exp(l - top)
	}
	return out
}

func scale(p []float64) {
	sum := 0.0
	for _, v := range p {
		sum += v
	}
	for j := range p {
		p[j] /= sum
	}
}

// step is the probability of voice j after a step from p. The step is
// symmetric, so it serves both ways.
func (h hmm) step(p []float64, t, j int) float64 {
	if h.voices == 1 {
		return p[0]
	}
	sum := 0.0
	for _, x := range p {
		sum += x
	}
	away := h.change[t] / float64(h.voices-1)
	return p[j]*(1-h.change[t]) + (sum-p[j])*away
}
