package vault

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/afterword/afterword/models"
	"pgregory.net/rapid"
)

func newRing(t testing.TB) *Ring {
	t.Helper()
	r, err := rooted(newSecret())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

func TestSealedValuesOpenOnlyWhereTheyBelong(t *testing.T) {
	r, other := newRing(t), newRing(t)
	wrapped, _ := r.NewKey()
	second, _ := r.NewKey()
	foreign, _ := other.NewKey()
	rapid.Check(t, func(t *rapid.T) {
		context := rapid.String().Draw(t, "context")
		plain := rapid.SliceOf(rapid.Byte()).Draw(t, "plain")
		sealed, err := r.Seal(wrapped, context, plain)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := r.Open(wrapped, context, sealed); err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("opened %x, %v; want %x", got, err, plain)
		}
		moved := rapid.String().Filter(func(s string) bool { return s != context }).Draw(t, "moved to")
		if _, err := r.Open(wrapped, moved, sealed); models.CodeOf(err) != models.Unusable {
			t.Fatalf("moved: %v", err)
		}
		if _, err := r.Open(second, context, sealed); models.CodeOf(err) != models.Unusable {
			t.Fatalf("under another key: %v", err)
		}
		if _, err := r.Open(foreign, context, sealed); models.CodeOf(err) != models.Unusable {
			t.Fatalf("under another ring's key: %v", err)
		}
		at := rapid.IntRange(0, len(sealed)-1).Draw(t, "at")
		bad := slices.Clone(sealed)
		bad[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "flip"))
		if _, err := r.Open(wrapped, context, bad); err == nil {
			t.Fatalf("opened with byte %d changed", at)
		}
		if _, err := r.Open(wrapped, context, sealed[:at]); err == nil {
			t.Fatalf("opened when cut to %d bytes", at)
		}
		if again, _ := r.Seal(wrapped, context, plain); bytes.Equal(again, sealed) {
			t.Fatal("sealed twice to the same bytes")
		}
	})
}

func TestAnyByteOfAWrappedKeyCounts(t *testing.T) {
	r := newRing(t)
	wrapped, sealed := seal(t, r, "hello")
	r.Forget(wrapped)
	opens(t, r, wrapped, sealed, "hello")
	for at := range wrapped {
		bad := slices.Clone(wrapped)
		bad[at] ^= 0x40
		_, err := r.Open(bad, "segment/1/1/text", sealed)
		want := models.Unusable
		if at == 0 {
			want = models.TooNew
		}
		if models.CodeOf(err) != want {
			t.Errorf("byte %d changed: %v", at, err)
		}
	}
}

func TestKeyedHashes(t *testing.T) {
	r := newRing(t)
	a, _ := r.NewKey()
	b, _ := r.NewKey()
	hash := func(wrapped []byte, label, data string) string {
		h, err := r.MAC(wrapped, label, []byte(data))
		if err != nil || len(h) != 32 {
			t.Fatalf("%x, %v", h, err)
		}
		return string(h)
	}
	one := hash(a, "import", "data")
	if one != hash(a, "import", "data") {
		t.Error("the same twice gives two hashes")
	}
	for _, other := range []string{hash(b, "import", "data"), hash(a, "chunk", "data"), hash(a, "import", "datb"), hash(a, "importd", "ata")} {
		if other == one {
			t.Error("key, label or data makes no difference")
		}
	}
}

func TestForgettingAKeyClosesWhatHungOnIt(t *testing.T) {
	r := newRing(t)
	session, _ := r.NewKey()
	within, _ := r.Within(session)
	minute, sound := seal(t, within, "sound")
	if again, _ := r.Within(session); again != within {
		t.Fatal("another ring at the second call")
	}
	r.Forget(session)
	_, err := within.Open(minute, "segment/1/1/text", sound)
	wantCode(t, err, models.Locked)
	_, err = within.NewKey()
	wantCode(t, err, models.Locked)
	within, err = r.Within(session) // the wrapped key still exists
	if err != nil {
		t.Fatal(err)
	}
	opens(t, within, minute, sound, "sound")
}

func TestAClosedRing(t *testing.T) {
	r := newRing(t)
	wrapped, sealed := seal(t, r, "hello")
	r.Close()
	r.Close()
	_, err := r.Open(wrapped, "segment/1/1/text", sealed)
	wantCode(t, err, models.Locked)
	_, err = r.NewKey()
	wantCode(t, err, models.Locked)
	if len(r.Public()) != 32 {
		t.Error("the public half is gone")
	}
}

func TestPublicHalvesThatAreNone(t *testing.T) {
	for name, b := range map[string][]byte{
		"empty": nil, "short": make([]byte, 31), "long": make([]byte, 33),
		"zero": make([]byte, 32), "one": append([]byte{1}, make([]byte, 31)...),
	} {
		_, err := WriteOnly(b)
		if models.CodeOf(err) != models.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Run with -race: sealing, locking and forgetting at once give right results
// or Locked, and nothing is ever sealed under a wiped key.
func TestManyAtOnce(t *testing.T) {
	secret := newSecret()
	r, _ := rooted(secret)
	private, _ := privateHalf(secret)
	wrapped, sealed := seal(t, r, "hello")
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for j := range 100 {
				switch {
				case i == 0 && j%10 == 0:
					r.empty(false)
					r.unlock(private)
				case i == 1 && j%10 == 0:
					r.Forget(wrapped)
				}
				got, err := r.Open(wrapped, "segment/1/1/text", sealed)
				if err != nil && models.CodeOf(err) != models.Locked || err == nil && string(got) != "hello" {
					t.Errorf("opened %q, %v", got, err)
				}
				if in, err := r.Within(wrapped); err == nil {
					in.Seal(wrapped, "", nil)
				}
				if again, err := r.Seal(wrapped, "x", []byte("y")); err == nil {
					if got, err := r.Open(wrapped, "x", again); err == nil && string(got) != "y" || models.CodeOf(err) == models.Unusable {
						t.Errorf("opened %q, %v", got, err)
					}
				}
			}
		})
	}
	all.Wait()
}

func TestPrintingTellsNoKey(t *testing.T) {
	v := mustOpen(t, Config{Dir: t.TempDir()})
	w, _ := NewIdentity()
	wrapped, _ := v.Ring().NewKey()
	parcel, _ := v.Ring().SealParcel(wrapped, "c", nil, [][]byte{w.Public()})
	_, reply, _ := w.OpenParcel("c", parcel)
	for _, x := range []any{v, v.Ring(), w, reply} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			s := fmt.Sprintf(verb, x)
			for _, key := range [][]byte{v.kek, w.secret, reply.key} {
				if strings.Contains(s, fmt.Sprintf("%x", key[:4])) || strings.Contains(s, fmt.Sprint(key[:4])) || len(s) > 100 {
					t.Errorf("%T printed with %s says %s", x, verb, s)
				}
			}
		}
	}
}

func BenchmarkNewKey(b *testing.B) {
	r := newRing(b)
	for b.Loop() {
		r.NewKey()
	}
}

func BenchmarkOpenWrappedKey(b *testing.B) {
	r := newRing(b)
	wrapped, sealed := seal(b, r, "hello")
	for b.Loop() {
		r.Forget(wrapped)
		r.Open(wrapped, "segment/1/1/text", sealed)
	}
}

func BenchmarkSeal(b *testing.B) {
	for _, n := range []int{100, 32 << 10, 450 << 10} {
		b.Run(fmt.Sprint(n, " bytes"), func(b *testing.B) {
			r := newRing(b)
			wrapped, _ := r.NewKey()
			plain := make([]byte, n)
			b.SetBytes(int64(n))
			for b.Loop() {
				r.Seal(wrapped, "segment/7f2a00112233/12/text", plain)
			}
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	for _, n := range []int{100, 32 << 10, 450 << 10} {
		b.Run(fmt.Sprint(n, " bytes"), func(b *testing.B) {
			r := newRing(b)
			wrapped, _ := r.NewKey()
			sealed, _ := r.Seal(wrapped, "segment/7f2a00112233/12/text", make([]byte, n))
			b.SetBytes(int64(n))
			for b.Loop() {
				r.Open(wrapped, "segment/7f2a00112233/12/text", sealed)
			}
		})
	}
}
