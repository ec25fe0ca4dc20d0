package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/afterword/afterword/models"
)

// benchRecording runs the recording tests at full length and prints what they
// measured. AFTERWORD_TEST_SECONDS, _STARTS and _KILLS set how much: an hour
// under load is AFTERWORD_TEST_SECONDS=3600.
func benchRecording(ctx context.Context, s *shop) error {
	lib, err := s.whisper(ctx)
	if err != nil {
		return err
	}
	bin, _, err := s.program(ctx)
	if err != nil {
		return err
	}
	env := append(lib.environ(), "AFTERWORD_TEST_BINARY="+bin)
	for _, d := range []struct{ name, value string }{{"AFTERWORD_TEST_SECONDS", "180"}, {"AFTERWORD_TEST_STARTS", "50"}, {"AFTERWORD_TEST_KILLS", "200"}} {
		if os.Getenv(d.name) == "" {
			env = append(env, d.name+"="+d.value)
		}
	}
	fmt.Fprintf(s.out, "Recording a numbered signal at 48 kHz, stereo; %s.\n\n", thisCPU())
	var failed error
	for _, t := range []struct{ what, pack, run, bench string }{
		{"callback", "./capture/mic", "TestCallback", "Callback"},
		{"start", "./cmd/afterword", "TestRecordStart", "^$"},
		{"load", "./cmd/afterword", "TestRecordUnderLoad", "^$"},
		{"kills", "./cmd/afterword", "TestRecordKills", "^$"},
	} {
		run := s.say.begin("%s", t.what)
		c := command(ctx, s.root, "go", "test", "-tags", "whisper", "-count", "1", "-v", "-timeout", "3h", "-run", t.run, "-bench", t.bench, t.pack)
		c.Env = env
		var out bytes.Buffer
		c.Stdout, c.Stderr = &out, &out
		err := c.Run()
		run.end(err)
		for in := bufio.NewScanner(&out); in.Scan(); {
			line := strings.TrimSpace(in.Text())
			if strings.Contains(line, "_test.go:") || strings.HasPrefix(line, "BenchmarkCallback-") || strings.HasPrefix(line, "--- ") {
				fmt.Fprintf(s.out, "%s: %s\n", t.what, line)
			}
		}
		if err != nil {
			failed = models.Errorf(models.Internal, "the test of %s failed", t.what)
		}
	}
	return failed
}
