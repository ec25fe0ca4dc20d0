package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/afterword/afterword/capture/mic"
	"github.com/afterword/afterword/models"
	"github.com/afterword/afterword/models/vault"
	"github.com/afterword/afterword/transcribe/whisper"
)

// finding is what doctor says of one matter.
type finding struct {
	Matter string `json:"matter"`
	State  string `json:"state"` // ok, warn or fail
	Text   string `json:"text"`
	Fix    string `json:"fix,omitempty"`
}

func newDoctor(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use: "doctor", Short: "Check that everything is in order, and say what to do if not", Args: cobra.NoArgs,
		Example: "  afterword doctor\n  afterword doctor --json",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.examine(cmd.Context())
		},
	}
	a.jsonFlag(cmd)
	return cmd
}

func (a *app) examine(ctx context.Context) error {
	var all []finding
	for _, check := range []func(context.Context) finding{
		a.checkFolders, a.checkDisk, a.checkVault, a.checkDatabase, a.checkSpool, a.checkEngine, a.checkModel, a.checkDetector, a.checkReader, checkMicrophone, checkFFmpeg, a.checkService,
	} {
		all = append(all, check(ctx))
	}
	return a.printFindings(all)
}

// printFindings prints them all; the error says that some failed.
func (a *app) printFindings(all []finding) error {
	failed := 0
	for _, f := range all {
		if f.State == "fail" {
			failed++
		}
	}
	if a.json {
		if err := a.printJSON(map[string]any{"schema_version": schemaVersion, "findings": all, "failed": failed}); err != nil {
			return err
		}
	} else {
		for _, f := range all {
			fmt.Fprintf(a.stdout, "%-4s  %-9s %s\n", f.State, f.Matter, f.Text)
			if f.Fix != "" {
				fmt.Fprintf(a.stdout, "%s\n", wrap(f.Fix, 70, "                "))
			}
		}
	}
	if failed > 0 {
		return models.Errorf(models.Internal, "%d of %d checks failed", failed, len(all))
	}
	return nil
}

func (a *app) checkFolders(context.Context) finding {
	f := finding{Matter: "folders", State: "ok", Text: a.home.Data + ", for you alone"}
	if err := a.home.make(); err != nil {
		return finding{"folders", "fail", oneLine(err.Error()), models.HintOf(err)}
	}
	return f
}

func (a *app) checkDisk(context.Context) finding {
	free, err := freeBytes(a.home.Data)
	if err != nil {
		return finding{"disk", "warn", "free space is not known", ""}
	}
	// An hour of sealed 16 kHz sound takes about 65 MB, its queue copy as much.
	f := finding{"disk", "ok", fmt.Sprintf("%.1f GB free, room for about %d hours", float64(free)/1e9, free/130e6), ""}
	switch {
	case free < 200e6:
		f.State, f.Fix = "fail", "Free some space: a session of an hour needs about 130 MB."
	case free < 2e9:
		f.State, f.Fix = "warn", "Free some space before the next long session."
	}
	return f
}

func (a *app) checkVault(ctx context.Context) finding {
	if err := a.openLocked(ctx); err != nil {
		return finding{"keys", "fail", oneLine(err.Error()), models.HintOf(err)}
	}
	if err := a.vault.Check(ctx); err != nil {
		return finding{"keys", "fail", oneLine(err.Error()), models.HintOf(err)}
	}
	switch a.vault.Kind() {
	case vault.Passphrase:
		return finding{"keys", "ok", "kept by your passphrase", ""}
	case vault.Keyring:
		return finding{"keys", "ok", "kept in the system's keyring, opened by your login", ""}
	}
	return finding{"keys", "warn", "kept in a file beside the data", "This protects copies of the data without that file. It does not protect a stolen computer unless its disk is encrypted. 'afterword passwd' sets a passphrase."}
}

func (a *app) checkDatabase(ctx context.Context) finding {
	if a.store == nil {
		return finding{"database", "fail", "not open", ""}
	}
	if err := a.store.IntegrityCheck(ctx); err != nil {
		return finding{"database", "fail", oneLine(err.Error()), "Restore the last backup into a new home: 'afterword restore'."}
	}
	return finding{"database", "ok", "whole", ""}
}

func (a *app) checkSpool(ctx context.Context) finding {
	if a.store == nil {
		return finding{"sound", "fail", "not open", ""}
	}
	ids, err := a.spool.Sessions()
	if err != nil {
		return finding{"sound", "fail", oneLine(err.Error()), ""}
	}
	orphans, aside := 0, 0
	for _, id := range ids {
		n, err := a.spool.Aside(id)
		if err != nil {
			return finding{"sound", "fail", oneLine(err.Error()), ""}
		}
		aside += n
		if _, err := a.store.FindSession(ctx, id); models.CodeOf(err) == models.NotFound {
			orphans++
		}
	}
	if orphans > 0 {
		return finding{"sound", "warn", fmt.Sprintf("%d recordings belong to no session; their keys are gone or in another database", orphans), "If you moved the database, bring the right one back; 'afterword restore' does."}
	}
	if aside > 0 {
		return finding{"sound", "warn", fmt.Sprintf("%d minutes of sound cannot be read and were set aside, as files that end in .aside, in %s", aside, a.home.Spool()), "Nothing was deleted. Their beginning is damaged; if the disk has other copies of these files, put one in the place of each."}
	}
	return finding{"sound", "ok", fmt.Sprintf("%d recordings", len(ids)), ""}
}

func (a *app) checkEngine(context.Context) finding {
	if !whisper.Available {
		return finding{"engine", "fail", "this program was built without the speech engine", "Build it with 'go run ./cmd/build binary'."}
	}
	text := "whisper.cpp " + whisperVersion
	if cpuFlags != "" {
		text += " for " + cpuFlags
	}
	return finding{"engine", "ok", text, ""}
}

func (a *app) checkModel(context.Context) finding {
	if _, err := a.model(a.set.Model); err != nil {
		return finding{"model", "fail", oneLine(err.Error()), "Fetch it with 'afterword models get " + a.set.Model + "'."}
	}
	return finding{"model", "ok", a.set.Model + ", proved", ""}
}

// checkReader asks the language model that is set up, if one is, whether it is
// there.
func (a *app) checkReader(ctx context.Context) finding {
	if a.set.Extract.Engine != engineLLM {
		return finding{"items", "ok", "found by rules, on this computer", ""}
	}
	r, err := a.reader(false)
	if err != nil {
		return finding{"items", "warn", oneLine(err.Error()), models.HintOf(err)}
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	names, err := r.Address.Models(ctx)
	if err != nil {
		return finding{"items", "warn", oneLine(err.Error()), "Start it, or write engine = \"rules\" under [extract]. What the rules find is there either way."}
	}
	text := fmt.Sprintf("found by rules and by %s, which answers", oneLine(r.Name()))
	if host := r.Address.Remote(); host != "" {
		text += "; your words are sent there, as you allowed"
	}
	if r.Model != "" && !slices.Contains(names, r.Model) {
		return finding{"items", "warn", text + ", but names no such model", "It has " + oneLine(strings.Join(names[:min(len(names), 5)], ", ")) + "."}
	}
	return finding{"items", "ok", text, ""}
}

func checkMicrophone(context.Context) finding {
	all, err := mic.Devices()
	if err != nil {
		return finding{"mic", "warn", oneLine(err.Error()), models.HintOf(err)}
	}
	if len(all) == 0 {
		return finding{"mic", "warn", "there is none", "Plug one in, or check the system's sound settings. Imports work without."}
	}
	return finding{"mic", "ok", fmt.Sprintf("%s, %d Hz; %d in all", oneLine(all[0].Name), all[0].Rate, len(all)), ""}
}

func checkFFmpeg(context.Context) finding {
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		fix := "Debian, Ubuntu: sudo apt-get install ffmpeg. Fedora: sudo dnf install ffmpeg-free."
		if runtime.GOOS == "darwin" {
			fix = "brew install ffmpeg"
		}
		return finding{"ffmpeg", "warn", "not installed: M4A, MP4, WebM and others cannot be imported", fix}
	}
	return finding{"ffmpeg", "ok", "installed", ""}
}

func (a *app) checkService(ctx context.Context) finding {
	rep, err := askControl(ctx, a.home.Control(), controlRequest{Verb: "status"})
	if err == nil && rep.Status != nil && rep.Status.Locked {
		return finding{"service", "warn", fmt.Sprintf("running, process %d, locked: it writes nothing down", rep.Status.PID), "afterword unlock"}
	}
	if err == nil && rep.Status != nil && rep.Status.Mute != "" {
		return finding{"service", "fail", fmt.Sprintf("running, process %d, and writes nothing down: %s", rep.Status.PID, rep.Status.Mute), "afterword models get " + rep.Status.Model}
	}
	if err == nil && rep.Status != nil {
		return finding{"service", "ok", fmt.Sprintf("running, process %d, %d chunks waiting", rep.Status.PID, rep.Status.Waiting), ""}
	}
	if _, err := os.Stat(a.home.Data); err == nil {
		if lock, err := a.home.lockOwner(); err == nil {
			lock.Close()
			return finding{"service", "ok", "not running; imports work without it", ""}
		}
	}
	return finding{"service", "ok", "an import is at work", ""}
}
