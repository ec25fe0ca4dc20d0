package weights

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/afterword/afterword/models"
)

func sample(t *testing.T) (path string, w Weight) {
	t.Helper()
	b := []byte("these are the weights")
	path = filepath.Join(t.TempDir(), "ggml-base.bin")
	mustWrite(t, path, b)
	return path, Weight{Name: "base-f16", Model: "base", Kind: F16, File: "ggml-base.bin", Bytes: int64(len(b)), SHA256: sha(b)}
}

func TestVerify(t *testing.T) {
	tests := []struct {
		name   string
		change func(t *testing.T, path string, w *Weight)
		want   models.Code
	}{
		{"the right file", func(*testing.T, string, *Weight) {}, ""},
		{"a missing file", func(t *testing.T, path string, _ *Weight) { os.Remove(path) }, models.NoModel},
		{"cut short", func(t *testing.T, path string, _ *Weight) { os.Truncate(path, 3) }, models.Unusable},
		{"another version of the same size", func(t *testing.T, path string, w *Weight) {
			mustWrite(t, path, []byte("those are the weights"))
		}, models.Unusable},
		{"only an SHA-1 is known, and it is another", func(t *testing.T, _ string, w *Weight) {
			w.SHA256, w.SHA1 = "", strings.Repeat("0", 40)
		}, models.Unusable},
		{"nothing is known", func(t *testing.T, _ string, w *Weight) { w.SHA256 = "" }, models.Unusable},
		{"a folder of that name", func(t *testing.T, path string, w *Weight) {
			os.Remove(path)
			os.Mkdir(path, 0o700)
			w.Bytes = 0
		}, models.Internal},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path, w := sample(t)
			tt.change(t, path, &w)
			if err := Verify(path, w); models.CodeOf(err) != tt.want {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestAFileIsHashedAgainOnlyWhenItChanged(t *testing.T) {
	path, w := sample(t)
	if err := Verify(path, w); err != nil {
		t.Fatal(err)
	}
	// Other bytes, but everything that the cache looks at kept the same, as no
	// file system would: Verify believes the cache, Prove does not.
	proofs := readProofs(filepath.Dir(path))
	mustWrite(t, path, []byte("those are the weights"))
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	p := proofs["ggml-base.bin"]
	p.Changed, p.Inode = st.ModTime(), inode(st)
	remember(path, p)
	if err := Verify(path, w); err != nil {
		t.Errorf("it was hashed again: %v", err)
	}
	if err := Prove(t.Context(), path, w); models.CodeOf(err) != models.Unusable {
		t.Errorf("Prove: %v, want Unusable", err)
	}
	// Touched: hashed.
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes(path, later, later); err != nil {
		t.Fatal(err)
	}
	if err := Verify(path, w); models.CodeOf(err) != models.Unusable {
		t.Errorf("after a change: %v, want Unusable", err)
	}
}

func TestVerifyInAFolderThatMayNotBeWritten(t *testing.T) {
	path, w := sample(t)
	dir := filepath.Dir(path)
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dir, 0o700)
	if err := Verify(path, w); err != nil {
		t.Error(err)
	}
}

func TestADamagedCacheIsNone(t *testing.T) {
	path, w := sample(t)
	mustWrite(t, filepath.Join(filepath.Dir(path), proofsFile), []byte("{"))
	if err := Verify(path, w); err != nil {
		t.Error(err)
	}
}

func TestFind(t *testing.T) {
	home, cache := t.TempDir(), t.TempDir()
	mustWrite(t, filepath.Join(home, "ggml-base.bin"), nil)
	mustWrite(t, filepath.Join(cache, "ggml-base-q8_0.bin"), nil)
	mustWrite(t, filepath.Join(cache, "ggml-tiny.en.bin"), nil)
	if err := os.Mkdir(filepath.Join(home, "ggml-tiny.en.bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, ask, want string }{
		{"q8_0 before f16, whatever the folder", "base", filepath.Join(cache, "ggml-base-q8_0.bin")},
		{"the kind that is asked for", "base-f16", filepath.Join(home, "ggml-base.bin")},
		{"a folder of that name is no file", "tiny.en", filepath.Join(cache, "ggml-tiny.en.bin")},
	}
	for _, tt := range tests {
		if got, err := Find(tt.ask, []string{home, "", "/nowhere", cache}); err != nil || got != tt.want {
			t.Errorf("%s: %s, %v; want %s", tt.name, got, err, tt.want)
		}
	}
	file := filepath.Join(home, "ggml-base.bin")
	if got, err := Find("base", []string{file}); err != nil || got != file {
		t.Errorf("a file instead of a folder: %s, %v", got, err)
	}
	if _, err := Find("small", []string{home}); models.CodeOf(err) != models.NoModel || !strings.Contains(models.HintOf(err), "models get small") {
		t.Errorf("a missing model: %v, hint %q", err, models.HintOf(err))
	}
	if _, err := Find("huge", nil); models.CodeOf(err) != models.Invalid || !strings.Contains(models.HintOf(err), "tiny.en") {
		t.Errorf("an unknown model: %v, hint %q", err, models.HintOf(err))
	}
}

func TestManifest(t *testing.T) {
	names, files := map[string]bool{}, map[string]bool{}
	for _, w := range Known() {
		if names[w.Name] || files[w.File] {
			t.Errorf("%s is listed twice", w.Name)
		}
		names[w.Name], files[w.File] = true, true
		if w.Kind == F16 && len(w.SHA1) != 40 || w.SHA256 != "" && len(w.SHA256) != 64 {
			t.Errorf("%s: digests of the wrong length", w.Name)
		}
		if got, ok := Of(filepath.Join("somewhere", w.File)); !ok || got.Name != w.Name {
			t.Errorf("Of(%s) is %s", w.File, got.Name)
		}
	}
	if w, err := Named("base"); err != nil || w.Kind != Q8_0 || w.English() {
		t.Errorf("base is %+v, %v", w, err)
	}
}

func TestFolders(t *testing.T) {
	t.Setenv("AFTERWORD_CACHE", "/somewhere")
	if got := Dirs("own", "home"); len(got) != 3 || got[0] != "own" || got[2] != filepath.Join("/somewhere", "weights") {
		t.Errorf("got %v", got)
	}
	t.Setenv("AFTERWORD_CACHE", "")
	t.Setenv("XDG_CACHE_HOME", "/cache")
	t.Setenv("HOME", "/home")
	if got, err := CacheDir(); err != nil || !strings.HasSuffix(got, filepath.Join("afterword", "build", "weights")) {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestTrials(t *testing.T) {
	dir := t.TempDir()
	if _, known := Tried(dir, "abc", Q8_0); known {
		t.Error("known before it was tried")
	}
	if err := SaveTrial(dir, "abc", Q8_0, false); err != nil {
		t.Fatal(err)
	}
	if err := SaveTrial(dir, "abc", F16, true); err != nil {
		t.Fatal(err)
	}
	if passed, known := Tried(dir, "abc", Q8_0); passed || !known {
		t.Error("the trial is forgotten")
	}
	if _, known := Tried(dir, "def", Q8_0); known {
		t.Error("another build of the engine counts as tried")
	}
}

func TestLockWaitsAndIsDroppedByTheDead(t *testing.T) {
	if path := os.Getenv("LOCK_AND_DIE"); path != "" {
		if _, err := Lock(t.Context(), path, nil); err != nil {
			t.Fatal(err)
		}
		os.Exit(0) // without unlocking
	}
	path := filepath.Join(t.TempDir(), "lock")
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(exe, "-test.run", t.Name())
	c.Env = append(os.Environ(), "LOCK_AND_DIE="+path)
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	unlock, err := Lock(t.Context(), path, func(string) { t.Error("a dead process holds the lock") })
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var holder string
	_, err = Lock(ctx, path, func(pid string) { holder = pid; cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want cancelled", err)
	}
	if holder == "" {
		t.Error("nobody said who holds the lock")
	}
	unlock()
	again, err := Lock(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	again()
}
