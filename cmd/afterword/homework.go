package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

func newHomework(a *app) *cobra.Command {
	var all, words bool
	var ics string
	cmd := &cobra.Command{
		Use: "homework", Aliases: []string{"practice"}, Short: "What you agreed to try, and how it goes", Args: cobra.NoArgs,
		Long: `What you agreed to try, and how it goes. Every action that you accept is here by
itself; 'plan' says when, where and how often. Partly counts. What was missed
is not kept, and nothing piles up.

The word is yours: 'homework.word' in the settings can be practice, home action
or another one.`,
		Example: `  afterword homework
  afterword homework plan 3f9c --when "after breakfast" --where kitchen --often daily --confident 80
  afterword homework done 3f9c --before 6 --after 3
  afterword homework partly 3f9c "half of it, on Tuesday"
  afterword homework add "Walk round the block" --often 3/week`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if ics != "" {
				return a.exportHomework(cmd.Context(), ics, words)
			}
			return a.listHomework(cmd.Context(), all)
		},
	}
	cmd.Flags().StringVar(&ics, "ics", "", "write what is open to a calendar `FILE`; it says no more than \"A small thing you planned\"")
	cmd.Flags().BoolVar(&words, "words", false, "with --ics: write what it is, for a calendar that only you see")
	cmd.Flags().BoolVar(&all, "all", false, "what is finished or let go, too")
	a.jsonFlag(cmd)
	cmd.AddCommand(newHomeworkShow(a), newHomeworkPlan(a, false), newHomeworkPlan(a, true), newHomeworkForm(a), newHomeworkDrop(a),
		a.outcomeCommand("done ID [NOTE]", "You did it", days.Done), a.outcomeCommand("partly ID [NOTE]", "You did some of it; that counts", days.Partly),
		a.outcomeCommand("skip ID [NOTE]", "Not this time", days.Skipped), a.outcomeCommand("log ID [NOTE]", "Say what happened, and how it felt", ""))
	return cmd
}

func (a *app) listHomework(ctx context.Context, all bool) error {
	b, err := a.book(ctx)
	if err != nil {
		return err
	}
	tasks, err := b.Homework(ctx)
	if err != nil {
		return err
	}
	var shown []days.Task
	for _, t := range tasks {
		if all || t.State != days.Finished && t.State != days.Dropped {
			shown = append(shown, t)
		}
	}
	if a.json {
		if shown == nil {
			shown = []days.Task{}
		}
		return a.printJSON(map[string]any{"schema_version": schemaVersion, "word": a.set.Homework.Word, "homework": shown})
	}
	if len(shown) == 0 {
		a.note("Nothing is waiting. An action that you accept comes here: 'afterword items --kind action' lists them.")
		return nil
	}
	titles := map[days.State]string{
		days.Open: "For today, if it suits", days.Enough: "Done for this time", days.Resting: "Later", days.Finished: "Done", days.Dropped: "Let go",
	}
	var last days.State
	for _, t := range shown {
		if t.State != last {
			if last != "" {
				fmt.Fprintln(a.stdout)
			}
			fmt.Fprintln(a.stdout, titles[t.State])
			last = t.State
		}
		a.printTask(b, t)
	}
	return nil
}

func (a *app) exportHomework(ctx context.Context, file string, words bool) error {
	b, err := a.book(ctx)
	if err != nil {
		return err
	}
	tasks, err := b.Homework(ctx)
	if err != nil {
		return err
	}
	return a.writeOut(file, func(w io.Writer) error { return b.WriteTasks(w, tasks, words) })
}

// printTask writes a task on one or two lines.
func (a *app) printTask(b *days.Book, t days.Task) {
	fmt.Fprintf(a.stdout, "  %s  %s\n", t.Plan.ID, oneLine(t.Plan.What))
	var d []string
	for _, x := range b.Details(t) {
		d = append(d, oneLine(x))
	}
	if len(d) > 0 {
		fmt.Fprintln(a.stdout, wrap(strings.Join(d, " · "), 76, "            "))
	}
}

func countTimes(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return strconv.Itoa(n) + " times"
}

func newHomeworkShow(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use: "show ID", Short: "One plan: all of it, the words behind it, and how it went", Args: cobra.ExactArgs(1),
		Example: "  afterword homework show 3f9c",
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			b, err := a.book(ctx)
			if err != nil {
				return err
			}
			t, err := b.FindTask(ctx, args[0])
			if err != nil {
				return err
			}
			var words []models.Evidence
			if t.Plan.About != "" {
				it, err := a.store.FindItem(ctx, models.ItemID(t.Plan.About))
				if err != nil && models.CodeOf(err) != models.NotFound {
					return err
				}
				words = it.Evidence
			}
			forms, err := b.Reflections(ctx, models.EntryFilter{About: string(t.Plan.ID)})
			if err != nil {
				return err
			}
			if a.json {
				quotes := []map[string]any{}
				for _, e := range words {
					quotes = append(quotes, map[string]any{"segment": e.Segment, "start": e.Span.Start.Seconds(), "quote": e.Quote})
				}
				return a.printJSON(map[string]any{"schema_version": schemaVersion, "task": t, "evidence": quotes, "forms": forms})
			}
			a.showTask(b, t, words, forms)
			return nil
		},
	}
	a.jsonFlag(cmd)
	return cmd
}

func (a *app) showTask(b *days.Book, t days.Task, words []models.Evidence, forms []days.Reflection) {
	p := t.Plan
	a.printTask(b, t)
	for _, e := range words {
		fmt.Fprintln(a.stdout, wrap(models.Clock(e.Span.Start)+"  “"+oneLine(e.Quote)+"”", 76, "            "))
	}
	if p.Session != "" {
		fmt.Fprintf(a.stdout, "            From session %s\n", p.Session)
	}
	line := func(name, text string) {
		if text != "" {
			fmt.Fprintf(a.stdout, "  %s\n", wrap(name+": "+oneLine(text), 76, ""))
		}
	}
	if p.Confident != nil {
		line("How sure you are", fmt.Sprintf("%d %%", *p.Confident))
	}
	line("What may come in between", p.Barrier)
	line("And then", p.Then)
	if f := days.FindForm(p.Form); f != nil {
		line("Form", f.Name+" ('afterword homework form "+string(p.ID)+"')")
	}
	if p.Dropped != "" {
		line("You let it go", strings.TrimSpace(b.Shown(p.Dropped)+" "+p.Why))
	}
	for _, o := range t.Outcomes {
		feel := ""
		if o.Before != nil && o.After != nil {
			feel = fmt.Sprintf(" (before %d, after %d)", *o.Before, *o.After)
		}
		line(b.Shown(o.Day)+", "+o.How+feel, strings.TrimSpace(o.What+" "))
		if o.What == "" {
			fmt.Fprintf(a.stdout, "  %s, %s%s\n", b.Shown(o.Day), o.How, feel)
		}
		line("    For your therapist", o.Tell)
	}
	for _, r := range forms {
		a.printReflection(b, r)
	}
}

func (a *app) outcomeCommand(use, short, how string) *cobra.Command {
	var before, after int
	var tell, day, file, howFlag string
	cmd := &cobra.Command{
		Use: use, Short: short, Args: cobra.MinimumNArgs(1),
		Example: "  afterword homework " + strings.Fields(use)[0] + " 3f9c \"it was easier than I thought\" --before 6 --after 3 --tell \"ask about the mornings\"",
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			b, err := a.book(ctx)
			if err != nil {
				return err
			}
			o := days.Outcome{How: how, Tell: strings.TrimSpace(tell)}
			if o.How == "" {
				o.How = howFlag
			}
			if o.What, err = a.textOf(args[1:], file); err != nil {
				return err
			}
			o.What = strings.TrimSpace(o.What)
			if cmd.Flags().Changed("before") {
				o.Before = &before
			}
			if cmd.Flags().Changed("after") {
				o.After = &after
			}
			if o.Day, err = dayFlag(b, day); err != nil {
				return err
			}
			if how == "" && howFlag == "" && a.asks() {
				if err := a.askOutcome(ctx, &o); err != nil {
					return err
				}
			}
			t, err := b.Log(ctx, args[0], o)
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string]any{"schema_version": schemaVersion, "task": t, "word": days.Praise(o)})
			}
			fmt.Fprintln(a.stdout, days.Praise(o))
			a.printTask(b, t)
			return nil
		},
	}
	g := cmd.Flags()
	g.IntVar(&before, "before", 0, "how hard it felt before, 0 to 10")
	g.IntVar(&after, "after", 0, "and after")
	g.StringVar(&tell, "tell", "", "what you want to tell your therapist about it")
	g.StringVar(&day, "day", "", "on which day (default today)")
	g.StringVar(&file, "file", "", "read the note from `FILE`; - is standard input")
	if how == "" {
		g.StringVar(&howFlag, "how", "", "done, partly or skipped")
	}
	a.jsonFlag(cmd)
	return cmd
}

func (a *app) askOutcome(ctx context.Context, o *days.Outcome) error {
	number := func(s string) *int {
		if n, err := strconv.Atoi(s); err == nil {
			return &n
		}
		return nil
	}
	for _, q := range []struct {
		text string
		keep func(string)
	}{
		{"How did it go? done, partly or skipped ", func(s string) { o.How = s }},
		{"What happened? ", func(s string) { o.What = s }},
		{"How hard did it feel before, 0 to 10? ", func(s string) { o.Before = number(s) }},
		{"And after? ", func(s string) { o.After = number(s) }},
		{"Anything to tell your therapist? ", func(s string) { o.Tell = s }},
	} {
		line, err := a.ask(ctx, q.text)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		q.keep(line)
	}
	return nil
}

func newHomeworkDrop(a *app) *cobra.Command {
	var back bool
	cmd := &cobra.Command{
		Use: "drop ID [WHY]", Short: "Let it go; --back takes it up again", Args: cobra.MinimumNArgs(1),
		Example: "  afterword homework drop 3f9c \"it does not fit any more\"\n  afterword homework drop 3f9c --back",
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := a.book(cmd.Context())
			if err != nil {
				return err
			}
			t, err := b.Drop(cmd.Context(), args[0], strings.Join(args[1:], " "), back)
			if err != nil {
				return err
			}
			if back {
				return a.printKept("task", t, "It is back: %s", oneLine(t.Plan.What))
			}
			return a.printKept("task", t, "Let go: %s", oneLine(t.Plan.What))
		},
	}
	cmd.Flags().BoolVar(&back, "back", false, "take it up again")
	a.jsonFlag(cmd)
	return cmd
}

func newHomeworkForm(a *app) *cobra.Command {
	var answers []string
	cmd := &cobra.Command{
		Use: "form ID", Short: "Fill in the small form that goes with it", Args: cobra.ExactArgs(1),
		Example: "  afterword homework form 3f9c\n  afterword homework form 3f9c --answer situation=\"at work\"",
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			b, err := a.book(ctx)
			if err != nil {
				return err
			}
			p, err := b.FindPlan(ctx, args[0])
			if err != nil {
				return err
			}
			if p.Form == "" {
				return models.WithHint(models.Errorf(models.Invalid, "plan %s has no form", p.ID), "give it one with 'afterword homework plan %s --form %s'", p.ID, days.FormThought)
			}
			if p.AsksSafety() {
				return p.Check()
			}
			r, err := b.Reflection(ctx, p.Form, p.Session, p.ID)
			if err != nil {
				return err
			}
			return a.fillForm(ctx, b, r, answers, speaking{})
		},
	}
	cmd.Flags().StringArrayVar(&answers, "answer", nil, "an answer, as `KEY=TEXT`; may be given more than once")
	a.jsonFlag(cmd)
	return cmd
}
