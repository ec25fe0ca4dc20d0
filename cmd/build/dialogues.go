package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/afterword/afterword/models"
)

const (
	// oneVoice is the row of clips in which one speaks alone, aloneFor how long they
	// are at least, in seconds.
	oneVoice = "one voice alone"
	aloneFor = 10
	// mostSaid is how much of a clip goes into a dialogue, and loudnessSaid how loud
	// each voice is in it: −26 dBFS.
	mostSaid     = 40 * renderRate
	loudnessSaid = 0.05 * 32768
)

// dialogues makes clips of one voice talk to each other, each of one source with
// one of the next.
func (s *shop) dialogues(ctx context.Context, alone []talkClip) ([]talkClip, error) {
	var voices []talkClip
	known := map[string]bool{}
	for _, c := range alone {
		source, _, _ := strings.Cut(filepath.Base(c.file), "-")
		if !known[source] {
			known[source] = true
			voices = append(voices, c)
		}
	}
	if len(voices) < 2 || !have("ffmpeg")() {
		return nil, nil
	}
	dir := s.path("bench", "dialogues")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	var out []talkClip
	for i := range voices {
		a, err := readSound(ctx, voices[i].file)
		if err != nil {
			return nil, err
		}
		b, err := readSound(ctx, voices[(i+1)%len(voices)].file)
		if err != nil {
			return nil, err
		}
		pcm, turns := dialogue(a, b, uint64(i))
		file := filepath.Join(dir, fmt.Sprintf("%d.wav", i))
		if err := os.WriteFile(file, wav(pcm), 0o600); err != nil {
			return nil, err
		}
		out = append(out, talkClip{name: "dialogues made of these", file: file, length: models.At(int64(len(pcm))), turns: turns})
	}
	return out, nil
}

// readSound is a clip as 16 kHz mono, each voice as loud as the others.
func readSound(ctx context.Context, file string) ([]int16, error) {
	raw, err := quiet(command(ctx, "", "ffmpeg", "-nostdin", "-v", "error", "-i", file, "-ac", "1", "-ar", strconv.Itoa(renderRate), "-f", "s16le", "-"))
	if err != nil {
		return nil, err
	}
	pcm := make([]int16, min(len(raw)/2, mostSaid))
	var energy float64
	for i := range pcm {
		pcm[i] = int16(uint16(raw[2*i]) | uint16(raw[2*i+1])<<8)
		energy += float64(pcm[i]) * float64(pcm[i])
	}
	gain := loudnessSaid / (1 + math.Sqrt(energy/float64(len(pcm)+1)))
	for i, v := range pcm {
		pcm[i] = int16(min(max(float64(v)*gain, -1<<15), 1<<15-1))
	}
	return pcm, nil
}

// dialogue lets A and B speak by turns of half a second to five, cut where they
// are quiet, with pauses of up to a second and the noise of a quiet room between.
func dialogue(a, b []int16, seed uint64) (pcm []int16, turns []voiceTurn) {
	r := rand.New(rand.NewPCG(seed, 5))
	left := [2][]int16{a, b}
	for who := 0; len(left[0])+len(left[1]) > 0; who = 1 - who {
		if len(left[who]) == 0 {
			continue
		}
		n := quietest(left[who], renderRate*(1+r.IntN(9))/2)
		pcm = append(pcm, make([]int16, renderRate/10*(1+r.IntN(10)))...)
		start := models.At(int64(len(pcm)))
		pcm = append(pcm, left[who][:n]...)
		left[who] = left[who][n:]
		turns = append(turns, voiceTurn{models.Span{Start: start, End: models.At(int64(len(pcm)))}, string(rune('A' + who))})
	}
	for i := range pcm {
		pcm[i] = int16(min(max(int(pcm[i])+r.IntN(2*roomNoise+1)-roomNoise, -1<<15), 1<<15-1))
	}
	return pcm, turns
}

// quietest is the place within half a second after n at which it is most quiet,
// in whole frames of 50 ms; the end where that is near.
func quietest(pcm []int16, n int) int {
	const frame, reach = renderRate / 20, renderRate / 2
	if len(pcm) < n+2*reach {
		return len(pcm)
	}
	best, least := n, math.Inf(1)
	for at := n; at < n+reach; at += frame {
		var energy float64
		for _, v := range pcm[at-frame/2 : at+frame/2] {
			energy += float64(v) * float64(v)
		}
		if energy < least {
			best, least = at, energy
		}
	}
	return best
}
