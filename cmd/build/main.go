// Command build sets Afterword up, from an empty machine to a program that
// runs: it fetches and builds whisper.cpp, fetches and proves the speech
// models, builds the program with the right cgo settings, and runs, tests and
// measures it. It needs Go alone to start; what else is missing it names.
//
//	go run ./cmd/build demo [FILE]   build, then import the sample (or your own file) into a throw-away home
//	go run ./cmd/build test          run all that a contributor should run
//	go run ./cmd/build binary        build the program, print its path
//	go run ./cmd/build env           print the cgo settings for editors and shells
//	go run ./cmd/build bench [NAME]  measure side by side
//	go run ./cmd/build train         learn anew from the corpus what the extractor's tables hold
//	go run ./cmd/build pictures      render the README's pictures from a real run
//	go run ./cmd/build clean         remove the cache
//
// Everything made lies in one cache folder (AFTERWORD_CACHE, else
// afterword/build in the user's cache folder), each part under a digest of
// what it was made from, so that a second run has nothing to do:
//
//	source/<digest>/    whisper.cpp, unpacked
//	whisper/<digest>/   its static libraries and headers, for this CPU and compiler
//	weights/            speech models (files 0600), each proved by SHA-256
//	program/<digest>/   the program, one per checkout
//	axe/<digest>/       axe-core, for the browser tests
//	bench/              what only the benchmarks need
//	train/              the word vectors that 'train' learns from
//
// A part is made under another name and renamed when complete. Lock files
// make a second set-up wait for the first.
//
// There is no product logic here. Results go to stdout, all else to stderr.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/afterword/afterword/models"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// verb is one thing that this command does.
type verb struct {
	name, args, about string
	most              int // arguments at most
	do                func(ctx context.Context, s *shop, args []string) error
}

func verbs() []verb {
	return []verb{
		{"demo", "[FILE]", "build, then import the sample recording, or FILE, into a throw-away home", 1, demo},
		{"test", "", "run all that a contributor should run", 0, test},
		{"binary", "", "build the program and print its path", 0, printPath},
		{"env", "", "print the cgo settings for editors and shells", 0, printEnv},
		{"bench", "[NAME…]", "measure side by side; without a name, list what there is", 9, bench},
		{"train", "", "learn the extractor's tables anew from the corpus", 0, train},
		{"pictures", "", "render the README's pictures from a real run", 0, pictures},
		{"clean", "", "remove the cache", 0, clean},
	}
}

// run does what args ask and returns the exit code: 0 done, 1 failed, 2 asked
// wrongly, 130 interrupted.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		usage(stderr)
		return 2
	}
	if args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		usage(stdout)
		return 0
	}
	for _, v := range verbs() {
		if v.name != args[0] {
			continue
		}
		if len(args)-1 > v.most {
			fmt.Fprintf(stderr, "build: %s takes at most %d arguments\nusage: go run ./cmd/build %s %s\n", v.name, v.most, v.name, v.args)
			return 2
		}
		s, err := openShop(stdout, stderr)
		if err == nil {
			err = v.do(ctx, s, args[1:])
		}
		return report(ctx, stderr, err)
	}
	fmt.Fprintf(stderr, "build: there is no verb %q\n\n", args[0])
	usage(stderr)
	return 2
}

// report tells err to people, once, and turns it into the exit code.
func report(ctx context.Context, w io.Writer, err error) int {
	switch {
	case err == nil:
		return 0
	case ctx.Err() != nil:
		fmt.Fprintln(w, "build: interrupted; what was complete is kept, the next run goes on from there")
		return 130
	case errors.Is(err, errTold):
		return 1
	}
	fmt.Fprintf(w, "build: %v\n", err)
	if hint := models.HintOf(err); hint != "" {
		fmt.Fprintf(w, "build: hint: %s\n", hint)
	}
	if models.CodeOf(err) == models.Invalid {
		return 2
	}
	return 1
}

// errTold is returned where the user has been told already what went wrong.
var errTold = errors.New("failed")

func usage(w io.Writer) {
	fmt.Fprintln(w, "usage: go run ./cmd/build VERB")
	fmt.Fprintln(w)
	for _, v := range verbs() {
		fmt.Fprintf(w, "  %-9s%-8s %s\n", v.name, v.args, v.about)
	}
	fmt.Fprint(w, `
settings, from the environment:
  AFTERWORD_CACHE    where everything made is kept (default: afterword/build in your cache folder)
  AFTERWORD_WEIGHTS  a file or folder with speech models, used before any download
  WHISPER_SRC        a folder with whisper.cpp `+whisperVersion+`, used before any download
  CC, CXX            the compilers
`)
}
