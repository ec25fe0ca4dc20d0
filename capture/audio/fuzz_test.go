package audio

import (
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/afterword/afterword/models"
)

// FuzzOpen feeds every reader of ours with whole files, without ffmpeg: no
// panic, no end without an error or samples, no more sound than a file of that
// size can hold.
func FuzzOpen(f *testing.F) {
	f.Setenv("PATH", f.TempDir())
	for _, name := range []string{"mono-2s.opus", "stereo-2s.opus", "mono-16k-2s.mp3", "mono-48k-2s.mp3", "mono-8k-2s.mp3", "mono-44k1-2s.m4a"} {
		b := read(f, name)
		f.Add(b)
		f.Add(b[:len(b)/3])
	}
	for _, tt := range flacCases() {
		if len(tt.pcm) < 10000 {
			f.Add(EncodeFLAC(nil, tt.pcm, tt.rate, tt.channels))
		}
	}
	f.Add(wavFile("RIFF", 1, 1, 16000, 16, pcm16(1, 2, 3), 6))
	f.Add([]byte("fLaC\x80\xff\xff\xff\x10\x00\x10\x00\x00\x00\x00\x00\x00\x00\x0a\xc4\x42\xf0\xff\xff\xff\xff"))
	f.Add([]byte("ID3\x04\x00\x00\x7f\x7f\x7f\x7f"))
	path := filepath.Join(f.TempDir(), "x")
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := os.WriteFile(path, repairOgg(b), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(path)
		if err != nil {
			if models.CodeOf(err) != models.Unusable {
				t.Fatalf("%s: %v", models.CodeOf(err), err)
			}
			return
		}
		defer s.Close()
		if i := s.Info(); checkInfo(i) != nil {
			t.Fatalf("%+v", i)
		}
		buf := make([]float32, 4096*s.Info().Channels)
		for total := 0; total < 1<<22; {
			n, err := s.Read(buf)
			total += n
			if n%s.Info().Channels != 0 {
				t.Fatal("half a frame")
			}
			if err == io.EOF {
				break
			}
			if err != nil {
				if models.CodeOf(err) != models.Unusable {
					t.Fatal(err)
				}
				break
			}
			if n == 0 {
				t.Fatal("nothing, and no error")
			}
		}
		_ = s.Damage()
	})
}

// repairOgg makes the checksums of Ogg pages right, so that what is inside
// them gets fuzzed too.
func repairOgg(b []byte) []byte {
	b = slices.Clone(b)
	for at := 0; at+27 <= len(b); at++ {
		if string(b[at:at+5]) != "OggS\x00" {
			continue
		}
		size := 27 + int(b[at+26])
		if at+size > len(b) {
			break
		}
		for _, n := range b[at+27 : at+size] {
			size += int(n)
		}
		if at+size > len(b) {
			break
		}
		binary.LittleEndian.PutUint32(b[at+22:], oggCRC(b[at:at+size]))
		at += size - 1
	}
	return b
}

// FuzzWire feeds the hub's side with what a child that was taken over might
// send.
func FuzzWire(f *testing.F) {
	f.Add([]byte("\x70\x04\x00\x00\x00abcd\x65\x02\x00\x00\x00{}"))
	f.Add([]byte("\x70\xff\xff\xff\xff"))
	f.Add([]byte("\x78\x0e\x00\x00\x00{\"Code\":\"busy\"}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		buf := make([]byte, maxRecord)
		r := &oneByOne{b}
		for {
			_, body, err := readRecord(r, buf)
			if err != nil {
				return
			}
			if len(body) > maxRecord {
				t.Fatal("too long")
			}
		}
	})
}

// oneByOne is a reader that gives a byte at a time.
type oneByOne struct{ b []byte }

func (r *oneByOne) Read(p []byte) (int, error) {
	if len(r.b) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(1, len(p))], r.b)
	r.b = r.b[n:]
	return n, nil
}
