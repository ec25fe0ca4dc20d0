package audio

import (
	"encoding/binary"
	"os"
	"strings"
)

// opener reads a kind of file of which sound starts at byte start of f.
type opener func(f *os.File, start int64) (Source, error)

// magics are the formats that are known by fixed bytes. Those without an
// opener go to ffmpeg; demuxer is its name for the format.
var magics = []struct {
	at    int
	magic string
	kind  string
	open  opener
}{
	{0, "fLaC", "FLAC", openFLAC},
	{0, "\x1a\x45\xdf\xa3", "WebM or Matroska", nil},
	{0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11", "WMA", nil},
	{0, "#!AMR", "AMR", nil},
	{0, "NIST_1A", "SPHERE", nil},
	{0, ".snd", "AU", nil},
	{0, "caff", "CAF", nil},
	{0, "ADIF", "AAC", nil},
	{0, "MAC ", "Monkey's Audio", nil},
	{0, "wvpk", "WavPack", nil},
	{0, "TTA1", "TTA", nil},
	{0, "TTA2", "TTA", nil},
	{0, "tBaK", "TAK", nil},
	{0, "MPCK", "Musepack", nil},
	{0, "MP+", "Musepack", nil},
	{0, "Creative Voice File", "VOC", nil},
	{0, "FLV\x01", "FLV", nil},
	{0, ".RMF", "RealMedia", nil},
	{0, ".ra\xfd", "RealAudio", nil},
	{0, "DSD ", "DSF", nil},
	{0, "FRM8", "DSDIFF", nil},
	{0, "\x0b\x77", "AC-3", nil},
	{0, "\x7f\xfe\x80\x01", "DTS", nil},
	{0, "\x00\x00\x01\xba", "MPEG video", nil},
	{0, ".SoX", "SoX", nil},
	{0, "XoS.", "SoX", nil},
	{4, "ftyp", "MP4 or M4A", nil},
	{4, "moov", "QuickTime", nil},
	{4, "mdat", "QuickTime", nil},
	{4, "wide", "QuickTime", nil},
	{8, "AIFF", "AIFF", nil},
	{8, "AIFC", "AIFF", nil},
	{8, "AVI ", "AVI", nil},
	{8, "WAVE", "WAV", openWAV},
}

// sniff tells the kind of a file from its first bytes, and our reader for it
// if there is one. An empty kind means that it is nothing known.
func sniff(head []byte) (kind string, open opener) {
	s := string(head[:min(len(head), 64)])
	if strings.HasPrefix(s, "OggS") {
		switch {
		case strings.Contains(s, "OpusHead"):
			return "Ogg Opus", openOpus
		case strings.Contains(s, "\x01vorbis"):
			return "Ogg Vorbis", nil
		}
		return "Ogg", nil
	}
	if strings.HasPrefix(s, w64RIFF) {
		return "WAV", openWAV
	}
	for _, m := range magics {
		if m.magic == "WAVE" && !strings.HasPrefix(s, "RIFF") && !strings.HasPrefix(s, "RF64") && !strings.HasPrefix(s, "BW64") && !strings.HasPrefix(s, "RIFX") {
			continue
		}
		if len(s) > m.at && strings.HasPrefix(s[m.at:], m.magic) {
			return m.kind, m.open
		}
	}
	if adts(head) {
		return "AAC", nil
	}
	if at := findMPEG(head); at >= 0 {
		return "MP3", openMP3
	}
	if len(head) > 188*4 && head[0] == 0x47 && head[188] == 0x47 && head[376] == 0x47 && head[564] == 0x47 {
		return "MPEG video", nil
	}
	return "", nil
}

// adts tells whether b starts with three AAC frames in a row, or with whole
// ones up to its end.
func adts(b []byte) bool {
	at := 0
	for n := 0; ; n++ {
		if n == 3 {
			return true
		}
		if at+7 > len(b) {
			return n > 0
		}
		if b[at] != 0xff || b[at+1]&0xf6 != 0xf0 {
			return false
		}
		size := int(b[at+3]&3)<<11 | int(b[at+4])<<3 | int(b[at+5])>>5
		if size < 7 {
			return false
		}
		at += size
	}
}

// mpegHeader is the first four bytes of a frame of MPEG audio.
type mpegHeader uint32

// Bit rates in kbit/s: MPEG-1 layers I to III, MPEG-2 layers I and II to III.
var mpegRates = [5][15]int{
	{0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},
	{0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},
	{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
	{0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},
	{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
}

func (h mpegHeader) valid() bool {
	return h>>21 == 0x7ff && h.version() != 1 && h.layer() != 0 && h>>12&15 != 15 && h>>12&15 != 0 && h>>10&3 != 3
}

func (h mpegHeader) version() int { return int(h >> 19 & 3) } // 3 MPEG-1, 2 MPEG-2, 0 MPEG-2.5
func (h mpegHeader) layer() int   { return int(h >> 17 & 3) } // 3 is I, 2 is II, 1 is III
func (h mpegHeader) mono() bool   { return h>>6&3 == 3 }

// rate is the sample rate in Hz.
func (h mpegHeader) rate() int {
	r := [3]int{44100, 48000, 32000}[h>>10&3]
	switch h.version() {
	case 2:
		r /= 2
	case 0:
		r /= 4
	}
	return r
}

// kbps is the bit rate in kbit/s.
func (h mpegHeader) kbps() int {
	row := 3 - h.layer()
	if h.version() != 3 {
		row = min(3+row, 4)
	}
	return mpegRates[row][h>>12&15]
}

// samples is the number of samples per channel in a frame.
func (h mpegHeader) samples() int {
	switch {
	case h.layer() == 3:
		return 384
	case h.layer() == 1 && h.version() != 3:
		return 576
	}
	return 1152
}

// size is the number of bytes in the frame.
func (h mpegHeader) size() int {
	pad := int(h >> 9 & 1)
	if h.layer() == 3 {
		return (12*h.kbps()*1000/h.rate() + pad) * 4
	}
	return h.samples()/8*h.kbps()*1000/h.rate() + pad
}

// findMPEG finds the first of four frames in a row that agree with one
// another (fewer where b ends); -1 if there are none. One header alone turns
// up in any noise.
func findMPEG(b []byte) int {
	const same = 0xfffe0c00 // sync, version, layer, rate
	for at := 0; at+4 <= len(b); at++ {
		if b[at] != 0xff {
			continue
		}
		first := mpegHeader(binary.BigEndian.Uint32(b[at:]))
		next := at
		for n := 0; ; n++ {
			if n == 4 || n > 0 && at == 0 && next == len(b) {
				return at
			}
			if next+4 > len(b) {
				if n >= 2 {
					return at
				}
				break
			}
			h := mpegHeader(binary.BigEndian.Uint32(b[next:]))
			if !h.valid() || (h^first)&same != 0 {
				break
			}
			next += h.size()
		}
	}
	return -1
}
