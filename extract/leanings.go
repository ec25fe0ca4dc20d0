package extract

import (
	_ "embed"
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"sync"

	"github.com/afterword/afterword/models"
)

//go:embed lexicon/leanings.bin
var leaningBytes []byte

// leanings say of some twenty thousand common words how far each leans to each
// of some things: to each theme, or to each feeling. The lexicon knows the words that its writers
// thought of; such a table knows their neighbours in meaning. It is learnt from the
// word vectors of a small language model (all-MiniLM-L6-v2, Apache-2.0): for themes by a ridge
// regression on the training sessions and the sentences of corpus/themes-*.txt,
// for feelings together with the clues of emotions_weighed.go.
// Since that is linear, each word's part of the sum is worked out beforehand,
// and neither the vectors nor a model are needed here.
//
// The file, little endian: the eight bytes "AWLEAN01"; u32 words, u32 things;
// f32, what one step of a leaning is worth; u32 length of the words, then the
// words, each with a line break after it; then for each word one byte for how
// much it counts (255 is 1: rare words do, "the" hardly does) and a signed
// byte for each thing.
//
// go run ./cmd/build train makes both.
type leanings struct {
	rows   map[string]int // where the row of a word begins
	bytes  []byte
	step   float64
	things int
}

const leaningMagic = "AWLEAN01"

var learntLeanings = sync.OnceValue(func() leanings {
	return mustReadLeanings("leanings.bin", leaningBytes, len(models.Themes))
})

func mustReadLeanings(file string, b []byte, things int) leanings {
	l, err := readLeanings(b, things)
	if err != nil {
		panic("extract: lexicon/" + file + ": " + err.Error())
	}
	return l
}

var errLeanings = errors.New("it is damaged, or of other themes or feelings: run 'go run ./cmd/build train'")

func readLeanings(b []byte, things int) (leanings, error) {
	const head = len(leaningMagic) + 16
	if len(b) < head || string(b[:len(leaningMagic)]) != leaningMagic {
		return leanings{}, errLeanings
	}
	u32 := func(at int) uint32 { return binary.LittleEndian.Uint32(b[len(leaningMagic)+at:]) }
	words, columns, text := int64(u32(0)), int64(u32(4)), int64(u32(12))
	l := leanings{step: float64(math.Float32frombits(u32(8))), things: things}
	if columns != int64(things) || int64(len(b)) != int64(head)+text+words*(1+columns) {
		return leanings{}, errLeanings
	}
	l.bytes, l.rows = b[int64(head)+text:], map[string]int{}
	for w := range strings.Lines(string(b[head : int64(head)+text])) {
		w = strings.TrimSuffix(w, "\n")
		if _, twice := l.rows[w]; twice {
			return leanings{}, errLeanings
		}
		l.rows[w] = len(l.rows) * (1 + things)
	}
	if int64(len(l.rows)) != words {
		return leanings{}, errLeanings
	}
	return l, nil
}

// evenness keeps a sentence of one or two plain words from leaning far.
const evenness = 0.3

// of is how far an utterance leans to each thing.
func (l leanings) of(u *utterance) []float64 {
	out := make([]float64, l.things)
	squares := evenness
	for k := range u.toks {
		at, ok := l.rows[u.word(k)]
		if !ok || u.toks[k].kind != lexical {
			continue
		}
		row := l.bytes[at : at+1+l.things]
		w := float64(row[0]) / 255
		squares += w * w
		for n := range out {
			out[n] += w * l.step * float64(int8(row[1+n]))
		}
	}
	for n := range out {
		out[n] /= math.Sqrt(squares)
	}
	return out
}

// in is the same of one sentence of it.
func (l leanings) in(u *utterance, s sentence) []float64 {
	return l.of(&utterance{toks: u.toks[s.from:s.to]})
}
