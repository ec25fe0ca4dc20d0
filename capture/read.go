package capture

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/afterword/afterword/models"
)

// Missing is the error of a Read that had to put zeros where there is no
// sound: nothing was captured there, or a frame is damaged. The samples that
// come with it are good otherwise. Its code is models.Partial.
type Missing struct {
	Spans []models.Span
}

func (m *Missing) Error() string {
	return fmt.Sprintf("read spool: no sound in %d places, the first at %v", len(m.Spans), m.Spans[0])
}

// maxRead bounds one Read.
const maxRead = 4 * time.Hour

// Read returns the exact samples of span, interleaved, in the rate in which
// they were written. Where there are none they are zeros, and the error is a
// Missing. NotFound if there is no sound of the session at all; Locked if the
// keys cannot open it.
func (s *Spool) Read(id models.SessionID, k keys, span models.Span) (pcm []int16, rate, channels int, err error) {
	if span.Start < 0 || span.Len() > maxRead {
		return nil, 0, 0, models.Errorf(models.Invalid, "read spool: span %v", span)
	}
	return s.read(id, k, func(rate int) stretch {
		return stretch{samplesAt(span.Start, rate), samplesAt(max(span.End, span.Start), rate)}
	})
}

// ReadSamples is Read for positions in samples per channel, to exclusive.
func (s *Spool) ReadSamples(id models.SessionID, k keys, from, to int64) (pcm []int16, rate, channels int, err error) {
	if from < 0 || to-from > int64(maxRead/time.Second)*192000 {
		return nil, 0, 0, models.Errorf(models.Invalid, "read spool: samples %d to %d", from, to)
	}
	return s.read(id, k, func(int) stretch { return stretch{from, max(from, to)} })
}

// read reads again when a file that it had listed was replaced meanwhile, as a
// strike does: what stays would seem to be missing.
func (s *Spool) read(id models.SessionID, k keys, which func(rate int) stretch) (pcm []int16, rate, channels int, err error) {
	for range 5 {
		before, err := s.files(id)
		if err != nil {
			return nil, 0, 0, err
		}
		pcm, rate, channels, err = s.readFiles(before, id, k, which)
		if after, ferr := s.files(id); ferr != nil || !replaced(before, after) {
			return pcm, rate, channels, err
		}
	}
	return nil, 0, 0, models.Errorf(models.Busy, "read spool: it keeps changing")
}

func replaced(before, after []minuteFile) bool {
	for _, b := range before {
		if !b.part && !slices.ContainsFunc(after, func(m minuteFile) bool { return m.path == b.path }) {
			return true
		}
	}
	return false
}

func (s *Spool) readFiles(files []minuteFile, id models.SessionID, k keys, which func(rate int) stretch) (pcm []int16, rate, channels int, err error) {
	rate, channels, err = form(files)
	if err != nil {
		return nil, 0, 0, err
	}
	want := which(rate)
	from, to := want.from, want.to
	pcm = make([]int16, int(to-from)*channels)
	var have []stretch
	for _, m := range files {
		if first := m.minute * int64(60*rate); first >= to || first+int64(60*rate) <= from {
			continue
		}
		err := eachFrame(m, func(h minuteHeader, f frame) error {
			if f.position >= to || f.end() <= from || f.rate != rate || f.channels != channels {
				return nil
			}
			got, err := openFrame(k, h, id, f)
			if err != nil {
				if models.CodeOf(err) == models.Locked {
					return err
				}
				return nil // damaged: its place stays silent, and is reported
			}
			lo, hi := max(f.position, from), min(f.end(), to)
			copy(pcm[int(lo-from)*channels:int(hi-from)*channels], got[int(lo-f.position)*channels:])
			have = append(have, stretch{lo, hi})
			return nil
		})
		if err != nil {
			return nil, 0, 0, fmt.Errorf("read spool: %w", err)
		}
	}
	if gaps := holes(stretch{from, to}, have); len(gaps) > 0 {
		err = models.Errorf(models.Partial, "%w", &Missing{spansAt(gaps, rate)})
	}
	return pcm, rate, channels, err
}

// Condition is what is on the disk of one session.
type Condition struct {
	Rate, Channels int
	Samples        int64         // per channel, up to the last good one
	Length         time.Duration // the same, in whole milliseconds
	Damaged        []models.Span // stretches before that without good sound
}

// Scan looks through a session. With keys it opens every frame; without it
// trusts what the frames say about themselves.
func (s *Spool) Scan(id models.SessionID, k keys) (Condition, error) {
	files, err := s.files(id)
	if err != nil {
		return Condition{}, err
	}
	rate, channels, err := form(files)
	if err != nil {
		return Condition{}, err
	}
	c := Condition{Rate: rate, Channels: channels}
	var have []stretch
	for _, m := range files {
		err := eachFrame(m, func(h minuteHeader, f frame) error {
			if f.rate != rate || f.channels != channels {
				return nil
			}
			if k != nil {
				if _, err := openFrame(k, h, id, f); models.CodeOf(err) == models.Locked {
					return err
				} else if err != nil {
					return nil
				}
			}
			have = append(have, stretch{f.position, f.end()})
			c.Samples = max(c.Samples, f.end())
			return nil
		})
		if err != nil {
			return Condition{}, fmt.Errorf("scan spool: %w", err)
		}
	}
	c.Length = timeAt(c.Samples, rate).Truncate(time.Millisecond)
	c.Damaged = spansAt(holes(stretch{0, c.Samples}, have), rate)
	return c, nil
}

// eachFrame calls fn for every whole frame of a file. A file without a whole
// header has none: its key is not known.
func eachFrame(m minuteFile, fn func(minuteHeader, frame) error) error {
	b, err := os.ReadFile(m.path)
	if errors.Is(err, os.ErrNotExist) && m.part {
		m.part = false // its minute was completed since it was listed
		b, err = os.ReadFile(filepath.Join(filepath.Dir(m.path), m.name()))
	}
	if errors.Is(err, os.ErrNotExist) {
		return nil // forgotten meanwhile
	}
	if err != nil {
		return err
	}
	h, size, ok := parseMinuteHeader(b)
	if !ok {
		return nil
	}
	for b = b[size:]; ; {
		f, used, ok := nextFrame(b)
		if !ok {
			return nil
		}
		if err := fn(h, f); err != nil {
			return err
		}
		b = b[used:]
	}
}

// form is the rate and the number of channels of a session.
func form(files []minuteFile) (rate, channels int, err error) {
	for _, m := range files {
		f, err := os.Open(m.path)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return 0, 0, fmt.Errorf("open spool: %w", err)
		}
		b := make([]byte, 4096)
		n, _ := f.Read(b)
		f.Close()
		if h, _, ok := parseMinuteHeader(b[:n]); ok {
			return h.rate, h.channels, nil
		}
	}
	return 0, 0, models.Errorf(models.NotFound, "open spool: no whole minute")
}

// stretch is a range of samples per channel, to exclusive.
type stretch struct{ from, to int64 }

// holes is what of whole is in none of have.
func holes(whole stretch, have []stretch) (out []stretch) {
	slices.SortFunc(have, func(a, b stretch) int { return cmp.Compare(a.from, b.from) })
	at := whole.from
	for _, h := range have {
		if h.from > at {
			out = append(out, stretch{at, h.from})
		}
		at = max(at, h.to)
	}
	if at < whole.to {
		out = append(out, stretch{at, whole.to})
	}
	return out
}

// samplesAt converts a position to samples, rounding down.
func samplesAt(d time.Duration, rate int) int64 {
	s, rest := d/time.Second, d%time.Second
	return int64(s)*int64(rate) + int64(rest)*int64(rate)/int64(time.Second)
}

func timeAt(n int64, rate int) time.Duration {
	r := int64(rate)
	return time.Duration(n/r)*time.Second + time.Duration(n%r)*time.Second/time.Duration(rate)
}

func spansAt(s []stretch, rate int) (out []models.Span) {
	for _, x := range s {
		out = append(out, models.Span{Start: timeAt(x.from, rate), End: timeAt(x.to, rate)})
	}
	return out
}
