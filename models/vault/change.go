package vault

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/afterword/afterword/models"
)

// Change keeps the key-encryption key another way: a new passphrase, the
// keyring, a key file, or a fresh secret of the same kind. Nothing that was
// sealed changes. vault.json is replaced as a whole, so that an interruption
// leaves the old way or the new one working; the old wrap and its secret are
// then destroyed. It cannot undo that somebody copied both before.
//
// Locked while the vault is; Conflict if another process changed it at the
// same time; Unusable if the keyring was asked for and does not answer. After
// any error the old way works, save where the message says that either may.
func (v *Vault) Change(ctx context.Context, p Protection) error {
	v.turn.Lock()
	defer v.turn.Unlock()
	if err := v.change(ctx, p); err != nil {
		return diskError("change how the key is kept", err)
	}
	return nil
}

func (v *Vault) change(ctx context.Context, p Protection) error {
	kek, err := v.key()
	if err != nil {
		return err
	}
	defer clear(kek)
	old, err := readFile(v.c.Dir)
	if err != nil {
		return err
	}
	if err := checkCanary(kek, old); err != nil {
		return err
	}
	next := old
	if err := v.c.keep(ctx, &next, kek, p); err != nil {
		return err
	}
	next.Retired = v.c.undestroyed(ctx, old.Retired)
	if old.Kept != Passphrase {
		next.Retired = append(next.Retired, old.secret())
	}
	if now, err := readFile(v.c.Dir); err != nil || !slices.Equal(now.Wrap, old.Wrap) {
		v.c.destroy(ctx, next.secret())
		return models.WithHint(models.Errorf(models.Conflict, "another program changed it just now"), "run the command again if the change is still wanted")
	}
	unsure, err := v.c.replaceFile(next)
	if unsure {
		return models.WithHint(models.Errorf(models.Partial, "write vault.json: %w; after a power failure the old way may still be the one that opens", err),
			"check the disk, then make the change again")
	}
	if err != nil {
		v.c.destroy(ctx, next.secret())
		return err
	}
	v.mu.Lock()
	v.kind = next.Kept
	v.mu.Unlock()
	v.c.undestroyed(ctx, next.Retired)
	return nil
}

// undestroyed destroys secrets and returns those that it could not.
func (c Config) undestroyed(ctx context.Context, retired []secret) (left []secret) {
	for _, s := range retired {
		if !c.destroy(ctx, s) {
			left = append(left, s)
		}
	}
	return left
}

// Check looks for what is wrong with the vault and tells all of it: a damaged
// or altered vault.json, a key that does not open its canary, a folder or file
// that others may read, the secret of an earlier wrap that is still there.
// While the vault is locked, the key itself is not checked.
func (v *Vault) Check(ctx context.Context) error {
	v.turn.Lock()
	defer v.turn.Unlock()
	var found []error
	kek, _ := v.key()
	defer clear(kek)
	f, err := readFile(v.c.Dir)
	switch {
	case err != nil:
		found = append(found, diskError("read vault.json", err))
	case !slices.Equal(f.Public, v.public[:]):
		found = append(found, models.Errorf(models.Unusable, "vault.json was altered: its public key is not that of this store"))
	case kek != nil:
		if err := checkCanary(kek, f); err != nil {
			found = append(found, err)
		}
	}
	if err == nil {
		if left := v.c.undestroyed(ctx, f.Retired); len(left) > 0 {
			found = append(found, models.Errorf(models.Partial, "%d secrets of an earlier way to keep the key are not destroyed", len(left)))
		}
	}
	found = append(found, checkModes(v.c.Dir)...)
	if len(found) == 0 {
		return nil
	}
	return models.Errorf(models.CodeOf(found[0]), "check vault: %w", errors.Join(found...))
}

func checkModes(dir string) (found []error) {
	if runtime.GOOS == "windows" { // access lists there, not modes
		return nil
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		st, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if m := st.Mode().Perm(); m&0o077 != 0 {
			found = append(found, models.WithHint(models.Errorf(models.Unusable, "others may read %s (mode %o)", filepath.Base(path), m),
				"take the rights of others away with 'chmod go= %s'", path))
		}
		return nil
	})
	if err != nil {
		found = append(found, diskError("read keys folder", err))
	}
	return found
}

// Portable is a vault.json of the same key, kept by passphrase: it goes into a
// backup, so that the backup opens where the keyring or key file is not. The
// vault must be open.
func (v *Vault) Portable(ctx context.Context, passphrase string) ([]byte, error) {
	kek, err := v.key()
	if err != nil {
		return nil, fmt.Errorf("copy key: %w", err)
	}
	defer clear(kek)
	f := file{Format: formatName, Version: formatVersion, Public: v.ring.Public()}
	if f.Canary, err = makeCanary(kek, f.Public); err != nil {
		return nil, fmt.Errorf("copy key: %w", err)
	}
	if err := v.c.keep(ctx, &f, kek, Protection{Kind: Passphrase, Passphrase: passphrase}); err != nil {
		return nil, fmt.Errorf("copy key: %w", err)
	}
	return f.bytes()
}

// Restore puts a vault.json made by Portable into an empty keys folder. It
// opens with the passphrase given then. Conflict if the folder has one.
func Restore(dir string, portable []byte) error {
	f, err := parseFile(portable)
	if err == nil && f.Kept != Passphrase {
		err = models.Errorf(models.Invalid, "this vault.json cannot be opened elsewhere")
	}
	if err != nil {
		return fmt.Errorf("restore key: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return diskError("restore key", err)
	}
	err = Config{Dir: dir}.createFile(f)
	if errors.Is(err, fs.ErrExist) {
		return models.Errorf(models.Conflict, "restore key: the folder holds a key already")
	}
	if err != nil {
		return diskError("restore key", err)
	}
	return nil
}
