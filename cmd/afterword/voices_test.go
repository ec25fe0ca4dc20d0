package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/afterword/afterword/capture/audio"
	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/weights"
)

// These tests tell the voices of the sample session apart by its sound, with the
// real encoder. Its words are those of the script, so no speech engine is needed.

// failVoices makes the child of these tests die, hang or lie.
const failVoices = "AFTERWORD_TEST_VOICES"

// brokenVoices is the child's body where a test wants it to fail.
func brokenVoices() {
	switch os.Getenv(failVoices) {
	case "die":
		os.Exit(2)
	case "hang":
		_ = os.WriteFile(filepath.Join(os.Getenv("AFTERWORD_HOME"), "hanging"), nil, 0o600)
		_, _ = io.Copy(io.Discard, os.Stdin) // until the one that started it is gone
		os.Exit(1)
	case "lie":
		in := json.NewDecoder(os.Stdin)
		var o voiceOrder
		_ = in.Decode(&o)
		o.Segments[0].Text = "I never said that."
		_ = json.NewEncoder(os.Stdout).Encode(map[string]any{"Voices": map[string]any{"Segments": o.Segments}})
		os.Exit(0)
	}
}

// voiceWait is how long a busy machine may take to hear the words of the excerpt.
const voiceWait = 5 * time.Minute

// needVoices skips a test that needs the speaker encoder.
func needVoices(t *testing.T) string {
	t.Helper()
	dirs := []string{os.Getenv("AFTERWORD_WEIGHTS")}
	if cache, err := weights.CacheDir(); err == nil {
		dirs = append(dirs, cache)
	}
	path, err := weights.Find(weights.Voice, dirs)
	if err != nil {
		t.Skip("the speaker encoder is not here; 'go run ./cmd/build test' fetches it")
	}
	return filepath.Dir(path)
}

// openTest opens an app in a new home.
func openTest(t *testing.T, weightsDir string) *app {
	t.Helper()
	newTestHome(t, weightsDir)
	t.Setenv("AFTERWORD_CACHE", t.TempDir())
	a := newApp(strings.NewReader(""), io.Discard, io.Discard)
	t.Cleanup(func() { a.Close() })
	if err := errors.Join(a.configure(nil), a.open(t.Context())); err != nil {
		t.Fatal(err)
	}
	return a
}

// heardOf is how much of the sample these tests hear.
const heardOf = 105 * time.Second

// scripted is the beginning of the sample's script, each sentence's words spread
// evenly over it.
func scripted(t *testing.T) models.Transcript {
	t.Helper()
	b, err := os.ReadFile("../build/sample/session.json")
	var tr models.Transcript
	if err == nil {
		err = json.Unmarshal(b, &tr)
	}
	if err != nil {
		t.Fatal(err)
	}
	tr.Segments = slices.DeleteFunc(tr.Segments, func(g models.Segment) bool { return g.Span.End > heardOf })
	for i := range tr.Segments {
		g := &tr.Segments[i]
		words := strings.Fields(g.Text)
		for k, w := range words {
			at := func(n int) time.Duration {
				return g.Span.Start + (g.Span.Len() * time.Duration(n) / time.Duration(len(words))).Truncate(time.Millisecond)
			}
			g.Words = append(g.Words, models.Word{Text: w, Span: models.Span{Start: at(k), End: at(k + 1)}, P: 1})
		}
	}
	return tr
}

// joined makes one segment of every two, so that they must be cut.
func joined(all []models.Segment) (out []models.Segment) {
	for i := 0; i+1 < len(all); i += 2 {
		g := all[i]
		g.Words = append(append([]models.Word(nil), g.Words...), all[i+1].Words...)
		g.Text += " " + all[i+1].Text
		g.Span.End = all[i+1].Span.End
		g.Speaker = models.Unknown
		out = append(out, g)
	}
	return out
}

// storeSession keeps sound and words of a session as if they had been heard.
func storeSession(t *testing.T, a *app, tr models.Transcript, pcm []int16, channels int, channel func(models.Segment) int) models.SessionID {
	t.Helper()
	ctx := t.Context()
	s, err := a.store.SaveSession(ctx, models.Session{Title: "Sample", Date: tr.Date, Source: models.SourceImport, Channels: channels, Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	ring, err := a.sessionRing(ctx, s.ID)
	if err != nil {
		t.Fatal(err)
	}
	w, err := a.spool.Writer(s.ID, ring, models.Rate, channels, false)
	if err == nil {
		err = errors.Join(w.Write(pcm), w.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	length := models.At(int64(len(pcm) / channels))
	seq := 0
	for at := time.Duration(0); at < length; at += 20 * time.Second {
		for c := range channels {
			span := models.Span{Start: at, End: min(at+20*time.Second, length)}
			err := a.store.SaveChunks(ctx, []models.Chunk{{Session: s.ID, Seq: seq, Channel: c, Span: span, Voiced: []models.Span{span}, State: models.Pending}})
			var heard models.Heard
			for _, g := range tr.Segments {
				if g.Span.Start >= span.Start && g.Span.Start < span.End && channel(g) == c {
					heard.Segments = append(heard.Segments, g)
				}
			}
			if err == nil {
				_, err = a.store.SaveResult(ctx, s.ID, seq, heard)
			}
			if err != nil {
				t.Fatal(err)
			}
			seq++
		}
	}
	if _, err := a.store.FinishIngest(ctx, s.ID, length); err != nil {
		t.Fatal(err)
	}
	return s.ID
}

func first(models.Segment) int { return 0 }

// samplePCM is the sample's sound at 16 kHz.
func samplePCM(t *testing.T) []int16 {
	t.Helper()
	src, err := audio.Open(samplePath)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	rs := audio.NewResampler(src.Info().Rate, models.Rate, 1)
	var pcm []int16
	buf := make([]float32, 48000)
	for {
		n, err := src.Read(buf)
		for _, v := range rs.Write(nil, buf[:n]) {
			pcm = append(pcm, int16(max(-1, min(1, v))*32767))
		}
		if want := int(models.Samples(heardOf)); len(pcm) >= want {
			return pcm[:want]
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// rightWords is how many words have the speaker that the script gives them, of
// those at the same time, and how many words there are.
func rightWords(script, got []models.Segment) (right, all int) {
	for _, g := range got {
		for _, w := range g.Words {
			mid := (w.Span.Start + w.Span.End) / 2
			for _, s := range script {
				if mid >= s.Span.Start && mid < s.Span.End {
					all++
					if s.Speaker == g.Speaker {
						right++
					}
				}
			}
		}
	}
	return right, all
}

func stored(t *testing.T, a *app, id models.SessionID) []models.Segment {
	t.Helper()
	tr, err := a.store.Transcript(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return tr.Segments
}

func voicing(t *testing.T, a *app, id models.SessionID) models.Voicing {
	t.Helper()
	v, err := a.store.Voicing(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestWhoSpokeInTheSample(t *testing.T) {
	a := openTest(t, needVoices(t))
	ctx := t.Context()
	script := scripted(t)
	tr := script
	tr.Segments = joined(script.Segments)
	id := storeSession(t, a, tr, samplePCM(t), 1, first)
	last := 0
	stage := voiceStage{tell: func(done, total int) { last = 100 * done / total }}

	// Whatever goes wrong, the words stay and the session goes on.
	for _, how := range []string{"die", "lie"} {
		t.Setenv(failVoices, how)
		if err := a.tellApart(ctx, id, stage); err != nil {
			t.Fatal(err)
		}
		if v := voicing(t, a, id); v.Outcome != models.VoicesFailed || !v.Done {
			t.Errorf("%s: %+v", how, v)
		}
		if got := stored(t, a, id); len(got) != len(tr.Segments) || got[0].Text != tr.Segments[0].Text || got[0].Speaker != models.Unknown {
			t.Errorf("%s: the words changed", how)
		}
		if err := a.store.VoicesAgain(ctx, id); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv(failVoices, "")
	killed, cancel := context.WithCancel(ctx)
	cancel()
	if err := a.tellApart(killed, id, stage); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}

	if err := a.tellApart(ctx, id, stage); err != nil {
		t.Fatal(err)
	}
	if v := voicing(t, a, id); v != (models.Voicing{Done: true, Outcome: models.VoicesTold, Named: models.NamedByWords}) || last != 100 {
		t.Errorf("%+v, %d %%", v, last)
	}
	got := stored(t, a, id)
	right, all := rightWords(script.Segments, got)
	if all < 200 || right*100 < all*95 {
		t.Errorf("%d of %d words have the right speaker", right, all)
	}
	t.Logf("%d of %d words, %d segments", right, all, len(got))
	if err := a.extractSession(ctx, id); err != nil {
		t.Fatal(err)
	}
	if err := a.tellApart(ctx, id, stage); err != nil { // nothing is due
		t.Fatal(err)
	}

	// A second run finds the same, and keeps what the client said.
	swap := map[models.Speaker]models.Speaker{models.Client: models.Therapist, models.Therapist: models.Client}
	if _, err := a.store.SetSpeakers(ctx, id, swap); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(a.store.VoicesAgain(ctx, id), a.tellApart(ctx, id, stage)); err != nil {
		t.Fatal(err)
	}
	for i, g := range stored(t, a, id) {
		if swap[g.Speaker] != got[i].Speaker && g.Speaker != models.Unknown {
			t.Errorf("segment %d: %s is not what the client said", i, g.Speaker)
		}
	}
}

func TestWithoutTheModelNobodyIsToldApart(t *testing.T) {
	a := openTest(t, t.TempDir())
	id := storeSession(t, a, models.Transcript{Date: "2026-03-05", Segments: scripted(t).Segments[:4]}, make([]int16, 30*models.Rate), 1, first)
	if err := errors.Join(a.tellApart(t.Context(), id, voiceStage{}), a.extractSession(t.Context(), id)); err != nil {
		t.Fatal(err)
	}
	if v := voicing(t, a, id); v.Outcome != models.VoicesNoModel || !v.Done {
		t.Errorf("%+v", v)
	}
	if out := must(t, "sessions", "--json"); !strings.Contains(out, `"state":"ready"`) {
		t.Error(out)
	}
	code, _, errs := afterword(t, "speakers", string(id), "--again")
	if code != exitSetup || !strings.Contains(errs, "models get voice") {
		t.Errorf("exit %d: %s", code, errs)
	}
}

// Two channels, a voice on each: nothing has to be guessed.
func TestChannelsAreVoices(t *testing.T) {
	a := openTest(t, t.TempDir())
	script := scripted(t)
	id := storeSession(t, a, script, make([]int16, 2*105*models.Rate), 2, func(g models.Segment) int {
		if g.Speaker == models.Client {
			return 1
		}
		return 0
	})
	if err := a.tellApart(t.Context(), id, voiceStage{}); err != nil {
		t.Fatal(err)
	}
	if v := voicing(t, a, id); v.Outcome != models.VoicesChannels || v.Named != models.NamedByWords {
		t.Errorf("%+v", v)
	}
	if right, all := rightWords(script.Segments, stored(t, a, id)); right != all || all < 200 {
		t.Errorf("%d of %d words", right, all)
	}
}

// The client's voice is learned from one half of the sample and known in the
// other, where what is said tells nothing.
func TestAnEnrolledVoiceIsKnown(t *testing.T) {
	a := openTest(t, needVoices(t))
	ctx := t.Context()
	script, pcm := scripted(t), samplePCM(t)
	half := len(script.Segments) / 2
	var mine []int16
	for _, g := range script.Segments[:half] {
		if g.Speaker == models.Client {
			mine = append(mine, pcm[models.Samples(g.Span.Start):models.Samples(g.Span.End)]...)
			mine = append(mine, make([]int16, models.Rate/2)...)
		}
	}
	if err := a.enrolSound(ctx, mine); err != nil {
		t.Fatal(err)
	}
	mute := script
	mute.Segments = nil
	for _, g := range script.Segments[half:] {
		for i := range g.Words {
			g.Words[i].Text = "word"
		}
		g.Text = strings.TrimSpace(strings.Repeat("word ", len(g.Words)))
		mute.Segments = append(mute.Segments, g)
	}
	for i := range mute.Segments {
		mute.Segments[i].Speaker = models.Unknown
	}
	id := storeSession(t, a, mute, pcm, 1, first)
	if err := a.tellApart(ctx, id, voiceStage{}); err != nil {
		t.Fatal(err)
	}
	if v := voicing(t, a, id); v.Named != models.NamedByVoice {
		t.Errorf("%+v", v)
	}
	if right, all := rightWords(script.Segments, stored(t, a, id)); right*100 < all*95 || all < 80 {
		t.Errorf("%d of %d words", right, all)
	}
	// What the client says of a session is learned, and goes with it.
	if err := a.extractSession(ctx, id); err != nil {
		t.Fatal(err)
	}
	must(t, "speakers", string(id), "--swap")
	must(t, "speakers", string(id), "--swap")
	prints := func() int {
		all, err := a.store.Prints(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	if n := prints(); n != 2 {
		t.Errorf("%d prints", n)
	}
	must(t, "forget", string(id), "--yes")
	if n := prints(); n != 1 {
		t.Errorf("%d prints after the session was forgotten", n)
	}
	must(t, "enrol", "--forget")
	if n := prints(); n != 0 {
		t.Errorf("%d prints after all were", n)
	}
}

func TestTooLittleSpeechToEnrol(t *testing.T) {
	a := openTest(t, needVoices(t))
	err := a.enrolSound(t.Context(), make([]int16, 30*models.Rate))
	if models.CodeOf(err) != models.Unusable || models.HintOf(err) == "" {
		t.Errorf("silence: %v", err)
	}
	if all, err := a.store.Prints(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("%d prints, %v", len(all), err)
	}
}

func TestSameNames(t *testing.T) {
	seg := func(who models.Speaker, words int) models.Segment {
		return models.Segment{Speaker: who, Words: make([]models.Word, words)}
	}
	was := []models.Segment{seg(models.Client, 5), seg(models.Therapist, 3), seg(models.Client, 1), seg(models.Unknown, 9), seg("S1", 1)}
	now := [][]models.Segment{{seg("S2", 5)}, {seg("S1", 3)}, {seg("S1", 1)}, {seg("S3", 4), seg("S1", 5)}, {seg("S3", 1)}}
	got := sameNames(was, now)
	want := map[models.Speaker]models.Speaker{"S2": models.Client, "S1": models.Therapist, "S3": "S1"}
	for k, v := range want {
		if got[k] != v || len(got) != len(want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
	got = sameNames(was[:1], [][]models.Segment{{seg("S1", 4), seg("S2", 1)}})
	if got["S1"] != models.Client || got["S2"] != "S1" {
		t.Errorf("a new voice: %v", got)
	}
}
