package audio

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"

	"github.com/afterword/afterword/models"
)

// Child is how to start a decoder.
type Child struct {
	Exe  string   // the program itself
	Args []string // what makes it call ServeDecode with the arguments that follow: {"decode"}
	Path string   // the file; symbolic links are followed
	Want Want
	// Patience is how long to wait for the next block before the child is
	// taken for stuck; 0 means 30 s. Time in which nobody reads does not count.
	Patience time.Duration
}

// Stream is the sound of a file, decoded in a child process.
type Stream struct {
	ctx      context.Context
	info     wireInfo
	file     *os.File
	before   os.FileInfo
	cmd      *exec.Cmd
	out      *bufio.Reader
	pipe     io.Closer
	patience time.Duration
	buf      []byte
	body     []byte // samples of the record in hand
	frames   int64  // delivered
	damage   error
	err      error // what Read says from now on
	stuck    atomic.Bool
	once     sync.Once
	exit     error
}

// Decode starts a child that reads c.Path and waits for its first word. The
// errors are those of the file: NotFound, Unusable with a hint, or Invalid
// where two channels are wanted of a file that has one. The child is gone when
// ctx ends.
func Decode(ctx context.Context, c Child) (*Stream, error) {
	if c.Want.Rate == 0 {
		c.Want.Rate = models.Rate
	}
	if c.Patience == 0 {
		c.Patience = 30 * time.Second
	}
	fi, err := os.Stat(c.Path) // before opening: that would wait for ever on a named pipe
	if err == nil && !fi.Mode().IsRegular() && !fi.IsDir() {
		return nil, models.WithHint(models.Errorf(models.Unusable, "open sound: it is not a plain file"), "save the sound to a file first")
	}
	f, err := os.Open(c.Path)
	if err != nil {
		return nil, openError(err)
	}
	if err := checkFile(f); err != nil {
		f.Close()
		return nil, err
	}
	s := &Stream{ctx: ctx, file: f, patience: c.Patience, buf: make([]byte, maxRecord)}
	if s.before, err = f.Stat(); err != nil {
		f.Close()
		return nil, openError(err)
	}
	if err := s.start(c); err != nil {
		f.Close()
		return nil, err
	}
	if err := s.greet(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Stream) start(c Child) error {
	s.cmd = exec.CommandContext(s.ctx, c.Exe, append(append([]string(nil), c.Args...), c.Want.args()...)...)
	s.cmd.Stdin = s.file
	s.cmd.Env = childEnv(c.Path)
	s.cmd.Cancel = func() error { killGroup(s.cmd.Process.Pid); return nil }
	s.cmd.WaitDelay = 2 * time.Second
	ownGroup(s.cmd)
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("start decoder: %w", err)
	}
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("start decoder: %w", err)
	}
	s.out, s.pipe = bufio.NewReaderSize(out, maxRecord), out
	return nil
}

// greet reads the mark and the first record.
func (s *Stream) greet() error {
	defer s.watch()()
	mark := make([]byte, len(wireMark))
	if _, err := io.ReadFull(s.out, mark); err != nil || string(mark) != wireMark {
		return s.died()
	}
	kind, body, err := readRecord(s.out, s.buf)
	switch {
	case err != nil:
		return s.died()
	case kind == recordError:
		return s.told(body)
	case kind != recordInfo || json.Unmarshal(body, &s.info) != nil || s.info.Chan < 1 || s.info.Chan > 8:
		return errors.New("start decoder: it speaks another language")
	}
	return nil
}

// Info is what the file says about itself; its Rate and Channels are the
// file's own.
func (s *Stream) Info() Info { return s.info.File }

// Rate is that of the samples that Read gives, in Hz.
func (s *Stream) Rate() int { return s.info.Rate }

// Channels is how many the samples that Read gives are interleaved of.
func (s *Stream) Channels() int { return s.info.Chan }

// Read fills pcm with whole frames of interleaved samples and tells how many
// samples that are. io.EOF at the end of the file: ask for Damage then. Any
// other error is Unusable (or that of the context) and ends the sound; what
// came before is good.
func (s *Stream) Read(pcm []int16) (int, error) {
	if len(s.body) == 0 && s.err == nil {
		s.err = s.next()
	}
	if len(s.body) == 0 {
		return 0, s.err
	}
	n := min(len(pcm), len(s.body)/2) / s.info.Chan * s.info.Chan
	for i := range n {
		pcm[i] = int16(binary.LittleEndian.Uint16(s.body[2*i:]))
	}
	s.body = s.body[2*n:]
	s.frames += int64(n / s.info.Chan)
	return n, nil
}

// next reads records up to the next samples.
func (s *Stream) next() error {
	defer s.watch()()
	for {
		kind, body, err := readRecord(s.out, s.buf)
		switch {
		case err != nil:
			return s.died()
		case kind == recordPCM && len(body) > 0 && len(body)%(2*s.info.Chan) == 0:
			s.body = body
			return nil
		case kind == recordError:
			return s.told(body)
		case kind == recordEnd:
			return s.end(body)
		default:
			return s.died()
		}
	}
}

func (s *Stream) end(body []byte) error {
	var e wireEnd
	if json.Unmarshal(body, &e) != nil || e.Frames != s.frames {
		return s.died()
	}
	if e.Damage != "" {
		s.damage = models.Errorf(models.Partial, "%w", errors.New(e.Damage))
	}
	if now, err := s.file.Stat(); err == nil && (now.Size() != s.before.Size() || !now.ModTime().Equal(s.before.ModTime())) {
		s.damage = models.Errorf(models.Partial, "the file was changed while it was read")
	}
	return io.EOF
}

func (s *Stream) told(body []byte) error {
	var e wireError
	if json.Unmarshal(body, &e) != nil {
		return s.died()
	}
	if err := s.ctx.Err(); err != nil {
		return err
	}
	return e.err()
}

// Damage is a Partial error when parts of the file could not be read, or when
// it changed meanwhile; nil if all is well. It is known after io.EOF.
func (s *Stream) Damage() error { return s.damage }

// watch ends the child if the step that begins now takes too long; the
// function that it returns calls off the watch.
func (s *Stream) watch() (done func()) {
	t := time.AfterFunc(s.patience, func() {
		s.stuck.Store(true)
		killGroup(s.cmd.Process.Pid)
	})
	return func() { t.Stop() }
}

// died is the error for a child that broke off. Whatever it wrote to stderr
// is not looked at.
func (s *Stream) died() error {
	s.finish()
	if err := s.ctx.Err(); err != nil {
		return err
	}
	what := "its decoder broke down over it"
	if s.stuck.Load() {
		what = fmt.Sprintf("its decoder made no progress for %.0f s and was stopped", s.patience.Seconds())
	}
	return models.WithHint(models.Errorf(models.Unusable, "read sound: the file is damaged or not what it seems: %s", what), "%s", convertHint)
}

// finish ends the child, if it has not ended by itself, and waits for it.
func (s *Stream) finish() {
	s.once.Do(func() {
		killGroup(s.cmd.Process.Pid)
		s.pipe.Close()
		s.exit = s.cmd.Wait()
	})
}

// Close ends the child and closes the file.
func (s *Stream) Close() error {
	s.finish()
	return s.file.Close()
}
