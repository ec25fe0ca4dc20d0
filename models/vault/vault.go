package vault

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"

	"github.com/afterword/afterword/models"
)

// Kind says how the key-encryption key is kept.
type Kind string

const (
	Passphrase Kind = "passphrase" // wrapped by age scrypt
	Keyring    Kind = "keyring"    // wrapped by a secret in the system's keyring
	KeyFile    Kind = "keyfile"    // wrapped by a secret in a file beside it
)

// Config says where a vault is and by what means it may be opened.
type Config struct {
	// Dir holds vault.json and the key file, if any; it is made when missing.
	Dir string
	// Passphrase is asked only when one is needed: by Unlock of a vault that is
	// kept by a passphrase, and by Open of an empty folder, where an empty
	// answer means that none is offered. nil means that none can be had.
	Passphrase func(ctx context.Context) (string, error)
	// Keyring allows a new vault to be kept in the system's keyring. One that
	// is kept there already is opened in any case.
	Keyring bool
	// WorkFactor is the base-2 logarithm of scrypt's cost; 0 means age's 18,
	// one to three seconds and 256 MiB. Tests use little.
	WorkFactor int
	// User begins the names of our entries in the keyring; empty means "store".
	// What follows is random, so that homes may share it, and be moved.
	User string
	// Existing forbids to make a vault: NotFound where there is none. For a
	// home that has a database already, which a new key would not open.
	Existing bool

	ring keyringDoor               // zero means the system's
	step func(action string) error // tests: asked before each change on disk
}

// Vault is the key-encryption key of a store and the root ring made from it.
// All methods are safe for concurrent use.
type Vault struct {
	c      Config
	public [keySize]byte
	ring   *Ring

	turn sync.Mutex // held by whoever asks, reads or writes; taken before mu

	mu     sync.Mutex
	kind   Kind
	kek    []byte // nil while locked
	closed bool
}

// Open opens the vault in c.Dir. On first run it makes one: kept by a
// passphrase if one is offered, else in the keyring if that is allowed and
// answers within 2 s, else by a key file.
//
// A vault that is kept by a passphrase comes back locked unless it was made
// just now; one in the keyring or by a key file comes back open if the key
// could be had, else locked, and Unlock says why. Two programs that open an
// empty folder at once end with the same vault. Unusable if vault.json is
// damaged, TooNew if a newer program wrote it.
func Open(ctx context.Context, c Config) (*Vault, error) {
	if c.Dir == "" {
		return nil, models.Errorf(models.Invalid, "open vault: no folder is named")
	}
	if c.ring == (keyringDoor{}) {
		c.ring = systemKeyring
	}
	if c.User == "" {
		c.User = "store"
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, diskError("open vault", err)
	}
	f, err := readFile(c.Dir)
	switch {
	case errors.Is(err, fs.ErrNotExist) && c.Existing:
		return nil, models.WithHint(models.Errorf(models.NotFound, "open vault: there is no %s in the keys folder", fileName),
			"put the keys folder back from a backup: without it the database cannot be opened")
	case errors.Is(err, fs.ErrNotExist):
		return create(ctx, c)
	case err != nil:
		return nil, diskError("open vault", err)
	}
	v, err := c.vault(f)
	if err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	if f.Kept != Passphrase {
		if err := v.Unlock(ctx); ctx.Err() != nil {
			return nil, err // any other reason is Unlock's to tell
		}
	}
	c.sweep(f.Retired)
	return v, nil
}

func (c Config) vault(f file) (*Vault, error) {
	ring, err := WriteOnly(f.Public)
	if err != nil {
		return nil, errDamaged()
	}
	v := &Vault{c: c, ring: ring, kind: f.Kept}
	copy(v.public[:], f.Public)
	return v, nil
}

// create makes a new vault, or opens the one that somebody else made first.
func create(ctx context.Context, c Config) (*Vault, error) {
	passphrase := ""
	if c.Passphrase != nil {
		p, err := c.Passphrase(ctx)
		if err != nil {
			return nil, fmt.Errorf("make vault: ask for a passphrase: %w", err)
		}
		passphrase = p
	}
	kek := newSecret()
	private, err := privateHalf(kek)
	if err != nil {
		return nil, fmt.Errorf("make vault: %w", err)
	}
	f := file{Format: formatName, Version: formatVersion, Public: private.PublicKey().Bytes()}
	if f.Canary, err = makeCanary(kek, f.Public); err != nil {
		return nil, fmt.Errorf("make vault: %w", err)
	}
	if err := c.keepNew(ctx, &f, kek, passphrase); err != nil {
		return nil, fmt.Errorf("make vault: %w", err)
	}
	err = c.createFile(f)
	if errors.Is(err, fs.ErrExist) { // somebody was faster: theirs it is
		clear(kek)
		c.destroy(ctx, f.secret())
		c.Passphrase = offered(c.Passphrase, passphrase)
		return reopen(ctx, c)
	}
	if err != nil {
		c.destroy(ctx, f.secret())
		return nil, diskError("make vault", err)
	}
	v, err := c.vault(f)
	if err != nil {
		return nil, fmt.Errorf("make vault: %w", err)
	}
	if err := v.take(f, kek); err != nil {
		return nil, fmt.Errorf("make vault: %w", err)
	}
	return v, nil
}

// keepNew wraps kek for a new vault by the best means there is.
func (c Config) keepNew(ctx context.Context, f *file, kek []byte, passphrase string) error {
	kinds := []Kind{KeyFile}
	if c.Keyring {
		kinds = []Kind{Keyring, KeyFile}
	}
	if passphrase != "" {
		kinds = []Kind{Passphrase}
	}
	var err error
	for _, k := range kinds {
		if err = c.keep(ctx, f, kek, Protection{Kind: k, Passphrase: passphrase}); err == nil || ctx.Err() != nil {
			return err
		}
	}
	return err
}

// reopen is Open once more after a lost race; a passphrase that was asked for
// already is tried at once, and if it is another's the vault stays locked.
func reopen(ctx context.Context, c Config) (*Vault, error) {
	v, err := Open(ctx, c)
	if err == nil && c.Passphrase != nil && v.Locked() {
		if err := v.Unlock(ctx); ctx.Err() != nil {
			return nil, err
		}
	}
	return v, err
}

// offered answers once with a passphrase that was given before, then asks.
func offered(ask func(context.Context) (string, error), given string) func(context.Context) (string, error) {
	if given == "" {
		return ask
	}
	var once sync.Once
	return func(ctx context.Context) (p string, err error) {
		used := true
		once.Do(func() { p, used = given, false })
		if used {
			return ask(ctx)
		}
		return p, nil
	}
}

// Ring is the root ring: the same one as long as the vault lives, write-only
// while the vault is locked.
func (v *Vault) Ring() *Ring { return v.ring }

// Locked tells whether the private half is out of reach.
func (v *Vault) Locked() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.kek == nil
}

// Kind tells how the key is kept, as of the last Open, Unlock or Change.
func (v *Vault) Kind() Kind {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.kind
}

// Unlock brings the private half back; nothing happens if it is there. A
// Locked error says that the passphrase is wrong, that none can be had, or
// that the keyring or key file did not give the key. It reads vault.json
// again, so a passphrase changed by another process counts at once.
func (v *Vault) Unlock(ctx context.Context) error {
	v.turn.Lock()
	defer v.turn.Unlock()
	if !v.Locked() {
		return nil
	}
	f, err := readFile(v.c.Dir)
	if err != nil {
		return diskError("unlock", err)
	}
	kek, err := v.c.release(ctx, f)
	if err != nil {
		return fmt.Errorf("unlock: %w", err)
	}
	if err := v.take(f, kek); err != nil {
		clear(kek)
		return fmt.Errorf("unlock: %w", err)
	}
	return nil
}

// take checks that kek is the key of this vault, then uses it.
func (v *Vault) take(f file, kek []byte) error {
	private, err := privateHalf(kek)
	if err != nil {
		return err
	}
	public := private.PublicKey().Bytes()
	if subtle.ConstantTimeCompare(public, v.public[:]) != 1 || subtle.ConstantTimeCompare(public, f.Public) != 1 {
		return models.WithHint(models.Errorf(models.Unusable, "vault.json was altered: its public key is not that of this store"),
			"put the right vault.json back from a backup; what was recorded meanwhile may be readable to whoever altered it")
	}
	if err := checkCanary(kek, f); err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.closed {
		return models.Errorf(models.Locked, "the vault is closed")
	}
	v.kek, v.kind = kek, f.Kept
	v.ring.unlock(private)
	return nil
}

// key is a copy of the key-encryption key, to be wiped after use.
func (v *Vault) key() ([]byte, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.kek == nil {
		return nil, errLocked()
	}
	return slices.Clone(v.kek), nil
}

// Lock forgets the private half and every data key in memory, at once; the
// root ring becomes write-only. See Ring.Within for the rings below it.
func (v *Vault) Lock() { v.forget(false) }

// Close is Lock, and closes the root ring for good.
func (v *Vault) Close() { v.forget(true) }

func (v *Vault) forget(closed bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	clear(v.kek)
	v.kek = nil
	v.closed = v.closed || closed
	v.ring.empty(closed)
}

// String names the vault and no key, whatever it is printed with.
func (v *Vault) String() string { return "vault" }

// GoString is String.
func (v *Vault) GoString() string { return v.String() }
