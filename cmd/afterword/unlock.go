package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/vault"
)

// servedStatus is that of a service that runs, else the zero value.
func (a *app) servedStatus(ctx context.Context) hubStatus {
	rep, err := askControl(ctx, a.home.Control(), controlRequest{Verb: "status"})
	if err != nil || rep.Status == nil {
		return hubStatus{}
	}
	return *rep.Status
}

// serviceLocked tells whether a service runs that waits for the passphrase.
func (a *app) serviceLocked(ctx context.Context) bool { return a.servedStatus(ctx).Locked }

// serviceMute is why a service that runs writes nothing down for now, or nil.
func (a *app) serviceMute(ctx context.Context) error {
	st := a.servedStatus(ctx)
	if st.Mute == "" {
		return nil
	}
	return models.WithHint(models.Errorf(models.NoModel, "it is safe, and waits for the background service: %s", st.Mute), "%s", st.Hint)
}

func newUnlock(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "unlock", Short: "Give the passphrase to the background service", Args: cobra.NoArgs,
		Long: `Give the passphrase to the background service, so that other commands need not
ask for it until 'afterword lock' or the service ends.`,
		Example: "  afterword unlock",
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			if err := a.openLocked(ctx); err != nil {
				return err
			}
			rep, err := askControl(ctx, a.home.Control(), controlRequest{Verb: "status"})
			keyed, locked := a.vault.Kind() == vault.Passphrase, rep.Status != nil && rep.Status.Locked
			switch {
			case !keyed && !locked:
				a.note("Nothing to unlock: there is no passphrase. 'afterword passwd' sets one.")
				return nil
			case err != nil:
				return err
			case !locked:
				a.note("It is unlocked.")
				return nil
			}
			secret := ""
			if keyed {
				if secret, err = a.passphrase(ctx); err != nil {
					return err
				}
			}
			if _, err := askControl(ctx, a.home.Control(), controlRequest{Verb: "unlock", Secret: secret}); err != nil {
				return err
			}
			a.note("Unlocked until 'afterword lock', or until the service ends.")
			return nil
		},
	}
}

func newLock(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "lock", Short: "Make the background service forget the passphrase", Args: cobra.NoArgs,
		Example: "  afterword lock",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := askControl(cmd.Context(), a.home.Control(), controlRequest{Verb: "lock"}); err != nil {
				return err
			}
			a.note("Locked.")
			return nil
		},
	}
}

func newPasswd(a *app) *cobra.Command {
	var to string
	cmd := &cobra.Command{
		Use: "passwd", Short: "Set, change or remove the passphrase", Args: cobra.NoArgs,
		Long: `Set, change or remove the passphrase.

Without a passphrase the key lies in the system's keyring or in a file beside
the data: 'afterword doctor' says what that protects against. The present
passphrase is taken from AFTERWORD_PASSPHRASE_FILE or asked for; the new one
from AFTERWORD_NEW_PASSPHRASE_FILE or asked for. Nobody can recover a forgotten
passphrase: write it down and keep it in a safe place.`,
		Example: "  afterword passwd                set or change it\n  afterword passwd --to keyfile   remove it",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.changeProtection(cmd.Context(), to)
		},
	}
	cmd.Flags().StringVar(&to, "to", "passphrase", "keep the key by `passphrase`, keyring or keyfile")
	return cmd
}

// newSecret asks for a new passphrase twice, or reads it from the file that
// AFTERWORD_NEW_PASSPHRASE_FILE names.
func (a *app) newSecret(ctx context.Context) (string, error) {
	if p, ok, err := passphraseFrom("AFTERWORD_NEW_PASSPHRASE_FILE"); ok || err != nil {
		return p, err
	}
	first, err := a.askSecret(ctx, "New passphrase: ")
	if err != nil {
		return "", err
	}
	if len([]rune(first)) < 8 {
		return "", models.WithHint(models.Errorf(models.Invalid, "set passphrase: it has fewer than 8 characters"), "four or five words that do not belong together are easy to remember and hard to guess")
	}
	second, err := a.askSecret(ctx, "The same again: ")
	if err == nil && first != second {
		err = models.Errorf(models.Invalid, "set passphrase: the two are not the same; nothing was changed")
	}
	return first, err
}

func (a *app) changeProtection(ctx context.Context, to string) error {
	kind := vault.Kind(to)
	if kind != vault.Passphrase && kind != vault.Keyring && kind != vault.KeyFile {
		return usagef("--to is passphrase, keyring or keyfile, not %q", to)
	}
	if err := a.open(ctx); err != nil {
		return err
	}
	p := vault.Protection{Kind: kind}
	if kind == vault.Passphrase {
		var err error
		if p.Passphrase, err = a.newSecret(ctx); err != nil {
			return err
		}
	}
	if err := a.vault.Change(ctx, p); err != nil {
		return err
	}
	a.note("%s", protectionNote(kind))
	return nil
}

func protectionNote(kind vault.Kind) string {
	switch kind {
	case vault.Passphrase:
		return "The passphrase is set. Without it nobody, you included, can read your sessions."
	case vault.Keyring:
		return "The key is in the system's keyring and opens with your login."
	}
	return "The key is in a file beside the data. It protects copies of the data without that file, not a stolen computer."
}
