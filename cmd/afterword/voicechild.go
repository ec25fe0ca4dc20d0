package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/weights"
	"github.com/afterword/afterword/transcribe/voice"
)

// Voices are told apart in a child process, which holds neither key nor store:
// it gets the words on its standard input, asks there for the sound of one
// stretch after another, and answers on its standard output. Nothing of that is
// written anywhere. Should it crash or hang, the session goes on without.

// voiceOrder is the first line that the child reads. It has segments to tell
// voices apart in, or spans in which one voice speaks.
type voiceOrder struct {
	Weights  string
	Threads  int
	Segments []models.Segment `json:",omitempty"`
	Spans    []models.Span    `json:",omitempty"`
}

// voiceLine is one line of the child. To Need it gets the number of samples as
// four bytes, little-endian, then the samples; noSound where they cannot be had.
type voiceLine struct {
	Need        *models.Span     `json:",omitempty"`
	Done, Total int              `json:",omitempty"` // windows
	Voices      *voice.Voices    `json:",omitempty"`
	Print       *voice.Embedding `json:",omitempty"`
	Error       string           `json:",omitempty"`
	Code        models.Code      `json:",omitempty"`
}

const noSound = 1<<32 - 1

func newVoices(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "voices", Hidden: true, Args: cobra.NoArgs,
		Short: "Tell voices apart; started by the program itself",
		RunE: func(cmd *cobra.Command, _ []string) error {
			in := bufio.NewReaderSize(a.stdin, 1<<16)
			line, err := in.ReadBytes('\n')
			var o voiceOrder
			if err == nil {
				err = json.Unmarshal(line, &o)
			}
			if err != nil {
				return usagef("voices is started by the program itself; 'afterword speakers' shows who spoke")
			}
			out := json.NewEncoder(a.stdout)
			answer, err := hearVoices(cmd.Context(), o, in, out)
			if err != nil {
				answer = voiceLine{Error: err.Error(), Code: models.CodeOf(err)}
			}
			return out.Encode(answer)
		},
	}
}

// hearVoices is the body of the child.
func hearVoices(ctx context.Context, o voiceOrder, in io.Reader, out *json.Encoder) (voiceLine, error) {
	if err := proveWeights(o.Weights, weights.Verify); err != nil {
		return voiceLine{}, err
	}
	e, err := voice.Load(o.Weights)
	if err != nil {
		return voiceLine{}, err
	}
	h := voice.Hearing{
		Threads: o.Threads,
		Sound: func(_ context.Context, span models.Span) ([]int16, error) {
			if err := out.Encode(voiceLine{Need: &span}); err != nil {
				return nil, err
			}
			return readSamples(in, span)
		},
		Progress: func(done, total int) { _ = out.Encode(voiceLine{Done: done, Total: total}) },
	}
	if o.Spans != nil {
		p, err := e.Print(ctx, o.Spans, h)
		return voiceLine{Print: &p}, err
	}
	v, err := e.TellApart(ctx, o.Segments, h)
	return voiceLine{Voices: &v}, err
}

func readSamples(in io.Reader, span models.Span) ([]int16, error) {
	var n uint32
	if err := binary.Read(in, binary.LittleEndian, &n); err != nil {
		return nil, fmt.Errorf("read sound: %w", err)
	}
	if n == noSound {
		return nil, models.Errorf(models.Unusable, "read sound: it is not there")
	}
	if int64(n) > models.Samples(span.Len())+1 {
		return nil, models.Errorf(models.Internal, "read sound: there is more than was asked for")
	}
	pcm := make([]int16, n)
	if err := binary.Read(in, binary.LittleEndian, pcm); err != nil {
		return nil, fmt.Errorf("read sound: %w", err)
	}
	return pcm, nil
}

// voiceStall is how long the child may say nothing before it counts as hung. At
// the end it groups what it heard: half a minute for three hours of speech.
const voiceStall = 10 * time.Minute

// voiceJob is one run of the child.
type voiceJob struct {
	voiceOrder
	sound voice.Sound
	tell  func(done, total int) // nil for nobody
	slow  func() bool           // whether a recording must go first; nil for never
}

// askVoices runs the child. The error of a child that died, hung or could not do
// it is Unusable; NotFound where there is no voice to hear.
func (a *app) askVoices(ctx context.Context, j voiceJob) (voiceLine, error) {
	exe, err := self()
	if err != nil {
		return voiceLine{}, err
	}
	child, kill := context.WithCancel(ctx)
	defer kill()
	cmd := exec.CommandContext(child, exe, "voices")
	cmd.Env = append(os.Environ(), "GOMAXPROCS="+strconv.Itoa(max(1, j.Threads)), "GOMEMLIMIT=256MiB")
	cmd.WaitDelay = 3 * time.Second
	childAttributes(cmd)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return voiceLine{}, fmt.Errorf("start voices: %w", err)
	}
	stdout, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return voiceLine{}, fmt.Errorf("start voices: %w", err)
	}
	var hung atomic.Bool
	stall := time.AfterFunc(voiceStall, func() { hung.Store(true); kill() })
	defer stall.Stop()
	answer, err := j.talk(ctx, cmd.Process.Pid, stdin, stdout, func() { stall.Reset(voiceStall) })
	stdin.Close()
	if err != nil {
		kill()
	}
	ended := cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return voiceLine{}, context.Cause(ctx)
	case hung.Load():
		return voiceLine{}, models.Errorf(models.Unusable, "tell voices apart: the process for it hung")
	case err != nil && ended != nil && models.CodeOf(err) == models.Internal:
		return voiceLine{}, models.Errorf(models.Unusable, "tell voices apart: the process for it died: %w", ended)
	}
	return answer, err
}

// talk gives the child its order and what it asks for, until it has an answer.
func (j voiceJob) talk(ctx context.Context, pid int, in io.Writer, out io.Reader, alive func()) (voiceLine, error) {
	order, err := json.Marshal(j.voiceOrder)
	if err != nil {
		return voiceLine{}, err
	}
	if _, err := in.Write(append(order, '\n')); err != nil {
		return voiceLine{}, fmt.Errorf("give order: %w", err)
	}
	lines := json.NewDecoder(out)
	slowed := false
	for {
		var l voiceLine
		if err := lines.Decode(&l); err != nil {
			return l, fmt.Errorf("hear from voices: %w", err)
		}
		alive()
		if j.slow != nil && j.slow() && !slowed {
			slowed = true
			_ = setPriority(pid, 10)
		}
		switch {
		case l.Need != nil:
			if err := j.give(ctx, in, *l.Need); err != nil {
				return l, err
			}
		case l.Error != "":
			return l, models.Errorf(l.Code, "%s", l.Error)
		case l.Voices != nil || l.Print != nil:
			return l, nil
		case j.tell != nil:
			j.tell(l.Done, l.Total)
		}
	}
}

func (j voiceJob) give(ctx context.Context, in io.Writer, span models.Span) error {
	pcm, err := j.sound(ctx, span)
	if err != nil {
		return errors.Join(err, binary.Write(in, binary.LittleEndian, uint32(noSound)))
	}
	b := binary.LittleEndian.AppendUint32(make([]byte, 0, 4+2*len(pcm)), uint32(len(pcm)))
	for _, v := range pcm {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	if _, err := in.Write(b); err != nil {
		return fmt.Errorf("give sound: %w", err)
	}
	return nil
}
