package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/cmd/afterword/days"
)

func newRemind(a *app) *cobra.Command {
	var from, to, quiet string
	var most int
	var words, plain bool
	cmd := &cobra.Command{
		Use: "remind", Short: "When and how you want to be reminded", Args: cobra.NoArgs,
		Long: `When and how you want to be reminded of what you planned. While 'afterword serve'
runs, the desktop shows at most a few a day, hours apart, and they tell nothing:
"A small thing you planned", or "Something to look at this week" once before the
sound of a session goes (see 'retention'). What was missed is not made up for.

'check' prints what is due now, for a prompt or a script of your own.`,
		Example: `  afterword remind
  afterword remind --from 10:00 --to 18:00 --quiet sat,sun --cap 1
  afterword remind snooze 3h
  afterword remind not-this-week
  afterword remind off`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.changeReminders(cmd.Context(), func(b *days.Book, r *days.Reminders) error {
				f := cmd.Flags()
				if f.Changed("from") {
					r.From = from
				}
				if f.Changed("to") {
					r.To = to
				}
				if f.Changed("cap") {
					r.Cap = most
				}
				if f.Changed("quiet") {
					r.Quiet = strings.FieldsFunc(strings.ReplaceAll(quiet, "none", ""), func(c rune) bool { return c == ',' || c == ' ' })
				}
				r.Words = (r.Words || words) && !plain
				return nil
			}, cmd.Flags().NFlag() > 0 && !(cmd.Flags().NFlag() == 1 && a.json))
		},
	}
	f := cmd.Flags()
	f.StringVar(&from, "from", "", "not before that time (default 09:00)")
	f.StringVar(&to, "to", "", "not after that time (default 20:00)")
	f.StringVar(&quiet, "quiet", "", "days without any: sat,sun; none takes them away")
	f.IntVar(&most, "cap", 0, "how many a day at most (default 2)")
	f.BoolVar(&words, "words", false, "say what it is about; whoever sees the screen can read it")
	f.BoolVar(&plain, "plain-words", false, "tell nothing (the default)")
	a.jsonFlag(cmd)
	cmd.AddCommand(
		a.remindCommand("off", "No more reminders", func(ctx context.Context, b *days.Book) (days.Reminders, error) { return switchReminders(ctx, b, true) }),
		a.remindCommand("on", "Reminders again", func(ctx context.Context, b *days.Book) (days.Reminders, error) { return switchReminders(ctx, b, false) }),
		a.remindCommand("not-this-week", "None before Monday", func(ctx context.Context, b *days.Book) (days.Reminders, error) { return b.NotThisWeek(ctx) }),
		newRemindSnooze(a), newRemindCheck(a))
	return cmd
}

func switchReminders(ctx context.Context, b *days.Book, off bool) (days.Reminders, error) {
	r, err := b.Reminders(ctx)
	if err != nil {
		return r, err
	}
	r.Off = off
	if !off {
		r.Until, r.Pause = time.Time{}, ""
	}
	return b.SaveReminders(ctx, r)
}

func (a *app) remindCommand(use, short string, change func(context.Context, *days.Book) (days.Reminders, error)) *cobra.Command {
	cmd := &cobra.Command{
		Use: use, Short: short, Args: cobra.NoArgs, Example: "  afterword remind " + use,
		RunE: func(cmd *cobra.Command, _ []string) error {
			b, err := a.book(cmd.Context())
			if err != nil {
				return err
			}
			r, err := change(cmd.Context(), b)
			if err != nil {
				return err
			}
			return a.printReminders(b, r)
		},
	}
	a.jsonFlag(cmd)
	return cmd
}

func (a *app) changeReminders(ctx context.Context, change func(*days.Book, *days.Reminders) error, save bool) error {
	b, err := a.book(ctx)
	if err != nil {
		return err
	}
	r, err := b.Reminders(ctx)
	if err != nil {
		return err
	}
	if save {
		if err := change(b, &r); err != nil {
			return err
		}
		if r, err = b.SaveReminders(ctx, r); err != nil {
			return err
		}
	}
	return a.printReminders(b, r)
}

func (a *app) printReminders(b *days.Book, r days.Reminders) error {
	if a.json {
		return a.printJSON(map[string]any{"schema_version": schemaVersion, "reminders": r})
	}
	if r.Off {
		fmt.Fprintln(a.stdout, "Reminders are off. 'afterword remind on' brings them back.")
		return nil
	}
	fmt.Fprintf(a.stdout, "At most %d a day, from %s to %s", r.Cap, r.From, r.To)
	if len(r.Quiet) > 0 {
		fmt.Fprintf(a.stdout, ", none on %s", strings.Join(r.Quiet, ", "))
	}
	fmt.Fprintln(a.stdout, ".")
	if r.Words {
		fmt.Fprintln(a.stdout, "They say what they are about.")
	} else {
		fmt.Fprintln(a.stdout, "They tell nothing: “A small thing you planned”.")
	}
	if r.Pause > b.Today() {
		fmt.Fprintf(a.stdout, "None before %s.\n", b.Shown(r.Pause))
	} else if clock().Before(r.Until) {
		fmt.Fprintf(a.stdout, "None before %s.\n", r.Until.Format("15:04"))
	}
	return nil
}

func newRemindSnooze(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use: "snooze [TIME]", Short: "None for a while: 30m, 3h (default 2h)", Args: cobra.MaximumNArgs(1), Example: "  afterword remind snooze 3h",
		RunE: func(cmd *cobra.Command, args []string) error {
			d := 2 * time.Hour
			if len(args) > 0 {
				var err error
				if d, err = time.ParseDuration(args[0]); err != nil {
					return usagef("%q is no length of time; want one such as 30m or 3h", args[0])
				}
			}
			b, err := a.book(cmd.Context())
			if err != nil {
				return err
			}
			r, err := b.Snooze(cmd.Context(), d)
			if err != nil {
				return err
			}
			return a.printReminders(b, r)
		},
	}
	a.jsonFlag(cmd)
	return cmd
}

func newRemindCheck(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use: "check", Short: "Print the reminder that is due now, if there is one", Args: cobra.NoArgs, Example: "  afterword remind check",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			b, err := a.book(ctx)
			if err != nil {
				return err
			}
			n, err := b.Notice(ctx)
			if err != nil {
				return err
			}
			if n != nil {
				if err := b.Showed(ctx, *n); err != nil {
					return err
				}
			}
			if a.json {
				return a.printJSON(map[string]any{"schema_version": schemaVersion, "notice": n})
			}
			if n != nil {
				fmt.Fprintln(a.stdout, n.Text)
			}
			return nil
		},
	}
	a.jsonFlag(cmd)
	return cmd
}
