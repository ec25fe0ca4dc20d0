//go:build linux || darwin

package audio

import (
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// limitSelf lowers what this process, and ffmpeg below it, may use: address
// space, CPU time, no file longer than nothing. (That none of its processes dumps
// core is the program's own doing, at their start.) It never fails: what the
// system does not know is left out. It ends the process when the hub has gone.
func limitSelf(size int64) {
	debug.SetMemoryLimit(limitHeap)
	lower(syscall.RLIMIT_FSIZE, 0)
	lower(syscall.RLIMIT_CPU, uint64(limitTime/time.Second)+uint64(size/10000))
	if now := addressSpace(); now > 0 {
		lower(syscall.RLIMIT_AS, now+limitMemory)
	}
	parent := os.Getppid()
	go func() {
		for range time.Tick(time.Second) {
			if os.Getppid() != parent {
				killGroup(os.Getpid())
				os.Exit(1)
			}
		}
	}()
}

func lower(what int, to uint64) {
	var l syscall.Rlimit
	if syscall.Getrlimit(what, &l) != nil {
		return
	}
	l.Max = min(l.Max, to)
	l.Cur = l.Max
	_ = syscall.Setrlimit(what, &l)
}

// addressSpace is what the process has mapped, in bytes; 0 where that cannot
// be told.
func addressSpace() uint64 {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	pages, err := strconv.ParseUint(strings.Fields(string(b))[0], 10, 64)
	if err != nil {
		return 0
	}
	return pages * uint64(os.Getpagesize())
}
