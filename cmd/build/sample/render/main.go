// Command render speaks the script in session.json with two synthetic voices
// and writes session.opus beside it; the times of what is spoken when go back
// into session.json.
//
// It is run by hand when the script has changed, and needs flite and ffmpeg:
//
//	cd cmd/build/sample && go run ./render
//
// The same script gives the same sound: pauses and the noise of the room come
// from fixed seeds. It is a session as far as the program is concerned, with a
// long silence, pauses of all lengths, and one voice louder than the other.
package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

const (
	rate  = 16000 // Hz, of flite's voices and of the file
	noise = -60.0 // dBFS, room
)

// voices: who speaks how. The level is RMS over the spoken parts, in dBFS.
var voices = map[string]struct {
	name  string
	slow  float64 // 1 is flite's own pace
	level float64
}{
	"client":    {"slt", 1.02, -25},
	"therapist": {"rms", 0.96, -22},
}

// pauses before a segment, in seconds, where chance is not to choose.
var pauses = map[int]float64{
	0:  1.2,  // the recorder is put on the table
	9:  12.0, // the client thinks
	12: 0.7,  // the same voice goes on
	14: 2.5,
	32: 2.4,
}

type session struct {
	ID       string          `json:"id"`
	Title    string          `json:"title"`
	Date     string          `json:"date"`
	Language string          `json:"language"`
	Duration float64         `json:"duration"`
	Segments []segment       `json:"segments"`
	Gold     json.RawMessage `json:"gold"`
}

type segment struct {
	Seq     int     `json:"seq"`
	Start   float64 `json:"start"`
	End     float64 `json:"end"`
	Speaker string  `json:"speaker"`
	Text    string  `json:"text"`
}

func main() {
	log.SetFlags(0)
	log.SetPrefix("render: ")
	if err := render("session.json", "session.opus"); err != nil {
		log.Fatal(err)
	}
}

func render(script, out string) error {
	b, err := os.ReadFile(script)
	if err != nil {
		return err
	}
	var s session
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("read %s: %w", script, err)
	}
	work, err := os.MkdirTemp("", "render")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)

	chance := rand.New(rand.NewPCG(2026, 305))
	var sound []float64
	for i := range s.Segments {
		seg := &s.Segments[i]
		spoken, err := speak(work, *seg, chance)
		if err != nil {
			return fmt.Errorf("speak segment %d: %w", seg.Seq, err)
		}
		pause, ok := pauses[seg.Seq]
		if !ok {
			pause = 0.4 + 1.3*chance.Float64()*chance.Float64()
		}
		sound = append(sound, make([]float64, int(pause*rate))...)
		seg.Start = seconds(len(sound))
		sound = append(sound, spoken...)
		seg.End = seconds(len(sound))
	}
	sound = append(sound, make([]float64, rate/2)...)
	sound = sound[:len(sound)/16*16] // whole milliseconds
	s.Duration = seconds(len(sound))
	addRoom(sound, chance)
	if err := encode(filepath.Join(work, "session.wav"), out, sound); err != nil {
		return err
	}
	return os.WriteFile(script, write(s), 0o644)
}

func seconds(samples int) float64 { return math.Round(float64(samples)/rate*1000) / 1000 }

// speak gives a segment's samples at its speaker's level. Sentences are spoken
// one by one with a breath between: as one text they run into each other.
func speak(work string, seg segment, chance *rand.Rand) ([]float64, error) {
	v, ok := voices[seg.Speaker]
	if !ok {
		return nil, fmt.Errorf("nobody is %q", seg.Speaker)
	}
	var pcm []float64
	var power, n float64
	for i, sentence := range sentences.FindAllString(seg.Text, -1) {
		spoken, err := voice(work, v.name, v.slow, sentence)
		if err != nil {
			return nil, err
		}
		for _, x := range spoken {
			power, n = power+x*x, n+1
		}
		if i > 0 {
			pcm = append(pcm, make([]float64, int((0.35+0.2*chance.Float64())*rate))...)
		}
		pcm = append(pcm, spoken...)
	}
	gain := math.Pow(10, v.level/20) / math.Sqrt(power/n)
	for i := range pcm {
		pcm[i] *= gain
	}
	return pcm, nil
}

var sentences = regexp.MustCompile(`[^.?!]+[.?!]`)

// voice gives what flite makes of a sentence, without the silence that it puts
// around it.
func voice(work, name string, slow float64, sentence string) ([]float64, error) {
	path := filepath.Join(work, "sentence.wav")
	cmd := exec.Command("flite", "-voice", name, "--setf", fmt.Sprintf("duration_stretch=%g", slow), "-t", strings.TrimSpace(sentence), "-o", path)
	if b, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("flite: %w: %s", err, b)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	_, data, ok := bytes.Cut(b, []byte("data"))
	if !ok || len(data) < 4 || binary.LittleEndian.Uint32(b[24:]) != rate {
		return nil, fmt.Errorf("flite wrote no WAV of %d Hz", rate)
	}
	data = data[4:]
	pcm := make([]float64, len(data)/2)
	for i := range pcm {
		pcm[i] = float64(int16(binary.LittleEndian.Uint16(data[2*i:]))) / 32768
	}
	return trim(pcm), nil
}

// trim cuts what is below -45 dBFS off both ends, save 30 ms.
func trim(pcm []float64) []float64 {
	const quiet, pad = 0.0056, rate * 30 / 1000
	first, last := len(pcm), 0
	for i, x := range pcm {
		if math.Abs(x) > quiet {
			first, last = min(first, i), i
		}
	}
	if first > last {
		return pcm
	}
	return pcm[max(0, first-pad):min(len(pcm), last+pad)]
}

// addRoom adds the faint low hiss of a quiet room.
func addRoom(sound []float64, chance *rand.Rand) {
	const smooth = 0.8 // one pole: about 600 Hz
	gain := math.Pow(10, noise/20) * math.Sqrt((1+smooth)/(1-smooth))
	var y float64
	for i := range sound {
		y = smooth*y + (1-smooth)*chance.NormFloat64()
		sound[i] += gain * y
	}
}

func encode(wav, out string, sound []float64) error {
	var b bytes.Buffer
	b.WriteString("RIFF")
	put := func(v any) { binary.Write(&b, binary.LittleEndian, v) }
	put(uint32(36 + 2*len(sound)))
	b.WriteString("WAVEfmt ")
	put([]uint32{16, 1 | 1<<16, rate, 2 * rate, 2 | 16<<16}) // PCM, mono, 16 bit
	b.WriteString("data")
	put(uint32(2 * len(sound)))
	for _, x := range sound {
		put(int16(math.Round(math.Max(-1, math.Min(1, x)) * 32767)))
	}
	if err := os.WriteFile(wav, b.Bytes(), 0o600); err != nil {
		return err
	}
	cmd := exec.Command("ffmpeg", "-nostdin", "-v", "error", "-y", "-i", wav, "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact",
		"-c:a", "libopus", "-b:a", "26k", "-application", "audio", out)
	if b, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("ffmpeg: %w: %s", err, b)
	}
	return nil
}

// write lays the file out one segment a line, so that a change can be read.
func write(s session) []byte {
	text := func(v any) string {
		var b strings.Builder
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.Encode(v) // strings and segments: cannot fail
		return strings.TrimSpace(b.String())
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\"id\": %s, \"title\": %s, \"date\": %s, \"language\": %s, \"duration\": %.3f,\n \"segments\": [",
		text(s.ID), text(s.Title), text(s.Date), text(s.Language), s.Duration)
	for i, g := range s.Segments {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "\n  {\"seq\": %d, \"start\": %.3f, \"end\": %.3f, \"speaker\": %s, \"text\": %s}", g.Seq, g.Start, g.End, text(g.Speaker), text(g.Text))
	}
	fmt.Fprintf(&b, "],\n \"gold\": %s}\n", s.Gold)
	return b.Bytes()
}
