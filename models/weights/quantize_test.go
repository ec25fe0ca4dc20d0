package weights

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/afterword/afterword/models"
)

func TestQuantizedBlocks(t *testing.T) {
	ramp := func(f func(i int) float32) (x [block]float32) {
		for i := range x {
			x[i] = f(i)
		}
		return x
	}
	tests := []struct {
		name  string
		x     [block]float32
		scale uint16
		want  [3]int8 // the first ones
	}{
		{"zeros", ramp(func(int) float32 { return 0 }), 0, [3]int8{}},
		{"the largest becomes 127", ramp(func(i int) float32 { return float32(i+1) * 127 / block }), narrow(1), [3]int8{4, 8, 12}},
		{"halves go away from zero", ramp(func(i int) float32 { return [4]float32{0.5, -0.5, 1.5, 127}[i%4] }), narrow(1), [3]int8{1, -1, 2}},
		{"just below a half stays", ramp(func(i int) float32 { return [4]float32{0.49999997, -0.49999997, 0, 127}[i%4] }), narrow(1), [3]int8{}},
		{"negative", ramp(func(i int) float32 { return -float32(i%3) * 127 / 2 }), narrow(1), [3]int8{0, -64, -127}},
	}
	for _, tt := range tests {
		var b [blockQ8_0]byte
		quantizeBlock(&b, &tt.x)
		got := [3]int8{int8(b[2]), int8(b[3]), int8(b[4])}
		if binary.LittleEndian.Uint16(b[:]) != tt.scale || got != tt.want {
			t.Errorf("%s: scale %#04x, first %v; want %#04x, %v", tt.name, binary.LittleEndian.Uint16(b[:]), got, tt.scale, tt.want)
		}
	}
}

// miniQ8 is the digest of the mini model as whisper.cpp 1.9.1's quantiser made
// it: `quantize mini.bin out.bin q8_0`.
const miniQ8 = "ab7fa80c0da3dbe873e4dee316fad9162610ab1f941814e5e92e8d3329aaece7"

func TestMiniModelQuantizesAsByWhisperCPP(t *testing.T) {
	dir := t.TempDir()
	src, dst := filepath.Join(dir, "f16"), filepath.Join(dir, "q8")
	mustWrite(t, src, miniGGML(t))
	if err := Quantize(src, dst, Q8_0); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(dst)
	if err != nil {
		t.Fatal(err)
	}
	if got := sha(b); got != miniQ8 {
		t.Errorf("digest %s, want %s", got, miniQ8)
	}
	head, _, _, types := tensors(t, b)
	if head[11] != 2007 {
		t.Errorf("number format %d, want 2007", head[11])
	}
	for name, want := range map[string]int32{
		"decoder.token_embedding.weight": ggmlQ8_0, "encoder.blocks.0.mlp.0.weight": ggmlQ8_0,
		"encoder.conv1.weight": ggmlF16, "encoder.conv1.bias": ggmlF32, "encoder.positional_embedding": ggmlF32, "decoder.ln.bias": ggmlF32,
	} {
		if types[name] != want {
			t.Errorf("%s has type %d, want %d", name, types[name], want)
		}
	}
}

func TestQuantizeRefusesWhatIsNoModel(t *testing.T) {
	whole := miniGGML(t)
	wide := bytes.Clone(whole)
	binary.LittleEndian.PutUint32(wide[12*4:], math.MaxInt32) // mel bands
	for name, b := range map[string][]byte{
		"empty":             {},
		"text":              []byte("not a model at all, but long enough to be read as a header, or so it seems"),
		"cut short":         whole[:len(whole)-1],
		"cut in the header": whole[:40],
		"claims too much":   wide,
		"quantised already": append(bytes.Clone(whole[:44]), append([]byte{0xd7, 7, 0, 0}, whole[48:]...)...),
	} {
		dir := t.TempDir()
		src, dst := filepath.Join(dir, "src"), filepath.Join(dir, "dst")
		mustWrite(t, src, b)
		if err := Quantize(src, dst, Q8_0); models.CodeOf(err) != models.Unusable {
			t.Errorf("%s: %v, want Unusable", name, err)
		}
		if _, err := os.Stat(dst); err == nil {
			t.Errorf("%s: it left a file behind", name)
		}
	}
	if err := Quantize("none", "none", "q4_0"); models.CodeOf(err) != models.Invalid {
		t.Errorf("another kind: %v, want Invalid", err)
	}
}

func FuzzQuantize(f *testing.F) {
	whole := miniGGML(f)
	f.Add(whole[:52])
	header := 56 + 4*miniMels*(fftSize/2+1)
	f.Add(append(bytes.Clone(whole[:header]), 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0x3f, 0xff, 0xff, 0xff, 0x3f))
	small := appendI32(nil, ggmlMagic, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1) // no filters, one token
	small = append(append(small, 'a'), appendI32(nil, 2, 1, 1, block, 1)...)
	f.Add(append(append(small, 'x'), make([]byte, 2*block)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		var out bytes.Buffer
		if quantize(bytes.NewReader(b), &out) == nil && out.Len() > 2*len(b) {
			t.Errorf("%d bytes became %d", len(b), out.Len())
		}
	})
}

func BenchmarkQuantizeBlock(b *testing.B) {
	var x [block]float32
	for i := range x {
		x[i] = float32(i%7) - 3.3
	}
	var out [blockQ8_0]byte
	b.SetBytes(2 * block)
	for b.Loop() {
		quantizeBlock(&out, &x)
	}
}
