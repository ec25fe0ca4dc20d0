package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/models"
)

// transcriptWriters are the forms in which a transcript can be had.
var transcriptWriters = map[string]func(io.Writer, models.Transcript) error{
	"txt": writeText, "md": writeMarkdown, "srt": writeSRT, "vtt": writeVTT, "json": writeJSON,
}

func formatFlag(cmd *cobra.Command, format *string) {
	cmd.Flags().StringVar(format, "format", "txt", "txt, md, srt, vtt or json")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"txt", "md", "srt", "vtt", "json"}, cobra.ShellCompDirectiveNoFileComp))
}

func writerFor(format string) (func(io.Writer, models.Transcript) error, error) {
	w, ok := transcriptWriters[format]
	if ok && format != "json" { // JSON carries the doubt beside the text
		return func(out io.Writer, t models.Transcript) error { return w(out, t.Heard()) }, nil
	}
	if ok {
		return w, nil
	}
	return nil, usagef("--format is txt, md, srt, vtt or json, not %q", format)
}

func writeJSON(w io.Writer, t models.Transcript) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(t)
}

// turn is one speaker's unbroken segments.
type turn struct {
	speaker models.Speaker
	start   time.Duration
	text    string
}

// turns joins the segments of one speaker. A long pause begins a new paragraph;
// where nobody knows who spoke, a short one does, for it may be another voice.
func turns(t models.Transcript) []turn {
	var out []turn
	var end time.Duration
	for _, s := range t.Segments {
		text := strings.TrimSpace(oneLine(s.Text))
		if text == "" {
			continue
		}
		n := len(out)
		pause := 2 * time.Second
		if speakerName(s.Speaker) == "" {
			pause = 700 * time.Millisecond
		}
		joined := n > 0 && out[n-1].speaker == s.Speaker && s.Span.Start-end < pause
		end = s.Span.End
		if joined {
			out[n-1].text += " " + text
			continue
		}
		out = append(out, turn{s.Speaker, s.Span.Start, text})
	}
	return out
}

func speakerName(s models.Speaker) string {
	switch s {
	case models.Client:
		return "You"
	case models.Therapist:
		return "Therapist"
	case models.Unknown, "":
		return ""
	}
	return string(s)
}

func writeText(w io.Writer, t models.Transcript) error {
	for _, u := range turns(t) {
		name := speakerName(u.speaker)
		if name != "" {
			name += ": "
		}
		if _, err := fmt.Fprintf(w, "[%s] %s%s\n", models.Clock(u.start), name, u.text); err != nil {
			return err
		}
	}
	return nil
}

func writeMarkdown(w io.Writer, t models.Transcript) error {
	if _, err := fmt.Fprintf(w, "# %s\n\n%s · %s\n", markdown(orUntitled(t.Title)), t.Date, models.Clock(t.Duration)); err != nil {
		return err
	}
	for _, u := range turns(t) {
		name := speakerName(u.speaker)
		if name != "" {
			name = "**" + markdown(name) + "** "
		}
		if _, err := fmt.Fprintf(w, "\n%s*%s*  \n%s\n", name, models.Clock(u.start), markdown(u.text)); err != nil {
			return err
		}
	}
	return nil
}

var markdownEscapes = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "<", `\<`, "[", `\[`, "#", `\#`)

func markdown(s string) string { return markdownEscapes.Replace(s) }

func writeSRT(w io.Writer, t models.Transcript) error {
	for i, s := range t.Segments {
		if _, err := fmt.Fprintf(w, "%d\n%s --> %s\n%s\n\n", i+1, stamp(s.Span.Start, ","), stamp(s.Span.End, ","), cue(s)); err != nil {
			return err
		}
	}
	return nil
}

func writeVTT(w io.Writer, t models.Transcript) error {
	if _, err := fmt.Fprint(w, "WEBVTT\n\n"); err != nil {
		return err
	}
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	for _, s := range t.Segments {
		if _, err := fmt.Fprintf(w, "%s --> %s\n%s\n\n", stamp(s.Span.Start, "."), stamp(s.Span.End, "."), escape.Replace(cue(s))); err != nil {
			return err
		}
	}
	return nil
}

func cue(s models.Segment) string {
	text := strings.TrimSpace(oneLine(s.Text))
	if name := speakerName(s.Speaker); name != "" {
		return name + ": " + text
	}
	return text
}

// stamp is hours:minutes:seconds and milliseconds, as both caption formats
// want it but for the separator.
func stamp(d time.Duration, sep string) string {
	ms := d.Milliseconds()
	return fmt.Sprintf("%02d:%02d:%02d%s%03d", ms/3_600_000, ms/60_000%60, ms/1000%60, sep, ms%1000)
}

func orUntitled(s string) string {
	if s == "" {
		return "Untitled session"
	}
	return s
}
