package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/afterword/afterword/models"
)

// The linters are run by version and are in no go.mod: they are tools, not
// parts.
const (
	gofumpt     = "mvdan.cc/gofumpt@v0.12.0"
	staticcheck = "honnef.co/go/tools/cmd/staticcheck@v0.8.2"
)

// check is one thing that must hold for a change to be good.
type check struct {
	name string
	run  func(ctx context.Context, out io.Writer) (tally, error)
}

// tally counts tests.
type tally struct {
	passed, failed int
	skipped        []string // "package Test: reason"
	took           []timed
}

// timed is how long a test took, in seconds.
type timed struct {
	test    string
	seconds float64
}

func (t *tally) add(u tally) {
	t.passed += u.passed
	t.failed += u.failed
	t.skipped = append(t.skipped, u.skipped...)
	t.took = append(t.took, u.took...)
}

// test sets everything up, runs all checks, and says at the end what failed. A
// check that fails does not keep the others from running.
func test(ctx context.Context, s *shop, _ []string) error {
	began := time.Now()
	leftOut, err := s.testTools(ctx)
	if err != nil {
		return err
	}
	if err := s.need(ctx, forCompiling, forWeights); err != nil {
		return err
	}
	lib, err := s.whisper(ctx)
	if err != nil {
		return err
	}
	bin, _, err := s.program(ctx)
	if err == nil {
		_, err = s.model(ctx, "tiny.en", bin, lib, true)
	}
	if err == nil { // the one that people get; it knows many languages
		_, err = s.model(ctx, "base", bin, lib, false)
	}
	axe, aerr := s.axe(ctx)
	if aerr != nil {
		leftOut = append(leftOut, "left out: axe-core's look at each page: "+aerr.Error())
	}
	checks := s.checks(lib, bin, axe)
	if err != nil {
		// The checks of the source can still tell what is wrong with it.
		report(ctx, s.say.w, err)
		checks = append([]check{{"build the program", func(context.Context, io.Writer) (tally, error) { return tally{}, err }}}, checks...)
	}
	all := s.runChecks(ctx, checks)
	for _, skipped := range all.skipped {
		fmt.Fprintf(s.out, "left out: %s\n", skipped)
	}
	for _, l := range leftOut {
		fmt.Fprintln(s.out, l)
	}
	fmt.Fprintf(s.out, "all of it took %s\n", time.Since(began).Round(time.Second))
	fmt.Fprintf(s.out, "%d passed, %d failed, %d skipped\n", all.passed, all.failed, len(all.skipped))
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if all.failed > 0 {
		return errTold
	}
	return nil
}

// slowest names the tests that took longest, for whoever wants all of it to be
// quicker.
func (t *tally) slowest(n int) string {
	slices.SortStableFunc(t.took, func(a, b timed) int { return cmp.Compare(b.seconds, a.seconds) })
	var out []string
	for _, x := range t.took[:min(n, len(t.took))] {
		if x.seconds >= 10 {
			out = append(out, fmt.Sprintf("%s %.0fs", x.test, x.seconds))
		}
	}
	return strings.Join(out, ", ")
}

// runChecks runs one check after another. What a check said is shown only if
// it fails.
func (s *shop) runChecks(ctx context.Context, checks []check) tally {
	var all tally
	for _, c := range checks {
		if ctx.Err() != nil {
			return all
		}
		t := s.say.begin("%s", c.name)
		var said bytes.Buffer
		got, err := c.run(ctx, &said)
		spent := time.Since(t.began).Seconds()
		if err != nil && got.failed == 0 {
			got.failed = 1
		} else if err == nil && got.passed == 0 {
			got.passed = 1
		}
		all.add(got)
		s.say.clear()
		if slow := got.slowest(12); slow != "" {
			fmt.Fprintf(s.out, "slowest: %s\n", slow)
		}
		if err == nil {
			fmt.Fprintf(s.out, "ok  \t%-34s\t%.1fs\n", c.name, spent)
			continue
		}
		fmt.Fprintf(s.out, "%s\n", lastLines(said.String(), 400))
		fmt.Fprintf(s.out, "--- FAIL: %s (%.1fs): %v\n", c.name, spent, err)
	}
	return all
}

// checks are all that a contributor should run, the quick ones first.
func (s *shop) checks(lib library, bin, axe string) []check {
	noC := func(system string) []string {
		goos, goarch, _ := strings.Cut(system, "/")
		return []string{"CGO_ENABLED=0", "GOOS=" + goos, "GOARCH=" + goarch}
	}
	here := lib.environ()
	checks := []check{
		{"gofumpt", s.silent("go", "run", gofumpt, "-l", ".")},
	}
	for _, system := range []string{"linux/amd64", "darwin/arm64", "windows/amd64"} {
		checks = append(checks, check{"vet without cgo, " + system, s.goes(noC(system), "go", "vet", "./...")})
	}
	binEnv := append(here, "AFTERWORD_WEIGHTS="+s.weightsDir(), "AFTERWORD_CACHE="+s.cache, "AFTERWORD_TEST_WEIGHTS="+s.weightsDir(), "AFTERWORD_TEST_AXE="+axe)
	if bin != "" {
		binEnv = append(binEnv, "AFTERWORD_TEST_BINARY="+bin)
	}
	bare := []string{"CGO_ENABLED=0", "AFTERWORD_CACHE=" + s.cache, "AFTERWORD_WEIGHTS="}
	race := []string{"-race", "-count", "1", "-tags", "whisper", "-timeout", "40m"}
	return append(checks,
		check{"vet with whisper.cpp", s.goes(here, "go", "vet", "-tags", "whisper", "./...")},
		check{"staticcheck without cgo", s.goes([]string{"CGO_ENABLED=0"}, "go", "run", staticcheck, "./...")},
		check{"staticcheck with whisper.cpp", s.staticcheckWithC(here)},
		check{"tests without cgo", s.withoutSkipped(s.tests(bare, "-timeout", "15m", "./..."))},
		check{"build with whisper.cpp, -race", s.goes(here, "go", "build", "-race", "-tags", "whisper", "./...")},
		check{"tests with whisper.cpp, -race", sideBySide(
			s.tests(binEnv, append(race, "-skip", strings.Join([]string{heldToTheClock, readAlone, ofPages, ofImports}, "|"), "./...")...),
			s.tests(binEnv, append(race, "-run", ofPages, "./cmd/afterword")...),
			s.tests(binEnv, append(race, "-run", ofImports, "./cmd/afterword")...),
		)},
		check{"recording, held to the clock", s.tests(append(binEnv, "AFTERWORD_TEST_SECONDS=180"), "-count", "1", "-tags", "whisper", "-run", heldToTheClock, "./cmd/afterword")},
		check{"end to end", s.endToEnd(bin)},
	)
}

// heldToTheClock are tests that the race detector would make a test of itself.
const heldToTheClock = "^TestRecord(Kills|UnderLoad|Sleeps|Start)$"

// Two parts of the program's tests, a third of their time each. They wait for a browser
// and for other processes more than they work, and each has the environment of
// its process to itself; so they go beside the others, in processes of their own.
const (
	ofPages   = "^TestPage"
	ofImports = "^Test(Import|Formats|Export|Serve|Service|Enrol|Killed|RunAgain|TwoImports)"
)

// readAlone are tests that read the whole corpus, on one goroutine, and take three
// times as long under the race detector, which has nothing to find there. They run
// without cgo, in the check before.
const readAlone = "^Test((Sessions|Pairs)OfCorpus|MisheardWords|LongTranscript)$"

// sideBySide runs all at once, and says what each said in one piece.
func sideBySide(runs ...func(context.Context, io.Writer) (tally, error)) func(context.Context, io.Writer) (tally, error) {
	return func(ctx context.Context, out io.Writer) (tally, error) {
		said, counted, errs := make([]bytes.Buffer, len(runs)), make([]tally, len(runs)), make([]error, len(runs))
		var all tally
		var wg sync.WaitGroup
		for n, run := range runs {
			wg.Go(func() { counted[n], errs[n] = run(ctx, &said[n]) })
		}
		wg.Wait()
		for n := range runs {
			out.Write(said[n].Bytes())
			all.add(counted[n])
		}
		return all, errors.Join(errs...)
	}
}

// withoutSkipped drops the list of skipped tests: what is skipped for want of
// cgo runs in another check.
func (s *shop) withoutSkipped(run func(context.Context, io.Writer) (tally, error)) func(context.Context, io.Writer) (tally, error) {
	return func(ctx context.Context, out io.Writer) (tally, error) {
		t, err := run(ctx, out)
		t.skipped = nil
		return t, err
	}
}

// goes passes when the command exits with 0.
func (s *shop) goes(env []string, name string, args ...string) func(context.Context, io.Writer) (tally, error) {
	return func(ctx context.Context, out io.Writer) (tally, error) {
		c := command(ctx, s.root, name, args...)
		c.Env = append(os.Environ(), env...)
		c.Stdout, c.Stderr = out, out
		return tally{}, c.Run()
	}
}

// silent passes when the command says nothing on stdout, too.
func (s *shop) silent(name string, args ...string) func(context.Context, io.Writer) (tally, error) {
	return func(ctx context.Context, out io.Writer) (tally, error) {
		var said bytes.Buffer
		c := command(ctx, s.root, name, args...)
		c.Env = append(os.Environ(), "CGO_ENABLED=0")
		c.Stdout, c.Stderr = &said, out
		err := c.Run()
		out.Write(said.Bytes())
		if err == nil && said.Len() > 0 {
			err = fmt.Errorf("these files are not formatted; 'go run %s -w .' formats them", gofumpt)
		}
		return tally{}, err
	}
}

// staticcheckWithC builds the linter without our cgo flags and runs it with
// them.
func (s *shop) staticcheckWithC(env []string) func(context.Context, io.Writer) (tally, error) {
	return s.goes(env, "go", "run", staticcheck, "-tags", "whisper", "./...")
}

// endToEnd takes the sample through the program as it was built, in a home of
// its own.
func (s *shop) endToEnd(bin string) func(context.Context, io.Writer) (tally, error) {
	return func(ctx context.Context, out io.Writer) (tally, error) {
		if bin == "" {
			return tally{}, models.Errorf(models.Internal, "there is no program to run")
		}
		home, err := os.MkdirTemp("", "afterword-test-")
		if err != nil {
			return tally{}, err
		}
		defer os.RemoveAll(home)
		quietly := &shop{root: s.root, cache: s.cache, out: out, say: newProgress(out)}
		d := &demonstration{s: quietly, bin: bin, home: home, model: "tiny.en", worst: 0.25, voices: 0.95}
		return tally{}, d.show(ctx, s.sample("opus"), s.sample("json"))
	}
}

// testTool is a program that some tests call; without it they are left out.
type testTool struct {
	program string
	pack    string // Debian's package
	why     string
}

// testTools are those that a test of today uses.
var testTools = []testTool{
	{"ffmpeg", "ffmpeg", "capture/audio reads m4a, amr and other formats through it"},
	{"pulseaudio", "pulseaudio", "recordings are made from a virtual microphone of it"},
	{"pactl", "pulseaudio-utils", "it plugs and unplugs that microphone"},
	{"chromium", "chromium", "opens the page and uses it as a person does"},
	{"dbus-daemon", "dbus-daemon", "a desktop of its own is reminded through it"},
	{"pdftotext", "poppler-utils", "reads what the page and an export look like on paper"},
	{"flite", "flite", "speaks sessions for the tests of whole recordings, and for bench"},
	{"systemd-analyze", "systemd", "proves the unit that 'service install' writes"},
}

// testTools installs what is missing, where it may: as root on Debian. Elsewhere it
// returns lines that say which tests will be left out and how to enable them.
func (s *shop) testTools(ctx context.Context) (leftOut []string, err error) {
	var packs []string
	for _, t := range testTools {
		if have(t.program)() {
			continue
		}
		packs = append(packs, t.pack)
		leftOut = append(leftOut, fmt.Sprintf("left out: tests that need %s: %s", t.program, t.why))
	}
	if len(packs) == 0 {
		return nil, nil
	}
	if thisSystem() != debian || os.Geteuid() != 0 {
		how := "install them with your system's package manager"
		switch {
		case thisSystem() == debian:
			how = "sudo apt-get install -y " + strings.Join(packs, " ")
		case runtime.GOOS == "darwin":
			how = "brew install " + strings.Join(packs, " ")
		}
		return append(leftOut, "to enable them: "+how), nil
	}
	t := s.say.begin("install %s for the tests", strings.Join(packs, ", "))
	for _, args := range [][]string{{"update"}, append([]string{"install", "-y", "--no-install-recommends"}, packs...)} {
		c := command(ctx, s.root, "apt-get", append([]string{"-qq"}, args...)...)
		c.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if _, err = quiet(c); err != nil {
			break
		}
	}
	t.end(err)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		s.say.line("%v", err)
		return leftOut, nil
	}
	return nil, nil
}
