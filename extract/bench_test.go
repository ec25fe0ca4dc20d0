package extract

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/afterword/afterword/extract/corpus"
)

// column is one set in the table.
type column struct {
	name string
	sc   score
	lex  ratio // themes in the order of the lexicon alone
	emo  pairScore
	act  pairScore
}

func (c *column) session(t *testing.T, g goldSession) {
	c.sc.session(g, extractAll(t, g.Transcript))
	l := newLot(g, false)
	first5(&l, func(n int) float64 { return l.found.totals[n] }, &c.lex)
}

// TestBenchExtract prints what `go run ./cmd/build bench extract` shows: how
// well items are found on each set that there is, as a Markdown table. It is
// no check; the floors are in the tests beside it. AFTERWORD_BENCH_GOLD names a
// folder of gold sessions and pairs, AFTERWORD_BENCH_AMI one of the AMI corpus,
// AFTERWORD_BENCH_PRIMOCK one of PriMock57.
func TestBenchExtract(t *testing.T) {
	if os.Getenv("AFTERWORD_BENCH_EXTRACT") == "" {
		t.Skip("run by 'go run ./cmd/build bench extract'")
	}
	var all []*column
	if dir := os.Getenv("AFTERWORD_BENCH_GOLD"); dir != "" {
		c := &column{name: "gold, development"}
		for _, g := range readSessions(t, dir+"/sessions") {
			c.session(t, g)
		}
		benchPairs(t, dir+"/pairs", &c.emo, &c.act)
		all = append(all, c)
	}
	own := &column{name: "own, read since"}
	for _, g := range readSessions(t, "testdata/validation/sessions") {
		own.session(t, g)
	}
	benchPairs(t, "testdata/validation/pairs", &own.emo, &own.act)
	all = append(all, own)
	ss, err := corpus.Sessions()
	if err != nil {
		t.Fatal(err)
	}
	learnt, unread := &column{name: "corpus, learnt from"}, &column{name: "corpus, unread"}
	all = append(all, learnt, unread)
	add := func(c *column, side corpus.Side) {
		for _, s := range ss {
			if s.Side() == side {
				c.session(t, gold(s))
			}
		}
		scorePairs(t, side, &c.emo, &c.act, nil)
	}
	add(learnt, corpus.Train)
	for _, side := range corpus.Unread {
		c := &column{name: string(side)}
		add(c, side)
		add(unread, side)
		all = append(all, c)
	}
	row := func(name string, of func(*column) string) {
		fmt.Printf("| %s |", name)
		for _, c := range all {
			fmt.Printf(" %s |", of(c))
		}
		fmt.Println()
	}
	row("", func(c *column) string { return c.name })
	row("---", func(*column) string { return "---:" })
	percent := func(name string, v func(*column) float64) {
		row(name, func(c *column) string { return fmt.Sprintf("%.1f", v(c)) })
	}
	percent("actions F1", func(c *column) float64 { return c.sc.actions.percent() })
	percent("action traps taken", func(c *column) float64 { return c.sc.traps.percent() })
	percent("status", func(c *column) float64 { return c.sc.status.percent() })
	percent("due dates", func(c *column) float64 { return c.sc.due.percent() })
	percent("recurrence", func(c *column) float64 { return c.sc.recurrence.percent() })
	percent("emotions F1", func(c *column) float64 { return c.sc.emotions.percent() })
	percent("emotion families F1", func(c *column) float64 { return c.sc.families.percent() })
	percent("emotion traps taken", func(c *column) float64 { return c.sc.emotionTraps.percent() })
	percent("themes recall at 5", func(c *column) float64 { return c.sc.themes.percent() })
	percent("the same, by the lexicon alone", func(c *column) float64 { return c.lex.percent() })
	percent("quotes verbatim", func(c *column) float64 { return c.sc.verbatim.percent() })
	percent("action pairs right", func(c *column) float64 { return c.act.accuracy.percent() })
	percent("action pairs, false positives", func(c *column) float64 { return c.act.falsePositives.percent() })
	percent("action pairs, dates", func(c *column) float64 { return c.act.dates.percent() })
	percent("emotion pairs F1", func(c *column) float64 { return c.emo.emotions.percent() })
	percent("emotion pairs, traps taken", func(c *column) float64 { return c.emo.traps.percent() })
	if dir := os.Getenv("AFTERWORD_BENCH_AMI"); dir != "" {
		fmt.Println()
		benchAMI(t, dir)
	}
	if dir := os.Getenv("AFTERWORD_BENCH_PRIMOCK"); dir != "" {
		fmt.Println()
		benchConsultations(t, dir)
	}
}

func benchPairs(t *testing.T, dir string, emo, act *pairScore) {
	t.Helper()
	for _, p := range readLines[goldPair](t, dir+"/actions.jsonl") {
		tr, _ := p.transcript()
		act.action(p, extractAll(t, tr))
	}
	for _, p := range readLines[goldPair](t, dir+"/emotions.jsonl") {
		tr, last := p.transcript()
		emo.emotion(p, last, extractAll(t, tr))
	}
}

// scorePairs scores the pairs of one side of the corpus; miss hears of each
// that went wrong.
func scorePairs(t *testing.T, side corpus.Side, emo, act *pairScore, miss func(string)) {
	t.Helper()
	es, err := corpus.EmotionPairs()
	if err != nil {
		t.Fatal(err)
	}
	as, err := corpus.ActionPairs()
	if err != nil {
		t.Fatal(err)
	}
	said := func(format string, args ...any) {
		if miss != nil {
			miss(fmt.Sprintf(format, args...))
		}
	}
	for _, p := range es {
		if p.Side() != side {
			continue
		}
		g := goldOf(p)
		tr, last := g.transcript()
		if items := extractAll(t, tr); !emo.emotion(g, last, items) {
			said("E miss: %s %v after %q: want %v got %v", p.ID, p.Text, p.Before, p.Emotions, labelsAt(items, last))
		}
	}
	for _, p := range as {
		if p.Side() != side {
			continue
		}
		g := goldOf(p)
		tr, _ := g.transcript()
		if !act.action(g, extractAll(t, tr)) {
			said("A miss: %s %v after %q: want %s", p.ID, p.Text, p.Before, strings.TrimSpace(fmt.Sprint(p.Status, " ", p.Due, " ", p.Recurrence)))
		}
	}
}
