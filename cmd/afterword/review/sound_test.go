package review

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/afterword/afterword/models"
)

// tape is sound in memory, of any rate.
type tape struct {
	rate, channels int
	pcm            []int16
	asked          time.Duration // how much was decrypted
}

func (s *tape) Form(context.Context, models.SessionID) (int, int, error) {
	return s.rate, s.channels, nil
}

func (s *tape) PCM(_ context.Context, _ models.SessionID, span models.Span) ([]int16, error) {
	s.asked += span.Len()
	at := func(d time.Duration) int { return int(int64(d) * int64(s.rate) / int64(time.Second)) }
	return s.pcm[min(len(s.pcm), at(span.Start)*s.channels):min(len(s.pcm), at(span.End)*s.channels)], nil
}

func newTape(rate, channels int, length time.Duration) *tape {
	t := &tape{rate: rate, channels: channels, pcm: make([]int16, int(int64(length)*int64(rate)/int64(time.Second))*channels)}
	for i := range t.pcm {
		t.pcm[i] = int16(20000 * math.Sin(float64(i/channels)/17))
	}
	return t
}

// A browser may ask for any part of the sound, in any order: it gets exactly
// what the whole file has there, and no more is decrypted than that needs.
func TestWaveInParts(t *testing.T) {
	for _, c := range []struct {
		rate, channels int
		length         time.Duration
	}{{16000, 1, 21345 * time.Millisecond}, {48000, 2, 9999 * time.Millisecond}, {44100, 1, 12 * time.Second}, {16000, 1, 3 * time.Millisecond}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			tp := newTape(c.rate, c.channels, c.length)
			s := models.Session{ID: "0123456789ab", Duration: c.length}
			w, err := openWave(t.Context(), tp, s)
			if err != nil {
				t.Fatal(err)
			}
			whole, err := io.ReadAll(w)
			if err != nil || int64(len(whole)) != w.size() {
				t.Fatalf("%d bytes of %d (%v)", len(whole), w.size(), err)
			}
			for i, v := range tp.pcm {
				if got := int16(binary.LittleEndian.Uint16(whole[headerBytes+2*i:])); got != v {
					t.Fatalf("sample %d is %d, want %d", i, got, v)
				}
			}
			if got := binary.LittleEndian.Uint32(whole[4:]); int(got) != len(whole)-8 {
				t.Errorf("RIFF size %d of %d bytes", got, len(whole))
			}
			if got := binary.LittleEndian.Uint32(whole[24:]); int(got) != c.rate {
				t.Errorf("rate %d", got)
			}
			rnd := rand.New(rand.NewPCG(1, 2))
			for range 40 {
				from := rnd.IntN(len(whole))
				to := min(len(whole), from+1+rnd.IntN(100_000))
				w, _ := openWave(t.Context(), tp, s)
				if _, err := w.Seek(int64(from), io.SeekStart); err != nil {
					t.Fatal(err)
				}
				tp.asked = 0
				got := make([]byte, to-from)
				if _, err := io.ReadFull(w, got); err != nil || !bytes.Equal(got, whole[from:to]) {
					t.Fatalf("bytes %d to %d differ (%v)", from, to, err)
				}
				most := time.Duration(float64(to-from)/float64(2*c.rate*c.channels)*float64(time.Second)) + 2*block
				if tp.asked > most {
					t.Fatalf("%v were decrypted for %d bytes", tp.asked, to-from)
				}
			}
		})
	}
}

func TestWaveShape(t *testing.T) {
	tr := models.Transcript{Duration: 10 * time.Second, Segments: []models.Segment{seg(0, 0, 5, "client", "a"), seg(1, 6, 10, "therapist", "b")}}
	svg := drawWave(slices.Repeat([]byte{200}, 100), tr)
	for class, n := range map[string]int{"a": 50, "b": 40, "q": 10} {
		_, path, _ := strings.Cut(svg, `class="wave-`+class+`" d="`)
		path, _, _ = strings.Cut(path, `"`)
		if got := strings.Count(path, "M"); got != n {
			t.Errorf("%d strokes of %s, want %d", got, class, n)
		}
	}
}
