package weights

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/afterword/afterword/models"
)

// library stands for the three sources. The official file is that of the mini
// model under the name of "base", whose digest is put into the manifest for
// the test.
type library struct {
	fetcher
	dir     string
	ggml    []byte
	asked   []string // what the server was asked for: the Range headers
	answers func(w http.ResponseWriter, r *http.Request) bool
}

var errOffline = errors.New("offline")

func newLibrary(t *testing.T) *library {
	t.Helper()
	l := &library{dir: t.TempDir(), ggml: miniGGML(t)}
	saved := proved[0]
	t.Cleanup(func() { proved[0] = saved })
	wheels := t.TempDir()
	w := miniWheels(t, wheels)
	proved[0].f16, proved[0].sha, proved[0].wheels = w.Bytes, w.SHA256, w.Wheels
	small := filepath.Join(wheels, "small")
	mustWrite(t, filepath.Join(wheels, "f16"), l.ggml)
	if err := Quantize(filepath.Join(wheels, "f16"), small, Q8_0); err != nil {
		t.Fatal(err)
	}
	b, _ := os.ReadFile(small)
	proved[0].q8, proved[0].shaQ8 = int64(len(b)), sha(b)

	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.asked = append(l.asked, r.Header.Get("Range"))
		if l.answers != nil && l.answers(w, r) {
			return
		}
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(string(l.ggml)))
	}))
	t.Cleanup(server.Close)
	l.fetcher = fetcher{url: server.URL + "/", client: server.Client()}
	l.wheels = func(_ context.Context, wanted []Wheel, dir string, _ func(int64, int64)) error {
		for _, w := range wanted {
			b, err := os.ReadFile(filepath.Join(wheels, w.File))
			if err != nil {
				return err
			}
			mustWrite(t, filepath.Join(dir, w.File), b)
		}
		return nil
	}
	return l
}

// withoutPackages leaves the server as the only source.
func (l *library) withoutPackages() {
	l.wheels = func(context.Context, []Wheel, string, func(int64, int64)) error { return errOffline }
}

func (l *library) mustHave(t *testing.T, name string) {
	t.Helper()
	path, err := Find(name, []string{l.dir})
	if err != nil {
		t.Fatal(err)
	}
	w, _ := Of(path)
	if err := Prove(t.Context(), path, w); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(l.dir, "*.part")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestFetchMakesQ8OutOfPackagesAndDropsF16(t *testing.T) {
	l := newLibrary(t)
	if err := l.fetch(t.Context(), "base", l.dir, nil); err != nil {
		t.Fatal(err)
	}
	l.mustHave(t, "base-q8_0")
	for _, gone := range []string{"ggml-base.bin", "wheels"} {
		if _, err := os.Stat(filepath.Join(l.dir, gone)); err == nil {
			t.Errorf("%s is still there", gone)
		}
	}
	if len(l.asked) > 0 {
		t.Error("it asked the server although the packages were there")
	}
}

func TestFetchKeepsF16ThatWasThere(t *testing.T) {
	l := newLibrary(t)
	for _, name := range []string{"base-f16", "base-q8_0"} {
		if err := l.fetch(t.Context(), name, l.dir, nil); err != nil {
			t.Fatal(err)
		}
	}
	l.mustHave(t, "base-f16")
	l.mustHave(t, "base-q8_0")
}

func TestFetchReplacesADamagedFile(t *testing.T) {
	l := newLibrary(t)
	mustWrite(t, filepath.Join(l.dir, "ggml-base-q8_0.bin"), []byte("torn"))
	if err := l.fetch(t.Context(), "base", l.dir, nil); err != nil {
		t.Fatal(err)
	}
	l.mustHave(t, "base")
}

func TestFetchFromTheWeb(t *testing.T) {
	half := func(l *library) []byte { return l.ggml[:len(l.ggml)/2] }
	part := "ggml-base.bin.part"
	tests := []struct {
		name    string
		prepare func(t *testing.T, l *library)
		asked   func(l *library) []string
	}{
		{"from nothing", func(*testing.T, *library) {}, func(*library) []string { return []string{""} }},
		{
			"goes on where it was",
			func(t *testing.T, l *library) { mustWrite(t, filepath.Join(l.dir, part), half(l)) },
			func(l *library) []string { return []string{fmt.Sprintf("bytes=%d-", len(l.ggml)/2)} },
		},
		{
			"a beginning of something else is thrown away",
			func(t *testing.T, l *library) { mustWrite(t, filepath.Join(l.dir, part), make([]byte, 1000)) },
			func(*library) []string { return []string{"bytes=1000-", ""} },
		},
		{
			"a beginning longer than the file is thrown away",
			func(t *testing.T, l *library) {
				mustWrite(t, filepath.Join(l.dir, part), make([]byte, len(l.ggml)+5))
			},
			func(l *library) []string { return []string{fmt.Sprintf("bytes=%d-", len(l.ggml)+5), ""} },
		},
		{
			"a server that knows no ranges",
			func(t *testing.T, l *library) {
				mustWrite(t, filepath.Join(l.dir, part), half(l))
				l.answers = func(w http.ResponseWriter, _ *http.Request) bool { w.Write(l.ggml); return true }
			},
			func(l *library) []string { return []string{fmt.Sprintf("bytes=%d-", len(l.ggml)/2)} },
		},
		{
			"a connection that breaks is taken up again",
			func(t *testing.T, l *library) {
				l.answers = func(w http.ResponseWriter, r *http.Request) bool {
					if len(l.asked) > 1 {
						return false
					}
					w.Header().Set("Content-Length", fmt.Sprint(len(l.ggml)))
					w.Write(half(l))
					panic(http.ErrAbortHandler)
				}
			},
			func(l *library) []string { return []string{"", fmt.Sprintf("bytes=%d-", len(l.ggml)/2)} },
		},
		{
			"a server that is busy is asked again",
			func(t *testing.T, l *library) {
				l.answers = func(w http.ResponseWriter, _ *http.Request) bool {
					if len(l.asked) == 1 {
						http.Error(w, "busy", http.StatusServiceUnavailable)
					}
					return len(l.asked) == 1
				}
			},
			func(*library) []string { return []string{"", ""} },
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := newLibrary(t)
			l.withoutPackages()
			tt.prepare(t, l)
			var last, total int64
			err := l.fetch(t.Context(), "base-f16", l.dir, func(done, of int64) { last, total = done, of })
			if err != nil {
				t.Fatal(err)
			}
			l.mustHave(t, "base-f16")
			if got, want := fmt.Sprint(l.asked), fmt.Sprint(tt.asked(l)); got != want {
				t.Errorf("asked %v, want %v", got, want)
			}
			if total != int64(len(l.ggml)) || last != total {
				t.Errorf("progress ended at %d of %d", last, total)
			}
		})
	}
}

func TestFetchRefuses(t *testing.T) {
	answer := func(status int, body func(l *library) []byte) func(*library) {
		return func(l *library) {
			l.answers = func(w http.ResponseWriter, _ *http.Request) bool {
				w.WriteHeader(status)
				w.Write(body(l))
				return true
			}
		}
	}
	nothing := func(*library) []byte { return nil }
	for name, prepare := range map[string]func(*library){
		"another file":     answer(200, func(l *library) []byte { return make([]byte, len(l.ggml)) }),
		"a longer file":    answer(200, func(l *library) []byte { return make([]byte, len(l.ggml)+1) }),
		"a page":           answer(200, func(*library) []byte { return []byte("<html>") }),
		"no such file":     answer(404, nothing),
		"a server in pain": answer(500, nothing),
	} {
		t.Run(name, func(t *testing.T) {
			l := newLibrary(t)
			l.withoutPackages()
			prepare(l)
			err := l.fetch(t.Context(), "base", l.dir, nil)
			if models.CodeOf(err) != models.NoModel || models.HintOf(err) == "" {
				t.Errorf("got %v, want NoModel with a hint", err)
			}
			if !strings.Contains(err.Error(), "offline") || !strings.Contains(err.Error(), "Hugging Face") {
				t.Errorf("%v does not tell what each source said", err)
			}
			if _, err := Find("base", []string{l.dir}); err == nil {
				t.Error("a file that was not proved has a name")
			}
		})
	}
}

func TestFetchTakesTheUsersOwnFile(t *testing.T) {
	for _, name := range []string{"a folder", "a file of any name", "the folder itself"} {
		t.Run(name, func(t *testing.T) {
			l := newLibrary(t)
			own := t.TempDir()
			switch l.own = own; name {
			case "a folder":
				mustWrite(t, filepath.Join(own, "ggml-base.bin"), l.ggml)
			case "a file of any name":
				l.own = filepath.Join(own, "mine.bin")
				mustWrite(t, l.own, l.ggml)
			default:
				l.own = l.dir
				mustWrite(t, filepath.Join(l.dir, "ggml-base.bin"), l.ggml)
			}
			l.withoutPackages()
			if err := l.fetch(t.Context(), "base", l.dir, nil); err != nil {
				t.Fatal(err)
			}
			l.mustHave(t, "base-q8_0")
			if len(l.asked) > 0 {
				t.Error("it asked the server")
			}
		})
	}
}

func TestFetchStopsWhenToldTo(t *testing.T) {
	l := newLibrary(t)
	l.withoutPackages()
	ctx, cancel := context.WithCancel(t.Context())
	l.answers = func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Content-Length", fmt.Sprint(len(l.ggml)))
		w.Write(l.ggml[:70000])
		w.(http.Flusher).Flush()
		cancel()
		<-r.Context().Done()
		return true
	}
	if err := l.fetch(ctx, "base-f16", l.dir, nil); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want cancelled", err)
	}
	l.answers = nil
	if err := l.fetch(t.Context(), "base-f16", l.dir, nil); err != nil {
		t.Fatal(err)
	}
	l.mustHave(t, "base-f16")
}

func TestTwoFetchesAtOnceDoTheWorkOnce(t *testing.T) {
	l := newLibrary(t)
	errs := make(chan error, 2)
	times := 0
	inner := l.wheels
	l.wheels = func(ctx context.Context, w []Wheel, dir string, p func(int64, int64)) error {
		times++ // the lock makes this safe; -race would tell
		return inner(ctx, w, dir, p)
	}
	for range 2 {
		f := l.fetcher
		go func() { errs <- f.fetch(t.Context(), "base", l.dir, nil) }()
	}
	for range 2 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if times != 1 {
		t.Errorf("fetched %d times", times)
	}
	l.mustHave(t, "base")
}

func TestAModelWithoutAPublishedSHA256IsProvedByWhatWasFoundFirst(t *testing.T) {
	l := newLibrary(t)
	saved := published[0]
	t.Cleanup(func() { published[0] = saved })
	s, err := digest(t.Context(), strings.NewReader(string(l.ggml)), true)
	if err != nil {
		t.Fatal(err)
	}
	published[0].sha1 = s.sha1
	w, _ := Named("tiny-f16")
	if err := l.fetch(t.Context(), "tiny-f16", l.dir, nil); err != nil {
		t.Fatal(err)
	}
	if err := l.fetch(t.Context(), "tiny", l.dir, nil); err != nil { // q8_0 too
		t.Fatal(err)
	}
	if got := Digest(w, l.dir); got != s.sha256 {
		t.Errorf("recorded %q, want %q", got, s.sha256)
	}
	for _, name := range []string{"ggml-tiny.bin", "ggml-tiny-q8_0.bin"} {
		path := filepath.Join(l.dir, name)
		w, _ := Of(path)
		if err := Prove(t.Context(), path, w); err != nil {
			t.Error(err)
		}
		b, _ := os.ReadFile(path)
		b[len(b)-1] ^= 1
		mustWrite(t, path, b)
		if err := Prove(t.Context(), path, w); models.CodeOf(err) != models.Unusable {
			t.Errorf("%s with a bit turned: %v, want Unusable", name, err)
		}
	}
}

func TestAddKnowsAFileByItsDigest(t *testing.T) {
	l := newLibrary(t)
	file := filepath.Join(t.TempDir(), "from a stick.bin")
	mustWrite(t, file, l.ggml)
	w, err := Add(t.Context(), file, l.dir)
	if err != nil || w.Name != "base-f16" {
		t.Fatalf("got %q, %v", w.Name, err)
	}
	l.mustHave(t, "base-f16")
	mustWrite(t, file, []byte("something else"))
	if _, err := Add(t.Context(), file, l.dir); models.CodeOf(err) != models.Unusable {
		t.Errorf("got %v, want Unusable", err)
	}
}
