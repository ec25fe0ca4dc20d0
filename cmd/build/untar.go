package main

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/afterword/afterword/models"
)

// What one archive may hold: ten times what ours does.
const (
	maxUntarBytes = 400 << 20
	maxUntarFiles = 20_000
)

// untar unpacks the regular files of a .tar.gz that lie under the folder
// `under`, and there under one of parts, into dir. A name that leads out of
// the folder is an error; links and devices are left out. No claimed size is
// trusted.
func untar(r io.Reader, dir, under string, parts []string) error {
	z, err := gzip.NewReader(r)
	if err != nil {
		return models.Errorf(models.Unusable, "unpack: %w", err)
	}
	root, err := openRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	left, files := int64(maxUntarBytes), 0
	for t := tar.NewReader(z); ; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return models.Errorf(models.Unusable, "unpack: %w", err)
		}
		if !filepath.IsLocal(filepath.FromSlash(h.Name)) {
			return models.Errorf(models.Unusable, "unpack: the archive names %q, outside itself", h.Name)
		}
		name, ok := wanted(path.Clean(h.Name), under, parts)
		if !ok || h.Typeflag != tar.TypeReg {
			continue
		}
		if files++; files > maxUntarFiles {
			return models.Errorf(models.Unusable, "unpack: more than %d files", maxUntarFiles)
		}
		n, err := unpackFile(root, name, io.LimitReader(t, left+1))
		if err != nil {
			return fmt.Errorf("unpack: %w", err)
		}
		if left -= n; left < 0 {
			return models.Errorf(models.Unusable, "unpack: more than %d MB", maxUntarBytes>>20)
		}
	}
}

// wanted is the name of a file below `under`, if it belongs to one of parts.
func wanted(name, under string, parts []string) (string, bool) {
	rest, ok := strings.CutPrefix(name, under+"/")
	if !ok {
		return "", false
	}
	for _, p := range parts {
		if rest == p || strings.HasPrefix(rest, p+"/") {
			return rest, true
		}
	}
	return "", false
}

func openRoot(dir string) (*os.Root, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return os.OpenRoot(dir)
}

// unpackFile writes one file; os.Root lets no name lead out of the folder.
func unpackFile(root *os.Root, name string, r io.Reader) (int64, error) {
	if err := root.MkdirAll(path.Dir(name), 0o700); err != nil {
		return 0, err
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(f, r)
	return n, errors.Join(err, f.Close())
}
