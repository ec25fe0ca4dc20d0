package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
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
