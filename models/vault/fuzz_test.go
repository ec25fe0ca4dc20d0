package vault

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/afterword/afterword/models"
)

func FuzzVaultFile(f *testing.F) {
	for _, c := range []Config{{}, {Passphrase: say("p")}} {
		c.Dir = f.TempDir()
		mustOpen(f, c)
		b, _ := os.ReadFile(filepath.Join(c.Dir, fileName))
		f.Add(b)
	}
	f.Add([]byte(`{"format":"afterword vault","version":1,"kept":"keyfile","id":"../../../../etc/shadow"}`))
	f.Add([]byte(`{"format":"afterword vault","version":99}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := parseFile(b)
		if err != nil {
			if c := models.CodeOf(err); c != models.Unusable && c != models.TooNew {
				t.Fatalf("code %q", c)
			}
			return
		}
		if v.Kept != Passphrase && filepath.Base(v.ID) != v.ID {
			t.Fatalf("the key file %q is elsewhere", v.ID)
		}
		if _, err := WriteOnly(v.Public); err != nil {
			t.Fatal(err)
		}
		again, err := v.bytes()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parseFile(again); err != nil && len(again) <= maxFile {
			t.Fatalf("not read back: %v", err)
		}
	})
}

func FuzzWrappedKey(f *testing.F) {
	r := newRing(f)
	good, sealed := seal(f, r, "hello")
	f.Add(good)
	f.Add([]byte{version})
	f.Add([]byte{2, 3})
	f.Fuzz(func(t *testing.T, b []byte) {
		plain, err := r.Open(b, "segment/1/1/text", sealed)
		if (err == nil) != bytes.Equal(b, good) {
			t.Fatalf("opened %q, %v", plain, err)
		}
	})
}

func FuzzSealedValue(f *testing.F) {
	r := newRing(f)
	wrapped, good := seal(f, r, "hello")
	f.Add(good, "segment/1/1/text")
	f.Add(good, "segment/1/2/text")
	f.Add([]byte{version}, "")
	f.Fuzz(func(t *testing.T, b []byte, context string) {
		plain, err := r.Open(wrapped, context, b)
		if (err == nil) != (bytes.Equal(b, good) && context == "segment/1/1/text") {
			t.Fatalf("opened %q, %v", plain, err)
		}
	})
}

func FuzzParcel(f *testing.F) {
	r := newRing(f)
	wrapped, _ := r.NewKey()
	all, public := workers(f, 1)
	good, _ := r.SealParcel(wrapped, "c", []byte("sound"), public)
	f.Add(good)
	f.Add(append([]byte{version, 255}, make([]byte, 300)...))
	f.Add(append([]byte{version, 0}, make([]byte, 300)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, reply, err := all[0].OpenParcel("c", b)
		if (err == nil) != bytes.Equal(b, good) || (reply == nil) != (err != nil) {
			t.Fatalf("opened: %v", err)
		}
		if _, err := r.OpenReply(wrapped, "c", b); err == nil {
			t.Fatal("opened as a reply")
		}
	})
}

func FuzzIdentity(f *testing.F) {
	w, _ := NewIdentity()
	f.Add(w.Secret())
	f.Add(w.PublicString())
	f.Add(writeKey(prefixKeyFile, newSecret()))
	f.Add(prefixSecret)
	f.Fuzz(func(t *testing.T, s string) {
		if i, err := ParseIdentity(s); err == nil {
			again, err := ParseIdentity(i.Secret())
			if err != nil || !bytes.Equal(again.Public(), i.Public()) {
				t.Fatalf("not read back: %v", err)
			}
		}
		if b, err := ParsePublic(s); err == nil {
			if again, err := ParsePublic(writeKey(prefixPublic, b)); err != nil || !bytes.Equal(again, b) {
				t.Fatalf("not read back: %v", err)
			}
		}
	})
}
