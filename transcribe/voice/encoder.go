package voice

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"slices"
	"sync"

	"github.com/afterword/afterword/models"
)

const (
	cells  = 256
	layers = 3
	// Window is how many frames of 10 ms the encoder was trained on.
	Window = 160
)

// Embedding is what a voice sounds like: a point on the unit sphere, the
// closer to another the likelier it is the same voice.
type Embedding [cells]float32

// Dot is the cosine of the angle between two embeddings.
func (e *Embedding) Dot(f *Embedding) float32 {
	var s0, s1, s2, s3 float32
	for i := 0; i < cells; i += 4 {
		s0 += e[i] * f[i]
		s1 += e[i+1] * f[i+1]
		s2 += e[i+2] * f[i+2]
		s3 += e[i+3] * f[i+3]
	}
	return s0 + s1 + s2 + s3
}

// Unit is e scaled to length 1; silence may have no direction, and stays zero.
func (e Embedding) Unit() Embedding {
	e.unit()
	return e
}

func (e *Embedding) unit() {
	if n := e.Dot(e); n > 0 {
		s := float32(1 / math.Sqrt(float64(n)))
		for i := range e {
			e[i] *= s
		}
	}
}

type stepFunc func(w, x []float32, k int, bias *[4]float32, c, h []float32)

// layer is one LSTM layer: for each cell its weights, four gates for each
// input, then for each cell of the step before.
type layer struct {
	inputs  int
	weights []float32 // [cell][inputs+cells][gate]
	bias    [cells][4]float32
}

// Encoder is the loaded network. Safe for concurrent use.
type Encoder struct {
	filters []float32
	layers  [layers]layer
	linear  []float32 // [output][cell]
	offset  [cells]float32

	step    stepFunc
	columns int
}

const magic = "AWVOICE1"

// fileBytes is the size of the one file that there is.
const fileBytes = 24 + 4*(Bands*bins+4*cells*(Bands+cells+1)+2*4*cells*(2*cells+1)+cells*(cells+1))

// Load reads the encoder's weights, as models/weights makes them. The caller
// has proved the file. Unusable if it is none.
func Load(path string) (*Encoder, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("load voice model: %w", err)
	}
	return parse(b)
}

func parse(b []byte) (*Encoder, error) {
	if len(b) != fileBytes || string(b[:8]) != magic {
		return nil, models.Errorf(models.Unusable, "load voice model: the file is none")
	}
	for i, want := range []uint32{Bands, cells, layers, cells} {
		if got := binary.LittleEndian.Uint32(b[8+4*i:]); got != want {
			return nil, models.Errorf(models.Unusable, "load voice model: it has another shape")
		}
	}
	b = b[24:]
	e := &Encoder{}
	e.step, e.columns = fastest()
	next := func(n int) []float32 {
		out := make([]float32, n)
		for i := range out {
			out[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		}
		b = b[4*n:]
		return out
	}
	e.filters = next(Bands * bins)
	in := Bands
	for l := range e.layers {
		wx, wh, bias := next(4*cells*in), next(4*cells*cells), next(4*cells)
		e.layers[l] = interleave(in, wx, wh, bias)
		in = cells
	}
	e.linear = next(cells * cells)
	copy(e.offset[:], next(cells))
	return e, nil
}

// interleave puts the four gates of each weight side by side.
func interleave(in int, wx, wh, bias []float32) layer {
	l := layer{inputs: in, weights: make([]float32, 0, 4*cells*(in+cells))}
	for c := range cells {
		for k := range in + cells {
			for g := range 4 {
				row := g*cells + c
				if k < in {
					l.weights = append(l.weights, wx[row*in+k])
				} else {
					l.weights = append(l.weights, wh[row*cells+k-in])
				}
			}
		}
		for g := range 4 {
			l.bias[c][g] = bias[g*cells+c]
		}
	}
	return l
}

// embed runs the network over windows of frames, as many at once as the
// processor takes in one go, by so many threads. Their power is multiplied by
// scale. It returns ctx.Err() when ctx ends first.
func (e *Encoder) embed(ctx context.Context, windows [][]frame, scale float32, threads int) ([]Embedding, error) {
	out := make([]Embedding, len(windows))
	tracks := tracksOf(windows, out)
	batches := make(chan []track)
	var all sync.WaitGroup
	for range max(1, threads) {
		all.Go(func() {
			r := e.newRun()
			for b := range batches {
				r.batch(b, scale)
			}
		})
	}
	for b := range slices.Chunk(tracks, e.columns) {
		if ctx.Err() != nil {
			break
		}
		batches <- b
	}
	close(batches)
	all.Wait()
	return out, ctx.Err()
}

// track is what one column of a batch hears: a window, and with it every
// shorter one that begins at the same frame, for the network has heard nothing
// else by then.
type track struct {
	frames []frame
	ends   []end
}

// end is where a window of a track ends.
type end struct {
	frames int
	out    *Embedding
}

// tracksOf puts windows that begin at the same place in memory onto one track,
// and tracks of about one length beside one another.
func tracksOf(windows [][]frame, out []Embedding) []track {
	var tracks []track
	begun := map[*frame]int{}
	for i, w := range windows {
		if len(w) == 0 {
			continue
		}
		k, ok := begun[&w[0]]
		if !ok {
			k = len(tracks)
			begun[&w[0]] = k
			tracks = append(tracks, track{})
		}
		t := &tracks[k]
		if len(w) > len(t.frames) {
			t.frames = w
		}
		t.ends = append(t.ends, end{len(w), &out[i]})
	}
	slices.SortStableFunc(tracks, func(a, b track) int { return len(a.frames) - len(b.frames) })
	return tracks
}

// run is the memory of one batch.
type run struct {
	e *Encoder
	x [layers][]float32 // what goes in: [input, then cell of the step before][column]
	c [layers][]float32 // [cell][column]
	h []float32         // what the last layer puts out
}

func (e *Encoder) newRun() *run {
	r := &run{e: e, h: make([]float32, cells*e.columns)}
	for l := range r.x {
		r.x[l] = make([]float32, (e.layers[l].inputs+cells)*e.columns)
		r.c[l] = make([]float32, cells*e.columns)
	}
	return r
}

// batch embeds at most e.columns tracks. A column whose track has ended runs on
// with silence; what it said at its end was taken by then.
func (r *run) batch(tracks []track, scale float32) {
	n := r.e.columns
	for l := range r.x {
		clear(r.x[l])
		clear(r.c[l])
	}
	for t := range len(tracks[len(tracks)-1].frames) { // the longest
		for j, tr := range tracks {
			var f frame
			if t < len(tr.frames) {
				f = tr.frames[t]
			}
			for b, v := range f {
				r.x[0][b*n+j] = v * scale
			}
		}
		r.advance()
		for j, tr := range tracks {
			for _, e := range tr.ends {
				if t == e.frames-1 {
					r.finish(j, e.out)
				}
			}
		}
	}
}

// advance takes one step through all layers.
func (r *run) advance() {
	n := r.e.columns
	for l := range r.e.layers {
		ly := &r.e.layers[l]
		k := ly.inputs + cells
		to := r.h
		if l+1 < layers {
			to = r.x[l+1][:cells*n]
		}
		for c := range cells {
			r.e.step(ly.weights[4*k*c:], r.x[l], k, &ly.bias[c], r.c[l][c*n:(c+1)*n], to[c*n:(c+1)*n])
		}
		copy(r.x[l][ly.inputs*n:], to)
	}
}

// finish makes the embedding of column j.
func (r *run) finish(j int, out *Embedding) {
	n := r.e.columns
	for o := range out {
		sum := r.e.offset[o]
		row := r.e.linear[o*cells : (o+1)*cells]
		for k, w := range row {
			sum += w * r.h[k*n+j]
		}
		out[o] = max(0, sum)
	}
	out.unit()
}
