package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

func newReflect(a *app) *cobra.Command {
	var form string
	var answers []string
	var list bool
	var how speaking
	cmd := &cobra.Command{
		Use: "reflect [SESSION]", Short: "A few questions after a session, or about a week", Args: cobra.MaximumNArgs(1),
		Long: `A few questions after a session, or about a week. Three minutes are enough: an
empty answer skips a question, each answer is kept as soon as it is given, and
Ctrl-D leaves the rest for later.

With --voice an answer can be said: its words are shown, and kept once you say
so. Enter ends it.

SESSION is an id, the beginning of one, or 'last' (the default). Forms: session
(the default), weekly, thought-record and others; --form names one.`,
		Example: `  afterword reflect
  afterword reflect --voice
  afterword reflect --form weekly
  afterword reflect --form thought-record
  afterword reflect last --answer takeaway="I can say no" --answer now=lighter
  afterword reflect --list`,
		ValidArgsFunction: a.completeSessions,
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			b, err := a.book(ctx)
			if err != nil {
				return err
			}
			if how.voice && !a.asks() {
				return usagef("--voice asks, and there is nobody to answer; 'journal add --voice' does not ask")
			}
			if list {
				return a.listReflections(ctx, b)
			}
			var session models.SessionID
			if form == days.FormSession || len(args) > 0 {
				s, err := a.openSession(ctx, args)
				if err != nil {
					return err
				}
				session = s.ID
			}
			r, err := b.Reflection(ctx, form, session, "")
			if err != nil {
				return err
			}
			return a.fillForm(ctx, b, r, answers, how)
		},
	}
	cmd.Flags().StringVar(&form, "form", days.FormSession, "which questions: "+strings.Join(days.FormKeys(), ", "))
	cmd.Flags().StringArrayVar(&answers, "answer", nil, "an answer, as `KEY=TEXT`; may be given more than once")
	cmd.Flags().BoolVar(&list, "list", false, "list what you wrote")
	a.voiceFlags(cmd, &how, true)
	a.jsonFlag(cmd)
	return cmd
}

// fillForm stores the answers that were given, asks for the others where
// somebody is there, and shows the form.
func (a *app) fillForm(ctx context.Context, b *days.Book, r days.Reflection, answers []string, how speaking) (err error) {
	for _, x := range answers {
		key, text, ok := strings.Cut(x, "=")
		if !ok {
			return usagef("--answer is KEY=TEXT, not %q", x)
		}
		if r, err = b.Answer(ctx, r, strings.TrimSpace(key), text); err != nil {
			return err
		}
	}
	if len(answers) == 0 && a.asks() && r.Next() != nil {
		if r, err = a.askForm(ctx, b, r, how); err != nil {
			return err
		}
	}
	if a.json {
		return a.printJSON(map[string]any{"schema_version": schemaVersion, "form": days.FindForm(r.Form), "reflection": r})
	}
	a.printReflection(b, r)
	if q := r.Next(); q != nil {
		a.note("Not asked yet: %s (%s). Whenever you like.", q.Text, q.Key)
	}
	return nil
}

func (a *app) askForm(ctx context.Context, b *days.Book, r days.Reflection, how speaking) (days.Reflection, error) {
	a.note("Enter skips a question, Ctrl-D leaves the rest for later.\n")
	for q := r.Next(); q != nil; q = r.Next() {
		x, err := a.answerTo(ctx, b, how, days.Spoken{Field: days.FieldOfQuestion(r, q.Key), Of: r.Session}, q.Text)
		if errors.Is(err, io.EOF) {
			return r, nil
		}
		if err != nil {
			return r, err
		}
		if r, err = b.Answer(ctx, r, q.Key, x.text); err != nil {
			return r, err
		}
		if err := x.taken(days.FieldOfAnswer(r, q.Key)); err != nil {
			return r, err
		}
	}
	return r, nil
}

func (a *app) printReflection(b *days.Book, r days.Reflection) {
	f := days.FindForm(r.Form)
	if f == nil {
		return
	}
	fmt.Fprintf(a.stdout, "%s · %s\n", f.Name, b.Shown(r.Day))
	for _, q := range f.Questions {
		text, ok := r.Answers[q.Key]
		switch {
		case !ok:
			fmt.Fprintf(a.stdout, "  %s\n      –\n", q.Text)
		case text == "":
			fmt.Fprintf(a.stdout, "  %s\n      skipped\n", q.Text)
		default:
			fmt.Fprintf(a.stdout, "  %s\n", q.Text)
			a.printText(text, "      ")
		}
	}
}

func (a *app) listReflections(ctx context.Context, b *days.Book) error {
	all, err := b.Reflections(ctx, models.EntryFilter{})
	if err != nil {
		return err
	}
	if a.json {
		if all == nil {
			all = []days.Reflection{}
		}
		return a.printJSON(map[string]any{"schema_version": schemaVersion, "reflections": all})
	}
	if len(all) == 0 {
		a.note("Nothing yet. 'afterword reflect' begins with your last session.")
		return nil
	}
	for i, r := range all {
		if i > 0 {
			fmt.Fprintln(a.stdout)
		}
		a.printReflection(b, r)
	}
	return nil
}
