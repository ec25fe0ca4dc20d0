package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func newMan(a *app) *cobra.Command {
	return &cobra.Command{
		Use: "man [FOLDER]", Short: "Write the manual pages into a folder", Args: cobra.MaximumNArgs(1),
		Example: "  afterword man ~/.local/share/man/man1",
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "."
			if len(args) > 0 {
				dir = args[0]
			}
			if err := os.MkdirAll(dir, 0o755); err != nil {
				return fmt.Errorf("make folder: %w", err)
			}
			root := cmd.Root()
			root.DisableAutoGenTag = true
			if err := doc.GenManTree(root, &doc.GenManHeader{Title: "AFTERWORD", Section: "1", Source: "Afterword " + version}, dir); err != nil {
				return fmt.Errorf("write manual: %w", err)
			}
			pages, _ := filepath.Glob(filepath.Join(dir, "afterword*.1"))
			a.note("%d pages written.", len(pages))
			return nil
		},
	}
}
