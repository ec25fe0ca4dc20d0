package audio

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/afterword/afterword/models"
)

// ffmpegFormats are the demuxers that ffmpeg may use: sound and the containers
// that hold it. Without this list a playlist could make it open other files.
// (concat is only for ffmpegByPath; no file that begins like such a list gets
// as far as ffmpeg.)
const ffmpegFormats = "aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dsf,dts,eac3,flac,flv,gsm,iff,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mp3,mpc,mpc8," +
	"concat,mpeg,mpegts,nistsphere,ogg,oma,rm,sox,tak,tta,voc,w64,wav,wv,xwma"

// ffmpegHint says how to get ffmpeg.
const ffmpegHint = "install ffmpeg and import the file again (Debian, Ubuntu: sudo apt install ffmpeg · Fedora: sudo dnf install ffmpeg-free · macOS: brew install ffmpeg · Windows: winget install ffmpeg), " +
	"or convert the file to WAV, FLAC, MP3 or Opus"

// ffmpegSource is an ffmpeg process that decodes the file to a WAV stream with
// the file's own rate and channels. It inherits the child's limits, reads the
// file through an inherited handle, and can open nothing but plain files.
type ffmpegSource struct {
	*wav
	kind   string
	file   *os.File
	cmd    *exec.Cmd
	out    *os.File
	report *report
	ended  bool
	frames int64
	damage error
}

// openFFmpeg reads a file of the given kind through ffmpeg. why is what our
// own reader said about it, nil if there is none. It takes over f unless there
// is an error.
func openFFmpeg(f *os.File, path, kind string, why error) (*ffmpegSource, error) {
	exe, err := exec.LookPath("ffmpeg")
	if err != nil {
		err := models.Errorf(models.Unusable, "read %s: this needs ffmpeg, which is not installed", kind)
		if d := (*dialect)(nil); errors.As(why, &d) {
			err = models.Errorf(models.Unusable, "read %s: %s, and for that it needs ffmpeg, which is not installed", kind, d.what)
		}
		return nil, models.WithHint(err, "%s", ffmpegHint)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, models.Errorf(models.Unusable, "read %s: %w", kind, withoutPath(err))
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("start ffmpeg: %w", err)
	}
	s := &ffmpegSource{kind: kind, file: f, out: r, report: newReport()}
	input, stdin := ffmpegInput(f, path)
	args := append([]string{"-nostdin", "-hide_banner", "-nostats", "-v", "info", "-threads", "1", "-format_whitelist", ffmpegFormats}, input...)
	args = append(args, "-map", "0:a:0", "-vn", "-sn", "-dn", "-map_metadata", "-1", "-c:a", "pcm_f32le", "-bitexact", "-threads", "1", "-f", "wav", "-rf64", "never", "pipe:1")
	s.cmd = exec.Command(exe, args...)
	s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = stdin, w, s.report
	s.cmd.WaitDelay = 2 * time.Second
	err = s.cmd.Start()
	w.Close()
	if err != nil {
		r.Close()
		return nil, models.WithHint(models.Errorf(models.Unusable, "start ffmpeg: %w", withoutPath(err)), ffmpegHint)
	}
	s.wav, err = readWAV(r, r, -1)
	if err != nil {
		s.stop()
		return nil, s.refused()
	}
	s.wav.left = 1<<63 - 1
	s.wav.info.Format = kind
	s.wav.info.Frames = int64(s.report.duration().Seconds() * float64(s.wav.info.Rate))
	return s, nil
}

func (s *ffmpegSource) Damage() error { return s.damage }

func (s *ffmpegSource) Read(out []float32) (int, error) {
	n, err := s.wav.Read(out)
	s.frames += int64(n / s.wav.info.Channels)
	if err != io.EOF || s.ended {
		return n, err
	}
	s.ended = true
	failed := s.cmd.Wait()
	switch {
	case s.frames == 0:
		return 0, s.refused()
	case failed != nil:
		s.damage = errors.New("ffmpeg stopped before the end of the file")
	case s.report.has("Invalid data found", "Error while decoding", "error while decoding", "partial file", "corrupt"):
		s.damage = errors.New("ffmpeg skipped damaged places")
	}
	return n, io.EOF
}

// ffmpegByPath tells ffmpeg the path in a list of one file on its stdin: the
// arguments of a process are there for every other one to read.
func ffmpegByPath(path string) (args []string, stdin io.Reader) {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	list := "ffconcat version 1.0\nfile '" + strings.ReplaceAll("file:"+filepath.ToSlash(path), "'", `'\''`) + "'\n"
	return []string{"-f", "concat", "-safe", "0", "-protocol_whitelist", "file,pipe", "-i", "pipe:0"}, strings.NewReader(list)
}

// refused is the error for a file out of which ffmpeg made no sound. What
// ffmpeg says is not passed on: it may quote the file's own text.
func (s *ffmpegSource) refused() error {
	what := "ffmpeg could not decode it; it is damaged or not what it seems"
	switch {
	case s.report.has("does not contain any stream", "matches no streams"):
		what = "it holds no sound"
	case s.report.has("moov atom not found"):
		what = "it is cut short: the index that stands at its end is missing"
	case s.report.has("Unknown decoder", "Decoder not found", "no decoder found", "Could not find codec parameters"):
		what = "the installed ffmpeg has no decoder for it"
	}
	return models.WithHint(models.Errorf(models.Unusable, "read %s: %s", s.kind, what),
		"try whether another player can play it; if so, save it from there as WAV or MP3")
}

// stop ends the process and leaves the file open.
func (s *ffmpegSource) stop() {
	if !s.ended {
		s.ended = true
		s.cmd.Process.Kill()
		s.out.Close()
		s.cmd.Wait()
	}
}

func (s *ffmpegSource) Close() error {
	s.stop()
	s.out.Close()
	return s.file.Close()
}

// report keeps the beginning and the end of what ffmpeg writes to stderr.
type report struct {
	mu    sync.Mutex
	head  []byte
	tail  []byte
	known chan struct{} // closed when head holds the duration
}

func newReport() *report { return &report{known: make(chan struct{})} }

var durationLine = regexp.MustCompile(`(?m)^\s*Duration: (\d+):(\d\d):(\d\d)\.(\d\d)`)

func (p *report) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := durationLine.Match(p.head)
	p.head = append(p.head, b[:min(len(b), 64<<10-len(p.head))]...)
	p.tail = append(p.tail[max(0, len(p.tail)-4096):], b[max(0, len(b)-4096):]...)
	if !before && durationLine.Match(p.head) {
		close(p.known)
	}
	return len(b), nil
}

// duration is what ffmpeg found in the file's header; 0 if it does not say so
// at once.
func (p *report) duration() time.Duration {
	select {
	case <-p.known:
	case <-time.After(200 * time.Millisecond):
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var n [4]time.Duration
	for i, x := range durationLine.FindSubmatch(p.head)[1:] {
		v, _ := strconv.Atoi(string(x))
		n[i] = time.Duration(v)
	}
	return n[0]*time.Hour + n[1]*time.Minute + n[2]*time.Second + n[3]*10*time.Millisecond
}

func (p *report) has(phrases ...string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, x := range phrases {
		if bytes.Contains(p.head, []byte(x)) || bytes.Contains(p.tail, []byte(x)) {
			return true
		}
	}
	return false
}
