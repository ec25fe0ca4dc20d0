//go:build unix

package main

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/store"
)

// seedDoubt is a session with words that were hard to hear, text that was held
// back, and a stretch that was run again.
func seedDoubt(t *testing.T) models.SessionID {
	t.Helper()
	ctx := t.Context()
	id, err := seed(ctx, "testdata/doubt.json", "In doubt", "Dr. Weber")
	if err != nil {
		t.Fatal(err)
	}
	a := newApp(strings.NewReader(""), io.Discard, io.Discard)
	defer a.Close()
	if err := errors.Join(a.configure(nil), a.open(ctx)); err != nil {
		t.Fatal(err)
	}
	tr, err := a.store.Transcript(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.store.RunAgain(ctx, id, store.Again{All: true}); err != nil {
		t.Fatal(err)
	}
	for _, g := range tr.Segments {
		if g.Seq == 2 {
			g.Text, g.Words = "That sounds like a good plane.", nil
		}
		if _, err := a.store.SaveResult(ctx, id, g.Chunk, models.Heard{Model: "small", Segments: []models.Segment{g}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.extractSession(ctx, id); err != nil {
		t.Fatal(err)
	}
	return id
}

// One word is replaced by what else was heard and another one is typed; text is
// taken in and held back; an earlier text is chosen; names are kept. By keyboard,
// on a narrow screen, and without a script.
func TestPageDoubt(t *testing.T) {
	newTestHome(t, needEngine(t))
	id := seedDoubt(t)
	said := func() string { return must(t, "transcript", string(id)) }
	b := openBrowser(t)
	b.expected = []string{"404", "sound.wav"} // there is no sound
	link := startService(t)(string(id))
	base, _, _ := strings.Cut(link, "/enter")
	shots := os.Getenv("AFTERWORD_TEST_SHOTS")
	all := base + "/sessions/" + string(id) + "?view=all"
	b.visit(link)
	b.await("location.pathname === '/sessions/" + string(id) + "' && document.readyState === 'complete'")
	b.visit(all)
	b.await(`document.querySelectorAll(".para a.doubt").length === 2`)
	b.do(evaluate(`document.querySelector("a.doubt").focus()`))
	b.keys("\r")
	b.await(`document.activeElement.matches(".oneword")`)
	b.axe("other words")
	for _, dark := range []bool{false, true} {
		b.dark(dark)
		b.shot(shots, "word", dark, "wide")
	}
	b.dark(false)
	b.keys("\x1b")
	b.await(`!document.querySelector(".oneword") && document.activeElement.matches("a.doubt")`)
	b.keys("\r")
	b.await(`document.activeElement.matches(".oneword")`)
	b.keys("\t")
	b.keys("\r") // the likeliest
	b.await(`!document.querySelector(".oneword") && document.querySelector(".seg").innerText.includes("I will call my sister, tomorrow.")`)
	b.await(`document.activeElement.innerText === "sister,"`) // the next one
	b.keys("\r")
	b.await(`document.querySelector('.oneword [name="typed"]')`)
	b.do(setValue(`.oneword [name="typed"]`, "<i>Anna</i>"))
	b.keys("\r")
	b.await(`document.querySelector(".seg").innerText.includes("call my <i>Anna</i>")`)
	if s := said(); !strings.Contains(s, "I will call my <i>Anna</i> tomorrow.") {
		t.Error(s)
	}

	// What became of every part.
	b.do(viewport(360, 700))
	b.visit(base + "/sessions/" + string(id) + "/coverage")
	b.axe("what became of every part")
	b.shot(shots, "coverage", false, "narrow")
	b.do(scripts(false))
	b.click(`form[action*="/restore/"] button`)
	b.await(`document.querySelector(".told")`)
	waitFor(t, patience, func() bool { return strings.Contains(said(), "Thanks for watching.") })
	ready := func() bool { return !strings.Contains(must(t, "sessions", "--json"), `"extracting"`) }
	waitFor(t, patience, ready)
	b.visit(base + "/sessions/" + string(id) + "/coverage")
	b.click(`button[name="back"]`)
	waitFor(t, patience, func() bool { return !strings.Contains(said(), "Thanks for watching.") && ready() })
	b.visit(base + "/sessions/" + string(id) + "/coverage")
	b.click(`button[name="take"]`)
	waitFor(t, patience, func() bool { return strings.Contains(said(), "a good plan.") && ready() })
	b.visit(base + "/sessions/" + string(id) + "/coverage")
	b.shot(shots, "coverage", false, "chosen")
	b.click(`form[action$="/again"] button`)
	b.await(`document.querySelector(".told")?.innerText === "Nothing had failed."`)

	b.do(scripts(true)) // axe needs them
	b.visit(base + "/settings")
	b.do(setValue(`#vocabulary-words`, "sertraline, <b>Kilburn</b>"), setValue("#vocabulary-0", "EMDR"))
	b.axe("names and words")
	b.click(`form[action="/settings/vocabulary"] button`)
	b.await(`document.querySelector(".told") && document.querySelector("#vocabulary-words").value === "sertraline\n<b>Kilburn</b>" && document.querySelector("#vocabulary-0").value === "EMDR"`)
	b.shot(shots, "vocabulary", false, "narrow")
}
