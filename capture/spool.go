package capture

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/afterword/afterword/models"
)

// keys is all that the spool needs of the session's ring of keys. A ring that
// can only seal is enough to write.
type keys interface {
	NewKey() (wrapped []byte, err error)
	Seal(wrapped []byte, context string, plain []byte) ([]byte, error)
	Open(wrapped []byte, context string, sealed []byte) ([]byte, error)
}

// Spool is the folder that holds the sound of all sessions. Its methods may be
// called by several goroutines; a session has at most one Writer at a time.
type Spool struct{ dir string }

// OpenSpool uses dir, which need not exist yet.
func OpenSpool(dir string) *Spool { return &Spool{dir: dir} }

// Sessions lists the sessions of which there is sound.
func (s *Spool) Sessions() ([]models.SessionID, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("list spool: %w", err)
	}
	var ids []models.SessionID
	for _, e := range entries {
		if id := models.SessionID(e.Name()); e.IsDir() && checkID(id) == nil {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// Forget destroys the sound of a session: the wrapped keys first, then the
// files. To forget what is not there is no error; a Forget that was
// interrupted is finished by the next one.
func (s *Spool) Forget(id models.SessionID) error {
	if err := checkID(id); err != nil {
		return err
	}
	folder := s.folder(id)
	entries, err := os.ReadDir(folder)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("forget sound: %w", err)
	}
	for _, e := range entries {
		if err := shred(filepath.Join(folder, e.Name())); err != nil {
			return fmt.Errorf("forget sound: %w", err)
		}
	}
	if err := syncDir(folder); err != nil {
		return fmt.Errorf("forget sound: %w", err)
	}
	if err := os.Remove(folder); err != nil {
		return fmt.Errorf("forget sound: %w", err)
	}
	return syncDir(s.dir)
}

func (s *Spool) folder(id models.SessionID) string { return filepath.Join(s.dir, string(id)) }

// checkID keeps paths inside the spool.
func checkID(id models.SessionID) error {
	if parsed, err := models.ParseSessionID(string(id)); err != nil || parsed != id {
		return models.Errorf(models.Invalid, "open spool: %q is no session", id)
	}
	return nil
}

// shred overwrites the header of a minute file, which holds its key, and
// removes it. Without the key the rest is noise; and should the disk keep the
// overwritten block somewhere, the session's own key is gone as well.
func shred(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	fi, err := f.Stat()
	if err == nil {
		_, err = f.WriteAt(make([]byte, min(fi.Size(), 4096)), 0)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Remove(path)
}

// syncDir makes the names in a folder durable. Windows does so by itself.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// minuteFile is one file of a session.
type minuteFile struct {
	path   string
	minute int64
	again  int  // 0, or the number behind the dash
	part   bool // of an import in progress
}

func (m minuteFile) name() string {
	switch {
	case m.part:
		return fmt.Sprintf("%06d.part", m.minute)
	case m.again > 0:
		return fmt.Sprintf("%06d-%d.minute", m.minute, m.again)
	}
	return fmt.Sprintf("%06d.minute", m.minute)
}

// files lists the minute files of a session in order of time. The part of an
// import counts only while its minute has no whole file.
func (s *Spool) files(id models.SessionID) ([]minuteFile, error) {
	if err := checkID(id); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(s.folder(id))
	if err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return nil, models.Errorf(models.NotFound, "open spool: there is no sound of session %s", id)
		}
		return nil, fmt.Errorf("open spool: %w", err)
	}
	var out []minuteFile
	whole := map[int64]bool{}
	for _, e := range entries {
		m, ok := parseName(e.Name())
		if !ok {
			continue
		}
		m.path = filepath.Join(s.folder(id), e.Name())
		out = append(out, m)
		whole[m.minute] = whole[m.minute] || !m.part
	}
	out = slices.DeleteFunc(out, func(m minuteFile) bool { return m.part && whole[m.minute] })
	slices.SortFunc(out, func(a, b minuteFile) int {
		return cmp.Or(cmp.Compare(a.minute, b.minute), cmp.Compare(a.again, b.again))
	})
	return out, nil
}

func parseName(name string) (m minuteFile, ok bool) {
	base, ok := strings.CutSuffix(name, ".minute")
	if !ok {
		if base, m.part = strings.CutSuffix(name, ".part"); !m.part {
			return m, false
		}
	}
	number, again, dash := strings.Cut(base, "-")
	var err error
	if m.minute, err = strconv.ParseInt(number, 10, 64); err != nil {
		return m, false
	}
	if dash {
		if m.again, err = strconv.Atoi(again); err != nil {
			return m, false
		}
	}
	return m, m.name() == name
}
