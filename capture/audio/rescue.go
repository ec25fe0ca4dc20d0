package audio

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/afterword/afterword/models"
)

// dialect is the error of a reader that knows the kind of file and cannot
// read this one, so that ffmpeg might. A Source that returns one from Read can
// be read further: it has put silence where it could not follow.
type dialect struct{ what string }

func (d *dialect) Error() string { return d.what }

// broken is the error of a reader that cannot go on.
var errBroken = errors.New("the sound data are damaged")

// rescue reads one of our sources, and goes on with ffmpeg at the same place
// when that stumbles and ffmpeg is there.
type rescue struct {
	Source
	file   *os.File
	path   string
	pos    int64 // frames delivered
	tried  bool
	ended  bool
	damage error
}

func (r *rescue) Damage() error { return errors.Join(r.damage, r.Source.Damage()) }

func (r *rescue) Read(out []float32) (int, error) {
	if r.ended {
		return 0, io.EOF
	}
	n, err := guardedRead(r.Source, out)
	r.pos += int64(n / r.Info().Channels)
	if err == nil || err == io.EOF {
		return n, err
	}
	again := errors.As(err, new(*dialect))
	if !again && !errors.Is(err, errBroken) {
		return n, err
	}
	swapped := false
	if !r.tried {
		r.tried = true
		swapped = r.swap()
	}
	if swapped && n == 0 {
		return r.Read(out)
	}
	if swapped {
		return n, nil
	}
	if r.damage == nil {
		at := models.At(r.pos * models.Rate / int64(r.Info().Rate))
		r.damage = fmt.Errorf("from %s: %w", models.Clock(at), err)
	}
	if again && n == 0 {
		return r.Read(out)
	}
	if again {
		return n, nil
	}
	if r.ended = true; r.pos == 0 {
		return 0, models.Errorf(models.Unusable, "read %s: %w", r.Info().Format, err)
	}
	return n, io.EOF
}

// swap puts ffmpeg in the place of our reader. What was delivered is decoded
// once more and dropped.
func (r *rescue) swap() bool {
	if _, err := r.file.Seek(0, io.SeekStart); err != nil {
		return false
	}
	s, err := openFFmpeg(r.file, r.path, r.Info().Format, nil)
	if err != nil {
		return false
	}
	if i := s.Info(); i.Rate != r.Info().Rate || i.Channels != r.Info().Channels {
		s.stop()
		return false
	}
	buf := make([]float32, 4096*r.Info().Channels)
	for left := r.pos * int64(r.Info().Channels); left > 0; {
		n, err := s.Read(buf[:min(left, int64(len(buf)))])
		if left -= int64(n); err != nil && left > 0 {
			s.stop()
			return false
		}
	}
	r.Source = s
	return true
}

// guardedRead turns a panic of a decoder into an error: go-mp3 panics on some
// damaged files.
func guardedRead(s Source, out []float32) (n int, err error) {
	defer func() {
		if recover() != nil {
			n, err = 0, errBroken
		}
	}()
	return s.Read(out)
}

func guardedOpen(open opener, f *os.File, start int64) (s Source, err error) {
	defer func() {
		if recover() != nil {
			s, err = nil, &dialect{"damaged at its beginning"}
		}
	}()
	return open(f, start)
}
