package capture

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/afterword/afterword/models"
)

// Writer appends sound to a session. It is for one goroutine.
type Writer struct {
	spool    *Spool
	id       models.SessionID
	keys     keys
	sync     bool
	head     minuteHeader // of the open file
	rate     int
	channels int

	position int64   // of the first sample in pending
	dropped  int64   // samples per channel that were given up; see Dropped
	pending  []int16 // not yet in a frame
	file     *os.File
	path     string
	size     int64 // bytes of file that are whole frames
}

// keepSeconds is how much sound waits in memory while the disk takes none.
// What is older is lost and becomes a gap.
const keepSeconds = 60

// Writer opens a session for writing. rate is in Hz; channels are interleaved.
//
// With sync it records: every frame is on the disk before Write returns, and
// the sound goes on behind what an earlier Writer left, see Position. Keys that
// can only seal are enough for that.
//
// Without, it imports: the session is written anew from 0, and each minute of
// an earlier attempt stays until its successor is complete. Minutes are synced
// when they are full, and all by Sync or Close; the imported file can be read
// again if the power fails.
func (s *Spool) Writer(id models.SessionID, k keys, rate, channels int, sync bool) (*Writer, error) {
	if err := checkID(id); err != nil {
		return nil, err
	}
	if rate < 1 || rate > 192000 || channels < 1 || channels > 8 {
		return nil, models.Errorf(models.Invalid, "open spool: %d channels at %d Hz", channels, rate)
	}
	w := &Writer{spool: s, id: id, keys: k, sync: sync, rate: rate, channels: channels}
	if err := os.MkdirAll(s.folder(id), 0o700); err != nil {
		return nil, diskError("open spool", err)
	}
	for _, dir := range []string{s.folder(id), s.dir, filepath.Dir(s.dir)} {
		if err := syncDir(dir); err != nil {
			return nil, diskError("open spool", err)
		}
	}
	files, err := s.files(id)
	if err != nil {
		return nil, err
	}
	if sync {
		return w, w.goOn(files)
	}
	return w, w.startAnew(files)
}

// goOn finds the end of what is there.
func (w *Writer) goOn(files []minuteFile) error {
	for _, m := range files {
		b, err := os.ReadFile(m.path)
		if err != nil {
			return fmt.Errorf("open spool: %w", err)
		}
		h, size, ok := parseMinuteHeader(b)
		if !ok {
			continue
		}
		if h.rate != w.rate || h.channels != w.channels {
			return models.Errorf(models.Conflict, "open spool: session %s has %d channels at %d Hz, not %d at %d", w.id, h.channels, h.rate, w.channels, w.rate)
		}
		for b = b[size:]; ; {
			f, used, ok := nextFrame(b)
			if !ok {
				break
			}
			w.position = max(w.position, f.end())
			b = b[used:]
		}
	}
	return nil
}

// startAnew keeps the beginning of a minute that an earlier import left, until
// it is replaced, and clears away sound of another form, which cannot be mixed
// with this one.
func (w *Writer) startAnew(files []minuteFile) error {
	for _, m := range files {
		b, err := os.ReadFile(m.path)
		if err != nil {
			return fmt.Errorf("open spool: %w", err)
		}
		if h, _, ok := parseMinuteHeader(b); !ok || h.rate != w.rate || h.channels != w.channels {
			err = shred(m.path)
		} else if m.part {
			m.part = false
			err = os.Rename(m.path, filepath.Join(w.spool.folder(w.id), m.name()))
		}
		if err != nil {
			return diskError("open spool", err)
		}
	}
	return syncDir(w.spool.folder(w.id))
}

// Position is the sample, per channel, that the next Write begins with.
func (w *Writer) Position() int64 { return w.position + int64(len(w.pending)/w.channels) }

// Durable is the sample, per channel, up to which all is on the disk.
func (w *Writer) Durable() int64 { return w.position }

// Dropped is how many samples per channel had to be given up since the last
// call, because the disk took nothing for too long. They end at Durable.
func (w *Writer) Dropped() (n int64) {
	n, w.dropped = w.dropped, 0
	return n
}

// Rotate closes the file of the present minute; what follows goes into another
// one with a key of its own. Whoever strikes needs that.
func (w *Writer) Rotate() error {
	return errors.Join(w.flush(), w.closeMinute())
}

// Skip leaves a gap of n samples per channel: time in which nothing was
// captured.
func (w *Writer) Skip(n int64) error {
	if err := w.flush(); err != nil {
		return err
	}
	w.position += max(0, n)
	return nil
}

// Write appends whole frames of interleaved samples. After a DiskFull or other
// error of the disk, the samples are kept and tried again by the next call, as
// long as they are fewer than a minute's.
func (w *Writer) Write(pcm []int16) error {
	w.pending = append(w.pending, pcm...)
	for {
		n := w.room()
		if len(w.pending) < n*w.channels {
			return nil
		}
		if err := w.frame(n); err != nil {
			if over := len(w.pending) - keepSeconds*w.rate*w.channels; over > 0 {
				w.drop(over / w.channels)
				w.dropped += int64(over / w.channels)
			}
			return err
		}
	}
}

// Sync makes everything that was written durable.
func (w *Writer) Sync() error {
	if err := w.flush(); err != nil {
		return err
	}
	if w.file == nil {
		return nil
	}
	return diskError("sync spool", w.file.Sync())
}

// Close writes what is left and closes the session's last minute.
func (w *Writer) Close() error {
	err := w.flush()
	return errors.Join(err, w.closeMinute())
}

// room is how many samples per channel the next full frame has: a second, or
// what is left of the minute. A recording has frames of a quarter of that, so
// that less is lost and captions need not wait.
func (w *Writer) room() int {
	minute, frame := int64(60*w.rate), int64(w.rate)
	if w.sync {
		frame = max(1, frame/4)
	}
	return int(min(frame, minute-w.position%minute))
}

func (w *Writer) flush() error {
	for len(w.pending) >= w.channels {
		if err := w.frame(min(w.room(), len(w.pending)/w.channels)); err != nil {
			return err
		}
	}
	return nil
}

func (w *Writer) drop(n int) {
	w.pending = w.pending[:copy(w.pending, w.pending[n*w.channels:])]
	w.position += int64(n)
}

// frame seals the next n samples per channel and appends them to their minute.
func (w *Writer) frame(n int) error {
	minute := w.position / int64(60*w.rate)
	if w.file != nil && w.head.minute != minute {
		if err := w.closeMinute(); err != nil {
			return err
		}
	}
	if w.file == nil {
		if err := w.openMinute(minute); err != nil {
			return err
		}
	}
	f, err := sealFrame(w.keys, w.head, w.id, w.position, w.pending[:n*w.channels])
	if err != nil {
		return fmt.Errorf("seal frame: %w", err)
	}
	b := f.encode()
	if _, err = w.file.WriteAt(b, w.size); err == nil && w.sync {
		err = w.file.Sync()
	}
	if err != nil {
		_ = w.file.Truncate(w.size)
		return diskError("write frame", err)
	}
	w.size += int64(len(b))
	w.drop(n)
	if w.position%int64(60*w.rate) == 0 {
		return w.closeMinute()
	}
	return nil
}

// openMinute starts a file with a new key. When it returns, the header and the
// file's name are durable: no frame ever depends on a key that may be lost.
func (w *Writer) openMinute(minute int64) error {
	wrapped, err := w.keys.NewKey()
	if err != nil {
		return fmt.Errorf("make key for a minute: %w", err)
	}
	w.head = minuteHeader{minute: minute, rate: w.rate, channels: w.channels, wrapped: wrapped}
	m := minuteFile{minute: minute, part: !w.sync}
	flags := os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	if w.sync {
		flags = os.O_WRONLY | os.O_CREATE | os.O_EXCL
	}
	var f *os.File
	for {
		w.path = filepath.Join(w.spool.folder(w.id), m.name())
		if f, err = os.OpenFile(w.path, flags, 0o600); !errors.Is(err, os.ErrExist) {
			break
		}
		m.again++ // left by a Writer that was killed
	}
	if err != nil {
		return diskError("open minute", err)
	}
	b := w.head.encode()
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = syncDir(filepath.Dir(w.path))
	}
	if err != nil {
		f.Close()
		os.Remove(w.path)
		return diskError("open minute", err)
	}
	w.file, w.size = f, int64(len(b))
	return nil
}

// closeMinute makes the open minute durable. An import puts it in the place of
// what an earlier attempt wrote.
func (w *Writer) closeMinute() error {
	if w.file == nil {
		return nil
	}
	err := w.file.Sync()
	err = errors.Join(err, w.file.Close())
	w.file = nil
	if err != nil || w.sync {
		return diskError("close minute", err)
	}
	folder := w.spool.folder(w.id)
	if err := os.Rename(w.path, filepath.Join(folder, minuteFile{minute: w.head.minute}.name())); err != nil {
		return diskError("close minute", err)
	}
	for again := 1; ; again++ {
		err := shred(filepath.Join(folder, minuteFile{minute: w.head.minute, again: again}.name()))
		if errors.Is(err, os.ErrNotExist) {
			return diskError("close minute", syncDir(folder))
		}
		if err != nil {
			return diskError("close minute", err)
		}
	}
}

// diskError adds what was done, and marks a full disk as such. nil stays nil.
func diskError(what string, err error) error {
	if err == nil {
		return nil
	}
	if full(err) {
		return models.WithHint(models.Errorf(models.DiskFull, "%s: %w", what, err), "make room on the disk that holds the recordings; 'afterword doctor' shows which one it is")
	}
	return fmt.Errorf("%s: %w", what, err)
}
