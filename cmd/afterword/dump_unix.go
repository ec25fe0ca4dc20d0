//go:build unix

package main

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// keepMemory keeps this process and its children from being written to disk
// when they crash: their memory holds keys and what was said.
func keepMemory() {
	limit := uint64(0)
	if runtime.GOOS == "linux" {
		limit = 1 // 0 still feeds a dump to a crash reporter behind a pipe, 1 does not: core(5)
	}
	var l unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_CORE, &l) == nil {
		l.Cur = min(l.Cur, limit)
		l.Max = min(l.Max, limit)
		_ = unix.Setrlimit(unix.RLIMIT_CORE, &l)
	}
}
