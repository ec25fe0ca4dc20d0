package audio

import (
	"fmt"
	"io"
	"os"

	"github.com/afterword/afterword/models"
)

// flacSource reads FLAC files of any depth and up to eight channels. Behind a
// damaged frame it looks for the next whole one; what is missing between
// becomes silence of the same length.
type flacSource struct {
	info  Info
	head  flacInfo
	file  *os.File
	buf   []byte // window on the file
	at    int    // next byte of buf to decode
	eof   bool   // buf holds the file's last bytes
	frame flacFrame
	used  int   // samples per channel of frame that were delivered
	hole  int64 // samples per channel of silence to deliver first
	pos   int64 // sample number that comes next
	bad   int   // damaged stretches
	lost  int64 // samples of silence that were put in
	cut   bool  // it ends inside a frame
}

// flacWindow is enough for a frame of any file that people have; it grows up
// to flacMaxFrame when one does not fit.
const (
	flacWindow   = 256 << 10
	flacMaxFrame = 8*65536*4 + 1<<16
)

func openFLAC(f *os.File, start int64) (Source, error) {
	head := make([]byte, 64<<10)
	n, err := f.ReadAt(head, start)
	if err != nil && err != io.EOF {
		return nil, models.Errorf(models.Unusable, "read FLAC: %w", withoutPath(err))
	}
	info, size, err := parseFLACHead(head[:n])
	for err == errCut && n == len(head) && len(head) < 64<<20 { // a large picture in front
		head = make([]byte, 4*len(head))
		if n, err = f.ReadAt(head, start); err != nil && err != io.EOF {
			break
		}
		info, size, err = parseFLACHead(head[:n])
	}
	if err != nil {
		return nil, fmt.Errorf("read FLAC: %w", &dialect{"its header is damaged"})
	}
	if _, err := f.Seek(start+int64(size), io.SeekStart); err != nil {
		return nil, models.Errorf(models.Unusable, "read FLAC: %w", withoutPath(err))
	}
	return &flacSource{
		file: f, head: info, buf: make([]byte, 0, flacWindow),
		info: Info{Format: fmt.Sprintf("FLAC, %d-bit", info.bps), Rate: info.rate, Channels: info.channels, Frames: int64(info.total)},
	}, nil
}

func (s *flacSource) Info() Info   { return s.info }
func (s *flacSource) Close() error { return s.file.Close() }

func (s *flacSource) Damage() error {
	switch {
	case s.bad > 0:
		lost := models.At(s.lost * models.Rate / int64(s.info.Rate))
		return fmt.Errorf("in the FLAC stream %d damaged stretches, %s of them silence now", s.bad, models.Clock(lost))
	case s.cut || int64(s.head.total) > s.pos:
		return fmt.Errorf("the file is cut short")
	}
	return nil
}

func (s *flacSource) Read(out []float32) (int, error) {
	ch := s.info.Channels
	if s.used == s.frame.n && s.hole == 0 {
		if err := s.next(); err != nil {
			return 0, err
		}
	}
	if s.hole > 0 {
		n := int(min(s.hole, int64(len(out)/ch)))
		clear(out[:n*ch])
		s.hole -= int64(n)
		return n * ch, nil
	}
	n := min(len(out)/ch, s.frame.n-s.used)
	scale := 1 / float32(uint64(1)<<(s.head.bps-1))
	for c := range ch {
		for i, x := range s.frame.ch[c][s.used : s.used+n] {
			out[i*ch+c] = float32(x) * scale
		}
	}
	s.used += n
	return n * ch, nil
}

// next decodes the next whole frame, wherever it is.
func (s *flacSource) next() error {
	s.used, s.frame.n = 0, 0
	searching := false
	for {
		if err := s.more(64 << 10); err != nil {
			return err
		}
		if s.at == len(s.buf) {
			return io.EOF
		}
		used, err := s.frame.decode(s.buf[s.at:], s.head)
		if err == errCut && !s.eof && len(s.buf)-s.at < flacMaxFrame {
			if err := s.more(2 * (len(s.buf) - s.at)); err != nil {
				return err
			}
			continue
		}
		if err == nil {
			s.at += used
			return s.place()
		}
		if s.eof && err == errCut {
			s.cut = true
		} else if !searching {
			searching = true
			s.bad++
		}
		s.frame.n = 0
		s.at++
		for s.at+1 < len(s.buf) && (s.buf[s.at] != 0xff || s.buf[s.at+1]&0xfe != 0xf8) {
			s.at++
		}
	}
}

// more makes sure that n bytes lie ahead, or all that the file has.
func (s *flacSource) more(n int) error {
	for !s.eof && len(s.buf)-s.at < n {
		if s.at > 0 {
			s.buf = s.buf[:copy(s.buf, s.buf[s.at:])]
			s.at = 0
		}
		if cap(s.buf) < n+flacWindow {
			s.buf = append(make([]byte, 0, n+flacWindow), s.buf...)
		}
		m, err := s.file.Read(s.buf[len(s.buf):cap(s.buf)])
		s.buf = s.buf[:len(s.buf)+m]
		if err == io.EOF {
			s.eof = true
		} else if err != nil {
			return models.Errorf(models.Unusable, "read FLAC: %w", withoutPath(err))
		}
	}
	return nil
}

// place compares the frame's own position with where we are: after a damaged
// stretch the difference is how long that was.
func (s *flacSource) place() error {
	at := s.pos
	switch {
	case !s.frame.fixed:
		at = int64(s.frame.number)
	case s.head.block > 0:
		at = int64(s.frame.number) * int64(s.head.block)
	}
	const most = 3600 // seconds: a longer hole is a lie
	if gap := at - s.pos; s.bad > 0 && gap > 0 && gap < most*int64(s.info.Rate) {
		s.hole, s.lost, s.pos = gap, s.lost+gap, at
	}
	s.pos += int64(s.frame.n)
	return nil
}
