package capture

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/afterword/afterword/models"
)

// Strike destroys the sound of a stretch of a session. The keys of the minutes
// that it touches are destroyed; what of them lies outside is sealed anew, with
// a new key, before. It returns how many frames were struck. Interrupted, it is
// run again and does the rest.
//
// Nobody may write to these minutes meanwhile: a Recorder rotates first. Locked
// if the keys cannot open what stays.
func (s *Spool) Strike(id models.SessionID, k keys, what models.Span) (frames int, err error) {
	files, err := s.files(id)
	if err != nil {
		return 0, err
	}
	rate, channels, err := form(files)
	if err != nil {
		return 0, err
	}
	gone := stretch{samplesAt(what.Start, rate), samplesAt(what.End, rate) + 1}
	for _, m := range files {
		if m.part || m.minute*int64(60*rate) >= gone.to || (m.minute+1)*int64(60*rate) <= gone.from {
			continue
		}
		n, err := s.strikeMinute(id, k, m, gone, channels)
		frames += n
		if err != nil {
			return frames, fmt.Errorf("strike sound: %w", err)
		}
	}
	return frames, nil
}

func (s *Spool) strikeMinute(id models.SessionID, k keys, m minuteFile, gone stretch, channels int) (struck int, err error) {
	type kept struct {
		at  int64
		pcm []int16
	}
	var stay []kept
	var head minuteHeader
	err = eachFrame(m, func(h minuteHeader, f frame) error {
		head = h
		if f.end() > gone.from && f.position < gone.to {
			struck++
			if f.position >= gone.from && f.end() <= gone.to {
				return nil
			}
		}
		pcm, err := openFrame(k, h, id, f)
		if err != nil {
			if models.CodeOf(err) == models.Locked {
				return err
			}
			return nil // damaged: it goes with its key
		}
		if n := gone.from - f.position; n > 0 {
			stay = append(stay, kept{f.position, pcm[:min(int(n)*channels, len(pcm))]})
		}
		if n := f.end() - gone.to; n > 0 {
			stay = append(stay, kept{max(f.position, gone.to), pcm[max(0, len(pcm)-int(n)*channels):]})
		}
		return nil
	})
	if err != nil || struck == 0 {
		return 0, err
	}
	if len(stay) > 0 {
		wrapped, err := k.NewKey()
		if err != nil {
			return struck, err
		}
		head.wrapped = wrapped
		b := head.encode()
		for _, p := range stay {
			f, err := sealFrame(k, head, id, p.at, p.pcm)
			if err != nil {
				return struck, err
			}
			b = append(b, f.encode()...)
		}
		if err := s.addMinute(id, m.minute, b); err != nil {
			return struck, err
		}
	}
	if err := shred(m.path); err != nil {
		return struck, err
	}
	return struck, syncDir(s.folder(id))
}

// addMinute writes a whole file beside what there is of its minute.
func (s *Spool) addMinute(id models.SessionID, minute int64, b []byte) error {
	tmp := filepath.Join(s.folder(id), "strike.tmp")
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return diskError("write minute", err)
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(tmp)
		return diskError("write minute", err)
	}
	m := minuteFile{minute: minute}
	for {
		err := os.Link(tmp, filepath.Join(s.folder(id), m.name()))
		if err == nil {
			break
		}
		if !errors.Is(err, os.ErrExist) {
			return diskError("write minute", err)
		}
		m.again++
	}
	if err := os.Remove(tmp); err != nil {
		return diskError("write minute", err)
	}
	return diskError("write minute", syncDir(s.folder(id)))
}

const aside = ".aside"

// SetAside renames what of a session's sound cannot be read at all: minutes
// whose header, and with it the key, is damaged. Nothing is deleted. It returns
// how many such files there are now.
func (s *Spool) SetAside(id models.SessionID) (int, error) {
	files, err := s.files(id)
	if err != nil && models.CodeOf(err) != models.NotFound {
		return 0, err
	}
	for _, m := range files {
		b, err := os.ReadFile(m.path)
		if err != nil {
			continue
		}
		if _, _, ok := parseMinuteHeader(b); ok || len(bytes.TrimRight(b, "\x00")) == 0 {
			continue // an empty file was killed before its key was written: there is nothing in it
		}
		if err := os.Rename(m.path, m.path+aside); err != nil {
			return 0, fmt.Errorf("set sound aside: %w", err)
		}
	}
	return s.Aside(id)
}

// Aside is how many files of a session were set aside.
func (s *Spool) Aside(id models.SessionID) (n int, err error) {
	if err := checkID(id); err != nil {
		return 0, err
	}
	entries, err := os.ReadDir(s.folder(id))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return 0, fmt.Errorf("list spool: %w", err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), aside) {
			n++
		}
	}
	return n, nil
}
