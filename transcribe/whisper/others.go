//go:build cgo && whisper

package whisper

/*
#include "door.h"
*/
import "C"

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"unicode"
	"unsafe"

	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/transcribe"
)

// What the engine would have written in the place of a word that it was unsure
// of. The decoder keeps the likeliest tokens of each step. A token is often only
// the beginning of a word, so the decoder goes on from it, a step or two, to the
// word's end: what a person is offered is a word that the engine heard.

const (
	tokensMost = 224  // of a text: half of the decoder's context
	othersMost = 4    // for a word
	stepsMost  = 24   // for a window: a quarter of a second with base
	tokensWord = 6    // longer words are none, but a language without spaces
	leastLikes = -3.5 // natural logarithm of how likely another word must be
)

// other is a word that could stand in the place of another.
type other struct {
	at    int // token of the text that it departs from
	id    C.int32_t
	likes float64 // natural logarithm of its probability up to that token
	text  string
}

// others fills in Others for the words of a text that was just decoded. It undoes
// what the decoder knows of the text, from the last word to the first.
func (s *State) others(ts []transcribe.Token, choices []C.door_choice) {
	steps := stepsMost
	for to := len(ts); to > 0; {
		from := to - 1
		for from > 0 && !strings.HasPrefix(ts[from].Text, " ") {
			from--
		}
		if to-from <= tokensWord && unsure(ts[from:to]) {
			ts[from].Others = s.inPlaceOf(ts, from, to, choices, &steps)
		}
		to = from
	}
}

// unsure tells whether the letters of a word are less probable than models.Unsure.
func unsure(word []transcribe.Token) bool {
	var sum float64
	n := 0
	for _, k := range word {
		if lettered(k.Text) {
			sum += math.Log(max(1e-6, float64(k.P)))
			n++
		}
	}
	return n > 0 && sum/float64(n) < math.Log(models.Unsure)
}

func lettered(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || r == unicode.ReplacementChar })
}

// inPlaceOf finds other words for that of the tokens from to to.
func (s *State) inPlaceOf(ts []transcribe.Token, from, to int, choices []C.door_choice, steps *int) (out []string) {
	found := s.departures(ts, from, to, choices)
	// The later ones first: what lies before them is still as it was.
	slices.SortStableFunc(found, func(a, b other) int { return cmp.Compare(b.at, a.at) })
	for i := range found {
		o := &found[i]
		for _, k := range ts[from:o.at] {
			o.text += k.Text
		}
		o.text = s.finish(o.text, o.id, o.at, o.at == from, steps)
	}
	slices.SortStableFunc(found, func(a, b other) int { return cmp.Compare(b.likes, a.likes) })
	for _, o := range found {
		if lettered(o.text) {
			out = append(out, strings.TrimSpace(o.text))
		}
	}
	return out
}

// departures are the likeliest tokens that the decoder did not take.
func (s *State) departures(ts []transcribe.Token, from, to int, choices []C.door_choice) (out []other) {
	before := 0.0
	for i := from; i < to && i < len(choices); i++ {
		own := math.Log(max(1e-6, float64(ts[i].P)))
		c := choices[i]
		taken := slices.IndexFunc(c.id[:], func(id C.int32_t) bool { return id >= 0 && s.token(id) == ts[i].Text })
		if taken < 0 || !lettered(ts[i].Text) {
			break
		}
		ended := false // the word, in one way or another
		for k, id := range c.id {
			likes := before + own + float64(c.logit[k]-c.logit[taken])
			if id < 0 || k == taken || likes < leastLikes {
				continue
			}
			spaced := strings.HasPrefix(s.token(id), " ")
			if i == from && spaced != strings.HasPrefix(ts[from].Text, " ") || i > from && spaced && ended {
				continue
			}
			ended = ended || spaced
			out = append(out, other{at: i, id: id, likes: likes})
		}
		before += own
	}
	slices.SortStableFunc(out, func(a, b other) int { return cmp.Compare(b.likes, a.likes) })
	return out[:min(len(out), othersMost)]
}

// finish writes the word that goes on with a token at a place of the text. Empty
// where it finds no end.
func (s *State) finish(text string, id C.int32_t, at int, first bool, steps *int) string {
	past := C.int(2 + at)
	if s.m.many {
		past++
	}
	for n := 0; n < tokensWord; n++ {
		piece := s.token(id)
		if starts := strings.HasPrefix(piece, " "); id >= C.whisper_token_eot(s.m.ctx) || starts && !(first && n == 0) || !lettered(piece) && piece != "-" && piece != "'" {
			return text
		}
		text += piece
		if *steps == 0 || atomic.LoadInt32((*int32)(unsafe.Pointer(s.stop))) != 0 {
			return ""
		}
		*steps--
		if id = C.door_next(s.m.ctx, s.c, id, past+C.int(n), C.int(s.m.threads)); id < 0 {
			return ""
		}
	}
	return ""
}

// token is the text of a token.
func (s *State) token(id C.int32_t) string {
	return C.GoString(C.whisper_token_to_str(s.m.ctx, C.whisper_token(id)))
}
