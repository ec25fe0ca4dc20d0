package vault

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/afterword/afterword/models"
	"github.com/zalando/go-keyring"
)

const cheap = 6 // scrypt's work factor in tests

func TestMain(m *testing.M) {
	if dir := os.Getenv("AFTERWORD_TEST_VAULT"); dir != "" {
		v, err := Open(context.Background(), Config{Dir: dir})
		if err != nil || v.Locked() {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
		fmt.Printf("%x\n", v.Ring().Public())
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func say(passphrase string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return passphrase, nil }
}

func mustOpen(t testing.TB, c Config) *Vault {
	t.Helper()
	c.WorkFactor = cheap
	v, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Close)
	return v
}

// seal seals a line as a store would; the result is what lies on disk.
func seal(t testing.TB, r *Ring, text string) (wrapped, sealed []byte) {
	t.Helper()
	wrapped, err := r.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	if sealed, err = r.Seal(wrapped, "segment/1/1/text", []byte(text)); err != nil {
		t.Fatal(err)
	}
	return wrapped, sealed
}

func opens(t testing.TB, r *Ring, wrapped, sealed []byte, want string) {
	t.Helper()
	if got, err := r.Open(wrapped, "segment/1/1/text", sealed); err != nil || string(got) != want {
		t.Fatalf("opened %q, %v; want %q", got, err, want)
	}
}

func wantCode(t testing.TB, err error, want models.Code) {
	t.Helper()
	if models.CodeOf(err) != want {
		t.Fatalf("error %v has code %q, want %q", err, models.CodeOf(err), want)
	}
}

// dbus lets keyring calls through to the mock on a machine without a desktop.
func dbus(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
	keyring.MockInit()
}

func TestFirstRunChoosesHowTheKeyIsKept(t *testing.T) {
	tests := []struct {
		name    string
		c       Config
		keyring error // nil: it works
		want    Kind
	}{
		{"a passphrase is offered", Config{Passphrase: say("p"), Keyring: true}, nil, Passphrase},
		{"an empty passphrase is no offer", Config{Passphrase: say(""), Keyring: true}, nil, Keyring},
		{"the keyring is allowed and works", Config{Keyring: true}, nil, Keyring},
		{"the keyring is locked", Config{Keyring: true}, errors.New("locked"), KeyFile},
		{"the keyring is not allowed", Config{}, nil, KeyFile},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dbus(t)
			if tt.keyring != nil {
				keyring.MockInitWithError(tt.keyring)
			}
			tt.c.Dir = filepath.Join(t.TempDir(), "keys")
			v := mustOpen(t, tt.c)
			if v.Locked() || v.Kind() != tt.want {
				t.Fatalf("locked %v, kept by %s; want open, %s", v.Locked(), v.Kind(), tt.want)
			}
			wrapped, sealed := seal(t, v.Ring(), "hello")
			again := mustOpen(t, tt.c)
			if got := again.Locked(); got != (tt.want == Passphrase) {
				t.Fatalf("locked %v after the second open", got)
			}
			if err := again.Unlock(t.Context()); err != nil {
				t.Fatal(err)
			}
			opens(t, again.Ring(), wrapped, sealed, "hello")
			if err := again.Check(t.Context()); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestFilesAreOurs(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	v := mustOpen(t, Config{Dir: dir})
	if err := v.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	os.Chmod(filepath.Join(dir, fileName), 0o644)
	err := v.Check(t.Context())
	wantCode(t, err, models.Unusable)
	if !strings.Contains(err.Error(), "others may read vault.json") {
		t.Fatal(err)
	}
}

func TestNoSecondVaultForAHomeThatHasData(t *testing.T) {
	dir := t.TempDir()
	_, err := Open(t.Context(), Config{Dir: dir, Existing: true})
	wantCode(t, err, models.NotFound)
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Fatalf("left %v behind", left)
	}
}

func TestWrongPassphrase(t *testing.T) {
	dir := t.TempDir()
	mustOpen(t, Config{Dir: dir, Passphrase: say("right one")})
	for _, wrong := range []string{"wrong one", "", "right one ", "Right one"} {
		v := mustOpen(t, Config{Dir: dir, Passphrase: say(wrong)})
		err := v.Unlock(t.Context())
		wantCode(t, err, models.Locked)
		if want := "unlock: that passphrase does not open this store"; err.Error() != want || models.HintOf(err) == "" {
			t.Fatalf("said %q, hint %q; want %q", err, models.HintOf(err), want)
		}
	}
	none := mustOpen(t, Config{Dir: dir})
	err := none.Unlock(t.Context())
	wantCode(t, err, models.Locked)
	if models.HintOf(err) == "" {
		t.Fatal("no hint")
	}
}

func TestRecordingGoesOnWhileLocked(t *testing.T) {
	dir := t.TempDir()
	v := mustOpen(t, Config{Dir: dir, Passphrase: say("p")})
	before, text := seal(t, v.Ring(), "before")
	v.Lock()
	_, err := v.Ring().Open(before, "segment/1/1/text", text)
	wantCode(t, err, models.Locked)
	wantCode(t, v.Change(t.Context(), Protection{Kind: KeyFile}), models.Locked)

	session, err := v.Ring().NewKey()
	if err != nil {
		t.Fatal(err)
	}
	within, err := v.Ring().Within(session)
	if err != nil {
		t.Fatal(err)
	}
	recorder, err := WriteOnly(within.Public())
	if err != nil {
		t.Fatal(err)
	}
	minute, sound := seal(t, recorder, "sound")
	v.Lock() // whatever happens to the hub
	minute2, sound2 := seal(t, recorder, "more sound")

	if err := v.Unlock(t.Context()); err != nil {
		t.Fatal(err)
	}
	opens(t, v.Ring(), before, text, "before")
	if within, err = v.Ring().Within(session); err != nil {
		t.Fatal(err)
	}
	opens(t, within, minute, sound, "sound")
	opens(t, within, minute2, sound2, "more sound")
	stranger, _ := WriteOnly(within.Public())
	_, err = stranger.Open(minute, "segment/1/1/text", sound)
	wantCode(t, err, models.Locked)
}

func TestUnlockOfAClosedVault(t *testing.T) {
	v := mustOpen(t, Config{Dir: t.TempDir()})
	v.Close()
	wantCode(t, v.Unlock(t.Context()), models.Locked)
	_, err := v.Ring().NewKey()
	wantCode(t, err, models.Locked)
}

func TestUnlockObeysTheContext(t *testing.T) {
	dir := t.TempDir()
	mustOpen(t, Config{Dir: dir, Passphrase: say("p")})
	v := mustOpen(t, Config{Dir: dir, Passphrase: say("p")})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := v.Unlock(ctx); !errors.Is(err, context.Canceled) || !v.Locked() {
		t.Fatalf("got %v, locked %v", err, v.Locked())
	}
}

func TestMissingSecrets(t *testing.T) {
	t.Run("key file", func(t *testing.T) {
		dir := t.TempDir()
		mustOpen(t, Config{Dir: dir})
		files, _ := filepath.Glob(filepath.Join(dir, "*.key"))
		if len(files) != 1 {
			t.Fatalf("key files %v, want one", files)
		}
		text, _ := os.ReadFile(files[0])
		os.Remove(files[0])
		v := mustOpen(t, Config{Dir: dir})
		wantCode(t, v.Unlock(t.Context()), models.Locked)
		os.WriteFile(files[0], []byte(strings.Replace(string(text), "-FILE-", "-FILE-A", 1)), 0o600)
		err := v.Unlock(t.Context())
		wantCode(t, err, models.Unusable)
		if strings.Contains(err.Error(), strings.TrimSpace(string(text))[30:]) {
			t.Fatal("the error holds the key")
		}
	})
	t.Run("entry in the keyring", func(t *testing.T) {
		dbus(t)
		dir := t.TempDir()
		mustOpen(t, Config{Dir: dir, Keyring: true})
		keyring.MockInit()
		v := mustOpen(t, Config{Dir: dir})
		err := v.Unlock(t.Context())
		wantCode(t, err, models.Locked)
		if models.HintOf(err) == "" {
			t.Fatal("no hint")
		}
	})
}

// wedged is a keyring that asks somebody who is not there.
type wedged struct {
	freed   chan struct{}
	mu      sync.Mutex
	deleted int
}

func (w *wedged) Set(user, secret string) error { <-w.freed; return nil }
func (w *wedged) Get(user string) (string, error) {
	<-w.freed
	return "", errors.New("late")
}

func (w *wedged) Delete(user string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.deleted++
	return nil
}

func TestAKeyringThatHangsIsLeftBehind(t *testing.T) {
	dir := t.TempDir() // real files; only the wait is faked
	synctest.Test(t, func(t *testing.T) {
		w := &wedged{freed: make(chan struct{})}
		start := time.Now()
		v, err := Open(t.Context(), Config{Dir: dir, Keyring: true, ring: keyringDoor{2 * time.Second, w}})
		if err != nil || v.Kind() != KeyFile {
			t.Fatalf("got %v, %v; want a key file", v, err)
		}
		if took := time.Since(start); took != 2*time.Second {
			t.Fatalf("waited %v, want 2 s", took)
		}
		close(w.freed)
		synctest.Wait()
		if w.deleted != 1 {
			t.Fatal("the late entry stays in the keyring")
		}
	})
}

func TestNoBusIsStarted(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	keyring.MockInit()
	err := reachable()
	if v := mustOpen(t, Config{Dir: t.TempDir(), Keyring: true}); err != nil && v.Kind() != KeyFile {
		t.Fatalf("kept by %s without a desktop session", v.Kind())
	}
}

func TestManyOpenAnEmptyFolderAtOnce(t *testing.T) {
	t.Run("20 goroutines", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "keys")
		vaults := make([]*Vault, 20)
		var all sync.WaitGroup
		for i := range vaults {
			c := Config{Dir: dir, WorkFactor: cheap}
			if i%2 == 0 { // half offer one and the same passphrase
				c.Passphrase = say("p")
			}
			all.Go(func() { vaults[i], _ = Open(t.Context(), c) })
		}
		all.Wait()
		wrapped, sealed := seal(t, vaults[0].Ring(), "one vault")
		for i, v := range vaults {
			if v == nil || string(v.Ring().Public()) != string(vaults[0].Ring().Public()) {
				t.Fatalf("vault %d is another", i)
			}
			if err := v.Unlock(t.Context()); err != nil && i%2 == 0 {
				t.Fatalf("vault %d knew the passphrase: %v", i, err)
			}
			if !v.Locked() {
				opens(t, v.Ring(), wrapped, sealed, "one vault")
			}
		}
		checkClean(t, dir, vaults[0].Kind())
	})
	t.Run("12 processes", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "keys")
		said := make([]string, 12)
		var all sync.WaitGroup
		for i := range said {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "AFTERWORD_TEST_VAULT="+dir)
			all.Go(func() { out, _ := cmd.Output(); said[i] = string(out) })
		}
		all.Wait()
		for i, s := range said {
			if s != said[0] || len(s) != 65 {
				t.Fatalf("process %d said %q, the first %q", i, s, said[0])
			}
		}
		checkClean(t, dir, KeyFile)
	})
}

// checkClean fails where more is in the folder than the vault needs.
func checkClean(t *testing.T, dir string, k Kind) {
	t.Helper()
	found, _ := os.ReadDir(dir)
	want := map[Kind]int{Passphrase: 1, Keyring: 1, KeyFile: 2}[k]
	if len(found) != want {
		t.Fatalf("the folder of a vault kept by %s holds %v", k, found)
	}
}
