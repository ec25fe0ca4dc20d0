package audio

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/afterword/afterword/models"
)

// likeness is the best correlation of b with a, b shifted by at most lag
// samples either way.
func likeness(a, b []int16, lag int) (best float64) {
	n := min(len(a), len(b)) - lag
	for shift := -lag; shift <= lag; shift++ {
		var xy, xx, yy float64
		for i := lag; i < n; i++ {
			x, y := float64(a[i]), float64(b[i+shift])
			xy, xx, yy = xy+x*y, xx+x*x, yy+y*y
		}
		best = max(best, xy/math.Sqrt(xx*yy+1))
	}
	return best
}

// original is what the files in testdata were made of, at 16 kHz.
func original(channels int) []int16 {
	pcm := babble(2*48000, 48000)
	in := make([]float32, len(pcm))
	for i, x := range pcm {
		v := float32(x)
		if channels == 2 {
			v = (v + float32(pcm[(i+7000)%len(pcm)]/2)) / 2
		}
		in[i] = v / 32768
	}
	f := convert(48000, 16000, 1, in, 4096)
	out := make([]int16, len(f))
	toInt16(out, f)
	return out
}

func needFFmpeg(t testing.TB) {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg is not installed")
	}
}

func TestDecodeFormats(t *testing.T) {
	tests := []struct {
		file     string
		format   string
		rate     int
		channels int
		ffmpeg   bool
	}{
		{"mono-2s.opus", "Ogg Opus", 48000, 1, false},
		{"stereo-2s.opus", "Ogg Opus", 48000, 2, false},
		{"mono-48k-2s.mp3", "MP3", 48000, 1, false},
		{"mono-16k-2s.mp3", "MP3", 16000, 1, false},
		{"stereo-44k1-2s.mp3", "MP3", 44100, 2, false},
		{"mono-8k-2s.mp3", "MP3", 8000, 1, true},
		{"mono-44k1-2s.m4a", "MP4 or M4A", 44100, 1, true},
	}
	for i := range 2 * len(tests) {
		tt, without := tests[i/2], i%2 == 1
		if without && tt.ffmpeg {
			continue
		}
		t.Run(fmt.Sprintf("%s, ffmpeg %v", tt.file, !without), func(t *testing.T) {
			if without {
				t.Setenv("PATH", t.TempDir())
			} else {
				needFFmpeg(t)
			}
			pcm, s, err := decodeAll(t, filepath.Join("testdata", tt.file), Want{Rate: 16000, Channels: 1})
			if err != io.EOF || s.Damage() != nil {
				t.Fatal(err, models.HintOf(err), s)
			}
			if i := s.Info(); i.Format != tt.format || i.Rate != tt.rate || i.Channels != tt.channels {
				t.Errorf("%+v", i)
			}
			if n := len(pcm); n < 31900 || n > 34000 {
				t.Errorf("%d samples for 2 s", n)
			}
			if r := likeness(original(tt.channels), pcm, 40); r < 0.95 {
				t.Errorf("likeness to what went in: %.3f", r)
			}
			if f := s.Info().Frames; math.Abs(float64(f)/float64(tt.rate)-2) > 0.2 {
				t.Errorf("it said %d frames at %d Hz", f, tt.rate)
			}
		})
	}
}

func TestDecodeWithoutFFmpeg(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for _, file := range []string{"mono-44k1-2s.m4a", "mono-8k-2s.mp3"} {
		_, _, err := decodeAll(t, filepath.Join("testdata", file), Want{Channels: 1})
		if models.CodeOf(err) != models.Unusable || !strings.Contains(err.Error(), "ffmpeg") || !strings.Contains(models.HintOf(err), "apt install ffmpeg") {
			t.Errorf("%s: %v, hint %q", file, err, models.HintOf(err))
		}
	}
}

func TestFFmpegByPath(t *testing.T) {
	needFFmpeg(t)
	path := save(t, "it's \"quoted\" 🎧.m4a", read(t, "mono-44k1-2s.m4a"))
	args, stdin := ffmpegByPath(path)
	if strings.Contains(strings.Join(args, " "), "quoted") {
		t.Error("the name stands among the arguments")
	}
	cmd := exec.Command("ffmpeg", append(append([]string{"-v", "error", "-format_whitelist", ffmpegFormats}, args...), "-f", "s16le", "-")...)
	cmd.Stdin = stdin
	out, err := cmd.Output()
	if err != nil || len(out) < 2*80000 {
		t.Errorf("%d bytes, %v", len(out), err)
	}
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestChannels(t *testing.T) {
	l, r := babble(16000, 16000), noise(16000, 500)
	var both []int16
	for i := range l {
		both = append(both, l[i], r[i])
	}
	path := save(t, "x.flac", EncodeFLAC(nil, both, 16000, 2))
	if pcm, s, err := decodeAll(t, path, Want{Channels: 2}); err != io.EOF || s.Channels() != 2 || !slices.Equal(pcm, both) {
		t.Errorf("split: %v", err)
	}
	if pcm, s, err := decodeAll(t, path, Want{Channels: 0}); err != io.EOF || s.Channels() != 2 || !slices.Equal(pcm, both) {
		t.Errorf("as it is: %v", err)
	}
	mono := save(t, "y.flac", EncodeFLAC(nil, l, 16000, 1))
	if _, _, err := decodeAll(t, mono, Want{Channels: 2}); models.CodeOf(err) != models.Invalid {
		t.Errorf("one channel split: %v", err)
	}
	seven := save(t, "z.flac", EncodeFLAC(nil, noise(7*16000, 500), 192000, 7))
	if pcm, s, err := decodeAll(t, seven, Want{Channels: 1}); err != io.EOF || len(pcm) != 16000/12 || s.Info().Channels != 7 {
		t.Errorf("seven channels at 192 kHz: %d samples, %v", len(pcm), err)
	}
}

// Damage in the middle must cost its own place only, and the time of what
// follows must stay right.
func TestDamagedFiles(t *testing.T) {
	whole := babble(20*16000, 16000)
	flac := EncodeFLAC(nil, whole, 16000, 1)
	hurt := func(b []byte, at, n int) []byte {
		b = slices.Clone(b)
		for i := at; i < at+n; i++ {
			b[i] ^= 0x5a
		}
		return b
	}
	opus := read(t, "stereo-2s.opus")
	mp3 := read(t, "mono-48k-2s.mp3")
	tests := []struct {
		name    string
		file    []byte
		least   int // samples
		most    int
		damaged bool
	}{
		{"FLAC, a hole", hurt(flac, len(flac)/2, 3000), len(whole), len(whole), true},
		{"FLAC, cut off", flac[:len(flac)/2], len(whole) / 3, len(whole), true},
		{"FLAC, something else behind it", append(slices.Clone(flac), "TAG and so on"...), len(whole), len(whole), true},
		{"Opus, a hole", hurt(opus, len(opus)/2, 100), 15000, 33000, true},
		{"Opus, cut off", opus[:len(opus)*3/4], 15000, 32000, true},
		{"MP3, a hole", hurt(mp3, len(mp3)/2, 600), 25000, 34000, false},
		{"MP3, cut off", mp3[:len(mp3)/2], 12000, 20000, false},
		{"MP3, rubbish in front", append(noise8(5000), mp3...), 31000, 36000, false},
	}
	t.Setenv("PATH", t.TempDir()) // our own readers
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			pcm, s, err := decodeAll(t, save(t, "x", tt.file), Want{Channels: 1})
			if err != io.EOF {
				t.Fatal(err)
			}
			if len(pcm) < tt.least || len(pcm) > tt.most {
				t.Errorf("%d samples, want %d to %d", len(pcm), tt.least, tt.most)
			}
			if d := s.Damage(); tt.damaged && models.CodeOf(d) != models.Partial || !tt.damaged && d != nil && models.CodeOf(d) != models.Partial {
				t.Errorf("damage: %v", d)
			}
			if strings.HasPrefix(tt.name, "FLAC") && tt.least == len(whole) && !slices.Equal(pcm[18*16000:], whole[18*16000:]) {
				t.Error("what follows the hole has moved")
			}
		})
	}
}

func noise8(n int) []byte {
	b := make([]byte, 0, n)
	for _, x := range noise(n, 300) {
		b = append(b, byte(x)&0x7f)
	}
	return b
}

func TestWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	if _, _, err := decodeAll(t, dir, Want{}); models.CodeOf(err) != models.Unusable || !strings.Contains(err.Error(), "folder") {
		t.Errorf("a folder: %v", err)
	}
	if _, _, err := decodeAll(t, filepath.Join(dir, "secret name"), Want{}); models.CodeOf(err) != models.NotFound || strings.Contains(err.Error(), "secret") {
		t.Errorf("nothing: %v", err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	path := save(t, "x.wav", wavFile("RIFF", 1, 1, 16000, 16, pcm16(babble(1600, 16000)...), 3200))
	link := filepath.Join(dir, "link")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if pcm, _, err := decodeAll(t, link, Want{Channels: 1}); err != io.EOF || len(pcm) != 1600 {
		t.Errorf("a symbolic link: %d samples, %v", len(pcm), err)
	}
	if _, _, err := decodeAll(t, "/dev/zero", Want{}); models.CodeOf(err) != models.Unusable {
		t.Errorf("a device: %v", err)
	}
}

// badChild is a program that behaves badly in the way that name says.
func badChild(t *testing.T, name string) Child {
	c := child(t, save(t, "x.wav", wavFile("RIFF", 1, 1, 16000, 16, pcm16(babble(1600, 16000)...), 3200)), Want{Channels: 1})
	c.Args = []string{"misbehave", name}
	c.Patience = 500 * time.Millisecond
	return c
}

// misbehave is what TestMain runs for badChild.
func misbehave(how string) {
	switch how {
	case "panic":
		panic("a decoder's inner trouble")
	case "silent":
	case "babble":
		os.Stdout.WriteString(strings.Repeat("no wire format ", 1000))
	case "hang":
		time.Sleep(time.Hour)
	case "hang later", "die later", "huge record":
		out := os.Stdout
		out.WriteString(wireMark)
		_ = writeJSON(out, recordInfo, wireInfo{File: Info{Format: "WAV", Rate: 16000, Channels: 1}, Rate: 16000, Chan: 1})
		_ = writeRecord(out, recordPCM, make([]byte, 3200))
		if how == "hang later" {
			time.Sleep(time.Hour)
		}
		if how == "huge record" {
			out.Write(binary.LittleEndian.AppendUint32([]byte{recordPCM}, math.MaxUint32))
			time.Sleep(time.Hour)
		}
	case "memory":
		limitSelf(0)
		var hoard [][]byte
		for {
			b := make([]byte, 64<<20)
			for i := 0; i < len(b); i += 4096 {
				b[i] = 1
			}
			hoard = append(hoard, b)
			if len(hoard) > 40 { // 2.5 GB: no limit here
				os.Exit(7)
			}
		}
	}
	os.Exit(0)
}

func TestABadChildIsAnErrorOfTheFile(t *testing.T) {
	for _, how := range []string{"panic", "silent", "babble", "hang", "hang later", "die later", "huge record", "memory"} {
		t.Run(how, func(t *testing.T) {
			if how == "memory" && runtime.GOOS != "linux" {
				t.Skip("this system does not bound address space")
			}
			c := badChild(t, how)
			if how == "memory" {
				c.Patience = 20 * time.Second
			}
			start := time.Now()
			s, err := Decode(t.Context(), c)
			if err == nil {
				defer s.Close()
				buf := make([]int16, 4000)
				for err == nil {
					_, err = s.Read(buf)
				}
			}
			if models.CodeOf(err) != models.Unusable || models.HintOf(err) == "" || strings.Contains(err.Error(), "goroutine") {
				t.Errorf("%v", err)
			}
			if d := time.Since(start); d > 15*time.Second {
				t.Errorf("took %v", d)
			}
		})
	}
}

func TestDecodeEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	c := badChild(t, "hang later")
	c.Patience = time.Minute
	s, err := Decode(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	buf := make([]int16, 4000)
	if n, err := s.Read(buf); n != 1600 || err != nil {
		t.Fatal(n, err)
	}
	time.AfterFunc(50*time.Millisecond, cancel)
	start := time.Now()
	if _, err := s.Read(buf); !errors.Is(err, context.Canceled) || time.Since(start) > 5*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}

func TestAFileThatChangesIsReported(t *testing.T) {
	path := save(t, "x.wav", wavFile("RIFF", 1, 1, 16000, 16, pcm16(babble(400000, 16000)...), 800000))
	s, err := Decode(t.Context(), child(t, path, Want{Channels: 1}))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := os.Chtimes(path, time.Time{}, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	buf := make([]int16, 8192)
	for err == nil {
		_, err = s.Read(buf)
	}
	if err != io.EOF || models.CodeOf(s.Damage()) != models.Partial {
		t.Errorf("%v, %v", err, s.Damage())
	}
}

func TestTheChildSeesNoSecrets(t *testing.T) {
	t.Setenv("AFTERWORD_PASSPHRASE_FILE", "/secret")
	for _, v := range childEnv("/home/x/anna.wav") {
		if strings.Contains(v, "secret") || strings.Contains(v, "anna") && runtime.GOOS != "windows" {
			t.Error(v)
		}
	}
}
