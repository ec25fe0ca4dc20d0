package vault

import (
	"crypto/ecdh"
	"crypto/hpke"
	"fmt"
	"sync"

	"github.com/afterword/afterword/models"
)

// Ring makes data keys, seals with them and, where it has its private half,
// opens them again. It remembers in memory every key that it made or opened
// until Forget or Close. All methods are safe for concurrent use.
//
// A wrapped key is 81 bytes, names no owner, and may lie in the clear.
type Ring struct {
	public hpke.PublicKey
	bytes  [keySize]byte // public half

	mu      sync.RWMutex
	private hpke.PrivateKey // nil: write-only
	keys    map[string]*dataKey
	closed  bool
}

// WriteOnly is the ring of somebody who may seal and not read: it opens only
// the keys that it made itself, as long as it lives. public is another ring's
// Public(); anything that is no such key is an Invalid error.
func WriteOnly(public []byte) (*Ring, error) {
	pub, err := parsePublic(public)
	if err != nil {
		return nil, fmt.Errorf("make write-only ring: %w", err)
	}
	r := &Ring{public: pub, keys: map[string]*dataKey{}}
	copy(r.bytes[:], public)
	return r, nil
}

// rooted is the ring whose private half is derived from secret.
func rooted(secret []byte) (*Ring, error) {
	private, err := privateHalf(secret)
	if err != nil {
		return nil, err
	}
	r, err := WriteOnly(private.PublicKey().Bytes())
	if err != nil {
		return nil, err
	}
	r.private = private
	return r, nil
}

func privateHalf(secret []byte) (hpke.PrivateKey, error) {
	scalar, err := derive(secret, labelRing, "")
	if err != nil {
		return nil, err
	}
	defer clear(scalar)
	return parsePrivate(scalar)
}

func parsePrivate(scalar []byte) (hpke.PrivateKey, error) {
	k, err := ecdh.X25519().NewPrivateKey(scalar)
	if err != nil {
		return nil, models.Errorf(models.Invalid, "read private key: it is not 32 bytes")
	}
	private, err := hpke.NewDHKEMPrivateKey(k)
	if err != nil {
		return nil, fmt.Errorf("read private key: %w", err)
	}
	return private, nil
}

// lowOrder is any private key; with a public half of low order its exchange
// fails, so such halves are refused before anything is sealed to them.
var lowOrder, _ = ecdh.X25519().NewPrivateKey(append(make([]byte, keySize-1), 64))

func parsePublic(b []byte) (hpke.PublicKey, error) {
	k, err := ecdh.X25519().NewPublicKey(b)
	if err == nil {
		_, err = lowOrder.ECDH(k)
	}
	if err != nil {
		return nil, models.Errorf(models.Invalid, "this is not a public key")
	}
	return hpke.NewDHKEMPublicKey(k)
}

// Public is the public half, 32 bytes; it needs no secrecy.
func (r *Ring) Public() []byte { return append([]byte(nil), r.bytes[:]...) }

// NewKey makes a data key, wrapped to the ring's public half, and remembers
// it. It works while the ring is write-only, not after Close.
func (r *Ring) NewKey() (wrapped []byte, err error) {
	key := newSecret()
	slot, err := wrapTo(r.public, scope(labelDataKey, ""), key)
	if err != nil {
		return nil, err
	}
	wrapped = append([]byte{version}, slot...)
	k, err := newDataKey(key)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		k.forget((*Ring).Close)
		return nil, fmt.Errorf("make data key: %w", errLocked())
	}
	r.keys[string(wrapped)] = k
	return wrapped, nil
}

// find is the data key in wrapped: remembered, or opened with the private
// half. Locked without either, Unusable if wrapped is damaged or not ours.
func (r *Ring) find(wrapped []byte) (*dataKey, error) {
	r.mu.RLock()
	k, private, closed := r.keys[string(wrapped)], r.private, r.closed
	r.mu.RUnlock()
	switch {
	case closed:
		return nil, errLocked()
	case k != nil:
		return k, nil
	}
	if err := checkVersion("wrapped key", wrapped, wrappedSize, wrappedSize); err != nil {
		return nil, err
	}
	if private == nil {
		return nil, errLocked()
	}
	key, err := unwrap(private, scope(labelDataKey, ""), wrapped[1:])
	if err != nil {
		return nil, err
	}
	return r.remember(wrapped, key, private)
}

func (r *Ring) remember(wrapped, key []byte, opened hpke.PrivateKey) (*dataKey, error) {
	fresh, err := newDataKey(key)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || r.private != opened { // locked meanwhile
		fresh.forget((*Ring).Close)
		return nil, errLocked()
	}
	if k := r.keys[string(wrapped)]; k != nil { // somebody was faster
		fresh.forget((*Ring).Close)
		return k, nil
	}
	r.keys[string(wrapped)] = fresh
	return fresh, nil
}

// Seal seals plain under the data key in wrapped. context is bound to it and
// must name the place exactly, as "segment/7f2a…/12/text" does; it is not
// secret. The result is 41 bytes longer than plain. Locked if the ring cannot
// open wrapped.
func (r *Ring) Seal(wrapped []byte, context string, plain []byte) ([]byte, error) {
	k, err := r.find(wrapped)
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", context, err)
	}
	aead, err := k.cipher()
	if err != nil {
		return nil, fmt.Errorf("seal %s: %w", context, err)
	}
	return sealAEAD(aead, context, plain), nil
}

// Open is the reverse of Seal, with the same wrapped and context. Locked if
// the ring cannot open wrapped; Unusable if anything was changed or moved.
func (r *Ring) Open(wrapped []byte, context string, sealed []byte) ([]byte, error) {
	k, err := r.find(wrapped)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", context, err)
	}
	aead, err := k.cipher()
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", context, err)
	}
	plain, err := openAEAD(aead, context, sealed)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", context, err)
	}
	return plain, nil
}

// Within is the ring rooted in the data key in wrapped: the same one at each
// call, until r forgets the key or is locked. When r is locked, rings within
// become write-only and forget their keys; after an unlock, ask again.
//
// Whoever must go on sealing through a lock, as a recording must, takes
// WriteOnly(ring.Public()), which a lock does not reach.
func (r *Ring) Within(wrapped []byte) (*Ring, error) {
	k, err := r.find(wrapped)
	if err == nil {
		var in *Ring
		if in, err = k.within(); err == nil {
			return in, nil
		}
	}
	return nil, fmt.Errorf("open ring within: %w", err)
}

// MAC is the HMAC-SHA256 of data, 32 bytes, under a key that belongs to
// wrapped and label: equal data of two labels or two keys cannot be matched.
// Compare with hmac.Equal where it guards something.
func (r *Ring) MAC(wrapped []byte, label string, data []byte) ([]byte, error) {
	k, err := r.find(wrapped)
	if err != nil {
		return nil, fmt.Errorf("make keyed hash: %w", err)
	}
	key, err := k.derive(labelMAC, label)
	if err != nil {
		return nil, fmt.Errorf("make keyed hash: %w", err)
	}
	defer clear(key)
	return keyedHash(key, data), nil
}

// Forget wipes the data key in wrapped from memory and closes the ring
// rooted in it. A ring with its private half can open it again as long as the
// wrapped key exists somewhere: to destroy is to delete that too.
func (r *Ring) Forget(wrapped []byte) {
	r.mu.Lock()
	k := r.keys[string(wrapped)]
	delete(r.keys, string(wrapped))
	r.mu.Unlock()
	if k != nil {
		k.forget((*Ring).Close)
	}
}

// Close wipes everything. Whatever is asked of the ring afterwards, save
// Public, is a Locked error. Close again does nothing.
func (r *Ring) Close() { r.empty(true) }

// String names the public half and no key, whatever it is printed with.
func (r *Ring) String() string { return fmt.Sprintf("ring %x", r.bytes[:4]) }

// GoString is String.
func (r *Ring) GoString() string { return r.String() }

// empty leaves the public half only; of a closed ring not even that.
func (r *Ring) empty(closed bool) {
	r.mu.Lock()
	keys := r.keys
	r.private, r.keys = nil, map[string]*dataKey{}
	r.closed = r.closed || closed
	r.mu.Unlock()
	for _, k := range keys {
		k.forget(func(in *Ring) { in.empty(closed) })
	}
}

func (r *Ring) unlock(private hpke.PrivateKey) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.closed {
		r.private = private
	}
}
