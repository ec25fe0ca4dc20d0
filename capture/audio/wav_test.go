package audio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/afterword/afterword/models"
)

// readAll reads a whole source.
func readAll(s Source) (out []float32, err error) {
	buf := make([]float32, 1000*s.Info().Channels)
	for {
		n, err := s.Read(buf)
		out = append(out, buf[:n]...)
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return out, err
		}
	}
}

func save(t testing.TB, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// wavFile builds a WAV out of a format header and sound.
func wavFile(riff string, tag, channels, rate, bits int, data []byte, claim uint32) []byte {
	le := binary.LittleEndian
	b := append([]byte(riff), 0, 0, 0, 0)
	b = append(b, "WAVEfmt \x10\x00\x00\x00"...)
	b = le.AppendUint16(b, uint16(tag))
	b = le.AppendUint16(b, uint16(channels))
	b = le.AppendUint32(b, uint32(rate))
	b = le.AppendUint32(b, uint32(rate*channels*bits/8))
	b = le.AppendUint16(b, uint16(channels*bits/8))
	b = le.AppendUint16(b, uint16(bits))
	b = append(b, "data"...)
	b = le.AppendUint32(b, claim)
	return append(b, data...)
}

func pcm16(v ...int16) (b []byte) {
	for _, x := range v {
		b = binary.LittleEndian.AppendUint16(b, uint16(x))
	}
	return b
}

func TestReadWAV(t *testing.T) {
	four := pcm16(0, 16384, -16384, -32768)
	want := []float32{0, 0.5, -0.5, -1}
	extensible := wavFile("RIFF", 0xfffe, 1, 16000, 16, four, 8)
	extensible = slices.Concat(extensible[:16], []byte{40, 0, 0, 0}, extensible[20:36],
		[]byte{22, 0, 16, 0, 0, 0, 0, 0}, []byte("\x01\x00\x00\x00\x00\x00\x10\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"), extensible[36:])
	rf64 := wavFile("RF64", 1, 1, 16000, 16, four, math.MaxUint32)
	rf64 = slices.Concat(rf64[:12], []byte("ds64\x1c\x00\x00\x00"), make([]byte, 8), []byte{8, 0, 0, 0, 0, 0, 0, 0}, make([]byte, 12), rf64[12:], []byte("LIST\x02\x00\x00\x00xx"))
	listed := wavFile("RIFF", 1, 1, 16000, 16, four, 8)
	listed = slices.Concat(listed[:12], []byte("LIST\x03\x00\x00\x00abc\x00"), listed[12:])
	var w64 []byte
	for _, c := range []struct {
		id, body string
	}{{w64RIFF, ""}, {"wave" + w64Tail, ""}, {"fmt " + w64Tail, string(extensible[20:36])}, {"junk" + w64Tail, "abc\x00\x00\x00\x00\x00"}, {"data" + w64Tail, string(four)}} {
		w64 = append(w64, c.id...)
		if c.id[:4] == "wave" {
			continue
		}
		size := 24 + len(c.body)
		if c.id[:4] == "junk" {
			size = 24 + 3
		}
		w64 = binary.LittleEndian.AppendUint64(w64, uint64(size))
		w64 = append(w64, c.body...)
	}
	w64[64] = 1 // tag: plain PCM instead of extensible
	w64[65] = 0
	rifx := wavFile("RIFX", 0, 0, 0, 0, nil, 0)
	be := binary.BigEndian
	be.PutUint32(rifx[16:], 16)
	be.PutUint16(rifx[20:], 1)
	be.PutUint16(rifx[22:], 1)
	be.PutUint32(rifx[24:], 16000)
	be.PutUint16(rifx[32:], 2)
	be.PutUint16(rifx[34:], 16)
	be.PutUint32(rifx[40:], 8)
	rifx = append(rifx, 0, 0, 0x40, 0, 0xc0, 0, 0x80, 0)

	f32 := binary.LittleEndian.AppendUint32(nil, math.Float32bits(0.25))
	f32 = binary.LittleEndian.AppendUint32(f32, math.Float32bits(float32(math.NaN())))
	f64 := binary.LittleEndian.AppendUint64(nil, math.Float64bits(-0.125))
	f64 = binary.LittleEndian.AppendUint64(f64, math.Float64bits(math.Inf(1)))

	tests := []struct {
		name string
		file []byte
		want []float32
	}{
		{"16-bit", wavFile("RIFF", 1, 1, 16000, 16, four, 8), want},
		{"8-bit", wavFile("RIFF", 1, 1, 8000, 8, []byte{128, 192, 64, 0}, 4), want},
		{"24-bit", wavFile("RIFF", 1, 1, 48000, 24, []byte{0, 0, 0, 0, 0, 0x40, 0, 0, 0xc0, 0, 0, 0x80}, 12), want},
		{"32-bit", wavFile("RIFF", 1, 1, 48000, 32, []byte{0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0xc0, 0, 0, 0, 0x80}, 16), want},
		{"32-bit float, one of them no number", wavFile("RIFF", 3, 1, 48000, 32, f32, 8), []float32{0.25, 0}},
		{"64-bit float, one of them infinite", wavFile("RIFF", 3, 1, 48000, 64, f64, 16), []float32{-0.125, 0}},
		{"A-law", wavFile("RIFF", 6, 1, 8000, 8, []byte{0xd5, 0x55, 0xaa, 0x2a}, 4), []float32{8. / 32768, -8. / 32768, 32256. / 32768, -32256. / 32768}},
		{"mu-law", wavFile("RIFF", 7, 1, 8000, 8, []byte{0xff, 0x7f, 0x80, 0x00}, 4), []float32{0, 0, 32124. / 32768, -32124. / 32768}},
		{"extensible", extensible, want},
		{"RF64", rf64, want},
		{"BW64", append([]byte("BW64"), rf64[4:]...), want},
		{"Wave64", w64, want},
		{"big-endian", rifx, want},
		{"other chunks in front", listed, want},
		{"stereo", wavFile("RIFF", 1, 2, 16000, 16, four, 8), want},
		{"data size 0, as a crash leaves it", wavFile("RIFF", 1, 1, 16000, 16, four, 0), want},
		{"data size all ones", wavFile("RIFF", 1, 1, 16000, 16, four, math.MaxUint32), want},
		{"data size beyond the end", wavFile("RIFF", 1, 1, 16000, 16, four, 4000), want},
		{"half a sample at the end", wavFile("RIFF", 1, 1, 16000, 16, append(four[:8:8], 7), 9), want},
		{"an ID3 tag in front", append([]byte("ID3\x04\x00\x00\x00\x00\x00\x03abc"), wavFile("RIFF", 1, 1, 16000, 16, four, 8)...), want},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Open(save(t, "x.mp3", tt.file)) // the name says nothing
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			got, err := readAll(s)
			if err != nil || !slices.Equal(got, tt.want) || s.Damage() != nil {
				t.Errorf("got %v, %v, %v; want %v", got, err, s.Damage(), tt.want)
			}
			if n := s.Info().Frames; n != int64(len(tt.want)/s.Info().Channels) {
				t.Errorf("it says %d frames", n)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	tests := []struct {
		name string
		file []byte
		says string
	}{
		{"empty", nil, "empty"},
		{"a header and no samples", wavFile("RIFF", 1, 1, 44100, 16, nil, 0), "no sound"},
		{"a header, no samples, a list", append(wavFile("RIFF", 1, 1, 44100, 16, nil, 0), "LIST\x04\x00\x00\x00abcd"...), "no sound"},
		{"absurd rate", wavFile("RIFF", 1, 1, 1092676, 16, pcm16(1, 2, 3), 6), "sample rate of 1092676 Hz"},
		{"no rate", wavFile("RIFF", 1, 1, 0, 16, pcm16(1, 2, 3), 6), "format header"},
		{"no channels", wavFile("RIFF", 1, 0, 16000, 16, pcm16(1, 2, 3), 6), "channels"},
		{"9 bits of float", wavFile("RIFF", 3, 1, 16000, 9, pcm16(1, 2, 3), 6), "damaged format header"},
		{"4 GiB claimed by 63 bytes", append(wavFile("RIFF", 1, 1, 16000, 16, nil, 0)[:20], bytes.Repeat([]byte{0xff}, 43)...), "WAV"},
		{"cut in the header", wavFile("RIFF", 1, 1, 16000, 16, nil, 0)[:30], "cut off"},
		{"a text", []byte("Dear diary,\nno sound here.\n"), "looks like text"},
		{"a PDF", []byte("%PDF-1.7\n"), "PDF"},
		{"raw samples", func() []byte { return pcm16(babble(5000, 16000)...) }(), "no sound file"},
		{"a tag and nothing else", []byte("ID3\x04\x00\x00\x00\x00\x00\x03abc"), "no sound"},
		{"a tag of 256 MB", []byte("ID3\x04\x00\x00\x7f\x7f\x7f\x7fabc"), "no sound"},
		{"FLAC without frames", EncodeFLAC(nil, nil, 16000, 1), "no sound"},
		{"Ogg Opus, damaged", []byte("OggS\x00\x02OpusHead"), "Opus"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := decodeAll(t, save(t, "a.wav", tt.file), Want{Rate: 16000, Channels: 1})
			if models.CodeOf(err) != models.Unusable || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v (%s), want Unusable with %q", err, models.CodeOf(err), tt.says)
			}
			if strings.Contains(err.Error(), "a.wav") || strings.Contains(err.Error(), "goroutine") {
				t.Errorf("the error tells too much: %v", err)
			}
		})
	}
}

func TestWriteWAV(t *testing.T) {
	want := babble(1000, 16000)
	var b bytes.Buffer
	if err := WriteWAV(&b, want, 16000, 2); err != nil {
		t.Fatal(err)
	}
	s, err := readWAV(bytes.NewReader(b.Bytes()), io.NopCloser(nil), int64(b.Len()))
	if err != nil || s.info.Rate != 16000 || s.info.Channels != 2 {
		t.Fatal(s, err)
	}
	got, err := readAll(s)
	back := make([]int16, len(got))
	toInt16(back, got)
	if err != nil || !slices.Equal(back, want) {
		t.Error("other samples came back", err)
	}
}

func FuzzReadWAV(f *testing.F) {
	f.Add([]byte("RIFF\xff\xff\xff\xffWAVEdata\xff\xff\xff\xff"))
	f.Add(wavFile("RIFF", 1, 1, 16000, 16, pcm16(1, 2, 3), 6))
	f.Add(wavFile("RF64", 3, 8, 192000, 64, make([]byte, 200), math.MaxUint32))
	f.Add(append(wavFile("RIFF", 1, 1, 16000, 16, nil, 0)[:20], bytes.Repeat([]byte{0xff}, 43)...))
	f.Add([]byte(w64RIFF + "\xff\xff\xff\xff\xff\xff\xff\xffwave" + w64Tail + "fmt " + w64Tail + "\xff\xff\xff\xff\xff\xff\xff\x7f"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := readWAV(bytes.NewReader(b), io.NopCloser(nil), int64(len(b)))
		if err != nil {
			return
		}
		got, err := readAll(s)
		if len(got) > 8*len(b)+8 || err != nil && !errors.As(err, new(*models.Error)) {
			t.Fatal(len(got), err)
		}
	})
}
