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
	words   []timedWord // each with its beginning, where flite tells it
	length  time.Duration
	silence float64 // part of length
}

// renderedBefore is what is kept beside the sound of a rendering.
type renderedBefore struct {
	Text             string
	Words            []renderedWord
	Seconds, Silence float64
}

type renderedWord struct {
	Text string
	At   float64 // seconds
}

const (
	renderRate   = 16000 // Hz; what flite's voices speak at
	renderLength = 10 * time.Minute
	// withPauses and withoutPauses are the part of it without a voice: somebody
	// thinks, or one falls into the other's word.
	withPauses    = 1.0 / 3
	withoutPauses = 0.03
	// roomNoise is the amplitude of the noise under everything, of 32767: −66 dBFS,
	// a quiet room.
	roomNoise = 16
)

// renderedSession speaks a session of ten minutes into the cache: three voices,
// silence between them, faint noise under all. It is the same on every machine
// with the same voices.
func (s *shop) renderedSession(ctx context.Context, pause float64) (rendering, error) {
	if !have("flite")() {
		err := models.Errorf(models.Internal, "speak a session: flite is missing")
		return rendering{}, models.WithHint(err, "on Debian or Ubuntu: apt-get install -y flite; on Fedora: dnf install -y flite")
	}
	turns := conversation(rand.New(rand.NewPCG(1, 2)), 240)
	b, err := json.Marshal(turns)
	if err != nil {
		return rendering{}, err
	}
	sum := sha256.Sum256(append(b, fmt.Sprint(renderLength, pause, roomNoise, "with words")...))
	dir := s.path("bench", "session-"+hex.EncodeToString(sum[:6]))
	err = s.once(ctx, "bench", dir, func(tmp string) error { return s.render(ctx, turns, pause, tmp) })
	if err != nil {
		return rendering{}, err
	}
	var meta renderedBefore
	b, err = os.ReadFile(filepath.Join(dir, "session.json"))
	if err == nil {
		err = json.Unmarshal(b, &meta)
	}
	r := rendering{filepath.Join(dir, "session.wav"), meta.Text, nil, seconds(meta.Seconds), meta.Silence}
	for _, w := range meta.Words {
		r.words = append(r.words, timedWord{w.Text, seconds(w.At)})
	}
	return r, err
}

func (s *shop) render(ctx context.Context, turns []turn, pause float64, dir string) error {
	t := s.say.begin("speak a session of %s", renderLength)
	spoken, err := speak(ctx, turns, dir)
	if err != nil {
		t.end(err)
		return err
	}
	var voices [][]int16
	voiced, want := 0, int(renderLength.Seconds()*renderRate)
	for _, u := range spoken {
		if float64(voiced+len(u.pcm)) >= float64(want)*(1-pause) {
			break
		}
		voiced += len(u.pcm)
		voices = append(voices, u.pcm)
	}
	pcm, starts := laidOut(voices, want, rand.New(rand.NewPCG(3, 4)))
	meta := renderedBefore{Seconds: float64(len(pcm)) / renderRate, Silence: 1 - float64(voiced)/float64(len(pcm))}
	var text []string
	for i, start := range starts {
		text = append(text, turns[i].Text)
		for _, w := range spoken[i].words {
			meta.Words = append(meta.Words, renderedWord{w.text, float64(start)/renderRate + w.at.Seconds()})
		}
	}
	meta.Text = strings.Join(text, " ")
	b, err := json.Marshal(meta)
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
// them: mostly short, some of many seconds, together what is left. It tells at
// which sample each begins.
func laidOut(voices [][]int16, want int, r *rand.Rand) (pcm []int16, starts []int) {
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
	pcm = make([]int16, 0, want)
	for i, w := range shares {
		pcm = append(pcm, make([]int16, int(float64(max(left, 0))*w/sum))...)
		if i < len(voices) {
			starts = append(starts, len(pcm))
			pcm = append(pcm, voices[i]...)
		}
	}
	for i := range pcm {
		pcm[i] = int16(min(max(int(pcm[i])+r.IntN(2*roomNoise+1)-roomNoise, -1<<15), 1<<15-1))
	}
	return pcm, starts
}

// utterance is a turn as it was spoken.
type utterance struct {
	pcm   []int16
	words []timedWord // from the beginning of pcm
}

// speak has flite speak every turn, at 16 kHz.
func speak(ctx context.Context, turns []turn, dir string) ([]utterance, error) {
	var lex lexicon
	out := make([]utterance, len(turns))
	errs := make([]error, len(turns))
	next := make(chan int)
	var all sync.WaitGroup
	for range runtime.NumCPU() {
		all.Go(func() {
			for i := range next {
				out[i], errs[i] = speakOne(ctx, &lex, turns[i], filepath.Join(dir, fmt.Sprintf("turn-%d.wav", i)))
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

func speakOne(ctx context.Context, lex *lexicon, t turn, file string) (u utterance, err error) {
	defer os.Remove(file)
	phones, err := quiet(command(ctx, "", "flite", "-voice", t.Voice, "-psdur", "-t", t.Text, "-o", file))
	if err != nil {
		return u, err
	}
	if u.words, err = lex.starts(ctx, t.Text, phones); err != nil {
		return u, err
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return u, err
	}
	at := bytes.Index(b, []byte("data"))
	if len(b) < 44 || at < 0 || binary.LittleEndian.Uint32(b[24:]) != renderRate || b[22] != 1 {
		return u, models.Errorf(models.Unusable, "speak a session: flite's voice %s is not mono at %d Hz", t.Voice, renderRate)
	}
	u.pcm = make([]int16, (len(b)-at-8)/2)
	for i := range u.pcm {
		u.pcm[i] = int16(binary.LittleEndian.Uint16(b[at+8+2*i:]))
	}
	return u, nil
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
