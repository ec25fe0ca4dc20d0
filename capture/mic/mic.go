//go:build cgo

package mic

import (
	"runtime"
	"strings"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/gen2brain/malgo"

	"github.com/afterword/afterword/models"
)

// Available tells whether this program can record at all.
const Available = true

const (
	ringSeconds  = 12
	period       = 20              // ms between callbacks
	periods      = 50              // that the system keeps for us: a second in which nobody may have time
	closeTimeout = 2 * time.Second // an audio system that hangs is left to itself then
)

// backends are tried in order. The null back end is not among them: it would
// record silence and call it a microphone.
func backends() []malgo.Backend {
	switch runtime.GOOS {
	case "linux":
		return []malgo.Backend{malgo.BackendPulseaudio, malgo.BackendAlsa}
	case "darwin":
		return []malgo.Backend{malgo.BackendCoreaudio}
	case "windows":
		return []malgo.Backend{malgo.BackendWasapi, malgo.BackendDsound, malgo.BackendWinmm}
	}
	return []malgo.Backend{malgo.BackendSndio, malgo.BackendAudio4, malgo.BackendOss, malgo.BackendPulseaudio}
}

// Mic is an open microphone that delivers samples. Read is for one goroutine.
type Mic struct {
	ctx    *malgo.AllocatedContext
	dev    *malgo.Device
	ring   *ring
	device models.Device
}

// chosen is one more than the back end that was connected to first, 0 before.
// A process stays with it: with PulseAudio gone for a moment, ALSA would offer
// a device that records nothing.
var chosen atomic.Int32

func connect() (*malgo.AllocatedContext, error) {
	var err error
	for _, b := range backends() {
		if c := chosen.Load(); c != 0 && c != int32(b)+1 {
			continue
		}
		var ctx *malgo.AllocatedContext
		if ctx, err = malgo.InitContext([]malgo.Backend{b}, malgo.ContextConfig{}, nil); err == nil {
			chosen.CompareAndSwap(0, int32(b)+1)
			return ctx, nil
		}
	}
	return nil, models.WithHint(models.Errorf(models.Unusable, "connect to the sound system: %w", err),
		"check that sound works in another program; on Linux PulseAudio or PipeWire must be running")
}

func free(ctx *malgo.AllocatedContext) {
	_ = ctx.Uninit()
	ctx.Free()
}

// Devices lists the microphones, the default first.
func Devices() ([]models.Device, error) {
	ctx, err := connect()
	if err != nil {
		return nil, err
	}
	defer free(ctx)
	found, err := list(ctx)
	if err != nil {
		return nil, err
	}
	var out []models.Device
	for _, f := range found {
		d := f.device
		if info, err := ctx.DeviceInfo(malgo.Capture, f.id, malgo.Shared); err == nil && len(info.Formats) > 0 {
			d.Rate, d.Channels = int(info.Formats[0].SampleRate), int(info.Formats[0].Channels)
		}
		if d.Default {
			out = append([]models.Device{d}, out...)
			continue
		}
		out = append(out, d)
	}
	return out, nil
}

type listed struct {
	id     malgo.DeviceID
	device models.Device
}

func list(ctx *malgo.AllocatedContext) ([]listed, error) {
	infos, err := ctx.Devices(malgo.Capture)
	if err != nil {
		return nil, models.Errorf(models.Unusable, "list microphones: %w", err)
	}
	var out []listed
	for _, i := range infos {
		if strings.Contains(i.Name(), "generate zero samples") { // ALSA's null device
			continue
		}
		out = append(out, listed{i.ID, models.Device{ID: identity(i.ID), Name: i.Name(), Default: i.IsDefault != 0}})
	}
	return out, nil
}

// identity is the name that the back end knows a device by where that can be
// read, else its bytes in hexadecimal digits.
func identity(id malgo.DeviceID) string {
	name, rest, _ := strings.Cut(string(id[:]), "\x00")
	readable := name != "" && strings.Trim(rest, "\x00") == ""
	for _, r := range name {
		readable = readable && r > ' ' && r < 0x7f
	}
	if readable {
		return name
	}
	return id.String()
}

// Open starts a microphone: the one with this identity, or the default if id is
// empty. NotFound if it is not there, Unusable if it cannot be opened.
func Open(id string) (*Mic, error) {
	ctx, err := connect()
	if err != nil {
		return nil, err
	}
	m, err := open(ctx, id)
	if err != nil {
		free(ctx)
		return nil, err
	}
	return m, nil
}

func open(ctx *malgo.AllocatedContext, id string) (*Mic, error) {
	found, err := list(ctx)
	if err != nil {
		return nil, err
	}
	for _, f := range found {
		if f.device.ID == id || id == "" && f.device.Default {
			return start(ctx, f)
		}
	}
	if id == "" && len(found) > 0 {
		return start(ctx, found[0])
	}
	if id == "" {
		return nil, models.WithHint(models.Errorf(models.NotFound, "there is no microphone"), "plug one in; 'afterword devices' lists what is there")
	}
	return nil, models.Errorf(models.NotFound, "the microphone %q is not there", id)
}

func start(ctx *malgo.AllocatedContext, f listed) (*Mic, error) {
	m := &Mic{ctx: ctx, device: f.device}
	id := f.id // miniaudio reads it through a pointer while it opens
	var pin runtime.Pinner
	pin.Pin(&id)
	defer pin.Unpin()
	for channels := uint32(0); ; channels = 2 { // 0: as many as it has
		cfg := malgo.DefaultDeviceConfig(malgo.Capture)
		cfg.Capture.DeviceID = unsafe.Pointer(&id)
		cfg.Capture.Format = malgo.FormatS16
		cfg.Capture.Channels = channels
		cfg.SampleRate = 0
		cfg.PeriodSizeInMilliseconds = period
		cfg.Periods = periods
		cfg.Pulse.StreamNameCapture = "recording"
		dev, err := malgo.InitDevice(ctx.Context, cfg, malgo.DeviceCallbacks{Data: m.callback})
		if err != nil {
			return nil, models.WithHint(models.Errorf(models.Unusable, "open the microphone: %w", err), "another program may hold it; 'afterword devices' lists others")
		}
		if n := dev.CaptureChannels(); n > 2 && channels == 0 {
			dev.Uninit()
			continue
		}
		m.dev = dev
		break
	}
	m.device.Rate, m.device.Channels = int(m.dev.SampleRate()), int(m.dev.CaptureChannels())
	m.ring = newRing(ringSeconds*m.device.Rate, m.device.Channels)
	if err := m.dev.Start(); err != nil {
		m.dev.Uninit()
		return nil, models.Errorf(models.Unusable, "start the microphone: %w", err)
	}
	return m, nil
}

// callback runs on the audio thread; in is C memory that is gone when it
// returns. Its samples are in the machine's order, as S16 always is.
func (m *Mic) callback(_, in []byte, _ uint32) {
	if len(in) > 1 {
		m.ring.put(unsafe.Slice((*int16)(unsafe.Pointer(&in[0])), len(in)/2))
	}
}

// Device is what was opened, with its rate in Hz and channels, 1 or 2.
func (m *Mic) Device() models.Device { return m.device }

// Read copies the interleaved samples that are there and does not wait. n counts
// all channels. age is how long ago the last of them was delivered. lost is how
// many samples per channel were dropped behind them, because nobody read for
// ten seconds.
func (m *Mic) Read(dst []int16) (n int, age time.Duration, lost int64) {
	n, age, rest, lost := m.ring.take(dst)
	return n, age + time.Duration(rest)*time.Second/time.Duration(m.device.Rate), lost
}

// Close stops the microphone. Should the audio system hang, it returns an error
// after two seconds and leaves it behind.
func (m *Mic) Close() error {
	done := make(chan struct{})
	go func() {
		m.dev.Uninit()
		free(m.ctx)
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-time.After(closeTimeout):
		return models.Errorf(models.Unusable, "close the microphone: the audio system does not answer")
	}
}
