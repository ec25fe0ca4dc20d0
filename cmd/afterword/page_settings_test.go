//go:build unix

package main

import (
	"bytes"
	"encoding/base64"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models/vault"
)

type contactsJSON struct{ Contacts []days.Contact }

// Whom to turn to stands where it may get hard; how long sound is kept is the
// client's choice, and is said before it happens.
func TestPageHardMomentsAndKeeping(t *testing.T) {
	n := openNotebook(t)
	n.expected = []string{"400"}
	n.open("/ground")
	n.await(`document.querySelector("main a[href='/settings#contacts']") && !document.querySelector("main .contacts")`)
	n.open("/settings")
	n.do(setValue("#contact-name", "My sister <b>"), setValue("#contact-number", "555 0134"), setValue("#contact-note", "also at night"))
	n.click(`form[action="/contacts"] button`)
	n.await(`document.querySelector("#contacts .contacts")?.innerText.includes("My sister <b>")`)
	if got := asJSON[contactsJSON](t, "contacts").Contacts; len(got) != 1 || got[0].Number != "555 0134" {
		t.Errorf("noted: %+v", got)
	}
	n.open("/ground")
	n.await(`document.querySelector("main .contacts").innerText.includes("555 0134")`)
	n.open("/reflect/session?session=" + n.session)
	n.await(`document.querySelector("main .moment").innerText.includes("also at night")`)
	n.click(".moment [data-ground]")
	n.await(`document.querySelector("#ground").open && document.querySelector("#ground .contacts").innerText.includes("My sister")`)

	n.open("/sessions/" + n.session + "?view=all")
	n.await(`!document.querySelector("#audio") && document.body.innerText.includes("sound of this session is not kept")`)
	n.click(".row .tools")
	n.click(`button[name="folded"][value="yes"]`)
	n.await(`document.querySelector("details.hard")`)
	n.click("details.hard summary")
	n.await(`document.querySelector("details.hard .moment").checkVisibility() && document.querySelector("details.hard .moment").innerText.includes("555 0134")`)

	n.open("/settings")
	n.click(`input[name="how"][value="days"]`)
	n.do(evaluate(`document.querySelector("#keeping-days").removeAttribute("min")`), setValue("#keeping-days", "3"))
	n.click(`form[action="/retention"] button`)
	n.await(`document.querySelector("#alert").innerText.includes("14 to 3650")`)
	n.do(setValue("#keeping-days", "14"))
	n.click(`form[action="/retention"] button`)
	n.await(`document.querySelector(".told") && document.querySelector('input[value="days"]').checked`)
	if r := asJSON[struct{ Sound int }](t, "retention"); r.Sound != 14 {
		t.Errorf("kept for %d days", r.Sound)
	}
	n.await(`document.querySelector("#speech-model").disabled && document.querySelector("#speech-model-how").innerText.includes("AFTERWORD_MODEL")`)
	n.do(setValue("#speech-language", "en"), setValue("#speech-word", "a word that is far too long for a name of this"))
	n.click(`form[action="/settings/speech"] button`)
	n.await(`document.querySelector("#alert").innerText.includes("short word")`)
	n.do(setValue("#speech-word", "practice"))
	n.click(`form[action="/settings/speech"] button`)
	n.await(`document.querySelector(".told")?.innerText.includes("next time") && document.querySelector("#speech-word").value === "practice"`)
	if file, err := os.ReadFile(findHome().ConfigFile()); err != nil || !strings.Contains(string(file), "language = \"en\"") || !strings.Contains(string(file), "[homework]\nword = \"practice\"") {
		t.Errorf("%s %v", file, err)
	}
	n.click(`#contacts .contacts button`)
	n.await(`!document.querySelector("#contacts .contacts")`)
}

type calendarJSON struct{ Days []days.Dated }

// A month beside the sessions has them, the next one and what is due, each
// leading to itself; the same is a list and a file.
func TestPageCalendar(t *testing.T) {
	n := openNotebook(t)
	must(t, "homework", "add", "Call the practice", "--due", "2026-03-20")
	n.open("/sessions")
	n.await(`document.querySelector("#calendar-title").textContent === "March 2026" && document.querySelector("#calendar [aria-current=date]").textContent.trim() === "5"`)
	n.do(setValue("#next-day", "2026-03-12"), setValue("#next-time", "15:00"))
	n.click("#calendar .appointment button")
	n.await(`[...document.querySelectorAll(".dated a")].some(a => a.textContent === "Next session 15:00" && a.getAttribute("href") === "/prep")`)
	n.await(`document.querySelector('td a[href="#d-2026-03-12"]').getAttribute("aria-label") === "Thu 12 March, the next session" && document.querySelector('td a[href="#d-2026-03-20"] .on-homework')`)
	n.do(evaluate(`document.querySelector('td a[href="#d-2026-03-05"]').focus()`))
	n.keys("\r")
	n.await(`location.hash === "#d-2026-03-05" && document.querySelector(".dated :target a").getAttribute("href") === "/sessions/` + n.session + `"`)
	n.click(`#calendar a[rel="next"]`)
	n.await(`document.querySelector("#calendar-title").textContent === "April 2026" && location.search === "?month=2026-04"`)
	n.open("/sessions?month=nonsense")
	n.await(`document.querySelector("#calendar-title").textContent === "March 2026"`)
	if all := asJSON[calendarJSON](t, "calendar", "2026-03").Days; len(all) < 3 || all[0].Kind != "session" {
		t.Errorf("in the terminal: %+v", all)
	}
	n.do(evaluateAsync(`fetch("/calendar.ics").then(r => r.text()).then(s => { window.plain = s; }).then(() => fetch("/calendar.ics?words=1")).then(r => r.text()).then(s => { window.words = s; })`))
	n.await(`window.plain.includes("SUMMARY:Appointment") && window.plain.includes("20260320") && !window.plain.includes("practice") && window.words.includes("Call the practice")`)
}

// A few things are handed on after they were looked at: with other names, in a
// file that its passphrase opens, and noted.
func TestPageShare(t *testing.T) {
	n := openNotebook(t)
	n.open("/sessions/" + n.session + "/share")
	n.do(evaluate(`document.querySelectorAll("[name=item]").forEach(i => { i.checked = false; })`))
	n.click("#main .primary")
	n.await(`document.querySelector(".notice")?.innerText.includes("at least one")`)
	n.do(evaluate(`[...document.querySelectorAll(".share-items li")].find(l => l.innerText.includes("Call your sister")).querySelector("input").checked = true`), setValue("#share-hide", "sister, Sunday"))
	n.click("#main .primary")
	n.await(`document.querySelectorAll(".looked li").length === 1 && document.querySelector(".replaced").innerText.includes("sister") && !document.querySelector(".looked").innerText.includes("sister")`)
	n.axe("share")
	n.shot(os.Getenv("AFTERWORD_TEST_SHOTS"), "/share", false, "wide")
	n.do(setValue("#share-for", "my doctor"), setValue("#share-pass", "a passphrase"), setValue("#share-again", "a passphrase"))
	n.do(evaluateAsync(`(async f => { const r = await fetch(f.action, {method: "POST", body: new URLSearchParams(new FormData(f))}); const u = new Uint8Array(await r.arrayBuffer()); window.got = [r.headers.get("Content-Disposition"), btoa(String.fromCharCode(...u))]; })(document.querySelector("#looked form"))`))
	if name := n.text("window.got[0]"); name != `attachment; filename="from-a-session-2026-03-05.html.age"` {
		t.Errorf("it is called %s", name)
	}
	sealed, err := base64.StdEncoding.DecodeString(n.text("window.got[1]"))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := vault.Decrypt(bytes.NewReader(sealed), "a passphrase")
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(plain)
	if err != nil || !strings.Contains(string(page), "Person ") || strings.Contains(string(page), "sister") || strings.Contains(string(page), "Sunday") {
		t.Errorf("it says (%v):\n%.3000s", err, page)
	}
	if list := must(t, "share", "--list"); !strings.Contains(list, "my doctor") || !strings.Contains(list, n.session) {
		t.Errorf("noted: %s", list)
	}
}

// The service destroys the sound that is not to be kept.
func TestServiceLetsSoundGo(t *testing.T) {
	home, session := preparedHome(t)
	before := clock
	t.Cleanup(func() { clock = before })
	at := func(now string) { t.Setenv("AFTERWORD_TEST_NOW", now); moveClock() }
	files := func() []string { all, _ := filepath.Glob(filepath.Join(home, "spool", session, "*")); return all }
	at("2026-03-15T18:00:00Z")
	if must(t, "retention", "--sound", "14"); len(files()) == 0 {
		t.Fatal("there is no sound")
	}
	at("2026-03-25T18:00:00Z")
	cmd := start(t, "serve", "--listen", "127.0.0.1:0")
	t.Cleanup(func() { stopService(cmd) })
	waitFor(t, patience, func() bool { return len(files()) == 0 })
	if words := must(t, "transcript", session); !strings.Contains(words, "Hello") {
		t.Errorf("its words: %.200s", words)
	}
}
