package vault

import (
	"crypto/hpke"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"strings"

	"github.com/afterword/afterword/models"
)

const (
	prefixSecret  = "AFTERWORD-WORKER-SECRET-"
	prefixPublic  = "afterword-worker-"
	prefixKeyFile = "AFTERWORD-KEY-FILE-"

	checksumSize = 3 // with the 32 bytes of a key that makes 56 letters, no rest
)

var letters = base32.StdEncoding.WithPadding(base32.NoPadding)

// writeKey is a key as text: prefix, then base32 of the key and a checksum
// that also covers the prefix.
func writeKey(prefix string, key []byte) string {
	sum := sha256.Sum256([]byte(scope(labelChecksum, strings.ToUpper(prefix)) + string(key)))
	s := prefix + letters.EncodeToString(cat(key, sum[:checksumSize]))
	if prefix == strings.ToLower(prefix) {
		return strings.ToLower(s)
	}
	return s
}

// readKey is the reverse. Case and surrounding space do not matter. The error
// never holds s.
func readKey(what, prefix, s string) ([]byte, error) {
	up := strings.ToUpper(strings.TrimSpace(s))
	rest, ok := strings.CutPrefix(up, strings.ToUpper(prefix))
	if !ok {
		return nil, models.Errorf(models.Invalid, "read %s: it does not begin with %s", what, prefix)
	}
	b, err := letters.DecodeString(rest)
	if err != nil || len(b) != keySize+checksumSize {
		return nil, models.Errorf(models.Invalid, "read %s: want %d letters and digits after %s", what, letters.EncodedLen(keySize+checksumSize), prefix)
	}
	key := b[:keySize:keySize]
	if subtle.ConstantTimeCompare([]byte(strings.ToUpper(writeKey(prefix, key))), []byte(up)) != 1 {
		clear(b)
		return nil, models.Errorf(models.Invalid, "read %s: a letter is wrong or missing", what)
	}
	return key, nil
}

// Identity is a worker's key pair. The hub seals parcels to its public half.
type Identity struct {
	secret  []byte
	private hpke.PrivateKey
}

// NewIdentity makes a key pair.
func NewIdentity() (*Identity, error) { return identity(newSecret()) }

// ParseIdentity reads what Secret wrote. The error never holds the secret.
func ParseIdentity(secret string) (*Identity, error) {
	b, err := readKey("worker secret", prefixSecret, secret)
	if err != nil {
		return nil, err
	}
	return identity(b)
}

func identity(secret []byte) (*Identity, error) {
	private, err := parsePrivate(secret)
	if err != nil {
		return nil, err
	}
	return &Identity{secret, private}, nil
}

// Secret is the private half as text, AFTERWORD-WORKER-SECRET-…; whoever has
// it reads every parcel sealed to this worker.
func (i *Identity) Secret() string { return writeKey(prefixSecret, i.secret) }

// Public is the public half, 32 bytes, as SealParcel wants it.
func (i *Identity) Public() []byte { return i.private.PublicKey().Bytes() }

// PublicString is the public half as text, afterword-worker-….
func (i *Identity) PublicString() string { return writeKey(prefixPublic, i.Public()) }

// String is the public half, so that an Identity that is logged by mistake
// tells nothing.
func (i *Identity) String() string { return i.PublicString() }

// GoString is String.
func (i *Identity) GoString() string { return i.String() }

// ParsePublic reads what PublicString wrote: 32 bytes, or an Invalid error.
func ParsePublic(s string) ([]byte, error) {
	b, err := readKey("worker's public key", prefixPublic, s)
	if err != nil {
		return nil, err
	}
	if _, err := parsePublic(b); err != nil {
		return nil, models.Errorf(models.Invalid, "read worker's public key: %w", err)
	}
	return b, nil
}
