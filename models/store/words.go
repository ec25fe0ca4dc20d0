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
//	1       version
//	then for each word: its text's length (uvarint) and text, its start less
//	the start of the word before (varint, ms), its length (varint, ms), its
//	probability (4 bytes, IEEE 754, little-endian)
const wordsVersion = 1

func encodeWords(words []models.Word) []byte {
	b := []byte{wordsVersion}
	at := int64(0)
	for _, w := range words {
		b = binary.AppendUvarint(b, uint64(len(w.Text)))
		b = append(b, w.Text...)
		start, end := milli(w.Span.Start), milli(w.Span.End)
		b = binary.AppendVarint(b, start-at)
		b = binary.AppendVarint(b, end-start)
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(w.P))
		at = start
	}
	return b
}

// decodeWords reads what encodeWords wrote; anything else is an Unusable error.
func decodeWords(b []byte) ([]models.Word, error) {
	if len(b) == 0 || b[0] != wordsVersion {
		return nil, models.Errorf(models.Unusable, "read words: unknown form")
	}
	r := wordReader{b: b[1:]}
	var words []models.Word
	for len(r.b) > 0 {
		w := r.word()
		if r.broken {
			return nil, models.Errorf(models.Unusable, "read words: word %d is broken", len(words))
		}
		words = append(words, w)
	}
	return words, nil
}

type wordReader struct {
	b      []byte
	at     int64 // ms
	broken bool
}

// ages bounds a time in ms, so that no sum of two overflows.
const ages = math.MaxInt64 / int64(time.Millisecond) / 4

func (r *wordReader) word() models.Word {
	n, used := binary.Uvarint(r.b)
	if used <= 0 || n > uint64(len(r.b)-used) {
		r.broken = true
		return models.Word{}
	}
	text := string(r.b[used : used+int(n)])
	r.b = r.b[used+int(n):]
	r.at += r.varint()
	length := r.varint()
	if r.broken || len(r.b) < 4 || r.at < -ages || r.at > ages {
		r.broken = true
		return models.Word{}
	}
	p := math.Float32frombits(binary.LittleEndian.Uint32(r.b))
	r.b = r.b[4:]
	return models.Word{Text: text, Span: span(r.at, r.at+length), P: p}
}

func (r *wordReader) varint() int64 {
	v, used := binary.Varint(r.b)
	if used <= 0 || v < -ages || v > ages {
		r.broken = true
		return 0
	}
	r.b = r.b[used:]
	return v
}
