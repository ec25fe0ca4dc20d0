package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/models"
)

func newSessions(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "sessions",
		Short:   "List your sessions, newest first",
		Example: "  afterword sessions\n  afterword sessions --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.listSessions(cmd.Context())
		},
	}
	a.jsonFlag(cmd)
	return cmd
}

type sessionJSON struct {
	ID       models.SessionID    `json:"id"`
	Title    string              `json:"title"`
	With     string              `json:"with,omitempty"`
	Date     models.Date         `json:"date"`
	Duration float64             `json:"duration"`
	Language string              `json:"language,omitempty"`
	Model    string              `json:"model,omitempty"`
	Source   models.Source       `json:"source"`
	State    models.SessionState `json:"state"`
	Created  time.Time           `json:"created"`
}

func toSessionJSON(s models.Session) sessionJSON {
	return sessionJSON{s.ID, s.Title, s.With, s.Date, float64(s.Duration.Milliseconds()) / 1000, s.Language, s.Model, s.Source, s.State, s.Created}
}

func (a *app) listSessions(ctx context.Context) error {
	if err := a.open(ctx); err != nil {
		return err
	}
	list, err := a.store.Sessions(ctx)
	if err != nil {
		return err
	}
	if a.json {
		out := make([]sessionJSON, 0, len(list))
		for _, s := range list {
			out = append(out, toSessionJSON(s))
		}
		return a.printJSON(map[string]any{"schema_version": schemaVersion, "sessions": out})
	}
	if len(list) == 0 {
		a.note("No sessions yet. 'afterword import FILE' writes down a recording.")
		return nil
	}
	w := tabwriter.NewWriter(a.stdout, 0, 4, 2, ' ', 0)
	for _, s := range list {
		state, err := a.stateLine(ctx, s)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", s.ID, s.Date, length(s.Duration), shorten(oneLine(orUntitled(s.Title)), 48), state)
	}
	return w.Flush()
}

// stateLine says in words how far a session is.
func (a *app) stateLine(ctx context.Context, s models.Session) (string, error) {
	switch s.State {
	case models.Ready:
		return "", nil
	case models.Ingesting:
		return "not read to its end", nil
	case models.Extracting:
		return "written down", nil
	}
	done, total, _, err := a.store.Progress(ctx, s.ID)
	if err != nil || total == 0 {
		return "waiting", err
	}
	return fmt.Sprintf("%d %% written down", 100*done/total), nil
}

func length(d time.Duration) string {
	if d == 0 {
		return "–"
	}
	return models.Clock(d)
}

func newShow(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "show [SESSION]",
		Short:   "Show what mattered in a session",
		Long:    "Show what mattered in a session, with the words behind it.\n\nSESSION is an id, the beginning of one, or 'last' (the default).",
		Example: "  afterword show\n  afterword show 7f2c --json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.showSession(cmd.Context(), args)
		},
		ValidArgsFunction: a.completeSessions,
	}
	a.jsonFlag(cmd)
	return cmd
}

func (a *app) showSession(ctx context.Context, args []string) error {
	s, err := a.openSession(ctx, args)
	if err != nil {
		return err
	}
	items, err := a.itemsOf(ctx, s)
	if err != nil {
		return err
	}
	c, err := a.store.Coverage(ctx, s.ID)
	if err != nil {
		return err
	}
	reading, err := a.reading(ctx, s.ID)
	if err != nil {
		return err
	}
	if a.json {
		out := map[string]any{"schema_version": schemaVersion, "session": toSessionJSON(s), "items": items, "coverage": coverageJSON(c)}
		if reading.State != "" {
			out["reading"] = reading
		}
		return a.printJSON(out)
	}
	fmt.Fprintf(a.stdout, "%s\n%s · %s · %s\n", oneLine(orUntitled(s.Title)), s.Date, length(s.Duration), s.ID)
	if state, err := a.stateLine(ctx, s); err != nil {
		return err
	} else if state != "" {
		fmt.Fprintf(a.stdout, "%s\n", state)
	}
	fmt.Fprintln(a.stdout)
	a.printItems(items)
	if line := readingLine(reading, s.ID); line != "" {
		fmt.Fprintln(a.stdout, wrap(line, 76, ""))
	}
	if s.State != models.Ingesting {
		fmt.Fprintln(a.stdout, coverageLine(c))
	}
	return nil
}

// openSession opens store and vault and finds the session that the first
// argument names; without one, the last.
func (a *app) openSession(ctx context.Context, args []string) (models.Session, error) {
	if err := a.open(ctx); err != nil {
		return models.Session{}, err
	}
	name := "last"
	if len(args) > 0 {
		name = args[0]
	}
	id, err := a.store.ResolveSession(ctx, name)
	if err != nil && name == "last" && models.CodeOf(err) == models.NotFound {
		return models.Session{}, models.WithHint(models.Errorf(models.NotFound, "there are no sessions yet"), "'afterword import FILE' writes down a recording")
	}
	if err != nil {
		return models.Session{}, models.WithHint(err, "'afterword sessions' lists them")
	}
	return a.store.FindSession(ctx, id)
}

// completeSessions offers ids for the shell. It asks for no passphrase and
// starts nothing.
func (a *app) completeSessions(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	a.noInput = true
	if len(args) > 0 || a.configure(cmd) != nil || a.open(cmd.Context()) != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	list, err := a.store.Sessions(cmd.Context())
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	out := []string{"last\tthe newest session"}
	for _, s := range list {
		out = append(out, fmt.Sprintf("%s\t%s %s", s.ID, s.Date, shorten(oneLine(s.Title), 40)))
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

func newTranscript(a *app) *cobra.Command {
	var format, out string
	cmd := &cobra.Command{
		Use:     "transcript [SESSION]",
		Short:   "Print every word of a session",
		Long:    "Print every word of a session.\n\nSESSION is an id, the beginning of one, or 'last' (the default).",
		Example: "  afterword transcript\n  afterword transcript 7f2c --format vtt -o session.vtt",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if a.json {
				format = "json"
			}
			write, err := writerFor(format)
			if err != nil {
				return err
			}
			s, err := a.openSession(cmd.Context(), args)
			if err != nil {
				return err
			}
			t, err := a.store.Transcript(cmd.Context(), s.ID)
			if err != nil {
				return err
			}
			if s.State == models.Ingesting || s.State == models.Transcribing {
				a.note("This session is not yet written down to its end.")
			}
			return a.writeOut(out, func(w io.Writer) error { return write(w, t) })
		},
		ValidArgsFunction: a.completeSessions,
	}
	formatFlag(cmd, &format)
	cmd.Flags().StringVarP(&out, "output", "o", "-", "write to `FILE`")
	a.jsonFlag(cmd)
	return cmd
}
