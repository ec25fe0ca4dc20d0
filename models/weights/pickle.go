package weights

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/afterword/afterword/models"
)

// PyTorch's old file format is a row of pickles, programs for a small stack
// machine that may call any function of Python. This machine calls nothing: it
// knows the few instructions that a saved state of tensors needs, makes values
// of its own of them, and refuses the rest. The file:
//
//	three pickles    magic number, protocol, kind of machine
//	a pickle         the state: dictionaries, numbers, and tensors as places in storages
//	a pickle         the keys of the storages, in the order in which their values follow
//	each storage     i64 number of values, the values (f32)

// Bounds of what is read. The state that we know has 1 800 instructions.
const (
	maxSteps  = 100_000
	maxStack  = 10_000
	maxString = 1 << 10
)

// Values of the machine beside nil, bool, int64, float64 and string.
type (
	pyTuple  []any
	pyList   struct{ items []any }
	pyDict   struct{ keys, values []any }
	pyGlobal string // "module name"
	pyMark   struct{}
	// pyStorage is an array of f32 that lies behind the pickles.
	pyStorage struct {
		key   string
		count int64
	}
	// pyTensor is a part of a storage.
	pyTensor struct {
		storage pyStorage
		offset  int64
		dims    []int64
		strides []int64
	}
)

func (d *pyDict) find(key string) any {
	for i, k := range d.keys {
		if k == key {
			return d.values[i]
		}
	}
	return nil
}

type unpickler struct {
	in    []byte
	stack []any
	memo  map[uint32]any
	err   error
}

func (u *unpickler) fail(format string, args ...any) {
	if u.err == nil {
		u.err = models.Errorf(models.Unusable, "read pickle: "+format, args...)
	}
}

// unpickle reads one pickle; rest is what follows it.
func unpickle(b []byte) (value any, rest []byte, err error) {
	u := &unpickler{in: b, memo: map[uint32]any{}}
	for range maxSteps {
		op := u.take(1)
		if u.err != nil {
			return nil, nil, u.err
		}
		if op[0] == '.' {
			v := u.pop()
			if len(u.stack) > 0 {
				u.fail("values are left over")
			}
			return v, u.in, u.err
		}
		u.step(op[0])
		if len(u.stack) > maxStack || len(u.memo) > maxSteps {
			u.fail("it is too deep")
		}
	}
	return nil, nil, models.Errorf(models.Unusable, "read pickle: it does not end")
}

func (u *unpickler) take(n uint32) []byte {
	if u.err == nil && uint64(n) > uint64(len(u.in)) {
		u.fail("it is cut short")
	}
	if u.err != nil {
		return make([]byte, min(n, 16))
	}
	b := u.in[:n]
	u.in = u.in[n:]
	return b
}

func (u *unpickler) line() string {
	i := bytes.IndexByte(u.in[:min(len(u.in), maxString)], '\n')
	if i < 0 {
		u.fail("a name does not end")
		return ""
	}
	s := string(u.in[:i])
	u.in = u.in[i+1:]
	return s
}

func (u *unpickler) text() string {
	n := binary.LittleEndian.Uint32(u.take(4))
	if n > maxString {
		u.fail("a text of %d bytes", n)
		return ""
	}
	return string(u.take(n))
}

func (u *unpickler) push(v any) { u.stack = append(u.stack, v) }

func (u *unpickler) pop() any {
	if len(u.stack) == 0 {
		u.fail("a value is missing")
		return nil
	}
	v := u.stack[len(u.stack)-1]
	u.stack = u.stack[:len(u.stack)-1]
	return v
}

func (u *unpickler) popN(n int) pyTuple {
	if len(u.stack) < n {
		u.fail("a value is missing")
		return make(pyTuple, n)
	}
	v := append(pyTuple(nil), u.stack[len(u.stack)-n:]...)
	u.stack = u.stack[:len(u.stack)-n]
	return v
}

// popMark takes all values down to the last mark.
func (u *unpickler) popMark() pyTuple {
	for i := len(u.stack) - 1; i >= 0; i-- {
		if _, ok := u.stack[i].(pyMark); ok {
			v := append(pyTuple(nil), u.stack[i+1:]...)
			u.stack = u.stack[:i]
			return v
		}
	}
	u.fail("a mark is missing")
	return nil
}

func (u *unpickler) store(n uint32) {
	if len(u.stack) == 0 {
		u.fail("a value is missing")
		return
	}
	u.memo[n] = u.stack[len(u.stack)-1]
}

func (u *unpickler) recall(n uint32) {
	v, ok := u.memo[n]
	if !ok {
		u.fail("value %d was never stored", n)
	}
	u.push(v)
}

// step carries out one instruction, named here as Python's pickletools does.
func (u *unpickler) step(op byte) {
	switch op {
	case 0x80: // PROTO
		if v := u.take(1)[0]; v != 2 {
			u.fail("protocol %d", v)
		}
	case '}': // EMPTY_DICT
		u.push(&pyDict{})
	case ']': // EMPTY_LIST
		u.push(&pyList{})
	case '(': // MARK
		u.push(pyMark{})
	case ')': // EMPTY_TUPLE
		u.push(pyTuple(nil))
	case 't': // TUPLE
		u.push(u.popMark())
	case 0x85, 0x86, 0x87: // TUPLE1, 2, 3
		u.push(u.popN(int(op - 0x84)))
	case 'q': // BINPUT
		u.store(uint32(u.take(1)[0]))
	case 'r': // LONG_BINPUT
		u.store(binary.LittleEndian.Uint32(u.take(4)))
	case 'h': // BINGET
		u.recall(uint32(u.take(1)[0]))
	case 'j': // LONG_BINGET
		u.recall(binary.LittleEndian.Uint32(u.take(4)))
	case 's': // SETITEM
		kv := u.popN(2)
		u.setItems(kv)
	case 'u': // SETITEMS
		u.setItems(u.popMark())
	case 'a': // APPEND
		v := u.popN(1)
		u.appendItems(v)
	case 'e': // APPENDS
		u.appendItems(u.popMark())
	case 'c': // GLOBAL
		module := u.line()
		u.push(pyGlobal(module + " " + u.line()))
	case 'R': // REDUCE
		args := u.pop()
		u.reduce(u.pop(), args)
	case 'b': // BUILD: attributes of a dictionary, of which none is needed
		u.pop()
	case 'Q': // BINPERSID
		u.storage(u.pop())
	default:
		u.scalar(op)
	}
}

// scalar carries out an instruction that pushes one plain value.
func (u *unpickler) scalar(op byte) {
	switch op {
	case 'N': // NONE
		u.push(nil)
	case 0x88: // NEWTRUE
		u.push(true)
	case 0x89: // NEWFALSE
		u.push(false)
	case 'K': // BININT1
		u.push(int64(u.take(1)[0]))
	case 'M': // BININT2
		u.push(int64(binary.LittleEndian.Uint16(u.take(2))))
	case 'J': // BININT
		u.push(int64(int32(binary.LittleEndian.Uint32(u.take(4)))))
	case 0x8a: // LONG1, whose value is never needed
		u.take(uint32(u.take(1)[0]))
		u.push(int64(0))
	case 'G': // BINFLOAT
		u.push(math.Float64frombits(binary.BigEndian.Uint64(u.take(8))))
	case 'X': // BINUNICODE
		u.push(u.text())
	default:
		u.fail("instruction %#x is none that is needed here", op)
	}
}

func (u *unpickler) setItems(kv pyTuple) {
	if len(u.stack) == 0 || len(kv)%2 != 0 {
		u.fail("a value is missing")
		return
	}
	d, ok := u.stack[len(u.stack)-1].(*pyDict)
	if !ok {
		u.fail("items for what is no dictionary")
		return
	}
	for i := 0; i < len(kv); i += 2 {
		d.keys, d.values = append(d.keys, kv[i]), append(d.values, kv[i+1])
	}
}

func (u *unpickler) appendItems(v pyTuple) {
	if len(u.stack) == 0 {
		u.fail("a value is missing")
		return
	}
	l, ok := u.stack[len(u.stack)-1].(*pyList)
	if !ok {
		u.fail("items for what is no list")
		return
	}
	l.items = append(l.items, v...)
}

// reduce stands for the two calls that a saved state holds.
func (u *unpickler) reduce(callee, args any) {
	a, _ := args.(pyTuple)
	switch callee {
	case pyGlobal("collections OrderedDict"):
		u.push(&pyDict{})
	case pyGlobal("torch._utils _rebuild_tensor_v2"):
		if len(a) < 4 {
			u.fail("a tensor of %d arguments", len(a))
			return
		}
		t := pyTensor{}
		var ok [4]bool
		t.storage, ok[0] = a[0].(pyStorage)
		t.offset, ok[1] = a[1].(int64)
		t.dims, ok[2] = integers(a[2])
		t.strides, ok[3] = integers(a[3])
		if ok != [4]bool{true, true, true, true} || len(t.dims) != len(t.strides) {
			u.fail("a tensor of the wrong arguments")
		}
		u.push(t)
	default:
		u.fail("a call of %.60q", fmt.Sprint(callee))
	}
}

func integers(v any) ([]int64, bool) {
	t, ok := v.(pyTuple)
	var out []int64
	for _, x := range t {
		n, isInt := x.(int64)
		ok = ok && isInt
		out = append(out, n)
	}
	return out, ok
}

// storage reads ("storage", FloatStorage, key, device, count, view).
func (u *unpickler) storage(v any) {
	t, _ := v.(pyTuple)
	if len(t) < 5 || t[0] != "storage" || t[1] != pyGlobal("torch FloatStorage") {
		u.fail("a storage of the wrong kind")
		return
	}
	key, isText := t[2].(string)
	count, isInt := t[4].(int64)
	if !isText || !isInt || count < 0 {
		u.fail("a storage of the wrong kind")
		return
	}
	u.push(pyStorage{key, count})
}
