package vault

import (
	"testing"

	"github.com/afterword/afterword/models"
)

func TestAKeyIsSharedBetweenProcesses(t *testing.T) {
	dir := t.TempDir()
	mine := mustOpen(t, Config{Dir: dir, Passphrase: say("p")})
	wrapped, sealed := seal(t, mine.Ring(), "hello")
	key, err := mine.Share()
	if err != nil {
		t.Fatal(err)
	}
	yours := mustOpen(t, Config{Dir: dir})
	if err := yours.Adopt(newSecret()); err == nil || !yours.Locked() {
		t.Fatal("took a key that is none")
	}
	wantCode(t, yours.Adopt(nil), models.Locked)
	if err := yours.Adopt(key); err != nil {
		t.Fatal(err)
	}
	mine.Lock() // does not reach the copy
	opens(t, yours.Ring(), wrapped, sealed, "hello")
	_, err = mine.Share()
	wantCode(t, err, models.Locked)
}

func TestFingerprintsBelongToTheVault(t *testing.T) {
	a, b := mustOpen(t, Config{Dir: t.TempDir()}), mustOpen(t, Config{Dir: t.TempDir()})
	one, err := a.Fingerprint("import", []byte("file"))
	if err != nil || len(one) != 64 {
		t.Fatalf("%q, %v", one, err)
	}
	same, _ := a.Fingerprint("import", []byte("file"))
	label, _ := a.Fingerprint("other", []byte("file"))
	theirs, _ := b.Fingerprint("import", []byte("file"))
	if one != same || one == label || one == theirs {
		t.Error("a fingerprint must depend on vault, label and data, and on nothing else")
	}
	a.Lock()
	_, err = a.Fingerprint("import", nil)
	wantCode(t, err, models.Locked)
}
