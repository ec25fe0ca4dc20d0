package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/afterword/afterword/capture/audio"
	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/weights"
	"github.com/afterword/afterword/transcribe/whisper"
)

// TestMain lets the test binary be the program: for scripts, which call it
// 'afterword', and for the helper processes that the program starts.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		if os.Args[1] == "voices" {
			brokenVoices()
		}
		switch os.Args[1] {
		case "decode", "worker", "import", "serve", "try-weights", "capture", "record", "captions", "review", "voices", "listen", "journal", "items":
			moveClock()
			main()
		case "view-script":
			playView()
			return
		}
	}
	testscript.Main(suite{m}, map[string]func(){"afterword": func() { moveClock(); main() }, "seed": func() { moveClock(); os.Exit(seedMain()) }})
}

// moveClock lets a script say what time it is, as 2026-03-05T18:00:00Z in
// AFTERWORD_TEST_NOW; or in the file AFTERWORD_TEST_CLOCK, which may be changed
// under a running service. Only the test binary knows these variables.
func moveClock() {
	if file := os.Getenv("AFTERWORD_TEST_CLOCK"); file != "" {
		clock = func() time.Time {
			b, _ := os.ReadFile(file)
			now, err := time.Parse(time.RFC3339, string(b))
			if err != nil {
				panic(err)
			}
			return now
		}
		return
	}
	if now, err := time.Parse(time.RFC3339, os.Getenv("AFTERWORD_TEST_NOW")); err == nil {
		clock = func() time.Time { return now }
	}
}

// seedMain stores a transcript file as a session whose words were heard, and
// finds its items as the hub would: a session without a speech engine. It
// prints the session's ID. In a script: exec seed FILE [TITLE [THERAPIST]].
func seedMain() int {
	id, err := seed(context.Background(), append(os.Args[1:], "", "")...)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(id)
	return 0
}

func seed(ctx context.Context, args ...string) (id models.SessionID, err error) {
	text, err := os.ReadFile(args[0])
	if err != nil {
		return "", err
	}
	var t models.Transcript
	if err := json.Unmarshal(text, &t); err != nil {
		return "", err
	}
	a := newApp(strings.NewReader(""), io.Discard, os.Stderr)
	defer a.Close()
	if err := errors.Join(a.configure(nil), a.open(ctx)); err != nil {
		return "", err
	}
	s, err := a.store.SaveSession(ctx, models.Session{Title: args[1], With: args[2], Date: t.Date, Source: models.SourceImport})
	if err != nil {
		return "", err
	}
	return s.ID, a.storeHeard(ctx, s.ID, t)
}

// storeHeard takes each segment for the whole of a chunk.
func (a *app) storeHeard(ctx context.Context, id models.SessionID, t models.Transcript) error {
	var at time.Duration
	for i, g := range t.Segments {
		c := models.Chunk{Session: id, Seq: i, Span: models.Span{Start: at, End: at + 10*time.Second}, State: models.Pending}
		at = c.Span.End
		c.Voiced = []models.Span{c.Span}
		if err := a.store.SaveChunks(ctx, []models.Chunk{c}); err != nil {
			return err
		}
		g.Span = c.Span
		if _, err := a.store.SaveResult(ctx, id, i, models.Heard{Language: "en", Segments: []models.Segment{g}}); err != nil {
			return err
		}
	}
	if _, err := a.store.FinishIngest(ctx, id, at); err != nil {
		return err
	}
	return a.extractSession(ctx, id)
}

// atEnd cleans up after all tests.
var atEnd = func() {}

type suite struct{ *testing.M }

func (s suite) Run() int {
	defer func() { atEnd() }()
	return s.M.Run()
}

// testWeights is the folder with tiny.en for tests with the real engine, or
// empty. `go run ./cmd/build test` fetches it.
func testWeights() string {
	dir := os.Getenv("AFTERWORD_WEIGHTS")
	if dir == "" {
		dir, _ = weights.CacheDir()
	}
	if _, err := weights.Find("tiny.en", []string{dir}); err != nil {
		return ""
	}
	return dir
}

// needEngine skips a test that needs real speech recognition.
func needEngine(t *testing.T) string {
	t.Helper()
	dir := testWeights()
	if !whisper.Available || dir == "" {
		t.Skip("no speech engine in this build or no tiny.en; 'go run ./cmd/build test' has both")
	}
	return dir
}

const samplePath = "../build/sample/session.opus"

func TestScripts(t *testing.T) {
	sample, err := filepath.Abs(samplePath)
	if err != nil {
		t.Fatal(err)
	}
	hour, err := filepath.Abs("testdata/hour.json")
	if err != nil {
		t.Fatal(err)
	}
	dir := testWeights()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			home := filepath.Join(e.WorkDir, "home")
			e.Setenv("AFTERWORD_HOME", home)
			e.Setenv("AFTERWORD_MODEL", "tiny.en")
			e.Setenv("AFTERWORD_WEIGHTS", dir)
			e.Setenv("AFTERWORD_CACHE", filepath.Join(e.WorkDir, "cache"))
			e.Setenv("SAMPLE", sample)
			if exe, err := exec.LookPath("afterword"); err == nil { // for scripts that change PATH
				e.Setenv("AFTERWORD", exe)
			}
			e.Setenv("HOUR", hour)
			return nil
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "engine":
				return whisper.Available && dir != "", nil
			case "root":
				return os.Getuid() == 0, nil
			}
			return false, nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"tone": cmdTone, "cut": cmdCut, "last-id": cmdLastID, "sum-coverage": cmdSumCoverage, "newer": cmdNewer, "await": cmdAwait, "pick": cmdPick,
		},
	})
}

// cmdTone writes a WAV file: tone FILE SECONDS [RATE [CHANNELS]].
func cmdTone(ts *testscript.TestScript, neg bool, args []string) {
	n := []int{0, 1, 16000, 1}
	for i := 1; i < len(args); i++ {
		v, err := strconv.Atoi(args[i])
		ts.Check(err)
		n[i] = v
	}
	pcm := make([]int16, n[1]*n[2]*n[3])
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(float64(i/n[3])*2*math.Pi*440/float64(n[2])))
	}
	var b bytes.Buffer
	ts.Check(audio.WriteWAV(&b, pcm, n[2], n[3]))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o600))
}

// cmdCut keeps the first bytes of a file: cut FROM TO BYTES.
func cmdCut(ts *testscript.TestScript, neg bool, args []string) {
	b, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b[:min(n, len(b))], 0o600))
}

// cmdLastID sets an environment variable to the first word of stdout:
// last-id NAME.
func cmdLastID(ts *testscript.TestScript, neg bool, args []string) {
	out := strings.Fields(ts.ReadFile("stdout"))
	if len(out) == 0 {
		ts.Fatalf("nothing was printed")
	}
	ts.Setenv(args[0], out[0])
}

// cmdPick sets an environment variable to the ID on the first line of stdout
// that matches: pick NAME PATTERN.
func cmdPick(ts *testscript.TestScript, neg bool, args []string) {
	line := regexp.MustCompile(args[1])
	for l := range strings.Lines(ts.ReadFile("stdout")) {
		if ids := regexp.MustCompile(`\b[0-9a-f]{8}\b`).FindAllString(l, -1); line.MatchString(l) && ids != nil {
			ts.Setenv(args[0], ids[0])
			return
		}
	}
	ts.Fatalf("no line with an ID matches %s", args[1])
}

// cmdSumCoverage checks that the totals of `coverage --json` on stdout add up
// to the duration, in whole milliseconds.
func cmdSumCoverage(ts *testscript.TestScript, neg bool, args []string) {
	c := parseCoverage(ts.ReadFile("stdout"))
	var sum float64
	for _, v := range c.Totals {
		sum += v
	}
	if math.Round(sum*1000) != math.Round(c.Duration*1000) || c.Duration == 0 {
		ts.Fatalf("totals add up to %.3f of %.3f", sum, c.Duration)
	}
}

type coverageReport struct {
	Duration float64            `json:"duration"`
	Totals   map[string]float64 `json:"totals"`
}

func parseCoverage(s string) (c coverageReport) {
	_ = json.Unmarshal([]byte(s), &c)
	return c
}

// cmdNewer raises the version of a database file beyond ours: newer FILE.
func cmdNewer(ts *testscript.TestScript, neg bool, args []string) {
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_RDWR, 0)
	ts.Check(err)
	defer f.Close()
	_, err = f.WriteAt([]byte{0, 0, 0x7f, 0xff}, 60) // user_version, SQLite file format 1.3
	ts.Check(err)
}

// cmdAwait waits until a socket answers: await PATH.
func cmdAwait(ts *testscript.TestScript, neg bool, args []string) {
	for range 200 {
		if c, err := net.Dial("unix", ts.MkAbs(args[0])); err == nil {
			c.Close()
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	ts.Fatalf("nobody answers at %s", args[0])
}

// afterword runs one command in this process.
func afterword(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), args, strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

// must runs one command that has to succeed and returns what it printed.
func must(t *testing.T, args ...string) string {
	t.Helper()
	code, out, errs := afterword(t, args...)
	if code != 0 {
		t.Fatalf("afterword %s: exit %d\n%s", strings.Join(args, " "), code, errs)
	}
	return out
}

// newTestHome points the program at an empty home with the tests' model.
func newTestHome(t *testing.T, weightsDir string) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("AFTERWORD_HOME", dir)
	t.Setenv("AFTERWORD_MODEL", "tiny.en")
	t.Setenv("AFTERWORD_WEIGHTS", weightsDir)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(dir, "no-bus")) // nobody's real desktop
	return dir
}

func waitFor(t *testing.T, limit time.Duration, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatal("waited in vain")
}
