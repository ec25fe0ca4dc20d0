package audio

// dotGo multiplies in eight lanes, so that additions do not wait for each
// other. b is at least as long as a, of which the length is a multiple of 8.
// The order of the additions is fixed, so that every machine computes the same.
func dotGo(a, b []float32) float32 {
	var s0, s1, s2, s3, s4, s5, s6, s7 float32
	b = b[:len(a)]
	for i := 0; i+8 <= len(a); i += 8 {
		x, y := (*[8]float32)(a[i:]), (*[8]float32)(b[i:])
		s0 += float32(x[0] * y[0])
		s1 += float32(x[1] * y[1])
		s2 += float32(x[2] * y[2])
		s3 += float32(x[3] * y[3])
		s4 += float32(x[4] * y[4])
		s5 += float32(x[5] * y[5])
		s6 += float32(x[6] * y[6])
		s7 += float32(x[7] * y[7])
	}
	return (s0 + s4 + (s2 + s6)) + (s1 + s5 + (s3 + s7))
}
