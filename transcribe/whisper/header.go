package whisper

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// header is the beginning of a weights file: a mark and eleven numbers, little
// endian (whisper.cpp, src/whisper.cpp, whisper_model_load).
type header struct {
	Magic      int32
	Vocab      int32
	AudioCtx   int32
	AudioState int32
	AudioHead  int32
	AudioLayer int32
	TextCtx    int32
	TextState  int32
	TextHead   int32
	TextLayer  int32
	Mels       int32
	Kind       int32 // of the tensors: 0 f32, 1 f16, 7 q8_0, …; 1000 × the quantiser's version is added
}

const magic = 0x67676d6c // "ggml"

// readHeader reads and checks the shape of a weights file. The library trusts
// these numbers when it sizes its memory, so anything that is no Whisper model
// stops here.
func readHeader(r io.Reader) (header, error) {
	var h header
	if err := binary.Read(r, binary.LittleEndian, &h); err != nil {
		return h, fmt.Errorf("read the first 48 bytes: %w", err)
	}
	if h.Magic != magic {
		return h, errors.New("not a ggml file")
	}
	width := h.AudioState
	switch {
	case h.Vocab < 51864 || h.Vocab > 51866,
		h.AudioCtx != 1500, h.TextCtx != 448,
		h.Mels != 80 && h.Mels != 128,
		width < 384 || width > 1280 || width%64 != 0,
		h.TextState != width, h.AudioHead != width/64, h.TextHead != width/64,
		h.AudioLayer < 4 || h.AudioLayer > 32,
		h.TextLayer < 2 || h.TextLayer > 32,
		h.Kind < 0 || h.Kind%1000 > 64:
		return h, fmt.Errorf("not the shape of a Whisper model: %+v", h)
	}
	return h, nil
}

// leastBytes is less than any file of this shape can have: four bits for each
// number of the large tensors. The library takes a file that ends too early for
// a model without weights, and says nothing.
func (h header) leastBytes() int64 {
	w := int64(h.AudioState)
	return (int64(h.Vocab)*w + (12*int64(h.AudioLayer)+16*int64(h.TextLayer))*w*w) / 2
}

// multilingual weights know 99 or 100 languages, the others English alone.
func (h header) multilingual() bool { return h.Vocab >= 51865 }

// heads names the attention heads that follow the sound, which word times come
// from: the value of the library's enum whisper_alignment_heads_preset. 0, none,
// for a model that nobody measured.
func (h header) heads() int {
	const tinyEN, baseEN, smallEN, mediumEN, largeV2, largeV3, turbo = 3, 5, 7, 9, 12, 13, 14
	english := map[int32]int{4: tinyEN, 6: baseEN, 12: smallEN, 24: mediumEN}
	switch {
	case h.AudioLayer != h.TextLayer:
		if h.AudioLayer == 32 && h.TextLayer == 4 {
			return turbo
		}
		return 0 // a distilled model
	case h.AudioLayer == 32 && h.Vocab == 51866:
		return largeV3
	case h.AudioLayer == 32:
		return largeV2
	case h.multilingual() && english[h.AudioLayer] != 0:
		return english[h.AudioLayer] + 1
	}
	return english[h.AudioLayer]
}
