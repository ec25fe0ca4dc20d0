package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/afterword/afterword/models"
)

func testShop(t *testing.T) (*shop, *bytes.Buffer) {
	t.Helper()
	var said bytes.Buffer
	return &shop{root: t.TempDir(), cache: t.TempDir(), out: io.Discard, say: newProgress(&said)}, &said
}

func TestRunNamesWhatIsAskedWrongly(t *testing.T) {
	for _, tt := range []struct {
		name string
		args []string
		code int
		said string
	}{
		{"nothing", nil, 2, "usage:"},
		{"an unknown verb", []string{"make"}, 2, `no verb "make"`},
		{"too many arguments", []string{"env", "x"}, 2, "at most 0 arguments"},
		{"help", []string{"help"}, 0, ""},
	} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), tt.args, &out, &errs); code != tt.code || !strings.Contains(errs.String(), tt.said) {
			t.Errorf("%s: exit %d, %q", tt.name, code, errs.String())
		}
	}
}

func TestReportTellsTheHint(t *testing.T) {
	var b bytes.Buffer
	err := models.WithHint(models.Errorf(models.Internal, "find: gone"), "install it")
	if code := report(t.Context(), &b, err); code != 1 || b.String() != "build: find: gone\nbuild: hint: install it\n" {
		t.Errorf("exit %d, %q", code, b.String())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if code := report(ctx, &b, ctx.Err()); code != 130 {
		t.Errorf("interrupted: exit %d", code)
	}
}

// ball is a .tar.gz of the given entries.
func ball(t testing.TB, entries ...tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, h := range entries {
		body := []byte("body of " + h.Name)
		h.Mode = 0o644
		if h.Typeflag == tar.TypeReg {
			h.Size = int64(len(body))
		}
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if h.Typeflag == tar.TypeReg {
			if _, err := w.Write(body); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestUntarTakesWhatIsWantedAndNothingElse(t *testing.T) {
	dir := t.TempDir()
	b := ball(t,
		tar.Header{Typeflag: tar.TypeDir, Name: "p/src/"},
		tar.Header{Typeflag: tar.TypeReg, Name: "p/src/a.c"},
		tar.Header{Typeflag: tar.TypeReg, Name: "p/srcs/b.c"},
		tar.Header{Typeflag: tar.TypeReg, Name: "p/LICENSE"},
		tar.Header{Typeflag: tar.TypeReg, Name: "other/src/c.c"},
		tar.Header{Typeflag: tar.TypeSymlink, Name: "p/src/link", Linkname: "/etc/passwd"},
	)
	if err := untar(bytes.NewReader(b), dir, "p", []string{"src", "LICENSE"}); err != nil {
		t.Fatal(err)
	}
	var got []string
	filepath.WalkDir(dir, func(path string, d os.DirEntry, _ error) error {
		if !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			got = append(got, filepath.ToSlash(rel))
		}
		return nil
	})
	if want := []string{"LICENSE", "src/a.c"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestUntarStaysInItsFolder(t *testing.T) {
	for name, entries := range map[string][]tar.Header{
		"upwards":          {{Typeflag: tar.TypeReg, Name: "p/src/../../../evil"}},
		"absolute":         {{Typeflag: tar.TypeReg, Name: "/p/src/evil"}},
		"upwards in front": {{Typeflag: tar.TypeReg, Name: "../p/src/evil"}},
	} {
		dir := filepath.Join(t.TempDir(), "in")
		err := untar(bytes.NewReader(ball(t, entries...)), dir, "p", []string{"src"})
		if _, statErr := os.Stat(filepath.Join(filepath.Dir(dir), "evil")); statErr == nil {
			t.Errorf("%s: it wrote outside its folder", name)
		}
		if models.CodeOf(err) != models.Unusable {
			t.Errorf("%s: %v, want Unusable", name, err)
		}
	}
	if err := untar(strings.NewReader("no archive"), t.TempDir(), "p", nil); models.CodeOf(err) != models.Unusable {
		t.Errorf("no archive: %v, want Unusable", err)
	}
}

func FuzzUntar(f *testing.F) {
	f.Add(ball(f, tar.Header{Typeflag: tar.TypeReg, Name: "p/src/a.c"}))
	f.Fuzz(func(t *testing.T, b []byte) {
		top := t.TempDir()
		untar(bytes.NewReader(b), filepath.Join(top, "in"), "p", []string{"src"})
		if all, _ := os.ReadDir(top); len(all) > 1 {
			t.Error("it wrote outside its folder")
		}
	})
}

func TestCPUFlags(t *testing.T) {
	const epyc = "fpu sse4_2 avx f16c fma bmi2 avx2"
	const xeon = epyc + " avx512f avx512dq avx512cd avx512bw avx512vl avx512vbmi avx512_vnni avx512_bf16 avx_vnni amx_tile amx_int8 amx_bf16"
	tests := []struct {
		name, has, want string
	}{
		{"a processor with AVX2", epyc, "SSE42,AVX,AVX2,BMI2,FMA,F16C"},
		{"AMX is never named", xeon, "SSE42,AVX,AVX2,BMI2,FMA,F16C,AVX_VNNI,AVX512,AVX512_VBMI,AVX512_VNNI,AVX512_BF16"},
		{"half of AVX-512 is none", epyc + " avx512f avx512cd", "SSE42,AVX,AVX2,BMI2,FMA,F16C"},
		{"an old one", "fpu sse4_2", "SSE42"},
	}
	for _, tt := range tests {
		if got := x86CPU(strings.Fields(tt.has)).String(); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	for has, want := range map[string]string{
		"fp asimd":                      "armv8-a",
		"fp asimd asimdhp asimddp":      "armv8.2-a+dotprod+fp16",
		"fp asimd asimdhp asimddp i8mm": "armv8.2-a+dotprod+fp16+i8mm",
	} {
		if got := armCPU(strings.Fields(has)).String(); got != want {
			t.Errorf("%s: %s, want %s", has, got, want)
		}
	}
	for _, o := range cmakeOptions(thisCPU()) {
		if strings.Contains(o, "AMX") && !strings.HasSuffix(o, "=OFF") || strings.Contains(o, "GGML_NATIVE=ON") {
			t.Errorf("option %s", o)
		}
	}
}

func TestMissingToolsAreInstalledByOneCommand(t *testing.T) {
	all := []tool{cxx, cmakeTool, maker, npm, pip}
	tests := []struct {
		name, system string
		missing      []tool
		root         bool
		want         string
	}{
		{"Debian", debian, all, false, "sudo apt-get install -y g++ cmake make npm python3-pip"},
		{"Debian as root", debian, []tool{cmakeTool}, true, "apt-get install -y cmake"},
		{"Fedora", fedora, all, false, "sudo dnf install -y gcc-c++ cmake make npm python3-pip"},
		{"macOS", macOS, all, false, "xcode-select --install; brew install cmake node python"},
		{"macOS without a compiler only", macOS, []tool{cxx, maker}, false, "xcode-select --install"},
		{"a system that we do not know", "", all, false, ""},
	}
	for _, tt := range tests {
		if got := installCommand(tt.system, tt.missing, tt.root); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestSystemOf(t *testing.T) {
	for release, want := range map[string]string{
		"ID=debian\n": debian,
		"NAME=\"Ubuntu\"\nID=ubuntu\nID_LIKE=debian":   debian,
		"ID=pop\nID_LIKE=\"ubuntu debian\"":            debian,
		"ID=fedora":                                    fedora,
		"ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"": fedora,
		"ID=nixos": "",
	} {
		if got := systemOf(release); got != want {
			t.Errorf("%q is %q, want %q", release, got, want)
		}
	}
}

func TestNeedNamesAllThatIsMissing(t *testing.T) {
	s, _ := testShop(t)
	gone := func(*shop) []tool {
		no := func() bool { return false }
		return []tool{{"a C++ compiler", no, cxx.pack}, {"CMake", no, cmakeTool.pack}, {"Go", have("go"), nil}}
	}
	err := s.need(t.Context(), gone, gone)
	if err == nil || !strings.HasSuffix(err.Error(), "a C++ compiler, CMake is missing") {
		t.Errorf("got %v", err)
	}
	if models.HintOf(err) == "" {
		t.Error("there is no hint")
	}
	onlyPip := func(*shop) []tool { return []tool{{pip.name, func() bool { return false }, pip.pack}} }
	if err := s.need(t.Context(), onlyPip); err != nil {
		t.Errorf("without pip there is another way: %v", err)
	}
}

func TestOnceMakesAPartOnce(t *testing.T) {
	s, _ := testShop(t)
	dir := s.path("part", "digest")
	var times atomic.Int32
	fill := func(tmp string) error {
		times.Add(1)
		return os.WriteFile(filepath.Join(tmp, "x"), nil, 0o600)
	}
	errs := make(chan error)
	for range 4 {
		go func() { errs <- s.once(t.Context(), "part", dir, fill) }()
	}
	for range 4 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if times.Load() != 1 || !exists(filepath.Join(dir, "x")) {
		t.Errorf("made %d times", times.Load())
	}
}

func TestOnceLeavesNothingHalf(t *testing.T) {
	s, _ := testShop(t)
	dir := s.path("part", "digest")
	if err := os.MkdirAll(filepath.Join(dir+".part", "left by the dead"), 0o700); err != nil {
		t.Fatal(err)
	}
	bad := errors.New("no")
	err := s.once(t.Context(), "part", dir, func(tmp string) error {
		if all, _ := os.ReadDir(tmp); len(all) > 0 {
			t.Error("it starts with what another left")
		}
		return bad
	})
	if !errors.Is(err, bad) || exists(dir) || exists(dir+".part") {
		t.Errorf("got %v, or something is left", err)
	}
}

func TestCleanRemovesWhatWasMadeAndNothingElse(t *testing.T) {
	s, _ := testShop(t)
	for _, f := range []string{"weights/ggml-base.bin", "whisper/1/lib/libwhisper.a", "mine/letter.txt", "whisper-build-1/x"} {
		path := s.path(filepath.FromSlash(f))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := clean(t.Context(), s, nil); err != nil {
		t.Fatal(err)
	}
	if exists(s.path("weights")) || exists(s.path("whisper")) || exists(s.path("whisper-build-1")) {
		t.Error("something is left")
	}
	if !exists(s.path("mine", "letter.txt")) {
		t.Error("a file of the user's is gone")
	}
}

func TestOwnSourceMustBeOfOurVersion(t *testing.T) {
	s, _ := testShop(t)
	own := t.TempDir()
	if err := os.WriteFile(filepath.Join(own, "CMakeLists.txt"), []byte(`project("whisper.cpp" VERSION 1.7.0)`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.ownSource(t.Context(), own); models.CodeOf(err) != models.Invalid || !strings.Contains(models.HintOf(err), "WHISPER_SRC") {
		t.Errorf("got %v", err)
	}
}

func TestFlagsWithSpacesAreQuoted(t *testing.T) {
	if got := flags("-I/a b/c", "-lm"); got != `"-I/a b/c" -lm` {
		t.Errorf("got %s", got)
	}
	if got := shellQuote(`it's`); got != `'it'\''s'` {
		t.Errorf("got %s", got)
	}
}
