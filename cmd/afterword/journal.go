package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/cmd/afterword/days"
)

func newJournal(a *app) *cobra.Command {
	var since string
	cmd := &cobra.Command{
		Use: "journal", Short: "Write freely; it is sealed like everything else", Args: cobra.NoArgs,
		Long: `Write freely; it is sealed like everything else. 'add' reads from the terminal
until Ctrl-D, or from a pipe: nothing is left in a file on the way.`,
		Example: "  afterword journal\n  afterword journal add\n  afterword journal prompts\n  pbpaste | afterword journal add -",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.listPages(cmd.Context(), since)
		},
	}
	cmd.Flags().StringVar(&since, "since", "", "from that day on")
	a.jsonFlag(cmd)
	cmd.AddCommand(newJournalAdd(a), newJournalEdit(a), newJournalShow(a), newJournalForget(a), newJournalPrompts(a))
	return cmd
}

func (a *app) listPages(ctx context.Context, since string) error {
	b, err := a.book(ctx)
	if err != nil {
		return err
	}
	from, err := dayFlag(b, since)
	if err != nil {
		return err
	}
	pages, err := b.Pages(ctx, from)
	if err != nil {
		return err
	}
	if a.json {
		if pages == nil {
			pages = []days.Page{}
		}
		return a.printJSON(map[string]any{"schema_version": schemaVersion, "pages": pages})
	}
	if len(pages) == 0 {
		a.note("Nothing is written yet. 'afterword journal prompts' offers a beginning.")
		return nil
	}
	for _, p := range pages {
		first, _, _ := strings.Cut(p.Text, "\n")
		fmt.Fprintf(a.stdout, "%s  %s  %s\n", p.ID, p.Day, shorten(oneLine(first), 56))
	}
	return nil
}

func newJournalAdd(a *app) *cobra.Command {
	var file, prompt, day string
	var how speaking
	cmd := &cobra.Command{
		Use: "add [TEXT]", Short: "Write a page", Args: cobra.ArbitraryArgs,
		Example: "  afterword journal add\n  afterword journal add \"Today was lighter.\"\n  afterword journal add --file letter.txt\n  afterword journal add --voice",
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			b, err := a.book(ctx)
			if err != nil {
				return err
			}
			p := days.Page{Prompt: strings.TrimSpace(prompt)}
			if p.Day, err = dayFlag(b, day); err != nil {
				return err
			}
			if how.voice && len(args) == 0 && file == "" {
				return a.sayPage(ctx, b, how, p)
			}
			if p.Text, err = a.pageText(ctx, args, file, prompt); err != nil && p.Text == "" {
				return err
			}
			// What was typed before Ctrl-C is kept too.
			p, serr := b.SavePage(context.WithoutCancel(ctx), p)
			if serr != nil {
				return serr
			}
			if err != nil {
				a.warn("kept what you had written, as %s", p.ID)
				return err
			}
			return a.printKept("page", p, "Kept, as %s.", p.ID)
		},
	}
	cmd.Flags().StringVar(&file, "file", "", "read it from `FILE`; - is standard input")
	cmd.Flags().StringVar(&prompt, "prompt", "", "the question that it answers")
	cmd.Flags().StringVar(&day, "day", "", "of which day (default today)")
	a.voiceFlags(cmd, &how, true)
	a.jsonFlag(cmd)
	return cmd
}

// sayPage keeps a page that is said.
func (a *app) sayPage(ctx context.Context, b *days.Book, how speaking, p days.Page) error {
	x, err := a.answerTo(ctx, b, how, days.Spoken{Field: days.FieldOfPage(p), Prompt: p.Prompt}, cmp.Or(p.Prompt, "What would you like to say?"))
	if err != nil {
		return leave(err)
	}
	p.Text = x.text
	if p, err = b.SavePage(context.WithoutCancel(ctx), p); err != nil {
		return err
	}
	if err := x.taken(days.FieldOfPage(p)); err != nil {
		return err
	}
	return a.printKept("page", p, "Kept, as %s.", p.ID)
}

func (a *app) pageText(ctx context.Context, args []string, file, prompt string) (string, error) {
	if len(args) > 0 || file != "" {
		return a.textOf(args, file)
	}
	if !a.asks() {
		return "", usagef("there is nobody to write; give the text, or - to read it from standard input")
	}
	return a.askText(ctx, strings.TrimSpace(prompt+"\nWrite. Ctrl-D, or a line with nothing but a full stop, keeps it."))
}

func newJournalShow(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use: "show ID", Short: "Read a page", Args: cobra.ExactArgs(1), Example: "  afterword journal show 3f9c",
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := a.book(cmd.Context())
			if err != nil {
				return err
			}
			p, err := b.FindPage(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string]any{"schema_version": schemaVersion, "page": p})
			}
			if p.Prompt != "" {
				fmt.Fprintf(a.stdout, "%s\n\n", wrap(oneLine(p.Prompt), 76, ""))
			}
			a.printText(p.Text, "")
			return nil
		},
	}
	a.jsonFlag(cmd)
	return cmd
}

func newJournalEdit(a *app) *cobra.Command {
	var file string
	var version int
	cmd := &cobra.Command{
		Use: "edit ID [TEXT]", Short: "Replace what a page says, or with --append add to it", Args: cobra.MinimumNArgs(1),
		Example: "  afterword journal show 3f9c > page.txt; afterword journal edit 3f9c --file page.txt",
	}
	more := cmd.Flags().Bool("append", false, "add to what is there")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		b, err := a.book(ctx)
		if err != nil {
			return err
		}
		p, err := b.FindPage(ctx, args[0])
		if err != nil {
			return err
		}
		text, err := a.pageText(ctx, args[1:], file, "")
		if err != nil {
			return err
		}
		if version != 0 {
			p.Version = version
		}
		if *more {
			text = p.Text + "\n" + text
		}
		p.Text = text
		if p, err = b.SavePage(ctx, p); err != nil {
			return err
		}
		return a.printKept("page", p, "Kept, as %s.", p.ID)
	}
	cmd.Flags().StringVar(&file, "file", "", "read it from `FILE`; - is standard input")
	cmd.Flags().IntVar(&version, "version", 0, "only if it still has that version, as --json shows it")
	a.jsonFlag(cmd)
	return cmd
}

func newJournalForget(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use: "forget ID", Short: "Destroy a page for good", Args: cobra.ExactArgs(1), Example: "  afterword journal forget 3f9c",
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := a.book(cmd.Context())
			if err != nil {
				return err
			}
			p, err := b.FindPage(cmd.Context(), args[0])
			if err != nil {
				return err
			}
			if !a.confirm("Destroy the page of " + string(p.Day) + " for good? This cannot be undone.") {
				return notConfirmed("forget page")
			}
			if err := b.Forget(cmd.Context(), p.Entry); err != nil {
				return err
			}
			return a.printKept("forgotten", p.ID, "Page %s is gone: its key and its words.", p.ID)
		},
	}
	a.jsonFlag(cmd)
	return cmd
}

func newJournalPrompts(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use: "prompts", Short: "A few beginnings, from what you spoke about", Args: cobra.NoArgs, Example: "  afterword journal prompts",
		RunE: func(cmd *cobra.Command, _ []string) error {
			b, err := a.book(cmd.Context())
			if err != nil {
				return err
			}
			prompts, err := b.Prompts(cmd.Context(), 4)
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string]any{"schema_version": schemaVersion, "prompts": prompts})
			}
			for _, p := range prompts {
				fmt.Fprintf(a.stdout, "%s\n    (%s)\n", wrap(oneLine(p.Text), 76, ""), oneLine(p.From))
			}
			return nil
		},
	}
	a.jsonFlag(cmd)
	return cmd
}
