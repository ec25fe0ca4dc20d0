package weights

import (
	"encoding/binary"

	"github.com/afterword/afterword/models"
)

// torchState is the saved state of a PyTorch program: its values, and the
// storages that its tensors lie in.
type torchState struct {
	root     *pyDict
	storages map[string][]byte // f32, little endian
}

// readTorch reads a file in PyTorch's old format. Unusable if it is none, or
// holds more than a state of f32 tensors.
func readTorch(b []byte) (torchState, error) {
	s := torchState{storages: map[string][]byte{}}
	var values [5]any
	var err error
	for i := range values {
		if values[i], b, err = unpickle(b); err != nil {
			return s, err
		}
	}
	const protocol = 1001
	root, isDict := values[3].(*pyDict)
	keys, isList := values[4].(*pyList)
	if values[1] != int64(protocol) || !isDict || !isList {
		return s, models.Errorf(models.Unusable, "read torch file: it has another layout")
	}
	s.root = root
	for _, k := range keys.items {
		key, ok := k.(string)
		if !ok || len(b) < 8 {
			return s, models.Errorf(models.Unusable, "read torch file: it is cut short")
		}
		n := binary.LittleEndian.Uint64(b)
		b = b[8:]
		if n > uint64(len(b)/4) {
			return s, models.Errorf(models.Unusable, "read torch file: a storage is cut short")
		}
		s.storages[key] = b[:4*n]
		b = b[4*n:]
	}
	return s, nil
}

// tensor is the f32 values of a tensor of the dictionary d, which must have
// just these dimensions and lie in one piece.
func (s torchState) tensor(d *pyDict, name string, dims ...int64) ([]byte, error) {
	t, ok := d.find(name).(pyTensor)
	fits := ok && len(t.dims) == len(dims)
	n := int64(1)
	for i := len(dims) - 1; fits && i >= 0; i-- {
		fits = t.dims[i] == dims[i] && (t.strides[i] == n || dims[i] == 1)
		n *= dims[i]
	}
	data := s.storages[t.storage.key]
	if !fits || t.offset < 0 || t.offset > int64(len(data)/4)-n {
		return nil, models.Errorf(models.Unusable, "read torch file: tensor %q is missing or has another shape", name)
	}
	return data[4*t.offset : 4*(t.offset+n)], nil
}
