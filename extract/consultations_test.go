package extract

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/afterword/afterword/models"
)

// consultationsRead of the consultations, in the order of their names, were read while
// rules were written; the rest were only counted.
const consultationsRead = 29

// consultations are transcripts of PriMock57 (mock consultations with general practitioners,
// spoken freely; Korfiatis et al., ACL 2022, CC BY 4.0), which lie in dir. What
// was agreed in them was noted for this project by three readers, as gold has
// it; testdata/primock57.jsonl holds the notes and no word of the transcripts.
// Nothing is learnt from them.
func consultations(t *testing.T, dir string) []goldSession {
	t.Helper()
	var out []goldSession
	for _, n := range readLines[struct {
		ID      string
		Actions []goldAction
	}](t, "testdata/primock57.jsonl") {
		g := goldSession{Transcript: models.Transcript{ID: n.ID, Date: "2026-03-05"}}
		g.Segments = append(readGrid(t, dir, n.ID, "doctor", models.Therapist), readGrid(t, dir, n.ID, "patient", models.Client)...)
		slices.SortStableFunc(g.Segments, func(a, b models.Segment) int {
			return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End), cmp.Compare(a.Speaker, b.Speaker))
		})
		for i := range g.Segments {
			g.Segments[i].Seq = i
		}
		g.Gold.Actions = n.Actions
		out = append(out, g)
	}
	return out
}

var (
	gridInterval = regexp.MustCompile(`xmin = ([\d.]+)\s+xmax = ([\d.]+)\s+text = "((?:[^"]|"")*)"`)
	gridTag      = regexp.MustCompile(`<[^>]*>`)
	gridWord     = regexp.MustCompile(`\w`)
)

// readGrid reads what one of the two says: a TextGrid of Praat's.
func readGrid(t *testing.T, dir, id, who string, speaker models.Speaker) (out []models.Segment) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "transcripts", id+"_"+who+".TextGrid"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range gridInterval.FindAllStringSubmatch(string(b), -1) {
		text := strings.TrimSpace(gridTag.ReplaceAllString(strings.ReplaceAll(m[3], `""`, `"`), ""))
		from, err1 := strconv.ParseFloat(m[1], 64)
		to, err2 := strconv.ParseFloat(m[2], 64)
		if err := cmp.Or(err1, err2); err != nil {
			t.Fatalf("%s, %s: %v", id, who, err)
		}
		if gridWord.MatchString(text) {
			out = append(out, models.Segment{Speaker: speaker, Text: text, Span: models.Span{Start: atSecond(from), End: atSecond(to)}})
		}
	}
	return out
}

func atSecond(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func benchConsultations(t *testing.T, dir string) {
	t.Helper()
	var read, unread score
	for n, g := range consultations(t, dir) {
		sc := &unread
		if n < consultationsRead {
			sc = &read
		}
		sc.session(g, extractAll(t, g.Transcript))
	}
	fmt.Printf("| PriMock57, real talk of doctors | actions F1 | precision | recall | traps taken | status |\n| --- | ---: | ---: | ---: | ---: | ---: |\n")
	for _, x := range []struct {
		name string
		sc   score
	}{{"read", read}, {"unread", unread}} {
		a := x.sc.actions
		fmt.Printf("| %s, %d plans | %.1f | %.1f | %.1f | %.1f | %.1f |\n", x.name, a.tp+a.fn, a.percent(), a.precision(), a.recall(), x.sc.traps.percent(), x.sc.status.percent())
	}
}
