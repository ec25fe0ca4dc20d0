package weights

import (
	"encoding/binary"

	"github.com/afterword/afterword/models"
)

// An ONNX file is a message of Protocol Buffers: the graph is its field 7, a
// tensor of weights a field 5 of that; of a tensor, field 1 are the dimensions,
// 2 is the type, 8 the name, 9 the data, little endian.
const (
	onnxGraph   = 7
	onnxTensor  = 5
	onnxDims    = 1
	onnxType    = 2
	onnxName    = 8
	onnxData    = 9
	onnxFloat32 = 1
)

// onnxWeights are the f32 tensors of an ONNX file by their names; nothing of
// the graph itself is read.
type onnxWeights map[string]onnxArray

type onnxArray struct {
	dims []int
	data []byte
}

// readONNX reads the tensors of a file. Unusable if it is none.
func readONNX(b []byte) (onnxWeights, error) {
	out := onnxWeights{}
	err := eachField(b, func(field int, _ uint64, graph []byte) error {
		if field != onnxGraph {
			return nil
		}
		return eachField(graph, func(field int, _ uint64, tensor []byte) error {
			if field != onnxTensor {
				return nil
			}
			return out.add(tensor)
		})
	})
	return out, err
}

func (o onnxWeights) add(tensor []byte) error {
	var a onnxArray
	var name string
	var kind uint64
	err := eachField(tensor, func(field int, value uint64, data []byte) error {
		switch field {
		case onnxDims:
			if data == nil {
				a.dims = append(a.dims, int(value))
			}
			for len(data) > 0 { // several in one field
				v, n := binary.Uvarint(data)
				if n <= 0 {
					return errONNX
				}
				a.dims, data = append(a.dims, int(v)), data[n:]
			}
		case onnxType:
			kind = value
		case onnxName:
			name = string(data)
		case onnxData:
			a.data = data
		}
		return nil
	})
	if err == nil && kind == onnxFloat32 {
		o[name] = a
	}
	return err
}

// take is the data of the tensor of that name, which must have these
// dimensions.
func (o onnxWeights) take(name string, dims ...int) ([]byte, error) {
	a, ok := o[name]
	fits, n := ok && len(a.dims) == len(dims), 4
	for i := 0; fits && i < len(dims); i++ {
		fits = a.dims[i] == dims[i]
		n *= dims[i]
	}
	if !fits || len(a.data) != n {
		return nil, models.Errorf(models.Unusable, "read ONNX file: tensor %q is missing or has another shape", name)
	}
	return a.data, nil
}

var errONNX = models.Errorf(models.Unusable, "read ONNX file: it is cut short or none")

// eachField calls what for each field of a message: with the value of a number,
// or with the bytes of whatever has a length; others are passed over.
func eachField(b []byte, what func(field int, value uint64, data []byte) error) error {
	for len(b) > 0 {
		key, n := binary.Uvarint(b)
		if n <= 0 {
			return errONNX
		}
		b = b[n:]
		var value uint64
		var data []byte
		switch size := 0; key & 7 {
		case 0:
			if value, size = binary.Uvarint(b); size <= 0 {
				return errONNX
			}
			b = b[size:]
		case 2:
			length, size := binary.Uvarint(b)
			if size <= 0 || length > uint64(len(b)-size) {
				return errONNX
			}
			data = b[size : size+int(length) : size+int(length)]
			b = b[size+int(length):]
		case 1, 5:
			if size = 8; key&7 == 5 {
				size = 4
			}
			if len(b) < size {
				return errONNX
			}
			b = b[size:]
			continue
		default:
			return errONNX
		}
		if err := what(int(key>>3), value, data); err != nil {
			return err
		}
	}
	return nil
}
