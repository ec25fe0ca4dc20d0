//go:build !amd64

package audio

func dot(a, b []float32) float32 { return dotGo(a, b) }

// Dots multiplies a matrix with x: out[r] is dotGo of its row r, which lies in w
// behind the one before, and x. The length of x is a multiple of 8.
func Dots(w, x, out []float32) {
	for r := range out {
		out[r] = dot(w[r*len(x):(r+1)*len(x)], x)
	}
}
