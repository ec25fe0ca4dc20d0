package vault

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Share is a copy of the key-encryption key: for another process of the same
// person that would otherwise have to ask for the passphrase again. Locked while
// the vault is.
func (v *Vault) Share() ([]byte, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.kek == nil {
		return nil, errLocked()
	}
	return bytes.Clone(v.kek), nil
}

// Adopt unlocks the vault with a key that Share gave. Locked or Unusable if
// it is not the key of this vault.
func (v *Vault) Adopt(key []byte) error {
	v.turn.Lock()
	defer v.turn.Unlock()
	if !v.Locked() {
		return nil
	}
	if len(key) != keySize {
		return errLocked()
	}
	f, err := readFile(v.c.Dir)
	if err != nil {
		return diskError("unlock", err)
	}
	kek := bytes.Clone(key)
	if err := v.take(f, kek); err != nil {
		clear(kek)
		return fmt.Errorf("unlock: %w", err)
	}
	return nil
}

// Fingerprint is a keyed hash of data, 64 hexadecimal digits: equal data can
// be known again, and nobody without the key can test what it was. Locked
// while the vault is.
func (v *Vault) Fingerprint(label string, data []byte) (string, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.kek == nil {
		return "", errLocked()
	}
	key, err := derive(v.kek, labelMAC, label)
	if err != nil {
		return "", fmt.Errorf("fingerprint: %w", err)
	}
	defer clear(key)
	h := hmac.New(sha256.New, key)
	h.Write(data)
	return hex.EncodeToString(h.Sum(nil)), nil
}
