package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

func newPrep(a *app) *cobra.Command {
	var format, out string
	cmd := &cobra.Command{
		Use: "prep", Short: "A sheet for the next session", Args: cobra.NoArgs,
		Long: `A sheet for the next session: your topics with a sentence to begin with, what
went well and what was hard since the last one, what came of what you agreed,
what was left open, and what you want to ask. What was left open stays on it
until you close it.`,
		Example: `  afterword prep
  afterword prep topic "Sundays with my parents" --open "I dread Sundays, and I do not know why."
  afterword prep rank 3f9c a01b
  afterword prep next 2026-03-12 15:00
  afterword prep --format html -o sheet.html`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			if !slices.Contains(days.SheetForms, format) && format != "" {
				return usagef("--format is %s, not %q", strings.Join(days.SheetForms, ", "), format)
			}
			b, err := a.book(ctx)
			if err != nil {
				return err
			}
			s, err := b.Sheet(ctx)
			if err != nil {
				return err
			}
			switch {
			case a.json:
				return a.printJSON(map[string]any{"schema_version": schemaVersion, "sheet": s})
			case format == "" && out == "-":
				a.printSheet(b, s)
				return nil
			}
			if format == "" {
				format = "txt"
			}
			if format == "pdf" && out == "-" {
				return usagef("a pdf needs a file: -o sheet.pdf")
			}
			if err := a.writeOut(out, func(w io.Writer) error { return b.WriteSheet(w, s, format) }); err != nil {
				return err
			}
			if out != "-" && format != "ics" {
				a.note("Written to %s. It is not sealed: whoever can open the file can read it.", shown(out))
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&format, "format", "", strings.Join(days.SheetForms, ", ")+" (the appointment alone); without it, as a list with ids")
	cmd.Flags().StringVarP(&out, "output", "o", "-", "write to `FILE`")
	a.jsonFlag(cmd)
	cmd.AddCommand(newPrepTopic(a, false), newPrepTopic(a, true), newPrepRank(a), newPrepClose(a), newPrepNext(a))
	return cmd
}

// printSheet is the sheet with ids, to work on it.
func (a *app) printSheet(b *days.Book, s days.Sheet) {
	fmt.Fprintln(a.stdout, b.Heading(s))
	if len(s.Topics) > 0 {
		fmt.Fprintln(a.stdout, "\nWhat you want to talk about")
	}
	for i, t := range s.Topics {
		fmt.Fprintf(a.stdout, "  %s  %d. %s\n%s\n", t.ID, i+1, oneLine(t.Text), wrap("“"+oneLine(days.Opening(t))+"”", 76, "               "))
	}
	for _, x := range []struct {
		title string
		lines []days.Line
	}{
		{"What could be a topic", s.Suggested},
		{"What went well", s.Well},
		{"What was hard", s.Hard},
		{"What came of what you agreed", s.Homework},
		{"What you want to tell", s.Tell},
		{"Left open", s.Loops},
		{"What you stayed away from", s.Avoided},
		{"Questions to ask", s.Questions},
	} {
		if len(x.lines) == 0 {
			continue
		}
		fmt.Fprintf(a.stdout, "\n%s\n", x.title)
		for _, l := range x.lines {
			day := ""
			if l.Day != "" {
				day = "  (" + b.Shown(l.Day) + ")"
			}
			fmt.Fprintf(a.stdout, "  %s  %s%s\n", l.ID, oneLine(l.Text), day)
		}
	}
	fmt.Fprintln(a.stdout, "\nGood questions for any session")
	for _, q := range s.Standard {
		fmt.Fprintf(a.stdout, "            %s\n", q)
	}
}

func newPrepTopic(a *app, question bool) *cobra.Command {
	var opening string
	cmd := &cobra.Command{Use: "topic TEXT", Short: "Bring something to the next session", Example: "  afterword prep topic \"Sundays\" --open \"I dread Sundays.\""}
	if question {
		cmd = &cobra.Command{Use: "ask TEXT", Short: "Note a question to ask", Example: "  afterword prep ask \"Why do I freeze?\""}
	} else {
		cmd.Flags().StringVar(&opening, "open", "", "one clear sentence to begin with")
	}
	cmd.Args = cobra.MinimumNArgs(1)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		b, err := a.book(cmd.Context())
		if err != nil {
			return err
		}
		t := days.Topic{Question: question, Opening: strings.TrimSpace(opening)}
		if t.Text, err = a.textOf(args, ""); err != nil {
			return err
		}
		if t, err = b.SaveTopic(cmd.Context(), t); err != nil {
			return err
		}
		if err := a.printKept("topic", t, "It is on the sheet, as %s.", t.ID); err != nil || question {
			return err
		}
		all, err := b.Topics(cmd.Context())
		if n := len(slices.DeleteFunc(all, func(t days.Topic) bool { return t.Question })); n > 3 {
			a.note("That makes %d topics. A session has room for two or three: 'afterword prep rank' puts the most important first.", n)
		}
		return err
	}
	a.jsonFlag(cmd)
	return cmd
}

func newPrepRank(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use: "rank ID…", Short: "Put the most important topics first", Args: cobra.MinimumNArgs(1), Example: "  afterword prep rank a01b 3f9c",
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := a.book(cmd.Context())
			if err != nil {
				return err
			}
			all, err := b.Rank(cmd.Context(), args)
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string]any{"schema_version": schemaVersion, "topics": all})
			}
			for i, t := range all {
				fmt.Fprintf(a.stdout, "  %s  %d. %s\n", t.ID, i+1, oneLine(t.Text))
			}
			return nil
		},
	}
	a.jsonFlag(cmd)
	return cmd
}

func newPrepClose(a *app) *cobra.Command {
	var back bool
	cmd := &cobra.Command{
		Use: "close ID…", Short: "Settle a topic, a question or what was left open", Args: cobra.MinimumNArgs(1),
		Example: "  afterword prep close 3f9c\n  afterword prep close 3f9c --back",
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := a.book(cmd.Context())
			if err != nil {
				return err
			}
			word := map[bool]string{false: "Settled", true: "Open again"}[back]
			for _, id := range args {
				text, err := b.Close(cmd.Context(), id, back)
				if err != nil {
					return err
				}
				if err := a.printKept("closed", map[string]any{"id": id, "open": back}, "%s: %s", word, oneLine(text)); err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&back, "back", false, "open it again")
	a.jsonFlag(cmd)
	return cmd
}

func newPrepNext(a *app) *cobra.Command {
	var ap days.Appointment
	cmd := &cobra.Command{
		Use: "next [DATE [TIME]]", Short: "Say when the next session is; 'none' takes it away", Args: cobra.MaximumNArgs(2),
		Example: "  afterword prep next 2026-03-12 15:00\n  afterword prep next none\n  afterword prep --format ics -o next.ics",
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			b, err := a.book(ctx)
			if err != nil {
				return err
			}
			if len(args) == 0 {
				return a.showNext(ctx, b)
			}
			if args[0] == "none" {
				if err := b.ClearNext(ctx); err != nil {
					return err
				}
				return a.printKept("next", nil, "No next session is set.")
			}
			if ap.Day, err = dayFlag(b, args[0]); err != nil {
				return err
			}
			if ap.Day == "" {
				return usageError{models.Errorf(models.Invalid, "say a day such as 2026-03-12, or none")}
			}
			if len(args) > 1 {
				ap.Time = args[1]
			}
			if ap, err = b.SetNext(ctx, ap); err != nil {
				return err
			}
			return a.printKept("next", ap, "The next session is %s.", strings.TrimSpace(b.Shown(ap.Day)+" "+ap.Time))
		},
	}
	cmd.Flags().IntVar(&ap.Minutes, "minutes", 0, "how long it lasts (default 50)")
	cmd.Flags().StringVar(&ap.Where, "where", "", "where it is")
	a.jsonFlag(cmd)
	return cmd
}

func (a *app) showNext(ctx context.Context, b *days.Book) error {
	next, err := b.Next(ctx)
	if err != nil {
		return err
	}
	if next == nil && !a.json {
		a.note("No next session is set. 'afterword prep next 2026-03-12 15:00' sets it.")
		return nil
	}
	if a.json {
		return a.printJSON(map[string]any{"schema_version": schemaVersion, "next": next})
	}
	fmt.Fprintln(a.stdout, strings.TrimSpace(b.Shown(next.Day)+" "+next.Time+" "+oneLine(next.Where)))
	return nil
}
