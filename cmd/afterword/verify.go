package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/store"
)

func newVerify(a *app) *cobra.Command {
	var watch time.Duration
	cmd := &cobra.Command{
		Use: "verify [FOLDER...]", Short: "Prove that nothing of yours stands readable on disk, and that nothing leaves",
		Long: `Prove it, rather than believe it. All that was said, found and written is opened
in memory, and every file of Afterword, and of the folders that you name, is
read from end to end for five words in a row of it, together with a page that is
written into your journal for this purpose and taken away again. Then each
process of Afterword is looked at: to whom it has a connection, and whether a
crash of it could write its memory down.

With --watch it goes on looking for so long: record, import or open the page
meanwhile. Ctrl-C ends it early.`,
		Example: "  afterword verify\n  afterword verify --watch 10m\n  afterword verify ~/Downloads /tmp\n  afterword verify --json",
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, dir := range args {
				if _, err := os.Stat(dir); err != nil {
					return models.Errorf(models.NotFound, "there is no folder %s", dir)
				}
			}
			return a.verify(cmd.Context(), args, watch)
		},
	}
	cmd.Flags().DurationVar(&watch, "watch", 0, "how long to look at connections, such as 10m")
	a.jsonFlag(cmd)
	return cmd
}

func (a *app) verify(ctx context.Context, others []string, watch time.Duration) error {
	if err := a.open(ctx); err != nil {
		return err
	}
	found, err := a.verifyFiles(ctx, others)
	if err != nil {
		return err
	}
	if watch > 0 {
		a.note("Looking at connections for %s. Ctrl-C ends it early.", watch)
	}
	return a.printFindings(append(found, a.verifyProcesses(ctx, watch)...))
}

// verifyFiles plants a phrase, reads every file for it and for all else that is
// sealed, and takes it away.
func (a *app) verifyFiles(ctx context.Context, others []string) (found []finding, err error) {
	book, err := a.book(ctx)
	if err != nil {
		return nil, err
	}
	planted := plantedPhrase()
	page, err := book.SavePage(ctx, days.Page{Text: "A page that 'afterword verify' wrote; it may be deleted. " + planted})
	if err != nil {
		return nil, err
	}
	defer func() {
		if ferr := book.Forget(context.WithoutCancel(ctx), page.Entry); err == nil && ferr != nil {
			err = models.WithHint(ferr, "a page of the journal that begins with \"A page that 'afterword verify' wrote\" may be deleted")
		}
	}()
	var words stretches
	if err := a.eachText(ctx, words.add); err != nil {
		return nil, err
	}
	words.ready()
	if words.countIn(strings.NewReader("in clear: "+planted)) == 0 {
		return nil, models.Errorf(models.Internal, "verify: the phrase that was planted is not recognised where it stands in clear")
	}
	seen, err := a.scanFiles(ctx, &words, others)
	if err != nil {
		return nil, err
	}
	return seen.findings(words.len()), nil
}

// plantedPhrase is six words that nobody ever said.
func plantedPhrase() string {
	t := strings.ToLower(rand.Text() + rand.Text())
	var words []string
	for i := range 6 {
		words = append(words, t[8*i:8*i+8])
	}
	return strings.Join(words, " ")
}

// eachText gives f every text that is sealed: what was said, earlier versions
// left out, what was found, and what the client wrote.
func (a *app) eachText(ctx context.Context, f func(string)) error {
	err := a.eachSession(ctx, store.ItemFilter{}, func(s models.Session, items []models.Item) error {
		f(s.Title)
		segments, err := a.store.Texts(ctx, s.ID)
		for _, g := range segments {
			f(g.Text)
		}
		for _, it := range items {
			f(it.Text)
		}
		return err
	})
	if err != nil {
		return err
	}
	entries, err := a.store.Entries(ctx, models.EntryFilter{})
	for _, e := range entries {
		eachString(e.Body, f)
	}
	return err
}

// inClear is what to do about a file that anybody can read.
const inClear = "If you put that file there yourself, move it elsewhere. If not, please report it: it must not be."

// findings tell what a scan for n stretches saw.
func (s scanned) findings(n int) []finding {
	size := fmt.Sprintf("%d files, %.1f MB", s.files, float64(s.bytes)/1e6)
	text := finding{"words", "ok", fmt.Sprintf("none of %d stretches of your words stands readable in %s; a page written for this was not to be read either", n, size), ""}
	if len(s.words) > 0 {
		text = finding{"words", "fail", fmt.Sprintf("some of your words stand readable in %s", oneLine(strings.Join(s.words, ", "))), inClear}
	}
	sound := finding{"sound", "ok", "no file in there is sound that a player opens", ""}
	if len(s.sounds) > 0 {
		sound = finding{"sound", "fail", "there is sound in clear: " + oneLine(strings.Join(s.sounds, ", ")), inClear}
	} else if s.uploads > 0 {
		sound = finding{"sound", "warn", "a file that you gave to the page is being read in", "Its copy is destroyed when that is done."}
	}
	out := []finding{text, sound}
	if len(s.unread) > 0 {
		out = append(out, finding{"files", "warn", "these could not be read: " + oneLine(strings.Join(s.unread, ", ")), ""})
	}
	return out
}

// verifyProcesses looks at each process of Afterword, again and again for so
// long, or once.
func (a *app) verifyProcesses(ctx context.Context, watch time.Duration) []finding {
	var w watched
	end := time.After(watch)
	for {
		if err := w.look(); err != nil {
			return []finding{{"network", "warn", oneLine(err.Error()), models.HintOf(err)}}
		}
		if watch == 0 {
			return a.processFindings(&w)
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-end:
			return a.processFindings(&w)
		case <-ctx.Done():
			return a.processFindings(&w)
		}
	}
}

func (a *app) processFindings(w *watched) []finding {
	if len(w.processes) == 0 {
		return []finding{{"network", "ok", "no process of Afterword is running", "'afterword verify --watch 10m' looks on while you use it."}}
	}
	many := fmt.Sprintf("%d processes of Afterword", len(w.processes))
	if len(w.processes) == 1 {
		many = "one process of Afterword"
	}
	network := finding{"network", "ok", many + ": connected with this computer alone", ""}
	if all := w.local(); len(all) > 0 {
		network.Text += " (" + strings.Join(all, ", ") + ")"
	}
	switch away := strings.Join(w.away(), ", "); {
	case away == "":
	case a.set.NATS.URL != "" || a.set.Extract.Engine == engineLLM:
		network = finding{"network", "warn", many + ": connected with " + away, "nats.url or extract.url in your settings may be why: 'afterword config' shows them."}
	default:
		network = finding{"network", "fail", many + ": connected with " + away, "Nothing in your settings asks for that. Please report it: it must not be."}
	}
	dumps := finding{"dumps", "ok", "if one of them crashes, its memory is not written to disk", ""}
	if w.dumps > 0 {
		dumps = finding{"dumps", "warn", fmt.Sprintf("if one of them crashes, the system may write its memory to disk (%d of %d)", w.dumps, len(w.processes)), "It was started by an older version: end it and start it again."}
	}
	return []finding{network, dumps}
}
