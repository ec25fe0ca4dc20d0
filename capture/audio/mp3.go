package audio

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/hajimehoshi/go-mp3"

	"github.com/afterword/afterword/models"
)

// mp3Source reads layer III of MPEG-1 and MPEG-2 by go-mp3, which always gives
// 16-bit stereo. MPEG-2.5 (dictaphones) and layers I and II need ffmpeg.
//
// Where ffmpeg is installed it reads all MP3: go-mp3 decodes 74 times as fast
// as real time, so that an hour would cost a third of its transcription.
// Compared with ffmpeg on one text in 78 encodings, it also makes noise of
// padded frames at 22 050 Hz, see misread, and errs by -26 to -40 dB at
// 24 000 Hz; all other encodings agree, in length too.
type mp3Source struct {
	info Info
	file *os.File
	dec  *mp3.Decoder
	skip int64 // frames to drop: the encoder's and the decoder's delay
	left int64 // frames to deliver; -1 if unknown
	buf  []byte
}

// mp3Delay is what every decoder adds in front. Unit: samples.
const mp3Delay = 529

func openMP3(f *os.File, start int64) (Source, error) {
	head := make([]byte, 64<<10)
	n, err := f.ReadAt(head, start)
	if err != nil && err != io.EOF {
		return nil, models.Errorf(models.Unusable, "read MP3: %w", withoutPath(err))
	}
	head = head[:n]
	at := findMPEG(head)
	if at < 0 {
		return nil, models.Errorf(models.Unusable, "read MP3: no frames found")
	}
	h := mpegHeader(binary.BigEndian.Uint32(head[at:]))
	if why := beyondGoMP3(h, head[at:]); why != "" {
		return nil, fmt.Errorf("read MP3: %w", &dialect{why})
	}
	if _, err := f.Seek(start+int64(at), io.SeekStart); err != nil {
		return nil, models.Errorf(models.Unusable, "read MP3: %w", withoutPath(err))
	}
	s := &mp3Source{file: f, left: -1, info: Info{Format: "MP3", Rate: h.rate(), Channels: 2}}
	if h.mono() {
		s.info.Channels = 1
	}
	s.lengths(h, head[at:], f, start+int64(at))
	// Without Seek the decoder does not walk through the whole file first.
	if s.dec, err = mp3.NewDecoder(struct{ io.Reader }{f}); err != nil {
		return nil, fmt.Errorf("read MP3: %w", &dialect{"its first frame is damaged"})
	}
	return s, nil
}

// beyondGoMP3 says why go-mp3 cannot read the file that begins with b; empty
// if it can.
func beyondGoMP3(h mpegHeader, b []byte) string {
	switch {
	case h.layer() != 1:
		return "it is MPEG layer I or II"
	case h.version() == 0:
		return "it is MPEG 2.5"
	case misread(b):
		return fmt.Sprintf("it is MPEG 2 at %d Hz", h.rate())
	}
	return ""
}

// misread tells whether b has a frame of which go-mp3 gets the size wrong.
func misread(b []byte) bool {
	for len(b) >= 4 {
		h := mpegHeader(binary.BigEndian.Uint32(b))
		if !h.valid() {
			return false
		}
		if h.version() == 2 && (144000*h.kbps()/h.rate()+int(h>>9&1))>>1 != h.size() {
			return true
		}
		b = b[min(h.size(), len(b)):]
	}
	return false
}

// lengths reads the frame that many encoders put in front to tell the length,
// and the delay to cut off. Without it the length is guessed from the bit rate.
func (s *mp3Source) lengths(h mpegHeader, b []byte, f *os.File, start int64) {
	per := int64(h.samples())
	b = b[:min(len(b), h.size())]
	at := 36
	switch {
	case h.version() == 3 && h.mono(), h.version() != 3 && !h.mono():
		at = 21
	case h.version() != 3:
		at = 13
	}
	if len(b) >= at+12 && (strings.HasPrefix(string(b[at:]), "Xing") || strings.HasPrefix(string(b[at:]), "Info")) {
		s.skip = per
		flags := binary.BigEndian.Uint32(b[at+4:])
		if flags&1 != 0 {
			s.info.Frames = per * int64(binary.BigEndian.Uint32(b[at+8:]))
		}
		lame := at + 8
		for i, n := range []int{4, 4, 100, 4} {
			if flags>>i&1 != 0 {
				lame += n
			}
		}
		if len(b) >= lame+24 && (string(b[lame:lame+4]) == "LAME" || string(b[lame:lame+4]) == "Lavc" || string(b[lame:lame+4]) == "Lavf") {
			delay := int64(b[lame+21])<<4 | int64(b[lame+22])>>4
			padding := int64(b[lame+22]&15)<<8 | int64(b[lame+23])
			s.skip += delay + mp3Delay
			if s.info.Frames > delay+padding {
				s.info.Frames -= delay + padding
				s.left = s.info.Frames
			}
		}
		return
	}
	if len(b) >= 36+18 && string(b[36:40]) == "VBRI" {
		s.skip = per
		s.info.Frames = per * int64(binary.BigEndian.Uint32(b[36+14:]))
		return
	}
	if fi, err := f.Stat(); err == nil {
		s.info.Frames = (fi.Size() - start) * 8 * int64(h.rate()) / int64(h.kbps()*1000)
	}
}

func (s *mp3Source) Info() Info    { return s.info }
func (s *mp3Source) Damage() error { return nil }
func (s *mp3Source) Close() error  { return s.file.Close() }

func (s *mp3Source) Read(out []float32) (int, error) {
	if s.buf == nil {
		s.buf = make([]byte, 4*1152*4)
	}
	ch := s.info.Channels
	for {
		want := min(len(out)/ch, len(s.buf)/4)
		if s.left >= 0 {
			want = int(min(int64(want), s.left+s.skip))
		}
		if want == 0 {
			return 0, io.EOF
		}
		n, err := io.ReadFull(s.dec, s.buf[:4*want])
		switch err {
		case nil:
		case io.EOF, io.ErrUnexpectedEOF:
			err = io.EOF
		default:
			err = fmt.Errorf("%w: %w", errBroken, err)
		}
		b := s.buf[:n/4*4]
		drop := min(s.skip, int64(len(b)/4))
		s.skip -= drop
		b = b[4*drop:]
		if len(b) == 0 && err == nil {
			continue
		}
		for i := range len(b) / 4 {
			for c := range ch {
				out[i*ch+c] = float32(int16(binary.LittleEndian.Uint16(b[4*i+2*c:]))) / 32768
			}
		}
		if s.left >= 0 {
			s.left -= int64(len(b) / 4)
		}
		return len(b) / 4 * ch, err
	}
}
