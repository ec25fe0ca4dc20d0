package weights

import "math"

// melFilters are the triangular filters that the engine applies to a spectrum:
// bands rows of fft/2+1 weights, on Slaney's scale from 0 to 8000 Hz at
// 16 kHz, each of area one. Computed as librosa does (filters.mel, htk false,
// norm "slaney"): in float64, each band rounded to float32, scaled, rounded
// again; so that they equal the official ones in every bit. The conversions to
// float64 keep the compiler from fusing a product with a sum, which would
// round once instead of twice.
func melFilters(bands, fft int) []float32 {
	const rate = 16000.0
	bins := fft/2 + 1
	edges := melEdges(bands + 2)
	width := 1 / (float64(fft) * (1 / rate)) // Hz a bin
	out := make([]float32, bands*bins)
	for i := range bands {
		low, mid, high := edges[i], edges[i+1], edges[i+2]
		scale := 2 / (high - low)
		for k := range bins {
			f := float64(k) * width
			rise := (f - low) / (mid - low)
			fall := (high - f) / (high - mid)
			w := float32(math.Max(0, math.Min(rise, fall)))
			out[i*bins+k] = float32(float64(w)*scale) + 0 // no negative zero
		}
	}
	return out
}

// melEdges are n frequencies in Hz, equally far apart on Slaney's scale: linear
// up to 1000 Hz, logarithmic above.
func melEdges(n int) []float64 {
	const (
		top    = 8000.0
		slope  = 200.0 / 3 // Hz a mel, below the break
		breakF = 1000.0
		breakM = breakF / slope
	)
	step := math.Log(6.4) / 27
	last := breakM + math.Log(top/breakF)/step
	out := make([]float64, n)
	for i := range out {
		m := last
		if i < n-1 {
			m = float64(i) * (last / float64(n-1))
		}
		if m >= breakM {
			out[i] = breakF * math.Exp(float64(step*(m-breakM)))
		} else {
			out[i] = slope * m
		}
	}
	return out
}
