package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/afterword/afterword/models"
)

// recordingTests measure a recording, each as far as the environment says.
var recordingTests = []struct{ what, pack, run, bench string }{
	{"callback", "./capture/mic", "TestCallback", "Callback"},
	{"start", "./cmd/afterword", "^TestRecordStart$", "^$"},
	{"stop", "./cmd/afterword", "^TestRecordStopToTranscript$", "^$"},
	{"load", "./cmd/afterword", "^TestRecordUnderLoad$", "^$"},
	{"kills", "./cmd/afterword", "^TestRecordKills$", "^$"},
}

// benchRecording runs the recording tests at full length and prints what they
// measured. How much is set by AFTERWORD_TEST_STARTS, _STOP_SECONDS, _SECONDS
// and _KILLS: an hour under load is AFTERWORD_TEST_SECONDS=3600.
func benchRecording(ctx context.Context, s *shop) error {
	bin, lib, err := s.program(ctx)
	if err != nil {
		return err
	}
	for _, name := range []string{"tiny.en", "base"} {
		if _, err := s.model(ctx, name, bin, lib, false); err != nil {
			return err
		}
	}
	env := append(lib.environ(), "AFTERWORD_TEST_BINARY="+bin, "AFTERWORD_WEIGHTS="+s.weightsDir())
	for _, d := range []struct{ name, value string }{
		{"AFTERWORD_TEST_STARTS", "50"}, {"AFTERWORD_TEST_STOP_SECONDS", "60"}, {"AFTERWORD_TEST_SECONDS", "180"}, {"AFTERWORD_TEST_KILLS", "200"},
	} {
		if os.Getenv(d.name) == "" {
			env = append(env, d.name+"="+d.value)
		}
	}
	var failed error
	var rows []string
	for _, t := range recordingTests {
		run := s.say.begin("%s", t.what)
		c := command(ctx, s.root, "go", "test", "-tags", "whisper", "-count", "1", "-v", "-timeout", "3h", "-run", t.run, "-bench", t.bench, t.pack)
		c.Env = env
		var out bytes.Buffer
		c.Stdout, c.Stderr = &out, &out
		err := c.Run()
		run.end(err)
		said := measuredBy(out.String())
		if err != nil {
			failed = models.Errorf(models.Internal, "the test of %s failed", t.what)
			said = append(said, "FAILED")
		}
		for _, line := range said {
			rows = append(rows, fmt.Sprintf("| %s | %s |", t.what, line))
		}
	}
	fmt.Fprintf(s.out, "A numbered signal or the sample session, at 48 kHz from a virtual microphone; %s.\n\n| what | measured |\n|---|---|\n%s\n", thisCPU(), strings.Join(rows, "\n"))
	return failed
}

// testSaid is a line that a test wrote, after its place.
var testSaid = regexp.MustCompile(`^[a-z_]+_test\.go:\d+: (.+)$`)

// measuredBy are the lines in which a verbose test run told what it measured,
// what was wrong, or why it measured nothing.
func measuredBy(out string) (said []string) {
	for in := bufio.NewScanner(strings.NewReader(out)); in.Scan(); {
		line := strings.TrimSpace(in.Text())
		if m := testSaid.FindStringSubmatch(line); m != nil {
			said = append(said, m[1])
		} else if strings.HasPrefix(line, "BenchmarkCallback-") {
			said = append(said, strings.Join(strings.Fields(line)[1:], " "))
		}
	}
	return said
}
