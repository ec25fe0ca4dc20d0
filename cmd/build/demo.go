package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/weights"
)

// sampleDir holds the sample session and its script, below the module.
const sampleDir = "cmd/build/sample"

// demo takes a recording through the whole program in a throw-away home and
// shows what a user gets.
func demo(ctx context.Context, s *shop, args []string) error {
	file, script := s.sample("opus"), s.sample("json")
	if len(args) == 1 {
		file, script = args[0], ""
	}
	file, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	if _, err := os.Stat(file); err != nil {
		return models.WithHint(models.Errorf(models.Invalid, "open the recording: %w", err), "usage: go run ./cmd/build demo FILE")
	}
	d, err := s.stage(ctx)
	if err != nil {
		return err
	}
	defer os.RemoveAll(d.home)
	return d.show(ctx, file, script)
}

// stage builds the program, gets the default model and makes a throw-away
// home, which the caller removes.
func (s *shop) stage(ctx context.Context) (*demonstration, error) {
	if err := s.need(ctx, forCompiling, forWeights); err != nil {
		return nil, err
	}
	bin, lib, err := s.program(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := s.model(ctx, "base", bin, lib, false); err != nil {
		return nil, err
	}
	home, err := os.MkdirTemp("", "afterword-demo-") // 0700
	if err != nil {
		return nil, fmt.Errorf("make a throw-away home: %w", err)
	}
	return &demonstration{s: s, bin: bin, home: home, model: "base"}, nil
}

// sample is the sample session's sound ("opus") or script ("json").
func (s *shop) sample(ending string) string {
	return filepath.Join(s.root, filepath.FromSlash(sampleDir), "session."+ending)
}

// demonstration is one run of the program in its own home.
type demonstration struct {
	s         *shop
	bin, home string
	model     string
	worst     float64 // word error rate that is still right; 0 means any
	voices    float64 // share of words whose speaker must be right; 0 means any
}

func (d *demonstration) show(ctx context.Context, file, script string) error {
	began := time.Now()
	if err := d.run(ctx, "import", file); err != nil {
		return err
	}
	spent := time.Since(began)
	for _, verb := range []string{"transcript", "items", "coverage"} {
		fmt.Fprintln(d.s.out)
		if err := d.run(ctx, verb, "last"); err != nil {
			return err
		}
	}
	out, err := d.command(ctx, "transcript", "last", "--format", "json").Output()
	if err != nil {
		return fmt.Errorf("read the transcript: %w", err)
	}
	var t models.Transcript
	if err := json.Unmarshal(out, &t); err != nil {
		return fmt.Errorf("read the transcript: %w", err)
	}
	fmt.Fprintln(d.s.out)
	fmt.Fprintf(d.s.out, "%s of speech in %s: %.1f times as fast as it was spoken.\n",
		t.Duration.Round(time.Second), spent.Round(100*time.Millisecond), t.Duration.Seconds()/spent.Seconds())
	if script != "" {
		return d.compare(t, script)
	}
	return nil
}

// compare tells how many words differ from the sample's script.
func (d *demonstration) compare(t models.Transcript, script string) error {
	said, err := readScript(script)
	if err != nil {
		return err
	}
	var heard strings.Builder
	for _, seg := range t.Segments {
		heard.WriteString(seg.Text + " ")
	}
	e := wordErrors(said, heard.String())
	fmt.Fprintf(d.s.out, "%.1f %% of %d words differ from the script (%d others, %d missing, %d more).\n",
		100*e.rate(), e.words, e.other, e.missing, e.more)
	if d.worst > 0 && e.rate() > d.worst {
		return models.Errorf(models.Unusable, "compare with the script: more than %.0f %% of words differ", 100*d.worst)
	}
	return d.compareVoices(t, script)
}

// compareVoices tells how many words have the speaker that the script gives
// them. Without the speaker encoder nobody is told apart.
func (d *demonstration) compareVoices(t models.Transcript, script string) error {
	if !proved(d.s.weightsDir(), weights.Voice) {
		fmt.Fprintln(d.s.out, "Who spoke is not told: the speaker encoder is not here.")
		return nil
	}
	b, err := os.ReadFile(script)
	var said models.Transcript
	if err == nil {
		err = json.Unmarshal(b, &said)
	}
	if err != nil {
		return fmt.Errorf("read the script: %w", err)
	}
	v := speakerWords(turnsOf(said), t.Segments)
	fmt.Fprintf(d.s.out, "%.1f %% of %d words have the right speaker (%d the other's, %d unknown).\n", 100*v.share(), v.words, v.wrong, v.unknown)
	if v.share() < d.voices {
		return models.Errorf(models.Unusable, "compare with the script: fewer than %.0f %% of words have the right speaker", 100*d.voices)
	}
	return nil
}

// readScript is the text of a script: a transcript file.
func readScript(path string) (string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read the script: %w", err)
	}
	var file struct {
		Segments []struct{ Text string } `json:"segments"`
	}
	if err := json.Unmarshal(b, &file); err != nil {
		return "", fmt.Errorf("read the script: %w", err)
	}
	var all []string
	for _, seg := range file.Segments {
		all = append(all, seg.Text)
	}
	return strings.Join(all, " "), nil
}

func (d *demonstration) run(ctx context.Context, args ...string) error {
	shown := make([]string, len(args))
	for i, a := range args {
		shown[i] = filepath.Base(a)
	}
	fmt.Fprintf(d.s.out, "$ afterword %s\n", strings.Join(shown, " "))
	c := d.command(ctx, args...)
	c.Stdout, c.Stderr = d.s.out, d.s.say.w
	if err := c.Run(); err != nil {
		if ctx.Err() == nil {
			err = fmt.Errorf("run afterword %s: %w", args[0], err)
		}
		return err
	}
	return nil
}

// command is the program in the demonstration's home. What the user has set
// for their own Afterword does not reach it.
func (d *demonstration) command(ctx context.Context, args ...string) *exec.Cmd {
	c := command(ctx, d.home, d.bin, args...)
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "AFTERWORD_") {
			c.Env = append(c.Env, kv)
		}
	}
	c.Env = append(c.Env, "AFTERWORD_HOME="+d.home, "AFTERWORD_MODEL="+d.model, "AFTERWORD_WEIGHTS="+d.s.weightsDir(), "AFTERWORD_CACHE="+d.s.cache)
	return c
}
