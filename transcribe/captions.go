package transcribe

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/afterword/afterword/models"
)

// Captions writes down speech while it is spoken, word by word, for a person
// who looks on. They are a by-product: the transcript is made by a Transcriber
// from whole chunks, and replaces them.
//
// The engine hears a window that grows with the speech, again and again. Two
// rules decide what is shown of its answers:
//
//   - Words that two answers in a row agree on are stable and are never taken
//     back (LocalAgreement-2, Macháček et al. 2023). All later words are draft.
//   - The last word is held back while the voice goes on: half a word is
//     mostly written as another one.
//
// The window is cut at pauses, so that a decode stays short, and where speech
// has none, behind the last stable word. A pause of the speaker ends the
// utterance: all of its words become stable. Where nobody speaks nothing is
// decoded. Sound that comes in while the engine is busy is heard in one piece
// with the next: a slow engine makes captions late, and never a backlog.
type Captions struct {
	engine   engine
	language string

	pcm     []float32 // the window
	start   int64     // position of pcm[0] in samples since the beginning
	level   []float64 // loudness of each whole frame of pcm, in dB
	decoded int       // samples of the window that the last decode heard; 0: none
	past    []float64 // loudness of the last frames, for the floor

	stable []word // agreed words of the window; times count from its beginning
	draft  []word // of the last answer, behind the stable ones
	edge   []word // of the last answer, behind those: held back
	shown  string // the draft that was told last
}

// Caption is what changed since the last one. Both texts are appended as they
// are: each word brings the space before it.
type Caption struct {
	Stable string      // new words, behind those of all captions before; they will not change
	Draft  string      // what follows them, in place of the last draft
	Span   models.Span // of the words told, since the first sample
}

// NewCaptions makes Captions of an engine. The language is ISO 639-1; empty
// lets the engine find out.
func NewCaptions(e engine, language string) *Captions {
	return &Captions{engine: e, language: language}
}

const (
	captionStep  = 320 * time.Millisecond // of new sound before the next decode
	captionPause = 450 * time.Millisecond // of quiet ends an utterance
	captionTail  = 15                     // frames of quiet, 150 ms, behind which a word has ended
	captionLead  = 250 * time.Millisecond // kept before speech
	captionLong  = 5 * time.Second        // windows above are cut at a pause
	captionMost  = 9 * time.Second        // above: cut behind the last stable word
	captionCap   = 15 * time.Second       // above: the oldest sound is left out

	// The encoder's positions for a window: fewer than for transcripts (leastCtx),
	// because a loop that comes of it is seen and not shown, and the next answer
	// comes soon. On the sample session, tiny.en: 2.0 to 2.9 % of the captions'
	// words are wrong, 2.0 % of the transcript's by the same weights; a window of
	// 4 s takes a quarter of the time of one with all positions.
	captionSpareCtx = 128
	captionLeastCtx = 384
)

// Hear takes the sound that came since the last call (16 kHz, mono, -1 to 1)
// and tells what it makes of it; ok is false where nothing changed. Call it
// some ten times a second, with all that has come in meanwhile. When ctx ends
// it returns ctx.Err().
func (c *Captions) Hear(ctx context.Context, pcm []float32) (cap Caption, ok bool, err error) {
	c.add(pcm)
	from, to, speech := c.voice()
	if !speech {
		return c.idle()
	}
	if c.decoded == 0 {
		c.cut(from - int(captionLead/frame)) // sound before the first word is of no use
		_, to, _ = c.voice()
	}
	over := len(c.level)-to >= int(captionPause/frame)
	fresh := len(c.pcm) - c.decoded
	switch {
	case over && c.decoded >= samples(to+captionTail): // the last answer heard all of it
		return c.finish()
	case !over && fresh < int(models.Samples(captionStep)):
		return Caption{}, false, nil
	}
	p, err := c.decode(ctx, to, over)
	if err != nil {
		return Caption{}, false, err
	}
	c.agree(p, len(c.level)-to < captionTail)
	if over {
		return c.finish()
	}
	cap, ok = c.tell()
	c.shorten()
	return cap, ok, nil
}

func samples(frames int) int { return frames * int(models.Samples(frame)) }

// add appends to the window and measures it.
func (c *Captions) add(pcm []float32) {
	c.pcm = append(c.pcm, clean(pcm)...)
	fresh := levels(c.pcm[samples(len(c.level)):])
	c.level = append(c.level, fresh...)
	const memory = 1000 // frames: 10 s
	c.past = append(c.past, fresh...)
	c.past = slices.Delete(c.past, 0, max(0, len(c.past)-memory))
	c.cut(len(c.level) - int(captionCap/frame))
}

// threshold is the loudness above which a frame is taken for a voice: well above
// the quietest twentieth of the last ten seconds, which even fluent speech shows.
func (c *Captions) threshold() float64 {
	if len(c.past) == 0 {
		return 0
	}
	low := slices.Sorted(slices.Values(c.past))[len(c.past)/20]
	if len(c.past) < 200 {
		low = min(low, -55) // somebody may have spoken from the first moment on
	}
	return max(low+9, -62)
}

// voice is where in the window somebody speaks, in frames: the first and behind
// the last loud one. A click is no speech.
func (c *Captions) voice() (from, to int, ok bool) {
	const least = 8 // loud frames, 80 ms
	level, loud := c.threshold(), 0
	for i, l := range c.level {
		if l <= level {
			continue
		}
		if loud == 0 {
			from = i
		}
		loud, to = loud+1, i+1
	}
	return from, to, loud >= least
}

// idle keeps a little sound, should a word begin in it.
func (c *Captions) idle() (Caption, bool, error) {
	if c.decoded > 0 {
		return c.finish()
	}
	c.cut(len(c.level) - int(captionLead/frame))
	return Caption{}, false, nil
}

// decode lets the engine hear the window, and of the quiet behind the last word
// only a little: it makes words up in long silence.
func (c *Captions) decode(ctx context.Context, to int, over bool) (pass, error) {
	pcm := c.pcm
	if over {
		pcm = pcm[:min(len(pcm), samples(to)+int(models.Samples(captionLead)))]
	}
	o := Options{Language: c.language, AudioCtx: captionCtx(len(pcm))}
	text, err := c.engine.Decode(ctx, pcm, o)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return pass{}, err
	}
	c.decoded = len(c.pcm)
	whole := models.Span{End: models.At(int64(len(pcm)))}
	return read(text, whole, quiet(c.level, c.threshold(), 10)), nil
}

func captionCtx(n int) int {
	return min(fullCtx, max(captionLeastCtx, (n/320+captionSpareCtx+31)/32*32))
}

// agree compares an answer with the one before. While the voice goes on, the
// last word is held back.
func (c *Captions) agree(p pass, goesOn bool) {
	if p.loops() || p.mute() || annotation(join(p.words)) {
		return // what was there stays
	}
	for i := range p.words {
		p.words[i].Text = strings.Trim(p.words[i].Text, `"“”`)
	}
	heard := unloop(p.words)
	rest := heard[behind(c.stable, heard):]
	n := 0
	for n < min(len(c.draft), len(rest)) && key(c.draft[n].Text) == key(rest[n].Text) {
		n++
	}
	held := len(rest)
	if goesOn && held > 0 {
		held--
	}
	n = min(n, held)
	c.stable = append(c.stable, rest[:n]...)
	c.draft, c.edge = slices.Clone(rest[n:held]), slices.Clone(rest[held:])
}

// unloop takes off a phrase at the end that repeats the one before it in less
// time than anybody speaks: with few positions the encoder lets the decoder miss
// the end of the sound now and then.
func unloop(ws []word) []word {
	const least = 100 * time.Millisecond // a word
	for n := len(ws) / 2; n > 0; n-- {
		once, again := ws[len(ws)-2*n:len(ws)-n], ws[len(ws)-n:]
		if alike(once, again) && span(again).Len() < time.Duration(n)*least {
			return ws[:len(ws)-n]
		}
	}
	return ws
}

// behind is how many words of an answer are those that are stable already, by
// the fewest changes between them (Levenshtein).
func behind(stable, ws []word) int {
	if len(stable) == 0 {
		return 0
	}
	row := make([]int, len(ws)+1) // cost of stable[:i] against ws[:j]
	for j := range row {
		row[j] = j
	}
	for i, s := range stable {
		diagonal := row[0]
		row[0] = i + 1
		for j, w := range ws {
			swap := diagonal
			if key(s.Text) != key(w.Text) {
				swap++
			}
			diagonal = row[j+1]
			row[j+1] = min(swap, row[j]+1, diagonal+1)
		}
	}
	last := key(stable[len(stable)-1].Text)
	// Among equals those that end in the same word, then the one as long.
	doubt := func(j int) int {
		d := 4*row[j] + min(1, max(j-len(stable), len(stable)-j))
		if j == 0 || key(ws[j-1].Text) != last {
			d += 2
		}
		return d
	}
	best := 0
	for j := range row {
		if doubt(j) < doubt(best) {
			best = j
		}
	}
	return best
}

// finish ends the utterance: all of its words are told as stable.
func (c *Captions) finish() (Caption, bool, error) {
	c.stable = append(append(c.stable, c.draft...), c.edge...)
	c.draft, c.edge = nil, nil
	cap, ok := c.tell()
	c.stable, c.decoded = nil, 0
	c.cut(len(c.level) - int(captionLead/frame))
	return cap, ok, nil
}

// tell makes a caption of what was not told yet.
func (c *Captions) tell() (Caption, bool) {
	fresh := slices.DeleteFunc(slices.Clone(c.stable), func(w word) bool { return w.told })
	cap := Caption{Stable: spaced(fresh), Draft: spaced(c.draft)}
	if cap.Stable == "" && cap.Draft == c.shown {
		return Caption{}, false
	}
	for i := range c.stable {
		c.stable[i].told = true
	}
	c.shown = cap.Draft
	if all := append(fresh, c.draft...); len(all) > 0 {
		cap.Span = span(all)
	}
	at := models.At(c.start)
	cap.Span.Start, cap.Span.End = cap.Span.Start+at, cap.Span.End+at
	return cap, true
}

// spaced is the text of words, each with the space before it.
func spaced(ws []word) string {
	if len(ws) == 0 {
		return ""
	}
	return gap(ws[0].glued) + join(ws)
}

// shorten cuts a long window in the latest pause behind stable words, or, where
// it became far too long, right behind them.
func (c *Captions) shorten() {
	length := models.At(int64(len(c.pcm)))
	if length < captionLong {
		return
	}
	var at time.Duration
	for _, p := range quiet(c.level, c.threshold(), 12) {
		if mid := (p.Start + p.End) / 2; c.settled(mid) {
			at = mid
		}
	}
	if at == 0 && length >= captionMost {
		if len(c.stable) == 0 { // two answers never agreed
			half := slices.IndexFunc(c.draft, func(w word) bool { return w.Span.End > length/2 })
			if half < 0 {
				half = len(c.draft)
			}
			c.stable, c.draft = append(c.stable, c.draft[:half]...), c.draft[half:]
		}
		at = length / 2
		if n := len(c.stable); n > 0 {
			at = c.stable[n-1].Span.End
		}
	}
	c.cut(int(at / frame))
}

// settled tells whether the words before a place are stable, and there are some.
func (c *Captions) settled(at time.Duration) bool {
	const slack = 60 * time.Millisecond
	if len(c.stable) == 0 || c.stable[0].Span.End > at+slack {
		return false
	}
	for _, ws := range [][]word{c.draft, c.edge} {
		if len(ws) > 0 {
			return ws[0].Span.Start >= at-slack
		}
	}
	return true
}

// cut takes the first frames off the window, and the stable words in them. Words
// that were not told yet stay.
func (c *Captions) cut(frames int) {
	if frames = min(frames, len(c.level)); frames <= 0 {
		return
	}
	n, d := samples(frames), time.Duration(frames)*frame
	c.pcm = slices.Delete(c.pcm, 0, n)
	c.level = slices.Delete(c.level, 0, frames)
	c.start += int64(n)
	c.decoded = max(0, c.decoded-n)
	for _, ws := range [][]word{c.stable, c.draft, c.edge} {
		for i := range ws {
			ws[i].Span.Start -= d
			ws[i].Span.End -= d
		}
	}
	c.stable = slices.DeleteFunc(c.stable, func(w word) bool { return w.told && (w.Span.Start+w.Span.End)/2 < 0 })
}
