package vault

import (
	"crypto/hpke"
	"fmt"
	"sync"

	"github.com/afterword/afterword/models"
)

// MaxRecipients of one parcel.
const MaxRecipients = 64

const minParcel = 2 + slotSize + keySize + minSealed

// SealParcel seals plain for workers, each named by its 32-byte public half.
// The payload is sealed once, under a key that belongs to wrapped's data key
// and context; that key is sealed to each recipient. Nothing in a parcel tells
// who they are. Locked if the ring cannot open wrapped.
func (r *Ring) SealParcel(wrapped []byte, context string, plain []byte, recipients [][]byte) ([]byte, error) {
	if len(recipients) < 1 || len(recipients) > MaxRecipients {
		return nil, models.Errorf(models.Invalid, "seal parcel %s: %d recipients, want 1 to %d", context, len(recipients), MaxRecipients)
	}
	key, home, err := r.parcelKey(wrapped, context)
	if err != nil {
		return nil, fmt.Errorf("seal parcel %s: %w", context, err)
	}
	defer clear(key)
	head := make([]byte, 2, 2+len(recipients)*slotSize+keySize)
	head[0], head[1] = version, byte(len(recipients))
	for i, b := range recipients {
		pub, err := parsePublic(b)
		if err != nil {
			return nil, fmt.Errorf("seal parcel %s: recipient %d: %w", context, i+1, err)
		}
		slot, err := wrapTo(pub, scope(labelSlot, context), key)
		if err != nil {
			return nil, fmt.Errorf("seal parcel %s: recipient %d: %w", context, i+1, err)
		}
		head = append(head, slot...)
	}
	head = append(head, home.Public()...)
	body, err := sealKey(key, string(head)+context, plain)
	if err != nil {
		return nil, fmt.Errorf("seal parcel %s: %w", context, err)
	}
	return append(head, body...), nil
}

// OpenReply opens what a recipient of the parcel with this wrapped and context
// sealed as its reply. Only a holder of the data key can; only somebody who
// opened the parcel can have made it. Unusable otherwise.
func (r *Ring) OpenReply(wrapped []byte, context string, sealed []byte) ([]byte, error) {
	plain, err := r.openReply(wrapped, context, sealed)
	if err != nil {
		return nil, fmt.Errorf("open reply %s: %w", context, err)
	}
	return plain, nil
}

func (r *Ring) openReply(wrapped []byte, context string, sealed []byte) ([]byte, error) {
	parcelKey, home, err := r.parcelKey(wrapped, context)
	if err != nil {
		return nil, err
	}
	defer clear(parcelKey)
	if err := checkVersion("reply", sealed, 1+keySize+minSealed, 1<<40); err != nil {
		return nil, err
	}
	home.mu.RLock()
	private := home.private
	home.mu.RUnlock()
	if private == nil {
		return nil, errLocked()
	}
	share, body := sealed[1:1+keySize], sealed[1+keySize:]
	recipient, err := hpke.NewRecipient(share, private, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), []byte(scope(labelReply, context)))
	if err != nil {
		return nil, models.Errorf(models.Unusable, "the reply is damaged")
	}
	key, err := replyKey(recipient, parcelKey)
	if err != nil {
		return nil, err
	}
	defer clear(key)
	return openKey(key, context, body)
}

// parcelKey is the key of the parcel at context, and the ring that its reply
// is sealed to.
func (r *Ring) parcelKey(wrapped []byte, context string) ([]byte, *Ring, error) {
	k, err := r.find(wrapped)
	if err != nil {
		return nil, nil, err
	}
	home, err := k.within()
	if err != nil {
		return nil, nil, err
	}
	key, err := k.derive(labelParcel, context)
	return key, home, err
}

// replyKey joins the secret shared with the hub, which the other recipients
// do not know, and the parcel's key, which only they and the hub know.
func replyKey(exchange interface {
	Export(context string, length int) ([]byte, error)
}, parcelKey []byte,
) ([]byte, error) {
	shared, err := exchange.Export(labelReply, keySize)
	if err != nil {
		return nil, fmt.Errorf("derive reply key: %w", err)
	}
	both := cat(shared, parcelKey)
	defer clear(both)
	clear(shared)
	return derive(both, labelReply, "")
}

// OpenParcel opens a parcel that was sealed to this identity with this
// context, and gives the means to reply. Unusable if it was sealed to others,
// changed, or moved.
func (i *Identity) OpenParcel(context string, parcel []byte) (plain []byte, reply *Reply, err error) {
	plain, reply, err = i.openParcel(context, parcel)
	if err != nil {
		return nil, nil, fmt.Errorf("open parcel %s: %w", context, err)
	}
	return plain, reply, nil
}

func (i *Identity) openParcel(context string, parcel []byte) ([]byte, *Reply, error) {
	if err := checkVersion("parcel", parcel, minParcel, 1<<40); err != nil {
		return nil, nil, err
	}
	n := int(parcel[1])
	slots := 2 + n*slotSize
	if n < 1 || n > MaxRecipients || len(parcel) < slots+keySize+minSealed {
		return nil, nil, models.Errorf(models.Unusable, "the parcel is damaged")
	}
	head, body := parcel[:slots+keySize], parcel[slots+keySize:]
	home, err := parsePublic(head[slots:])
	if err != nil {
		return nil, nil, models.Errorf(models.Unusable, "the parcel is damaged")
	}
	for at := 2; at < slots; at += slotSize {
		key, err := unwrap(i.private, scope(labelSlot, context), head[at:at+slotSize])
		if err != nil {
			continue // sealed to somebody else
		}
		plain, err := openKey(key, string(head)+context, body)
		if err != nil {
			clear(key)
			return nil, nil, err
		}
		return plain, &Reply{home: home, key: key, context: context}, nil
	}
	return nil, nil, models.WithHint(models.Errorf(models.Unusable, "it was not sealed to this worker, or is damaged"),
		"check that the hub knows this worker's public key")
}

// Reply seals the one answer to an opened parcel.
type Reply struct {
	home    hpke.PublicKey
	context string

	mu  sync.Mutex
	key []byte // the parcel's; nil once used
}

// String names no key, whatever it is printed with.
func (r *Reply) String() string { return "reply " + r.context }

// GoString is String.
func (r *Reply) GoString() string { return r.String() }

// Seal seals plain so that the hub opens it with OpenReply, and nobody else:
// not the other recipients of the parcel, and not the sealer. It works once,
// then wipes its key; a second call is a Conflict error.
func (r *Reply) Seal(plain []byte) ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.key == nil {
		return nil, models.Errorf(models.Conflict, "seal reply %s: it was sealed before", r.context)
	}
	share, sender, err := hpke.NewSender(r.home, hpke.HKDFSHA256(), hpke.ChaCha20Poly1305(), []byte(scope(labelReply, r.context)))
	if err != nil {
		return nil, fmt.Errorf("seal reply %s: %w", r.context, err)
	}
	key, err := replyKey(sender, r.key)
	if err != nil {
		return nil, fmt.Errorf("seal reply %s: %w", r.context, err)
	}
	defer clear(key)
	body, err := sealKey(key, r.context, plain)
	if err != nil {
		return nil, fmt.Errorf("seal reply %s: %w", r.context, err)
	}
	clear(r.key)
	r.key = nil
	return cat([]byte{version}, share, body), nil
}
