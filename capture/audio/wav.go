package audio

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"github.com/afterword/afterword/models"
)

// Sony Wave64 names its chunks by GUIDs, of which the first four bytes are the
// RIFF name in lower case, except for the two outermost.
const (
	w64RIFF = "riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00"
	w64Tail = "\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a"
)

// wav reads RIFF, RIFX, RF64, BW64 and Wave64 files with PCM, float, A-law or
// mu-law samples.
type wav struct {
	info   Info
	r      io.Reader
	left   int64 // bytes of sound still to come; -1 to the end of the file
	sample sampleFormat
	buf    []byte
	closer io.Closer
}

func openWAV(f *os.File, start int64) (Source, error) {
	fi, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return readWAV(f, f, fi.Size()-start)
}

// wavHeader is what the chunks before the sound tell.
type wavHeader struct {
	tag, channels, align, bits int
	rate                       int
	order                      binary.ByteOrder
	size64                     int64 // of the data chunk, from ds64; 0 if none
}

// readWAV reads the header. size is the number of bytes in r, -1 if unknown.
func readWAV(r io.Reader, c io.Closer, size int64) (*wav, error) {
	br := bufio.NewReaderSize(r, 64<<10)
	w64, order, err := riffHead(br)
	if err != nil {
		return nil, err
	}
	at, h := int64(12), wavHeader{order: order}
	if w64 {
		at = 40
	}
	for {
		name, n, head, err := chunkHead(br, w64, order)
		at += head
		if err != nil {
			if h.rate == 0 {
				return nil, models.Errorf(models.Unusable, "read WAV: it has no format header")
			}
			return nil, models.Errorf(models.Unusable, "read WAV: it has a header and no sound")
		}
		switch {
		case name == "data" && h.rate == 0:
			return nil, models.Errorf(models.Unusable, "read WAV: sound without a format header in front of it")
		case name == "data":
			return h.open(br, c, n, size-at, size >= 0)
		}
		used, err := h.chunk(br, name, n)
		if err != nil {
			return nil, err
		}
		pad := n & 1
		if w64 {
			pad = -n & 7
		}
		if _, err := io.CopyN(io.Discard, br, n-used+pad); err != nil && err != io.EOF {
			return nil, err
		}
		at += n + pad
	}
}

func riffHead(r io.Reader) (w64 bool, order binary.ByteOrder, err error) {
	var b [40]byte
	if _, err := io.ReadFull(r, b[:12]); err != nil {
		return false, nil, models.Errorf(models.Unusable, "read WAV: the file is cut off in its header")
	}
	switch name := string(b[:4]); {
	case (name == "RIFF" || name == "RF64" || name == "BW64") && string(b[8:12]) == "WAVE":
		return false, binary.LittleEndian, nil
	case name == "RIFX" && string(b[8:12]) == "WAVE":
		return false, binary.BigEndian, nil
	}
	if _, err := io.ReadFull(r, b[12:]); err != nil || string(b[:16]) != w64RIFF || string(b[24:40]) != "wave"+w64Tail {
		return false, nil, models.Errorf(models.Unusable, "read WAV: damaged header")
	}
	return true, binary.LittleEndian, nil
}

// chunkHead reads the name and the size of the next chunk, and the number of
// bytes that these took.
func chunkHead(r io.Reader, w64 bool, order binary.ByteOrder) (name string, n, head int64, err error) {
	var b [24]byte
	if w64 {
		if _, err := io.ReadFull(r, b[:]); err != nil {
			return "", 0, 0, err
		}
		if n = int64(binary.LittleEndian.Uint64(b[16:])) - 24; n < 0 {
			n = 0
			if string(b[:4]) != "data" {
				return "", 0, 0, errors.New("damaged chunk")
			}
		}
		return string(b[:4]), n, 24, nil
	}
	if _, err := io.ReadFull(r, b[:8]); err != nil {
		return "", 0, 0, err
	}
	return string(b[:4]), int64(order.Uint32(b[4:])), 8, nil
}

// chunk takes in what a chunk before the sound tells; used is how many of its
// bytes were read.
func (h *wavHeader) chunk(r io.Reader, name string, n int64) (used int64, err error) {
	b := make([]byte, min(n, 40))
	if name != "fmt " && name != "ds64" {
		return 0, nil
	}
	if _, err := io.ReadFull(r, b); err != nil {
		return 0, models.Errorf(models.Unusable, "read WAV: the file is cut off in its header")
	}
	switch {
	case name == "ds64" && len(b) >= 16:
		h.size64 = int64(binary.LittleEndian.Uint64(b[8:]))
	case name == "fmt " && len(b) < 16:
		return 0, models.Errorf(models.Unusable, "read WAV: damaged format header")
	case name == "fmt ":
		h.tag, h.channels, h.rate = int(h.order.Uint16(b)), int(h.order.Uint16(b[2:])), int(h.order.Uint32(b[4:]))
		h.align, h.bits = int(h.order.Uint16(b[12:])), int(h.order.Uint16(b[14:]))
		if h.tag == 0xfffe && len(b) >= 26 {
			h.tag = int(h.order.Uint16(b[24:]))
		}
	}
	return int64(len(b)), nil
}

// open is called at the first byte of sound. n is what the data chunk claims,
// rest what the file still has, if that is known.
func (h *wavHeader) open(r *bufio.Reader, c io.Closer, n, rest int64, known bool) (*wav, error) {
	if n == math.MaxUint32 && h.size64 > 0 {
		n = h.size64
	}
	if !known {
		rest = math.MaxInt64
	}
	switch {
	case n == 0 && known && onlyChunks(r, rest, h.order):
		return nil, models.Errorf(models.Unusable, "read WAV: it has a header and no sound")
	case n <= 0 || n >= math.MaxUint32-256 && n <= math.MaxUint32 || n >= 1<<31-256 && n < 1<<31 || n > rest:
		n = rest // left so by a crash, or by a program that wrote to a pipe
	}
	f, err := h.format()
	if err != nil {
		return nil, err
	}
	w := &wav{info: Info{Format: f.name, Rate: h.rate, Channels: h.channels}, r: r, left: n, sample: f, closer: c}
	if err := checkInfo(w.info); err != nil {
		return nil, err
	}
	if known {
		if w.info.Frames = n / int64(f.size*h.channels); w.info.Frames == 0 {
			return nil, models.Errorf(models.Unusable, "read WAV: it has a header and no sound")
		}
	}
	return w, nil
}

// onlyChunks tells whether what follows an empty data chunk is more chunks and
// nothing else, so that the size 0 is the truth.
func onlyChunks(r *bufio.Reader, rest int64, order binary.ByteOrder) bool {
	if rest <= 0 {
		return true
	}
	b, _ := r.Peek(8)
	return len(b) == 8 && slices.Contains([]string{"LIST", "id3 ", "ID3 ", "bext", "cue ", "fact", "JUNK", "PEAK", "smpl", "iXML", "afsp"}, string(b[:4])) &&
		int64(order.Uint32(b[4:])) <= rest-8
}

// sampleFormat turns stored samples into numbers from -1 to 1.
type sampleFormat struct {
	name    string
	size    int // bytes per sample
	convert func(dst []float32, src []byte)
}

func (h *wavHeader) format() (sampleFormat, error) {
	size := (h.bits + 7) / 8
	if h.channels > 0 && h.align%h.channels == 0 && h.align/h.channels > size && h.align/h.channels <= 8 {
		size = h.align / h.channels // such as 24 bits kept in four bytes, in the upper ones
	}
	switch {
	case h.tag == 1 && size == 1:
		return sampleFormat{"WAV, 8-bit", 1, fromU8}, nil
	case h.tag == 1 && size == 2:
		return sampleFormat{"WAV, 16-bit", 2, ints(2, h.order)}, nil
	case h.tag == 1 && size == 3:
		return sampleFormat{"WAV, 24-bit", 3, ints(3, h.order)}, nil
	case h.tag == 1 && size == 4:
		return sampleFormat{"WAV, 32-bit", 4, ints(4, h.order)}, nil
	case h.tag == 3 && size == 4:
		return sampleFormat{"WAV, 32-bit float", 4, floats(4, h.order)}, nil
	case h.tag == 3 && size == 8:
		return sampleFormat{"WAV, 64-bit float", 8, floats(8, h.order)}, nil
	case h.tag == 6 && size == 1:
		return sampleFormat{"WAV, A-law", 1, byTable(&alawTable)}, nil
	case h.tag == 7 && size == 1:
		return sampleFormat{"WAV, mu-law", 1, byTable(&mulawTable)}, nil
	case h.tag == 1 || h.tag == 3 || h.tag == 6 || h.tag == 7:
		return sampleFormat{}, models.Errorf(models.Unusable, "read WAV: damaged format header (%d bits a sample)", h.bits)
	}
	return sampleFormat{}, fmt.Errorf("read WAV: %w", &dialect{fmt.Sprintf("its codec %#x is none that Afterword reads itself", h.tag)})
}

func (w *wav) Info() Info    { return w.info }
func (w *wav) Damage() error { return nil }
func (w *wav) Close() error  { return w.closer.Close() }

func (w *wav) Read(out []float32) (int, error) {
	frame := w.sample.size * w.info.Channels
	want := int(min(int64(len(out)/w.info.Channels), w.left/int64(frame), 8192))
	if want == 0 {
		return 0, io.EOF
	}
	if len(w.buf) < want*frame {
		w.buf = make([]byte, want*frame)
	}
	n, err := io.ReadFull(w.r, w.buf[:want*frame])
	w.left -= int64(n)
	if err == io.ErrUnexpectedEOF || err == io.EOF && n > 0 {
		err, w.left = nil, 0
	}
	n -= n % frame
	if n == 0 && err == nil {
		err = io.EOF
	}
	w.sample.convert(out[:n/w.sample.size], w.buf[:n])
	return n / w.sample.size, err
}

// WriteWAV writes pcm, interleaved 16-bit samples, as a WAV file: for clips.
// rate is in Hz.
func WriteWAV(w io.Writer, pcm []int16, rate, channels int) error {
	if err := WriteWAVHeader(w, int64(len(pcm)), rate, channels); err != nil {
		return err
	}
	return WritePCM(w, pcm)
}

// maxWAV is how many samples of 16 bits fit into a file whose sizes have 32 bits.
const maxWAV = (1<<32 - 1 - 36) / 2

// WriteWAVHeader writes the head of a WAV file of so many 16-bit samples, all
// channels together; WritePCM writes them. Invalid if they are too many for it.
func WriteWAVHeader(w io.Writer, samples int64, rate, channels int) error {
	if samples > maxWAV {
		return models.Errorf(models.Invalid, "write WAV: %d samples are too many for one file", samples)
	}
	var h bytes.Buffer
	size := uint32(2 * samples)
	h.WriteString("RIFF")
	le := binary.LittleEndian
	put32 := func(v uint32) { h.Write(le.AppendUint32(nil, v)) }
	put32(36 + size)
	h.WriteString("WAVEfmt \x10\x00\x00\x00\x01\x00")
	h.Write(le.AppendUint16(nil, uint16(channels)))
	put32(uint32(rate))
	put32(uint32(rate * channels * 2))
	h.Write(le.AppendUint16(nil, uint16(2*channels)))
	h.WriteString("\x10\x00data")
	put32(size)
	if _, err := w.Write(h.Bytes()); err != nil {
		return fmt.Errorf("write WAV: %w", err)
	}
	return nil
}

// WritePCM writes samples as they stand in a WAV file.
func WritePCM(w io.Writer, pcm []int16) error {
	b := make([]byte, 0, 2*len(pcm))
	for _, x := range pcm {
		b = binary.LittleEndian.AppendUint16(b, uint16(x))
	}
	if _, err := w.Write(b); err != nil {
		return fmt.Errorf("write WAV: %w", err)
	}
	return nil
}
