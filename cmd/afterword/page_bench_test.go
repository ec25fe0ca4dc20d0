//go:build unix

package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/afterword/afterword/extract"
	"github.com/afterword/afterword/models"
)

// longSession makes a session of 90 minutes with 1 200 segments and 12 000
// words, and the sound of its first five minutes, in the home of b.
func longSession(b testing.TB, a *app) models.SessionID {
	b.Helper()
	ok := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	ctx := b.Context()
	ok(a.configure(nil))
	ok(a.open(ctx))
	s, err := a.store.SaveSession(ctx, models.Session{Title: "A long session", Date: "2026-03-05", Source: models.SourceImport, Channels: 1, State: models.Ingesting})
	ok(err)
	rnd := rand.New(rand.NewPCG(7, 7))
	lines := []string{
		"And I said yes again, because it is always easier for me", "What would you like to say to her instead of that",
		"I will write it down each evening before I go to bed", "That sounds as if it was hard, take your time with it",
		"I felt anxious the whole week and could not sleep at all",
	}
	const chunks, perChunk, length = 240, 5, 22500 * time.Millisecond
	for c := range chunks {
		start := time.Duration(c) * length
		ch := models.Chunk{Session: s.ID, Seq: c, Span: models.Span{Start: start, End: start + length}, Voiced: []models.Span{{Start: start, End: start + length}}, State: models.Pending}
		ok(a.store.SaveChunks(ctx, []models.Chunk{ch}))
	}
	_, err = a.store.FinishIngest(ctx, s.ID, chunks*length)
	ok(err)
	for c := range chunks {
		start := time.Duration(c) * length
		var heard models.Heard
		for i := range perChunk {
			said := strings.Fields(lines[(c*perChunk+i)%len(lines)])[:10]
			g := models.Segment{Session: s.ID, Chunk: c, Index: i, Speaker: []models.Speaker{models.Client, models.Therapist}[(c+i/3)%2], Text: strings.Join(said, " ")}
			g.Span.Start = start + time.Duration(i)*4200*time.Millisecond
			g.Span.End = g.Span.Start + 4*time.Second
			for w, word := range said {
				at := g.Span.Start + time.Duration(w)*380*time.Millisecond
				g.Words = append(g.Words, models.Word{Text: word, Span: models.Span{Start: at, End: at + 350*time.Millisecond}, P: float32(min(1, 0.45+rnd.Float64()))})
			}
			heard.Segments = append(heard.Segments, g)
		}
		_, err := a.store.SaveResult(ctx, s.ID, c, heard)
		ok(err)
	}
	tr, err := a.store.Transcript(ctx, s.ID)
	ok(err)
	found, err := extract.New(extract.Config{}).Extract(ctx, tr)
	ok(err)
	ok(a.store.SaveItems(ctx, s.ID, found))
	ring, err := a.sessionRing(ctx, s.ID)
	ok(err)
	w, err := a.spool.Writer(s.ID, ring, models.Rate, 1, false)
	ok(err)
	pcm := make([]int16, models.Rate)
	for range 300 {
		for i := range pcm {
			pcm[i] = int16(4000*math.Sin(float64(i)/9) + 500*rnd.NormFloat64())
		}
		ok(w.Write(pcm))
	}
	ok(w.Close())
	return s.ID
}

// BenchmarkPage prints how long the page of a long session takes: whole, from
// the click to where it can be used, in a browser on this computer; and how
// long until the first sound comes after a jump.
//
//	go test -tags whisper ./cmd/afterword -run xxx -bench Page -benchtime 10x
func BenchmarkPage(b *testing.B) {
	if testWeights() == "" {
		b.Skip("no tiny.en; 'go run ./cmd/build test' fetches it")
	}
	b.Setenv("AFTERWORD_HOME", b.TempDir())
	b.Setenv("AFTERWORD_MODEL", "tiny.en")
	b.Setenv("AFTERWORD_WEIGHTS", testWeights())
	a := newApp(strings.NewReader(""), io.Discard, io.Discard)
	defer a.Close()
	id := longSession(b, a)
	h, err := a.openHub(b.Context(), false)
	if err != nil {
		b.Fatal(err)
	}
	defer h.Close()
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel() // the page ends before the hub waits for it
	if err := h.servePage(ctx, "127.0.0.1:0"); err != nil {
		b.Fatal(err)
	}
	link, err := h.link(id)
	if err != nil {
		b.Fatal(err)
	}
	base, _, _ := strings.Cut(link, "/enter")
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar}
	get := func(path, bytes string) int {
		r, _ := http.NewRequestWithContext(b.Context(), http.MethodGet, path, nil)
		if bytes != "" {
			r.Header.Set("Range", "bytes="+bytes)
		}
		res, err := client.Do(r)
		if err != nil {
			b.Fatal(err)
		}
		defer res.Body.Close()
		n, _ := io.Copy(io.Discard, res.Body)
		if res.StatusCode >= 300 {
			b.Fatalf("%s: %s", path, res.Status)
		}
		return int(n)
	}
	get(link, "")
	page := base + "/sessions/" + string(id)
	for _, view := range []string{"found", "all"} {
		b.Run("html/"+view, func(b *testing.B) {
			for b.Loop() {
				b.ReportMetric(float64(get(page+"?view="+view, ""))/1000, "kB")
			}
		})
	}
	b.Run("today", func(b *testing.B) {
		for b.Loop() {
			get(base+"/", "")
		}
	})
	b.Run("seek", func(b *testing.B) {
		for b.Loop() {
			at := 44 + 32000*rand.IntN(290)
			get(page+"/sound.wav", fmt.Sprintf("%d-%d", at, at+65535))
		}
	})
	b.Run("browser/all", func(b *testing.B) { benchBrowser(b, h, page+"?view=all") })
	b.Run("browser/whole", func(b *testing.B) { benchBrowser(b, h, page+"?view=all&whole=1") }) // all at once, to compare
	b.Run("browser/found", func(b *testing.B) { benchBrowser(b, h, page+"?view=found") })
}

// benchBrowser reports, in milliseconds, when the page could be read and used:
// its scripts have run (DOMContentLoaded), and it has been drawn.
func benchBrowser(b *testing.B, h *hub, page string) {
	w := openBrowser(b)
	link, err := h.link("")
	if err != nil {
		b.Fatal(err)
	}
	w.visit(link)
	w.await("location.pathname === '/'")
	var usable, sent, drawn float64
	for b.Loop() {
		w.visit(page)
		got, err := chromedp.Run(w.ctx, chromedp.Evaluate[[]float64](`new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => {
			const t = performance.getEntriesByType("navigation")[0];
			const p = performance.getEntriesByName("first-contentful-paint")[0];
			done([t.domContentLoadedEventEnd, t.responseEnd, p ? p.startTime : t.loadEventEnd]);
		})))`, chromedp.EvalAwaitPromise))
		if err != nil {
			b.Fatal(err)
		}
		usable += got[0]
		sent += got[1]
		drawn += got[2]
		w.await(`!document.getElementById("rest") && document.querySelector(".wave svg")`) // the next one begins in quiet
	}
	b.ReportMetric(sent/float64(b.N), "ms-sent")
	b.ReportMetric(usable/float64(b.N), "ms-usable")
	b.ReportMetric(drawn/float64(b.N), "ms-drawn")
}
