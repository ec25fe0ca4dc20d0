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
	"time"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/capture/audio"
	"github.com/afterword/afterword/capture/mic"
	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/weights"
)

const (
	enrolFor    = 20 * time.Second // of speech from the microphone
	enrolMost   = 60 * time.Second // of waiting for it
	enrolLeast  = 5 * time.Second  // of speech to learn a voice from
	enrolFile   = 10 * time.Minute // of a file that is listened to
	micSilent   = 5 * time.Second  // without a sample: the microphone does not work
	readItAloud = `"I am reading this so that the program knows my voice. I speak as I would in a
session, neither louder nor softer. On most days I get up early, make some tea
and look out of the window. Then I think about what I would like to say, what
went well since the last time, and what I would rather not talk about yet."`
)

func newEnrol(a *app) *cobra.Command {
	var file, device string
	var forget bool
	cmd := &cobra.Command{
		Use:   "enrol [SESSION VOICE]",
		Short: "Let your voice be learned, so that it is known again",
		Long: `Let your voice be learned, so that it is known again in later sessions.

It takes 20 seconds from the microphone, a file in which only you speak, or a
voice of a session. What is kept is not sound: 256 numbers, sealed like all the
rest, from which no word can be had. Only yours is ever kept, and only if you
ask for it here. From then on, what you say with 'speakers' makes it better.
What was learned from a session is forgotten with it; --forget destroys all of
it.`,
		Example: `  afterword enrol                      from the microphone
  afterword enrol --file me.m4a        from a file in which only you speak
  afterword enrol last S1              S1 of the last session is you
  afterword enrol --forget`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 || len(args) > 2 {
				return usagef("enrol wants a session and a voice of it, such as 'enrol last S1', or neither")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			switch {
			case forget && len(args) == 0:
				return a.forgetVoice(ctx)
			case (file != "" || forget) && len(args) > 0:
				return usagef("enrol takes one of: a session and a voice, --file, --forget")
			}
			if err := a.open(ctx); err != nil {
				return err
			}
			if len(args) == 2 {
				return a.enrolSession(ctx, args[0], args[1])
			}
			return a.enrol(ctx, file, device)
		},
		ValidArgsFunction: a.completeSessions,
	}
	f := cmd.Flags()
	f.StringVar(&file, "file", "", "learn it from `FILE`, in which only you speak")
	f.StringVar(&device, "device", "", "microphone: number, identity or part of the name (see 'devices')")
	f.BoolVar(&forget, "forget", false, "destroy all that was learned of your voice")
	cmd.MarkFlagsMutuallyExclusive("file", "device", "forget")
	_ = cmd.RegisterFlagCompletionFunc("device", completeDevices)
	a.jsonFlag(cmd)
	return cmd
}

func (a *app) forgetVoice(ctx context.Context) error {
	if err := a.openLocked(ctx); err != nil {
		return err
	}
	n, err := a.store.ForgetPrints(ctx)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{"schema_version": schemaVersion, "enrolled": false, "forgotten": n})
	}
	if n == 0 {
		a.note("Nothing was known of your voice.")
		return nil
	}
	a.note("What was known of your voice is destroyed. Who is who in earlier sessions stays as it is.")
	return nil
}

// enrolSession learns the client's voice from a voice of a session, which is
// thereby named theirs.
func (a *app) enrolSession(ctx context.Context, session, name string) error {
	s, err := a.openSession(ctx, []string{session})
	if err != nil {
		return err
	}
	who, err := parseSpeaker(name)
	if err != nil {
		return err
	}
	t, err := a.store.Transcript(ctx, s.ID)
	if err != nil {
		return err
	}
	names, err := correction{client: string(who)}.names(t.Segments)
	if err != nil {
		return err
	}
	if err := a.needVoiceModel(); err != nil {
		return err
	}
	if err := a.learnFrom(ctx, s, who); err != nil {
		return err
	}
	if who != models.Client {
		if err := a.correctSpeakers(ctx, s, names, nil); err != nil {
			return err
		}
	}
	return a.enrolled(ctx)
}

// needVoiceModel says at once what is missing, before anybody has to speak.
func (a *app) needVoiceModel() error {
	path, err := weights.Find(weights.Voice, a.home.WeightFolders())
	if err != nil {
		return models.WithHint(models.Errorf(models.NoModel, "what tells voices apart is not here"), "'afterword models get voice' fetches it")
	}
	return proveWeights(path, weights.Verify)
}

func (a *app) enrol(ctx context.Context, file, device string) error {
	if err := a.needVoiceModel(); err != nil {
		return err
	}
	var pcm []int16
	var err error
	if file != "" {
		pcm, err = a.soundOf(ctx, file)
	} else {
		pcm, err = a.speakNow(ctx, device)
	}
	if err != nil {
		return err
	}
	return a.enrolSound(ctx, pcm)
}

// enrolSound learns the client's voice from 16 kHz mono sound, in place of all
// that was known of it.
func (a *app) enrolSound(ctx context.Context, pcm []int16) error {
	spans := a.voicedIn(pcm)
	if err := enoughSpeech(spans); err != nil {
		return err
	}
	path, err := weights.Find(weights.Voice, a.home.WeightFolders())
	if err != nil {
		return err
	}
	p, err := a.hearOne(ctx, path, spans, func(_ context.Context, s models.Span) ([]int16, error) {
		n := int64(len(pcm))
		return pcm[min(n, models.Samples(s.Start)):min(n, models.Samples(s.End))], nil
	})
	if err != nil {
		return err
	}
	if _, err := a.store.ForgetPrints(ctx); err != nil && models.CodeOf(err) != models.Busy {
		return err
	}
	if err := a.store.SavePrint(ctx, models.Print{Embedding: p[:]}); err != nil {
		return err
	}
	return a.enrolled(ctx)
}

func (a *app) enrolled(ctx context.Context) error {
	if a.json {
		prints, err := a.store.Prints(ctx)
		if err != nil {
			return err
		}
		return a.printJSON(map[string]any{"schema_version": schemaVersion, "enrolled": true, "prints": len(prints)})
	}
	a.note("Your voice is learned. 'afterword enrol --forget' destroys what is known of it.")
	return nil
}

// voicedIn is where somebody speaks.
func (a *app) voicedIn(pcm []int16) (out []models.Span) {
	k := a.newCutter(1)
	for _, c := range append(k.Write(pcm), k.Close()...) {
		out = append(out, c.Voiced[0]...)
	}
	return out
}

func enoughSpeech(spans []models.Span) error {
	var sum time.Duration
	for _, s := range spans {
		sum += s.Len()
	}
	if sum >= enrolLeast {
		return nil
	}
	return models.WithHint(models.Errorf(models.Unusable, "there are only %.0f seconds of speech in it, too little to know a voice by", sum.Seconds()),
		"20 seconds are enough; speak as near to the microphone as in a session")
}

// soundOf reads the beginning of a file, 16 kHz mono.
func (a *app) soundOf(ctx context.Context, file string) ([]int16, error) {
	if _, err := os.Stat(file); err != nil {
		return nil, fileError(err, file)
	}
	stream, err := a.decode(ctx, file, 1)
	if err != nil {
		return nil, unreadable(file, err)
	}
	defer stream.Close()
	var pcm []int16
	buf := make([]int16, models.Rate)
	for ctx.Err() == nil && len(pcm) < int(models.Samples(enrolFile)) {
		n, err := stream.Read(buf)
		pcm = append(pcm, buf[:n]...)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, unreadable(file, err)
		}
	}
	return pcm, context.Cause(ctx)
}

// speakNow listens to the microphone until there are 20 seconds of speech. The
// microphone is opened in a child process: a sound system may hang.
func (a *app) speakNow(ctx context.Context, device string) ([]int16, error) {
	id := ""
	if device != "" {
		all, err := mic.Devices()
		if err != nil {
			return nil, err
		}
		if id, err = chooseDevice(all, device); err != nil {
			return nil, err
		}
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
	pcm, err := a.takeSpeech(bufio.NewReader(out), stop)
	stop()
	_ = cmd.Wait()
	if ctx.Err() != nil {
		a.note("Stopped; nothing was kept.")
		return nil, context.Cause(ctx)
	}
	return pcm, err
}

// takeSpeech reads what the child hears until there is enough speech.
func (a *app) takeSpeech(in *bufio.Reader, stop func()) ([]int16, error) {
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
	a.note("Speak for about 20 seconds, as you would in a session. You may read this aloud:\n\n%s\n", readItAloud)
	bar := a.newProgress("")
	defer bar.Close()
	var pcm []int16
	buf := make([]int16, models.Rate/2)
	var heard time.Duration
	for heard < enrolFor {
		if err := binary.Read(in, binary.LittleEndian, buf); err != nil {
			break
		}
		silent.Reset(micSilent)
		pcm = append(pcm, buf...)
		heard = 0
		for _, s := range a.voicedIn(pcm) {
			heard += s.Len()
		}
		bar.Say("Listening", min(heard, enrolFor), enrolFor)
	}
	return pcm, nil
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
