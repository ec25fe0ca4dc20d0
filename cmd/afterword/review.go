package main

import (
	"context"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/cmd/afterword/review"
	"github.com/afterword/afterword/models"
)

func newReview(a *app) *cobra.Command {
	var listen string
	var noBrowser bool
	cmd := &cobra.Command{
		Use:   "review [SESSION]",
		Short: "Go through what a session brought, in the browser",
		Long: `Go through what a session brought, in the browser.

Prints a link that works once, for five minutes, and opens it where there is a
browser; from then on this browser is known. The page is served on this computer
to this computer alone. If 'afterword serve' is not running, it runs here until
Ctrl-C.

SESSION is an id, the beginning of one, or 'last'.`,
		Example: "  afterword review\n  afterword review last\n  afterword review --no-browser",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := review.Loopback(listen); err != nil {
				return err
			}
			return a.review(cmd.Context(), args, listen, cmd.Flags().Changed("listen"), !noBrowser)
		},
		ValidArgsFunction: a.completeSessions,
	}
	cmd.Flags().BoolVar(&noBrowser, "no-browser", false, "print the link and open nothing")
	cmd.Flags().StringVar(&listen, "listen", usualListen, "`ADDRESS` of the page if it is served from here")
	return cmd
}

func (a *app) review(ctx context.Context, args []string, listen string, chosen, open bool) error {
	if err := a.openLocked(ctx); err != nil {
		return err
	}
	var id models.SessionID
	if len(args) > 0 {
		var err error
		if id, err = a.store.ResolveSession(ctx, args[0]); err != nil {
			return models.WithHint(err, "'afterword sessions' lists them")
		}
	}
	rep, err := askControl(ctx, a.home.Control(), controlRequest{Verb: "page", Session: id})
	if err == nil {
		a.showLink(ctx, rep.Link, open)
		return nil
	}
	// A service without a page answers, too; only one that is not there does not.
	if _, running := askControl(ctx, a.home.Control(), controlRequest{Verb: "status"}); running == nil || models.CodeOf(err) != models.NotServed {
		return err
	}
	how := serving{listen: listen, ready: func(h *hub) error {
		link, err := h.link(id)
		if err == nil {
			a.showLink(ctx, link, open)
		}
		return err
	}}
	if !chosen {
		how.orElse = "127.0.0.1:0"
	}
	return a.serve(ctx, how)
}

// showLink prints the link and opens it. The link goes to the browser by a
// file that only its owner can read: the arguments of a process can be read by
// everybody on the computer.
func (a *app) showLink(ctx context.Context, link string, open bool) {
	fmt.Fprintln(a.stdout, link)
	if !open || !hasDisplay() {
		return
	}
	f, err := os.CreateTemp(a.home.Runtime, "open-*.html")
	if err != nil {
		return
	}
	_, err = fmt.Fprintf(f, "<!doctype html><meta charset=utf-8><title>Afterword</title><meta http-equiv=refresh content=\"0;url=%s\"><a href=\"%[1]s\">Open Afterword</a>\n", html.EscapeString(link))
	if cerr := f.Close(); err != nil || cerr != nil {
		_ = os.Remove(f.Name())
		return
	}
	if err := openFile(ctx, f.Name()); err != nil {
		a.note("No browser could be opened: open the link yourself.")
		_ = os.Remove(f.Name())
		return
	}
	// It has done its work once the browser has read it; the link in it is
	// used up by then, or ends by itself.
	for _, old := range oldLinkFiles(a.home.Runtime) {
		_ = os.Remove(old)
	}
}

func oldLinkFiles(dir string) (old []string) {
	all, _ := filepath.Glob(filepath.Join(dir, "open-*.html"))
	for _, f := range all {
		if fi, err := os.Stat(f); err == nil && time.Since(fi.ModTime()) > time.Minute {
			old = append(old, f)
		}
	}
	return old
}

func hasDisplay() bool {
	return runtime.GOOS == "darwin" || runtime.GOOS == "windows" || os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}

// openFile hands a file to the system's browser and waits a moment for it to
// say that there is none.
func openFile(ctx context.Context, path string) error {
	name, args := "xdg-open", []string{path}
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", path}
	}
	cmd := exec.Command(name, args...)
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	case <-time.After(2 * time.Second): // it is the browser itself
	}
	return nil
}
