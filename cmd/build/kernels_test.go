package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestKernels compares what the built library works out with plain loops, for
// shapes that fill no tile and for several threads. The test needs the library
// that cgo links, as 'go run ./cmd/build test' names it.
func TestKernels(t *testing.T) {
	link := os.Getenv("CGO_LDFLAGS")
	if !strings.Contains(link, "-lggml-cpu") {
		t.Skip("no library: 'go run ./cmd/build test' builds it")
	}
	bin := filepath.Join(t.TempDir(), "kernels")
	// The flags are as a shell reads them: quoted where a folder has a space.
	line := strings.Join([]string{shellQuote(compilerC()), os.Getenv("CGO_CFLAGS"), "testdata/kernels.c -o", shellQuote(bin), link, "-pthread"}, " ")
	build := exec.Command("sh", "-c", line)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("compile: %v\n%s", err, out)
	}
	out, err := exec.Command(bin).Output()
	if err != nil {
		t.Fatalf("run: %v\n%s", err, out)
	}
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	for _, line := range lines {
		var kind, shape string
		var threads int
		var off float64
		if _, err := fmt.Sscan(string(line), &kind, &shape, &threads, &off); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		// Floats are added in another order, and exponentials tell scores apart that
		// differ by 1e-6.
		most := 3e-5
		if kind == "activation" && runtime.GOARCH != "amd64" {
			most = 1e-3 // the library's own: a table of half floats
		}
		if !(off < most) {
			t.Errorf("%s of %s by %d threads is off by %.1e", kind, shape, threads, off)
		}
	}
	if len(lines) != 75 {
		t.Errorf("%d results, want 75", len(lines))
	}
}

// TestKernelsOfOtherProcessors compiles the kernels for processors that know
// less than this one.
func TestKernelsOfOtherProcessors(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("the kernels are for x86")
	}
	has := features()
	for _, p := range []struct{ name, needs, flags string }{
		{"AVX2", "avx2 fma f16c", "-mavx2 -mfma -mf16c"},
		{"AVX2 with VNNI", "avx2 fma f16c avx_vnni", "-mavx2 -mfma -mf16c -mavxvnni"},
		{"AVX-512 without VNNI", "avx2 fma f16c avx512f avx512bw avx512vl", "-mavx2 -mfma -mf16c -mavx512f -mavx512bw -mavx512vl"},
		{"AVX-512 with VNNI", "avx2 fma f16c avx512f avx512bw avx512vl avx512_vnni", "-mavx2 -mfma -mf16c -mavx512f -mavx512bw -mavx512vl -mavx512vnni"},
	} {
		t.Run(p.name, func(t *testing.T) {
			for _, need := range strings.Fields(p.needs) {
				if !slices.Contains(has, need) {
					t.Skipf("this processor has no %s", need)
				}
			}
			bin := filepath.Join(t.TempDir(), "kernels")
			args := append(strings.Fields(p.flags), "-O2", "-std=c++17", "-o", bin, "testdata/kernels.cpp")
			if out, err := exec.Command(compilerCXX(), args...).CombinedOutput(); err != nil {
				t.Fatalf("compile: %v\n%s", err, out)
			}
			out, err := exec.Command(bin).Output()
			if err != nil {
				t.Fatalf("run: %v\n%s", err, out)
			}
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			for _, line := range lines {
				f := strings.Fields(line)
				if off, err := strconv.ParseFloat(f[len(f)-1], 64); err != nil || !(off < 1e-5) {
					t.Errorf("%s", line)
				}
			}
			if len(lines) != 34 {
				t.Errorf("%d results, want 34", len(lines))
			}
		})
	}
}
