package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

func newCalendar(a *app) *cobra.Command {
	var ics string
	var words bool
	cmd := &cobra.Command{
		Use: "calendar [MONTH]", Short: "Sessions, the next one, and what is due", Args: cobra.MaximumNArgs(1),
		Long: `Sessions, the next one, and what is due, of a month such as 2026-03, or of this
one. 'afterword prep next' says when the next session is.

--ics writes what comes into a file for another calendar. It says no more than
"Appointment" and "A small thing you planned", unless --words is given.`,
		Example: "  afterword calendar\n  afterword calendar 2026-03\n  afterword calendar --ics afterword.ics",
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			b, err := a.book(ctx)
			if err != nil {
				return err
			}
			if ics != "" {
				return a.writeOut(ics, func(w io.Writer) error { return b.WriteCalendar(ctx, w, words) })
			}
			day := b.Today()
			if len(args) > 0 {
				if day, err = models.ParseDate(args[0] + "-01"); err != nil {
					return usagef("a month is one such as 2026-03, not %q", args[0])
				}
			}
			first, last := days.Month(day)
			all, err := b.Calendar(ctx, first, last)
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string]any{"schema_version": schemaVersion, "month": first[:7], "days": append([]days.Dated{}, all...)})
			}
			fmt.Fprintln(a.stdout, first.Time().Format("January 2006"))
			for _, d := range all {
				what := map[string]string{days.DatedSession: "session", days.DatedAppointment: "next session", days.DatedHomework: a.set.Homework.Word}[d.Kind]
				fmt.Fprintf(a.stdout, "  %s  %s  %s\n", d.Day.Time().Format("Mon _2"), d.ID, strings.TrimSpace(what+"  "+oneLine(d.Text)))
			}
			return nil
		},
	}
	cmd.Flags().StringVar(&ics, "ics", "", "write what comes to a calendar `FILE`; - is the terminal")
	cmd.Flags().BoolVar(&words, "words", false, "with --ics: write what it is, for a calendar that only you see")
	a.jsonFlag(cmd)
	return cmd
}
