package vault

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"filippo.io/age"
	"github.com/afterword/afterword/models"
)

// idSize is the length of a secret's name: 128 random bits, in hex.
const idSize = 32

func newID() string {
	b := newSecret()
	return hex.EncodeToString(b[:idSize/2])
}

// Protection is a way to keep the key; Passphrase belongs to that kind only.
type Protection struct {
	Kind       Kind
	Passphrase string
}

// keep wraps kek by p and notes it in f. The secret behind the wrap, if p is
// no passphrase, is in its place and synced when keep returns.
func (c Config) keep(ctx context.Context, f *file, kek []byte, p Protection) error {
	if p.Kind == Passphrase {
		w, err := wrapPassphrase(ctx, kek, p.Passphrase, c.WorkFactor)
		if err != nil {
			return err
		}
		f.Kept, f.ID, f.Wrap = Passphrase, "", w
		return nil
	}
	s, id := newSecret(), newID()
	defer clear(s)
	key, err := derive(s, labelWrap, "")
	if err != nil {
		return err
	}
	defer clear(key)
	w, err := sealKey(key, scope(labelWrap, string(f.Public)), kek)
	if err != nil {
		return err
	}
	text := writeKey(prefixKeyFile, s)
	switch p.Kind {
	case Keyring:
		if err := c.before("keyring"); err != nil {
			return err
		}
		err = c.ring.put(ctx, c.account(id), text)
	case KeyFile:
		if err := c.before("key file"); err != nil {
			return err
		}
		if err = writeNew(c.keyFile(id), []byte(text+"\n")); err == nil {
			err = c.syncDir()
		}
		if err != nil {
			c.destroy(ctx, secret{KeyFile, id})
			err = diskError("write key file", err)
		}
	default:
		err = models.Errorf(models.Invalid, "keep the key by %q: want passphrase, keyring or keyfile", p.Kind)
	}
	if err != nil {
		return err
	}
	f.Kept, f.ID, f.Wrap = p.Kind, id, w
	return nil
}

// release is the reverse of keep: the key-encryption key, or a Locked error.
func (c Config) release(ctx context.Context, f file) ([]byte, error) {
	var text string
	switch f.Kept {
	case Passphrase:
		return c.releasePassphrase(ctx, f)
	case Keyring:
		var err error
		if text, err = c.ring.get(ctx, c.account(f.ID)); err != nil {
			return nil, err
		}
	case KeyFile:
		b, err := readSmall(c.keyFile(f.ID))
		if err != nil {
			why := "it cannot be read"
			if errors.Is(err, fs.ErrNotExist) {
				why = "it is missing"
			}
			return nil, models.WithHint(models.Errorf(models.Locked, "read the key file: %s", why),
				"put %s.key back into the keys folder, from where you keep a copy", f.ID)
		}
		text = string(b)
		clear(b)
	}
	s, err := readKey("key-encryption secret", prefixKeyFile, text)
	if err != nil {
		return nil, models.Errorf(models.Unusable, "%w", err)
	}
	defer clear(s)
	key, err := derive(s, labelWrap, "")
	if err != nil {
		return nil, err
	}
	defer clear(key)
	kek, err := openKey(key, scope(labelWrap, string(f.Public)), f.Wrap)
	if err != nil || len(kek) != keySize {
		return nil, errDamaged()
	}
	return kek, nil
}

func (c Config) releasePassphrase(ctx context.Context, f file) ([]byte, error) {
	if c.Passphrase == nil {
		return nil, models.WithHint(models.Errorf(models.Locked, "this store is kept by a passphrase"),
			"run it in a terminal, or name a file in AFTERWORD_PASSPHRASE_FILE")
	}
	p, err := c.Passphrase(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask for the passphrase: %w", err)
	}
	return unwrapPassphrase(ctx, f.Wrap, p)
}

func (c Config) account(id string) string { return c.User + "/" + id }
func (c Config) keyFile(id string) string { return filepath.Join(c.Dir, id+".key") }

// destroy wipes and removes the secret behind a wrap. It tells whether the
// secret is gone.
func (c Config) destroy(ctx context.Context, s secret) bool {
	switch s.Kept {
	case Keyring:
		return c.before("destroy") == nil && c.ring.drop(ctx, c.account(s.ID)) == nil
	case KeyFile:
		if c.before("destroy") != nil {
			return false
		}
		if f, err := os.OpenFile(c.keyFile(s.ID), os.O_RDWR, 0); err == nil {
			wipe(f)
			f.Close()
		}
		err := os.Remove(c.keyFile(s.ID))
		return err == nil || errors.Is(err, fs.ErrNotExist)
	}
	return true
}

// sweep finishes what an interrupted change left: key files of wraps that
// were replaced, and files that never got into place. The keyring is left to
// Change and Check, since each call to it costs time.
func (c Config) sweep(retired []secret) {
	for _, s := range retired {
		if s.Kept == KeyFile {
			c.destroy(context.Background(), s)
		}
	}
	aside, _ := filepath.Glob(filepath.Join(c.Dir, ".*.new"))
	for _, path := range aside {
		if st, err := os.Stat(path); err == nil && time.Since(st.ModTime()) > time.Hour {
			os.Remove(path)
		}
	}
}

func wrapPassphrase(ctx context.Context, kek []byte, passphrase string, workFactor int) ([]byte, error) {
	return soon(ctx, func() ([]byte, error) {
		var b bytes.Buffer
		w, err := encrypt(&b, passphrase, workFactor)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(kek); err != nil {
			return nil, fmt.Errorf("wrap key: %w", err)
		}
		if err := w.Close(); err != nil {
			return nil, fmt.Errorf("wrap key: %w", err)
		}
		return b.Bytes(), nil
	})
}

func unwrapPassphrase(ctx context.Context, wrap []byte, passphrase string) ([]byte, error) {
	defer debug.FreeOSMemory() // scrypt leaves 256 MiB behind
	return soon(ctx, func() ([]byte, error) {
		r, err := decrypt(bytes.NewReader(wrap), passphrase)
		if wrongPassphrase(err) {
			return nil, models.WithHint(models.Errorf(models.Locked, "that passphrase does not open this store"),
				"try again; capital letters and spaces count")
		}
		if err != nil {
			return nil, errDamaged()
		}
		kek, err := io.ReadAll(io.LimitReader(r, keySize+1))
		if err != nil || len(kek) != keySize {
			clear(kek)
			return nil, errDamaged()
		}
		return kek, nil
	})
}

// soon runs f, which cannot be interrupted, and returns when ctx ends; what f
// then still makes is wiped.
func soon(ctx context.Context, f func() ([]byte, error)) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	type answer struct {
		b   []byte
		err error
	}
	done := make(chan answer)
	go func() {
		b, err := f()
		select {
		case done <- answer{b, err}:
		case <-ctx.Done():
			clear(b)
		}
	}()
	select {
	case a := <-done:
		return a.b, a.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func encrypt(w io.Writer, passphrase string, workFactor int) (io.WriteCloser, error) {
	if passphrase == "" {
		return nil, models.Errorf(models.Invalid, "the passphrase is empty")
	}
	to, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return nil, models.Errorf(models.Invalid, "use passphrase: %w", err)
	}
	if workFactor > 0 {
		to.SetWorkFactor(min(workFactor, 22)) // 22 is the most that age opens
	}
	return age.Encrypt(w, to)
}

func decrypt(r io.Reader, passphrase string) (io.Reader, error) {
	if passphrase == "" {
		return nil, errEmpty
	}
	by, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, err
	}
	return age.Decrypt(r, by)
}

var errEmpty = errors.New("the passphrase is empty")

// wrongPassphrase tells a wrong passphrase from a damaged file.
func wrongPassphrase(err error) bool {
	none := (*age.NoIdentityMatchError)(nil)
	return errors.Is(err, errEmpty) || errors.As(err, &none)
}
