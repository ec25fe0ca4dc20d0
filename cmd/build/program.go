package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// settings are the variables by which the go command links whisper.cpp.
func (l library) settings() [][2]string {
	link := []string{"-L" + filepath.Join(l.Dir, "lib")}
	if runtime.GOOS == "linux" {
		link = append(link, "-Wl,--start-group")
	}
	for _, t := range libraryTargets() {
		link = append(link, "-l"+t)
	}
	if runtime.GOOS == "linux" {
		link = append(link, "-Wl,--end-group")
	}
	if runtime.GOOS == "darwin" {
		link = append(link, "-lc++")
	} else {
		link = append(link, "-lstdc++", "-lm")
	}
	if l.OpenMP {
		link = append(link, "-fopenmp")
	}
	return [][2]string{
		{"CGO_ENABLED", "1"},
		{"CGO_CFLAGS", flags("-O2", "-g", "-I"+filepath.Join(l.Dir, "include"))},
		{"CGO_LDFLAGS", flags(link...)},
	}
}

// flags joins compiler flags as the go command splits them: one with a space
// in it goes into quotes.
func flags(all ...string) string {
	for i, f := range all {
		if strings.ContainsAny(f, " \t'") {
			all[i] = `"` + f + `"`
		}
	}
	return strings.Join(all, " ")
}

// environ is the environment of a go command that links whisper.cpp.
func (l library) environ() []string {
	env := os.Environ()
	for _, kv := range l.settings() {
		env = append(env, kv[0]+"="+kv[1])
	}
	if os.Getenv("CC") == "" {
		env = append(env, "CC="+compilerC(), "CXX="+compilerCXX())
	}
	return env
}

func printEnv(ctx context.Context, s *shop, _ []string) error {
	lib, err := s.whisper(ctx)
	if err != nil {
		return err
	}
	for _, kv := range lib.settings() {
		fmt.Fprintf(s.out, "export %s=%s\n", kv[0], shellQuote(kv[1]))
	}
	fmt.Fprintf(s.out, "export GOFLAGS=-tags=whisper\n")
	fmt.Fprintf(s.out, "export AFTERWORD_WEIGHTS=%s\n", shellQuote(s.path("weights")))
	return nil
}

func shellQuote(v string) string { return "'" + strings.ReplaceAll(v, "'", `'\''`) + "'" }

func printPath(ctx context.Context, s *shop, _ []string) error {
	path, _, err := s.program(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(s.out, path)
	return nil
}

// program builds the program, if need be, and is its path. What has not
// changed the go command does not build again.
func (s *shop) program(ctx context.Context) (path string, lib library, err error) {
	if lib, err = s.whisper(ctx); err != nil {
		return "", lib, err
	}
	sum := sha256.Sum256([]byte(s.root))
	name := "afterword"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	dir := s.path("program", hex.EncodeToString(sum[:4]))
	path = filepath.Join(dir, name)
	unlock, err := s.lock(ctx, "program")
	if err != nil {
		return "", lib, err
	}
	defer unlock()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", lib, err
	}
	t := s.say.begin("build afterword")
	c := command(ctx, s.root, "go", "build", "-tags", "whisper", "-trimpath", "-buildvcs=false", "-ldflags", s.ldflags(ctx, lib), "-o", path+".part", "./cmd/afterword")
	c.Env = lib.environ()
	if _, err = quiet(c); err == nil {
		err = os.Rename(path+".part", path)
	}
	t.end(err)
	if err != nil {
		return "", lib, fmt.Errorf("build the program: %w", err)
	}
	return path, lib, nil
}

// ldflags strips the program and tells it what it was built from. The version
// is the tag, where the checkout is at one.
func (s *shop) ldflags(ctx context.Context, lib library) string {
	out := "-s -w -X main.whisperVersion=" + whisperVersion + " -X main.cpuFlags=" + lib.CPU
	if commit, err := quiet(command(ctx, s.root, "git", "rev-parse", "--short=12", "HEAD")); err == nil {
		out += " -X main.commit=" + strings.TrimSpace(commit)
	}
	if tag, err := quiet(command(ctx, s.root, "git", "describe", "--tags", "--exact-match", "--dirty")); err == nil {
		out += " -X main.version=" + strings.TrimPrefix(strings.TrimSpace(tag), "v")
	}
	return out
}
