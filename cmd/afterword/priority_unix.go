//go:build unix

package main

import "golang.org/x/sys/unix"

// lowerPriority lets everything else go first. On Linux priority is a thread's
// own; that of the process group reaches all of them, and helper processes have
// a group of their own.
func lowerPriority() {
	const nice = 5
	if unix.Getpgrp() == unix.Getpid() {
		_ = unix.Setpriority(unix.PRIO_PGRP, 0, nice)
		return
	}
	_ = unix.Setpriority(unix.PRIO_PROCESS, 0, nice)
}
