package weights

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"

	"github.com/afterword/afterword/models"
)

// field is one field of a message, with its length before it.
func field(n int, data []byte) []byte {
	b := binary.AppendUvarint(nil, uint64(n<<3|2))
	return append(binary.AppendUvarint(b, uint64(len(data))), data...)
}

// miniONNX is an ONNX file of the detector's shape: the Fourier transform, and
// values of small numbers.
func miniONNX(change func(map[string][]int)) []byte {
	shapes := map[string][]int{
		"stft.forward_basis_buffer": {258, 1, 256},
		"decoder.rnn.weight_ih":     {512, 128}, "decoder.rnn.weight_hh": {512, 128},
		"decoder.rnn.bias_ih": {512}, "decoder.rnn.bias_hh": {512},
		"decoder.decoder.2.weight": {1, 128, 1}, "decoder.decoder.2.bias": {1},
	}
	for i, c := range [][]int{{128, 129, 3}, {64, 128, 3}, {64, 64, 3}, {128, 64, 3}} {
		shapes[fmt.Sprintf("encoder.%d.reparam_conv.weight", i)] = c
		shapes[fmt.Sprintf("encoder.%d.reparam_conv.bias", i)] = c[:1]
	}
	if change != nil {
		change(shapes)
	}
	var graph []byte
	for n, name := range slices.Sorted(maps.Keys(shapes)) {
		count := 1
		tensor := []byte{onnxType << 3, onnxFloat32}
		for i, d := range shapes[name] {
			count *= d
			if i == 0 { // as a field of its own; the others packed
				tensor = binary.AppendUvarint(append(tensor, onnxDims<<3), uint64(d))
			}
		}
		var packed, data []byte
		for _, d := range shapes[name][min(1, len(shapes[name])):] {
			packed = binary.AppendUvarint(packed, uint64(d))
		}
		for i := range count {
			v := float64(n)
			if name == "stft.forward_basis_buffer" {
				k, at := i/256, i%256
				w := 0.5 - 0.5*math.Cos(2*math.Pi*float64(at)/256)
				if v = w * math.Cos(2*math.Pi*float64(k*at)/256); k >= 129 {
					v = -w * math.Sin(2*math.Pi*float64((k-129)*at)/256)
				}
			}
			data = binary.LittleEndian.AppendUint32(data, math.Float32bits(float32(v)))
		}
		tensor = append(tensor, field(onnxDims, packed)...)
		tensor = append(tensor, field(onnxName, []byte("model."+name))...)
		tensor = append(tensor, field(onnxData, data)...)
		graph = append(graph, field(onnxTensor, tensor)...)
	}
	head := append([]byte{1 << 3, 8, 9<<3 | 5, 0, 0, 0, 0, 10<<3 | 1}, make([]byte, 8)...)
	return append(head, field(onnxGraph, graph)...)
}

func TestADetectorComesOutOfItsONNXFile(t *testing.T) {
	out, err := convertActivity(miniONNX(nil))
	if err != nil || len(out) != activityBytes || string(out[:8]) != activityMagic {
		t.Fatalf("%d bytes, want %d; %v", len(out), activityBytes, err)
	}
	// Tensors have their number in the order of their names: the biases of the
	// LSTM are 2 and 3, their sum 5.
	biases := 8 + 4*(activityWindow+128*(3*activityBins+1)+64*(3*128+1)+64*(3*64+1)+128*(3*64+1)+2*512*128)
	if got := f32At(out[biases:], 7); got != 5 {
		t.Errorf("the sum of two biases is %g, want 5", got)
	}
	if got := f32At(out, (activityBytes-4)/4); got != 0 {
		t.Errorf("the last bias is %g, want 0", got)
	}
}

func TestAnotherONNXFileIsRefused(t *testing.T) {
	whole := miniONNX(nil)
	for name, b := range map[string][]byte{
		"nothing":                 nil,
		"cut short":               whole[:len(whole)/2],
		"without a tensor":        miniONNX(func(m map[string][]int) { delete(m, "decoder.rnn.bias_hh") }),
		"a tensor of other shape": miniONNX(func(m map[string][]int) { m["encoder.1.reparam_conv.weight"] = []int{64, 128, 5} }),
		"no Fourier transform":    slices.Concat(whole[:len(whole)-2000], []byte{0, 0, 0x80, 0x3f}, whole[len(whole)-1996:]),
	} {
		if _, err := convertActivity(b); models.CodeOf(err) != models.Unusable {
			t.Errorf("%s: %v, want Unusable", name, err)
		}
	}
}

func FuzzONNX(f *testing.F) {
	whole := miniONNX(nil)
	f.Add(whole[:300])
	f.Add(binary.AppendUvarint([]byte{onnxGraph<<3 | 2}, math.MaxUint64))
	f.Add(field(onnxGraph, field(onnxTensor, field(onnxDims, binary.AppendUvarint(nil, math.MaxUint64)))))
	f.Fuzz(func(t *testing.T, b []byte) {
		all, err := readONNX(b)
		if err != nil && models.CodeOf(err) != models.Unusable {
			t.Fatal(err)
		}
		n := 0
		for _, a := range all {
			n += len(a.data)
		}
		if n > len(b) {
			t.Fatal("more data than the file has bytes")
		}
		if _, err := convertActivity(b); err == nil && len(b) < activityBytes {
			t.Fatal("a detector out of fewer bytes than it has")
		}
	})
}
