package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/weights"
)

// model is the path of a speech model's weights, proved. NoModel, with the
// command that fetches it, when there are none or they are damaged: a wrong
// weights file is as dangerous as code.
func (a *app) model(name string) (string, error) {
	path, err := weights.Find(name, a.home.WeightFolders())
	if err != nil {
		return "", err
	}
	if w, ok := weights.Of(path); ok && !w.Speech() {
		return "", models.WithHint(models.Errorf(models.NoModel, "find speech model %q: it writes nothing down", name), "'afterword models' lists the speech models")
	}
	return path, proveWeights(path, weights.Verify)
}

// proveWeights proves a file by verify: weights.Verify, which believes what it
// found before, or weights.Prove, which reads the whole file again.
func proveWeights(path string, verify func(string, weights.Weight) error) error {
	w, ok := weights.Of(path)
	if !ok {
		return models.Errorf(models.NoModel, "check speech model: %s is none that this program knows", shown(path))
	}
	if err := verify(path, w); err != nil {
		return models.WithHint(models.Errorf(models.NoModel, "%w", err), "%s", models.HintOf(err))
	}
	return nil
}

func newModels(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use: "models", Short: "List, fetch, check and remove speech models",
		Example: "  afterword models\n  afterword models get base\n  afterword models verify",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.listModels() },
	}
	list := &cobra.Command{
		Use: "list", Short: "List the speech models and which are here", Args: cobra.NoArgs,
		Example: "  afterword models list --json",
		RunE:    func(*cobra.Command, []string) error { return a.listModels() },
	}
	get := &cobra.Command{
		Use: "get NAME", Short: "Fetch a speech model, and prove it", Args: cobra.ExactArgs(1),
		Long: `Fetch a speech model and prove it by its SHA-256.

This is the only command that connects to the internet, and it sends nothing
but the name of the file. A file or folder named by AFTERWORD_WEIGHTS is
used instead where it holds the model.`,
		Example: "  afterword models get base\n  afterword models get voice     tells voices apart\n  afterword models get vad       tells speech from noise\n  AFTERWORD_WEIGHTS=/media/stick afterword models get base",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.fetchModel(cmd.Context(), args[0]) },
	}
	verify := &cobra.Command{
		Use: "verify [NAME]", Short: "Check speech models against their SHA-256", Args: cobra.MaximumNArgs(1),
		Example: "  afterword models verify",
		RunE:    func(cmd *cobra.Command, args []string) error { return a.verifyModels(cmd.Context(), args) },
	}
	remove := &cobra.Command{
		Use: "remove NAME", Short: "Delete a speech model from this home", Args: cobra.ExactArgs(1),
		Example: "  afterword models remove tiny.en",
		RunE:    func(_ *cobra.Command, args []string) error { return a.removeModel(args[0]) },
	}
	a.jsonFlag(cmd)
	a.jsonFlag(list)
	cmd.AddCommand(list, get, verify, remove)
	return cmd
}

func (a *app) fetchModel(ctx context.Context, name string) error {
	if err := a.home.make(); err != nil {
		return err
	}
	bar := a.newProgress(name)
	defer bar.Close()
	err := weights.Fetch(ctx, name, a.home.Weights(), func(done, total int64) { bar.SayBytes("Fetching", done, total) })
	bar.Close()
	if err != nil {
		return fmt.Errorf("fetch speech model: %w", err)
	}
	path, err := weights.Find(name, a.home.WeightFolders())
	if err == nil {
		err = proveWeights(path, weights.Verify)
	}
	if err != nil {
		return err
	}
	a.note("%s is here and proved.", name)
	return nil
}

func (a *app) verifyModels(ctx context.Context, args []string) error {
	whole := func(path string, w weights.Weight) error { return weights.Prove(ctx, path, w) }
	names := args
	if len(names) == 0 {
		for _, w := range weights.Known() {
			if _, err := weights.Find(w.Name, a.home.WeightFolders()); err == nil {
				names = append(names, w.Name)
			}
		}
	}
	if len(names) == 0 {
		return models.WithHint(models.Errorf(models.NoModel, "there is no speech model here"), "'afterword models get base' fetches one")
	}
	var first error
	for _, n := range names {
		path, err := weights.Find(n, a.home.WeightFolders())
		if err == nil {
			err = proveWeights(path, whole)
		}
		if err != nil {
			a.warn("%s: %s", n, oneLine(err.Error()))
			if first == nil {
				first = err
			}
			continue
		}
		fmt.Fprintf(a.stdout, "%s: proved\n", n)
	}
	return first
}

func (a *app) removeModel(name string) error {
	path, err := weights.Find(name, []string{a.home.Weights()})
	if err != nil {
		return models.WithHint(models.Errorf(models.NotFound, "there is no speech model %q in this home", name), "'afterword models' lists them")
	}
	if !a.confirm(fmt.Sprintf("Delete %s?", shown(path))) {
		return models.WithHint(models.Errorf(models.Invalid, "remove speech model: not confirmed; nothing was changed"), "--yes confirms without asking")
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("remove speech model: %w", err)
	}
	a.note("%s is deleted.", name)
	return nil
}
