package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/afterword/afterword/models"
	"github.com/zalando/go-keyring"
)

func TestChangeKeepsWhatWasSealed(t *testing.T) {
	ways := []Protection{{Kind: KeyFile}, {Kind: Passphrase, Passphrase: "one"}, {Kind: Keyring}}
	for _, from := range ways {
		for _, to := range append(ways, Protection{Kind: Passphrase, Passphrase: "two"}) {
			t.Run(fmt.Sprintf("%s to %s", from.Kind, to.Kind), func(t *testing.T) {
				dbus(t)
				dir := t.TempDir()
				v := mustOpen(t, Config{Dir: dir, Passphrase: say(from.Passphrase), Keyring: from.Kind == Keyring})
				wrapped, sealed := seal(t, v.Ring(), "hello")
				before := snapshot(t, dir)
				if err := v.Change(t.Context(), to); err != nil {
					t.Fatal(err)
				}
				checkClean(t, dir, to.Kind)
				other := mustOpen(t, Config{Dir: dir, Passphrase: say(to.Passphrase)})
				if err := other.Unlock(t.Context()); err != nil || other.Kind() != to.Kind {
					t.Fatalf("kept by %s: %v", other.Kind(), err)
				}
				opens(t, other.Ring(), wrapped, sealed, "hello")
				if from.Kind == Passphrase {
					return // an old copy opens with the old passphrase, for ever
				}
				old := t.TempDir() // a copied vault.json is worth nothing without the destroyed secret
				os.WriteFile(filepath.Join(old, fileName), before[fileName], 0o600)
				gone := mustOpen(t, Config{Dir: old})
				wantCode(t, gone.Unlock(t.Context()), models.Locked)
			})
		}
	}
}

func snapshot(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	found, _ := os.ReadDir(dir)
	for _, f := range found {
		files[f.Name()], _ = os.ReadFile(filepath.Join(dir, f.Name()))
	}
	return files
}

// At whichever step a change is cut off, one way opens the store, and if
// Change had no error it is the new one.
func TestAChangeThatIsCutOffLosesNothing(t *testing.T) {
	ways := []Protection{{Kind: KeyFile}, {Kind: Passphrase, Passphrase: "old"}, {Kind: Keyring}}
	news := []Protection{{Kind: KeyFile}, {Kind: Passphrase, Passphrase: "new"}, {Kind: Keyring}}
	for _, from := range ways {
		for _, to := range news {
			for _, mode := range []string{"this step fails", "all from here on fail"} {
				t.Run(fmt.Sprintf("%s to %s, %s", from.Kind, to.Kind, mode), func(t *testing.T) {
					dbus(t)
					steps := 0
					for cut := 0; ; cut++ {
						if n := cutOff(t, from, to, cut, mode != "this step fails"); n <= cut {
							steps = n
							break
						}
					}
					if steps < 3 {
						t.Fatalf("only %d steps were tried", steps)
					}
				})
			}
		}
	}
}

func cutOff(t *testing.T, from, to Protection, cut int, onward bool) (steps int) {
	t.Helper()
	dir := t.TempDir()
	armed, last := false, ""
	v := mustOpen(t, Config{
		Dir: dir, Passphrase: say(from.Passphrase), Keyring: from.Kind == Keyring,
		step: func(action string) error {
			if !armed {
				return nil
			}
			steps++
			if steps-1 == cut || onward && steps > cut {
				last = action
				return fmt.Errorf("%s: cut off", action)
			}
			return nil
		},
	})
	wrapped, sealed := seal(t, v.Ring(), "hello")
	armed = true
	err := v.Change(t.Context(), to)
	opened := ""
	for _, p := range []string{from.Passphrase, to.Passphrase} {
		again := mustOpen(t, Config{Dir: dir, Passphrase: say(p)})
		if again.Unlock(t.Context()) == nil {
			opens(t, again.Ring(), wrapped, sealed, "hello")
			opened = string(again.Kind()) + p
		}
	}
	if opened == "" {
		t.Fatalf("cut off at %q: neither way opens it (%v)", last, err)
	}
	if want := string(to.Kind) + to.Passphrase; err == nil && opened != want && to.Kind == Passphrase {
		t.Fatalf("cut off at %q: no error, but it opens with %s", last, opened)
	}
	opens(t, v.Ring(), wrapped, sealed, "hello") // the running program does not notice
	return steps
}

func TestALaterOpenDestroysWhatACutOffChangeLeft(t *testing.T) {
	dir := t.TempDir()
	armed := false
	v := mustOpen(t, Config{Dir: dir, step: func(action string) error {
		if armed && action == "destroy" {
			return errors.New("cut off")
		}
		return nil
	}})
	armed = true
	if err := v.Change(t.Context(), Protection{Kind: Passphrase, Passphrase: "p"}); err != nil {
		t.Fatal(err)
	}
	wantCode(t, v.Check(t.Context()), models.Partial)
	if found, _ := os.ReadDir(dir); len(found) != 2 {
		t.Fatalf("found %v, want vault.json and the old key file", found)
	}
	mustOpen(t, Config{Dir: dir})
	checkClean(t, dir, Passphrase)
}

func TestChangeRefusals(t *testing.T) {
	t.Run("a kind that is none", func(t *testing.T) {
		v := mustOpen(t, Config{Dir: t.TempDir()})
		wantCode(t, v.Change(t.Context(), Protection{Kind: "paper"}), models.Invalid)
	})
	t.Run("an empty passphrase", func(t *testing.T) {
		v := mustOpen(t, Config{Dir: t.TempDir()})
		wantCode(t, v.Change(t.Context(), Protection{Kind: Passphrase}), models.Invalid)
	})
	t.Run("a keyring that is locked", func(t *testing.T) {
		dbus(t)
		keyring.MockInitWithError(errors.New("locked"))
		v := mustOpen(t, Config{Dir: t.TempDir()})
		wantCode(t, v.Change(t.Context(), Protection{Kind: Keyring}), models.Unusable)
		if v.Kind() != KeyFile {
			t.Fatal("it changed")
		}
	})
	t.Run("another program was faster", func(t *testing.T) {
		dir := t.TempDir()
		first := mustOpen(t, Config{Dir: dir})
		second := mustOpen(t, Config{Dir: dir, step: func(action string) error {
			if action == "key file" { // after it read vault.json, before it writes
				return first.Change(t.Context(), Protection{Kind: Passphrase, Passphrase: "first"})
			}
			return nil
		}})
		wantCode(t, second.Change(t.Context(), Protection{Kind: KeyFile}), models.Conflict)
		checkClean(t, dir, Passphrase)
	})
}

func TestAnAlteredVaultFile(t *testing.T) {
	dir, foreign := t.TempDir(), t.TempDir()
	mustOpen(t, Config{Dir: dir})
	other := mustOpen(t, Config{Dir: foreign})
	path := filepath.Join(dir, fileName)
	whole, _ := os.ReadFile(path)

	t.Run("another public half", func(t *testing.T) {
		f, _ := parseFile(whole)
		f.Public = other.Ring().Public()
		b, _ := f.bytes()
		os.WriteFile(path, b, 0o600)
		v := mustOpen(t, Config{Dir: dir})
		wantCode(t, v.Unlock(t.Context()), models.Unusable)
	})
	t.Run("swapped while the program runs", func(t *testing.T) {
		os.WriteFile(path, whole, 0o600)
		v := mustOpen(t, Config{Dir: dir})
		v.Lock()
		for name, b := range snapshot(t, foreign) {
			os.WriteFile(filepath.Join(dir, name), b, 0o600)
		}
		wantCode(t, v.Unlock(t.Context()), models.Unusable)
		wantCode(t, v.Check(t.Context()), models.Unusable)
	})
	t.Run("cut short", func(t *testing.T) {
		os.WriteFile(path, whole[:len(whole)/2], 0o600)
		_, err := Open(t.Context(), Config{Dir: dir})
		wantCode(t, err, models.Unusable)
	})
	t.Run("from a newer program", func(t *testing.T) {
		os.WriteFile(path, bytes.Replace(whole, []byte(`"version": 1`), []byte(`"version": 2`), 1), 0o600)
		_, err := Open(t.Context(), Config{Dir: dir})
		wantCode(t, err, models.TooNew)
	})
}

func TestBackup(t *testing.T) {
	v := mustOpen(t, Config{Dir: t.TempDir()})
	plain := bytes.Repeat([]byte("what was said "), 20000)
	var sealed bytes.Buffer
	w, err := v.Encrypt(&sealed, "p")
	if err != nil {
		t.Fatal(err)
	}
	w.Write(plain)
	w.Close()
	whole := sealed.Bytes()

	r, err := Decrypt(bytes.NewReader(whole), "p")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, plain) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	_, err = Decrypt(bytes.NewReader(whole), "q")
	wantCode(t, err, models.Locked)
	_, err = Decrypt(strings.NewReader("PK\x03\x04"), "p")
	wantCode(t, err, models.Unusable)
	_, err = v.Encrypt(io.Discard, "")
	wantCode(t, err, models.Invalid)
	for _, n := range []int{len(whole) - 1, len(whole) / 2} {
		r, err := Decrypt(bytes.NewReader(whole[:n]), "p")
		if err == nil {
			_, err = io.ReadAll(r)
		}
		wantCode(t, err, models.Unusable)
	}
}

func TestABackupOpensElsewhere(t *testing.T) {
	v := mustOpen(t, Config{Dir: t.TempDir()})
	wrapped, sealed := seal(t, v.Ring(), "hello")
	portable, err := v.Portable(t.Context(), "p")
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "keys")
	if err := Restore(dir, portable); err != nil {
		t.Fatal(err)
	}
	there := mustOpen(t, Config{Dir: dir, Passphrase: say("p")})
	if err := there.Unlock(t.Context()); err != nil {
		t.Fatal(err)
	}
	opens(t, there.Ring(), wrapped, sealed, "hello")
	wantCode(t, Restore(dir, portable), models.Conflict)
	wantCode(t, Restore(t.TempDir(), portable[1:]), models.Unusable)
	v.Lock()
	_, err = v.Portable(t.Context(), "p")
	wantCode(t, err, models.Locked)
}
