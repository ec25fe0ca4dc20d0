//go:build unix

package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// post sends a form as the page's own script does, and says with which status
// it was answered.
func (n notebook) post(path string, form map[string]string) string {
	n.Helper()
	body, err := json.Marshal(form)
	if err != nil {
		n.Fatal(err)
	}
	n.do(evaluateAsync(`fetch("` + path + `", {method: "POST", body: new URLSearchParams(` + string(body) + `), headers: {"X-Part": "1"}}).then(r => { window.answered = r.status; })`))
	return n.text(`window.answered`)
}

// version is that of the form with an action on a page, as somebody sees it who
// has it open.
func (n notebook) version(path, action string) string {
	n.Helper()
	n.open(path)
	return n.text(`document.querySelector('form[action="` + action + `"] [name=version]').value`)
}

// Of two windows that change the same thing the second is told; and what
// somebody wrote is text on every page, whatever it looks like.
func TestPageDaysTakeNoHarm(t *testing.T) {
	n := openNotebook(t)
	n.expected = []string{"409", "404"}
	const evil = "<script>pwned=1</script><img src=x onerror=pwned=1>\u202eelif"
	must(t, "mood", "4", evil, "--emotion", evil, "--trigger", evil, "--coping", evil, "--helped", "yes", "--win", evil)
	must(t, "journal", "add", evil)
	must(t, "goals", "add", evil)
	must(t, "prep", "topic", evil, "--open", evil)
	must(t, "prep", "ask", evil)
	must(t, "prep", "next", "2026-03-12", "15:00")
	must(t, "reflect", "--answer", "takeaway="+evil, "--answer", "hard="+evil)
	goal := "/goals/" + string(asJSON[goalsJSON](t, "goals").Goals[0].ID)
	topic := "/prep/topics/" + string(asJSON[sheetJSON](t, "prep").Sheet.Topics[0].ID)
	thought := "/homework/" + string(plan(t, "thought record").Plan.ID)
	must(t, "homework", "partly", strings.TrimPrefix(thought, "/homework/"), evil, "--tell", evil)

	for _, c := range []struct {
		what, path, action string
		form               map[string]string
	}{
		{"a goal", "/goals", goal, map[string]string{"do": "note", "text": evil}},
		{"a topic", "/prep", topic, map[string]string{"text": evil, "opening": evil}},
		{"the next session", "/prep", "/prep/next", map[string]string{"day": "2026-03-12", "time": "16:00", "where": evil}},
		{"a plan", thought, thought, map[string]string{"what": "A thought record " + evil, "when": evil, "where": evil, "often": "daily", "barrier": evil, "then": evil}},
	} {
		c.form["version"] = n.version(c.path, c.action)
		if got := n.post(c.action, c.form); got >= "400" {
			t.Errorf("%s: the first window is answered %s", c.what, got)
		}
		if got := n.post(c.action, c.form); got != "409" {
			t.Errorf("%s: the second window is answered %s, not told", c.what, got)
		}
	}

	pages := append([]string{"/notes?day=2026-03-05", "/search?q=elif", "/search?q=" + "%3Cscript%3E", "/sessions?%3Cscript%3E", thought, "/reflect/session?session=" + n.session}, daysPages...)
	for _, path := range pages {
		n.open(path)
		n.do(evaluate(`document.querySelectorAll("main details").forEach(d => d.open = true)`))
		if got := n.text(`typeof pwned + document.querySelectorAll("img").length + document.body.innerText.includes("\u202e")`); got != "undefined0false" {
			t.Errorf("%s: %s", path, got)
		}
	}

	// Its session is destroyed while a plan of it is open: nothing of it comes
	// back, and that is said.
	other := n.window()
	other.expected = []string{"404"}
	n.open(thought)
	other.visit(n.base + "/sessions/" + n.session + "?view=all")
	other.await(`document.querySelector(".item button[value=undo]")`)
	must(t, "forget", n.session, "--yes")
	n.do(setValue("#when", "after all"))
	n.click("#plan .keep, #plan .primary")
	n.await(`document.getElementById("alert").textContent.includes("not here any more")`)
	other.click(`.item button[value="undo"]`)
	other.await(`document.getElementById("alert").textContent.includes("not here any more")`)
	n.open(thought)
	n.await(`document.querySelector("h1").textContent.includes("not here any more")`)
}
