package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/cmd/afterword/notify"
	"github.com/afterword/afterword/models"
)

// reminder shows what is due on the desktop while the service runs. When, how
// often and in which words is the book's to say.
type reminder struct {
	book  *days.Book
	every time.Duration // between looks
	ready func() bool   // the store is open
	open  func()        // the page
	log   *slog.Logger

	desktop *notify.Desktop // nil until the first notice, and after it was lost
	last    uint32          // the notice that is shown
}

// remindEvery is coarse: a reminder is no alarm.
const remindEvery = time.Minute

const remindLater = 2 * time.Hour // what "later" means

// remind shows reminders until ctx ends.
func (h *hub) remind(ctx context.Context) {
	r := &reminder{
		book:  days.New(days.Config{Entries: h.a.store, Past: sessionsPast{h.a.store}, Now: clock}),
		every: remindEvery, log: h.a.log,
		ready: func() bool { return !h.a.vault.Locked() },
		open: func() {
			if link, err := h.link(""); err == nil {
				h.a.openLink(ctx, link)
			}
		},
	}
	r.run(ctx)
}

func (r *reminder) run(ctx context.Context) {
	t := time.NewTicker(r.every)
	defer t.Stop()
	defer r.close()
	for {
		if r.ready() {
			r.look(ctx)
		}
		var answers <-chan notify.Answer
		if r.desktop != nil {
			answers = r.desktop.Answers()
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		case a, ok := <-answers:
			if !ok {
				r.close() // the desktop ended; the next notice looks for another
			} else if a.ID == r.last && r.ready() {
				r.answer(ctx, a.Key)
			}
		}
	}
}

// look shows the reminder that is due, if one is. One that could not be shown
// counts as none: it may come up again.
func (r *reminder) look(ctx context.Context) {
	n, err := r.book.Notice(ctx)
	if err != nil || n == nil {
		if err != nil && ctx.Err() == nil && models.CodeOf(err) != models.Locked {
			r.log.Warn("reminders cannot be read", "error", err.Error())
		}
		return
	}
	if r.desktop == nil {
		if r.desktop, err = notify.Open(); err != nil {
			r.log.Debug("reminder waits for a desktop", "error", err.Error())
			r.desktop = nil
			return
		}
	}
	id, err := r.desktop.Show(notify.Notice{Title: oneLine(n.Text), Choices: []notify.Choice{
		{Key: "default", Label: "Open"}, {Key: "open", Label: "Open"}, {Key: "later", Label: "In 2 hours"}, {Key: "week", Label: "Not this week"},
	}})
	if err != nil {
		r.log.Debug("reminder was not shown", "error", err.Error())
		r.close()
		return
	}
	r.last = id
	if err := r.book.Showed(ctx, *n); err != nil && ctx.Err() == nil {
		r.log.Warn("reminder that was shown is not noted", "error", err.Error())
	}
}

func (r *reminder) answer(ctx context.Context, key string) {
	var err error
	switch key {
	case "default", "open":
		r.open()
	case "later":
		_, err = r.book.Snooze(ctx, remindLater)
	case "week":
		_, err = r.book.NotThisWeek(ctx)
	}
	if err != nil && ctx.Err() == nil {
		r.log.Warn("answer to a reminder is lost", "error", err.Error())
	}
}

func (r *reminder) close() {
	if r.desktop != nil {
		_ = r.desktop.Close()
		r.desktop = nil
	}
}
