package capture

import (
	"math"
	"testing"
)

func TestSpectrumFindsPowerInItsBand(t *testing.T) {
	s := newSpectrum()
	for b, r := range bands {
		f := 62.5 * float64(r[0]+r[1]-1) / 2
		var x [window]int16
		for i := range x {
			x[i] = int16(math.Round(3276.8 * math.Sin(2*math.Pi*f*float64(i)/16000))) // -20 dBFS peak, -23 RMS
		}
		l := s.measure(&x)
		if got := float64(decibel(l[b])); math.Abs(got+23.01) > 0.6 {
			t.Errorf("a tone of %.0f Hz: %.2f dB in its band, want -23", f, got)
		}
		for o := range l {
			if d := o - b; (d > 1 || d < -1) && decibel(l[o]) > -75 {
				t.Errorf("a tone of %.0f Hz: %.0f dB in band %d", f, decibel(l[o]), o)
			}
		}
	}
}
