package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/store"
	"github.com/afterword/afterword/models/vault"
)

// BenchmarkTenYears prints what a long life with the program costs: reading
// everything for a search, as at an unlock; a search; what is behind the pages
// of the days, and pages as a browser gets them. There are 520 weekly sessions
// of 1 200 segments and 12 000 words with 30 items, 3 of them accepted, and a
// note for every day. Making them takes a minute and more.
func BenchmarkTenYears(b *testing.B) {
	b.Setenv("AFTERWORD_HOME", b.TempDir())
	a := newApp(strings.NewReader(""), io.Discard, io.Discard)
	b.Cleanup(func() { a.Close() })
	if err := a.configure(nil); err != nil {
		b.Fatal(err)
	}
	book, err := a.book(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	start := time.Now().AddDate(-10, 0, 0)
	for week := range 520 {
		a.storeWeek(b, r, models.DateOf(start.AddDate(0, 0, 7*week)))
	}
	for day := range 3650 {
		n := days.Note{Mood: 1 + r.IntN(10), Text: sentence(r, 12), Trigger: sentence(r, 2), Coping: "walking", Helped: "yes"}
		n.Day = models.DateOf(start.AddDate(0, 0, day))
		if _, err := book.SaveNote(b.Context(), n); err != nil {
			b.Fatal(err)
		}
	}
	finder := book.Finder(a.store, a.written)
	search := func(text string) func() error {
		return func() error { _, _, err := finder.Search(b.Context(), days.Query{Text: text}); return err }
	}
	page := a.benchPage(b)
	for _, bench := range []struct {
		name string
		run  func() error
	}{
		{"Index", func() error { finder.Forget(); return finder.Build(b.Context()) }},
		{"SearchRare", search("zanzibar")},
		{"SearchCommon", search("morning sister")},
		{"SearchEverywhere", search("a")},
		{"SearchAfterANote", func() error {
			if _, err := book.SaveNote(b.Context(), days.Note{Mood: 5}); err != nil {
				return err
			}
			return search("morning sister")()
		}},
		{"Skills", func() error { _, _, err := book.Skills(b.Context()); return err }},
		{"Wins", func() error { _, err := book.Wins(b.Context(), book.Today()); return err }},
		{"Feelings", func() error { _, err := book.Feelings(b.Context(), 8); return err }},
		{"Prompts", func() error { _, err := book.Prompts(b.Context(), 4); return err }},
		{"Unreflected", func() error { _, _, err := book.Unreflected(b.Context()); return err }},
		{"Homework", func() error { _, err := book.Homework(b.Context()); return err }},
		{"Trends", func() error { _, err := book.Trends(b.Context(), 12); return err }},
		{"TrendsOfTenYears", func() error { _, err := book.Trends(b.Context(), 520); return err }},
		{"Sheet", func() error { _, err := book.Sheet(b.Context()); return err }},
		{"Recall", func() error { _, err := book.Recall(b.Context()); return err }},
		{"PageToday", page("/")},
		{"PageSessions", page("/sessions")},
		{"PageHomework", page("/homework")},
		{"PagePatterns", page("/patterns")},
		{"PagePatternsOfAYear", page("/patterns?last=52")},
		{"PagePatternsOfTenYears", page("/patterns?last=520")},
		{"PagePrep", page("/prep")},
		{"PageSearch", page("/search?q=morning+sister")},
	} {
		b.Run(bench.name, func(b *testing.B) {
			for b.Loop() {
				if err := bench.run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// benchPage serves the page without a speech engine, and gets pages as a
// browser does.
func (a *app) benchPage(b *testing.B) func(path string) func() error {
	b.Helper()
	elsewhere, err := vault.NewIdentity()
	if err != nil {
		b.Fatal(err)
	}
	a.set.Workers.Local, a.set.Workers.Recipients = false, []string{elsewhere.PublicString()}
	h, err := a.openHub(b.Context(), false)
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	b.Cleanup(h.Close)
	b.Cleanup(cancel) // the page ends before the hub waits for it
	if err := h.servePage(ctx, "127.0.0.1:0"); err != nil {
		b.Fatal(err)
	}
	link, err := h.link("")
	if err != nil {
		b.Fatal(err)
	}
	base, _, _ := strings.Cut(link, "/enter")
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar}
	get := func(address string) error {
		res, err := client.Get(address)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		if _, err = io.Copy(io.Discard, res.Body); res.StatusCode >= 300 {
			err = errors.New(res.Status)
		}
		return err
	}
	if err := get(link); err != nil {
		b.Fatal(err)
	}
	return func(path string) func() error { return func() error { return get(base + path) } }
}

var benchWords = strings.Fields(`I felt a little anxious in the morning because my sister did not call and work was heavy then we walked by river
	it helped to breathe slowly maybe next week will be lighter when boss asks about report say no kindly again`)

func sentence(r *rand.Rand, n int) string {
	words := make([]string, n)
	for i := range words {
		// As in speech, a few words make up half of it, and most are rare.
		words[i] = benchWords[r.IntN(len(benchWords))]
		if r.IntN(2) == 0 {
			words[i] = fmt.Sprintf("word%d", int(r.ExpFloat64()*500))
		}
	}
	return strings.Join(words, " ")
}

// storeWeek stores one session: 40 chunks of 30 segments of 10 words.
func (a *app) storeWeek(b *testing.B, r *rand.Rand, day models.Date) {
	b.Helper()
	ctx := b.Context()
	s, err := a.store.SaveSession(ctx, models.Session{Title: "Hour", Date: day, Source: models.SourceImport})
	if err != nil {
		b.Fatal(err)
	}
	var chunks []models.Chunk
	for i := range 40 {
		at := time.Duration(i) * 28 * time.Second
		chunks = append(chunks, models.Chunk{Session: s.ID, Seq: i, Span: models.Span{Start: at, End: at + 28*time.Second}, State: models.Pending})
	}
	if err := a.store.SaveChunks(ctx, chunks); err != nil {
		b.Fatal(err)
	}
	var quotes []string
	for _, c := range chunks {
		h := models.Heard{Language: "en"}
		for i := range 30 {
			at := c.Span.Start + time.Duration(i)*900*time.Millisecond
			g := models.Segment{Span: models.Span{Start: at, End: at + 900*time.Millisecond}, Speaker: models.Client, Text: sentence(r, 10)}
			for j, w := range strings.Fields(g.Text) {
				from := at + time.Duration(j)*90*time.Millisecond
				g.Words = append(g.Words, models.Word{Text: w, Span: models.Span{Start: from, End: from + 90*time.Millisecond}, P: 0.9})
			}
			h.Segments = append(h.Segments, g)
			quotes = append(quotes, g.Text)
		}
		if _, err := a.store.SaveResult(ctx, s.ID, c.Seq, h); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := a.store.FinishIngest(ctx, s.ID, 40*28*time.Second); err != nil {
		b.Fatal(err)
	}
	var found models.Items
	for i := range 30 {
		at := i * 40
		it := models.Item{Kind: models.Kinds[i%len(models.Kinds)], Text: fmt.Sprint("Something to do ", i), Evidence: []models.Evidence{{Segment: at, Quote: quotes[at]}}}
		switch it.Kind {
		case models.KindTheme:
			it.Text, it.Label, it.Score = "", models.Themes[(i+r.IntN(9))%len(models.Themes)], 0.5
		case models.KindEmotion:
			it.Text, it.Label, it.Intensity, it.Holder = "", models.Emotions[r.IntN(9)], r.Float64(), models.Client
		case models.KindAction:
			it.Owner, it.Status = "client", models.Committed
		}
		found.List = append(found.List, it)
	}
	if err := a.store.SaveItems(ctx, s.ID, found); err != nil {
		b.Fatal(err)
	}
	list, err := a.store.Gist(ctx, store.GistFilter{Session: s.ID, Kinds: []models.Kind{models.KindAction}})
	if err != nil {
		b.Fatal(err)
	}
	for _, it := range list[:min(3, len(list))] {
		if _, err := a.store.Decide(ctx, it.ID, models.Accepted, nil); err != nil {
			b.Fatal(err)
		}
	}
}
