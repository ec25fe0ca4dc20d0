//go:build unix

package main

import (
	"bytes"
	"context"
	"log/slog"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/afterword/afterword/capture/audio"
	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/weights"
	"github.com/afterword/afterword/transcribe"
	"github.com/afterword/afterword/transcribe/whisper"
)

// excerptSound is the first part of the sample session.
func excerptSound(t *testing.T, length time.Duration) []int16 {
	t.Helper()
	return soundIn(t, excerpt(t), models.Span{End: length})
}

// soundIn is a stretch of a file, at models.Rate.
func soundIn(t *testing.T, path string, span models.Span) []int16 {
	t.Helper()
	src, err := audio.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	buf := make([]float32, models.Samples(span.End))
	n := 0
	for n < len(buf) {
		k, err := src.Read(buf[n:])
		n += k
		if err != nil {
			t.Fatal(err)
		}
	}
	buf = buf[models.Samples(span.Start):]
	out := make([]int16, len(buf))
	for i, v := range buf {
		out[i] = int16(v * 32767)
	}
	return out
}

func plainWords(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r < 'a' || r > 'z' }), " ")
}

func TestCaptionsOfTheSample(t *testing.T) {
	dir := needEngine(t)
	path, err := weights.Find("tiny.en", []string{dir})
	if err != nil {
		t.Fatal(err)
	}
	m, err := whisper.Load(path, whisper.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	s, err := m.NewState()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c := transcribe.NewCaptions(s, "en")
	const piece = models.Rate / 10
	var at, worst time.Duration
	text, draft, changed, shown := "", "", 0, 0
	pcm := floats(excerptSound(t, 10300*time.Millisecond))
	pcm = append(pcm, make([]float32, models.Rate)...)
	for len(pcm) >= piece {
		said, ok, err := c.Hear(t.Context(), pcm[:piece])
		if err != nil {
			t.Fatal(err)
		}
		pcm, at = pcm[piece:], at+100*time.Millisecond
		if !ok {
			continue
		}
		text += said.Stable
		before, now := strings.Fields(plainWords(draft)), strings.Fields(plainWords(said.Stable+said.Draft))
		for i, w := range before {
			if i >= len(now) || now[i] != w {
				changed++
			}
		}
		shown += max(0, len(now)-len(before))
		draft = said.Draft
		if said.Draft != "" {
			worst = max(worst, at-said.Span.End)
		}
	}
	const want = "hello come in and take a seat how has your week been honestly it has been a hard week work is too much at the moment"
	missing := 0
	for w := range strings.FieldsSeq(want) {
		if !strings.Contains(" "+plainWords(text)+" ", " "+w+" ") {
			missing++
		}
	}
	if missing > 3 {
		t.Errorf("%q, want %q", plainWords(text), want)
	}
	if changed > 5 || shown < 20 || worst > 2*time.Second {
		t.Errorf("%d of %d shown words changed; up to %s behind, without the engine's own time", changed, shown, worst)
	}
}

func TestCaptionsTakeTheSmallestModelForEnglish(t *testing.T) {
	dir := needEngine(t)
	newTestHome(t, dir)
	a := newApp(nil, nil, nil)
	if err := a.configure(nil); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		language, model string
		want            captionOrder // Weights: the beginning of the file's name
		fails           bool
	}{
		{"en", "base", captionOrder{"ggml-tiny.en", "en"}, false},
		{"", "tiny.en", captionOrder{"ggml-tiny.en", "en"}, false},
		{"de", "tiny.en", captionOrder{"ggml-tiny.en", "de"}, false},
		{"en", "no-such-model", captionOrder{"ggml-tiny.en", "en"}, false},
		{"de", "no-such-model", captionOrder{}, true},
	} {
		a.set.Model = tt.model
		o, err := a.captionsOrder(tt.language)
		if (err != nil) != tt.fails || err == nil && !strings.HasPrefix(filepath.Base(o.Weights), tt.want.Weights) || o.Language != tt.want.Language {
			t.Errorf("%q with %s: %+v, %v", tt.language, tt.model, o, err)
		}
	}
}

func TestCaptionsChildRefusesBadOrders(t *testing.T) {
	newTestHome(t, "")
	for _, tt := range []struct {
		name, in string
		code     int
	}{
		{"nothing", "", exitUsage},
		{"no JSON", "Weights\n", exitUsage},
		{"weights that are none", `{"Weights":"/dev/null"}` + "\n", exitSetup},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			if code := run(t.Context(), []string{"captions"}, strings.NewReader(tt.in), &out, &errs); code != tt.code || out.Len() > 0 {
				t.Errorf("exit %d, want %d: %s", code, tt.code, errs.String())
			}
		})
	}
}

// TestInbox: samples may be torn apart by reads of any size.
func TestInbox(t *testing.T) {
	want := []float32{0, 0.5, -0.5, -1}
	raw := []byte{0, 0, 0, 0x40, 0, 0xc0, 0, 0x80, 7} // and half a sample
	box := &inbox{more: make(chan struct{}, 1), most: time.Second}
	box.fill(iotest.OneByteReader(bytes.NewReader(raw)))
	pcm, missed, ended := box.take(t.Context())
	if !ended || missed != 0 || len(pcm) != len(want) {
		t.Fatalf("%v, ended %v", pcm, ended)
	}
	for i := range want {
		if pcm[i] != want[i] {
			t.Errorf("sample %d is %v, want %v", i, pcm[i], want[i])
		}
	}
}

func TestInboxHoldsOnlySoMuch(t *testing.T) {
	box := &inbox{more: make(chan struct{}, 1), most: time.Second}
	box.fill(bytes.NewReader(make([]byte, 2*10*models.Rate)))
	pcm, missed, _ := box.take(t.Context())
	if all := missed + models.At(int64(len(pcm))); all < 10*time.Second-2*time.Millisecond || all > 10*time.Second || len(pcm) > models.Rate || len(pcm) < models.Rate/2 {
		t.Errorf("%d samples, %s left out", len(pcm), missed)
	}
}

func TestCaptionFeedWritesCaptions(t *testing.T) {
	dir := needEngine(t)
	path, err := weights.Find("tiny.en", []string{dir})
	if err != nil {
		t.Fatal(err)
	}
	a := newApp(nil, nil, nil)
	f := a.openCaptions(captionOrder{Weights: path, Language: "en"})
	defer f.Close()
	pcm := append(excerptSound(t, 5*time.Second), make([]int16, models.Rate)...)
	for len(pcm) >= 1600 {
		f.Write(pcm[:1600])
		pcm = pcm[1600:]
	}
	text := ""
	limit := time.After(2 * time.Minute)
	for !strings.Contains(plainWords(text), "been") {
		select {
		case l, ok := <-f.Lines():
			if !ok {
				t.Fatalf("captions ended at %q", text)
			}
			text += l.Stable
		case <-limit:
			t.Fatalf("only %q was written", text)
		}
	}
}

// TestCaptionFeedNeverWaits: a child that hangs or dies must not hold up the
// recording.
func TestCaptionFeedNeverWaits(t *testing.T) {
	for _, tt := range []struct{ name, script string }{
		{"a child that reads nothing", "exec sleep 1000"},
		{"a child that dies", "exit 3"},
		{"a child that talks nonsense", "echo nonsense; exec sleep 1000"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			starts := make(chan struct{}, 100)
			f := &captionFeed{log: slog.New(slog.DiscardHandler), command: func(ctx context.Context) (*exec.Cmd, error) {
				starts <- struct{}{}
				return exec.CommandContext(ctx, "sh", "-c", tt.script), nil
			}}
			f.open()
			<-starts
			done := make(chan struct{})
			go func() {
				defer close(done)
				for range 5000 { // 500 s of sound, far more than any pipe holds
					f.Write(make([]int16, 1600))
				}
				f.Close()
			}()
			select {
			case <-done:
			case <-time.After(time.Minute):
				t.Fatal("the feed waits for its child")
			}
		})
	}
}

func TestCaptionFeedGivesUp(t *testing.T) {
	starts := 0
	f := &captionFeed{log: slog.New(slog.DiscardHandler), command: func(ctx context.Context) (*exec.Cmd, error) {
		starts++
		return exec.CommandContext(ctx, "false"), nil
	}}
	f.open()
	defer f.Close()
	select {
	case _, ok := <-f.Lines():
		if ok {
			t.Error("a caption of nothing")
		}
	case <-time.After(time.Minute):
		t.Fatal("it never gives up")
	}
	<-f.done
	if starts != captionDeaths {
		t.Errorf("%d starts", starts)
	}
}
