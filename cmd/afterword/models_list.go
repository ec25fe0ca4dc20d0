package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/afterword/afterword/models/weights"
)

// modelRow is a model as it is listed.
type modelRow struct {
	Name    string  `json:"name"`
	Bytes   int64   `json:"bytes"` // of one that is not here: about
	Here    bool    `json:"here"`
	Default bool    `json:"default"`
	Path    string  `json:"path,omitempty"`
	Factor  float64 `json:"real_time_factor,omitempty"` // measured on this computer
}

func (a *app) listModels() error {
	var rows []modelRow
	for _, w := range weights.Known() {
		r := modelRow{Name: w.Name, Bytes: w.About(), Default: w.Model == a.set.Model || w.Name == a.set.Model, Factor: weights.Factor(a.home.Weights(), w.Name)}
		if path, err := weights.Find(w.Name, a.home.WeightFolders()); err == nil {
			r.Here, r.Path = true, path
			if fi, err := os.Stat(path); err == nil {
				r.Bytes = fi.Size()
			}
		}
		rows = append(rows, r)
	}
	suggested := a.suggestModel()
	if a.json {
		return a.printJSON(map[string]any{"schema_version": schemaVersion, "models": rows, "suggested": suggested})
	}
	w := tabwriter.NewWriter(a.stdout, 0, 4, 2, ' ', 0)
	for _, r := range rows {
		here := ""
		if r.Here {
			here = "here"
		}
		if r.Default {
			here += " (chosen)"
		}
		fmt.Fprintf(w, "%s\t%d MB\t%s\t%s\n", r.Name, max(1, r.Bytes/1e6), here, anHour(r.Factor))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	a.note("For this computer: %s. Larger models hear better and take longer.", suggested)
	return nil
}

// anHour says how long an hour of sound takes.
func anHour(factor float64) string {
	switch m := int(60*factor + 0.5); {
	case factor <= 0:
		return ""
	case m < 2:
		return "about a minute for an hour, measured here"
	default:
		return fmt.Sprintf("about %d minutes for an hour, measured here", m)
	}
}

const (
	enoughFactor = 1. / 3 // 20 minutes for an hour
	timesMemory  = 5      // what works with a model needs so often its size …
	timesFree    = 4      // … and the computer has so often that
)

// suggestModel is the largest model with which an hour takes 20 minutes at most,
// as far as speed was measured here, and which leaves most of the memory to
// others. Where nothing was measured it is base, which suits any laptop.
func (a *app) suggestModel() string {
	chosen, err := weights.Named(a.set.Model)
	factor := weights.Factor(a.home.Weights(), chosen.Name)
	if err != nil || factor == 0 {
		return "base"
	}
	best := "tiny"
	for _, name := range []string{"base", "small", "medium"} {
		w, _ := weights.Named(name)
		memory := memoryBytes()
		if w.FactorOf(chosen, factor) <= enoughFactor && (memory == 0 || timesFree*timesMemory*w.About() <= memory) {
			best = name
		}
	}
	return best
}

// keepFactor records how long a session took on this computer.
func (a *app) keepFactor(name string, sound, took time.Duration) {
	w, err := weights.Named(name)
	if err != nil || sound < time.Minute {
		return // too little to go by
	}
	if path, err := weights.Find(name, a.home.WeightFolders()); err == nil {
		if found, ok := weights.Of(path); ok {
			w = found
		}
	}
	if err := weights.SaveFactor(a.home.Weights(), w.Name, sound, took); err != nil {
		a.log.Warn("how long it took is not kept", "error", err.Error())
	}
}

// memoryBytes is the memory of this computer; 0 where that cannot be told.
func memoryBytes() int64 {
	switch runtime.GOOS {
	case "linux":
		b, _ := os.ReadFile("/proc/meminfo")
		var kb int64
		_, _ = fmt.Sscanf(string(b), "MemTotal: %d kB", &kb)
		return kb << 10
	case "darwin":
		b, _ := exec.Command("sysctl", "-n", "hw.memsize").Output()
		n, _ := strconv.ParseInt(strings.TrimSpace(string(b)), 10, 64)
		return n
	}
	return 0
}
