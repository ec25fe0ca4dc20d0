package weights

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/afterword/afterword/models"
)

// The ggml file: i32 magic; eleven i32 of dimensions, the last one the number
// format; i32 bands, i32 bins, the mel filters (f32, row by row); i32 number
// of tokens, each i32 length and its bytes; then tensors up to the end: i32
// rank, i32 length of the name, i32 type, the dimensions i32 in reverse order,
// the name, the data.
const (
	ggmlMagic = 0x67676d6c
	ggmlF32   = 0
	ggmlF16   = 1
	ggmlQ8_0  = 8

	ftypeF16 = 1
	fftSize  = 400 // samples of a mel window at 16 kHz
)

// tensor is one array on its way from CTranslate2 to ggml.
type tensor struct {
	name string
	dims []int // outermost first, unlike in the file
	f32  bool  // widened on writing
	data []byte
}

// builder collects tensors in the order of the file; the first error sticks.
type builder struct {
	vars map[string]variable
	out  []tensor
	err  error
}

func (b *builder) fail(format string, args ...any) {
	if b.err == nil {
		b.err = models.Errorf(models.Unusable, "convert the model: "+format, args...)
	}
}

// find is the f16 variable of that name, with the given dimensions where they
// are not 0.
func (b *builder) find(name string, dims ...int) variable {
	v, ok := b.vars[name]
	fits := ok && v.kind == ct2F16 && len(v.dims) == len(dims)
	for i := 0; fits && i < len(dims); i++ {
		fits = v.dims[i] > 0 && (dims[i] == 0 || v.dims[i] == dims[i])
	}
	if !fits {
		b.fail("variable %q is missing or has another shape", name)
		return variable{dims: make([]int, len(dims))}
	}
	return v
}

func (b *builder) add(name string, v variable) {
	b.out = append(b.out, tensor{name, v.dims, len(v.dims) == 1, v.data})
}

// pair adds a weight and a bias (or the gain and offset of a norm).
func (b *builder) pair(name, weight, bias string, dims ...int) {
	b.add(name+".weight", b.find(weight, dims...))
	b.add(name+".bias", b.find(bias, dims[0]))
}

func (b *builder) norm(name, from string, n int) {
	b.pair(name, from+"/gamma", from+"/beta", n)
}

// selfAttention takes query, key and value apart, which CTranslate2 stacks on
// the rows of linear_0. Keys have no bias in the ggml file: it is always zero.
func (b *builder) selfAttention(name, from string, n int) {
	w, bias := b.find(from+"/linear_0/weight", 3*n, n), b.find(from+"/linear_0/bias", 3*n)
	if b.err != nil {
		return
	}
	b.attention(name, w.rows(0, n), bias.rows(0, n), w.rows(n, 3*n), bias.rows(n, 3*n))
	b.pair(name+".out", from+"/linear_1/weight", from+"/linear_1/bias", n, n)
}

// crossAttention: linear_0 is the query, linear_1 key and value.
func (b *builder) crossAttention(name, from string, n int) {
	query, qBias := b.find(from+"/linear_0/weight", n, n), b.find(from+"/linear_0/bias", n)
	kv, kvBias := b.find(from+"/linear_1/weight", 2*n, n), b.find(from+"/linear_1/bias", 2*n)
	if b.err != nil {
		return
	}
	b.attention(name, query, qBias, kv, kvBias)
	b.pair(name+".out", from+"/linear_2/weight", from+"/linear_2/bias", n, n)
}

func (b *builder) attention(name string, query, qBias, kv, kvBias variable) {
	n := kv.dims[0] / 2
	b.add(name+".query.weight", query)
	b.add(name+".query.bias", qBias)
	b.add(name+".key.weight", kv.rows(0, n))
	b.add(name+".value.weight", kv.rows(n, 2*n))
	b.add(name+".value.bias", kvBias.rows(n, 2*n))
}

// conv adds a convolution. Its bias has rank 2 in the ggml file.
func (b *builder) conv(name, from string, n, in int) {
	b.add(name+".weight", b.find(from+"/weight", n, in, 3))
	bias := b.find(from+"/bias", n)
	b.out = append(b.out, tensor{name + ".bias", []int{n, 1}, true, bias.data})
}

func (b *builder) block(name, from string, n int, cross bool) {
	b.norm(name+".mlp_ln", from+"/ffn/layer_norm", n)
	b.pair(name+".mlp.0", from+"/ffn/linear_0/weight", from+"/ffn/linear_0/bias", 4*n, n)
	b.pair(name+".mlp.2", from+"/ffn/linear_1/weight", from+"/ffn/linear_1/bias", n, 4*n)
	b.norm(name+".attn_ln", from+"/self_attention/layer_norm", n)
	b.selfAttention(name+".attn", from+"/self_attention", n)
	if cross {
		b.norm(name+".cross_attn_ln", from+"/attention/layer_norm", n)
		b.crossAttention(name+".cross_attn", from+"/attention", n)
	}
}

// layers counts the blocks of a side.
func (b *builder) layers(side string) int {
	const most = 64 // large has 32
	for n := most; n > 0; n-- {
		prefix := fmt.Sprintf("%s/layer_%d/", side, n-1)
		for name := range b.vars {
			if strings.HasPrefix(name, prefix) {
				return n
			}
		}
	}
	return 0
}

func (b *builder) heads(side string) int {
	v, ok := b.vars[side+"/num_heads"]
	if !ok || v.kind != ct2I16 || len(v.dims) != 0 {
		b.fail("the number of heads is missing")
		return 0
	}
	return int(binary.LittleEndian.Uint16(v.data))
}

// arrange puts a CTranslate2 Whisper model into the order of a ggml file; head is
// its dimensions.
func arrange(vars map[string]variable) (head [11]int32, tensors []tensor, err error) {
	b := &builder{vars: vars}
	text := b.find("decoder/position_encodings/encodings", 0, 0)
	audio := b.find("encoder/position_encodings/encodings", 0, 0)
	n, m := text.dims[1], audio.dims[1]
	words := b.find("decoder/embeddings/weight", 0, n)
	mels := b.find("encoder/conv1/weight", m, 0, 3).dims[1]
	textLayers, audioLayers := b.layers("decoder"), b.layers("encoder")
	for i, d := range []int{
		words.dims[0], audio.dims[0], m, b.heads("encoder"), audioLayers,
		text.dims[0], n, b.heads("decoder"), textLayers, mels, ftypeF16,
	} {
		head[i] = int32(d)
	}
	b.out = append(b.out, tensor{"decoder.positional_embedding", text.dims, true, text.data})
	b.out = append(b.out, tensor{"encoder.positional_embedding", audio.dims, true, audio.data})
	b.add("decoder.token_embedding.weight", words)
	for i := range textLayers {
		b.block(fmt.Sprintf("decoder.blocks.%d", i), fmt.Sprintf("decoder/layer_%d", i), n, true)
	}
	b.norm("decoder.ln", "decoder/layer_norm", n)
	b.conv("encoder.conv1", "encoder/conv1", m, mels)
	b.conv("encoder.conv2", "encoder/conv2", m, m)
	for i := range audioLayers {
		b.block(fmt.Sprintf("encoder.blocks.%d", i), fmt.Sprintf("encoder/layer_%d", i), m, false)
	}
	b.norm("encoder.ln_post", "encoder/layer_norm", m)
	return head, b.out, b.err
}

// writeGGML writes the ggml file of a model and its tokens.
func writeGGML(w io.Writer, vars map[string]variable, tokens [][]byte) error {
	head, tensors, err := arrange(vars)
	if err != nil {
		return err
	}
	bands := int(head[9])
	if bands > 1024 {
		return models.Errorf(models.Unusable, "convert the model: it has %d mel bands", bands)
	}
	b := binary.LittleEndian.AppendUint32(nil, ggmlMagic)
	for _, v := range head {
		b = binary.LittleEndian.AppendUint32(b, uint32(v))
	}
	b = appendI32(b, bands, fftSize/2+1)
	for _, f := range melFilters(bands, fftSize) {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
	}
	b = appendI32(b, len(tokens))
	for _, t := range tokens {
		b = append(appendI32(b, len(t)), t...)
	}
	if _, err := w.Write(b); err != nil {
		return err
	}
	for _, t := range tensors {
		if err := writeTensor(w, t); err != nil {
			return err
		}
	}
	return nil
}

func writeTensor(w io.Writer, t tensor) error {
	kind := ggmlF16
	if t.f32 {
		kind = ggmlF32
	}
	b := appendI32(nil, len(t.dims), len(t.name), kind)
	for i := range t.dims {
		b = appendI32(b, t.dims[len(t.dims)-1-i])
	}
	b = append(b, t.name...)
	if t.f32 {
		wide := halves()
		for i := 0; i+1 < len(t.data); i += 2 {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(wide[binary.LittleEndian.Uint16(t.data[i:])]))
		}
	}
	if _, err := w.Write(b); err != nil || t.f32 {
		return err
	}
	_, err := w.Write(t.data)
	return err
}

func appendI32(b []byte, values ...int) []byte {
	for _, v := range values {
		b = binary.LittleEndian.AppendUint32(b, uint32(int32(v)))
	}
	return b
}
