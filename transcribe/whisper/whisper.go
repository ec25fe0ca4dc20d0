//go:build cgo && whisper

package whisper

/*
#cgo LDFLAGS: -lwhisper -lggml -lggml-cpu -lggml-base -lm -lstdc++ -pthread
#include <stdlib.h>
#include "door.h"
*/
import "C"

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"unsafe"

	"github.com/afterword/afterword/models"
)

// Available tells whether this build can transcribe.
const Available = true

// Version is that of the library, such as "1.9.1".
func Version() string { return C.GoString(C.whisper_version()) }

// Model is a set of weights in memory, shared by its states.
type Model struct {
	ctx     *C.struct_whisper_context
	threads int
	many    bool     // languages
	codes   []string // ISO 639-1 by the library's own number; nil where many is false
	aligned bool     // tokens get times from the attention weights
	states  sync.WaitGroup
}

var captureLog = sync.OnceFunc(func() { C.door_log_capture() })

// Load reads the weights at path: a file that has been proved by its checksum,
// since a crafted one can harm. The error is NoModel where the file is no
// Whisper model or does not fit into memory.
func Load(path string, o Options) (*Model, error) {
	h, err := check(path)
	if err != nil {
		return nil, models.Errorf(models.NoModel, "read speech model: %w", err)
	}
	captureLog()
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	ctx := C.door_load(name, C.int(h.heads()))
	if ctx == nil {
		return nil, models.Errorf(models.NoModel, "load speech model: %s", lastWords())
	}
	m := &Model{ctx: ctx, threads: max(1, o.Threads), many: h.multilingual(), aligned: h.heads() != 0}
	for i := C.int(0); m.many && i <= C.whisper_lang_max_id(); i++ {
		m.codes = append(m.codes, C.GoString(C.whisper_lang_str(i)))
	}
	return m, nil
}

// check reads the header of a weights file that is long enough for it.
func check(path string) (header, error) {
	f, err := os.Open(path)
	if err != nil {
		return header{}, err
	}
	defer f.Close()
	h, err := readHeader(f)
	if err != nil {
		return h, err
	}
	info, err := f.Stat()
	if err == nil && info.Size() < h.leastBytes() {
		err = fmt.Errorf("the file ends after %d bytes, its model has at least %d", info.Size(), h.leastBytes())
	}
	return h, err
}

// Multilingual tells whether the weights know more than English.
func (m *Model) Multilingual() bool { return m.many }

// NewState makes one decoder over the weights: about 85 MB with base. Close it
// before the model.
func (m *Model) NewState() (*State, error) {
	c := C.whisper_init_state(m.ctx)
	if c == nil {
		return nil, models.Errorf(models.NoModel, "prepare speech model: %s", lastWords())
	}
	stop := (*C.int32_t)(C.calloc(1, C.size_t(unsafe.Sizeof(C.int32_t(0)))))
	m.states.Add(1)
	return &State{m: m, c: c, stop: stop, free: make(chan struct{}, 1), language: "en"}, nil
}

// Close waits for every state to be closed and gives the memory back.
func (m *Model) Close() {
	m.states.Wait()
	if m.ctx != nil {
		C.whisper_free(m.ctx)
		m.ctx = nil
	}
}

// lastWords is what the library last complained about, for an error. It never
// holds recognised text: such lines are of a lower level, and dropped.
func lastWords() string {
	var b [512]C.char
	n := C.door_log_drain(&b[0], C.int(len(b)))
	s := strings.Join(strings.Fields(C.GoStringN(&b[0], n)), " ")
	if s == "" {
		return "the library gave no reason"
	}
	return fmt.Sprintf("the library says: %s", strings.ToValidUTF8(s, "?"))
}
