package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/capture/mic"
	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// An answer that is said goes the way of a session: the same recorder, spool,
// queue and worker. Only its end is another one: its words go to the field that
// they answer, and its sound is destroyed then.

// longestAnswer is when an answer that was forgotten ends by itself.
const longestAnswer = 15 * time.Minute

// beginAnswer starts to record an answer. Busy while anything else is recorded.
func (a *app) beginAnswer(ctx context.Context, b *days.Book, s days.Spoken, most time.Duration) (days.Spoken, *link, error) {
	if !mic.Available {
		_, err := mic.Open("")
		return s, nil, err
	}
	if rep, err := a.askCapture(captureRequest{Verb: "status"}); err == nil && rep.Status.State != "ended" {
		return s, nil, models.WithHint(models.Errorf(models.Busy, "say it: something is being recorded already"), "say it when that has ended, or type it now")
	}
	s, err := b.Say(ctx, s)
	if err != nil {
		return s, nil, err
	}
	l, err := a.beginRecording(ctx, recordOrder{answer: s.Recording(), most: most})
	if err != nil {
		_ = b.Forget(context.WithoutCancel(ctx), s.Entry)
	}
	return s, l, err
}

// destroyAnswer destroys what was recorded of an answer.
func (a *app) destroyAnswer(ctx context.Context, id models.SessionID) error {
	if rep, err := a.askCapture(captureRequest{Verb: "status"}); err == nil && rep.Session == id && rep.Status.State != "ended" {
		return models.Errorf(models.Busy, "it is still being recorded")
	}
	_, err := a.forgetSession(ctx, id)
	return err
}

// takeDown hands the words of an answer to its field. The sound is destroyed
// unless it is to be kept, or some of it could not be written down. It may be
// killed at any moment: it begins again then.
func (a *app) takeDown(ctx context.Context, s days.Spoken) error {
	id := s.Recording()
	t, err := a.store.Transcript(ctx, id)
	if err != nil {
		return err
	}
	c, err := a.store.Coverage(ctx, id)
	if err != nil {
		return err
	}
	var said []string
	for _, g := range t.Segments {
		if !g.HeldBack() {
			said = append(said, strings.TrimSpace(g.Text))
		}
	}
	if !s.Written {
		if s, err = a.pages().WriteDown(ctx, s, strings.Join(said, " ")); err != nil {
			return err
		}
	}
	if s.Keep || s.Text == "" || c.Total(models.FateFailed) > 0 {
		return a.store.SaveItems(ctx, id, models.Items{})
	}
	if _, err = a.forgetSession(ctx, id); models.CodeOf(err) == models.NotFound {
		return nil // the words were saved meanwhile
	}
	return err
}

// speaking is how answers are given in a terminal.
type speaking struct {
	voice bool // said, not typed
	keep  bool // the sound stays
	most  time.Duration
}

// voiceFlags lets answers be said; kept ones may keep their sound.
func (a *app) voiceFlags(cmd *cobra.Command, how *speaking, kept bool) {
	f := cmd.Flags()
	f.BoolVar(&how.voice, "voice", false, "say it; the sound is destroyed once its words are there")
	if kept {
		f.BoolVar(&how.keep, "keep-sound", false, "with --voice: keep the sound too")
	}
	f.DurationVar(&how.most, "max", longestAnswer, "with --voice: end by itself after so `LONG`")
	a.modelFlags(cmd)
}

// sayAnswer records an answer and waits for its words. What was said before it
// fails is safe: its words come later, and are offered again.
func (a *app) sayAnswer(ctx context.Context, b *days.Book, s days.Spoken, most time.Duration) (days.Spoken, error) {
	s, l, err := a.beginAnswer(ctx, b, s, most)
	if err != nil {
		return s, err
	}
	way := newWay(a)
	defer way.Close()
	lasting := context.WithoutCancel(ctx)
	if _, err := a.attend(ctx, l, way, a.showAnswer); err != nil {
		return s, err
	}
	p, err := way.end()
	if err == nil && p == nil {
		p, err = a.joinPipeline(lasting)
	}
	if err != nil {
		a.finishRecordings(lasting, nil)
		return s, models.WithHint(fmt.Errorf("what you said is safe, but it could not be written down: %w", err), "%s", models.HintOf(err))
	}
	defer func() { p.Close() }()
	a.finishRecordings(lasting, func(s models.Session) func(models.Chunk, []int16) { return p.send(lasting, s) })
	bar := a.newProgress("")
	defer bar.Close()
	if err := p.follow(lasting, s.Recording(), bar.stages("Writing it down")); err != nil && models.CodeOf(err) != models.NotFound {
		return s, err // not found: its words are taken down, and it is gone
	}
	return b.FindSpoken(lasting, string(s.ID))
}

// showAnswer tells how long the answer is so far and how loud, until it has
// ended; Enter ends it.
func (a *app) showAnswer(ctx context.Context, _ *app, id models.SessionID) error {
	enter := make(chan struct{})
	if a.asks() {
		a.note("Speak. Enter ends it.")
		go func() { _, _ = a.readLine(context.WithoutCancel(ctx)); close(enter) }()
	} else {
		a.note("Speak. Ctrl-C or 'afterword stop' ends it.")
	}
	r := &statusReader{a: a}
	defer r.Close()
	t := time.NewTicker(100 * time.Millisecond)
	defer t.Stop()
	pressed := enter
	for ctx.Err() == nil {
		st, err := r.read(ctx)
		if err != nil || st.State == "ended" {
			break
		}
		if a.terminal(a.stderr) {
			fmt.Fprintf(a.stderr, "\r\x1b[K%s  %s", models.Clock(time.Duration(st.Elapsed*float64(time.Second))), loudness(st.Peak))
		}
		select {
		case <-pressed:
			pressed = nil
			_, err := a.askCapture(captureRequest{Verb: "stop"})
			if code := models.CodeOf(err); err != nil && code != models.NotServed && code != models.Conflict { // it just ended by itself
				return err
			}
		case <-ctx.Done():
		case <-t.C:
		}
	}
	if a.terminal(a.stderr) {
		fmt.Fprint(a.stderr, "\r\x1b[K")
	}
	if a.asks() && pressed != nil && ctx.Err() == nil { // what is typed next is no answer to anything else
		a.note("It ended. Enter goes on.")
		<-enter
	}
	return nil
}

// loudness draws a level, of peaks in dBFS, from nothing to ten bars.
func loudness(peak []float64) string {
	most := -60.0
	for _, p := range peak {
		most = max(most, p)
	}
	return strings.Repeat("▮", int((min(most, 0)+60)/6))
}

// answered is an answer that was given, and what is to be done once it is stored
// in a field.
type answered struct {
	text  string
	taken func(field string) error
}

func typed(text string) answered { return answered{text, func(string) error { return nil }} }

// answerTo asks a question, whose answer may be said where how says so. Words
// that wait from before come first. Empty skips it; io.EOF leaves the rest.
func (a *app) answerTo(ctx context.Context, b *days.Book, how speaking, s days.Spoken, question string) (answered, error) {
	if !how.voice {
		line, err := a.ask(ctx, question+"\n> ")
		return typed(line), err
	}
	if a.asks() {
		waiting, err := b.Spoken(ctx)
		if err != nil {
			return answered{}, err
		}
		for _, w := range waiting {
			if w.Field == s.Field && w.Waits() {
				a.note("%s", question)
				return a.offer(ctx, b, w)
			}
		}
		line, err := a.ask(ctx, question+"\nEnter begins, or type it; - skips\n> ")
		if line == "-" {
			line = ""
		} else if line == "" && err == nil {
			return a.said(ctx, b, how, s)
		}
		return typed(line), err
	}
	return a.said(ctx, b, how, s)
}

// said records an answer and offers its words.
func (a *app) said(ctx context.Context, b *days.Book, how speaking, s days.Spoken) (answered, error) {
	s.Keep = how.keep
	s, err := a.sayAnswer(ctx, b, s, how.most)
	if err != nil {
		return answered{}, err
	}
	if !s.Waits() {
		return answered{}, models.WithHint(models.Errorf(models.Unusable, "no words were found in what you said"), "its sound is kept; hear it in the page: 'afterword review'")
	}
	return a.offer(ctx, b, s)
}

// offer shows the words of an answer and takes them, or others that are typed
// in their place. Until they are stored they wait.
func (a *app) offer(ctx context.Context, b *days.Book, s days.Spoken) (answered, error) {
	x := answered{s.Text, func(field string) error { return b.Take(context.WithoutCancel(ctx), s, field) }}
	if !a.asks() {
		return x, nil
	}
	fmt.Fprintf(a.stderr, "%s\n", wrap("“"+oneLine(s.Text)+"”", 76, "  "))
	line, err := a.ask(ctx, "Enter keeps this, or type what it should say\n> ")
	if line != "" {
		x.text = line
	}
	return x, err
}
