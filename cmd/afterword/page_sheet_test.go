//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/afterword/afterword/cmd/afterword/days"
)

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
