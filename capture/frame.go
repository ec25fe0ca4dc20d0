package capture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"

	"github.com/afterword/afterword/capture/audio"
	"github.com/afterword/afterword/models"
)

// A minute file is a header and then frames. All numbers are little-endian.
//
//	header: mark (8) · length of the header (2) · minute (4) · rate (4) · channels (1) · wrapped key (the rest) · CRC-32 (4)
//	frame:  mark (8) · position (8) · samples (4) · rate (4) · channels (1) · zero (3) · length of the body (4) · CRC-32 of all this (4) · body
//
// The body is FLAC, sealed with the file's key; the associated data repeat the
// frame's header and name the session, so that no frame can be put elsewhere.
// A reader that meets anything unexpected looks for the next mark with a right
// CRC: a damaged stretch costs its own frames only.
const (
	minuteMark = "\x89AWmin1\n"
	frameMark  = "\x89AWfrm1\n"
	frameHead  = 36
)

// maxFrame bounds the body of a frame: a second of 8 channels at 192 kHz, raw.
const maxFrame = 8 * 192000 * 2 * 2

type minuteHeader struct {
	minute         int64
	rate, channels int
	wrapped        []byte
}

func (h minuteHeader) encode() []byte {
	b := []byte(minuteMark)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(minuteMark)+2+4+4+1+len(h.wrapped)+4))
	b = binary.LittleEndian.AppendUint32(b, uint32(h.minute))
	b = binary.LittleEndian.AppendUint32(b, uint32(h.rate))
	b = append(b, byte(h.channels))
	b = append(b, h.wrapped...)
	return binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
}

func parseMinuteHeader(b []byte) (h minuteHeader, size int, ok bool) {
	if len(b) < 23 || string(b[:8]) != minuteMark {
		return h, 0, false
	}
	size = int(binary.LittleEndian.Uint16(b[8:]))
	if size < 23 || size > len(b) || crc32.ChecksumIEEE(b[:size-4]) != binary.LittleEndian.Uint32(b[size-4:]) {
		return h, 0, false
	}
	h = minuteHeader{
		minute: int64(binary.LittleEndian.Uint32(b[10:])), rate: int(binary.LittleEndian.Uint32(b[14:])),
		channels: int(b[18]), wrapped: b[19 : size-4],
	}
	return h, size, h.rate > 0 && h.channels > 0
}

// frame is one sealed stretch of at most a second.
type frame struct {
	position int64 // of its first sample in the session, per channel
	samples  int   // per channel
	rate     int
	channels int
	body     []byte // sealed
}

func (f frame) end() int64 { return f.position + int64(f.samples) }

// context is the associated data of the body.
func (f frame) context(id models.SessionID, minute int64) string {
	return fmt.Sprintf("audio/%s/%d/%d+%d/%d×%d", id, minute, f.position, f.samples, f.rate, f.channels)
}

func (f frame) encode() []byte {
	b := make([]byte, 0, frameHead+len(f.body))
	b = append(b, frameMark...)
	b = binary.LittleEndian.AppendUint64(b, uint64(f.position))
	b = binary.LittleEndian.AppendUint32(b, uint32(f.samples))
	b = binary.LittleEndian.AppendUint32(b, uint32(f.rate))
	b = append(b, byte(f.channels), 0, 0, 0)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(f.body)))
	b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE(b))
	return append(b, f.body...)
}

// nextFrame finds the first whole frame in b and the number of bytes up to its
// end; ok is false when there is none.
func nextFrame(b []byte) (f frame, used int, ok bool) {
	for at := 0; ; at++ {
		i := bytes.Index(b[at:], []byte(frameMark))
		if i < 0 || len(b)-at-i < frameHead {
			return f, 0, false
		}
		at += i
		h := b[at : at+frameHead]
		if crc32.ChecksumIEEE(h[:32]) != binary.LittleEndian.Uint32(h[32:]) {
			continue
		}
		f = frame{
			position: int64(binary.LittleEndian.Uint64(h[8:])), samples: int(binary.LittleEndian.Uint32(h[16:])),
			rate: int(binary.LittleEndian.Uint32(h[20:])), channels: int(h[24]),
		}
		size := int(binary.LittleEndian.Uint32(h[28:]))
		if size > maxFrame || f.position < 0 || f.position > 1<<48 || f.samples > f.rate || f.samples < 1 || f.channels < 1 || at+frameHead+size > len(b) {
			continue // torn, or never ours
		}
		f.body = b[at+frameHead : at+frameHead+size : at+frameHead+size]
		return f, at + frameHead + size, true
	}
}

// sealFrame makes a frame of pcm, which begins at position.
func sealFrame(k keys, h minuteHeader, id models.SessionID, position int64, pcm []int16) (frame, error) {
	f := frame{position: position, samples: len(pcm) / h.channels, rate: h.rate, channels: h.channels}
	var err error
	f.body, err = k.Seal(h.wrapped, f.context(id, h.minute), audio.EncodeFLAC(nil, pcm, h.rate, h.channels))
	return f, err
}

// openFrame gives the samples of a frame. Unusable if it was tampered with,
// Locked if the keys cannot open it.
func openFrame(k keys, h minuteHeader, id models.SessionID, f frame) ([]int16, error) {
	plain, err := k.Open(h.wrapped, f.context(id, h.minute), f.body)
	if err != nil {
		return nil, err
	}
	pcm, rate, channels, err := audio.DecodeFLAC(plain, f.samples*f.channels)
	if err != nil {
		return nil, err
	}
	if rate != f.rate || channels != f.channels || len(pcm) != f.samples*f.channels {
		return nil, models.Errorf(models.Unusable, "open frame: its sound is of another form than its header")
	}
	return pcm, nil
}
