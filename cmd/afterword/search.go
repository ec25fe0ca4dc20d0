package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

func newSearch(a *app) *cobra.Command {
	var q days.Query
	var session, since string
	cmd := &cobra.Command{
		Use: "search QUERY", Short: "Find it again: in what was said, found and written", Args: cobra.MinimumNArgs(1),
		Long: `Find it again: in what was said, in items, and in what you wrote. Every word of
the query must be there, each as the beginning of a word; "words in quotes"
stand side by side. The index is made in memory each time and written nowhere.

Kinds: words (what was said), ` + strings.Join(days.SearchKinds()[1:], ", ") + `.`,
		Example: "  afterword search sister\n  afterword search '\"say no\"' --kind words\n  afterword search anx --since 2026-03-01 --json",
		RunE: func(cmd *cobra.Command, args []string) error {
			if q.Kind != "" && !slices.Contains(days.SearchKinds(), q.Kind) {
				return usagef("--kind is one of %s, not %q", strings.Join(days.SearchKinds(), ", "), q.Kind)
			}
			q.Text = strings.Join(args, " ")
			return a.search(cmd.Context(), q, session, since)
		},
	}
	f := cmd.Flags()
	f.StringVar(&session, "session", "", "only in that session")
	f.StringVar(&q.Kind, "kind", "", "only one kind")
	f.StringVar(&since, "since", "", "only from that day on")
	f.IntVar(&q.Limit, "limit", 50, "how many at most")
	_ = cmd.RegisterFlagCompletionFunc("kind", cobra.FixedCompletions(days.SearchKinds(), cobra.ShellCompDirectiveNoFileComp))
	a.jsonFlag(cmd)
	return cmd
}

func (a *app) search(ctx context.Context, q days.Query, session, since string) error {
	b, err := a.book(ctx)
	if err != nil {
		return err
	}
	if q.Since, err = dayFlag(b, since); err != nil {
		return err
	}
	if session != "" {
		if q.Session, err = a.store.ResolveSession(ctx, session); err != nil {
			return err
		}
	}
	hits, more, err := b.Finder(a.store, nil).Search(ctx, q)
	if err != nil {
		return err
	}
	if a.json {
		return a.printHits(hits, more)
	}
	for _, h := range hits {
		place := fmt.Sprintf("%s  %s  %s", h.Day, h.ID, h.Kind)
		if h.Kind == days.Words {
			place = fmt.Sprintf("%s  %s  %s", h.Day, h.Session, models.Clock(h.Start))
			if name := speakerName(h.Speaker); name != "" {
				place += "  " + name
			}
		}
		fmt.Fprintf(a.stdout, "%s\n%s\n", place, wrap(q.Excerpt(h.Text, 160), 76, "    "))
	}
	switch {
	case len(hits) == 0:
		a.note("Nothing found.")
	case more > 0:
		a.note("And %d more; --limit shows them.", more)
	}
	return nil
}

func (a *app) printHits(hits []days.Hit, more int) error {
	type hit struct {
		days.Hit
		Start *float64 `json:"start,omitempty"` // seconds
	}
	out := []hit{}
	for _, h := range hits {
		x := hit{Hit: h}
		if h.Kind == days.Words {
			s := float64(h.Start.Milliseconds()) / 1000
			x.Start = &s
		}
		out = append(out, x)
	}
	return a.printJSON(map[string]any{"schema_version": schemaVersion, "hits": out, "more": more})
}
