package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/models"
)

func newCoverage(a *app) *cobra.Command {
	var retry, suppressed bool
	cmd := &cobra.Command{
		Use:   "coverage [SESSION]",
		Short: "Account for every second of a session",
		Long: `Account for every second of a session: what was transcribed, what was silence,
what failed and why. The parts add up to the session's length to the millisecond.

Text that was written where nobody was heard to speak is held back, never
dropped: --suppressed shows it with its reason, 'restore' takes it in.`,
		Example: "  afterword coverage\n  afterword coverage 7f2c --json\n  afterword coverage 7f2c --retry     run the failed parts again\n  afterword coverage 7f2c --suppressed",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if suppressed {
				s, err := a.openSession(cmd.Context(), args)
				if err != nil {
					return err
				}
				return a.showSuppressed(cmd.Context(), s)
			}
			return a.showCoverage(cmd.Context(), args, retry)
		},
		ValidArgsFunction: a.completeSessions,
	}
	cmd.Flags().BoolVar(&retry, "retry", false, "run the failed parts again first")
	cmd.Flags().BoolVar(&suppressed, "suppressed", false, "show the text that was held back")
	cmd.MarkFlagsMutuallyExclusive("retry", "suppressed")
	a.jsonFlag(cmd)
	return cmd
}

func (a *app) showCoverage(ctx context.Context, args []string, retry bool) error {
	s, err := a.openSession(ctx, args)
	if err != nil {
		return err
	}
	if retry {
		if err := a.retryFailed(ctx, s); err != nil {
			return err
		}
	}
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

// retryFailed runs chunks that were set aside once more and waits for them.
func (a *app) retryFailed(ctx context.Context, s models.Session) error {
	n, err := a.store.RetryFailed(ctx, s.ID)
	if err != nil {
		return err
	}
	if n == 0 {
		a.note("Nothing had failed.")
		return nil
	}
	p, err := a.joinPipeline(ctx) // as the owner it publishes what is pending
	if err != nil {
		return err
	}
	defer func() { p.Close() }()
	if p.hub == nil {
		if err := p.publishPending(ctx, s.ID); err != nil {
			return err
		}
	}
	bar := a.newProgress(s.Title)
	defer bar.Close()
	return p.follow(ctx, s.ID, bar.stages("Transcribing"))
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
