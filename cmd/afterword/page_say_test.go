//go:build unix && cgo

package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/afterword/afterword/models"
)

// Answers are said in the page: to a question, in the journal, and before one
// looks at what is to be recalled.
func TestPageTakesAnswers(t *testing.T) {
	room := newQuietRoom(t)
	home, session := preparedHome(t)
	play(t, room, "vmic", newChorus(excerptSound(t, 20*time.Second)))
	sounds := func() int { left, _ := os.ReadDir(filepath.Join(home, "spool")); return len(left) }
	before := sounds()
	b := openBrowser(t)
	link := startService(t)()
	base, _, _ := strings.Cut(link, "/enter")
	endRecorder(t)
	b.visit(link)
	b.await(`location.pathname === "/" && document.readyState === "complete"`)
	shots := os.Getenv("AFTERWORD_TEST_SHOTS")
	field := func(name string) string { return `document.querySelector('[name="` + name + `"]')` }
	begin := func(name string) {
		t.Helper()
		b.click(`button[value="begin ` + name + `"]`)
		b.await(`document.querySelector('[data-say="` + name + `"] .clock')`)
	}
	said := func(name, stop string, least time.Duration) {
		t.Helper()
		b.await(`document.querySelector('[data-say="` + name + `"] .clock').textContent >= "0:0` + string(rune('0'+int(least.Seconds()))) + `"`)
		b.click(`button[value="` + stop + ` ` + name + `"]`)
		b.await(field(name) + `.value.trim() !== "" && !document.querySelector("[data-say][data-waits]")`)
	}

	place := base + "/reflect/session?session=" + session
	b.visit(place)
	b.do(setValue(`[name="q.now"]`, "typed before"))
	begin("q.takeaway")
	b.await(`document.querySelector('[data-say="q.takeaway"] meter').value > 20`)
	b.await(field("q.now") + `.value === "typed before"`)
	b.axe("saying an answer")
	b.shot(shots, "/say", false, "going")
	b.onPhone("saying an answer", place, `document.querySelector('[data-say="q.takeaway"] .clock')`, shots, "/say", "going-phone")
	b.click(`button[value="begin q.hard"]`)
	b.await(`document.querySelector(".told")?.textContent.startsWith("Something is being recorded already")`)
	// From anywhere, the line on top leads back.
	b.visit(base + "/")
	b.await(`document.querySelector("#live").textContent.includes("saying an answer") && !document.querySelector("#spoken-title")`)
	b.click("#live a")
	b.await(`document.querySelector('[data-say="q.takeaway"] .clock')`)
	if out := must(t, "sessions", "--json"); strings.Count(out, `"state"`) != 1 {
		t.Errorf("an answer is a session: %s", out)
	}
	said("q.takeaway", "stop", 5*time.Second)
	b.axe("an answer that was said")
	b.shot(shots, "/say", false, "said")
	if n := sounds(); n != before {
		t.Errorf("%d sounds, there were %d", n, before)
	}
	spoken := b.text(field("q.takeaway") + ".value")
	n := inOrder(words(models.Transcript{Segments: []models.Segment{{Text: spoken}}}), words(scripted(t)))
	if n < 4 {
		t.Errorf("%d of the words are those that were spoken: %q", n, spoken)
	}

	// The page is closed. The words wait, until they are kept as changed.
	b.visit(base + "/")
	b.await(`document.querySelector("#spoken-title")`)
	b.axe("words wait")
	b.shot(shots, "/today", false, "waits")
	b.click(`[aria-labelledby="spoken-title"] a`)
	b.await(field("q.takeaway") + `?.value === ` + quoted(spoken))
	b.do(setValue(`[name="q.takeaway"]`, spoken+" And more."))
	b.await(`document.querySelector("[data-kept]").textContent !== ""`)
	b.visit(base + "/")
	b.await(`!document.querySelector("#spoken-title")`)
	if out := must(t, "reflect", "--list", "--json"); !strings.Contains(out, "And more.") || !strings.Contains(out, "typed before") {
		t.Errorf("kept: %s", out)
	}

	// A page of the journal keeps its sound, until it is destroyed.
	b.visit(base + "/journal/new?prompt=What+now%3F")
	begin("text")
	said("text", "keep", 4*time.Second)
	b.click(".paper button.primary")
	b.await(`location.pathname === "/journal"`)
	b.click(".pages-list a")
	b.await(`document.querySelector(".say audio") && document.querySelector("#prompt").textContent === "What now?"`)
	b.do(evaluateAsync(`document.querySelector(".say audio").play()`))
	b.await(`document.querySelector(".say audio").currentTime > 0.5`)
	if sounds() != before+1 {
		t.Error("the sound was not kept")
	}
	must(t, "journal", "forget", string(journalPages(t)[0].ID), "--yes")
	if sounds() != before {
		t.Error("the sound outlives its page")
	}

	// What comes to mind is kept nowhere; the clip tells whether it was right.
	var items struct{ Actions []struct{ ID, Owner string } }
	if err := json.Unmarshal([]byte(must(t, "items", session, "--json")), &items); err != nil {
		t.Fatal(err)
	}
	kept := map[string]bool{}
	for _, it := range items.Actions {
		if it.Owner == "client" {
			must(t, "accept", it.ID)
			kept[it.ID] = true
		}
	}
	b.visit(base + "/recall")
	begin("try")
	said("try", "stop", 4*time.Second)
	b.shot(shots, "/recall", false, "said")
	b.do(evaluate(`document.querySelector("details.answer").open = true`))
	b.do(evaluateAsync(`document.querySelector(".answer audio").play()`))
	b.await(`document.querySelector(".answer audio").currentTime > 0`)
	b.click(`button[value="good"]`)
	b.await(`document.querySelector(".told")`)
	b.visit(base + "/")
	b.await(`!document.querySelector("#spoken-title")`)

	voicesPutRight(t, b, base, session, kept)
}

// voicesPutRight holds that the items of a session are found anew once somebody
// says in the page who spoke, and that what was decided stays.
func voicesPutRight(t *testing.T, b *browser, base, session string, kept map[string]bool) {
	t.Helper()
	a := newApp(strings.NewReader(""), io.Discard, io.Discard)
	defer a.Close()
	if err := errors.Join(a.configure(nil), a.open(t.Context())); err != nil {
		t.Fatal(err)
	}
	tr, err := a.store.Transcript(t.Context(), models.SessionID(session))
	if err != nil || len(tr.Segments) < 2 {
		t.Fatal(len(tr.Segments), err)
	}
	if _, err := a.store.EditSegment(t.Context(), tr.Segments[1], tr.Segments[1].Text+" I will call my sister tomorrow."); err != nil {
		t.Fatal(err)
	}
	b.visit(base + "/sessions/" + session + "?view=all")
	b.do(evaluate(`document.querySelectorAll(".facts details").forEach(d => d.open = true)`))
	b.click(`form[action$="/speaker"] button[value="therapist"]`)
	b.await(`document.querySelector(".told")?.textContent.startsWith("Who spoke is put right")`)
	now, err := a.store.Transcript(t.Context(), models.SessionID(session))
	if err != nil || now.Segments[0].Speaker == tr.Segments[0].Speaker || now.Segments[1].Speaker == tr.Segments[1].Speaker {
		t.Errorf("the two did not change places (%v)", err)
	}
	found := asJSON[struct{ Actions []struct{ ID, Text string } }](t, "items", session)
	anew := false
	for _, it := range found.Actions {
		delete(kept, it.ID)
		anew = anew || strings.Contains(it.Text, "sister")
	}
	if !anew || len(kept) > 0 {
		t.Errorf("found anew: %v; accepted before and gone: %v", anew, kept)
	}
}

// onPhone asks for a page anew, dark and 360 pixels wide, for colours that are
// just changing have any contrast, and looks at it once js is true.
func (b *browser) onPhone(what, url, js, shots, path, kind string) {
	b.Helper()
	b.do(viewport(360, 740))
	b.dark(true)
	b.visit(url)
	b.await(js)
	if wide := b.text(`document.documentElement.scrollWidth`); wide != "360" {
		b.Errorf("it is %s wide on a phone of 360", wide)
	}
	b.axe(what + ", dark, on a phone")
	b.shot(shots, path, true, kind)
	b.dark(false)
	b.do(viewport(1280, 900))
}
