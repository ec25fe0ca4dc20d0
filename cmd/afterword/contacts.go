package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/cmd/afterword/days"
)

func newContacts(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use: "contacts", Short: "Whom you want to turn to in a hard moment", Args: cobra.NoArgs,
		Long: `Whom you want to turn to in a hard moment: people, a practice, a crisis line of
your country. The page shows them beside the grounding exercise and where a hard
passage is opened. They are sealed like all that you write, and only shown.`,
		Example: "  afterword contacts\n  afterword contacts add 'My sister' --number '555 0134' --note 'also at night'\n  afterword contacts forget 3f9c",
		RunE: func(cmd *cobra.Command, _ []string) error {
			b, err := a.book(cmd.Context())
			if err != nil {
				return err
			}
			all, err := b.Contacts(cmd.Context())
			if err != nil {
				return err
			}
			if a.json {
				return a.printJSON(map[string]any{"schema_version": schemaVersion, "contacts": append([]days.Contact{}, all...)})
			}
			if len(all) == 0 {
				a.note("Nobody is noted. 'afterword contacts add NAME --number NUMBER' notes somebody.")
			}
			for _, c := range all {
				fmt.Fprintf(a.stdout, "%s  %s\n", c.ID, strings.TrimSpace(oneLine(c.Name)+"  "+oneLine(c.Number)+"  "+oneLine(c.Note)))
			}
			return nil
		},
	}
	a.jsonFlag(cmd)
	cmd.AddCommand(newContactsAdd(a), newContactsForget(a))
	return cmd
}

func newContactsAdd(a *app) *cobra.Command {
	var c days.Contact
	cmd := &cobra.Command{
		Use: "add NAME", Short: "Note somebody", Args: cobra.MinimumNArgs(1), Example: "  afterword contacts add 'My sister' --number '555 0134'",
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := a.book(cmd.Context())
			if err != nil {
				return err
			}
			c.Name = strings.Join(args, " ")
			if c, err = b.SaveContact(cmd.Context(), c); err != nil {
				return err
			}
			return a.printKept("contact", c, "Noted as %s.", c.ID)
		},
	}
	cmd.Flags().StringVar(&c.Number, "number", "", "a `NUMBER` to call")
	cmd.Flags().StringVar(&c.Note, "note", "", "what helps to know, such as when")
	a.jsonFlag(cmd)
	return cmd
}

func newContactsForget(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use: "forget ID", Short: "Destroy what was noted of somebody", Args: cobra.ExactArgs(1), Example: "  afterword contacts forget 3f9c",
		RunE: func(cmd *cobra.Command, args []string) error {
			b, err := a.book(cmd.Context())
			if err != nil {
				return err
			}
			c, err := b.FindContact(cmd.Context(), args[0])
			if err == nil {
				err = b.Forget(cmd.Context(), c.Entry)
			}
			if err != nil {
				return err
			}
			return a.printKept("forgotten", map[string]any{"id": c.ID}, "Gone.")
		},
	}
	a.jsonFlag(cmd)
	return cmd
}
