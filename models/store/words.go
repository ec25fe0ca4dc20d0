package store

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/afterword/afterword/models"
)

// Words are sealed in a form of their own: an hour has ten thousand of them,
// and as JSON they took half of the time that it takes to read a transcript.
//
//	2       version
//	the segment's no-speech probability and mean log-probability (4 bytes each,
//	IEEE 754, little-endian)
//	then for each word: its text's length (uvarint) and text, its start less
//	the start of the word before (varint, ms), its length (varint, ms), its
//	probability (4 bytes, as above), how many alternatives it has (uvarint),
//	and for each its length (uvarint) and text
//
// Version 1 has neither the two numbers nor alternatives.
const wordsVersion = 2

func encodeWords(g models.Segment) []byte {
	b := []byte{wordsVersion}
	b = appendFloat(appendFloat(b, g.NoSpeech), g.LogP)
	at := int64(0)
	for _, w := range g.Words {
		b = appendText(b, w.Text)
		start, end := milli(w.Span.Start), milli(w.Span.End)
		b = binary.AppendVarint(b, start-at)
		b = binary.AppendVarint(b, end-start)
		b = appendFloat(b, w.P)
		b = binary.AppendUvarint(b, uint64(len(w.Alternatives)))
		for _, a := range w.Alternatives {
			b = appendText(b, a)
		}
		at = start
	}
	return b
}

func appendFloat(b []byte, f float32) []byte {
	return binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// decodeWords reads what encodeWords wrote into g; anything else is an Unusable
// error.
func decodeWords(b []byte, g *models.Segment) error {
	if len(b) == 0 || b[0] < 1 || b[0] > wordsVersion {
		return models.Errorf(models.Unusable, "read words: unknown form")
	}
	r := wordReader{b: b[1:], alternatives: b[0] > 1}
	if r.alternatives {
		g.NoSpeech, g.LogP = r.float(), r.float()
	}
	for len(r.b) > 0 && !r.broken {
		g.Words = append(g.Words, r.word())
	}
	if r.broken {
		n := len(g.Words)
		g.Words = nil
		return models.Errorf(models.Unusable, "read words: word %d is broken", n)
	}
	return nil
}

// wordReader gives zeros once what it reads is broken.
type wordReader struct {
	b            []byte
	at           int64 // ms
	alternatives bool
	broken       bool
}

// ages bounds a time in ms, so that no sum of two overflows.
const ages = math.MaxInt64 / int64(time.Millisecond) / 4

func (r *wordReader) word() (w models.Word) {
	w.Text = r.text()
	r.at += r.varint()
	length := r.varint()
	if r.at < -ages || r.at > ages {
		r.broken = true
	}
	w.Span, w.P = span(r.at, r.at+length), r.float()
	if r.alternatives {
		for range r.size() {
			w.Alternatives = append(w.Alternatives, r.text())
		}
	}
	return w
}

// size is a number of things that follow, each of which takes a byte at least.
func (r *wordReader) size() int {
	n, used := binary.Uvarint(r.b)
	if r.broken || used <= 0 || n > uint64(len(r.b)-used) {
		r.broken = true
		return 0
	}
	r.b = r.b[used:]
	return int(n)
}

func (r *wordReader) text() string {
	n := r.size()
	s := string(r.b[:n])
	r.b = r.b[n:]
	return s
}

func (r *wordReader) float() float32 {
	if r.broken || len(r.b) < 4 {
		r.broken = true
		return 0
	}
	f := math.Float32frombits(binary.LittleEndian.Uint32(r.b))
	r.b = r.b[4:]
	return f
}

func (r *wordReader) varint() int64 {
	v, used := binary.Varint(r.b)
	if r.broken || used <= 0 || v < -ages || v > ages {
		r.broken = true
		return 0
	}
	r.b = r.b[used:]
	return v
}
