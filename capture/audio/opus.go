package audio

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"github.com/pion/opus"

	"github.com/afterword/afterword/models"
)

// opusRate is the rate at which Opus counts and at which we decode.
const opusRate = 48000

// opusSource reads Ogg Opus (RFC 7845) with one stream of one or two channels:
// every voice recorder and messenger. Surround files go to ffmpeg.
type opusSource struct {
	info   Info
	file   *os.File
	ogg    *oggReader
	head   opusHead
	dec    opus.Decoder
	skip   int     // samples per channel still to drop at the beginning of a link
	tags   bool    // the comment packet of the link was seen
	based  bool    // pos is right
	pos    int64   // granule position of the next decoded sample
	gain   float32 // of the header, as a factor
	out    []float32
	ready  []float32 // decoded, not yet delivered; part of out
	hole   int64     // samples per channel of silence to deliver before that
	eof    bool
	bad    int // packets that could not be decoded
	lost   int64
	failed bool // told rescue about bad packets
}

type opusHead struct {
	channels, skip int
	gain           int16 // dB in Q7.8
	streams        int
	rate           uint32
}

func parseOpusHead(b []byte) (h opusHead, ok bool) {
	if len(b) < 19 || string(b[:8]) != "OpusHead" || b[8]&0xf0 != 0 {
		return h, false
	}
	h = opusHead{
		channels: int(b[9]), skip: int(binary.LittleEndian.Uint16(b[10:])), rate: binary.LittleEndian.Uint32(b[12:]),
		gain: int16(binary.LittleEndian.Uint16(b[16:])), streams: 1,
	}
	if b[18] != 0 {
		if len(b) < 21+h.channels {
			return h, false
		}
		h.streams = int(b[19])
	}
	return h, true
}

func openOpus(f *os.File, start int64) (Source, error) {
	if _, err := f.Seek(start, io.SeekStart); err != nil {
		return nil, models.Errorf(models.Unusable, "read Ogg Opus: %w", withoutPath(err))
	}
	s := &opusSource{file: f, out: make([]float32, 0, 2*5760)}
	s.ogg = newOggReader(f, s.link)
	p, err := s.ogg.page()
	if err != nil {
		return nil, models.Errorf(models.Unusable, "read Ogg Opus: damaged header")
	}
	if s.head.streams != 1 || s.head.channels < 1 || s.head.channels > 2 {
		return nil, fmt.Errorf("read Ogg Opus: %w", &dialect{fmt.Sprintf("%d channels in %d streams", s.head.channels, s.head.streams)})
	}
	s.info = Info{Format: "Ogg Opus", Rate: opusRate, Channels: s.head.channels}
	if last := lastGranule(f, p.serial); last > 0 {
		s.info.Frames = max(0, last-int64(s.head.skip))
	}
	return s, nil
}

// link begins a logical stream: the first one, and each that is chained to it.
func (s *opusSource) link(first []byte) bool {
	h, ok := parseOpusHead(first)
	if !ok {
		return false
	}
	channels := h.channels
	if s.info.Channels != 0 {
		channels = s.info.Channels
	}
	dec, err := opus.NewDecoderWithOutput(opusRate, min(max(channels, 1), 2))
	if err != nil {
		return false
	}
	s.head, s.dec, s.skip, s.tags, s.based, s.pos = h, dec, h.skip, false, false, 0
	s.gain = float32(math.Pow(10, float64(h.gain)/256/20))
	return true
}

func (s *opusSource) Info() Info   { return s.info }
func (s *opusSource) Close() error { return s.file.Close() }

func (s *opusSource) Damage() error {
	var what []string
	if s.bad > 0 {
		what = append(what, fmt.Sprintf("%d packets could not be decoded", s.bad))
	}
	if s.ogg.skipped > 0 {
		what = append(what, "damaged pages were skipped")
	}
	if s.lost > 0 {
		what = append(what, fmt.Sprintf("%s are missing and became silence", models.Clock(models.At(s.lost/3))))
	}
	if what == nil {
		return nil
	}
	return fmt.Errorf("in the Ogg Opus stream %s", strings.Join(what, ", "))
}

func (s *opusSource) Read(out []float32) (int, error) {
	out = out[:len(out)/s.info.Channels*s.info.Channels]
	for len(s.ready) == 0 && s.hole == 0 {
		if s.eof {
			return 0, io.EOF
		}
		p, err := s.ogg.page()
		if err != nil {
			s.eof = true
			continue
		}
		s.ready = s.page(p)
		if s.bad > 0 && !s.failed {
			s.failed = true
			return 0, &dialect{"some packets could not be decoded"}
		}
	}
	if s.hole > 0 {
		n := int(min(s.hole, int64(len(out)/s.info.Channels)))
		clear(out[:n*s.info.Channels])
		s.hole -= int64(n)
		return n * s.info.Channels, nil
	}
	n := copy(out, s.ready)
	s.ready = s.ready[n:]
	return n, nil
}

// maxGap is the longest hole between two pages that is filled with silence. A
// greater step is a clock that was set anew, or a lie. Unit: samples.
const maxGap = 3600 * opusRate

// page decodes the packets of a page and puts them at their time.
func (s *opusSource) page(p oggPage) []float32 {
	ch := s.info.Channels
	s.out = s.out[:0]
	for _, packet := range p.packets {
		if !s.tags {
			s.tags = strings.HasPrefix(string(packet[:min(8, len(packet))]), "OpusTags")
			continue
		}
		s.decode(packet)
	}
	n := int64(len(s.out) / ch)
	if n == 0 || p.granule < 0 {
		return s.deliver(s.out)
	}
	begin := p.granule - n
	switch ahead := begin - s.pos; {
	case !s.based && (begin >= 0 || !p.end):
		s.based = true // a live stream may begin at any time
	case ahead > 120 && ahead <= maxGap && s.based:
		s.hole, s.lost = ahead, s.lost+ahead
	case ahead < 0 && p.end:
		s.out = s.out[:max(0, len(s.out)+int(max(ahead, -n))*ch)]
	}
	s.based, s.pos = true, p.granule
	return s.deliver(s.out)
}

// decode appends one packet to s.out, as silence if it is damaged.
func (s *opusSource) decode(packet []byte) {
	ch := s.info.Channels
	at := len(s.out)
	n := opusDuration(packet)
	if n == 0 {
		s.bad++
		return
	}
	s.out = append(s.out, make([]float32, 5760*ch)...)
	got, err := s.decodePacket(packet, s.out[at:])
	if err != nil || got != n {
		s.bad++
		clear(s.out[at:])
	}
	s.out = s.out[:at+n*ch]
}

func (s *opusSource) decodePacket(packet []byte, out []float32) (n int, err error) {
	defer func() {
		if recover() != nil {
			err = errBroken
		}
	}()
	return s.dec.DecodeToFloat32(packet, out)
}

// deliver drops what the encoder put in front, and applies the gain.
func (s *opusSource) deliver(b []float32) []float32 {
	n := min(s.skip*s.info.Channels, len(b))
	s.skip -= n / s.info.Channels
	b = b[n:]
	if s.head.gain != 0 {
		for i := range b {
			b[i] *= s.gain
		}
	}
	return b
}

// opusDuration is the length of a packet in samples at 48 kHz (RFC 6716, 3.1);
// 0 for one that cannot be right.
func opusDuration(b []byte) int {
	if len(b) == 0 {
		return 0
	}
	config := int(b[0] >> 3)
	frame := 0
	switch {
	case config < 12:
		frame = [4]int{480, 960, 1920, 2880}[config&3]
	case config < 16:
		frame = [2]int{480, 960}[config&1]
	default:
		frame = 120 << (config & 3)
	}
	count := 2
	switch b[0] & 3 {
	case 0:
		count = 1
	case 3:
		if len(b) < 2 {
			return 0
		}
		count = int(b[1] & 63)
	}
	if frame*count > 5760 {
		return 0
	}
	return frame * count
}

// lastGranule finds the position on the last page of the stream, 0 if it
// cannot be found.
func lastGranule(f *os.File, serial uint32) int64 {
	fi, err := f.Stat()
	if err != nil {
		return 0
	}
	at := max(0, fi.Size()-2*oggMaxPage)
	b := make([]byte, fi.Size()-at)
	if _, err := f.ReadAt(b, at); err != nil {
		return 0
	}
	for i := len(b) - 27; i >= 0; i-- {
		if string(b[i:i+4]) == "OggS" && binary.LittleEndian.Uint32(b[i+14:]) == serial {
			if g := int64(binary.LittleEndian.Uint64(b[i+6:])); g > 0 {
				return g
			}
		}
	}
	return 0
}
