package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/capture"
	"github.com/afterword/afterword/capture/audio"
	"github.com/afterword/afterword/models"
)

// The sound behind an item goes from the sealed spool straight into a player's
// standard input: no file with it lies anywhere, unless one is asked for.

func newPlay(a *app) *cobra.Command {
	var out string
	around := time.Second
	cmd := &cobra.Command{
		Use:   "play ITEM",
		Short: "Hear the words behind an item",
		Long: `Hear the words behind an item, as they were said.

ITEM is an id as 'afterword items' prints it, or the beginning of one. The sound
is decrypted as it is played and lies in no file. With --output it is written
as a WAV file instead, which is not sealed; - is standard output.`,
		Example: "  afterword play 3f9c\n  afterword play 3f9c --around 5s\n  afterword play 3f9c -o promise.wav",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if around < 0 || around > time.Minute {
				return usagef("--around is 0 to 60 seconds, not %v", around)
			}
			return a.playItem(cmd.Context(), args[0], around, out)
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "write a WAV file instead of playing")
	cmd.Flags().DurationVar(&around, "around", around, "how much to hear before and after the words")
	return cmd
}

func (a *app) playItem(ctx context.Context, name string, around time.Duration, out string) error {
	if err := a.open(ctx); err != nil {
		return err
	}
	it, err := a.store.FindItem(ctx, models.ItemID(strings.ToLower(name)))
	if err != nil {
		return models.WithHint(err, "'afterword items' lists them with their ids")
	}
	sound, err := a.behindItem(ctx, it, around)
	if err != nil {
		return err
	}
	if out != "" {
		return a.writeSound(sound, out)
	}
	if !a.quiet {
		for _, e := range it.Evidence {
			if e.Segment >= 0 {
				fmt.Fprintf(a.stdout, "%s  “%s”\n", models.Clock(e.Span.Start), oneLine(strings.TrimSpace(e.Quote)))
			}
		}
	}
	return sound.play(ctx)
}

// behindItem is the sound behind an item, with so much before and after it.
func (a *app) behindItem(ctx context.Context, it models.Item, around time.Duration) (heardSound, error) {
	s, err := a.store.FindSession(ctx, it.Session)
	if err != nil {
		return heardSound{}, err
	}
	spans := behind(it, around, s.Duration)
	if len(spans) == 0 {
		return heardSound{}, models.WithHint(models.Errorf(models.NotFound, "the words behind item %s are no longer there", it.ID), "they were corrected or struck; 'afterword items' shows what is left")
	}
	return a.hear(ctx, it, spans)
}

// behind are the stretches of sound that an item's quotes stand in, in order,
// none twice. Those that lie closer than gapJoined are one.
func behind(it models.Item, around, length time.Duration) []models.Span {
	const gapJoined = 2 * time.Second
	var all []models.Span
	for _, e := range it.Evidence {
		if e.Segment < 0 || e.Span.End <= e.Span.Start {
			continue
		}
		all = append(all, models.Span{Start: max(0, e.Span.Start-around), End: e.Span.End + around})
	}
	slices.SortFunc(all, func(x, y models.Span) int { return cmp.Compare(x.Start, y.Start) })
	var out []models.Span
	for _, s := range all {
		if length > 0 {
			s.End = min(s.End, length)
		}
		if n := len(out); n > 0 && s.Start-out[n-1].End < gapJoined {
			out[n-1].End = max(out[n-1].End, s.End)
			continue
		}
		if s.End > s.Start {
			out = append(out, s)
		}
	}
	return out
}

// heardSound is decrypted sound, interleaved.
type heardSound struct {
	pcm            []int16
	rate, channels int
}

// hear decrypts the stretches, one behind the other with a short rest between.
func (a *app) hear(ctx context.Context, it models.Item, spans []models.Span) (heardSound, error) {
	ring, err := a.sessionRing(ctx, it.Session)
	if err != nil {
		return heardSound{}, err
	}
	var c heardSound
	some := false
	for i, span := range spans {
		pcm, rate, channels, err := a.spool.Read(it.Session, ring, span)
		missing := (*capture.Missing)(nil)
		switch {
		case models.CodeOf(err) == models.NotFound:
			return heardSound{}, models.WithHint(models.Errorf(models.NotFound, "there is no sound of session %s", it.Session), "'afterword show %s' has its words", it.Session)
		case err != nil && !errors.As(err, &missing):
			return heardSound{}, err
		}
		some = some || slices.ContainsFunc(pcm, func(v int16) bool { return v != 0 })
		if i > 0 {
			c.pcm = append(c.pcm, make([]int16, rate*channels/2)...)
		}
		c.pcm, c.rate, c.channels = append(c.pcm, pcm...), rate, channels
	}
	if !some {
		return heardSound{}, models.WithHint(models.Errorf(models.NotFound, "the sound behind item %s is gone", it.ID), "it was struck or not captured; 'afterword coverage %s' says which", it.Session)
	}
	return c, nil
}

func (a *app) writeSound(c heardSound, path string) error {
	if path == "-" {
		return audio.WriteWAV(a.stdout, c.pcm, c.rate, c.channels)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return models.WithHint(models.Errorf(models.Conflict, "%s is there already", shown(path)), "name another file")
	}
	if err != nil {
		return fileError(err, path)
	}
	if err := errors.Join(audio.WriteWAV(f, c.pcm, c.rate, c.channels), f.Close()); err != nil {
		return fileError(err, path)
	}
	return nil
}

// player is a program that plays what comes through its standard input: a WAV
// file, or samples alone where raw is set.
type player struct {
	name string
	raw  bool
	args func(rate, channels string) []string
}

func fixed(args ...string) func(string, string) []string {
	return func(string, string) []string { return args }
}

// players, the likeliest to be there and to sound first.
var players = []player{
	{"pacat", true, func(rate, channels string) []string {
		return []string{"--playback", "--raw", "--format=s16le", "--rate=" + rate, "--channels=" + channels, "--client-name=afterword", "--stream-name=afterword"}
	}},
	{"aplay", false, fixed("-q", "-")},
	{"play", false, fixed("-q", "-t", "wav", "-")},
	{"ffplay", false, fixed("-nodisp", "-autoexit", "-loglevel", "error", "-f", "wav", "-i", "-")},
	{"mpv", false, fixed("--no-video", "--really-quiet", "-")},
}

// play hands the sound to the first player that takes it. It returns when all
// was played, or ctx.Err() at once when ctx ends.
func (c heardSound) play(ctx context.Context) error {
	var tried []string
	for _, p := range players {
		path, err := exec.LookPath(p.name)
		if err != nil {
			continue
		}
		err = c.through(ctx, path, p)
		if err == nil || ctx.Err() != nil {
			return ctx.Err()
		}
		tried = append(tried, p.name)
	}
	const hint = "install pulseaudio-utils, alsa-utils, sox or ffmpeg, or write it with --output, or listen on the page ('afterword review')"
	if len(tried) == 0 {
		return models.WithHint(models.Errorf(models.Unusable, "no program that plays sound was found"), hint)
	}
	return models.WithHint(models.Errorf(models.Unusable, "%s could not play: there may be no sound card", strings.Join(tried, ", ")), hint)
}

func (c heardSound) through(ctx context.Context, path string, p player) error {
	var b bytes.Buffer
	var err error
	if p.raw {
		err = audio.WritePCM(&b, c.pcm)
	} else {
		err = audio.WriteWAV(&b, c.pcm, c.rate, c.channels)
	}
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, path, p.args(strconv.Itoa(c.rate), strconv.Itoa(c.channels))...)
	cmd.Stdin = &b
	cmd.Stdout, cmd.Stderr = io.Discard, io.Discard
	cmd.WaitDelay = 2 * time.Second
	return cmd.Run()
}
