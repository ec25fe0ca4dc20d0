package voice

// cellGo takes one step of one cell of an LSTM for several windows at once,
// its columns. w holds four weights (input, forget, cell and output gate) for
// each of k inputs; x holds one value for each input and column; c is the
// memory of the cell, which changes, and h what it puts out.
func cellGo(w, x []float32, k int, bias *[4]float32, c, h []float32) {
	columns := len(c)
	for j := 0; j < columns; j += 4 { // four at a time stay in registers
		i0, i1, i2, i3 := bias[0], bias[0], bias[0], bias[0]
		f0, f1, f2, f3 := bias[1], bias[1], bias[1], bias[1]
		g0, g1, g2, g3 := bias[2], bias[2], bias[2], bias[2]
		o0, o1, o2, o3 := bias[3], bias[3], bias[3], bias[3]
		for p := range k {
			v, u := (*[4]float32)(w[4*p:]), (*[4]float32)(x[p*columns+j:])
			i0, i1, i2, i3 = i0+v[0]*u[0], i1+v[0]*u[1], i2+v[0]*u[2], i3+v[0]*u[3]
			f0, f1, f2, f3 = f0+v[1]*u[0], f1+v[1]*u[1], f2+v[1]*u[2], f3+v[1]*u[3]
			g0, g1, g2, g3 = g0+v[2]*u[0], g1+v[2]*u[1], g2+v[2]*u[2], g3+v[2]*u[3]
			o0, o1, o2, o3 = o0+v[3]*u[0], o1+v[3]*u[1], o2+v[3]*u[2], o3+v[3]*u[3]
		}
		in, forget := [4]float32{i0, i1, i2, i3}, [4]float32{f0, f1, f2, f3}
		cell, out := [4]float32{g0, g1, g2, g3}, [4]float32{o0, o1, o2, o3}
		for q := range 4 {
			c[j+q] = sigmoid(forget[q])*c[j+q] + sigmoid(in[q])*tanh(cell[q])
			h[j+q] = sigmoid(out[q]) * tanh(c[j+q])
		}
	}
}

func sigmoid(x float32) float32 { return 0.5*tanh(0.5*x) + 0.5 }

// tanh is a quotient of polynomials, right to 3e-7, as libraries of linear
// algebra have it: ten times as fast as math.Tanh.
func tanh(x float32) float32 {
	const bound = 7.90531110763549805
	x = max(-bound, min(bound, x))
	y := x * x
	p := y*-2.76076847742355e-16 + 2.00018790482477e-13
	p = y*p - 8.60467152213735e-11
	p = y*p + 5.12229709037114e-08
	p = y*p + 1.48572235717979e-05
	p = y*p + 6.37261928875436e-04
	p = y*p + 4.89352455891786e-03
	q := y*1.19825839466702e-06 + 1.18534705686654e-04
	q = y*q + 2.26843463243900e-03
	q = y*q + 4.89352518554385e-03
	return x * p / q
}
