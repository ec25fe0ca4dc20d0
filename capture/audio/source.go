package audio

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/afterword/afterword/models"
)

// Info is what a file says about itself.
type Info struct {
	Format   string // for people: "MP3", "WAV, A-law", …
	Rate     int    // Hz
	Channels int
	Frames   int64 // samples per channel that it claims to hold, for progress only; 0 if unknown
}

// A Source is a file's sound as samples.
type Source interface {
	Info() Info
	// Read fills interleaved with whole frames, -1 to 1, and tells how many
	// samples those are over all channels. io.EOF at the end; any other error
	// ends the sound there.
	Read(interleaved []float32) (samples int, err error)
	// Damage is what of the file could not be read, nil if nothing; ask at the
	// end. The sound around it was delivered.
	Damage() error
	Close() error
}

// Bounds on what a file may claim. Telephone recordings go down to 8 kHz,
// studio ones up to 192 kHz and, rarely, 384 kHz.
const (
	minRate     = 4000
	maxRate     = 384000
	maxChannels = 64
)

// Open chooses a reader by the content of the file. It decodes in this very
// process: run it inside the child only. Unusable errors say what is wrong
// with the file and hint at a way out.
func Open(path string) (Source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, openError(err)
	}
	s, err := openFile(f, path)
	if err != nil {
		f.Close()
		return nil, err
	}
	return s, nil
}

// openFile takes over f, unless there is an error. path is only used where a
// process cannot be handed an open file.
func openFile(f *os.File, path string) (Source, error) {
	if err := checkFile(f); err != nil {
		return nil, err
	}
	start, err := skipID3(f)
	if err != nil {
		return nil, models.Errorf(models.Unusable, "read sound: %w", err)
	}
	head := make([]byte, 64<<10)
	n, err := f.ReadAt(head, start)
	if err != nil && err != io.EOF {
		return nil, models.Errorf(models.Unusable, "read sound: %w", withoutPath(err))
	}
	head = head[:n]
	if n == 0 {
		return nil, models.Errorf(models.Unusable, "read sound: the file holds a tag and no sound")
	}
	if _, err := f.Seek(start, io.SeekStart); err != nil {
		return nil, models.Errorf(models.Unusable, "read sound: %w", withoutPath(err))
	}
	return openKind(f, path, start, head)
}

func openKind(f *os.File, path string, start int64, head []byte) (Source, error) {
	kind, ours := sniff(head)
	switch {
	case kind == "":
		return nil, unknown(head)
	case ours == nil:
		return openFFmpeg(f, path, kind, nil)
	case kind == "MP3": // see mp3Source
		if s, err := openFFmpeg(f, path, kind, nil); err == nil {
			return s, nil
		}
	}
	s, err := guardedOpen(ours, f, start)
	if errors.As(err, new(*dialect)) {
		return openFFmpeg(f, path, kind, err)
	}
	if err != nil {
		return nil, err
	}
	if err := checkInfo(s.Info()); err != nil {
		return nil, err
	}
	return &rescue{Source: s, file: f, path: path}, nil
}

// checkFile refuses what is not a plain file with something in it.
func checkFile(f *os.File) error {
	fi, err := f.Stat()
	switch {
	case err != nil:
		return models.Errorf(models.Unusable, "read sound: %w", withoutPath(err))
	case fi.IsDir():
		return models.Errorf(models.Unusable, "read sound: it is a folder, not a file")
	case !fi.Mode().IsRegular():
		return models.WithHint(models.Errorf(models.Unusable, "read sound: it is not a plain file"),
			"save the sound to a file first")
	case fi.Size() == 0:
		return models.Errorf(models.Unusable, "read sound: the file is empty (0 bytes)")
	}
	return nil
}

func checkInfo(i Info) error {
	if i.Rate < minRate || i.Rate > maxRate {
		return models.WithHint(models.Errorf(models.Unusable, "read sound: %s with a sample rate of %d Hz; %d to %d can be right", i.Format, i.Rate, minRate, maxRate),
			"the header is damaged; if you know the true rate, repair it, for example with: sox -r 44100 IN.wav OUT.wav")
	}
	if i.Channels < 1 || i.Channels > maxChannels {
		return models.Errorf(models.Unusable, "read sound: %s with %d channels; 1 to %d can be read", i.Format, i.Channels, maxChannels)
	}
	return nil
}

// openError classes an error of os.Open, without the file's name: a name may
// hold a client's.
func openError(err error) error {
	code := models.Unusable
	if errors.Is(err, os.ErrNotExist) {
		code = models.NotFound
	}
	err = models.Errorf(code, "open sound: %w", withoutPath(err))
	if errors.Is(err, os.ErrPermission) {
		err = models.WithHint(err, "you need the right to read the file: look at its permissions")
	}
	return err
}

func withoutPath(err error) error {
	if pe := (*os.PathError)(nil); errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// skipID3 finds where the tags in front of the sound end (ID3v2, perhaps
// several).
func skipID3(f *os.File) (int64, error) {
	at := int64(0)
	for {
		var h [10]byte
		if n, err := f.ReadAt(h[:], at); n < len(h) {
			if err == io.EOF {
				return at, nil
			}
			return 0, withoutPath(err)
		}
		if string(h[:3]) != "ID3" || h[3] == 0xff || (h[6]|h[7]|h[8]|h[9])&0x80 != 0 {
			return at, nil
		}
		at += 10 + int64(h[6])<<21 + int64(h[7])<<14 + int64(h[8])<<7 + int64(h[9])
		if h[5]&0x10 != 0 {
			at += 10 // footer
		}
	}
}

func unknown(head []byte) error {
	what := ""
	for _, m := range []struct{ magic, what string }{
		{"%PDF", "a PDF document"},
		{"PK\x03\x04", "a ZIP archive or an office document"},
		{"\xff\xd8\xff", "a picture"},
		{"\x89PNG", "a picture"},
		{"GIF8", "a picture"},
		{"\x7fELF", "a program"},
		{"MZ", "a program"},
		{"\x1f\x8b", "a compressed archive"},
		{"age-encryption.org", "an encrypted file"},
		{"SQLite format 3", "a database"},
		{"MThd", "a MIDI score, which holds notes and no sound"},
	} {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			what = ": it looks like " + m.what
		}
	}
	if what == "" && plainText(head) {
		what = ": it looks like text"
	}
	err := fmt.Errorf("read sound: this is no sound file that Afterword knows%s", what)
	if what != "" {
		return models.Errorf(models.Unusable, "%w", err)
	}
	return models.WithHint(models.Errorf(models.Unusable, "%w", err),
		"if it is raw sound without a header, say what it is, for example: ffmpeg -f s16le -ar 16000 -ac 1 -i IN.raw OUT.wav")
}

// plainText tells whether nearly all of the first bytes are printable.
func plainText(head []byte) bool {
	head = head[:min(len(head), 512)]
	odd := 0
	for _, c := range head {
		switch {
		case c == 0:
			return false
		case c < 0x20 && c != '\n' && c != '\r' && c != '\t', c >= 0x7f:
			odd++
		}
	}
	return odd < len(head)/5
}
