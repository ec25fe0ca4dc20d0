package vault

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/hpke"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"slices"
	"sync"

	"github.com/afterword/afterword/models"
	"golang.org/x/crypto/chacha20poly1305"
)

const (
	version = 1  // first byte of everything sealed
	keySize = 32 // of every symmetric key and of both halves of a pair

	slotSize    = keySize + keySize + chacha20poly1305.Overhead // HPKE share and a sealed key
	wrappedSize = 1 + slotSize
	minSealed   = 1 + chacha20poly1305.NonceSizeX + chacha20poly1305.Overhead
)

// Labels keep the uses of one secret apart. A label never changes its meaning.
const (
	labelRing     = "ring"
	labelValue    = "value"
	labelMAC      = "mac"
	labelParcel   = "parcel"
	labelReply    = "reply"
	labelDataKey  = "data key"
	labelSlot     = "parcel key"
	labelWrap     = "key-encryption key"
	labelCanary   = "canary"
	labelChecksum = "checksum"
)

// scope is a label with what it is bound to; the zero byte keeps the two
// apart, for no label holds one.
func scope(label, bound string) string { return "afterword/v1 " + label + "\x00" + bound }

// derive is HKDF-SHA256: a key of 32 bytes for one use of secret.
func derive(secret []byte, label, bound string) ([]byte, error) {
	k, err := hkdf.Key(sha256.New, secret, nil, scope(label, bound), keySize)
	if err != nil {
		return nil, fmt.Errorf("derive key: %w", err)
	}
	return k, nil
}

func newSecret() []byte {
	b := make([]byte, keySize)
	rand.Read(b) // never fails: the program ends where the system has no randomness
	return b
}

// sealAEAD is version | random nonce | ciphertext; the associated data is the
// version and ad.
func sealAEAD(aead cipher.AEAD, ad string, plain []byte) []byte {
	out := make([]byte, 1+chacha20poly1305.NonceSizeX, minSealed+len(plain))
	out[0] = version
	rand.Read(out[1:])
	return aead.Seal(out, out[1:], plain, append([]byte{version}, ad...))
}

func openAEAD(aead cipher.AEAD, ad string, sealed []byte) ([]byte, error) {
	if err := checkVersion("sealed value", sealed, minSealed, 1<<40); err != nil {
		return nil, err
	}
	nonce := sealed[1 : 1+chacha20poly1305.NonceSizeX]
	plain, err := aead.Open(nil, nonce, sealed[1+len(nonce):], append([]byte{version}, ad...))
	if err != nil {
		return nil, models.Errorf(models.Unusable, "it is damaged, or was moved here from elsewhere")
	}
	return plain, nil
}

// sealKey and openKey are sealAEAD and openAEAD under a key used once.
func sealKey(key []byte, ad string, plain []byte) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	return sealAEAD(aead, ad, plain), nil
}

func openKey(key []byte, ad string, sealed []byte) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	return openAEAD(aead, ad, sealed)
}

func checkVersion(what string, b []byte, least, most int) error {
	switch {
	case len(b) > 0 && b[0] > version:
		return models.WithHint(models.Errorf(models.TooNew, "the %s has format %d, this program knows %d", what, b[0], version),
			"a newer Afterword wrote it: update this one")
	case len(b) < least || len(b) > most || b[0] != version:
		return models.Errorf(models.Unusable, "the %s is damaged", what)
	}
	return nil
}

// wrapTo seals a key to the holder of the private half of pub.
func wrapTo(pub hpke.PublicKey, info string, key []byte) ([]byte, error) {
	b, err := hpke.Seal(pub, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), []byte(info), key)
	if err != nil {
		return nil, models.Errorf(models.Invalid, "wrap key: %w", err)
	}
	return b, nil
}

func unwrap(private hpke.PrivateKey, info string, slot []byte) ([]byte, error) {
	key, err := hpke.Open(private, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), []byte(info), slot)
	if err != nil || len(key) != keySize {
		return nil, models.Errorf(models.Unusable, "the wrapped key is damaged, or is not of this store")
	}
	return key, nil
}

// dataKey is a data key in memory. It may be forgotten while others use it:
// they then get a Locked error, never a sealing under zeroes.
type dataKey struct {
	mu   sync.Mutex
	key  []byte      // nil once forgotten
	aead cipher.AEAD // of labelValue
	ring *Ring       // rooted in the key; nil until asked for
}

// newDataKey takes key over: it wipes it when it is forgotten.
func newDataKey(key []byte) (*dataKey, error) {
	value, err := derive(key, labelValue, "")
	if err != nil {
		return nil, err
	}
	defer clear(value)
	aead, err := chacha20poly1305.NewX(value)
	if err != nil {
		return nil, fmt.Errorf("make cipher: %w", err)
	}
	return &dataKey{key: key, aead: aead}, nil
}

func (k *dataKey) cipher() (cipher.AEAD, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.aead == nil {
		return nil, errLocked()
	}
	return k.aead, nil
}

func (k *dataKey) derive(label, bound string) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.key == nil {
		return nil, errLocked()
	}
	return derive(k.key, label, bound)
}

func (k *dataKey) within() (*Ring, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.key == nil {
		return nil, errLocked()
	}
	if k.ring == nil {
		r, err := rooted(k.key)
		if err != nil {
			return nil, err
		}
		k.ring = r
	}
	return k.ring, nil
}

// forget wipes the key and hands the ring that was rooted in it to end.
func (k *dataKey) forget(end func(*Ring)) {
	k.mu.Lock()
	clear(k.key)
	ring := k.ring
	k.key, k.aead, k.ring = nil, nil, nil
	k.mu.Unlock()
	if ring != nil {
		end(ring)
	}
}

func keyedHash(key, data []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(data)
	return h.Sum(nil)
}

func errLocked() error {
	return models.WithHint(models.Errorf(models.Locked, "the store is locked"), "run 'afterword unlock'")
}

func cat(parts ...[]byte) []byte { return slices.Concat(parts...) }
