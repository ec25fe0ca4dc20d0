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
		{{Text: "aunt,", P: 0.3, Alternatives: []string{"ant", "", "art"}}, {Text: "came", P: 0.9}},
	} {
		want := models.Segment{Words: words, NoSpeech: 0.25, LogP: -0.125}
		var got models.Segment
		err := decodeWords(encodeWords(want), &got)
		if d := cmp.Diff(want, got); d != "" || err != nil {
			t.Error(d, err)
		}
	}
	head := "\x02\x00\x00\x00\x00\x00\x00\x00\x00"
	word := "\x01a\x00\x00\x00\x00\x80\x3f"
	for _, bad := range []string{
		"", "\x00", "\x03", "\x02\x00", "\x01\x05a", "\x01\x00\x00", "\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
		head + word, head + word + "\x01", head + word + "\x01\x05b", head + word + "\xff\xff\xff\xff\x0f",
	} {
		var g models.Segment
		wants(t, decodeWords([]byte(bad), &g), models.Unusable)
	}
	// As an earlier version of the program wrote them.
	var old models.Segment
	if err := decodeWords([]byte("\x01"+word), &old); err != nil || len(old.Words) != 1 || old.Words[0].Text != "a" || old.Words[0].P != 1 {
		t.Errorf("%+v, %v", old, err)
	}
}

// No panic, and what can be read is written again as it was, save for the
// longer forms of small numbers and the two numbers that the first form lacks.
func FuzzWords(f *testing.F) {
	g := segments(3, "some words of a segment")[0]
	g.Words[1].Alternatives = []string{"swords", "wards"}
	f.Add(encodeWords(g))
	f.Add([]byte{wordsVersion, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Add([]byte("\x01\x01a\x00\x00\x00\x00\x80\x3f"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var g, again models.Segment
		if decodeWords(b, &g) != nil {
			return
		}
		out := encodeWords(g)
		if err := decodeWords(out, &again); err != nil || len(again.Words) != len(g.Words) {
			t.Fatalf("%d words became %d: %v", len(g.Words), len(again.Words), err)
		}
		if b[0] == wordsVersion && len(out) > len(b) || !bytes.Equal(encodeWords(again), out) {
			t.Fatalf("%x became %x", b, out)
		}
	})
}
