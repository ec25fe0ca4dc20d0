package voice

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/afterword/afterword/models"
)

// Sound reads a span of one channel: 16 kHz, mono. What lies beyond the end is
// left out.
type Sound func(ctx context.Context, span models.Span) ([]int16, error)

// target is the loudness of speech that the encoder was trained with, in dB of
// full scale; softer sound is raised to it.
const target = -30

// listen makes the embedding of each window.
func (e *Encoder) listen(ctx context.Context, sound Sound, bs []models.Span, ws []window, threads int) ([]Embedding, error) {
	const lead = 20 // frames before and after, so that no window begins in a void
	m := newMelter(e.filters)
	views := make([][]frame, len(ws))
	var energy float64
	var samples int
	next := 0
	for i := range bs {
		first := next
		from, to := math.MaxInt, 0
		for next < len(ws) && ws[next].burst == i {
			from, to = min(from, ws[next].from), max(to, ws[next].to)
			next++
		}
		from = max(0, from-lead)
		pcm, err := sound(ctx, models.Span{Start: time.Duration(from) * 10 * time.Millisecond, End: time.Duration(to+lead) * 10 * time.Millisecond})
		if err != nil {
			return nil, err
		}
		for _, v := range pcm {
			energy += float64(v) * float64(v)
		}
		samples += len(pcm)
		frames := m.frames(pcm, 1)
		for k := first; k < next; k++ {
			a, b := min(ws[k].from-from, len(frames)), min(ws[k].to-from, len(frames))
			views[k] = frames[a:b]
		}
	}
	gain := max(1, loudness(energy, samples))
	return e.embedAll(ctx, views, gain*gain, threads)
}

// loudness is the factor that brings sound of that energy to target.
func loudness(energy float64, samples int) float32 {
	if samples == 0 || energy == 0 {
		return 1
	}
	rms := math.Sqrt(energy/float64(samples)) / 32768
	return float32(math.Pow(10, target/20.0) / rms)
}

// embedAll embeds windows in order of their length, their power times scale.
func (e *Encoder) embedAll(ctx context.Context, views [][]frame, scale float32, threads int) ([]Embedding, error) {
	order := make([]int, len(views))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return len(views[a]) - len(views[b]) })
	sorted := make([][]frame, len(views))
	for i, k := range order {
		sorted[i] = views[k]
	}
	got, err := e.embed(ctx, sorted, scale, threads)
	if err != nil {
		return nil, err
	}
	out := make([]Embedding, len(views))
	for i, k := range order {
		out[k] = got[i]
	}
	return out, nil
}
