package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/adrg/xdg"
)

const unitName = "afterword.service"

var systemd = serviceKind{
	name: "systemd", tool: "systemctl", file: unitFile, text: unitText,
	reach: func(ctx context.Context) error {
		// "degraded" comes with an exit code, too, and can be talked to.
		said, err := tell(ctx, "systemctl", "--user", "is-system-running")
		if s := strings.TrimSpace(said); err == nil || s == "degraded" || s == "starting" || s == "maintenance" {
			return nil
		}
		if os.Getenv("XDG_RUNTIME_DIR") == "" {
			return errors.New("this is no login session (XDG_RUNTIME_DIR is not set)")
		}
		return err
	},
	start: func(ctx context.Context, _ string) error {
		if _, err := tell(ctx, "systemctl", "--user", "daemon-reload"); err != nil {
			return err
		}
		_, err := tell(ctx, "systemctl", "--user", "enable", "--now", unitName)
		return err
	},
	stop: func(ctx context.Context, _ string) error {
		_, err := tell(ctx, "systemctl", "--user", "disable", "--now", unitName)
		return err
	},
	ask: func(ctx context.Context) (enabled, running bool) {
		on, _ := tell(ctx, "systemctl", "--user", "is-enabled", unitName)
		active, _ := tell(ctx, "systemctl", "--user", "is-active", unitName)
		return strings.TrimSpace(on) == "enabled", strings.TrimSpace(active) == "active"
	},
	gone: func(ctx context.Context, file string) {
		// What 'enable' made stays behind where systemd could not be asked.
		link := filepath.Join(filepath.Dir(file), "default.target.wants", unitName)
		if to, err := os.Readlink(link); err == nil && filepath.Base(to) == unitName {
			_ = os.Remove(link)
		}
		_, _ = tell(ctx, "systemctl", "--user", "daemon-reload")
	},
	later: "In a login session of yours run 'systemctl --user enable --now afterword', or start 'afterword serve' by hand.",
}

func unitFile() (string, error) {
	xdg.Reload()
	return filepath.Join(xdg.ConfigHome, "systemd", "user", unitName), nil
}

// unitText is the unit. What it forbids was chosen so that sound still works:
// devices, real-time priority and the sound server's socket stay open.
//
// KillMode=process: should serve die, a recording in hand goes on in its own
// process, and the next serve takes it up. Helpers end with their input.
func unitText(s serviceSpec) (string, error) {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("# Written by 'afterword service install'; 'afterword service remove' takes it away.")
	line("[Unit]")
	line("Description=Afterword: finish what is unfinished, and stay ready")
	line("StartLimitIntervalSec=300")
	line("StartLimitBurst=5")
	line("")
	line("[Service]")
	line("Type=exec")
	line("ExecStart=%s serve", unitQuote(s.Exe))
	for _, v := range s.Env {
		line("Environment=%s", unitQuote(v))
	}
	line("Restart=on-failure")
	line("RestartSec=5")
	line("# Asking wrongly, a lock, a missing passphrase or model: trying again does not help.")
	line("RestartPreventExitStatus=2 4 13 15")
	line("KillMode=process")
	line("TimeoutStopSec=30")
	line("")
	line("UMask=0077")
	line("NoNewPrivileges=yes")
	line("LockPersonality=yes")
	line("RestrictSUIDSGID=yes")
	line("SystemCallArchitectures=native")
	line("RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6")
	line("ProtectSystem=strict")
	if !s.Home.Moved {
		line("RuntimeDirectory=afterword")
		line("RuntimeDirectoryMode=0700")
		line("RuntimeDirectoryPreserve=yes")
	}
	folders := writable(s.Home)
	for _, dir := range folders {
		line("ReadWritePaths=-%s", unitQuote(dir))
	}
	if !slices.ContainsFunc(folders, temporary) && !temporary(s.Exe) && !slices.ContainsFunc(s.Env, func(v string) bool { return strings.Contains(v, "/tmp/") }) {
		line("PrivateTmp=yes")
	}
	line("")
	line("[Install]")
	line("WantedBy=default.target")
	return b.String(), nil
}

// writable are the folders that Afterword writes to, each once.
func writable(h home) []string {
	if h.Moved {
		return []string{h.Data}
	}
	out := []string{h.Config, h.Data, h.State, h.Runtime}
	slices.Sort(out)
	return slices.Compact(out)
}

// temporary tells whether a path would be hidden by a /tmp of one's own.
func temporary(path string) bool {
	return strings.HasPrefix(path, "/tmp/") || strings.HasPrefix(path, "/var/tmp/")
}

// unitQuote quotes for a unit file, where % begins a specifier. The caller has
// refused quotes and backslashes.
func unitQuote(s string) string { return `"` + strings.ReplaceAll(s, "%", "%%") + `"` }
