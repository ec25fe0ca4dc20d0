package vault

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/afterword/afterword/models"
	"pgregory.net/rapid"
)

func workers(t testing.TB, n int) (list []*Identity, public [][]byte) {
	t.Helper()
	for range n {
		w, err := NewIdentity()
		if err != nil {
			t.Fatal(err)
		}
		list, public = append(list, w), append(public, w.Public())
	}
	return list, public
}

func TestAParcelThereAndBack(t *testing.T) {
	r := newRing(t)
	wrapped, _ := r.NewKey()
	all, public := workers(t, 5)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, len(all)).Draw(t, "recipients")
		context := rapid.String().Draw(t, "context")
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		parcel, err := r.SealParcel(wrapped, context, plain, public[:n])
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range all {
			got, reply, err := w.OpenParcel(context, parcel)
			if i >= n {
				if models.CodeOf(err) != models.Unusable {
					t.Fatalf("worker %d opened it: %v", i, err)
				}
				continue
			}
			if err != nil || !bytes.Equal(got, plain) {
				t.Fatalf("worker %d opened %x, %v", i, got, err)
			}
			answer := []byte{byte(i)}
			sealed, err := reply.Seal(answer)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := r.OpenReply(wrapped, context, sealed); err != nil || !bytes.Equal(got, answer) {
				t.Fatalf("reply %x, %v", got, err)
			}
			if _, err := r.OpenReply(wrapped, context+"x", sealed); models.CodeOf(err) != models.Unusable {
				t.Fatalf("reply moved: %v", err)
			}
			if _, err := reply.Seal(answer); models.CodeOf(err) != models.Conflict {
				t.Fatalf("sealed a second reply: %v", err)
			}
		}
		if _, _, err := all[0].OpenParcel(context+"x", parcel); models.CodeOf(err) != models.Unusable {
			t.Fatalf("parcel moved: %v", err)
		}
	})
}

func TestAnyByteOfParcelAndReplyCounts(t *testing.T) {
	r := newRing(t)
	wrapped, _ := r.NewKey()
	all, public := workers(t, 2)
	parcel, _ := r.SealParcel(wrapped, "chunk/1/2", []byte("sound"), public)
	_, reply, _ := all[1].OpenParcel("chunk/1/2", parcel)
	sealed, _ := reply.Seal([]byte("text"))
	for at := range parcel {
		bad := slices.Clone(parcel)
		bad[at] ^= 1
		for i, w := range all {
			if _, _, err := w.OpenParcel("chunk/1/2", bad); err == nil {
				t.Errorf("worker %d opened it with byte %d of %d changed", i, at, len(parcel))
			}
		}
		all[0].OpenParcel("chunk/1/2", parcel[:at]) // no panic
	}
	for at := range sealed {
		bad := slices.Clone(sealed)
		bad[at] ^= 1
		if _, err := r.OpenReply(wrapped, "chunk/1/2", bad); err == nil {
			t.Errorf("the reply opened with byte %d changed", at)
		}
		if _, err := r.OpenReply(wrapped, "chunk/1/2", sealed[:at]); err == nil {
			t.Errorf("the reply opened when cut to %d bytes", at)
		}
	}
}

// A reply is read by the hub alone, and written by an opener alone.
func TestRepliesAreNotReadOrForgedByOthers(t *testing.T) {
	r := newRing(t)
	session, _ := r.NewKey()
	all, public := workers(t, 2)
	parcel, _ := r.SealParcel(session, "c", []byte("sound"), public)
	_, mine, _ := all[0].OpenParcel("c", parcel)
	_, theirs, _ := all[1].OpenParcel("c", parcel)
	sealed, _ := mine.Seal([]byte("text"))

	if _, err := openKey(theirs.key, "c", sealed[1+keySize:]); err == nil {
		t.Error("another recipient read the reply with the parcel's key")
	}
	stranger := &Reply{home: theirs.home, key: newSecret(), context: "c"} // knows the hub's public half
	forged, _ := stranger.Seal([]byte("text"))
	_, err := r.OpenReply(session, "c", forged)
	wantCode(t, err, models.Unusable)

	public0, _ := WriteOnly(r.Public())
	_, err = public0.OpenReply(session, "c", sealed)
	wantCode(t, err, models.Locked)
}

func TestParcelRecipients(t *testing.T) {
	r := newRing(t)
	wrapped, _ := r.NewKey()
	_, public := workers(t, 1)
	for name, to := range map[string][][]byte{
		"none": nil, "too many": slices.Repeat(public, MaxRecipients+1), "no key": {[]byte("short")}, "a weak key": {make([]byte, 32)},
	} {
		_, err := r.SealParcel(wrapped, "c", nil, to)
		if models.CodeOf(err) != models.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestIdentityAsText(t *testing.T) {
	w, _ := NewIdentity()
	secret, public := w.Secret(), w.PublicString()
	if !strings.HasPrefix(secret, prefixSecret) || !strings.HasPrefix(public, prefixPublic) {
		t.Fatalf("%s… %s", secret[:30], public)
	}
	for _, s := range []string{secret, strings.ToLower(secret), "\n" + secret + "  \n"} {
		again, err := ParseIdentity(s)
		if err != nil || again.PublicString() != public {
			t.Fatal(err)
		}
	}
	if b, err := ParsePublic(strings.ToUpper(public)); err != nil || !bytes.Equal(b, w.Public()) {
		t.Fatal(err)
	}
	for at := len(prefixSecret); at < len(secret); at++ {
		bad := []byte(secret)
		if bad[at]++; bad[at] == 'Z'+1 {
			bad[at] = 'A'
		}
		_, err := ParseIdentity(string(bad))
		if models.CodeOf(err) != models.Invalid || strings.Contains(err.Error(), secret[40:50]) {
			t.Fatalf("letter %d changed: %v", at, err)
		}
	}
	for _, wrong := range []string{"", public, secret[:len(secret)-1], secret + "A", prefixSecret} {
		if _, err := ParseIdentity(wrong); models.CodeOf(err) != models.Invalid {
			t.Errorf("%d letters were taken: %v", len(wrong), err)
		}
	}
	if _, err := ParsePublic(strings.Replace(secret, prefixSecret, prefixPublic, 1)); models.CodeOf(err) != models.Invalid {
		t.Errorf("a secret was taken for a public key: %v", err)
	}
}
