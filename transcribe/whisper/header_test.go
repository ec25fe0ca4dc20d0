package whisper

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
)

func base() header {
	return header{magic, 51865, 1500, 512, 8, 6, 448, 512, 8, 6, 80, 1}
}

func write(h header) []byte {
	var b bytes.Buffer
	binary.Write(&b, binary.LittleEndian, h)
	return b.Bytes()
}

func TestReadHeader(t *testing.T) {
	tests := []struct {
		name   string
		change func(*header)
		heads  int
		fails  string
	}{
		{"base", func(*header) {}, 6, ""},
		{"base.en, q8_0", func(h *header) { h.Vocab, h.Kind = 51864, 2007 }, 5, ""},
		{"tiny.en", func(h *header) {
			*h = header{magic, 51864, 1500, 384, 6, 4, 448, 384, 6, 4, 80, 1}
		}, 3, ""},
		{"large-v3", func(h *header) {
			*h = header{magic, 51866, 1500, 1280, 20, 32, 448, 1280, 20, 32, 128, 1}
		}, 13, ""},
		{"large-v3-turbo", func(h *header) {
			*h = header{magic, 51866, 1500, 1280, 20, 32, 448, 1280, 20, 4, 128, 1}
		}, 14, ""},
		{"a distilled model has no known heads", func(h *header) { h.TextLayer = 2 }, 0, ""},
		{"another format", func(h *header) { h.Magic = 0x46554747 }, 0, "not a ggml file"},
		{"a billion words", func(h *header) { h.Vocab = 1e9 }, 0, "not the shape"},
		{"two windows wide", func(h *header) { h.AudioCtx = 3000 }, 0, "not the shape"},
		{"heads that do not fit", func(h *header) { h.AudioHead = 7 }, 0, "not the shape"},
		{"negative layers", func(h *header) { h.TextLayer = -6 }, 0, "not the shape"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := base()
			tt.change(&h)
			got, err := readHeader(bytes.NewReader(write(h)))
			if tt.fails != "" {
				if err == nil || !strings.Contains(err.Error(), tt.fails) {
					t.Errorf("error %v, want %q", err, tt.fails)
				}
				return
			}
			if err != nil || got != h || got.heads() != tt.heads {
				t.Errorf("%+v, heads %d, %v; want heads %d", got, got.heads(), err, tt.heads)
			}
		})
	}
}

func TestLeastBytesIsBelowRealFiles(t *testing.T) {
	tiny := header{magic, 51864, 1500, 384, 6, 4, 448, 384, 6, 4, 80, 1}
	for h, real := range map[header]int64{base(): 81_768_585, tiny: 43_550_795} { // as q8_0
		if n := h.leastBytes(); n < real/4 || n > real*3/4 {
			t.Errorf("at least %d bytes, a real file has %d", n, real)
		}
	}
}

func FuzzReadHeader(f *testing.F) {
	f.Add(write(base()))
	f.Add([]byte("lmgg"))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := readHeader(bytes.NewReader(b))
		if err == nil && (len(b) < 48 || h.heads() < 0 || h.heads() > 14) {
			t.Errorf("%d bytes: %+v", len(b), h)
		}
	})
}
