package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// bundle is a session as it is exported. The one with an empty session is what
// belongs to none.
type bundle struct {
	Session    models.Session
	Transcript models.Transcript
	Items      models.Items
	Writings   []days.Writing
	Entries    []models.Entry
	Tasks      []days.Task
	Answers    []days.Spoken // whose sound is kept; only a zip has them
}

// exporter writes bundles as one file.
type exporter func(io.Writer, *app, *days.Book, []bundle) error

// exporters are the forms for reading and for other programs; zip holds them.
var exporters = map[string]exporter{
	"md": exportMarkdown, "txt": exportText, "html": exportHTML, "json": exportJSON, "csv": exportCSV, "ics": exportICS,
	"pdf": exportPDF, "srt": captions(writeSRT), "vtt": captions(writeVTT),
}

func exporterFor(format string) (exporter, bool) {
	if format == "zip" {
		return exportZip, true
	}
	e, ok := exporters[format]
	return e, ok
}

func exportFormats() []string { return append(slices.Sorted(maps.Keys(exporters)), "zip") }

func newExport(a *app) *cobra.Command {
	var format, out, notes string
	var dry bool
	cmd := &cobra.Command{
		Use: "export SESSION|all", Short: "Write a session, or everything, into a file of your own", Args: cobra.ExactArgs(1),
		Long: `Write a session, or everything, into a file of your own. The file is not sealed:
whoever has it can read it. For a copy that stays sealed, use 'afterword backup'.

md, html and pdf are for reading and printing, json and csv for programs, srt
and vtt are captions, ics is the homework as a calendar, and zip holds all of it
with the sound. -o names a file, or a folder; without it the text goes to the
terminal. What was held back as no speech is only in json.

--notes writes what was found as a note in the form SOAP or DAP, as therapists
know it: your items with their words and nothing else. It is your own note and no
clinical record, and says so.`,
		Example: "  afterword export last --format md -o session.md\n  afterword export all --format zip -o afterword.zip\n  afterword export last --format html --dry-run\n  afterword export last --notes soap -o note.md",
		RunE: func(cmd *cobra.Command, args []string) error {
			write, ok := exporterFor(format)
			if !ok {
				return usagef("--format is one of %s, not %q", strings.Join(exportFormats(), ", "), format)
			}
			if (format == "srt" || format == "vtt") && args[0] == "all" {
				return usagef("captions belong to one session; 'export all --format zip' has those of each")
			}
			if notes != "" {
				if noteForms[notes] == nil || format != "md" {
					return usagef("--notes is soap or dap, and is written as md")
				}
				write = exportNotes(notes)
			}
			return a.export(cmd.Context(), args, format, out, dry, write)
		},
		ValidArgsFunction: a.completeSessions,
	}
	cmd.Flags().StringVar(&format, "format", "md", strings.Join(exportFormats(), ", "))
	cmd.Flags().StringVarP(&out, "output", "o", "-", "write to that `FILE`, or into that folder")
	cmd.Flags().StringVar(&notes, "notes", "", "as a note of that form: soap or dap")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say what would be written, and write nothing")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(exportFormats(), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("notes", cobra.FixedCompletions([]string{"soap", "dap"}, cobra.ShellCompDirectiveNoFileComp))
	a.jsonFlag(cmd)
	return cmd
}

func (a *app) export(ctx context.Context, args []string, format, out string, dry bool, write exporter) error {
	b, err := a.book(ctx)
	if err != nil {
		return err
	}
	all, err := a.bundles(ctx, b, args[0])
	if err != nil {
		return err
	}
	if fi, err := os.Stat(out); err == nil && fi.IsDir() {
		out = filepath.Join(out, exportName(all, format))
	}
	if dry {
		return a.sayExport(all, format, out)
	}
	if out == "-" && (format == "zip" || format == "pdf") {
		return usagef("a %s needs a file: -o afterword.%s", format, format)
	}
	if out != "-" && exists(out) && !a.confirm(shown(out)+" exists. Replace it?") {
		return models.WithHint(models.Errorf(models.Conflict, "export: %s exists", shown(out)), "choose another name, or --yes to replace it")
	}
	if err := a.writeOut(out, func(w io.Writer) error { return write(w, a, b, all) }); err != nil {
		return err
	}
	if out != "-" {
		a.note("Written to %s. It is not sealed: whoever has the file can read it, and so can a cloud folder that it lies in.", shown(out))
	}
	return nil
}

// exportName is a name without anybody's words in it.
func exportName(all []bundle, format string) string {
	if s := all[0].Session; len(all) == 1 {
		return fmt.Sprintf("afterword-%s-%s.%s", s.Date, s.ID, format)
	}
	return "afterword-all." + format
}

func (a *app) sayExport(all []bundle, format, out string) error {
	type line struct {
		Session  models.SessionID `json:"session,omitempty"`
		Segments int              `json:"segments"`
		Items    int              `json:"items"`
		Entries  int              `json:"entries"`
	}
	lines := []line{}
	for _, x := range all {
		lines = append(lines, line{x.Session.ID, len(x.Transcript.Segments), len(x.Items.List), len(x.Entries)})
	}
	if a.json {
		return a.printJSON(map[string]any{"schema_version": schemaVersion, "format": format, "output": out, "would_write": lines})
	}
	fmt.Fprintf(a.stdout, "Would write %s to %s:\n", format, shown(out))
	for _, l := range lines {
		name := string(l.Session)
		if name == "" {
			name = "what belongs to no session"
		}
		fmt.Fprintf(a.stdout, "  %s: %d segments, %d items, %d notes, plans and outcomes\n", name, l.Segments, l.Items, l.Entries)
	}
	return nil
}

// bundles reads one session, or all of them, the oldest first, and after them
// what belongs to none.
func (a *app) bundles(ctx context.Context, b *days.Book, which string) ([]bundle, error) {
	var sessions []models.Session
	var err error
	if which == "all" {
		sessions, err = a.store.Sessions(ctx)
		slices.Reverse(sessions)
		sessions = append(sessions, models.Session{})
	} else {
		var one models.Session
		one, err = a.openSession(ctx, []string{which})
		sessions = []models.Session{one}
	}
	if err != nil {
		return nil, err
	}
	entries, err := a.store.Entries(ctx, models.EntryFilter{})
	if err != nil {
		return nil, err
	}
	writings, err := b.Writings(ctx)
	if err != nil {
		return nil, err
	}
	tasks, err := b.Homework(ctx)
	if err != nil {
		return nil, err
	}
	spoken, err := b.Spoken(ctx)
	if err != nil {
		return nil, err
	}
	var all []bundle
	for _, s := range sessions {
		x := bundle{Session: s, Entries: []models.Entry{}}
		if s.ID != "" {
			if x.Transcript, err = a.store.Transcript(ctx, s.ID); err != nil {
				return nil, err
			}
			if x.Items, err = a.itemsOf(ctx, s); err != nil {
				return nil, err
			}
		}
		for _, e := range entries {
			if e.Session == s.ID && !e.Kind.Housekeeping() {
				x.Entries = append(x.Entries, e)
			}
		}
		for _, w := range writings {
			if w.Session == s.ID {
				x.Writings = append(x.Writings, w)
			}
		}
		for _, t := range tasks {
			if t.Plan.Session == s.ID {
				x.Tasks = append(x.Tasks, t)
			}
		}
		x.Answers = answersIn(x, spoken)
		all = append(all, x)
	}
	return all, nil
}
