package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/extract"
	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/store"
)

// The report card. What a person keeps and rejects is the only measure of the
// extractor on their own sessions; it moves what later findings must reach,
// and nothing else leaves this computer or is kept about it but the day from
// which decisions count.

func newReport(a *app) *cobra.Command {
	var reset bool
	cmd := &cobra.Command{
		Use: "report", Short: "How often what was found was right", Args: cobra.NoArgs,
		Long: `How often what was found was right: what you kept, edited and rejected, kind by
kind, with how many that rests on.

From ten decisions on, themes and feelings that you mostly reject must be
stronger to be noted in later sessions. Actions are never held back. --reset
lets decisions count anew from now on; the decisions themselves stay.`,
		Example: "  afterword report\n  afterword report --json\n  afterword report --reset",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if reset {
				return a.resetReport()
			}
			return a.report(cmd.Context())
		},
	}
	cmd.Flags().BoolVar(&reset, "reset", false, "let decisions count anew from now on")
	a.jsonFlag(cmd)
	return cmd
}

// reportStart is the file that says from when decisions count.
func (h home) reportStart() string { return filepath.Join(h.Data, "report.json") }

type reportFrom struct {
	Since time.Time `json:"since"`
}

// since is when the report begins: the zero time unless it was reset.
func (a *app) reportSince() (time.Time, error) {
	b, err := os.ReadFile(a.home.reportStart())
	if errors.Is(err, os.ErrNotExist) {
		return time.Time{}, nil
	}
	var from reportFrom
	if err == nil {
		err = json.Unmarshal(b, &from)
	}
	if err != nil {
		return time.Time{}, models.WithHint(models.Errorf(models.Invalid, "read when the report begins: %w", err), "'afterword report --reset' begins anew")
	}
	return from.Since, nil
}

func (a *app) resetReport() error {
	if err := a.home.make(); err != nil {
		return err
	}
	b, err := json.Marshal(reportFrom{clock().UTC()})
	if err != nil {
		return fmt.Errorf("reset report: %w", err)
	}
	file := a.home.reportStart()
	if err := errors.Join(os.WriteFile(file+".new", b, 0o600), os.Rename(file+".new", file)); err != nil {
		return fmt.Errorf("reset report: %w", err)
	}
	a.note("Decisions count anew from now on. What was decided stays as it is.")
	return nil
}

// decided is what was made of items since the report begins.
type decided struct {
	since   time.Time
	kinds   map[models.Kind]extract.Tally
	rules   map[models.Kind]extract.Tally // those that the rules found: only these move what they must reach
	engines map[string]extract.Tally
}

func (a *app) decided(ctx context.Context) (d decided, err error) {
	if d.since, err = a.reportSince(); err != nil {
		return d, err
	}
	list, err := a.store.Items(ctx, store.ItemFilter{All: true})
	if err != nil {
		return d, err
	}
	d.kinds, d.rules, d.engines = map[models.Kind]extract.Tally{}, map[models.Kind]extract.Tally{}, map[string]extract.Tally{}
	for _, it := range list {
		if it.Decided.IsZero() || it.Decided.Before(d.since) {
			continue
		}
		d.kinds[it.Kind] = counted(d.kinds[it.Kind], it.Decision)
		d.engines[it.Engine] = counted(d.engines[it.Engine], it.Decision)
		if it.Engine == models.EngineRules {
			d.rules[it.Kind] = counted(d.rules[it.Kind], it.Decision)
		}
	}
	return d, nil
}

func counted(t extract.Tally, d models.Decision) extract.Tally {
	switch d {
	case models.Accepted:
		t.Kept++
	case models.Edited:
		t.Edited++
	case models.Rejected:
		t.Rejected++
	}
	return t
}

// extractor is set up by what is known of this person: what they kept of
// earlier findings, and what they had agreed in earlier sessions.
func (a *app) extractor(ctx context.Context, t models.Transcript) (*extract.Extractor, error) {
	d, err := a.decided(ctx)
	if err != nil {
		a.log.Warn("decisions do not count for this session", "error", err.Error())
	}
	c := extract.Config{Least: extract.LeastFor(d.rules)}
	sessions, err := a.store.Sessions(ctx)
	if err != nil {
		return nil, err
	}
	var last models.Session
	for _, s := range sessions {
		if s.State == models.Ready && string(s.ID) != t.ID && s.Date != "" && s.Date < t.Date && s.Date > last.Date {
			last = s
		}
	}
	if last.ID == "" {
		return extract.New(c), nil
	}
	acts, err := a.store.Items(ctx, store.ItemFilter{Session: last.ID, Kind: models.KindAction})
	if err != nil {
		return nil, err
	}
	for _, it := range acts {
		if !it.Finished && (it.Status == models.Assigned || it.Status == models.Committed) && it.Owner == "client" {
			c.Earlier = append(c.Earlier, it)
		}
	}
	return extract.New(c), nil
}

type reportRow struct {
	Kind      models.Kind `json:"kind,omitempty"`
	Engine    string      `json:"engine,omitempty"`
	Kept      int         `json:"kept"`
	Edited    int         `json:"edited"`
	Rejected  int         `json:"rejected"`
	N         int         `json:"n"`
	Precision float64     `json:"precision"`
}

func (a *app) report(ctx context.Context) error {
	if err := a.open(ctx); err != nil {
		return err
	}
	d, err := a.decided(ctx)
	if err != nil {
		return err
	}
	rows := []reportRow{}
	for _, k := range models.Kinds {
		if t := d.kinds[k]; t.N() > 0 {
			rows = append(rows, reportRow{k, "", t.Kept, t.Edited, t.Rejected, t.N(), t.Precision()})
		}
	}
	engines := []reportRow{}
	for _, e := range []struct{ name, of string }{{engineRules, models.EngineRules}, {engineLLM, models.EngineLLM}} {
		if t := d.engines[e.of]; t.N() > 0 {
			engines = append(engines, reportRow{"", e.name, t.Kept, t.Edited, t.Rejected, t.N(), t.Precision()})
		}
	}
	least := extract.LeastFor(d.rules)
	if a.json {
		out := map[string]any{"schema_version": schemaVersion, "kinds": rows, "engines": engines, "thresholds": map[string]float64{"theme": least.Theme, "emotion": least.Emotion}}
		if !d.since.IsZero() {
			out["since"] = d.since.Format(time.RFC3339)
		}
		return a.printJSON(out)
	}
	a.printReport(rows, engines, least, d.since)
	return nil
}

func (a *app) printReport(rows, engines []reportRow, least extract.Least, since time.Time) {
	if !since.IsZero() {
		fmt.Fprintf(a.stdout, "Since %s\n\n", since.Format("2 January 2006"))
	}
	if len(rows) == 0 {
		fmt.Fprintln(a.stdout, "Nothing has been accepted, edited or rejected yet.")
		return
	}
	fmt.Fprintf(a.stdout, "%-14s %5s %7s %9s %5s   kept or edited\n", "", "kept", "edited", "rejected", "n")
	line := func(name string, r reportRow) {
		fmt.Fprintf(a.stdout, "%-14s %5d %7d %9d %5d   %3.0f %%\n", name, r.Kept, r.Edited, r.Rejected, r.N, 100*r.Precision)
	}
	for _, r := range rows {
		line(kindTitles[r.Kind], r)
	}
	if len(engines) > 1 {
		fmt.Fprintln(a.stdout)
		for _, r := range engines {
			line(map[string]string{engineRules: "By the rules", engineLLM: "By your model"}[r.Engine], r)
		}
	}
	fmt.Fprintln(a.stdout)
	moved := false
	for _, x := range []struct {
		what string
		at   float64
	}{{"Themes", least.Theme}, {"Feelings that were not named outright", least.Emotion}} {
		if x.at > 0 {
			moved = true
			fmt.Fprintf(a.stdout, "%s are noted from a strength of %.2f on, since many were rejected.\n", x.what, x.at)
		}
	}
	if !moved {
		fmt.Fprintln(a.stdout, "Nothing is held back: what the rules find is noted.")
	}
}
