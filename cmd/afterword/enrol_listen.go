package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"time"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/capture/audio"
	"github.com/afterword/afterword/capture/mic"
	"github.com/afterword/afterword/models"
)

// hearing is how far listening to a voice is.
type hearing struct {
	Peak  float64       // dBFS, of the last moment
	Heard time.Duration // of speech; enrolFor is enough
}

// speakNow listens to the microphone until there are 20 seconds of speech, and
// tells how far it is from the moment when the microphone is open. What it heard
// is kept in memory alone. The microphone is opened in a child process: a sound
// system may hang.
func (a *app) speakNow(ctx context.Context, device string, tell func(hearing)) ([]int16, error) {
	id, err := a.microphone(device)
	if err != nil {
		return nil, err
	}
	exe, err := self()
	if err != nil {
		return nil, err
	}
	listening, stop := context.WithTimeout(ctx, enrolMost)
	defer stop()
	cmd := exec.CommandContext(listening, exe, "listen")
	cmd.WaitDelay = 3 * time.Second
	cmd.Env = append(os.Environ(), listenDevice+"="+id)
	childAttributes(cmd)
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("start listening: %w", err)
	}
	pcm, err := a.takeSpeech(bufio.NewReader(out), stop, tell)
	stop()
	_ = cmd.Wait()
	if ctx.Err() != nil {
		clear(pcm)
		return nil, context.Cause(ctx)
	}
	return pcm, err
}

// takeSpeech reads what the child hears until there is enough speech.
func (a *app) takeSpeech(in *bufio.Reader, stop func(), tell func(hearing)) ([]int16, error) {
	silent := time.AfterFunc(micSilent+2*time.Second, stop)
	defer silent.Stop()
	line, err := in.ReadBytes('\n')
	var rep captureReply
	if err == nil {
		err = json.Unmarshal(line, &rep)
	}
	if err == nil {
		err = rep.err()
	}
	if err != nil {
		return nil, models.WithHint(models.Errorf(models.Unusable, "listen to the microphone: %w", err), "%s", orText(models.HintOf(err), "'afterword devices' lists the microphones"))
	}
	h := hearing{Peak: math.Inf(-1)}
	tell(h)
	var pcm []int16
	buf := make([]int16, models.Rate/8)
	for n := 1; h.Heard < enrolFor; n++ {
		if err := binary.Read(in, binary.LittleEndian, buf); err != nil {
			break
		}
		silent.Reset(micSilent)
		pcm = append(pcm, buf...)
		if n%4 == 0 {
			h.Heard = min(sumOf(voicedIn(a.newCutter(1), pcm)), enrolFor)
		}
		h.Peak = peakOf(buf)
		tell(h)
	}
	return pcm, nil
}

// peakOf is the highest level of a sound, in dBFS.
func peakOf(pcm []int16) float64 {
	most := 0.0
	for _, v := range pcm {
		most = max(most, math.Abs(float64(v)))
	}
	return 20 * math.Log10(most/-math.MinInt16)
}

func orText(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// listenDevice names the microphone to the child; it is no secret.
const listenDevice = "AFTERWORD_LISTEN_DEVICE"

func newListen(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "listen", Hidden: true, Args: cobra.NoArgs,
		Short: "Listen to a microphone; started by the program itself",
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.listen(cmd.Context()) },
	}
}

// listen is the body of the child: one line that says whether the microphone is
// open, then its sound at 16 kHz, mono, until somebody ends it.
func (a *app) listen(ctx context.Context) error {
	m, err := mic.Open(os.Getenv(listenDevice))
	if err != nil {
		var rep captureReply
		rep.refuse(err)
		_ = json.NewEncoder(a.stdout).Encode(rep)
		return childExit{exitFailure}
	}
	defer m.Close()
	if err := json.NewEncoder(a.stdout).Encode(captureReply{PID: os.Getpid()}); err != nil {
		return err
	}
	d := m.Device()
	rs := audio.NewResampler(d.Rate, models.Rate, 1)
	buf := make([]int16, d.Rate*d.Channels)
	t := time.NewTicker(50 * time.Millisecond)
	defer t.Stop()
	for {
		n, _, _ := m.Read(buf)
		pcm := resampled(rs, mixed(buf[:n], d.Channels), false)
		if err := binary.Write(a.stdout, binary.LittleEndian, pcm); err != nil {
			return nil // nobody listens any more
		}
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
	}
}

// mixed is the mean of the channels.
func mixed(pcm []int16, channels int) []int16 {
	if channels == 1 {
		return pcm
	}
	out := make([]int16, len(pcm)/channels)
	for i := range out {
		sum := 0
		for c := range channels {
			sum += int(pcm[i*channels+c])
		}
		out[i] = int16(sum / channels)
	}
	return out
}
