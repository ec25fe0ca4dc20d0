package main

import (
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/afterword/afterword/models"
)

// look sees which processes of this program run now, but for this one, and what
// each has open.
func (w *watched) look() error {
	program, err := self()
	if err != nil {
		return err
	}
	all, err := os.ReadDir("/proc")
	if err != nil {
		return models.Errorf(models.Unusable, "look at processes: %w", err)
	}
	for _, d := range all {
		pid, err := strconv.Atoi(d.Name())
		if err != nil || pid == os.Getpid() {
			continue
		}
		dir := filepath.Join("/proc", d.Name())
		exe, _ := os.Readlink(filepath.Join(dir, "exe"))
		if strings.TrimSuffix(exe, " (deleted)") != program {
			continue
		}
		if ends, err := connections(dir); err == nil { // else it has ended
			w.saw(pid, ends, mayDump(dir))
		}
	}
	return nil
}

// connections are those of the process whose folder in /proc this is.
func connections(dir string) (map[string]bool, error) {
	open, err := os.ReadDir(filepath.Join(dir, "fd"))
	if err != nil {
		return nil, err
	}
	inodes := map[string]bool{}
	for _, d := range open {
		to, _ := os.Readlink(filepath.Join(dir, "fd", d.Name()))
		if inode, ok := strings.CutPrefix(to, "socket:["); ok {
			inodes[strings.TrimSuffix(inode, "]")] = true
		}
	}
	out := map[string]bool{}
	for _, table := range []string{"tcp", "tcp6", "udp", "udp6", "raw", "raw6"} {
		f, err := os.Open(filepath.Join(dir, "net", table))
		if err != nil {
			continue // a kernel without it has none
		}
		maps.Copy(out, socketsIn(f, inodes))
		f.Close()
	}
	return out, nil
}

// mayDump tells whether a crash of that process may write its memory to disk.
func mayDump(dir string) bool {
	b, err := os.ReadFile(filepath.Join(dir, "limits"))
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(b)) {
		if limit, ok := strings.CutPrefix(line, "Max core file size"); ok {
			f := strings.Fields(limit)
			return len(f) > 0 && f[0] != "0" && f[0] != "1"
		}
	}
	return false
}
