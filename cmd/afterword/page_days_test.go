//go:build unix

package main

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/afterword/afterword/cmd/afterword/days"
)

// These tests use the pages for the days between sessions as a person does. The
// session is one of ten sentences, the clock stands at the evening after it.

// notebook is a browser on the page, and where the page is.
type notebook struct {
	*browser
	base    string
	session string
}

// openNotebook opens the page in a home with a session whose items are kept.
func openNotebook(t *testing.T) notebook {
	t.Helper()
	newTestHome(t, needEngine(t))
	t.Setenv("AFTERWORD_TEST_NOW", "2026-03-05T18:00:00Z")
	t.Setenv("TZ", "UTC")
	before := clock
	t.Cleanup(func() { clock = before })
	moveClock()
	id, err := seed(t.Context(), "testdata/hour.json", "First hour", "Dr. Weber")
	if err != nil {
		t.Fatal(err)
	}
	b := openBrowser(t)
	link := startService(t)()
	n := notebook{b, "", string(id)}
	n.base, _, _ = strings.Cut(link, "/enter")
	must(t, append([]string{"accept"}, n.items(t)...)...)
	b.visit(link)
	b.await("location.pathname === '/' && document.readyState === 'complete'")
	return n
}

// items are the IDs of all that was found in the session.
func (n notebook) items(t *testing.T) (ids []string) {
	t.Helper()
	for _, m := range regexp.MustCompile(`(?m)^.*?\b([0-9a-f]{8})\b`).FindAllStringSubmatch(must(t, "items", n.session), -1) {
		ids = append(ids, m[1])
	}
	if len(ids) < 5 {
		t.Fatalf("only %d items", len(ids))
	}
	return ids
}

// open visits a page of the notebook.
func (n notebook) open(path string) { n.Helper(); n.visit(n.base + path) }

// asJSON is what a command prints with --json.
func asJSON[T any](t *testing.T, args ...string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(must(t, append(args, "--json")...)), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

type (
	homeworkJSON struct{ Homework []days.Task }
	notesJSON    struct{ Notes []days.Note }
)

// plan finds a plan by a word of it.
func plan(t *testing.T, word string) days.Task {
	t.Helper()
	for _, x := range asJSON[homeworkJSON](t, "homework", "--all").Homework {
		if strings.Contains(x.Plan.What, word) {
			return x
		}
	}
	t.Fatalf("no plan has %q in it", word)
	return days.Task{}
}

// A minute on Today: a number, a feeling, a few words; and what was agreed is
// ticked off, partly, and taken back.
func TestPageDay(t *testing.T) {
	n := openNotebook(t)
	n.await(`document.querySelectorAll(".task").length === 2`)
	n.click(`.scale input[value="4"]`)
	n.do(setValue("#feelings", "Anxious, a bit proud"), setValue("#note-text", "the report again <b>"))
	n.do(evaluate(`document.querySelectorAll(".note details").forEach(d => d.open = true)`))
	n.do(setValue("#coping", "a walk"), setValue("#sleep", "6,5"))
	n.click(`input[name="helped"][value="yes"]`)
	n.click(`.note .keep`)
	n.await(`document.querySelector(".told")?.textContent === "Noted." && document.querySelector(".notes-of-day")`)
	notes := asJSON[notesJSON](t, "mood").Notes
	if len(notes) != 1 || notes[0].Mood != 4 || strings.Join(notes[0].Emotions, "|") != "Anxious|a bit proud" || notes[0].Text != "the report again <b>" || notes[0].Helped != "yes" || *notes[0].Sleep != 6.5 {
		t.Fatalf("noted: %+v", notes)
	}
	n.open("/")
	n.await(`!document.querySelector(".told")`) // it is said once

	n.await(`document.querySelectorAll("button.tick").length === 1`) // a talk asks first whether it is safe
	sister := plan(t, "sister").Plan.ID
	must(t, "homework", "plan", string(sister), "--safe", "yes")
	n.open("/")
	n.click(`#t-` + string(sister) + ` .tick`)
	n.await(`document.querySelector("#t-` + string(sister) + ` .tick.done") && document.querySelector(".told").textContent === "You did it."`)
	if got := plan(t, "sister"); got.State != days.Finished {
		t.Errorf("after the tick: %s", got.State)
	}
	n.click(`#t-` + string(sister) + ` .tick.done`)
	n.await(`document.querySelector("#t-` + string(sister) + ` button.tick:not(.done)")`)
	if got := plan(t, "sister"); got.State != days.Open || len(got.Outcomes) != 0 {
		t.Errorf("taken back: %+v", got)
	}
	thought := plan(t, "thought record").Plan.ID
	n.click(`#t-` + string(thought) + ` button[value="partly"]`)
	n.await(`document.querySelector("#t-` + string(thought) + ` .tick.partly") && document.querySelector(".told").textContent.startsWith("Partly counts")`)
	n.await(`document.querySelector(".wins").textContent.includes("partly")`)

	// Two windows with one note: nothing is overwritten unseen.
	id := string(notes[0].ID)
	other := n.window()
	other.expected = []string{"409"}
	n.open("/notes/" + id)
	other.visit(n.base + "/notes/" + id)
	n.do(setValue("#note-text", "from the first window"))
	n.click(".note .keep")
	n.await(`location.pathname === "/notes" && document.body.innerText.includes("from the first window")`)
	other.do(setValue("#note-text", "from the other window"))
	other.click(".note .keep")
	other.await(`document.querySelector(".notice")?.innerText.includes("from the first window")`)
	if got := other.text(`document.querySelector("#note-text").value`); got != "from the other window" {
		t.Errorf("the other window's text became %q", got)
	}
	other.click(".note .keep") // having seen both
	other.await(`location.pathname === "/notes"`)
	if got := asJSON[notesJSON](t, "mood").Notes[0].Text; got != "from the other window" {
		t.Errorf("it says %q", got)
	}
	n.open("/notes/" + id)
	n.do(evaluate(`document.querySelector(".destroy").open = true`))
	n.click(".destroy button")
	n.await(`location.pathname === "/notes" && document.querySelector(".told")`)
	if left := asJSON[notesJSON](t, "mood").Notes; len(left) != 0 {
		t.Errorf("left: %+v", left)
	}
}

// A plan is made, asks to be made smaller, and is logged; a talk with somebody
// asks first whether it is safe.
func TestPageHomework(t *testing.T) {
	n := openNotebook(t)
	n.expected = []string{"400", "409"}
	thought := "/homework/" + string(plan(t, "thought record").Plan.ID)
	n.open(thought)
	n.await(`document.querySelector(".behind a").textContent.includes("thought record every evening")`)
	n.do(setValue("#when", "after dinner"), setValue("#where", "at the kitchen table"), setValue("#sure", "70"))
	n.click("#plan .primary")
	n.await(`document.querySelector("#plan .notice")?.textContent.includes("smaller") && document.querySelector("#barrier").checkVisibility()`)
	n.do(setValue("#barrier", "too tired"), setValue("#then", "one line is enough"))
	n.click("#plan .keep")
	n.await(`!document.querySelector("#plan .notice") && document.querySelector("#then").value === "one line is enough"`)
	n.click(`#how input[value="partly"]`)
	n.do(setValue("#log-what", "half a line"), setValue("#before", "11"), setValue("#after", "5"))
	n.do(evaluate(`document.querySelector("#how form").noValidate = true`))
	n.click("#how .primary")
	n.await(`document.querySelector("#how .notice")?.textContent.includes("0 to 10")`)
	if got := n.text(`document.querySelector("#log-what").value`); got != "half a line" {
		t.Errorf("what was typed became %q", got)
	}
	n.do(setValue("#before", "7"))
	n.click("#how .primary")
	n.await(`document.querySelector(".outcomes")?.textContent.includes("7 before, 5 after")`)
	if got := plan(t, "thought record"); len(got.Outcomes) != 1 || got.Plan.When != "after dinner" || *got.Plan.Confident != 70 {
		t.Errorf("kept: %+v", got)
	}
	n.click(".outcomes button")
	n.await(`!document.querySelector(".outcomes")`)

	n.open("/homework/" + string(plan(t, "sister").Plan.ID))
	n.do(evaluate(`document.querySelector("#plan form").noValidate = true`))
	if asked := n.text(`!!document.querySelector("fieldset.safe")`); asked == "true" {
		n.click("#plan .primary")
		n.await(`document.querySelector("#plan .notice")?.textContent.includes("safe")`)
		n.click(`input[name="safe"][value="unsure"]`)
		n.click("#plan .primary")
		n.await(`document.querySelector("main > .notice")?.textContent.includes("therapist first")`)
	} else {
		t.Error("a talk does not ask whether it is safe")
	}

	n.open("/homework/new")
	n.do(setValue("#what", "Walk round the block"), evaluate(`document.querySelector("#often").value = "3/week"`))
	n.click(".primary")
	n.await(`document.querySelector("h1").textContent === "Walk round the block" && location.pathname !== "/homework/new"`)
	n.open("/homework")
	walk := "#t-" + string(plan(t, "Walk").Plan.ID)
	n.await(`document.querySelectorAll("` + walk + ` .tick").length === 3`)
	n.click(walk + ` button.tick`)
	n.await(`document.querySelectorAll("` + walk + ` .tick.done").length === 1 && document.querySelectorAll("` + walk + ` button.tick:not(.done)").length === 1`)
	n.open("/homework/" + string(plan(t, "Walk").Plan.ID))
	n.do(evaluate(`document.querySelectorAll(".destroy").forEach(d => d.open = true)`), setValue("#why", "the knee"))
	n.click(".destroy button")
	n.await(`document.querySelector(".lead")?.textContent.includes("the knee")`)
	n.click(`button[value="back"]`)
	n.await(`document.querySelector("#plan")`)

	n.do(evaluateAsync(`fetch("/homework/plans.ics").then(r => r.text()).then(s => { window.calendar = s; })`))
	calendar := n.text(`window.calendar`)
	if !strings.Contains(calendar, "A small thing you planned") || strings.Contains(calendar, "thought") {
		t.Errorf("calendar:\n%s", calendar)
	}
}

type reflectionsJSON struct{ Reflections []days.Reflection }

// After a session its questions wait on Today. What is typed is kept at once,
// by two windows too, and without a script by a button.
func TestPageReflection(t *testing.T) {
	n := openNotebook(t)
	kept := func() map[string]string {
		all := asJSON[reflectionsJSON](t, "reflect", "--list").Reflections
		if len(all) == 0 {
			return nil
		}
		return all[len(all)-1].Answers
	}
	n.click(`a[href^="/reflect/session"]`)
	n.await(`location.pathname === "/reflect/session" && document.readyState === "complete"`)
	other := n.window()
	other.expected = []string{"409"}
	other.visit(n.text("location.href"))
	n.do(setValue("#q0", "I can say no"))
	n.await(`document.querySelector("[data-kept]").textContent === "Kept"`)
	n.do(setValue("#q1", "talking about the report"))
	n.await(`document.querySelector("[data-kept]").textContent === "Kept" && document.querySelector("[name=version]").value === "2"`)
	if got := kept(); len(got) != 2 || got["takeaway"] != "I can say no" || got["hard"] != "talking about the report" {
		t.Fatalf("kept: %v", got)
	}
	other.do(setValue("#q0", "from the other window"))
	other.await(`document.getElementById("alert").textContent.includes("another window")`)
	other.click(`button[value="save"]`)
	other.await(`document.querySelector(".notice")?.innerText.includes("I can say no")`)
	if got := other.text(`document.querySelector("#q0").value`); got != "from the other window" || kept()["takeaway"] != "I can say no" {
		t.Errorf("it became %q; kept: %v", got, kept())
	}

	// What was typed a moment ago is not lost when one goes elsewhere.
	n.do(setValue("#q4", "tired"))
	n.open("/")
	waitFor(t, patience, func() bool { return kept()["now"] == "tired" })
	n.visit(n.base + "/")
	n.await(`document.querySelector("#reflect-title").textContent.startsWith("An unfinished")`)

	n.do(scripts(false))
	n.click(`a[href^="/reflect/session"]`)
	n.await(`document.querySelector("#q0")?.value === "I can say no" && document.readyState === "complete"`)
	n.do(setValue("#q5", "ring my sister"))
	n.click(`button[value="save"]`)
	n.await(`document.querySelector(".told")?.textContent.includes("The rest can wait") && document.readyState === "complete"`)
	n.click(`button[value="done"]`)
	n.await(`location.pathname === "/" && document.querySelector(".told") && !document.querySelector("#reflect-title")`)
	got := kept()
	if skipped, ok := got["skill"]; !ok || skipped != "" || got["differently"] != "ring my sister" || len(got) != 6 {
		t.Errorf("at the end: %v", got)
	}
	n.do(scripts(true))

	// The small form of a plan belongs to it.
	thought := string(plan(t, "thought record").Plan.ID)
	n.open("/reflect/thought-record?plan=" + thought)
	n.do(setValue("#q0", "at work"))
	n.click(`button[value="done"]`)
	n.await(`location.pathname === "/homework/` + thought + `"`)
	n.open("/reflect/script?plan=" + string(plan(t, "sister").Plan.ID))
	n.await(`location.pathname.startsWith("/homework/") && document.querySelector("fieldset.safe")`)
}

// daysPages are looked at by axe-core and on a phone.
var daysPages = []string{"/", "/notes", "/homework", "/homework/new", "/reflect", "/reflect/weekly", "/prep", "/journal", "/journal/new", "/goals", "/recall", "/patterns", "/search", "/search?q=sister", "/settings", "/settings/voice", "/sessions", "/ground"}

func TestPageDaysForEverybody(t *testing.T) {
	n := openNotebook(t)
	must(t, "prep", "next", "2026-03-12", "15:00")
	must(t, "prep", "topic", "The nights", "--open", "I wake at four, and I would like to understand it.")
	must(t, "prep", "topic", "Sundays with my parents")
	must(t, "prep", "ask", "Why at four?")
	must(t, "journal", "add", "The nights are quieter. I lay awake until one, and then it was morning.")
	must(t, "mood", "8", "a good day", "--win", "walked by the river")
	must(t, "mood", "4", "slept badly", "--emotion", "anxious", "--trigger", "the report", "--coping", "a walk", "--helped", "yes", "--win", "rang my sister")
	must(t, "contacts", "add", "My sister", "--number", "555 0134", "--note", "also at night")
	must(t, "homework", "add", "Call the practice", "--due", "2026-03-20")
	must(t, "retention", "--sound", "14") // it goes on the 19th, and Today says so on the 12th
	pages := append([]string{}, daysPages...)
	pages = append(pages, "/homework/"+string(plan(t, "thought record").Plan.ID), "/homework/"+string(plan(t, "sister").Plan.ID),
		"/notes/"+string(asJSON[notesJSON](t, "mood").Notes[0].ID))
	pages = append(pages, "/reflect/session?session="+n.session)
	shots := os.Getenv("AFTERWORD_TEST_SHOTS") // a folder for pictures to look at
	for _, dark := range []bool{false, true} {
		n.dark(dark)
		for _, path := range pages {
			n.open(path)
			n.do(evaluate(`document.querySelectorAll("main details").forEach(d => d.open = true)`))
			n.axe(path + map[bool]string{true: " in the dark"}[dark])
			if !dark {
				n.walk(path)
			}
		}
		n.do(viewport(360, 740))
		for _, path := range pages {
			n.open(path)
			n.shot(shots, path, dark, "phone")
			n.do(evaluate(`document.querySelectorAll("main details").forEach(d => d.open = true)`))
			if wide := n.text(`document.documentElement.scrollWidth`); wide != "360" {
				t.Errorf("%s is %s wide on a phone of 360", path, wide)
			}
		}
		n.do(viewport(1280, 900))
		if shots != "" {
			for _, path := range pages {
				n.open(path)
				n.shot(shots, path, dark, "wide")
			}
		}
	}
}
