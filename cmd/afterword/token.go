package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/cmd/afterword/api"
	"github.com/afterword/afterword/cmd/afterword/days"
	"github.com/afterword/afterword/cmd/afterword/review"
	"github.com/afterword/afterword/models"
)

func newToken(a *app) *cobra.Command {
	var fresh, revoke bool
	cmd := &cobra.Command{
		Use: "token", Short: "Print the token by which scripts on this computer reach the API", Args: cobra.NoArgs,
		Long: `Print the token by which scripts on this computer reach the API.

The API is served by 'afterword serve' under /api/v1 at the page's address;
/api/v1/openapi.json describes it. It reads sessions, words, items and notes,
and takes decisions. The token opens nothing while the store is locked, but
whoever has it can read everything while it is open: keep it out of command
lines, and revoke it when you no longer need it.`,
		Example: `  afterword token > token.txt
  printf 'header = "Authorization: Bearer %s"' "$(afterword token)" | curl -K - http://127.0.0.1:7766/api/v1/sessions
  afterword token --new          replace it; the old one opens nothing any more
  afterword token --revoke`,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.token(cmd.Context(), fresh, revoke) },
	}
	cmd.Flags().BoolVar(&fresh, "new", false, "make another one; the old one opens nothing any more")
	cmd.Flags().BoolVar(&revoke, "revoke", false, "take it away")
	cmd.MarkFlagsMutuallyExclusive("new", "revoke")
	a.jsonFlag(cmd)
	return cmd
}

func (a *app) token(ctx context.Context, fresh, revoke bool) error {
	if err := a.openLocked(ctx); err != nil {
		return err
	}
	file := a.home.token()
	if fresh || revoke {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("revoke token: %w", err)
		}
	}
	if revoke {
		a.note("Revoked: scripts cannot reach the API any more. 'afterword token' makes another one.")
		return nil
	}
	if a.apiToken() == "" {
		_ = os.Remove(file) // one that is damaged opens nothing
		if err := writeNew(file, []byte(rand.Text()+"\n")); err != nil {
			return err
		}
	}
	if a.json {
		return a.printJSON(map[string]any{"schema_version": schemaVersion, "token": a.apiToken()})
	}
	fmt.Fprintln(a.stdout, a.apiToken())
	return nil
}

// token is where the token lies. Whoever can read it can read the keys too.
func (h home) token() string { return filepath.Join(h.Keys(), "api.token") }

// apiToken is the token that is good now; empty if there is none.
func (a *app) apiToken() string {
	b, err := os.ReadFile(a.home.token())
	t := strings.TrimSpace(string(b))
	if err != nil || len(t) < 26 {
		return ""
	}
	return t
}

// scripts is what the API is made of; changed hears of its decisions.
func (h *hub) scripts(changed func(models.Item)) api.Config {
	st := h.a.store
	return api.Config{
		Sessions: st, Items: pageItems{st}, Decisions: st, Notes: days.New(days.Config{Entries: st, Past: sessionsPast{st}, Now: clock}),
		Status: review.StatusOf, Changed: changed, Version: version,
	}
}
