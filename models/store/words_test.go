package store

import (
	"bytes"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/afterword/afterword/models"
)

func TestWords(t *testing.T) {
	for _, words := range [][]models.Word{
		nil,
		{{Text: "", P: 1}},
		{{Text: "I", Span: models.Span{Start: time.Second, End: 1100 * time.Millisecond}, P: 0.123456}, {Text: "🙂\x00", Span: models.Span{Start: 4 * time.Hour, End: time.Second}, P: float32(math.Inf(1))}},
	} {
		got, err := decodeWords(encodeWords(words))
		if d := cmp.Diff(words, got); d != "" || err != nil {
			t.Error(d, err)
		}
	}
	for _, bad := range []string{"", "\x02", "\x01\x05a", "\x01\x00\x00", "\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"} {
		_, err := decodeWords([]byte(bad))
		wants(t, err, models.Unusable)
	}
}

// No panic, and what can be read is written again as it was, save for the
// longer forms of small numbers.
func FuzzWords(f *testing.F) {
	f.Add(encodeWords(segments(3, "some words of a segment")[0].Words))
	f.Add([]byte{wordsVersion, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		words, err := decodeWords(b)
		if err != nil {
			return
		}
		out := encodeWords(words)
		again, err := decodeWords(out)
		if err != nil || len(again) != len(words) {
			t.Fatalf("%d words became %d: %v", len(words), len(again), err)
		}
		if len(out) > len(b) || !bytes.Equal(encodeWords(again), out) {
			t.Fatalf("%x became %x", b, out)
		}
	})
}
