// Package transcribe turns chunks of sound into timed, readable text.
//
// One chunk, at most 28 s, is one decode of the engine: its own walk through
// longer sound leaves out whole turns. What the engine wrote is then checked
// against what was heard:
//
//   - The tokens become words, each with a place in time: where the engine's
//     attention left it, corrected by the pauses that the sound itself shows.
//   - Speech without words is decoded once more, by itself. If it stays without
//     words, the text around it is marked.
//   - A text that repeats itself, or that the engine was only guessing, is
//     decoded once more with some chance in it, and the better one is kept.
//   - A word of low probability carries what else the engine heard in its place,
//     for a person to choose from. None of that gets into a text by itself.
//   - A prompt that comes back as text is no speech: the chunk is decoded once
//     more without it, and where that gives no words the text is marked.
//   - What remains doubtful is marked with the reason (models.Doubt). The engine
//     makes up phrases where nobody speaks; these are marked DoubtNoSpeech, and
//     whoever shows text holds them back until they are asked for.
//
// Nothing that the engine wrote about a whole chunk is dropped, save a text that
// was replaced by a better one of the same sound. The second look at a rest is
// less trusted: words that it only guesses, and those of its neighbours that it
// hears again, are not taken.
package transcribe

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"github.com/afterword/afterword/models"
)

// Config is what a Transcriber needs.
type Config struct {
	Engine    engine // required
	Beam      int    // beams of the first decode; 0 or 1: greedy, which takes half the time
	Translate bool   // into English
}

// Work is one chunk of sound.
type Work struct {
	PCM      []float32     // 16 kHz, mono, -1 to 1, at most models.MaxChunk; not changed
	Start    time.Duration // of PCM[0] in the session
	Voiced   []models.Span // speech activity in session time, in order; nil: not known, all of it may be speech
	Language string        // ISO 639-1; empty: the engine finds out
	Prompt   string        // names and words that may come up; see Prompt
}

// Transcriber writes down chunks, one at a time, with one engine.
type Transcriber struct {
	engine engine
	first  Options
}

// New makes a Transcriber. It is as safe for concurrent use as its engine.
func New(c Config) *Transcriber {
	return &Transcriber{engine: c.Engine, first: Options{Beam: c.Beam, Translate: c.Translate, Others: true}}
}

const (
	// shortest is what the engine can make anything of.
	shortest = 100 * time.Millisecond
	// minHole is how much speech without words is worth a second look. Shorter
	// ones are breaths, laughs and the engine's own slack in time.
	minHole = 1200 * time.Millisecond
	// minLoud is how much of a hole must be loud.
	minLoud = 900 * time.Millisecond
	// maxRests bounds the second looks at one chunk.
	maxRests = 2
	// spread is the temperature of a second try: enough chance to leave a loop.
	spread = 0.4
)

// Chunk writes down one chunk. It returns the language, told or heard, and the
// segments in order of time, their spans in session time and inside the chunk.
// The language is empty where none was told and what there is to hear is too
// little to tell.
// A chunk too short for the engine, as good as silent, or without a word has no
// segments. When ctx
// ends it returns ctx.Err() and nothing else.
func (t *Transcriber) Chunk(ctx context.Context, w Work) (models.Heard, error) {
	if err := ctx.Err(); err != nil {
		return models.Heard{}, err
	}
	length := models.At(int64(len(w.PCM)))
	if length > models.MaxChunk {
		return models.Heard{}, models.Errorf(models.Invalid, "transcribe %s of sound: a chunk has at most %s", length, models.MaxChunk)
	}
	if length < shortest {
		return models.Heard{Language: w.Language}, nil
	}
	c := hear(w)
	if c.empty() {
		return models.Heard{Language: w.Language}, nil
	}
	p, err := t.whole(ctx, w, c)
	if err != nil {
		return models.Heard{}, err
	}
	parts := []pass{p}
	if p.mute() {
		c.voiced = c.voiced[:0] // the engine hears nobody either: no rest to look for
	}
	rests := c.rests(p.words)
	for _, rest := range rests[:min(len(rests), maxRests)] {
		q, err := t.rest(ctx, w, c, p, rest)
		if err != nil {
			return models.Heard{}, err
		}
		parts = append(parts, q)
	}
	if err := ctx.Err(); err != nil {
		return models.Heard{}, err
	}
	h := c.write(w.Start, w.Prompt, parts)
	if h.Language = p.language; w.Language == "" && (p.mute() || p.languageP < 0.5) {
		h.Language = "" // nothing to go by
	}
	return h, nil
}

// whole decodes the chunk, and again if that failed: first as before but with
// the whole context, if a short one was tried, then with some chance.
func (t *Transcriber) whole(ctx context.Context, w Work, c *chunk) (pass, error) {
	o := t.first
	o.Language, o.Prompt = w.Language, w.Prompt
	span := models.Span{End: c.length}
	o.AudioCtx = audioCtx(int64(len(c.pcm)))
	p, err := t.decode(ctx, c, span, o)
	if err == nil && p.echoes(o.Prompt) {
		p, o.Prompt, err = t.unprompted(ctx, c, p, o)
	}
	if err != nil || !p.failed() {
		return p, err
	}
	again := []Options{o, {Language: p.language, Temperature: spread, Translate: o.Translate, Others: o.Others}}
	if o.AudioCtx == fullCtx {
		again = again[1:]
	}
	for _, o := range again {
		o.AudioCtx = fullCtx
		q, err := t.decode(ctx, c, span, o)
		if err != nil {
			return pass{}, err
		}
		if q.better(p) {
			p = q
		}
		if !p.failed() {
			break
		}
	}
	return p, nil
}

// unprompted decodes the chunk without the prompt that the first answer said
// back. Where it has no words then, the first answer stays, marked.
func (t *Transcriber) unprompted(ctx context.Context, c *chunk, first pass, o Options) (pass, string, error) {
	prompt := o.Prompt
	o.Prompt = ""
	p, err := t.decode(ctx, c, models.Span{End: c.length}, o)
	if err == nil && len(p.words) == 0 {
		return first, prompt, nil
	}
	return p, "", err
}

// rest decodes a stretch that the first pass left without words.
func (t *Transcriber) rest(ctx context.Context, w Work, c *chunk, first pass, hole models.Span) (pass, error) {
	const margin = 250 * time.Millisecond
	span := models.Span{Start: hole.Start - margin, End: hole.End + margin}.Clip(models.Span{End: c.length})
	o := t.first
	o.Language, o.Prompt = first.language, w.Prompt
	o.AudioCtx = audioCtx(models.Samples(span.Len()))
	p, err := t.decode(ctx, c, span, o)
	if err != nil {
		return pass{}, err
	}
	if p.failed() || p.mute() {
		// Nothing in the whole chunk's decode spoke for words here, and this one
		// is no better witness.
		if p.mute() {
			c.explained = append(c.explained, hole)
		}
		return pass{}, nil
	}
	if len(p.words) == 0 && p.noSpeech > quietRest {
		c.explained = append(c.explained, hole)
	}
	p.words = slices.DeleteFunc(p.words, func(x word) bool {
		mid := (x.Span.Start + x.Span.End) / 2
		return mid < hole.Start || mid >= hole.End
	})
	if len(p.words) > 0 {
		if p.words = unecho(first.words, p.words, hole); len(p.words) == 0 {
			c.explained = append(c.explained, hole) // the tail of a word, and no speech left out
		}
	}
	return p, nil
}

// unecho takes off words at the ends of a rest that are those around it, heard
// once more in the margin or in a long-drawn end.
func unecho(around, rest []word, hole models.Span) []word {
	at := 0
	for at < len(around) && (around[at].Span.Start+around[at].Span.End)/2 < hole.Start {
		at++
	}
	before, after := around[:at], around[at:]
	for n := min(3, len(before), len(rest)); n > 0; n-- {
		if alike(before[len(before)-n:], rest[:n]) {
			rest = rest[n:]
			break
		}
	}
	for n := min(3, len(after), len(rest)); n > 0; n-- {
		if alike(after[:n], rest[len(rest)-n:]) {
			rest = rest[:len(rest)-n]
			break
		}
	}
	return rest
}

func alike(a, b []word) bool {
	return slices.EqualFunc(a, b, func(x, y word) bool { return key(x.Text) == key(y.Text) })
}

// decode runs the engine on a part of the chunk and reads its answer.
func (t *Transcriber) decode(ctx context.Context, c *chunk, span models.Span, o Options) (pass, error) {
	a, b := models.Samples(span.Start), min(models.Samples(span.End), int64(len(c.pcm)))
	if b-a < models.Samples(shortest) {
		return pass{language: o.Language}, nil
	}
	text, err := t.engine.Decode(ctx, c.pcm[a:b], o)
	if err != nil {
		return pass{}, err
	}
	if err := ctx.Err(); err != nil {
		return pass{}, err
	}
	return read(text, span, c.pauses), nil
}

const (
	// fullCtx is the most positions that the encoder is asked for: 29.4 s, above
	// any chunk. All 1500 are no multiple of 8, for which the engine has no fast
	// product: 1472 took 18 % less time and 1408 23 % less (base, AVX2), the text
	// was the same.
	fullCtx = 1472
	// spareCtx and leastCtx keep short windows out of trouble. With the context cut
	// to the sound alone the decoder misses its end and repeats itself until it is
	// stopped. Words wrong in 40 real clips of 2 to 13 s (484 words, base f16), and
	// time, against all 1500 positions with 38 wrong in about 115 s:
	//
	//	spare, least   words wrong             CPU
	//	  0, 512       25 + 2 clips in a loop  43 s
	//	128, 384       28 + 2 clips in a loop  46 s
	//	200, 512       33 + 1 clip in a loop   41 s
	//	300, 640       37                      40 s
	//	400, 768       37                      53 s; the well recorded ones all as before
	//
	// A loop is seen, and decoded again with fullCtx.
	spareCtx = 400
	leastCtx = 768
)

// audioCtx is how many positions of 20 ms the encoder looks at for n samples.
// Multiples of 32 are fast on every processor.
func audioCtx(n int64) int {
	return min(fullCtx, max(leastCtx, (int(n/320)+spareCtx+31)/32*32))
}

// write makes the final text of all passes, in session time.
func (c *chunk) write(start time.Duration, prompt string, parts []pass) (h models.Heard) {
	var all []word
	for i, p := range parts {
		for _, x := range p.words {
			x.source = i
			all = append(all, x)
		}
	}
	slices.SortStableFunc(all, func(a, b word) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	settle(all, c.length)
	holes := slices.DeleteFunc(c.rests(all), func(h models.Span) bool {
		return slices.ContainsFunc(c.explained, func(e models.Span) bool { return h.Clip(e).Len() > h.Len()/2 })
	})
	for _, hole := range holes {
		h.Wordless = append(h.Wordless, models.Span{Start: start + hole.Start, End: start + hole.End})
	}
	for i, u := range utterances(all) {
		s := models.Segment{Index: i, Span: span(u), Text: join(u), Suspect: c.doubts(u, holes, prompt), NoSpeech: quietness(u), LogP: float32(logP(u))}
		for _, x := range u {
			x.Span.Start += start
			x.Span.End += start
			s.Words = append(s.Words, x.Word)
		}
		s.Span.Start += start
		s.Span.End += start
		h.Segments = append(h.Segments, s)
	}
	return h
}

// clean replaces what is no sound by silence and bounds the rest. It copies only
// where it must.
func clean(pcm []float32) []float32 {
	good := func(v float32) bool { return v >= -1 && v <= 1 } // false for NaN
	if !slices.ContainsFunc(pcm, func(v float32) bool { return !good(v) }) {
		return pcm
	}
	out := slices.Clone(pcm)
	for i, v := range out {
		switch {
		case math.IsNaN(float64(v)):
			out[i] = 0
		case !good(v):
			out[i] = max(-1, min(1, v))
		}
	}
	return out
}
