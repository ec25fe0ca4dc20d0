//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/afterword/afterword/models"
)

// These tests use the page as a person does: a real browser, a real service,
// and a session that the real engine wrote down. Each has a copy of the same
// home.

var preparedOnce = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "afterword-page-*")
	if err != nil {
		return "", err
	}
	before := atEnd
	atEnd = func() { before(); _ = os.RemoveAll(dir) }
	var out, errs bytes.Buffer
	os.Setenv("AFTERWORD_HOME", dir)
	if code := run(context.Background(), []string{"import", "--title", "With Dr. Osei", "--date", "2026-03-05", samplePath}, strings.NewReader(""), &out, &errs); code != 0 {
		return "", errors.New(errs.String())
	}
	return dir, nil
})

// preparedHome is a home with the sample session in it, and its id.
func preparedHome(t *testing.T) (home, session string) {
	t.Helper()
	weights := needEngine(t)
	home = newTestHome(t, weights)
	from, err := preparedOnce()
	os.Setenv("AFTERWORD_HOME", home)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(home, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	var list struct{ Sessions []sessionJSON }
	if err := json.Unmarshal([]byte(must(t, "sessions", "--json")), &list); err != nil || len(list.Sessions) != 1 {
		t.Fatalf("%d sessions (%v)", len(list.Sessions), err)
	}
	return home, string(list.Sessions[0].ID)
}

// openPage starts a service and a browser and goes through the link to a
// session.
func openPage(t *testing.T) (b *browser, base, session string) {
	t.Helper()
	_, session = preparedHome(t)
	b = openBrowser(t)
	link := startService(t)(session)
	base, _, _ = strings.Cut(link, "/enter")
	b.visit(link)
	b.await("location.pathname === '/sessions/" + session + "' && document.readyState === 'complete'")
	return b, base, session
}

// found finds an item as the terminal shows it.
func found(t *testing.T, id string) map[string]any {
	t.Helper()
	it, err := itemOf(t, id)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]any{"decision": string(it.Decision), "text": it.Text, "finished": it.Finished}
}

func itemOf(t *testing.T, id string) (models.Item, error) {
	t.Helper()
	a := newApp(strings.NewReader(""), io.Discard, io.Discard)
	defer a.Close()
	if err := a.configure(nil); err != nil {
		return models.Item{}, err
	}
	if err := a.open(t.Context()); err != nil {
		return models.Item{}, err
	}
	return a.store.FindItem(t.Context(), models.ItemID(id))
}

// firstAction is something that the client agreed to do.
const firstAction = `[...document.querySelectorAll(".item")].find(n => /set in the session|you said you would/.test(n.textContent))`

func TestPageReview(t *testing.T) {
	b, base, session := openPage(t)
	b.await(`document.querySelector(".wave svg path")`)
	id := b.text(firstAction + `.dataset.item`)
	at := "#i-" + id

	b.click(at + ` button[value="accept"]`)
	b.await(`document.querySelector("` + at + `.is-accepted")`)
	if got := found(t, id); got["decision"] != "accepted" {
		t.Errorf("after keep: %v", got)
	}
	b.await(`document.getElementById("say").textContent.startsWith("Kept")`)
	b.click(at + ` button[value="done"]`)
	b.await(`document.querySelector("` + at + `.is-done")`)
	b.click(at + ` button[value="notdone"]`)
	b.await(`document.querySelector("` + at + `:not(.is-done)")`)

	b.click(at + ` [data-do="edit"]`)
	b.await(`document.activeElement.matches("` + at + ` textarea")`)
	b.do(setValue(at+" textarea", "In my own words <b>"))
	b.click(at + ` .keep`)
	b.await(`document.querySelector("` + at + `.is-edited")`)
	if got := found(t, id); got["decision"] != "edited" || got["text"] != "In my own words <b>" {
		t.Errorf("after edit: %v", got)
	}
	b.click(at + ` button[value="undo"]`)
	b.await(`document.querySelector("` + at + `.is-accepted")`)
	b.click(at + ` button[value="undo"]`)
	b.await(`document.querySelector("` + at + `.is-proposed")`)
	b.click(at + ` button[value="reject"]`)
	b.await(`document.querySelector("` + at + `.is-rejected")`)
	if got := found(t, id); got["decision"] != "rejected" {
		t.Errorf("after put away: %v", got)
	}
	b.visit(base + "/sessions/" + session)
	b.await(`!document.querySelector("` + at + `")`) // put away is out of sight
	b.visit(base + "/sessions/" + session + "?state=away")
	b.await(`document.querySelector("` + at + `.is-rejected")`)
}

// A click on a word plays from it, the text follows the sound, and only the
// part that is played is asked for.
func TestPagePlaysFromTheWord(t *testing.T) {
	b, base, session := openPage(t)
	b.visit(base + "/sessions/" + session + "?view=all")
	b.await(`document.querySelectorAll(".pages .w").length > 20`)
	b.await(`document.getElementById("audio").readyState >= 1`)
	b.do(setAttribute(`[...document.querySelectorAll(".pages .w")][30]`, "the-word"))
	want := b.text(`document.getElementById("the-word").dataset.t`)
	b.click("#the-word")
	b.await(`!document.getElementById("audio").paused && document.getElementById("audio").currentTime * 1000 >= ` + want)
	if off := b.text(`document.getElementById("audio").currentTime * 1000 - ` + want + ` < 20000`); off != "true" {
		t.Error("it plays from somewhere else")
	}
	b.await(`document.querySelector(".seg.now .w.now")`)
	b.await(`Number(document.getElementById("seek").value) >= ` + want)
	b.keys("K")
	b.await(`document.getElementById("audio").paused`)
	before := b.text(`document.getElementById("audio").currentTime`)
	b.keys("L")
	b.await(`document.getElementById("audio").currentTime > ` + before + ` + 9`)
	b.keys(">")
	b.await(`document.getElementById("audio").playbackRate === 1.25`)
	// A quote plays its words and stops.
	b.click(".item blockquote a")
	b.await(`!document.getElementById("audio").paused`)
	b.await(`document.getElementById("audio").paused`)
}

// Everything that the mouse does can be done with keys alone.
func TestPageByKeyboard(t *testing.T) {
	b, base, session := openPage(t)
	b.keys("\t")
	b.await(`document.activeElement.className === "skip"`)
	b.keys("j")
	b.await(`document.activeElement.matches(".item")`)
	first := b.text(`document.activeElement.dataset.item`)
	b.keys("a")
	b.await(`document.querySelector("#i-` + first + `.is-accepted")`)
	b.await(`document.activeElement.dataset.item === "` + first + `"`)
	b.keys("z")
	b.await(`document.querySelector("#i-` + first + `.is-proposed")`)
	b.keys("j")
	b.await(`document.activeElement.matches(".item") && document.activeElement.dataset.item !== "` + first + `"`)
	second := b.text(`document.activeElement.dataset.item`)
	b.keys("x")
	b.await(`document.querySelector("#i-` + second + `.is-rejected")`)
	b.keys("k")
	b.await(`document.activeElement.dataset.item === "` + first + `"`)
	b.keys("e")
	b.await(`document.activeElement.matches("textarea")`)
	b.keys("ajx") // these are letters now
	b.keys("\t")
	for b.text(`document.activeElement.matches(".keep")`) != "true" {
		b.keys("\t")
	}
	b.keys("\r")
	b.await(`document.querySelector("#i-` + first + `.is-edited")`)
	if got := found(t, first)["text"]; !strings.Contains(got.(string), "ajx") {
		t.Errorf("text %q", got)
	}
	b.keys("g")
	b.await(`document.querySelector("dialog[open]")`)
	b.keys("a") // not through the dialog
	b.keys("\x1b")
	b.await(`!document.querySelector("dialog[open]")`)
	b.await(`document.getElementById("audio").readyState >= 1`)
	b.keys(" ")
	b.await(`!document.getElementById("audio").paused`)
	b.keys(" ")
	b.await(`document.getElementById("audio").paused`)
	b.keys("?")
	b.await(`location.pathname === "/help"`)

	// Who does not want single keys turns them off.
	b.visit(base + "/settings")
	b.click(`input[name="keys"][value="off"]`)
	b.click(`form[action="/settings"] .primary`)
	b.await(`document.documentElement.dataset.keys === "off"`)
	b.visit(base + "/sessions/" + session)
	b.keys("j")
	if on := b.text(`!!document.activeElement.closest(".item")`); on == "true" {
		t.Error("keys that are off do something")
	}
}

// The last write does not win unseen: of two windows the second is shown what
// the first one did, with its own text still there.
func TestPageInTwoWindows(t *testing.T) {
	b, base, session := openPage(t)
	other := b.window()
	other.expected = []string{"409"}
	all := base + "/sessions/" + session + "?view=all"
	b.visit(all)
	other.visit(all)
	id := b.text(firstAction + `.dataset.item`)
	at := "#i-" + id
	other.click(at + ` [data-do="edit"]`)
	other.await(`document.querySelector("` + at + ` textarea")`)
	other.do(setValue(at+" textarea", "typed in the other window"))
	b.click(at + ` [data-do="edit"]`)
	b.await(`document.querySelector("` + at + ` textarea")`)
	b.do(setValue(at+" textarea", "typed here first"))
	b.click(at + ` .keep`)
	b.await(`document.querySelector("` + at + `.is-edited")`)
	other.click(at + ` .keep`)
	other.await(`document.querySelector("` + at + ` .notice q")?.textContent === "typed here first"`)
	if got := other.text(`document.querySelector("` + at + ` textarea").value`); got != "typed in the other window" {
		t.Errorf("the other window's text became %q", got)
	}
	if got := found(t, id)["text"]; got != "typed here first" {
		t.Errorf("it was overwritten: %q", got)
	}
	other.click(at + ` .keep`) // having seen both
	other.await(`document.querySelector("` + at + `.is-edited")`)
	b.await(`document.querySelector("` + at + ` .what").textContent === "typed in the other window"`) // and this one hears of it

	// The same with the words of the transcript.
	spot := `document.querySelector(".passage a[data-edit]")`
	for _, w := range []*browser{b, other} {
		w.click(".row .tools")
		w.await(spot)
		w.do(evaluate(spot + `.click()`))
		w.await(`document.querySelector(".correct textarea")`)
	}
	b.do(setValue(".correct textarea", "What was really said"))
	b.click(".correct .primary")
	b.await(`!document.querySelector(".correct") && document.querySelector(".seg.edited")`)
	other.do(setValue(".correct textarea", "Something else"))
	other.click(".correct .primary")
	other.await(`document.querySelector(".correct .notice q")?.textContent === "What was really said"`)
	if got := other.text(`document.querySelector(".correct textarea").value`); got != "Something else" {
		t.Errorf("the other window's words became %q", got)
	}
	other.do(evaluate(`document.querySelector(".correct [data-cancel]").click()`))
	b.visit(all)
	b.click(".row .tools")
	b.await(spot)
	b.visit(base + b.text(spot+`.getAttribute("href")`))
	if got := b.text(`document.querySelector("form q").textContent`); got == "" || got == "What was really said" {
		t.Errorf("the original is %q", got)
	}
}

// A file is dropped on the page and watched until it is ready.
func TestPageTakesAFile(t *testing.T) {
	b, base, session := openPage(t)
	home := os.Getenv("AFTERWORD_HOME")
	b.visit(base + "/sessions")
	b.await(`document.querySelectorAll(".sessions li").length === 1`)
	// The file is the beginning of the session's own sound: a WAV file of 20 s.
	b.do(evaluateAsync(`fetch("/sessions/` + session + `/sound.wav", {headers: {Range: "bytes=0-640043"}}).then(r => r.arrayBuffer()).then(b => {
		const v = new DataView(b);
		v.setUint32(4, 640036, true);
		v.setUint32(40, 640000, true);
		const d = new DataTransfer();
		d.items.add(new File([b], "<img src=x onerror=pwned=1> Tuesday.wav", {lastModified: Date.UTC(2026, 2, 12, 12)}));
		document.body.dispatchEvent(new DragEvent("dragenter", {dataTransfer: d, bubbles: true}));
		document.body.dispatchEvent(new DragEvent("drop", {dataTransfer: d, bubbles: true, cancelable: true}));
	})`))
	b.await(`document.querySelectorAll(".sessions li").length === 2`)
	b.await(`!document.querySelector("[data-stage]") && document.querySelectorAll(".sessions li").length === 2`)
	b.await(`[...document.querySelectorAll(".sessions a")].some(a => a.textContent === "<img src=x onerror=pwned=1> Tuesday")`)
	b.await(`[...document.querySelectorAll(".sessions li")].some(a => a.innerText.includes("Thursday 12 March 2026"))`)
	b.await(`typeof pwned === "undefined"`)

	// The same file again, chosen this time: it is known.
	path := filepath.Join(t.TempDir(), "again.wav")
	if err := os.WriteFile(path, []byte("this is no sound"), 0o600); err != nil {
		t.Fatal(err)
	}
	b.do(upload("#file", path))
	b.click(`#import button`)
	b.await(`document.querySelector("#list .notice")`)
	if got := b.text(`document.querySelector("#list .notice").innerText`); !strings.Contains(got, "again.wav") || strings.Contains(got, uploadPrefix) {
		t.Errorf("notice %q", got)
	}
	b.click(`#list .notice button`)
	b.await(`!document.querySelector("#list .notice")`)
	b.await(`document.querySelectorAll(".sessions li").length === 2`)
	waitFor(t, patience, func() bool { left, _ := filepath.Glob(filepath.Join(home, uploadPrefix+"*")); return len(left) == 0 })
}

// A session can be put off, a hard passage folded, and reading goes on where it
// stopped.
func TestPageGoesAtYourPace(t *testing.T) {
	b, base, session := openPage(t)
	page := base + "/sessions/" + session
	b.do(evaluate(`document.querySelector(".menu").open = true`))
	b.click(`.menu button[value="72"]`)
	b.await(`document.querySelector(".lead")?.textContent.startsWith("You wanted to leave this until")`)
	b.visit(base + "/")
	b.await(`!document.querySelector("#next-title") && document.querySelector("#last-title")`)
	if got := b.text(`document.body.innerText`); strings.Contains(got, "You talked about") {
		t.Error("the words of a session that was put off are shown")
	}
	b.visit(page)
	b.click(`form[action$="/hold"] button`)
	b.await(`document.querySelector("#review")`)

	b.visit(page + "?view=all")
	said := b.text(`document.querySelectorAll(".words")[3].textContent`)
	b.do(evaluate(`document.querySelectorAll(".row .tools")[3].click()`))
	b.await(`document.querySelector('.passage button[value="yes"]')`)
	b.click(`.passage button[value="yes"]`)
	b.await(`document.querySelector("details.hard:not([open])")`)
	folded := `document.querySelector("details.hard .words")`
	if got := b.text(folded + `.textContent`); got != said {
		t.Errorf("folded is %q, want %q", got, said)
	}
	b.await(`!` + folded + `.checkVisibility()`)
	b.do(evaluate(`document.querySelector("details.hard").open = true`))
	b.await(folded + `.checkVisibility()`)
	b.do(evaluate(`document.querySelectorAll(".row")[9].scrollIntoView()`))
	spot := b.text(`document.querySelectorAll(".row")[9].dataset.spot`)
	b.do(evaluateAsync(`new Promise(done => { addEventListener("scrollend", done); setTimeout(done, 1000); scrollBy(0, 1); })`))
	b.visit(base + "/help")
	b.visit(page)
	b.await(`document.querySelector(".short .primary")?.textContent.startsWith("Go on at")`)
	b.click(`.short .primary`)
	b.await(`location.search === "?view=all" && document.readyState === "complete" && document.querySelector(location.hash)`)
	if at := b.text(`document.querySelector(location.hash).closest(".row").dataset.spot`); at == "" {
		t.Errorf("the place is lost; it was near %s", spot)
	}
}
