package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/extract"
	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/store"
)

func newItems(a *app) *cobra.Command {
	var kind, status string
	var all, through bool
	cmd := &cobra.Command{
		Use:   "items [SESSION]",
		Short: "List what was found, or go through it, each with the words behind it",
		Long: `List what was found, each with the words behind it. With --interactive you go
through it one by one: keep it, put it into your own words, put it away, hear the
words. Everything is stored at once.

SESSION is an id, the beginning of one, 'last', or nothing for all sessions.
Rejected items are left out unless --all is given.`,
		Example: "  afterword items last\n  afterword items last -i\n  afterword items --kind action --status committed\n  afterword items 7f2c --json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if kind != "" && !slices.Contains(models.Kinds, models.Kind(kind)) {
				return usagef("--kind is one of %s, not %q", joinKinds(), kind)
			}
			return a.listItems(cmd.Context(), args, store.ItemFilter{Kind: models.Kind(kind), Status: models.ActionStatus(status), All: all}, through)
		},
		ValidArgsFunction: a.completeSessions,
	}
	cmd.Flags().StringVar(&kind, "kind", "", "only one kind: "+joinKinds())
	cmd.Flags().StringVar(&status, "status", "", "only actions that are assigned, committed, suggested, …")
	cmd.Flags().BoolVar(&all, "all", false, "rejected ones too")
	cmd.Flags().BoolVarP(&through, "interactive", "i", false, "go through them, one by one")
	_ = cmd.RegisterFlagCompletionFunc("kind", cobra.FixedCompletions(strings.Split(joinKinds(), ", "), cobra.ShellCompDirectiveNoFileComp))
	a.jsonFlag(cmd)
	return cmd
}

func joinKinds() string {
	var s []string
	for _, k := range models.Kinds {
		s = append(s, string(k))
	}
	return strings.Join(s, ", ")
}

func (a *app) listItems(ctx context.Context, args []string, f store.ItemFilter, through bool) error {
	if err := a.open(ctx); err != nil {
		return err
	}
	if len(args) > 0 {
		s, err := a.openSession(ctx, args)
		if err != nil {
			return err
		}
		f.Session = s.ID
	}
	if through {
		return a.reviewItems(ctx, f)
	}
	shownAny := false
	err := a.eachSession(ctx, f, func(s models.Session, list []models.Item) error {
		items := models.Items{ID: string(s.ID), Summary: s.Summary, List: list}
		if a.json {
			return a.printJSON(items)
		}
		if len(list) == 0 {
			return nil
		}
		if f.Session == "" {
			if shownAny {
				fmt.Fprintln(a.stdout)
			}
			fmt.Fprintf(a.stdout, "%s · %s · %s\n\n", oneLine(orUntitled(s.Title)), s.Date, s.ID)
		}
		items.Summary = ""
		a.printItems(items)
		shownAny = true
		return nil
	})
	if err == nil && !shownAny && !a.json {
		a.note("Nothing found.")
	}
	return err
}

// eachSession hands over the items of each session that f names, the newest
// session first.
func (a *app) eachSession(ctx context.Context, f store.ItemFilter, do func(models.Session, []models.Item) error) error {
	sessions, err := a.store.Sessions(ctx)
	if err != nil {
		return err
	}
	for _, s := range sessions {
		if f.Session != "" && s.ID != f.Session {
			continue
		}
		one := f
		one.Session = s.ID
		list, err := a.store.Items(ctx, one)
		if err == nil {
			err = do(s, list)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// itemsOf is what was found in a session. Its phrases are read from its words
// as they are now: they cost little, and are never stale.
func (a *app) itemsOf(ctx context.Context, s models.Session) (models.Items, error) {
	list, err := a.store.Items(ctx, store.ItemFilter{Session: s.ID})
	if err != nil {
		return models.Items{}, err
	}
	t, err := a.store.Transcript(ctx, s.ID)
	return models.Items{ID: string(s.ID), Summary: s.Summary, List: list, Phrases: extract.Phrases(t.Heard())}, err
}

func (a *app) countItems(ctx context.Context, id models.SessionID) (int, error) {
	list, err := a.store.Items(ctx, store.ItemFilter{Session: id})
	return len(list), err
}

var kindTitles = map[models.Kind]string{
	models.KindAction: "To do", models.KindTheme: "Themes", models.KindEmotion: "Feelings", models.KindGoal: "Goals", models.KindTrigger: "Triggers",
	models.KindCoping: "What helps", models.KindOpenLoop: "Left open", models.KindQuestion: "Questions", models.KindTakeaway: "Takeaways",
}

// printItems writes items for people: what, when, and the words behind it.
func (a *app) printItems(items models.Items) {
	if items.Summary != "" {
		fmt.Fprintf(a.stdout, "%s\n\n", wrap(oneLine(items.Summary), 76, ""))
	}
	for _, k := range models.Kinds {
		title := false
		for _, it := range items.List {
			if it.Kind != k {
				continue
			}
			if !title {
				fmt.Fprintln(a.stdout, kindTitles[k])
				title = true
			}
			a.printItem(it)
		}
		if title {
			fmt.Fprintln(a.stdout)
		}
		if k == models.KindTheme {
			a.printPhrases(items.Phrases)
		}
	}
}

// printPhrases writes what the client came back to, and when they said it.
func (a *app) printPhrases(list []models.Phrase) {
	if len(list) == 0 {
		return
	}
	var said []string
	for _, p := range list {
		at := ""
		if e := p.Evidence[0]; e.Span.End > 0 {
			at = " " + models.Clock(e.Span.Start)
		}
		said = append(said, "“"+oneLine(p.Text)+"”"+at)
	}
	fmt.Fprintf(a.stdout, "Words that came back\n%s\n\n", wrap(strings.Join(said, " · "), 76, "  "))
}

func (a *app) printItem(it models.Item) {
	mark := map[models.Decision]string{models.Accepted: "✓", models.Edited: "✓", models.Rejected: "✗"}[it.Decision]
	if mark == "" {
		mark = "·"
	}
	head := oneLine(it.Text)
	if it.Kind == models.KindTheme || it.Kind == models.KindEmotion {
		head = strings.ReplaceAll(it.Label, "-", " ")
	}
	if d := itemDetails(it); d != "" {
		head += "  (" + d + ")"
	}
	if it.ID != "" {
		head += "  " + string(it.ID)
	}
	fmt.Fprintf(a.stdout, "  %s %s\n", mark, head)
	for i, e := range it.Evidence {
		if i == 3 && it.Kind == models.KindTheme {
			fmt.Fprintf(a.stdout, "      and %d more\n", len(it.Evidence)-i)
			break
		}
		at := ""
		if e.Span.End > 0 {
			at = models.Clock(e.Span.Start) + "  "
		}
		fmt.Fprintf(a.stdout, "%s\n", wrap(at+"“"+oneLine(strings.TrimSpace(e.Quote))+"”", 76, "      "))
	}
}

func itemDetails(it models.Item) string {
	var d []string
	add := func(s string) {
		if s = oneLine(strings.TrimSpace(s)); s != "" {
			d = append(d, s)
		}
	}
	if it.Kind == models.KindAction {
		if it.Status != models.ByTherapist { // then the owner says it
			add(string(it.Status))
		}
		if it.Owner != "client" {
			add(it.Owner)
		}
		if it.Due != "" {
			add("by " + it.Due.Time().Format("Mon 2 Jan"))
		}
		add(it.Recurrence)
		add(it.When)
		add(it.Where)
	}
	if it.Kind == models.KindEmotion && it.Holder != models.Client {
		add(string(it.Holder))
	}
	if it.Helped != nil {
		add(map[bool]string{true: "it helped", false: "it did not help"}[*it.Helped])
	}
	if it.Finished {
		add("done")
	}
	if it.Engine == models.EngineLLM {
		add("found by your language model")
	}
	if it.Stale {
		add("its words have changed since")
	}
	return strings.Join(d, ", ")
}

// wrap breaks text into lines of at most width, each behind indent.
func wrap(text string, width int, indent string) string {
	var b strings.Builder
	at := 0
	for i, w := range strings.Fields(text) {
		n := len([]rune(w))
		switch {
		case i == 0:
			b.WriteString(indent)
			at = len(indent)
		case at+1+n > width:
			b.WriteString("\n" + indent)
			at = len(indent)
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(w)
		at += n
	}
	return b.String()
}

func newAccept(a *app) *cobra.Command {
	return a.decisionCommand("accept", "Keep items as they are", models.Accepted)
}

func newReject(a *app) *cobra.Command {
	return a.decisionCommand("reject", "Put items away: they were not true, or not wanted", models.Rejected)
}

func (a *app) decisionCommand(verb, short string, d models.Decision) *cobra.Command {
	cmd := &cobra.Command{
		Use: verb + " ITEM…", Short: short, Args: cobra.MinimumNArgs(1),
		Long:    short + ".\n\nITEM is an id as 'afterword items' prints it, or the beginning of one.",
		Example: fmt.Sprintf("  afterword %s 3f9c\n  afterword %s 3f9c a01b", verb, verb),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.eachItem(cmd.Context(), args, func(it models.Item) (models.Item, error) {
				if it.Decision == d {
					return it, nil
				}
				return a.store.Decide(cmd.Context(), it.ID, d, nil)
			})
		},
	}
	a.jsonFlag(cmd)
	return cmd
}

func newEdit(a *app) *cobra.Command {
	var text, due, recurrence string
	cmd := &cobra.Command{
		Use: "edit ITEM", Short: "Put an item into your own words", Args: cobra.ExactArgs(1),
		Long:    "Put an item into your own words. The words behind it stay as they were said.",
		Example: "  afterword edit 3f9c --text \"Ring the surgery\" --due 2026-03-12\n  afterword edit 3f9c --due none",
		RunE: func(cmd *cobra.Command, args []string) error {
			if text == "" && due == "" && recurrence == "" {
				return usagef("edit needs --text, --due or --recurrence")
			}
			if due != "" && due != "none" {
				if _, err := models.ParseDate(due); err != nil {
					return usageError{err}
				}
			}
			return a.eachItem(cmd.Context(), args, func(it models.Item) (models.Item, error) {
				return a.store.Decide(cmd.Context(), it.ID, models.Edited, func(it *models.Item) {
					if text != "" {
						it.Text = text
					}
					if due != "" {
						it.Due = models.Date(strings.Replace(due, "none", "", 1))
					}
					if recurrence != "" {
						it.Recurrence = strings.Replace(recurrence, "none", "", 1)
					}
				})
			})
		},
	}
	cmd.Flags().StringVar(&text, "text", "", "your words for it")
	cmd.Flags().StringVar(&due, "due", "", "a day such as 2026-03-12, or none")
	cmd.Flags().StringVar(&recurrence, "recurrence", "", "daily, weekly, weekdays, 2/week, …, or none")
	a.jsonFlag(cmd)
	return cmd
}

func newDone(a *app) *cobra.Command {
	var not bool
	cmd := &cobra.Command{
		Use: "done ITEM…", Short: "Tick off what you have done", Args: cobra.MinimumNArgs(1),
		Example: "  afterword done 3f9c\n  afterword done --not 3f9c",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.eachItem(cmd.Context(), args, func(it models.Item) (models.Item, error) {
				if it.Kind != models.KindAction {
					return it, models.Errorf(models.Invalid, "item %s is a %s; only actions can be done", it.ID, it.Kind)
				}
				if err := a.store.Finish(cmd.Context(), it.ID, !not); err != nil {
					return it, err
				}
				return a.store.FindItem(cmd.Context(), it.ID)
			})
		},
	}
	cmd.Flags().BoolVar(&not, "not", false, "take the tick away")
	a.jsonFlag(cmd)
	return cmd
}

func newUndo(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use: "undo ITEM…", Short: "Take back the last decision on items", Args: cobra.MinimumNArgs(1),
		Example: "  afterword undo 3f9c",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.eachItem(cmd.Context(), args, func(it models.Item) (models.Item, error) {
				return a.store.Undo(cmd.Context(), it.ID)
			})
		},
	}
	a.jsonFlag(cmd)
	return cmd
}

// eachItem finds every named item first, so that a mistyped id changes
// nothing, and then decides on each.
func (a *app) eachItem(ctx context.Context, names []string, decide func(models.Item) (models.Item, error)) error {
	if err := a.open(ctx); err != nil {
		return err
	}
	var found []models.Item
	for _, n := range names {
		it, err := a.store.FindItem(ctx, models.ItemID(strings.ToLower(n)))
		if err != nil {
			return models.WithHint(err, "'afterword items' lists them with their ids")
		}
		found = append(found, it)
	}
	changed := models.Items{}
	for _, it := range found {
		next, err := decide(it)
		if err != nil {
			return err
		}
		changed.List = append(changed.List, next)
	}
	if a.json {
		return a.printJSON(changed)
	}
	a.printItems(changed)
	return nil
}
