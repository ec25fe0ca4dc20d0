package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/capture/mic"
	"github.com/afterword/afterword/models"
)

func newDevices(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use: "devices", Short: "List the microphones", Args: cobra.NoArgs,
		Long: `List the microphones, the one that is taken by default first. 'record --device'
takes a number, an identity, or a part of the name.`,
		Example: "  afterword devices\n  afterword devices --json",
		RunE: func(*cobra.Command, []string) error {
			all, err := mic.Devices()
			if err != nil {
				return err
			}
			return a.printDevices(all)
		},
	}
	a.jsonFlag(cmd)
	return cmd
}

func (a *app) printDevices(all []models.Device) error {
	if a.json {
		type row struct {
			Number   int    `json:"number"`
			ID       string `json:"id"`
			Name     string `json:"name"`
			Default  bool   `json:"default"`
			Rate     int    `json:"rate,omitempty"`
			Channels int    `json:"channels,omitempty"`
		}
		rows := []row{}
		for i, d := range all {
			rows = append(rows, row{i + 1, d.ID, d.Name, d.Default, d.Rate, d.Channels})
		}
		return a.printJSON(map[string]any{"schema_version": schemaVersion, "devices": rows})
	}
	if len(all) == 0 {
		a.note("There is no microphone. Plug one in, or check the system's sound settings.")
		return nil
	}
	for i, d := range all {
		fmt.Fprintf(a.stdout, "%d  %s", i+1, oneLine(d.Name))
		if d.Rate > 0 {
			fmt.Fprintf(a.stdout, "  %d Hz, %s", d.Rate, map[bool]string{true: "mono", false: "stereo"}[d.Channels == 1])
		}
		if d.Default {
			fmt.Fprint(a.stdout, "  (default)")
		}
		fmt.Fprintf(a.stdout, "\n   %s\n", oneLine(d.ID))
	}
	return nil
}

// chooseDevice finds the microphone that a person means: by number, identity,
// or a part of its name.
func chooseDevice(all []models.Device, want string) (string, error) {
	if n, err := strconv.Atoi(want); err == nil && n >= 1 && n <= len(all) {
		return all[n-1].ID, nil
	}
	var found []models.Device
	for _, d := range all {
		if d.ID == want || d.Name == want {
			return d.ID, nil
		}
		if strings.Contains(strings.ToLower(d.Name), strings.ToLower(want)) {
			found = append(found, d)
		}
	}
	switch len(found) {
	case 1:
		return found[0].ID, nil
	case 0:
		return "", models.WithHint(models.Errorf(models.NotFound, "there is no microphone %q", oneLine(want)), "'afterword devices' lists them")
	}
	return "", models.WithHint(models.Errorf(models.Conflict, "%d microphones have %q in their names", len(found), oneLine(want)), "give the number that 'afterword devices' shows")
}

// completeDevices offers the microphones to the shell.
func completeDevices(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	all, err := mic.Devices()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var out []string
	for _, d := range all {
		out = append(out, d.ID+"\t"+oneLine(d.Name))
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}
