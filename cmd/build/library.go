package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"

	"github.com/afterword/afterword/models"
)

// library is whisper.cpp, built: static libraries, headers, and how to link.
type library struct {
	Dir    string `json:"-"`
	Digest string `json:"-"` // of source, mends, flags and compiler: names the folder
	CPU    string `json:"cpu"`
	OpenMP bool   `json:"openmp"`

	source func(context.Context) (string, error) // its folder, fetched if need be
}

// targets are the libraries that the program links, in the order in which
// they need one another.
func libraryTargets() []string {
	t := []string{"whisper", "ggml", "ggml-cpu"}
	if runtime.GOOS == "darwin" {
		t = append(t, "ggml-blas")
		if runtime.GOARCH == "arm64" {
			t = append(t, "ggml-metal")
		}
	}
	return append(t, "ggml-base")
}

// cmakeOptions are the settings of the build, without folders. Each is named,
// so that nothing of the environment (SOURCE_DATE_EPOCH turns the CPU flags
// off) decides.
func cmakeOptions(c cpu) []string {
	options := []string{
		"-DCMAKE_BUILD_TYPE=Release", "-DBUILD_SHARED_LIBS=OFF", "-DCMAKE_POSITION_INDEPENDENT_CODE=ON",
		"-DWHISPER_BUILD_EXAMPLES=OFF", "-DWHISPER_BUILD_TESTS=OFF", "-DWHISPER_BUILD_SERVER=OFF",
		"-DWHISPER_ALL_WARNINGS=OFF", "-DGGML_NATIVE=OFF", "-DGGML_LLAMAFILE=ON", "-DGGML_OPENMP=ON",
		"-DGGML_CCACHE=OFF", "-DGGML_LTO=OFF",
	}
	if runtime.GOOS == "darwin" {
		metal := "OFF"
		if runtime.GOARCH == "arm64" {
			metal = "ON"
		}
		options = append(options, "-DGGML_ACCELERATE=ON", "-DGGML_BLAS=ON", "-DGGML_METAL="+metal, "-DGGML_METAL_EMBED_LIBRARY="+metal)
	}
	return append(options, c.options()...)
}

// whisper is the library for this machine and compiler, built if need be:
// about 3.5 minutes on two cores once, nothing after that.
func (s *shop) whisper(ctx context.Context) (library, error) {
	if err := s.need(ctx, forCompiling); err != nil {
		return library{}, err
	}
	source := s.fetchedSource
	digest := sourceSHA256
	if own := os.Getenv("WHISPER_SRC"); own != "" {
		dir, d, err := s.ownSource(ctx, own)
		if err != nil {
			return library{}, err
		}
		digest, source = d, func(context.Context) (string, error) { return dir, nil }
	}
	c := thisCPU()
	options := cmakeOptions(c)
	key, err := libraryKey(ctx, digest, options)
	if err != nil {
		return library{}, err
	}
	lib := library{Dir: s.path("whisper", key), Digest: key, CPU: c.String(), source: source}
	err = s.once(ctx, "whisper", lib.Dir, func(tmp string) error { return s.buildLibrary(ctx, tmp, options, lib) })
	if err != nil {
		return library{}, err
	}
	b, err := os.ReadFile(filepath.Join(lib.Dir, "library.json"))
	if err != nil {
		return library{}, fmt.Errorf("read the settings of whisper.cpp: %w", err)
	}
	return lib, json.Unmarshal(b, &lib)
}

// libraryKey names a build by all that goes into it.
func libraryKey(ctx context.Context, source string, options []string) (string, error) {
	h := sha256.New()
	fmt.Fprintln(h, "3", source, runtime.GOOS, runtime.GOARCH, strings.Join(options, " "))
	if err := writeMends(h); err != nil {
		return "", err
	}
	for _, v := range []string{"CFLAGS", "CXXFLAGS", "LDFLAGS", "MACOSX_DEPLOYMENT_TARGET"} {
		fmt.Fprintln(h, v, os.Getenv(v))
	}
	for _, compiler := range []string{compilerC(), compilerCXX()} {
		version, err := quiet(command(ctx, "", compiler, "--version"))
		if err != nil {
			return "", fmt.Errorf("ask the compiler for its version: %w", err)
		}
		fmt.Fprintln(h, compiler, version)
	}
	return hex.EncodeToString(h.Sum(nil))[:16], nil
}

func (s *shop) buildLibrary(ctx context.Context, dir string, options []string, lib library) error {
	if err := s.need(ctx, forBuilding); err != nil {
		return err
	}
	source, err := lib.source(ctx)
	if err != nil {
		return err
	}
	s.say.line("build whisper.cpp %s for this machine (%s); this takes some minutes, once", whisperVersion, lib.CPU)
	work, err := s.workFolder("whisper-build-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	mended, built := filepath.Join(work, "source"), filepath.Join(work, "build")
	if err := copySource(source, mended); err != nil {
		return err
	}
	if err := mend(mended); models.CodeOf(err) == models.Unusable {
		s.say.line("note: %v; it is built as it is and needs more memory and time", err)
	} else if err != nil {
		return err
	}
	if err := os.Mkdir(built, 0o700); err != nil {
		return err
	}
	t := s.say.begin("build whisper.cpp")
	err = s.cmake(ctx, t, mended, built, options, libraryTargets())
	t.end(err)
	if err != nil {
		return err
	}
	for _, name := range libraryTargets() {
		from, err := findLibrary(built, name)
		if err != nil {
			return err
		}
		if err := copyFile(from, filepath.Join(dir, "lib", "lib"+name+".a")); err != nil {
			return fmt.Errorf("keep the libraries: %w", err)
		}
	}
	for _, pattern := range []string{"include/*.h", "ggml/include/*.h"} {
		headers, _ := filepath.Glob(filepath.Join(source, filepath.FromSlash(pattern)))
		for _, h := range headers {
			if err := copyFile(h, filepath.Join(dir, "include", filepath.Base(h))); err != nil {
				return fmt.Errorf("keep the headers: %w", err)
			}
		}
	}
	cache, err := os.ReadFile(filepath.Join(built, "CMakeCache.txt"))
	if err != nil {
		return err
	}
	lib.OpenMP = strings.Contains(string(cache), "GGML_OPENMP_ENABLED:INTERNAL=ON")
	b, err := json.MarshalIndent(lib, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "library.json"), b, 0o600)
}

// workFolder is an empty folder to build in. The lock of that kind of build is
// held, so what others left under its prefix, killed in the middle, can go.
func (s *shop) workFolder(prefix string) (string, error) {
	left, _ := filepath.Glob(s.path(prefix + "*"))
	for _, dir := range left {
		if err := os.RemoveAll(dir); err != nil {
			return "", fmt.Errorf("clear away an unfinished build: %w", err)
		}
	}
	return os.MkdirTemp(s.cache, prefix)
}

// findLibrary is where CMake left lib<name>.a; the folder depends on the
// back end.
func findLibrary(dir, name string) (string, error) {
	for _, pattern := range []string{"src", "ggml/src", "ggml/src/*", "bin", "*/Release"} {
		found, _ := filepath.Glob(filepath.Join(dir, filepath.FromSlash(pattern), "lib"+name+".a"))
		if len(found) == 0 { // MinGW leaves the prefix out
			found, _ = filepath.Glob(filepath.Join(dir, filepath.FromSlash(pattern), name+".a"))
		}
		if len(found) > 0 {
			return found[0], nil
		}
	}
	return "", fmt.Errorf("build whisper.cpp: CMake made no library %s", name)
}

// cmake configures source in work and builds targets, telling t how far it is.
func (s *shop) cmake(ctx context.Context, t *task, source, work string, options, targets []string) error {
	args := append([]string{"-S", source, "-B", work, "-DCMAKE_C_COMPILER=" + compilerC(), "-DCMAKE_CXX_COMPILER=" + compilerCXX()}, options...)
	if _, err := quiet(command(ctx, work, "cmake", args...)); err != nil {
		return fmt.Errorf("configure whisper.cpp: %w", err)
	}
	args = []string{"--build", work, "--config", "Release", "--parallel", strconv.Itoa(runtime.NumCPU()), "--target"}
	c := command(ctx, work, "cmake", append(args, targets...)...)
	read, write := io.Pipe()
	c.Stdout, c.Stderr = write, write
	var said lastSaid
	var reading sync.WaitGroup
	reading.Go(func() { said.follow(read, t) })
	err := c.Run()
	write.Close()
	reading.Wait()
	if err != nil {
		return models.WithHint(fmt.Errorf("compile whisper.cpp: %w\n%s", err, strings.Join(said.lines, "\n")),
			"a compiler that runs out of memory says 'Killed': close other programs and run the same command again")
	}
	return nil
}

// lastSaid keeps the end of a compiler's words.
type lastSaid struct{ lines []string }

// step is what Make ("[ 12%] Building…") and Ninja ("[3/33] Building…") say.
var step = regexp.MustCompile(`^\[ *(\d+)(%|/(\d+))\] *(.*)`)

func (l *lastSaid) follow(r io.Reader, t *task) {
	in := bufio.NewScanner(r)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		line := in.Text()
		if m := step.FindStringSubmatch(line); m != nil {
			done, _ := strconv.ParseInt(m[1], 10, 64)
			total := int64(100)
			if m[3] != "" {
				total, _ = strconv.ParseInt(m[3], 10, 64)
			}
			t.at(done, total, filepath.Base(m[4]))
		}
		if l.lines = append(l.lines, "    "+line); len(l.lines) > 40 {
			l.lines = l.lines[1:]
		}
	}
	io.Copy(io.Discard, r) // a line too long: do not block the compiler
}

// compilerC and compilerCXX are CC and CXX, else the first that is there.
func compilerC() string   { return compiler("CC", "cc", "gcc", "clang") }
func compilerCXX() string { return compiler("CXX", "c++", "g++", "clang++") }

func compiler(variable string, names ...string) string {
	if v := os.Getenv(variable); v != "" {
		return v
	}
	for _, n := range names {
		if path, err := exec.LookPath(n); err == nil {
			return path
		}
	}
	return ""
}
