package weights

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"runtime"
	"slices"
	"sync"

	"github.com/afterword/afterword/models"
)

// q8_0: blocks of 32 numbers, each a half-precision scale and 32 signed bytes.
const (
	block     = 32
	blockQ8_0 = 2 + block

	quantVersion = 2 // GGML_QNT_VERSION
	ftypeQ8_0    = 7
)

// unquantized are matrices that stay as they are, as in whisper.cpp's
// quantiser (examples/quantize).
var unquantized = []string{
	"encoder.conv1.bias", "encoder.conv2.bias", "encoder.positional_embedding", "decoder.positional_embedding",
}

// Bounds on what a ggml file may claim. The engine reads a token into 129
// bytes.
const (
	maxMel     = 1 << 20 // filter weights
	maxToken   = 128     // bytes
	maxName    = 256
	maxEntries = 1 << 30 // of a tensor
	slab       = 1 << 20 // entries in memory at a time
)

// Quantize writes the ggml file src (f16) as dst in q8_0: every matrix but
// those of unquantized, in the same order, bit-equal to what whisper.cpp 1.9.1
// makes. It streams: about 8 MB of memory. dst is synced, and removed on an
// error; the caller proves it. A src that is no ggml file, or damaged, is an
// Unusable error.
func Quantize(src, dst string, kind Kind) error {
	if kind != Q8_0 {
		return models.Errorf(models.Invalid, "quantise: no kind %q", kind)
	}
	f, err := os.Open(src)
	if err != nil {
		return models.Errorf(models.Unusable, "quantise: %w", err)
	}
	defer f.Close()
	return create(dst, func(out io.Writer) error { return quantize(bufio.NewReaderSize(f, 1<<20), out) })
}

func quantize(in io.Reader, out io.Writer) error {
	c := &copier{in: in, out: out}
	c.header()
	for c.err == nil && c.tensor() {
	}
	if c.err != nil {
		return models.Errorf(models.Unusable, "quantise: %w", c.err)
	}
	return nil
}

// copier reads a ggml file and writes it again; the first error sticks.
type copier struct {
	in   io.Reader
	out  io.Writer
	err  error
	raw  []byte // read
	made []byte // to write
}

var errDamaged = errors.New("the file is damaged or no ggml model")

func (c *copier) read(n int) []byte {
	c.raw = slices.Grow(c.raw[:0], n)[:n]
	if c.err == nil {
		if _, err := io.ReadFull(c.in, c.raw); err != nil {
			c.err = errDamaged
			if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
				c.err = err
			}
		}
	}
	if c.err != nil {
		clear(c.raw)
	}
	return c.raw
}

func (c *copier) write(b []byte) {
	if c.err == nil {
		_, c.err = c.out.Write(b)
	}
}

// i32 reads a number and copies it; beyond [0, limit] the file is damaged.
func (c *copier) i32(limit int) int {
	b := c.read(4)
	v := int(int32(binary.LittleEndian.Uint32(b)))
	if v < 0 || v > limit {
		c.damaged()
		return 0
	}
	c.write(b)
	return v
}

func (c *copier) damaged() {
	if c.err == nil {
		c.err = errDamaged
	}
}

func (c *copier) header() {
	if b := c.read(4); binary.LittleEndian.Uint32(b) != ggmlMagic {
		c.damaged()
	}
	c.write(appendI32(nil, ggmlMagic))
	for range 10 {
		c.i32(math.MaxInt32)
	}
	if b := c.read(4); binary.LittleEndian.Uint32(b) > ftypeF16 { // f32 or f16
		c.damaged()
	}
	c.write(appendI32(nil, quantVersion*1000+ftypeQ8_0))
	bands, bins := c.i32(maxMel), c.i32(maxMel)
	if bands*bins > maxMel {
		c.damaged()
		return
	}
	c.write(c.read(4 * bands * bins))
	for n := c.i32(maxTokens); n > 0 && c.err == nil; n-- {
		c.write(c.read(c.i32(maxToken)))
	}
}

// tensor copies one tensor, and is false at the end of the file.
func (c *copier) tensor() bool {
	var first [4]byte
	if _, err := io.ReadFull(c.in, first[:]); err != nil {
		if !errors.Is(err, io.EOF) {
			c.damaged()
		}
		return false
	}
	rank := int(binary.LittleEndian.Uint32(first[:]))
	b := c.read(8)
	length, kind := int(binary.LittleEndian.Uint32(b)), int(binary.LittleEndian.Uint32(b[4:]))
	if rank < 1 || rank > maxRank || length < 0 || length > maxName || kind < 0 || kind > ggmlF16 {
		c.damaged()
		return false
	}
	dims := slices.Clone(c.read(4 * rank))
	count := 1
	for i := range rank {
		d := int(binary.LittleEndian.Uint32(dims[4*i:]))
		if d < 1 || d > maxEntries || count > maxEntries/d {
			c.damaged()
			return false
		}
		count *= d
	}
	name := string(c.read(length))
	smaller := rank == 2 && !slices.Contains(unquantized, name)
	if smaller && binary.LittleEndian.Uint32(dims)%block != 0 {
		c.damaged() // a row is a whole number of blocks
		return false
	}
	to := kind
	if smaller {
		to = ggmlQ8_0
	}
	c.write(append(append(appendI32(nil, rank, length, to), dims...), name...))
	c.data(count, kind, smaller)
	return c.err == nil
}

// data copies count entries, a slab at a time.
func (c *copier) data(count, kind int, smaller bool) {
	size := 2
	if kind == ggmlF32 {
		size = 4
	}
	for count > 0 && c.err == nil {
		n := min(count, slab)
		count -= n
		b := c.read(n * size)
		if !smaller {
			c.write(b)
			continue
		}
		c.made = slices.Grow(c.made[:0], n/block*blockQ8_0)[:n/block*blockQ8_0]
		quantizeSlab(c.made, b, size)
		c.write(c.made)
	}
}

// quantizeSlab shares the blocks of a slab among the processors.
func quantizeSlab(dst, src []byte, size int) {
	blocks := len(dst) / blockQ8_0
	share := (blocks + runtime.GOMAXPROCS(0) - 1) / runtime.GOMAXPROCS(0)
	var all sync.WaitGroup
	for from := 0; from < blocks; from += share {
		to := min(blocks, from+share)
		all.Go(func() {
			var x [block]float32
			wide := halves()
			for i := from; i < to; i++ {
				for j := range x {
					at := (i*block + j) * size
					if size == 2 {
						x[j] = wide[binary.LittleEndian.Uint16(src[at:])]
					} else {
						x[j] = math.Float32frombits(binary.LittleEndian.Uint32(src[at:]))
					}
				}
				quantizeBlock((*[blockQ8_0]byte)(dst[i*blockQ8_0:]), &x)
			}
		})
	}
	all.Wait()
}

// quantizeBlock scales 32 numbers so that the largest becomes 127, and rounds
// halves away from zero, in float32 throughout (ggml's quantize_row_q8_0_ref).
func quantizeBlock(dst *[blockQ8_0]byte, x *[block]float32) {
	var top float32
	for _, v := range x {
		if v < 0 {
			v = -v
		}
		if v > top { // NaN is never larger
			top = v
		}
	}
	scale := top / 127
	var inverse float32
	if scale != 0 {
		inverse = 1 / scale
	}
	binary.LittleEndian.PutUint16(dst[:], narrow(scale))
	for j, v := range x {
		y := float64(float32(v * inverse)) // exact in float64, so that adding a half is too
		if y < 0 {
			dst[2+j] = byte(int8(y - 0.5))
		} else {
			dst[2+j] = byte(int8(y + 0.5))
		}
	}
}
