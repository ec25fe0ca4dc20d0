package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/cmd/afterword/days"
)

func newTrends(a *app) *cobra.Command {
	var last int
	cmd := &cobra.Command{
		Use: "trends", Short: "What came up again, and what got easier", Args: cobra.NoArgs,
		Long: `What came up again, and what got easier, over the last sessions and weeks. Each
line names the items or notes that it is drawn from. Where there is too little
to say something, that is said.`,
		Example: "  afterword trends\n  afterword trends --last 8 --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if last < 1 || last > 1000 {
				return usagef("--last is 1 to 1000, not %d", last)
			}
			b, err := a.book(cmd.Context())
			if err != nil {
				return err
			}
			t, err := b.Trends(cmd.Context(), last)
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string]any{"schema_version": schemaVersion, "trends": t})
			}
			a.printTrends(b, t)
			return nil
		},
	}
	cmd.Flags().IntVar(&last, "last", 12, "how many sessions and weeks")
	a.jsonFlag(cmd)
	return cmd
}

func (a *app) printTrends(b *days.Book, t days.Trends) {
	n := len(t.Dates)
	if n == 0 && len(t.Moods) == 0 {
		a.note("There is nothing to look back on yet.")
		return
	}
	if n > 0 {
		fmt.Fprintf(a.stdout, "%d sessions, %s to %s\n", n, t.Dates[0], t.Dates[n-1])
	}
	if n > 0 && n < days.Few {
		fmt.Fprintf(a.stdout, "That is too few to say what changes; it shows what there was.\n")
	}
	if line := days.Sparkline(t.Moods, b.Today(), 28); line != "" {
		fmt.Fprintf(a.stdout, "\nMood, the last four weeks (%d days with one)\n  %s\n", len(t.Moods), line)
	}
	a.printThreads("Feelings", t.Emotions)
	a.printThreads("Themes", t.Themes)
	a.printTried("What set things off", t.Triggers, false)
	a.printTried("What you tried", t.Coping, true)
	if t.Done+t.Partly > 0 {
		fmt.Fprintf(a.stdout, "\nOf what you agreed, you did it %d times, and partly %d times.\n", t.Done, t.Partly)
	}
	a.printPoints("What came up again", t.Again)
	a.printPoints("What got easier", t.Easier)
	if len(t.Easier) == 0 {
		fmt.Fprintln(a.stdout, "\nWhat got easier: too little is noted yet to say.")
	}
}

// printThreads draws one mark a session: how often something came up in it.
func (a *app) printThreads(title string, all []days.Thread) {
	const most = 8
	for i, x := range all[:min(most, len(all))] {
		if i == 0 {
			fmt.Fprintf(a.stdout, "\n%s, one mark a session\n", title)
		}
		var marks strings.Builder
		for _, n := range x.Sessions {
			marks.WriteRune([]rune("·▂▄▆█")[min(n, 4)])
		}
		fmt.Fprintf(a.stdout, "  %s  %s  %s\n", marks.String(), days.Named(x.Label), x.Items[0])
	}
	if len(all) > most {
		fmt.Fprintf(a.stdout, "  and %d more\n", len(all)-most)
	}
}

func (a *app) printTried(title string, all []days.Tried, helped bool) {
	for i, x := range all[:min(8, len(all))] {
		if i == 0 {
			fmt.Fprintf(a.stdout, "\n%s\n", title)
		}
		how := countTimes(x.Times)
		if helped {
			how += fmt.Sprintf(", helped %d times", x.Helped)
		}
		fmt.Fprintf(a.stdout, "  %s  (%s)  %s\n", oneLine(x.Text), how, x.Notes[len(x.Notes)-1])
	}
}

func (a *app) printPoints(title string, all []days.Point) {
	for i, p := range all {
		if i == 0 {
			fmt.Fprintf(a.stdout, "\n%s\n", title)
		}
		where := ""
		switch {
		case len(p.Items) > 0:
			where = "  " + string(p.Items[0])
		case len(p.Notes) > 0:
			where = "  " + string(p.Notes[len(p.Notes)-1])
		}
		fmt.Fprintf(a.stdout, "  %s%s\n", oneLine(p.Text), where)
	}
}
