//go:build cgo && whisper

package whisper

/*
#include <stdlib.h>
#include "door.h"
*/
import "C"

import (
	"context"
	"math"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/transcribe"
)

// State decodes one window at a time.
type State struct {
	m        *Model
	c        *C.struct_whisper_state
	stop     *C.int32_t    // C memory: not 0 ends the decode in hand
	free     chan struct{} // holds a token while C works with the state
	language string        // of the last window, the first guess for the next
	pcm      []float32     // copy of the window, so that the caller keeps its own
	closing  sync.Once
}

// Decode writes down at most 30 s of sound at 16 kHz, mono, -1 to 1. When ctx
// ends it returns ctx.Err() at once; the library leaves the state a little
// later (it looks at the flag between steps, the encoder being one of them), and
// the next Decode waits for that. Sound shorter than 100 ms has no text.
func (s *State) Decode(ctx context.Context, pcm []float32, o transcribe.Options) (transcribe.Text, error) {
	if len(pcm) > 30*models.Rate {
		return transcribe.Text{}, models.Errorf(models.Invalid, "decode %d samples: a window has at most %d", len(pcm), 30*models.Rate)
	}
	if len(pcm) < models.Rate/10 {
		return transcribe.Text{Language: o.Language}, ctx.Err()
	}
	select {
	case s.free <- struct{}{}:
	case <-ctx.Done():
		return transcribe.Text{}, ctx.Err()
	}
	if s.c == nil {
		<-s.free
		return transcribe.Text{}, models.Errorf(models.Internal, "decode: the state is closed")
	}
	flag := (*int32)(unsafe.Pointer(s.stop))
	atomic.StoreInt32(flag, 0)
	s.pcm = append(s.pcm[:0], pcm...)
	type answer struct {
		text transcribe.Text
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		defer func() { <-s.free }()
		t, err := s.decode(o)
		done <- answer{t, err}
	}()
	select {
	case a := <-done:
		if err := ctx.Err(); err != nil {
			return transcribe.Text{}, err
		}
		return a.text, a.err
	case <-ctx.Done():
		atomic.StoreInt32(flag, 1) // the goroutine still owns the state, so this can not hit a later decode
		return transcribe.Text{}, ctx.Err()
	}
}

// decode runs with the state to itself. Without a language it takes that of
// the last window first and asks which one it was afterwards: that costs one
// step of the decoder, where the library's own detection runs the encoder twice.
func (s *State) decode(o transcribe.Options) (transcribe.Text, error) {
	language := o.Language
	if language == "" || !s.m.many {
		language = s.language
	}
	if s.m.many && !slices.Contains(s.m.codes, language) {
		return transcribe.Text{}, models.Errorf(models.Invalid, "decode: the model knows no language %q", language)
	}
	t, err := s.run(language, o)
	if err != nil {
		return transcribe.Text{}, err
	}
	heard, p, silent, err := s.listen()
	if err != nil {
		return transcribe.Text{}, err
	}
	if s.m.many && o.Language == "" {
		// What it calls the language of a window without speech means nothing.
		if heard != language && p > 0.7 && silent < 0.5 {
			if t, err = s.run(heard, o); err != nil {
				return transcribe.Text{}, err
			}
		}
		if heard == t.Language {
			t.LanguageP = p
		}
		s.language = t.Language
	} else {
		t.LanguageP = 1
	}
	t.NoSpeech = silent
	return t, nil
}

// run is one pass over the window in the given language.
func (s *State) run(language string, o transcribe.Options) (transcribe.Text, error) {
	lang := C.CString(language)
	defer C.free(unsafe.Pointer(lang))
	co := C.door_options{
		language: lang, threads: C.int(s.m.threads), beam: C.int(o.Beam), temperature: C.float(o.Temperature),
		audio_ctx: C.int(o.AudioCtx), translate: C.bool(o.Translate), timestamps: C.bool(o.Marks),
	}
	if o.Prompt != "" {
		prompt, n := s.tokens(o.Prompt)
		defer C.free(unsafe.Pointer(prompt))
		co.prompt, co.n_prompt = prompt, n
	}
	var choices []C.door_choice
	var first *C.door_choice
	if o.Others && o.Beam <= 1 && !o.Marks && s.m.aligned {
		choices = make([]C.door_choice, tokensMost)
		first = &choices[0]
	}
	if rc := C.door_decode(s.m.ctx, s.c, (*C.float)(&s.pcm[0]), C.int(len(s.pcm)), co, s.stop, first, C.int(len(choices))); rc != 0 {
		return transcribe.Text{}, models.Errorf(models.Internal, "decode window: code %d, %s", int(rc), lastWords())
	}
	t := s.text(language)
	if choices != nil {
		s.others(t.Tokens, choices)
	}
	return t, nil
}

// promptMax is how many tokens of a prompt the engine is given: half of what
// fits, since names at its end count most and each token costs time.
const promptMax = 112

// tokens turns text into C memory that the caller frees.
func (s *State) tokens(text string) (*C.int32_t, C.int) {
	c := C.CString(strings.ReplaceAll(text, "\x00", ""))
	defer C.free(unsafe.Pointer(c))
	size := len(text) + 8 // a token is a byte at least
	all := (*C.int32_t)(C.calloc(C.size_t(size), C.size_t(unsafe.Sizeof(C.int32_t(0)))))
	n := max(0, int(C.whisper_tokenize(s.m.ctx, c, (*C.whisper_token)(all), C.int(size))))
	if n > promptMax {
		v := unsafe.Slice(all, n)
		copy(v, v[n-promptMax:])
		n = promptMax
	}
	return all, C.int(n)
}

// text copies the result of the last pass.
func (s *State) text(language string) transcribe.Text {
	t := transcribe.Text{Language: language}
	eot, beg := C.whisper_token_eot(s.m.ctx), C.whisper_token_beg(s.m.ctx)
	var last time.Duration
	for i := C.int(0); i < C.whisper_full_n_segments_from_state(s.c); i++ {
		for j := C.int(0); j < C.whisper_full_n_tokens_from_state(s.c, i); j++ {
			d := C.door_token(s.c, i, j)
			switch {
			case d.id > beg:
				t.Tokens = append(t.Tokens, transcribe.Token{Mark: true, P: float32(d.p), End: time.Duration(d.id-beg) * 20 * time.Millisecond})
			case d.id < eot:
				end := last
				if s.m.aligned {
					// The alignment tells when the engine went on to the next token.
					end = max(last, time.Duration(d.t_dtw)*10*time.Millisecond)
				}
				t.Tokens = append(t.Tokens, transcribe.Token{
					Text: C.GoString(C.whisper_token_to_str(s.m.ctx, d.id)), P: float32(d.p), Start: last, End: end,
				})
				last = end
			}
		}
	}
	return t
}

// listen tells the language of the window that was encoded last, how sure that
// is, and the probability that nobody speaks.
func (s *State) listen() (language string, p, silent float32, err error) {
	logits := make([]C.float, max(1, len(s.m.codes)))
	var first *C.float
	if s.m.many {
		first = &logits[0]
	}
	silent = float32(C.door_listen(s.m.ctx, s.c, C.int(s.m.threads), first))
	if silent < 0 {
		return "", 0, 0, models.Errorf(models.Internal, "listen for the language: %s", lastWords())
	}
	if !s.m.many {
		return s.language, 1, silent, nil
	}
	best := 0
	for i, l := range logits {
		if l > logits[best] {
			best = i
		}
	}
	var sum float64
	for _, l := range logits {
		sum += math.Exp(float64(l - logits[best]))
	}
	return s.m.codes[best], float32(1 / sum), silent, nil
}

// Close waits for the decode in hand and gives the memory back.
func (s *State) Close() {
	s.closing.Do(func() {
		atomic.StoreInt32((*int32)(unsafe.Pointer(s.stop)), 1)
		s.free <- struct{}{}
		C.whisper_free_state(s.c)
		C.free(unsafe.Pointer(s.stop))
		s.c, s.stop = nil, nil
		<-s.free
		s.m.states.Done()
	})
}
