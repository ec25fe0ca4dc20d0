package voice

import (
	"context"
	"math"
	"time"

	"github.com/afterword/afterword/models"
)

// Sound reads a span of one channel: 16 kHz, mono. What lies beyond the end is
// left out.
type Sound func(ctx context.Context, span models.Span) ([]int16, error)

// target is the loudness of speech that the encoder was trained with, in dB of
// full scale; softer sound is raised to it.
const target = -30

// Hearing is how TellApart and Print get at sound.
type Hearing struct {
	Sound    Sound                 // required
	Threads  int                   // processors that may work; 0 is one
	Progress func(done, total int) // windows heard so far; nil tells nobody
}

const (
	lead = 20 // frames before and after, so that no window begins in a void
	// block is how many windows are kept as frames until they are embedded, about
	// seven minutes of speech; stretch is how much sound is read at once. Three
	// hours of speech then need no more memory than ten minutes.
	block   = 2048
	stretch = 6000 // frames, a minute
	// sampled is how much sound tells the loudness of a session.
	sampled = 10 * 6000 // frames
)

// listen makes the embedding of each window. Windows are in order of bursts.
func (e *Encoder) listen(ctx context.Context, h Hearing, ws []window) ([]Embedding, error) {
	parts := stretches(ws)
	gain, err := gain(ctx, h.Sound, parts)
	if err != nil {
		return nil, err
	}
	m := newMelter(e.filters)
	out := make([]Embedding, len(ws))
	views := make([][]frame, 0, block)
	done := 0
	for i, p := range parts {
		pcm, err := h.Sound(ctx, p.span())
		if err != nil {
			return nil, err
		}
		frames := m.frames(pcm, 1)
		for _, w := range ws[p.first:p.next] {
			a, b := min(w.from-p.from, len(frames)), min(w.to-p.from, len(frames))
			views = append(views, frames[a:b])
		}
		if len(views) < block && i < len(parts)-1 {
			continue
		}
		got, err := e.embed(ctx, views, gain*gain, h.Threads)
		if err != nil {
			return nil, err
		}
		done += copy(out[done:], got)
		views = views[:0]
		if h.Progress != nil {
			h.Progress(done, len(ws))
		}
	}
	return out, nil
}

// passage is sound that is read at once, for some windows.
type passage struct {
	from, to    int // frames
	first, next int // windows
}

func (p passage) span() models.Span {
	return models.Span{Start: time.Duration(p.from) * 10 * time.Millisecond, End: time.Duration(p.to) * 10 * time.Millisecond}
}

// stretches cuts the session's windows into passages: a burst each, a long one in
// several.
func stretches(ws []window) []passage {
	var out []passage
	for i := 0; i < len(ws); {
		p := passage{from: ws[i].from, to: ws[i].to, first: i, next: i + 1}
		for ; p.next < len(ws) && ws[p.next].burst == ws[i].burst && ws[p.next].to-p.from <= stretch; p.next++ {
			p.from, p.to = min(p.from, ws[p.next].from), max(p.to, ws[p.next].to)
		}
		p.from, p.to = max(0, p.from-lead), p.to+lead
		out = append(out, p)
		i = p.next
	}
	return out
}

// gain is the factor that brings the session to the loudness of target, by a
// part of it where it is long.
func gain(ctx context.Context, sound Sound, parts []passage) (float32, error) {
	all := 0
	for _, p := range parts {
		all += p.to - p.from
	}
	var energy float64
	var samples int
	every := all/sampled + 1
	for i := 0; i < len(parts); i += every {
		pcm, err := sound(ctx, parts[i].span())
		if err != nil {
			return 0, err
		}
		for _, v := range pcm {
			energy += float64(v) * float64(v)
		}
		samples += len(pcm)
	}
	return max(1, loudness(energy, samples)), nil
}

// loudness is the factor that brings sound of that energy to target.
func loudness(energy float64, samples int) float32 {
	if samples == 0 || energy == 0 {
		return 1
	}
	rms := math.Sqrt(energy/float64(samples)) / 32768
	return float32(math.Pow(10, target/20.0) / rms)
}
