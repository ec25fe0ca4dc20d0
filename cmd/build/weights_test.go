package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/afterword/afterword/models/weights"
)

func TestAKindIsTriedOncePerBuildOfTheEngine(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the stand-in for the program is a shell script")
	}
	tests := []struct {
		name   string
		script string
		passed bool
		known  bool // afterwards
		fails  bool
	}{
		{"it runs", "exit 0", true, true, false},
		{"a signal kills it", "kill -ILL $$", false, true, false},
		{"Go's runtime reports the signal", "echo 'SIGSEGV: segmentation violation' >&2; exit 2", false, true, false},
		{"it does not know the command", "echo 'unknown command' >&2; exit 2", false, false, true},
		{"it finds the file damaged", "exit 1", false, false, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, _ := testShop(t)
			if err := os.MkdirAll(s.weightsDir(), 0o700); err != nil {
				t.Fatal(err)
			}
			bin, count := filepath.Join(s.cache, "program"), filepath.Join(s.cache, "count")
			script := fmt.Sprintf("#!/bin/sh\necho x >>%s\n%s\n", count, tt.script)
			if err := os.WriteFile(bin, []byte(script), 0o700); err != nil {
				t.Fatal(err)
			}
			lib := library{Digest: "abc"}
			passed, err := s.try(t.Context(), bin, lib, weights.Q8_0, "file")
			if passed != tt.passed || (err != nil) != tt.fails {
				t.Errorf("passed %v, %v", passed, err)
			}
			if _, known := weights.Tried(s.weightsDir(), "abc", weights.Q8_0); known != tt.known {
				t.Errorf("remembered: %v", known)
			}
			if _, err := s.try(t.Context(), bin, lib, weights.Q8_0, "file"); tt.known && err != nil {
				t.Error(err)
			}
			if b, _ := os.ReadFile(count); tt.known && len(b) != 2 {
				t.Errorf("ran %d times", len(b)/2)
			}
		})
	}
}
