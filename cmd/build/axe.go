package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
)

// axe-core says what of a page keeps people out. The browser tests run it on
// every page; it is no part of the program and never committed.
const (
	axePackage = "axe-core@4.14.1"
	axeSHA256  = "e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745"
	axeFile    = "axe.min.js"
)

// axe is the path of its script in the cache.
func (s *shop) axe(ctx context.Context) (string, error) {
	dir := s.path("axe", axeSHA256[:16])
	err := s.once(ctx, "axe", dir, func(tmp string) error {
		work, err := os.MkdirTemp(filepath.Dir(dir), "fetch-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(work)
		return fromNPM(ctx, work, axePackage, axeSHA256, func(ball io.Reader) error {
			return untar(ball, tmp, "package", []string{axeFile})
		})
	})
	return filepath.Join(dir, axeFile), err
}
