package extract

import (
	"context"

	"github.com/afterword/afterword/models"
)

// Config is what the extractor may know beside the transcript. The zero value
// works.
type Config struct {
	Next    models.Date   // the next appointment, empty if unknown
	Earlier []models.Item // open actions of earlier sessions
	Least   Least         // what a finding must reach
}

// Extractor finds items. It is safe for concurrent use.
type Extractor struct{ config Config }

// New makes an extractor.
func New(c Config) *Extractor { return &Extractor{config: c} }

// Extract finds the items of t, in the same order every time. Each has
// evidence that stands word for word in t. A transcript in a language that the
// rules do not know has no items but its key phrases, and a summary that says so. Extract returns
// ctx.Err() when ctx ends first.
func (x *Extractor) Extract(ctx context.Context, t models.Transcript) (models.Items, error) {
	out := models.Items{ID: t.ID, Phrases: Phrases(t)}
	if lang := language(t); lang != "en" {
		out.Summary = foreign(lang)
		if len(out.Phrases) > 0 {
			out.Summary += " The words that came back in it are listed."
		}
		return out, ctx.Err()
	}
	stop := func() bool { return ctx.Err() != nil }
	w := readTranscript(t, stop)
	if err := ctx.Err(); err != nil {
		return models.Items{}, err
	}
	l := x.ledger(t, w.talk)
	l.read(stop)
	l.overhear(stop)
	l.settleTimes()
	has, refused := readFeelings(w.talk, stop)
	fs := weighFeelings(l.clues, has, refused, stop)
	ts := readThemes(w.talk, fs, stop)
	if err := ctx.Err(); err != nil {
		return models.Items{}, err
	}
	ns := readNotesOf(w.talk, fs, stop)
	if err := ctx.Err(); err != nil {
		return models.Items{}, err
	}
	agreed := w.actions(l)
	out.List = append(out.List, agreed...)
	out.List = append(out.List, x.config.Least.filter(w.themes(ts))...)
	out.List = append(out.List, x.config.Least.filter(w.emotions(fs))...)
	out.List = append(out.List, w.notes(ns)...)
	out.List = append(out.List, w.loose(agreed)...)
	out.Summary = summarise(out.List, len(w.talk))
	return out, ctx.Err()
}

// readTranscript reads every segment that has words, until stop.
func readTranscript(t models.Transcript, stop func() bool) *writer {
	w := &writer{t: t}
	clients := roles(t.Segments)
	for i, s := range t.Segments {
		if i%64 == 0 && stop() {
			break
		}
		u := readSegment(s, clients[i])
		if len(u.toks) == 0 {
			continue
		}
		u.index = len(w.talk)
		w.talk = append(w.talk, u)
		w.index = append(w.index, i)
	}
	return w
}

func (x *Extractor) ledger(t models.Transcript, talk []utterance) *ledger {
	cal := x.calendar(t)
	return &ledger{talk: talk, cal: cal, earlier: plansBefore(x.config.Earlier), clues: newClues(talk, cal)}
}

func (x *Extractor) calendar(t models.Transcript) calendar {
	return calendar{today: t.Date.Time(), next: x.config.Next}
}
