//go:build unix

package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/afterword/afterword/capture/audio"
	"github.com/afterword/afterword/models"
)

// clientSpeech is what the client says in the sample, at 16 kHz.
func clientSpeech(t *testing.T) (pcm []int16) {
	t.Helper()
	all := samplePCM(t)
	for _, g := range scripted(t).Segments {
		if g.Speaker == models.Client {
			pcm = append(pcm, all[models.Samples(g.Span.Start):models.Samples(g.Span.End)]...)
		}
	}
	return pcm
}

func TestEnrolFromAFile(t *testing.T) {
	newTestHome(t, needVoices(t))
	dir := t.TempDir()
	write := func(name string, pcm []int16) string {
		var b bytes.Buffer
		path := filepath.Join(dir, name)
		if err := audio.WriteWAV(&b, pcm, models.Rate, 1); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	speech := clientSpeech(t)
	must(t, "enrol", "--file", write("me.wav", speech))
	for name, c := range map[string]struct {
		file string
		code int
	}{
		"no speech":  {write("silence.wav", make([]int16, 30*models.Rate)), exitUnusable},
		"one second": {write("short.wav", speech[:models.Rate]), exitUnusable},
		"no file":    {filepath.Join(dir, "none.wav"), exitNotFound},
		"no sound":   {os.Args[0], exitUnusable},
	} {
		code, _, errs := afterword(t, "enrol", "--file", c.file)
		if code != c.code || !strings.Contains(errs, "hint: ") {
			t.Errorf("%s: exit %d: %s", name, code, errs)
		}
	}
	// What went wrong took nothing away.
	if out := must(t, "enrol", "--forget", "--json"); !strings.Contains(out, `"forgotten":1`) {
		t.Error(out)
	}
}

// An import that is killed while voices are told apart is finished later, once.
func TestKilledWhileVoicesAreToldApart(t *testing.T) {
	dir := needEngine(t)
	needVoices(t)
	newTestHome(t, dir)
	t.Setenv(failVoices, "hang")
	file := excerpt(t)
	cmd := start(t, "import", file)
	home := os.Getenv("AFTERWORD_HOME")
	waitFor(t, voiceWait, func() bool { return exists(filepath.Join(home, "hanging")) })
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	t.Setenv(failVoices, "")
	must(t, "import", file)
	got := transcriptOf(t, "last")
	voices := map[models.Speaker]bool{}
	for _, g := range got.Segments {
		voices[g.Speaker] = true
	}
	if len(voices) < 2 {
		t.Errorf("voices %v", voices)
	}
	right, all := rightWords(scripted(t).Segments, got.Segments)
	if all < 80 || right*100 < all*90 { // tiny.en and a minute only
		t.Errorf("%d of %d words have the right speaker", right, all)
	}
	newTestHome(t, dir)
	must(t, "import", file)
	if content(transcriptOf(t, "last")) != content(got) {
		t.Error("after a kill the transcript differs")
	}
}
