//go:build unix

package main

import (
	"bytes"
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

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
)

// What people, browsers and other pages may do to the page besides using it.

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
			if !dark {
				b.walk(path)
			}
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
		{"a sheet of a kind that is none", "GET", base + "/prep/sheet.exe", in, nil, 404, ""},
		{"a path in the name of a sheet", "GET", base + "/prep/..%2f..%2fconfig.toml", in, nil, 404, ""},
		{"a path in the name of a note", "GET", base + "/notes/..%2f..%2fkeys", in, nil, 400, ""},
		{"a path in the name of a goal", "POST", base + "/goals/..%2f..%2fkeys", in, url.Values{"do": {"drop"}}, 400, ""},
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
	b.await(`document.querySelector(".tick.done") && document.readyState === "complete"`)
	if got := plan(t, "said plainly"); len(got.Outcomes) != 1 || got.Outcomes[0].How != days.Done {
		t.Errorf("after the tick: %+v", got)
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

// A session of 90 minutes comes in two parts, and nothing of it is missing:
// not what an address points to, not the items, not without a script.
func TestPageOfALongSession(t *testing.T) {
	newTestHome(t, needEngine(t)) // what was said in it is not written down yet
	a := newApp(strings.NewReader(""), io.Discard, io.Discard)
	id := longSession(t, a)
	a.Close()
	b := openBrowser(t)
	link := startService(t)()
	base, _, _ := strings.Cut(link, "/enter")
	b.visit(link)
	b.await("location.pathname === '/'")
	page := base + "/sessions/" + string(id) + "?view=all"
	b.visit(page + "#s1100")
	b.await(`document.querySelectorAll(".seg").length === 1200 && !document.querySelector("#rest")`)
	b.await(`(r => r.top >= 0 && r.bottom <= innerHeight)(document.querySelector("#s1100").getBoundingClientRect())`)
	b.await(`document.querySelector("#s1100").dataset.ready`) // its words can be clicked
	items := b.text(`document.querySelectorAll(".item").length`)

	b.do(scripts(false))
	b.visit(page)
	if got := b.text(`document.querySelectorAll(".seg").length`); got == "1200" {
		t.Error("the first part is the whole")
	}
	b.click("#rest a")
	b.await(`document.querySelectorAll(".seg").length === 1200`)
	if got := b.text(`document.querySelectorAll(".item").length`); got != items {
		t.Errorf("%s items, and %s of them in parts", got, items)
	}
}
