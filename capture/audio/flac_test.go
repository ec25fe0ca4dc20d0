package audio

import (
	"bytes"
	"io"
	"math"
	"math/rand/v2"
	"os/exec"
	"slices"
	"sync"
	"testing"

	"github.com/mewkiz/flac"
)

// babble is n samples of something like speech: harmonics under a moving
// envelope, over a faint hiss. Deterministic.
func babble(n, rate int) []int16 {
	rnd := rand.New(rand.NewPCG(1, 2))
	out := make([]int16, n)
	for i := range out {
		t := float64(i) / float64(rate)
		env := math.Max(0, math.Sin(2*math.Pi*1.3*t)) * math.Max(0, math.Sin(2*math.Pi*0.21*t))
		v := 0.0
		for h := 1; h <= 12; h++ {
			v += math.Sin(2*math.Pi*float64(h)*(140+20*math.Sin(t*3))*t) / float64(h)
		}
		out[i] = int16(3000*env*v + 12*rnd.NormFloat64())
	}
	return out
}

func noise(n int, amplitude float64) []int16 {
	rnd := rand.New(rand.NewPCG(3, 4))
	out := make([]int16, n)
	for i := range out {
		out[i] = int16(max(-32768, min(32767, amplitude*rnd.NormFloat64())))
	}
	return out
}

type flacCase struct {
	name           string
	pcm            []int16
	rate, channels int
}

// flacCases is made when first asked for: the decoding children do not need it.
var flacCases = sync.OnceValue(func() []flacCase {
	return []flacCase{
		{"nothing", nil, 16000, 1},
		{"one sample", []int16{-7}, 16000, 1},
		{"five samples", []int16{1, -2, 3, -32768, 32767}, 8000, 1},
		{"a second of speech", babble(16000, 16000), 16000, 1},
		{"28 s of speech", babble(28*16000, 16000), 16000, 1},
		{"digital silence", make([]int16, 20000), 16000, 1},
		{"a constant", slices.Repeat([]int16{-123}, 5000), 16000, 1},
		{"full-scale noise", noise(9001, 30000), 44100, 1},
		{"faint noise", noise(9001, 1), 44100, 1},
		{"extremes", slices.Repeat([]int16{-32768, 32767}, 4096), 48000, 1},
		{"extremes, apart", slices.Repeat([]int16{-32768, 32767}, 4096), 48000, 2},
		{"one click in silence", append(make([]int16, 4000), append([]int16{32767}, make([]int16, 4000)...)...), 16000, 1},
		{"stereo, alike", alike(20000), 48000, 2},
		{"stereo, unlike", noise(20000, 3000), 44100, 2},
		{"eight channels", noise(8*5000, 300), 96000, 8},
		{"a rate without code", babble(11025, 11025), 11025, 1},
	}
})

func alike(n int) []int16 {
	b := babble(n/2, 48000)
	var out []int16
	for i, x := range b {
		out = append(out, x, x+int16(i%3))
	}
	return out
}

func TestFLACComesBackBitForBit(t *testing.T) {
	for _, tt := range flacCases() {
		t.Run(tt.name, func(t *testing.T) {
			b := EncodeFLAC(nil, tt.pcm, tt.rate, tt.channels)
			got, rate, channels, err := DecodeFLAC(b, len(tt.pcm))
			if err != nil || rate != tt.rate || channels != tt.channels {
				t.Fatalf("DecodeFLAC: %d Hz, %d channels, %v; want %d, %d", rate, channels, err, tt.rate, tt.channels)
			}
			if !slices.Equal(got, tt.pcm) {
				t.Fatal("our decoder reads other samples")
			}
			if got := byMewkiz(t, b); !slices.Equal(got, tt.pcm) {
				t.Fatal("mewkiz/flac reads other samples")
			}
			if len(tt.pcm) > 0 {
				byFFmpeg(t, b, tt.pcm, tt.channels)
			}
		})
	}
}

func byMewkiz(t *testing.T, b []byte) (pcm []int16) {
	s, err := flac.New(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	for {
		f, err := s.ParseNext()
		if err == io.EOF {
			return pcm
		}
		if err != nil {
			t.Fatalf("mewkiz/flac: %v", err)
		}
		for i := range int(f.BlockSize) {
			for _, c := range f.Subframes {
				pcm = append(pcm, int16(c.Samples[i]))
			}
		}
	}
}

func byFFmpeg(t *testing.T, b []byte, want []int16, channels int) {
	if _, err := exec.LookPath("ffmpeg"); err != nil || testing.Short() {
		return
	}
	cmd := exec.Command("ffmpeg", "-v", "error", "-xerror", "-f", "flac", "-i", "-", "-f", "s16le", "-")
	cmd.Stdin = bytes.NewReader(b)
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil || problems.Len() > 0 {
		t.Fatalf("ffmpeg: %v %s", err, &problems)
	}
	if !slices.Equal(samples16(out), want) {
		t.Fatal("ffmpeg reads other samples")
	}
}

func samples16(b []byte) []int16 {
	out := make([]int16, len(b)/2)
	for i := range out {
		out[i] = int16(b[2*i]) | int16(b[2*i+1])<<8
	}
	return out
}

func TestFLACIsSmall(t *testing.T) {
	pcm := babble(28*16000, 16000)
	size := len(EncodeFLAC(nil, pcm, 16000, 1))
	if ratio := float64(size) / float64(2*len(pcm)); ratio > 0.6 {
		t.Errorf("28 s of speech take %.0f %% of PCM", 100*ratio)
	}
	if size := len(EncodeFLAC(nil, make([]int16, 28*16000), 16000, 1)); size > 2000 {
		t.Errorf("28 s of silence take %d bytes", size)
	}
}

func TestFLACRefusesDamage(t *testing.T) {
	good := EncodeFLAC(nil, babble(2000, 16000), 16000, 1)
	for i := range good {
		if i >= 8 && i < 18 || i >= 26 && i < 42 {
			continue // sizes and MD5, which only tell what to expect
		}
		for _, bit := range []byte{1, 0x80} {
			b := slices.Clone(good)
			b[i] ^= bit
			if pcm, rate, _, err := DecodeFLAC(b, 2000); err == nil && rate == 16000 && len(pcm) == 2000 {
				t.Fatalf("byte %d, bit %#x turned over: taken for good", i, bit)
			}
		}
	}
	for i := range good {
		if _, _, _, err := DecodeFLAC(good[:i], 2000); err == nil {
			t.Fatalf("cut at byte %d: taken for whole", i)
		}
	}
	if _, _, _, err := DecodeFLAC(good, 1999); err == nil {
		t.Error("more samples than the limit were taken")
	}
}

func FuzzDecodeFLAC(f *testing.F) {
	for _, tt := range flacCases() {
		if len(tt.pcm) < 10000 {
			f.Add(EncodeFLAC(nil, tt.pcm, tt.rate, tt.channels))
		}
	}
	head := EncodeFLAC(nil, nil, 16000, 1)
	f.Add(head)
	f.Add(append(slices.Clone(head), 0xff, 0xf8, 0x75, 0x08, 0, 0xff, 0xff))
	f.Fuzz(func(t *testing.T, b []byte) {
		pcm, _, channels, err := DecodeFLAC(b, 1<<18)
		if len(pcm) > 1<<18 {
			t.Fatal("past the limit")
		}
		if err == nil && len(pcm)%channels != 0 {
			t.Fatal("half a sample")
		}
	})
}

func FuzzEncodeFLAC(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4}, byte(1))
	f.Fuzz(func(t *testing.T, b []byte, ch byte) {
		channels := int(ch%8) + 1
		pcm := samples16(b)
		pcm = pcm[:len(pcm)/channels*channels]
		got, _, _, err := DecodeFLAC(EncodeFLAC(nil, pcm, 16000, channels), len(pcm))
		if err != nil || !slices.Equal(got, pcm) {
			t.Fatal(err, len(got), len(pcm))
		}
	})
}

func BenchmarkFLAC(b *testing.B) {
	pcm := babble(28*16000, 16000)
	enc := EncodeFLAC(nil, pcm, 16000, 1)
	b.Run("encode", func(b *testing.B) {
		for b.Loop() {
			enc = EncodeFLAC(enc[:0], pcm, 16000, 1)
		}
		realTime(b, 28)
	})
	b.Run("decode", func(b *testing.B) {
		for b.Loop() {
			if _, _, _, err := DecodeFLAC(enc, len(pcm)); err != nil {
				b.Fatal(err)
			}
		}
		realTime(b, 28)
	})
	b.Run("decode by mewkiz", func(b *testing.B) {
		for b.Loop() {
			s, _ := flac.New(bytes.NewReader(enc))
			for {
				if _, err := s.ParseNext(); err != nil {
					break
				}
			}
		}
		realTime(b, 28)
	})
}

// realTime reports how many seconds of sound one second of work does.
func realTime(b *testing.B, seconds float64) {
	b.ReportMetric(seconds*float64(b.N)/b.Elapsed().Seconds(), "×real-time")
	b.ReportMetric(0, "ns/op")
}
