package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/afterword/afterword/models"
)

// rendering is a session that a machine speaks: whatever is in it is known.
type rendering struct {
	file    string
	text    string
	length  time.Duration
	silence float64 // part of length
}

const (
	renderRate   = 16000 // Hz; what flite's voices speak at
	renderLength = 10 * time.Minute
	renderPause  = 1.0 / 3 // part of it without a voice
	// roomNoise is the amplitude of the noise under everything, of 32767: −66 dBFS,
	// a quiet room.
	roomNoise = 16
)

// renderedSession speaks a session of ten minutes into the cache: three
// voices, a third of it silence, faint noise under all. It is the same on
// every machine with the same voices.
func (s *shop) renderedSession(ctx context.Context) (rendering, error) {
	if !have("flite")() {
		err := models.Errorf(models.Internal, "speak a session: flite is missing")
		return rendering{}, models.WithHint(err, "on Debian or Ubuntu: apt-get install -y flite; on Fedora: dnf install -y flite")
	}
	turns := conversation(rand.New(rand.NewPCG(1, 2)), 240)
	b, err := json.Marshal(turns)
	if err != nil {
		return rendering{}, err
	}
	sum := sha256.Sum256(append(b, fmt.Sprint(renderLength, renderPause, roomNoise)...))
	dir := s.path("bench", "session-"+hex.EncodeToString(sum[:6]))
	err = s.once(ctx, "bench", dir, func(tmp string) error { return s.render(ctx, turns, tmp) })
	if err != nil {
		return rendering{}, err
	}
	var meta struct {
		Text             string
		Seconds, Silence float64
	}
	b, err = os.ReadFile(filepath.Join(dir, "session.json"))
	if err == nil {
		err = json.Unmarshal(b, &meta)
	}
	return rendering{filepath.Join(dir, "session.wav"), meta.Text, time.Duration(meta.Seconds * float64(time.Second)), meta.Silence}, err
}

func (s *shop) render(ctx context.Context, turns []turn, dir string) error {
	t := s.say.begin("speak a session of %s", renderLength)
	voices, err := speak(ctx, turns, dir)
	if err != nil {
		t.end(err)
		return err
	}
	voiced, used := 0, 0
	want := int(renderLength.Seconds() * renderRate)
	for used < len(voices) && float64(voiced+len(voices[used])) < float64(want)*(1-renderPause) {
		voiced += len(voices[used])
		used++
	}
	pcm := laidOut(voices[:used], want, rand.New(rand.NewPCG(3, 4)))
	var text []string
	for _, turn := range turns[:used] {
		text = append(text, turn.Text)
	}
	b, err := json.Marshal(map[string]any{
		"text": strings.Join(text, " "), "seconds": float64(len(pcm)) / renderRate, "silence": 1 - float64(voiced)/float64(len(pcm)),
	})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "session.json"), b, 0o600)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "session.wav"), wav(pcm), 0o600)
	}
	t.end(err)
	return err
}

// laidOut puts voices one after another over want samples, with pauses between
// them: mostly short, some of many seconds, together what is left.
func laidOut(voices [][]int16, want int, r *rand.Rand) []int16 {
	left := want
	for _, v := range voices {
		left -= len(v)
	}
	shares := make([]float64, len(voices)+1)
	sum := 0.0
	for i := range shares {
		shares[i] = 0.3 + r.Float64()
		if r.IntN(12) == 0 {
			shares[i] *= 15 // somebody thinks
		}
		sum += shares[i]
	}
	pcm := make([]int16, 0, want)
	for i, w := range shares {
		pcm = append(pcm, make([]int16, int(float64(max(left, 0))*w/sum))...)
		if i < len(voices) {
			pcm = append(pcm, voices[i]...)
		}
	}
	for i := range pcm {
		pcm[i] = int16(min(max(int(pcm[i])+r.IntN(2*roomNoise+1)-roomNoise, -1<<15), 1<<15-1))
	}
	return pcm
}

// speak has flite speak every turn, at 16 kHz.
func speak(ctx context.Context, turns []turn, dir string) ([][]int16, error) {
	out := make([][]int16, len(turns))
	errs := make([]error, len(turns))
	next := make(chan int)
	var all sync.WaitGroup
	for range runtime.NumCPU() {
		all.Go(func() {
			for i := range next {
				out[i], errs[i] = speakOne(ctx, turns[i], filepath.Join(dir, fmt.Sprintf("turn-%d.wav", i)))
			}
		})
	}
	for i := range turns {
		next <- i
	}
	close(next)
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func speakOne(ctx context.Context, t turn, file string) ([]int16, error) {
	defer os.Remove(file)
	if _, err := quiet(command(ctx, "", "flite", "-voice", t.Voice, "-t", t.Text, "-o", file)); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	at := bytes.Index(b, []byte("data"))
	if len(b) < 44 || at < 0 || binary.LittleEndian.Uint32(b[24:]) != renderRate || b[22] != 1 {
		return nil, models.Errorf(models.Unusable, "speak a session: flite's voice %s is not mono at %d Hz", t.Voice, renderRate)
	}
	pcm := make([]int16, (len(b)-at-8)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(b[at+8+2*i:]))
	}
	return pcm, nil
}

// wav is a mono WAV file of 16-bit samples at renderRate.
func wav(pcm []int16) []byte {
	b := append([]byte(nil), "RIFF"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(36+2*len(pcm)))
	b = append(b, "WAVEfmt "...)
	b = binary.LittleEndian.AppendUint32(b, 16)
	b = binary.LittleEndian.AppendUint16(b, 1) // PCM
	b = binary.LittleEndian.AppendUint16(b, 1) // mono
	b = binary.LittleEndian.AppendUint32(b, renderRate)
	b = binary.LittleEndian.AppendUint32(b, 2*renderRate)
	b = binary.LittleEndian.AppendUint16(b, 2)
	b = binary.LittleEndian.AppendUint16(b, 16)
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, uint32(2*len(pcm)))
	for _, v := range pcm {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return b
}
