package audio

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/afterword/afterword/models"
)

// What travels from the child to the hub: a mark, then records of a type byte,
// a 32-bit length and a body.
const wireMark = "afterword-sound-1\n"

const (
	recordInfo  = 'i' // JSON of wireInfo, first
	recordPCM   = 'p' // interleaved 16-bit little-endian samples
	recordEnd   = 'e' // JSON of wireEnd, last
	recordError = 'x' // JSON of wireError, last
)

// maxRecord bounds a record. Unit: bytes.
const maxRecord = 1 << 16

type wireInfo struct {
	File Info
	Rate int // of the samples that follow
	Chan int
}

type wireEnd struct {
	Frames int64
	Damage string `json:",omitempty"`
}

type wireError struct {
	Code models.Code
	Text string
	Hint string `json:",omitempty"`
}

func toWire(err error) wireError {
	code := models.CodeOf(err)
	if code == models.Internal {
		code = models.Unusable
	}
	return wireError{Code: code, Text: err.Error(), Hint: models.HintOf(err)}
}

func (e wireError) err() error {
	err := models.Errorf(e.Code, "%w", errors.New(e.Text))
	if e.Hint != "" {
		err = models.WithHint(err, "%s", e.Hint)
	}
	return err
}

func writeRecord(w io.Writer, kind byte, body []byte) error {
	h := binary.LittleEndian.AppendUint32([]byte{kind}, uint32(len(body)))
	_, err := w.Write(append(h, body...))
	return err
}

func writeJSON(w io.Writer, kind byte, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return writeRecord(w, kind, b)
}

// readRecord reads a record into buf, which has room for maxRecord.
func readRecord(r io.Reader, buf []byte) (kind byte, body []byte, err error) {
	var h [5]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return 0, nil, err
	}
	n := binary.LittleEndian.Uint32(h[1:])
	if n > maxRecord {
		return 0, nil, fmt.Errorf("a record of %d bytes", n)
	}
	if _, err := io.ReadFull(r, buf[:n]); err != nil {
		return 0, nil, io.ErrUnexpectedEOF
	}
	return h[0], buf[:n], nil
}
