//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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
	b.await(`location.search === "?view=all"`)
	if at := b.text(`document.querySelector(location.hash).closest(".row").dataset.spot`); at == "" {
		t.Errorf("the place is lost; it was near %s", spot)
	}
}

// Scripts and tricks with the direction of writing are harmless in every text.
func TestPageWithHostileTexts(t *testing.T) {
	b, base, session := openPage(t)
	const evil = "<script>pwned=1</script><img src=x onerror=pwned=1>\u202eelif"
	id := b.text(firstAction + `.dataset.item`)
	must(t, "edit", id, "--text", evil)
	a := newApp(strings.NewReader(""), io.Discard, io.Discard)
	if err := errors.Join(a.configure(nil), a.open(t.Context())); err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	sid := models.SessionID(session)
	if _, err := a.store.EditSession(t.Context(), sid, func(s *models.Session) { s.Title, s.With = evil, evil }); err != nil {
		t.Fatal(err)
	}
	tr, err := a.store.Transcript(t.Context(), sid)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.store.EditSegment(t.Context(), tr.Segments[0], evil); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/", "/sessions", "/sessions/" + session + "?view=all", "/items/" + id, "/items/" + id + "/edit", "/sessions/" + session + "/words/0.0", "/%3Cscript%3E", "/sessions/" + session + "?view=%3Cscript%3E&kind=%22%3E"} {
		b.expected = []string{"404"}
		b.visit(base + path)
		if got := b.text(`typeof pwned + document.querySelectorAll("img").length + document.body.innerHTML.includes("\u202e")`); got != "undefined0false" {
			t.Errorf("%s: %s", path, got)
		}
	}
}

// The service is started again under an open page, and locked, and neither
// loses what somebody was typing.
func TestPageOverRestartAndLock(t *testing.T) {
	home, session := preparedHome(t)
	b := openBrowser(t)
	b.expected = []string{"ERR_CONNECTION_REFUSED", "423", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET"}
	secret := filepath.Join(home, "secret")
	if err := os.WriteFile(secret, []byte("four words quite long\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AFTERWORD_NEW_PASSPHRASE_FILE", secret)
	must(t, "passwd")
	t.Setenv("AFTERWORD_PASSPHRASE_FILE", secret)
	server := start(t, "serve", "--listen", "127.0.0.1:0")
	t.Cleanup(func() { stopService(server) })
	answers(t)
	link := strings.TrimSpace(must(t, "review", "--no-browser", session))
	base, _, _ := strings.Cut(link, "/enter")
	b.visit(link)
	b.await("location.pathname === '/sessions/" + session + "' && document.readyState === 'complete'")
	id := b.text(firstAction + `.dataset.item`)
	at := "#i-" + id
	b.click(at + ` [data-do="edit"]`)
	b.await(`document.querySelector("` + at + ` textarea")`)
	b.do(setValue(at+" textarea", "typed before the restart"))

	stopService(server)
	b.await(`document.getElementById("alert").textContent.includes("lost its connection")`)
	server = start(t, "serve", "--listen", strings.TrimPrefix(base, "http://"))
	answers(t)
	b.await(`document.getElementById("alert").hidden`)

	must(t, "lock")
	b.await(`document.getElementById("alert").textContent.includes("was locked")`)
	if got := b.text(`document.querySelector("` + at + ` textarea").value`); got != "typed before the restart" {
		t.Errorf("the text became %q", got)
	}
	other := b.window()
	other.expected = b.expected
	other.visit(base + "/sessions/" + session)
	other.await(`document.querySelector("#passphrase")`)
	if got := other.text("document.body.innerText"); strings.Contains(got, "Osei") {
		t.Error("a locked page shows a title")
	}
	other.axe("unlock")
	other.do(setValue("#passphrase", "something else"))
	other.click("button")
	other.await(`document.querySelector("#wrong")`)
	other.do(setValue("#passphrase", "four words quite long"))
	other.click("button")
	other.await("location.pathname === '/sessions/" + session + "' && document.querySelector('#review')")
	b.await(`document.getElementById("alert").hidden`)
	b.click(at + ` .keep`)
	b.await(`document.querySelector("` + at + `.is-edited")`)
	if got := found(t, id)["text"]; got != "typed before the restart" {
		t.Errorf("saved %q", got)
	}
}

// axe-core looks at every page, in light and in dark, wide and as a phone.
func TestPageForEverybody(t *testing.T) {
	b, base, session := openPage(t)
	id := b.text(firstAction + `.dataset.item`)
	must(t, "accept", id)
	b.expected = []string{"404"}
	for _, dark := range []bool{false, true} {
		b.dark(dark)
		for _, path := range []string{"/", "/sessions", "/sessions/" + session, "/sessions/" + session + "?view=all", "/items/" + id, "/items/" + id + "/edit", "/sessions/" + session + "/words/0.0", "/sessions/" + session + "/passage/0.0", "/settings", "/help", "/ground", "/nothing"} {
			b.visit(base + path)
			b.axe(path + map[bool]string{true: " in the dark"}[dark])
		}
		b.do(viewport(360, 740))
		for _, path := range []string{"/", "/sessions", "/sessions/" + session, "/settings", "/help", "/items/" + id + "/edit"} {
			b.visit(base + path)
			if wide := b.text(`document.documentElement.scrollWidth`); wide != "360" {
				t.Errorf("%s is %s wide on a phone of 360", path, wide)
			}
		}
		b.do(viewport(1280, 900))
	}
	// The setting wins over what the computer has.
	b.dark(false)
	b.visit(base + "/settings")
	b.click(`input[name="theme"][value="dark"]`)
	b.click(`form[action="/settings"] .primary`)
	b.await(`document.documentElement.dataset.theme === "dark"`)
	b.axe("settings, dark by choice")
}

// Who is not meant to come in gets a clear page, the right status, and nothing
// of what was said.
func TestPageKeepsOthersOut(t *testing.T) {
	_, session := preparedHome(t)
	links := startService(t)
	link := links()
	base, _, _ := strings.Cut(link, "/enter")
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ask := func(method, target string, headers map[string]string, form url.Values) (int, http.Header, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		if form != nil {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		for k, v := range headers {
			if k == "Host" {
				r.Host = v
			}
			r.Header.Set(k, v)
		}
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		return res.StatusCode, res.Header, string(body)
	}
	code, header, _ := ask("GET", link, nil, nil)
	cookie, _, _ := strings.Cut(header.Get("Set-Cookie"), ";")
	if code != 200 || cookie == "" || !strings.Contains(header.Get("Set-Cookie"), "HttpOnly; SameSite=Strict") {
		t.Fatalf("enter: %d, cookie %q", code, header.Get("Set-Cookie"))
	}
	in := map[string]string{"Cookie": cookie}
	with := func(k, v string) map[string]string { return map[string]string{"Cookie": cookie, k: v} }
	page := base + "/sessions/" + session
	port := base[strings.LastIndex(base, ":"):]
	hold := url.Values{"hours": {"3"}}
	tests := []struct {
		name, method, target string
		headers              map[string]string
		form                 url.Values
		want                 int
		says                 string
	}{
		{"no cookie", "GET", page, nil, nil, 401, "not known here"},
		{"no cookie for the sound", "GET", page + "/sound.wav", nil, nil, 401, ""},
		{"no cookie for events", "GET", base + "/events", nil, nil, 401, ""},
		{"a forged cookie", "GET", page, map[string]string{"Cookie": cookie + "A"}, nil, 401, ""},
		{"the link again", "GET", link, nil, nil, 401, "has been used"},
		{"no token", "GET", base + "/enter", nil, nil, 401, ""},
		{"another name for this computer", "GET", page, with("Host", "rebound.example"+port), nil, 421, "not the notebook"},
		{"a name that we know", "GET", page, with("Host", "localhost"+port), nil, 200, ""},
		{"posted from another page", "POST", page + "/hold", with("Origin", "https://elsewhere.example"), hold, 403, "another page"},
		{"posted from nowhere", "POST", page + "/hold", with("Origin", "null"), hold, 403, ""},
		{"posted from another site", "POST", page + "/hold", with("Sec-Fetch-Site", "cross-site"), hold, 403, ""},
		{"an image of another site", "GET", page, with("Sec-Fetch-Site", "cross-site"), nil, 403, ""},
		{"no such session", "GET", base + "/sessions/000000000000", in, nil, 404, "not here any more"},
		{"no session at all", "GET", base + "/sessions/..%2f..%2fetc", in, nil, 404, ""},
		{"no such item", "POST", base + "/items/00000000", in, url.Values{"do": {"accept"}}, 404, ""},
		{"no such passage", "GET", page + "/words/9999.0", in, nil, 404, ""},
		{"no place", "GET", page + "/words/x", in, nil, 400, ""},
		{"no such page", "GET", base + "/nothing", in, nil, 404, "no such page"},
		{"hours that are none", "POST", page + "/hold", in, url.Values{"hours": {"-5"}}, 400, ""},
		{"hours that are too many", "POST", page + "/hold", in, url.Values{"hours": {"99999999999"}}, 400, ""},
		{"a form without a file", "POST", base + "/sessions", in, hold, 400, ""},
		{"a form that is far too long", "POST", page + "/hold", in, url.Values{"hours": {strings.Repeat("1", 3<<20)}}, 413, ""},
		{"a file that is none of ours", "GET", base + "/assets/..%2fserver.go", in, nil, 404, ""},
		{"by post what is only read", "POST", base + "/help", in, hold, 405, ""},
	}
	for _, c := range tests {
		code, header, body := ask(c.method, c.target, c.headers, c.form)
		if code != c.want && !(c.want == 405 && code == 404) || !strings.Contains(body, c.says) {
			t.Errorf("%s: %d, want %d and %q\n%.600s", c.name, code, c.want, c.says, body)
		}
		if code != 200 && (strings.Contains(body, "Osei") || strings.Contains(body, "manager")) {
			t.Errorf("%s: it tells something of the session", c.name)
		}
		for k, v := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"} {
			if header.Get(k) != v {
				t.Errorf("%s: %s is %q", c.name, k, header.Get(k))
			}
		}
		if p := header.Get("Content-Security-Policy"); !strings.HasPrefix(p, "default-src 'none'") || strings.Contains(p, "unsafe") {
			t.Errorf("%s: policy %q", c.name, p)
		}
	}
	code, header, body := ask("GET", page+"/sound.wav", with("Range", "bytes=1000000-1000099"), nil)
	if code != 206 || len(body) != 100 || header.Get("Content-Type") != "audio/wav" {
		t.Errorf("a range of the sound: %d, %d bytes", code, len(body))
	}
	must(t, "forget", session, "--yes")
	if code, _, _ := ask("GET", page, in, nil); code != 404 {
		t.Errorf("a forgotten session: %d", code)
	}
	if code, _, _ := ask("GET", page+"/sound.wav", in, nil); code != 404 {
		t.Errorf("its sound: %d", code)
	}
}

// Without any script everything can be read and decided.
func TestPageWithoutScripts(t *testing.T) {
	b, base, session := openPage(t)
	b.do(scripts(false))
	b.visit(base + "/sessions/" + session)
	id := b.text(firstAction + `.dataset.item`)
	b.click("#i-" + id + ` button[value="accept"]`)
	b.await(`document.querySelector("#i-` + id + `.is-accepted") && document.readyState === "complete"`)
	b.click("#i-" + id + ` [data-do="edit"]`)
	b.await(`location.pathname === "/items/` + id + `/edit" && document.readyState === "complete"`)
	b.do(setValue("textarea", "said plainly"))
	b.click(".keep")
	b.await(`document.querySelector("#i-` + id + `.is-edited") && document.readyState === "complete"`)
	b.await(`document.querySelector("#audio").offsetHeight > 0`) // the browser's own player
	var kinds []string
	for _, k := range models.Kinds {
		kinds = append(kinds, string(k))
	}
	if !slices.Contains(kinds, "action") {
		t.Fatal("no actions")
	}
	b.visit(base + "/")
	b.click(`.tick`)
	b.await(`!document.querySelector(".tick") && document.readyState === "complete"`)
	if got := found(t, id); got["finished"] != true {
		t.Errorf("after the tick: %v", got)
	}
}

// The port of the page may be taken: all else goes on, and says so.
func TestServeWithoutItsPage(t *testing.T) {
	preparedHome(t)
	link := startService(t)()
	base, _, _ := strings.Cut(link, "/enter")
	address := strings.TrimPrefix(base, "http://")
	newTestHome(t, os.Getenv("AFTERWORD_WEIGHTS")) // another person's home
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "serve", "--listen", address)
	var errs safeBuffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer stopService(cmd)
	waitFor(t, patience, func() bool { return strings.Contains(errs.String(), "Ready") })
	if !strings.Contains(errs.String(), "goes on without the page") || !strings.Contains(errs.String(), "hint: choose another port") {
		t.Errorf("it says %q", errs.String())
	}
	if code, _, said := afterword(t, "review", "--no-browser"); code != exitNotServed || !strings.Contains(said, "without the page") {
		t.Errorf("review: exit %d\n%s", code, said)
	}
}

// safeBuffer is written by a process and read by a test.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string { s.mu.Lock(); defer s.mu.Unlock(); return s.b.String() }
