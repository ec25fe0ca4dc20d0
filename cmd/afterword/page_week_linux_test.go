//go:build cgo

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// testClock is a file that this process and those that it starts take for the
// time of day.
type testClock struct {
	testing.TB
	file string
}

func newTestClock(t *testing.T, now string) testClock {
	c := testClock{t, filepath.Join(t.TempDir(), "clock")}
	t.Setenv("AFTERWORD_TEST_CLOCK", c.file)
	t.Setenv("TZ", "UTC")
	before := clock
	t.Cleanup(func() { clock = before })
	c.set(now)
	moveClock()
	return c
}

func (c testClock) set(now string) {
	c.Helper()
	if err := os.WriteFile(c.file+".new", []byte(now), 0o600); err != nil {
		c.Fatal(err)
	}
	if err := os.Rename(c.file+".new", c.file); err != nil {
		c.Fatal(err)
	}
}

// The week of a client, from one session to the next, in the browser, with a
// real microphone and the terminal looking on: recorded, gone through, planned,
// reminded of, partly done, remembered, brought along.
func TestPageWeek(t *testing.T) {
	weights := needEngine(t)
	room := newQuietRoom(t)
	newTestHome(t, weights)
	startBus(t)
	desk, conn := serveNotices(t)
	now := newTestClock(t, "2026-03-05T18:00:00Z")
	sample, err := makeExcerpt(t.TempDir(), 136*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	agreed := soundIn(t, sample, models.Span{Start: 115400 * time.Millisecond, End: 135900 * time.Millisecond})
	b := openBrowser(t)
	b.expected = []string{"ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET"}
	server := start(t, "serve", "--listen", "127.0.0.1:0")
	t.Cleanup(func() { stopService(server) })
	endRecorder(t)
	answers(t)
	link := strings.TrimSpace(must(t, "review", "--no-browser"))
	base, _, _ := strings.Cut(link, "/enter")
	n := notebook{b, base, ""}

	// Thursday: the session is recorded.
	b.visit(link)
	b.await(`location.pathname === "/" && document.querySelector(".record-start")`)
	b.click("button.record")
	b.await(`document.querySelector('[name="agreed"]')`)
	b.do(setValue("#with", "Dr. Osei"), setValue("#title", "The week begins"))
	b.click(`[name="agreed"]`)
	b.click(".record-form .primary")
	b.await(`location.pathname === "/recording" && document.querySelector("#recording")`)
	n.session = b.text(`document.querySelector("#recording").dataset.session`)
	play(t, room, "vmic", newChorus(agreed))
	awaitMore(t, 21*time.Second)
	b.do(evaluate(`document.querySelector(".menu").open = true`))
	b.click(`.menu button[value="stop"]`)
	b.await(`location.pathname === "/sessions/` + n.session + `" && document.querySelector("#review .item")`)

	// It is gone through: kept, put in one's own words, put away.
	item := func(words string) string {
		b.Helper()
		found := `[...document.querySelectorAll(".item.is-proposed")].find(n => n.querySelector(".kind").textContent.trim() === "To do" && n.querySelector(".what").textContent.includes("` + words + `"))`
		b.await(found)
		return b.text(found + `.dataset.item`)
	}
	record, call := item("thought record"), item("manager")
	b.click("#i-" + record + ` button[value="accept"]`)
	b.await(`document.querySelector("#i-` + record + `.is-accepted")`)
	b.click("#i-" + call + ` [data-do="edit"]`)
	b.await(`document.activeElement.matches("#i-` + call + ` textarea")`)
	b.do(setValue("#i-"+call+" textarea", "Ring my manager about the deadline"))
	b.click("#i-" + call + ` .keep`)
	b.await(`document.querySelector("#i-` + call + `.is-edited")`)
	if b.text(`!!document.querySelector(".item.is-proposed")`) == "true" {
		away := b.text(`document.querySelector(".item.is-proposed").dataset.item`)
		b.click("#i-" + away + ` button[value="reject"]`)
		b.await(`document.querySelector("#i-` + away + `.is-rejected")`)
	}
	if shown := must(t, "items", "last", "--kind", "action"); !strings.Contains(shown, "Ring my manager about the deadline") {
		t.Errorf("the terminal shows\n%s", shown)
	}

	// What it was like, while it is fresh.
	n.open("/")
	b.click(`a[href^="/reflect/session"]`)
	b.await(`location.pathname === "/reflect/session" && document.querySelector("#q0") && document.readyState === "complete"`)
	b.do(setValue("#q0", "One kinder answer is enough"))
	b.await(`document.querySelector("[data-kept]").textContent === "Kept"`)
	b.click(`button[value="done"]`)
	b.await(`location.pathname === "/" && document.querySelector(".told")`)

	// When, where, and how sure; and when the next session is.
	n.open("/homework/" + record)
	b.do(setValue("#when", "after dinner"), setValue("#where", "at the kitchen table"), setValue("#sure", "95"))
	b.click("#plan .primary")
	b.await(`!document.querySelector("#plan .notice") && document.querySelector("#where").value === "at the kitchen table" && document.querySelector(".told")`)
	n.open("/homework/" + call)
	if b.text(`!!document.querySelector("fieldset.safe")`) == "true" {
		b.click(`input[name="safe"][value="yes"]`)
		b.click("#plan .primary")
		b.await(`document.querySelector(".told")`)
	}
	n.open("/prep")
	b.do(setValue("#next-day", "2026-03-12"), setValue("#next-time", "15:00"))
	b.click(".appointment button")
	b.await(`document.querySelector("h1").textContent.includes("Thu 12 Mar 15:00")`)

	// Friday: the computer is switched on, and tells one thing, in no words of
	// the client's.
	stopService(server)
	now.set("2026-03-06T10:00:00Z")
	server = start(t, "serve", "--listen", strings.TrimPrefix(base, "http://"))
	answers(t)
	select {
	case shown := <-desk.shown:
		if shown[0] != "A small thing you planned" || shown[1] != "" {
			t.Errorf("the notice is %q", shown)
		}
	case <-time.After(patience):
		t.Fatal("no reminder comes")
	}
	if err := conn.Emit("/org/freedesktop/Notifications", "org.freedesktop.Notifications.ActionInvoked", uint32(1), "later"); err != nil {
		t.Fatal(err)
	}
	waitFor(t, patience, func() bool { return strings.Contains(must(t, "remind"), "None before 12:00") })

	// In the evening half of it is done, and that counts.
	now.set("2026-03-06T20:00:00Z")
	n.open("/")
	b.click(`#t-` + record + ` button[value="partly"]`)
	b.await(`document.querySelector("#t-` + record + ` .tick.partly") && document.querySelector(".told").textContent.startsWith("Partly counts")`)
	b.click(`.scale input[value="4"]`)
	b.do(setValue("#feelings", "anxious"), setValue("#trigger", "the second project"))
	b.click(`.note .keep`)
	b.await(`document.querySelector(".told")?.textContent === "Noted."`)
	if got := plan(t, "thought record"); len(got.Outcomes) != 1 || got.Outcomes[0].How != days.Partly || got.Outcomes[0].Day != "2026-03-06" {
		t.Errorf("logged: %+v", got.Outcomes)
	}

	// Sunday: said first, then looked up, with the sound behind it.
	now.set("2026-03-08T11:00:00Z")
	n.open("/recall")
	b.await(`document.querySelector(".lead").textContent.includes("In your session")`)
	b.click(".answer summary")
	b.await(`document.querySelector(".answer blockquote").checkVisibility() && document.querySelector(".answer audio").getAttribute("src").includes("#t=")`)
	b.click(`button[value="good"]`)
	b.await(`document.querySelector(".told")?.textContent === "It comes back Tue 10 Mar."`)

	// Wednesday: nothing of what was not done is held against anybody; the sheet
	// is made.
	now.set("2026-03-11T20:00:00Z")
	if said := strings.ToLower(must(t, "homework")); strings.Contains(said, "miss") || strings.Contains(said, "overdue") || !strings.Contains(said, "thought record") {
		t.Errorf("homework:\n%s", said)
	}
	n.open("/prep")
	b.do(setValue("#new-topic", "The second project"), setValue("#new-opening", "I said yes again, and I would like to understand why."))
	b.click("#topics .primary")
	b.await(`document.querySelector(".topic")?.textContent === "The second project"`)
	sheet := must(t, "prep")
	for _, want := range []string{"tomorrow 15:00", "I said yes again", "partly once", "Ring my manager about the deadline: not yet", "the second project"} {
		if !strings.Contains(sheet, want) {
			t.Errorf("the sheet lacks %q:\n%s", want, sheet)
		}
	}

	// Thursday: the next session. What is open goes on to the one after it.
	now.set("2026-03-12T18:00:00Z")
	second := filepath.Join(t.TempDir(), "second.json")
	if err := os.WriteFile(second, []byte(`{"id": "", "title": "", "date": "2026-03-12", "language": "en", "segments": [
		{"seq": 0, "speaker": "client", "text": "I felt calm after I had written it down."},
		{"seq": 1, "speaker": "therapist", "text": "We did not get to your father today, let us come back to that next time."}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := seed(t.Context(), second, "The week after", "Dr. Osei"); err != nil {
		t.Fatal(err)
	}
	n.open("/prep")
	for _, want := range []string{"did not get to your father", "Ring my manager about the deadline: not yet", "The second project"} {
		b.await(fmt.Sprintf(`document.querySelector("main").innerText.includes(%q)`, want))
	}
	b.click(`.lines button[name="id"]`)
	b.await(`document.querySelector(".told")?.textContent === "Settled."`)
	if left := asJSON[sheetJSON](t, "prep").Sheet; len(left.Loops) != 0 || left.Since != "2026-03-12" {
		t.Errorf("left open: %+v", left.Loops)
	}
	n.open("/search?q=father")
	b.await(`document.querySelector("main").innerText.includes("come back to that next time")`)
}
