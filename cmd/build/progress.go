package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// progress tells people what goes on: on a terminal one line that is
// redrawn, elsewhere a plain line now and then.
type progress struct {
	mu   sync.Mutex
	w    io.Writer
	live bool // a terminal that can redraw a line
	open string
}

func newProgress(w io.Writer) *progress {
	live := false
	if f, ok := w.(*os.File); ok {
		if st, err := f.Stat(); err == nil && st.Mode()&os.ModeCharDevice != 0 {
			live = os.Getenv("TERM") != "dumb"
		}
	}
	return &progress{w: w, live: live}
}

// line says one thing.
func (p *progress) line(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wipe()
	fmt.Fprintf(p.w, format+"\n", args...)
}

// clear takes away the line that is redrawn, before others write.
func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wipe()
}

func (p *progress) wipe() {
	if p.open != "" {
		fmt.Fprintf(p.w, "\r%s\r", strings.Repeat(" ", len([]rune(p.open))))
		p.open = ""
	}
}

// task is a piece of work that takes a while.
type task struct {
	p       *progress
	name    string
	began   time.Time
	drawn   time.Time
	quarter int // the last quarter told where lines cannot be redrawn
}

// begin opens a task: "build whisper.cpp".
func (p *progress) begin(format string, args ...any) *task {
	t := &task{p: p, name: fmt.Sprintf(format, args...), began: time.Now()}
	if !p.live {
		p.line("%s …", t.name)
		return t
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wipe()
	p.open = t.name + " …"
	fmt.Fprint(p.w, p.open)
	return t
}

// at tells how far it is: done of total, in any unit; note is added.
func (t *task) at(done, total int64, note string) {
	p := t.p
	p.mu.Lock()
	defer p.mu.Unlock()
	part := 0.0
	if total > 0 {
		part = min(1, float64(done)/float64(total))
	}
	if !p.live {
		if q := int(part * 4); q > t.quarter && q < 4 {
			t.quarter = q
			fmt.Fprintf(p.w, "%s … %d %%%s\n", t.name, q*25, t.left(part))
		}
		return
	}
	if time.Since(t.drawn) < 100*time.Millisecond {
		return
	}
	t.drawn = time.Now()
	const width = 24
	full := int(part * width)
	p.wipe()
	p.open = fmt.Sprintf("%s  %s%s %3.0f %%%s %s", t.name, strings.Repeat("█", full), strings.Repeat("░", width-full), part*100, t.left(part), note)
	if r := []rune(p.open); len(r) > 110 {
		p.open = string(r[:110])
	}
	fmt.Fprint(p.w, p.open)
}

// left is the time that remains, where that can be told.
func (t *task) left(part float64) string {
	spent := time.Since(t.began)
	if part < 0.05 || spent < 2*time.Second {
		return ""
	}
	return fmt.Sprintf(", %s left", time.Duration(float64(spent)*(1-part)/part).Round(time.Second))
}

// end closes the task.
func (t *task) end(err error) {
	spent := time.Since(t.began).Round(100 * time.Millisecond)
	if err != nil {
		t.p.line("%s: failed after %s", t.name, spent)
		return
	}
	t.p.line("%s: done in %s", t.name, spent)
}
