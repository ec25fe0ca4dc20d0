//go:build unix

package main

import (
	"strings"
	"testing"
)

// A language model is done with a session that somebody is reading: what it found
// comes to its place, and what is being typed and where they are stays.
func TestPageShowsWhatTheModelFound(t *testing.T) {
	newTestHome(t, t.TempDir())
	free := make(chan bool)
	fakeModel(t, func() { <-free })
	a, id := readerApp(t)
	a.Close()
	b := openBrowser(t)
	link := startService(t)(string(id))
	base, _, _ := strings.Cut(link, "/enter")
	b.visit(link)
	b.await(`location.pathname.startsWith("/sessions/") && document.readyState === "complete"`)
	b.visit(base + "/sessions/" + string(id))
	b.await(`document.querySelector(".item") && document.querySelector(".short").innerText.includes("language model")`)
	before := b.text(`document.querySelector(".filter").innerText`)
	items := b.text(`document.querySelectorAll(".item").length + 2`)
	b.do(evaluate(`window.same = true`))
	b.click(`.item [data-do="edit"]`)
	b.await(`document.activeElement.matches(".is-editing textarea")`)
	b.do(setValue(".is-editing textarea", "half a thought"))
	close(free)
	b.await(`document.body.innerText.includes("The garden") && document.body.innerText.includes("Nobody greets you at the office")`)
	b.await(`window.same && document.activeElement.matches(".is-editing textarea") && document.activeElement.value === "half a thought"`)
	b.await(`document.querySelector(".short").innerText.includes("It added: 2.") && document.getElementById("say").textContent === "What was found in this session has changed."`)
	b.await(`[...document.querySelectorAll(".row")].every((r, i, all) => !i || Number(r.querySelector("[data-play]").dataset.play) >= Number(all[i - 1].querySelector("[data-play]").dataset.play))`)
	if now := b.text(`document.querySelectorAll(".item").length`); now != items {
		t.Errorf("%s items, want %s", now, items)
	}
	if now := b.text(`document.querySelector(".filter").innerText`); now == before {
		t.Errorf("as many wait as before: %s", now)
	}
	// What came can be decided about like all others.
	b.click(`.item:not(.is-editing) button[value="accept"]`)
	b.await(`document.querySelector(".item.is-accepted")`)
	b.axe("a session that a model has read meanwhile")
}
