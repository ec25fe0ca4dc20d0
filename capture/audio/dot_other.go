//go:build !amd64

package audio

// Dot is dotGo.
func Dot(a, b []float32) float32 { return dotGo(a, b) }
