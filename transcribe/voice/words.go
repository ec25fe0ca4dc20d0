package voice

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/afterword/afterword/models"
)

const (
	// sure is how probable a voice must be over a stretch of words; below, its
	// speaker is unknown. Of dialogues that is 1 word in 300, and most of these
	// would have been right; in a meeting of four it is 1 word in 7, of which two
	// thirds would have been wrong.
	sure = 0.75
	// clauseCost is what a change of voice between two words costs, as words of
	// full certainty, where nothing separates them; pauseCost after a comma or a
	// short pause; endCost at the end of a sentence or a long pause.
	clauseCost = 0.6
	pauseCost  = 0.3
	endCost    = 0.1

	shortPause = 200 * time.Millisecond
	longPause  = 500 * time.Millisecond
)

// Voices is who spoke.
type Voices struct {
	// Segments are those given, in the same order, cut where the voice changes.
	// Their speakers are S1, S2, … in order of appearance, or unknown. Index is
	// left for whoever stores them.
	Segments []models.Segment
	// Prints are the embeddings of S1, S2, …
	Prints []Embedding
}

// TellApart finds the voices in one channel. Segments are in order of time;
// those that are held back are left alone, and none that was edited is cut.
// ctx.Err() when ctx ends.
func (e *Encoder) TellApart(ctx context.Context, segments []models.Segment, h Hearing) (Voices, error) {
	ws := windows(bursts(speech(segments)))
	es, err := e.listen(ctx, h, ws)
	if err != nil {
		return Voices{}, err
	}
	return assignWords(segments, ws, group(es, ws)), nil
}

// assignWords gives the words of segments their voices.
func assignWords(segments []models.Segment, ws []window, g grouping) Voices {
	t := timeline{ws, g}
	out := Voices{}
	number := map[int]int{} // voice of the grouping to S1, S2, …
	for _, s := range segments {
		for _, p := range t.cut(s) {
			if p.voice >= 0 {
				if _, ok := number[p.voice]; !ok {
					number[p.voice] = len(number) + 1
					out.Prints = append(out.Prints, g.means[p.voice])
				}
				p.Speaker = models.Speaker(fmt.Sprintf("S%d", number[p.voice]))
			}
			out.Segments = append(out.Segments, p.Segment)
		}
	}
	return out
}

// Print is the embedding of a single voice in a stretch of sound: for
// enrolment. A NotFound error where there is nothing to hear.
func (e *Encoder) Print(ctx context.Context, spans []models.Span, h Hearing) (Embedding, error) {
	es, err := e.listen(ctx, h, windows(bursts(spans)))
	if err != nil {
		return Embedding{}, err
	}
	var sum Embedding
	for t := range es {
		for i, v := range es[t] {
			sum[i] += v
		}
	}
	sum.unit()
	if sum == (Embedding{}) {
		return sum, models.Errorf(models.NotFound, "hear a voice: there is none in it")
	}
	return sum, nil
}

// speech is where words are, else where segments are.
func speech(segments []models.Segment) []models.Span {
	var out []models.Span
	for _, s := range segments {
		if s.HeldBack() {
			continue
		}
		if len(s.Words) == 0 {
			out = append(out, s.Span)
		}
		for _, w := range s.Words {
			out = append(out, w.Span)
		}
	}
	slices.SortStableFunc(out, func(a, b models.Span) int { return cmp.Compare(a.Start, b.Start) })
	return out
}

// timeline gives the voices at any moment.
type timeline struct {
	ws []window
	grouping
}

// at is the probability of each voice at a moment: that of the windows around
// it, nearer ones counting more.
func (t timeline) at(mid time.Duration) []float64 {
	i, _ := slices.BinarySearchFunc(t.ws, mid, func(w window, d time.Duration) int { return cmp.Compare(w.mid(), d) })
	out := make([]float64, len(t.means))
	var sum float64
	for k := max(0, i-2); k < min(len(t.ws), i+2); k++ {
		d := max(t.ws[k].mid()-mid, mid-t.ws[k].mid())
		w := 1 / (0.1 + d.Seconds())
		if moment := int(mid / (10 * time.Millisecond)); moment < t.ws[k].from || moment >= t.ws[k].to {
			w /= 10
		}
		for j, p := range t.post[k] {
			out[j] += w * p
		}
		sum += w
	}
	for j := range out {
		out[j] /= sum
	}
	return out
}

// piece is a segment or a part of one with its voice, -1 if that is unknown.
type piece struct {
	models.Segment
	voice int
}

// cut divides a segment where its voice changes.
func (t timeline) cut(s models.Segment) []piece {
	s.Speaker = models.Unknown
	if s.HeldBack() || len(t.means) == 0 {
		return []piece{{s, -1}}
	}
	parts := parts(s)
	if s.Edited || len(s.Words) == 0 || parts == nil {
		return []piece{{s, t.voice(s)}}
	}
	who := t.walk(s.Words)
	var out []piece
	for from := 0; from < len(who); {
		to := from + 1
		for to < len(who) && who[to] == who[from] {
			to++
		}
		p := s
		p.Words = s.Words[from:to]
		p.Text = strings.TrimSpace(strings.Join(parts[from:to], ""))
		p.Span = s.Span
		if from > 0 {
			p.Span.Start = p.Words[0].Span.Start
		}
		if to < len(who) {
			p.Span.End = p.Words[len(p.Words)-1].Span.End
		}
		out = append(out, piece{p, t.voice(p)})
		from = to
	}
	return out
}

// parts cuts the text of a segment into its words, spaces included; nil where
// the words are not those of the text.
func parts(s models.Segment) []string {
	var out []string
	rest := s.Text
	for i, w := range s.Words {
		at := strings.Index(rest, w.Text)
		if w.Text == "" || at < 0 || strings.TrimSpace(rest[:at]) != "" {
			return nil
		}
		n := at + len(w.Text)
		if i == len(s.Words)-1 {
			if strings.TrimSpace(rest[n:]) != "" {
				return nil
			}
			n = len(rest)
		}
		out = append(out, rest[:n])
		rest = rest[n:]
	}
	return out
}

// voice is the likeliest voice over the words of a segment, or over its span.
func (t timeline) voice(s models.Segment) int {
	sum := make([]float64, len(t.means))
	add := func(span models.Span) {
		w := max(0.05, span.Len().Seconds())
		for j, p := range t.at((span.Start + span.End) / 2) {
			sum[j] += w * p
		}
	}
	for _, w := range s.Words {
		add(w.Span)
	}
	if len(s.Words) == 0 {
		for at := s.Span.Start; at < s.Span.End; at += 300 * time.Millisecond {
			add(models.Span{Start: at, End: at + 300*time.Millisecond}.Clip(s.Span))
		}
	}
	total, best := 0.0, 0
	for j, v := range sum {
		total += v
		if v > sum[best] {
			best = j
		}
	}
	if sum[best] < sure*total || total == 0 {
		return -1
	}
	return best
}

// walk gives each word its voice: what it is likely to be, less the cost of
// each change (a Viterbi walk).
func (t timeline) walk(ws []models.Word) []int {
	k := len(t.means)
	best := make([]float64, k)
	from := make([][]int, len(ws))
	for i, w := range ws {
		p := t.at((w.Span.Start + w.Span.End) / 2)
		from[i] = make([]int, k)
		next := make([]float64, k)
		for j := range k {
			from[i][j] = j
			next[j] = best[j]
			for b := range k {
				if i > 0 && best[b]-between(ws[i-1], w) > next[j] {
					next[j], from[i][j] = best[b]-between(ws[i-1], w), b
				}
			}
			next[j] += p[j]
		}
		best = next
	}
	end := 0
	for j := range best {
		if best[j] > best[end] {
			end = j
		}
	}
	out := make([]int, len(ws))
	for i := len(ws) - 1; i >= 0; i-- {
		out[i] = end
		end = from[i][end]
	}
	return out
}

// between is the cost of another voice taking over after a word.
func between(a, b models.Word) float64 {
	gap := b.Span.Start - a.Span.End
	switch {
	case gap > longPause || strings.ContainsAny(a.Text, ".?!。？！"):
		return endCost
	case gap > shortPause || strings.ContainsAny(a.Text, ",;:、"):
		return pauseCost
	}
	return clauseCost
}
