package main

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/vault"
)

// A backup is one age file, sealed with a passphrase: a tar of the vault, kept
// by that same passphrase, a snapshot of the database and the spool. The sound
// and the texts in it are sealed once more with the keys of that vault.
const (
	backupVault    = "vault.json"
	backupDatabase = "afterword.db"
	backupSpool    = "spool/"
)

func newBackup(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use: "backup FILE", Short: "Write everything into one encrypted file", Args: cobra.ExactArgs(1),
		Long: `Write everything into one file, encrypted with a passphrase: the one in the file
that AFTERWORD_PASSPHRASE_FILE names, or one that is asked for. The file can be
kept anywhere; it is useless without that passphrase.`,
		Example: "  afterword backup /media/stick/afterword.age",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.backup(cmd.Context(), args[0])
		},
	}
	return cmd
}

func (a *app) backup(ctx context.Context, file string) error {
	if err := a.open(ctx); err != nil {
		return err
	}
	if _, err := os.Stat(file); err == nil && !a.confirm(shown(file)+" exists. Replace it?") {
		return models.WithHint(models.Errorf(models.Conflict, "write backup: %s exists", shown(file)), "choose another name, or --yes to replace it")
	}
	pass, err := a.backupPassphrase(ctx, true)
	if err != nil {
		return err
	}
	if err := a.writeOut(file, func(w io.Writer) error { return a.sealBackup(ctx, w, pass) }); err != nil {
		return fmt.Errorf("write backup: %w", err)
	}
	a.note("Backup written to %s.", shown(file))
	return nil
}

// sealBackup writes a whole backup, sealed with a passphrase.
func (a *app) sealBackup(ctx context.Context, w io.Writer, pass string) error {
	sealed, err := a.vault.Encrypt(w, pass)
	if err != nil {
		return err
	}
	t := tar.NewWriter(sealed)
	if err := a.writeBackup(ctx, t, pass); err != nil {
		return err
	}
	return errors.Join(t.Close(), sealed.Close())
}

func (a *app) writeBackup(ctx context.Context, t *tar.Writer, pass string) error {
	portable, err := a.vault.Portable(ctx, pass)
	if err != nil {
		return err
	}
	if err := addBytes(t, backupVault, portable); err != nil {
		return err
	}
	// The snapshot lies in the home: its texts are sealed, but it is no less
	// private than the database itself.
	snapshot := filepath.Join(a.home.Data, "backup-snapshot.db")
	_ = os.Remove(snapshot)
	defer os.Remove(snapshot)
	if err := a.store.Backup(ctx, snapshot); err != nil {
		return err
	}
	if err := addFile(t, backupDatabase, snapshot); err != nil {
		return err
	}
	root := a.home.Spool()
	return filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		err = addFile(t, backupSpool+filepath.ToSlash(rel), p)
		if errors.Is(err, os.ErrNotExist) { // forgotten meanwhile
			return nil
		}
		return err
	})
}

func addBytes(t *tar.Writer, name string, b []byte) error {
	if err := t.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(b))}); err != nil {
		return err
	}
	_, err := t.Write(b)
	return err
}

func addFile(t *tar.Writer, name, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	fi, err := f.Stat()
	if err != nil {
		return err
	}
	if err := t.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: fi.Size(), ModTime: fi.ModTime()}); err != nil {
		return err
	}
	_, err = io.CopyN(t, f, fi.Size())
	return err
}

func (a *app) backupPassphrase(ctx context.Context, twice bool) (string, error) {
	if p, ok, err := passphraseFile(); ok || err != nil {
		return p, err
	}
	p, err := a.askSecret(ctx, "Passphrase of the backup: ")
	if err != nil || !twice {
		return p, err
	}
	again, err := a.askSecret(ctx, "The same again: ")
	if err == nil && p != again {
		err = models.Errorf(models.Invalid, "the two passphrases are not the same")
	}
	if err == nil && p == "" {
		err = models.Errorf(models.Invalid, "a backup needs a passphrase")
	}
	return p, err
}

func newRestore(a *app) *cobra.Command {
	var undo bool
	cmd := &cobra.Command{
		Use: "restore FILE | SESSION NUMBER", Short: "Bring a backup back into an empty home, or text that was held back", Args: cobra.RangeArgs(1, 2),
		Long: `Bring a backup back. The home must hold no sessions: point AFTERWORD_HOME to a
new folder to look into a backup without touching anything else.

With a session and a number: show text with the rest that was held back, as
'coverage SESSION --suppressed' lists it.`,
		Example: `  afterword restore /media/stick/afterword.age
  AFTERWORD_HOME=~/old afterword restore afterword.age
  afterword restore last 2`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 2 {
				return a.restoreText(cmd.Context(), args[0], args[1], undo)
			}
			if undo {
				return usagef("--undo is for text that was held back: name a session and a number")
			}
			return a.restore(cmd.Context(), args[0])
		},
	}
	cmd.Flags().BoolVar(&undo, "undo", false, "hold the text back again")
	return cmd
}

func (a *app) restore(ctx context.Context, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return fileError(err, file)
	}
	defer f.Close()
	if err := a.home.make(); err != nil {
		return err
	}
	lock, err := a.home.lockOwner()
	if err != nil {
		return models.WithHint(err, "stop it first: a home that is in use cannot be restored")
	}
	defer lock.Close()
	if err := a.refuseIfUsed(); err != nil {
		return err
	}
	pass, err := a.backupPassphrase(ctx, false)
	if err != nil {
		return err
	}
	plain, err := vault.Decrypt(f, pass)
	if err != nil {
		return fmt.Errorf("open backup: %w", err)
	}
	// Everything is unpacked beside its place first: a backup that turns out
	// to be cut short changes nothing.
	stage, err := os.MkdirTemp(a.home.Data, ".restore-*")
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	defer os.RemoveAll(stage)
	portable, err := unpackBackup(ctx, tar.NewReader(plain), stage)
	if err != nil {
		return models.WithHint(models.Errorf(models.Unusable, "read backup: %w", err), "the file is damaged or not complete; nothing was changed")
	}
	if err := os.Remove(a.home.Spool()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("restore spool: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(stage, "spool"), 0o700); err != nil {
		return fmt.Errorf("restore spool: %w", err)
	}
	if err := vault.Restore(a.home.Keys(), portable); err != nil {
		return err
	}
	for from, to := range map[string]string{"spool": a.home.Spool(), backupDatabase: a.home.Database()} {
		if err := os.Rename(filepath.Join(stage, from), to); err != nil {
			return fmt.Errorf("restore %s: %w", from, err)
		}
	}
	a.given = pass
	if err := a.open(ctx); err != nil {
		return err
	}
	list, err := a.store.Sessions(ctx)
	if err != nil {
		return err
	}
	a.note("%d sessions restored. They open with the passphrase of the backup; 'afterword passwd' changes that.", len(list))
	return nil
}

// refuseIfUsed keeps restore from writing over sessions.
func (a *app) refuseIfUsed() error {
	if _, err := os.Stat(a.home.Database()); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if entries, err := os.ReadDir(a.home.Spool()); err == nil && len(entries) == 0 {
		// A database without any sound beside it may still hold texts.
		if fi, err := os.Stat(a.home.Database()); err == nil && fi.Size() == 0 {
			return nil
		}
	}
	return models.WithHint(models.Errorf(models.Conflict, "restore backup: this home holds data already"), "set AFTERWORD_HOME to a new folder to restore into that")
}

// unpackBackup writes database and spool under dir and returns the vault.
// Names from the file are trusted for nothing.
func unpackBackup(ctx context.Context, t *tar.Reader, dir string) (portable []byte, err error) {
	database := false
	for {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		name := path.Clean(h.Name)
		switch {
		case h.Typeflag != tar.TypeReg || !filepath.IsLocal(name):
			return nil, errors.New("it holds something that no backup holds")
		case name == backupVault:
			if portable, err = io.ReadAll(io.LimitReader(t, 64<<10)); err != nil {
				return nil, err
			}
			continue
		case name == backupDatabase:
			database = true
		case !strings.HasPrefix(name, backupSpool) || strings.Count(name, "/") != 2:
			return nil, errors.New("it holds something that no backup holds")
		}
		if err := unpackFile(filepath.Join(dir, filepath.FromSlash(name)), t); err != nil {
			return nil, err
		}
	}
	if portable == nil || !database {
		return nil, io.ErrUnexpectedEOF
	}
	return portable, nil
}

func unpackFile(file string, r io.Reader) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
