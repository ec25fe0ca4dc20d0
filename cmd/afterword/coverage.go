package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/store"
)

// accounting is what coverage is asked for.
type accounting struct {
	retry, all        bool
	suppressed, takes bool
	take              string
}

func newCoverage(a *app) *cobra.Command {
	var c accounting
	cmd := &cobra.Command{
		Use:   "coverage [SESSION]",
		Short: "Account for every second of a session",
		Long: `Account for every second of a session: what was transcribed, what was silence,
what failed and why. The parts add up to the session's length to the millisecond.

Text that was written where nobody was heard to speak is held back, never
dropped: --suppressed shows it with its reason, 'restore' takes it in.

What failed can be run again with --retry, with another --model too; --all runs
the whole session again. The earlier text is kept, and so is what you corrected:
it is carried over where the words agree, and where they do not, the text stays
as you have it. --takes shows the texts that were put aside, --take chooses one.`,
		Example: `  afterword coverage
  afterword coverage 7f2c --json
  afterword coverage 7f2c --suppressed
  afterword coverage 7f2c --retry                       run the failed parts again
  afterword coverage 7f2c --retry --all --model small   all of it, with another model
  afterword coverage 7f2c --takes
  afterword coverage 7f2c --take 2                      show that text instead; or all`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.account(cmd.Context(), args, c, cmd.Flags().Changed("model"))
		},
		ValidArgsFunction: a.completeSessions,
	}
	f := cmd.Flags()
	f.BoolVar(&c.retry, "retry", false, "run the failed parts again first")
	f.BoolVar(&c.all, "all", false, "with --retry: run the whole session again, with what was taken for silence though something stirs in it")
	f.Var(override{a, "model"}, "model", "with --retry: speech model for it; then also for speech in which no words were found")
	f.BoolVar(&c.suppressed, "suppressed", false, "show the text that was held back")
	f.BoolVar(&c.takes, "takes", false, "show the texts that were put aside")
	f.StringVar(&c.take, "take", "", "show the text with this `NUMBER` instead of the present one; or all")
	cmd.MarkFlagsMutuallyExclusive("retry", "suppressed", "takes", "take")
	a.jsonFlag(cmd)
	return cmd
}

func (a *app) account(ctx context.Context, args []string, c accounting, model bool) error {
	if (c.all || model) && !c.retry {
		return usagef("--all and --model go with --retry")
	}
	s, err := a.openSession(ctx, args)
	if err != nil {
		return err
	}
	switch {
	case c.suppressed:
		return a.showSuppressed(ctx, s)
	case c.takes:
		return a.showTakes(ctx, s)
	case c.take != "":
		return a.chooseTake(ctx, s, c.take)
	case c.retry:
		if err := a.runAgain(ctx, s, store.Again{All: c.all, Wordless: model}); err != nil {
			return err
		}
	}
	return a.showCoverage(ctx, s)
}

func (a *app) showCoverage(ctx context.Context, s models.Session) error {
	c, err := a.store.Coverage(ctx, s.ID)
	if err != nil {
		return err
	}
	if a.json {
		out := coverageJSON(c)
		out["schema_version"], out["session"] = schemaVersion, s.ID
		return a.printJSON(out)
	}
	fmt.Fprintln(a.stdout, coverageLine(c))
	for _, st := range c.Stretches {
		switch st.Fate {
		case models.FateTranscribed, models.FateSilence:
			continue
		}
		fmt.Fprintf(a.stdout, "  %s  %s", st.Span, st.Fate)
		if st.Reason != "" {
			fmt.Fprintf(a.stdout, ": %s", st.Reason)
		}
		fmt.Fprintln(a.stdout)
	}
	return nil
}

var fates = []models.Fate{
	models.FateTranscribed, models.FateSilence, models.FateSuppressed, models.FateFailed,
	models.FatePending, models.FateGap, models.FateStruck,
}

// coverageLine is the ledger in one line; parts of no length are left out.
func coverageLine(c models.Coverage) string {
	var parts []string
	for _, f := range fates {
		if d := c.Total(f); d > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", exact(d), f))
		}
	}
	if len(parts) == 0 {
		return "Covered: nothing yet"
	}
	return fmt.Sprintf("Covered: %s = %s", exact(c.Duration), strings.Join(parts, " + "))
}

// exact is a length to the millisecond, so that the parts visibly add up.
func exact(d time.Duration) string {
	return fmt.Sprintf("%s.%03d", models.Clock(d), d.Milliseconds()%1000)
}

func coverageJSON(c models.Coverage) map[string]any {
	sec := func(d time.Duration) float64 { return float64(d.Milliseconds()) / 1000 }
	totals := map[string]float64{}
	for _, f := range fates {
		totals[string(f)] = sec(c.Total(f))
	}
	type stretch struct {
		Start  float64     `json:"start"`
		End    float64     `json:"end"`
		Fate   models.Fate `json:"fate"`
		Reason string      `json:"reason,omitempty"`
	}
	list := []stretch{}
	for _, s := range c.Stretches {
		list = append(list, stretch{sec(s.Start), sec(s.End), s.Fate, s.Reason})
	}
	return map[string]any{"duration": sec(c.Duration), "totals": totals, "stretches": list}
}
