package voice

import "golang.org/x/sys/cpu"

//go:noescape
func cellAVX2(w, x *float32, k int, bias, c, h *float32)

//go:noescape
func cellAVX512(w, x *float32, k int, bias, c, h *float32)

// fastest is the step that this processor takes fastest, and for how many
// columns at once.
func fastest() (step stepFunc, columns int) {
	wrap := func(f func(w, x *float32, k int, bias, c, h *float32)) stepFunc {
		return func(w, x []float32, k int, bias *[4]float32, c, h []float32) {
			f(&w[0], &x[0], k, &bias[0], &c[0], &h[0])
		}
	}
	switch {
	case cpu.X86.HasAVX512F && cpu.X86.HasFMA:
		return wrap(cellAVX512), 48
	case cpu.X86.HasAVX2 && cpu.X86.HasFMA:
		return wrap(cellAVX2), 24
	}
	return cellGo, 24
}
