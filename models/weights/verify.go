package weights

import (
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/afterword/afterword/models"
)

// sums are the digests of a file, in hexadecimal.
type sums struct {
	sha256, sha1 string
	bytes        int64
}

// digest hashes all of r; it stops when ctx ends. sha1 is that of nothing
// unless asked for.
func digest(ctx context.Context, r io.Reader, withSHA1 bool) (sums, error) {
	two, one := sha256.New(), sha1.New()
	var to io.Writer = two
	if withSHA1 {
		to = io.MultiWriter(two, one)
	}
	n, err := io.CopyBuffer(to, onlyReader{ctx, r}, make([]byte, 1<<20))
	return sums{hex.EncodeToString(two.Sum(nil)), hex.EncodeToString(one.Sum(nil)), n}, err
}

// onlyReader hides all but Read, and fails once ctx has ended.
type onlyReader struct {
	ctx context.Context
	r   io.Reader
}

func (o onlyReader) Read(b []byte) (int, error) {
	if err := o.ctx.Err(); err != nil {
		return 0, err
	}
	return o.r.Read(b)
}

// proof is what is remembered of a file that was hashed.
type proof struct {
	SHA256  string    `json:"sha256"`
	Bytes   int64     `json:"bytes"`
	Changed time.Time `json:"changed"` // modification time
	Inode   string    `json:"inode"`   // number and, where there is one, the change time that no program can set
}

const proofsFile = "proofs.json"

// Verify proves that the file is w: by size and SHA-256, or, for a model of
// which only the SHA-1 is published, by that the first time and by the SHA-256
// found then from then on. A file that is not w is an Unusable error with a
// hint.
//
// A file that was hashed before and has kept its size, times and inode is not
// hashed again: what was found is remembered in proofs.json beside it (if that
// folder may be written). So this finds a download cut short, a file of another
// version, a file put in another's place and a disk that reports other sizes
// or times; it does not find bits that went bad on disk since, nor somebody
// who may write in the folder and forges proofs.json as well: the first is
// found by [Prove], against the second nothing in that folder helps.
func Verify(path string, w Weight) error { return verify(context.Background(), path, w, false) }

// Prove is Verify, but hashes the whole file whatever is remembered of it.
func Prove(ctx context.Context, path string, w Weight) error { return verify(ctx, path, w, true) }

func verify(ctx context.Context, path string, w Weight, whole bool) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return missing(w.Name, nil)
	}
	if err != nil {
		return models.Errorf(models.Unusable, "prove speech model %s: %w", w.Name, err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return models.Errorf(models.Unusable, "prove speech model %s: %w", w.Name, err)
	}
	if w.Bytes != 0 && st.Size() != w.Bytes {
		return unproved(w, "it has %d bytes, expected %d", st.Size(), w.Bytes)
	}
	known := readProofs(filepath.Dir(path))[filepath.Base(path)]
	want := w.SHA256
	if want == "" {
		want = known.SHA256
	}
	if now := (proof{want, st.Size(), st.ModTime(), inode(st)}); !whole && want != "" && now.equal(known) {
		return nil
	}
	sum, err := digest(ctx, f, want == "")
	switch {
	case err != nil:
		return fmt.Errorf("prove speech model %s: %w", w.Name, err)
	case want != "" && sum.sha256 != want:
		return unproved(w, "its SHA-256 is %s, expected %s", sum.sha256, want)
	case want == "" && w.SHA1 == "":
		return unproved(w, "its digest is not known")
	case want == "" && sum.sha1 != w.SHA1:
		return unproved(w, "its SHA-1 is %s, expected %s", sum.sha1, w.SHA1)
	}
	remember(path, proof{sum.sha256, st.Size(), st.ModTime(), inode(st)})
	return nil
}

func unproved(w Weight, format string, args ...any) error {
	err := models.Errorf(models.Unusable, "prove speech model %s: %w", w.Name, fmt.Errorf(format, args...))
	return models.WithHint(err, "the file is damaged or another version; 'afterword models get %s' replaces it", w.Name)
}

func (p proof) equal(q proof) bool {
	return p.SHA256 == q.SHA256 && p.Bytes == q.Bytes && p.Inode == q.Inode && p.Changed.Equal(q.Changed)
}

// Digest is the SHA-256 by which a model is known: from the manifest, else as
// recorded in the folder dir when it was first proved; empty if neither.
func Digest(w Weight, dir string) string {
	if w.SHA256 != "" {
		return w.SHA256
	}
	return readProofs(dir)[w.File].SHA256
}

// readProofs is what is remembered of the files in dir; a damaged file is as
// good as none.
func readProofs(dir string) map[string]proof {
	return readJSON[proof](filepath.Join(dir, proofsFile))
}

// readJSON reads what writeJSON wrote; of a file that is missing or damaged,
// nothing.
func readJSON[V any](path string) map[string]V {
	var all map[string]V
	if b, err := os.ReadFile(path); err == nil {
		json.Unmarshal(b, &all)
	}
	if all == nil {
		all = map[string]V{}
	}
	return all
}

// remember records a proof beside the file. Where that folder may not be
// written, the file is hashed at each start.
func remember(path string, p proof) {
	dir := filepath.Dir(path)
	all := readProofs(dir)
	if all[filepath.Base(path)] == p {
		return
	}
	all[filepath.Base(path)] = p
	for name := range all {
		if _, err := os.Lstat(filepath.Join(dir, name)); err != nil {
			delete(all, name)
		}
	}
	writeJSON(filepath.Join(dir, proofsFile), all)
}

// writeJSON replaces a file (0600) as a whole.
func writeJSON(path string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+"-*") // 0600
	if err != nil {
		return err
	}
	_, err = f.Write(append(b, '\n'))
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}
