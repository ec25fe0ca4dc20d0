package capture

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"sync"

	"github.com/afterword/afterword/models"
)

// testKeys is a ring with the manners of the real one: it opens only what was
// sealed with the same key for the same context.
type testKeys struct {
	mu       sync.Mutex
	made     int
	sealOnly bool
}

func (k *testKeys) NewKey() ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.made++
	b := make([]byte, 16)
	rand.Read(b)
	return b, nil
}

func aead(wrapped []byte) (cipher.AEAD, error) {
	b, err := aes.NewCipher(wrapped)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(b)
}

func (k *testKeys) Seal(wrapped []byte, context string, plain []byte) ([]byte, error) {
	a, err := aead(wrapped)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, a.NonceSize())
	rand.Read(nonce)
	return a.Seal(nonce, nonce, plain, []byte(context)), nil
}

func (k *testKeys) Open(wrapped []byte, context string, sealed []byte) ([]byte, error) {
	if k.sealOnly {
		return nil, models.Errorf(models.Locked, "open: %w", errors.New("the store is locked"))
	}
	a, err := aead(wrapped)
	if err != nil || len(sealed) < a.NonceSize() {
		return nil, models.Errorf(models.Unusable, "open: too short")
	}
	plain, err := a.Open(nil, sealed[:a.NonceSize()], sealed[a.NonceSize():], []byte(context))
	if err != nil {
		return nil, models.Errorf(models.Unusable, "open: %w", err)
	}
	return plain, nil
}
