package audio

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/afterword/afterword/models"
)

// Want is the form in which samples are wanted.
type Want struct {
	Rate     int // Hz; 0 means 16000
	Channels int // 1 mixes all into one, 2 keeps the first two apart, 0 keeps all
}

// pathVariable carries the file's path where ffmpeg cannot be handed an open
// file.
const pathVariable = "AFTERWORD_DECODE_PATH"

// ServeDecode is the whole body of the child that Decode starts: `afterword
// decode`, hidden. args are those that Decode added after its own, in is the
// file to read (the child's stdin), out goes to the hub (its stdout). What is
// wrong with the file is reported through out; the error returned says only
// that nobody listens there any more.
func ServeDecode(ctx context.Context, args []string, in *os.File, out io.Writer) error {
	w := bufio.NewWriterSize(out, maxRecord+16)
	if _, err := io.WriteString(w, wireMark); err != nil {
		return err
	}
	want, err := parseWant(args)
	if err == nil {
		var size int64
		if fi, err := in.Stat(); err == nil {
			size = fi.Size()
		}
		limitSelf(size)
		err = decodeTo(ctx, w, in, want)
	}
	if err != nil {
		if errors.Is(err, errNobody) {
			return err
		}
		if err := writeJSON(w, recordError, toWire(err)); err != nil {
			return err
		}
	}
	return w.Flush()
}

var errNobody = errors.New("nobody listens")

func (w Want) args() []string { return []string{strconv.Itoa(w.Rate), strconv.Itoa(w.Channels)} }

func parseWant(args []string) (w Want, err error) {
	if len(args) == 2 {
		w.Rate, err = strconv.Atoi(args[0])
		if err == nil {
			w.Channels, err = strconv.Atoi(args[1])
		}
	}
	if len(args) != 2 || err != nil || w.Rate < minRate || w.Rate > maxRate || w.Channels < 0 || w.Channels > 2 {
		return w, models.Errorf(models.Invalid, "decode: this command is for Afterword's own use")
	}
	return w, nil
}

// decodeTo reads the file and writes records. A panic of a decoder becomes an
// Unusable error.
func decodeTo(ctx context.Context, w *bufio.Writer, f *os.File, want Want) (err error) {
	defer func() {
		if recover() != nil {
			err = models.WithHint(models.Errorf(models.Unusable, "read sound: the file is damaged and its decoder gave up"), "%s", convertHint)
		}
	}()
	s, err := openFile(f, os.Getenv(pathVariable))
	if err != nil {
		return err
	}
	defer s.Close()
	info := s.Info()
	channels := want.Channels
	switch {
	case channels == 0:
		channels = min(info.Channels, 8)
	case channels == 2 && info.Channels == 1:
		return models.WithHint(models.Errorf(models.Invalid, "split channels: the file has one channel only"), "import it with --channels mix")
	}
	if err := writeJSON(w, recordInfo, wireInfo{File: info, Rate: want.Rate, Chan: channels}); err != nil {
		return errNobody
	}
	p := pipe{w: w, mix: NewMixer(info.Channels, channels, info.Rate), resample: NewResampler(info.Rate, want.Rate, channels), channels: channels}
	if err := p.run(ctx, s); err != nil {
		return err
	}
	if p.frames == 0 {
		return models.Errorf(models.Unusable, "read %s: it holds no sound", info.Format)
	}
	end := wireEnd{Frames: p.frames}
	if d := s.Damage(); d != nil {
		end.Damage = d.Error()
	}
	if err := writeJSON(w, recordEnd, end); err != nil {
		return errNobody
	}
	return nil
}

// convertHint is what remains to be tried with a stubborn file.
const convertHint = "try to convert it with another program, for example: ffmpeg -i FILE out.wav"

// pipe is the way from a Source to PCM records.
type pipe struct {
	w        *bufio.Writer
	mix      *Mixer
	resample *Resampler
	channels int
	frames   int64 // written
	floats   []float32
	body     []byte
	pcm      []int16
}

// run pumps until the source ends. Whatever the source says, at most a day of
// sound comes out.
func (p *pipe) run(ctx context.Context, s Source) error {
	const most = 26 * 3600
	info := s.Info()
	in := make([]float32, 4096*info.Channels)
	for frames := int64(0); ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := s.Read(in)
		frames += int64(n / info.Channels)
		p.floats = p.resample.Write(p.floats[:0], p.mix.Mix(in[:n]))
		if err == io.EOF {
			p.floats = p.resample.Flush(p.floats)
		}
		if err := p.write(p.floats); err != nil {
			return err
		}
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case frames > most*int64(info.Rate):
			return models.Errorf(models.Unusable, "read %s: it goes on for more than a day", info.Format)
		}
	}
}

func (p *pipe) write(b []float32) error {
	const most = maxRecord / 2
	for len(b) > 0 {
		n := min(len(b), most/p.channels*p.channels)
		if cap(p.pcm) < n {
			p.pcm = make([]int16, n)
		}
		toInt16(p.pcm[:n], b[:n])
		p.body = p.body[:0]
		for _, x := range p.pcm[:n] {
			p.body = binary.LittleEndian.AppendUint16(p.body, uint16(x))
		}
		if err := writeRecord(p.w, recordPCM, p.body); err != nil {
			return fmt.Errorf("%w: %w", errNobody, err)
		}
		p.frames += int64(n / p.channels)
		b = b[n:]
	}
	return nil
}

// Limits of the child. What a decoder legitimately needs is far below.
const (
	limitMemory = 1 << 30          // bytes of address space above what the program has at its start
	limitHeap   = 256 << 20        // bytes at which the garbage collector does its utmost
	limitTime   = 10 * time.Minute // of CPU, and a second more for each 10 kB of the file
)
