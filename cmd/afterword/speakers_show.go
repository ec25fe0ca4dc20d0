package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/afterword/afterword/models"
)

// voiceRow is one speaker as it is shown.
type voiceRow struct {
	Speaker models.Speaker `json:"speaker"`
	Seconds float64        `json:"seconds"`
	Words   int            `json:"words"`
	Share   float64        `json:"share"` // of the time in which somebody speaks
	Sample  *voiceSample   `json:"sample,omitempty"`
}

// voiceSample are words by which a voice can be recognised.
type voiceSample struct {
	Segment int     `json:"segment"`
	Start   float64 `json:"start"`
	Text    string  `json:"text"`
}

// voiceRows sums up who spoke, the unknown last.
func voiceRows(all []models.Segment) []voiceRow {
	voices := append(voicesOf(all), models.Unknown)
	var out []voiceRow
	total := 0.0
	for _, v := range voices {
		r := voiceRow{Speaker: v}
		longest := 0
		for _, g := range all {
			if g.Speaker != v && (g.Speaker != "" || v != models.Unknown) || g.HeldBack() {
				continue
			}
			n := len(strings.Fields(g.Text))
			r.Words += n
			r.Seconds += g.Span.Len().Seconds()
			if n > longest && n <= 16 || r.Sample == nil {
				longest = n
				r.Sample = &voiceSample{g.Seq, float64(g.Span.Start.Milliseconds()) / 1000, strings.TrimSpace(oneLine(g.Text))}
			}
		}
		if r.Sample != nil {
			total += r.Seconds
			out = append(out, r)
		}
	}
	for i := range out {
		if total > 0 {
			out[i].Share = out[i].Seconds / total
		}
		out[i].Seconds = float64(int64(out[i].Seconds*1000+0.5)) / 1000
		out[i].Share = float64(int64(out[i].Share*1000+0.5)) / 1000
	}
	return out
}

func (a *app) showSpeakers(ctx context.Context, s models.Session, t models.Transcript) error {
	v, err := a.store.Voicing(ctx, s.ID)
	if err != nil {
		return err
	}
	rows := voiceRows(t.Segments)
	if a.json {
		if rows == nil {
			rows = []voiceRow{}
		}
		return a.printJSON(map[string]any{"schema_version": schemaVersion, "session": s.ID, "outcome": v.Outcome, "named_by": v.Named, "speakers": rows})
	}
	if len(rows) == 0 {
		a.note("Nobody has said anything in this session.")
		return nil
	}
	w := tabwriter.NewWriter(a.stdout, 0, 4, 2, ' ', 0)
	for _, r := range rows {
		name := speakerName(r.Speaker)
		if name == "" {
			name = "unknown"
		}
		fmt.Fprintf(w, "%s\t%s\t%.0f %%\t[%s] %s\n", name, models.Clock(time.Duration(r.Seconds*float64(time.Second))), 100*r.Share,
			models.Clock(time.Duration(r.Sample.Start*float64(time.Second))), shorten(r.Sample.Text, 60))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	a.note("%s", howNamed(v, rows, s.ID))
	a.reportVoices(ctx, s.ID)
	return nil
}

// howNamed says how it is known who is who, and what to do if it is wrong.
func howNamed(v models.Voicing, rows []voiceRow, id models.SessionID) string {
	switch v.Named {
	case models.NamedByPerson:
		return "Who is who is as you said."
	case models.NamedByVoice:
		return fmt.Sprintf("Who is who is known from your voice. 'afterword speakers %s --swap' changes it.", id)
	case models.NamedByWords:
		return fmt.Sprintf("Who is who is taken from the way the two talk. 'afterword speakers %s --swap' changes it.", id)
	}
	for _, r := range rows {
		if strings.HasPrefix(string(r.Speaker), "S") {
			return fmt.Sprintf("Whose voices these are is not known. 'afterword speakers %s --client %s' says that %s is you.", id, r.Speaker, r.Speaker)
		}
	}
	if v.Outcome == "" && len(rows) == 1 {
		return fmt.Sprintf("Nobody has been told apart yet: 'afterword speakers %s --again' does it.", id)
	}
	return fmt.Sprintf("'afterword speakers %s --swap' changes who is who.", id)
}
