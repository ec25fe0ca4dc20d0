package vault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/afterword/afterword/models"
)

const (
	fileName      = "vault.json"
	formatName    = "afterword vault"
	formatVersion = 1
	maxFile       = 64 << 10 // bytes; a vault.json has about 1 kB
	canaryText    = "afterword"
)

// file is vault.json.
type file struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	Public  []byte `json:"public"` // public half of the root ring
	Kept    Kind   `json:"kept"`
	// ID names the secret that opens Wrap: <id>.key, or the keyring's entry.
	// Empty with a passphrase.
	ID     string `json:"id,omitempty"`
	Wrap   []byte `json:"wrap"`   // the key-encryption key, sealed
	Canary []byte `json:"canary"` // canaryText, sealed under the key-encryption key
	// Retired are secrets of earlier wraps. They are destroyed when the change
	// is made; should that be interrupted, later.
	Retired []secret `json:"retired,omitempty"`
}

// secret names what a wrap is opened with, unless a passphrase.
type secret struct {
	Kept Kind   `json:"kept"`
	ID   string `json:"id"`
}

func (f file) secret() secret { return secret{f.Kept, f.ID} }

func (s secret) valid() bool {
	switch s.Kept {
	case Passphrase:
		return s.ID == ""
	case Keyring, KeyFile:
		b := []byte(s.ID)
		return len(b) == idSize && len(bytes.Trim(b, "0123456789abcdef")) == 0
	}
	return false
}

func parseFile(b []byte) (file, error) {
	var f file
	if len(b) > maxFile || json.Unmarshal(b, &f) != nil || f.Format != formatName {
		return file{}, errDamaged()
	}
	if f.Version > formatVersion {
		return file{}, models.WithHint(models.Errorf(models.TooNew, "read vault.json: it has format %d, this program knows %d", f.Version, formatVersion),
			"a newer Afterword wrote it: update this one")
	}
	if f.Version != formatVersion || !f.secret().valid() || len(f.Wrap) == 0 || len(f.Canary) == 0 {
		return file{}, errDamaged()
	}
	for _, s := range f.Retired {
		if !s.valid() {
			return file{}, errDamaged()
		}
	}
	if _, err := parsePublic(f.Public); err != nil {
		return file{}, errDamaged()
	}
	return f, nil
}

func errDamaged() error {
	return models.WithHint(models.Errorf(models.Unusable, "read vault.json: it is damaged"),
		"put vault.json back from a backup; without it nothing in this store can be opened")
}

func (f file) bytes() ([]byte, error) {
	b, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write vault.json: %w", err)
	}
	return append(b, '\n'), nil
}

// readFile reads vault.json. A file that another process is just replacing or
// writing may read as damaged for a moment, so that is believed only after a
// tenth of a second. fs.ErrNotExist if there is none.
func readFile(dir string) (f file, err error) {
	for range 5 {
		var b []byte
		if b, err = readSmall(filepath.Join(dir, fileName)); err != nil {
			return file{}, err
		}
		if f, err = parseFile(b); models.CodeOf(err) != models.Unusable {
			return f, err
		}
		time.Sleep(20 * time.Millisecond)
	}
	return file{}, err
}

func readSmall(path string) ([]byte, error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return io.ReadAll(io.LimitReader(in, maxFile+1))
}

func makeCanary(kek, public []byte) ([]byte, error) {
	key, err := derive(kek, labelCanary, "")
	if err != nil {
		return nil, err
	}
	defer clear(key)
	return sealKey(key, scope(labelCanary, string(public)), []byte(canaryText))
}

func checkCanary(kek []byte, f file) error {
	key, err := derive(kek, labelCanary, "")
	if err != nil {
		return err
	}
	defer clear(key)
	if _, err := openKey(key, scope(labelCanary, string(f.Public)), f.Canary); err != nil {
		return errDamaged()
	}
	return nil
}

func (c Config) before(action string) error {
	if c.step == nil {
		return nil
	}
	return c.step(action)
}

// createFile writes vault.json where there is none: fs.ErrExist if there is.
func (c Config) createFile(f file) error {
	b, err := f.bytes()
	if err != nil {
		return err
	}
	temp, err := c.writeTemp(b)
	if err != nil {
		return err
	}
	defer os.Remove(temp)
	if err := c.before("link"); err != nil {
		return err
	}
	path := filepath.Join(c.Dir, fileName)
	err = os.Link(temp, path)
	if err != nil && !errors.Is(err, fs.ErrExist) { // a file system without hard links
		err = writeNew(path, b)
	}
	if err != nil {
		return err
	}
	return c.syncDir()
}

// replaceFile puts f in the place of vault.json. An error means that the old
// one is still there, whole, unless unsure is true: then either is.
func (c Config) replaceFile(f file) (unsure bool, err error) {
	b, err := f.bytes()
	if err != nil {
		return false, err
	}
	temp, err := c.writeTemp(b)
	if err != nil {
		return false, err
	}
	defer os.Remove(temp)
	path := filepath.Join(c.Dir, fileName)
	old := openOld(path)
	if old != nil {
		defer old.Close()
	}
	if err := c.before("rename"); err != nil {
		return false, err
	}
	if err := os.Rename(temp, path); err != nil {
		return false, err
	}
	if err := c.syncDir(); err != nil {
		return true, err
	}
	if old != nil && c.before("wipe old") == nil {
		wipe(old)
	}
	return false, nil
}

// openOld opens a file that is about to be replaced, so that its content can
// be wiped after. Windows does not replace an open file.
func openOld(path string) *os.File {
	if runtime.GOOS == "windows" {
		return nil
	}
	old, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil
	}
	return old
}

// wipe overwrites a file's content as well as the disk lets us: flash and
// copying file systems may keep the old blocks for a while.
func wipe(f *os.File) {
	if st, err := f.Stat(); err == nil {
		f.WriteAt(make([]byte, min(st.Size(), maxFile)), 0)
		f.Sync()
	}
}

// writeTemp writes and syncs a file of its own beside vault.json.
func (c Config) writeTemp(b []byte) (path string, err error) {
	if err := c.before("write"); err != nil {
		return "", err
	}
	path = filepath.Join(c.Dir, "."+newID()+".new")
	return path, writeNew(path, b)
}

// writeNew writes and syncs a file that must not exist; on error none is left.
func writeNew(path string, b []byte) error {
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = out.Write(b)
	if err == nil {
		err = out.Sync()
	}
	if e := out.Close(); err == nil {
		err = e
	}
	if err != nil {
		os.Remove(path)
	}
	return err
}

func (c Config) syncDir() error {
	if err := c.before("sync folder"); err != nil {
		return err
	}
	if runtime.GOOS == "windows" { // folders cannot be synced there
		return nil
	}
	d, err := os.Open(c.Dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// diskError gives an error from the disk its class.
func diskError(action string, err error) error {
	var coded *models.Error
	switch {
	case errors.As(err, &coded):
		return fmt.Errorf("%s: %w", action, err)
	case errors.Is(err, syscall.ENOSPC):
		return models.WithHint(models.Errorf(models.DiskFull, "%s: %w", action, err), "free some space, then try again")
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return models.WithHint(models.Errorf(models.Unusable, "%s: %w", action, err), "run 'afterword doctor' to check the keys folder")
	}
	return fmt.Errorf("%s: %w", action, err)
}
