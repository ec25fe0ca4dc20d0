package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/afterword/afterword/models"
)

// made are the parts of the cache; clean removes these and nothing else, so
// that AFTERWORD_CACHE=$HOME costs nobody their home. The lock files stay:
// another set-up may be waiting for one.
var made = []string{"source", "whisper", "weights", "program", "bench"}

func clean(ctx context.Context, s *shop, _ []string) error {
	for _, part := range made {
		if unlock, err := s.lock(ctx, part); err == nil {
			defer unlock()
		} else {
			return err
		}
	}
	var left []string
	for _, part := range append(made, "whisper-build-*", "bench-build-*") {
		dirs, _ := filepath.Glob(s.path(part))
		for _, dir := range dirs {
			s.say.line("remove %s (%d MB)", dir, bytesUnder(dir)>>20)
			if err := os.RemoveAll(dir); err != nil {
				left = append(left, err.Error())
			}
		}
	}
	if len(left) > 0 {
		return models.Errorf(models.Partial, "clean the cache: %s", left[0])
	}
	fmt.Fprintf(s.out, "%s is clean\n", s.cache)
	return nil
}

func bytesUnder(dir string) int64 {
	var n int64
	filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if st, err := d.Info(); err == nil {
				n += st.Size()
			}
		}
		return nil
	})
	return n
}
