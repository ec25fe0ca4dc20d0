package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/store"
)

// shareFlags are what goes into a share, and under which names.
type shareFlags struct {
	items, hide, keep []string
	out, recipient    string
	list              bool
}

func newShare(a *app) *cobra.Command {
	var f shareFlags
	cmd := &cobra.Command{
		Use: "share [SESSION]", Short: "Hand on a few items, without names, in one encrypted file", Args: cobra.MaximumNArgs(1),
		Long: `Hand on a few items of a session, without names, in one encrypted file. Without -o
it only shows what the file would hold: read it before you send it.

Items are those that you accepted, or those named with --item. What looks like
the name of a person or a place becomes Person A, Person B, …, the same one each
time you share; --hide adds a word that was missed, --keep leaves one as it is.
Guessing names is not certain: the preview is there for that.

The file is a page of text, encrypted with a passphrase by age (age-encryption.org),
which the one who gets it needs too. Give them the passphrase on another way.
--list shows what was shared before.`,
		Example: "  afterword share last\n  afterword share last --item 3f9c --hide Rosie --keep Leeds -o for-anna.html.age\n  afterword share --list",
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := a.book(cmd.Context())
			if err != nil {
				return err
			}
			if f.list {
				return a.listShared(cmd.Context(), b)
			}
			return a.share(cmd.Context(), b, args, f)
		},
		ValidArgsFunction: a.completeSessions,
	}
	g := cmd.Flags()
	g.StringArrayVar(&f.items, "item", nil, "an `ID` of an item; may be given more than once")
	g.StringArrayVar(&f.hide, "hide", nil, "a `NAME` to replace as well")
	g.StringArrayVar(&f.keep, "keep", nil, "a `WORD` that is no name")
	g.StringVarP(&f.out, "output", "o", "", "write the encrypted `FILE`")
	g.StringVar(&f.recipient, "for", "", "for whom; kept, sealed, in your own list")
	g.BoolVar(&f.list, "list", false, "what was shared before")
	a.jsonFlag(cmd)
	return cmd
}

// handover is what a file for somebody else would hold.
type handover struct {
	page  bundle
	items []string
	texts []string   // as they were
	names days.Names // all that were ever put in place of others, and those of now
	put   days.Names // those that are put in place this time
}

func (a *app) handover(ctx context.Context, b *days.Book, s models.Session, f shareFlags) (handover, error) {
	var h handover
	items, err := a.toShare(ctx, s, f.items)
	if err != nil {
		return h, err
	}
	if h.names, err = b.Names(ctx); err != nil {
		return h, err
	}
	h.texts = textsOf(items)
	found := slices.DeleteFunc(append(days.Guess(append(slices.Clone(h.texts), s.With)), f.hide...), func(w string) bool { return slices.Contains(f.keep, w) })
	h.names.Hide(found)
	for _, it := range items {
		h.items = append(h.items, string(it.ID))
	}
	h.put = h.names // what is kept this time stays in the list for others
	h.put.As = map[string]string{}
	for w, as := range h.names.As {
		if !slices.Contains(f.keep, w) {
			h.put.As[w] = as
		}
	}
	h.page = bundle{Session: models.Session{ID: s.ID, Date: s.Date, Title: "From a session", Duration: s.Duration}}
	h.page.Items = models.Items{ID: string(s.ID), List: veil(items, h.put)}
	return h, nil
}

// replaced are the words that stand in it under another name, in order.
func (h handover) replaced() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(h.put.As)), func(w string) bool {
		return (days.Names{As: map[string]string{w: h.put.As[w]}}).Count(h.texts) == 0
	})
}

func (a *app) share(ctx context.Context, b *days.Book, args []string, f shareFlags) error {
	s, err := a.openSession(ctx, args)
	if err != nil {
		return err
	}
	h, err := a.handover(ctx, b, s, f)
	if err != nil {
		return err
	}
	if f.out == "" {
		return a.previewShare(h)
	}
	if exists(f.out) && !a.confirm(shown(f.out)+" exists. Replace it?") {
		return models.WithHint(models.Errorf(models.Conflict, "share: %s exists", shown(f.out)), "choose another name, or --yes to replace it")
	}
	if !a.yes {
		if err := a.previewShare(h); err != nil {
			return err
		}
		if !a.confirm("Is this what you want to hand on?") {
			return models.WithHint(models.Errorf(models.Invalid, "share: not confirmed; nothing was written"), "read the preview, then --yes confirms")
		}
	}
	return a.writeShare(ctx, b, h, f)
}

// toShare finds the items: those that were named, or those that were accepted.
func (a *app) toShare(ctx context.Context, s models.Session, ids []string) ([]models.Item, error) {
	if len(ids) == 0 {
		all, err := a.store.Items(ctx, store.ItemFilter{Session: s.ID})
		kept := slices.DeleteFunc(all, func(it models.Item) bool { return it.Decision != models.Accepted && it.Decision != models.Edited })
		if err == nil && len(kept) == 0 {
			err = models.WithHint(models.Errorf(models.Invalid, "share: you accepted nothing of session %s yet", s.ID), "'afterword accept' keeps an item, or name one with --item")
		}
		return kept, err
	}
	var out []models.Item
	for _, id := range ids {
		it, err := a.store.FindItem(ctx, models.ItemID(strings.ToLower(id)))
		if err != nil {
			return nil, err
		}
		if it.Session != s.ID {
			return nil, models.Errorf(models.Invalid, "share: item %s is of another session, %s", it.ID, it.Session)
		}
		out = append(out, it)
	}
	return out, nil
}

// fieldsOf are the places of an item where a name may stand.
func fieldsOf(it *models.Item) []*string {
	fields := []*string{&it.Text, &it.When, &it.Where, &it.Skill}
	for i := range it.Evidence {
		fields = append(fields, &it.Evidence[i].Quote)
	}
	return fields
}

func textsOf(items []models.Item) []string {
	var out []string
	for i := range items {
		for _, f := range fieldsOf(&items[i]) {
			out = append(out, *f)
		}
	}
	return out
}

// veil is the items under other names. Their IDs stay here: nobody else needs them.
func veil(items []models.Item, names days.Names) []models.Item {
	var out []models.Item
	for _, it := range items {
		it.Evidence = slices.Clone(it.Evidence)
		for _, f := range fieldsOf(&it) {
			*f = names.In(*f)
		}
		it.ID = ""
		out = append(out, it)
	}
	return out
}

func (a *app) previewShare(h handover) error {
	n := h.put.Count(h.texts)
	if a.json {
		return a.printJSON(map[string]any{"schema_version": schemaVersion, "items": h.page.Items, "replaced": n})
	}
	fmt.Fprintf(a.stdout, "This is all that it would hold, %d names replaced:\n\n", n)
	a.printItems(h.page.Items)
	for _, w := range h.replaced() {
		fmt.Fprintf(a.stdout, "  %s for %s\n", h.put.As[w], oneLine(w))
	}
	a.note("A name that is still there: --hide NAME. A word that is none: --keep WORD. -o FILE writes it.")
	return nil
}

func (a *app) writeShare(ctx context.Context, b *days.Book, h handover, f shareFlags) error {
	pass, err := a.sharePassphrase(ctx)
	if err != nil {
		return err
	}
	var note days.Shared
	err = a.writeOut(f.out, func(w io.Writer) (err error) {
		note, err = a.sealShare(ctx, b, w, h, pass)
		return err
	})
	if err != nil {
		return err
	}
	note.For = strings.TrimSpace(f.recipient)
	if note, err = b.SaveShared(ctx, note); err != nil {
		return err
	}
	return a.printKept("shared", note, "Written to %s: %d items, %d names replaced. The one who gets it opens it with age and the passphrase.", shown(f.out), len(note.Items), note.Names)
}

// sealShare writes the file, and returns the note of it, which is not saved
// yet. The names are: should the rest fail, the next share still has the same
// ones.
func (a *app) sealShare(ctx context.Context, b *days.Book, w io.Writer, h handover, pass string) (days.Shared, error) {
	note := days.Shared{Names: h.put.Count(h.texts), Items: h.items}
	note.Session = h.page.Session.ID
	if err := b.SaveNames(ctx, h.names); err != nil {
		return note, err
	}
	digest := sha256.New()
	sealed, err := a.vault.Encrypt(io.MultiWriter(w, digest), pass)
	if err != nil {
		return note, err
	}
	if err := exportHTML(sealed, a, b, []bundle{h.page}); err != nil {
		return note, err
	}
	err = sealed.Close()
	note.Digest = hex.EncodeToString(digest.Sum(nil))
	return note, err
}

func (a *app) sharePassphrase(ctx context.Context) (string, error) {
	if p, ok, err := passphraseFrom("AFTERWORD_SHARE_PASSPHRASE_FILE"); ok || err != nil {
		return p, err
	}
	p, err := a.askSecret(ctx, "Passphrase for this file: ")
	if err != nil {
		return "", models.WithHint(err, "run it in a terminal, or put the passphrase in a file and name it in AFTERWORD_SHARE_PASSPHRASE_FILE")
	}
	again, err := a.askSecret(ctx, "The same again: ")
	if err == nil && (p != again || p == "") {
		err = models.Errorf(models.Invalid, "the two passphrases are not the same, or empty")
	}
	return p, err
}

func (a *app) listShared(ctx context.Context, b *days.Book) error {
	all, err := b.SharedBefore(ctx)
	if err != nil {
		return err
	}
	if a.json {
		if all == nil {
			all = []days.Shared{}
		}
		return a.printJSON(map[string]any{"schema_version": schemaVersion, "shared": all})
	}
	if len(all) == 0 {
		a.note("Nothing was shared.")
	}
	for _, s := range all {
		fmt.Fprintf(a.stdout, "%s  session %s  %d items, %d names replaced  %s  %s\n", s.Day, s.Session, len(s.Items), s.Names, oneLine(s.For), s.Digest[:12])
	}
	return nil
}
