//go:build unix

package main

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/afterword/afterword/models"
)

// One passage is given its voice, marked, and at last destroyed; two items
// become one.
func TestPagePassage(t *testing.T) {
	b, base, session := openPage(t)
	b.expected = []string{"409", "400"}
	all := base + "/sessions/" + session + "?view=all"
	b.visit(all)
	b.do(evaluate(`document.querySelectorAll(".row .tools")[2].click()`))
	b.await(`document.querySelector(".passage")`)
	b.axe("tools of a passage")
	first := b.text(`document.querySelector('.passage [name="note"]').form.spots.value`)

	nobodys := func() (n int) {
		for _, g := range transcriptOf(t, session).Segments {
			if g.Speaker == models.Unknown {
				n++
			}
		}
		return n
	}
	before := nobodys()
	kept := b.text(firstAction + `.dataset.item`)
	must(t, "accept", kept)
	agreeElsewhere(t, session)
	b.click(`.passage button[value="unknown"]`)
	b.await(`document.querySelector(".told")?.textContent.startsWith("Who spoke is put right")`)
	if more := nobodys() - before; more < 1 || more > 10 {
		t.Errorf("the voice of %d segments was changed", more)
	}
	foundAnew(t, session, kept)

	// A mark, without a script, and away again.
	b.do(scripts(false))
	b.visit(base + "/sessions/" + session + "/passage/" + first)
	b.do(setValue(`[name="note"]`, "<b>this</b> mattered"))
	b.click(`form[action$="/mark"] button`)
	b.await(`document.querySelector(".marked")?.textContent.includes("<b>this</b> mattered")`)
	b.do(scripts(true))
	b.visit(base + "/sessions/" + session)
	b.await(`document.querySelector(".marked") && [...document.querySelectorAll(".facts summary")].some(n => n.textContent === "1 mark")`)
	b.do(viewport(1280, 1600)) // the player lies over nothing that is measured
	b.axe("session with a mark")
	b.click(".marked button")
	b.await(`document.readyState === "complete" && !document.querySelector(".marked")`)

	mergeTwo(t, b, base)

	// The passage and the one before it are destroyed.
	gone := `document.querySelector(".cutting").innerText`
	b.visit(base + "/sessions/" + session + "/passage/" + first)
	b.click(`.passage a[href*="/strike"]`)
	b.await(`document.querySelector(".cutting")`)
	was := b.text(gone)
	b.do(evaluate(`(s => { s.selectedIndex = s.selectedIndex - 1; })(document.querySelector("#from"))`))
	b.click(`main form[method="get"] button`)
	b.await(gone + ` !== ` + quoted(was) + ` && ` + gone + `.length > ` + quoted(was) + `.length`)
	b.axe("a part to destroy")
	words := strings.Split(b.text(gone), "\n")
	b.click(`main form[method="post"] button`)
	b.await(`document.querySelector("h1").textContent === "It is gone"`)
	b.click(".button.primary")
	b.await(`document.querySelector("#review .words")`) // what lies beside it was written down again
	if c := parseCoverage(must(t, "coverage", session, "--json")); c.Totals["struck"] <= 0 {
		t.Errorf("coverage %v", c.Totals)
	}
	said := must(t, "transcript", session)
	for _, w := range words {
		if w = strings.TrimSpace(w); len(w) > 20 && strings.Contains(said, w) {
			t.Errorf("%q is still there", w)
		}
	}
}

// agreeElsewhere makes a later sentence of the client say what nobody found yet.
func agreeElsewhere(t *testing.T, session string) {
	t.Helper()
	a := newApp(strings.NewReader(""), io.Discard, io.Discard)
	defer a.Close()
	if err := errors.Join(a.configure(nil), a.open(t.Context())); err != nil {
		t.Fatal(err)
	}
	tr, err := a.store.Transcript(t.Context(), models.SessionID(session))
	if err != nil {
		t.Fatal(err)
	}
	all := tr.Heard().Segments
	for _, g := range all[len(all)/2:] {
		if g.Speaker == models.Client {
			if _, err := a.store.EditSegment(t.Context(), g, g.Text+" I will call my sister tomorrow."); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatal("the client says nothing")
}

// foundAnew holds that this was found, and that what was accepted is still there.
func foundAnew(t *testing.T, session, kept string) {
	t.Helper()
	anew, accepted := false, false
	for _, it := range asJSON[struct {
		Actions []struct{ ID, Text, Decision string }
	}](t, "items", session).Actions {
		anew = anew || strings.Contains(it.Text, "sister")
		accepted = accepted || it.ID == kept && it.Decision == string(models.Accepted)
	}
	if !anew || !accepted {
		t.Errorf("found anew: %v; what was accepted is there: %v", anew, accepted)
	}
}

func quoted(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// addsWords is the first of these items with a quote that it does not have.
func addsWords(t *testing.T, it models.Item, others []string) string {
	t.Helper()
	for _, id := range others {
		o, err := itemOf(t, id)
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(o.Evidence, func(e models.Evidence) bool {
			return !slices.ContainsFunc(it.Evidence, func(had models.Evidence) bool { return had.Segment == e.Segment && had.Quote == e.Quote })
		}) {
			return id
		}
	}
	t.Fatalf("none of %v has words that %s has not", others, it.ID)
	return ""
}

// mergeTwo makes one of the first two items of a kind that has two.
func mergeTwo(t *testing.T, b *browser, base string) {
	t.Helper()
	kept := b.text(`(all => all.find(n => all.filter(m => m.querySelector(".kind").textContent === n.querySelector(".kind").textContent).length > 1).dataset.item)([...document.querySelectorAll(".item")])`)
	before, err := itemOf(t, kept)
	if err != nil {
		t.Fatal(err)
	}
	b.visit(base + "/items/" + kept + "/edit")
	b.click(`a[href$="/merge"]`)
	b.await(`document.querySelector('[name="other"]')`)
	b.axe("two items to be one")
	other := addsWords(t, before, strings.Fields(b.text(`[...document.querySelectorAll('[name="other"]')].map(n => n.value.split(" ")[0]).join(" ")`)))
	must(t, "accept", other) // in the terminal, meanwhile
	b.do(evaluate(`document.querySelector('[name="other"][value^="` + other + `"]').focus()`))
	b.keys(" ")
	b.click("form.stack .primary")
	b.await(`document.querySelector("h1").textContent === "It has changed meanwhile"`)
	b.visit(base + "/items/" + kept + "/merge")
	b.click(`[name="other"][value^="` + other + `"]`)
	b.click("form.stack .primary")
	b.await(`document.querySelector("#i-` + kept + `.is-accepted") && !document.querySelector("#i-` + other + `")`)
	after, err := itemOf(t, kept)
	if err != nil || len(after.Evidence) <= len(before.Evidence) {
		t.Errorf("%d quotes, then %d (%v)", len(before.Evidence), len(after.Evidence), err)
	}
	if away, err := itemOf(t, other); err != nil || away.Decision != models.Rejected {
		t.Errorf("the other one is %s (%v)", away.Decision, err)
	}
	// Taken apart, the other one is there at once, and what is being typed stays.
	b.do(evaluate(`window.same = true`))
	third := `[...document.querySelectorAll(".item")].find(n => !["` + kept + `", "` + other + `"].includes(n.dataset.item))`
	b.do(setAttribute(third+`.querySelector('[data-do="edit"]')`, "third"))
	b.click("#third")
	b.await(`document.activeElement.matches(".is-editing textarea")`)
	b.do(setValue(".is-editing textarea", "half a thought"))
	b.click("#i-" + kept + ` button[value="undo"]`)
	b.await(`document.querySelector("#i-` + other + `.is-accepted") && document.querySelector("#i-` + kept + `.is-proposed")`)
	b.await(`window.same && document.querySelector(".is-editing textarea").value === "half a thought"`)
	b.click(".is-editing [data-part].button")
	b.await(`!document.querySelector(".is-editing")`)
	apart, err := itemOf(t, kept)
	if err != nil || len(apart.Evidence) != len(before.Evidence) {
		t.Errorf("taken apart it has %d quotes, it had %d (%v)", len(apart.Evidence), len(before.Evidence), err)
	}
	if back, err := itemOf(t, other); err != nil || back.Decision != models.Accepted {
		t.Errorf("the other one is %s (%v)", back.Decision, err)
	}
}
