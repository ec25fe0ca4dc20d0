//go:build unix

package main

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// download is what an address of the page sends, as a file.
func (b *browser) download(t *testing.T, url, name string) (status, disposition, path string) {
	t.Helper()
	b.do(evaluateAsync(`fetch("` + url + `").then(async r => {
		const all = new Uint8Array(await r.arrayBuffer());
		let s = "";
		for (let i = 0; i < all.length; i += 8192) s += String.fromCharCode(...all.subarray(i, i + 8192));
		window.got = [r.status, r.headers.get("Content-Disposition") || "", btoa(s)];
	})`))
	body, err := base64.StdEncoding.DecodeString(b.text("window.got[2]"))
	path = filepath.Join(t.TempDir(), name)
	if err == nil {
		err = os.WriteFile(path, body, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.text("window.got[0]"), b.text("window.got[1]"), path
}

// What the page sends is what the terminal writes, under a name that tells
// nothing; the zip brings everything back, and a backup opens with its
// passphrase.
func TestPageCopies(t *testing.T) {
	b, base, session := openPage(t)
	b.expected = []string{"400", "404"}
	id := b.text(firstAction + `.dataset.item`)
	must(t, "edit", id, "--text", "In my own words <b>")
	same := func(at, which, form string) {
		t.Helper()
		status, name, got := b.download(t, at+"/"+form, "page."+form)
		want := filepath.Join(t.TempDir(), "terminal."+form)
		must(t, "export", which, "--format", form, "-o", want)
		one, _ := os.ReadFile(got)
		two, _ := os.ReadFile(want)
		if status != "200" || len(one) == 0 || form != "zip" && string(one) != string(two) {
			t.Errorf("%s/%s: %s, %d bytes, not the %d of the terminal", at, form, status, len(one), len(two))
		}
		if !regexp.MustCompile(`^attachment; filename="afterword-(2026-03-05-[0-9a-f]{12}|all)\.` + form + `"$`).MatchString(name) {
			t.Errorf("%s/%s is called %s", at, form, name)
		}
	}
	for _, form := range []string{"pdf", "html", "md", "txt", "json", "csv", "srt", "vtt", "zip"} {
		same("/sessions/"+session+"/copy", session, form)
	}
	same("/copy", "all", "json")
	for _, at := range []string{"/copy/srt", "/copy/..%2f..%2fetc", "/sessions/" + session + "/copy/docx"} {
		if status, _, _ := b.download(t, at, "none"); status != "404" {
			t.Errorf("%s: %s", at, status)
		}
	}

	_, _, zip := b.download(t, "/copy/zip", "everything.zip")
	must(t, "forget", session, "--yes")
	b.visit(base + "/sessions")
	b.do(upload("#file", zip))
	b.click("#import button")
	b.await(`document.querySelector(".notice")?.innerText.includes("1 sessions and") && document.querySelector('.sessions a[href="/sessions/` + session + `"]')`)
	if got := found(t, id); got["text"] != "In my own words <b>" {
		t.Errorf("came back: %v", got)
	}
	b.do(upload("#file", zip))
	b.click("#import button")
	b.await(`[...document.querySelectorAll(".notice")].some(n => n.innerText.includes("is here already"))`)
	if left := findHome().leftUploads(); len(left) > 0 {
		t.Errorf("copies are left: %v", left)
	}
	b.visit(base + "/sessions/" + session)
	b.await(`document.querySelector("#audio").duration > 10`)

	b.visit(base + "/settings")
	send := `(async (a, c) => { const r = await fetch("/backup", {method: "POST", body: new URLSearchParams({passphrase: a, again: c})}); return r; })`
	b.do(evaluateAsync(send + `("one", "two").then(async r => { window.got = r.status + await r.text(); })`))
	if got := b.text("window.got"); !strings.HasPrefix(got, "400") || !strings.Contains(got, "not the same") {
		t.Errorf("%.200s", got)
	}
	b.do(evaluateAsync(send + `("a long one", "a long one").then(async r => { const u = new Uint8Array(await r.arrayBuffer()); window.got = r.headers.get("Content-Disposition") + r.status; window.size = u.length; window.head = String.fromCharCode(...u.subarray(0, 21)); })`))
	if got := b.text("window.got + window.head"); !regexp.MustCompile(`filename="afterword-\d{4}-\d{2}-\d{2}\.age"200age-encryption.org/v1$`).MatchString(got) {
		t.Errorf("%s", got)
	}
}
