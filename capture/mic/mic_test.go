//go:build cgo

package mic

import (
	"os"
	"testing"
	"time"

	"github.com/gen2brain/malgo"

	"github.com/afterword/afterword/capture/mic/vmic"
	"github.com/afterword/afterword/models"
)

// server starts a PulseAudio of this test's own.
func server(t *testing.T) *vmic.Server {
	t.Helper()
	if !vmic.Available() {
		t.Skip("pulseaudio is not installed")
	}
	dir, err := os.MkdirTemp("", "pa")
	if err != nil {
		t.Fatal(err)
	}
	s, err := vmic.Start(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Kill(); os.RemoveAll(dir) })
	t.Setenv("PULSE_SERVER", s.Env()[1][len("PULSE_SERVER="):])
	return s
}

func TestMicHearsEverySample(t *testing.T) {
	s := server(t)
	found, err := Devices()
	if err != nil || len(found) != 1 || found[0].ID != "vmic.monitor" || !found[0].Default {
		t.Fatalf("devices %+v, %v", found, err)
	}
	m, err := Open("")
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if d := m.Device(); d.Rate != vmic.Rate || d.Channels != 2 || d.ID != "vmic.monitor" {
		t.Errorf("opened %+v", d)
	}
	p, err := s.Play("vmic", &vmic.Numbered{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Stop()
	var pcm []int16
	buf := make([]int16, vmic.Rate)
	for end := time.Now().Add(20 * time.Second); len(pcm) < 8*vmic.Rate && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		n, _, lost := m.Read(buf)
		if lost > 0 {
			t.Fatalf("%d samples lost", lost)
		}
		pcm = append(pcm, buf[:n]...)
	}
	runs := vmic.Runs(pcm)
	if len(runs) != 1 || runs[0].Frames < vmic.Rate {
		t.Errorf("numbers come in %d runs: %+v", len(runs), runs[:min(len(runs), 5)])
	}
	if _, err := Open("nowhere"); models.CodeOf(err) != models.NotFound {
		t.Errorf("a microphone that is not there: %v", err)
	}
}

func TestCallbackAllocatesNothing(t *testing.T) {
	m := &Mic{ring: newRing(48000, 2)}
	in := make([]byte, 960*4)
	dst := make([]int16, 4096)
	if n := testing.AllocsPerRun(1000, func() {
		m.callback(nil, in, 960)
		m.ring.take(dst)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// BenchmarkCallback is one callback of 20 ms of stereo.
func BenchmarkCallback(b *testing.B) {
	m := &Mic{ring: newRing(48000*12, 2)}
	in := make([]byte, 960*4)
	dst := make([]int16, 4096)
	b.ReportAllocs()
	for b.Loop() {
		m.callback(nil, in, 960)
		m.ring.take(dst)
	}
}

func TestRingCountsWhatFindsNoRoom(t *testing.T) {
	r := newRing(10, 2)
	pcm := make([]int16, 14)
	for i := range pcm {
		pcm[i] = int16(i + 1)
	}
	r.put(pcm)
	r.put(pcm) // three frames fit, four do not
	dst := make([]int16, 12)
	if n, _, _, lost := r.take(dst); n != 12 || lost != 0 || dst[11] != 12 {
		t.Errorf("took %d, lost %d, %v", n, lost, dst)
	}
	if n, _, _, lost := r.take(dst); n != 8 || lost != 4 || dst[2] != 1 {
		t.Errorf("took %d, lost %d, %v", n, lost, dst)
	}
	r.put(pcm)
	if n, _, _, lost := r.take(make([]int16, 20)); n != 14 || lost != 0 {
		t.Errorf("took %d, lost %d", n, lost)
	}
}

// The null back end would record silence: this guards that we never open it,
// and knows which number it has in truth.
func TestNullBackEndIsNotOffered(t *testing.T) {
	const null = malgo.Backend(14)
	for _, b := range backends() {
		if b >= malgo.BackendNull {
			t.Errorf("back end %d is offered", b)
		}
	}
	ctx, err := malgo.InitContext([]malgo.Backend{null}, malgo.ContextConfig{}, nil)
	if err != nil {
		t.Fatalf("back end 14 is not the null one any more: %v", err)
	}
	free(ctx)
}

func FuzzIdentity(f *testing.F) {
	f.Add([]byte("vmic.monitor"))
	f.Add([]byte{1, 2, 0, 4})
	f.Fuzz(func(t *testing.T, b []byte) {
		var id malgo.DeviceID
		copy(id[:], b)
		for _, r := range identity(id) {
			if r <= ' ' || r >= 0x7f {
				t.Fatalf("identity %q", identity(id))
			}
		}
	})
}
