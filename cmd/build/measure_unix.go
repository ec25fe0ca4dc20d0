//go:build unix

package main

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// largestProcess is the peak memory of the largest single process among a
// child and its children, in bytes.
func largestProcess(p *os.ProcessState) int64 {
	r, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return int64(r.Maxrss)
	}
	return int64(r.Maxrss) << 10
}

// treeMemory is the resident memory of a process and all below it, in bytes, as
// Linux shows it in /proc; elsewhere 0. What processes of one program map from
// files, its code above all, lies in memory once, and is counted once.
func treeMemory(pid int) int64 {
	var own int64
	mapped := map[string]int64{} // by program
	for _, p := range tree(pid) {
		dir := filepath.Join("/proc", strconv.Itoa(p))
		b, err := os.ReadFile(filepath.Join(dir, "statm"))
		if f := strings.Fields(string(b)); err == nil && len(f) > 2 {
			resident, _ := strconv.ParseInt(f[1], 10, 64)
			shared, _ := strconv.ParseInt(f[2], 10, 64)
			program, _ := os.Readlink(filepath.Join(dir, "exe"))
			own += resident - shared
			mapped[program] = max(mapped[program], shared)
		}
	}
	for _, pages := range mapped {
		own += pages
	}
	return own * int64(os.Getpagesize())
}

// tree is a process and all below it.
func tree(pid int) []int {
	all := []int{pid}
	lists, _ := filepath.Glob(filepath.Join("/proc", strconv.Itoa(pid), "task", "*", "children"))
	for _, list := range lists {
		b, _ := os.ReadFile(list)
		for _, child := range strings.Fields(string(b)) {
			if n, err := strconv.Atoi(child); err == nil {
				all = append(all, tree(n)...)
			}
		}
	}
	return all
}
