package extract

import (
	"bytes"
	"context"
	"strings"

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
	clients, novel := roles(t.Segments), asInNovels(t.Segments)
	for i, s := range t.Segments {
		if i%64 == 0 && stop() {
			break
		}
		if novel {
			s.Text = unmarked(s.Text)
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

// asInNovels: some recognisers, brought up on novels, put a quotation mark before a turn and one behind it, be
// it one segment or many. Nobody is quoted there: a talk in which one segment in eight begins
// so is written in that way. (Of what people wrote down it is one in twelve at most.)
func asInNovels(ss []models.Segment) bool {
	marked := 0
	for _, s := range ss {
		if strings.HasPrefix(strings.TrimSpace(s.Text), `"`) {
			marked++
		}
	}
	return marked >= 3 && 8*marked >= len(ss)
}

// unmarked is text without such marks at its ends, with blanks in their place. Those that open and
// close within it are left.
func unmarked(text string) string {
	b := []byte(text)
	inner := bytes.TrimSpace(b) // what is written to it is written to b
	var marks []int
	for k, c := range inner {
		if c == '"' {
			marks = append(marks, k)
		}
	}
	last := len(inner) - 1
	opens := func(k int) bool { return k == 0 || inner[k-1] == ' ' }
	if len(marks) > 0 && marks[0] == 0 && (len(marks) == 1 || marks[1] == last || opens(marks[1])) {
		inner[0] = ' '
		marks = marks[1:]
	}
	if n := len(marks); n > 0 && marks[n-1] == last && (n == 1 || !opens(marks[n-2])) {
		inner[last] = ' '
	}
	return string(b)
}

func (x *Extractor) ledger(t models.Transcript, talk []utterance) *ledger {
	cal := x.calendar(t)
	return &ledger{talk: talk, cal: cal, earlier: plansBefore(x.config.Earlier), clues: newClues(talk, cal)}
}

func (x *Extractor) calendar(t models.Transcript) calendar {
	return calendar{today: t.Date.Time(), next: x.config.Next}
}
