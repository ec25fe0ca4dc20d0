package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/cmd/afterword/days"
)

func newGoals(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use: "goals", Short: "What you work towards, with its steps", Args: cobra.NoArgs,
		Long:    "What you work towards, with its steps. A goal that you accept from a session is here by itself.",
		Example: "  afterword goals\n  afterword goals add \"Sleep through again\"\n  afterword goals step 3f9c \"No phone after ten\"\n  afterword goals done 3f9c 1",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.listGoals(cmd.Context())
		},
	}
	a.jsonFlag(cmd)
	type change = func(b *days.Book, g *days.Goal, args []string) (string, error)
	sub := func(use, short, example string, least int, f change) {
		c := &cobra.Command{
			Use: use, Short: short, Args: cobra.MinimumNArgs(least), Example: "  afterword goals " + example,
			RunE: func(cmd *cobra.Command, args []string) error {
				return a.changeGoal(cmd.Context(), args, f)
			},
		}
		a.jsonFlag(c)
		cmd.AddCommand(c)
	}
	add := &cobra.Command{
		Use: "add TEXT", Short: "A goal of your own", Args: cobra.MinimumNArgs(1), Example: "  afterword goals add \"Sleep through again\"",
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := a.book(cmd.Context())
			if err != nil {
				return err
			}
			var g days.Goal
			if g.Text, err = a.textOf(args, ""); err != nil {
				return err
			}
			if g, err = b.SaveGoal(cmd.Context(), g); err != nil {
				return err
			}
			return a.printKept("goal", g, "Kept, as %s.", g.ID)
		},
	}
	a.jsonFlag(add)
	cmd.AddCommand(add)
	sub("step GOAL TEXT", "Add a step to a goal", "step 3f9c \"No phone after ten\"", 2, func(_ *days.Book, g *days.Goal, args []string) (string, error) {
		g.Steps = append(g.Steps, days.Step{Text: strings.TrimSpace(strings.Join(args, " "))})
		return "One more step.", nil
	})
	sub("done GOAL [STEP]", "Tick off a step by its number, or the goal", "done 3f9c 1", 1, func(b *days.Book, g *days.Goal, args []string) (string, error) {
		if len(args) == 0 {
			g.Reached = b.Today()
			return "You reached it.", nil
		}
		n, err := strconv.Atoi(args[0])
		if err != nil || n < 1 || n > len(g.Steps) {
			return "", usagef("the goal has %d steps; %q is none of them", len(g.Steps), args[0])
		}
		g.Steps[n-1].Done = b.Today()
		return "One step further.", nil
	})
	sub("note GOAL TEXT", "A word about how it goes", "note 3f9c \"easier on weekends\"", 2, func(b *days.Book, g *days.Goal, args []string) (string, error) {
		g.Notes = append(g.Notes, days.Remark{Day: b.Today(), Text: strings.TrimSpace(strings.Join(args, " "))})
		return "Noted.", nil
	})
	sub("drop GOAL", "Let a goal go", "drop 3f9c", 1, func(b *days.Book, g *days.Goal, _ []string) (string, error) {
		g.Dropped = b.Today()
		return "Let go.", nil
	})
	sub("back GOAL", "Take a goal up again", "back 3f9c", 1, func(_ *days.Book, g *days.Goal, _ []string) (string, error) {
		g.Dropped, g.Reached = "", ""
		return "It is back.", nil
	})
	return cmd
}

func (a *app) changeGoal(ctx context.Context, args []string, change func(*days.Book, *days.Goal, []string) (string, error)) error {
	b, err := a.book(ctx)
	if err != nil {
		return err
	}
	g, err := b.FindGoal(ctx, args[0])
	if err != nil {
		return err
	}
	word, err := change(b, &g, args[1:])
	if err != nil {
		return err
	}
	if g, err = b.SaveGoal(ctx, g); err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{"schema_version": schemaVersion, "goal": g})
	}
	fmt.Fprintln(a.stdout, word)
	a.printGoal(b, g)
	return nil
}

func (a *app) listGoals(ctx context.Context) error {
	b, err := a.book(ctx)
	if err != nil {
		return err
	}
	goals, err := b.Goals(ctx)
	if err != nil {
		return err
	}
	if a.json {
		if goals == nil {
			goals = []days.Goal{}
		}
		return a.printJSON(map[string]any{"schema_version": schemaVersion, "goals": goals})
	}
	if len(goals) == 0 {
		a.note("No goals yet. 'afterword goals add' makes one; one that you accept from a session comes here too.")
		return nil
	}
	for _, g := range goals {
		if g.Dropped == "" {
			a.printGoal(b, g)
		}
	}
	return nil
}

func (a *app) printGoal(b *days.Book, g days.Goal) {
	state := ""
	switch {
	case g.Reached != "":
		state = "  (reached " + b.Shown(g.Reached) + ")"
	case len(g.Steps) > 0:
		state = fmt.Sprintf("  (%d of %d steps)", g.Taken(), len(g.Steps))
	}
	fmt.Fprintf(a.stdout, "  %s  %s%s\n", g.ID, oneLine(g.Text), state)
	for i, s := range g.Steps {
		mark := " "
		if s.Done != "" {
			mark = "✓"
		}
		fmt.Fprintf(a.stdout, "            %d %s %s\n", i+1, mark, oneLine(s.Text))
	}
	for _, n := range g.Notes {
		fmt.Fprintln(a.stdout, wrap(b.Shown(n.Day)+": "+oneLine(n.Text), 76, "            "))
	}
}
