package weights

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/afterword/afterword/models"
)

// Activity is the name of the voice activity detector, which tells speech from
// other sound.
const Activity = "vad"

// The file that is made of it, little endian: the eight bytes "AWVADET1", then
// f32: the window of the spectra (256 values); for each of the four
// convolutions its weights [output][input][3] and biases; of the LSTM the weights
// of the input and of the state before, [4 × 128 rows][128], four blocks of
// rows, one for each gate: input, forget, cell, output, and the sum of both
// biases; at the end weights and bias of the one output.
const (
	activityMagic  = "AWVADET1"
	activityWindow = 256
	activityBins   = activityWindow/2 + 1
	activityCells  = 128
	activityBytes  = 8 + 4*(activityWindow+128*(3*activityBins+1)+64*(3*128+1)+64*(3*64+1)+128*(3*64+1)+4*activityCells*(2*activityCells+1)+activityCells+1)
)

// activityWeight is Silero's detector, version 6, for 16 kHz. Of the files in its
// package it is this one: the .safetensors beside it holds the weights of an
// earlier version.
var activityWeight = Weight{
	Name: Activity, Model: Activity, Kind: F32, File: "vad-silero6.bin", Bytes: activityBytes,
	SHA256: "720dcd0113fc66acabc66910c949f89a37bbef51e41f9ff4d7727f443d1f575a",
	Wheels: []Wheel{{
		"silero-vad", "6.2.3", "silero_vad-6.2.3-py3-none-any.whl", 11317527,
		"7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8",
		"silero_vad/data/silero_vad_16k_op15.onnx", "",
	}},
}

// convertActivity makes the detector's file of an ONNX file.
func convertActivity(b []byte) ([]byte, error) {
	o, err := readONNX(b)
	if err != nil {
		return nil, err
	}
	take := func(name string, dims ...int) (data []byte) {
		if err == nil {
			data, err = o.take("model."+name, dims...)
		}
		return data
	}
	basis := take("stft.forward_basis_buffer", 2*activityBins, 1, activityWindow)
	if err != nil {
		return nil, err
	}
	if !fourier(basis) {
		return nil, models.Errorf(models.Unusable, "convert the voice activity detector: its first step is no Fourier transform")
	}
	// At frequency 0 the cosine is 1: what is left is the window.
	out := append([]byte(activityMagic), basis[:4*activityWindow]...)
	for i, c := range [][2]int{{128, activityBins}, {64, 128}, {64, 64}, {128, 64}} {
		name := fmt.Sprintf("encoder.%d.reparam_conv.", i)
		out = append(out, take(name+"weight", c[0], c[1], 3)...)
		out = append(out, take(name+"bias", c[0])...)
	}
	const gates = 4 * activityCells
	out = append(out, take("decoder.rnn.weight_ih", gates, activityCells)...)
	out = append(out, take("decoder.rnn.weight_hh", gates, activityCells)...)
	one, two := take("decoder.rnn.bias_ih", gates), take("decoder.rnn.bias_hh", gates)
	for i := 0; i < len(two); i += 4 {
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(f32At(one, i/4)+f32At(two, i/4)))
	}
	out = append(out, take("decoder.decoder.2.weight", 1, activityCells, 1)...)
	out = append(out, take("decoder.decoder.2.bias", 1)...)
	return out, err
}

func f32At(b []byte, i int) float32 {
	return math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
}

// fourier tells whether basis, which a window is multiplied with, is a Fourier
// transform behind a window: so whoever computes it may take a fast one.
func fourier(basis []byte) bool {
	for k := range activityBins {
		for i := range activityWindow {
			sin, cos := math.Sincos(2 * math.Pi * float64(k*i%activityWindow) / activityWindow)
			w := float64(f32At(basis, i))
			re := float64(f32At(basis, k*activityWindow+i)) - w*cos
			im := float64(f32At(basis, (activityBins+k)*activityWindow+i)) + w*sin
			if !(math.Abs(re) < 1e-5 && math.Abs(im) < 1e-5) {
				return false
			}
		}
	}
	return true
}
