package review

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// source is everything that templates, handlers and scripts are written in.
func source(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	for _, pattern := range []string{"*.go", "templates/*.html", "assets/*.js"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, n := range names {
			if strings.HasSuffix(n, "_test.go") {
				continue
			}
			b, err := os.ReadFile(n)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(b)
		}
	}
	return all.String()
}

// Every sentence that is asked for is in the catalogue, and none is left there
// that nobody says.
func TestEveryTextIsThereAndUsed(t *testing.T) {
	src := source(t)
	used := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?:text\(|\bt )"([A-Za-z0-9.-]+[A-Za-z0-9])"[ )},]`).FindAllStringSubmatch(src, -1) {
		used[m[1]] = true
		if !hasText(m[1]) {
			t.Errorf("there is no text %q", m[1])
		}
	}
	for _, n := range navigation {
		used[n.Text] = true
	}
	// Keys that are put together from a fixed list.
	var built []string
	for _, k := range models.Kinds {
		built = append(built, "kind."+string(k))
	}
	for _, s := range []models.ActionStatus{models.Assigned, models.Committed, models.Suggested, models.Hypothetical, models.Declined, models.DoneAlready, models.ByTherapist} {
		built = append(built, "status."+string(s))
	}
	for _, f := range fates {
		built = append(built, "fate."+string(f))
	}
	for _, f := range []models.Fate{models.FateFailed, models.FatePending, models.FateGap, models.FateStruck} {
		built = append(built, "fate.long."+string(f))
	}
	for _, d := range []models.Doubt{models.DoubtRepeat, models.DoubtLowProb, models.DoubtNoSpeech, models.DoubtGap, models.DoubtEcho} {
		built = append(built, "doubt."+string(d))
	}
	for c := range statuses {
		built = append(built, "error.title."+string(c))
	}
	for _, why := range []string{"page", "host", "origin", "unknown", "link", string(models.Internal)} {
		built = append(built, "error.title."+why)
	}
	built = append(built, "stage.recording", "stage.reading", "stage.transcribing", "stage.finding", "owner.therapist", "owner.other", "item.helped", "item.helpednot",
		"said.accept", "said.reject", "said.undo", "said.edit", "said.done", "said.notdone", "theme.auto", "theme.light", "theme.dark",
		"protection.passphrase", "protection.keyring", "protection.keyfile")
	built = append(built, builtForDays()...)
	for _, k := range built {
		used[k] = true
		if !hasText(k) {
			t.Errorf("there is no text %q", k)
		}
	}
	for k := range texts {
		script, isScript := strings.CutPrefix(k, "js.")
		switch {
		case used[k], strings.HasPrefix(k, "error.more."):
		case isScript && strings.Contains(src, "texts."+script):
		default:
			t.Errorf("nobody says %q", k)
		}
	}
}

// builtForDays are the keys that the pages of the days put together.
func builtForDays() []string {
	built := []string{"tick.done", "tick.partly", "tick.later", "tick.back.done", "tick.back.partly", "safe.yes", "safe.unsure", "safe.no", "helped.yes", "helped.partly", "helped.no"}
	for _, d := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		built = append(built, "day."+d)
	}
	for _, k := range days.SearchKinds() {
		built = append(built, "kind."+k)
	}
	for _, part := range []string{"well", "hard", "homework", "tell", "loops", "avoided"} {
		built = append(built, "sheet."+part)
	}
	for _, how := range []string{days.Done, days.Partly, days.Skipped} {
		built = append(built, "how."+how)
	}
	for _, s := range []days.State{days.Open, days.Enough, days.Resting, days.Finished, days.Dropped} {
		built = append(built, "homework."+string(s))
	}
	return built
}

func TestText(t *testing.T) {
	for _, c := range []struct {
		got, want string
	}{
		{text("today.left", 1), "1 thing waits for your yes or no. There is no hurry."},
		{text("today.left", 3), "3 things wait for your yes or no. There is no hurry."},
		{text("no such text"), "no such text"},
		{text("said.accept", "100 % <b>"), "Kept: 100 % <b>"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

// The page has no room for things from elsewhere, nor for scripts and styles
// inside of it, which its policy would refuse.
func TestNothingFromElsewhere(t *testing.T) {
	names, _ := fs.Glob(files, "templates/*")
	more, _ := fs.Glob(files, "assets/*")
	size := 0
	for _, n := range append(names, more...) {
		b, _ := files.ReadFile(n)
		for _, bad := range []string{"https://", "http://", "//cdn", " style=", "<style", " onclick", " onload", "javascript:", "innerHTML = `", "eval("} {
			if n == "assets/icon.svg" || n == "assets/page.js" {
				b = bytes.ReplaceAll(b, []byte("http://www.w3.org/2000/svg"), nil)
			}
			if bytes.Contains(b, []byte(bad)) {
				t.Errorf("%s has %q", n, bad)
			}
		}
		if strings.HasPrefix(n, "assets/") {
			size += len(b)
		}
	}
	if size > 150_000 {
		t.Errorf("assets have %d bytes", size)
	}
}

func TestIsolate(t *testing.T) {
	if got, want := isolate("a\u202eb\u2066c\u200fd\x00e\nf שלום"), "abcde\nf שלום"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func seg(chunk int, from, to float64, who models.Speaker, said string) models.Segment {
	sec := func(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
	g := models.Segment{Session: "0123456789ab", Chunk: chunk, Span: models.Span{Start: sec(from), End: sec(to)}, Speaker: who, Text: said}
	fields := strings.Fields(said)
	for i, w := range fields {
		at := from + (to-from)*float64(i)/float64(len(fields))
		g.Words = append(g.Words, models.Word{Text: w, Span: models.Span{Start: sec(at), End: sec(at + 0.1)}, P: 0.9})
	}
	return g
}

// outline is a transcript in short: P for a paragraph with its segments, q for
// quiet, g for a gap, h for what was held back.
func outline(rows []row) string {
	var out []string
	for _, r := range rows {
		switch {
		case r.Para != nil:
			s := fmt.Sprintf("P%d", len(r.Para.Segments))
			if r.Para.Hard {
				s += "!"
			}
			out = append(out, s)
		case r.Held != nil:
			out = append(out, "h")
		case r.Gap != nil:
			out = append(out, "g")
		case r.Skip != 0:
			out = append(out, "s")
		default:
			out = append(out, fmt.Sprintf("q%.0f", r.Quiet.Seconds()))
		}
	}
	return strings.Join(out, " ")
}

func TestParagraphs(t *testing.T) {
	held := seg(3, 40, 41, models.Unknown, "Thanks for watching")
	held.Suspect = []models.Doubt{models.DoubtNoSpeech}
	tests := []struct {
		name string
		segs []models.Segment
		gaps []models.Stretch
		hard []models.Spot
		want string
	}{
		{"one voice goes on", []models.Segment{seg(0, 0, 2, "client", "a b"), seg(1, 3, 4, "client", "c")}, nil, nil, "P2"},
		{"another voice", []models.Segment{seg(0, 0, 2, "client", "a b"), seg(1, 2, 4, "therapist", "c")}, nil, nil, "P1 P1"},
		{"unknown voices part sooner", []models.Segment{seg(0, 0, 2, "unknown", "a b"), seg(1, 3, 4, "unknown", "c")}, nil, nil, "P1 P1"},
		{"silence is seen", []models.Segment{seg(0, 0, 2, "client", "a"), seg(1, 16, 18, "client", "b")}, nil, nil, "P1 q14 P1"},
		{"silence before the first word", []models.Segment{seg(0, 5, 6, "client", "a")}, nil, nil, "q5 P1"},
		{"a gap is seen", []models.Segment{seg(0, 0, 2, "client", "a"), seg(1, 10, 12, "client", "b")}, []models.Stretch{{Span: models.Span{Start: 2 * time.Second, End: 10 * time.Second}, Fate: models.FateGap}}, nil, "P1 g P1"},
		{"a gap at the end", []models.Segment{seg(0, 0, 2, "client", "a")}, []models.Stretch{{Span: models.Span{Start: 2 * time.Second, End: 10 * time.Second}, Fate: models.FateFailed}}, nil, "P1 g"},
		{"held back", []models.Segment{seg(0, 38, 40, "client", "a"), held, seg(4, 41, 42, "client", "b")}, nil, nil, "q38 P1 h P1"},
		{"folded", []models.Segment{seg(0, 0, 2, "client", "a"), seg(1, 2, 3, "client", "b"), seg(2, 3, 4, "client", "c")}, nil, []models.Spot{{Chunk: 1}}, "P1 P1! P1"},
		{"no words", []models.Segment{seg(0, 0, 2, "client", "  ")}, nil, nil, ""},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			hard := map[models.Spot]bool{}
			for _, s := range c.hard {
				hard[s] = true
			}
			for i := range c.segs {
				c.segs[i].Seq = i
			}
			if got := outline(paragraphs(models.Transcript{Segments: c.segs}, models.Coverage{Stretches: c.gaps}, hard)); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// However long somebody speaks, items stand near their words.
func TestLongTurnsAreBroken(t *testing.T) {
	var segs []models.Segment
	for i := range 40 {
		g := seg(i, float64(i), float64(i)+1, "client", strings.Repeat("word ", 10))
		g.Seq = i
		segs = append(segs, g)
	}
	rows := paragraphs(models.Transcript{Segments: segs}, models.Coverage{}, nil)
	n := 0
	for _, r := range rows {
		n += len(r.Para.Segments)
		if r.Para.words > maxWords+10 {
			t.Errorf("a paragraph of %d words", r.Para.words)
		}
	}
	if n != 40 {
		t.Errorf("%d segments of 40", n)
	}
}

func TestDraw(t *testing.T) {
	g := seg(0, 1, 2, "client", "I said yes again")
	g.Words[2].P = 0.2
	got := draw(g)
	want := []piece{{Text: "I said "}, {"yes", true, 2}, {Text: " again"}}
	if d := cmp.Diff(want, got.Pieces); d != "" || got.Starts != "0,250,500,750" {
		t.Errorf("starts %s\n%s", got.Starts, d)
	}
	g.Edited, g.Text = true, "I said no"
	if got := draw(g); got.Starts != "" || len(got.Pieces) != 1 {
		t.Errorf("after a correction the old times hold: %+v", got)
	}
	g.Words[1].P, g.Text = 0.1, "I said no again" // one word was corrected, another is still in doubt
	if d := cmp.Diff([]piece{{Text: "I "}, {"said", true, 1}, {Text: " no again"}}, draw(g).Pieces); d != "" {
		t.Error(d)
	}
}

func TestReplaceWord(t *testing.T) {
	for _, tt := range []struct {
		said string
		n    int
		to   string
		want string
	}{
		{"I will fall  my sister.", 2, "call", "I will call  my sister."},
		{" “Fall,” she said", 0, "Call", " “Call,” she said"},
		{"fall the fall.", 2, "Hall?", "fall the Hall?"},
	} {
		if got := replaceWord(tt.said, tt.n, tt.to); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestItemsStandBesideTheirWords(t *testing.T) {
	segs := []models.Segment{seg(0, 0, 1, "client", "a"), seg(1, 1, 2, "therapist", "b"), seg(2, 2, 3, "client", "c"), seg(3, 3, 4, "therapist", "d")}
	for i := range segs {
		segs[i].Seq = i
	}
	found := func(id string, seq int, d models.Decision) models.Item {
		return models.Item{ID: models.ItemID(id), Kind: models.KindGoal, Text: id, Decision: d, Evidence: []models.Evidence{{Segment: seq, Quote: "x"}}}
	}
	items := itemViews([]models.Item{found("1", 2, models.Proposed), found("2", -1, models.Proposed), found("3", 2, models.Rejected), {ID: "4", Kind: models.KindGoal}})
	if len(items) != 3 {
		t.Fatalf("an item without a quote is shown: %+v", items)
	}
	rows := paragraphs(models.Transcript{Segments: segs}, models.Coverage{}, nil)
	homeless := place(rows, items, filter{})
	if len(homeless) != 1 || homeless[0].ID != "2" || len(rows[2].Para.Notes) != 1 || rows[2].Para.Notes[0].ID != "1" {
		t.Errorf("homeless %v, notes %v", homeless, rows[2].Para.Notes)
	}
	if got := outline(onlyFound(rows)); got != "s P1 P1 s" {
		t.Errorf("what was found: %s", got)
	}
}

func TestVersionTellsChanges(t *testing.T) {
	a := models.Item{ID: "1", Text: "x", Decision: models.Proposed}
	seen := map[string]bool{version(a): true}
	for _, change := range []func(*models.Item){
		func(i *models.Item) { i.Text = "y" }, func(i *models.Item) { i.Decision = models.Accepted }, func(i *models.Item) { i.Finished = true },
		func(i *models.Item) { i.Due = "2026-03-05" }, func(i *models.Item) { i.Decided = time.UnixMilli(5) },
	} {
		b := a
		change(&b)
		if seen[version(b)] {
			t.Errorf("%+v looks like another one", b)
		}
		seen[version(b)] = true
	}
}

func FuzzParseSpot(f *testing.F) {
	for _, s := range []string{"0.1", "12.0", "", ".", "-1.2", "1.2.3", "99999999999999999999.1", "../x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		spot, err := parseSpot(s)
		if err != nil {
			if models.CodeOf(err) != models.Invalid {
				t.Errorf("%q: %v", s, err)
			}
			return
		}
		if back, err := parseSpot(spotName(spot)); err != nil || back != spot {
			t.Errorf("%q became %v, then %v (%v)", s, spot, back, err)
		}
	})
}

func FuzzInside(f *testing.F) {
	for _, s := range []string{"/", "/sessions/1?view=all#p1", "//evil.example", "/\\evil.example", "https://evil.example", "", "/a\r\nX: y"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		to := inside(s)
		r := httptest.NewRecorder()
		http.Redirect(r, httptest.NewRequest("GET", "http://127.0.0.1:7766/x", nil), to, http.StatusSeeOther)
		if l := r.Header().Get("Location"); !strings.HasPrefix(l, "/") || strings.HasPrefix(l, "//") || strings.HasPrefix(l, `/\`) {
			t.Errorf("%q leads to %q", s, l)
		}
	})
}

// Text from a session is text, wherever it stands.
func TestTemplatesEscape(t *testing.T) {
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>`
	it := models.Item{ID: "1", Kind: models.KindAction, Text: evil, When: evil, Recurrence: evil, Evidence: []models.Evidence{{Quote: evil}, {Quote: evil}}}
	s := segment{Segment: models.Segment{Text: evil}, Pieces: []piece{{evil, true, 0}}}
	v := sessionView{Head: heading{Title: evil, With: evil}, Paragraph: evil, Coverage: coverageView{}, Rows: []row{{Para: &paragraph{Name: evil, Segments: []segment{s}, Notes: []itemView{viewOf(it)}}}, {Held: &s}}, Homeless: []itemView{viewOf(it)}, Voices: []models.Speaker{evil}}
	for name, data := range map[string]any{
		"session": &v, "item-edit": viewOf(it), "item-page": viewOf(it), "correct": correction{Was: evil, Text: evil, Original: evil, Now: evil},
		"coverage": coverageDetails{Head: heading{Title: evil}, Failed: []failedView{{What: evil}}, Held: []heldView{{segment: s, Why: []string{evil}}}, Takes: []takeView{{Chosen: evil, Other: evil}}, Models: []string{evil}},
		"word":     wordView{Before: evil, Word: evil, After: evil, Others: []string{evil}, Was: evil},
		"today":    todayView{Next: &listed{heading: heading{Title: evil}, Short: evil}, Parts: []template.HTML{}},
		"sessions": listView{Notices: []notice{{1, evil, evil, evil}}, Months: []month{{evil, []listed{{heading: heading{Title: evil}, Short: evil}}}}},
		"settings": settingsView{Place: Place{ConfigFile: evil, Settings: []Setting{{evil, evil, evil, evil}}}}, "unlock": unlockView{evil, evil}, "error": errorView{evil, evil, evil},
	} {
		var b bytes.Buffer
		if err := templates.ExecuteTemplate(&b, name, data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !strings.Contains(b.String(), "&lt;script&gt;") || strings.Contains(b.String(), "<script>") || strings.Contains(b.String(), "<img") {
			t.Errorf("%s does not escape:\n%s", name, b.String())
		}
	}
}
