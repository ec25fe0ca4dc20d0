package weights

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"github.com/afterword/afterword/models"
)

// CTranslate2's model file, version 6, little endian: u32 version; string
// name of the specification; u32 revision; u32 number of variables; each: string name,
// u8 rank, u32 dimensions, u8 type, u32 bytes, data; then u32 number of
// aliases, each two strings. A string is u16 length with its final NUL, then
// the bytes.
const (
	ct2Version = 6
	ct2Spec    = "WhisperSpec"
	ct2I16     = 2
	ct2F16     = 4
	maxRank    = 4
)

// variable is one array of a CTranslate2 model; data lies in the file's bytes.
type variable struct {
	dims []int
	kind byte
	data []byte
}

// rows are rows [i, j) of a matrix, or entries of a vector.
func (v variable) rows(i, j int) variable {
	dims := slices.Clone(v.dims)
	dims[0] = j - i
	width := len(v.data) / max(1, v.dims[0])
	return variable{dims, v.kind, v.data[i*width : j*width]}
}

// readCT2 reads a model out of b, which the variables go on using. Nothing is
// allocated by a claimed length: every length must fit into what is left of b.
func readCT2(b []byte) (map[string]variable, error) {
	r := &reader{b: b}
	if v := r.u32(); r.err == nil && v != ct2Version {
		return nil, models.Errorf(models.Unusable, "read CTranslate2 model: it has version %d, expected %d", v, ct2Version)
	}
	if s := r.str(); r.err == nil && s != ct2Spec {
		return nil, models.Errorf(models.Unusable, "read CTranslate2 model: it is no %s", ct2Spec)
	}
	r.u32() // revision
	vars := map[string]variable{}
	for n := r.u32(); n > 0 && r.err == nil; n-- {
		name := r.str()
		v := variable{}
		rank := int(r.u8())
		if rank > maxRank {
			r.fail("variable of rank %d", rank)
		}
		count := 1
		for range min(rank, maxRank) {
			d := int(r.u32())
			if d > math.MaxInt32 || d > 0 && count > math.MaxInt32/d {
				r.fail("variable with too many entries")
				d = 0
			}
			count *= d
			v.dims = append(v.dims, d)
		}
		v.kind = r.u8()
		v.data = r.bytes(int(r.u32()))
		if size, ok := ct2Size[v.kind]; r.err == nil && (!ok || len(v.data) != count*size) {
			r.fail("variable whose size is not that of its shape")
		}
		vars[name] = v
	}
	if r.err != nil {
		return nil, models.Errorf(models.Unusable, "read CTranslate2 model: %w", r.err)
	}
	return vars, nil
}

// ct2Size is the size of one entry by type: f32, i8, i16, i32, f16.
var ct2Size = map[byte]int{0: 4, 1: 1, ct2I16: 2, 3: 4, ct2F16: 2}

// reader walks over bytes; after the first error all reads are zero.
type reader struct {
	b   []byte
	at  int
	err error
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("at byte %d: "+format, append([]any{r.at}, args...)...)
	}
}

func (r *reader) bytes(n int) []byte {
	if n < 0 || n > len(r.b)-r.at {
		r.fail("the file ends within %d bytes", n)
	}
	if r.err != nil {
		return nil
	}
	r.at += n
	return r.b[r.at-n : r.at]
}

func (r *reader) u8() byte {
	if b := r.bytes(1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) u32() uint32 {
	if b := r.bytes(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *reader) str() string {
	b := r.bytes(2)
	if b == nil {
		return ""
	}
	s := r.bytes(int(binary.LittleEndian.Uint16(b)))
	if r.err == nil && (len(s) == 0 || s[len(s)-1] != 0) {
		r.fail("a name without its end")
	}
	if r.err != nil {
		return ""
	}
	return string(s[:len(s)-1])
}
