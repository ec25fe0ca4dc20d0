//go:build unix

package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
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

type sheetJSON struct{ Sheet days.Sheet }

// The sheet for the next session: topics in the client's order, each with a
// sentence to begin with, what was left open until it is settled; on paper, and
// for a phone.
func TestPagePrep(t *testing.T) {
	n := openNotebook(t)
	n.expected = []string{"400"}
	must(t, "mood", "3", "--trigger", "the report again")
	n.open("/prep")
	n.await(`document.querySelector("#s-hard") && document.body.innerText.includes("did not get to your father")`)
	n.do(setValue("#next-day", "2026-03-12"), setValue("#next-time", "15:00"))
	n.click(".appointment button")
	n.await(`document.querySelector("h1").textContent.includes("Thu 12 Mar 15:00") && document.body.innerText.includes("In 7 days")`)
	for _, topic := range [][2]string{{"Sundays <b>", ""}, {"The nights", "I wake at four."}} {
		n.do(setValue("#new-topic", topic[0]), setValue("#new-opening", topic[1]))
		n.click("#topics .primary")
		n.await(`[...document.querySelectorAll(".topic")].some(t => t.textContent === "` + topic[0] + `")`)
	}
	n.click(`.topics li:last-child button[value="up"]`)
	n.await(`document.querySelector(".topic").textContent === "The nights"`)
	got := asJSON[sheetJSON](t, "prep").Sheet
	if len(got.Topics) != 2 || got.Topics[0].Opening != "I wake at four." || got.Next == nil || got.Next.Time != "15:00" {
		t.Errorf("sheet: %+v", got)
	}
	n.do(setValue("#new-question", "Why at four?"))
	n.click(`form[action="/prep/topics"] input[name="question"] ~ button`)
	n.await(`document.body.innerText.includes("Why at four?")`)

	pdf := filepath.Join(t.TempDir(), "sheet.pdf")
	n.pdf(pdf)
	if tool, err := exec.LookPath("pdftotext"); err == nil {
		out, err := exec.Command(tool, "-layout", pdf, "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"The nights", "I wake at four", "Sundays", "did not get to your father", "Why at four?"} {
			if !strings.Contains(string(out), want) {
				t.Errorf("the printed sheet lacks %q:\n%s", want, out)
			}
		}
		for _, bad := range []string{"Put it on the sheet", "Settled", "Take a breath", "Today"} {
			if strings.Contains(string(out), bad) {
				t.Errorf("the printed sheet has %q:\n%s", bad, out)
			}
		}
	} else {
		t.Log("pdftotext is not installed: the printed sheet was not read")
	}
	n.do(evaluateAsync(`fetch("/prep/sheet.txt").then(r => r.text()).then(s => { window.sheet = s; })`))
	if sheet := n.text(`window.sheet`); !strings.Contains(sheet, "1. The nights") {
		t.Errorf("for the phone:\n%s", sheet)
	}
	n.click(`.lines button[name="id"]`)
	n.await(`document.querySelector(".told")?.textContent === "Settled."`)
	n.click(`button[name="id"][value]:not(.quiet-button)`)
	n.await(`document.body.innerText.includes("did not get to your father")`)
	n.click(`.lines button[name="id"]`)
	n.await(`document.querySelector(".told")?.textContent === "Settled."`)
	if loops := asJSON[sheetJSON](t, "prep").Sheet.Loops; len(loops) != 0 {
		t.Errorf("left open: %+v", loops)
	}
}

type pagesJSON struct{ Pages []days.Page }

// A page of the journal is kept as it is typed, however long it is.
func TestPageJournal(t *testing.T) {
	n := openNotebook(t)
	pages := func() []days.Page { return asJSON[pagesJSON](t, "journal").Pages }
	n.open("/journal")
	n.click(".prompts a")
	n.await(`location.pathname === "/journal/new" && document.querySelector("#prompt").textContent.length > 10 && document.readyState === "complete"`)
	n.do(setValue("#page-text", "The nights are quieter."))
	n.await(`document.querySelector("[data-kept]").textContent === "Kept"`)
	long := strings.Repeat("A line <i>that</i> goes on & on.\n", 3200) // 105 600 characters
	n.do(setValue("#page-text", long))
	n.await(`document.querySelector("[data-kept]").textContent === "Kept" && document.querySelector("[name=version]").value === "2"`)
	n.click(".primary")
	n.await(`location.pathname === "/journal" && document.querySelector(".pages-list a")`)
	got := pages()
	if len(got) != 1 || got[0].Text != strings.TrimSpace(long) || got[0].Prompt == "" {
		t.Fatalf("%d pages", len(got))
	}
	n.click(".pages-list a")
	n.await(`document.querySelector("#page-text")?.value.length === ` + strconv.Itoa(len(got[0].Text)))
	n.do(evaluate(`document.querySelector(".destroy").open = true`))
	n.click(".destroy button")
	n.await(`location.pathname === "/journal" && document.querySelector(".told")`)
	if left := pages(); len(left) != 0 {
		t.Errorf("%d pages are left", len(left))
	}
}

type goalsJSON struct{ Goals []days.Goal }

// Goals have steps; what is worth remembering is asked for, then shown with its
// words.
func TestPageGoalsAndRecall(t *testing.T) {
	n := openNotebook(t)
	n.open("/goals")
	n.await(`document.querySelector(".goal h2").textContent.includes("Sleep through the night")`)
	n.await(`document.querySelector(".beside").innerText.includes("raises his voice")`)
	n.do(evaluate(`document.querySelector(".goal details").open = true`), setValue(".goal .stack input[name=text]", "No phone after ten"))
	n.click(`.goal button[value="step"]`)
	n.await(`document.querySelector(".steps")?.textContent.includes("No phone after ten")`)
	n.click(`.steps .tick`)
	n.await(`document.querySelector(".steps .tick.done")`)
	if g := asJSON[goalsJSON](t, "goals").Goals; len(g) != 1 || len(g[0].Steps) != 1 || g[0].Steps[0].Done != "2026-03-05" {
		t.Errorf("goals: %+v", g)
	}
	n.open("/recall")
	n.await(`document.querySelector(".lead").textContent.includes("?")`)
	left := n.text(`parseInt(document.body.innerText.match(/(\d+) for today/)[1])`)
	n.do(setValue("#try", "something about the evening"))
	n.click(".answer summary")
	n.await(`document.querySelector(".answer blockquote").checkVisibility() && document.querySelector(".answer audio").getAttribute("src").includes("#t=")`)
	n.click(`button[value="good"]`)
	n.await(`document.querySelector(".told")?.textContent.startsWith("It comes back") && document.readyState === "complete"`)
	if now := n.text(`(document.body.innerText.match(/(\d+) for today/) || [0, 0])[1]`); now >= left {
		t.Errorf("%s were for today, then %s", left, now)
	}
}

// Patterns are drawn with a table behind, lead to their words, and say when
// there is too little to say something.
func TestPagePatterns(t *testing.T) {
	n := openNotebook(t)
	n.open("/patterns")
	n.await(`document.body.innerText.includes("too few sessions to say") && document.body.innerText.includes("No day has a number yet")`)
	n.await(`document.querySelector(".thread a").getAttribute("href").includes("#i-")`)
	must(t, "mood", "3", "--day", "2026-03-03")
	must(t, "mood", "6", "--day", "2026-03-04")
	n.open("/patterns")
	n.await(`document.querySelectorAll(".moods circle").length === 2 && !document.querySelector(".moods polyline") && document.body.innerText.includes("Too few for a line")`)
	must(t, "mood", "8", "the day of the walk", "--day", "2026-02-24")
	for _, day := range []string{"2026-02-12", "2026-02-19"} {
		file := filepath.Join(t.TempDir(), "hour.json")
		text, err := os.ReadFile("testdata/hour.json")
		if err == nil {
			err = os.WriteFile(file, []byte(strings.Replace(string(text), "2026-03-05", day, 1)), 0o600)
		}
		if err == nil {
			_, err = seed(t.Context(), file, "Earlier", "Dr. Weber")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	n.open("/patterns")
	n.await(`document.querySelectorAll(".moods circle").length === 3 && document.querySelector(".moods polyline")`)
	n.await(`!document.body.innerText.includes("too few sessions") && document.querySelector("#again-title + ul")`)
	n.await(`[...document.querySelectorAll(".threads > div")].some(d => d.innerText.includes("anxiety") && d.querySelectorAll("a").length === 3)`)
	rows := n.text(`document.querySelectorAll("section[aria-labelledby=feelings-title] tbody tr").length`)
	if drawn := n.text(`document.querySelectorAll("section[aria-labelledby=feelings-title] .threads > div").length`); rows != drawn {
		t.Errorf("%s rows in the table, %s are drawn", rows, drawn)
	}
	n.do(evaluate(`document.querySelector('.moods a[href="/notes?day=2026-02-24"] circle').dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true}))`))
	n.await(`location.search === "?day=2026-02-24" && document.body.innerText.includes("the day of the walk")`)
}

// Search looks in everything, finds what was just written and nothing of what
// was destroyed, and leads to the words.
func TestPageSearch(t *testing.T) {
	n := openNotebook(t)
	n.expected = []string{"404"} // a seeded session has no sound
	must(t, "journal", "add", "My sister was glad <b>.")
	n.open("/")
	n.click(".find")
	n.await(`document.activeElement.id === "q"`)
	n.do(setValue("#q", "sister"))
	n.click(".search .primary")
	n.await(`[...document.querySelectorAll(".hits li")].some(h => h.innerText.includes("call my sister on Sunday")) && [...document.querySelectorAll(".hits li")].some(h => h.innerText.includes("was glad <b>"))`)
	n.await(`[...document.querySelectorAll("mark")].every(m => m.textContent.toLowerCase() === "sister") && document.querySelector("[data-clip]").getAttribute("href").includes("/sound.wav#t=")`)
	must(t, "mood", "5", "the sister of a friend") // by another process
	n.open("/search?q=sister")
	n.await(`document.body.innerText.includes("of a friend")`)
	n.open("/search?q=sister&kind=words")
	n.await(`document.querySelectorAll(".hits li").length === 1`)
	n.click(".hits .words a")
	n.await(`location.pathname === "/sessions/` + n.session + `" && document.querySelector(location.hash)?.textContent.includes("sister")`)
	n.open("/search?q=%22%20%22")
	n.await(`document.querySelector(".small#hits-title").textContent.includes("nothing to look for")`)
	must(t, "forget", n.session, "--yes")
	n.open("/search?q=sister")
	n.await(`document.querySelector(".hits") && !document.body.innerText.includes("call my sister")`)
}

type remindersJSON struct{ Reminders days.Reminders }

func TestPageReminders(t *testing.T) {
	n := openNotebook(t)
	n.expected = []string{"400"}
	n.open("/settings")
	n.click(`input[name="quiet"][value="sat"]`)
	n.do(setValue("#remind-from", "18:00"), setValue("#remind-to", "10:00"))
	n.click(`form[action="/reminders"] .keep`)
	n.await(`document.querySelector("form[action='/reminders'] .notice")?.textContent.includes("the earlier first") && document.querySelector("[value=sat]").checked`)
	n.do(setValue("#remind-from", "10:00"), setValue("#remind-to", "18:00"), setValue("#remind-cap", "1"))
	n.click(`form[action="/reminders"] .keep`)
	n.await(`document.querySelector(".told") && document.querySelector("#remind-from").value === "10:00"`)
	r := asJSON[remindersJSON](t, "remind").Reminders
	if r.From != "10:00" || r.To != "18:00" || r.Cap != 1 || len(r.Quiet) != 1 || r.Quiet[0] != "sat" || r.Off {
		t.Errorf("kept: %+v", r)
	}
	n.click(`button[value="week"]`)
	n.await(`document.querySelector("#remind .notice")?.textContent.includes("9 Mar")`)
}

// daysPages are looked at by axe-core and on a phone.
var daysPages = []string{"/", "/notes", "/homework", "/homework/new", "/reflect", "/reflect/weekly", "/prep", "/journal", "/journal/new", "/goals", "/recall", "/patterns", "/search", "/search?q=sister", "/settings"}

func TestPageDaysForEverybody(t *testing.T) {
	n := openNotebook(t)
	must(t, "prep", "next", "2026-03-12", "15:00")
	must(t, "prep", "topic", "The nights", "--open", "I wake at four, and I would like to understand it.")
	must(t, "prep", "topic", "Sundays with my parents")
	must(t, "prep", "ask", "Why at four?")
	must(t, "journal", "add", "The nights are quieter. I lay awake until one, and then it was morning.")
	must(t, "mood", "8", "a good day", "--win", "walked by the river")
	must(t, "mood", "4", "slept badly", "--emotion", "anxious", "--trigger", "the report", "--coping", "a walk", "--helped", "yes", "--win", "rang my sister")
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
