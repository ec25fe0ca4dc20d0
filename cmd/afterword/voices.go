package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/afterword/afterword/capture"
	"github.com/afterword/afterword/extract"
	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/weights"
	"github.com/afterword/afterword/transcribe/voice"
)

// Who spoke is found out between the last word and the first item. Whatever goes
// wrong here, the session goes on: with nobody told apart, and a sentence that
// says so.

// voiceStage is how telling voices apart shows itself.
type voiceStage struct {
	tell func(done, total int)
	slow func() bool
}

// tellApart finds out who spoke in a session whose words are all there, unless
// that is done. Segments, roles and the mark that it is done are stored at once.
func (a *app) tellApart(ctx context.Context, id models.SessionID, st voiceStage) error {
	var err error
	for range 3 { // the client may change something meanwhile
		if err = a.tryApart(ctx, id, st); models.CodeOf(err) != models.Conflict {
			return err
		}
	}
	return err
}

func (a *app) tryApart(ctx context.Context, id models.SessionID, st voiceStage) error {
	before, err := a.store.Voicing(ctx, id)
	if err != nil || before.Done {
		return err
	}
	s, err := a.store.FindSession(ctx, id)
	if err != nil {
		return err
	}
	t, err := a.store.Transcript(ctx, id)
	if err != nil {
		return err
	}
	f := voiceFinder{a: a, s: s, was: t.Segments, stage: st}
	now := models.Voicing{Named: before.Named}
	if now.Outcome, err = f.find(ctx); err != nil {
		if ctx.Err() != nil || models.CodeOf(err) == models.Locked {
			return err
		}
		a.log.Warn("voices cannot be told apart", "session", id, "error", err.Error())
		now.Outcome, f.pieces = models.VoicesFailed, nil
	}
	switch {
	case f.pieces == nil:
		f.pieces = alone(f.was)
	case before.Named == models.NamedByPerson:
		f.rename(sameNames(f.was, f.pieces))
	default:
		var names map[models.Speaker]models.Speaker
		names, now.Named = f.names(ctx)
		f.rename(names)
	}
	err = a.store.SaveVoices(ctx, id, f.was, f.pieces, now)
	if models.CodeOf(err) == models.Invalid { // an answer that nobody may believe
		a.log.Warn("voices cannot be stored", "session", id, "error", err.Error())
		return a.store.SaveVoices(ctx, id, f.was, alone(f.was), models.Voicing{Outcome: models.VoicesFailed, Named: before.Named})
	}
	return err
}

// voiceFinder is at work on one session.
type voiceFinder struct {
	a       *app
	s       models.Session
	was     []models.Segment
	stage   voiceStage
	channel map[int]int                        // by chunk
	pieces  [][]models.Segment                 // of each segment; nil leaves all as they are
	prints  map[models.Speaker]voice.Embedding // of the voices, where they were heard
}

// alone are the segments as they are.
func alone(was []models.Segment) [][]models.Segment {
	out := make([][]models.Segment, len(was))
	for i, g := range was {
		out[i] = []models.Segment{g}
	}
	return out
}

func (f *voiceFinder) find(ctx context.Context) (models.VoicesOutcome, error) {
	chunks, err := f.a.store.Chunks(ctx, f.s.ID)
	if err != nil {
		return "", err
	}
	f.channel = map[int]int{}
	for _, c := range chunks {
		f.channel[c.Seq] = c.Channel
	}
	path, err := weights.Find(weights.Voice, f.a.home.WeightFolders())
	absent := models.CodeOf(err) == models.NoModel
	if err != nil && !absent {
		return "", err
	}
	if f.s.Channels == 2 {
		f.pieces = alone(f.was)
		for i, g := range f.was {
			f.pieces[i][0].Speaker = models.Speaker(fmt.Sprintf("S%d", f.channel[g.Chunk]+1))
		}
		if !absent {
			f.hearChannels(ctx, path)
		}
		return models.VoicesChannels, ctx.Err()
	}
	if absent {
		return models.VoicesNoModel, nil
	}
	if len(f.was) == 0 {
		return models.VoicesTold, nil
	}
	return models.VoicesTold, f.hear(ctx, path)
}

// hear tells the voices of one channel apart. A child that died is given a
// second chance.
func (f *voiceFinder) hear(ctx context.Context, path string) error {
	j := voiceJob{
		voiceOrder: voiceOrder{Weights: path, Threads: f.a.set.States, Segments: f.was},
		sound:      f.sound(0), tell: f.stage.tell, slow: f.stage.slow,
	}
	got, err := f.a.askVoices(ctx, j)
	if models.CodeOf(err) == models.Unusable && ctx.Err() == nil {
		got, err = f.a.askVoices(ctx, j)
	}
	if err != nil {
		return err
	}
	if got.Voices == nil {
		return models.Errorf(models.Unusable, "tell voices apart: the answer is no answer")
	}
	if f.pieces, err = regroup(f.was, got.Voices.Segments); err != nil {
		return err
	}
	f.prints = map[models.Speaker]voice.Embedding{}
	for i, p := range got.Voices.Prints {
		f.prints[models.Speaker(fmt.Sprintf("S%d", i+1))] = p
	}
	return nil
}

// regroup finds out which pieces came of which segment.
func regroup(was, pieces []models.Segment) ([][]models.Segment, error) {
	out := make([][]models.Segment, len(was))
	for i, g := range was {
		words := 0
		for len(pieces) > 0 && pieces[0].Seq == g.Seq {
			words += len(pieces[0].Words)
			out[i] = append(out[i], pieces[0])
			pieces = pieces[1:]
		}
		if len(out[i]) == 0 || words != len(g.Words) {
			return nil, models.Errorf(models.Unusable, "tell voices apart: words of segment %d are missing", g.Seq)
		}
	}
	if len(pieces) > 0 {
		return nil, models.Errorf(models.Unusable, "tell voices apart: there are %d segments too many", len(pieces))
	}
	return out, nil
}

// hearChannels makes the prints of the two channels, if there is one to compare
// them with. Without them the words tell who is who.
func (f *voiceFinder) hearChannels(ctx context.Context, path string) {
	if f.a.clientVoice(ctx) == (voice.Embedding{}) {
		return
	}
	f.prints = map[models.Speaker]voice.Embedding{}
	for c := range 2 {
		who := models.Speaker(fmt.Sprintf("S%d", c+1))
		p, err := f.a.hearOne(ctx, path, spansOf(f.pieces, who), f.sound(c))
		if err != nil {
			if models.CodeOf(err) != models.NotFound {
				f.a.log.Warn("the voice of a channel cannot be heard", "session", f.s.ID, "channel", c, "error", err.Error())
			}
			f.prints = nil
			return
		}
		f.prints[who] = p
	}
}

// enoughVoice is how much of a voice is listened to for its print.
const enoughVoice = 3 * 60 // seconds

// hearOne is the print of a single voice.
func (a *app) hearOne(ctx context.Context, path string, spans []models.Span, sound voice.Sound) (voice.Embedding, error) {
	slices.SortStableFunc(spans, func(a, b models.Span) int { return cmp.Compare(b.Len(), a.Len()) })
	var sum float64
	for i, s := range spans {
		if sum += s.Len().Seconds(); sum > enoughVoice {
			spans = spans[:i+1]
			break
		}
	}
	slices.SortFunc(spans, func(a, b models.Span) int { return cmp.Compare(a.Start, b.Start) })
	if len(spans) == 0 {
		return voice.Embedding{}, models.Errorf(models.NotFound, "hear a voice: it says nothing")
	}
	got, err := a.askVoices(ctx, voiceJob{voiceOrder: voiceOrder{Weights: path, Threads: a.set.States, Spans: spans}, sound: sound})
	if err == nil && got.Print == nil {
		err = models.Errorf(models.Unusable, "hear a voice: the answer is no answer")
	}
	if err != nil {
		return voice.Embedding{}, err
	}
	return *got.Print, nil
}

// spansOf is where a speaker's words are.
func spansOf(pieces [][]models.Segment, who models.Speaker) (out []models.Span) {
	for _, ps := range pieces {
		for _, p := range ps {
			if p.Speaker == who && !p.HeldBack() {
				out = append(out, p.Span)
			}
		}
	}
	return out
}

// sound reads a channel. Where nothing was captured, or what was captured cannot
// be read, it is silent: the ledger tells of that.
func (f *voiceFinder) sound(channel int) voice.Sound {
	return func(ctx context.Context, span models.Span) ([]int16, error) {
		span.End = min(span.End, f.s.Duration)
		if span.Len() == 0 {
			return nil, nil
		}
		pcm, err := f.a.readSound(ctx, f.s.ID, span, channel)
		if missing := (*capture.Missing)(nil); errors.As(err, &missing) {
			err = nil
		}
		return pcm, err
	}
}

const (
	// known is how like the print a voice must be to be the client's, and nearer
	// how much more like it than any other voice.
	known  = 0.70
	nearer = 0.05
)

// names says which voice is whose: by the client's print, else by the way they
// talk. Empty where neither is plain.
func (f *voiceFinder) names(ctx context.Context) (map[models.Speaker]models.Speaker, models.NamedBy) {
	if names := byPrint(f.prints, f.a.clientVoice(ctx)); names != nil {
		return names, models.NamedByVoice
	}
	if names := extract.Roles(slices.Concat(f.pieces...)); names != nil {
		return names, models.NamedByWords
	}
	return nil, models.NamedByNone
}

// clientVoice is what the client sounds like, by all that was ever heard; zero
// where they never let it be learned.
func (a *app) clientVoice(ctx context.Context) (sum voice.Embedding) {
	prints, err := a.store.Prints(ctx)
	if err != nil {
		return sum
	}
	for _, p := range prints {
		for i := range min(len(sum), len(p.Embedding)) {
			sum[i] += p.Embedding[i]
		}
	}
	return sum.Unit()
}

// byPrint finds the client's voice; of two, the other is the therapist's.
func byPrint(prints map[models.Speaker]voice.Embedding, client voice.Embedding) map[models.Speaker]models.Speaker {
	var best models.Speaker
	top, second := float32(-1), float32(-1)
	for _, who := range slices.Sorted(maps.Keys(prints)) {
		p := prints[who]
		if d := p.Dot(&client); d > top {
			best, top, second = who, d, top
		} else {
			second = max(second, d)
		}
	}
	if top < known || top-second < nearer {
		return nil
	}
	names := map[models.Speaker]models.Speaker{best: models.Client}
	for who := range prints {
		if who != best && len(prints) == 2 {
			names[who] = models.Therapist
		}
	}
	return names
}

// sameNames gives voices the names that they had before, by the words they share.
func sameNames(was []models.Segment, pieces [][]models.Segment) map[models.Speaker]models.Speaker {
	type pair struct{ now, then models.Speaker }
	shared := map[pair]int{}
	taken := map[models.Speaker]bool{models.Unknown: true}
	for i, ps := range pieces {
		for _, p := range ps {
			if p.Speaker != models.Unknown && was[i].Speaker != models.Unknown && was[i].Speaker != "" {
				shared[pair{p.Speaker, was[i].Speaker}] += 1 + len(p.Words)
			}
		}
	}
	order := slices.SortedFunc(maps.Keys(shared), func(a, b pair) int {
		return cmp.Or(cmp.Compare(shared[b], shared[a]), cmp.Compare(a.now, b.now), cmp.Compare(a.then, b.then))
	})
	out := map[models.Speaker]models.Speaker{}
	for _, p := range order {
		if _, named := out[p.now]; !named && !taken[p.then] {
			out[p.now], taken[p.then] = p.then, true
		}
	}
	n := 1
	for _, ps := range pieces {
		for _, p := range ps {
			if _, named := out[p.Speaker]; named || p.Speaker == models.Unknown || p.Speaker == "" {
				continue
			}
			for taken[models.Speaker(fmt.Sprintf("S%d", n))] {
				n++
			}
			free := models.Speaker(fmt.Sprintf("S%d", n))
			out[p.Speaker], taken[free] = free, true
		}
	}
	return out
}

func (f *voiceFinder) rename(names map[models.Speaker]models.Speaker) {
	for _, ps := range f.pieces {
		for i := range ps {
			if to, ok := names[ps[i].Speaker]; ok {
				ps[i].Speaker = to
			}
		}
	}
}

// reportVoices says what keeps the program from knowing who spoke.
func (a *app) reportVoices(ctx context.Context, id models.SessionID) {
	v, err := a.store.Voicing(ctx, id)
	if err != nil {
		return
	}
	switch v.Outcome {
	case models.VoicesNoModel:
		a.note("Who spoke is not told: what tells voices apart is not here. 'afterword models get voice' fetches it; then run 'afterword speakers %s --again'.", id)
	case models.VoicesFailed:
		a.warn("who spoke could not be told; 'afterword speakers %s --again' tries it again, the log says why", id)
	}
}
