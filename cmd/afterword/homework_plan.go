package main

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/cmd/afterword/days"
)

// planFlags are the flags that say how something is to be carried out.
type planFlags struct {
	what, when, where, often, due, start, barrier, then, form, safe string
	confident                                                       int
}

func (f *planFlags) add(cmd *cobra.Command) {
	g := cmd.Flags()
	g.StringVar(&f.what, "what", "", "what exactly, as small as it has to be")
	g.StringVar(&f.when, "when", "", "when: \"after breakfast\"")
	g.StringVar(&f.where, "where", "", "where")
	g.StringVar(&f.often, "often", "", "once, daily, weekdays, weekly, 3/week, 2/day or as-needed")
	g.StringVar(&f.due, "due", "", "by which day, or until which day it comes round; none takes it away")
	g.StringVar(&f.start, "start", "", "from which day")
	g.IntVar(&f.confident, "confident", -1, "how sure you are that it will happen, in percent")
	g.StringVar(&f.barrier, "barrier", "", "what may come in between")
	g.StringVar(&f.then, "then", "", "and what you will do then")
	g.StringVar(&f.form, "form", "", "a small form to go with it: "+strings.Join(days.FormKeys()[2:], ", "))
	g.StringVar(&f.safe, "safe", "", "for a talk with somebody: is it safe to try? yes, no or unsure")
}

func (f *planFlags) any() bool { return *f != planFlags{confident: -1} }

func (f *planFlags) into(b *days.Book, p *days.Plan) error {
	for _, x := range []struct {
		from string
		to   *string
	}{{f.what, &p.What}, {f.when, &p.When}, {f.where, &p.Where}, {f.often, &p.Often}, {f.barrier, &p.Barrier}, {f.then, &p.Then}, {f.form, &p.Form}, {f.safe, &p.Safe}} {
		if x.from != "" {
			*x.to = strings.TrimSpace(x.from)
		}
	}
	if f.due == "none" {
		p.Due = ""
	} else if f.due != "" {
		d, err := dayFlag(b, f.due)
		if err != nil {
			return err
		}
		p.Due = d
	}
	if f.start != "" {
		d, err := dayFlag(b, f.start)
		if err != nil {
			return err
		}
		p.Start = d
	}
	if f.confident != -1 {
		p.Confident = &f.confident
	}
	return nil
}

func newHomeworkPlan(a *app, own bool) *cobra.Command {
	var f planFlags
	cmd := &cobra.Command{
		Use: "plan ID", Short: "Say when, where, how often, and how sure you are", Args: cobra.ExactArgs(1),
		Long: `Say when, where, how often, and how sure you are. On a terminal, without flags,
the questions are asked one by one; an empty answer keeps what is there.`,
		Example: "  afterword homework plan 3f9c\n  afterword homework plan 3f9c --often 3/week --when evenings --confident 70 --barrier \"too tired\" --then \"one line is enough\"",
	}
	if own {
		cmd.Use, cmd.Short, cmd.Long = "add WHAT", "Something of your own that you want to try", ""
		cmd.Args, cmd.Example = cobra.MinimumNArgs(1), "  afterword homework add \"Walk round the block\" --often 3/week --when \"after work\""
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		b, err := a.book(ctx)
		if err != nil {
			return err
		}
		var p days.Plan
		if own {
			if p.What, err = a.textOf(args, ""); err != nil {
				return err
			}
		} else if p, err = b.FindPlan(ctx, args[0]); err != nil {
			return err
		}
		if err := f.into(b, &p); err != nil {
			return err
		}
		if a.asks() && !f.any() {
			if err := a.askPlan(ctx, &p); err != nil {
				return err
			}
		}
		return a.savePlan(ctx, b, p)
	}
	f.add(cmd)
	a.jsonFlag(cmd)
	return cmd
}

// askPlan goes through the questions of a plan. Ctrl-D keeps what was said.
func (a *app) askPlan(ctx context.Context, p *days.Plan) error {
	confident, safe := "", p.Safe
	if p.Confident != nil {
		confident = strconv.Itoa(*p.Confident)
	}
	questions := []struct {
		text string
		to   *string
		only func() bool
	}{
		{"Is it safe to try this with that person? yes, no or unsure", &safe, func() bool { return p.Form == days.FormScript }},
		{"What exactly?", &p.What, nil},
		{"When?", &p.When, nil},
		{"Where?", &p.Where, nil},
		{"How often? once, daily, weekdays, 3/week, as-needed", &p.Often, nil},
		{"How sure are you that it will happen, in percent?", &confident, nil},
		{"Below 90 %, smaller is better. What could a smaller version be?", &p.What, p.TooBig},
		{"What may come in between?", &p.Barrier, p.TooBig},
		{"And what will you do then?", &p.Then, p.TooBig},
	}
	for _, q := range questions {
		if q.only != nil && !q.only() {
			continue
		}
		now := ""
		if *q.to != "" {
			now = " [" + oneLine(*q.to) + "]"
		}
		line, err := a.ask(ctx, q.text+now+" ")
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if line != "" {
			*q.to = line
		}
		p.Safe = safe
		if n, err := strconv.Atoi(strings.Trim(confident, " %")); err == nil {
			p.Confident = &n
		}
	}
	return nil
}

func (a *app) savePlan(ctx context.Context, b *days.Book, p days.Plan) error {
	p, err := b.SavePlan(ctx, p)
	if err != nil {
		return err
	}
	t, err := b.FindTask(ctx, string(p.ID))
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{"schema_version": schemaVersion, "task": t, "too_big": p.TooBig()})
	}
	a.printTask(b, t)
	if p.Form == days.FormScript && p.Safe != "yes" {
		a.note("Then leave it for now. It may be a good thing to bring to your therapist first: 'afterword prep topic'.")
	}
	if p.TooBig() {
		a.note("Below %d %% it helps to make it smaller (--what), or to say what may come in between (--barrier) and what then (--then).", days.Sure)
	}
	return nil
}
