package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

func newRecall(a *app) *cobra.Command {
	var how speaking
	cmd := &cobra.Command{
		Use: "recall", Short: "Say it first, then look: what you agreed and took away", Args: cobra.NoArgs,
		Long: `Say it first, then look: what you agreed and took away. Each item that you
accepted comes back just before it would be forgotten. Say or type the answer,
then see the words behind it and where they are, and grade yourself: again,
hard, good or easy. What you type is not kept, nor, with --voice, what you say.
Stop at any time; nothing piles up.`,
		Example: "  afterword recall\n  afterword recall --json\n  afterword recall show 3f9c\n  afterword recall grade 3f9c good",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.recall(cmd.Context(), how)
		},
	}
	a.voiceFlags(cmd, &how, false)
	a.jsonFlag(cmd)
	cmd.AddCommand(newRecallShow(a), newRecallGrade(a))
	return cmd
}

func (a *app) recall(ctx context.Context, how speaking) error {
	if how.voice && !a.asks() {
		return usagef("--voice asks, and there is nobody to answer")
	}
	b, err := a.book(ctx)
	if err != nil {
		return err
	}
	asks, err := b.Recall(ctx)
	if err != nil {
		return err
	}
	if a.json {
		if asks == nil {
			asks = []days.Ask{}
		}
		return a.printJSON(map[string]any{"schema_version": schemaVersion, "recall": asks})
	}
	if len(asks) == 0 {
		a.note("Nothing to recall today.")
		return nil
	}
	for _, x := range asks {
		if !a.asks() {
			fmt.Fprintf(a.stdout, "  %s  %s\n", x.ID, x.Text)
			continue
		}
		if stop, err := a.askRecall(ctx, b, x, how); stop || err != nil {
			return err
		}
	}
	if !a.asks() {
		a.note("'afterword recall show ID' has the answer, 'afterword recall grade ID good' says how it went.")
	}
	return nil
}

// askRecall asks one, shows it, and takes the grade. Ctrl-D stops.
func (a *app) askRecall(ctx context.Context, b *days.Book, x days.Ask, how speaking) (stop bool, err error) {
	got, err := a.answerTo(ctx, b, how, days.Spoken{Field: days.FieldOfRecall(x.ID), Of: x.Item.Session}, x.Text)
	if err != nil {
		return true, leave(err)
	}
	if err := got.taken(""); err != nil {
		return true, err
	}
	it, err := b.Reveal(ctx, x.ID)
	if err != nil {
		return true, err
	}
	a.printAnswer(it)
	for {
		line, err := a.ask(ctx, "How was it? again, hard, good or easy (Enter asks another day) ")
		if err != nil {
			return true, leave(err)
		}
		if line == "" {
			return false, nil
		}
		g, err := days.ParseGrade(line)
		if err != nil {
			a.note("%s", err)
			continue
		}
		c, err := b.Grade(ctx, string(x.ID), g)
		if err == nil {
			a.note("It comes back %s.\n", b.Shown(c.Due))
		}
		return err != nil, err
	}
}

// leave takes Ctrl-D for a wish to stop.
func leave(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// printAnswer is the item, its words, and where they can be heard.
func (a *app) printAnswer(it models.Item) {
	fmt.Fprintf(a.stdout, "%s\n", wrap(oneLine(it.Text), 76, "  "))
	for _, e := range it.Evidence {
		fmt.Fprintf(a.stdout, "%s\n", wrap(models.Clock(e.Span.Start)+"  “"+oneLine(e.Quote)+"”", 76, "      "))
	}
	fmt.Fprintf(a.stdout, "      in session %s\n", it.Session)
}

func newRecallShow(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use: "show ITEM", Short: "The answer, its words and where they are", Args: cobra.ExactArgs(1), Example: "  afterword recall show 3f9c",
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := a.book(cmd.Context())
			if err != nil {
				return err
			}
			it, err := b.Reveal(cmd.Context(), models.ItemID(args[0]))
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(models.Items{ID: string(it.Session), List: []models.Item{it}})
			}
			a.printAnswer(it)
			return nil
		},
	}
	a.jsonFlag(cmd)
	return cmd
}

func newRecallGrade(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use: "grade ITEM again|hard|good|easy", Short: "Say how well you remembered it", Args: cobra.ExactArgs(2), Example: "  afterword recall grade 3f9c good",
		RunE: func(cmd *cobra.Command, args []string) error {
			g, err := days.ParseGrade(args[1])
			if err != nil {
				return err
			}
			b, err := a.book(cmd.Context())
			if err != nil {
				return err
			}
			c, err := b.Grade(cmd.Context(), args[0], g)
			if err != nil {
				return err
			}
			return a.printKept("card", c, "It comes back %s.", b.Shown(c.Due))
		},
	}
	a.jsonFlag(cmd)
	return cmd
}
