package main

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/capture"
	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/weights"
)

const (
	enrolFor    = 20 * time.Second // of speech from the microphone
	enrolMost   = 60 * time.Second // of waiting for it, once the microphone is open
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
		pcm, err = a.speakToTerminal(ctx, device)
	}
	if err == nil {
		err = a.enrolSound(ctx, pcm)
	}
	if err != nil {
		return err
	}
	return a.enrolled(ctx)
}

// speakToTerminal is speakNow with a bar.
func (a *app) speakToTerminal(ctx context.Context, device string) ([]int16, error) {
	var bar *progress
	pcm, err := a.speakNow(ctx, device, func(h hearing) {
		if bar == nil {
			a.note("Speak for about 20 seconds, as you would in a session. You may read this aloud:\n\n%s\n", readItAloud)
			bar = a.newProgress("")
		}
		bar.Say("Listening", h.Heard, enrolFor)
	})
	if bar != nil {
		bar.Close()
	}
	if ctx.Err() != nil {
		a.note("Stopped; nothing was kept.")
	}
	return pcm, err
}

// enrolSound learns the client's voice from 16 kHz mono sound, in place of all
// that was known of it.
func (a *app) enrolSound(ctx context.Context, pcm []int16) error {
	spans := voicedIn(a.newCutter(1), pcm)
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
	ctx = context.WithoutCancel(ctx) // not what was known gone, and nothing in its place
	if _, err := a.store.ForgetPrints(ctx); err != nil && models.CodeOf(err) != models.Busy {
		return err
	}
	return a.store.SavePrint(ctx, models.Print{Embedding: p[:]})
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

// voicedIn is where somebody may speak in mono sound, as k hears it.
func voicedIn(k *capture.Cutter, pcm []int16) (out []models.Span) {
	for _, c := range append(k.Write(pcm), k.Close()...) {
		out = append(out, c.Voiced[0]...)
	}
	return out
}

// sumOf is how long some spans are together.
func sumOf(spans []models.Span) (sum time.Duration) {
	for _, s := range spans {
		sum += s.Len()
	}
	return sum
}

func enoughSpeech(spans []models.Span) error {
	sum := sumOf(spans)
	if sum >= enrolLeast {
		return nil
	}
	return models.WithHint(models.Errorf(models.Unusable, "there is only %.0f s of speech in it, too little to know a voice by", sum.Seconds()),
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
