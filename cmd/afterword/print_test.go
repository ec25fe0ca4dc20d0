//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// paper is the text of what a page of the browser looks like on paper.
func (b *browser) paper() string {
	b.Helper()
	got, err := chromedp.Call(b.ctx, page.PrintToPDF, page.PrintToPDFParams{})
	if err != nil {
		b.Fatal(err)
	}
	name := filepath.Join(b.TempDir(), "page.pdf")
	if err := os.WriteFile(name, got.Data, 0o600); err != nil {
		b.Fatal(err)
	}
	out, err := exec.Command("pdftotext", "-layout", name, "-").Output()
	if err != nil {
		b.Fatal(err)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

// A session and an export can be printed, or kept as PDF: the words and what
// was found are on the paper, and nothing that can only be clicked.
func TestPrinted(t *testing.T) {
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext is not installed")
	}
	b, base, session := openPage(t)
	id := b.text(firstAction + `.dataset.item`)
	must(t, "edit", id, "--text", "A walk each evening")
	b.visit(base + "/sessions/" + session + "?view=all")
	paper := b.paper()
	for _, s := range []string{"With Dr. Osei", "Thursday 5 March 2026", "A walk each evening", "Hello, come in and take a seat."} {
		if !strings.Contains(paper, s) {
			t.Errorf("%q is not on the paper:\n%.1500s", s, paper)
		}
	}
	for _, s := range []string{"Take a breath", "Put away", "Settings", "Not yet", "every word"} {
		if strings.Contains(paper, s) {
			t.Errorf("%q is on the paper", s)
		}
	}
	file := filepath.Join(t.TempDir(), "session.html")
	must(t, "export", session, "--format", "html", "-o", file)
	b.visit("file://" + file)
	paper = b.paper()
	for _, s := range []string{"With Dr. Osei", "To do", "A walk each evening", "Every word", "Hello, come in and take a seat."} {
		if !strings.Contains(paper, s) {
			t.Errorf("%q is not on the paper of the export:\n%.1500s", s, paper)
		}
	}
}
