package main

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"github.com/afterword/afterword/models"
)

// benchmark is one thing to measure. It prints a Markdown table.
type benchmark struct {
	name, about string
	run         func(ctx context.Context, s *shop) error
}

func benchmarks() []benchmark {
	return []benchmark{
		{"engines", "a rendered session of ten minutes: ours, whisper-cli and faster-whisper; speed, memory, words wrong", benchEngines},
		{"edges", "the same engines where it is hard: sound without words, when words begin, a busy machine", benchEdges},
		{"recording", "recording from a virtual microphone: start, stop to transcript, samples missing under load, kills", benchRecording},
		{"clips", "short clips of real speech (a folder with manifest.jsonl, AFTERWORD_BENCH_AUDIO): words wrong", benchClips},
		{"speakers", "the sample session, clips of two and of one (AFTERWORD_BENCH_AUDIO), dialogues made of these: words with the right speaker, CPU time", benchSpeakers},
		{"captions", "the sample session in real time: how late live captions are, and how often shown words change", benchCaptions},
		{"extract", "what is found in written sessions, set by set, and the AMI action task where the corpus is there", benchExtract},
	}
}

// bench runs the benchmarks named, or lists all.
func bench(ctx context.Context, s *shop, names []string) error {
	if len(names) == 0 {
		for _, b := range benchmarks() {
			fmt.Fprintf(s.out, "%-10s %s\n", b.name, b.about)
		}
		return nil
	}
	for _, name := range names {
		found := false
		for _, b := range benchmarks() {
			if b.name != name {
				continue
			}
			found = true
			if err := b.run(ctx, s); err != nil {
				return fmt.Errorf("bench %s: %w", name, err)
			}
		}
		if !found {
			return models.WithHint(models.Errorf(models.Invalid, "bench: there is no benchmark %q", name), "'go run ./cmd/build bench' lists them")
		}
	}
	return nil
}

// benchRuns is how often each command runs; the fastest counts, since all that
// disturbs a run makes it slower.
func benchRuns() int {
	if n, err := strconv.Atoi(os.Getenv("AFTERWORD_BENCH_RUNS")); err == nil && n > 0 {
		return n
	}
	return 2
}
