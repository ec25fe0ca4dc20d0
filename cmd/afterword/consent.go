package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/store"
)

// consentWording is what is shown, agreed to and stored, word for word. A new
// wording is agreed to anew.
const consentWording = `Before you record

In many places a conversation may be recorded only if everyone in it agrees.
Ask the person you talk with, and tell them what it is for.

What is kept: the sound of the session, its words, and what mattered in it.
Where: sealed on this computer. Nothing is sent anywhere.
For how long: until you delete it. 'afterword forget' destroys a session for
good, 'afterword strike' a part of it, also while you are recording. Either of
you may change your mind at any time: 'afterword consent withdraw'.`

func newConsent(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use: "consent", Short: "What you and your therapist agreed to, and how to take it back", Args: cobra.NoArgs,
		Long: `Show what was agreed to before recording: when, with whom, in which words.

'withdraw' takes it back: nothing more is recorded under it, and for each
session that was, you are asked whether to forget it.`,
		Example: "  afterword consent\n  afterword consent withdraw 1",
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.showConsents(cmd.Context()) },
	}
	a.jsonFlag(cmd)
	withdraw := &cobra.Command{
		Use: "withdraw [NUMBER]", Short: "Take a consent back (default: the newest)", Args: cobra.MaximumNArgs(1),
		Example: "  afterword consent withdraw\n  afterword consent withdraw 2 --yes     and forget every session recorded under it",
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withdrawConsent(cmd.Context(), args)
		},
	}
	cmd.AddCommand(withdraw)
	return cmd
}

func (a *app) showConsents(ctx context.Context) error {
	if err := a.open(ctx); err != nil {
		return err
	}
	all, err := a.store.Consents(ctx)
	if err != nil {
		return err
	}
	if a.json {
		type row struct {
			Number    int64              `json:"number"`
			At        time.Time          `json:"at"`
			With      string             `json:"with"`
			Wording   string             `json:"wording"`
			Withdrawn *time.Time         `json:"withdrawn,omitempty"`
			Sessions  []models.SessionID `json:"sessions"`
		}
		rows := []row{}
		for _, c := range all {
			r := row{Number: c.Number, At: c.At, With: c.With, Wording: c.Wording, Sessions: append([]models.SessionID{}, c.Sessions...)}
			if !c.Withdrawn.IsZero() {
				r.Withdrawn = &c.Withdrawn
			}
			rows = append(rows, r)
		}
		return a.printJSON(map[string]any{"schema_version": schemaVersion, "consents": rows})
	}
	if len(all) == 0 {
		a.note("Nothing was agreed to yet. 'afterword record' asks before the first recording.")
		return nil
	}
	for _, c := range all {
		state := "holds"
		if !c.Withdrawn.IsZero() {
			state = "withdrawn " + c.Withdrawn.Format("2 Jan 2006 15:04")
		}
		fmt.Fprintf(a.stdout, "%d  %s  %s  %d sessions, %s\n", c.Number, c.At.Format("2 Jan 2006 15:04"), withName(c.With), len(c.Sessions), state)
	}
	fmt.Fprintf(a.stdout, "\nThe words of number %d:\n\n%s\n", all[0].Number, all[0].Wording)
	return nil
}

func withName(name string) string {
	if name == "" {
		return "nobody named"
	}
	return "with " + oneLine(name)
}

func (a *app) withdrawConsent(ctx context.Context, args []string) error {
	if err := a.open(ctx); err != nil {
		return err
	}
	all, err := a.store.Consents(ctx)
	if err != nil {
		return err
	}
	which := int64(0)
	if len(args) == 1 {
		if which, err = strconv.ParseInt(args[0], 10, 64); err != nil {
			return usagef("%q is no number of a consent; 'afterword consent' lists them", args[0])
		}
	}
	var found *store.StoredConsent
	for i := range all {
		if all[i].Number == which || which == 0 && all[i].Withdrawn.IsZero() {
			found = &all[i]
			break
		}
	}
	if found == nil {
		return models.WithHint(models.Errorf(models.NotFound, "there is no such consent to withdraw"), "'afterword consent' lists them")
	}
	if err := a.store.WithdrawConsent(ctx, found.Number); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "Withdrawn: consent %d, %s. Nothing more is recorded under it.\n", found.Number, withName(found.With))
	for _, id := range found.Sessions {
		if !a.confirm(fmt.Sprintf("Destroy session %s, recorded under it, for good?", id)) {
			a.note("Session %s stays. 'afterword forget %s' destroys it.", id, id)
			continue
		}
		if err := a.notRecording(id); err != nil {
			return err
		}
		rec, err := a.forgetSession(ctx, id)
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "Session %s is gone: its key, %s.\n", id, rec)
	}
	return nil
}

// consent finds or asks for a consent to record a session with that person.
// While the store is locked names cannot be compared: then any that holds will
// do.
func (a *app) consent(ctx context.Context, with, given string) (number int64, err error) {
	all, err := a.store.Consents(ctx)
	locked := models.CodeOf(err) == models.Locked
	if err != nil && !locked {
		return 0, err
	}
	for _, c := range all {
		same := locked || strings.EqualFold(strings.TrimSpace(c.With), strings.TrimSpace(with))
		if c.Withdrawn.IsZero() && c.Wording == consentWording && same {
			return c.Number, nil
		}
	}
	switch given {
	case "yes":
	case "":
		if err := a.askConsent(); err != nil {
			return 0, err
		}
	default:
		return 0, usagef("--consent takes yes, not %q", given)
	}
	return a.store.SaveConsent(ctx, models.Consent{Wording: consentWording, With: strings.TrimSpace(with)})
}

// askConsent shows the words and waits for a yes. --yes does not answer this:
// somebody else's agreement is no question of convenience.
func (a *app) askConsent() error {
	in, ok := a.stdin.(*os.File)
	if a.noInput || a.json || !ok || !term.IsTerminal(int(in.Fd())) {
		return models.WithHint(models.Errorf(models.Invalid, "record: nobody has agreed to a recording yet, and nobody can be asked here"),
			"run 'afterword record' in a terminal once, or give --consent yes if everyone in the room agreed")
	}
	fmt.Fprintf(a.stderr, "%s\n\nDoes everyone in this session agree to be recorded? [y/N] ", consentWording)
	line, _ := bufio.NewReader(in).ReadString('\n')
	if line = strings.ToLower(strings.TrimSpace(line)); line != "y" && line != "yes" {
		return models.WithHint(models.Errorf(models.Invalid, "record: not without consent; nothing was recorded"), "that is all right; ask again whenever it suits you both")
	}
	return nil
}
