//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/afterword/afterword/capture/audio"
	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/weights"
)

// These tests run the program as a person would, with the real engine, the
// real queue and real kills. They share one recording: the first part of the
// sample session.

var excerptOnce = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "afterword-test-*")
	if err != nil {
		return "", err
	}
	atEnd = func() { _ = os.RemoveAll(dir) }
	return makeExcerpt(dir, 62*time.Second)
})

// makeExcerpt writes the beginning of the sample as a 16 kHz WAV file.
func makeExcerpt(dir string, length time.Duration) (string, error) {
	src, err := audio.Open(samplePath)
	if err != nil {
		return "", err
	}
	defer src.Close()
	info := src.Info()
	rs := audio.NewResampler(info.Rate, models.Rate, info.Channels)
	buf := make([]float32, info.Rate*info.Channels)
	var pcm []int16
	want := int(models.Samples(length))
	for len(pcm) < want {
		n, err := src.Read(buf)
		for _, v := range rs.Write(nil, buf[:n]) {
			pcm = append(pcm, int16(math.Round(float64(min(max(v, -1), 1))*32767)))
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
	}
	var b bytes.Buffer
	if err := audio.WriteWAV(&b, pcm[:min(want, len(pcm))], models.Rate, 1); err != nil {
		return "", err
	}
	path := filepath.Join(dir, "excerpt.wav")
	return path, os.WriteFile(path, b.Bytes(), 0o600)
}

func excerpt(t *testing.T) string {
	t.Helper()
	path, err := excerptOnce()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func transcriptOf(t *testing.T, session string) models.Transcript {
	t.Helper()
	var tr models.Transcript
	if err := json.Unmarshal([]byte(must(t, "transcript", session, "--format", "json")), &tr); err != nil {
		t.Fatal(err)
	}
	return tr
}

// content is a transcript without what differs between two imports.
func content(tr models.Transcript) string {
	tr.ID, tr.Title, tr.Date = "", "", ""
	b, _ := json.Marshal(tr)
	return string(b)
}

func words(tr models.Transcript) []string {
	var all []string
	for _, s := range tr.Segments {
		all = append(all, strings.FieldsFunc(strings.ToLower(s.Text), func(r rune) bool { return r != '\'' && (r < 'a' || r > 'z') })...)
	}
	return all
}

// start runs the program in a process of its own, so that it can be killed.
func start(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	said, err := os.CreateTemp(t.TempDir(), "said-")
	if err != nil {
		t.Fatal(err)
	}
	defer said.Close()
	cmd.Stderr = said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { // what a process of a failed test was about
		if !t.Failed() {
			return
		}
		_ = cmd.Process.Signal(syscall.SIGQUIT)
		time.Sleep(200 * time.Millisecond)
		b, _ := os.ReadFile(said.Name())
		t.Logf("%s said:\n%s", strings.Join(args, " "), b)
	})
	return cmd
}

// noClear fails if any of the phrases stands readable in a file under dir. It
// returns how many files there are.
func noClear(t *testing.T, dir string, phrases []string) (files int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return nil // a file that goes away meanwhile holds nothing
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return nil
		}
		files++
		lower := bytes.ToLower(b)
		for _, p := range phrases {
			if bytes.Contains(lower, []byte(strings.ToLower(p))) {
				t.Errorf("%s holds a phrase of the session in clear", strings.TrimPrefix(path, dir))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// phrases are stretches of three words from all over a transcript.
func phrases(tr models.Transcript) []string {
	var out []string
	for _, s := range tr.Segments {
		if f := strings.Fields(s.Text); len(f) >= 4 {
			out = append(out, strings.Join(f[:3], " "), strings.Join(f[len(f)-3:], " "))
		}
	}
	return out
}

func TestImportSurvivesKills(t *testing.T) {
	dir := needEngine(t)
	file := excerpt(t)
	newTestHome(t, dir)
	must(t, "import", file)
	want := transcriptOf(t, "last")
	secret := append(phrases(want), "excerpt.wav")
	if len(secret) < 6 {
		t.Fatalf("the excerpt has only %d phrases", len(secret))
	}
	kills := 50
	if testing.Short() {
		kills = 6
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rnd := rand.New(rand.NewPCG(seed, 1))
	for kills > 0 {
		home := newTestHome(t, dir)
		for range min(kills, 8) {
			cmd := start(t, "import", file)
			time.Sleep(time.Duration(rnd.IntN(2500)) * time.Millisecond)
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			kills--
			noClear(t, home, secret)
			if rnd.IntN(4) == 0 {
				_ = os.RemoveAll(filepath.Join(home, "queue"))
			}
		}
		code, _, errs := afterword(t, "import", file)
		if code != exitOK && code != exitConflict { // a kill may have come after it was ready
			t.Fatalf("import after kills: exit %d\n%s", code, errs)
		}
		if got := transcriptOf(t, "last"); content(got) != content(want) {
			t.Fatalf("after kills the transcript differs\n got %d segments, %d words\nwant %d segments, %d words",
				len(got.Segments), len(words(got)), len(want.Segments), len(words(want)))
		}
		var list struct{ Sessions []sessionJSON }
		if err := json.Unmarshal([]byte(must(t, "sessions", "--json")), &list); err != nil || len(list.Sessions) != 1 {
			t.Fatalf("%d sessions after kills of one import (%v)", len(list.Sessions), err)
		}
		if n := noClear(t, home, secret); n < 6 {
			t.Fatalf("only %d files under the home", n)
		}
	}
}

func TestServeFinishesAKilledImport(t *testing.T) {
	dir := needEngine(t)
	file := excerpt(t)
	newTestHome(t, dir)
	importer := start(t, "import", file)
	waitFor(t, 20*time.Second, func() bool {
		code, out, _ := afterword(t, "sessions", "--json", "--no-input")
		return code == 0 && strings.Contains(out, `"state":"`)
	})
	_ = importer.Process.Kill()
	_ = importer.Wait()
	server := start(t, "serve")
	waitFor(t, 60*time.Second, func() bool {
		_, out, _ := afterword(t, "sessions", "--json")
		return strings.Contains(out, `"state":"ready"`)
	})
	if n := len(words(transcriptOf(t, "last"))); n < 30 {
		t.Errorf("only %d words", n)
	}
	// A second import finds the service at work and uses it.
	must(t, "import", "--again", file)
	_ = server.Process.Signal(os.Interrupt)
	if err := server.Wait(); err != nil {
		t.Errorf("serve after Ctrl-C: %v", err)
	}
}

// A session that is run again with other weights keeps its earlier text and the
// client's corrections.
func TestRunAgainWithOtherWeights(t *testing.T) {
	dir := needEngine(t)
	first, second := "tiny.en-f16", "tiny.en-q8_0"
	for _, name := range []*string{&first, &second} {
		if _, err := weights.Find(*name, []string{dir}); err != nil {
			*name = "tiny.en" // here in one kind only: the same weights again
		}
	}
	newTestHome(t, dir)
	t.Setenv("AFTERWORD_MODEL", first)
	must(t, "import", excerpt(t))
	before := transcriptOf(t, "last")
	a := newApp(strings.NewReader(""), io.Discard, io.Discard)
	defer a.Close()
	if err := errors.Join(a.configure(nil), a.open(t.Context())); err != nil {
		t.Fatal(err)
	}
	all := stored(t, a, models.SessionID(before.ID))
	if _, err := a.store.EditSegment(t.Context(), all[1], "My own words"); err != nil {
		t.Fatal(err)
	}
	must(t, "coverage", before.ID, "--retry", "--all", "--model", second)
	after := transcriptOf(t, before.ID)
	if !slices.ContainsFunc(after.Segments, func(g models.Segment) bool { return g.Edited && g.Text == "My own words" }) {
		t.Error("the correction is gone")
	}
	if d := distance(words(before), words(after)); d > len(words(before))/3 {
		t.Errorf("%d of %d words differ", d, len(words(before)))
	}
	// Whatever the weights made of it: it can be had back.
	for range 2 {
		takes, err := a.store.Takes(t.Context(), models.SessionID(before.ID))
		if err != nil {
			t.Fatal(err)
		}
		if len(takes) > 0 {
			must(t, "coverage", before.ID, "--take", "all")
		}
	}
	if got := transcriptOf(t, before.ID); content(got) != content(after) {
		t.Error("two changes of the text are not none")
	}
}

func TestTwoImportsAtOnce(t *testing.T) {
	dir := needEngine(t)
	newTestHome(t, dir)
	one := excerpt(t)
	two := filepath.Join(t.TempDir(), "two.wav")
	b, err := os.ReadFile(one)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(two, b[:len(b)-32000], 0o600); err != nil {
		t.Fatal(err)
	}
	a, c := start(t, "import", one), start(t, "import", two)
	for _, cmd := range []*exec.Cmd{a, c} {
		if err := cmd.Wait(); err != nil {
			t.Errorf("import: %v", err)
		}
	}
	var list struct{ Sessions []sessionJSON }
	if err := json.Unmarshal([]byte(must(t, "sessions", "--json")), &list); err != nil {
		t.Fatal(err)
	}
	for _, s := range list.Sessions {
		if s.State != models.Ready {
			t.Errorf("session %s is %s", s.ID, s.State)
		}
	}
	if len(list.Sessions) != 2 {
		t.Errorf("%d sessions", len(list.Sessions))
	}
}

func TestCtrlCStopsWithinTwoSeconds(t *testing.T) {
	dir := needEngine(t)
	newTestHome(t, dir)
	cmd := start(t, "import", excerpt(t))
	time.Sleep(1500 * time.Millisecond)
	began := time.Now()
	_ = cmd.Process.Signal(os.Interrupt)
	err := cmd.Wait()
	if took := time.Since(began); took > 4*time.Second { // two, and room for a busy machine
		t.Errorf("stopped after %v", took)
	}
	exit := (*exec.ExitError)(nil)
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 130) {
		t.Errorf("exit: %v", err)
	}
	must(t, "import", excerpt(t))
}

func TestSilenceHasNoWords(t *testing.T) {
	dir := needEngine(t)
	newTestHome(t, dir)
	path := filepath.Join(t.TempDir(), "silence.wav")
	var b bytes.Buffer
	if err := audio.WriteWAV(&b, make([]int16, 90*models.Rate), models.Rate, 1); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	must(t, "import", path)
	if w := words(transcriptOf(t, "last")); len(w) > 0 {
		t.Errorf("silence became %q", w)
	}
	c := parseCoverage(must(t, "coverage", "last", "--json"))
	if c.Duration != 90 || c.Totals["silence"] != 90 {
		t.Errorf("coverage %+v", c)
	}
}

// TestFormatsGiveTheSameWords converts the excerpt with ffmpeg and holds each
// transcript against that of the WAV file.
func TestFormatsGiveTheSameWords(t *testing.T) {
	dir := needEngine(t)
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed")
	}
	newTestHome(t, dir)
	tmp := t.TempDir()
	wav, err := makeExcerpt(tmp, 40*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	want := transcribeWords(t, wav)
	if len(want) < 30 {
		t.Fatalf("only %d words in the WAV file", len(want))
	}
	transcribeSpeakers(t, wav)
	formats := []struct {
		name string
		args []string
	}{
		{"24bit.wav", []string{"-c:a", "pcm_s24le"}},
		{"float-48k-stereo.wav", []string{"-c:a", "pcm_f32le", "-ar", "48000", "-ac", "2"}},
		{"44k.w64", []string{"-ar", "44100"}},
		{"192k.flac", []string{"-ar", "192000"}},
		{"seven.wav", []string{"-filter_complex", "[0:a]pan=6.1|c0=c0|c1=c0|c2=c0|c3=c0|c4=c0|c5=c0|c6=c0"}},
		{"128k.mp3", []string{"-ar", "44100", "-b:a", "128k"}},
		{"48k.opus", []string{"-c:a", "libopus", "-b:a", "48k"}},
		{"memo.m4a", []string{"-c:a", "aac", "-b:a", "128k"}},
		{"vorbis.ogg", []string{"-c:a", "libvorbis", "-q:a", "6"}},
		{"browser.webm", []string{"-c:a", "libopus", "-b:a", "64k"}},
	}
	for _, f := range formats {
		t.Run(f.name, func(t *testing.T) {
			path := filepath.Join(tmp, f.name)
			args := append([]string{"-v", "error", "-nostdin", "-i", wav}, append(f.args, path)...)
			if out, err := exec.Command("ffmpeg", args...).CombinedOutput(); err != nil {
				t.Skipf("this ffmpeg cannot write it: %s", out)
			}
			got := transcribeWords(t, path)
			// tiny.en is touchier than base: two words of the excerpt may differ.
			if d := distance(want, got); d > max(2, len(want)*2/100) {
				t.Errorf("%d of %d words differ\nwant %q\n got %q", d, len(want), want, got)
			}
		})
	}
}

func transcribeWords(t *testing.T, path string) []string {
	t.Helper()
	var tr models.Transcript
	if err := json.Unmarshal([]byte(must(t, "transcribe", "--format", "json", path)), &tr); err != nil {
		t.Fatal(err)
	}
	return words(tr)
}

// transcribeSpeakers: both voices of the sample are heard in the mix, and each
// word has the voice of its channel where they are split.
func transcribeSpeakers(t *testing.T, wav string) {
	t.Helper()
	voices := func(args ...string) []string {
		var tr models.Transcript
		if err := json.Unmarshal([]byte(must(t, append([]string{"transcribe", "--format", "json"}, args...)...)), &tr); err != nil {
			t.Fatal(err)
		}
		var who []string
		for _, g := range tr.Segments {
			if !slices.Contains(who, string(g.Speaker)) {
				who = append(who, string(g.Speaker))
			}
		}
		return who
	}
	if _, err := weights.Find(weights.Voice, findHome().WeightFolders()); err != nil {
		t.Log("the mix is not tried: the speaker encoder is not here")
	} else if who := voices(wav); len(slices.DeleteFunc(who, func(s string) bool { return s == "unknown" })) != 2 {
		t.Errorf("the mix has the voices %q", who)
	}
	split := filepath.Join(t.TempDir(), "split.wav") // the beginning on the right, something else on the left
	const apart = "[0:a]aformat=channel_layouts=mono,asplit[a][b];[a]atrim=0:6,apad=whole_dur=12[r];[b]atrim=6:12,adelay=6000[l];[l][r]join=channel_layout=stereo"
	if out, err := exec.Command("ffmpeg", "-v", "error", "-nostdin", "-i", wav, "-filter_complex", apart, split).CombinedOutput(); err != nil {
		t.Fatalf("put one voice on each channel: %v\n%s", err, out)
	}
	if who := voices("--channels", "split", split); !slices.Equal(who, []string{"S2", "S1"}) {
		t.Errorf("two channels have the voices %q", who)
	}
}

// distance is the number of insertions, deletions and substitutions that turn
// a into b.
func distance(a, b []string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, w := range a {
		prev := slices.Clone(row)
		row[0] = i + 1
		for j, v := range b {
			cost := 1
			if w == v {
				cost = 0
			}
			row[j+1] = min(prev[j]+cost, prev[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
