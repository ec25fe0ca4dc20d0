package review

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/afterword/afterword/models"
)

// The sound of a session lies sealed in minutes of compressed frames. A
// browser wants one file that it can jump about in. So the page shows it a WAV
// file that exists nowhere: its length and header follow from the session's
// form, and the bytes of a stretch are decrypted when they are asked for.

const headerBytes = 44 // RIFF header, fmt chunk, head of the data chunk

// block is how much is decrypted at a time: whole seconds, so that it begins
// at a sample whatever the rate is.
const block = 4 * time.Second

// wave is a session's sound seen as a WAV file. It is an io.ReadSeeker for one
// request.
type wave struct {
	ctx            context.Context
	from           sound
	id             models.SessionID
	rate, channels int
	length         time.Duration
	bytes          int64 // of samples
	at             int64
	have           []byte // one decrypted block
	haveAt         int64  // its number, -1 for none
}

func openWave(ctx context.Context, from sound, s models.Session) (*wave, error) {
	rate, channels, err := from.Form(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	if rate <= 0 || channels <= 0 {
		return nil, models.Errorf(models.Unusable, "open sound of session %s: %d Hz, %d channels", s.ID, rate, channels)
	}
	samples := int64(s.Duration/time.Second)*int64(rate) + int64(s.Duration%time.Second)*int64(rate)/int64(time.Second)
	w := &wave{ctx: ctx, from: from, id: s.ID, rate: rate, channels: channels, length: s.Duration, bytes: samples * int64(channels) * 2, haveAt: -1}
	if w.bytes > math.MaxUint32-headerBytes {
		return nil, models.Errorf(models.Unusable, "open sound of session %s: it is too long for a WAV file", s.ID)
	}
	return w, nil
}

// header is that of a PCM file of 16 bits (Microsoft, Multimedia Programming
// Interface 1.0, 1991).
func (w *wave) header() []byte {
	le := binary.LittleEndian
	frame := w.channels * 2
	b := append([]byte("RIFF"), le.AppendUint32(nil, uint32(w.bytes+headerBytes-8))...)
	b = append(b, "WAVEfmt "...)
	b = le.AppendUint32(b, 16)
	b = le.AppendUint16(b, 1) // PCM
	b = le.AppendUint16(b, uint16(w.channels))
	b = le.AppendUint32(b, uint32(w.rate))
	b = le.AppendUint32(b, uint32(w.rate*frame))
	b = le.AppendUint16(b, uint16(frame))
	b = le.AppendUint16(b, 16)
	b = append(b, "data"...)
	return le.AppendUint32(b, uint32(w.bytes))
}

func (w *wave) size() int64 { return headerBytes + w.bytes }

func (w *wave) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += w.at
	case io.SeekEnd:
		offset += w.size()
	}
	if offset < 0 {
		return 0, errors.New("seek before the beginning")
	}
	w.at = offset
	return offset, nil
}

func (w *wave) Read(b []byte) (int, error) {
	if w.at >= w.size() {
		return 0, io.EOF
	}
	if w.at < headerBytes {
		n := copy(b, w.header()[w.at:])
		w.at += int64(n)
		return n, nil
	}
	size := int64(block/time.Second) * int64(w.rate) * int64(w.channels) * 2
	number := (w.at - headerBytes) / size
	if number != w.haveAt {
		if err := w.load(number, size); err != nil {
			return 0, err
		}
	}
	n := copy(b, w.have[w.at-headerBytes-number*size:])
	w.at += int64(n)
	return n, nil
}

func (w *wave) load(number, size int64) error {
	start := time.Duration(number) * block
	pcm, err := w.from.PCM(w.ctx, w.id, models.Span{Start: start, End: min(start+block, w.length)})
	if err != nil {
		return err
	}
	// Exactly what the header promised, whatever the spool has.
	want := min(size, w.bytes-number*size)
	out := make([]byte, 0, want)
	for _, v := range pcm {
		out = binary.LittleEndian.AppendUint16(out, uint16(v))
	}
	if int64(len(out)) < want {
		out = append(out, make([]byte, want-int64(len(out)))...)
	}
	w.have, w.haveAt = out[:want], number
	return nil
}

func (p *Page) sound(w http.ResponseWriter, r *http.Request) {
	s, err := p.findSession(r)
	if err == nil && s.Duration == 0 {
		err = models.Errorf(models.NotFound, "the sound of session %s is not all there yet", s.ID)
	}
	var view *wave
	if err == nil {
		view, err = openWave(r.Context(), p.Sound, s)
	}
	if err != nil {
		p.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "audio/wav")
	http.ServeContent(w, r, "", time.Time{}, view)
}

// bars is how many strokes a session's shape has.
const bars = 900

// shapeVersion is the first byte of stored peaks; the rest is one byte a bar.
const shapeVersion = 1

// peaks works the shape of a session's sound out, or reads it where that was
// done before.
func (p *Page) peaks(ctx context.Context, s models.Session) ([]byte, error) {
	if b, err := p.Shapes.Peaks(ctx, s.ID); err != nil || len(b) == bars+1 && b[0] == shapeVersion {
		return b, err
	}
	w, err := openWave(ctx, p.Sound, s)
	if err != nil {
		return nil, err
	}
	b := make([]byte, bars+1)
	b[0] = shapeVersion
	const step = 20 * time.Second
	for at := time.Duration(0); at < s.Duration; at += step {
		pcm, err := p.Sound.PCM(ctx, s.ID, models.Span{Start: at, End: min(at+step, s.Duration)})
		if err != nil {
			return nil, err
		}
		for i, v := range pcm {
			t := at + time.Duration(i/w.channels)*time.Second/time.Duration(w.rate)
			bar := 1 + min(bars-1, int(int64(t)*bars/int64(s.Duration)))
			// The square root shows quiet voices beside loud ones.
			h := byte(math.Sqrt(math.Abs(float64(v))/32768) * 255)
			b[bar] = max(b[bar], h)
		}
	}
	return b, p.Shapes.SavePeaks(ctx, s.ID, b)
}

// wave draws a session: one stroke a bar, coloured by who speaks there.
func (p *Page) wave(w http.ResponseWriter, r *http.Request) {
	s, err := p.findSession(r)
	if err == nil && s.State != models.Ready {
		err = models.Errorf(models.NotFound, "session %s is not ready", s.ID)
	}
	var b []byte
	if err == nil {
		b, err = p.peaks(r.Context(), s)
	}
	var t models.Transcript
	if err == nil {
		t, err = p.Sessions.Transcript(r.Context(), s.ID)
	}
	if err != nil {
		p.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	_, _ = io.WriteString(w, drawWave(b[1:], t))
}

func drawWave(peaks []byte, t models.Transcript) string {
	const height = 48
	paths := map[string]*strings.Builder{}
	next := 0
	for i, v := range peaks {
		at := time.Duration(int64(t.Duration) * (2*int64(i) + 1) / (2 * int64(len(peaks))))
		for next < len(t.Segments) && t.Segments[next].Span.End <= at {
			next++
		}
		class := "q" // quiet: nobody has words here
		if next < len(t.Segments) && t.Segments[next].Span.Start <= at {
			class = speakerClass(t.Segments[next].Speaker)
		}
		if paths[class] == nil {
			paths[class] = &strings.Builder{}
		}
		h := max(1, int(v)*height/255)
		fmt.Fprintf(paths[class], "M%d %dv%d", i, (height-h)/2, h)
	}
	var out strings.Builder
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" preserveAspectRatio="none" aria-hidden="true">`, len(peaks), height)
	for _, class := range []string{"q", "n", "a", "b", "c"} {
		if d := paths[class]; d != nil {
			fmt.Fprintf(&out, `<path class="wave-%s" d="%s"/>`, class, d)
		}
	}
	out.WriteString("</svg>")
	return out.String()
}
