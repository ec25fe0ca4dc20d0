package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// Set by the linker; see cmd/build.
var (
	version        = "0.1.0-dev"
	commit         = ""
	whisperVersion = ""
	cpuFlags       = ""
)

func newVersion(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		Example: "  afterword version\n  afterword version --json",
		RunE: func(*cobra.Command, []string) error {
			if a.json {
				return a.printJSON(map[string]any{
					"schema_version": schemaVersion, "version": version, "commit": commit, "go": runtime.Version(), "whisper_cpp": whisperVersion,
					"cpu_flags": cpuFlags, "sqlite": moduleVersion("modernc.org/sqlite"), "nats": moduleVersion("github.com/nats-io/nats-server/v2"),
				})
			}
			fmt.Fprintf(a.stdout, "afterword %s\n", version)
			return nil
		},
	}
	a.jsonFlag(cmd)
	return cmd
}

func moduleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, d := range info.Deps {
		if d.Path == path {
			return d.Version
		}
	}
	return ""
}
