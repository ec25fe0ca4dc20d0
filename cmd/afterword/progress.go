package main

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/afterword/afterword/models"
)

// progress tells how far long work is: one line that moves on a terminal, a
// plain line every tenth elsewhere, nothing with --quiet or --json.
type progress struct {
	a       *app
	name    string
	moving  bool
	mu      sync.Mutex
	what    string
	since   time.Time     // when this kind of work began
	at      time.Duration // where it began
	drawn   time.Time
	tenth   int
	written bool
	closed  bool
}

func (a *app) newProgress(name string) *progress {
	return &progress{a: a, name: shorten(name, 30), moving: a.terminal(a.stderr), tenth: -1}
}

// Say reports that done of total (0 if unknown) has been worked through.
func (p *progress) Say(what string, done, total time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.a.quiet || p.a.json {
		return
	}
	now := time.Now()
	if what != p.what {
		p.what, p.since, p.at, p.tenth, p.drawn = what, now, done, -1, time.Time{}
	}
	if p.moving {
		if now.Sub(p.drawn) < 66*time.Millisecond { // 15 a second
			return
		}
		p.drawn = now
		p.written = true
		fmt.Fprintf(p.a.stderr, "\r\x1b[K%s", p.line(done, total, now))
		return
	}
	if total > 0 && p.what != "Reading" {
		if t := int(10 * done / total); t > p.tenth {
			p.tenth = t
			fmt.Fprintln(p.a.stderr, p.line(done, total, now))
		}
	}
}

// stages shows a session on its way; words is what finding them is called.
func (p *progress) stages(words string) stages {
	return func(what string, done, total time.Duration) {
		if what == "" {
			what = words
		}
		p.Say(what, done, total)
	}
}

func (p *progress) line(done, total time.Duration, now time.Time) string {
	if total <= 0 {
		return fmt.Sprintf("%s %s  %s", p.what, p.name, models.Clock(done))
	}
	s := fmt.Sprintf("%s %s  %s of %s", p.what, p.name, models.Clock(min(done, total)), models.Clock(total))
	if p.moving {
		const width = 20
		full := int(width * min(done, total) / total)
		s = fmt.Sprintf("%s %s  %s%s  %s of %s", p.what, p.name, strings.Repeat("━", full), strings.Repeat("─", width-full), models.Clock(min(done, total)), models.Clock(total))
	}
	if left := p.left(done, total, now); left != "" {
		s += "  " + left
	}
	return s
}

// left estimates the time to go from the speed so far.
func (p *progress) left(done, total time.Duration, now time.Time) string {
	took, did := now.Sub(p.since), done-p.at
	if took < 3*time.Second || did <= 0 || done >= total {
		return ""
	}
	d := time.Duration(float64(took) * float64(total-done) / float64(did))
	if d < time.Minute {
		return fmt.Sprintf("about %d s left", max(1, int(d.Seconds())))
	}
	return fmt.Sprintf("about %d min left", int(d.Minutes()+0.5))
}

// Close wipes the moving line.
func (p *progress) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.written && !p.closed {
		fmt.Fprint(p.a.stderr, "\r\x1b[K")
	}
	p.closed = true
	return nil
}

// reading reports how many parts of a session a language model has read.
func (p *progress) reading(done, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	line := fmt.Sprintf("The language model reads %s  part %d of %d", p.name, done+1, total)
	if p.closed || p.a.quiet || p.a.json || done >= total || line == p.what {
		return
	}
	p.what = line
	if p.moving {
		p.written = true
		fmt.Fprintf(p.a.stderr, "\r\x1b[K%s", line)
		return
	}
	fmt.Fprintln(p.a.stderr, line)
}

func shorten(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

// SayBytes reports a download.
func (p *progress) SayBytes(what string, done, total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.a.quiet || p.a.json || !p.moving || time.Since(p.drawn) < 66*time.Millisecond {
		return
	}
	p.drawn, p.written = time.Now(), true
	fmt.Fprintf(p.a.stderr, "\r\x1b[K%s %s  %d of %d MB", what, p.name, done/1e6, total/1e6)
}
