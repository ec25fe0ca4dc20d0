package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/weights"
)

// correction is what the client says about who spoke.
type correction struct {
	client   string   // the voice that is the client's
	swap     bool     // client and therapist change places
	set      []string // "S1=client"
	segments []string // "12=client", "1:20=therapist"
	again    bool
}

func newSpeakers(a *app) *cobra.Command {
	var c correction
	cmd := &cobra.Command{
		Use:   "speakers [SESSION]",
		Short: "Show who spoke, and say who is who",
		Long: `Show who spoke, and say who is who.

Voices are told apart by their sound. Which one is yours is known from what
'enrol' learned, else from the way the two of you talk; where neither is plain,
the voices are S1 and S2 until you say whose they are. What you say is kept, and
what rests on the words is found anew.

WHO is client, therapist, unknown or a voice such as S1. A segment is named by
its number in 'transcript --format json' or by its time.`,
		Example: `  afterword speakers                            who spoke in the last session
  afterword speakers 7f2c --client S2           S2 is you; of two, the other is the therapist
  afterword speakers 7f2c --swap                client and therapist are the wrong way round
  afterword speakers 7f2c --set S3=therapist
  afterword speakers 7f2c --segment 1:20=client
  afterword speakers 7f2c --again               tell the voices apart once more`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.speakers(cmd.Context(), args, c)
		},
		ValidArgsFunction: a.completeSessions,
	}
	f := cmd.Flags()
	f.StringVar(&c.client, "client", "", "this `VOICE` is yours; of two, the other is the therapist's")
	f.BoolVar(&c.swap, "swap", false, "client and therapist (or S1 and S2) change places")
	f.StringArrayVar(&c.set, "set", nil, "`VOICE=WHO`, such as S1=client")
	f.StringArrayVar(&c.segments, "segment", nil, "`SEGMENT=WHO`: who spoke one segment, by number or time")
	f.BoolVar(&c.again, "again", false, "tell the voices apart once more; what you said stays")
	cmd.MarkFlagsMutuallyExclusive("client", "swap", "set")
	a.jsonFlag(cmd)
	return cmd
}

func (a *app) speakers(ctx context.Context, args []string, c correction) error {
	s, err := a.openSession(ctx, args)
	if err != nil {
		return err
	}
	if c.again {
		if err := a.apartAgain(ctx, s); err != nil {
			return err
		}
	}
	t, err := a.store.Transcript(ctx, s.ID)
	if err != nil {
		return err
	}
	names, err := c.names(t.Segments)
	if err != nil {
		return err
	}
	spots, err := c.spots(t.Segments)
	if err != nil {
		return err
	}
	if len(names)+len(spots) > 0 {
		if err := a.correctSpeakers(ctx, s, names, spots); err != nil {
			return err
		}
		if len(names) > 0 {
			if err := a.learn(ctx, s); err != nil {
				a.note("What you said is kept. Your voice was not learned from it: %s.", oneLine(err.Error()))
			}
		}
		if t, err = a.store.Transcript(ctx, s.ID); err != nil {
			return err
		}
	}
	return a.showSpeakers(ctx, s, t)
}

// parseSpeaker reads who is meant; "me" and "you" are the client.
func parseSpeaker(text string) (models.Speaker, error) {
	who := strings.TrimSpace(text)
	switch lower := strings.ToLower(who); lower {
	case "client", "me", "you":
		return models.Client, nil
	case "therapist", "unknown":
		return models.Speaker(lower), nil
	}
	if n, ok := strings.CutPrefix(strings.ToUpper(who), "S"); ok && len(n) < 4 {
		if i, err := strconv.Atoi(n); err == nil && i > 0 {
			return models.Speaker(fmt.Sprintf("S%d", i)), nil
		}
	}
	return "", usagef("a speaker is client, therapist, unknown or a voice such as S1, not %q", oneLine(who))
}

// voicesOf are the voices of a session in order of appearance.
func voicesOf(all []models.Segment) (out []models.Speaker) {
	for _, g := range all {
		if g.Speaker != models.Unknown && g.Speaker != "" && !g.HeldBack() && !slices.Contains(out, g.Speaker) {
			out = append(out, g.Speaker)
		}
	}
	return out
}

// names are the voices that get another name.
func (c correction) names(all []models.Segment) (map[models.Speaker]models.Speaker, error) {
	voices := voicesOf(all)
	here := func(v models.Speaker) error {
		if slices.Contains(voices, v) {
			return nil
		}
		list := "it has none"
		if len(voices) > 0 {
			list = fmt.Sprintf("it has %s", strings.Join(texts(voices), ", "))
		}
		return models.WithHint(models.Errorf(models.NotFound, "the session has no voice %s", v), "%s; 'afterword speakers' shows them", list)
	}
	out := map[models.Speaker]models.Speaker{}
	switch {
	case c.client != "":
		v, err := parseSpeaker(c.client)
		if err != nil {
			return nil, err
		}
		if err := here(v); err != nil {
			return nil, err
		}
		return clientIs(v, voices), nil
	case c.swap:
		if len(voices) != 2 {
			return nil, models.WithHint(models.Errorf(models.Invalid, "swap speakers: the session has %d voices, not two", len(voices)), "say who is who with --set, such as --set S1=client")
		}
		return map[models.Speaker]models.Speaker{voices[0]: voices[1], voices[1]: voices[0]}, nil
	}
	for _, text := range c.set {
		from, to, ok := strings.Cut(text, "=")
		if !ok {
			return nil, usagef("--set wants VOICE=WHO, such as S1=client, not %q", oneLine(text))
		}
		f, err := parseSpeaker(from)
		if err != nil {
			return nil, err
		}
		if out[f], err = parseSpeaker(to); err != nil {
			return nil, err
		}
		if err := here(f); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// clientIs names a voice the client's. Of two the other is the therapist's; of
// more, whoever was called the client gives the name up.
func clientIs(v models.Speaker, voices []models.Speaker) map[models.Speaker]models.Speaker {
	out := map[models.Speaker]models.Speaker{v: models.Client}
	for _, w := range voices {
		if w != v && len(voices) == 2 {
			out[w] = models.Therapist
		} else if w != v && w == models.Client {
			out[w] = v
		}
	}
	return out
}

func texts(voices []models.Speaker) (out []string) {
	for _, v := range voices {
		out = append(out, string(v))
	}
	return out
}

// spot is who spoke one segment.
type spot struct {
	segment models.Segment
	who     models.Speaker
}

func (c correction) spots(all []models.Segment) (out []spot, err error) {
	for _, text := range c.segments {
		place, who, ok := strings.Cut(text, "=")
		if !ok {
			return nil, usagef("--segment wants SEGMENT=WHO, such as 1:20=client, not %q", oneLine(text))
		}
		var s spot
		if s.who, err = parseSpeaker(who); err != nil {
			return nil, err
		}
		if s.segment, err = findSegment(all, strings.TrimSpace(place)); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// findSegment finds a segment by its number, or the one that is spoken at a time
// or last before it.
func findSegment(all []models.Segment, place string) (models.Segment, error) {
	none := models.WithHint(models.Errorf(models.NotFound, "there is no segment %q", oneLine(place)), "name it by its number in 'transcript --format json', or by its time, such as 1:20")
	if n, err := strconv.Atoi(place); err == nil {
		if g, ok := (models.Transcript{Segments: all}).Segment(n); ok {
			return g, nil
		}
		return models.Segment{}, none
	}
	at, err := parseClock(place)
	if err != nil {
		return models.Segment{}, usagef("--segment names a segment by its number or by its time, such as 1:20, not %q", oneLine(place))
	}
	for i := len(all) - 1; i >= 0; i-- {
		// A time is printed without its fraction.
		if all[i].Span.Start.Truncate(time.Second) <= at && !all[i].HeldBack() {
			return all[i], nil
		}
	}
	return models.Segment{}, none
}

// correctSpeakers stores what the client said about who spoke, and finds the
// items anew: the terminal and the page both end here.
func (a *app) correctSpeakers(ctx context.Context, s models.Session, names map[models.Speaker]models.Speaker, spots []spot) error {
	for _, p := range spots {
		if err := a.store.SetSegmentSpeaker(ctx, p.segment, p.who); err != nil {
			return err
		}
	}
	if len(names) > 0 {
		if _, err := a.store.SetSpeakers(ctx, s.ID, names); err != nil {
			return err
		}
	}
	return a.findAgain(ctx, s.ID)
}

// learn makes what is known of the client's voice better by what they said of
// this session, if it was ever enrolled.
func (a *app) learn(ctx context.Context, s models.Session) error {
	prints, err := a.store.Prints(ctx)
	if err != nil || len(prints) == 0 {
		return err
	}
	return a.learnFrom(ctx, s, models.Client)
}

// learnFrom learns the client's voice from a speaker of a session.
func (a *app) learnFrom(ctx context.Context, s models.Session, who models.Speaker) error {
	t, err := a.store.Transcript(ctx, s.ID)
	if err != nil {
		return err
	}
	path, err := weights.Find(weights.Voice, a.home.WeightFolders())
	if err != nil {
		return err
	}
	channel, err := a.channelOf(ctx, s, t.Segments, who)
	if err != nil {
		return err
	}
	f := voiceFinder{a: a, s: s}
	spans := spansOf(alone(t.Segments), who)
	if err := enoughSpeech(spans); err != nil {
		return err
	}
	p, err := a.hearOne(ctx, path, spans, f.sound(channel))
	if err != nil {
		return err
	}
	return a.store.SavePrint(ctx, models.Print{Session: s.ID, Embedding: p[:]})
}

// channelOf is the channel in which a speaker is heard.
func (a *app) channelOf(ctx context.Context, s models.Session, all []models.Segment, who models.Speaker) (int, error) {
	if s.Channels < 2 {
		return 0, nil
	}
	for _, g := range all {
		if g.Speaker == who && !g.HeldBack() {
			c, err := a.store.FindChunk(ctx, s.ID, g.Chunk)
			return c.Channel, err
		}
	}
	return 0, nil
}

// apartAgain tells the voices of a session apart once more and waits for it.
func (a *app) apartAgain(ctx context.Context, s models.Session) error {
	if err := a.store.VoicesAgain(ctx, s.ID); err != nil {
		return err
	}
	bar := a.newProgress(s.Title)
	defer bar.Close()
	if err := a.complete(ctx, s.ID, a.barStage(bar, s)); err != nil {
		return err
	}
	bar.Close()
	v, err := a.store.Voicing(ctx, s.ID)
	if err != nil {
		return err
	}
	switch v.Outcome {
	case models.VoicesNoModel:
		return models.WithHint(models.Errorf(models.NoModel, "what tells voices apart is not here"), "'afterword models get voice' fetches it")
	case models.VoicesFailed:
		return models.WithHint(errors.New("the voices could not be told apart"), "the log says why: %s", a.home.LogFile())
	}
	return nil
}

// barStage shows on a bar how far telling voices apart is.
func (a *app) barStage(bar *progress, s models.Session) voiceStage {
	return voiceStage{tell: func(done, total int) {
		bar.Say("Telling voices apart", s.Duration*time.Duration(done)/time.Duration(max(1, total)), s.Duration)
	}}
}
