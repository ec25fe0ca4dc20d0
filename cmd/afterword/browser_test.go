//go:build unix

package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// browser is a real one, with a page of a real service in it. Waiting is for
// conditions, and long: the machine may be busy with everything else.
type browser struct {
	testing.TB
	ctx context.Context

	mu       sync.Mutex
	problems []string // what stood in its console
	expected []string // parts of problems that a test provokes
}

const patience = 90 * time.Second

// openBrowser starts Chromium. The test is skipped where there is none.
func openBrowser(t testing.TB) *browser {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		t.Skip("chromium is not installed")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.DisableGPU, chromedp.WindowSize(1280, 900), chromedp.WSURLReadTimeout(patience),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"), chromedp.Flag("mute-audio", true))
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	return (&browser{TB: t, ctx: ctx}).window()
}

// window is another window of the same browser.
func (b *browser) window() *browser {
	b.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx)
	b.Cleanup(cancel)
	w := &browser{TB: b.TB, ctx: ctx}
	messages := chromedp.Console(ctx)
	var read sync.WaitGroup
	read.Go(func() {
		for m, err := range messages {
			if err != nil {
				return
			}
			if kind := string(m.Type); m.IsException() || strings.Contains(kind, "error") || strings.Contains(kind, "warning") {
				w.mu.Lock()
				w.problems = append(w.problems, m.String())
				w.mu.Unlock()
			}
		}
	})
	b.Cleanup(func() { cancel(); read.Wait(); w.quiet() })
	return w
}

// quiet fails the test if something stood in the console that nobody expected.
func (b *browser) quiet() {
	b.mu.Lock()
	defer b.mu.Unlock()
next:
	for _, p := range b.problems {
		for _, e := range b.expected {
			if strings.Contains(p, e) {
				continue next
			}
		}
		b.Errorf("console: %s", p)
	}
}

func (b *browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		late, stop := context.WithTimeout(b.ctx, patience/3)
		defer stop()
		where, _ := chromedp.Run(late, chromedp.Location())
		b.Fatalf("%v (at %s)", err, strings.Split(where, "?once=")[0])
	}
}

// visit opens an address and waits until the scripts of the page run.
func (b *browser) visit(url string) {
	b.Helper()
	b.do(chromedp.Navigate(url))
	b.await("document.readyState === 'complete'")
}

// await waits until an expression holds.
func (b *browser) await(js string) {
	b.Helper()
	end := time.Now().Add(patience)
	for {
		asked, stop := context.WithTimeout(b.ctx, patience) // a dialog of the browser keeps the page from answering
		ok, err := chromedp.Run(asked, chromedp.Evaluate[bool]("!!("+js+")"))
		stop()
		if ok {
			return
		}
		if time.Now().After(end) || b.ctx.Err() != nil {
			late, stop := context.WithTimeout(b.ctx, patience/3)
			defer stop()
			text, _ := chromedp.Run(late, chromedp.Evaluate[string]("location.pathname + ' ' + document.body.innerText.slice(0, 1500)"))
			b.Fatalf("waited in vain for %s (%v)\n%s", js, err, text)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func (b *browser) click(selector string) {
	b.Helper()
	b.do(chromedp.ScrollIntoView(selector), chromedp.Click(selector))
}

// keys presses keys where the focus is.
func (b *browser) keys(s string) { b.Helper(); b.do(chromedp.KeyEvent(s)) }

// text is what an expression comes to.
func (b *browser) text(js string) string {
	b.Helper()
	s, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("String("+js+")"))
	if err != nil {
		b.Fatalf("%s: %v", js, err)
	}
	return s
}

func (b *browser) dark(on bool) {
	b.Helper()
	scheme := map[bool]string{false: "light", true: "dark"}[on]
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}); err != nil {
		b.Fatal(err)
	}
}

// axe fails the test for everything that axe-core finds wrong with the page.
func (b *browser) axe(where string) {
	b.Helper()
	script, err := os.ReadFile(os.Getenv("AFTERWORD_TEST_AXE"))
	if err != nil {
		b.Skip("axe-core is not there; 'go run ./cmd/build test' fetches it")
	}
	if _, err := chromedp.Run(b.ctx, chromedp.Evaluate[any](string(script)+";0")); err != nil {
		b.Fatalf("axe: %v", err)
	}
	found, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
		.then(r => JSON.stringify(r.violations.map(v => ({id: v.id, help: v.help, nodes: v.nodes.slice(0, 4).map(n => n.html.slice(0, 200) + " " + n.failureSummary)}))))`, chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatalf("axe: %v", err)
	}
	var list []struct {
		ID, Help string
		Nodes    []string
	}
	if err := json.Unmarshal([]byte(found), &list); err != nil {
		b.Fatal(err)
	}
	for _, v := range list {
		b.Errorf("%s: axe: %s: %s\n\t%s", where, v.ID, v.Help, strings.Join(v.Nodes, "\n\t"))
	}
}

// walk goes through the page with keys alone: Tab reaches everything that can
// be used, and at each stop it can be seen where one is; ? explains the keys.
func (b *browser) walk(where string) {
	b.Helper()
	b.do(evaluate(`(() => {
		const chosen = n => [...document.getElementsByName(n.name)].filter(m => m.form === n.form);
		const usable = n => n.tabIndex >= 0 && !n.disabled && n.type !== "hidden" && n.checkVisibility() &&
			(n.type !== "radio" || n === (chosen(n).find(m => m.checked) || chosen(n)[0]));
		const left = new Set([...document.querySelectorAll("a[href], button, input, select, textarea, summary, audio[controls], [tabindex]")].filter(usable));
		const ring = n => { const s = getComputedStyle(n); return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0; };
		window.walked = {left, dim: new Set(), stops: left.size};
		document.addEventListener("focusin", e => {
			left.delete(e.target);
			if (!ring(e.target) && !ring(e.target.parentElement)) walked.dim.add(e.target);
		});
	})()`))
	for range 12 { // from wherever one is, and on from the top
		b.keys(strings.Repeat("\t", 10))
		if b.text(`walked.left.size === 0 || false`) == "true" {
			break
		}
		if n, _ := strconv.Atoi(b.text(`walked.stops`)); n > 60 { // long pages
			b.keys(strings.Repeat("\t", n))
		}
	}
	for _, name := range []string{"left", "dim"} {
		if n := b.text(`walked.` + name + `.size`); n != "0" {
			b.Errorf("%s by keyboard: %s %s: %s", where, n, map[string]string{"left": "are not reached", "dim": "do not show that they are"}[name],
				b.text(`[...walked.`+name+`].slice(0, 5).map(n => n.outerHTML.slice(0, 150)).join("\n\t")`))
		}
	}
	if b.text(`document.documentElement.classList.contains("scripted")`) != "true" {
		return // a page for those who are not in
	}
	b.do(evaluate(`document.activeElement.blur()`))
	b.keys("?")
	b.await(`location.pathname === "/help"`)
}

// startService runs `serve` on a port of its own and returns a link to the
// page and a function that makes more of them.
func startService(t *testing.T) (link func(args ...string) string) {
	t.Helper()
	cmd := start(t, "serve", "--listen", "127.0.0.1:0")
	t.Cleanup(func() { stopService(cmd) })
	return func(args ...string) string {
		t.Helper()
		answers(t) // else review would run the page itself
		return strings.TrimSpace(must(t, append([]string{"review", "--no-browser"}, args...)...))
	}
}

// answers waits until a service does.
func answers(t *testing.T) {
	t.Helper()
	waitFor(t, patience, func() bool {
		_, err := askControl(t.Context(), findHome().Control(), controlRequest{Verb: "status"})
		return err == nil
	})
}

func stopService(cmd *exec.Cmd) {
	_ = cmd.Process.Signal(os.Interrupt)
	_ = cmd.Wait()
}

// shot puts a picture of the whole page into a folder, if there is one.
func (b *browser) shot(dir, path string, dark bool, kind string) {
	b.Helper()
	if dir == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.Fatal(err)
	}
	name := strings.Trim(strings.NewReplacer("/", "_", "?", "_", "&", "_", "=", "-").Replace(path), "_") + "-" + kind + map[bool]string{true: "-dark"}[dark] + ".png"
	if err := os.WriteFile(filepath.Join(dir, name), png, 0o600); err != nil {
		b.Fatal(err)
	}
}

// pdf prints the page as a browser does.
func (b *browser) pdf(path string) {
	b.Helper()
	got, err := chromedp.Call(b.ctx, page.PrintToPDF, page.PrintToPDFParams{})
	if err == nil {
		err = os.WriteFile(path, got.Data, 0o600)
	}
	if err != nil {
		b.Fatal(err)
	}
}

type step = chromedp.Action[chromedp.Void]

func evaluate(js string) step { return chromedp.Steps(void(chromedp.Evaluate[any]("(" + js + ", 0)"))) }

func evaluateAsync(js string) step {
	return void(chromedp.Evaluate[any]("("+js+").then(() => 0)", chromedp.EvalAwaitPromise))
}

// void drops what an action gives.
func void[T any](a chromedp.Action[T]) step {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Run(ctx, a)
		return err
	})
}

// setValue types into a field, at once.
func setValue(selector, value string) step {
	b, _ := json.Marshal(value)
	return evaluate(`(n => { n.focus(); n.value = ` + string(b) + `; n.dispatchEvent(new Event("input", {bubbles: true})); })(document.querySelector('` + selector + `'))`)
}

// setAttribute gives what an expression finds an id.
func setAttribute(js, id string) step { return evaluate(js + `.id = "` + id + `"`) }

func upload(selector, path string) step { return chromedp.SetUploadFiles(selector, []string{path}) }

func viewport(w, h int64) step { return chromedp.EmulateViewport(w, h) }

// scripts turns the page's own scripts on or off; ours still run.
func scripts(on bool) step {
	return chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !on})
		return err
	})
}
