package extract

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/afterword/afterword/models"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden shows every item of two sessions in full; read the diff before
// committing it.
func TestGolden(t *testing.T) {
	for _, name := range []string{"val-04", "val-12"} {
		b, err := os.ReadFile(filepath.Join("testdata/validation/sessions", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var tr models.Transcript
		if err := json.Unmarshal(b, &tr); err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal(extractAll(t, tr))
		if err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		if err := json.Indent(&got, raw, "", " "); err != nil {
			t.Fatal(err)
		}
		got.WriteByte('\n')
		path := filepath.Join("testdata/golden", name+".items.json")
		if *update {
			if err := os.MkdirAll("testdata/golden", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%s: items differ from %s; run with -update and read the diff", name, path)
		}
	}
}

// checkItems holds whatever the input: every item has evidence, quotes stand verbatim,
// and none is shown twice.
func checkItems(t testing.TB, tr models.Transcript, items models.Items) {
	t.Helper()
	for _, it := range items.List {
		if len(it.Evidence) == 0 {
			t.Errorf("%s without evidence", it.Kind)
		}
		for n, e := range it.Evidence {
			if !e.In(tr) {
				t.Errorf("%s: quote %q is not in segment %d", it.Kind, e.Quote, e.Segment)
			}
			if slices.Contains(it.Evidence[:n], e) {
				t.Errorf("%s %s: quote %q of segment %d is shown twice", it.Kind, it.Label, e.Quote, e.Segment)
			}
		}
		if it.Kind == models.KindAction && (it.Text == "" || it.Status == "" || it.Owner == "") {
			t.Errorf("action without text, status or owner: %+v", it)
		}
		if it.Due != "" {
			if _, err := models.ParseDate(string(it.Due)); err != nil {
				t.Errorf("due %q is no date", it.Due)
			}
		}
	}
	for _, p := range items.Phrases {
		if len(p.Evidence) == 0 || !strings.Contains(p.Evidence[0].Quote, p.Text) {
			t.Errorf("phrase %q rests on %+v", p.Text, p.Evidence)
		}
		for _, e := range p.Evidence {
			if !e.In(tr) {
				t.Errorf("phrase %q: quote %q is not in segment %d", p.Text, e.Quote, e.Segment)
			}
		}
	}
	if _, err := json.Marshal(items); err != nil {
		t.Errorf("items do not marshal: %v", err)
	}
	if items.Summary == "" {
		t.Error("no summary")
	}
}

func TestOddTranscripts(t *testing.T) {
	long := strings.Repeat("I was so tired and I said I'd ring her tomorrow, but then (laughs) I didn't, did I? ", 240)
	tests := []struct {
		name string
		segs []models.Segment
	}{
		{"empty", nil},
		{"one empty segment", []models.Segment{{}}},
		{"one word", []models.Segment{{Text: "Hello"}}},
		{"one word again and again", slices.Repeat([]models.Segment{{Seq: 3, Text: "Müller's Müller’s müller-s"}}, 3)},
		{"only marks", []models.Segment{{Text: "... — ?! \"\" ''"}}},
		{"20 000 characters", []models.Segment{{Speaker: models.Client, Text: long}}},
		{"markup", []models.Segment{{Speaker: models.Client, Text: "<v Ann>I'm <i>so</i> anxious</v> & I'll call him <b>tomorrow</b>."}}},
		{"an open tag", []models.Segment{{Speaker: models.Client, Text: "I'm so anxious <3 <<<< I'll call him tomorrow"}}},
		{"control characters", []models.Segment{{Speaker: models.Client, Text: "I'm so\x00 anxious\x1b[31m\u200b today.\r\n\tI'll\u00a0call him."}}},
		{"broken UTF-8", []models.Segment{{Speaker: models.Client, Text: "I'm so an\xff\xfexious. I'll call him \xc3tomorrow."}}},
		{"numbers out of order", []models.Segment{{Seq: 7, Speaker: models.Therapist, Text: "I'd like you to call him on Friday."}, {Seq: 2, Speaker: models.Client, Text: "Okay, I'm so anxious."}}},
		{"no date", []models.Segment{{Speaker: models.Client, Text: "I'll do it on the 14th, tomorrow, next Friday, every day."}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tr := models.Transcript{ID: "odd", Date: "2026-03-05", Segments: tt.segs}
			if tt.name == "no date" {
				tr.Date = ""
			}
			checkItems(t, tr, extractAll(t, tr))
		})
	}
}

// TestLongTranscript: ten times the segments take about ten times as long, not a
// hundred times.
func TestLongTranscript(t *testing.T) {
	read := func(n int) time.Duration {
		tr := models.Transcript{ID: "long", Date: "2026-03-05"}
		for i := range n {
			tr.Segments = append(tr.Segments, models.Segment{Seq: i, Speaker: []models.Speaker{models.Therapist, models.Client}[i%2], Text: "I'd like you to write it down each day. I'm so anxious about it."})
		}
		begun := time.Now()
		items := extractAll(t, tr)
		took := time.Since(begun)
		checkItems(t, tr, items)
		return took
	}
	short, long := read(1000), read(10_000)
	if long > 50*short {
		t.Errorf("10 000 segments take %v, 1000 take %v", long, short)
	}
}

func TestSameItemsEveryTime(t *testing.T) {
	g := readSessions(t, "testdata/validation/sessions")[0]
	read := func() string {
		b, err := json.Marshal(extractAll(t, g.Transcript))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	first := read()
	for range 5 {
		if read() != first {
			t.Fatal("two runs over one transcript differ")
		}
	}
}

// TestMarksOfNovels: marks round a turn go, those round what is quoted stay, and no
// byte moves.
func TestMarksOfNovels(t *testing.T) {
	for text, want := range map[string]string{
		`"Okay."`:                  ` Okay. `,
		` "No.`:                    `  No.`,
		`It makes it worse."`:      `It makes it worse. `,
		`"She said, "go."`:         ` She said, "go."`,
		`"Go away," he said.`:      `"Go away," he said.`,
		`"Go," he said, "and run"`: `"Go," he said, "and run"`,
		`"He said "go" and left."`: ` He said "go" and left. `,
		`He said, "go away."`:      `He said, "go away."`,
		`"`:                        ` `,
		``:                         ``,
	} {
		if got := unmarked(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestContextIsObeyed(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	g := readSessions(t, "testdata/validation/sessions")[0]
	items, err := New(Config{}).Extract(ctx, g.Transcript)
	if !errors.Is(err, context.Canceled) || len(items.List) > 0 {
		t.Errorf("got %d items and %v, want none and context.Canceled", len(items.List), err)
	}
}

func TestSpansAreNarrowedToTheWords(t *testing.T) {
	text := "Well, it rained. I'm so anxious about it."
	var words []models.Word
	for i, w := range strings.Fields(text) {
		at := time.Duration(i) * time.Second
		words = append(words, models.Word{Text: w, Span: models.Span{Start: at, End: at + 900*time.Millisecond}})
	}
	tr := models.Transcript{Segments: []models.Segment{{Speaker: models.Client, Text: text, Span: models.Span{Start: 0, End: 9 * time.Second}, Words: words}}}
	es := ofKind(extractAll(t, tr), models.KindEmotion)
	if len(es) != 1 {
		t.Fatalf("got %d emotions", len(es))
	}
	e := es[0].Evidence[0]
	if e.Quote != "I'm so anxious about it." || e.Span != (models.Span{Start: 3 * time.Second, End: 7900 * time.Millisecond}) {
		t.Errorf("got %q at %v", e.Quote, e.Span)
	}
}

func TestOtherLanguagesSaySo(t *testing.T) {
	tests := []struct{ name, text, summary string }{
		{"German", "Ich habe die ganze Woche nicht geschlafen und ich weiß nicht, wie es weitergehen soll, weil es mir so schlecht geht.", "German"},
		{"French", "Je ne sais pas ce qui se passe avec moi, je suis très fatiguée et je pleure tout le temps quand je suis seule dans la maison.", "French"},
		{"Spanish", "No sé qué me pasa, estoy muy cansada y no puedo dormir por la noche porque pienso todo el tiempo en lo que pasó con mi madre.", "Spanish"},
		{"Japanese", "最近ずっと眠れなくて、仕事のことが頭から離れません。どうすればいいのか分かりません。", "Japanese"},
		{"Russian", "Я не знаю, что со мной происходит, я всё время плачу и не могу уснуть по ночам.", "Russian"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			items := extractAll(t, models.Transcript{Segments: []models.Segment{{Text: tt.text}}})
			if len(items.List) > 0 || !strings.Contains(items.Summary, tt.summary) {
				t.Errorf("got %d items, summary %q", len(items.List), items.Summary)
			}
		})
	}
}

func TestSpeakersAreToldApart(t *testing.T) {
	g := readSessions(t, "testdata/validation/sessions")
	right, all := 0, 0
	for _, s := range g {
		segs := append([]models.Segment(nil), s.Segments...)
		for i := range segs {
			segs[i].Speaker = models.Unknown
		}
		for i, client := range roles(segs) {
			all++
			if client == (s.Segments[i].Speaker == models.Client) {
				right++
			}
		}
	}
	floor{"unnamed speakers", 100 * float64(right) / float64(all), 90}.check(t)
}

func TestSwappedSpeakersAreSwappedBack(t *testing.T) {
	for _, s := range readSessions(t, "testdata/validation/sessions") {
		segs := append([]models.Segment(nil), s.Segments...)
		for i := range segs {
			segs[i].Speaker = map[models.Speaker]models.Speaker{models.Client: models.Therapist, models.Therapist: models.Client}[segs[i].Speaker]
		}
		plain, swapped := roles(s.Segments), roles(segs)
		for i := range plain {
			if plain[i] != (s.Segments[i].Speaker == models.Client) {
				t.Errorf("%s: right labels were overruled", s.ID)
				break
			}
			if swapped[i] != plain[i] {
				t.Errorf("%s: swapped labels were believed", s.ID)
				break
			}
		}
	}
}

func FuzzExtract(f *testing.F) {
	for _, s := range []string{
		`{"date":"2026-03-05","segments":[{"seq":0,"speaker":"therapist","text":"I'd like you to ring her by Friday."},{"seq":1,"speaker":"client","text":"Okay, I'm so anxious."}]}`,
		`{"segments":[{"text":"I'll do it the Tuesday after next, twice a day, 31st of February."}]}`,
		`{"segments":[{"text":"\"\"\" <b> ( [laughs] * ' 's 'd 'll"},{"seq":9,"text":"ill id im"}]}`,
		`{"segments":[{"text":"İstanbul’da I’m \u0000 so\u0301 afraid"}]}`,
		`{"date":"0000-01-01","segments":[{"text":"tomorrow week on the 9th"}]}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var tr models.Transcript
		if len(b) > 1<<16 || json.Unmarshal(b, &tr) != nil {
			return
		}
		items, err := New(Config{Next: "2026-03-12"}).Extract(t.Context(), tr)
		if err != nil {
			t.Fatal(err)
		}
		checkItems(t, tr, items)
	})
}

func BenchmarkSession(b *testing.B) {
	var tr models.Transcript
	for _, g := range readSessions(b, "testdata/validation/sessions") {
		for _, s := range g.Segments {
			s.Seq = len(tr.Segments)
			tr.Segments = append(tr.Segments, s)
		}
	}
	tr.Date = "2026-03-05"
	b.ReportMetric(float64(len(tr.Segments)), "segments")
	for b.Loop() {
		if _, err := New(Config{}).Extract(context.Background(), tr); err != nil {
			b.Fatal(err)
		}
	}
}

// Voices without names get their roles from what they say, few words of nobody
// in particular notwithstanding.
func TestRoles(t *testing.T) {
	session := readSessions(t, "testdata/validation/sessions")[0]
	as := func(client, therapist models.Speaker, n int) []models.Segment {
		out := slices.Clone(session.Segments[:n])
		for i := range out {
			out[i].Speaker = map[models.Speaker]models.Speaker{models.Client: client, models.Therapist: therapist}[out[i].Speaker]
		}
		return out
	}
	both := len(session.Segments)
	if got := Roles(as("S1", "S2", both)); got["S1"] != models.Client || got["S2"] != models.Therapist {
		t.Errorf("client first: %v", got)
	}
	if got := Roles(as("S2", "S1", both)); got["S2"] != models.Client || got["S1"] != models.Therapist {
		t.Errorf("therapist first: %v", got)
	}
	for name, segs := range map[string][]models.Segment{
		"too little": as("S1", "S2", 6), "one voice": as("S1", "S1", both), "the same words": append(as("S1", "S1", both), as("S2", "S2", both)...), "nobody": nil,
	} {
		if got := Roles(segs); got != nil {
			t.Errorf("%s: %v", name, got)
		}
	}
	lost := as("S1", "S2", both)
	lost[2].Speaker = models.Unknown
	for i, client := range roles(lost) {
		if i != 2 && client != (session.Segments[i].Speaker == models.Client) {
			t.Errorf("segment %d is taken for the other's", i)
		}
	}
}
