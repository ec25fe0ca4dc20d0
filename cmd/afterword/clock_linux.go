package main

import (
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/afterword/afterword/capture"
)

// systemClock goes on while the computer sleeps and is the same for all
// processes until it is started anew.
func systemClock() capture.Clock {
	boot, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return capture.Clock{
		Boot: strings.TrimSpace(string(boot)),
		Mono: func() time.Duration {
			var ts unix.Timespec
			_ = unix.ClockGettime(unix.CLOCK_BOOTTIME, &ts) // cannot fail with this clock
			return time.Duration(ts.Nano())
		},
		Wall: time.Now,
	}
}
